//! What the journal's lines of a change of defaults tell whoever reads them later: what changed, and whether it is open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::journal::COMMAND;
use super::numbers::Named;
use super::past::{Begun, Older, Past};
use super::undo::name;
use crate::core::defaults::{self, Server};
use crate::core::platform::Family;
use crate::state::journal::{Entry, Event, How};

/// A platform whose default a change was to set, or restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformChange {
    pub family: Family,
    pub from: Option<Named>,
    /// False if a server that couldn't be read may have been the default.
    pub from_known: bool,
    pub to: Option<Named>,
}

/// Whether a line is of a change of defaults.
pub fn is_of_defaults(entry: &Entry) -> bool {
    entry.command == COMMAND
}

/// The ids of the changes, all of them of one organization's defaults, that are open at `now`: the next `assign` looks at them again.
pub fn open(entries: Vec<Entry>, now: Timestamp, timeout: SignedDuration) -> BTreeSet<String> {
    Past::new(entries, Vec::new()).open_ids(now, timeout)
}

/// What a change was to set, and what it restored of an earlier one. Nothing where its lines don't tell.
pub fn changes(before: &Value, begun: &Value, events: &[&Event]) -> Vec<PlatformChange> {
    let Ok(table) = Vec::<Server>::deserialize(before) else {
        return Vec::new();
    };
    let all_read = table.iter().all(|it| it.families.is_some());
    let named = |id: &String| Named {
        id: id.clone(),
        name: name(id, &table).to_owned(),
    };
    let wish = match Begun::deserialize(begun) {
        Ok(Begun::Wish { families, to }) => (families, to),
        Ok(Begun::Restoring) => (Vec::new(), None),
        Err(_) => return older(begun, &table).unwrap_or_default(),
    };
    let (families, to) = wish;
    let wished = defaults::changes(&table, &families, to.as_deref());
    let wished = wished.into_iter().map(|change| PlatformChange {
        from_known: change.from.is_some() || all_read,
        from: change.from.as_ref().map(named),
        to: change.to.as_ref().map(named),
        family: change.family,
    });
    let mut changes: Vec<PlatformChange> = wished.collect();
    let mut taken: Vec<&Family> = Vec::new();
    for event in events {
        let Event::Sent {
            server,
            ground,
            list,
            ..
        } = event
        else {
            continue;
        };
        taken.extend(ground.iter().filter(|family| !list.contains(family)));
        for family in list.iter().filter(|family| !ground.contains(family)) {
            let known = changes.iter().any(|it| it.family == *family);
            // What this change took itself and gives back is no change.
            if !known && !families.contains(family) && !taken.contains(&family) {
                changes.push(PlatformChange {
                    family: family.clone(),
                    from: None,
                    from_known: true,
                    to: Some(named(server)),
                });
            }
        }
    }
    changes
}

/// What an older version's lines tell: what was taken, and the one server that it was for.
fn older(begun: &Value, table: &[Server]) -> Option<Vec<PlatformChange>> {
    let Older { taken, touched } = Older::deserialize(begun).ok()?;
    let holder = |family: &Family| table.iter().find(|it| it.holds(family));
    let lost = |id: &&String| {
        let mut holders = taken.iter().filter_map(holder);
        holders.any(|server| server.id == **id)
    };
    let gained: Vec<&String> = touched.iter().filter(|id| !lost(id)).collect();
    let [to] = gained[..] else {
        return None;
    };
    let named = |id: &str| Named {
        id: id.to_owned(),
        name: name(id, table).to_owned(),
    };
    let all_read = table.iter().all(|it| it.families.is_some());
    let change = |family: &Family| {
        let from = holder(family).map(|it| named(&it.id));
        PlatformChange {
            family: family.clone(),
            from_known: from.is_some() || all_read,
            from,
            to: Some(named(to)),
        }
    };
    Some(taken.iter().map(change).collect())
}

/// How a change ended that has no line of its end and isn't open: by what Apple answered to it.
pub fn how(before: &Value, begun: &Value, events: &[&Event]) -> How {
    let sent = |event: &&&Event| matches!(event, Event::Sent { .. });
    if !events.iter().any(|event| sent(&event)) {
        return How::Nothing;
    }
    let Ok(Begun::Wish { families, to }) = Begun::deserialize(begun) else {
        return How::Failed;
    };
    let is_as_wished = match &to {
        Some(to) => events.iter().any(|event| match event {
            Event::Answered {
                server,
                list: Some(list),
                ..
            } => server == to && families.iter().all(|family| list.contains(family)),
            _ => false,
        }),
        None => is_cleared(&families, before, events),
    };
    if is_as_wished {
        How::AsWished
    } else {
        How::Failed
    }
}

/// Whether no server has any of the families, by the table and what Apple answered last of each server. An unanswered request
/// and a server that couldn't be read leave that open, so that the answer is no.
fn is_cleared(families: &[Family], before: &Value, events: &[&Event]) -> bool {
    let Ok(table) = Vec::<Server>::deserialize(before) else {
        return false;
    };
    let table = table.into_iter().map(|it| (it.id, it.families));
    let mut lists: BTreeMap<String, Option<Vec<Family>>> = table.collect();
    // What a refused request leaves as it was.
    let mut earlier = None;
    for event in events {
        match event {
            Event::Sent { server, .. } => {
                earlier = lists.insert(server.clone(), None).flatten();
            }
            Event::Answered { server, list, .. } => {
                let list = list.clone().or_else(|| earlier.take());
                lists.insert(server.clone(), list);
            }
            _ => {}
        }
    }
    lists.values().all(|list| {
        let list = list.as_ref();
        list.is_some_and(|list| !families.iter().any(|it| list.contains(it)))
    })
}
#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sent(server: &str) -> Event {
        Event::Sent {
            server: server.to_owned(),
            ground: vec![Family::Mac],
            list: Vec::new(),
            owes: false,
            until: Timestamp::UNIX_EPOCH,
        }
    }

    fn answered(server: &str, list: Option<Vec<Family>>) -> Event {
        Event::Answered {
            server: server.to_owned(),
            sent: Vec::new(),
            list,
        }
    }

    #[test]
    fn a_cleared_platform_is_as_wished_only_if_nothing_may_have_it() {
        let begun = serde_json::to_value(Begun::Wish {
            families: vec![Family::Mac],
            to: None,
        })
        .unwrap();
        let cleared = || answered("A", Some(vec![Family::Ipad]));
        for (other, events, expected) in [
            (json!([]), vec![], How::Nothing),
            (json!([]), vec![sent("A"), cleared()], How::AsWished),
            // No answer, a refusal, and an answer that shows it still.
            (json!([]), vec![sent("A")], How::Failed),
            (json!([]), vec![sent("A"), answered("A", None)], How::Failed),
            (
                json!([]),
                vec![sent("A"), answered("A", Some(vec![Family::Mac]))],
                How::Failed,
            ),
            // Another server has it too, or may.
            (json!(["MAC"]), vec![sent("A"), cleared()], How::Failed),
            (json!(null), vec![sent("A"), cleared()], How::Failed),
            (
                json!(["MAC"]),
                vec![sent("A"), cleared(), sent("B"), answered("B", Some(vec![]))],
                How::AsWished,
            ),
            // What was refused left the other list as it was.
            (
                json!([]),
                vec![sent("A"), cleared(), sent("A"), answered("A", None)],
                How::AsWished,
            ),
        ] {
            let before = json!([
                {"id": "A", "name": "A", "families": ["MAC", "IPAD"]},
                {"id": "B", "name": "B", "families": other},
            ]);
            let events: Vec<&Event> = events.iter().collect();
            assert_eq!(
                how(&before, &begun, &events),
                expected,
                "{other} {events:?}"
            );
        }
    }

    #[test]
    fn an_older_version_s_source_is_not_known_if_a_server_was_not_read() {
        let begun = json!({"taken": ["MAC"], "touched": ["A"]});
        for (families, known) in [(json!([]), true), (json!(null), false)] {
            let before = json!([
                {"id": "A", "name": "A", "families": []},
                {"id": "B", "name": "B", "families": families},
            ]);
            let found = changes(&before, &begun, &[]);
            assert_eq!((found[0].from.clone(), found[0].from_known), (None, known));
        }
    }
}
