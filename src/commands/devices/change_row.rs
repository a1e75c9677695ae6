//! The rows and the document of a change of devices.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::context::Context;
use crate::core::devices::{DeviceResult, Ended};
use crate::error::Error;
use crate::output::{
    Change, Column, Document, NothingMore, Row, Shown, Stream, column, minute, more,
};

/// On a terminal, a longer table has only the devices that aren't as they were asked for.
const MANY: usize = 50;

/// What became of a device.
#[derive(Debug, Serialize)]
pub(super) struct ChangeRow {
    serial_number: String,
    from: Option<Side>,
    from_known: bool,
    to: Option<Side>,
    result: &'static str,
    reason: Option<String>,
    deadline: Option<String>,
    activity_id: Option<String>,
    #[serde(skip)]
    ended: Ended,
}

/// What the plan knows of a device beside its result.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Details {
    /// Where it was is known, even if that is on no server.
    pub from_known: bool,
    pub deadline: Option<Timestamp>,
}

/// A server that a device was or is to be on.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl Row for ChangeRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial_number", "SERIAL NUMBER", |it| {
            it.serial_number.shown()
        }),
        column("from", "FROM", |it: &Self| match &it.from {
            None if it.from_known => "none".to_owned(),
            from => name_of(from.as_ref()),
        })
        .of(&["id", "name"]),
        more("from_known", |it| it.from_known.shown()),
        column("to", "TO", |it: &Self| name_of(it.to.as_ref())).of(&["id", "name"]),
        column("result", "RESULT", |it| it.result.shown()),
        more("reason", |it| it.reason.shown()),
        more("deadline", |it| minute(it.deadline.as_ref())),
        more("activity_id", |it| it.activity_id.shown()),
    ];
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| it.reason.iter().cloned().collect());
}

fn name_of(side: Option<&Side>) -> String {
    side.map(|side| &side.name).shown()
}

impl ChangeRow {
    /// The row of a result, with the names of servers. Without a server before it isn't told whether there was none.
    pub(super) fn new(
        result: &DeviceResult,
        Details {
            from_known,
            deadline,
        }: Details,
        name: &dyn Fn(&str) -> String,
    ) -> Self {
        let side = |id: &Option<String>| {
            let id = id.as_ref()?;
            Some(Side {
                id: id.clone(),
                name: name(id),
            })
        };
        Self {
            serial_number: result.serial_number.clone(),
            from: side(&result.from),
            from_known: from_known || result.from.is_some(),
            to: side(&result.to),
            result: result.ended.word(),
            reason: result.reason.clone(),
            deadline: deadline.map(|it| it.to_string()),
            activity_id: result.activity_id.clone(),
            ended: result.ended,
        }
    }

    /// The device is as it was asked for, or would be.
    fn is_as_wished(&self) -> bool {
        !matches!(
            self.ended,
            Ended::Skipped | Ended::NotFound | Ended::NotKnown | Ended::Failed | Ended::Pending
        )
    }
}

/// The document of a change whose rows were pushed, below these lines. A table of many rows on a terminal has their counts, and only
/// those that aren't as they were asked for.
pub(super) fn document(
    rows: Stream<'_, ChangeRow>,
    changed: bool,
    dry_run: bool,
    mut headline: Vec<String>,
    order: &HashMap<String, usize>,
    context: &Context,
) -> Result<Option<Document>, Error> {
    let change = Change {
        changed,
        dry_run,
        profile: context.profile()?,
        sandbox: context.settings()?.services.is_sandbox(),
        changes: Vec::new(),
        more: NothingMore {},
    };
    let is_read_here =
        context.output.terminal && context.output.format == crate::output::Format::Table;
    Ok(rows.finish_change(change, |mut change| {
        let rows = &mut change.changes;
        rows.sort_by_key(|it| order.get(&it.serial_number).copied().unwrap_or(usize::MAX));
        let mut empty = None;
        if is_read_here && rows.len() > MANY {
            // The plan of a dry run has its own counts.
            if !dry_run {
                headline.extend(counts(rows));
            }
            rows.retain(|it| !it.is_as_wished());
            empty = Some("No device was left out or failed.");
        }
        change.document(headline, empty, &[])
    })?)
}

/// How many devices have each result.
fn counts(rows: &[ChangeRow]) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        match counts.iter_mut().find(|(result, _)| *result == row.result) {
            Some((_, count)) => *count += 1,
            None => counts.push((row.result, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let width = rows.len().to_string().len();
    let lines = counts.iter();
    lines
        .map(|(result, count)| format!("{count:>width$}  {result}"))
        .collect()
}
