//! Files and folders that only their owner can read, written in one step and never half; and locks between processes.
//!
//! State and locks are opened without following a symbolic link as their last component: where somebody else can write to
//! the folder, a link there would name the file that abmctl reads or overwrites.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::host::Clock;

/// How often a lock that another process holds is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// The most bytes of a lock file that are read: anybody may have written them.
const LONGEST_HOLDER: u64 = 200;

/// How the names of files begin that are not finished yet.
const UNFINISHED: &str = ".abmctl-";

/// Makes `folder` and what is missing above it, mode 0700.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Replaces what a path leads to, as [`replace`] does: a symbolic link stays, since configurations are often kept elsewhere
/// and linked.
pub fn replace_target(path: &Path, contents: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, contents)
}

/// Replaces the file at `path` in one step, mode 0600 from the start; its folder is made where it is missing.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    make_folder(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync(folder);
    Ok(())
}

/// Keeps a power failure from undoing what was just named in a folder while a later step stays. Not every file system can do it.
fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// Removes what a killed process left unfinished in `folder`, which nobody else writes to now.
pub fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // One that stays is found again the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Opens a regular file and nothing else: a symbolic link is an error, and a pipe doesn't block.
fn open_file(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let opened = options.custom_flags(flags.bits().cast_signed()).open(path);
    let file = opened.map_err(|error| match error.raw_os_error() {
        Some(code) if code == Errno::LOOP.raw_os_error() => {
            io::Error::other("it is a symbolic link, which abmctl doesn't follow here")
        }
        _ => error,
    })?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it isn't a regular file"))
    }
}

fn contents(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a state file to read it piece by piece.
pub fn open(path: &Path) -> io::Result<File> {
    open_file(OpenOptions::new().read(true), path)
}

/// Reads a state file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    contents(&mut open_file(OpenOptions::new().read(true), path)?)
}

/// Reads a state file that holds a secret; an error if others than its owner have any permission.
pub fn read_secret(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open_file(OpenOptions::new().read(true), path)?;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(io::Error::other("other users can read it"));
    }
    contents(&mut file)
}

/// Opens a file for reading and for appending; it and its folder are made where they are missing, mode 0600 and 0700.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    let folder = path.parent();
    if let Some(folder) = folder {
        make_folder(folder)?;
    }
    let is_new = !path.exists();
    let file = open_file(
        OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .mode(0o600),
        path,
    )?;
    if let (true, Some(folder)) = (is_new, folder) {
        sync(folder);
    }
    Ok(file)
}

/// A lock that is held until this is dropped, or until the process ends.
#[derive(Debug)]
#[must_use = "dropping the lock opens it"]
pub struct Lock {
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Opens the lock and removes its file, for a lock that nobody needs any more. A process that
    /// opened the file earlier may then lock the removed file, while another one locks a new file. Each must check again whether there
    /// is anything to do.
    pub fn discard(self) {
        // One that stays does no harm.
        let _ = fs::remove_file(&self.path);
    }
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
                return Ok(Locked::Held(Lock {
                    _file: file,
                    path: path.to_owned(),
                }));
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

    #[tokio::test]
    async fn a_link_stays_in_the_configuration_and_is_not_followed_in_the_state() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "one").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace_target(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"two");
        let locked = lock(&link, claimant("abmctl"), Duration::ZERO).await;
        for error in [
            read(&link).unwrap_err(),
            read_secret(&link).unwrap_err(),
            open_to_append(&link).unwrap_err(),
            locked.unwrap_err(),
        ] {
            let text = "it is a symbolic link, which abmctl doesn't follow here";
            assert_eq!(error.to_string(), text);
        }
        replace(&link, b"three").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"two");
        assert_eq!(read(&link).unwrap(), b"three");
    }

    #[test]
    fn only_a_regular_file_is_read_and_a_secret_only_if_it_is_private() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).is_err());
        let path = folder.path().join("file");
        replace(&path, b"secret").unwrap();
        for (mode, private) in [(0o600, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_secret(&path).is_ok(), private);
            assert_eq!(read(&path).unwrap(), b"secret");
        }
        // A pipe that nobody writes to.
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        assert_eq!(
            read(&pipe).unwrap_err().to_string(),
            "it isn't a regular file"
        );
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

    #[tokio::test]
    async fn a_lock_that_nobody_needs_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locks/one.lock");
        let claimant = claimant("abmctl");
        for _ in 0..2 {
            let Locked::Held(held) = lock(&path, claimant, Duration::ZERO).await.unwrap() else {
                panic!("busy");
            };
            let other = lock(&path, claimant, Duration::ZERO).await.unwrap();
            assert!(matches!(other, Locked::Busy(_)));
            assert!(path.exists());
            held.discard();
            assert!(!path.exists());
        }
    }
}
