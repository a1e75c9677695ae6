//! The `.p7m` file that Apple's portal hands out: a server token, encrypted for the certificate that was uploaded.

use zeroize::Zeroizing;

use super::key_pair::{CertificateId, DecryptionKey};

/// Why a file gives no server token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum P7mError {
    /// It is something else altogether.
    #[error("it is not a file that Apple hands out for a server token: {0}")]
    NotOne(&'static str),
    /// It begins as one, and can't be read to its end.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It is encrypted in a way that is not known here.
    #[error("it is encrypted with {0}, which is not supported")]
    Unsupported(String),
    /// None of its recipients is the certificate in question.
    #[error("it was made for another certificate")]
    OtherCertificate,
    /// It was made for this certificate, or nobody knows for which, and the key does not open it.
    #[error("this private key does not open it")]
    WrongKey,
}

/// A `.p7m` file, read and not yet opened.
#[derive(Debug, Clone)]
pub struct Sealed {
    recipients: Vec<CertificateId>,
}

impl Sealed {
    /// Reads a file: S/MIME with or without headers, base64, PEM or DER, BER of any form.
    pub fn parse(_file: &[u8]) -> Result<Self, P7mError> {
        Err(P7mError::NotOne("nothing is read yet"))
    }

    /// The certificates it was made for: issuer and serial number of each.
    pub fn recipients(&self) -> &[CertificateId] {
        &self.recipients
    }

    /// Opens it: what was encrypted, with its own MIME headers, for [`super::server_token::ServerToken::parse`].
    ///
    /// With `certificate`, only what was made for that one is tried; without, every recipient.
    pub fn open(
        &self,
        _key: &DecryptionKey,
        _certificate: Option<&CertificateId>,
    ) -> Result<Zeroizing<Vec<u8>>, P7mError> {
        Err(P7mError::WrongKey)
    }
}
