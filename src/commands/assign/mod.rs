//! `assign`: the default device management service of each platform.

mod change;
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
#[command(after_long_help = "\
Examples:
  abmctl assign
  abmctl assign --platform vision --server prod
  abmctl assign --platform mac,iphone --server prod --check
  abmctl assign --platform watch --clear")]
pub struct Args {
    /// The platforms: mac, iphone, ipad, vision, apple-tv, watch, ipod
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform())]
    platform: Vec<Family>,
    /// The server to set: its id, an alias, or its name
    #[arg(long, value_name = "SERVER", conflicts_with = "clear")]
    server: Option<String>,
    /// Set no default
    #[arg(long)]
    clear: bool,
    /// Only if this server is the default now, or with `none` if no server is; else exit 8
    #[arg(long, value_name = "SERVER")]
    from: Option<String>,
    /// Set the server even if it enrolls nothing: its MDM never connected or not for 7 days, or its token doesn't work
    #[arg(long)]
    even_if_idle: bool,
    /// Change nothing; exit 9 if something would be changed
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
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
