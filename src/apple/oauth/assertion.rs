//! The client assertion: a JWT that proves that abmctl has the API account's private key.

use jiff::Timestamp;
use serde_json::json;

use super::jws;
use super::key::SigningKey;

/// Apple's audience, always this one, although the request goes to the address without `v2` (official).
pub const AUDIENCE: &str = "https://account.apple.com/auth/oauth2/v2/token";

/// How long an assertion is valid, in seconds. Apple allows 180 days (official) and takes short ones (observed).
const LIFETIME: i64 = 600;

/// A signed assertion, valid for 10 minutes from `now`; `id` must never have been used before.
///
/// `iss` and `sub` are the client id, `kid` is left out where no key id is configured (official). `None` if the key
/// can't sign.
pub fn sign(
    key: &SigningKey,
    client_id: &str,
    key_id: Option<&str>,
    id: [u8; 16],
    now: Timestamp,
) -> Option<String> {
    let issued = now.as_second();
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": AUDIENCE,
        "iat": issued,
        "exp": issued + LIFETIME,
        "jti": uuid(id),
    });
    jws::sign(key, key_id, &claims)
}

/// Random bytes in the form of a UUID, version 4.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_form_of_a_uuid() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
