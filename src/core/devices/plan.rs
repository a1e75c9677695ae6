//! Which devices a change is sent for, and why it isn't sent for the others. Only what is known leaves a device out.
//!
//! Over 400 lines: a wish, the reasons and the plan, which name each other.

mod decide;
pub mod words;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::deadline::NewDeadline;
use super::{Ask, Device, DeviceResult, Ended, Group, Target};
use decide::{decide, migration};

/// A device that was sent isn't sent again for this long: Apple throttles the assignment of profiles by device (observed).
pub const SENT_LATELY: SignedDuration = SignedDuration::from_hours(24);

/// What is to become of devices. A server is its id.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    Assign {
        server: String,
    },
    Unassign,
    Migrate {
        server: String,
        deadline: Timestamp,
        /// Devices without a server too: a deadline breaks the first day of a new Mac.
        include_unassigned: bool,
    },
    UpdateDeadline(NewDeadline),
    CancelMigration,
    Release {
        /// Devices with Activation Lock too.
        even_if_locked: bool,
    },
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// On the server with this id.
    Server(String),
    Nowhere,
    /// It couldn't be read, for this reason.
    NotKnown(String),
}

/// Whether Activation Lock is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    Off,
    On,
    /// It couldn't be read, for this reason.
    NotKnown(String),
    /// Nobody asked.
    NotRead,
}

/// What reading a device came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    Device {
        device: Device,
        on: On,
        lock: Lock,
    },
    /// The organization doesn't have it.
    NotFound,
    /// It couldn't be read, for this reason.
    NotKnown(String),
}

/// A device that was asked for, and what reading it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub serial_number: String,
    pub read: Read,
}

/// What else decides.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    pub now: Timestamp,
    /// Only devices that are there now: on the server with this id, or on none.
    pub from: Option<Option<&'a str>>,
    /// When a device was last sent, by serial number; empty with `--again`.
    pub sent: &'a HashMap<String, Timestamp>,
    /// What was asked for it then, if that is known.
    pub asked: &'a HashMap<String, Ask>,
    /// The devices that were sent and have no result yet.
    pub under_way: &'a HashSet<String>,
}

/// Why a device isn't sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    NotFound,
    /// It was released at this time.
    Released(Timestamp),
    NotRead(String),
    ServerNotKnown(String),
    /// It is on the server already.
    AlreadyThere,
    /// It is on no server already.
    AlreadyNowhere,
    /// Its migration has this deadline already.
    AlreadyDue(Timestamp),
    /// No migration is to be canceled.
    NothingToCancel,
    NotOnFrom,
    SentLately(Timestamp),
    /// A change of it has no result yet, and may end what was read.
    UnderWay,
    NotCapable,
    WithoutServer,
    /// A migration was requested or started, in Apple's word, with its deadline.
    Migrating {
        status: String,
        deadline: Option<Timestamp>,
    },
    /// A migration with Apple's word for it, which isn't known here.
    OddMigration(String),
    AddedByHand(Timestamp),
    /// No migration is there that could get another deadline.
    NoMigration,
    DeadlineNotKnown,
    /// Its new deadline would be in the past, which would force the migration.
    StillPast(Timestamp),
    /// Its new deadline would be more than 90 days ahead.
    TooFar(Timestamp),
    Locked,
    LockNotKnown(String),
}

/// What a reason means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The device is as it was asked for, or wasn't meant.
    Fine,
    /// The organization lacks the device.
    Missing,
    /// The device isn't as it was asked for.
    Unmet,
    /// It couldn't be read what the device is.
    NotKnown,
}

/// A device that was asked for, and whether it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub serial_number: String,
    /// Apple's name of the model, if it is known.
    pub model: Option<String>,
    pub on: On,
    /// When its migration is due, if it has one with a deadline.
    pub deadline: Option<Timestamp>,
    /// A migration was requested or started.
    pub is_migrating: bool,
    pub place: Place,
}

/// Where a device that was asked for ends up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Sent(Ask),
    LeftOut(Reason),
}

/// Every device that was asked for, once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub devices: Vec<Planned>,
    /// How many devices were dropped, because they have no migration.
    pub without_migration: usize,
    seen: HashSet<String>,
}

impl Wish {
    /// Whether it takes the present server of each device.
    pub fn needs_server(&self) -> bool {
        matches!(
            self,
            Self::Assign { .. } | Self::Unassign | Self::Migrate { .. }
        )
    }

    /// Whether it takes the Activation Lock of each device.
    pub fn needs_lock(&self) -> bool {
        let even_if_locked = false;
        *self == Self::Release { even_if_locked }
    }

    /// Whether devices are released with Activation Lock, too.
    pub fn is_even_if_locked(&self) -> bool {
        let even_if_locked = true;
        *self == Self::Release { even_if_locked }
    }

    /// The id of the server that devices are to be on.
    pub fn to(&self) -> Option<&str> {
        match self {
            Self::Assign { server } | Self::Migrate { server, .. } => Some(server),
            _ => None,
        }
    }
}

impl Reason {
    pub fn weight(&self) -> Weight {
        match self {
            Self::AlreadyThere
            | Self::AlreadyNowhere
            | Self::AlreadyDue(_)
            | Self::NothingToCancel
            | Self::NotOnFrom => Weight::Fine,
            Self::NotFound | Self::Released(_) => Weight::Missing,
            Self::NotRead(_) | Self::ServerNotKnown(_) | Self::LockNotKnown(_) => Weight::NotKnown,
            _ => Weight::Unmet,
        }
    }

    /// Whether a change that was sent may end it.
    fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::AlreadyThere
                | Self::AlreadyNowhere
                | Self::AlreadyDue(_)
                | Self::NothingToCancel
                | Self::NotOnFrom
                | Self::WithoutServer
                | Self::Migrating { .. }
                | Self::NoMigration
        )
    }

    /// The word for it in the result of a device.
    pub fn ended(&self) -> Ended {
        match self.weight() {
            Weight::Missing => Ended::NotFound,
            _ => Ended::Skipped,
        }
    }
}

impl Plan {
    /// Decides for a device. A serial number that comes again is not taken again.
    pub fn add(&mut self, wish: &Wish, reading: Reading, rules: Rules<'_>) {
        let Reading {
            serial_number,
            read,
        } = reading;
        if !self.seen.insert(serial_number.clone()) {
            return;
        }
        let mut deadline = None;
        let unread = |why| (None, On::NotKnown(String::new()), false, Err(why));
        let (model, on, is_migrating, place) = match read {
            Read::NotFound => unread(Reason::NotFound),
            Read::NotKnown(why) => unread(Reason::NotRead(why)),
            Read::Device { device, on, lock } => {
                deadline = device.migration_deadline();
                let place = decide(wish, &serial_number, &device, &on, &lock, rules);
                let is_migrating = matches!(migration(&device), Ok(Some(_)));
                let model = device.text("model").map(str::to_owned);
                (model, on, is_migrating, place)
            }
        };
        self.devices.push(Planned {
            serial_number,
            model,
            on,
            deadline,
            is_migrating,
            place: place.map_or_else(Place::LeftOut, Place::Sent),
        });
    }

    /// Drops the devices that have no migration to change: filters that chose them didn't mean them.
    pub fn drop_those_without_migration(&mut self) {
        let before = self.devices.len();
        self.devices.retain(|it| {
            !matches!(
                it.place,
                Place::LeftOut(Reason::NoMigration | Reason::NothingToCancel)
            )
        });
        self.without_migration += before - self.devices.len();
    }

    /// Puts the devices into the order in which they were asked for.
    pub fn sort_by_order(&mut self, serial_numbers: &[String]) {
        let places: HashMap<&str, usize> = serial_numbers
            .iter()
            .enumerate()
            .map(|(place, serial)| (serial.as_str(), place))
            .collect();
        let place = |it: &Planned| places.get(it.serial_number.as_str()).copied();
        self.devices
            .sort_by_key(|it| place(it).unwrap_or(usize::MAX));
    }

    /// The devices that are sent, with what is asked for them.
    pub fn sent(&self) -> impl Iterator<Item = (&Planned, &Ask)> {
        self.devices.iter().filter_map(|it| match &it.place {
            Place::Sent(ask) => Some((it, ask)),
            Place::LeftOut(_) => None,
        })
    }

    /// The devices that aren't sent, and why.
    pub fn left_out(&self) -> impl Iterator<Item = (&Planned, &Reason)> {
        self.devices.iter().filter_map(|it| match &it.place {
            Place::Sent(_) => None,
            Place::LeftOut(reason) => Some((it, reason)),
        })
    }

    /// What is sent: a group for each thing that is asked, in the order in which they come first.
    pub fn groups(&self) -> Vec<Group> {
        let mut places: HashMap<&Ask, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for (device, ask) in self.sent() {
            let place = *places.entry(ask).or_insert_with(|| {
                groups.push(Group {
                    ask: ask.clone(),
                    devices: Vec::new(),
                });
                groups.len() - 1
            });
            groups[place].devices.push(device.target());
        }
        groups
    }

    /// How many are sent, by the server that they are on and their model; the largest first.
    pub fn counts(&self) -> Vec<(On, Option<String>, usize)> {
        let mut counts: BTreeMap<(Option<String>, Option<String>, bool), usize> = BTreeMap::new();
        for (device, _) in self.sent() {
            let is_known = !matches!(device.on, On::NotKnown(_));
            let key = (
                device.on.id().map(str::to_owned),
                device.model.clone(),
                is_known,
            );
            *counts.entry(key).or_default() += 1;
        }
        let mut counts: Vec<_> = counts
            .into_iter()
            .map(|((server, model, is_known), count)| {
                let on = match server {
                    Some(id) => On::Server(id),
                    None if is_known => On::Nowhere,
                    None => On::NotKnown(String::new()),
                };
                (on, model, count)
            })
            .collect();
        counts.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        counts
    }

    /// How many are left out, by reason, without what differs from device to device; the most first.
    pub fn left_out_counts(&self) -> Vec<(&Reason, usize)> {
        let mut counts: Vec<(&Reason, usize)> = Vec::new();
        for (_, reason) in self.left_out() {
            let same = |(other, _): &&mut (&Reason, usize)| {
                std::mem::discriminant(*other) == std::mem::discriminant(reason)
            };
            match counts.iter_mut().find(same) {
                Some((_, count)) => *count += 1,
                None => counts.push((reason, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// The deadlines that are sent.
    pub fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        self.sent().filter_map(|(_, ask)| ask.deadline())
    }
}

impl On {
    /// The id of the server, if it is known and is one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Server(id) => Some(id),
            _ => None,
        }
    }
}

impl Planned {
    fn target(&self) -> Target {
        let changes_migration = matches!(
            self.place,
            Place::Sent(Ask::UpdateDeadline { .. } | Ask::CancelMigration)
        );
        Target {
            serial_number: self.serial_number.clone(),
            from: self.on.id().map(str::to_owned),
            deadline: self.deadline.filter(|_| changes_migration),
        }
    }

    /// The result of a device before anything is sent: that of a dry run, or why it is left out, with the sentence for that.
    pub fn result(&self, to: Option<&str>, sentence: impl Fn(&Reason) -> String) -> DeviceResult {
        let (ended, reason) = match &self.place {
            Place::Sent(ask) => (ask.would(), None),
            Place::LeftOut(reason) => (reason.ended(), Some(sentence(reason))),
        };
        DeviceResult {
            serial_number: self.serial_number.clone(),
            from: self.on.id().map(str::to_owned),
            to: to.filter(|_| ended != Ended::NotFound).map(str::to_owned),
            ended,
            reason,
            activity_id: None,
        }
    }
}

#[cfg(test)]
mod tests;
