//! The system's keyring, which may be locked and then never answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use keyring::v1::{Entry, Error as EntryError};
use tokio::sync::oneshot;

use super::Unusable;
use crate::host::{Clock, Keyring};

/// The service that abmctl's entries belong to.
pub const SERVICE: &str = "abmctl";

/// How long the keyring may take to answer.
pub(super) const LIMIT: Duration = Duration::from_secs(3);

/// The system's own keyring: the Secret Service on Linux, the login keychain on macOS.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeyring;

impl SystemKeyring {
    fn entry(user: &str) -> Result<Entry, String> {
        Entry::new(SERVICE, user).map_err(|error| match Entry::store_status() {
            // Why there is no keyring says more than that there is none.
            Err(cause) => describe(cause),
            Ok(()) => describe(&error),
        })
    }
}

impl Keyring for SystemKeyring {
    fn read(&self, user: &str) -> Result<Option<String>, String> {
        match Self::entry(user)?.get_password() {
            Ok(secret) => Ok(Some(secret)),
            Err(EntryError::NoEntry) => Ok(None),
            Err(error) => Err(describe(&error)),
        }
    }

    fn write(&self, user: &str, secret: &str) -> Result<(), String> {
        Self::entry(user)?
            .set_password(secret)
            .map_err(|error| describe(&error))
    }

    fn delete(&self, user: &str) -> Result<(), String> {
        match Self::entry(user)?.delete_credential() {
            Ok(()) | Err(EntryError::NoEntry) => Ok(()),
            Err(error) => Err(describe(&error)),
        }
    }
}

/// What went wrong, never with the bytes that some of these errors carry.
fn describe(error: &EntryError) -> String {
    match error {
        EntryError::BadEncoding(_) | EntryError::BadDataFormat(..) => {
            "the entry is not text".to_owned()
        }
        EntryError::Ambiguous(_) => "there are several entries of that name".to_owned(),
        other => other.to_string(),
    }
}

/// A keyring that is asked on a thread of its own, and not for long.
pub(super) struct LimitedKeyring {
    keyring: Arc<dyn Keyring>,
    clock: Arc<dyn Clock>,
    /// It did not answer once; the thread that asked may still hold it, so nothing else would get an answer.
    silent: AtomicBool,
}

impl LimitedKeyring {
    pub(super) fn new(keyring: Arc<dyn Keyring>, clock: Arc<dyn Clock>) -> Self {
        Self {
            keyring,
            clock,
            silent: AtomicBool::new(false),
        }
    }

    /// Does `work` with the keyring; where it does not answer in time, the thread is left behind.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Keyring) -> Result<T, String> + Send + 'static,
    ) -> Result<T, Unusable> {
        if self.silent.load(Ordering::Relaxed) {
            return Err(no_answer());
        }
        let (sender, receiver) = oneshot::channel();
        let keyring = Arc::clone(&self.keyring);
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                // Nobody listens any more where the limit has passed.
                let _ = sender.send(work(&*keyring));
            })
            .map_err(|error| Unusable::new(format!("the keyring can't be asked: {error}")))?;
        let answer = tokio::select! {
            biased;
            answer = receiver => answer,
            () = self.clock.sleep(LIMIT) => {
                self.silent.store(true, Ordering::Relaxed);
                return Err(no_answer());
            }
        };
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(reason)) => {
                let reason = reason.trim().trim_end_matches('.').replace('\n', " ");
                Err(unlock_hint(Unusable::new(format!(
                    "the keyring refuses: {reason}"
                ))))
            }
            Err(_) => Err(Unusable::new("the keyring broke while it was asked")),
        }
    }

    /// Proves that the keyring keeps things: writes a value under `user`, reads it back, and deletes it.
    pub(super) async fn probe(&self, user: String, value: String) -> Result<(), Unusable> {
        let kept = self
            .ask(move |keyring| {
                keyring.write(&user, &value)?;
                let back = keyring.read(&user)?;
                keyring.delete(&user)?;
                Ok(back.as_deref() == Some(value.as_str()))
            })
            .await?;
        if kept { Ok(()) } else { Err(forgets()) }
    }
}

fn no_answer() -> Unusable {
    unlock_hint(Unusable::new(format!(
        "the keyring did not answer within {} seconds, so it is probably locked",
        LIMIT.as_secs()
    )))
}

/// The keyring takes things and does not have them afterwards.
pub(super) fn forgets() -> Unusable {
    Unusable::new("the keyring does not keep what it is given")
}

fn unlock_hint(unusable: Unusable) -> Unusable {
    unusable.hint(if cfg!(target_os = "macos") {
        "Unlock it with `security unlock-keychain`."
    } else {
        "Unlock it by logging in to the desktop, or with `gnome-keyring-daemon --unlock` in a session of D-Bus."
    })
}
