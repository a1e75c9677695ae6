//! The organization's private key, as Apple's portal hands it out.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

use crate::apple::pem_text::pem_in;

/// Why a text is not a private key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no PEM block in it.
    #[error("it isn't a PEM file")]
    NotPem,
    /// It holds a certificate or a public key.
    #[error("it doesn't contain a private key")]
    NotPrivate,
    /// It is encrypted with a passphrase.
    #[error("it is encrypted with a passphrase")]
    Encrypted,
    /// It is an EC key on another curve than P-256.
    #[error("its curve isn't P-256 (prime256v1)")]
    WrongCurve,
    /// It is an RSA key.
    #[error("it is an RSA key, not an EC key on P-256")]
    Rsa,
    /// What is inside the PEM block can't be read.
    #[error("it is damaged")]
    Damaged,
}

/// A P-256 private key that signs; prints as nothing.
pub struct SigningKey(EcdsaKeyPair);

/// The DER of the object identifiers that tell what a key is.
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// The beginnings of other curves' identifiers: SEC (P-384, P-521, secp256k1), X9.62, Brainpool, and Edwards curves.
const OTHER_CURVES: [&[u8]; 4] = [
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00],
    &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01],
    &[0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01],
    &[0x06, 0x03, 0x2b, 0x65],
];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

impl SigningKey {
    /// Reads a PEM file: PKCS#8 or SEC1 whatever its label says, with or without an `EC PARAMETERS` block before it.
    ///
    /// Apple's file is labeled `EC PRIVATE KEY` and holds PKCS#8 (observed). Line breaks may be written out as `\n`, and the whole may be
    /// base64 of the PEM: CI systems store it so.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let text = &*pem_in(text);
        if !text.contains("-----BEGIN ") {
            return Err(KeyError::NotPem);
        }
        // Its headers need the blank line that is dropped below.
        if text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        let blocks = pem::parse_many(unindented(text)).map_err(|_| KeyError::Damaged)?;
        if blocks.is_empty() {
            return Err(KeyError::Damaged);
        }
        let block = blocks
            .iter()
            .find(|block| block.tag().ends_with("PRIVATE KEY"))
            .ok_or(KeyError::NotPrivate)?;
        if block.tag().starts_with("ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        let der = block.contents();
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map(Self)
            .map_err(|_| what_it_is(block.tag(), der))
    }

    /// The signature of `message`: R and S, 64 bytes, as JOSE has it.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.0.sign(&SystemRandom::new(), message).ok()?;
        Some(signature.as_ref().to_vec())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(not shown)")
    }
}

/// The text without the white space that pasting puts around and between lines.
fn unindented(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn what_it_is(tag: &str, der: &[u8]) -> KeyError {
    let has = |id: &[u8]| der.windows(id.len()).any(|window| window == id);
    if tag.starts_with("RSA") || has(RSA) {
        KeyError::Rsa
    } else if !has(P256) && OTHER_CURVES.iter().any(|curve| has(curve)) {
        KeyError::WrongCurve
    } else {
        KeyError::Damaged
    }
}
