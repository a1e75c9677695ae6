//! Changes that nothing puts back any more, because a server is gone.

use std::collections::BTreeSet;

use crate::core::devices::Ask;
use crate::core::printed::Hint;
use crate::organization::defaults::trail::PlatformChange;
use crate::organization::devices::change::past::Plan;

/// The servers that something is on before and after a change, each with its id and its name.
pub(super) type Way = [Option<(String, String)>; 2];

/// The servers that devices are on before and after a change that can be put back.
pub(super) fn ways(plan: &Plan) -> Vec<Way> {
    let named = |id: &str| {
        let name = plan.servers.get(id).map_or(id, |name| name);
        (id.to_owned(), name.to_owned())
    };
    let mut ways: Vec<Way> = Vec::new();
    for batch in &plan.batches {
        let (is_back, to) = match plan.asks.get(batch.ask) {
            Some(ask @ Ask::Assign { .. }) => (true, ask.to()),
            Some(Ask::Unassign { .. }) => (true, None),
            // It is canceled, wherever the device was.
            Some(ask @ Ask::Migrate { .. }) => (false, ask.to()),
            _ => continue,
        };
        for sources in &batch.devices {
            let from = sources.from.as_deref().filter(|_| is_back);
            let way = [from.map(named), to.map(named)];
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    ways
}

/// The names of the servers that are gone, and whether each way has one of them.
pub(super) fn gone(ways: &[Way], deleted: &BTreeSet<String>) -> (Vec<String>, bool) {
    let is_gone = |side: &&(String, String)| deleted.contains(&side.0);
    let mut names = Vec::new();
    for (_, name) in ways.iter().flatten().flatten().filter(is_gone) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let is_lost = |way: &Way| way.iter().flatten().any(|side| is_gone(&side));
    let all = !ways.is_empty() && ways.iter().all(is_lost);
    (names, all)
}

/// The servers that are the default before and after a change.
pub(super) fn way(change: &PlatformChange) -> Way {
    let sides = [change.from.as_ref(), change.to.as_ref()];
    sides.map(|side| side.map(|it| (it.id.clone(), it.name.clone())))
}

/// Why a change, or with `is_part` a part of it, can't be put back without these servers.
pub(super) fn why(gone: &[String], is_part: bool) -> Option<Hint> {
    let servers = match gone {
        [] => return None,
        [only] => format!("the server {only} is deleted"),
        several => format!("the servers {} are deleted", several.join(", ")),
    };
    let what = if is_part {
        "A part of this can't be put back, and its command fails"
    } else {
        "Nothing puts this back"
    };
    Some(format!("{what}: {servers}.").into())
}
