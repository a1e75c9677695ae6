//! `devices migrate`: moves enrolled devices to another server by a deadline, and changes or cancels that.

use super::change::{ChangeArgs, Wanted, run as change, zone};
use super::selection::SelectionArgs;
use crate::commands::device_result::ChangeRow;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::deadline::{Typed, of_migration, of_update};
use crate::error::Error;
use crate::organization::devices::plan::What;

/// Which devices, where to, and by when.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices migrate --serials wave1.csv --server new --deadline 14d
  abmctl devices migrate --on new --update-deadline +7d
  abmctl devices migrate C02XG0FDJG5H --cancel")]
pub(super) struct Args {
    /// Migrate to this server: its id, alias or name
    #[arg(long, value_name = "SERVER", requires = "deadline")]
    server: Option<String>,
    /// Force the migration at this time, such as 14d
    ///
    /// Devices must be enrolled in the new server by then. Examples: 2026-12-01T17:00:00+01:00, 14d. On a terminal, also a local time such as 2026-12-01T17:00, or a day, which
    /// means its end. Apple takes at most 90 days.
    #[arg(
        long,
        value_name = "WHEN",
        requires = "server",
        required_unless_present_any = ["update_deadline", "cancel"]
    )]
    deadline: Option<String>,
    /// Move the deadline of migrations under way
    ///
    /// WHEN is a time as for --deadline, +7d to give each device 7 days more than it has, or now to force the migration:
    /// users can't defer it then.
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["server", "deadline"])]
    update_deadline: Option<String>,
    /// Cancel migrations under way
    #[arg(long, conflicts_with_all = ["server", "deadline", "update_deadline"])]
    cancel: bool,
    /// Also migrate devices that are on no server
    ///
    /// Such a device may be new. A deadline breaks the first setup of a new Mac.
    #[arg(long, requires = "deadline", hide_short_help = true)]
    include_unassigned: bool,
    /// Migrate even if the server can't enroll devices
    ///
    /// abmctl refuses a server whose MDM never connected to Apple or not within 7 days, or whose server token doesn't
    /// work.
    #[arg(long, requires = "deadline", hide_short_help = true)]
    even_if_idle: bool,
    #[command(flatten)]
    change: ChangeArgs,
    // Last, since the heading of the filters holds for what follows.
    #[command(flatten)]
    devices: SelectionArgs,
}

/// Runs `devices migrate`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ChangeRow>()?;
    let wanted = Wanted {
        what: what(&args, context)?,
        selection: args.devices.read(context).await?,
        even_if_idle: args.even_if_idle,
        args: &args.change,
    };
    change(wanted, context).await
}

fn what<'a>(args: &'a Args, context: &Context) -> Result<What<'a>, Error> {
    let zone = zone(context).filter(|_| context.ui.answers());
    let typed = Typed {
        now: context.clock().now(),
        zone: zone.as_ref(),
    };
    if args.cancel {
        return Ok(What::CancelMigration);
    }
    if let Some(text) = &args.update_deadline {
        let new = of_update(text, typed).map_err(|error| Error::usage(error.to_string()))?;
        return Ok(What::UpdateDeadline(new));
    }
    let (Some(server), Some(text)) = (&args.server, &args.deadline) else {
        return Err(Error::usage("Migrating needs --server and --deadline."));
    };
    Ok(What::Migrate {
        server,
        deadline: of_migration(text, typed).map_err(|error| Error::usage(error.to_string()))?,
        include_unassigned: args.include_unassigned,
    })
}
