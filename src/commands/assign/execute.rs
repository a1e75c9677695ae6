//! The part that must not stay half done: take, read back, give, read back; and put back where that fails.

use std::cell::Cell;
use std::time::Duration;

use reqwest::StatusCode;

use crate::apple::error::Failure;
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::retry::Repeat;
use crate::commands::servers::inventory::known;
use crate::context::{Context, Holding};
use crate::core::defaults::{
    Patch, Phase, Plan, Server, Wish, give_back, plan as plan_on, read_back,
};
use crate::core::platform::Family;
use crate::error::{Error, Kind};

/// Between taking and giving, new devices are without management: that step is given at least this long.
const PATIENCE: Duration = Duration::from_secs(600);

/// A read-back that is not as expected is read again after these waits, in case Apple shows a change with a delay.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

/// How it ended.
pub enum Ended {
    /// As wished, and read back.
    Done,
    /// Nothing was changed.
    Untouched(Error),
    /// Not as wished. Every platform that was taken has a default again.
    PutBack {
        /// Why.
        cause: Error,
        /// What each touched server holds now.
        now: Vec<Server>,
    },
    /// Not as wished, and these families have no default now, although they had one.
    Open {
        /// Why.
        cause: Error,
        /// Why they could not be given back.
        why: Error,
        /// What each touched server holds now, as far as it could be read.
        now: Vec<Server>,
        /// The families, and the ids of the servers that held them.
        families: Vec<(Family, String)>,
    },
}

/// Carries out `plan`, which leads from `before` to `wishes`.
pub async fn execute(
    before: &[Server],
    wishes: &[Wish],
    plan: &Plan,
    holding: &Holding<'_>,
    manager: &Manager,
    context: &Context,
) -> Ended {
    let touched = touched(plan);
    let acted = Cell::new(false);
    let result = forwards(before, wishes, plan, holding, manager, context, &acted).await;
    let cause = match result {
        Ok(()) => return Ended::Done,
        Err(cause) if !acted.get() => return Ended::Untouched(cause),
        Err(cause) => cause,
    };
    let patient = manager.with_patience(patience(PATIENCE.max(manager.http().max_wait()), context));
    put_back(before, &plan.taken(), &touched, cause, &patient).await
}

/// Gives what nobody holds back to who held it, and tells what the touched servers hold then.
pub async fn put_back(
    before: &[Server],
    taken: &[Family],
    touched: &[String],
    cause: Error,
    manager: &Manager,
) -> Ended {
    let (live, mut why) = read(before, touched, manager).await;
    let back = give_back(before, &live, taken);
    let mut moved_on: Vec<Family> = Vec::new();
    for patch in &back.patches {
        match apply(patch, manager, &Cell::new(false)).await {
            Ok(()) => {}
            // Apple says that another server has one of them, so it has a default.
            Err(failure) if failure.status() == Some(409) => {
                moved_on.extend(patch.families.iter().cloned());
            }
            Err(failure) => why = Some(failure.into()),
        }
    }
    let now = if back.patches.is_empty() {
        live
    } else {
        let (now, unread) = read(before, touched, manager).await;
        why = why.or(unread);
        now
    };
    let families: Vec<(Family, String)> = taken
        .iter()
        .filter(|family| !moved_on.contains(family))
        .filter(|family| !now.iter().any(|server| server.holds(family)))
        .filter_map(|family| {
            let former = before.iter().find(|server| server.holds(family))?;
            Some((family.clone(), former.id.clone()))
        })
        .collect();
    if families.is_empty() {
        return Ended::PutBack { cause, now };
    }
    let why = why.unwrap_or_else(|| {
        Error::new(
            Kind::Conflict,
            "Apple does not show it on its former server.",
        )
    });
    Ended::Open {
        cause,
        why,
        now,
        families,
    }
}

async fn forwards(
    before: &[Server],
    wishes: &[Wish],
    plan: &Plan,
    holding: &Holding<'_>,
    manager: &Manager,
    context: &Context,
    acted: &Cell<bool>,
) -> Result<(), Error> {
    let step = |limit| {
        manager.with_patience(Patience {
            stop: Some(holding.stop()),
            ..patience(limit, context)
        })
    };
    let max_wait = manager.http().max_wait();
    let taking = step(max_wait);
    for patch in &plan.take {
        let sent = apply(patch, &taking, acted).await;
        sent.map_err(|failure| {
            failed(
                failure,
                "taken from",
                &patch.before,
                &patch.families,
                patch,
                before,
            )
        })?;
    }
    // What is given is computed on what the gaining servers hold now, not on what they held before the taking.
    let mut live = before.to_vec();
    let mut give = plan.give.clone();
    if !plan.take.is_empty() {
        let all = touched(plan);
        let read = checked(before, wishes, plan, Phase::Taken, &all, manager, context).await?;
        merge(&mut live, read);
        let wishes: Vec<Wish> = wishes
            .iter()
            .map(|wish| Wish {
                from: None,
                ..wish.clone()
            })
            .collect();
        let rest = plan_on(&live, &wishes)
            .map_err(|refusal| Error::new(Kind::Conflict, refusal.to_string()))?;
        if !rest.take.is_empty() {
            return Err(Error::new(
                Kind::Conflict,
                "Somebody else gave one of the platforms to a server meanwhile.",
            ));
        }
        give = rest.give;
    }
    let giving = step(PATIENCE.max(max_wait));
    for patch in &give {
        let sent = apply(patch, &giving, acted).await;
        sent.map_err(|failure| {
            failed(
                failure,
                "given to",
                &patch.families,
                &patch.before,
                patch,
                before,
            )
        })?;
    }
    if !give.is_empty() {
        let gaining: Vec<String> = give.iter().map(|patch| patch.server.clone()).collect();
        let plan = Plan {
            give,
            ..plan.clone()
        };
        checked(
            before,
            wishes,
            &plan,
            Phase::Given,
            &gaining,
            manager,
            context,
        )
        .await?;
    }
    Ok(())
}

/// Says which platforms could not be taken or given: those of `list` that are not in `without`.
fn failed(
    failure: Failure,
    what: &str,
    list: &[Family],
    without: &[Family],
    patch: &Patch,
    servers: &[Server],
) -> Error {
    let words: Vec<&str> = list
        .iter()
        .filter(|family| !without.contains(family))
        .map(Family::word)
        .collect();
    let server = servers.iter().find(|server| server.id == patch.server);
    let name = server.map_or(&patch.server, |server| &server.name);
    Error::from(failure).context(format!("{} could not be {what} {name}", words.join(", ")))
}

/// Sends one PATCH until it is certain what came of it. Before it is sent again, the server is read again.
///
/// `acted` becomes true unless Apple certainly did not act on it.
async fn apply(patch: &Patch, manager: &Manager, acted: &Cell<bool>) -> Result<(), Failure> {
    let uncertain = Cell::new(None::<Failure>);
    let attempt = || async {
        let patch = match uncertain.take() {
            None => patch.clone(),
            Some(before) => {
                let server = known(&manager.server(&patch.server).await?);
                let live = server.families.ok_or(before)?;
                match patch.on(&live) {
                    None => return Ok(()),
                    Some(rest) => rest,
                }
            }
        };
        let families: Vec<String> = patch
            .families
            .iter()
            .map(|family| family.as_str().to_owned())
            .collect();
        let result = manager.set_default_families(&patch.server, &families).await;
        match &result {
            Ok(()) => acted.set(true),
            Err(failure) if failure.may_have_been_acted_on() => {
                acted.set(true);
                uncertain.set(Some(failure.clone()));
            }
            Err(_) => {}
        }
        result
    };
    manager.http().repeat(Repeat::Always, attempt).await
}

/// Reads the servers `ids` and compares them with what the plan should have made of them.
async fn checked(
    before: &[Server],
    wishes: &[Wish],
    plan: &Plan,
    phase: Phase,
    ids: &[String],
    manager: &Manager,
    context: &Context,
) -> Result<Vec<Server>, Error> {
    let mut waits = AGAIN.iter();
    loop {
        let (now, unread) = read(before, ids, manager).await;
        if let Some(why) = unread {
            return Err(why.context("What was changed could not be read back"));
        }
        let found = read_back(before, plan, wishes, phase, &now);
        if found.conflicts.is_empty() {
            return Ok(now);
        }
        match waits.next() {
            Some(wait) => context.clock().sleep(*wait).await,
            None => {
                let words: Vec<&str> = found
                    .conflicts
                    .iter()
                    .map(|found| found.family.word())
                    .collect();
                return Err(Error::new(
                    Kind::Conflict,
                    format!(
                        "Apple shows another default for {} than was set; somebody else is changing it.",
                        words.join(", ")
                    ),
                ));
            }
        }
    }
}

/// The servers `ids` as they are now; what could not be read has no families, and the last reason why.
async fn read(
    before: &[Server],
    ids: &[String],
    manager: &Manager,
) -> (Vec<Server>, Option<Error>) {
    let reads = ids
        .iter()
        .map(|id| async move { (id, manager.server(id).await) });
    let mut why = None;
    let mut servers = Vec::new();
    for (id, read) in futures_util::future::join_all(reads).await {
        let unknown = |families| Server {
            id: id.clone(),
            name: before
                .iter()
                .find(|server| server.id == *id)
                .map_or_else(|| id.clone(), |server| server.name.clone()),
            families,
        };
        servers.push(match read.map(|server| known(&server)) {
            Ok(server) if server.families.is_some() => server,
            Ok(_) => {
                why = Some(Error::failed(
                    "Apple's answer does not say what the server is the default for.",
                ));
                unknown(None)
            }
            // A server that is gone holds nothing.
            Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND.as_u16()) => {
                unknown(Some(Vec::new()))
            }
            Err(failure) => {
                why = Some(failure.into());
                unknown(None)
            }
        });
    }
    (servers, why)
}

fn merge(servers: &mut [Server], read: Vec<Server>) {
    for server in read {
        if let Some(place) = servers.iter_mut().find(|place| place.id == server.id) {
            *place = server;
        }
    }
}

/// The ids of the servers that a plan changes.
pub fn touched(plan: &Plan) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for patch in plan.take.iter().chain(&plan.give) {
        if !ids.contains(&patch.server) {
            ids.push(patch.server.clone());
        }
    }
    ids
}

/// Waiting for `limit` from now on, whatever succeeds in between.
pub fn patience(limit: Duration, context: &Context) -> Patience {
    Patience {
        limit,
        since: Some(context.clock().now()),
        stop: None,
    }
}
