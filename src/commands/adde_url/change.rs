//! `adde-url set` and `clear`: read, change what differs, read back.

use std::pin::pin;

use futures_util::StreamExt;

use super::views::{Changed, times};
use super::{ClearArgs, SetArgs, Which};
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::context::Context;
use crate::core::printed::Hint;
use crate::error::Error;
use crate::organization::adde_urls::change::{UrlPlan, UrlWish};
use crate::organization::adde_urls::look::secret_warning;
use crate::organization::adde_urls::template::Template;
use crate::organization::adde_urls::write::UrlChange;
use crate::organization::server_tokens::choice::Candidate;
use crate::organization::server_tokens::reading::TokenReader;
use crate::organization::server_tokens::state::joined;
use crate::output::{self, NothingMore};

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
pub(super) async fn set(args: SetArgs, context: &Context) -> Result<Outcome, Error> {
    let template = if args.as_is {
        Template::as_is(&args.url)
    } else {
        Template::parse(&args.url)?
    };
    if let Some(warning) = secret_warning(template.as_str()) {
        context.ui.warn(&warning);
    }
    let wanted = UrlWish {
        url: Some(template),
        from: args.from.as_deref(),
        look: (!args.no_verify).then(|| (&args.lookup).into()),
    };
    let manner = Manner {
        check: args.check,
        dry_run: args.changing.dry_run,
        yes: args.consent.yes,
    };
    run(&args.which, wanted, manner, context).await
}

/// Runs `clear`.
pub(super) async fn clear(args: ClearArgs, context: &Context) -> Result<Outcome, Error> {
    let wanted = UrlWish {
        url: None,
        from: args.from.as_deref(),
        look: None,
    };
    let manner = Manner {
        check: args.check,
        dry_run: args.changing.dry_run,
        yes: args.consent.yes,
    };
    run(&args.which, wanted, manner, context).await
}

async fn run(
    which: &Which,
    wanted: UrlWish<'_>,
    manner: Manner,
    context: &Context,
) -> Result<Outcome, Error> {
    context.output.check::<Changed>()?;
    let organization = context.organization()?;
    let reader = TokenReader::new(organization)?;
    let tokens = reader.chosen(&which.tokens())?;
    let asks = !manner.only_looks() && !manner.yes;
    if asks && which.all && !context.ui.answers() {
        return Err(Error::usage(format!(
            "--all would change the ADDE URL of {}. Confirm with --yes.",
            names(&tokens)
        ))
        .hint("To change only some of them, name the servers with `--server`."));
    }
    let plan = UrlPlan::new(&wanted, tokens, &reader, organization).await?;
    // Setting named servers never asks; where nobody can answer, `clear` of named ones goes ahead.
    if asks && context.ui.answers() && (which.all || wanted.url.is_none()) {
        ask(wanted.url.as_ref(), &plan, context).await?;
    }
    let mut changes = Vec::new();
    let mut done = pin!(plan.apply(manner.only_looks()));
    while let Some(change) = done.next().await {
        if let Some(undo) = &change.undo {
            context.ui.say_afterwards(before(&change));
            context
                .ui
                .say_afterwards(Hint::put_back(vec![undo.clone()]));
        }
        changes.push(change);
    }
    outcome(&changes, manner, context)
}

fn names(tokens: &[Candidate<'_>]) -> String {
    match tokens {
        [only] => format!("the server token {}", only.token.name),
        _ => format!("{} server tokens", tokens.len()),
    }
}

/// Asks whether to go ahead, if anything differs.
async fn ask(wish: Option<&Template>, plan: &UrlPlan<'_>, context: &Context) -> Result<(), Error> {
    let differing = plan.differing();
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
fn before(change: &UrlChange<'_>) -> String {
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

fn outcome(changes: &[UrlChange<'_>], manner: Manner, context: &Context) -> Result<Outcome, Error> {
    // Where it is not known what Apple did, something may have been changed.
    let made = changes.iter().any(|change| change.undo.is_some());
    let differs = changes.iter().any(UrlChange::would_change);
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
        None if manner.check => Outcome::compared(document, differs, context),
        None => Outcome::done(document),
    })
}
