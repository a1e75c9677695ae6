//! What an earlier `assign` left half done: the journal knows, and the next `assign` mends it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute::{PATIENCE, is_cleared, touched};
use super::put_back::{Back, Open, put_back};
use super::report::{self, words};
use super::send::patience;
use crate::commands;
use crate::commands::failure::spoken;
use crate::context::Context;
use crate::core::defaults::{Plan, Server};
use crate::core::platform::Family;
use crate::error::Error;
use crate::interrupted;
use crate::private_files::Lock;
use crate::state::journal::{self, Entry, Event};

/// The name of these entries in the journal.
const COMMAND: &str = "assign";

/// What the journal keeps of a change that is about to begin.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// What is taken to be given to another server. A platform that is to have no default needs no mending.
    taken: Vec<Family>,
    /// The ids of the servers that are changed.
    touched: Vec<String>,
}

/// Which organization: the API account, and where its API is.
fn organization(context: &Context) -> Result<String, Error> {
    let settings = context.settings()?;
    let credentials = settings.required_credentials()?;
    Ok(format!(
        "{} {}",
        credentials.client_id.value, settings.services.api.value
    ))
}

/// One `assign` at a time for an organization: waits for another one for as long as `limit`, then exit 6.
pub async fn only_one(limit: Duration, context: &Context) -> Result<Lock, Error> {
    let state = &context.settings()?.folders.state;
    let name = format!("assign-{}", organization(context)?);
    let what = "`abmctl assign` for this organization";
    commands::only_one::only_one(&name, what, limit, state, context).await
}

/// Writes that a change is about to begin; where that can't be kept, nothing may be changed.
pub fn begin(
    before: &[Server],
    plan: &Plan,
    undo: &str,
    context: &Context,
) -> Result<String, Error> {
    let id = journal::new_id(context.host.random.as_ref());
    let mut taken = plan.taken();
    taken.retain(|family| !is_cleared(plan, family));
    let kept = Kept {
        taken,
        touched: touched(plan),
    };
    let event = Event::Begun {
        before: to_json(&before)?,
        changes: to_json(&kept)?,
        undo: undo.to_owned(),
    };
    write(&id, event, context).map_err(|error| {
        error.context("Nothing was changed, since what was there before can't be kept")
    })?;
    Ok(id)
}

/// Writes that a change ended and nothing is left to mend.
pub fn end(id: &str, how: &str, context: &Context) {
    let event = Event::Ended {
        how: how.to_owned(),
    };
    if let Err(error) = write(id, event, context) {
        context.ui.warn(&error.message);
    }
}

fn to_json(value: &impl Serialize) -> Result<serde_json::Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::failed(error.to_string()))
}

fn write(id: &str, event: Event, context: &Context) -> Result<(), Error> {
    let journal = context.journal()?;
    let entry = Entry {
        at: context.clock().now(),
        id: id.to_owned(),
        organization: organization(context)?,
        profile: context.profile()?,
        command: COMMAND.to_owned(),
        event,
    };
    journal.append(&entry).map_err(|error| {
        Error::failed(format!(
            "The journal {} can't be written: {error}.",
            journal.path().display()
        ))
    })
}

fn open(context: &Context) -> Result<Vec<Entry>, Error> {
    let journal = context.journal()?;
    journal
        .unfinished(&organization(context)?, COMMAND)
        .map_err(|error| {
            Error::failed(format!(
                "The journal {} can't be read: {error}.",
                journal.path().display()
            ))
        })
}

/// Whether an earlier `assign` for this organization began and did not end.
pub fn unfinished(context: &Context) -> Result<bool, Error> {
    Ok(!open(context)?.is_empty())
}

/// Says that something would be mended first.
pub fn announce(context: &Context) -> Result<bool, Error> {
    let entries = open(context)?;
    for entry in &entries {
        context.ui.warn(&format!(
            "{} Changing something mends that first.",
            stopped(entry, context)
        ));
    }
    Ok(!entries.is_empty())
}

fn stopped(entry: &Entry, context: &Context) -> String {
    format!(
        "An earlier `abmctl assign` was stopped half way, {} ago.",
        spoken(context.clock().now().duration_since(entry.at))
    )
}

/// Takes the lock and mends, where nobody else is at work; answers whether something was changed.
pub async fn mend(servers: &[Server], context: &Context) -> Result<bool, Error> {
    // Whoever holds the lock is at work right now, so nothing was left half done.
    let Ok(_lock) = only_one(Duration::ZERO, context).await else {
        return Ok(false);
    };
    mend_locked(servers, &[], context).await
}

/// Gives back what an earlier `assign` took and nobody holds now; answers whether something was changed. The lock is held.
///
/// What can't be given back is an error, unless it is `wished` anyway: then the present run decides on it, and
/// [`settle`] closes the matter. A former server that is gone closes it as well, since no later run could do better.
pub async fn mend_locked(
    servers: &[Server],
    wished: &[Family],
    context: &Context,
) -> Result<bool, Error> {
    let mut changed = false;
    for entry in open(context)? {
        let Some((before, kept)) = contents(&entry) else {
            context.ui.warn(&format!(
                "{} What the journal has of it can't be read: see with `abmctl assign{}` whether every platform has its default.",
                stopped(&entry, context),
                context.profile_flag()
            ));
            end(&entry.id, "It could not be read by a later run.", context);
            continue;
        };
        let missing: Vec<Family> = kept
            .taken
            .iter()
            .filter(|family| !servers.iter().any(|server| server.holds(family)))
            .cloned()
            .collect();
        if missing.is_empty() {
            end(
                &entry.id,
                "Every platform had a default when it was looked at again.",
                context,
            );
            context.ui.say(&format!(
                "{} No platform lacks its default for it, so nothing is to be mended.",
                stopped(&entry, context)
            ));
            continue;
        }
        context.ui.warn(&format!(
            "{} {} has had no default since, and goes back to where it was.",
            stopped(&entry, context),
            words(missing.iter())
        ));
        let holding = context.interrupts.hold(super::PUTTING_BACK);
        let manager = context
            .manager()
            .await?
            .with_patience(patience(PATIENCE, context));
        let back = put_back(&before, &missing, &kept.touched, &manager).await;
        changed = true;
        conclude(&entry, &missing, &back, &before, wished, context)?;
        if let Some(signal) = holding.signal() {
            return Err(interrupted(signal));
        }
    }
    Ok(changed)
}

/// Says what came of giving back, and closes the entry where no later run could do better.
fn conclude(
    entry: &Entry,
    missing: &[Family],
    back: &Back,
    before: &[Server],
    wished: &[Family],
    context: &Context,
) -> Result<(), Error> {
    let is_open = |family: &&Family| back.open.iter().any(|open| open.family == **family);
    let given: Vec<&Family> = missing
        .iter()
        .filter(|family| !is_open(family) && !back.elsewhere.contains(family))
        .collect();
    if !given.is_empty() {
        let given = words(given.into_iter());
        context.ui.say(&format!("{given}: put back."));
    }
    if !back.elsewhere.is_empty() {
        context.ui.say(&format!(
            "{}: left where somebody else put it meanwhile.",
            words(back.elsewhere.iter())
        ));
    }
    if back.open.is_empty() {
        end(&entry.id, "Put back by a later run.", context);
        return Ok(());
    }
    let error = report::open(back, before, context);
    let for_good = back.open.iter().all(|open| open.gone);
    let decided = |open: &Open| open.gone || wished.contains(&open.family);
    if !back.open.iter().all(decided) {
        return Err(error);
    }
    context.ui.warn(&error.message);
    if for_good {
        for hint in &error.hints {
            context.ui.warn(hint);
        }
        end(&entry.id, "Its former server is gone.", context);
    }
    Ok(())
}

/// Closes what earlier runs left open, where every platform of it has a default or is one of `wished`, which the present
/// run has just brought about.
pub fn settle(wished: &[Family], servers: &[Server], context: &Context) -> Result<(), Error> {
    for entry in open(context)? {
        let settled = |family: &Family| {
            wished.contains(family) || servers.iter().any(|server| server.holds(family))
        };
        if contents(&entry).is_some_and(|(_, kept)| kept.taken.iter().all(settled)) {
            end(&entry.id, "Decided by a later run.", context);
        }
    }
    Ok(())
}

/// What an entry says was there before, and what was to be changed; `None` where it can't be read.
fn contents(entry: &Entry) -> Option<(Vec<Server>, Kept)> {
    let Event::Begun {
        before, changes, ..
    } = &entry.event
    else {
        return None;
    };
    Some((
        serde_json::from_value(before.clone()).ok()?,
        serde_json::from_value(changes.clone()).ok()?,
    ))
}
