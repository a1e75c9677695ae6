//! The devices that Apple refused to assign, by the journal.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::devices::{Ask, Ended};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::devices::change::past::{Past, Plan};
use crate::state::journal::Event;

impl Organization {
    /// How often Apple refused to assign a device in a row, by the journal.
    pub(super) fn refused_devices(&self) -> Result<BTreeMap<String, u32>, Error> {
        let lines = self.journal_lines()?;
        let mut refused = BTreeMap::new();
        for past in Past::all(&lines.entries, &self.api_account()?) {
            let events = past.events.iter().map(|(_, event)| event);
            count_refusals(&past.plan, events, &mut refused);
        }
        Ok(refused)
    }
}

/// Counts the devices that Apple refused to assign in a row: a device that was assigned begins at none again.
///
/// Only an activity says something of a device: Apple completed it and its log has the device, or it had this device alone. A
/// request that was refused as a whole, for a missing permission or another device in it, says nothing of each.
fn count_refusals<'a>(
    plan: &Plan,
    events: impl Iterator<Item = &'a Event>,
    refused: &mut BTreeMap<String, u32>,
) {
    // How many devices the activity of a batch has.
    let mut sent: BTreeMap<usize, usize> = BTreeMap::new();
    let mut accepted: BTreeSet<usize> = BTreeSet::new();
    for event in events {
        let (batch, status, results) = match event {
            Event::DevicesSent {
                batch,
                serial_numbers,
            } => {
                sent.insert(*batch, serial_numbers.len());
                accepted.remove(batch);
                continue;
            }
            Event::DevicesAccepted { batch, .. } => {
                accepted.insert(*batch);
                continue;
            }
            Event::DevicesEnded {
                batch,
                status,
                results,
                ..
            } => (batch, status.as_deref(), results),
            _ => continue,
        };
        if !matches!(plan.ask(*batch), Some(Ask::Assign { .. })) {
            continue;
        }
        let is_alone = sent.get(batch) == Some(&1);
        let tells = accepted.contains(batch) && (status == Some("COMPLETED") || is_alone);
        for result in results {
            for serial in &result.serial_numbers {
                match result.ended {
                    Ended::Failed if tells => *refused.entry(serial.clone()).or_default() += 1,
                    Ended::Assigned => {
                        refused.remove(serial);
                    }
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::devices::{Group, Target};
    use crate::state::journal::DeviceResults;

    #[test]
    fn refusals_are_counted_until_a_device_is_assigned() {
        let target = |serial: &str| Target {
            serial_number: serial.to_owned(),
            from: None,
            deadline: None,
        };
        let assign = Ask::Assign {
            server: "S".to_owned(),
        };
        let release = Group {
            ask: Ask::Release,
            devices: vec![target("C02")],
        };
        let group = Group {
            ask: assign,
            devices: vec![target("C01")],
        };
        let plan = Plan::new(&[group, release], 1000);
        let event = |batch, ended, status: Option<&str>| Event::DevicesEnded {
            batch,
            status: status.map(str::to_owned),
            sub_status: None,
            completed_at: None,
            results: vec![DeviceResults {
                ended,
                reason: None,
                skipped: None,
                serial_numbers: vec!["C01".to_owned()],
            }],
        };
        let sent = |batch, others: usize| Event::DevicesSent {
            batch,
            serial_numbers: vec!["C01".to_owned(); others + 1],
        };
        let accepted = |batch| Event::DevicesAccepted {
            batch,
            activity: None,
        };
        // What an activity says of it, and what says nothing of it: a request refused as a whole, and an activity that Apple gave up.
        for (others, is_accepted, status, counts) in [
            (2, true, Some("COMPLETED"), true),
            (0, true, Some("COMPLETED"), true),
            (0, true, Some("FAILED"), true),
            (2, true, Some("STOPPED"), false),
            (2, false, None, false),
            (0, false, None, false),
        ] {
            let mut events = vec![sent(0, others)];
            events.extend(is_accepted.then(|| accepted(0)));
            events.push(event(0, Ended::Failed, status));
            let mut refused = BTreeMap::new();
            count_refusals(&plan, events.iter(), &mut refused);
            assert_eq!(refused.contains_key("C01"), counts, "{events:?}");
        }
        let mut refused = BTreeMap::new();
        for (batch, ended, count) in [
            (0, Ended::Failed, Some(1)),
            (0, Ended::Pending, Some(1)),
            (0, Ended::NotKnown, Some(1)),
            // What isn't an assignment doesn't count.
            (1, Ended::Failed, Some(1)),
            (7, Ended::Failed, Some(1)),
            (0, Ended::Failed, Some(2)),
            (0, Ended::Assigned, None),
            (0, Ended::Failed, Some(1)),
        ] {
            let events = [
                sent(batch, 1),
                accepted(batch),
                event(batch, ended, Some("COMPLETED")),
            ];
            count_refusals(&plan, events.iter(), &mut refused);
            assert_eq!(refused.get("C01").copied(), count, "{batch} {ended:?}");
        }
    }
}
