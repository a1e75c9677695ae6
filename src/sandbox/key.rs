//! Key pairs: the API account's, and that of the app which the Roster API was authorized for.

use std::fmt::Write as _;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use super::StartError;

/// What stands in the first line of an API account's key: it says SEC1, and the content is PKCS#8 (observed).
pub(super) const API_ACCOUNT: &str = "EC PRIVATE KEY";
/// What stands in the first line of a `.p8` file (official).
pub(super) const APP: &str = "PRIVATE KEY";

/// A key pair.
pub(super) struct Key {
    /// The private key as Apple hands it out.
    pub pem: String,
    /// The uncompressed point of the public key, in hexadecimal digits.
    pub public: String,
}

impl Key {
    /// Makes a new key pair, with the first line of one kind.
    pub(super) fn generate(label: &str) -> Result<Self, StartError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| StartError::Key)?;
        let document = pair.to_pkcs8v1().map_err(|_| StartError::Key)?;
        let pem = pem::encode_config(
            &pem::Pem::new(label, document.as_ref()),
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
