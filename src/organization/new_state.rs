//! A state folder that may be gone after this run: what is lost with it, said once.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Folders;
use crate::core::mounts::{Passing, passing};
use crate::core::printed::{Command, Hint, hint};
use crate::host::{Environment, Host};
use crate::state::journal::Journal;

/// What CI systems set, whose machines are often thrown away.
const CI: [&str; 2] = ["CI", "TF_BUILD"];

/// A state folder without anything from an earlier run, in surroundings that look temporary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewState {
    folder: PathBuf,
    why: String,
}

impl NewState {
    /// Looks before anything is written. `None` if a person is there, if an earlier run left something, or if nothing says that
    /// the folder is temporary.
    pub fn look(host: &Host) -> Option<Self> {
        if host.terminal.stderr {
            return None;
        }
        let folder = Folders::from_environment(&host.environment).ok()?.state;
        let is_new = match fs::read_dir(&folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if !is_new {
            return None;
        }
        let why = why(&host.environment, || (host.mounts)(), &folder)?;
        Some(Self { folder, why })
    }

    /// What is lost of what this run did: a change, which is in the journal.
    pub fn lost_change(&self) -> Option<Hint> {
        let journal = Journal::new(&self.folder);
        let words = hint![
            self.so(),
            " Without it, no later run restores a change of defaults that was killed, and ",
            Command::plain("journal list"),
            " doesn't show this change. Keep the folder, or set ABMCTL_STATE_DIR to a folder that is kept."
        ];
        journal.path().exists().then_some(words)
    }

    /// What is lost of what this run read: the audit log.
    pub fn lost_log(&self) -> Option<Hint> {
        let words = format!(
            "{} Without it, each run reads the whole audit log. Keep the folder, or set ABMCTL_STATE_DIR to a folder that is kept.",
            self.so()
        );
        let kept = fs::read_dir(self.folder.join("domains")).ok()?;
        (kept.count() > 0).then(|| words.into())
    }

    fn so(&self) -> String {
        format!(
            "The state folder {} was empty before this run, and {}, so the folder may not be kept.",
            self.folder.display(),
            self.why
        )
    }
}

fn why(
    environment: &Environment,
    mounts: impl Fn() -> Option<String>,
    folder: &Path,
) -> Option<String> {
    let is_set = |name: &&&str| {
        let value = environment.get(name).map(str::to_lowercase);
        value.is_some_and(|it| !matches!(it.as_str(), "0" | "false" | "no"))
    };
    if let Some(name) = CI.iter().find(is_set) {
        return Some(format!("{name} is set"));
    }
    // It need not be there yet.
    let existing = folder
        .ancestors()
        .find_map(|above| fs::canonicalize(above).ok())?;
    let why = match passing(&mounts()?, &existing)? {
        Passing::Memory => "it is in memory",
        Passing::Container => "it is in the container's own file system",
        Passing::EmptyDir => "it is in an emptyDir of Kubernetes",
    };
    Some(why.to_owned())
}
