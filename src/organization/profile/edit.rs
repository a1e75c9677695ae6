//! A change of a profile that has no secret in it.

use super::{Change, Plan, Surroundings};
use crate::config::{File, Profile};
use crate::error::Error;
use crate::organization::Organization;

impl Organization {
    /// What stands in its profile; `None` if it is new.
    pub fn stored(&self) -> Result<Option<Profile>, Error> {
        let settings = self.settings();
        let mut file = File::load(&settings.folders)?;
        Ok(file.profiles.remove(settings.profile_to_store()))
    }

    /// Changes the configuration of its profile, or only sees that it could be; no secret is in it.
    pub async fn edit_profile(&self, change: Change<'_>, dry_run: bool) -> Result<(), Error> {
        let secrets = self.secrets();
        let surroundings = Surroundings {
            folders: &self.settings().folders,
            secrets: &secrets,
            claimant: self.claimant(),
            dry_run,
        };
        let plan = Plan::new(change, surroundings).await?;
        if !dry_run {
            plan.apply().await?;
        }
        Ok(())
    }
}
