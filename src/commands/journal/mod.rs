//! `journal`: what was changed from here, from the lines in the state folder.

mod devices;
mod rows;

use clap::Subcommand;

use self::rows::{Listed, Shown};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::organization::journal::Trail;
use crate::output::{Document, Head, Stream, heads};

/// What was changed from here.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl journal list
  abmctl journal show 3f2a")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the changes, newest first
    ///
    /// The list has the changes of all profiles, unless `--profile` or `ABMCTL_PROFILE` selects one. If a line of the
    /// journal can't be read, abmctl lists the others and exits with 7.
    #[command(
        after_help = "Examples:\n  abmctl journal list\n  abmctl journal list --profile acme -o csv --columns at,command,ended"
    )]
    List,
    /// Show one change, with its requests
    #[command(
        after_help = "Examples:\n  abmctl journal show 3f2a\n  abmctl journal show 3f2a90d1c4b87e65 -o json"
    )]
    Show {
        /// The id of the change, or the start of the id
        id: String,
    },
}

/// Runs `journal`.
pub(crate) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List => list(context),
        Verb::Show { id } => show(&id, context),
    }
}

fn list(context: &Context) -> Result<Outcome, Error> {
    let mut rows = Stream::new(&context.output)?;
    let environment = &context.host.environment;
    let flag = context.options.profile.as_deref();
    let chosen = flag.or_else(|| environment.get("ABMCTL_PROFILE"));
    let chosen = chosen.map(str::trim).filter(|name| !name.is_empty());
    match chosen {
        Some(profile) => context.output.set_owner(format!("Profile {profile}")),
        None if context.output.terminal => context.output.set_owner("All profiles".to_owned()),
        None => {}
    }
    let trail = Trail::read(chosen, &context.surroundings())?;
    if trail.changes.is_empty()
        && let Some(profile) = chosen
    {
        context.ui.hint(&format!(
            "This list has only the changes of profile {profile}. To list all, drop --profile and unset ABMCTL_PROFILE."
        ));
    }
    for change in &trail.changes {
        if !rows.push(Listed::new(change, context)) {
            break;
        }
    }
    Outcome::listed(rows, trail.problem)
}

fn show(id: &str, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Shown>()?;
    let trail = Trail::read(None, &context.surroundings())?;
    let document = Document::one(Shown::new(trail.find(id)?, context));
    Ok(match trail.problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome::done(document),
    })
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(heads::<Listed>(false)),
        "show" => Some(heads::<Shown>(false)),
        _ => None,
    }
}
