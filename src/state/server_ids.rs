//! The ids of an organization's servers as Apple last listed them, so that the next run reads them together with the list.

use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::private_files;

/// A server that was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedServer {
    pub id: String,
    /// The list said what it is the default for.
    #[serde(default)]
    pub is_whole: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    owner: String,
    servers: Vec<ListedServer>,
}

/// The place of one organization's ids.
#[derive(Debug, Clone)]
pub struct ServerIds {
    path: PathBuf,
    owner: String,
}

impl ServerIds {
    /// The place of `owner`, an API account and where its API is, in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path, owner: String) -> Self {
        let hash = digest(&SHA256, owner.as_bytes());
        let name: Vec<String> = hash.as_ref()[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            path: state
                .join("server-ids")
                .join(format!("{}.json", name.concat())),
            owner,
        }
    }

    /// The servers; none where the file is absent, damaged or another owner's, since the list tells them.
    pub fn read(&self) -> Vec<ListedServer> {
        private_files::read(&self.path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Stored>(&bytes).ok())
            .filter(|stored| stored.owner == self.owner)
            .map(|stored| stored.servers)
            .unwrap_or_default()
    }

    /// Keeps the servers if they aren't those that are kept. Where that fails, the next run takes a little longer.
    pub fn keep(&self, servers: Vec<ListedServer>) {
        if self.read() == servers {
            return;
        }
        let stored = Stored {
            owner: self.owner.clone(),
            servers,
        };
        let written = serde_json::to_vec(&stored)
            .map_err(std::io::Error::from)
            .and_then(|bytes| private_files::replace(&self.path, &bytes));
        if let Err(error) = written {
            tracing::info!(target: "abmctl::http", "The ids of the servers can't be kept: {error}.");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn listed(id: &str) -> ListedServer {
        ListedServer {
            id: id.to_owned(),
            is_whole: false,
        }
    }

    #[test]
    fn ids_are_kept_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let acme = ServerIds::new(folder.path(), "acme".to_owned());
        assert_eq!(acme.read(), []);
        acme.keep(vec![listed("1"), listed("2")]);
        assert_eq!(acme.read(), [listed("1"), listed("2")]);
        let globex = ServerIds::new(folder.path(), "globex".to_owned());
        assert_eq!(globex.read(), []);
        fs::rename(&acme.path, &globex.path).unwrap();
        assert_eq!(globex.read(), []);
        assert_eq!(acme.read(), []);
    }

    #[test]
    fn the_file_is_the_owners_and_a_damaged_one_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let ids = ServerIds::new(folder.path(), "acme".to_owned());
        ids.keep(vec![listed("1")]);
        let mode = fs::metadata(&ids.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        for damaged in ["", "{", "[1]", r#"{"owner":"acme","servers":[{"id":1}]}"#] {
            fs::write(&ids.path, damaged).unwrap();
            assert_eq!(ids.read(), [], "{damaged}");
        }
        ids.keep(vec![listed("2")]);
        assert_eq!(ids.read(), [listed("2")]);
    }
}
