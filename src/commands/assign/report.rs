//! What an `assign` says: its document, what every touched server holds, the command that puts it back.
//!
//! Over 400 lines: a way to say each outcome.

use serde::Serialize;

use super::cause::{at_risk, held, not_known, nothing, risk, touched, why};
use super::table::{NotKnown, known_url};
use super::undo::{command, name, undo};
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::context::Context;
use crate::core::defaults::transaction::{Cause, Outcome as How};
use crate::core::defaults::{Change, Server};
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::defaults::{Ended, Wanted};
use crate::output::{self, Column, Document, Row, Shown, column, more};

/// A platform whose default changes.
#[derive(Debug, Serialize)]
pub struct Changed {
    platform: String,
    from: Option<Side>,
    from_known: bool,
    to: Option<Side>,
    confirmed: Option<bool>,
}

/// A server that is a default before or afterwards.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl Side {
    fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl Row for Changed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("platform", "PLATFORM", |it| it.platform.shown()),
        column("from", "WAS", |it: &Self| {
            if it.from_known {
                name_of(it.from.as_ref())
            } else {
                "not known".to_owned()
            }
        })
        .of(&["id", "name"]),
        more("from_known", |it| it.from_known.shown()),
        column("to", "IS NOW", |it: &Self| name_of(it.to.as_ref())).of(&["id", "name"]),
        more("confirmed", |it| it.confirmed.shown()),
    ];
    const EMPTY: &'static str = "Nothing to change.";
}

fn name_of(side: Option<&Side>) -> String {
    side.map_or("none", |side| &side.name).to_owned()
}

/// What else there is to say of a change: what each server that was touched holds now, where it did not end as wished, and
/// which requests got no answer.
#[derive(Debug, Serialize)]
struct State {
    state: Option<Vec<Held>>,
    unsettled: Vec<Unsettled>,
}

#[derive(Debug, Serialize)]
struct Held {
    server: Side,
    default_platforms: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct Unsettled {
    server: Side,
    until: String,
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

/// What a change came to: its document, and what did not go as wished. `signal` is the error of one that came meanwhile.
pub fn outcome(
    ended: &Ended,
    wanted: &Wanted<'_>,
    extent: Extent,
    signal: Option<Error>,
    context: &Context,
) -> Result<Outcome, Error> {
    let mut outcome = by_outcome(ended, wanted, extent, signal, context)?;
    if let Some((family, server)) = ended.vanished.first() {
        let word = family.word();
        let told = Error::new(
            Kind::Conflict,
            format!(
                "{word} has no default any more, although nobody named it here: somebody else changed {} at the same moment.",
                server.name
            ),
        );
        let command = command(
            &[word],
            Some(&server.id),
            Some(&None),
            &ended.before,
            context,
        );
        let told = told.hint(hint!["To set it again, run ", command, "."]);
        outcome.problem = Some(match outcome.problem {
            Some(problem) if problem.kind != Kind::Conflict => Error {
                message: format!("{} {}", problem.message, told.message),
                hints: [problem.hints, told.hints].concat(),
                ..problem
            },
            _ => told,
        });
    }
    Ok(outcome)
}

fn by_outcome(
    ended: &Ended,
    wanted: &Wanted<'_>,
    extent: Extent,
    signal: Option<Error>,
    context: &Context,
) -> Result<Outcome, Error> {
    if !matches!(ended.outcome, How::Nothing(Cause::Unsettled(_))) {
        warnings(ended, context);
    }
    match ended.outcome {
        How::Looked => {
            let document = document(&ended.changes, ended, extent, None, context)?;
            if !ended.owed.is_empty() {
                context.ui.warn(&unfinished());
            }
            if risk(ended, wanted).next().is_some() {
                return Ok(Outcome::with_problem(
                    document,
                    at_risk(ended, risk(ended, wanted)),
                ));
            }
            let hidden = ended.changes.iter().filter(|change| change.from.is_none());
            let hidden = words(hidden.map(|change| &change.family));
            if let (Some((server, why)), false) = (ended.unread.first(), hidden.is_empty()) {
                let message = format!(
                    "{} can't be read and may be the default for {hidden}. {}",
                    server.name, why.message
                );
                let kind = Kind::Partial;
                let error = Error {
                    kind,
                    message,
                    ..why.clone()
                };
                return Ok(Outcome::with_problem(document, error));
            }
            let differs = !ended.changes.is_empty() || !ended.owed.is_empty();
            Ok(Outcome::checked(
                document,
                extent == Extent::Checked && differs,
            ))
        }
        How::Done if ended.changes.is_empty() => {
            Ok(Outcome::done(document(&[], ended, extent, None, context)?))
        }
        How::Done | How::NotConfirmed => made(ended, extent, signal, context),
        How::Nothing(cause) => Err(nothing(cause, ended, wanted, signal)),
        How::PutBack(cause) => {
            let document = document(&[], ended, extent, Some(true), context)?;
            let error = signal.unwrap_or_else(|| why(cause, ended, wanted));
            let message = format!("{} {}", error.message, put_back(ended));
            Ok(Outcome::with_problem(document, Error { message, ..error }))
        }
        How::Partly(cause) => {
            let done: Vec<Change> = ended
                .changes
                .iter()
                .filter(|it| !ended.now.iter().any(|server| server.holds(&it.family)))
                .cloned()
                .collect();
            say_undo(&done, ended, context);
            let document = document(&done, ended, extent, Some(true), context)?;
            let error = why(cause, ended, wanted);
            let message = format!("{} {}", error.message, held(&touched(ended)));
            let kind = match cause {
                Cause::Conflict if done.is_empty() => Kind::Conflict,
                _ => Kind::Partial,
            };
            Ok(Outcome::with_problem(
                document,
                Error {
                    kind,
                    message,
                    ..error
                },
            ))
        }
        How::NotKnown(cause) => {
            // What is where it was is no change.
            let changes: Vec<Change> = ended
                .changes
                .iter()
                .filter(|change| {
                    let at = |it: &&Server| Some(&it.id) == change.from.as_ref();
                    let home = ended.now.iter().find(at);
                    let is_there = home.is_some_and(|home| home.holds(&change.family));
                    ended.at_risk.contains(&change.family) || !is_there
                })
                .map(|change| Change {
                    to: change.to.clone().filter(|to| may_be_at(to, change, ended)),
                    ..change.clone()
                })
                .collect();
            let document = document(&changes, ended, extent, Some(false), context)?;
            let error = not_known(cause, ended, wanted, signal, context);
            Ok(Outcome::with_problem(document, error))
        }
    }
}

/// Whether a server may be the default for the platform of a change now: it was read so or can't be read, or a request got no answer.
fn may_be_at(server: &str, change: &Change, ended: &Ended) -> bool {
    let unsettled = ended.unsettled.iter().any(|(it, _)| it.id == server);
    let now = ended.now.iter().find(|it| it.id == server);
    unsettled || now.is_none_or(|now| now.families.is_none() || now.holds(&change.family))
}

/// Said where nothing is written although something is open.
fn unfinished() -> Hint {
    hint![
        "An earlier `abmctl assign` left a change unfinished. The next ",
        Command::new("assign"),
        " that may change something finishes it first."
    ]
}

fn say_undo(changes: &[Change], ended: &Ended, context: &Context) {
    if !changes.is_empty() {
        let undo = undo(changes, &ended.before, context);
        context.ui.say_afterwards(Hint::put_back(undo));
    }
}

/// The change was made.
fn made(
    ended: &Ended,
    extent: Extent,
    signal: Option<Error>,
    context: &Context,
) -> Result<Outcome, Error> {
    say_undo(&ended.undo, ended, context);
    remarks(&ended.changes, &ended.before, context)?;
    let confirmed = ended.outcome == How::Done;
    let state = (!confirmed).then_some(true);
    let document = document(&ended.changes, ended, extent, state, context)?;
    if let Some(told) = signal {
        // It came too late to stop anything.
        let message = format!("{} Everything had been made by then.", told.message);
        return Ok(Outcome::with_problem(document, Error { message, ..told }));
    }
    if confirmed {
        return Ok(Outcome::done(document));
    }
    let why = ended
        .failure
        .clone()
        .map_or_else(String::new, |it| format!(" {}", it.message));
    let what = if ended.answered {
        "Apple accepted the change"
    } else {
        "The change was seen"
    };
    Ok(Outcome::with_problem(
        document,
        Error::new(
            Kind::Partial,
            format!("{what}, and it can't be read back to confirm it.{why}"),
        )
        .hint(hint!["See the defaults with ", Command::new("assign"), "."]),
    ))
}

/// What became of that which was taken.
fn put_back(ended: &Ended) -> String {
    let elsewhere = ended.changes.iter().filter(|change| {
        let home = ended
            .now
            .iter()
            .find(|it| Some(&it.id) == change.from.as_ref());
        home.is_some_and(|home| home.families.is_some() && !home.holds(&change.family))
    });
    let elsewhere = words(elsewhere.map(|change| &change.family));
    let what = if elsewhere.is_empty() {
        "What was taken was put back.".to_owned()
    } else {
        format!("{elsewhere} can't be put back, since another server has it now.")
    };
    format!("{what} {}", held(&touched(ended)))
}

/// Says what is true whatever was wished: which servers can't be changed otherwise for a while, and what can't be restored.
pub fn warnings(ended: &Ended, context: &Context) {
    let have = if ended.all_read() { "has" } else { "may have" };
    for (family, home) in &ended.orphaned {
        let word = family.word();
        context.ui.warn(&hint![
            format!(
                "{word} {have} no default, and its former server {} is deleted. Set another one with ",
                home.name
            ),
            Command::new("assign")
                .option("--platform", word)
                .word("--server SERVER"),
            "."
        ]);
    }
    for (server, until) in &ended.unsettled {
        context.ui.warn(&format!(
            "A request to {} got no answer and may still be acted on. Until {until:.0} {} can't be changed in another way.",
            server.name, server.name
        ));
    }
}

/// The document of a change. `state` says that it did not end as wished: true if what was made is certain.
fn document(
    changes: &[Change],
    ended: &Ended,
    extent: Extent,
    state: Option<bool>,
    context: &Context,
) -> Result<Document, Error> {
    let side = |id: &Option<String>| {
        let id = id.as_ref();
        id.map(|id| Side::new(id, name(id, &ended.before)))
    };
    let confirmed = (extent == Extent::Made).then_some(!matches!(
        ended.outcome,
        How::NotConfirmed | How::NotKnown(_)
    ));
    // Apple's 200 says that no other server had the platform, and one that can't be read may have it.
    let given = matches!(ended.outcome, How::Done | How::NotConfirmed);
    let none_is_known = given || ended.before.iter().all(|it| it.families.is_some());
    let rows: Vec<Changed> = changes
        .iter()
        .map(|change| Changed {
            platform: change.family.word().to_owned(),
            from: side(&change.from),
            from_known: change.from.is_some() || none_is_known,
            to: side(&change.to),
            confirmed,
        })
        .collect();
    let unsettled = ended.unsettled.iter().map(|(server, until)| Unsettled {
        server: Side::new(&server.id, &server.name),
        until: format!("{until:.0}"),
    });
    let change = output::Change {
        changed: !rows.is_empty() || state == Some(false),
        dry_run: extent != Extent::Made,
        profile: context.profile()?,
        sandbox: context.settings()?.services.is_sandbox(),
        changes: rows,
        more: State {
            state: state.map(|_| touched(ended).into_iter().map(Held::from).collect()),
            unsettled: unsettled.collect(),
        },
    };
    let mut headline = vec![context.headline()?];
    let unconfirmed = ended.outcome == How::NotConfirmed;
    let (empty, headers): (_, &[_]) = match (extent, state) {
        (Extent::Made, Some(true)) if !unconfirmed => (Some("No change is in effect."), &[]),
        (Extent::Made, Some(false)) => (Some("No change is known."), &[("to", "MAY BE")]),
        (Extent::Made, _) => (None, &[]),
        (Extent::DryRun | Extent::Checked, _) => (None, &[("from", "IS"), ("to", "WOULD BE")]),
    };
    if extent == Extent::DryRun {
        headline.push(DRY_RUN.to_owned());
    }
    Ok(change.document(headline, empty, headers))
}

impl From<Server> for Held {
    fn from(server: Server) -> Self {
        let words =
            |families: &Vec<Family>| families.iter().map(|it| it.word().to_owned()).collect();
        Self {
            server: Side::new(&server.id, &server.name),
            default_platforms: server.families.as_ref().map(words),
        }
    }
}

/// What goes with every change: whom a default reaches, and what is known of the new default's ADDE URL.
fn remarks(changes: &[Change], servers: &[Server], context: &Context) -> Result<(), Error> {
    context.ui.hint_afterwards(
        "Defaults reach devices that are added from now on; devices already in the organization stay where they are.",
    );
    let mut told: Vec<&str> = Vec::new();
    for change in changes {
        let Some(id) = change.to.as_deref() else {
            continue;
        };
        if change.family.model_family().is_none() || told.contains(&id) {
            continue;
        }
        told.push(id);
        let name = name(id, servers);
        let text = match known_url(id, name, context)? {
            Ok(facts) => match facts.url {
                Some(url) => hint![format!(
                    "{name} had the ADDE URL {url} when it was last looked at."
                )],
                None => hint![
                    format!(
                        "{name} had no ADDE URL when it was last looked at, so account-driven enrollment through Apple has nowhere to go: "
                    ),
                    Command::new("adde-url set URL"),
                    "."
                ],
            },
            Err(NotKnown::NotAsked) => hint![
                format!("Whether {name} has an ADDE URL has not been asked yet: "),
                Command::new("adde-url list"),
                "."
            ],
            Err(NotKnown::NoToken) => hint![format!(
                "Whether {name} has an ADDE URL can't be told without its server token."
            )],
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
