//! The cache of access tokens on disk, so that a cron job that runs every minute requests a token every 55 minutes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::private_files::{self, Claimant, Locked};

/// An access token and its end.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// What goes behind `Bearer`.
    pub value: SecretString,
    /// When Apple stops accepting it.
    pub expires_at: Timestamp,
}

/// What a cached token belongs to: with any other of these it is not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The API account, or the app that opens the Roster API.
    pub client_id: String,
    /// Its key, where configured.
    pub key_id: Option<String>,
    /// `business.api` or `school.api`; the Roster API's, which is asked for once.
    pub scope: String,
    /// Who issued the token.
    pub token_url: String,
    /// Where it is used.
    pub api_origin: String,
    /// Which authorization it is, where somebody gave one: another's token is never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    owner: Owner,
    access_token: String,
    expires_at: Timestamp,
}

/// One owner's place in the cache.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    owner: Owner,
    name: String,
}

impl Cache {
    /// The place of `owner` below `folder`; nothing is opened yet.
    pub fn new(folder: PathBuf, owner: Owner) -> Self {
        let mut parts = vec![
            owner.client_id.as_str(),
            owner.key_id.as_deref().unwrap_or_default(),
            &owner.scope,
            &owner.token_url,
            &owner.api_origin,
        ];
        parts.extend(owner.authorization.as_deref());
        let text = parts.join("\n");
        let hash = digest(&SHA256, text.as_bytes());
        let start = hash.as_ref().iter().take(16);
        let name = start.fold(0, |number, byte| number << 8 | u128::from(*byte));
        Self {
            folder,
            owner,
            name: format!("{name:032x}"),
        }
    }

    /// The file that the token is kept in.
    pub fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    /// The kept token, whatever its end; `None` if there is none that can be used: others than its owner may have written a
    /// file that they have permissions for.
    pub fn read(&self) -> Option<AccessToken> {
        let bytes = private_files::read_secret(&self.path()).ok()?;
        let stored: Stored = serde_json::from_slice(&bytes).ok()?;
        (stored.owner == self.owner).then(|| AccessToken {
            value: stored.access_token.into(),
            expires_at: stored.expires_at,
        })
    }

    /// Keeps a token: mode 0600 from the beginning, and replaced in one step.
    pub fn write(&self, token: &AccessToken) -> io::Result<()> {
        let stored = Stored {
            owner: self.owner.clone(),
            access_token: token.value.expose_secret().to_owned(),
            expires_at: token.expires_at,
        };
        private_files::replace(&self.path(), &serde_json::to_vec(&stored)?)
    }

    /// Forgets the token; there being none is fine.
    pub fn forget(&self) -> io::Result<()> {
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes the turn to ask for this owner's token, for which another process may be asking: waits for `limit` at the most.
    pub async fn hold(&self, claimant: Claimant<'_>, limit: Duration) -> io::Result<Locked> {
        let path = self.folder.join(format!("{}.lock", self.name));
        private_files::lock(&path, claimant, limit).await
    }
}

/// Forgets every kept token of an API account, whatever its key and its services; returns the latest end of them.
///
/// A file that can't be read holds no token that could be used.
pub fn forget_account(folder: &Path, client_id: &str) -> io::Result<Option<Timestamp>> {
    let mut latest = None;
    for (path, stored) in tokens_of(folder, client_id)? {
        fs::remove_file(path)?;
        latest = latest.max(Some(stored.expires_at));
    }
    Ok(latest)
}

/// The latest end of an API account's kept tokens.
pub fn latest_end(folder: &Path, client_id: &str) -> io::Result<Option<Timestamp>> {
    let tokens = tokens_of(folder, client_id)?;
    Ok(tokens
        .into_iter()
        .map(|(_, stored)| stored.expires_at)
        .max())
}

fn tokens_of(folder: &Path, client_id: &str) -> io::Result<Vec<(PathBuf, Stored)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut tokens = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let stored = private_files::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Stored>(&bytes).ok());
        if let Some(stored) = stored.filter(|stored| stored.owner.client_id == client_id) {
            tokens.push((path, stored));
        }
    }
    Ok(tokens)
}
