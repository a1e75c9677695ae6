//! OAuth 1.0a as Device Assignment Services check it at `/session` (RFC 5849, HMAC-SHA1).

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The parameters that have to be there, each once (official); `realm` and `oauth_version` may be.
const REQUIRED: [&str; 6] = [
    "oauth_consumer_key",
    "oauth_token",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_timestamp",
    "oauth_nonce",
];

/// The parameters of an `Authorization: OAuth …` header, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the header; what is wrong with it is a sentence.
    pub(super) fn parse(header: &str) -> Result<Self, String> {
        let list = header
            .strip_prefix("OAuth ")
            .ok_or("The Authorization header doesn't begin with OAuth.")?;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for item in list.split(',') {
            let (name, value) = item
                .trim()
                .split_once('=')
                .ok_or_else(|| format!("{item} isn't a name with a value."))?;
            let value = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .ok_or_else(|| format!("The value of {name} is not in quotes."))?;
            if pairs.iter().any(|(known, _)| known == name) {
                return Err(format!("{name} is there twice."));
            }
            pairs.push((decode(name)?, decode(value)?));
        }
        let parameters = Self(pairs);
        for name in REQUIRED {
            if parameters.value(name).is_empty() {
                return Err(format!("{name} is missing."));
            }
        }
        if parameters.value("oauth_signature_method") != "HMAC-SHA1" {
            return Err("oauth_signature_method is not HMAC-SHA1.".to_owned());
        }
        if !matches!(parameters.value("oauth_version"), "" | "1.0") {
            return Err("oauth_version is not 1.0.".to_owned());
        }
        Ok(parameters)
    }

    /// The value of a parameter, empty where it is missing.
    pub(super) fn value(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The signature that these parameters need, in base64.
    ///
    /// `url` has no query; the query's parameters are `query`, decoded.
    pub(super) fn signature(
        &self,
        method: &str,
        url: &str,
        query: &[(String, String)],
        consumer_secret: &str,
        access_secret: &str,
    ) -> String {
        let mut pairs: Vec<(String, String)> = self
            .0
            .iter()
            .filter(|(name, _)| name != "realm" && name != "oauth_signature")
            .chain(query)
            .map(|(name, value)| (encode(name), encode(value)))
            .collect();
        pairs.sort();
        let joined = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&");
        let base = format!("{method}&{}&{}", encode(url), encode(&joined));
        let key = format!("{}&{}", encode(consumer_secret), encode(access_secret));
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        STANDARD.encode(hmac::sign(&key, base.as_bytes()).as_ref())
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Undoes [`encode`]; a plus sign stays one.
fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits
            .and_then(super::key::from_hex)
            .ok_or_else(|| format!("{text} has a percent sign without two digits."))?;
        bytes.extend(byte);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| format!("{text} is not UTF-8."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "OAuth realm=\"ADM\", oauth_consumer_key=\"CK_example\", \
        oauth_token=\"AT_O1Oexample%2B%2F%3DO1\", oauth_signature_method=\"HMAC-SHA1\", \
        oauth_signature=\"cNz6PGMD4A40fqRpmOXj1yBxd5M%3D\", oauth_timestamp=\"1700000000\", \
        oauth_nonce=\"00112233445566778899aabbccddeeff\", oauth_version=\"1.0\"";

    fn signature(header: &str) -> String {
        Parameters::parse(header).unwrap().signature(
            "GET",
            "https://mdmenrollment.apple.com/session",
            &[],
            "CS_example",
            "AS_example",
        )
    }

    #[test]
    fn the_reference_vector_is_reproduced() {
        assert_eq!(signature(HEADER), "cNz6PGMD4A40fqRpmOXj1yBxd5M=");
    }

    #[test]
    fn the_realm_is_not_signed() {
        let without = HEADER.replace("realm=\"ADM\", ", "");
        assert_eq!(signature(&without), "cNz6PGMD4A40fqRpmOXj1yBxd5M=");
    }

    #[test]
    fn what_is_missing_twice_or_unsupported_is_refused() {
        let problem = |header: &str| Parameters::parse(header).unwrap_err();
        assert_eq!(
            problem(&HEADER.replace("oauth_nonce", "nonce")),
            "oauth_nonce is missing."
        );
        assert_eq!(
            problem(&format!("{HEADER}, oauth_nonce=\"1\"")),
            "oauth_nonce is there twice."
        );
        assert_eq!(
            problem(&HEADER.replace("HMAC-SHA1", "PLAINTEXT")),
            "oauth_signature_method is not HMAC-SHA1."
        );
        assert!(problem("Bearer x").contains("doesn't begin with OAuth"));
        assert!(problem(&HEADER.replace("%3D\"", "%\"")).contains("percent sign"));
    }
}
