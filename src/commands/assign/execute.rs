//! The part that must not stay half done: take, read back, give, read back; and put back where that fails.

use std::time::Duration;

use reqwest::Method;

use super::put_back::{Back, put_back};
use super::send::{Acted, apply, patience, read};
use crate::apple::error::Failure;
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::segments;
use crate::context::{Context, Holding};
use crate::core::defaults::{Patch, Phase, Plan, Server, Wish, plan as plan_on, read_back};
use crate::core::platform::Family;
use crate::error::{Error, Kind};

/// Between taking and giving, new devices are without management: that step is given at least this long.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// A read-back that is not as expected is read again after these waits, in case Apple shows a change with a delay.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

/// How it ended.
pub enum Ended {
    /// As wished, and read back.
    Done,
    /// Nothing was changed.
    Untouched(Error),
    /// Not as wished: for this reason, and what was taken was given back as far as it could be.
    Short(Error, Back),
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
    let acted = Acted::default();
    let result = forwards(before, wishes, plan, holding, manager, context, &acted).await;
    let acted = acted.into_inner();
    let cause = match result {
        Ok(()) => return Ended::Done,
        Err(cause) if acted.is_empty() => return Ended::Untouched(cause),
        Err(cause) => cause,
    };
    let mut begun = plan.clone();
    begun.take.retain(|patch| acted.contains(&patch.server));
    let patient = manager.with_patience(patience(PATIENCE.max(manager.http().max_wait()), context));
    let mut back = put_back(before, &begun.taken(), &touched(plan), &patient).await;
    // What was to have no default is as wished, whatever became of the rest.
    back.open.retain(|open| !is_cleared(plan, &open.family));
    Ended::Short(cause, back)
}

/// Whether `plan` leaves `family` without a default.
pub fn is_cleared(plan: &Plan, family: &Family) -> bool {
    plan.changes
        .iter()
        .any(|change| change.family == *family && change.to.is_none())
}

async fn forwards(
    before: &[Server],
    wishes: &[Wish],
    plan: &Plan,
    holding: &Holding<'_>,
    manager: &Manager,
    context: &Context,
    acted: &Acted,
) -> Result<(), Error> {
    let step = |limit| {
        manager.with_patience(Patience {
            stop: Some(holding.stop()),
            ..patience(limit, context)
        })
    };
    let max_wait = manager.http().max_wait();
    for patch in &plan.take {
        let sent = apply(patch, &step(max_wait), acted).await;
        sent.map_err(|failure| {
            failed(
                failure,
                "taken from",
                &patch.before,
                &patch.families,
                patch,
                before,
                manager,
            )
        })?;
    }
    // What is given is computed on what the gaining servers hold now, not on what they held before the taking.
    let mut live = before.to_vec();
    let mut give = plan.give.clone();
    let between = step(if give.is_empty() {
        max_wait
    } else {
        PATIENCE.max(max_wait)
    });
    if !plan.take.is_empty() {
        let all = touched(plan);
        let read = checked(before, wishes, plan, Phase::Taken, &all, &between, context).await?;
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
    for patch in &give {
        let sent = apply(patch, &between, acted).await;
        sent.map_err(|failure| {
            failed(
                failure,
                "given to",
                &patch.families,
                &patch.before,
                patch,
                before,
                manager,
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
    manager: &Manager,
) -> Error {
    let words: Vec<&str> = list
        .iter()
        .filter(|family| !without.contains(family))
        .map(Family::word)
        .collect();
    let server = servers.iter().find(|server| server.id == patch.server);
    let name = server.map_or(&patch.server, |server| &server.name);
    let request = manager.request_name(&Method::PATCH, &segments(&patch.server));
    let conflict = failure.status_of(&request) == Some(409);
    let error = Error::from(failure);
    let error = error.context(format!("{} could not be {what} {name}", words.join(", ")));
    if conflict {
        error.context("Somebody else gave one of the platforms to another server meanwhile")
    } else {
        error
    }
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
        let seen = read(before, ids, manager).await;
        if let Some(why) = seen.why {
            return Err(why.context("What was changed could not be read back"));
        }
        let found = read_back(before, plan, wishes, phase, &seen.servers);
        if found.conflicts.is_empty() {
            return Ok(seen.servers);
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
