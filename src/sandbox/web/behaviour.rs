//! What the web server of a host does with a device that asks for its MDM, and the words for it.

use std::fmt;
use std::str::FromStr;

/// What a host answers at `/.well-known/com.apple.remotemanagement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebBehaviour {
    /// The document, as it should be.
    Good,
    /// A good redirect: the query goes along (official: a device does not add it again).
    Redirect,
    /// 404: nobody put anything there, so Apple is asked (official).
    NotFound,
    /// 403 with a page.
    Forbidden,
    /// 403 with the code that says no on purpose (official).
    Rejected,
    /// 200 with a web page, as content management systems answer for what they don't have.
    Html,
    /// The document as `application/octet-stream`: a file without an extension.
    OctetStream,
    /// A redirect that drops the query, to a resource that needs it.
    LostQuery,
    /// 403 with a challenge for all but a device's own User-Agent.
    BotWall,
    /// A redirect to itself.
    RedirectLoop,
    /// The document with a host that is misspelt, and that nobody serves.
    WrongHost,
    /// The document with an empty list.
    EmptyServers,
    /// A redirect to a page to sign in.
    Login,
    /// 503.
    Error,
    /// No answer until the client gives up.
    Slow,
    /// A certificate that has expired.
    Expired,
    /// A certificate for another name.
    WrongCertificate,
    /// A certificate of an authority that nobody knows.
    Untrusted,
    /// A certificate that devices take from an organization's own root, and from no public authority.
    CertificateLong,
    /// A certificate that is valid for longer than devices accept.
    CertificateTooLong,
    /// A certificate without extended key usage.
    CertificateWithoutUsage,
    /// A certificate that ends in a week.
    CertificateEndsSoon,
    /// TLS 1.2 without AES, which devices of version 27 refuse.
    OldTls,
    /// The connection is closed during the handshake.
    HandshakeClosed,
    /// The document with an address that is not https.
    HttpBaseUrl,
    /// The document behind a byte order mark.
    Bom,
    /// `application/json` that is none.
    NotJson,
    /// 404, and the document with an extension beside it.
    Misplaced,
    /// The document with the fence of the page that it was copied from.
    Fenced,
    /// The document with an address that only browsers correct.
    MalformedBaseUrl,
    /// The document with the placeholder of a sample.
    Placeholder,
}

/// Every behavior with its word.
const WORDS: [(WebBehaviour, &str); 31] = [
    (WebBehaviour::Good, "ok"),
    (WebBehaviour::Redirect, "redirect"),
    (WebBehaviour::NotFound, "none"),
    (WebBehaviour::Forbidden, "forbidden"),
    (WebBehaviour::Rejected, "rejected"),
    (WebBehaviour::Html, "html"),
    (WebBehaviour::OctetStream, "octet-stream"),
    (WebBehaviour::LostQuery, "lost-query"),
    (WebBehaviour::BotWall, "bot-wall"),
    (WebBehaviour::RedirectLoop, "redirect-loop"),
    (WebBehaviour::WrongHost, "wrong-host"),
    (WebBehaviour::EmptyServers, "empty-servers"),
    (WebBehaviour::Login, "login"),
    (WebBehaviour::Error, "error"),
    (WebBehaviour::Slow, "slow"),
    (WebBehaviour::Expired, "expired"),
    (WebBehaviour::WrongCertificate, "wrong-certificate"),
    (WebBehaviour::Untrusted, "untrusted"),
    (WebBehaviour::CertificateLong, "certificate-long"),
    (WebBehaviour::CertificateTooLong, "certificate-too-long"),
    (
        WebBehaviour::CertificateWithoutUsage,
        "certificate-without-usage",
    ),
    (WebBehaviour::CertificateEndsSoon, "certificate-ends-soon"),
    (WebBehaviour::OldTls, "old-tls"),
    (WebBehaviour::HandshakeClosed, "handshake-closed"),
    (WebBehaviour::HttpBaseUrl, "http-base-url"),
    (WebBehaviour::Bom, "bom"),
    (WebBehaviour::NotJson, "not-json"),
    (WebBehaviour::Misplaced, "misplaced"),
    (WebBehaviour::Fenced, "fenced"),
    (WebBehaviour::MalformedBaseUrl, "malformed-base-url"),
    (WebBehaviour::Placeholder, "placeholder"),
];

/// Why a behavior can't be read: a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WebError(String);

impl WebBehaviour {
    /// Every behavior.
    pub fn all() -> impl Iterator<Item = Self> {
        WORDS.iter().map(|(behaviour, _)| *behaviour)
    }

    pub fn word(self) -> &'static str {
        WORDS
            .iter()
            .find(|(behaviour, _)| *behaviour == self)
            .map_or("", |(_, word)| word)
    }
}

impl fmt::Display for WebBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for WebBehaviour {
    type Err = WebError;

    fn from_str(text: &str) -> Result<Self, WebError> {
        WORDS
            .iter()
            .find(|(_, word)| *word == text)
            .map(|(behaviour, _)| *behaviour)
            .ok_or_else(|| {
                let words = WORDS.map(|(_, word)| word).join(", ");
                WebError(format!("\"{text}\" isn't one of {words}."))
            })
    }
}

/// A host and what its web server does: `HOST=BEHAVIOR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebHost {
    /// The name, in lower case.
    pub host: String,
    /// What it does.
    pub behaviour: WebBehaviour,
}

impl FromStr for WebHost {
    type Err = WebError;

    fn from_str(text: &str) -> Result<Self, WebError> {
        let wrong = |why: &str| WebError(format!("\"{text}\" {why}. Example: acme.de=html."));
        let (host, word) = text
            .split_once('=')
            .ok_or_else(|| wrong("isn't HOST=BEHAVIOR"))?;
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        if !is_name(&host) {
            return Err(wrong("does not begin with the name of a host"));
        }
        Ok(Self {
            host,
            behaviour: word.trim().parse()?,
        })
    }
}

/// Whether `host` can be a name in a certificate: dotted labels of letters, digits and hyphens.
pub(in crate::sandbox) fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() < 254 && host.contains('.') && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_back() {
        for behaviour in WebBehaviour::all() {
            let host: WebHost = format!("Acme.DE.={behaviour}").parse().unwrap();
            assert_eq!((host.host.as_str(), host.behaviour), ("acme.de", behaviour));
        }
    }

    #[test]
    fn what_is_no_host_or_no_behaviour_is_said() {
        for (text, says) in [
            ("acme.de", "isn't HOST=BEHAVIOR"),
            ("=html", "does not begin with"),
            ("acme=html", "does not begin with"),
            ("acme..de=html", "does not begin with"),
            ("https://acme.de=html", "does not begin with"),
            (
                "acme.de=broken",
                "\"broken\" isn't one of ok, redirect, none",
            ),
        ] {
            let error = text.parse::<WebHost>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
