//! What the journal's lines of a change of defaults tell whoever reads them later: what changed, and whether it is open.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::journal::COMMAND;
use super::numbers::Named;
use super::past::{Begun, Past};
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

/// What an older version's `begun` line has.
#[derive(Debug, Deserialize)]
struct Older {
    taken: Vec<Family>,
    touched: Vec<String>,
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
    let change = |family: &Family| PlatformChange {
        family: family.clone(),
        from: holder(family).map(|it| named(&it.id)),
        from_known: true,
        to: Some(named(to)),
    };
    Some(taken.iter().map(change).collect())
}

/// How a change ended that has no line of its end and isn't open: by what Apple answered to it.
pub fn how(begun: &Value, events: &[&Event]) -> How {
    let sent = |event: &&&Event| matches!(event, Event::Sent { .. });
    if !events.iter().any(|event| sent(&event)) {
        return How::Nothing;
    }
    let Ok(Begun::Wish {
        families,
        to: Some(to),
    }) = Begun::deserialize(begun)
    else {
        return How::Failed;
    };
    let given = events.iter().any(|event| match event {
        Event::Answered {
            server,
            list: Some(list),
            ..
        } => *server == to && families.iter().all(|family| list.contains(family)),
        _ => false,
    });
    if given { How::AsWished } else { How::Failed }
}
