//! What a command changes, written into the journal: that it begins, and how it ended. What can't be written costs a warning.
//!
//! Changes of defaults write their own lines, without which no request is sent (`defaults/`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Surroundings;
use crate::config::Folders;
use crate::private_files::Claimant;
use crate::state::journal::{self, Entry, Event, How, Journal};

/// Whose change it is where Apple has no part in it.
const LOCAL: &str = "this machine";

/// What a change does, as the journal keeps it: never a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    changes: Vec<Recorded>,
    /// What was there before, in the form of the command.
    before: Value,
    /// The command that puts it back; empty for none.
    put_back: String,
}

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    pub what: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Recorded {
    /// A thing, and what it is before and afterwards.
    pub fn new(what: impl Into<String>, from: Option<String>, to: Option<String>) -> Self {
        Self {
            what: what.into(),
            from,
            to,
        }
    }
}

impl Record {
    /// These things change.
    pub fn of(changes: impl IntoIterator<Item = Recorded>) -> Self {
        Self {
            changes: changes.into_iter().collect(),
            before: Value::Null,
            put_back: String::new(),
        }
    }

    /// The same with what was there before, in the form of the command.
    #[must_use]
    pub fn before(self, before: Value) -> Self {
        Self { before, ..self }
    }

    /// The same with the command line that puts it back, if one does.
    #[must_use]
    pub fn put_back(mut self, command: Option<String>) -> Self {
        self.put_back = command.unwrap_or_default();
        self
    }
}

/// The beginning of a change.
pub struct Begun<'a> {
    /// Whose change it is.
    pub organization: &'a str,
    pub profile: &'a str,
    /// What was there before, in the form of the command.
    pub before: Value,
    /// What changes, in the form of the command.
    pub changes: Value,
    /// The command line that puts it back; empty for none.
    pub undo: String,
}

/// Writes into the journal of one state folder.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    surroundings: &'a Surroundings,
    pub folders: &'a Folders,
}

impl<'a> Records<'a> {
    pub fn new(surroundings: &'a Surroundings, folders: &'a Folders) -> Self {
        Self {
            surroundings,
            folders,
        }
    }

    /// Who asks for locks in the name of the command that runs.
    pub fn claimant(&self) -> Claimant<'a> {
        self.surroundings.claimant()
    }

    /// Writes that a change begins.
    pub fn begin(self, begun: Begun<'_>) -> Started<'a> {
        let command = &self.surroundings.command;
        let entry = Entry {
            at: self.surroundings.outside.clock.now(),
            id: journal::new_id(self.surroundings.outside.random.as_ref()),
            organization: begun.organization.to_owned(),
            profile: begun.profile.to_owned(),
            command: command
                .strip_prefix("abmctl ")
                .unwrap_or(command)
                .to_owned(),
            event: Event::Begun {
                before: begun.before,
                changes: begun.changes,
                undo: begun.undo,
                note: self.surroundings.note.clone(),
            },
        };
        Started {
            is_noted: self.append(&entry),
            records: self,
            entry,
        }
    }

    /// Writes that a change begins of what is kept here, without Apple.
    pub fn begin_local(self, profile: &str, record: &Record) -> Started<'a> {
        self.begin_of(LOCAL, profile, record)
    }

    /// Writes that a change begins of what `organization` has.
    pub fn begin_of(self, organization: &str, profile: &str, record: &Record) -> Started<'a> {
        self.begin(Begun {
            organization,
            profile,
            before: record.before.clone(),
            changes: serde_json::to_value(&record.changes).unwrap_or_default(),
            undo: record.put_back.clone(),
        })
    }

    /// A change whose beginning an earlier run wrote.
    pub fn begun(self, entry: &Entry) -> Started<'a> {
        Started {
            is_noted: true,
            records: self,
            entry: entry.clone(),
        }
    }

    fn append(&self, entry: &Entry) -> bool {
        let journal = Journal::new(&self.folders.state);
        let appended = journal.append(entry);
        if let Err(error) = &appended {
            let path = journal.path().display();
            let text = format!(
                "The change isn't in the journal, because abmctl can't write to {path}: {error}."
            );
            self.surroundings.notices.warn(&text.into());
        }
        appended.is_ok()
    }
}

/// A change that began. Without [`Self::end`] it stays open: it isn't known how it ended.
pub struct Started<'a> {
    records: Records<'a>,
    entry: Entry,
    is_noted: bool,
}

impl Started<'_> {
    /// Its id in the journal.
    pub fn id(&self) -> &str {
        &self.entry.id
    }

    /// Writes how it ended.
    pub fn end(self, how: How, sentence: impl Into<String>) {
        self.try_end(how, sentence);
    }

    /// Writes how it ended, and says whether the journal has it.
    pub fn try_end(self, how: How, sentence: impl Into<String>) -> bool {
        self.end_with(Event::ended(how, sentence))
    }

    /// Writes how it ended, with the status that Apple answered.
    pub fn answered(self, how: How, sentence: impl Into<String>, status: Option<u16>) {
        self.end_with(Event::Ended {
            how: sentence.into(),
            word: Some(how),
            status,
            undo: None,
        });
    }

    fn end_with(self, event: Event) -> bool {
        let at = self.records.surroundings.outside.clock.now();
        self.is_noted
            && self.records.append(&Entry {
                at,
                event,
                ..self.entry
            })
    }
}
