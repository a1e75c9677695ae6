//! Places of abmctl's own for secrets: what is there, and writing and deleting it.
//!
//! These are the steps. Which of them are taken, and in which order, is decided in `organization/profile.rs` alone.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::file::{self, Mode};
use super::keyring::forgets;
use super::store::unusable_store;
use super::{
    Generation, Secret, SecretLocation, SecretReference, Secrets, Slot, Store, private_file,
};
use crate::error::Error;
use crate::private_files;

/// A place of abmctl's own for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    /// Where.
    pub store: Store,
    /// Which of the two that are kept there.
    pub generation: Generation,
}

impl Own {
    /// Where `store` has the secret that was stored last.
    pub fn current(store: Store) -> Self {
        let generation = Generation::Current;
        Self { store, generation }
    }

    /// Where `store` has the secret that was replaced.
    pub fn previous(store: Store) -> Self {
        let generation = Generation::Previous;
        Self { store, generation }
    }
}

impl Secrets {
    /// What abmctl keeps in a place of its own; `None` if there is nothing.
    ///
    /// Exit 2 if the keyring or a name can't be used, or it is not text.
    pub(crate) async fn read_own(&self, slot: &Slot, own: Own) -> Result<Option<Secret>, Error> {
        let read = match own.store {
            Store::Keyring => {
                let user = keyring_user(slot, own.generation)?;
                let asked = self.keyring.ask(move |keyring| {
                    Ok(keyring
                        .read(&user)?
                        .map(|text| Secret::new(&Zeroizing::new(text))))
                });
                asked.await
            }
            Store::File => {
                let path = self.config_folder.join(slot.file(own.generation)?);
                match fs::metadata(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Ok(there) if there.len() == 0 => Ok(None),
                    // Whatever its mode: it is kept or moved, with the mode that it should have.
                    _ => file::read(&path, Mode::Any).map(Some),
                }
            }
        };
        let there = read.map_err(|unusable| {
            let what = format!("The {slot} in {} can't be read", slot.named(own));
            match own.store {
                Store::Keyring => unusable_store(&what, unusable),
                Store::File => Error::usage(format!("{what}: {}.", unusable.reason))
                    .hint("Move it away, and run the command again."),
            }
        })?;
        Ok(there.filter(|secret| !secret.is_empty()))
    }

    /// Puts a secret into a place of abmctl's own. The keyring is read back.
    ///
    /// Exit 2 if the keyring or a name can't be used, exit 1 if a file can't be written.
    pub(crate) async fn write_own(
        &self,
        slot: &Slot,
        own: Own,
        secret: &Secret,
    ) -> Result<(), Error> {
        let user = match own.store {
            Store::Keyring => keyring_user(slot, own.generation)?,
            Store::File => {
                let path = self.own_file(slot, own)?;
                return private_file::write(&path, secret.expose().as_bytes());
            }
        };
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
            Ok(true) => Ok(()),
            Ok(false) => Err(forgets()),
            Err(unusable) => Err(unusable),
        }
        .map_err(|unusable| {
            unusable_store(
                &format!("The {slot} can't be stored in the keyring"),
                unusable,
            )
        })
    }

    /// Empties a place of abmctl's own; `false` if there was nothing.
    ///
    /// Exit 2 if the keyring can't be used, exit 1 if a file can't be removed.
    pub(crate) async fn delete_own(&self, slot: &Slot, own: Own) -> Result<bool, Error> {
        match own.store {
            Store::Keyring => {
                let user = keyring_user(slot, own.generation)?;
                let deleted = self.keyring.ask(move |keyring| keyring.delete(&user)).await;
                deleted.map_err(|unusable| {
                    let what = format!("The {slot} can't be removed from the keyring");
                    Error::usage(format!("{what}: {}.", unusable.reason)).hints(unusable.hints)
                })
            }
            Store::File => {
                let path = self.own_file(slot, own)?;
                match fs::remove_file(&path) {
                    Ok(()) => Ok(true),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(Error::failed(format!(
                        "Can't remove {}: {error}.",
                        path.display()
                    ))),
                }
            }
        }
    }

    /// The file that is about to be written or deleted. What a kill left of others in its folder may be a secret, and goes.
    fn own_file(&self, slot: &Slot, own: Own) -> Result<PathBuf, Error> {
        let path = self.config_folder.join(slot.file(own.generation)?);
        if let Some(folder) = path.parent() {
            private_files::remove_unfinished(folder);
        }
        Ok(path)
    }

    /// The place of abmctl's own that `location` names; `None` if it names another, which belongs to its owner.
    pub fn own(&self, location: &SecretLocation) -> Option<Own> {
        match &location.reference {
            SecretReference::Keyring(generation) => Some(Own {
                store: Store::Keyring,
                generation: *generation,
            }),
            SecretReference::File(path) => {
                let path = self.path(path);
                let places = [Own::current(Store::File), Own::previous(Store::File)];
                places.into_iter().find(|own| {
                    let file = location.slot.file(own.generation);
                    file.is_ok_and(|file| same_file(&path, &self.config_folder.join(file)))
                })
            }
            _ => None,
        }
    }

    /// Whether a reference names a file that abmctl keeps for `slot`, in whatever words.
    pub(crate) fn names_own_file(&self, reference: &SecretReference, slot: &Slot) -> bool {
        let (slot, reference) = (slot.clone(), reference.clone());
        !reference.is_keyring() && self.own(&SecretLocation { reference, slot }).is_some()
    }

    /// The file that a `file:` reference names.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        SecretReference::file_in(path, &self.config_folder, self.home.as_deref())
    }
}

/// Whether two paths name one file, as they also do in different spellings on a disk that ignores case.
fn same_file(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| {
        let file = fs::metadata(path).ok()?;
        Some((file.dev(), file.ino()))
    };
    one == other || id(one).is_some_and(|it| Some(it) == id(other))
}

fn keyring_user(slot: &Slot, generation: Generation) -> Result<String, Error> {
    // The rules for files hold for the keyring too: whoever changes the store later keeps the names.
    slot.file(generation)?;
    slot.keyring_user(generation).ok_or_else(|| {
        Error::usage(format!(
            "The {slot} belongs to no profile, so abmctl can't store it in the keyring."
        ))
    })
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

    fn location(own: Own) -> SecretLocation {
        SecretLocation {
            reference: slot().reference(own).unwrap(),
            slot: slot(),
        }
    }

    #[test]
    fn a_file_is_private_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(BadKeyring::Absent);
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        let own = Own::current(Store::File);
        let at = location(own);
        assert_eq!(
            at.reference.to_config(),
            "file:secrets/acme/tokens.prod.token"
        );
        assert!(block_on(secrets.read_own(&slot(), own)).unwrap().is_none());
        block_on(secrets.write_own(&slot(), own, &Secret::new("s3cret"))).unwrap();
        let path = folder.path().join("secrets/acme/tokens.prod.token");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(block_on(secrets.resolve(&at)).unwrap().expose(), "s3cret");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let there = block_on(secrets.read_own(&slot(), own)).unwrap().unwrap();
        assert_eq!(there.expose(), "s3cret");
        // As a kill leaves it.
        let unfinished = folder.path().join("secrets/acme/.abmctl-x1Y2z3");
        fs::write(&unfinished, "s3cret").unwrap();
        for there in [true, false] {
            assert_eq!(block_on(secrets.delete_own(&slot(), own)), Ok(there));
            assert!(!path.exists() && !unfinished.exists());
        }
    }

    #[test]
    fn the_keyring_keeps_two_generations_and_loses_each() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring.clone());
        let both = [Own::current(Store::Keyring), Own::previous(Store::Keyring)];
        for (own, secret) in both.into_iter().zip(["new", "old"]) {
            block_on(secrets.write_own(&slot(), own, &Secret::new(secret))).unwrap();
            let back = block_on(secrets.resolve(&location(own))).unwrap();
            assert_eq!(back.expose(), secret);
            assert_eq!(secrets.own(&location(own)), Some(own));
        }
        let users: Vec<String> = keyring.0.lock().unwrap().keys().cloned().collect();
        assert_eq!(
            users,
            ["acme/tokens.prod.token", "acme/tokens.prod.token.previous"]
        );
        for own in both {
            assert_eq!(block_on(secrets.delete_own(&slot(), own)), Ok(true));
        }
        assert!(keyring.0.lock().unwrap().is_empty());
    }

    #[test]
    fn abmctls_own_files_are_known_in_any_spelling_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/acme/tokens.prod.token");
        private_file::write(&path, b"mine").unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        let own = |reference: &str| {
            secrets.own(&SecretLocation {
                reference: reference.parse().unwrap(),
                slot: slot(),
            })
        };
        let odd = folder
            .path()
            .join("secrets/../secrets/acme/tokens.prod.token");
        for reference in [
            "file:secrets/acme/tokens.prod.token".to_owned(),
            format!("file:{}", path.display()),
            format!("file:{}", odd.display()),
        ] {
            assert_eq!(own(&reference), Some(Own::current(Store::File)));
        }
        for reference in ["file:mine.pem", "env:X", "credential:x", "command:x"] {
            assert_eq!(own(reference), None, "{reference}");
        }
    }

    #[test]
    fn nothing_is_stored_where_it_would_be_forgotten_or_misplaced() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(BadKeyring::Forgetting);
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        let secret = Secret::new("s3cret");
        let own = Own::current(Store::Keyring);
        let error = block_on(secrets.write_own(&slot(), own, &secret)).unwrap_err();
        assert_eq!(
            error.message,
            "The server token prod of profile acme can't be stored in the keyring: the keyring doesn't store what abmctl writes to it."
        );
        for store in [Store::Keyring, Store::File] {
            for slot in [
                Slot::of_profile("../x", Field::PrivateKey),
                Slot::of_environment(Field::PrivateKey),
            ] {
                let own = Own::current(store);
                let error = block_on(secrets.write_own(&slot, own, &secret)).unwrap_err();
                assert_eq!(error.kind.exit_code(), 2);
                assert!(!format!("{error:?}").contains("s3cret"));
            }
        }
    }
}
