//! What clients sign: a JSON Web Signature in its compact form, with ES256.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::key::from_hex;

/// The three parts of one.
pub(super) struct Signed<'a> {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
    content: &'a str,
    signature: Vec<u8>,
}

impl<'a> Signed<'a> {
    /// Takes a text apart; the error is a sentence.
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("The assertion does not have three parts.");
        };
        Ok(Self {
            content: &text[..header.len() + 1 + claims.len()],
            header: object(header)?,
            claims: object(claims)?,
            signature: URL_SAFE_NO_PAD.decode(signature).unwrap_or_default(),
        })
    }

    /// Whether it is signed with ES256 by the holder of this public key, in hexadecimal digits.
    pub(super) fn check(&self, public_key: &str) -> Result<(), &'static str> {
        if self.header.get("alg") != Some(&json!("ES256")) {
            return Err("alg is not ES256.");
        }
        let key = from_hex(public_key).unwrap_or_default();
        // The verification takes R and S side by side, 64 bytes: a signature in ASN.1 fails it.
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
            .verify(self.content.as_bytes(), &self.signature)
            .map_err(|_| "The signature does not match.")
    }

    /// A claim that is a whole number.
    pub(super) fn seconds(&self, name: &str) -> Result<i64, String> {
        let value = self.claims.get(name).and_then(Value::as_i64);
        value.ok_or_else(|| format!("{name} is not a whole number."))
    }
}

/// One part: base64url of a JSON object.
fn object(part: &str) -> Result<Map<String, Value>, &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err("A part of the assertion isn't a JSON object."),
    }
}
