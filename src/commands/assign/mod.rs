//! `assign`: the default device management service of each platform.

mod change;
mod existing;
mod report;
mod table;

use clap::ArgMatches;

use super::platform_argument::platform;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::platform::Family;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{Changing, Consent, NOTE};
use crate::output::{Head, heads};

/// Which platforms get which server, and how carefully.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl assign
  abmctl assign --platform vision --server prod
  abmctl assign --platform mac,iphone --server prod --check
  abmctl assign --platform vision --server prod --existing unassigned
  abmctl assign --platform watch --clear")]
pub struct Args {
    /// Show or set only these platforms; use commas for several
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform())]
    platform: Vec<Family>,
    /// Set this server: its id, alias or name
    #[arg(long, value_name = "SERVER", conflicts_with = "clear")]
    server: Option<String>,
    /// Remove the default
    #[arg(long)]
    clear: bool,
    /// Only if this server, or `none`, is the default now; else exit 8
    #[arg(long, value_name = "SERVER")]
    from: Option<String>,
    /// Set the server even if it can't enroll devices
    ///
    /// abmctl refuses a server whose MDM never connected to Apple or not within 7 days, or whose server token doesn't
    /// work.
    #[arg(long)]
    even_if_idle: bool,
    /// Change nothing; exit 9 if something would change
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    #[command(flatten)]
    existing: existing::Options,
    #[command(flatten)]
    changing: Changing,
    #[command(flatten)]
    consent: Consent,
}

impl Args {
    /// Whether something is to be set, or it is asked what setting would do.
    fn sets(&self) -> bool {
        self.server.is_some()
            || self.clear
            || self.from.is_some()
            || self.check
            || self.changing.dry_run
            || self.changing.note.is_some()
    }
}

/// Runs `assign`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    if !args.sets() {
        return table::run(&args.platform, context).await;
    }
    if args.platform.is_empty() {
        return Err(Error::usage("No platform given.").hint(hint![
            "Add --platform, such as ",
            Command::new("assign --platform vision --server prod"),
            "."
        ]));
    }
    if args.server.is_none() && !args.clear {
        return Err(Error::usage("No server given.")
            .hint("Add --server NAME, or --clear to remove the default."));
    }
    change::run(&args, context).await
}

/// Its columns: those of the table, or of the change if something is to be set.
pub(crate) fn columns(matches: &ArgMatches) -> Vec<Head> {
    let given =
        |name: &str| matches.value_source(name) == Some(clap::parser::ValueSource::CommandLine);
    let sets = ["server", "clear", "from", "check", "dry_run", NOTE].map(given);
    if sets.contains(&true) {
        heads::<report::Changed>(false)
    } else {
        heads::<table::Default>(false)
    }
}
