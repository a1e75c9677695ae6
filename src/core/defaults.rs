//! Default servers of platforms: which patches, in which order, and how to undo them.
//!
//! A server's `defaultProductFamilies` is replaced as a whole (inferred, and observed to work), and Apple refuses with
//! 409 a family that another server holds (observed). So whatever takes a family away comes before whatever gives one,
//! and every PATCH carries that server's live list, changed by nothing but what was wished. A family that is not named
//! stays where it is, known here or not.
//!
//! Apple shows a family on one server at most. Should it ever show one on several, then it is taken from all of them but
//! the wished one, since that is what was asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::platform::Family;

mod read_back;
mod refusal;
#[cfg(test)]
mod tests;

pub use read_back::{Meanwhile, Misplaced, Phase, ReadBack, read_back};
pub use refusal::{Label, Refusal};

use refusal::{label, labels};

/// A server and the families that it is the default for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Apple's id.
    pub id: String,
    /// The name, for messages.
    pub name: String,
    /// Its list in Apple's order; `None` where it is not known, which is not the same as empty.
    pub families: Option<Vec<Family>>,
}

impl Server {
    /// Whether it is known to hold `family`.
    pub fn holds(&self, family: &Family) -> bool {
        self.families
            .as_ref()
            .is_some_and(|families| families.contains(family))
    }
}

/// What is wanted for one family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The family.
    pub family: Family,
    /// The id of the server that is to be its default; `None` for no default.
    pub to: Option<String>,
    /// Only if this one is the default now; the inner `None` is "no default".
    pub from: Option<Option<String>>,
}

/// One PATCH.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// The id of the server.
    pub server: String,
    /// Its list just before this PATCH.
    pub before: Vec<Family>,
    /// The whole list to send; an empty one is sent as `[]`.
    pub families: Vec<Family>,
}

impl Patch {
    /// The same taking and giving on a list that meanwhile is `live`; `None` where nothing of it is left to do.
    ///
    /// For sending again after reading: what somebody else changed on that server stays changed.
    #[must_use]
    pub fn on(&self, live: &[Family]) -> Option<Self> {
        let kept = live
            .iter()
            .filter(|family| !self.before.contains(family) || self.families.contains(family));
        let added = self
            .families
            .iter()
            .filter(|family| !self.before.contains(family) && !live.contains(family));
        let families: Vec<Family> = kept.chain(added).cloned().collect();
        (families != live).then(|| Self {
            server: self.server.clone(),
            before: live.to_vec(),
            families,
        })
    }
}

/// One family that gets another default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The family.
    pub family: Family,
    /// The id of the server that loses it; the first of them, should there be several.
    pub from: Option<String>,
    /// The id of the server that is its default afterwards.
    pub to: Option<String>,
}

/// What to send: everything in `take` before anything in `give`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The patches that take families away, one for each losing server.
    pub take: Vec<Patch>,
    /// The patches that give families, one for each gaining server, computed on top of `take`.
    pub give: Vec<Patch>,
    /// What is different afterwards, in the order of the wishes.
    pub changes: Vec<Change>,
}

impl Plan {
    /// Whether everything is as wished already.
    pub fn is_empty(&self) -> bool {
        self.take.is_empty() && self.give.is_empty()
    }

    /// The families that `take` takes from somebody, for [`give_back`].
    pub fn taken(&self) -> Vec<Family> {
        let mut taken: Vec<Family> = self
            .take
            .iter()
            .flat_map(|patch| {
                patch
                    .before
                    .iter()
                    .filter(|family| !patch.families.contains(family))
            })
            .cloned()
            .collect();
        taken.sort();
        taken.dedup();
        taken
    }
}

/// Who is the default for a family, as far as the servers that could be read tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The server with this id.
    Server(String),
    /// No server; said only if every one of them was read.
    Nobody,
    /// No server that was read, but these were not.
    Unknown {
        /// The ids of the servers that could not be read.
        unread: Vec<String>,
    },
    /// More than one server, which Apple is not known to allow.
    Several(Vec<String>),
}

/// Who is the default for `family`.
///
/// One known holder is the answer even if other servers could not be read, since Apple has one for each family.
pub fn holder(servers: &[Server], family: &Family) -> Holder {
    let ids = |wanted: &dyn Fn(&Server) -> bool| -> Vec<String> {
        servers
            .iter()
            .filter(|server| wanted(server))
            .map(|server| server.id.clone())
            .collect()
    };
    let mut holders = ids(&|server| server.holds(family));
    let unread = ids(&|server| server.families.is_none());
    match (holders.len(), unread.is_empty()) {
        (0, true) => Holder::Nobody,
        (0, false) => Holder::Unknown { unread },
        (1, _) => Holder::Server(holders.remove(0)),
        _ => Holder::Several(holders),
    }
}

/// Which patches lead from `servers` to `wishes`.
///
/// The answer has no PATCH that changes nothing, so never a `[]` for a server that has none, which Apple refuses
/// with 400 (observed). One refused wish refuses them all.
pub fn plan(servers: &[Server], wishes: &[Wish]) -> Result<Plan, Refusal> {
    let mut targets: BTreeMap<&Family, &Option<String>> = BTreeMap::new();
    for wish in wishes {
        let first = *targets.entry(&wish.family).or_insert(&wish.to);
        if *first != wish.to {
            return Err(Refusal::Contradiction {
                family: wish.family.clone(),
                first: first.as_ref().map(|id| label(servers, id)),
                second: wish.to.as_ref().map(|id| label(servers, id)),
            });
        }
    }
    let mut plan = Plan::default();
    for wish in wishes {
        let holders = permit(servers, wish)?;
        let change = Change {
            family: wish.family.clone(),
            from: holders
                .iter()
                .find(|id| Some(*id) != wish.to.as_ref())
                .cloned(),
            to: wish.to.clone(),
        };
        let arrives = wish.to.as_ref().is_some_and(|id| !holders.contains(id));
        if (arrives || change.from.is_some()) && !plan.changes.contains(&change) {
            plan.changes.push(change);
        }
    }
    for server in servers {
        let Some(before) = &server.families else {
            continue;
        };
        let kept: Vec<Family> = before
            .iter()
            .filter(|family| {
                targets
                    .get(family)
                    .is_none_or(|to| to.as_ref() == Some(&server.id))
            })
            .cloned()
            .collect();
        let given = targets
            .iter()
            .filter(|(_, to)| to.as_ref() == Some(&server.id))
            .map(|(family, _)| *family);
        plan.give.extend(adding(&server.id, &kept, given));
        if kept.len() < before.len() {
            plan.take.push(Patch {
                server: server.id.clone(),
                before: before.clone(),
                families: kept,
            });
        }
    }
    Ok(plan)
}

/// Whether `wish` may be planned; answers the ids of those who hold the family now.
fn permit(servers: &[Server], wish: &Wish) -> Result<Vec<String>, Refusal> {
    let family = || wish.family.clone();
    let named = [
        wish.to.as_ref(),
        wish.from.as_ref().and_then(Option::as_ref),
    ];
    for id in named.into_iter().flatten() {
        if !servers.iter().any(|server| server.id == *id) {
            return Err(Refusal::UnknownServer {
                family: family(),
                id: id.clone(),
            });
        }
    }
    let holders = match holder(servers, &wish.family) {
        Holder::Server(id) => vec![id],
        Holder::Several(ids) => ids,
        Holder::Nobody => Vec::new(),
        Holder::Unknown { unread } => {
            return Err(Refusal::UnreadHolder {
                family: family(),
                unread: labels(servers, &unread),
            });
        }
    };
    if let Some(wanted) = &wish.from
        && holders != wanted.iter().cloned().collect::<Vec<_>>()
    {
        return Err(Refusal::NotTheDefault {
            family: family(),
            wanted: wanted.as_ref().map(|id| label(servers, id)),
            now: labels(servers, &holders),
        });
    }
    let unread = |id: &&String| {
        servers
            .iter()
            .any(|server| server.id == **id && server.families.is_none())
    };
    if let Some(id) = wish.to.as_ref().filter(unread) {
        return Err(Refusal::UnreadTarget {
            family: family(),
            server: label(servers, id),
        });
    }
    Ok(holders)
}

/// The PATCH that adds to `live` what it lacks of `given`, in the order of [`Family`]; `None` if it lacks nothing.
fn adding<'a>(
    server: &str,
    live: &[Family],
    given: impl Iterator<Item = &'a Family>,
) -> Option<Patch> {
    let mut missing: Vec<Family> = given
        .filter(|family| !live.contains(family))
        .cloned()
        .collect();
    missing.sort();
    missing.dedup();
    (!missing.is_empty()).then(|| Patch {
        server: server.to_owned(),
        before: live.to_vec(),
        families: live.iter().cloned().chain(missing).collect(),
    })
}

/// How to give back what was taken, and what can't be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GiveBack {
    /// The patches, one for each server; each list is that server's live list and what it gets back.
    pub patches: Vec<Patch>,
    /// Families that nobody holds and whose former server is gone or could not be read now, with its id.
    pub stuck: Vec<(Family, String)>,
}

/// The undo: every family of `taken` that nobody holds now goes back to who held it in `before`.
///
/// It never takes a family from anybody. Where a server could not be read now, it may hold such a family; giving it back
/// is right all the same: Apple refuses it if that is so, and the devices have no default if it is not.
pub fn give_back(before: &[Server], now: &[Server], taken: &[Family]) -> GiveBack {
    let mut back = GiveBack::default();
    let mut owed: BTreeMap<&str, Vec<&Family>> = BTreeMap::new();
    for family in taken {
        let held_now = now.iter().any(|server| server.holds(family));
        let former = before.iter().find(|server| server.holds(family));
        if let (false, Some(former)) = (held_now, former) {
            let readable = now
                .iter()
                .any(|server| server.id == former.id && server.families.is_some());
            if readable {
                owed.entry(&former.id).or_default().push(family);
            } else {
                back.stuck.push((family.clone(), former.id.clone()));
            }
        }
    }
    for server in now {
        if let (Some(live), Some(families)) = (&server.families, owed.remove(server.id.as_str())) {
            back.patches
                .extend(adding(&server.id, live, families.into_iter()));
        }
    }
    back
}
