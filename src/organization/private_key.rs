//! A private key that somebody gives, of the API account or of the Roster API: looked at before it is taken.

use std::path::{Path, PathBuf};

use super::Organization;
use super::clients::signing_key;
use super::roster::roster_key;
use crate::apple::oauth::key::SigningKey;
use crate::config::Settings;
use crate::error::Error;
use crate::secret::{Field, Secret, SecretLocation, SecretReference, Slot};

/// A private key that can sign.
pub struct PrivateKey {
    /// As it is stored.
    pub secret: Secret,
    pub key: SigningKey,
    /// The file that it was copied from; `None` if it came from standard input or a pipe.
    pub file: Option<String>,
}

impl PrivateKey {
    /// The key for `field` in `secret`, which came `from` there and not from a file; exit 2 where it can't be used.
    pub fn new(secret: Secret, from: &str, field: &Field) -> Result<Self, Error> {
        Self::of(secret, from, None, field)
    }

    fn of(secret: Secret, from: &str, file: Option<&Path>, field: &Field) -> Result<Self, Error> {
        let key = match field {
            Field::RosterPrivateKey => roster_key(&secret, from, file),
            _ => signing_key(&secret, from, file),
        }?;
        Ok(Self {
            secret,
            key,
            file: None,
        })
    }

    /// The key for `field` at `path`; exit 2 where it can't be used.
    pub async fn read(
        path: &str,
        field: Field,
        organization: &Organization,
    ) -> Result<Self, Error> {
        let settings = organization.settings();
        let location = SecretLocation {
            reference: SecretReference::File(whole_path(path, settings)),
            slot: Slot::of_environment(field),
        };
        let secret = organization.secrets().resolve(&location).await?;
        let file = (!is_pipe(path, settings)).then(|| path.to_owned());
        let read = Self::of(
            secret,
            path,
            file.as_deref().map(Path::new),
            &location.slot.field,
        )?;
        Ok(Self { file, ..read })
    }
}

/// The path as it is from anywhere: a relative one starts here, as in a shell, and not at the configuration folder.
pub fn whole_path(path: &str, settings: &Settings) -> PathBuf {
    let expanded = settings.folders.expand(path);
    std::path::absolute(&expanded).unwrap_or(expanded)
}

/// Whether there is a pipe, as `<(…)` gives one, and not a file that can be read again.
pub fn is_pipe(path: &str, settings: &Settings) -> bool {
    std::fs::metadata(whole_path(path, settings)).is_ok_and(|found| !found.is_file())
}
