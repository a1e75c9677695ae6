//! Files and folders that only their owner can read, written in one step and never half; and locks between processes.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use crate::host::Clock;

/// How often a lock that another process holds is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(50);

/// Makes `folder` and what is missing above it, mode 0700.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Replaces the file at `path` in one step, mode 0600 from the start; its folder is made where it is missing.
///
/// A symbolic link stays, what it points to is replaced: configurations are often kept elsewhere and linked.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    make_folder(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".abmctl-")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Opens a file for reading and for appending; it and its folder are made where they are missing, mode 0600 and 0700.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .mode(0o600)
        .open(path)
}

/// A lock that is held until this is dropped, or until the process ends.
#[derive(Debug)]
#[must_use = "dropping the lock opens it"]
pub struct Lock {
    _file: File,
}

/// What came of asking for a lock.
#[derive(Debug)]
pub enum Locked {
    /// It is held now.
    Held(Lock),
    /// Somebody else held it all the time; the text says who, as far as they said it.
    Busy(String),
}

/// Takes the lock at `path`, waiting for as long as another process holds it: for changes that take milliseconds.
pub fn lock(path: &Path) -> io::Result<Lock> {
    let file = open_to_append(path)?;
    file.lock()?;
    Ok(Lock { _file: file })
}

/// Takes the lock at `path`, waiting for `limit` at the most; `name` tells others who holds it.
pub async fn lock_within(
    path: &Path,
    name: &str,
    clock: &dyn Clock,
    limit: Duration,
) -> io::Result<Locked> {
    let mut file = open_to_append(path)?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(name.as_bytes())?;
                return Ok(Locked::Held(Lock { _file: file }));
            }
            Err(TryLockError::WouldBlock) if waited < limit => {
                clock.sleep(TRY_AGAIN).await;
                waited += TRY_AGAIN;
            }
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(path).unwrap_or_default();
                return Ok(Locked::Busy(holder.trim().to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Boxed;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_and_folders_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        replace(&path, b"one").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&folder.path().join("a")), 0o700);
        assert_eq!(mode(&folder.path().join("a/b")), 0o700);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let left: Vec<_> = fs::read_dir(folder.path().join("a/b")).unwrap().collect();
        assert_eq!(left.len(), 1);
        let appended = folder.path().join("c/file");
        open_to_append(&appended).unwrap();
        assert_eq!(mode(&appended), 0o600);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "one").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"two");
    }

    /// A clock on which sleeping takes no time.
    struct Hasty;

    impl Clock for Hasty {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }

        fn sleep(&self, _duration: Duration) -> Boxed<()> {
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn a_lock_tells_who_holds_it_and_opens_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locks/a.lock");
        let second = Duration::from_secs(1);
        let take = |name: &'static str| lock_within(&path, name, &Hasty, second);
        let Locked::Held(held) = take("one, with a long name").await.unwrap() else {
            panic!("nobody else holds it");
        };
        let Locked::Busy(holder) = take("two").await.unwrap() else {
            panic!("it is held");
        };
        assert_eq!(holder, "one, with a long name");
        drop(held);
        assert!(matches!(take("two").await.unwrap(), Locked::Held(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let _held = lock(&path).unwrap();
        assert!(matches!(take("three").await.unwrap(), Locked::Busy(_)));
    }
}
