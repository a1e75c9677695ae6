//! The lines that this room writes, and how it reads them.

use super::Defaults;
use super::past::Past;
use crate::error::Error;
use crate::state::journal::{Entry, Event};

/// The name of these entries in the journal.
pub(super) const COMMAND: &str = "assign";

impl Defaults<'_> {
    /// What the journal has of earlier changes.
    pub(super) fn past(&self) -> Result<Past, Error> {
        let entries = self.journal.lines(&self.organization, COMMAND);
        let past = entries.map(|(entries, damaged)| Past::new(entries, damaged));
        past.map_err(|error| {
            Error::failed(format!(
                "The journal {} can't be read: {error}.",
                self.journal.path().display()
            ))
        })
    }

    /// Writes a line of the change `id`, and waits until it is on disk.
    pub(super) fn write(&self, id: &str, event: Event) -> Result<(), Error> {
        let entry = Entry {
            at: self.clock.now(),
            id: id.to_owned(),
            organization: self.organization.clone(),
            profile: self.profile.clone(),
            command: COMMAND.to_owned(),
            event,
        };
        self.journal.append(&entry).map_err(|error| {
            Error::failed(format!(
                "The journal {} can't be written: {error}.",
                self.journal.path().display()
            ))
        })
    }
}
