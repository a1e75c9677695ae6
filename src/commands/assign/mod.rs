//! `assign`: the default device management service of each platform.

mod change;
mod execute;
mod mend;
mod put_back;
mod report;
mod send;
mod table;

use super::Outcome;
use super::platform_argument::platform;
use crate::cli::{Changing, Consent};
use crate::context::Context;
use crate::core::platform::Platform;
use crate::error::Error;

/// What the user is told when a signal comes between taking and giving.
const PUTTING_BACK: &str = "Interrupted: what was taken is being put back. Once more ends at once, and the next `abmctl assign` mends it.";

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
    platform: Vec<Platform>,
    /// The server to set: its id, an alias, or its name
    #[arg(long, value_name = "SERVER", conflicts_with = "clear")]
    server: Option<String>,
    /// Set no default
    #[arg(long)]
    clear: bool,
    /// Only if this server is the default now, else exit 8
    #[arg(long, value_name = "SERVER")]
    from: Option<String>,
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
    }
}

/// Runs `assign`.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    if !args.sets() {
        return table::run(&args.platform, context).await;
    }
    if args.platform.is_empty() {
        return Err(Error::usage("No platform is named.")
            .hint("Add --platform, such as `abmctl assign --platform vision --server prod`."));
    }
    if args.server.is_none() && !args.clear {
        return Err(
            Error::usage("Which server the platforms should get is not said.")
                .hint("Add --server SERVER, or --clear for none."),
        );
    }
    change::run(&args, context).await
}
