//! A key pair that is made and kept, and the older one of its name, which is kept too.

use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::place::Place;
use crate::apple::enrollment::key_pair::{Certificate, KeyPair};
use crate::config::{self, Edit, key_pairs};
use crate::context::Context;
use crate::error::Error;
use crate::secret::{Field, Secret, SecretLocation, SecretReference, Slot, Store, private_file};

/// Where a new key pair is to be kept.
pub struct Plan {
    /// Its name.
    pub name: String,
    /// The store of its private key.
    pub store: Store,
    /// The reference to its private key.
    pub private_key: SecretReference,
    /// The file of its certificate, relative to the configuration folder.
    pub certificate: PathBuf,
    /// The older pair of the same name, and where it goes.
    pub older: Option<Older>,
}

/// A pair that has to give up its name: a token may have been made for it.
pub struct Older {
    /// Its name from now on.
    pub name: String,
    before: config::KeyPair,
    after: config::KeyPair,
}

/// A key pair as it was made.
pub struct Made {
    pair: KeyPair,
    /// Its certificate.
    pub certificate: Certificate,
}

impl Made {
    /// Makes one, for a server of this name. It takes up to seconds of computing.
    pub async fn new(server: &str, now: Timestamp) -> Result<Self, Error> {
        // A common name has room for no more (X.520).
        let server: String = server.chars().take(64).collect();
        let made = tokio::task::spawn_blocking(move || KeyPair::generate(&server, now)).await;
        let failed = |why: String| Error::failed(format!("No key pair can be made: {why}."));
        let pair = made
            .map_err(|_| failed("the making broke off".to_owned()))?
            .map_err(|error| failed(error.to_string()))?;
        let certificate = Certificate::parse(pair.certificate.as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { pair, certificate })
    }

    /// The certificate, PEM.
    pub fn pem(&self) -> &str {
        &self.pair.certificate
    }
}

impl Plan {
    /// Where a pair called `name` goes. An older one of that name gets the next free name after `NAME-old`.
    pub fn new(name: &str, store: Store, place: &Place, context: &Context) -> Result<Self, Error> {
        let profile = &place.profile;
        let slot = slot(profile, name);
        let older = match place.stored.key_pairs.get(name) {
            None => None,
            Some(before) => Some(Older::new(name, before, place, context)?),
        };
        let plan = Self {
            name: name.to_owned(),
            store,
            private_key: match store {
                Store::Keyring => SecretReference::Keyring,
                Store::File => SecretReference::File(slot.file()?),
            },
            certificate: key_pairs::certificate(profile, name),
            older,
        };
        config::rehearse(&place.settings.folders, |edit| plan.write(profile, edit))?;
        Ok(plan)
    }

    fn write(&self, profile: &str, edit: &mut Edit) -> Result<(), Error> {
        if let Some(Older { name, after, .. }) = &self.older {
            edit.set_key_pair(profile, name, &after.private_key, &after.certificate)?;
        }
        edit.set_key_pair(profile, &self.name, &self.private_key, &self.certificate)
    }

    /// Keeps the pair: the older one is out of the way before, and the configuration names both at the end.
    pub async fn keep(&self, made: &Made, place: &Place, context: &Context) -> Result<(), Error> {
        let folders = &place.settings.folders;
        let secrets = context.secrets(&place.settings);
        if let Some(older) = &self.older {
            older.move_away(&self.name, place, context).await?;
            // From here on the older one is found by its new name, whatever happens to the new one.
            config::edit(folders, context.claimant(), |edit| {
                let Older { name, after, .. } = older;
                edit.remove_key_pair(&place.profile, &self.name);
                edit.set_key_pair(&place.profile, name, &after.private_key, &after.certificate)
            })
            .await?;
        }
        let key = Secret::new(made.pair.private_key.expose_secret());
        secrets
            .store(self.store, &slot(&place.profile, &self.name), &key)
            .await?;
        private_file::write(
            &folders.config.join(&self.certificate),
            made.pem().as_bytes(),
        )?;
        config::edit(folders, context.claimant(), |edit| {
            self.write(&place.profile, edit)
        })
        .await
    }

    /// Takes the new pair away again, as far as that is possible; the older one keeps its new name.
    pub async fn undo(&self, place: &Place, context: &Context) {
        let location = SecretLocation {
            reference: self.private_key.clone(),
            slot: slot(&place.profile, &self.name),
        };
        let folders = &place.settings.folders;
        // A pair that nothing was made for does no harm where it stays.
        let _ = context.secrets(&place.settings).remove(&location).await;
        let _ = std::fs::remove_file(folders.config.join(&self.certificate));
        let _ = config::edit(folders, context.claimant(), |edit| {
            Ok(edit.remove_key_pair(&place.profile, &self.name))
        })
        .await;
    }
}

fn slot(profile: &str, name: &str) -> Slot {
    Slot::of_profile(profile, Field::KeyPair(name.to_owned()))
}

impl Older {
    fn new(
        name: &str,
        before: &config::KeyPair,
        place: &Place,
        context: &Context,
    ) -> Result<Self, Error> {
        let profile = &place.profile;
        let taken = |other: &str| {
            place.stored.key_pairs.contains_key(other) || place.stored.tokens.contains_key(other)
        };
        let mut new = format!("{name}-old");
        let mut number = 2;
        while taken(&new) {
            new = format!("{name}-old-{number}");
            number += 1;
        }
        crate::secret::check_name("key pair", &new)?;
        let location = key_pairs::location(profile, name, before);
        let own = context.secrets(&place.settings).is_own(&location);
        let private_key = match &before.private_key {
            SecretReference::File(_) if own => SecretReference::File(slot(profile, &new).file()?),
            other => other.clone(),
        };
        let certificate = if before.has_own_certificate(profile, name, &place.settings.folders) {
            key_pairs::certificate(profile, &new)
        } else {
            before.certificate.clone()
        };
        Ok(Self {
            name: new,
            before: before.clone(),
            after: config::KeyPair {
                private_key,
                certificate,
            },
        })
    }

    /// Copies key and certificate to their new places, where their old ones are abmctl's own; they are written over next.
    async fn move_away(&self, name: &str, place: &Place, context: &Context) -> Result<(), Error> {
        let profile = &place.profile;
        let secrets = context.secrets(&place.settings);
        let location = key_pairs::location(profile, name, &self.before);
        if secrets.is_own(&location) {
            let secret = secrets.resolve(&location).await.map_err(|error| {
                error.hint(format!("The older key pair {name} has to be kept under another name first. Give the new one another name with `--name`."))
            })?;
            let store = match self.before.private_key {
                SecretReference::Keyring => Store::Keyring,
                _ => Store::File,
            };
            secrets
                .store(store, &slot(profile, &self.name), &secret)
                .await?;
        }
        let folder = &place.settings.folders.config;
        if self.before.certificate != self.after.certificate {
            let path = folder.join(&self.before.certificate);
            let bytes = std::fs::read(&path).map_err(|error| {
                Error::usage(format!(
                    "The certificate {} can't be read: {error}.",
                    path.display()
                ))
            })?;
            private_file::write(&folder.join(&self.after.certificate), &bytes)?;
        }
        Ok(())
    }
}
