//! Rows for spreadsheets: a header, and a cell for each member.

use std::borrow::Cow;

use serde_json::Value;

use super::row::{Head, Members};
use super::{Output, OutputError, plain, unwritable};
use crate::text::printable;

impl Output {
    /// The header; nothing where headers are left out.
    pub(super) fn csv_header(
        &self,
        heads: &[Head],
        chosen: &[usize],
    ) -> Result<String, OutputError> {
        if self.no_headers {
            return Ok(String::new());
        }
        let names = chosen.iter().flat_map(|&place| {
            let Head { key, members, .. } = heads[place];
            let alone = members.is_empty().then_some(Cow::Borrowed(key));
            let nested = members.iter();
            let nested = nested.map(move |member| format!("{key}_{member}").into());
            alone.into_iter().chain(nested)
        });
        record(names)
    }

    /// A row. A member that is an object is a cell for each of its own members, lists have commas, lists of objects are JSON.
    pub(super) fn csv_row(
        &self,
        heads: &[Head],
        chosen: &[usize],
        row: &Members,
    ) -> Result<String, OutputError> {
        // Columns and members are nearly in the same order, so that the next one is where the last one was found.
        let mut next = 0;
        let cells = chosen.iter().flat_map(|&place| {
            let Head { key, members, .. } = heads[place];
            let found = (next..row.len())
                .chain(0..next)
                .find(|&it| row[it].0 == key);
            next = found.map_or(next, |it| it + 1);
            let value = found.map(|it| &row[it].1);
            let alone = members.is_empty().then_some(value);
            let nested = members
                .iter()
                .map(move |member| value.and_then(|it| it.get(member)));
            alone.into_iter().chain(nested)
        });
        record(cells.map(|value| self.csv_cell(value)))
    }

    /// A text that a spreadsheet would take for a formula gets a `'` in front, unless it is to be as it is.
    fn csv_cell<'v>(&self, value: Option<&'v Value>) -> Cow<'v, str> {
        let text = match plain(value, "") {
            Cow::Borrowed(text) => printable(text),
            Cow::Owned(text) => printable(&text).into_owned().into(),
        };
        let is_number = value.is_some_and(Value::is_number);
        let raw = value.and_then(Value::as_str).unwrap_or(&text);
        if !self.raw && !is_number && raw.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            format!("'{text}").into()
        } else {
            text
        }
    }
}

fn record<'c>(cells: impl Iterator<Item = Cow<'c, str>>) -> Result<String, OutputError> {
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(1024)
        .from_writer(Vec::new());
    for cell in cells {
        writer.write_field(cell.as_bytes()).map_err(unwritable)?;
    }
    // The end of the record.
    let none: Option<&[u8]> = None;
    writer.write_record(none).map_err(unwritable)?;
    let bytes = writer.into_inner().map_err(unwritable)?;
    String::from_utf8(bytes).map_err(unwritable)
}
