//! `devices release`: removes devices from the organization.

use super::change::{ChangeArgs, Wanted, run as change};
use super::selection::SerialArgs;
use crate::commands::device_result::ChangeRow;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::selection::Selection;
use crate::error::Error;
use crate::organization::devices::plan::What;

/// Which devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices release C02XG0FDJG5H --note 'sold, ticket 4711'
  abmctl devices release --serials sold.csv --dry-run")]
pub(super) struct Args {
    #[command(flatten)]
    serials: SerialArgs,
    /// Also release devices with Activation Lock on
    ///
    /// Whoever gets such a device can't activate it without the account that locked it.
    #[arg(long)]
    even_if_locked: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Runs `devices release`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ChangeRow>()?;
    if !args.serials.are_given() {
        return Err(Error::usage("No devices given.")
            .hint("Name their serial numbers, or a file of them with --serials FILE."));
    }
    let wanted = Wanted {
        what: What::Release {
            even_if_locked: args.even_if_locked,
        },
        selection: Selection::Serials(args.serials.read(context).await?),
        even_if_idle: true,
        args: &args.change,
    };
    change(wanted, context).await
}
