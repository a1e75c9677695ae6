//! A key pair that is made and kept, and the older one of its name, which is kept too.

use std::fs;
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::locked_profile::LockedProfile;
use crate::apple::device_assignment::key_pair::{Certificate, KeyPair};
use crate::config::{self, Edit, Folders, key_pairs};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::profile::{Change, Done, NewSecret, Plan};
use crate::organization::record::{Record, Recorded};
use crate::secret::{Field, Secret, SecretReference, Secrets, Store, check_name, private_file};

/// Where a new key pair is to be kept.
pub struct PairPlan {
    pub name: String,
    /// The store of its private key.
    pub store: Store,
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
    pub certificate: Certificate,
}

impl Made {
    /// Makes one, for a server of this name. It takes up to seconds of computing.
    pub async fn new(server: &str, organization: &Organization) -> Result<Self, Error> {
        organization.progress("Making a key pair");
        let made = Self::generate(server, organization.clock().now()).await;
        organization.progress("");
        made
    }

    async fn generate(server: &str, now: Timestamp) -> Result<Self, Error> {
        // A common name has room for no more (X.520).
        let server: String = server.chars().take(64).collect();
        let made = tokio::task::spawn_blocking(move || KeyPair::generate(&server, now)).await;
        let failed = |why: String| Error::failed(format!("abmctl can't make a key pair: {why}."));
        let pair = made
            .map_err(|_| failed("generating the keys failed".to_owned()))?
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

impl PairPlan {
    /// Where a pair called `name` goes. An older one of that name gets the next free name after `NAME-old`.
    pub fn new(name: &str, store: Store, profile: &LockedProfile) -> Result<Self, Error> {
        let older = match profile.key_pair(name) {
            None => None,
            Some(before) => Some(Older::new(name, before, profile)?),
        };
        let plan = Self {
            name: name.to_owned(),
            store,
            private_key: NewSecret::reference(&profile.name, &field(name), store)?,
            certificate: key_pairs::certificate(&profile.name, name),
            older,
        };
        config::rehearse(&profile.settings().folders, |edit| {
            plan.write(&profile.name, edit)
        })?;
        Ok(plan)
    }

    fn write(&self, profile: &str, edit: &mut Edit) -> Result<(), Error> {
        if let Some(older) = &self.older {
            older.write(&self.name, profile, edit)?;
        }
        edit.set_key_pair(profile, &self.name, &self.private_key, &self.certificate)
    }

    /// Gives the older pair its new name, so that it is out of the way whatever happens to the new one, and reads the profile again.
    pub async fn move_older_away(&self, profile: &mut LockedProfile) -> Result<Done, Error> {
        let done = match &self.older {
            None => Done::default(),
            Some(older) => older.move_away(&self.name, profile).await?,
        };
        profile.read()?;
        Ok(done)
    }

    /// The change that stores the pair that was made, with what would be lost.
    pub async fn change<'a>(
        &'a self,
        made: &Made,
        profile: &'a LockedProfile,
        secrets: &'a Secrets,
    ) -> Result<Plan<'a>, Error> {
        let new = NewSecret {
            field: field(&self.name),
            secret: Secret::new(made.pair.private_key.expose_secret()),
            store: self.store,
        };
        let change = Change {
            store: vec![new],
            ..profile.change(self.record(made, false), |edit| {
                self.write(&profile.name, edit)
            })
        };
        profile
            .organization
            .plan_change(change, secrets, false)
            .await
    }

    /// What the journal says of the pair that was made, or is taken away again.
    fn record(&self, made: &Made, goes: bool) -> Record {
        let certificate = Some(format!("certificate {}", made.certificate.id));
        let (from, to) = if goes {
            (certificate, None)
        } else {
            (None, certificate)
        };
        Record::of([Recorded::new(format!("key pair {}", self.name), from, to)])
    }

    /// Stores the pair by this change.
    pub async fn store(
        &self,
        change: Plan<'_>,
        made: &Made,
        folders: &Folders,
    ) -> Result<Done, Error> {
        let certificate = folders.config.join(&self.certificate);
        private_file::write(&certificate, made.pem().as_bytes())?;
        change.apply().await
    }

    /// Takes the new pair away again, as far as that is possible; the older one keeps its new name.
    pub async fn undo(&self, made: &Made, profile: &mut LockedProfile) {
        // A pair that nothing was made for does no harm where it stays.
        let _ = self.remove(made, profile).await;
        let certificate = profile.settings().folders.config.join(&self.certificate);
        let _ = fs::remove_file(certificate);
    }

    async fn remove(&self, made: &Made, profile: &mut LockedProfile) -> Result<(), Error> {
        profile.read()?;
        let secrets = profile.organization.secrets();
        let change = Change {
            remove: vec![field(&self.name)],
            ..profile.change(self.record(made, true), |edit| {
                edit.remove_key_pair(&profile.name, &self.name);
                Ok(())
            })
        };
        let plan = profile
            .organization
            .plan_change(change, &secrets, false)
            .await?;
        plan.apply().await?;
        Ok(())
    }
}

fn field(name: &str) -> Field {
    Field::KeyPair(name.to_owned())
}

impl Older {
    fn new(name: &str, before: &config::KeyPair, profile: &LockedProfile) -> Result<Self, Error> {
        let taken = |other: &str| profile.has(other);
        let mut new = format!("{name}-old");
        let mut number = 2;
        while taken(&new) {
            new = format!("{name}-old-{number}");
            number += 1;
        }
        check_name("key pair", &new)?;
        let location = key_pairs::location(&profile.name, name, before);
        let own = profile.organization.secrets().own(&location);
        let folders = &profile.settings().folders;
        let private_key = match own {
            Some(own) => NewSecret::reference(&profile.name, &field(&new), own.store)?,
            None => before.private_key.clone(),
        };
        let certificate = if before.has_own_certificate(&profile.name, name, folders) {
            key_pairs::certificate(&profile.name, &new)
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
    async fn move_away(&self, name: &str, profile: &LockedProfile) -> Result<Done, Error> {
        let folders = &profile.settings().folders;
        if self.before.certificate != self.after.certificate {
            let path = folders.config.join(&self.before.certificate);
            let bytes = fs::read(&path).map_err(|error| {
                Error::usage(format!(
                    "The certificate {} can't be read: {error}.",
                    path.display()
                ))
            })?;
            private_file::write(&folders.config.join(&self.after.certificate), &bytes)?;
        }
        let secrets = profile.organization.secrets();
        let location = key_pairs::location(&profile.name, name, &self.before);
        let mut store = Vec::new();
        if let Some(own) = secrets.own(&location) {
            let secret = secrets.resolve(&location).await.map_err(|error| {
                error.hint(format!("abmctl would have to rename the older key pair {name} first. Give the new key pair another name with `--name`."))
            })?;
            store.push(NewSecret {
                field: field(&self.name),
                secret,
                store: own.store,
            });
        }
        let renamed = Recorded::new(
            format!("name of key pair {name}"),
            Some(name.to_owned()),
            Some(self.name.clone()),
        );
        let record = Record::of([renamed]);
        let change = Change {
            store,
            renamed: vec![field(name)],
            ..profile.change(record, |edit| self.write(name, &profile.name, edit))
        };
        let plan = profile
            .organization
            .plan_change(change, &secrets, false)
            .await?;
        plan.apply().await
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

/// Removes the certificate of a key pair where it is in abmctl's own file. It is public, so one that can't be removed is no
/// more than a warning: a sentence.
pub fn remove_certificate(
    profile: &str,
    name: &str,
    pair: &config::KeyPair,
    folders: &Folders,
) -> Option<String> {
    if !pair.has_own_certificate(profile, name, folders) {
        return None;
    }
    let path = folders.config.join(&pair.certificate);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Some(format!("Can't remove {}: {error}.", path.display()))
        }
        _ => None,
    }
}
