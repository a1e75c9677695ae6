//! A key pair that is made and kept, and the older one of its name, which is kept too.

use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::place::Place;
use crate::apple::device_assignment::key_pair::{Certificate, KeyPair};
use crate::commands::profile_change::{Consent, apply, prepare};
use crate::config::{self, Edit, File, key_pairs};
use crate::context::Context;
use crate::error::Error;
use crate::organization::profile::{Change, NewSecret};
use crate::secret::{Field, Secret, SecretReference, Store, private_file};

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
        let older = match place.key_pair(name) {
            None => None,
            Some(before) => Some(Older::new(name, before, place, context)?),
        };
        let plan = Self {
            name: name.to_owned(),
            store,
            private_key: NewSecret::reference(profile, &field(name), store)?,
            certificate: key_pairs::certificate(profile, name),
            older,
        };
        config::rehearse(&place.settings.folders, |edit| plan.write(profile, edit))?;
        Ok(plan)
    }

    fn write(&self, profile: &str, edit: &mut Edit) -> Result<(), Error> {
        if let Some(older) = &self.older {
            older.write(&self.name, profile, edit)?;
        }
        edit.set_key_pair(profile, &self.name, &self.private_key, &self.certificate)
    }

    /// Keeps the pair: the older one is out of the way before, whatever happens to the new one.
    pub async fn keep(
        &self,
        made: &Made,
        yes: bool,
        place: &Place,
        context: &Context,
    ) -> Result<(), Error> {
        if let Some(older) = &self.older {
            older.move_away(&self.name, place, context).await?;
        }
        let new = NewSecret {
            field: field(&self.name),
            secret: Secret::new(made.pair.private_key.expose_secret()),
            store: self.store,
        };
        let write = |edit: &mut Edit| self.write(&place.profile, edit);
        let folders = &place.settings.folders;
        let secrets = context.secrets(&place.settings);
        let file = File::load(folders)?;
        let change = Change {
            before: file.profiles.get(&place.profile),
            store: vec![new],
            ..change(&place.profile, write)
        };
        let consent = Consent {
            question: "Replace it?",
            yes,
            ..Consent::given(false)
        };
        let plan = prepare(change, consent, folders, &secrets, context).await?;
        private_file::write(
            &folders.config.join(&self.certificate),
            made.pem().as_bytes(),
        )?;
        apply(plan, context).await
    }

    /// Takes the new pair away again, as far as that is possible; the older one keeps its new name.
    pub async fn undo(&self, place: &Place, context: &Context) {
        // A pair that nothing was made for does no harm where it stays.
        let _ = self.remove(place, context).await;
        let certificate = place.settings.folders.config.join(&self.certificate);
        let _ = std::fs::remove_file(certificate);
    }

    async fn remove(&self, place: &Place, context: &Context) -> Result<(), Error> {
        let write = |edit: &mut Edit| {
            edit.remove_key_pair(&place.profile, &self.name);
            Ok(())
        };
        let folders = &place.settings.folders;
        let secrets = context.secrets(&place.settings);
        let file = File::load(folders)?;
        let change = Change {
            before: file.profiles.get(&place.profile),
            remove: vec![field(&self.name)],
            ..change(&place.profile, write)
        };
        let plan = prepare(change, Consent::given(false), folders, &secrets, context).await?;
        apply(plan, context).await
    }
}

fn field(name: &str) -> Field {
    Field::KeyPair(name.to_owned())
}

/// A change of the configuration alone.
fn change<'a>(profile: &'a str, write: impl Fn(&mut Edit) -> Result<(), Error> + 'a) -> Change<'a> {
    Change {
        profile,
        before: None,
        store: Vec::new(),
        remove: Vec::new(),
        renamed: Vec::new(),
        by_hand: None,
        write: Box::new(write),
    }
}

impl Older {
    fn new(
        name: &str,
        before: &config::KeyPair,
        place: &Place,
        context: &Context,
    ) -> Result<Self, Error> {
        let profile = &place.profile;
        let taken = |other: &str| place.has(other);
        let mut new = format!("{name}-old");
        let mut number = 2;
        while taken(&new) {
            new = format!("{name}-old-{number}");
            number += 1;
        }
        crate::secret::check_name("key pair", &new)?;
        let location = key_pairs::location(profile, name, before);
        let own = context.secrets(&place.settings).own(&location);
        let private_key = match own {
            Some(own) => NewSecret::reference(profile, &field(&new), own.store)?,
            None => before.private_key.clone(),
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

    /// Gives the pair its new name, with key and certificate where those are abmctl's own.
    async fn move_away(&self, name: &str, place: &Place, context: &Context) -> Result<(), Error> {
        let profile = &place.profile;
        let folders = &place.settings.folders;
        if self.before.certificate != self.after.certificate {
            let path = folders.config.join(&self.before.certificate);
            let bytes = std::fs::read(&path).map_err(|error| {
                Error::usage(format!(
                    "The certificate {} can't be read: {error}.",
                    path.display()
                ))
            })?;
            private_file::write(&folders.config.join(&self.after.certificate), &bytes)?;
        }
        let secrets = context.secrets(&place.settings);
        let location = key_pairs::location(profile, name, &self.before);
        let mut store = Vec::new();
        if let Some(own) = secrets.own(&location) {
            let secret = secrets.resolve(&location).await.map_err(|error| {
                error.hint(format!("The older key pair {name} has to be kept under another name first. Give the new one another name with `--name`."))
            })?;
            store.push(NewSecret {
                field: field(&self.name),
                secret,
                store: own.store,
            });
        }
        let write = |edit: &mut Edit| self.write(name, profile, edit);
        let change = Change {
            before: place.stored.as_ref(),
            store,
            renamed: vec![field(name)],
            by_hand: None,
            ..change(profile, write)
        };
        let plan = prepare(change, Consent::given(false), folders, &secrets, context).await?;
        apply(plan, context).await
    }

    fn write(&self, name: &str, profile: &str, edit: &mut Edit) -> Result<(), Error> {
        let config::KeyPair {
            private_key,
            certificate,
        } = &self.after;
        edit.remove_key_pair(profile, name);
        edit.set_key_pair(profile, &self.name, private_key, certificate)
    }
}
