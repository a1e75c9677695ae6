//! The system's keyring, which may be locked and then never answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use keyring::v1::{Entry, Error as EntryError};
use tokio::sync::oneshot;

use super::{Unusable, Waits};
use crate::host::{Boxed, Clock, Keyring, Terminal};

/// The service that abmctl's entries belong to.
pub const SERVICE: &str = "abmctl";

/// How long a keyring may take to answer that asks nobody.
const LIMIT: Duration = Duration::from_secs(3);

/// How long a person may take to answer it.
const PERSON: Duration = Duration::from_secs(60);

/// How long the keyring may take to answer: the Keychain of macOS asks whoever is there before it hands out an entry.
pub(super) fn limit(macos: bool, terminal: Terminal) -> Duration {
    if macos && terminal.stdin && terminal.stderr {
        PERSON
    } else {
        LIMIT
    }
}

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

    fn delete(&self, user: &str) -> Result<bool, String> {
        match Self::entry(user)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(EntryError::NoEntry) => Ok(false),
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
    limit: Duration,
    waits: Waits,
    /// It did not answer once; the thread that asked may still hold it, so nothing else would get an answer.
    silent: AtomicBool,
}

impl LimitedKeyring {
    pub(super) fn new(
        keyring: Arc<dyn Keyring>,
        clock: Arc<dyn Clock>,
        limit: Duration,
        waits: Waits,
    ) -> Self {
        Self {
            keyring,
            clock,
            limit,
            waits,
            silent: AtomicBool::new(false),
        }
    }

    /// Does `work` with the keyring; where it does not answer in time, the thread is left behind.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Keyring) -> Result<T, String> + Send + 'static,
    ) -> Result<T, Unusable> {
        if self.silent.load(Ordering::Relaxed) {
            return Err(self.no_answer());
        }
        let (sender, receiver) = oneshot::channel();
        let keyring = Arc::clone(&self.keyring);
        // The time begins before the thread does, however busy the machine is.
        let first = self.clock.sleep(LIMIT);
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                // Nobody listens any more where the limit has passed.
                let _ = sender.send(work(&*keyring));
            })
            .map_err(|error| Unusable::new(format!("abmctl can't access the keyring: {error}")))?;
        let answer = tokio::select! {
            biased;
            answer = receiver => answer,
            () = self.time_is_up(first) => {
                self.silent.store(true, Ordering::Relaxed);
                return Err(self.no_answer());
            }
        };
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(reason)) => {
                tracing::info!(target: "abmctl::keyring", "the keyring: {reason}");
                Err(refusal(&reason))
            }
            Err(_) => Err(Unusable::new("access to the keyring failed")),
        }
    }

    /// Ends at the limit; says what is waited for where that takes longer than the keyring itself.
    async fn time_is_up(&self, first: Boxed<()>) {
        first.await;
        if let Some(more) = self.limit.checked_sub(LIMIT).filter(|more| !more.is_zero()) {
            (self.waits)(&format!(
                "The keychain may ask you for permission or a password; waiting up to {} seconds. It asks again after each upgrade of abmctl, since macOS ties the permission to the signature of the program: choose Always Allow.",
                self.limit.as_secs()
            ));
            self.clock.sleep(more).await;
        }
    }

    fn no_answer(&self) -> Unusable {
        unlock_hint(Unusable::new(format!(
            "the keyring didn't answer within {} seconds, so it is probably locked",
            self.limit.as_secs()
        )))
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

/// What a refusal of the Secret Service means, by a part of its text, and whether unlocking helps.
const REFUSALS: [(&str, &str, bool); 6] = [
    ("prompt dismissed", LOCKED, true),
    ("object locked", LOCKED, true),
    (
        "result not returned from SS API",
        "there is no default keyring yet",
        true,
    ),
    (
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "no keyring service runs in this session",
        false,
    ),
    (
        "no secret service provider or dbus session found",
        "no keyring service runs in this session",
        false,
    ),
    (
        "Failed to connect to address",
        "there is no D-Bus session here, so there is no keyring",
        false,
    ),
];
const LOCKED: &str = "the keyring is locked, and nobody unlocked it when asked";

/// Why the keyring refused, in words for a person.
fn refusal(reason: &str) -> Unusable {
    let known = REFUSALS.iter().find(|(part, ..)| reason.contains(part));
    match known {
        Some((_, why, true)) => unlock_hint(Unusable::new(*why)),
        Some((_, why, false)) => Unusable::new(*why),
        None => {
            let reason = reason.trim().trim_end_matches('.').replace('\n', " ");
            unlock_hint(Unusable::new(format!("the keyring refused: {reason}")))
        }
    }
}

/// The keyring takes things and does not have them afterwards.
pub(super) fn forgets() -> Unusable {
    Unusable::new("the keyring doesn't store what abmctl writes to it")
}

fn unlock_hint(unusable: Unusable) -> Unusable {
    unusable.hint(if cfg!(target_os = "macos") {
        "Unlock it with `security unlock-keychain`."
    } else {
        "Unlock it: log in to the desktop, or run `gnome-keyring-daemon --unlock` in a D-Bus session."
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::testing::{BadKeyring, FixedClock, block_on};
    use super::*;

    #[test]
    fn only_a_person_at_a_mac_gets_a_minute() {
        let terminal = |stdin, stderr| Terminal {
            stdin,
            stderr,
            ..Terminal::default()
        };
        assert_eq!(limit(true, terminal(true, true)), PERSON);
        for (macos, stdin, stderr) in [
            (true, false, true),
            (true, true, false),
            (true, false, false),
            (false, true, true),
        ] {
            assert_eq!(limit(macos, terminal(stdin, stderr)), LIMIT);
        }
    }

    #[test]
    fn a_refusal_of_the_secret_service_is_said_in_words() {
        for (reason, why, unlocking_helps) in [
            (
                "Couldn't access platform storage: SS error: prompt dismissed",
                LOCKED,
                true,
            ),
            (
                "Couldn't access platform storage: SS Error: object locked",
                LOCKED,
                true,
            ),
            (
                "Couldn't access platform storage: SS error: result not returned from SS API",
                "there is no default keyring yet",
                true,
            ),
            (
                "Platform failure: zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files",
                "no keyring service runs in this session",
                false,
            ),
            (
                "Platform failure: zbus error: Failed to connect to address `unix:path=/run/user/0/bus`: No such file or directory (os error 2)",
                "there is no D-Bus session here, so there is no keyring",
                false,
            ),
            (
                "User interaction is not\nallowed.",
                "the keyring refused: User interaction is not allowed",
                true,
            ),
        ] {
            let unusable = refusal(reason);
            assert_eq!(unusable.reason, why);
            assert_eq!(!unusable.hints.is_empty(), unlocking_helps, "{reason}");
        }
    }

    #[test]
    fn a_longer_wait_is_announced() {
        for (limit, said) in [
            (LIMIT, &[][..]),
            (
                PERSON,
                &[
                    "The keychain may ask you for permission or a password; waiting up to 60 seconds. It asks again after each upgrade of abmctl, since macOS ties the permission to the signature of the program: choose Always Allow.",
                ],
            ),
        ] {
            let heard = Arc::new(Mutex::new(Vec::new()));
            let hears = Arc::clone(&heard);
            let keyring = LimitedKeyring::new(
                Arc::new(BadKeyring::Locked),
                Arc::new(FixedClock::Racing),
                limit,
                Arc::new(move |text| hears.lock().unwrap().push(text.to_owned())),
            );
            let answer = block_on(keyring.ask(|keyring| keyring.read("acme/private_key")));
            let seconds = format!("within {} seconds", limit.as_secs());
            assert!(answer.unwrap_err().reason.contains(&seconds));
            assert_eq!(*heard.lock().unwrap(), said);
        }
    }
}
