//! `adde-url set` and `clear`: read, change what differs, read back.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::{Value, json};

use super::choice::Candidate;
use super::discovery_url::checked;
use super::reading::{AT_ONCE, Reader, Reading};
use super::state::joined;
use super::verify::{verify, warn_of_secret};
use super::views::{CHANGES, times};
use super::write::{Change, Wish, Work, differs};
use super::{ClearArgs, SetArgs, Which};
use crate::cli::Lookup;
use crate::commands::{DRY_RUN, Outcome};
use crate::context::Context;
use crate::error::Error;
use crate::output::Document;

/// How a change is to be made.
#[derive(Clone, Copy)]
struct Manner {
    check: bool,
    dry_run: bool,
    yes: bool,
}

impl Manner {
    /// Nothing is changed.
    fn only_looks(self) -> bool {
        self.check || self.dry_run
    }
}

/// Runs `set`.
pub async fn set(args: SetArgs, context: &Context) -> Result<Outcome, Error> {
    let url = checked(&args.url)?;
    warn_of_secret(&url, context);
    let wish = Some(url);
    let look = (!args.no_verify).then_some(&args.lookup);
    let manner = Manner {
        check: args.check,
        dry_run: args.changing.dry_run,
        yes: args.consent.yes,
    };
    run(&args.which, &wish, look, manner, context).await
}

/// Runs `clear`.
pub async fn clear(args: ClearArgs, context: &Context) -> Result<Outcome, Error> {
    let manner = Manner {
        check: args.check,
        dry_run: args.changing.dry_run,
        yes: args.consent.yes,
    };
    run(&args.which, &None, None, manner, context).await
}

async fn run(
    which: &Which,
    wish: &Wish,
    look: Option<&Lookup>,
    manner: Manner,
    context: &Context,
) -> Result<Outcome, Error> {
    context.output.check_columns(&CHANGES)?;
    let reader = Reader::new(context)?;
    let tokens = reader.chosen(which)?;
    let asks = !manner.only_looks() && !manner.yes;
    if asks && which.all && !context.ui.answers() {
        return Err(Error::usage(format!(
            "--all reaches {}, and there is no terminal to ask on.",
            names(&tokens)
        ))
        .hint("Go ahead without being asked with `-y`, or name the servers with `--server`."));
    }
    let readings = reader.read(tokens, true).await;
    // What is set already needs no look, so that a job that finds nothing to do never fails for it.
    if let (Some(lookup), Some(url)) = (look, wish)
        && readings.iter().any(|reading| would_change(reading, wish))
    {
        verify(std::slice::from_ref(url), lookup, context).await?;
    }
    // Setting named servers never asks; where nobody can answer, `clear` of named ones goes ahead.
    let asks = asks && context.ui.answers() && (which.all || wish.is_none());
    if asks {
        ask(wish, &readings, context).await?;
    }
    let work = Work {
        wish,
        only_looks: manner.only_looks(),
        reader: &reader,
        context,
    };
    let mut changes = Vec::new();
    let mut done = stream::iter(readings)
        .map(|reading| work.change(reading))
        .buffered(AT_ONCE);
    while let Some(change) = done.next().await {
        if let Some(undo) = &change.undo {
            context.ui.say_afterwards(before(&change));
            context.ui.say_afterwards(format!("Put back with: {undo}"));
        }
        changes.push(change);
    }
    drop(done);
    outcome(&changes, manner, context)
}

fn names(tokens: &[Candidate<'_>]) -> String {
    match tokens {
        [only] => format!("the server token {}", only.token.name),
        _ => format!("{} server tokens", tokens.len()),
    }
}

/// Whether what was read differs from what is wished for.
fn would_change(reading: &Reading<'_>, wish: &Wish) -> bool {
    let before = reading.outcome.as_ref();
    before.is_ok_and(|before| differs(before.as_ref(), wish))
}

/// Asks whether to go ahead, if anything differs.
async fn ask(wish: &Wish, readings: &[Reading<'_>], context: &Context) -> Result<(), Error> {
    let differing: Vec<String> = readings
        .iter()
        .filter_map(|reading| match &reading.outcome {
            Ok(before) if differs(before.as_ref(), wish) => Some(match before {
                Some(before) => format!("{} (now {})", reading.called(), before.url),
                None => format!("{} (now none)", reading.called()),
            }),
            _ => None,
        })
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    let of = differing.join(", ");
    let question = match wish {
        Some(url) => format!("Set the ADDE URL to {url} for {of}?"),
        None => format!("Clear the ADDE URL of {of}?"),
    };
    if context.ui.confirm(&question, false).await? {
        return Ok(());
    }
    Err(Error::failed("Nothing was changed."))
}

/// What was there before, as a sentence.
fn before(change: &Change<'_>) -> String {
    let called = change.reading.called();
    match &change.from {
        None => format!("{called} had no ADDE URL before."),
        Some(from) => {
            let (at, raw) = times(Some(from));
            let set = raw.or(at).map_or(String::new(), |at| format!(", set {at}"));
            format!("{called} had {} before{set}.", from.url)
        }
    }
}

fn outcome(changes: &[Change<'_>], manner: Manner, context: &Context) -> Result<Outcome, Error> {
    // Where it is not known what Apple did, something may have been changed.
    let made = changes.iter().any(|change| change.undo.is_some());
    let differs = changes.iter().any(Change::would_change);
    let errors: Vec<(String, Error)> = changes
        .iter()
        .filter_map(|change| {
            let error = change.error.as_ref()?;
            let reading = &change.reading;
            Some((reading.token.name.clone(), reading.named(error)))
        })
        .collect();
    if let ([(_, error)], [change]) = (&errors[..], changes)
        && change.reading.outcome.is_err()
    {
        // One alone that can't even be read has nothing to show.
        return Err(error.clone());
    }
    let document = json!({
        "changed": if manner.only_looks() { differs } else { made },
        "dry_run": manner.only_looks(),
        "profile": context.profile()?,
        "sandbox": context.settings()?.services.is_sandbox(),
        "changes": changes.iter().map(row).collect::<Vec<_>>(),
    });
    let mut headline = vec![context.headline()?];
    if manner.dry_run {
        headline.push(DRY_RUN.to_owned());
    }
    let document = Document::Change(document, headline, &CHANGES);
    let what = if manner.only_looks() {
        "can't be read"
    } else {
        "failed"
    };
    Ok(match joined(errors, changes.len(), what) {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome::checked(document, manner.check && differs),
    })
}

fn row(change: &Change<'_>) -> Value {
    let reading = &change.reading;
    let registered = reading.outcome.as_ref().ok().and_then(Option::as_ref);
    // What would be set, or may be, has no time that is known.
    let there = registered.filter(|it| change.to.as_ref() == Some(&it.url));
    let (set_at, set_at_raw) = times(there);
    json!({
        "token": reading.token.name,
        "server_id": reading.server.id,
        "server_name": reading.server.name,
        "from": change.from.as_ref().map(|it| &it.url),
        "to": change.to,
        "set_at": set_at,
        "set_at_raw": set_at_raw,
        "result": change.result,
        "error": change.error.as_ref().map(|error| &error.message),
    })
}
