//! `devices resume`: goes on with changes that were killed or stopped.

use std::collections::HashMap;

use super::change_row::document;
use crate::commands::device_result::{ChangeRow, Details};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::printed::Hint;
use crate::error::{Error, Kind};
use crate::organization::devices::change::{self, Resumed};
use crate::output::Stream;

/// Which change.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices resume
  abmctl devices resume 3f2a90d1 --max-wait 12h")]
pub(super) struct Args {
    /// Only the change with this id, or the start of the id
    id: Option<String>,
}

/// Runs `devices resume`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    let organization = context.organization()?;
    let mut rows = Stream::<ChangeRow>::new(&context.output)?;
    let mut each = |resumed: &Resumed<'_>| {
        let name = |id: &str| resumed.names.get(id).map_or(id, |name| name).to_owned();
        let result = resumed.result;
        let details = Details {
            // Without a server to go to, where a device is was not read.
            from_known: result.from.is_some() || result.to.is_some(),
            deadline: resumed.deadline,
        };
        rows.push(ChangeRow::new(result, details, &name));
    };
    let asks = context.ui.answers();
    let outcomes = change::resume(organization, args.id.as_deref(), asks, &mut each).await?;
    let mut order = HashMap::new();
    let mut changed = false;
    let mut problems = Vec::new();
    if outcomes.is_empty() {
        context
            .ui
            .hint("No change of devices is unfinished for this organization.");
    }
    for outcome in outcomes {
        for result in &outcome.results {
            let place = order.len();
            order.entry(result.serial_number.clone()).or_insert(place);
        }
        changed |= outcome.changed;
        if !outcome.put_back.is_empty() {
            context.ui.say_afterwards(Hint::put_back(outcome.put_back));
        }
        problems.extend(outcome.problem);
        if let Some(hint) = outcome.hint.filter(|_| problems.is_empty()) {
            context.ui.hint_afterwards(hint);
        }
    }
    let headline = vec![context.headline()?];
    let document = document(rows, changed, false, headline, &order, context)?;
    Ok(Outcome {
        document,
        problem: joined(problems),
        code: 0,
    })
}

/// The problems of several changes as one.
fn joined(problems: Vec<Error>) -> Option<Error> {
    let kind = Kind::of_several(problems.iter().map(|it| it.kind))?;
    problems
        .into_iter()
        .reduce(|first, next| first.and(next.message))
        .map(|error| error.of_kind(kind))
}
