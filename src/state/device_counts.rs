//! How many devices an organization last had, so that the next run knows how many pages they are.

use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::private_files;

#[derive(Serialize, Deserialize)]
struct Stored {
    owner: String,
    devices: usize,
}

/// The place of one organization's number.
#[derive(Debug, Clone)]
pub struct DeviceCount {
    path: PathBuf,
    owner: String,
}

impl DeviceCount {
    /// The place of `owner`, an API account and where its API is, in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path, owner: String) -> Self {
        let hash = digest(&SHA256, owner.as_bytes());
        let hash = hash.as_ref()[..12].iter();
        let name: String = hash.map(|byte| format!("{byte:02x}")).collect();
        Self {
            path: state.join("device-counts").join(format!("{name}.json")),
            owner,
        }
    }

    /// The number; `None` if the file is absent, damaged or another owner's.
    pub fn read(&self) -> Option<usize> {
        let bytes = private_files::read(&self.path).ok()?;
        let stored: Stored = serde_json::from_slice(&bytes).ok()?;
        (stored.owner == self.owner).then_some(stored.devices)
    }

    /// Keeps the number if it isn't the one that is kept. If that fails, the next run may send a few more requests.
    pub fn keep(&self, devices: usize) {
        if self.read() == Some(devices) {
            return;
        }
        let stored = Stored {
            owner: self.owner.clone(),
            devices,
        };
        let written = serde_json::to_vec(&stored)
            .map_err(std::io::Error::from)
            .and_then(|bytes| private_files::replace(&self.path, &bytes));
        if let Err(error) = written {
            tracing::info!(target: "abmctl::http", "The number of devices can't be kept: {error}.");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_number_is_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let acme = DeviceCount::new(folder.path(), "acme".to_owned());
        assert_eq!(acme.read(), None);
        acme.keep(7);
        acme.keep(8);
        assert_eq!(acme.read(), Some(8));
        let mode = fs::metadata(&acme.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let globex = DeviceCount::new(folder.path(), "globex".to_owned());
        fs::rename(&acme.path, &globex.path).unwrap();
        assert_eq!(globex.read(), None);
        fs::write(&acme.path, "{").unwrap();
        assert_eq!(acme.read(), None);
    }
}
