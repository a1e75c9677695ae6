//! What an `assign` says: its document, what every touched server holds, the command that puts it back.

use serde_json::{Map, Value, json};

use super::put_back::Back;
use super::table::{NotKnown, known_url};
use crate::commands::DRY_RUN;
use crate::commands::servers::inventory::aliases;
use crate::context::Context;
use crate::core::defaults::{Change, Plan, Server};
use crate::core::names::{Named, resolve};
use crate::core::platform::{Family, Platform};
use crate::error::{Error, Kind};
use crate::output::{Cell, Document, View, column};
use crate::text::printable;

/// How the rows of a change are shown.
pub static VIEW: View = MADE;

const MADE: View = View {
    columns: &[
        column("platform", "PLATFORM", Cell::Plain),
        column("from", "WAS", Cell::Of(from)),
        column("to", "IS NOW", Cell::Of(to)),
    ],
    below: None,
    empty: "Nothing to change.",
};

/// The same for a change that did not end as wished.
pub static SHORT: View = View {
    empty: "No change was made that stayed.",
    ..MADE
};

/// The same for a change that was not made.
pub static WOULD: View = View {
    columns: &[
        column("platform", "PLATFORM", Cell::Plain),
        column("from", "IS", Cell::Of(from)),
        column("to", "WOULD BE", Cell::Of(to)),
    ],
    below: None,
    empty: "Nothing to change.",
};

fn from(row: &Map<String, Value>) -> String {
    side(row, "from")
}

fn to(row: &Map<String, Value>) -> String {
    side(row, "to")
}

fn side(row: &Map<String, Value>, key: &str) -> String {
    row.get(key)
        .and_then(|server| server.get("name"))
        .and_then(Value::as_str)
        .unwrap_or("none")
        .to_owned()
}

/// How far a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// It was made.
    Made,
    /// It was only worked out.
    DryRun,
    /// It was only checked.
    Checked,
}

/// The document of a change. `state` is what the touched servers hold, where it did not end as wished.
pub fn document(
    changes: &[Change],
    servers: &[Server],
    extent: Extent,
    state: Option<&[Server]>,
    context: &Context,
) -> Result<Document, Error> {
    let side = |id: &Option<String>| {
        id.as_ref()
            .map(|id| json!({"id": id, "name": name(id, servers)}))
    };
    let rows: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!({
                "platform": change.family.word(),
                "from": side(&change.from),
                "to": side(&change.to),
            })
        })
        .collect();
    let state = state.map(|state| state.iter().map(held_json).collect::<Vec<_>>());
    let value = json!({
        "changed": !rows.is_empty(),
        "dry_run": extent != Extent::Made,
        "profile": context.profile()?,
        "sandbox": context.settings()?.services.is_sandbox(),
        "changes": rows,
        "state": state,
    });
    let mut headline = vec![context.headline()?];
    let view = match extent {
        Extent::Made if state.is_some() => &SHORT,
        Extent::Made => &VIEW,
        Extent::DryRun | Extent::Checked => &WOULD,
    };
    if extent == Extent::DryRun {
        headline.push(DRY_RUN.to_owned());
    }
    Ok(Document::Change(value, headline, view))
}

fn held_json(server: &Server) -> Value {
    let platforms = server
        .families
        .as_ref()
        .map(|families| families.iter().map(Family::word).collect::<Vec<_>>());
    json!({"server": {"id": server.id, "name": server.name}, "default_platforms": platforms})
}

/// What every server holds, as a sentence.
pub fn held(servers: &[Server]) -> String {
    let each: Vec<String> = servers
        .iter()
        .map(|server| match &server.families {
            None => format!("what {} is the default for could not be read", server.name),
            Some(families) if families.is_empty() => {
                format!("{} is the default for nothing", server.name)
            }
            Some(families) => {
                let words: Vec<&str> = families.iter().map(Family::word).collect();
                format!("{} is the default for {}", server.name, words.join(", "))
            }
        })
        .collect();
    format!("Now {}.", each.join("; "))
}

fn name<'a>(id: &'a str, servers: &'a [Server]) -> &'a str {
    servers
        .iter()
        .find(|server| server.id == id)
        .map_or(id, |server| &server.name)
}

/// The commands that put changes back, one for each server that gets something back.
pub fn undo(changes: &[Change], servers: &[Server], context: &Context) -> Result<String, Error> {
    let mut targets: Vec<(&Option<String>, Vec<&str>)> = Vec::new();
    for change in changes {
        match targets.iter_mut().find(|(from, _)| *from == &change.from) {
            Some((_, words)) => words.push(change.family.word()),
            None => targets.push((&change.from, vec![change.family.word()])),
        }
    }
    let mut commands = Vec::new();
    for (from, words) in targets {
        commands.push(command(&words, from.as_deref(), servers, context)?);
    }
    Ok(commands.join(" && "))
}

/// The command that makes `server` the default for these platforms, or nothing where it is `None`.
fn command(
    platforms: &[&str],
    server: Option<&str>,
    servers: &[Server],
    context: &Context,
) -> Result<String, Error> {
    let target = match server {
        None => "--clear".to_owned(),
        Some(id) => format!(
            "--server {}",
            shell_words::quote(&unmistakable(id, servers, context)?)
        ),
    };
    Ok(format!(
        "abmctl assign --platform {} {target}{}",
        platforms.join(","),
        context.profile_flag()
    ))
}

/// The name of a server where it means that one alone, else its id.
fn unmistakable(id: &str, servers: &[Server], context: &Context) -> Result<String, Error> {
    let named: Vec<Named> = servers
        .iter()
        .map(|server| Named {
            id: server.id.clone(),
            name: server.name.clone(),
            deleted: false,
        })
        .collect();
    let name = name(id, servers);
    let means = resolve(name, &aliases(context)?, &named);
    Ok(match means {
        // A name that a terminal would change can't be typed back.
        Ok(server) if server.id == id && !name.starts_with('-') && printable(name) == name => {
            name.to_owned()
        }
        _ => id.to_owned(),
    })
}

/// What became of that which was taken, where nothing of it is left open.
pub fn given_back(plan: &Plan, back: &Back) -> String {
    if !back.elsewhere.is_empty() {
        return format!(
            "{} could not be put back, since another server holds it meanwhile.",
            words(back.elsewhere.iter())
        );
    }
    if plan.taken().is_empty() {
        "Nothing had to be put back.".to_owned()
    } else {
        "What was taken and could not be given was put back.".to_owned()
    }
}

/// Platforms in the user's words, with commas.
pub fn words<'a>(families: impl Iterator<Item = &'a Family>) -> String {
    families.map(Family::word).collect::<Vec<_>>().join(", ")
}

/// The error for platforms that have no default now, or may have none, although they had one.
pub fn open(back: &Back, servers: &[Server], context: &Context) -> Error {
    let why = &back.why;
    let which: Vec<String> = back
        .open
        .iter()
        .map(|open| {
            format!(
                "{} (was {})",
                open.family.word(),
                name(&open.former, servers)
            )
        })
        .collect();
    let are = if back.open.len() == 1 { "is" } else { "are" };
    let maybe = if back.is_certain() { "" } else { "perhaps " };
    let mut error = Error::new(
        Kind::Partial,
        format!(
            "{} {are} {maybe}without a default now, and could not be given back: {}",
            which.join(", "),
            why.message
        ),
    );
    if back.open.iter().any(|open| !open.gone) {
        error = error.hint("The next `abmctl assign` of any kind tries again.");
    }
    error.code.clone_from(&why.code);
    error.request_id.clone_from(&why.request_id);
    for open in &back.open {
        let family = open.family.word();
        let hint = if open.gone {
            Ok(format!(
                "Give {family} to a server that is there: `abmctl assign --platform {family} --server SERVER{}`.",
                context.profile_flag()
            ))
        } else {
            command(&[family], Some(&open.former), servers, context)
                .map(|command| format!("Or run `{command}`."))
        };
        if let Ok(hint) = hint {
            error = error.hint(hint);
        }
    }
    error
}

/// What goes with every change: whom a default reaches, and what is known of the new default's ADDE URL.
pub fn remarks(plan: &Plan, servers: &[Server], context: &Context) -> Result<(), Error> {
    context.ui.hint_afterwards(
        "Defaults reach devices that are added from now on; devices already in the organization stay where they are.",
    );
    let mut told: Vec<&str> = Vec::new();
    for change in &plan.changes {
        let (Some(id), Some(platform)) = (change.to.as_deref(), change.family.platform()) else {
            continue;
        };
        if platform == Platform::Ipod || told.contains(&id) {
            continue;
        }
        told.push(id);
        let name = name(id, servers);
        let text = match known_url(id, name, context)? {
            Ok(facts) => match facts.url {
                Some(url) => format!("{name} had the ADDE URL {url} when it was last looked at."),
                None => format!(
                    "{name} had no ADDE URL when it was last looked at, so account-driven enrollment through Apple has nowhere to go: `abmctl adde-url set URL`."
                ),
            },
            Err(NotKnown::NotAsked) => format!(
                "Whether {name} has an ADDE URL has not been asked yet: `abmctl adde-url list`."
            ),
            Err(NotKnown::NoToken) => {
                format!("Whether {name} has an ADDE URL can't be told without its server token.")
            }
        };
        context.ui.hint_afterwards(text);
    }
    if !told.is_empty() {
        context.ui.hint_afterwards(
            "Apple's fallback for account-driven enrollment follows the default of the platform, by what vendors report; Apple does not say.",
        );
    }
    Ok(())
}
