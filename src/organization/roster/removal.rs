//! Taking the Roster API's settings and secrets out of a profile; the rest of it stays.

use super::profile::RosterProfile;
use crate::config::Roster;
use crate::error::Error;
use crate::organization::access_tokens::CredentialsChange;
use crate::organization::profile::{Change, Plan};
use crate::organization::record::{Record, Recorded};
use crate::secret::{Field, Secrets};

/// The access to the Roster API that is to be removed.
pub struct RosterRemoval<'a> {
    profile: &'a RosterProfile,
    /// What stands in the profile.
    pub roster: &'a Roster,
}

impl RosterProfile {
    /// The removal of its access to the Roster API; `None` where there is none, exit 4 where the profile does not exist.
    pub fn removal(&self) -> Result<Option<RosterRemoval<'_>>, Error> {
        self.must_exist()?;
        Ok(self.before().map(|roster| RosterRemoval {
            profile: self,
            roster,
        }))
    }
}

impl RosterRemoval<'_> {
    /// The change that removes it. The errors of [`Plan::new`].
    pub async fn plan<'a>(
        &'a self,
        dry_run: bool,
        secrets: &'a Secrets,
    ) -> Result<Plan<'a>, Error> {
        let profile = self.profile;
        let folders = &profile.organization.settings().folders;
        let from = super::profile::words(self.roster);
        let record = Record::of([Recorded::new("access to the Roster API", Some(from), None)]);
        let change = Change {
            remove: vec![Field::RosterPrivateKey, Field::RosterRefreshToken],
            by_hand: Some(format!(
                "To leave the secrets where they are, delete [profiles.{}.roster] from {} by hand.",
                profile.name,
                folders.config_file().display()
            )),
            ..Change::of(&profile.name, profile.stored(), record, |edit| {
                edit.remove_roster(&profile.name);
                Ok(())
            })
        };
        profile
            .organization
            .plan_change(change, secrets, dry_run)
            .await
    }

    /// Removes it by this plan, with its access token.
    pub async fn apply(&self, plan: Plan<'_>) -> Result<CredentialsChange, Error> {
        let organization = &self.profile.organization;
        organization
            .change_credentials(plan, Some(&self.roster.client_id))
            .await
    }
}
