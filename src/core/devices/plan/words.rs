//! Plans and reasons in words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{On, Plan, Planned, Reason, Wish};
use crate::core::devices::deadline::{self, NewDeadline};
use crate::text::{prose_date, spoken};

/// What the words are made with.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    pub wish: &'a Wish,
    /// The name of the server with an id.
    pub name: &'a dyn Fn(&str) -> String,
    /// The id of the server of `--from`, or none.
    pub from: Option<Option<&'a str>>,
    pub now: Timestamp,
    pub zone: Option<&'a TimeZone>,
}

impl Words<'_> {
    /// Why a device isn't sent, as a sentence of its row.
    pub fn sentence(&self, reason: &Reason) -> String {
        let whole = |sentence: &str, why: &str| format!("{sentence} {why}").trim_end().to_owned();
        match reason {
            Reason::NotFound => "The organization doesn't have this device.".to_owned(),
            Reason::Released(at) => format!("The device was released on {}.", prose_date(*at)),
            Reason::NotRead(why) => whole("abmctl couldn't read the device.", why),
            Reason::ServerNotKnown(why) => {
                whole("abmctl couldn't read which server the device is on.", why)
            }
            Reason::AlreadyThere => format!("The device is on {} already.", self.target()),
            Reason::AlreadyNowhere => "The device is on no server already.".to_owned(),
            Reason::AlreadyDue(at) => {
                format!("Its migration deadline is {} already.", self.deadline(*at))
            }
            Reason::NothingToCancel => "The device has no migration to cancel.".to_owned(),
            Reason::NotOnFrom => match self.from.flatten() {
                Some(id) => format!("The device isn't on {}.", (self.name)(id)),
                None => "The device is on a server.".to_owned(),
            },
            Reason::SentLately(at) => format!(
                "abmctl sent a change for it {} ago. Add --again to send another one.",
                spoken(self.now.duration_since(*at))
            ),
            Reason::UnderWay => "A change of it has no result yet, so what abmctl read may not \
                 last. Let devices resume show the result first."
                .to_owned(),
            Reason::NotCapable => "Apple says that this device can't be migrated.".to_owned(),
            Reason::WithoutServer => "The device is on no server, so it may be new. Add \
                 --include-unassigned to migrate it."
                .to_owned(),
            Reason::Migrating { status, deadline } => {
                let what = if status == "STARTED" {
                    "Its migration has started"
                } else {
                    "A migration is requested for it already"
                };
                match deadline {
                    Some(at) => format!("{what}; the deadline is {}.", self.deadline(*at)),
                    None => format!("{what}."),
                }
            }
            Reason::OddMigration(status) => format!(
                "Apple says that its migration is {status}. abmctl doesn't know that status."
            ),
            Reason::AddedByHand(at) => format!(
                "The device was added with Apple Configurator on {}, less than 30 days ago.",
                prose_date(*at)
            ),
            Reason::NoMigration => "No migration is requested for this device.".to_owned(),
            Reason::DeadlineNotKnown => "Apple doesn't say when its migration is due.".to_owned(),
            Reason::StillPast(at) => format!(
                "Its new deadline would be {}. A deadline in the past forces the migration.",
                self.deadline(*at)
            ),
            Reason::TooFar(at) => format!(
                "Its new deadline would be {}. Apple takes at most 90 days.",
                self.deadline(*at)
            ),
            Reason::Locked => {
                "Activation Lock is on. Turn it off first, or add --even-if-locked.".to_owned()
            }
            Reason::LockNotKnown(why) => whole("abmctl couldn't read its Activation Lock.", why),
        }
    }

    /// The same of several devices, after their number.
    pub fn phrase(&self, reason: &Reason) -> String {
        match reason {
            Reason::NotFound => "not in the organization".to_owned(),
            Reason::Released(_) => "released".to_owned(),
            Reason::NotRead(_) => "not read".to_owned(),
            Reason::ServerNotKnown(_) => "on a server that couldn't be read".to_owned(),
            Reason::AlreadyThere => format!("on {} already", self.target()),
            Reason::AlreadyNowhere => "on no server already".to_owned(),
            Reason::AlreadyDue(_) => "with this deadline already".to_owned(),
            Reason::NothingToCancel => "without a migration to cancel".to_owned(),
            Reason::NotOnFrom => match self.from.flatten() {
                Some(id) => format!("not on {}", (self.name)(id)),
                None => "on a server".to_owned(),
            },
            Reason::SentLately(_) => "sent less than 24 hours ago (--again)".to_owned(),
            Reason::UnderWay => "with a change that has no result yet".to_owned(),
            Reason::NotCapable => "not capable of migration".to_owned(),
            Reason::WithoutServer => "on no server (--include-unassigned)".to_owned(),
            Reason::Migrating { .. } => "with a migration under way".to_owned(),
            Reason::OddMigration(_) => {
                "with a migration status that abmctl doesn't know".to_owned()
            }
            Reason::AddedByHand(_) => {
                "added with Apple Configurator less than 30 days ago".to_owned()
            }
            Reason::NoMigration => "without a migration".to_owned(),
            Reason::DeadlineNotKnown => "without a known deadline".to_owned(),
            Reason::StillPast(_) => "overdue even with the new deadline".to_owned(),
            Reason::TooFar(_) => "due more than 90 days ahead with the new deadline".to_owned(),
            Reason::Locked => "with Activation Lock on (--even-if-locked)".to_owned(),
            Reason::LockNotKnown(_) => "with an Activation Lock that couldn't be read".to_owned(),
        }
    }

    /// What would be sent, for so many devices: "Assign 3 devices to Intune".
    pub fn request(&self, count: usize) -> String {
        let devices = devices(count);
        match self.wish {
            Wish::Assign { .. } => format!("Assign {devices} to {}", self.target()),
            Wish::Unassign => format!("Unassign {devices}"),
            Wish::Migrate { deadline, .. } => format!(
                "Migrate {devices} to {} by {}",
                self.target(),
                self.deadline(*deadline)
            ),
            Wish::UpdateDeadline(NewDeadline::At(at)) if *at <= self.now => {
                format!("Force the migration of {devices} now")
            }
            Wish::UpdateDeadline(NewDeadline::At(at)) => format!(
                "Move the migration deadline of {devices} to {}",
                self.deadline(*at)
            ),
            Wish::UpdateDeadline(NewDeadline::Later(later)) => {
                format!("Move the migration deadline of {devices} by {later}")
            }
            Wish::CancelMigration => format!("Cancel the migration of {devices}"),
            Wish::Release { .. } => format!("Release {devices} from the organization"),
        }
    }

    /// The plan, a line for each server and model, then one for each reason.
    pub fn lines(&self, plan: &Plan) -> Vec<String> {
        let counts = plan.counts();
        let left_out = plan.left_out_counts();
        let sent = plan.sent().count();
        let largest = sent.max(plan.left_out().count());
        let width = largest.to_string().len();
        let mut lines = vec![if sent == 0 {
            "No device qualifies.".to_owned()
        } else {
            self.request(sent) + ":"
        }];
        lines.extend(counts.iter().map(|(on, model, count)| {
            let model = model.as_deref().unwrap_or("devices without a model");
            let place = match on {
                On::Server(id) => format!(", on {}", (self.name)(id)),
                On::Nowhere => ", on no server".to_owned(),
                On::NotKnown(_) => String::new(),
            };
            format!("  {count:>width$}  {model}{place}")
        }));
        if matches!(self.wish, Wish::UpdateDeadline(NewDeadline::Later(_))) {
            lines.extend(self.deadlines(plan));
        }
        if !left_out.is_empty() {
            let count: usize = left_out.iter().map(|(_, count)| count).sum();
            let are = if count == 1 { "is" } else { "are" };
            lines.push(format!("{} {are} left out:", devices(count)));
            lines.extend(
                left_out
                    .iter()
                    .map(|(reason, count)| format!("  {count:>width$}  {}", self.phrase(reason))),
            );
        }
        lines.extend(self.not_listed(plan));
        lines
    }

    /// How many devices aren't listed, because they have no migration.
    pub fn not_listed(&self, plan: &Plan) -> Option<String> {
        let count = plan.without_migration;
        let are = if count == 1 { "isn't" } else { "aren't" };
        (count > 0).then(|| format!("{} without a migration {are} listed.", devices(count)))
    }

    /// That devices with a migration under way would be changed by something else.
    pub fn migrating(&self, plan: &Plan) -> Option<String> {
        let doing = match self.wish {
            Wish::Assign { .. } => "assigning",
            Wish::Unassign => "unassigning",
            Wish::Release { .. } => "releasing",
            Wish::Migrate { .. } | Wish::UpdateDeadline(_) | Wish::CancelMigration => return None,
        };
        let count = plan.sent().filter(|(it, _)| it.is_migrating).count();
        let (have, it) = if count == 1 {
            ("has", "it")
        } else {
            ("have", "them")
        };
        (count > 0).then(|| {
            format!(
                "{} {have} a migration under way. Apple doesn't document what {doing} {it} does to the migration.",
                devices(count)
            )
        })
    }

    /// By when migrations are due, if that is asked for.
    pub fn due(&self, plan: &Plan) -> Vec<String> {
        match self.wish {
            Wish::Migrate { .. } => {
                let deadline = plan.deadlines().min();
                let deadline = deadline.map(|it| format!("The deadline is {}.", self.deadline(it)));
                deadline.into_iter().collect()
            }
            Wish::UpdateDeadline(_) => self.deadlines(plan),
            _ => Vec::new(),
        }
    }

    /// The earliest and the latest of the new deadlines, if each device has its own.
    fn deadlines(&self, plan: &Plan) -> Vec<String> {
        let (Some(first), Some(last)) = (plan.deadlines().min(), plan.deadlines().max()) else {
            return Vec::new();
        };
        if first == last {
            return vec![format!("The new deadline is {}.", self.deadline(first))];
        }
        vec![
            format!("The first new deadline is {}.", self.deadline(first)),
            format!("The last new deadline is {}.", self.deadline(last)),
        ]
    }

    /// How many of the devices that are sent are on another server, whose records move.
    pub fn moved(&self, plan: &Plan, is_sent: impl Fn(&str) -> bool) -> usize {
        let is_elsewhere =
            |it: &Planned| matches!(it.on, On::Server(_)) && is_sent(&it.serial_number);
        match self.wish {
            Wish::Assign { .. } => plan.sent().filter(|(it, _)| is_elsewhere(it)).count(),
            _ => 0,
        }
    }

    fn target(&self) -> String {
        self.wish.to().map(self.name).unwrap_or_default()
    }

    fn deadline(&self, at: Timestamp) -> String {
        deadline::shown(at, self.zone)
    }
}

/// "1 device", "3 devices".
pub fn devices(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} device{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    use crate::core::devices::Device;
    use crate::core::devices::plan::tests::planned;
    use crate::core::devices::plan::{Lock, Read, Reading, Rules};
    use crate::error::{Error, Kind};
    use serde_json::{Value, json};

    fn name(id: &str) -> String {
        match id {
            "NEW" => "Intune".to_owned(),
            _ => "Jamf Pro".to_owned(),
        }
    }

    fn device(model: &str, on: On) -> Read {
        let Value::Object(attributes) = json!({ "deviceModel": model }) else {
            unreachable!()
        };
        Read::Device {
            device: Device::new(String::new(), attributes),
            on,
            lock: Lock::NotRead,
        }
    }

    #[test]
    fn a_plan_is_shown_by_server_and_model_with_what_is_left_out() {
        let on = |id: &str| On::Server(id.to_owned());
        let readings = (0..12).map(|number| Reading {
            serial_number: format!("C{number}"),
            read: match number {
                0..8 => device("Mac mini", on("OLD")),
                8 => device("iPad", On::Nowhere),
                9 | 10 => device("iPad", on("NEW")),
                _ => Read::NotFound,
            },
        });
        let wish = Wish::Assign {
            server: "NEW".to_owned(),
        };
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let sent = HashMap::new();
        let rules = Rules {
            now,
            from: None,
            sent: &sent,
            asked: &HashMap::new(),
            under_way: &HashSet::new(),
        };
        let plan = planned(&wish, readings, rules);
        let words = Words {
            wish: &wish,
            name: &name,
            from: None,
            now,
            zone: None,
        };
        assert_eq!(
            words.lines(&plan),
            [
                "Assign 9 devices to Intune:",
                "  8  Mac mini, on Jamf Pro",
                "  1  iPad, on no server",
                "3 devices are left out:",
                "  2  on Intune already",
                "  1  not in the organization",
            ]
        );
        assert_eq!(words.moved(&plan, |_| true), 8);
        // Another run sent them.
        assert_eq!(words.moved(&plan, |_| false), 0);
    }

    #[test]
    fn every_reason_is_one_or_more_sentences() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let why = Error::new(Kind::Failed, "Apple answered 500.").message;
        let wish = Wish::Assign {
            server: "NEW".to_owned(),
        };
        let words = Words {
            wish: &wish,
            name: &name,
            from: Some(Some("OLD")),
            now,
            zone: None,
        };
        for reason in [
            Reason::NotFound,
            Reason::Released(now),
            Reason::NotRead(why.clone()),
            Reason::ServerNotKnown(why.clone()),
            Reason::AlreadyThere,
            Reason::AlreadyNowhere,
            Reason::AlreadyDue(now),
            Reason::NothingToCancel,
            Reason::NotOnFrom,
            Reason::SentLately(now),
            Reason::UnderWay,
            Reason::NotCapable,
            Reason::WithoutServer,
            Reason::Migrating {
                status: "STARTED".to_owned(),
                deadline: Some(now),
            },
            Reason::OddMigration("PAUSED".to_owned()),
            Reason::AddedByHand(now),
            Reason::NoMigration,
            Reason::DeadlineNotKnown,
            Reason::StillPast(now),
            Reason::TooFar(now),
            Reason::Locked,
            Reason::LockNotKnown(why),
            Reason::LockNotKnown(String::new()),
        ] {
            let sentence = words.sentence(&reason);
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(!sentence.contains("  "), "{sentence}");
            assert!(!words.phrase(&reason).ends_with('.'));
        }
    }
}
