//! The API account's key pair.

use std::fmt::Write as _;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use super::StartError;

/// The key pair of the API account.
pub(super) struct Key {
    /// The private key exactly as Apple hands it out: the label says SEC1, the content is PKCS#8 (observed).
    pub pem: String,
    /// The uncompressed point of the public key, in hexadecimal digits.
    pub public: String,
}

impl Key {
    /// Makes a new key pair.
    pub fn generate() -> Result<Self, StartError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| StartError::Key)?;
        let document = pair.to_pkcs8v1().map_err(|_| StartError::Key)?;
        let pem = pem::encode_config(
            &pem::Pem::new("EC PRIVATE KEY", document.as_ref()),
            pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
        );
        Ok(Self {
            pem,
            public: to_hex(pair.public_key().as_ref()),
        })
    }
}

/// The bytes as lower-case hexadecimal digits.
fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes that hexadecimal digits stand for; `None` where they are no such digits.
pub(super) fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
        .collect()
}
