//! `devices`: find the devices of an organization, and change what server they are on.

mod assign;
mod change;
mod change_row;
mod get;
mod history;
mod list;
mod migrate;
mod migrations;
mod release;
mod resume;
mod row;
mod selection;
mod unassign;

use clap::{ArgMatches, Subcommand};

use crate::commands::device_result::ChangeRow;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::devices::change::announce;
use crate::output::{Head, heads};

/// Serial numbers that a sentence names.
const NAMED: usize = 10;

/// Devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices list --platform mac
  abmctl devices get C02XK1ZZJGH5
  abmctl devices assign --serials new.csv --server prod --dry-run
  abmctl devices migrate --serials wave1.csv --server prod --deadline 14d")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List devices
    ///
    /// Without filters, abmctl lists all devices of the organization. Filters narrow the list; all of them must match.
    ///
    /// With -o csv and -o ndjson, abmctl writes each page while it reads the next one. Memory use doesn't grow with the
    /// number of devices. A table and json keep all devices in memory; so do --sort and, for the servers, --with-server.
    ///
    /// Apple has no filters for devices, so a filter takes as many requests as the complete list: one for 1,000 devices.
    /// Exceptions: --on reads the device list of that server first, and serial numbers are read one by one if that takes
    /// fewer requests.
    ///
    /// Exit codes: 7 if the organization lacks some of the serial numbers (0 with --missing-ok), or if something couldn't
    /// be read; 4 if it lacks all of them.
    List(Box<list::Args>),
    /// Show all attributes of devices, and their servers
    ///
    /// A device that was released from the organization is shown too, with the time of the release.
    ///
    /// Exit codes: 4 if the organization doesn't have the device; 7 if it lacks some of several.
    Get(get::Args),
    /// Assign devices to a server
    ///
    /// abmctl reads the devices first and leaves out those that are on the server already.
    ///
    /// For a device on another server, only the record moves: an enrolled device notices when it is erased. To move enrolled
    /// devices without erasing them, use `devices migrate`.
    ///
    /// abmctl asks before it changes devices chosen by filters, or more than 100 devices. Without a terminal, filters need
    /// --yes and --expect or --max-devices; more than 1,000 serial numbers need --yes.
    ///
    /// Exit codes: 7 if some devices were left out or failed; 8 if all were left out, such as those that abmctl sent in the
    /// last 24 hours, if the server can't enroll devices, or if another number of devices qualifies than you allow; 4 if the
    /// organization has none of the devices.
    Assign(Box<assign::Args>),
    /// Unassign devices from their servers
    ///
    /// abmctl asks as `devices assign` does. An enrolled device stays enrolled until it is erased.
    Unassign(Box<unassign::Args>),
    /// Migrate enrolled devices to another server by a deadline
    ///
    /// Users can defer the migration until the deadline. Then Apple forces it.
    ///
    /// abmctl leaves out devices that Apple can't migrate, that have a migration already, that are on no server, or that were
    /// added with Apple Configurator less than 30 days ago.
    ///
    /// With --update-deadline and --cancel, filters mean only devices that have a migration. Apple shows such a device on the
    /// server to which it migrates, so name that server with --on. No command restores a former deadline or a canceled
    /// migration.
    ///
    /// abmctl asks as `devices assign` does, and always if the deadline is less than 24 hours ahead or in the past. Without a
    /// terminal, such a deadline needs --yes, and a deadline needs a time zone.
    Migrate(Box<migrate::Args>),
    /// Release devices from the organization, for example when they are sold
    ///
    /// Releasing can't be undone. abmctl always asks; without a terminal it needs --yes. It takes serial numbers only.
    ///
    /// abmctl reads the Activation Lock of each device first and leaves out locked devices.
    Release(Box<release::Args>),
    /// Show what the audit log has of a device
    ///
    /// The log shows when the device was added, assigned, unassigned, erased and removed, and by whom, the latest event
    /// first. Only Apple Business has an audit log.
    History(history::Args),
    /// Count migrations by server and status, and list those that are overdue
    ///
    /// A migration is overdue if its deadline has passed and its status is still requested or started.
    ///
    /// Exit codes: 9 with --fail-overdue if any is overdue.
    Migrations(migrations::Args),
    /// Continue changes that were interrupted, killed or ran out of time
    ///
    /// abmctl asks Apple about activities that it accepted, reads the devices of requests that got no answer, and sends what it
    /// hasn't sent yet. It sends nothing twice. Devices that somebody moved meanwhile are left out.
    ///
    /// The result has all devices of the change. A request without an answer is given up after 24 hours: its devices are then
    /// `not_known`. What wasn't sent within 24 hours isn't sent any more. To leave the rest of a mistaken change unsent, don't
    /// resume it until then; other changes can begin meanwhile.
    ///
    /// A `servers delete` that was killed isn't continued here. abmctl prints the command that continues it.
    ///
    /// Exit codes: 0 if no change is unfinished; 6 if --max-wait is over; 7 if devices failed, or it isn't known how it ended; 8
    /// if the change is still running; 4 if no unfinished change has the id; 1 if the plan of the only one can't be read.
    Resume(resume::Args),
}

/// Runs `devices`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    if !matches!(args.verb, Verb::Resume(_))
        && let Ok(organization) = context.organization()
    {
        announce(organization, Some(context.ui.answers())).await;
    }
    match args.verb {
        Verb::List(args) => list::run(*args, context).await,
        Verb::Get(args) => get::run(args, context).await,
        Verb::Assign(args) => assign::run(*args, context).await,
        Verb::Unassign(args) => unassign::run(*args, context).await,
        Verb::Migrate(args) => migrate::run(*args, context).await,
        Verb::Release(args) => release::run(*args, context).await,
        Verb::History(args) => history::run(args, context).await,
        Verb::Migrations(args) => migrations::run(&args, context).await,
        Verb::Resume(args) => resume::run(&args, context).await,
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(list::columns(matches)),
        "assign" | "unassign" | "migrate" | "release" | "resume" => Some(heads::<ChangeRow>(false)),
        "get" => Some(get::columns(matches)),
        "history" => Some(history::columns()),
        "migrations" => Some(migrations::columns()),
        _ => None,
    }
}

/// The error for serial numbers that the organization lacks, beside so many that it has; `None` if it lacks none.
fn missing(not_found: &[String], found: usize) -> Option<Error> {
    let first = not_found.first()?;
    let message = if not_found.len() == 1 {
        format!("The organization doesn't have the device {first}.")
    } else {
        let named: Vec<&str> = not_found.iter().take(NAMED).map(String::as_str).collect();
        let more = match not_found.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "The organization doesn't have {} of the devices: {}{more}.",
            not_found.len(),
            named.join(", ")
        )
    };
    let kind = if found == 0 {
        Kind::NotFound
    } else {
        Kind::Partial
    };
    Some(Error::new(kind, message).hint(hint![
        "Check the serial numbers and the profile. To search for a part of a serial number, run ",
        Command::new("devices list --where serial_number~TEXT"),
        "."
    ]))
}
