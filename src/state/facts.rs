//! What Apple said of each server token: its account, and the ADDE URL as last seen. No secret is in it.
//!
//! One file for each token, named by the token's fingerprint, so that a replaced token starts anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a server token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The id of its server, where Apple said it.
    pub server_id: Option<String>,
    /// The name of its server.
    pub server_name: Option<String>,
    /// The organization.
    pub organization: Option<String>,
    /// When Apple said these three.
    pub account_at: Option<Timestamp>,
    /// The ADDE URL as last seen.
    pub url: Option<String>,
    /// Its set time, where Apple said it in a form that is understood.
    pub set_at: Option<Timestamp>,
    /// When the URL was last asked for; without it nothing is known of the URL.
    pub seen_at: Option<Timestamp>,
}

/// The facts kept in one state folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("server-tokens"),
        }
    }

    /// What is known of a token; nothing where the file is absent or can't be read, since Apple can be asked again.
    pub fn read(&self, fingerprint: &str) -> Facts {
        fs::read(self.path(fingerprint))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Keeps what is known of a token.
    pub fn write(&self, fingerprint: &str, facts: &Facts) -> io::Result<()> {
        super::replace(&self.path(fingerprint), &serde_json::to_vec_pretty(facts)?)
    }

    fn path(&self, fingerprint: &str) -> PathBuf {
        self.folder.join(format!("{fingerprint}.json"))
    }
}
