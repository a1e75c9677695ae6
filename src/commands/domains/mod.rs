//! `domains`: the organization's domains.

mod check;
mod declare;
mod hints;
mod list;

use clap::ArgMatches;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::output::Head;

/// What to do with domains.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List every domain that is known, with its status and the evidence for it
    List(list::Args),
    /// Show everything that is known of a domain, and what devices find there
    Check(check::Args),
    /// Record that a domain is listed in the portal
    Declare(declare::Args),
}

/// Runs one of them.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.command {
        Command::List(args) => list::run(args, context).await,
        Command::Check(args) => check::run(args, context).await,
        Command::Declare(args) => declare::run(&args, context).await,
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(list::columns(matches)),
        "check" => Some(check::columns()),
        "declare" => Some(declare::columns()),
        _ => None,
    }
}
