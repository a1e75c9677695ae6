//! Changes of a profile, with secrets and without.

use super::{Change, Plan, Storage};
use crate::config::{self, Edit, Folders};
use crate::error::Error;
use crate::organization::Organization;
use crate::private_files::Claimant;
use crate::secret::Secrets;

impl Organization {
    /// Looks into a change of its profile; `secrets` are its own. The errors of [`Plan::new`].
    pub async fn plan_change<'a>(
        &'a self,
        change: Change<'a>,
        secrets: &'a Secrets,
        dry_run: bool,
    ) -> Result<Plan<'a>, Error> {
        let storage = Storage {
            folders: &self.settings().folders,
            secrets,
            claimant: self.claimant(),
            dry_run,
        };
        Plan::new(change, storage).await
    }

    /// Changes the configuration of its profile; the errors of [`edit`].
    pub async fn edit_profile(
        &self,
        dry_run: bool,
        write: impl FnOnce(&mut Edit) -> Result<(), Error>,
    ) -> Result<(), Error> {
        edit(&self.settings().folders, self.claimant(), dry_run, write).await
    }
}

/// Changes the configuration where no secret is concerned, or only sees that it could be changed. What others changed meanwhile stays,
/// so it waits for nobody who is about to replace a secret.
///
/// Exit 2 if the configuration can't be used, 6 if another process is writing it.
pub async fn edit(
    folders: &Folders,
    claimant: Claimant<'_>,
    dry_run: bool,
    write: impl FnOnce(&mut Edit) -> Result<(), Error>,
) -> Result<(), Error> {
    if dry_run {
        config::rehearse(folders, write)
    } else {
        config::edit(folders, claimant, write).await
    }
}
