//! The devices that Apple refused to assign, by the journal.

use std::collections::BTreeMap;

use crate::core::devices::{Ask, Ended};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::devices::change::past::{Past, Plan};
use crate::state::journal::Event;

impl Organization {
    /// How often Apple refused to assign a device in a row, by the journal.
    pub(super) fn refused_devices(&self) -> Result<BTreeMap<String, u32>, Error> {
        let journal = self.journal();
        let lines = journal.read().map_err(|error| {
            Error::failed(format!(
                "The journal {} can't be read: {error}.",
                journal.path().display()
            ))
        })?;
        let mut refused = BTreeMap::new();
        for past in Past::all(&lines.entries, &self.api_account()?) {
            for (_, event) in &past.events {
                count_refusals(&past.plan, event, &mut refused);
            }
        }
        Ok(refused)
    }
}

/// Counts the devices that Apple refused to assign in a row: a device that was assigned begins at none again.
fn count_refusals(plan: &Plan, event: &Event, refused: &mut BTreeMap<String, u32>) {
    let Event::DevicesEnded { batch, results, .. } = event else {
        return;
    };
    if !matches!(plan.ask(*batch), Some(Ask::Assign { .. })) {
        return;
    }
    for result in results {
        for serial in &result.serial_numbers {
            match result.ended {
                Ended::Failed => *refused.entry(serial.clone()).or_default() += 1,
                Ended::Assigned => {
                    refused.remove(serial);
                }
                _ => {}
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
        let event = |batch, ended| Event::DevicesEnded {
            batch,
            status: None,
            sub_status: None,
            results: vec![DeviceResults {
                ended,
                reason: None,
                skipped: None,
                serial_numbers: vec!["C01".to_owned()],
            }],
        };
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
            count_refusals(&plan, &event(batch, ended), &mut refused);
            assert_eq!(refused.get("C01").copied(), count, "{batch} {ended:?}");
        }
    }
}
