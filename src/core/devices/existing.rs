//! Which devices without a server get the one that becomes the default of their platform: `assign --existing unassigned`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;

use super::Device;
use crate::core::platform::Family;

/// After so many refusals by Apple a device is left until somebody names it.
pub const REFUSALS: u32 = 2;

/// What devices have to be like.
#[derive(Debug, Default)]
pub struct Rules {
    pub platforms: Vec<Family>,
    /// Added to the organization then or later; a device of which that isn't known doesn't qualify.
    pub added_since: Option<Timestamp>,
    /// Serial numbers that are left out, in capitals.
    pub except: HashSet<String>,
    /// How often Apple refused a device in a row, by serial number.
    pub refused: BTreeMap<String, u32>,
    /// Devices that were sent in the last 24 hours: nothing is sent for them.
    pub sent: HashSet<String>,
}

/// A device that gets the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Qualifies {
    pub serial_number: String,
    pub model: Option<String>,
}

/// Which devices get the server, and why others without one don't.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub qualify: Vec<Qualifies>,
    /// Refused too often.
    pub refused: Vec<String>,
    /// Sent in the last 24 hours.
    pub sent: Vec<String>,
    /// How many were added before.
    pub older: usize,
    /// How many were added nobody knows when, if only some days count.
    pub undated: usize,
    /// How many are left out by name.
    pub excepted: usize,
}

impl Choice {
    /// Takes a device as Apple lists it.
    pub fn add(&mut self, device: &Device, rules: &Rules) {
        let platform = device.platform();
        let is_meant = platform.is_some_and(|it| rules.platforms.contains(&it));
        // One that is on a server, or of which that isn't known, is none of this.
        if !is_meant || device.is_assigned() != Some(false) {
            return;
        }
        let serial = device.serial_number.to_ascii_uppercase();
        let is_old = |since| device.added_at().is_some_and(|at| at < since);
        if rules.except.contains(&serial) {
            self.excepted += 1;
        } else if rules.added_since.is_some() && device.added_at().is_none() {
            self.undated += 1;
        } else if rules.added_since.is_some_and(is_old) {
            self.older += 1;
        } else if rules.refused.get(&serial).copied().unwrap_or_default() >= REFUSALS {
            self.refused.push(serial);
        } else if rules.sent.contains(&serial) {
            self.sent.push(serial);
        } else {
            self.qualify.push(Qualifies {
                serial_number: serial,
                model: device.text("model").map(str::to_owned),
            });
        }
    }

    /// How many devices of each model get the server, the most first.
    pub fn models(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for device in &self.qualify {
            let model = device.model.as_deref().unwrap_or("unknown model");
            *counts.entry(model).or_default() += 1;
        }
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by(|(first, one), (second, other)| other.cmp(one).then(first.cmp(second)));
        counts
    }

    /// Whether more devices qualify than may be changed: then none is.
    pub fn is_too_many(&self, most: usize) -> bool {
        self.qualify.len() > most
    }

    /// Leaves out those that a later reading doesn't show without a server any more; gives their serial numbers.
    pub fn keep_only(&mut self, still: &BTreeSet<String>) -> Vec<String> {
        let qualify = std::mem::take(&mut self.qualify);
        let (kept, gone): (Vec<_>, Vec<_>) = qualify
            .into_iter()
            .partition(|it| still.contains(&it.serial_number));
        self.qualify = kept;
        gone.into_iter().map(|it| it.serial_number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn device(serial: &str, attributes: Value) -> Device {
        let Value::Object(attributes) = attributes else {
            panic!("{attributes}")
        };
        Device::new(serial.to_owned(), attributes)
    }

    fn rules() -> Rules {
        Rules {
            platforms: vec![Family::Vision],
            added_since: Some("2026-11-08T10:00:00Z".parse().unwrap()),
            except: ["C03".to_owned()].into(),
            refused: [("C04".to_owned(), 2), ("C05".to_owned(), 1)].into(),
            sent: ["C06".to_owned()].into(),
        }
    }

    #[test]
    fn only_new_devices_without_a_server_get_one() {
        let vision = |serial: &str, status: &str, added: &str| {
            let attributes = json!({"productFamily": "Vision", "status": status, "addedToOrgDateTime": added, "deviceModel": "Apple Vision Pro"});
            device(serial, attributes)
        };
        let new = "2026-11-20T10:00:00Z";
        let mut choice = Choice::default();
        for device in [
            vision("c01", "UNASSIGNED", new),
            vision("C02", "ASSIGNED", new),
            vision("c03", "UNASSIGNED", new),
            vision("C04", "UNASSIGNED", new),
            vision("C05", "UNASSIGNED", new),
            vision("C06", "UNASSIGNED", new),
            vision("C07", "UNASSIGNED", "2026-11-08T09:59:59Z"),
            vision("C08", "UNASSIGNED", "soon"),
            vision("C09", "LOST", new),
            device(
                "C10",
                json!({"productFamily": "Mac", "status": "UNASSIGNED", "addedToOrgDateTime": new}),
            ),
            device(
                "C11",
                json!({"status": "UNASSIGNED", "addedToOrgDateTime": new}),
            ),
            device(
                "C12",
                json!({"productFamily": "Vision", "addedToOrgDateTime": new}),
            ),
        ] {
            choice.add(&device, &rules());
        }
        let serials: Vec<&str> = choice
            .qualify
            .iter()
            .map(|it| it.serial_number.as_str())
            .collect();
        assert_eq!(serials, ["C01", "C05"]);
        assert_eq!(choice.models(), [("Apple Vision Pro", 2)]);
        assert_eq!(
            (choice.refused.join(","), choice.sent.join(",")),
            ("C04".into(), "C06".into())
        );
        assert_eq!((choice.older, choice.undated, choice.excepted), (1, 1, 1));
        assert!(choice.is_too_many(1) && !choice.is_too_many(2));
        assert_eq!(choice.keep_only(&["C05".to_owned()].into()), ["C01"]);
        assert_eq!(choice.qualify.len(), 1);
    }

    proptest! {
        #[test]
        fn a_device_that_is_on_a_server_never_qualifies(status in "ASSIGNED|UNASSIGNED|LOST|", family in "Vision|Mac|iPad|", since in proptest::bool::ANY) {
            let attributes = json!({"productFamily": family, "status": status, "addedToOrgDateTime": "2026-11-20T10:00:00Z"});
            let rules = Rules { platforms: vec![Family::Vision], added_since: since.then(|| "2026-11-01T00:00:00Z".parse().unwrap()), ..Rules::default() };
            let mut choice = Choice::default();
            choice.add(&device("C01", attributes), &rules);
            prop_assert_eq!(choice.qualify.len() == 1, status == "UNASSIGNED" && family == "Vision");
        }
    }
}
