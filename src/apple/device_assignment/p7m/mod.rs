//! The `.p7m` file that Apple's portal hands out: a server token, encrypted for the certificate that was uploaded.

mod cipher;
mod envelope;
mod transport;

use std::fmt;

use zeroize::Zeroizing;

use self::cipher::Cipher;
use super::key_pair::{CertificateId, DecryptionKey};

/// The largest file that is read, in bytes. Apple's are of 2 to 3 thousand (observed).
pub const LARGEST: usize = 1024 * 1024;

/// Why a file gives no server token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum P7mError {
    /// It is something else altogether.
    #[error("it isn't a server token file from Apple: {0}")]
    NotOne(&'static str),
    /// It begins as one, and can't be read to its end.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It is encrypted in a way that is not known here.
    #[error("it is encrypted with {0}, which abmctl doesn't support")]
    Unsupported(String),
    /// None of its recipients is the certificate in question.
    #[error("it was made for another certificate")]
    OtherCertificate,
    /// It was made for this certificate, or nobody knows for which, and the key does not open it.
    #[error("this private key doesn't decrypt it")]
    WrongKey,
}

/// A `.p7m` file, read and not yet opened.
#[derive(Clone)]
pub struct Sealed {
    recipients: Vec<CertificateId>,
    keys: Vec<WrappedKey>,
    /// How the content is encrypted; the name of the algorithm where it is not known here.
    cipher: Result<Cipher, String>,
    content: Vec<u8>,
}

/// The key of the content, encrypted to one recipient.
#[derive(Clone)]
struct WrappedKey {
    /// For whom it is, if it says so by issuer and serial number.
    recipient: Option<CertificateId>,
    /// The key, encrypted with RSA; the name of the algorithm where it is another.
    encrypted: Result<Vec<u8>, String>,
}

impl Sealed {
    /// Reads a file: S/MIME with or without headers, base64, PEM or DER, BER of any form.
    ///
    /// It needs no key. What is not such a file is told by [`P7mError::NotOne`], half a file by [`P7mError::Damaged`].
    pub fn parse(file: &[u8]) -> Result<Self, P7mError> {
        envelope::read(&transport::unpacked(file)?)
    }

    /// The certificates it was made for: issuer and serial number of each.
    ///
    /// A recipient that is named in another way, by its key's hash, is not among them; [`Self::open`] tries it.
    pub fn recipients(&self) -> &[CertificateId] {
        &self.recipients
    }

    /// Opens it: what was encrypted, with its own MIME headers, for [`super::server_token::ServerToken::parse`].
    ///
    /// With `certificate`, only what was made for that one is tried, or for nobody named; without, every recipient.
    pub fn open(
        &self,
        key: &DecryptionKey,
        certificate: Option<&CertificateId>,
    ) -> Result<Zeroizing<Vec<u8>>, P7mError> {
        let is_meant = |recipient: &Option<CertificateId>| match (recipient, certificate) {
            (Some(recipient), Some(certificate)) => recipient == certificate,
            _ => true,
        };
        let meant = || self.keys.iter().filter(|key| is_meant(&key.recipient));
        let mut failure = match certificate {
            Some(_) if meant().all(|key| key.recipient.is_none()) => P7mError::OtherCertificate,
            _ => P7mError::WrongKey,
        };
        let unsupported = |name: &String| P7mError::Unsupported(name.clone());
        for wrapped in meant() {
            match &wrapped.encrypted {
                Err(name) if failure == P7mError::WrongKey => failure = unsupported(name),
                Err(_) => {}
                Ok(encrypted) => {
                    let cipher = match &self.cipher {
                        Err(name) if failure != P7mError::OtherCertificate => {
                            return Err(unsupported(name));
                        }
                        Err(_) => continue,
                        Ok(cipher) => cipher,
                    };
                    // The length tells a key from chance, which passes RSA's padding once in some 100 thousand times.
                    let content_key = key.unwrap(encrypted);
                    if let Some(content_key) = content_key.filter(|key| cipher.takes(key)) {
                        return cipher.decrypt(&content_key, &self.content);
                    }
                }
            }
        }
        Err(failure)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("recipients", &self.recipients)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
