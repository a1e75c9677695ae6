//! `adde-url set` and `clear`: read, change what differs, read back.

use futures_util::StreamExt;
use futures_util::stream;

use super::choice::Candidate;
use super::from::is_from;
use super::reading::{AT_ONCE, Reader, Reading};
use super::state::joined;
use super::template::Template;
use super::verify::{verify, warn_of_secret};
use super::views::{Changed, times};
use super::write::{Change, Wish, Work, differs};
use super::{ClearArgs, SetArgs, Which};
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::context::Context;
use crate::core::printed::Hint;
use crate::error::Error;
use crate::options::Lookup;
use crate::output::{self, NothingMore};

/// How a change is to be made.
#[derive(Clone, Copy)]
struct Manner<'a> {
    from: Option<&'a str>,
    check: bool,
    dry_run: bool,
    yes: bool,
}

impl Manner<'_> {
    /// Nothing is changed.
    fn only_looks(self) -> bool {
        self.check || self.dry_run
    }
}

/// Runs `set`.
pub async fn set(args: SetArgs, context: &Context) -> Result<Outcome, Error> {
    let template = if args.as_is {
        Template::as_is(&args.url)
    } else {
        Template::parse(&args.url)?
    };
    warn_of_secret(template.as_str(), context);
    let look = (!args.no_verify).then_some(&args.lookup);
    let manner = Manner {
        from: args.from.as_deref(),
        check: args.check,
        dry_run: args.changing.dry_run,
        yes: args.consent.yes,
    };
    run(&args.which, Some(template), look, manner, context).await
}

/// Runs `clear`.
pub async fn clear(args: ClearArgs, context: &Context) -> Result<Outcome, Error> {
    let manner = Manner {
        from: args.from.as_deref(),
        check: args.check,
        dry_run: args.changing.dry_run,
        yes: args.consent.yes,
    };
    run(&args.which, None, None, manner, context).await
}

async fn run(
    which: &Which,
    wish: Option<Template>,
    look: Option<&Lookup>,
    manner: Manner<'_>,
    context: &Context,
) -> Result<Outcome, Error> {
    context.output.check::<Changed>()?;
    let reader = Reader::new(context.organization()?)?;
    let tokens = reader.chosen(which)?;
    let asks = !manner.only_looks() && !manner.yes;
    if asks && which.all && !context.ui.answers() {
        return Err(Error::usage(format!(
            "--all reaches {}, and there is no terminal to ask on.",
            names(&tokens)
        ))
        .hint("Go ahead without being asked with `-y`, or name the servers with `--server`."));
    }
    let wished: Vec<_> = reader
        .read(tokens, true)
        .await
        .into_iter()
        .map(|reading| {
            let wish = wish_for(&reading, wish.as_ref(), manner.from);
            (reading, wish)
        })
        .collect();
    if let Some(lookup) = look {
        // What is set already needs no look, so that a job that finds nothing to do never fails for it.
        let urls: Vec<String> = wished.iter().filter_map(to_be_set).collect();
        if !urls.is_empty() {
            verify(&urls, lookup, context).await?;
        }
    }
    // Setting named servers never asks; where nobody can answer, `clear` of named ones goes ahead.
    let asks = asks && context.ui.answers() && (which.all || wish.is_none());
    if asks {
        ask(wish.as_ref(), &wished, context).await?;
    }
    let work = Work {
        only_looks: manner.only_looks(),
        reader: &reader,
        organization: context.organization()?,
    };
    let mut changes = Vec::new();
    let mut done = stream::iter(wished)
        .map(|(reading, wish)| work.change(reading, wish))
        .buffered(AT_ONCE);
    while let Some(change) = done.next().await {
        if let Some(undo) = &change.undo {
            context.ui.say_afterwards(before(&change));
            context
                .ui
                .say_afterwards(Hint::put_back(vec![undo.clone()]));
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

/// What is wished for the server of this token; exit 8 where `from` is not what it has now.
fn wish_for(
    reading: &Reading<'_>,
    template: Option<&Template>,
    from: Option<&str>,
) -> Result<Wish, Error> {
    if let Ok(now) = &reading.outcome {
        is_from(now.as_ref(), from)?;
    }
    template
        .map(|template| template.url(&reading.token.name, reading.server.id.as_deref()))
        .transpose()
}

/// The URL that is to be set where another one is, or none.
fn to_be_set((reading, wish): &(Reading<'_>, Result<Wish, Error>)) -> Option<String> {
    let (Ok(before), Ok(wish)) = (&reading.outcome, wish) else {
        return None;
    };
    let differs = differs(before.as_ref(), wish);
    wish.clone().filter(|_| differs)
}

/// Asks whether to go ahead, if anything differs.
async fn ask(
    wish: Option<&Template>,
    wished: &[(Reading<'_>, Result<Wish, Error>)],
    context: &Context,
) -> Result<(), Error> {
    let differing: Vec<String> = wished
        .iter()
        .filter_map(|(reading, wish)| match (&reading.outcome, wish) {
            (Ok(before), Ok(wish)) if differs(before.as_ref(), wish) => Some(match before {
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
        Some(url) => format!("Set the ADDE URL to {} for {of}?", url.as_str()),
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

fn outcome(
    changes: &[Change<'_>],
    manner: Manner<'_>,
    context: &Context,
) -> Result<Outcome, Error> {
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
    let change = output::Change {
        changed: if manner.only_looks() { differs } else { made },
        dry_run: manner.only_looks(),
        profile: context.profile()?,
        sandbox: context.settings()?.services.is_sandbox(),
        changes: changes.iter().map(Changed::from).collect(),
        more: NothingMore {},
    };
    let mut headline = vec![context.headline()?];
    if manner.dry_run {
        headline.push(DRY_RUN.to_owned());
    }
    let document = change.document(headline, None, &[]);
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
