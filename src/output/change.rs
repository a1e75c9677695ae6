//! A change: one document for all commands that change something.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::Document;
use super::row::{Row, Rows, Table};

/// What a command changed, or would change.
#[derive(Debug, Clone, Serialize)]
pub struct Change<R, M = NothingMore> {
    /// Whether anything is otherwise than before, or may be.
    pub changed: bool,
    /// Whether it was only worked out.
    pub dry_run: bool,
    pub profile: String,
    pub sandbox: bool,
    /// What changed, or would.
    pub changes: Vec<R>,
    /// What else there is to say of this kind of change.
    #[serde(flatten)]
    pub more: M,
}

/// What a table says in place of no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRows {
    /// Everything is as before, said like this. `--quiet` leaves out such a table.
    Unchanged(Cow<'static, str>),
    /// Something else, which is always shown.
    Told(&'static str),
}

impl Default for NoRows {
    fn default() -> Self {
        Self::Unchanged("Nothing to change.".into())
    }
}

impl From<Option<&'static str>> for NoRows {
    fn from(told: Option<&'static str>) -> Self {
        told.map_or_else(Self::default, Self::Told)
    }
}

/// Nothing else is said of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NothingMore {}

/// A change with rows of one kind, whatever kind that is.
pub trait Changed {
    /// Its rows.
    fn table(&self) -> &dyn Table;
    /// The whole of it, as json has it.
    fn value(&self) -> serde_json::Result<Value>;
    /// Whether its table says only that everything is as before.
    fn is_unchanged(&self) -> bool;
}

struct Shown<R: 'static> {
    value: serde_json::Result<Value>,
    table: Rows<R>,
    is_unchanged: bool,
}

impl<R: Row> Changed for Shown<R> {
    fn table(&self) -> &dyn Table {
        &self.table
    }

    fn value(&self) -> serde_json::Result<Value> {
        match &self.value {
            Ok(value) => Ok(value.clone()),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }

    fn is_unchanged(&self) -> bool {
        self.is_unchanged
    }
}

impl<R: Row, M: Serialize> Change<R, M> {
    /// The document, below lines that say what it is. A table says `empty` in place of no rows, and has other `headers` than those
    /// of the rows, by member.
    pub fn document(
        self,
        headline: Vec<String>,
        empty: impl Into<NoRows>,
        headers: &'static [(&'static str, &'static str)],
    ) -> Document {
        let as_before = !self.changed && !self.dry_run && self.changes.is_empty();
        let (empty, is_unchanged) = match empty.into() {
            NoRows::Unchanged(text) => (text, as_before),
            NoRows::Told(text) => (text.into(), false),
        };
        let shown = Shown {
            value: serde_json::to_value(&self),
            is_unchanged,
            table: Rows {
                hidden: Vec::new(),
                rows: self.changes,
                profiles: None,
                empty,
                headers,
            },
        };
        Document::Change(Box::new(shown), headline)
    }
}
