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
#[command(after_help = "\
Examples:
  abmctl domains list
  abmctl domains check acme.com")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List all known domains, with status and evidence
    ///
    /// Apple Business has no list of domains. abmctl reads the audit log, which has an event for each domain that was
    /// added, verified or removed. Your own list (`domains declare`) and the Managed Apple Accounts show that a domain
    /// exists. Only the audit log decides the status.
    ///
    /// abmctl reads the audit log once, as far back as Apple keeps it. Later runs request only new events, which takes one
    /// request. Apple allows about 20 requests a minute. If that limit is reached, abmctl waits, for up to --max-wait.
    ///
    /// School Manager lists its domains in the Roster API, with their status. Authorize it once with `abmctl auth roster`.
    ///
    /// Exit codes: 7 if something other than the DNS could not be read; 9 with --check if something differs.
    List(list::Args),
    /// Show all evidence for a domain, and what devices find there
    ///
    /// The output has the status and its evidence, the events of the audit log, the missing steps, and what devices find at
    /// the domain, as in `adde-url check`.
    ///
    /// abmctl shows no deadline. Apple gives 14 days after Verify in the portal, but no record shows when they began.
    ///
    /// Exit codes: 0 if each domain is verified and every platform enrolls; 9 if not; 7 if something could not be read. If
    /// nobody configured the API account, the Roster API or the token that would tell, the answer is unknown: exit 0,
    /// or 9 with --strict.
    Check(check::Args),
    /// Record that a domain is listed in the portal
    ///
    /// The record is evidence that the domain exists. It never decides the status. After 180 days `domains list` asks you
    /// to check the portal again.
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
