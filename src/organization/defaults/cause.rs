//! Why a change didn't end as wished, as its user is told.

use super::idle::idle;
use super::undo::command;
use super::{Ended, Named, Wanted};
use crate::core::defaults::Server;
use crate::core::defaults::transaction::Cause;
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::permissions::SERVERS_AND_DEFAULTS;
use crate::text::prose_time;

/// The error where nothing was changed.
pub(super) fn nothing(
    cause: Cause,
    ended: &Ended,
    wanted: &Wanted<'_>,
    signal: Option<Error>,
) -> Error {
    let error = match (cause, signal) {
        (Cause::Stopped, Some(signal)) => signal,
        _ => why(cause, ended, wanted),
    };
    let else_ = if cause == Cause::NotRestored || ended.restored {
        " else"
    } else {
        ""
    };
    let error = error.and(format!("Nothing{else_} was changed."));
    if cause != Cause::NotRestored && !ended.owed.is_empty() {
        error.and(without_default(ended))
    } else {
        error
    }
}

/// The error where it isn't known how a change ended.
pub(super) fn not_known(
    cause: Cause,
    ended: &Ended,
    wanted: &Wanted<'_>,
    signal: Option<Error>,
    organization: &Organization,
) -> Error {
    let kind = match cause {
        Cause::Conflict if ended.unsettled.is_empty() && ended.owed.is_empty() => Kind::Conflict,
        _ => Kind::Partial,
    };
    let mut error = signal.unwrap_or_else(|| why(cause, ended, wanted));
    if let Some(back) = &ended.back {
        error = error.and(back);
    }
    if !ended.owed.is_empty() {
        error = error.and(without_default(ended));
    }
    let until = ended.until();
    let risk = words(risk(ended, wanted));
    if let (Some(until), false) = (until, risk.is_empty()) {
        error = error.and(format!(
            "Apple may still change {risk} until {}.",
            prose_time(until)
        ));
    }
    let mut error = error.and(held(&touched(ended))).of_kind(kind).advising([]);
    if !ended.owed.is_empty() {
        error = error.hint(hint![
            "The next ",
            Command::new("assign"),
            " tries again to restore it."
        ]);
    }
    for (family, home) in &ended.owed {
        let command = command(
            &[family.word()],
            Some(&home.id),
            Some(&None),
            &ended.before,
            organization,
        );
        error = error.hint(hint!["Or run ", command, "."]);
    }
    match until {
        Some(until) if ended.owed.is_empty() => error.hint(hint![
            "Look again with ",
            Command::new("assign"),
            format!(" after {}.", prose_time(until))
        ]),
        _ => error,
    }
}

/// The wished platforms that a request without an answer may still change.
pub(super) fn risk<'a>(
    ended: &'a Ended,
    wanted: &'a Wanted<'_>,
) -> impl Iterator<Item = &'a Family> {
    let risk = |family: &&Family| ended.at_risk.contains(family);
    wanted.families.iter().filter(risk)
}

/// The sentences for platforms that had a default, and have none as far as is known.
pub(super) fn without_default(ended: &Ended) -> String {
    let certain = |(family, _): &&(Family, Named)| ended.without_default.contains(family);
    let (certain, others): (Vec<_>, Vec<_>) = ended.owed.iter().partition(certain);
    let sentence = |of: &[&(Family, Named)], one: &str, several: &str| {
        let each = of.iter();
        let each = each.map(|(family, home)| format!("{} (was {})", family.word(), home.name));
        let each = each.collect::<Vec<_>>().join(", ");
        let have = if of.len() == 1 { one } else { several };
        (!of.is_empty()).then(|| format!("{each} {have} no default now."))
    };
    let sentences = [
        sentence(&certain, "has", "have"),
        sentence(&others, "may have", "may have"),
    ];
    sentences
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The error of a cause, without what became of the change.
pub(super) fn why(cause: Cause, ended: &Ended, wanted: &Wanted<'_>) -> Error {
    let words = words(&wanted.families);
    let about = ended.about.as_ref().map_or("", |named| &named.name);
    let failure = || {
        let unknown = || Error::failed("Apple's answer can't be used.");
        explained(ended.failure.clone().unwrap_or_else(unknown))
    };
    let until = |named: &Named| {
        let same = |it: &&(Named, _)| it.0 == *named;
        ended.unsettled.iter().find(same).map(|it| it.1)
    };
    match cause {
        Cause::Stopped => Error::new(Kind::Interrupted, "Interrupted."),
        Cause::Refused | Cause::Lost | Cause::NotWritten => failure(),
        Cause::Conflict => match &ended.failure {
            Some(error) if error.kind == Kind::Conflict => {
                let error = failure();
                let names: Vec<&str> = ended.unread.iter().map(|it| it.0.name.as_str()).collect();
                if names.is_empty() {
                    error
                } else {
                    let names = names.join(", ");
                    error.and(format!("{names} can't be read and may be the server."))
                }
            }
            _ => Error::new(
                Kind::Conflict,
                format!(
                    "Apple shows a different default for {words} than abmctl set. Somebody else is changing it."
                ),
            ),
        },
        Cause::Unread(_) => {
            let read = |it: &&(Named, Error)| it.0.name == about;
            let error = ended.unread.iter().find(read).map(|it| it.1.clone());
            let error = error.or_else(|| ended.failure.clone());
            let mut error = error.unwrap_or_else(|| Error::new(Kind::Partial, ""));
            // What wasn't found is no server that was named.
            let named = [
                wanted.to.as_ref(),
                wanted.from.as_ref().and_then(Option::as_ref),
            ];
            let id = ended.about.as_ref().map(|it| &it.id);
            if error.kind == Kind::NotFound && !named.contains(&id) {
                error.kind = Kind::Failed;
            }
            explained(error.after(format!("The defaults of {about} can't be read.")))
        }
        Cause::Gone(_) => Error::not_found(format!("The server {about} is deleted.")),
        Cause::Unsettled(_) => {
            let until = ended.about.as_ref().and_then(until);
            let until = until.map_or_else(String::new, |it| format!(" until {}", prose_time(it)));
            Error::new(
                Kind::Unavailable,
                format!(
                    "An earlier request to {about} got no answer. Apple may still act on it{until}, which would undo this change."
                ),
            )
            .hint("Try again after that time, or wait longer with --max-wait.")
        }
        Cause::NotFrom => {
            let from = wanted.from.clone().flatten();
            let nobody = if ended.all_read() {
                "none"
            } else {
                "not known"
            };
            let now = |family: &Family| {
                let holder = ended.now.iter().find(|server| server.holds(family));
                holder.map_or(nobody.to_owned(), label)
            };
            let required = ended
                .now
                .iter()
                .find(|server| Some(&server.id) == from.as_ref());
            let required = required.map_or("none".to_owned(), label);
            let wrong = |family: &&Family| now(family) != required;
            let found = wanted.families.iter().find(wrong);
            let word = found.map_or("", |family| family.word());
            let is = found.map_or_else(String::new, now);
            Error::new(
                Kind::Conflict,
                format!("The default for {word} is {is}, not {required}."),
            )
        }
        Cause::Idle(_) => idle(about, ended),
        Cause::Twice => {
            let on = |family: &Family| ended.now.iter().filter(|it| it.holds(family)).count() > 1;
            let all = ended
                .now
                .iter()
                .filter_map(|server| server.families.as_ref());
            let twice = all.flatten().find(|family| on(family));
            let names: Vec<&str> = ended
                .now
                .iter()
                .filter(|server| twice.is_some_and(|family| server.holds(family)))
                .map(|server| server.name.as_str())
                .collect();
            Error::new(
                Kind::Conflict,
                format!(
                    "Apple shows {} on several servers: {}. Somebody else is changing it.",
                    twice.map_or("a platform", Family::word),
                    names.join(", ")
                ),
            )
            .hint("Try again in a minute.")
        }
        Cause::NotRestored => failure()
            .after(without_default(ended))
            .of_kind(Kind::Partial),
        Cause::Full => Error::new(
            Kind::Unavailable,
            "Too many requests got no answer, and Apple may still act on them.",
        )
        .hint("An unanswered request counts until --timeout and 15 minutes after it was sent. Try again then."),
    }
}

fn label(server: &Server) -> String {
    format!("{} ({})", server.name, server.id)
}

/// What a refusal means for this command.
fn explained(error: Error) -> Error {
    if error.kind != Kind::Refused {
        return error;
    }
    error.advising([format!(
        "The API account needs {SERVERS_AND_DEFAULTS} An Administrator can grant it in the portal's API settings."
    )
    .into()])
}

/// The error where a request without an answer may still change what was looked at, or a platform has no default that had one.
pub(super) fn at_risk<'a>(ended: &Ended, families: impl Iterator<Item = &'a Family>) -> Error {
    match ended.until() {
        Some(until) => Error::new(
            Kind::Partial,
            format!(
                "An earlier request got no answer. Apple may still change {} until {}.",
                words(families),
                prose_time(until)
            ),
        ),
        None => not_restored(ended),
    }
}

/// The error where a platform that had a default has none, and nothing could be done about it.
pub(super) fn not_restored(ended: &Ended) -> Error {
    Error::new(Kind::Partial, without_default(ended)).hint(hint![
        "The next ",
        Command::new("assign"),
        " that sets or clears a default restores it."
    ])
}

/// The sentence for a platform that lost its default to a request that was acted on after all.
pub(super) fn lost(
    family: &Family,
    server: &str,
    ended: &Ended,
    organization: &Organization,
) -> Hint {
    let word = family.word();
    let command = command(&[word], Some(server), Some(&None), &ended.now, organization);
    let nowhere = if ended.all_read() {
        "has no default"
    } else {
        "isn't the default of any server that can be read"
    };
    hint![
        format!(
            "{word} {nowhere}. {} was its default before a request that got no answer. To set it again, run ",
            super::undo::name(server, &ended.now)
        ),
        command,
        "."
    ]
}

/// What every server holds, in sentences.
pub(super) fn held(servers: &[Server]) -> String {
    let known: Vec<String> = servers
        .iter()
        .filter_map(|server| match &server.families {
            None => None,
            Some(families) if families.is_empty() => {
                Some(format!("{} is the default for no platform", server.name))
            }
            Some(families) => Some(format!(
                "{} is the default for {}",
                server.name,
                words(families)
            )),
        })
        .collect();
    let unknown = servers.iter().filter(|server| server.families.is_none());
    let unknown: Vec<&str> = unknown.map(|server| server.name.as_str()).collect();
    let known = (!known.is_empty()).then(|| format!("Now {}.", known.join("; ")));
    let unknown = (!unknown.is_empty())
        .then(|| format!("The defaults of {} can't be read.", unknown.join(", ")));
    let sentences: Vec<String> = known.into_iter().chain(unknown).collect();
    sentences.join(" ")
}

/// The servers that this run sent something to, as they are now.
pub(super) fn touched(ended: &Ended) -> Vec<Server> {
    let mut servers = ended.now.clone();
    servers.retain(|server| ended.touched.contains(&server.id));
    servers
}
