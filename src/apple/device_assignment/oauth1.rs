//! The OAuth 1.0a signature that a session is requested with (RFC 5849, HMAC-SHA1; official).

use std::fmt::{Display, Write};
use std::num::NonZeroU64;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use oauth1_request::signature_method::{PLAINTEXT, Sign, SignatureMethod};
use oauth1_request::{Builder, Credentials, Token};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::server_token::ServerToken;

/// The value of `Authorization` for `GET url`, which has no query.
///
/// `nonce` must never have been used before with `now` (official).
pub fn authorization(
    url: &Url,
    token: &ServerToken,
    now: Timestamp,
    nonce: [u8; 16],
) -> SecretString {
    let nonce = format!("{:032x}", u128::from_be_bytes(nonce));
    let credentials = Token {
        client: Credentials::new(
            token.consumer_key.expose_secret(),
            token.consumer_secret.expose_secret(),
        ),
        token: Credentials::new(
            token.access_token.expose_secret(),
            token.access_secret.expose_secret(),
        ),
    };
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let header = Builder::with_token(credentials, HmacSha1)
        .nonce(nonce.as_str())
        .timestamp(NonZeroU64::new(seconds).unwrap_or(NonZeroU64::MIN))
        .version(true)
        .get(url, &());
    // The realm is no part of the signature. All values are percent-encoded, so this is the only place for a quote
    // and a comma; Apple's own example has a space between the parameters.
    let parameters = header
        .strip_prefix("OAuth ")
        .unwrap_or(&header)
        .replace("\",", "\", ");
    format!("OAuth realm=\"ADM\", {parameters}").into()
}

/// HMAC-SHA1 by the library that does all other cryptography here.
#[derive(Clone, Copy)]
struct HmacSha1;

/// The signature base string so far, and the key.
struct HmacSha1Sign {
    key: hmac::Key,
    text: String,
}

impl SignatureMethod for HmacSha1 {
    type Sign = HmacSha1Sign;

    fn sign_with(self, client_secret: &str, token_secret: Option<&str>) -> HmacSha1Sign {
        // What PLAINTEXT calls its signature is the key of this method (RFC 5849, sections 3.4.2 and 3.4.4).
        let key = zeroize::Zeroizing::new(PLAINTEXT.sign_with(client_secret, token_secret).end());
        HmacSha1Sign {
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes()),
            text: String::new(),
        }
    }
}

impl HmacSha1Sign {
    fn push(&mut self, part: impl Display) {
        // Writing to a String can't fail.
        let _ = write!(self.text, "{part}");
    }
}

impl Sign for HmacSha1Sign {
    type Signature = String;

    fn get_signature_method_name(&self) -> &'static str {
        "HMAC-SHA1"
    }

    fn request_method(&mut self, method: &str) {
        self.push(format_args!("{method}&"));
    }

    fn uri<T: Display>(&mut self, uri: T) {
        self.push(format_args!("{uri}&"));
    }

    fn parameter<V: Display>(&mut self, key: &str, value: V) {
        self.push(format_args!("{key}%3D{value}"));
    }

    fn delimiter(&mut self) {
        self.push("%26");
    }

    fn end(self) -> String {
        let signature = hmac::sign(&self.key, self.text.as_bytes());
        STANDARD
            .encode(signature.as_ref())
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::TOKEN;
    use super::*;

    const NONCE: [u8; 16] = [
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
        0xff,
    ];

    fn header(url: &str) -> String {
        let token = ServerToken::parse(TOKEN).unwrap();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        authorization(&url.parse().unwrap(), &token, now, NONCE)
            .expose_secret()
            .to_owned()
    }

    fn signature(url: &str) -> String {
        let header = header(url);
        let (_, rest) = header.split_once("oauth_signature=\"").unwrap();
        rest.trim_end_matches('"').to_owned()
    }

    #[test]
    fn the_vector_of_the_reference() {
        assert_eq!(
            header("https://mdmenrollment.apple.com/session"),
            "OAuth realm=\"ADM\", oauth_consumer_key=\"CK_example\", oauth_nonce=\"00112233445566778899aabbccddeeff\", oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1700000000\", oauth_token=\"AT_O1Oexample%2B%2F%3DO1\", oauth_version=\"1.0\", oauth_signature=\"cNz6PGMD4A40fqRpmOXj1yBxd5M%3D\""
        );
    }

    #[test]
    fn a_port_is_signed_unless_it_is_the_usual_one() {
        assert_eq!(
            signature("https://MDMenrollment.apple.com:443/session"),
            signature("https://mdmenrollment.apple.com/session")
        );
        // Computed with Python: hmac, hashlib, urllib.parse.quote.
        assert_eq!(
            signature("http://127.0.0.1:8765/session"),
            "6MEof3f%2FmPB6gOeH1kdpvGaJcMI%3D"
        );
    }
}
