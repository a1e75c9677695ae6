//! Giving back what was taken and nobody holds, and what is left open after that.

use reqwest::Method;

use super::send::{Acted, apply, live, read};
use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::segments;
use crate::core::defaults::{Patch, Server, give_back};
use crate::core::platform::Family;
use crate::error::{Error, Kind};

/// What came of giving back.
pub struct Back {
    /// What each touched server holds now, as far as it could be read.
    pub now: Vec<Server>,
    /// Families that, as Apple says, another server holds meanwhile.
    pub elsewhere: Vec<Family>,
    /// Families that had a default, and have none now or may have none.
    pub open: Vec<Open>,
    /// Why these could not be given back.
    pub why: Error,
}

/// A family that had a default and may have none now.
pub struct Open {
    /// The family.
    pub family: Family,
    /// The id of the server that held it.
    pub former: String,
    /// That server is not there any more.
    pub gone: bool,
}

impl Back {
    /// Whether every touched server could be read, so that what is open is so for certain.
    pub fn is_certain(&self) -> bool {
        self.now.iter().all(|server| server.families.is_some())
    }
}

/// Gives every family of `taken` that nobody holds back to who held it in `before`.
pub async fn put_back(
    before: &[Server],
    taken: &[Family],
    touched: &[String],
    manager: &Manager,
) -> Back {
    let mut seen = read(before, touched, manager).await;
    let mut there = seen.servers.clone();
    there.retain(|server| !seen.gone.contains(&server.id));
    let patches = give_back(before, &there, taken).patches;
    let mut elsewhere = Vec::new();
    let mut why = None;
    for patch in &patches {
        if let Err(failure) = give(patch, manager, &mut elsewhere).await {
            why = Some(failure.into());
        }
    }
    if !patches.is_empty() {
        seen = read(before, touched, manager).await;
    }
    let open: Vec<Open> = taken
        .iter()
        .filter(|family| !elsewhere.contains(family))
        .filter(|family| !seen.servers.iter().any(|server| server.holds(family)))
        .filter_map(|family| {
            let former = before.iter().find(|server| server.holds(family))?;
            Some(Open {
                family: family.clone(),
                former: former.id.clone(),
                gone: seen.gone.contains(&former.id),
            })
        })
        .collect();
    let why = why.or(seen.why).unwrap_or_else(|| {
        if open.iter().any(|open| open.gone) {
            Error::not_found("Its former server is not there any more.")
        } else {
            Error::new(
                Kind::Conflict,
                "Apple does not show it on its former server.",
            )
        }
    });
    Back {
        now: seen.servers,
        elsewhere,
        open,
        why,
    }
}

/// Gives what `patch` adds. Where Apple says that another server has one of the families, each is given alone, so that
/// only those stay out that have a default.
async fn give(
    patch: &Patch,
    manager: &Manager,
    elsewhere: &mut Vec<Family>,
) -> Result<(), Failure> {
    let name = manager.request_name(&Method::PATCH, &segments(&patch.server));
    let conflict = |failure: &Failure| failure.status_of(&name) == Some(409);
    let acted = Acted::default();
    match apply(patch, manager, &acted).await {
        Err(failure) if conflict(&failure) => {}
        other => return other,
    }
    let added: Vec<&Family> = patch
        .families
        .iter()
        .filter(|family| !patch.before.contains(family))
        .collect();
    if let [only] = added[..] {
        elsewhere.push(only.clone());
        return Ok(());
    }
    for family in added {
        let alone = Patch {
            server: patch.server.clone(),
            before: Vec::new(),
            families: vec![family.clone()],
        };
        let Some(alone) = alone.on(&live(&patch.server, manager).await?) else {
            continue;
        };
        match apply(&alone, manager, &acted).await {
            Err(failure) if conflict(&failure) => elsewhere.push(family.clone()),
            other => other?,
        }
    }
    Ok(())
}
