//! `devices list`: devices that match a filter, or these.

use clap::ArgMatches;

use super::missing;
use super::row::{APPLECARE, CoverageArgs, DeviceRow, LOCK, SERVER, is_given};
use super::selection::SelectionArgs;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::selection::Selection;
use crate::core::devices::sort::Sort;
use crate::error::{Error, Kind};
use crate::organization::devices::read::Wish;
use crate::output::{Format, Head, Stream, heads};

/// Which devices, and how to show them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices list --platform mac --status unassigned
  abmctl devices list --on prod --added-since 30d -o csv
  abmctl devices list --order W123456789 --where 'color!=SILVER'
  abmctl devices list --serials repairs.csv --with-server -o csv")]
pub(super) struct Args {
    #[command(flatten)]
    selection: SelectionArgs,
    /// Show the server of each device
    ///
    /// abmctl reads the device list of each server first: a few requests, never one for each device. It keeps them in
    /// memory, about 10 MB for 100,000 devices.
    #[arg(long)]
    with_server: bool,
    /// Sort by this member; add :desc for the reverse order
    ///
    /// Examples: `model`, `added_at:desc`. Devices without the member come last. abmctl keeps all devices in memory until the
    /// last page is read.
    #[arg(long, value_name = "MEMBER")]
    sort: Option<Sort>,
    /// Show at most this many devices
    ///
    /// Without --sort, abmctl reads no more pages than needed.
    #[arg(long, value_name = "N", value_parser = limit)]
    limit: Option<usize>,
    #[command(flatten)]
    coverage: CoverageArgs,
    /// Exit 0 even if the organization lacks some of the serial numbers
    #[arg(long)]
    missing_ok: bool,
}

fn limit(text: &str) -> Result<usize, &'static str> {
    let number = text.trim().parse().ok();
    number
        .filter(|it| *it > 0)
        .ok_or("not a number of devices; use 1 or more")
}

/// Runs `devices list`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let columns = context.output.columns.clone().unwrap_or_default();
    let names_server = |name: &str| SERVER.contains(&name);
    let wants_server = args.with_server
        || columns.iter().any(|it| names_server(it))
        || args.sort.is_some_and(|it| names_server(it.member));
    let is_server_known = wants_server || args.selection.needs_server();
    let mut hidden = vec![LOCK];
    if !is_server_known {
        hidden.extend(SERVER);
    }
    args.coverage.hide(&mut hidden, context)?;
    let mut rows = Stream::without(&context.output, &hidden)?;
    let selection = args.selection.read(context).await?;
    let is_of_serials = matches!(selection, Selection::Serials(_));
    if args.missing_ok && !is_of_serials {
        return Err(Error::usage(
            "--missing-ok needs serial numbers. Add --serials FILE.",
        ));
    }
    let kept = kept_members(context, args.sort);
    let mut held = Vec::new();
    let wish = Wish {
        server: wants_server,
        limit: args.limit.filter(|_| args.sort.is_none()),
        applecare: args.coverage.applecare,
        refresh: args.coverage.refresh,
        ..Wish::default()
    };
    let organization = context.organization()?;
    let mut shown = 0;
    let read = organization.read_devices(&selection, wish, |item| {
        let mut row = DeviceRow::new(item);
        if let Some(kept) = &kept {
            row.keep_only(kept);
        }
        shown += 1;
        if args.sort.is_some() {
            held.push(row);
            true
        } else {
            rows.push(row)
        }
    });
    let ended = read.await?;
    if let Some(sort) = args.sort {
        held.sort_by(|a: &DeviceRow, b| sort.order(&a.member(sort.member), &b.member(sort.member)));
        for row in held.into_iter().take(args.limit.unwrap_or(usize::MAX)) {
            if !rows.push(row) {
                break;
            }
        }
    }
    if shown == 0 && ended.problem.is_none() && context.output.format != Format::Table {
        context.ui.say(if selection.is_everything() {
            "The organization has no devices."
        } else {
            "No device matches."
        });
    }
    let missing = missing(&ended.not_found, ended.found).filter(|_| !args.missing_ok);
    let problem = match (missing, ended.problem) {
        (Some(missing), Some(problem)) => Some(problem.and(missing.message).of_kind(Kind::Partial)),
        (missing, problem) => problem.or(missing),
    };
    Outcome::listed(rows, problem)
}

/// The members that rows need which are held until the end; `None` if they need all.
fn kept_members(context: &Context, sort: Option<Sort>) -> Option<Vec<&'static str>> {
    let heads = heads::<DeviceRow>(false);
    let columns = context.output.columns.as_ref();
    let is_table = context.output.format == Format::Table;
    if columns.is_none() && !is_table {
        return None;
    }
    let shown = heads.iter().filter(|head| match columns {
        Some(columns) => columns.iter().any(|it| it == head.key),
        None => !head.header.is_empty(),
    });
    let sorted = sort.map(|it| it.member);
    Some(shown.map(|it| it.key).chain(sorted).collect())
}

/// Its columns.
pub(super) fn columns(matches: &ArgMatches) -> Vec<Head> {
    let has_server = is_given(matches, "with_server") || is_given(matches, "on");
    let has_coverage = is_given(matches, "applecare");
    let mut heads = heads::<DeviceRow>(false);
    heads.retain(|head| match head.key {
        LOCK => false,
        APPLECARE => has_coverage,
        key => has_server || !SERVER.contains(&key),
    });
    heads
}
