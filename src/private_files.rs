//! Files and folders that only their owner can read, written in one step and never half; and locks between processes.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use crate::host::Clock;

/// How often a lock that another process holds is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// The most bytes of a lock file that are read: anybody may have written them.
const LONGEST_HOLDER: u64 = 200;

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

/// Who asks for a lock.
#[derive(Clone, Copy)]
pub struct Claimant<'a> {
    /// The command that runs, such as `abmctl assign`.
    pub command: &'a str,
    /// What waiting is done on.
    pub clock: &'a dyn Clock,
}

impl Claimant<'_> {
    /// What the lock file says while this one holds it.
    fn text(&self) -> String {
        format!(
            "process {}, `{}`, since {:.0}",
            std::process::id(),
            self.command,
            self.clock.now()
        )
    }
}

/// Takes the lock at `path`, waiting for `limit` at the most. Nothing blocks meanwhile, so that a signal ends the waiting.
pub async fn lock(path: &Path, claimant: Claimant<'_>, limit: Duration) -> io::Result<Locked> {
    let mut file = open_to_append(path)?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(claimant.text().as_bytes())?;
                return Ok(Locked::Held(Lock { _file: file }));
            }
            Err(TryLockError::WouldBlock) if waited < limit => {
                claimant.clock.sleep(TRY_AGAIN).await;
                waited += TRY_AGAIN;
            }
            Err(TryLockError::WouldBlock) => return Ok(Locked::Busy(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// What the lock file says of its holder, as a part of a sentence.
fn holder(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // Who holds it is said as far as it is known.
    let _ = file.rewind();
    let _ = file.take(LONGEST_HOLDER).read_to_end(&mut bytes);
    let text: String = String::from_utf8_lossy(&bytes)
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    match text.trim() {
        "" => "process unknown".to_owned(),
        text => text.to_owned(),
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

    const SECOND: Duration = Duration::from_secs(1);

    fn claimant(command: &str) -> Claimant<'_> {
        Claimant {
            command,
            clock: &Hasty,
        }
    }

    #[tokio::test]
    async fn a_lock_tells_who_holds_it_and_opens_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locks/a.lock");
        let take = async |command| lock(&path, claimant(command), SECOND).await.unwrap();
        let Locked::Held(held) = take("abmctl one, with a long name").await else {
            panic!("nobody else holds it");
        };
        let Locked::Busy(holder) = take("abmctl two").await else {
            panic!("it is held");
        };
        let id = std::process::id();
        assert_eq!(
            holder,
            format!("process {id}, `abmctl one, with a long name`, since 1970-01-01T00:00:00Z")
        );
        drop(held);
        assert!(matches!(take("abmctl two").await, Locked::Held(_)));
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            format!("process {id}, `abmctl two`, since 1970-01-01T00:00:00Z")
        );
    }

    #[tokio::test]
    async fn what_stands_in_a_lock_file_is_no_more_than_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        for (contents, holder) in [
            (&b""[..], "process unknown"),
            (b"one\n\x1b[31mtwo\xff", "one[31mtwo\u{fffd}"),
            (&[b'x'; 10_000], &"x".repeat(200)),
        ] {
            fs::write(&path, contents).unwrap();
            let file = File::open(&path).unwrap();
            file.lock().unwrap();
            let Locked::Busy(found) = lock(&path, claimant(""), SECOND).await.unwrap() else {
                panic!("it is held");
            };
            assert_eq!(found, holder);
        }
    }
}
