//! Rows for spreadsheets: a header, and a cell for each member.

use serde_json::Value;

use super::row::Head;
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
            let alone = members.is_empty().then(|| key.to_owned());
            let nested = members.iter().map(move |member| format!("{key}_{member}"));
            alone.into_iter().chain(nested)
        });
        record(names)
    }

    /// A row. A member that is an object is a cell for each of its own members, lists have commas, lists of objects are JSON.
    pub(super) fn csv_row(
        &self,
        heads: &[Head],
        chosen: &[usize],
        row: &Value,
    ) -> Result<String, OutputError> {
        let cells = chosen.iter().flat_map(|&place| {
            let Head { key, members, .. } = heads[place];
            let value = row.get(key);
            let alone = members.is_empty().then_some(value);
            let nested = members
                .iter()
                .map(move |member| value.and_then(|it| it.get(member)));
            alone.into_iter().chain(nested)
        });
        record(cells.map(|value| self.csv_cell(value)))
    }

    /// A text that a spreadsheet would take for a formula gets a `'` in front, unless it is to be as it is.
    fn csv_cell(&self, value: Option<&Value>) -> String {
        let text = printable(&plain(value, "")).into_owned();
        let is_number = value.is_some_and(Value::is_number);
        let raw = value.and_then(Value::as_str).unwrap_or(&text);
        if !self.raw && !is_number && raw.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            format!("'{text}")
        } else {
            text
        }
    }
}

fn record(cells: impl Iterator<Item = String>) -> Result<String, OutputError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells: Vec<String> = cells.collect();
    writer.write_record(cells).map_err(unwritable)?;
    let bytes = writer.into_inner().map_err(unwritable)?;
    String::from_utf8(bytes).map_err(unwritable)
}
