//! A state folder that may be gone after this run: what is lost with it, said once.

use std::path::{self, Path, PathBuf};
use std::{fs, io};

use crate::config::Folders;
use crate::core::mounts::{Passing, passing};
use crate::core::printed::{Command, Hint, hint};
use crate::host::{Environment, Host};
use crate::state::journal::Journal;

/// What CI systems set, whose machines are often thrown away.
const CI: [&str; 2] = ["CI", "TF_BUILD"];

/// A state folder in surroundings that look temporary, and what it lacked before this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewState {
    folder: PathBuf,
    why: String,
    had_journal: bool,
    had_log: bool,
}

impl NewState {
    /// Looks before anything is written. `None` if a person is there, if earlier runs left a journal and a log, or if nothing says
    /// that the folder is temporary.
    pub fn look(host: &Host) -> Option<Self> {
        if host.terminal.stderr {
            return None;
        }
        let folder = Folders::from_environment(&host.environment).ok()?.state;
        let folder = path::absolute(folder).ok()?;
        // What can't be read may be there.
        let had_journal = Journal::new(&folder).path().try_exists().unwrap_or(true);
        let had_log = has_log(&folder).unwrap_or(true);
        if had_journal && had_log {
            return None;
        }
        let why = why(&host.environment, || (host.mounts)(), &folder)?;
        Some(Self {
            folder,
            why,
            had_journal,
            had_log,
        })
    }

    /// What is lost of what this run did: a change, which is in the journal.
    pub fn lost_change(&self) -> Option<Hint> {
        let journal = Journal::new(&self.folder);
        let words = hint![
            self.so("no journal"),
            " Without it, no later run restores a change of defaults that was killed, and ",
            Command::plain("journal list"),
            " doesn't show this change. Keep the folder, or set ABMCTL_STATE_DIR to a folder that is kept."
        ];
        (!self.had_journal && journal.path().exists()).then_some(words)
    }

    /// What is lost of what this run read: the audit log.
    pub fn lost_log(&self) -> Option<Hint> {
        let words = format!(
            "{} Without it, each run reads the whole audit log. Keep the folder, or set ABMCTL_STATE_DIR to a folder that is kept.",
            self.so("nothing of the audit log")
        );
        let is_new = !self.had_log && has_log(&self.folder).unwrap_or(false);
        is_new.then(|| words.into())
    }

    fn so(&self, had: &str) -> String {
        format!(
            "The state folder {} had {had} before this run, and {}, so the folder may not be kept.",
            self.folder.display(),
            self.why
        )
    }
}

/// Whether events of an audit log are kept there.
fn has_log(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder.join("domains")) {
        Ok(mut kept) => Ok(kept.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
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
