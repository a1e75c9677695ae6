//! Files with secrets and configurations in them: written in one step, readable for their owner only.

use std::io;
use std::path::Path;

use crate::error::Error;
use crate::private_files::{self, Lock};

/// Replaces the file at `path` in one step, mode 0600 from the start; exit 1 where that fails.
pub fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    private_files::replace(path, contents).map_err(|error| failure("write", path, &error))
}

/// Waits for the lock file at `path`, creating it (0600) where it is missing; exit 1 where that fails.
pub fn lock(path: &Path) -> Result<Lock, Error> {
    private_files::lock(path).map_err(|error| failure("lock", path, &error))
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
