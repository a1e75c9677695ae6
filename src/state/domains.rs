//! What is kept of an organization's domains: its audit log, and how many accounts each has. No secret is in it.
//!
//! One file for each API account and origin, which says whose it is and carries a digest of what it holds: another
//! organization's credentials never read it, and what is damaged is not taken for what Apple said.

use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::core::audit_log::KeptLog;
use crate::core::domains::{Accounts, Roster};
use crate::private_files;

/// The form of the file. If it is another one, Apple is asked again.
const VERSION: u32 = 2;
/// The version of what is read of each event: since 1 the name in its data. A log that was read with an older one is read again once.
const LOG_VERSION: u32 = 1;

/// Whose domains they are. The API does not tell the organization, so its API account stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The API account, or the app of the Roster API with its organization.
    pub client_id: String,
    /// Where it is used.
    pub api_origin: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDomains {
    /// The audit log.
    pub log: Option<KeptLog>,
    /// The accounts, as they were last counted.
    pub accounts: Option<Accounts>,
    /// What School Manager's Roster API said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<Roster>,
    /// An older version of abmctl read the log, and knew less of each event: it counts, and is to be read again once.
    #[serde(skip)]
    pub outdated: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    #[serde(default)]
    log_version: u32,
    digest: String,
    owner: Owner,
    kept: KeptDomains,
}

/// One organization's place.
#[derive(Debug, Clone)]
pub struct DomainStore {
    path: PathBuf,
    owner: Owner,
}

/// Why what is there can't be used; the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is not what was written.
    #[error("is damaged")]
    Damaged,
    /// Another version of abmctl wrote it.
    #[error("was written by another version of abmctl")]
    OtherVersion,
    /// It can't be read at all.
    #[error("can't be read")]
    Unreadable,
}

impl DomainStore {
    /// The place of `owner` in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path, owner: Owner) -> Self {
        let name = hex(
            format!("{}\n{}", owner.client_id, owner.api_origin).as_bytes(),
            12,
        );
        Self {
            path: state.join("domains").join(format!("{name}.json")),
            owner,
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is kept; nothing where there is no file.
    pub fn read(&self) -> Result<KeptDomains, Unusable> {
        #[derive(Deserialize)]
        struct Form {
            version: u32,
        }
        let bytes = match private_files::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(KeptDomains::default());
            }
            Err(_) => return Err(Unusable::Unreadable),
            Ok(bytes) => bytes,
        };
        let form: Form = serde_json::from_slice(&bytes).map_err(|_| Unusable::Damaged)?;
        if form.version != VERSION {
            return Err(Unusable::OtherVersion);
        }
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| Unusable::Damaged)?;
        let same = digest_of(&stored.kept).is_ok_and(|digest| digest == stored.digest);
        if !same || stored.owner != self.owner {
            return Err(Unusable::Damaged);
        }
        Ok(KeptDomains {
            outdated: stored.kept.log.is_some() && stored.log_version < LOG_VERSION,
            ..stored.kept
        })
    }

    /// Keeps this in place of what is there, in one step.
    pub fn write(&self, kept: &KeptDomains) -> io::Result<()> {
        let stored = Stored {
            version: VERSION,
            log_version: if kept.outdated { 0 } else { LOG_VERSION },
            digest: digest_of(kept)?,
            owner: self.owner.clone(),
            kept: kept.clone(),
        };
        private_files::replace(&self.path, &serde_json::to_vec(&stored)?)
    }
}

fn digest_of(kept: &KeptDomains) -> io::Result<String> {
    Ok(hex(&serde_json::to_vec(kept)?, 32))
}

/// The first bytes of a digest.
fn hex(bytes: &[u8], length: usize) -> String {
    let digest = digest(&SHA256, bytes);
    let digits = digest.as_ref().iter().take(length);
    digits.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::core::audit_log::{Read, Window};
    use crate::core::domains::{DomainEvent, EventKind};

    fn owner(client_id: &str) -> Owner {
        Owner {
            client_id: client_id.to_owned(),
            api_origin: "https://api-business.apple.com".to_owned(),
        }
    }

    fn kept() -> KeptDomains {
        let window = Window {
            start: "2026-01-01T00:00:00Z".parse().unwrap(),
            end: "2026-11-22T10:00:00Z".parse().unwrap(),
        };
        let event = DomainEvent {
            at: "2026-09-02T09:14:00.123Z".parse().unwrap(),
            kind: EventKind::Verified,
            subject_id: Some("7F".to_owned()),
            subject_name: None,
            id: "E".to_owned(),
            failed: false,
            by: None,
        };
        let read = Read {
            events: vec![event],
            anything: true,
            ..Read::default()
        };
        KeptDomains {
            log: Some(KeptLog::of(window, read)),
            accounts: Some(Accounts {
                at: window.end,
                counts: BTreeMap::from([("acme.com".to_owned(), 412)]),
            }),
            roster: None,
            outdated: false,
        }
    }

    #[test]
    fn what_is_written_is_read_by_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = DomainStore::new(folder.path(), owner("A"));
        assert_eq!(store.read(), Ok(KeptDomains::default()));
        store.write(&kept()).unwrap();
        assert_eq!(store.read(), Ok(kept()));
        let other = DomainStore::new(folder.path(), owner("B"));
        assert_eq!(other.read(), Ok(KeptDomains::default()));
        // Nor where somebody copied the file.
        fs::copy(store.path(), other.path()).unwrap();
        assert_eq!(other.read(), Err(Unusable::Damaged));
    }

    #[test]
    fn what_is_damaged_anywhere_is_not_taken_for_what_apple_said() {
        let folder = tempfile::tempdir().unwrap();
        let store = DomainStore::new(folder.path(), owner("A"));
        store.write(&kept()).unwrap();
        let good = fs::read(store.path()).unwrap();
        for at in 0..good.len() {
            fs::write(store.path(), &good[..at]).unwrap();
            assert_eq!(store.read(), Err(Unusable::Damaged), "cut at {at}");
            let mut changed = good.clone();
            changed[at] ^= 1;
            fs::write(store.path(), &changed).unwrap();
            // Where the name of an empty member is changed, it is empty still; another version may be older.
            let read = store.read().map(|read| KeptDomains {
                outdated: false,
                ..read
            });
            assert!(read.is_err() || read == Ok(kept()), "changed at {at}");
        }
        let newer = String::from_utf8(good)
            .unwrap()
            .replacen("\"version\":2", "\"version\":3", 1);
        fs::write(store.path(), &newer).unwrap();
        assert_eq!(store.read(), Err(Unusable::OtherVersion));
        // What an older version read counts, and stays older until it was read again.
        let good = newer.replacen("\"version\":3", "\"version\":2", 1);
        for older in ["", "\"log_version\":0,"] {
            fs::write(store.path(), good.replacen("\"log_version\":1,", older, 1)).unwrap();
            let outdated = KeptDomains {
                outdated: true,
                ..kept()
            };
            assert_eq!(store.read(), Ok(outdated.clone()), "{older}");
            store.write(&outdated).unwrap();
            assert_eq!(store.read(), Ok(outdated), "{older}");
        }
        store.write(&kept()).unwrap();
        assert_eq!(store.read(), Ok(kept()));
    }
}
