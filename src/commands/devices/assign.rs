//! `devices assign`: assigns devices to a server.

use super::change::{ChangeArgs, Wanted, run as change};
use super::selection::SelectionArgs;
use crate::commands::device_result::ChangeRow;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::organization::devices::plan::What;

/// Which devices, and their server.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices assign C02XG0FDJG5H --server prod
  abmctl devices assign --serials new.csv --server prod --dry-run
  abmctl devices assign --platform vision --on none --server prod --dry-run")]
pub(super) struct Args {
    /// Assign to this server: its id, alias or name
    #[arg(long, value_name = "SERVER")]
    server: String,
    /// Assign even if the server can't enroll devices
    ///
    /// abmctl refuses a server whose MDM never connected to Apple or not within 7 days, or whose server token doesn't
    /// work.
    #[arg(long, hide_short_help = true)]
    even_if_idle: bool,
    #[command(flatten)]
    change: ChangeArgs,
    // Last, since the heading of the filters holds for what follows.
    #[command(flatten)]
    devices: SelectionArgs,
}

/// Runs `devices assign`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ChangeRow>()?;
    let wanted = Wanted {
        what: What::Assign {
            server: &args.server,
        },
        selection: args.devices.read(context).await?,
        even_if_idle: args.even_if_idle,
        args: &args.change,
    };
    change(wanted, context).await
}
