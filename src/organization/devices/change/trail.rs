//! What the journal's lines of a device change tell whoever reads them later: numbers, not devices.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::past::Plan;
use crate::core::devices::Ask;
use crate::organization::activities;
use crate::state::journal::Event;

/// Devices for which the same was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicesChanged {
    pub kind: &'static str,
    pub count: usize,
    /// The names of the servers that they were on, each with how many; `None` for no server. It lacks devices whose server isn't
    /// known.
    pub from: Vec<(Option<String>, usize)>,
    /// The name of the server that was asked for.
    pub to: Option<String>,
    /// The deadline that was asked for.
    pub deadline: Option<Timestamp>,
    /// How many have each result, by the words of documents.
    pub results: Vec<(&'static str, usize)>,
}

/// What a change of devices does, and what came of it.
pub fn devices_changed(plan: &Plan, events: &[&Event]) -> Vec<DevicesChanged> {
    let name = |id: &String| plan.servers.get(id).unwrap_or(id).clone();
    let mut all = Vec::new();
    for (number, ask) in plan.asks.iter().enumerate() {
        let batches = plan.batches.iter().enumerate();
        let own = batches.filter(|(_, batch)| batch.ask == number);
        let (places, batches): (BTreeSet<usize>, Vec<_>) = own.unzip();
        let mut from: Vec<(Option<String>, usize)> = Vec::new();
        // These need no server, so it may not have been read.
        let is_unread = matches!(
            ask,
            Ask::UpdateDeadline { .. } | Ask::CancelMigration | Ask::Release
        );
        let sources = batches.iter().flat_map(|batch| &batch.devices);
        for sources in sources.filter(|it| it.from.is_some() || !is_unread) {
            let server = sources.from.as_ref().map(name);
            let count = sources.serial_numbers.len();
            match from.iter_mut().find(|(other, _)| *other == server) {
                Some((_, known)) => *known += count,
                None => from.push((server, count)),
            }
        }
        let mut results: Vec<(&'static str, usize)> = Vec::new();
        for event in events {
            let Event::DevicesEnded {
                batch,
                results: ended,
                ..
            } = event
            else {
                continue;
            };
            for result in ended.iter().filter(|_| places.contains(batch)) {
                let (word, count) = (result.ended.word(), result.serial_numbers.len());
                match results.iter_mut().find(|(other, _)| *other == word) {
                    Some((_, known)) => *known += count,
                    None => results.push((word, count)),
                }
            }
        }
        let count = batches.iter().map(|batch| batch.size()).sum();
        all.push(DevicesChanged {
            kind: activities::kind(ask),
            count,
            from,
            to: ask.to().map(|id| name(&id.to_owned())),
            deadline: ask.deadline(),
            results,
        });
    }
    all
}
