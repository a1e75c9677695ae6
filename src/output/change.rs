//! A change: one document for all commands that change something.

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

/// What a table says in place of no changes, whatever the command.
const NOTHING: &str = "Nothing to change.";

/// Nothing else is said of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NothingMore {}

/// A change with rows of one kind, whatever kind that is.
pub trait Changed {
    /// Its rows.
    fn table(&self) -> &dyn Table;
    /// The whole of it, as json has it.
    fn value(&self) -> serde_json::Result<Value>;
}

struct Shown<R: 'static> {
    value: serde_json::Result<Value>,
    table: Rows<R>,
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
}

impl<R: Row, M: Serialize> Change<R, M> {
    /// The document, below lines that say what it is. A table says `empty` in place of no rows, if that is given, and has other
    /// `headers` than those of the rows, by member.
    pub fn document(
        self,
        headline: Vec<String>,
        empty: Option<&'static str>,
        headers: &'static [(&'static str, &'static str)],
    ) -> Document {
        let shown = Shown {
            value: serde_json::to_value(&self),
            table: Rows {
                hidden: Vec::new(),
                rows: self.changes,
                profiles: None,
                empty: empty.unwrap_or(NOTHING),
                headers,
            },
        };
        Document::Change(Box::new(shown), headline)
    }
}
