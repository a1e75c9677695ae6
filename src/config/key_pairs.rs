//! Key pairs that server tokens are encrypted for: a private key, kept as a secret, and a certificate in a file.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Folders, Profile, Source, Sourced};
use crate::secret::{Field, SecretLocation, SecretReference, Slot};

/// What stands in `[profiles.NAME.key_pairs.PAIR]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPair {
    /// Where the private key is kept.
    pub private_key: SecretReference,
    /// The file of the certificate; a relative path starts at the configuration folder. It is public.
    pub certificate: PathBuf,
}

/// A kept key pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPairRef {
    /// Its name in the configuration, which is that of its token too.
    pub name: String,
    /// Where the private key is kept.
    pub private_key: Sourced<SecretLocation>,
    /// The file of the certificate, where it is.
    pub certificate: PathBuf,
}

impl KeyPairRef {
    /// The key pairs of a profile, by name.
    pub fn from_profile(
        profile_name: &str,
        profile: &Profile,
        source: &Source,
        folders: &Folders,
    ) -> Vec<Self> {
        let pair = |(name, pair): (&String, &KeyPair)| Self {
            name: name.clone(),
            private_key: Sourced::new(location(profile_name, name, pair), source.clone()),
            certificate: folders.config.join(&pair.certificate),
        };
        profile.key_pairs.iter().map(pair).collect()
    }
}

impl KeyPair {
    /// Whether the certificate is in abmctl's own file for it.
    pub fn has_own_certificate(&self, profile: &str, name: &str, folders: &Folders) -> bool {
        folders.config.join(&self.certificate) == folders.config.join(certificate(profile, name))
    }
}

/// Which secret the private key of a kept pair is, and where it is kept.
pub fn location(profile: &str, name: &str, pair: &KeyPair) -> SecretLocation {
    SecretLocation {
        reference: pair.private_key.clone(),
        slot: Slot::of_profile(profile, Field::KeyPair(name.to_owned())),
    }
}

/// The file of abmctl's own for the certificate of a key pair, relative to the configuration folder.
///
/// Both names have to be ones that `check_name` lets through.
pub fn certificate(profile: &str, name: &str) -> PathBuf {
    Path::new("certificates")
        .join(profile)
        .join(format!("{name}.pem"))
}
