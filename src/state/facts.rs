//! What Apple said of each server token: its account, and the ADDE URL as last seen. No secret is in it.
//!
//! One file for each place that a token is configured at, named by a digest of that place: so a hint can tell what is known
//! without opening the secret. The fingerprint inside tells whether the token is still the same.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::TokenRef;
use crate::private_files;

/// What is known of a server token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenFacts {
    /// Which token these are of: [`crate::apple::device_assignment::server_token::ServerToken::fingerprint`].
    pub fingerprint: String,
    /// The id of its server, where Apple said it.
    pub server_id: Option<String>,
    pub server_name: Option<String>,
    pub organization: Option<String>,
    /// When Apple said these three.
    pub account_at: Option<Timestamp>,
    /// The ADDE URL as last seen.
    pub url: Option<String>,
    /// Its set time, where Apple said it in a form that is understood.
    pub set_at: Option<Timestamp>,
    /// When the URL was last asked for; without it nothing is known of the URL.
    pub seen_at: Option<Timestamp>,
    /// When Apple stops accepting the token, by its own date.
    pub expires_at: Option<Timestamp>,
    /// Why Apple refuses the token; `None` if it accepted it, or wasn't asked.
    pub refused: Option<Refused>,
}

/// Why Apple refuses a token, as it last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub why: Why,
    /// When Apple said so.
    pub at: Timestamp,
}

/// What keeps a token from working until somebody does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Expired,
    Replaced,
    TermsNotSigned,
}

/// The facts kept in one state folder.
#[derive(Debug, Clone)]
pub struct FactsStore {
    folder: PathBuf,
}

impl FactsStore {
    /// The store in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("server-tokens"),
        }
    }

    /// What is known of a token; nothing where the file is absent or can't be read, since Apple can be asked again.
    pub fn read(&self, place: &str) -> SeenFacts {
        private_files::read(&self.path(place))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Keeps what is known of the token at `place`.
    pub fn write(&self, place: &str, facts: &SeenFacts) -> io::Result<()> {
        private_files::replace(&self.path(place), &serde_json::to_vec_pretty(facts)?)
    }

    /// Forgets what is known of the token at `place`.
    pub fn forget(&self, place: &str) -> io::Result<()> {
        match fs::remove_file(self.path(place)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, place: &str) -> PathBuf {
        let digest = digest(&SHA256, place.as_bytes());
        let name: Vec<String> = digest.as_ref()[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.folder.join(format!("{}.json", name.concat()))
    }
}

/// The place of a token: its profile and name, and where its secret is.
pub fn place(token: &TokenRef) -> String {
    let location = &token.token.value;
    let profile = location.slot.profile.as_deref().unwrap_or_default();
    format!(
        "{profile}\n{}\n{}",
        token.name,
        location.reference.to_config()
    )
}
