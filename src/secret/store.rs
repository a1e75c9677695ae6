//! Secrets are put where they are kept, and taken away again.

use std::fs;
use std::io;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::keyring::forgets;
use super::{Secret, SecretLocation, SecretReference, Secrets, Slot, Unusable, private_file};
use crate::error::Error;

/// Where abmctl keeps secrets that it is given: `--store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// The system's keyring.
    Keyring,
    /// Files of mode 0600 in the configuration folder.
    File,
}

impl Store {
    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// Which store to use, or what to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// This one.
    Use(Store),
    /// Ask on the terminal. The keyring was tried: what it lacks is said where it can't be used.
    Ask {
        /// Whether the keyring keeps things; otherwise why not (exit 2 as an error).
        keyring: Result<(), Error>,
    },
}

impl Secrets {
    /// Which store to use: what was asked for, else to be asked, else the keyring if it keeps things.
    ///
    /// `may_ask` is whether there is a terminal and no `--no-input`. Exit 2 where nobody can be asked and the keyring
    /// keeps nothing, naming `--store file`.
    pub async fn choose_store(
        &self,
        asked: Option<Store>,
        may_ask: bool,
    ) -> Result<StoreChoice, Error> {
        if let Some(store) = asked {
            return Ok(StoreChoice::Use(store));
        }
        let keyring = self.probe().await;
        if may_ask {
            return Ok(StoreChoice::Ask { keyring });
        }
        keyring.map(|()| StoreChoice::Use(Store::Keyring))
    }

    /// Proves that the keyring keeps things, within 3 seconds; exit 2 with the reason where it does not.
    pub async fn probe(&self) -> Result<(), Error> {
        // The value differs each time, so that one that was left behind proves nothing.
        let (user, value) = (self.random_word(), self.random_word());
        self.keyring
            .probe(format!("probe/{user}"), value)
            .await
            .map_err(|unusable| unusable_store("Secrets can't be kept in the keyring", unusable))
    }

    /// Stores `secret`, and returns the reference to write into the configuration.
    ///
    /// The keyring is read back. Exit 2 where the keyring or a name can't be used, exit 1 where a file can't be written.
    pub async fn store(
        &self,
        store: Store,
        slot: &Slot,
        secret: &Secret,
    ) -> Result<SecretReference, Error> {
        match store {
            Store::Keyring => self.store_in_keyring(slot, secret).await,
            Store::File => {
                let relative = slot.file()?;
                let path = self.config_folder.join(&relative);
                private_file::write(&path, secret.expose().as_bytes())?;
                Ok(SecretReference::File(relative))
            }
        }
    }

    async fn store_in_keyring(
        &self,
        slot: &Slot,
        secret: &Secret,
    ) -> Result<SecretReference, Error> {
        let user = keyring_user(slot)?;
        let secret = secret.clone();
        let kept = self
            .keyring
            .ask(move |keyring| {
                keyring.write(&user, secret.expose())?;
                let back = keyring.read(&user)?.map(Zeroizing::new);
                Ok(back.is_some_and(|back| back.as_str() == secret.expose()))
            })
            .await;
        match kept {
            Ok(true) => Ok(SecretReference::Keyring),
            Ok(false) => Err(forgets()),
            Err(unusable) => Err(unusable),
        }
        .map_err(|unusable| {
            unusable_store(
                &format!("The {slot} can't be kept in the keyring"),
                unusable,
            )
        })
    }

    /// Removes a secret that abmctl stored; whether there was something of abmctl's own to remove.
    ///
    /// Files elsewhere, credentials, variables and commands belong to their owner and stay. Exit 2 where the keyring
    /// can't be used, exit 1 where a file can't be removed.
    pub async fn remove(&self, location: &SecretLocation) -> Result<bool, Error> {
        let SecretLocation { reference, slot } = location;
        match reference {
            SecretReference::Keyring => {
                let user = keyring_user(slot)?;
                self.keyring
                    .ask(move |keyring| keyring.delete(&user))
                    .await
                    .map_err(|unusable| {
                        let what = format!("The {slot} can't be removed from the keyring");
                        let mut error = Error::usage(format!("{what}: {}.", unusable.reason));
                        error.hints = unusable.hints;
                        error
                    })?;
                Ok(true)
            }
            _ => match self.own_file(location) {
                None => Ok(false),
                Some(own) => match fs::remove_file(&own) {
                    Ok(()) => Ok(true),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(Error::failed(format!(
                        "Can't remove {}: {error}.",
                        own.display()
                    ))),
                },
            },
        }
    }

    /// Whether a secret is kept where abmctl puts it, so that [`Self::remove`] would remove it.
    pub fn is_own(&self, location: &SecretLocation) -> bool {
        location.reference == SecretReference::Keyring || self.own_file(location).is_some()
    }

    /// The file of abmctl's own that `location` names, if it names one.
    fn own_file(&self, location: &SecretLocation) -> Option<PathBuf> {
        let SecretReference::File(path) = &location.reference else {
            return None;
        };
        let own = location.slot.file().ok()?;
        let full = self.config_folder.join(&own);
        (*path == own || *path == full).then_some(full)
    }

    /// 32 random hexadecimal digits.
    fn random_word(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}

fn keyring_user(slot: &Slot) -> Result<String, Error> {
    // The file's rules hold for the keyring too: whoever changes the store later keeps the names.
    slot.file()?;
    slot.keyring_user().ok_or_else(|| {
        Error::usage(format!(
            "The {slot} belongs to no profile, so it has no place in the keyring."
        ))
    })
}

fn unusable_store(what: &str, unusable: Unusable) -> Error {
    let mut error = Error::usage(format!("{what}: {}.", unusable.reason));
    error.hints = unusable.hints;
    error.hint("Use `--store file` to keep secrets in files that only you can read, which also works unattended.")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;

    use super::super::Field;
    use super::super::testing::{BadKeyring, FixedClock, MemoryKeyring, block_on, secrets};
    use super::*;

    fn slot() -> Slot {
        Slot::of_profile("acme", Field::Token("prod".to_owned()))
    }

    #[test]
    fn a_file_is_private_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(BadKeyring::Absent);
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        let reference =
            block_on(secrets.store(Store::File, &slot(), &Secret::new("s3cret"))).unwrap();
        assert_eq!(reference.to_config(), "file:secrets/acme/tokens.prod.token");
        let path = folder.path().join("secrets/acme/tokens.prod.token");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let location = SecretLocation {
            reference,
            slot: slot(),
        };
        let secret = block_on(secrets.resolve(&location)).unwrap();
        assert_eq!(secret.expose(), "s3cret");
        assert_eq!(block_on(secrets.remove(&location)), Ok(true));
        assert_eq!(block_on(secrets.remove(&location)), Ok(false));
        assert!(!path.exists());
    }

    #[test]
    fn the_keyring_keeps_and_loses_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring.clone());
        let reference =
            block_on(secrets.store(Store::Keyring, &slot(), &Secret::new("s3cret"))).unwrap();
        assert_eq!(reference, SecretReference::Keyring);
        assert_eq!(
            keyring.0.lock().unwrap().get("acme/tokens.prod.token"),
            Some(&"s3cret".to_owned())
        );
        let location = SecretLocation {
            reference,
            slot: slot(),
        };
        assert_eq!(block_on(secrets.remove(&location)), Ok(true));
        assert!(keyring.0.lock().unwrap().is_empty());
    }

    #[test]
    fn files_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.pem");
        fs::write(&path, "mine").unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        for reference in ["file:mine.pem", "env:X", "credential:x", "command:x"] {
            let location = SecretLocation {
                reference: reference.parse().unwrap(),
                slot: slot(),
            };
            assert_eq!(block_on(secrets.remove(&location)), Ok(false));
        }
        assert!(path.exists());
    }

    #[test]
    fn the_store_is_what_was_asked_for_or_what_works() {
        let folder = tempfile::tempdir().unwrap();
        let choose = |bad: Option<BadKeyring>, asked, may_ask| {
            let clock = match bad {
                Some(BadKeyring::Locked) => FixedClock::Racing,
                _ => FixedClock::Still,
            };
            let secrets = match bad {
                Some(bad) => secrets(folder.path(), &[], clock, Arc::new(bad)),
                None => secrets(folder.path(), &[], clock, Arc::<MemoryKeyring>::default()),
            };
            block_on(secrets.choose_store(asked, may_ask))
        };
        let file = Some(Store::File);
        assert_eq!(
            choose(Some(BadKeyring::Absent), file, false),
            Ok(StoreChoice::Use(Store::File))
        );
        assert_eq!(
            choose(None, None, false),
            Ok(StoreChoice::Use(Store::Keyring))
        );
        assert_eq!(
            choose(None, None, true),
            Ok(StoreChoice::Ask { keyring: Ok(()) })
        );
        for (bad, part) in [
            (BadKeyring::Locked, "did not answer"),
            (BadKeyring::Forgetting, "does not keep"),
            (BadKeyring::Absent, "the keyring refuses: no such service."),
        ] {
            let error = choose(Some(bad), None, false).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2);
            assert!(error.message.contains(part), "{error}");
            assert!(
                error
                    .hints
                    .iter()
                    .any(|hint| hint.contains("`--store file`"))
            );
        }
        let asked = choose(Some(BadKeyring::Forgetting), None, true);
        assert!(matches!(asked, Ok(StoreChoice::Ask { keyring: Err(_) })));
    }

    #[test]
    fn nothing_is_stored_where_it_would_be_forgotten_or_misplaced() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(BadKeyring::Forgetting);
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        let secret = Secret::new("s3cret");
        let error = block_on(secrets.store(Store::Keyring, &slot(), &secret)).unwrap_err();
        assert_eq!(
            error.message,
            "The server token prod of profile acme can't be kept in the keyring: the keyring does not keep what it is given."
        );
        for store in [Store::Keyring, Store::File] {
            for slot in [
                Slot::of_profile("../x", Field::PrivateKey),
                Slot::of_environment(Field::PrivateKey),
            ] {
                let error = block_on(secrets.store(store, &slot, &secret)).unwrap_err();
                assert_eq!(error.kind.exit_code(), 2);
                assert!(!format!("{error:?}").contains("s3cret"));
            }
        }
    }

    #[test]
    fn a_probe_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring.clone());
        block_on(secrets.probe()).unwrap();
        assert!(keyring.0.lock().unwrap().is_empty());
    }
}
