//! Values → table, json, ndjson, csv, yaml. The only room that writes to standard output.

mod table;

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::text::{escaped, printable};

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One document.
    Json,
    /// One object a line, as soon as it is known.
    Ndjson,
    /// Rows with a header.
    Csv,
    /// One document.
    Yaml,
}

/// How a member of a row is shown in a table.
#[derive(Clone, Copy)]
pub enum Cell {
    /// As text; `-` where it is null.
    Plain,
    /// As text, to the right: a number.
    Number,
    /// A time, to the minute: `2026-10-01 09:14`.
    Minute,
    /// A time, to the day.
    Day,
    /// Made from the whole row.
    Of(fn(&Map<String, Value>) -> String),
}

/// A column: a member of the rows, and its place in a table.
pub struct Column {
    /// The member.
    pub key: &'static str,
    /// What stands above it; a column with an empty header is in a table only where `--columns` names it.
    pub header: &'static str,
    /// How it is shown.
    pub cell: Cell,
}

/// A column that a table shows.
pub const fn column(key: &'static str, header: &'static str, cell: Cell) -> Column {
    Column { key, header, cell }
}

/// A column that a table shows only where it is asked for.
pub const fn more(key: &'static str) -> Column {
    Column {
        key,
        header: "",
        cell: Cell::Plain,
    }
}

/// What goes below a row, each on a line of its own.
pub type Below = fn(&Map<String, Value>) -> Vec<String>;

/// How rows of one kind are shown.
pub struct View {
    /// The columns, in order.
    pub columns: &'static [Column],
    /// What goes below a row, since it is long.
    pub below: Option<Below>,
    /// What a table says in place of no rows.
    pub empty: &'static str,
}

/// What a command returns to be written.
pub enum Document {
    /// A list.
    Rows(Vec<Value>, &'static View),
    /// One thing, shown with a line for each member.
    One(Value, &'static View),
    /// A change: an object with `changes`, which are the rows of its table, below lines that say what it is.
    Change(Value, Vec<String>, &'static View),
    /// A document of Apple's as it came, for `api`.
    Foreign(Value),
    /// Text that is no data: a script, an address.
    Text(String),
}

/// What `--columns` asked for is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// A column that doesn't exist.
    #[error("There is no column \"{name}\"; there are {}.", .known.join(", "))]
    Column {
        /// What was asked for.
        name: String,
        /// What exists.
        known: Vec<String>,
    },
    /// `--columns` with something that has no columns.
    #[error("--columns needs rows, and this command's output has none.")]
    NoColumns,
    /// The reader of the pipe went away.
    #[error("The reader of standard output went away.")]
    Closed,
    /// Standard output can't be written.
    #[error("Standard output can't be written: {0}.")]
    Write(String),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Write(error.to_string())
        }
    }
}

/// The system's number for an input/output error, on Linux and macOS.
const EIO: i32 = 5;

/// Standard output, and how to write to it.
pub struct Output {
    /// The format.
    pub format: Format,
    /// The columns asked for.
    pub columns: Option<Vec<String>>,
    /// Whether headers are left out.
    pub no_headers: bool,
    /// The width of the terminal; `None` where standard output is none, so that nothing is wrapped.
    pub width: Option<u16>,
    /// Whether headers are emphasized.
    pub color: bool,
    /// Standard output is a terminal.
    pub terminal: bool,
    writer: Mutex<Box<dyn Write + Send>>,
}

impl Output {
    /// Writes to `writer`, as a table until told otherwise.
    pub fn new(writer: Box<dyn Write + Send>) -> Self {
        Self {
            format: Format::Table,
            columns: None,
            no_headers: false,
            width: None,
            color: false,
            terminal: false,
            writer: Mutex::new(writer),
        }
    }

    /// Checks that the columns asked for exist, before anything is asked of Apple or changed.
    pub fn check_columns(&self, view: &View) -> Result<(), OutputError> {
        self.chosen(view).map(|_| ())
    }

    /// Writes a document.
    pub fn write(&self, document: &Document) -> Result<(), OutputError> {
        let text = self.render(document)?;
        self.put(&text)
    }

    /// Writes one object of a list at once, in ndjson.
    pub fn line(&self, object: &Value) -> Result<(), OutputError> {
        self.put(&format!("{}\n", escaped(&object.to_string())))
    }

    fn put(&self, text: &str) -> Result<(), OutputError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.write_all(text.as_bytes());
        written.and_then(|()| writer.flush()).map_err(|error| {
            // A terminal that is gone is a reader that went away.
            if self.terminal && error.raw_os_error() == Some(EIO) {
                OutputError::Closed
            } else {
                error.into()
            }
        })
    }

    /// The document as text, in the format that was asked for.
    pub fn render(&self, document: &Document) -> Result<String, OutputError> {
        let (rows, view) = match document {
            Document::Text(text) => return Ok(text.clone()),
            Document::Foreign(value) => return self.render_foreign(value),
            Document::Rows(rows, view) => (rows.clone(), *view),
            Document::One(object, view) => (vec![object.clone()], *view),
            Document::Change(object, _, view) => (changes(object), *view),
        };
        let chosen = match document {
            Document::One(..) if self.columns.is_none() => view.columns.iter().collect(),
            _ => self.chosen(view)?,
        };
        let rows: Vec<Map<String, Value>> = rows.into_iter().map(object).collect();
        match self.format {
            Format::Table => Ok(match document {
                Document::One(..) => Self::fields(&chosen, &rows),
                Document::Change(_, headline, _) => {
                    let mut text = String::new();
                    for line in headline.iter().filter(|_| !self.no_headers) {
                        text.push_str(&printable(line));
                        text.push('\n');
                    }
                    text + &self.table(view, &chosen, &rows)
                }
                _ => self.table(view, &chosen, &rows),
            }),
            Format::Csv => self.csv(&chosen, &rows),
            Format::Json | Format::Ndjson | Format::Yaml => {
                let kept = |row: &Map<String, Value>| match &self.columns {
                    None => Value::Object(row.clone()),
                    Some(names) => Value::Object(
                        names
                            .iter()
                            .map(|name| (name.clone(), row.get(name).cloned().unwrap_or_default()))
                            .collect(),
                    ),
                };
                let kept: Vec<Value> = rows.iter().map(kept).collect();
                let value = match document {
                    Document::Change(object, ..) => {
                        let mut object = object.clone();
                        object["changes"] = Value::Array(kept);
                        object
                    }
                    Document::One(..) => kept.into_iter().next().unwrap_or_default(),
                    _ => Value::Array(kept),
                };
                self.structured(&value)
            }
        }
    }

    fn render_foreign(&self, value: &Value) -> Result<String, OutputError> {
        if self.columns.is_some() {
            return Err(OutputError::NoColumns);
        }
        self.structured(value)
    }

    fn structured(&self, value: &Value) -> Result<String, OutputError> {
        Ok(match (self.format, value) {
            (Format::Ndjson, Value::Array(items)) => items
                .iter()
                .map(|item| format!("{}\n", escaped(&item.to_string())))
                .collect(),
            (Format::Ndjson, other) => format!("{}\n", escaped(&other.to_string())),
            (Format::Yaml, value) => serde_saphyr::to_string(&cleaned(value))
                .map_err(|error| OutputError::Write(error.to_string()))?,
            (_, value) => format!("{}\n", escaped(&format!("{value:#}"))),
        })
    }

    fn chosen<'v>(&self, view: &'v View) -> Result<Vec<&'v Column>, OutputError> {
        let Some(names) = &self.columns else {
            let all = self.format != Format::Table;
            return Ok(view
                .columns
                .iter()
                .filter(|column| all || !column.header.is_empty())
                .collect());
        };
        names
            .iter()
            .map(|name| {
                view.columns
                    .iter()
                    .find(|column| column.key == name)
                    .ok_or_else(|| OutputError::Column {
                        name: name.clone(),
                        known: view
                            .columns
                            .iter()
                            .map(|column| column.key.into())
                            .collect(),
                    })
            })
            .collect()
    }

    fn csv(&self, chosen: &[&Column], rows: &[Map<String, Value>]) -> Result<String, OutputError> {
        let failed = |error: csv::Error| OutputError::Write(error.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        if !self.no_headers {
            writer
                .write_record(chosen.iter().map(|column| column.key))
                .map_err(failed)?;
        }
        for row in rows {
            let cells = chosen
                .iter()
                .map(|column| printable(&plain(row.get(column.key), "")).into_owned());
            writer.write_record(cells).map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| OutputError::Write(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| OutputError::Write(error.to_string()))
    }
}

fn changes(object: &Value) -> Vec<Value> {
    object["changes"].as_array().cloned().unwrap_or_default()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

/// A value as text: lists with commas, of sentences with blanks, objects as JSON, `absent` for null.
fn plain(value: Option<&Value>, absent: &str) -> String {
    match value {
        None | Some(Value::Null) => absent.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(|item| !item.is_object()) => items
            .iter()
            .map(|item| plain(Some(item), absent))
            .reduce(|text, item| {
                let between = if text.ends_with('.') { ' ' } else { ',' };
                format!("{text}{between}{item}")
            })
            .unwrap_or_default(),
        Some(other) => other.to_string(),
    }
}

/// The same value with every text made printable, for formats that don't escape.
fn cleaned(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable(text).into_owned()),
        Value::Array(items) => items.iter().map(cleaned).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (printable(name).into_owned(), cleaned(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
