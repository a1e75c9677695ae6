//! What the journal has of the devices of a plan.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::core::devices::Ask;
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::devices::change::past::{AGAIN_AFTER, Past};
use crate::state::journal::Event;

impl Organization {
    /// What was asked for devices when they were sent last, by the journal.
    pub(super) fn recently_asked(
        &self,
        sent: &HashMap<String, Timestamp>,
    ) -> Result<HashMap<String, Ask>, Error> {
        let mut asked = HashMap::new();
        for past in Past::all(&self.journal_lines()?.entries, &self.api_account()?) {
            for (number, stand) in past.batches().into_iter().enumerate() {
                let (Some((at, serials)), Some(ask)) = (stand.sent, past.plan.ask(number)) else {
                    continue;
                };
                for serial in serials {
                    if sent.get(&serial) == Some(&at) {
                        asked.insert(serial, ask.clone());
                    }
                }
            }
        }
        Ok(asked)
    }

    /// The devices that changes from here sent in the last 24 hours, and that have no result yet, by the journal. A day after Apple
    /// acts on nothing any more.
    pub(super) fn devices_under_way(&self) -> Result<HashSet<String>, Error> {
        let mut under_way = HashSet::new();
        let now = self.clock().now();
        let all = Past::all(&self.journal_lines()?.entries, &self.api_account()?);
        for past in all.into_iter().filter(Past::is_open) {
            let sent = past.batches().into_iter().filter_map(|it| it.sent);
            let sent = sent.filter(|(at, _)| now.duration_since(*at) < AGAIN_AFTER);
            let mut serials: HashSet<String> = sent.flat_map(|(_, serials)| serials).collect();
            for (_, event) in &past.events {
                if let Event::DevicesEnded { results, .. } = event {
                    for serial in results.iter().flat_map(|it| &it.serial_numbers) {
                        serials.remove(serial);
                    }
                }
            }
            under_way.extend(serials);
        }
        Ok(under_way)
    }

    /// Which servers devices were on before they were migrated from here, by the journal, and the names of those.
    pub(super) fn migrated_from(
        &self,
        names: &mut BTreeMap<String, String>,
    ) -> Result<HashMap<String, String>, Error> {
        let mut before = HashMap::new();
        for past in Past::all(&self.journal_lines()?.entries, &self.api_account()?) {
            for (number, stand) in past.batches().into_iter().enumerate() {
                let is_migration = matches!(past.plan.ask(number), Some(Ask::Migrate { .. }));
                if stand.sent.is_none() || !is_migration {
                    continue;
                }
                for target in past.plan.batches[number].targets() {
                    if let Some(from) = target.from {
                        before.insert(target.serial_number, from);
                    }
                }
            }
            for (id, name) in past.plan.servers {
                names.entry(id).or_insert(name);
            }
        }
        Ok(before)
    }
}
