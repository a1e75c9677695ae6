//! One organization: what it has at Apple, what is kept of it on this machine, and how both are changed. No command line, no
//! tables, no prompts.
//!
//! [`Organization`] is one profile with all that it takes to use it. Several are several values: they share the connections
//! and nothing else, so that what one of them waits for, or fails at, is no other's business.

pub mod access_tokens;
pub mod activities;
pub mod adde_urls;
pub mod aliases;
mod clients;
pub mod configured;
pub mod defaults;
pub mod devices;
pub mod domains;
pub mod enrollment_check;
mod failure;
pub mod interrupts;
pub mod journal;
pub mod lock;
pub mod login;
pub mod logout;
pub mod new_state;
pub mod notices;
pub mod odd_items;
pub mod permissions;
pub mod private_key;
pub mod profile;
pub mod profiles;
pub mod record;
pub mod roster;
pub mod server_changes;
pub mod server_tokens;
pub mod servers;
pub mod unattended;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::apple::http::{Http, Progress};
use crate::apple::manager::Manager;
use crate::config::{Folders, Settings};
use crate::core::printed::Hint;
use crate::error::Error;
use crate::host::{Clock, Outside, Random, Signal};
use crate::private_files::Claimant;
use crate::secret::Secrets;
use crate::state::facts;
use crate::state::journal::{Journal, Lines};
use interrupts::{Holding, Interrupts};
use notices::{Notices, Written};
use record::Records;

pub use crate::apple::http::Clients;

/// What organizations are given that are at work at the same time. Cheap to clone.
#[derive(Clone)]
pub struct Surroundings {
    /// Clock, randomness, environment, keyring.
    pub outside: Outside,
    /// Takes what is said.
    pub notices: Arc<dyn Notices>,
    /// Signals, and who holds them off.
    pub interrupts: Rc<Interrupts>,
    /// The connections.
    pub clients: Arc<Clients>,
    /// The command that runs, such as `abmctl assign`, for whoever waits for its locks, and for the journal.
    pub command: String,
    /// What whoever runs it said of the change, for the journal.
    pub note: Option<String>,
}

impl Surroundings {
    /// Where secrets are kept, by folders and by the variables that `env:` references name.
    pub fn secrets(&self, folders: &Folders, variables: &BTreeSet<String>) -> Secrets {
        let notices = Arc::clone(&self.notices);
        Secrets::new(
            &self.outside,
            &folders.config,
            folders.home.as_deref(),
            variables,
            Arc::new(move |text| notices.said(&text.into())),
        )
    }

    /// Who asks for a lock in the name of the command that runs.
    pub fn claimant(&self) -> Claimant<'_> {
        Claimant {
            command: &self.command,
            clock: self.outside.clock.as_ref(),
        }
    }
}

/// One organization, by the settings of a profile or of the environment. Its clients are made on first use.
pub struct Organization {
    settings: Settings,
    surroundings: Surroundings,
    /// Since when nothing succeeded: one patience for all requests of this organization.
    progress: Arc<Progress>,
    http: OnceCell<Http>,
    manager: OnceCell<Manager>,
}

impl Organization {
    /// Takes the settings; opens nothing.
    pub fn new(settings: Settings, mut surroundings: Surroundings) -> Self {
        let notices = Arc::clone(&surroundings.notices);
        surroundings.notices = Arc::new(Written::new(notices, settings.reach()));
        Self {
            settings,
            surroundings,
            progress: Arc::default(),
            http: OnceCell::new(),
            manager: OnceCell::new(),
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn clock(&self) -> &dyn Clock {
        self.surroundings.outside.clock.as_ref()
    }

    /// The day, in UTC.
    pub fn today(&self) -> Date {
        self.clock().now().to_zoned(TimeZone::UTC).date()
    }

    /// Randomness.
    pub fn random(&self) -> &dyn Random {
        self.surroundings.outside.random.as_ref()
    }

    /// Who asks for a lock in the name of the command that runs.
    pub fn claimant(&self) -> Claimant<'_> {
        self.surroundings.claimant()
    }

    /// Where its secrets are kept.
    pub fn secrets(&self) -> Secrets {
        let settings = &self.settings;
        self.surroundings
            .secrets(&settings.folders, &settings.secret_variables)
    }

    /// The command that runs, such as `devices assign`, for the journal.
    pub fn command(&self) -> &str {
        let command = &self.surroundings.command;
        command.strip_prefix("abmctl ").unwrap_or(command)
    }

    /// What whoever runs the command said of the change, for the journal.
    pub fn note(&self) -> Option<&str> {
        self.surroundings.note.as_deref()
    }

    /// Writes into the journal what the command changes.
    pub fn records(&self) -> Records<'_> {
        Records::new(&self.surroundings, &self.settings.folders)
    }

    /// What is known of server tokens.
    pub fn facts(&self) -> facts::FactsStore {
        facts::FactsStore::new(&self.settings.folders.state)
    }

    /// The journal of changes.
    pub fn journal(&self) -> Journal {
        Journal::new(&self.settings.folders.state)
    }

    /// All lines of the journal. A damaged line is no error here.
    pub(crate) fn journal_lines(&self) -> Result<Lines, Error> {
        let lines = self.journal().read();
        lines.map_err(|error| self.journal_unread(&error))
    }

    pub(crate) fn journal_unread(&self, error: &io::Error) -> Error {
        let journal = self.journal();
        let path = journal.path().display();
        Error::failed(format!("The journal {path} can't be read: {error}."))
    }

    /// The name that documents and tables give to where the credentials come from.
    pub fn profile(&self) -> &str {
        self.settings.shown_profile()
    }

    /// A sentence for a document, with its commands as they have to be run.
    pub fn written(&self, hint: &Hint) -> String {
        hint.written(&self.settings.reach())
    }

    /// The signal that came, if one did that somebody held off: nothing new is begun any more.
    pub fn signal(&self) -> Option<Signal> {
        self.surroundings.interrupts.first()
    }

    /// Turns true when nothing new is to be begun.
    pub fn stop(&self) -> watch::Receiver<bool> {
        self.surroundings.interrupts.stop()
    }

    /// Holds signals off until the guard is dropped: the first one only makes [`Self::stop`] true, and the user is told `words`.
    pub fn hold(&self, words: impl Into<Hint>) -> Holding {
        Interrupts::hold(&self.surroundings.interrupts, words)
    }

    /// Takes what is said.
    pub fn notices(&self) -> &dyn Notices {
        self.surroundings.notices.as_ref()
    }

    /// Shows what is being done; an empty text, that it is over.
    pub fn progress(&self, text: &str) {
        self.surroundings.notices.progress(text);
    }

    pub fn warn<T: ?Sized>(&self, text: &T)
    where
        for<'a> &'a T: Into<Hint>,
    {
        self.surroundings.notices.warn(&text.into());
    }

    /// Advises.
    pub fn hint<T: ?Sized>(&self, text: &T)
    where
        for<'a> &'a T: Into<Hint>,
    {
        self.surroundings.notices.hint(&text.into());
    }
}
