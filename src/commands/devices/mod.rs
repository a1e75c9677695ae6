//! `devices`: find the devices of an organization, and change what server they are on.

mod get;
mod list;
mod row;
mod selection;

use clap::{ArgMatches, Subcommand};

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::output::Head;

/// Serial numbers that a sentence names.
const NAMED: usize = 10;

/// Devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices list --platform mac
  abmctl devices get C02XK1ZZJGH5")]
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
    List(list::Args),
    /// Show all attributes of devices, and their servers
    ///
    /// A device that was released from the organization is shown too, with the time of the release.
    ///
    /// Exit codes: 4 if the organization doesn't have the device; 7 if it lacks some of several.
    Get(get::Args),
}

/// Runs `devices`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List(args) => list::run(args, context).await,
        Verb::Get(args) => get::run(args, context).await,
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(list::columns(matches)),
        "get" => Some(get::columns()),
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
