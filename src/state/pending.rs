//! An authorization that was begun and waits for the address that the browser lands on: valid for an hour, used once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::private_files;

/// An authorization that is under way. Not `Debug`: whoever knows `state` could slip in another authorization.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub profile: String,
    /// The App ID or Services ID that is authorized.
    pub client_id: String,
    /// The developer team.
    pub team_id: String,
    pub key_id: String,
    /// The file of a private key that the profile does not have yet.
    pub private_key_file: Option<PathBuf>,
    /// Where secrets are to be kept: `keyring` or `file`.
    pub store: Option<String>,
    /// Where Apple sends the browser.
    pub redirect_uri: String,
    /// What is asked for.
    pub scope: String,
    /// What the address must bring back.
    pub state: String,
    /// When it can't be resumed any more.
    pub expires_at: Timestamp,
}

/// Those kept in one state folder, one for each profile.
#[derive(Debug, Clone)]
pub struct PendingStore {
    folder: PathBuf,
}

impl PendingStore {
    /// The store in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("authorizations"),
        }
    }

    /// What is under way for a profile, also where its time is over; `None` where nothing is, or nothing readable.
    pub fn read(&self, profile: &str) -> Option<Pending> {
        let bytes = private_files::read(&self.path(profile)).ok()?;
        let pending: Pending = serde_json::from_slice(&bytes).ok()?;
        (pending.profile == profile).then_some(pending)
    }

    /// Keeps one, mode 0600, in place of the one before; its profile's name was checked to be good for a file. Others whose
    /// time is over at `now` go.
    pub fn write(&self, pending: &Pending, now: Timestamp) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let bytes = private_files::read(&entry.path()).unwrap_or_default();
            if serde_json::from_slice::<Pending>(&bytes).is_ok_and(|it| it.expires_at <= now) {
                // One that stays can't be resumed either.
                let _ = fs::remove_file(entry.path());
            }
        }
        let text = serde_json::to_vec_pretty(pending)?;
        private_files::replace(&self.path(&pending.profile), &text)
    }

    /// Forgets what is under way for a profile; there being nothing is fine.
    pub fn forget(&self, profile: &str) -> io::Result<()> {
        match fs::remove_file(self.path(profile)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, profile: &str) -> PathBuf {
        self.folder.join(format!("{profile}.json"))
    }
}
