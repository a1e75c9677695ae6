//! Rows → table, json, ndjson, csv, yaml. The only room that writes to standard output.

mod change;
mod csv;
mod row;
mod stream;
mod table;

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::text::{escaped, indented, printable, without_direction};
pub use change::{Change, NoRows, NothingMore};
pub use row::{
    Column, Head, Members, Row, Rows, Shown, Table, column, day, heads, listed, minute, more,
    number,
};
pub use stream::Stream;

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
    /// Rows with a header, as soon as they are known.
    Csv,
    /// One document.
    Yaml,
}

/// What a command returns to be written.
pub enum Document {
    /// A list.
    Rows(Box<dyn Table>),
    /// One thing, shown with a line for each member.
    One(Box<dyn Table>),
    /// A change, below lines that say what it is.
    Change(Box<dyn change::Changed>, Vec<String>),
    /// A document of Apple's as it came, for `api`.
    Foreign(Value),
    /// Text that is no data: a script, an address.
    Text(String),
}

impl Document {
    /// A list.
    pub fn rows<R: Row>(rows: Vec<R>) -> Self {
        Self::Rows(Box::new(Rows::from(rows)))
    }

    /// One thing.
    pub fn one<R: Row>(row: R) -> Self {
        Self::One(Box::new(Rows::from(vec![row])))
    }

    /// Whether it is a change whose table says only that everything is as before.
    pub fn is_unchanged(&self) -> bool {
        matches!(self, Self::Change(change, _) if change.is_unchanged())
    }

    /// One thing without these members, since nobody asked for them.
    pub fn one_without<R: Row>(row: R, hidden: &[&'static str]) -> Self {
        Self::One(Box::new(Rows {
            hidden: hidden.to_vec(),
            ..Rows::from(vec![row])
        }))
    }
}

/// What `--columns` asked for is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// A column that doesn't exist.
    #[error("Column \"{name}\" doesn't exist{}. The columns are {}.", nearest(.name, .known), .known.join(", "))]
    Column {
        /// What was asked for.
        name: String,
        /// What exists.
        known: Vec<String>,
    },
    /// `--columns` with something that has no columns.
    #[error("--columns needs rows, but this command's output has none.")]
    NoColumns,
    /// The reader of the pipe went away.
    #[error("The reader of standard output has closed it.")]
    Closed,
    /// Standard output can't be written.
    #[error("Standard output can't be written: {0}.")]
    Write(String),
}

/// The column that is most like `name`, as a part of a sentence.
fn nearest(name: &str, known: &[String]) -> String {
    let likeness = |other: &&String| strsim::jaro_winkler(&name.to_lowercase(), other);
    let best = known
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|best| likeness(best) > 0.7)
        .map_or_else(String::new, |best| format!(" (did you mean {best}?)"))
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
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Output {
    pub format: Format,
    /// The columns asked for.
    pub columns: Option<Vec<String>>,
    /// Whether headers are left out.
    pub no_headers: bool,
    /// The width of the terminal; `None` where standard output is none, so that nothing is wrapped.
    pub width: Option<u16>,
    /// Whether csv is as it is, formulas included.
    pub raw: bool,
    /// Whether headers are emphasized.
    pub color: bool,
    /// Standard output is a terminal.
    pub terminal: bool,
    /// What stands above a table: whose it is.
    owner: Mutex<Option<String>>,
    writer: Mutex<Box<dyn Write + Send>>,
}

impl Output {
    /// Writes to `writer`, as a table until told otherwise.
    pub fn new(writer: Box<dyn Write + Send>) -> Self {
        Self {
            format: Format::Table,
            columns: None,
            no_headers: false,
            raw: false,
            width: None,
            color: false,
            terminal: false,
            owner: Mutex::default(),
            writer: Mutex::new(writer),
        }
    }

    /// Says above each table from now on whose it is.
    pub fn set_owner(&self, owner: String) {
        *self.owner.lock().unwrap_or_else(PoisonError::into_inner) = Some(owner);
    }

    fn owner(&self) -> String {
        let owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = owner.as_ref().filter(|_| !self.no_headers);
        owner.map_or_else(String::new, |owner| format!("{}\n", printable(owner)))
    }

    /// Checks that the columns asked for exist, before anything is asked of Apple or changed.
    pub fn check<R: Row>(&self) -> Result<(), OutputError> {
        self.chosen(&heads::<R>(false)).map(|_| ())
    }

    /// Writes a document.
    pub fn write(&self, document: &Document) -> Result<(), OutputError> {
        let text = self.render(document)?;
        self.put(&text)
    }

    /// Writes one object of a list at once, in ndjson.
    pub fn line(&self, object: &impl Serialize) -> Result<(), OutputError> {
        let json = serde_json::to_string(object).map_err(unwritable)?;
        self.put(&format!("{}\n", escaped(&json)))
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
        let table = match document {
            Document::Text(text) => return Ok(text.clone()),
            Document::Foreign(_) if self.columns.is_some() => return Err(OutputError::NoColumns),
            Document::Foreign(value) => return self.structured(value),
            Document::Rows(table) | Document::One(table) => table.as_ref(),
            Document::Change(change, _) => change.table(),
        };
        let heads = table.heads();
        let chosen = match document {
            Document::One(_) if self.columns.is_none() => (0..heads.len()).collect(),
            _ => self.chosen(&heads)?,
        };
        match (self.format, document) {
            (Format::Table, Document::One(_)) => Ok(self.owner() + &Self::fields(table, &chosen)),
            (Format::Table, Document::Change(_, headline)) => {
                let mut text = String::new();
                for line in headline.iter().filter(|_| !self.no_headers) {
                    let line = printable(line);
                    text += &match self.width {
                        Some(width) => indented(&line, width.into()),
                        None => line.into_owned(),
                    };
                    text.push('\n');
                }
                Ok(text + &self.table(table, &chosen))
            }
            (Format::Table, _) => Ok(self.owner() + &self.table(table, &chosen)),
            (Format::Csv, _) => {
                let mut text = self.csv_header(&heads, &chosen)?;
                for row in 0..table.len() {
                    text += &self.csv_row(&heads, &chosen, &members(table, row)?)?;
                }
                Ok(text)
            }
            (_, Document::Change(change, _)) => {
                let mut object = change.value().map_err(unwritable)?;
                if self.columns.is_some() {
                    object["changes"] = Value::Array(self.values(table)?);
                }
                self.structured(&object)
            }
            (_, Document::One(_)) => {
                let one = self.values(table)?.into_iter().next();
                self.structured(&one.unwrap_or_default())
            }
            _ => self.structured(&Value::Array(self.values(table)?)),
        }
    }

    /// The rows as json has them, with the members that were asked for.
    fn values(&self, table: &dyn Table) -> Result<Vec<Value>, OutputError> {
        (0..table.len())
            .map(|row| {
                let members = self.kept(members(table, row)?).into_iter();
                let members = members.map(|(name, value)| (name.into_owned(), value));
                Ok(Value::Object(members.collect()))
            })
            .collect()
    }

    fn kept(&self, row: Members) -> Members {
        let Some(names) = &self.columns else {
            return row;
        };
        let member = |name: &String| {
            let found = row.iter().find(|(it, _)| it == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let members = names.iter().map(|name| (name.clone().into(), member(name)));
        members.collect()
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

    /// The places of the columns that were asked for, else of those that this format shows.
    fn chosen(&self, heads: &[Head]) -> Result<Vec<usize>, OutputError> {
        let Some(names) = &self.columns else {
            let all = self.format != Format::Table;
            let shown = heads.iter().enumerate();
            let shown = shown.filter(|(_, head)| all || !head.header.is_empty());
            return Ok(shown.map(|(place, _)| place).collect());
        };
        let place = |name: &String| {
            let found = heads.iter().position(|head| head.key == name);
            found.ok_or_else(|| OutputError::Column {
                name: name.clone(),
                known: heads.iter().map(|head| head.key.into()).collect(),
            })
        };
        names.iter().map(place).collect()
    }
}

fn members(table: &dyn Table, row: usize) -> Result<Members, OutputError> {
    table.members(row).map_err(unwritable)
}

/// Members as an object, in their order.
struct InOrder<'m>(&'m Members);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn unwritable(error: impl std::fmt::Display) -> OutputError {
    OutputError::Write(error.to_string())
}

/// A value as text: lists with commas, of sentences with blanks, objects as JSON, `absent` for null.
fn plain<'v>(value: Option<&'v Value>, absent: &'v str) -> Cow<'v, str> {
    match value {
        None | Some(Value::Null) => absent.into(),
        Some(Value::String(text)) => text.into(),
        Some(Value::Array(items)) if items.iter().all(|item| !item.is_object()) => items
            .iter()
            .map(|item| plain(Some(item), absent))
            .reduce(|text, item| row::joined(&text, &item).into())
            .unwrap_or_default(),
        Some(other) => other.to_string().into(),
    }
}

/// The same value for YAML, which escapes control characters and not marks of direction.
fn cleaned(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_direction(text).into_owned()),
        Value::Array(items) => items.iter().map(cleaned).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (without_direction(name).into_owned(), cleaned(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
