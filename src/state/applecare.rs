//! A cache of the AppleCare coverage of an organization's devices, kept for a day. Rows are appended as they come, so that a killed
//! run can be continued.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::private_files;

/// How long a row counts.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The coverages of a device: several are possible, and none.
pub type Coverages = Vec<Map<String, Value>>;

#[derive(Serialize, Deserialize)]
struct Owner {
    owner: String,
}

#[derive(Deserialize)]
struct Stored<'a> {
    serial: String,
    at: Timestamp,
    #[serde(borrow)]
    coverages: &'a RawValue,
}

#[derive(Serialize)]
struct Storing<'a> {
    serial: &'a str,
    at: Timestamp,
    coverages: &'a Coverages,
}

/// The coverages of one organization's devices.
pub struct AppleCareStore {
    path: PathBuf,
    owner: String,
    /// Those that count, as they were written.
    kept: HashMap<Box<str>, Box<str>>,
    file: Option<File>,
}

impl AppleCareStore {
    /// Opens the store of `owner`, an API account and where its API is, in `state`, the state folder. Rows that are older than a
    /// day by `now`, and with `refresh` all rows, are dropped. A store that is damaged or another owner's is an empty one.
    pub fn open(state: &Path, owner: String, now: Timestamp, refresh: bool) -> Self {
        let hash = digest(&SHA256, owner.as_bytes());
        let hash = hash.as_ref()[..12].iter();
        let name: String = hash.map(|byte| format!("{byte:02x}")).collect();
        let path = state.join("applecare").join(format!("{name}.ndjson"));
        let mut store = Self {
            path,
            owner,
            kept: HashMap::new(),
            file: None,
        };
        if let Err(error) = store.load(now, refresh) {
            tracing::info!(target: "abmctl::http", "AppleCare coverage can't be kept: {error}.");
        }
        store
    }

    fn load(&mut self, now: Timestamp, refresh: bool) -> io::Result<()> {
        let bytes = match private_files::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other?,
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        let is_mine = lines
            .next()
            .and_then(|line| serde_json::from_str::<Owner>(line).ok())
            .is_some_and(|it| it.owner == self.owner);
        let mut written = serde_json::to_string(&Owner {
            owner: self.owner.clone(),
        })? + "\n";
        for line in lines.filter(|_| is_mine && !refresh) {
            let Ok(stored) = serde_json::from_str::<Stored<'_>>(line) else {
                continue;
            };
            let age = now.duration_since(stored.at);
            if age >= KEPT || age.is_negative() {
                continue;
            }
            let coverages = stored.coverages.get().into();
            self.kept.insert(stored.serial.into(), coverages);
            written.push_str(line);
            written.push('\n');
        }
        // A line that a killed run left unfinished would spoil the next one.
        if written.as_bytes() != bytes {
            private_files::replace(&self.path, written.as_bytes())?;
        }
        self.file = Some(private_files::open_to_append(&self.path)?);
        Ok(())
    }

    /// What is kept of a device.
    pub fn get(&self, serial: &str) -> Option<Coverages> {
        serde_json::from_str(self.kept.get(serial)?).ok()
    }

    /// Keeps what was read of a device. If that fails, the next run reads it again.
    pub fn keep(&mut self, serial: &str, coverages: &Coverages, at: Timestamp) {
        let stored = Storing {
            serial,
            at,
            coverages,
        };
        let written = serde_json::to_string(&stored)
            .map_err(io::Error::from)
            .and_then(|line| match &mut self.file {
                // In one write, so that two runs don't mix their lines.
                Some(file) => file.write_all(format!("{line}\n").as_bytes()),
                None => Ok(()),
            });
        if let Err(error) = written {
            tracing::info!(target: "abmctl::http", "AppleCare coverage can't be kept: {error}.");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rows(description: &str) -> Coverages {
        let Value::Object(row) = json!({"description": description}) else {
            unreachable!()
        };
        vec![row]
    }

    #[test]
    fn rows_are_kept_for_a_day_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let open = |owner: &str, now: &str, refresh| {
            AppleCareStore::open(folder.path(), owner.to_owned(), at(now), refresh)
        };
        let mut store = open("acme", "2026-11-22T10:00:00Z", false);
        assert_eq!(store.get("A1"), None);
        store.keep("A1", &rows("one"), at("2026-11-22T10:00:00Z"));
        store.keep("A2", &Vec::new(), at("2026-11-22T20:00:00Z"));
        let mode = fs::metadata(&store.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let store = open("acme", "2026-11-23T09:59:59Z", false);
        assert_eq!(store.get("A1"), Some(rows("one")));
        assert_eq!(store.get("A2"), Some(Vec::new()));
        let store = open("acme", "2026-11-23T10:00:00Z", false);
        assert_eq!((store.get("A1"), store.get("A2")), (None, Some(Vec::new())));
        let other = open("globex", "2026-11-23T10:00:00Z", false);
        fs::copy(&store.path, &other.path).unwrap();
        assert_eq!(
            open("globex", "2026-11-23T10:00:00Z", false).get("A2"),
            None
        );
        assert_eq!(open("acme", "2026-11-23T10:00:00Z", true).get("A2"), None);
        assert_eq!(open("acme", "2026-11-23T10:00:00Z", false).get("A2"), None);
    }

    #[test]
    fn a_line_that_was_cut_off_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let now = at("2026-11-22T10:00:00Z");
        let open = || AppleCareStore::open(folder.path(), "acme".to_owned(), now, false);
        let mut store = open();
        store.keep("A1", &rows("one"), now);
        store.keep("A2", &rows("two"), now);
        let text = fs::read_to_string(&store.path).unwrap();
        fs::write(&store.path, &text[..text.len() - 9]).unwrap();
        let mut store = open();
        assert_eq!(
            (store.get("A1"), store.get("A2")),
            (Some(rows("one")), None)
        );
        store.keep("A3", &rows("three"), now);
        let store = open();
        assert_eq!(store.get("A3"), Some(rows("three")));
        fs::write(&store.path, b"\xff{").unwrap();
        assert_eq!(open().get("A1"), None);
    }
}
