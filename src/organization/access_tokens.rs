//! Access tokens that are kept for the next command.

use std::path::PathBuf;

use jiff::Timestamp;

use super::Organization;
use super::profile::{Done, Plan};
use crate::apple::oauth::cache::{self, Cache, Owner};
use crate::config::{CredentialRefs, Folders, Settings};
use crate::error::Error;

/// The folder of access tokens.
pub fn token_folder(folders: &Folders) -> PathBuf {
    folders.state.join("access-tokens")
}

/// The place of an API account's access token.
pub fn token_cache(settings: &Settings, credentials: &CredentialRefs) -> Cache {
    let services = &settings.services;
    Cache::new(
        token_folder(&settings.folders),
        Owner {
            client_id: credentials.client_id.value.clone(),
            key_id: credentials.key_id.as_ref().map(|id| id.value.clone()),
            scope: credentials.kind.scope().to_owned(),
            token_url: services.token.value.to_string(),
            api_origin: services.api.value.to_string(),
            authorization: None,
        },
    )
}

/// Drops the access tokens kept for a client id, in a rehearsal only in words; returns the end of the one that lasts longest.
///
/// One that can't be removed is no reason to keep credentials: it ends within the hour.
pub fn drop_access_tokens(folders: &Folders, client_id: &str, dry_run: bool) -> Option<Timestamp> {
    let folder = token_folder(folders);
    let end = if dry_run {
        cache::latest_end(&folder, client_id)
    } else {
        cache::forget_account(&folder, client_id)
    };
    end.ok().flatten()
}

/// What came of a change of credentials, or would come.
pub struct CredentialsChange {
    /// What came of the change of the profile.
    pub done: Done,
    /// The end of the access token that was kept for the credentials before.
    pub access_token: Option<Timestamp>,
}

impl Organization {
    /// The end of the access token that is kept for its API account, where that is still good.
    pub fn access_token_end(&self) -> Option<Timestamp> {
        let settings = self.settings();
        let token = token_cache(settings, settings.credentials.as_ref()?).read()?;
        Some(token.expires_at).filter(|end| *end > self.clock().now())
    }

    /// Makes a change of credentials, and drops the access tokens of `client_id`, which stood in the profile before.
    pub(super) async fn change_credentials(
        &self,
        plan: Plan<'_>,
        client_id: Option<&String>,
    ) -> Result<CredentialsChange, Error> {
        let dry_run = plan.is_rehearsal();
        let done = plan.apply().await?;
        let folders = &self.settings().folders;
        Ok(CredentialsChange {
            access_token: client_id.and_then(|id| drop_access_tokens(folders, id, dry_run)),
            done,
        })
    }
}
