//! The URL that is to be set: what is refused before any request. Pure.

use url::Url;

use crate::error::Error;

/// Characters that a URL can't have as they are (RFC 3986), beside white space, control and non-ASCII ones.
const FORBIDDEN: [char; 9] = ['"', '<', '>', '\\', '^', '`', '{', '|', '}'];

/// The URL as it was written, without white space around it; exit 2 where it is no https URL that can be handed to devices.
///
/// Apple takes https only (official). The messages never repeat the text, which may hold a password.
pub fn checked(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::usage("The URL is empty."));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::usage(
            "The URL has white space or a control character in it.",
        ));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return Err(Error::usage("The URL does not begin with https://.")
                .hint("Give the whole address, such as https://mdm.acme.com/discovery."));
        }
        Err(url::ParseError::EmptyHost) => return Err(Error::usage("The URL has no host.")),
        Err(error) => return Err(Error::usage(format!("The URL can't be used: {error}."))),
    };
    if url.scheme() != "https" {
        return Err(Error::usage(format!(
            "The URL begins with {}:, and Apple takes https only.",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::usage("The URL must not hold a name or a password.")
            .hint("Apple hands the URL to every device that asks, so it is as good as public."));
    }
    if url.fragment().is_some() {
        return Err(Error::usage(
            "The URL has a fragment, a part after #, which no device sends to the server.",
        ));
    }
    // Browsers mend all of these without a word; what Apple or a device would make of them is not known.
    let after_scheme = text.get("https:".len()..).unwrap_or_default();
    if !after_scheme.starts_with("//") || after_scheme.starts_with("///") {
        return Err(Error::usage(
            "The URL needs two slashes and a host after https:, as in https://mdm.acme.com/discovery.",
        ));
    }
    if !text.is_ascii() {
        return Err(Error::usage("The URL has characters outside of ASCII.")
            .hint(format!("Write it as {url}.")));
    }
    if let Some(character) = text.chars().find(|c| FORBIDDEN.contains(c)) {
        return Err(Error::usage(format!(
            "The URL has {character} in it, which has to be written as %{:02X}.",
            u32::from(character)
        )));
    }
    Ok(text.to_owned())
}

/// Whether [`checked`] takes a URL and leaves it as it is.
pub fn is_plain(url: &str) -> bool {
    checked(url).is_ok_and(|taken| taken == url)
}

/// Whether two URLs lead to different hosts; false where one is no URL.
pub fn other_host(one: &str, other: &str) -> bool {
    matches!((Url::parse(one), Url::parse(other)), (Ok(one), Ok(other)) if one.host() != other.host())
}

/// Whether two URLs are the same address, whichever way the scheme, the host or an empty path is written.
pub fn same(one: &str, other: &str) -> bool {
    one == other
        || matches!((Url::parse(one), Url::parse(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_urls_are_taken_as_they_were_written() {
        for text in [
            "https://mdm.acme.com",
            "https://mdm.acme.com:8443/a/b?c=d&e=%7B",
            "HTTPS://MDM.acme.com/Discovery",
            "https://10.0.0.1/x",
            "https://[2001:db8::1]/x",
            "https://xn--bcher-kva.example/",
        ] {
            assert_eq!(checked(text).as_deref(), Ok(text));
        }
        assert_eq!(
            checked(" https://mdm.acme.com/x \n").as_deref(),
            Ok("https://mdm.acme.com/x")
        );
    }

    #[test]
    fn everything_else_is_refused_with_its_own_sentence() {
        for (text, part) in [
            ("", "is empty"),
            (" \n", "is empty"),
            (
                "http://mdm.acme.com",
                "begins with http:, and Apple takes https only",
            ),
            ("ftp://mdm.acme.com", "begins with ftp:"),
            ("mdm.acme.com:8443/x", "begins with mdm.acme.com:"),
            ("mdm.acme.com/x", "does not begin with https://"),
            ("//mdm.acme.com/x", "does not begin with https://"),
            ("https://", "has no host"),
            ("https:///x", "two slashes"),
            ("https:mdm.acme.com", "two slashes"),
            ("https:\\\\mdm.acme.com", "two slashes"),
            ("https://me:s3cret@mdm.acme.com", "a name or a password"),
            ("https://s3cret@mdm.acme.com", "a name or a password"),
            ("https://mdm.acme.com/x#s3cret", "a fragment"),
            ("https://mdm.acme.com/x#", "a fragment"),
            ("https://mdm.acme.com/a b", "white space"),
            ("https://mdm.acme.com/a\tb", "white space"),
            ("https://mdm.acme.com/\u{1b}", "control character"),
            ("https://mdm.acme.com/{server_id}", "as %7B"),
            ("https://mdm.acme.com/a\\b", "as %5C"),
            ("https://bücher.example/ü", "outside of ASCII"),
            ("https://mdm.acme.com:99999", "can't be used"),
            ("https://a b", "white space"),
        ] {
            let error = checked(text).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{text}");
            assert!(error.message.contains(part), "{text}: {error}");
            assert!(error.message.ends_with('.'), "{error}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
        let error = checked("https://bücher.example/ü").unwrap_err();
        assert_eq!(
            error.hints,
            ["Write it as https://xn--bcher-kva.example/%C3%BC."]
        );
    }

    #[test]
    fn the_same_address_can_be_written_in_several_ways() {
        assert!(same("https://a.example", "https://A.example:443/"));
        assert!(same("not a url", "not a url"));
        assert!(!same("https://a.example/x", "https://a.example/X"));
        assert!(!same("https://a.example/x", "https://a.example/x/"));
        assert!(!same("not a url", "nor this"));
    }

    #[test]
    fn a_url_that_is_not_taken_as_it_is_is_not_plain() {
        assert!(is_plain("https://mdm.acme.com/x?y=%7B"));
        for url in [
            " https://mdm.acme.com",
            "https://mdm.acme.com/{token}",
            "hello",
        ] {
            assert!(!is_plain(url), "{url}");
        }
    }

    #[test]
    fn another_host_is_told_from_another_path() {
        assert!(other_host("https://a.example/x", "https://b.example/x"));
        assert!(!other_host(
            "https://a.example/x",
            "https://A.example:8443/y"
        ));
        assert!(!other_host("not a url", "https://a.example"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_is_https_and_goes_over_the_wire_as_it_is(text: String) {
            if let Ok(url) = checked(&text) {
                proptest::prop_assert_eq!(&url, text.trim());
                proptest::prop_assert!(url.to_lowercase().starts_with("https://"));
            }
        }
    }
}
