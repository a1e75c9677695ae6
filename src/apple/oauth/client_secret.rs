//! The client secret: a JWT that proves that abmctl holds the key of the app which the Roster API was authorized for.

use jiff::Timestamp;
use serde_json::json;

use super::jws;
use super::key::SigningKey;

/// Apple's audience, always this one, wherever the request goes (official).
pub const AUDIENCE: &str = "https://appleid.apple.com";

/// How long a client secret is valid, in seconds. Apple allows 15,777,000, about six months (official); it is made
/// afresh for each request, so minutes do.
const LIFETIME: i64 = 600;

/// A signed client secret, valid for 10 minutes from `now`.
///
/// `iss` is the developer team, `sub` the App ID or Services ID, `kid` the key's id (official). `None` if the key
/// can't sign.
pub fn sign(
    key: &SigningKey,
    client_id: &str,
    team_id: &str,
    key_id: &str,
    now: Timestamp,
) -> Option<String> {
    let issued = now.as_second();
    let claims = json!({
        "iss": team_id,
        "iat": issued,
        "exp": issued + LIFETIME,
        "aud": AUDIENCE,
        "sub": client_id,
    });
    jws::sign(key, Some(key_id), &claims)
}
