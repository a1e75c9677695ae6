//! Locks between processes, with a name and a limit of time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use crate::host::Clock;

/// A lock that is held until this is dropped, or until the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What came of asking for a lock.
#[derive(Debug)]
pub enum Locked {
    /// It is held now.
    Held(Lock),
    /// Somebody else held it all the time; the text says who.
    Busy(String),
}

const TRY_AGAIN: Duration = Duration::from_millis(100);

/// Takes the lock at `path`, waiting for `limit` at the most; `name` tells others who holds it.
pub async fn take(
    path: &Path,
    name: &str,
    clock: &dyn Clock,
    limit: Duration,
) -> io::Result<Locked> {
    if let Some(folder) = path.parent() {
        super::make_folder(folder)?;
    }
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .read(true)
        .mode(0o600)
        .open(path)?;
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
