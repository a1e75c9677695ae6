//! The key pair that a server token is encrypted for: an RSA key, and a certificate for Apple's portal.

mod certificate;
pub(super) mod form;
mod new;
mod private_key;

pub use certificate::{Certificate, CertificateId, KeyAlgorithm};
pub use new::KeyPair;
pub use private_key::DecryptionKey;

/// Why a key or certificate can't be used: the end of a sentence that begins with "it".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyPairError(pub String);

/// Why an encrypted key can't be used.
const ENCRYPTED: &str = "it is encrypted with a passphrase";

impl KeyPairError {
    /// Whether it is a key, and only a passphrase is in the way.
    pub fn is_encrypted(&self) -> bool {
        self.0 == ENCRYPTED
    }
}

impl From<&str> for KeyPairError {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

#[cfg(test)]
mod tests;
