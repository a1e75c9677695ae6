//! Changes of an organization's own profile, with secrets and without.

use super::{Change, Plan, Storage};
use crate::config::{File, Profile};
use crate::error::Error;
use crate::organization::Organization;
use crate::secret::Secrets;

impl Organization {
    /// What stands in its profile; `None` if it is new.
    pub fn stored(&self) -> Result<Option<Profile>, Error> {
        let settings = self.settings();
        let mut file = File::load(&settings.folders)?;
        Ok(file.profiles.remove(settings.profile_to_store()))
    }

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

    /// Changes the configuration of its profile, or only sees that it could be; no secret is in it.
    pub async fn edit_profile(&self, change: Change<'_>, dry_run: bool) -> Result<(), Error> {
        let secrets = self.secrets();
        let plan = self.plan_change(change, &secrets, dry_run).await?;
        plan.apply().await.map(|_| ())
    }
}
