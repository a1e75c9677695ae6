//! The table: platform → default server, and what is known of that server's ADDE URL.

use std::time::Duration;

use serde::Serialize;

use super::{cause, report, setup};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::defaults::transaction::{Cause, Outcome as How};
use crate::core::defaults::{Holder, holder};
use crate::core::platform::Family;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::defaults::{Ended, Wanted};
use crate::organization::servers::defaults_not_known;
use crate::output::{Column, Document, Row, Shown, column, day, more};
use crate::state::facts::{Facts, place};

/// A platform, and its default server.
#[derive(Debug, Serialize)]
struct Default {
    platform: Option<String>,
    product_family: String,
    server_id: Option<String>,
    server_name: Option<String>,
    error: Option<String>,
    adde_url_state: Option<&'static str>,
    adde_url_set_at: Option<String>,
}

impl Row for Default {
    const COLUMNS: &'static [Column<Self>] = &[
        // A family that this version has no word for goes by Apple's.
        column("platform", "PLATFORM", |it| {
            it.platform.as_ref().unwrap_or(&it.product_family).shown()
        }),
        column("server_name", "DEFAULT FOR NEW DEVICES", Self::server),
        column("adde_url_state", "ADDE URL OF THAT SERVER", Self::adde_url),
        more("product_family", |it| it.product_family.shown()),
        more("server_id", |it| it.server_id.shown()),
        more("error", |it| it.error.shown()),
        more("adde_url_set_at", |it| it.adde_url_set_at.shown()),
    ];
    const EMPTY: &'static str = "No platforms.";
}

impl Default {
    fn server(&self) -> String {
        match (&self.server_name, &self.error) {
            (Some(name), None) => name.to_owned(),
            (Some(name), Some(_)) => format!("{name}?"),
            (None, Some(_)) => "not known".to_owned(),
            (None, None) => "none".to_owned(),
        }
    }

    fn adde_url(&self) -> String {
        let words = match self.adde_url_state {
            Some("set") => match &self.adde_url_set_at {
                Some(at) => return format!("set {}", day(Some(at))),
                None => "set",
            },
            Some("none") => "none set",
            Some("no_token") => "can't tell: no token",
            Some("not_asked") => "can't tell: not asked yet",
            _ => "",
        };
        words.to_owned()
    }
}

/// Runs `assign` without anything to set.
pub async fn run(platforms: &[Family], context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Default>()?;
    let settings = context.settings()?;
    let only_reads = setup::only_reads(settings)?.is_some();
    let hold = setup::Hold::new(context);
    let take = || hold.take();
    let defaults = setup::defaults(&take, context).await?;
    // Whoever holds the lock is at work right now; then this run only looks.
    let lock = if defaults.is_open()? && !only_reads {
        match setup::lock(Duration::ZERO, context).await {
            Ok(lock) => Some(lock),
            Err(error) => {
                context.ui.warn(&error.message);
                None
            }
        }
    } else {
        None
    };
    let listed = defaults.list().await?;
    let wanted = Wanted {
        families: Vec::new(),
        to: None,
        from: None,
        writes: lock.is_some(),
        undo: &|_, _| String::new(),
    };
    let ended = defaults.run(&listed, &wanted).await?;
    drop(lock);
    if let Some(signal) = hold.signal() {
        let told = Error::interrupted(signal);
        return Err(if ended.owed.is_empty() {
            told
        } else {
            let error = cause::not_restored(&ended);
            let message = format!("{} {}", told.message, error.message);
            Error { message, ..error }
        });
    }
    let servers = &ended.now;
    let mut families: Vec<Family> = if platforms.is_empty() {
        Family::KNOWN.to_vec()
    } else {
        platforms.to_vec()
    };
    if platforms.is_empty() {
        // What Apple adds without notice has a row as well.
        let others = servers
            .iter()
            .filter_map(|server| server.families.as_ref())
            .flatten();
        families.extend(others.filter(|family| !family.is_known()).cloned());
    }
    families.sort();
    families.dedup();
    let rows = families
        .iter()
        .map(|family| row(family, &ended, context))
        .collect::<Result<Vec<_>, Error>>()?;
    report::warnings(&ended, context);
    for (family, server) in ended.compared.iter().filter(|it| families.contains(&it.0)) {
        context
            .ui
            .warn(&cause::lost(family, server, &ended, context));
    }
    let in_doubt = rows.iter().any(|row| row.error.is_some());
    let document = Document::rows(rows);
    let problem = match ended.outcome {
        How::Nothing(Cause::NotRestored) if !in_doubt => {
            // It is about platforms that aren't shown.
            let why = cause::why(Cause::NotRestored, &ended, &wanted);
            context.ui.warn(&why.message);
            None
        }
        How::Nothing(cause) => Some(cause::why(cause, &ended, &wanted)),
        _ if in_doubt => doubt(&ended, &families),
        _ => None,
    };
    Ok(match problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome::done(document),
    })
}

/// Why a row is in doubt: servers that could not be read, or requests without an answer.
fn doubt(ended: &Ended, families: &[Family]) -> Option<Error> {
    let risk: Vec<&Family> = families
        .iter()
        .filter(|it| ended.at_risk.contains(it))
        .collect();
    if !risk.is_empty() {
        return Some(cause::at_risk(ended, risk.into_iter()));
    }
    let unread = ended.unread.iter().cloned();
    let (names, failures): (Vec<_>, Vec<_>) = unread.map(|(it, why)| (it.name, why)).unzip();
    let others = failures.len() < ended.now.len();
    defaults_not_known(&names, &failures, others)
}

/// Why a row may not stay as it is.
fn risk(family: &Family, ended: &Ended, context: &Context) -> Option<String> {
    if !ended.at_risk.contains(family) {
        return None;
    }
    Some(match ended.until() {
        Some(until) => {
            format!("An unanswered request may still change this; look again after {until:.0}.")
        }
        None => context.written(&hint![
            "It had a default and has none; the next ",
            Command::new("assign"),
            " tries again to restore it."
        ]),
    })
}

fn row(family: &Family, ended: &Ended, context: &Context) -> Result<Default, Error> {
    let servers = &ended.now;
    let name = |id: &str| {
        servers
            .iter()
            .find(|server| server.id == id)
            .map_or(id, |server| &server.name)
            .to_owned()
    };
    let (id, error) = match holder(servers, family) {
        Holder::Server(id) => (Some(id), None),
        Holder::Nobody => (None, None),
        Holder::Unknown { unread } => {
            let names: Vec<String> = unread.iter().map(|id| name(id)).collect();
            let error = format!(
                "{} could not be read, and may be the default.",
                names.join(", ")
            );
            (None, Some(error))
        }
        Holder::Several(ids) => {
            let names: Vec<String> = ids.iter().map(|id| name(id)).collect();
            let error = format!("Apple shows it on several servers: {}.", names.join(", "));
            (ids.first().cloned(), Some(error))
        }
    };
    let error = error.or_else(|| risk(family, ended, context));
    let url = match &id {
        Some(id) => Some(known_url(id, &name(id), context)?),
        None => None,
    };
    let facts = url.as_ref().and_then(|url| url.as_ref().ok());
    Ok(Default {
        platform: family.is_known().then(|| family.word().to_owned()),
        product_family: family.as_str().to_owned(),
        server_name: id.as_deref().map(name),
        server_id: id,
        error,
        adde_url_state: url.as_ref().map(|url| match url {
            Ok(facts) if facts.url.is_some() => "set",
            Ok(_) => "none",
            Err(NotKnown::NoToken) => "no_token",
            Err(NotKnown::NotAsked) => "not_asked",
        }),
        adde_url_set_at: facts
            .and_then(|facts| facts.set_at)
            .map(|at| at.to_string()),
    })
}

/// Why nothing is known of a server's ADDE URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKnown {
    /// No token of that server is configured.
    NoToken,
    /// A token is configured, and Apple has not been asked with it.
    NotAsked,
}

/// What was last seen of a server's ADDE URL; no request is sent for it.
pub fn known_url(
    server_id: &str,
    server_name: &str,
    context: &Context,
) -> Result<Result<Facts, NotKnown>, Error> {
    let store = context.organization()?.facts();
    let mut answer = Err(NotKnown::NoToken);
    for token in &context.settings()?.tokens {
        let facts = store.read(&place(token));
        let id = facts.server_id.as_ref().or(token.server_id.as_ref());
        let name = facts.server_name.as_ref().or(token.server_name.as_ref());
        // Whether Apple's two ids of a server are equal is unconfirmed, so the name counts as well.
        let same = id.is_some_and(|id| id.eq_ignore_ascii_case(server_id))
            || name.is_some_and(|name| name.eq_ignore_ascii_case(server_name));
        if same && facts.seen_at.is_some() {
            return Ok(Ok(facts));
        }
        if same {
            answer = Err(NotKnown::NotAsked);
        }
    }
    Ok(answer)
}
