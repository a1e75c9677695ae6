//! The token endpoint: OAuth 2 client credentials with a signed assertion.

use std::collections::HashSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::exchange::{Answer, Request, decode_pairs};
use super::jws::Signed;
use super::organization::{AccessToken, Organization};

/// The one audience that Apple takes: the v2 URL, whatever URL the request went to (official).
pub const AUDIENCE: &str = "https://account.apple.com/auth/oauth2/v2/token";

/// How long an access token lives, in seconds (official).
pub const TOKEN_SECONDS: i64 = 3600;

/// How long an assertion may be valid: 180 days (official), in seconds.
const ASSERTION_SECONDS: i64 = 180 * 24 * 3600;

/// How far ahead of Apple's clock an assertion's `iat` may be, in seconds: not documented (inferred).
pub(super) const CLOCK_TOLERANCE: i64 = 60;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whether this is a path of the token endpoint: without `v2` (official) or with it (observed).
pub(super) fn is_endpoint(path: &str) -> bool {
    path == "/auth/oauth2/token" || path == "/auth/oauth2/v2/token"
}

/// An error of RFC 6749, always with status 400 (observed), and why.
pub(super) struct Refused(pub &'static str, pub String);

pub(super) fn refuse<T>(code: &'static str, why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(code, why.into()))
}

/// Answers a token request.
///
/// `used` holds the `jti` of every assertion that was taken; `secret` makes tokens that nobody guesses.
pub(super) fn answer(
    request: &Request,
    organization: &mut Organization,
    used: &mut HashSet<String>,
    secret: &str,
) -> Answer {
    match grant(request, organization, used, secret) {
        Ok(answer) => answer,
        Err(refused) => refused.answer(),
    }
}

impl Refused {
    /// The answer. Apple was not seen to give a description; here it helps whoever writes a client.
    pub(super) fn answer(self) -> Answer {
        let Self(code, why) = self;
        tracing::warn!("The sandbox refused a token ({code}): {why}");
        Answer::json(400, &json!({"error": code, "error_description": why})).because(why)
    }
}

fn grant(
    request: &Request,
    organization: &mut Organization,
    used: &mut HashSet<String>,
    secret: &str,
) -> Result<Answer, Refused> {
    if request.method != "POST" {
        return refuse("invalid_request", "The method is not POST.");
    }
    // Apple's sample puts the parameters into the query, clients put them into the body, and both work (observed).
    let mut pairs = request.parameters();
    pairs.extend(form(request)?);
    let one = |name: &str| one(&pairs, name);
    if one("grant_type")? != "client_credentials" {
        return refuse(
            "unsupported_grant_type",
            "grant_type is not client_credentials.",
        );
    }
    let client_id = one("client_id")?;
    if one("client_assertion_type")? != ASSERTION_TYPE {
        return refuse("invalid_client", "client_assertion_type is not jwt-bearer.");
    }
    if client_id != organization.api_account.client_id {
        return refuse("invalid_client", "The client id is unknown.");
    }
    let id = verified(one("client_assertion")?, organization, request)?;
    // Which error Apple gives for a wrong scope is unconfirmed; this is RFC 6749's.
    if one("scope")? != organization.kind.scope() {
        return refuse(
            "invalid_scope",
            format!("The scope is not {}.", organization.kind.scope()),
        );
    }
    if !used.insert(id) {
        return refuse("invalid_client", "The jti was used before.");
    }

    let token = super::derive::hex(&format!("{secret} access token {}", used.len()), 128);
    let expires_at = request
        .now
        .saturating_add(SignedDuration::from_secs(TOKEN_SECONDS))
        .unwrap_or(request.now);
    let now = request.now;
    organization
        .access_tokens
        .retain(|token| token.expires_at > now);
    organization.access_tokens.push(AccessToken {
        token: token.clone(),
        expires_at,
    });
    let document = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": organization.kind.scope(),
    });
    Ok(Answer::json(200, &document)
        .header("cache-control", "no-store")
        .changing())
}

/// The pairs of a body, which is a form where there is one.
pub(super) fn form(request: &Request) -> Result<Vec<(String, String)>, Refused> {
    let is_form = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !request.body.is_empty() && !is_form {
        return refuse("invalid_request", "The body is not a form.");
    }
    Ok(decode_pairs(&request.body))
}

/// The value of a parameter that has to be there once.
pub(super) fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Result<&'a str, Refused> {
    let mut values = pairs.iter().filter(|(key, _)| key == name);
    match (values.next(), values.count()) {
        (Some((_, value)), 0) => Ok(value),
        (None, _) => refuse("invalid_request", format!("{name} is there 0 times.")),
        (_, more) => refuse(
            "invalid_request",
            format!("{name} is there {} times.", more + 1),
        ),
    }
}

/// Checks the assertion, every claim of it, and gives its `jti`.
fn verified(
    assertion: &str,
    organization: &Organization,
    request: &Request,
) -> Result<String, Refused> {
    let account = &organization.api_account;
    let bad = |why: &str| Refused("invalid_client", why.to_owned());
    let signed = Signed::parse(assertion).map_err(bad)?;
    // No kid at all is taken too (observed).
    if let Some(kid) = signed.header.get("kid")
        && *kid != json!(account.key_id)
    {
        return refuse("invalid_client", "kid is not a key of this client.");
    }
    signed.check(&account.public_key).map_err(bad)?;
    let claims = &signed.claims;
    for name in ["iss", "sub"] {
        if claims.get(name) != Some(&json!(account.client_id)) {
            return refuse("invalid_client", format!("{name} is not the client id."));
        }
    }
    // One string (official), or an array of it alone (observed).
    let audience = claims.get("aud");
    if ![json!(AUDIENCE), json!([AUDIENCE])]
        .iter()
        .any(|good| audience == Some(good))
    {
        return refuse("invalid_client", format!("aud is not {AUDIENCE}."));
    }
    let seconds = |name| signed.seconds(name).map_err(|why| bad(&why));
    let (issued, expires) = (seconds("iat")?, seconds("exp")?);
    let now = request.now.as_second() + organization.behaviour.clock_skew.as_secs();
    if issued > now + CLOCK_TOLERANCE {
        return refuse("invalid_client", "iat is in the future.");
    }
    if expires <= now {
        return refuse("invalid_client", "The assertion has expired.");
    }
    if expires.saturating_sub(issued) > ASSERTION_SECONDS {
        return refuse("invalid_client", "exp is more than 180 days after iat.");
    }
    match claims.get("jti").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => refuse("invalid_client", "jti is missing."),
    }
}

/// Whether `request` carries an access token that is good now.
pub(super) fn is_authorized(request: &Request, organization: &Organization) -> bool {
    let Some(token) = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
    else {
        return false;
    };
    organization
        .access_tokens
        .iter()
        .any(|known| known.token == token && known.expires_at > request.now)
}
