//! What the journal has of device changes: the plan of each, what was sent, and how it ended.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::devices::{Ask, Group, Target};
use crate::organization::activities::is_end;
use crate::state::journal::{Entry, Event};

/// A serial number that was sent isn't sent again for so long: Apple throttles the assignment of a device's profile.
pub const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// More batches than any plan has.
const MOST_BATCHES: usize = 1_000_000;

/// The member of a beginning's `changes` that holds a plan.
const DEVICES: &str = "devices";

/// The plan of a device change, as its beginning keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Plan {
    pub asks: Vec<Ask>,
    /// In the order in which they are sent.
    pub batches: Vec<Batch>,
    /// Devices are sent although they were sent in the last 24 hours.
    #[serde(default)]
    pub again: bool,
    /// Devices are released although Activation Lock is on.
    #[serde(default)]
    pub even_if_locked: bool,
    /// Only devices that are still where the plan found them are meant, whatever is asked.
    #[serde(default)]
    pub placed: bool,
    /// The command waited for the results.
    #[serde(default)]
    pub waits: bool,
    /// The names of the servers that it names, by id.
    #[serde(default)]
    pub servers: BTreeMap<String, String>,
    /// When reading the devices began: before it was asked whether to go on, and before another change was waited for.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// When somebody agreed to it.
    #[serde(default)]
    pub agreed_at: Option<Timestamp>,
}

/// The devices of one activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The place of what is asked, in [`Plan::asks`].
    pub ask: usize,
    pub devices: Vec<Sources>,
}

/// Devices in their order that were on the same server, with migrations that were due at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    pub serial_numbers: Vec<String>,
}

impl Batch {
    fn new(ask: usize, targets: &[Target]) -> Self {
        let mut devices: Vec<Sources> = Vec::new();
        for target in targets {
            match devices.last_mut() {
                Some(last) if (&last.from, last.deadline) == (&target.from, target.deadline) => {
                    last.serial_numbers.push(target.serial_number.clone());
                }
                _ => devices.push(Sources {
                    from: target.from.clone(),
                    deadline: target.deadline,
                    serial_numbers: vec![target.serial_number.clone()],
                }),
            }
        }
        Self { ask, devices }
    }

    /// The devices in their order.
    pub fn targets(&self) -> impl Iterator<Item = Target> {
        self.devices.iter().flat_map(|sources| {
            let serials = sources.serial_numbers.iter();
            serials.map(|serial| Target {
                serial_number: serial.clone(),
                from: sources.from.clone(),
                deadline: sources.deadline,
            })
        })
    }

    pub fn size(&self) -> usize {
        let sizes = self.devices.iter().map(|it| it.serial_numbers.len());
        sizes.sum()
    }
}

impl Plan {
    /// Cuts groups into batches of at most `most` devices.
    pub fn new(groups: &[Group], most: usize) -> Self {
        let batches = groups.iter().enumerate().flat_map(|(ask, group)| {
            let batches = group.devices.chunks(most.max(1));
            batches.map(move |devices| Batch::new(ask, devices))
        });
        Self {
            asks: groups.iter().map(|group| group.ask.clone()).collect(),
            batches: batches.collect(),
            again: false,
            even_if_locked: false,
            placed: false,
            waits: true,
            servers: BTreeMap::new(),
            read_at: None,
            agreed_at: None,
        }
    }

    /// What is asked for the devices of a batch.
    pub fn ask(&self, batch: usize) -> Option<&Ask> {
        self.asks.get(self.batches.get(batch)?.ask)
    }

    /// The devices by what is asked for them, as they were planned.
    pub fn groups(&self) -> Vec<Group> {
        let groups = self.asks.iter().enumerate().map(|(number, ask)| {
            let batches = self.batches.iter().filter(|batch| batch.ask == number);
            Group {
                ask: ask.clone(),
                devices: batches.flat_map(Batch::targets).collect(),
            }
        });
        groups.collect()
    }

    /// The deadlines that are asked for, by serial number.
    pub fn deadlines(&self) -> HashMap<String, Timestamp> {
        let of = |ask: &Ask| match ask {
            Ask::Migrate { deadline, .. } | Ask::UpdateDeadline { deadline } => Some(*deadline),
            _ => None,
        };
        let mut deadlines = HashMap::new();
        for (number, batch) in self.batches.iter().enumerate() {
            if let Some(deadline) = self.ask(number).and_then(of) {
                deadlines.extend(batch.targets().map(|it| (it.serial_number, deadline)));
            }
        }
        deadlines
    }

    /// How many devices it has.
    pub fn devices(&self) -> usize {
        self.batches.iter().map(Batch::size).sum()
    }

    /// As a beginning keeps it.
    pub fn written(&self) -> Value {
        let mut changes = serde_json::Map::new();
        let plan = serde_json::to_value(self).unwrap_or_default();
        changes.insert(DEVICES.to_owned(), plan);
        Value::Object(changes)
    }

    /// Whether a change is one of devices, even if its plan can't be read.
    pub fn is_of_devices(changes: &Value) -> bool {
        changes.get(DEVICES).is_some()
    }

    /// The plan of a change, if it is one of devices.
    pub fn of(changes: &Value) -> Option<Self> {
        Self::deserialize(changes.get(DEVICES)?).ok()
    }
}

/// A device change with all of its lines.
#[derive(Debug, Clone)]
pub struct Past<P = Plan> {
    pub id: String,
    pub organization: String,
    pub profile: String,
    /// The command that planned it, such as `devices assign`.
    pub command: String,
    pub began: Timestamp,
    /// When its last line was written. A line that only keeps what was read of an activity doesn't count: what is looked at becomes
    /// no younger.
    pub last: Timestamp,
    pub plan: P,
    pub note: Option<String>,
    /// The lines after the beginning.
    pub events: Vec<(Timestamp, Event)>,
}

/// A device change whose plan this version can't read: nobody knows what it was to send. Its other lines say what was sent.
pub type Unreadable = Past<()>;

impl Past {
    /// The device changes of an organization, oldest first.
    pub fn all(entries: &[Entry], organization: &str) -> Vec<Self> {
        Self::gather(entries, organization, Plan::of)
    }

    /// Where each of its batches stands.
    pub fn batches(&self) -> Vec<Stand> {
        self.stands(self.plan.batches.len())
    }
}

impl Unreadable {
    /// The device changes of an organization whose plan can't be read, oldest first.
    pub fn all_unreadable(entries: &[Entry], organization: &str) -> Vec<Self> {
        Self::gather(entries, organization, |changes| {
            (Plan::is_of_devices(changes) && Plan::of(changes).is_none()).then_some(())
        })
    }

    /// Where each batch stands of which there is a line.
    pub fn batches(&self) -> Vec<Stand> {
        let batches = self.events.iter().filter_map(|(_, event)| batch_of(event));
        // A number that no plan has comes from a damaged line.
        let batches = batches.filter(|batch| *batch < MOST_BATCHES);
        self.stands(batches.max().map_or(0, |last| last + 1))
    }
}

impl<P> Past<P> {
    fn gather(
        entries: &[Entry],
        organization: &str,
        plan: impl Fn(&Value) -> Option<P>,
    ) -> Vec<Self> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut all: Vec<Self> = Vec::new();
        let own = |entry: &&Entry| entry.organization == organization;
        for entry in entries.iter().filter(own) {
            if let Event::Begun { changes, note, .. } = &entry.event {
                let Some(plan) = plan(changes) else {
                    continue;
                };
                places.insert(&entry.id, all.len());
                all.push(Self {
                    id: entry.id.clone(),
                    organization: entry.organization.clone(),
                    profile: entry.profile.clone(),
                    command: entry.command.clone(),
                    began: entry.at,
                    last: entry.at,
                    plan,
                    note: note.clone(),
                    events: Vec::new(),
                });
            } else if let Some(past) = places
                .get(entry.id.as_str())
                .and_then(|place| all.get_mut(*place))
            {
                if !entry.event.is_mere_reading() {
                    past.last = entry.at;
                }
                past.events.push((entry.at, entry.event.clone()));
            }
        }
        all
    }

    /// Whether something is left to be sent or learned.
    pub fn is_open(&self) -> bool {
        let ended = |(_, event): &(Timestamp, Event)| matches!(event, Event::Ended { .. });
        !self.events.iter().any(ended)
    }

    fn stands(&self, count: usize) -> Vec<Stand> {
        let mut stands = vec![Stand::default(); count];
        for (at, event) in &self.events {
            let Some(stand) = batch_of(event).and_then(|batch| stands.get_mut(batch)) else {
                continue;
            };
            match event {
                Event::DevicesSent { serial_numbers, .. } => {
                    stand.sent = Some((*at, serial_numbers.clone()));
                    stand.accepted = None;
                }
                Event::DevicesAccepted { activity, .. } => {
                    stand.accepted = Some((*at, activity.clone()));
                }
                Event::DevicesNotSent { .. } => stand.sent = None,
                // Another run may write down later what it read before.
                Event::DevicesEnded { status, .. }
                    if is_end(stand.status.as_deref()) && !is_end(status.as_deref()) => {}
                Event::DevicesEnded {
                    status,
                    sub_status,
                    completed_at,
                    ..
                } => {
                    stand.status = status.clone().or(stand.status.take());
                    stand.sub_status = sub_status.clone().or(stand.sub_status.take());
                    stand.completed_at = completed_at.clone().or(stand.completed_at.take());
                }
                _ => {}
            }
        }
        stands
    }
}

/// The batch that a line is about.
fn batch_of(event: &Event) -> Option<usize> {
    match event {
        Event::DevicesSent { batch, .. }
        | Event::DevicesAccepted { batch, .. }
        | Event::DevicesNotSent { batch, .. }
        | Event::DevicesEnded { batch, .. } => Some(*batch),
        _ => None,
    }
}

/// Where a batch stands by the journal.
#[derive(Debug, Clone, Default)]
pub struct Stand {
    /// When it was sent, with which devices; `None` if it wasn't, or Apple certainly didn't act on it.
    pub sent: Option<(Timestamp, Vec<String>)>,
    /// When Apple accepted it, and the id of its activity.
    pub accepted: Option<(Timestamp, Option<String>)>,
    pub status: Option<String>,
    pub sub_status: Option<String>,
    /// When Apple was done with it, in Apple's words.
    pub completed_at: Option<String>,
}

/// The devices that were sent to Apple within 24 hours before `now`, by any change of the organization. Those of a request that
/// Apple certainly didn't act on don't count.
pub fn recently_sent(
    entries: &[Entry],
    organization: &str,
    now: Timestamp,
) -> HashMap<String, Timestamp> {
    let mut parts: BTreeMap<(&str, usize), (Timestamp, &Vec<String>)> = BTreeMap::new();
    for entry in entries.iter().filter(|it| it.organization == organization) {
        match &entry.event {
            Event::DevicesSent {
                batch,
                serial_numbers,
            } => {
                parts.insert((&entry.id, *batch), (entry.at, serial_numbers));
            }
            Event::DevicesNotSent { batch, .. } => {
                parts.remove(&(entry.id.as_str(), *batch));
            }
            _ => {}
        }
    }
    let mut sent: HashMap<String, Timestamp> = HashMap::new();
    for (at, serials) in parts.into_values() {
        // A time in the future is of a clock that was set back: it counts.
        if now.duration_since(at) >= AGAIN_AFTER {
            continue;
        }
        for serial in serials {
            let newest = sent.entry(serial.clone()).or_insert(at);
            *newest = at.max(*newest);
        }
    }
    sent
}

/// When activities were sent, oldest first: each that reached Apple counts toward its limit, whatever came of it.
pub fn sending_times(entries: &[Entry], organization: &str) -> Vec<Timestamp> {
    let mut times = Vec::new();
    let mut last: HashMap<(&str, usize), usize> = HashMap::new();
    for entry in entries.iter().filter(|it| it.organization == organization) {
        match &entry.event {
            Event::DevicesSent { batch, .. } => {
                last.insert((&entry.id, *batch), times.len());
                times.push(Some(entry.at));
            }
            Event::DevicesNotSent {
                batch,
                unreached: true,
                ..
            } => {
                if let Some(place) = last.remove(&(entry.id.as_str(), *batch)) {
                    times[place] = None;
                }
            }
            _ => {}
        }
    }
    let mut times: Vec<Timestamp> = times.into_iter().flatten().collect();
    times.sort_unstable();
    times
}

#[cfg(test)]
mod tests;
