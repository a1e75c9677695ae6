//! Files with secrets and configurations in them: written in one step, readable for their owner only.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Kind};
use crate::private_files::{self, Claimant, Lock, Locked};
use crate::text::duration;

/// Replaces the file at `path` in one step, mode 0600 from the start; exit 1 where that fails.
pub fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    private_files::replace_target(path, contents).map_err(|error| failure("write", path, &error))
}

/// Takes the lock at `path`, creating its file (0600) if it is missing; exit 6 if another process holds it for longer than
/// `limit`, exit 1 if it can't be taken.
pub async fn lock(path: &Path, claimant: Claimant<'_>, limit: Duration) -> Result<Lock, Error> {
    match private_files::lock(path, claimant, limit).await {
        Ok(Locked::Held(lock)) => Ok(lock),
        Ok(Locked::Busy(holder)) => Err(Error::new(
            Kind::Unavailable,
            format!(
                "Another abmctl has held the lock {} for {} ({holder}).",
                path.display(),
                duration(limit)
            ),
        )
        .hint("abmctl holds this lock only for an instant. If that process hangs, end it, and run the command again.")),
        Err(error) => Err(failure("lock", path, &error)),
    }
}

/// The lock at `path` as it was taken; exit 6 if another process holds it, which is `busy`, and exit 1, with `advice`, if it
/// can't be taken. `nothing` says what didn't happen.
pub fn taken(
    locked: io::Result<Locked>,
    path: &Path,
    busy: &str,
    nothing: &str,
    advice: &'static str,
) -> Result<Lock, Error> {
    match locked {
        Ok(Locked::Held(lock)) => Ok(lock),
        Ok(Locked::Busy(holder)) => Err(Error::new(
            Kind::Unavailable,
            format!("{busy} ({holder}). {nothing}"),
        )
        .hint("Try again when that process has ended.")),
        Err(error) => Err(Error::failed(format!(
            "abmctl can't take the lock {}: {error}. {nothing}",
            path.display()
        ))
        .hint(advice)),
    }
}

fn failure(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::failed(format!("Can't {what} {}: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_written_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = write(&file.join("below"), b"x").unwrap_err();
        assert_eq!(error.kind.exit_code(), 1);
        assert!(error.message.ends_with('.'), "{error}");
    }
}
