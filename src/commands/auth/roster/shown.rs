//! The access to the Roster API as `auth status` shows it.

use serde_json::{Map, Value, json};

use crate::config::{RosterRefs, Sourced};
use crate::secret::SecretLocation;

/// The access to the Roster API; where its secrets are, never the secrets.
pub fn member(refs: &RosterRefs) -> Value {
    let kept_in = |location: &Sourced<SecretLocation>| location.value.reference.to_string();
    json!({
        "client_id": refs.client_id.value,
        "team_id": refs.team_id.value,
        "key_id": refs.key_id.value,
        "private_key": kept_in(&refs.private_key),
        "refresh_token": refs.refresh_token.as_ref().map(kept_in),
        "authorized": refs.refresh_token.is_some(),
        "redirect_uri": refs.redirect_uri.as_ref().map(|uri| &uri.value),
        "organization_id": refs.organization_id,
        "organization": refs.organization,
        "source": refs.client_id.source.to_string(),
    })
}

/// The same as a cell: whose it is, and where its secrets are.
pub fn cell(row: &Map<String, Value>) -> String {
    let Some(roster) = row.get("roster").filter(|roster| !roster.is_null()) else {
        return String::new();
    };
    let text = |name: &str| roster[name].as_str();
    let client_id = text("client_id").unwrap_or_default();
    let private_key = text("private_key").unwrap_or_default();
    let kept = match text("refresh_token") {
        Some(refresh_token) if refresh_token != private_key => {
            format!("{private_key} and {refresh_token}")
        }
        _ => private_key.to_owned(),
    };
    match (roster["authorized"] == true, text("organization")) {
        (true, Some(organization)) => format!("{client_id} for {organization}, in {kept}"),
        (true, None) => format!("{client_id}, authorized, in {kept}"),
        (false, _) => format!("{client_id}, not authorized, in {kept}"),
    }
}
