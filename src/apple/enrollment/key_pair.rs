//! The key pair that a server token is encrypted for: an RSA key, and a certificate for Apple's portal.

use std::fmt;

use jiff::Timestamp;
use secrecy::SecretString;

/// Why a key or certificate can't be used: the end of a sentence that begins with "it".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyPairError(pub String);

/// Which certificate: its issuer and serial number, by which a `.p7m` names whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateId {
    /// The issuer's name, DER.
    pub issuer: Vec<u8>,
    /// The serial number: big-endian, without leading zeros.
    pub serial: Vec<u8>,
}

impl fmt::Display for CertificateId {
    /// The serial number in hexadecimal digits, and the issuer's common name where it has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.serial {
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

/// A certificate (X.509), as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its issuer and serial number.
    pub id: CertificateId,
    /// The common name of its subject, where it has one.
    pub common_name: Option<String>,
    /// When it ends.
    pub not_after: Option<Timestamp>,
    /// The whole certificate, DER.
    pub der: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate, PEM or DER; of several in PEM the first.
    pub fn parse(_file: &[u8]) -> Result<Self, KeyPairError> {
        Err(KeyPairError("it can't be read yet".into()))
    }

    /// Whether its public key is that of this private key.
    pub fn belongs_to(&self, _key: &DecryptionKey) -> bool {
        false
    }
}

/// An RSA private key that opens `.p7m` files. Prints as nothing.
pub struct DecryptionKey(());

impl DecryptionKey {
    /// Reads a key: PKCS#8 or PKCS#1, PEM or DER, not encrypted.
    pub fn parse(_file: &[u8]) -> Result<Self, KeyPairError> {
        Err(KeyPairError("it can't be read yet".into()))
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptionKey")
    }
}

/// A new key pair.
#[derive(Debug)]
pub struct KeyPair {
    /// The private key, PKCS#8 in PEM.
    pub private_key: SecretString,
    /// The self-signed certificate, PEM.
    pub certificate: String,
}

impl KeyPair {
    /// Makes an RSA key of 2048 bits and a self-signed certificate of this common name, valid from `now` for ten years.
    pub fn generate(_common_name: &str, _now: Timestamp) -> Result<Self, KeyPairError> {
        Err(KeyPairError("none can be made yet".into()))
    }
}
