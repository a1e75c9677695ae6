//! The document of a change of devices.

use std::collections::HashMap;

use crate::commands::device_result::ChangeRow;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Change, Document, NothingMore, Stream};

/// On a terminal, a longer table has only the devices that aren't as they were asked for.
const MANY: usize = 50;

/// The column of a table of migrations, beside the others.
const DEADLINE: [(&str, &str); 1] = [("deadline", "DEADLINE (UTC)")];

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
        let has_deadlines = rows.iter().any(ChangeRow::has_deadline);
        let headers: &[_] = if has_deadlines { &DEADLINE } else { &[] };
        change.document(headline, empty, headers)
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
