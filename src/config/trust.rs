//! Whether a configuration may be followed: it decides which programs are run, so nobody else may have written it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Folders;
use crate::core::printed::quoted;
use crate::error::Error;

/// What is judged of a file or folder.
#[derive(Debug, Clone, Copy)]
struct Ownership {
    owner: u32,
    group: u32,
    mode: u32,
}

/// Why it is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Owner,
    Group,
    Others,
}

/// Pure; `owners` are the users that may own it. A group is the owner's own where it has the owner's number, as systems
/// that give each user a group number it.
fn problem(facts: Ownership, owners: &[u32]) -> Option<Problem> {
    if !owners.contains(&facts.owner) {
        Some(Problem::Owner)
    } else if facts.mode & 0o002 != 0 {
        Some(Problem::Others)
    } else if facts.mode & 0o020 != 0 && facts.group != facts.owner {
        Some(Problem::Group)
    } else {
        None
    }
}

/// The users that may own a configuration which the user `me` follows: this one and root. For root, the one that called
/// `sudo` too.
fn owners(me: u32, sudo_user: Option<u32>) -> Vec<u32> {
    let caller = sudo_user.filter(|_| me == 0);
    [Some(me), Some(0), caller].into_iter().flatten().collect()
}

/// Judges the configuration at `path`, which is open, and the folders of it and of what it links to; exit 2 with the cure.
pub(super) fn check_file(path: &Path, file: &Metadata, folders: &Folders) -> Result<(), Error> {
    if !file.is_file() {
        return Err(Error::usage(format!(
            "The configuration {} isn't a regular file.",
            path.display()
        )));
    }
    check(path, file, "The configuration", folders)?;
    check_folder(folders)?;
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match target.parent() {
        Some(folder) => check_path(folder, folders),
        None => Ok(()),
    }
}

/// Judges the configuration folder, if there is one; exit 2 with the cure.
pub(super) fn check_folder(folders: &Folders) -> Result<(), Error> {
    check_path(&folders.config, folders)
}

fn check_path(folder: &Path, folders: &Folders) -> Result<(), Error> {
    match fs::metadata(folder) {
        Ok(found) => check(folder, &found, "The folder of the configuration,", folders),
        // What can't be seen can't be followed either, and is told by whoever opens it.
        Err(_) => Ok(()),
    }
}

fn check(path: &Path, found: &Metadata, what: &str, folders: &Folders) -> Result<(), Error> {
    let facts = Ownership {
        owner: found.uid(),
        group: found.gid(),
        mode: found.mode() & 0o7777,
    };
    let me = rustix::process::geteuid().as_raw();
    let Some(problem) = problem(facts, &owners(me, folders.sudo_user)) else {
        return Ok(());
    };
    let Ownership { owner, group, mode } = facts;
    let shown = path.display();
    let quoted = quoted(&path.to_string_lossy());
    let (why, cure) = match problem {
        Problem::Owner => (
            format!("belongs to user {owner}, who could have abmctl run any program"),
            format!("sudo chown {me} {quoted}"),
        ),
        Problem::Others => (
            format!(
                "can be changed by other users (mode {mode:04o}), who could have abmctl run any program"
            ),
            format!("chmod go-w {quoted}"),
        ),
        Problem::Group => (
            format!(
                "can be changed by group {group} (mode {mode:04o}), which could have abmctl run any program"
            ),
            format!("chmod go-w {quoted}"),
        ),
    };
    Err(Error::usage(format!("{what} {shown} {why}."))
        .hint(format!("If its contents are yours, run `{cure}`.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: u32 = 501;
    const OTHER: u32 = 502;

    #[test]
    fn only_oneself_and_root_may_own_it_and_for_root_who_called_sudo() {
        assert_eq!(owners(ME, None), [ME, 0]);
        assert_eq!(owners(ME, Some(OTHER)), [ME, 0]);
        assert_eq!(owners(0, Some(OTHER)), [0, 0, OTHER]);
        let of = |owner, me, sudo| {
            let facts = Ownership {
                owner,
                group: owner,
                mode: 0o600,
            };
            problem(facts, &owners(me, sudo))
        };
        for (owner, me, sudo) in [(ME, ME, None), (0, ME, None), (OTHER, 0, Some(OTHER))] {
            assert_eq!(of(owner, me, sudo), None);
        }
        for (owner, me, sudo) in [
            (OTHER, ME, None),
            (OTHER, ME, Some(OTHER)),
            (ME, 0, None),
            (ME, 0, Some(OTHER)),
        ] {
            assert_eq!(of(owner, me, sudo), Some(Problem::Owner));
        }
    }

    #[test]
    fn nobody_else_may_write_it() {
        for (group, mode, expected) in [
            (20, 0o600, None),
            (20, 0o644, None),
            (20, 0o755, None),
            (ME, 0o664, None),
            (ME, 0o775, None),
            (20, 0o660, Some(Problem::Group)),
            (0, 0o775, Some(Problem::Group)),
            (ME, 0o602, Some(Problem::Others)),
            (ME, 0o1777, Some(Problem::Others)),
        ] {
            let facts = Ownership {
                owner: ME,
                group,
                mode,
            };
            assert_eq!(problem(facts, &owners(ME, None)), expected, "{mode:o}");
        }
    }
}
