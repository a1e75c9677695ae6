//! A JSON Web Signature with ES256, as client assertions and client secrets are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::key::SigningKey;

/// The signed `claims`, with the id of the key in the header if there is one; `None` if the key can't sign.
pub(super) fn sign(key: &SigningKey, key_id: Option<&str>, claims: &Value) -> Option<String> {
    let mut header = json!({"alg": "ES256", "typ": "JWT"});
    if let Some(key_id) = key_id {
        header["kid"] = key_id.into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(claims));
    let signature = key.sign(message.as_bytes())?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
