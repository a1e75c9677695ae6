//! Files and folders that only their owner can read: written in one step, never half.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::error::Error;

/// Creates `folder` and what is missing above it, mode 0700; exit 1 where that fails.
pub fn create_folder(folder: &Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| failure("create the folder", folder, &error))
}

/// Replaces the file at `path` in one step, mode 0600 from the start; exit 1 where that fails.
///
/// A symbolic link stays, what it points to is replaced: configurations are often kept elsewhere and linked.
pub fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    create_folder(folder)?;
    replace(&target, folder, contents).map_err(|error| failure("write", path, &error))
}

fn replace(target: &Path, folder: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".abmctl-")
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Held while files are changed; dropping it lets the next one in.
#[derive(Debug)]
#[must_use = "dropping the lock opens it"]
pub struct Lock {
    _file: File,
}

/// Waits for the lock file at `path`, creating it (0600) where it is missing; exit 1 where that fails.
///
/// Meant for changes that take milliseconds: it waits for as long as another process holds the lock.
pub fn lock(path: &Path) -> Result<Lock, Error> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let locked = || -> io::Result<File> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        file.lock()?;
        Ok(file)
    };
    match locked() {
        Ok(file) => Ok(Lock { _file: file }),
        Err(error) => Err(failure("lock", path, &error)),
    }
}

fn failure(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::failed(format!("Can't {what} {}: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_and_folders_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        write(&path, b"one").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&folder.path().join("a")), 0o700);
        assert_eq!(mode(&folder.path().join("a/b")), 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let left: Vec<_> = fs::read_dir(folder.path().join("a/b")).unwrap().collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "one").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"two");
    }

    #[test]
    fn what_can_not_be_written_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write(&file.join("below"), b"x").unwrap_err();
        assert_eq!(error.kind.exit_code(), 1);
        assert!(error.message.ends_with('.'), "{error}");
    }
}
