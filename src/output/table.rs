//! Tables for people: columns two spaces apart, no lines, what is long below its row.

use std::mem;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

use super::Output;
use super::row::{Head, Table as Rows};
use crate::text::{indented, printable};

const BOLD: anstyle::Style = anstyle::Style::new().bold();

/// Blanks between columns.
const GAP: u16 = 2;

/// Stands for a first cell that is on the line above. It has no width, and `printable` leaves none in a cell.
const ABOVE: &str = "\u{feff}";

impl Output {
    /// Rows under a header. Where a row has something below it, no cell is wrapped, so that each row is one line; and a
    /// first cell that a terminal has no room for stands on a line of its own, above the others. The first column is never
    /// wrapped: it says what the row is about.
    pub(super) fn table(&self, rows: &dyn Rows, chosen: &[usize]) -> String {
        if rows.is_empty() {
            return format!("{}\n", rows.empty());
        }
        let below = rows.below().filter(|_| self.columns.is_none());
        let heads = rows.heads();
        let headers = chosen.iter().map(|&place| header(&heads[place]));
        let headers: Option<Vec<String>> = (!self.no_headers).then(|| headers.collect());
        let cells = |row| chosen.iter().map(|&place| cell(rows, row, place)).collect();
        let mut cells: Vec<Vec<String>> = (0..rows.len()).map(cells).collect();
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        let mut above = Vec::new();
        let mut least = Vec::new();
        if let Some(width) = self.width {
            if below.is_none() {
                least = least_widths(usize::from(width), headers.as_deref(), &cells);
            }
            if least.is_empty() {
                above = without_room(usize::from(width), headers.as_deref(), &mut cells);
            }
            if below.is_none() {
                table
                    .set_content_arrangement(ContentArrangement::Dynamic)
                    .set_width(width);
            }
        }
        if let Some(headers) = headers {
            table.set_header(headers);
        }
        table.add_rows(cells);
        let count = chosen.len();
        for (column, &place) in table.column_iter_mut().zip(chosen) {
            let is_last = column.index + 1 == count;
            let gap = if is_last { 0 } else { GAP };
            column.set_padding((0, gap));
            if let Some(&least) = least.get(column.index) {
                let least = Width::Fixed(u16::try_from(least).unwrap_or(u16::MAX) + gap);
                column.set_constraint(ColumnConstraint::LowerBoundary(least));
            }
            if heads[place].is_number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut above = above.into_iter();
        let mut lines = table.lines().map(|mut line| {
            if line.contains(ABOVE) {
                let above = above.next().unwrap_or_default();
                line = format!("{above}\n{}", line.replace(ABOVE, ""));
            }
            line.trim_end().to_owned()
        });
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
                for (line, below) in lines.zip(below) {
                    text += &format!("{line}\n");
                    for more in below {
                        text += &format!("{}\n", self.indented(&printable(&more)));
                    }
                }
            }
        }
        text
    }

    /// One thing, a line for each member.
    pub(super) fn fields(rows: &dyn Rows, chosen: &[usize]) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        let heads = rows.heads();
        for row in 0..rows.len() {
            for &place in chosen {
                let name = heads[place].key.replace('_', " ");
                table.add_row([name, cell(rows, row, place)]);
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

    /// A line below a row. A terminal has it wrapped under where its text begins.
    fn indented(&self, line: &str) -> String {
        let line = format!("  {line}");
        match self.width {
            Some(width) => indented(&line, width.into()),
            None => line,
        }
    }

    fn emphasized(&self, line: &str) -> String {
        if self.color {
            format!("{BOLD}{line}{BOLD:#}")
        } else {
            line.to_owned()
        }
    }
}

/// How wide the columns are at least, so that the first one is whole and the words of the others are, as far as `width` has room
/// for that; of a first column that is short, its own width alone. Empty if the first column needs lines of its own.
fn least_widths(width: usize, headers: Option<&[String]>, cells: &[Vec<String>]) -> Vec<usize> {
    let columns = cells.first().map_or(0, Vec::len);
    let least = |index: usize| {
        let header = headers.map_or(0, |headers| headers[index].width());
        let cells = cells.iter().map(|row| &row[index]);
        let widths = cells.map(|cell| match index {
            0 => cell.width(),
            _ => cell
                .split(' ')
                .map(UnicodeWidthStr::width)
                .max()
                .unwrap_or_default(),
        });
        widths.max().unwrap_or_default().max(header)
    };
    let mut all: Vec<usize> = (0..columns).map(least).collect();
    let gaps = usize::from(GAP) * columns.saturating_sub(1);
    if all.iter().sum::<usize>() + gaps > width {
        let is_short = all.first().is_some_and(|first| *first <= width / 4);
        all.truncate(usize::from(is_short));
    }
    all
}

/// Takes out the first cells that are wider than what a line of `width` has left beside the other columns, and leaves
/// [`ABOVE`] in their place. Where the others alone don't fit, each column has the same share, as when they are arranged.
fn without_room(
    width: usize,
    headers: Option<&[String]>,
    cells: &mut [Vec<String>],
) -> Vec<String> {
    let widest = |index: usize| {
        let rows = headers.into_iter().chain(cells.iter().map(Vec::as_slice));
        rows.map(|row| row[index].width()).max().unwrap_or_default()
    };
    let columns = cells.first().map_or(1, Vec::len);
    let others = (1..columns).map(|index| widest(index) + usize::from(GAP));
    let least = headers.map_or(1, |headers| headers[0].width());
    let room = match width.checked_sub(others.sum()) {
        Some(left) if left >= least => left,
        _ => width.saturating_sub(usize::from(GAP) * (columns - 1)) / columns,
    };
    let first = cells.iter_mut().filter_map(|row| row.first_mut());
    first
        .filter(|first| first.width() > room)
        .map(|first| mem::replace(first, ABOVE.to_owned()))
        .collect()
}

fn header(head: &Head) -> String {
    if head.header.is_empty() {
        head.key.to_uppercase().replace('_', " ")
    } else {
        head.header.to_owned()
    }
}

fn cell(rows: &dyn Rows, row: usize, place: usize) -> String {
    let text = printable(&rows.cell(row, place)).into_owned();
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}
