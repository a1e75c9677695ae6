//! Whether the servers are as a plan should have left them.

use super::{Patch, Plan, Server, Wish};
use crate::core::platform::Family;

/// After which half of a plan the servers were read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Everything in `take` was sent, nothing in `give`.
    Taken,
    /// Everything was sent.
    Given,
}

/// A wished family that is not where the plan left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The family.
    pub family: Family,
    /// The id of the server.
    pub server: String,
    /// Whether that server holds it, and should not; otherwise it should, and does not.
    pub held: bool,
}

/// What else changed on a server meanwhile: somebody else's work, left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meanwhile {
    /// The id of the server.
    pub server: String,
    /// Families that are there and were not.
    pub added: Vec<Family>,
    /// Families that were there and are not.
    pub removed: Vec<Family>,
}

/// What reading again showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// Wished families that are not where they should be: a conflict.
    pub conflicts: Vec<Misplaced>,
    /// Other changes; not a conflict.
    pub meanwhile: Vec<Meanwhile>,
    /// The ids of servers that this phase changed and that `now` does not tell about.
    pub unread: Vec<String>,
}

/// Compares `now` with what `plan` should have made of `before` by the end of `phase`.
///
/// Judges the servers in `now` that could be read; give it those that the phase changed, or more. A wished family that is
/// on its target early is no conflict.
pub fn read_back(
    before: &[Server],
    plan: &Plan,
    wishes: &[Wish],
    phase: Phase,
    now: &[Server],
) -> ReadBack {
    let (given, changed): (&[Patch], _) = match phase {
        Phase::Taken => (&[], &plan.take),
        Phase::Given => (&plan.give, &plan.give),
    };
    let mut answer = ReadBack::default();
    for patch in changed {
        let read = |server: &Server| server.id == patch.server && server.families.is_some();
        if !now.iter().any(read) {
            answer.unread.push(patch.server.clone());
        }
    }
    for server in now {
        let Some(live) = &server.families else {
            continue;
        };
        let wish = |family: &Family| wishes.iter().find(|wish| wish.family == *family);
        let sent = given
            .iter()
            .chain(&plan.take)
            .find(|patch| patch.server == server.id);
        let expected: Vec<Family> = match (sent, before.iter().find(|known| known.id == server.id))
        {
            (Some(patch), _) => patch.families.clone(),
            (None, None) => Vec::new(),
            // What it held was not known, but it should hold nothing that was wished elsewhere.
            (None, Some(Server { families: None, .. })) => live
                .iter()
                .filter(|family| wish(family).is_none())
                .cloned()
                .collect(),
            (None, Some(known)) => known.families.clone().unwrap_or_default(),
        };
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        let too_many = lacking(live, &expected).map(|family| (family, true));
        let too_few = lacking(&expected, live).map(|family| (family, false));
        for (family, held) in too_many.chain(too_few) {
            match (wish(family), held) {
                (Some(wish), true) if wish.to.as_ref() == Some(&server.id) => {}
                (Some(_), _) => answer.conflicts.push(Misplaced {
                    family: family.clone(),
                    server: server.id.clone(),
                    held,
                }),
                (None, true) => added.push(family.clone()),
                (None, false) => removed.push(family.clone()),
            }
        }
        if !added.is_empty() || !removed.is_empty() {
            answer.meanwhile.push(Meanwhile {
                server: server.id.clone(),
                added,
                removed,
            });
        }
    }
    answer
}

/// What is in `list` and not in `other`.
fn lacking<'a>(list: &'a [Family], other: &'a [Family]) -> impl Iterator<Item = &'a Family> {
    list.iter().filter(|family| !other.contains(family))
}
