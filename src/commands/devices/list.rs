//! `devices list`: devices that match a filter, or these.

use std::cmp::Ordering;
use std::str::FromStr;

use clap::ArgMatches;
use jiff::Timestamp;
use serde_json::Value;

use super::missing;
use super::row::{APPLECARE, CoverageArgs, DeviceRow, LOCK, SERVER, is_given};
use super::selection::SelectionArgs;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::selection::{Selection, UnknownMember, member};
use crate::error::{Error, Kind};
use crate::organization::devices::read::Wish;
use crate::output::{Format, Head, Stream, heads};

/// Which devices, and how to show them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices list --platform mac --status unassigned
  abmctl devices list --on prod --added-since 30d -o csv
  abmctl devices list --where 'order_number=W123456789' --where 'color!=SILVER'
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

/// A member, and which way.
#[derive(Debug, Clone, Copy)]
struct Sort {
    member: &'static str,
    is_descending: bool,
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, order) = text.rsplit_once(':').unwrap_or((text, "asc"));
        let is_descending = match &order.to_lowercase()[..] {
            "asc" => false,
            "desc" => true,
            _ => return Err(format!("\"{order}\" isn't an order; use asc or desc")),
        };
        let member = member(name.trim()).map_err(|error: UnknownMember| error.to_string())?;
        Ok(Self {
            member,
            is_descending,
        })
    }
}

impl Sort {
    fn order(self, a: &DeviceRow, b: &DeviceRow) -> Ordering {
        let (one, other) = (a.member(self.member), b.member(self.member));
        match (is_absent(&one), is_absent(&other)) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if self.is_descending => compared(&other, &one),
            (false, false) => compared(&one, &other),
        }
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Numbers by size, times by time, and everything else as text in any case.
fn compared(one: &Value, other: &Value) -> Ordering {
    if let (Some(one), Some(other)) = (one.as_f64(), other.as_f64()) {
        return one.total_cmp(&other);
    }
    let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    if let (Some(one), Some(other)) = (time(one), time(other)) {
        return one.cmp(&other);
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    };
    text(one).cmp(&text(other))
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
        held.sort_by(|a, b| sort.order(a, b));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_and_an_order_are_read() {
        for (text, member, is_descending) in [
            ("model", "model", false),
            ("addedToOrgDateTime:desc", "added_at", true),
            ("Serial-Number:ASC", "serial_number", false),
        ] {
            let sort: Sort = text.parse().unwrap();
            assert_eq!((sort.member, sort.is_descending), (member, is_descending));
        }
        for (text, why) in [
            ("model:up", "\"up\" isn't an order; use asc or desc"),
            (
                "modle",
                "\"modle\" isn't a member of a device (did you mean model?)",
            ),
            ("", "\"\" isn't a member of a device."),
        ] {
            let error = text.parse::<Sort>().unwrap_err();
            assert!(error.starts_with(why), "{text}: {error}");
        }
    }

    #[test]
    fn values_of_one_kind_are_compared_as_such() {
        for (less, more) in [
            (serde_json::json!(9), serde_json::json!(10)),
            (
                "2026-01-01T00:00:00.9Z".into(),
                "2026-01-01T00:00:01Z".into(),
            ),
            ("apple".into(), "Banana".into()),
            (false.into(), true.into()),
        ] {
            assert_eq!(compared(&less, &more), Ordering::Less, "{less} {more}");
        }
    }
}
