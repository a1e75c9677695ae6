//! Changes of a profile, with secrets and without.

use super::{Change, Plan, Storage};
use crate::config::{self, Edit};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::record::{Record, Records, Started};
use crate::secret::Secrets;
use crate::state::journal::How;

impl Organization {
    /// Looks into a change of its profile; `secrets` are its own. The errors of [`Plan::new`].
    pub async fn plan_change<'a>(
        &'a self,
        change: Change<'a>,
        secrets: &'a Secrets,
        dry_run: bool,
    ) -> Result<Plan<'a>, Error> {
        let storage = Storage {
            records: self.records(),
            secrets,
            dry_run,
        };
        Plan::new(change, storage).await
    }

    /// Changes the configuration of this profile, which is its own; the errors of [`edit`].
    pub async fn edit_profile(
        &self,
        profile: &str,
        record: &Record,
        dry_run: bool,
        write: impl Fn(&mut Edit) -> Result<(), Error>,
    ) -> Result<(), Error> {
        edit(self.records(), profile, record, dry_run, write).await
    }
}

/// Changes the configuration where no secret is concerned, or only sees that it could be changed. What others changed meanwhile stays,
/// so it waits for nobody who is about to replace a secret.
///
/// Exit 2 if the configuration can't be used, 6 if another process is writing it.
pub async fn edit(
    records: Records<'_>,
    profile: &str,
    record: &Record,
    dry_run: bool,
    write: impl Fn(&mut Edit) -> Result<(), Error>,
) -> Result<(), Error> {
    // A change that can't be made isn't begun, so the journal has nothing of it.
    config::rehearse(records.folders, &write)?;
    if dry_run {
        return Ok(());
    }
    let started = records.begin_local(profile, record);
    let done = config::edit(records.folders, records.claimant(), write).await;
    end(started, done.as_ref().err());
    done
}

/// Writes into the journal how a change ended.
pub(super) fn end(started: Started<'_>, error: Option<&Error>) {
    match error {
        None => started.end(How::AsWished, "As wished."),
        Some(error) => started.end(How::Failed, &error.message),
    }
}
