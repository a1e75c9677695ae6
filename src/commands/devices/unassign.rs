//! `devices unassign`: takes devices off their servers.

use super::change::{ChangeArgs, Wanted, run as change};
use super::selection::SelectionArgs;
use crate::commands::device_result::ChangeRow;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::organization::devices::plan::What;

/// Which devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices unassign C02XG0FDJG5H
  abmctl devices unassign --serials repair.txt --from prod --dry-run")]
pub(super) struct Args {
    #[command(flatten)]
    change: ChangeArgs,
    // Last, since the heading of the filters holds for what follows.
    #[command(flatten)]
    devices: SelectionArgs,
}

/// Runs `devices unassign`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ChangeRow>()?;
    let wanted = Wanted {
        what: What::Unassign,
        selection: args.devices.read(context).await?,
        even_if_idle: true,
        args: &args.change,
    };
    change(wanted, context).await
}
