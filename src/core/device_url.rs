//! URLs as devices read them: strictly (RFC 3986). Browsers correct white space, backslashes, and missing slashes; a device was
//! seen not to (observed of iOS). Pure.

use std::fmt;

use url::{Host, ParseError, Url};

/// Characters that a URL can't have as they are (RFC 3986), beside white space, control and non-ASCII ones.
const FORBIDDEN: [char; 9] = ['"', '<', '>', '\\', '^', '`', '{', '|', '}'];

/// Why a text isn't an https URL that a device can use. As text, the end of a sentence that begins with "The URL". It never
/// repeats the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlFault {
    Empty,
    /// It has no scheme.
    NotWhole,
    /// Its scheme isn't https; this is its scheme.
    NotHttps(String),
    WhiteSpace,
    ControlCharacter,
    /// It doesn't have exactly two slashes after the scheme.
    Slashes,
    NoHost,
    /// It has a user name or a password before its host.
    UserInformation,
    NotAscii,
    /// This character has to be percent-encoded.
    Character(char),
    /// A percent sign without two hexadecimal digits behind it.
    PercentSign,
    /// A browser reads another host, this one.
    Host(String),
    /// The name of its host can't be one: an empty or too long part, or a character that no name has.
    HostName,
    Unusable(ParseError),
}

impl UrlFault {
    /// Whether the text is an https URL that a browser may correct, rather than another kind of text.
    pub fn is_malformed(&self) -> bool {
        !matches!(self, Self::Empty | Self::NotWhole | Self::NotHttps(_))
    }
}

impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::NotWhole => f.write_str("doesn't begin with https://"),
            Self::NotHttps(scheme) => write!(f, "begins with {scheme}:, not with https:"),
            Self::WhiteSpace => f.write_str("contains white space"),
            Self::ControlCharacter => f.write_str("contains a control character"),
            Self::Slashes => f.write_str("needs two slashes and a host after https:"),
            Self::NoHost => f.write_str("has no host"),
            Self::UserInformation => f.write_str("has a user name or a password before its host"),
            Self::NotAscii => f.write_str("contains characters outside ASCII"),
            Self::Character(character) => write!(
                f,
                "contains {character}, which has to be written as %{:02X}",
                u32::from(*character)
            ),
            Self::PercentSign => {
                f.write_str("has a percent sign that isn't followed by two hexadecimal digits")
            }
            Self::Host(host) => write!(f, "has a host that browsers read as {host}"),
            Self::HostName => f.write_str("has a host that isn't a valid name"),
            Self::Unusable(error) => write!(f, "can't be used: {error}"),
        }
    }
}

/// Reads an https URL as a device does; what a browser would correct is a fault.
pub fn device_url(text: &str) -> Result<Url, UrlFault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(UrlFault::Empty);
    }
    match scheme(trimmed) {
        None => return Err(UrlFault::NotWhole),
        Some(scheme) if !scheme.eq_ignore_ascii_case("https") => {
            return Err(UrlFault::NotHttps(scheme.to_owned()));
        }
        Some(_) => {}
    }
    spaces(text)?;
    let rest = &text["https:".len()..];
    if rest == "//" {
        return Err(UrlFault::NoHost);
    }
    let Some(rest) = rest.strip_prefix("//").filter(|it| !it.starts_with('/')) else {
        return Err(UrlFault::Slashes);
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlFault::UserInformation);
    }
    if authority.is_empty() {
        return Err(UrlFault::NoHost);
    }
    characters(text)?;
    let url = Url::parse(text).map_err(UrlFault::Unusable)?;
    let host = url.host_str().unwrap_or_default();
    let written = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    // An IPv6 address can be written in several ways.
    if !authority.starts_with('[') && !written.eq_ignore_ascii_case(host) {
        return Err(UrlFault::Host(host.to_owned()));
    }
    if let Some(Host::Domain(name)) = url.host()
        && !is_host_name(name)
    {
        return Err(UrlFault::HostName);
    }
    Ok(url)
}

/// Whether a text can be the name of a host: parts of letters, digits, hyphens inside, and underscores, which resolvers take.
fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let part = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        (1..64).contains(&part.len())
            && part.chars().all(plain)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(part)
}

/// A text that may be a URL, without the name and password before its host.
pub fn without_user(text: &str) -> String {
    let Some((before, after)) = text.split_once("//") else {
        return match text.rsplit_once('@') {
            Some((_, rest)) => format!("…@{rest}"),
            None => text.to_owned(),
        };
    };
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{before}//…@{host}{rest}"),
        None => text.to_owned(),
    }
}

/// Reads the target of a redirect from `from`: a whole URL, or a reference that is relative to `from`.
pub fn redirect_url(from: &Url, location: &str) -> Result<Url, UrlFault> {
    if scheme(location).is_some() {
        return device_url(location);
    }
    if location.starts_with("//") {
        return device_url(&format!("https:{location}"));
    }
    if location.is_empty() {
        return Err(UrlFault::Empty);
    }
    spaces(location)?;
    characters(location)?;
    from.join(location).map_err(UrlFault::Unusable)
}

/// The scheme of a text, if it has one (RFC 3986).
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut characters = scheme.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic());
    let goes_on = characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (begins && goes_on).then_some(scheme)
}

fn spaces(text: &str) -> Result<(), UrlFault> {
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(UrlFault::ControlCharacter);
    }
    if text.chars().any(char::is_whitespace) {
        return Err(UrlFault::WhiteSpace);
    }
    Ok(())
}

fn characters(text: &str) -> Result<(), UrlFault> {
    if !text.is_ascii() {
        return Err(UrlFault::NotAscii);
    }
    if let Some(character) = text.chars().find(|c| FORBIDDEN.contains(c)) {
        return Err(UrlFault::Character(character));
    }
    let encoded = |after: &str| {
        let digits = after.get(..2);
        digits.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if text.split('%').skip(1).all(encoded) {
        Ok(())
    } else {
        Err(UrlFault::PercentSign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_reads_what_is_a_url() {
        for text in [
            "https://mdm.acme.com",
            "https://mdm.acme.com:8443/a/b?c=d&e=%7B#f",
            "HTTPS://MDM.acme.com/Discovery",
            "https://10.0.0.1/x",
            "https://[2001:DB8:0::1]:8443/x",
            "https://xn--bcher-kva.example/",
            "https://mdm.acme.com./x",
            "https://mdm.acme.com/a@b?user=a@b",
        ] {
            assert!(device_url(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_device_reads_nothing_that_a_browser_corrects() {
        for (text, fault) in [
            ("", UrlFault::Empty),
            (" \n", UrlFault::Empty),
            ("mdm.acme.com/x", UrlFault::NotWhole),
            ("//mdm.acme.com/x", UrlFault::NotWhole),
            ("http://mdm.acme.com", UrlFault::NotHttps("http".into())),
            (
                "mdm.acme.com:8443/x",
                UrlFault::NotHttps("mdm.acme.com".into()),
            ),
            (" https://mdm.acme.com", UrlFault::WhiteSpace),
            ("https://mdm.acme.com/e ", UrlFault::WhiteSpace),
            ("https://mdm.acme.com/a\tb", UrlFault::WhiteSpace),
            ("https://mdm.acme.com/\n", UrlFault::WhiteSpace),
            ("https://mdm.acme.com/a\u{a0}b", UrlFault::WhiteSpace),
            ("https: //mdm.acme.com/", UrlFault::WhiteSpace),
            ("https://mdm.acme.com/\u{1b}", UrlFault::ControlCharacter),
            ("https://mdm.acme.com/\0", UrlFault::ControlCharacter),
            ("https:mdm.acme.com", UrlFault::Slashes),
            ("https:/mdm.acme.com/x", UrlFault::Slashes),
            ("https:///mdm.acme.com/x", UrlFault::Slashes),
            ("https:////mdm.acme.com/x", UrlFault::Slashes),
            ("https:\\\\mdm.acme.com", UrlFault::Slashes),
            ("https:/\\mdm.acme.com", UrlFault::Slashes),
            ("https:", UrlFault::Slashes),
            ("https://", UrlFault::NoHost),
            ("https://?x", UrlFault::NoHost),
            ("https://me:s3cret@mdm.acme.com", UrlFault::UserInformation),
            ("https://@mdm.acme.com", UrlFault::UserInformation),
            (
                "https://mdm.acme.com\\@evil.example/",
                UrlFault::Character('\\'),
            ),
            ("https://mdm.acme.com/a\\b", UrlFault::Character('\\')),
            ("https://mdm.acme.com/{id}", UrlFault::Character('{')),
            ("https://bücher.example/", UrlFault::NotAscii),
            ("https://mdm.acme.com/%zz", UrlFault::PercentSign),
            ("https://mdm.acme.com/%", UrlFault::PercentSign),
            ("https://mdm.acme.com/%4", UrlFault::PercentSign),
            ("https://mdm..acme.com/", UrlFault::HostName),
            ("https://.mdm.acme.com/", UrlFault::HostName),
            ("https://-mdm.acme.com/", UrlFault::HostName),
            ("https://mdm.acme.com,/", UrlFault::HostName),
            ("https://mdm.acme.com$request_uri/", UrlFault::HostName),
            ("https://0x7f.1/", UrlFault::Host("127.0.0.1".into())),
            ("https://2130706433/", UrlFault::Host("127.0.0.1".into())),
            (
                "https://%6ddm.acme.com/",
                UrlFault::Host("mdm.acme.com".into()),
            ),
        ] {
            assert_eq!(device_url(text), Err(fault), "{text:?}");
        }
        let error = device_url("https://mdm.acme.com:99999/").unwrap_err();
        assert_eq!(error, UrlFault::Unusable(ParseError::InvalidPort));
    }

    #[test]
    fn a_redirect_leads_to_a_whole_or_a_relative_url() {
        let from = Url::parse("https://acme.com/a/b?c=d").unwrap();
        for (location, expected) in [
            ("https://mdm.acme.com/x", Ok("https://mdm.acme.com/x")),
            ("//mdm.acme.com/x", Ok("https://mdm.acme.com/x")),
            ("/x?y", Ok("https://acme.com/x?y")),
            ("x", Ok("https://acme.com/a/x")),
            ("?y", Ok("https://acme.com/a/b?y")),
            ("", Err(UrlFault::Empty)),
            ("https:/mdm.acme.com/x", Err(UrlFault::Slashes)),
            ("///mdm.acme.com/x", Err(UrlFault::Slashes)),
            ("/\\mdm.acme.com/x", Err(UrlFault::Character('\\'))),
            ("\\\\mdm.acme.com/x", Err(UrlFault::Character('\\'))),
            ("/a b", Err(UrlFault::WhiteSpace)),
            (
                "http://mdm.acme.com/",
                Err(UrlFault::NotHttps("http".into())),
            ),
            ("https://a@mdm.acme.com/", Err(UrlFault::UserInformation)),
        ] {
            let found = redirect_url(&from, location);
            let found = found.as_ref().map(Url::as_str).map_err(Clone::clone);
            assert_eq!(found, expected, "{location}");
        }
    }

    #[test]
    fn no_name_or_password_is_repeated() {
        for (text, shown) in [
            (
                "http://me:s3cret@mdm.acme.com/x?a@b",
                "http://…@mdm.acme.com/x?a@b",
            ),
            ("ftp://me:s3@cret@mdm.acme.com", "ftp://…@mdm.acme.com"),
            ("me:s3cret@mdm.acme.com", "…@mdm.acme.com"),
            ("https://mdm.acme.com/a@b", "https://mdm.acme.com/a@b"),
            ("mdm.acme.com", "mdm.acme.com"),
        ] {
            assert_eq!(without_user(text), shown);
        }
        let long = format!("https://{}.acme.com/", "a".repeat(64));
        assert_eq!(device_url(&long), Err(UrlFault::HostName));
        assert!(device_url("https://a_b.acme.com./").is_ok());
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_goes_over_the_wire_as_it_is(text in "https:/{1,3}[a-zA-Z0-9.@:\\\\ -]{0,12}(/[ -~]{0,8})?") {
            if let Ok(url) = device_url(&text) {
                let text = text.to_ascii_lowercase();
                let begins = format!("https://{}", url.host_str().unwrap_or_default());
                proptest::prop_assert!(text.starts_with(&begins), "{} {}", text, begins);
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let from = Url::parse("https://acme.com/a").unwrap();
            let _ = device_url(&text);
            let _ = redirect_url(&from, &text);
        }
    }
}
