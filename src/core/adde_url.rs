//! The URL to set: refuses bad ones before any request. Pure.

use url::Url;

use crate::core::device_url::{UrlFault, device_url};
use crate::error::Error;

/// The URL as it was written, without white space around it; exit 2 if it isn't an https URL that can be handed to devices.
///
/// Apple takes https only (official). The messages never repeat the text, which may hold a password.
pub fn checked(text: &str) -> Result<String, Error> {
    let text = text.trim();
    let url = device_url(text).map_err(|fault| refusal(&fault, text))?;
    if url.fragment().is_some() {
        return Err(Error::usage(
            "The URL has a fragment (the part after #). Devices don't send fragments to the server.",
        ));
    }
    Ok(text.to_owned())
}

fn refusal(fault: &UrlFault, text: &str) -> Error {
    let error = match fault {
        UrlFault::NotHttps(scheme) => Error::usage(format!(
            "The URL begins with {scheme}:, but Apple accepts only https."
        )),
        fault => Error::usage(format!("The URL {fault}.")),
    };
    match fault {
        UrlFault::NotWhole | UrlFault::Slashes => {
            error.hint("Use the full URL, such as https://mdm.acme.com/discovery.")
        }
        UrlFault::UserInformation => {
            error.hint("Apple hands the URL to every device that asks, so treat the URL as public.")
        }
        UrlFault::NotAscii => match Url::parse(text) {
            Ok(url) => error.hint(format!("Write it as {url}.")),
            Err(_) => error,
        },
        _ => error,
    }
}

/// Whether [`checked`] takes a URL and leaves it as it is.
pub fn is_plain(url: &str) -> bool {
    checked(url).is_ok_and(|taken| taken == url)
}

/// Whether two URLs lead to different hosts; false if one is no URL.
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
                "begins with http:, but Apple accepts only https",
            ),
            ("ftp://mdm.acme.com", "begins with ftp:"),
            ("mdm.acme.com:8443/x", "begins with mdm.acme.com:"),
            ("mdm.acme.com/x", "doesn't begin with https://"),
            ("//mdm.acme.com/x", "doesn't begin with https://"),
            ("https://", "has no host"),
            ("https:///x", "two slashes"),
            ("https:mdm.acme.com", "two slashes"),
            ("https:\\\\mdm.acme.com", "two slashes"),
            (
                "https://me:s3cret@mdm.acme.com",
                "a user name or a password",
            ),
            ("https://s3cret@mdm.acme.com", "a user name or a password"),
            ("https://mdm.acme.com/x#s3cret", "a fragment"),
            ("https://mdm.acme.com/x#", "a fragment"),
            ("https://mdm.acme.com/a b", "white space"),
            ("https://mdm.acme.com/a\tb", "white space"),
            ("https://mdm.acme.com/%zz", "percent sign"),
            ("https://0x7f.1/", "read as 127.0.0.1"),
            ("https://mdm.acme.com/\u{1b}", "control character"),
            ("https://mdm.acme.com/{server_id}", "as %7B"),
            ("https://mdm.acme.com/a\\b", "as %5C"),
            ("https://bücher.example/ü", "outside ASCII"),
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
