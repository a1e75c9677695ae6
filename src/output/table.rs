//! Tables for people: columns two spaces apart, no lines, what is long below its row.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value};

use super::{Cell, Column, Output, View, plain};
use crate::text::printable;

const BOLD: anstyle::Style = anstyle::Style::new().bold();

impl Output {
    /// Rows under a header. Where a row has something below it, no cell is wrapped, so that each row is one line.
    pub(super) fn table(
        &self,
        view: &View,
        chosen: &[&Column],
        rows: &[Map<String, Value>],
    ) -> String {
        if rows.is_empty() {
            return format!("{}\n", view.empty);
        }
        let below = view.below.filter(|_| self.columns.is_none());
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        if let Some(width) = self.width
            && below.is_none()
        {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width);
        }
        if !self.no_headers {
            table.set_header(
                chosen
                    .iter()
                    .map(|column| header(column))
                    .collect::<Vec<_>>(),
            );
        }
        for row in rows {
            table.add_row(
                chosen
                    .iter()
                    .map(|column| cell(column, row))
                    .collect::<Vec<_>>(),
            );
        }
        for (column, chosen) in table.column_iter_mut().zip(chosen) {
            column.set_padding((0, 2));
            if matches!(chosen.cell, Cell::Number) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut lines = table.lines().map(|line| line.trim_end().to_owned());
        let mut text = String::new();
        if !self.no_headers
            && let Some(line) = lines.next()
        {
            text += &self.emphasized(&line);
            text.push('\n');
        }
        match below {
            None => lines.for_each(|line| text += &format!("{line}\n")),
            Some(below) => {
                for (line, row) in lines.zip(rows) {
                    text += &format!("{line}\n");
                    for more in below(row) {
                        text += &format!("  {}\n", printable(&more));
                    }
                }
            }
        }
        text
    }

    /// One thing, a line for each member.
    pub(super) fn fields(chosen: &[&Column], rows: &[Map<String, Value>]) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        for row in rows {
            for column in chosen {
                let name = column.key.replace('_', " ");
                table.add_row([name, cell(column, row)]);
            }
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect()
    }

    fn emphasized(&self, line: &str) -> String {
        if self.color {
            format!("{BOLD}{line}{BOLD:#}")
        } else {
            line.to_owned()
        }
    }
}

fn header(column: &Column) -> String {
    if column.header.is_empty() {
        column.key.to_uppercase().replace('_', " ")
    } else {
        column.header.to_owned()
    }
}

fn cell(column: &Column, row: &Map<String, Value>) -> String {
    let text = || plain(row.get(column.key), "-");
    let text = match column.cell {
        Cell::Plain | Cell::Number => text(),
        Cell::Minute => text()
            .chars()
            .take(16)
            .collect::<String>()
            .replace('T', " "),
        Cell::Day => text().chars().take(10).collect(),
        Cell::Of(make) => make(row),
    };
    let text = printable(&text).into_owned();
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}
