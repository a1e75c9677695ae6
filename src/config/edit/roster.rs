//! The access to the Roster API, put into a profile and taken out.

use super::{Edit, set, set_or_remove};
use crate::config::Roster;
use crate::error::Error;
use crate::secret::SecretReference;

impl Edit {
    /// Sets the access to the Roster API; its profile is created where it is missing.
    pub fn set_roster(&mut self, profile: &str, roster: &Roster) -> Result<(), Error> {
        let table = self.below_profile(profile, &["roster"])?;
        set(table, "client_id", &roster.client_id);
        set(table, "team_id", &roster.team_id);
        set(table, "key_id", &roster.key_id);
        set(table, "private_key", &roster.private_key.to_config());
        set_or_remove(table, "redirect_uri", roster.redirect_uri.as_deref());
        let refresh_token = roster.refresh_token.as_ref();
        let refresh_token = refresh_token.map(SecretReference::to_config);
        set_or_remove(table, "refresh_token", refresh_token.as_deref());
        set_or_remove(table, "organization_id", roster.organization_id.as_deref());
        set_or_remove(table, "organization", roster.organization.as_deref());
        Ok(())
    }

    /// Removes the access to the Roster API; whether there was any. Its secrets are removed by whoever calls this, before.
    pub fn remove_roster(&mut self, profile: &str) -> bool {
        let removed = self
            .existing(&["profiles", profile])
            .is_some_and(|table| table.remove("roster").is_some());
        self.keep_profile(profile, removed);
        removed
    }
}
