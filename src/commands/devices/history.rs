//! `devices history`: what the audit log has of a device.

use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::serials::Serials;
use crate::error::Error;
use crate::organization::devices::history::DeviceEvent;
use crate::organization::domains::since::Since;
use crate::output::{Column, Head, Row, Shown, Stream, column, heads, minute, more};
use crate::text::prose_date;

/// How far back the log is read.
const BACK: &str = "1y";

/// Which device, and how far back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices history C02XK1ZZJGH5
  abmctl devices history C02XK1ZZJGH5 --since 5y -o json")]
pub(super) struct Args {
    /// The serial number
    #[arg(value_name = "SERIAL")]
    serial_number: String,
    /// Read the audit log from this date, time or duration ago
    ///
    /// Examples: 2026-01-31, 90d. abmctl reads the log in windows, each at least one request.
    #[arg(long, value_name = "WHEN", value_parser = Since::parse, default_value = BACK)]
    since: Since,
}

/// An event of a device.
#[derive(Debug, Serialize)]
struct EventRow {
    at: Option<String>,
    event: String,
    server_name: Option<String>,
    by: Option<String>,
    outcome: Option<String>,
}

impl Row for EventRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("at", "TIME (UTC)", |it| minute(it.at.as_ref())),
        column("event", "EVENT", |it| {
            let words = it.event.replace('_', " ");
            match it.outcome.as_deref() {
                Some("failure") => format!("{words} (failed)"),
                _ => words,
            }
        }),
        column("server_name", "SERVER", |it| it.server_name.shown()),
        column("by", "BY", |it| it.by.shown()),
        more("outcome", |it| it.outcome.shown()),
    ];
    const EMPTY: &'static str = "No events.";
}

impl From<DeviceEvent> for EventRow {
    fn from(event: DeviceEvent) -> Self {
        Self {
            at: event.at.map(|it| it.to_string()),
            event: event.event,
            server_name: event.server_name,
            by: event.by,
            outcome: event.outcome,
        }
    }
}

/// Runs `devices history`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let mut rows = Stream::<EventRow>::new(&context.output)?;
    let serials = Serials::of_arguments([&args.serial_number[..]])
        .map_err(|(text, why)| Error::usage(format!("\"{text}\" isn't a serial number: {why}.")))?;
    let since = args.since.resolve(context.clock().now())?;
    let organization = context.organization()?;
    let serial = serials.serial_numbers.concat();
    let read = organization.device_history(&serial, since, |event| rows.push(event.into()));
    let history = read.await?;
    if let Some(begins) = history.begins {
        context.ui.say(&format!(
            "Apple's audit log goes back to {}.",
            prose_date(begins)
        ));
    } else if history.events == 0 && history.problem.is_none() {
        context.ui.say(&format!(
            "The audit log has no events of {serial} since {}.",
            prose_date(since)
        ));
    }
    Outcome::listed(rows, history.problem)
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<EventRow>(false)
}
