//! The access to the Roster API as `auth status` shows it.

use serde::Serialize;

use crate::config::{RosterRefs, Sourced};
use crate::secret::SecretLocation;

/// The access to the Roster API; where its secrets are, never the secrets.
#[derive(Debug, Serialize)]
pub(crate) struct Roster {
    client_id: String,
    team_id: String,
    key_id: String,
    private_key: String,
    refresh_token: Option<String>,
    authorized: bool,
    redirect_uri: Option<String>,
    organization_id: Option<String>,
    organization: Option<String>,
    source: String,
}

impl From<&RosterRefs> for Roster {
    fn from(refs: &RosterRefs) -> Self {
        let kept_in = |location: &Sourced<SecretLocation>| location.value.reference.to_string();
        Self {
            client_id: refs.client_id.value.clone(),
            team_id: refs.team_id.value.clone(),
            key_id: refs.key_id.value.clone(),
            private_key: kept_in(&refs.private_key),
            refresh_token: refs.refresh_token.as_ref().map(kept_in),
            authorized: refs.refresh_token.is_some(),
            redirect_uri: refs.redirect_uri.as_ref().map(|uri| uri.value.clone()),
            organization_id: refs.organization_id.clone(),
            organization: refs.organization.clone(),
            source: refs.client_id.source.to_string(),
        }
    }
}

impl Roster {
    /// The same as a cell: whose it is, and where its secrets are.
    pub(crate) fn cell(&self) -> String {
        let Self {
            client_id,
            private_key,
            ..
        } = self;
        let kept = match &self.refresh_token {
            Some(refresh_token) if refresh_token != private_key => {
                format!("{private_key} and {refresh_token}")
            }
            _ => private_key.clone(),
        };
        match (self.authorized, &self.organization) {
            (true, Some(organization)) => format!("{client_id} for {organization}, in {kept}"),
            (true, None) => format!("{client_id}, authorized, in {kept}"),
            (false, _) => format!("{client_id}, not authorized, in {kept}"),
        }
    }
}
