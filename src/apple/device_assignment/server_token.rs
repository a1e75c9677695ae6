//! A server token: the four credentials of one device management service, as Apple's `.p7m` file holds them.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::time::instant;

/// Why a text is not a server token that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerTokenError {
    /// It is what Apple hands out, and not decrypted.
    #[error("it is still encrypted, as downloaded from Apple, and must be decrypted first")]
    Encrypted,
    /// It is a private key or a certificate.
    #[error("it is a private key or a certificate, not a server token")]
    KeyOrCertificate,
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is no JSON document.
    #[error("it isn't a JSON document")]
    NotJson,
    /// It is JSON, but no object.
    #[error("it isn't a JSON object")]
    NotAnObject,
    /// A member is not there, or empty.
    #[error("it has no \"{0}\"")]
    Missing(&'static str),
    /// A member is not a text.
    #[error("its \"{0}\" isn't text")]
    NotText(&'static str),
}

/// A decrypted server token; prints the end of its consumer key and nothing else.
#[derive(Clone)]
pub struct ServerToken {
    pub(super) consumer_key: SecretString,
    pub(super) consumer_secret: SecretString,
    pub(super) access_token: SecretString,
    pub(super) access_secret: SecretString,
    /// As the file has it; `None` if it doesn't say.
    expiry: Option<Value>,
}

impl ServerToken {
    /// Reads a decrypted token: JSON with the members that Apple's file has (observed).
    ///
    /// The frame that a decrypted `.p7m` may keep around the JSON, headers and `BEGIN MESSAGE`, is passed over
    /// (observed). The errors say what a text is that is none, and repeat nothing of it.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, ServerTokenError> {
        let json = unframed(text.as_ref())?;
        let document: Value =
            serde_json::from_slice(json).map_err(|_| ServerTokenError::NotJson)?;
        let members = document.as_object().ok_or(ServerTokenError::NotAnObject)?;
        let text = |name: &'static str| match members.get(name) {
            None | Some(Value::Null) => Err(ServerTokenError::Missing(name)),
            Some(Value::String(value)) => match value.trim() {
                "" => Err(ServerTokenError::Missing(name)),
                value => Ok(value.to_owned()),
            },
            Some(_) => Err(ServerTokenError::NotText(name)),
        };
        let secret = |name| text(name).map(SecretString::from);
        Ok(Self {
            consumer_key: secret("consumer_key")?,
            consumer_secret: secret("consumer_secret")?,
            access_token: secret("access_token")?,
            access_secret: secret("access_secret")?,
            // Whatever it is: the four credentials make a token, and other clients' files lack it.
            expiry: members
                .get("access_token_expiry")
                .filter(|expiry| !is_blank(expiry))
                .cloned(),
        })
    }

    /// The token as Apple's file has it, on one line: what is kept, and what other clients read too.
    pub fn to_json(&self) -> SecretString {
        let Self {
            consumer_key,
            consumer_secret,
            access_token,
            access_secret,
            ..
        } = self;
        let mut document = serde_json::json!({
            "consumer_key": consumer_key.expose_secret(),
            "consumer_secret": consumer_secret.expose_secret(),
            "access_token": access_token.expose_secret(),
            "access_secret": access_secret.expose_secret(),
        });
        if let Some(expiry) = &self.expiry {
            document["access_token_expiry"] = expiry.clone();
        }
        SecretString::from(document.to_string())
    }

    /// When Apple stops accepting the token: a time, or seconds or milliseconds since 1970. `None` if the file doesn't say, or
    /// [`Self::expiry_raw`] can't be read.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let raw = self.expiry_raw()?;
        instant(&raw).or_else(|| since_1970(&raw))
    }

    /// The end of the token, as it stands in the file, cut after 100 characters; `None` if the file doesn't say.
    pub fn expiry_raw(&self) -> Option<String> {
        let text = match self.expiry.as_ref()? {
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        Some(text.chars().take(100).collect())
    }

    /// The last 4 characters of the consumer key, by which people tell tokens apart.
    pub fn consumer_key_end(&self) -> &str {
        let key = self.consumer_key.expose_secret();
        let start = key.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        &key[start..]
    }

    /// A name for facts about the token that are kept without its secrets: 16 hexadecimal digits.
    ///
    /// It is made of the consumer key, so all copies of one token have the same.
    pub fn fingerprint(&self) -> String {
        let hash = digest(&SHA256, self.consumer_key.expose_secret().as_bytes());
        let mut start = [0; 8];
        start.copy_from_slice(&hash.as_ref()[..8]);
        format!("{:016x}", u64::from_be_bytes(start))
    }
}

impl fmt::Debug for ServerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerToken(…{})", self.consumer_key_end())
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// The instant of a number of seconds or milliseconds since 1970. Smaller numbers than those of this century are something else, such as
/// 20270117.
fn since_1970(text: &str) -> Option<Timestamp> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        _ => text,
    };
    let number: i64 = whole.parse().ok()?;
    match number {
        1_000_000_000..100_000_000_000 => Timestamp::from_second(number).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// The JSON in a decrypted file, or what the file is instead.
fn unframed(bytes: &[u8]) -> Result<&[u8], ServerTokenError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return Err(ServerTokenError::Empty);
    }
    if matches!(bytes[0], b'{' | b'[') {
        return Ok(bytes);
    }
    let lower = bytes.to_ascii_lowercase();
    let has = |text: &str| {
        lower
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    // CMS begins with a DER or BER sequence: 0x30, in base64 "M".
    let cms = matches!(bytes, [0x30, 0x80..=0x84, ..]) || bytes.starts_with(b"MI");
    if cms || has("pkcs7") || has("smime") || has("-----begin cms") {
        return Err(ServerTokenError::Encrypted);
    }
    let message = has("-----begin message") || has("content-type: text/plain");
    if !message && has("-----begin") {
        let key_or_certificate = has("key-----") || has("certificate");
        return Err(if key_or_certificate {
            ServerTokenError::KeyOrCertificate
        } else {
            ServerTokenError::Encrypted
        });
    }
    let start = bytes.iter().position(|&byte| byte == b'{');
    let end = bytes.iter().rposition(|&byte| byte == b'}');
    match (start, end) {
        (Some(start), Some(end)) if message && start < end => Ok(&bytes[start..=end]),
        _ => Err(ServerTokenError::NotJson),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::TOKEN;
    use super::*;

    #[test]
    fn a_decrypted_file_is_read_with_or_without_its_frame() {
        let framed = format!(
            "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n-----BEGIN MESSAGE-----\n{TOKEN}\n-----END MESSAGE-----\n"
        );
        let old = format!("Content-Type: text/plain;\n charset=UTF-8\n\n{TOKEN}");
        for text in [
            TOKEN,
            &framed,
            &old,
            &format!("\u{feff}{TOKEN}\r\n"),
            &format!("-----BEGIN MESSAGE-----\n{TOKEN}\n-----END MESSAGE-----"),
        ] {
            let token = ServerToken::parse(text).unwrap();
            assert_eq!(token.consumer_key_end(), "mple");
            assert_eq!(token.expiry_raw().unwrap(), "2027-01-17T11:02:21Z");
            assert_eq!(
                token.expires_at().unwrap(),
                "2027-01-17T11:02:21Z".parse().unwrap()
            );
            assert_eq!(token.fingerprint(), "826f14fc8e7b7a8e");
        }
    }

    #[test]
    fn each_missing_member_is_named() {
        for name in [
            "consumer_key",
            "consumer_secret",
            "access_token",
            "access_secret",
        ] {
            let mut document: Value = serde_json::from_str(TOKEN).unwrap();
            document[name] = 1.into();
            let error = ServerToken::parse(document.to_string()).unwrap_err();
            assert_eq!(error, ServerTokenError::NotText(name));
            for empty in [Value::Null, "".into(), " ".into()] {
                document[name] = empty;
                let error = ServerToken::parse(document.to_string()).unwrap_err();
                assert_eq!(error, ServerTokenError::Missing(name));
            }
            document.as_object_mut().unwrap().remove(name);
            let error = ServerToken::parse(document.to_string()).unwrap_err();
            assert_eq!(error.to_string(), format!("it has no \"{name}\""));
        }
    }

    #[test]
    fn what_is_no_token_is_named() {
        use ServerTokenError::{Empty, Encrypted, KeyOrCertificate, Missing, NotAnObject, NotJson};
        for (text, expected) in [
            (&b""[..], Empty),
            (b" \n", Empty),
            (b"{", NotJson),
            (b"hello {} there", NotJson),
            (b"[]", NotAnObject),
            (b"{}", Missing("consumer_key")),
            (
                b"Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CAMIACAQAxggGFMIIB",
                Encrypted,
            ),
            (b"MIAGCSqGSIb3DQEHA6CAMIACAQAxggGFMIIB", Encrypted),
            (b"\x30\x80\x06\x09\x2a\x86\x48", Encrypted),
            (b"\x30\x82\x06\x09\x06\x09\x2a", Encrypted),
            (b"-----BEGIN PKCS7-----\nMIAG\n-----END PKCS7-----", Encrypted),
            (b"-----BEGIN CMS-----\nMIAG\n-----END CMS-----", Encrypted),
            (
                b"-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----",
                KeyOrCertificate,
            ),
            (
                b"-----BEGIN CERTIFICATE-----\nMIGH\n-----END CERTIFICATE-----",
                KeyOrCertificate,
            ),
        ] {
            assert_eq!(
                ServerToken::parse(text).unwrap_err(),
                expected,
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn a_token_is_written_as_it_was_read() {
        let token = ServerToken::parse(TOKEN).unwrap();
        let written = token.to_json();
        let document = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let mut expected = document(TOKEN);
        // What is not known is not kept.
        expected.as_object_mut().unwrap().remove("new");
        assert_eq!(document(written.expose_secret()), expected);
    }

    #[test]
    fn no_expiry_costs_a_token_and_each_is_kept_as_it_is() {
        use serde_json::json;
        let at = "2027-10-01T10:02:30Z";
        for (expiry, raw, expires_at) in [
            (json!(at), Some(at), Some(at)),
            (json!(1_822_384_950), Some("1822384950"), Some(at)),
            (json!("1822384950"), Some("1822384950"), Some(at)),
            (json!(" 1822384950 "), Some("1822384950"), Some(at)),
            (json!(1_822_384_950.0), Some("1822384950.0"), Some(at)),
            (
                json!(1_822_384_950_000_i64),
                Some("1822384950000"),
                Some(at),
            ),
            (json!("1822384950000"), Some("1822384950000"), Some(at)),
            (json!("January 2027"), Some("January 2027"), None),
            (json!("20270117"), Some("20270117"), None),
            (json!(0), Some("0"), None),
            (json!(-1), Some("-1"), None),
            (json!(1e300), Some("1e+300"), None),
            (json!(true), Some("true"), None),
            (json!({"a": 1}), Some("{\"a\":1}"), None),
            (json!([at]), Some("[\"2027-10-01T10:02:30Z\"]"), None),
            (json!(""), None, None),
            (json!(" "), None, None),
            (json!(null), None, None),
        ] {
            let mut document: Value = serde_json::from_str(TOKEN).unwrap();
            document["access_token_expiry"] = expiry.clone();
            let token = ServerToken::parse(document.to_string()).unwrap();
            let read = token.expires_at().map(|end| end.to_string());
            assert_eq!(read.as_deref(), expires_at, "{expiry}");
            assert_eq!(token.expiry_raw().as_deref(), raw, "{expiry}");
            let written: Value = serde_json::from_str(token.to_json().expose_secret()).unwrap();
            let kept = written.get("access_token_expiry");
            assert_eq!(kept, raw.map(|_| &expiry), "{expiry}");
        }
        let mut document: Value = serde_json::from_str(TOKEN).unwrap();
        document
            .as_object_mut()
            .unwrap()
            .remove("access_token_expiry");
        let token = ServerToken::parse(document.to_string()).unwrap();
        assert_eq!((token.expires_at(), token.expiry_raw()), (None, None));
        let written = token.to_json();
        assert!(!written.expose_secret().contains("expiry"));
        assert!(ServerToken::parse(written.expose_secret()).is_ok());
    }

    #[test]
    fn nothing_but_the_end_of_the_key_is_shown() {
        let token = ServerToken::parse(TOKEN).unwrap();
        assert_eq!(format!("{token:?}"), "ServerToken(…mple)");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_panic(bytes: Vec<u8>) {
            let _ = ServerToken::parse(bytes);
        }
    }
}
