//! What a run over the defaults needs of its organization: the lock, and signals held off once something was sent.

use std::cell::OnceCell;
use std::time::Duration;

use super::{Defaults, Left};
use crate::config::OrganizationKind;
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::interrupts::Holding;
use crate::private_files::Lock;

/// What the user is told when a signal comes once something was sent.
fn restoring() -> Hint {
    hint![
        "Interrupted. Restoring the previous defaults. Press Ctrl-C again to quit now; the next ",
        Command::new("assign"),
        " will finish restoring."
    ]
}

/// The same once the change is made.
fn reading_back() -> Hint {
    hint![
        "Interrupted. The change is made already and isn't undone. Only reading it back is left. Press Ctrl-C again to quit now; ",
        Command::new("assign"),
        " shows the defaults."
    ]
}

/// Holds signals off from the first request on that changes something.
pub(super) struct Hold<'a> {
    organization: &'a Organization,
    holding: OnceCell<Holding>,
}

impl<'a> Hold<'a> {
    /// Nothing is held off yet.
    pub(super) fn new(organization: &'a Organization) -> Self {
        Self {
            organization,
            holding: OnceCell::new(),
        }
    }

    /// Holds them off from now on; the user is told what is left.
    pub(super) fn take(&self, left: Left) {
        let words = match left {
            Left::Restoring => restoring(),
            Left::ReadingBack => reading_back(),
        };
        self.holding
            .get_or_init(|| self.organization.hold(words.clone()))
            .say(words);
    }
}

impl Organization {
    /// Whose changes they are in the journal: the API account, and where its API is.
    pub fn api_account(&self) -> Result<String, Error> {
        let settings = self.settings();
        let credentials = settings.required_credentials()?;
        Ok(format!(
            "{} {}",
            credentials.client_id.value, settings.services.api.value
        ))
    }

    /// One `assign` at a time for an organization: waits for another one for as long as `limit`, then exit 6.
    pub(super) async fn defaults_lock(&self, limit: Duration) -> Result<Lock, Error> {
        let name = format!("assign-{}", self.api_account()?);
        let what = "`abmctl assign` for this organization";
        self.lock(&name, what, limit).await
    }

    /// Why no default can be set here, if none can: an error that says so. Exit 3 without an API account.
    pub fn only_reads_defaults(&self) -> Result<Option<Error>, Error> {
        let settings = self.settings();
        if settings.required_credentials()?.kind == OrganizationKind::School {
            let error = Error::new(
                Kind::Refused,
                "Apple School Manager's API shows defaults but can't set them. Nothing was changed.",
            );
            return Ok(Some(error.hint(hint![
                "Set the default in Apple School Manager, in the settings of the device management service. ",
                Command::new("assign"),
                " and ",
                Command::new("assign --check"),
                " work there."
            ])));
        }
        let read_only = settings.why_read_only();
        Ok(read_only.map(|why| {
            Error::usage(format!(
                "abmctl sets no default, because {why}. Nothing was changed."
            ))
        }))
    }

    /// What the defaults are read and changed with. `hold` is called before the first request that changes something.
    pub(super) fn defaults<'a>(&'a self, hold: &'a dyn Fn(Left)) -> Result<Defaults<'a>, Error> {
        let settings = self.settings();
        Ok(Defaults {
            manager: self.manager()?,
            journal: self.journal(),
            clock: self.clock(),
            random: self.random(),
            notices: self.notices(),
            hold,
            stop: self.stop(),
            organization: self.api_account()?,
            server_ids: self.server_ids()?,
            profile: self.profile().to_owned(),
            note: self.note().map(str::to_owned),
            timeout: settings.timeout.value,
            max_wait: settings.max_wait.value,
        })
    }
}
