//! The texts of the authorization-code grant: the form of an app's settings, and the URL that Apple redirected the browser
//! to.

use url::{Host, Url};

/// Why the address that somebody gave does not go on with an authorization.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mislanded {
    /// It is no address; perhaps the code alone.
    #[error(
        "The URL is incomplete: copy the whole URL from the browser's address bar, from https:// on, not only the code"
    )]
    NotAnAddress,
    /// It has no `state`.
    #[error("The URL has no state, so it isn't the URL that Apple redirected the browser to")]
    NoState,
    /// Its `state` is another one.
    #[error("The URL has the state of another authorization, so abmctl refuses it")]
    OtherState,
    /// It has neither a code nor an error.
    #[error(
        "The URL has no authorization code: copy the URL that the browser shows after you agree"
    )]
    NoCode,
    /// It has a member twice.
    #[error("The URL has {0} twice")]
    Twice(&'static str),
    /// Apple says that nothing was authorized.
    #[error("{}", denied(.code, .description.as_deref()))]
    Denied {
        /// The code, such as `access_denied` (RFC 6749, section 4.1.2.1).
        code: String,
        /// What Apple says of it.
        description: Option<String>,
    },
}

fn denied(code: &str, description: Option<&str>) -> String {
    let what = if code == "access_denied" {
        "Nobody gave consent: Apple redirected the browser with the error access_denied".to_owned()
    } else {
        format!("Apple redirected the browser with the error {code}")
    };
    match description {
        Some(description) => format!("{what} ({description})"),
        None => what,
    }
}

/// The code in the address that the browser landed on, if its `state` is exactly the one that was sent.
///
/// Which page it is does not matter: a web server may send the browser on, and `state` alone tells whose answer it is.
pub fn code_in(landed: &str, state: &str) -> Result<String, Mislanded> {
    let url = address(landed).ok_or(Mislanded::NotAnAddress)?;
    let member = |name: &'static str| {
        let mut values = url
            .query_pairs()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Mislanded::Twice(name)),
            (value, None) => Ok(value),
        }
    };
    match member("state")? {
        None => return Err(Mislanded::NoState),
        Some(other) if other != state => return Err(Mislanded::OtherState),
        Some(_) => {}
    }
    if let Some(code) = member("error")? {
        return Err(Mislanded::Denied {
            code,
            description: member("error_description")?,
        });
    }
    member("code")?.ok_or(Mislanded::NoCode)
}

/// The address as it was copied: perhaps in quotes or angle brackets, perhaps without the `https://` that some browsers hide.
fn address(landed: &str) -> Option<Url> {
    let mut text = landed.trim();
    for (open, close) in [('\'', '\''), ('"', '"'), ('<', '>')] {
        let within = text
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close));
        text = within.unwrap_or(text).trim();
    }
    if let Ok(url) = Url::parse(text)
        && url.has_host()
    {
        return Some(url);
    }
    // What is before the query must look like a host: a code alone does not.
    let (place, _) = text.split_once('?')?;
    let host = place.split('/').next()?;
    let is_host = host.contains('.') && !host.contains([':', '@', '=', '&']);
    is_host.then(|| Url::parse(&format!("https://{text}")).ok())?
}

/// A client id: not empty, one word. The rest is Apple's to judge.
pub fn client_id(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if text.is_empty() || text.contains(odd) {
        return Err("is the identifier of an App ID or Services ID, such as com.acme.abmctl");
    }
    Ok(text.to_owned())
}

/// A team id or a key id: 10 letters and digits (official).
pub fn ten_characters(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text.to_owned());
    }
    Err("has 10 letters and digits, and is shown in the Apple Developer account")
}

/// A redirect URI as Apple takes it: https, a domain name, neither an IP address nor `localhost`, no fragment (official).
///
/// It is kept as it was written, since it has to be the one that is registered.
pub fn redirect_uri(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| "must be a URL, such as https://acme.example/abmctl")?;
    if text.contains(char::is_whitespace) {
        return Err("must not contain a space");
    }
    if url.scheme() != "https" {
        return Err("must begin with https://");
    }
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            if name == "localhost" || name.ends_with(".localhost") {
                return Err("must have a domain name; Apple doesn't accept localhost");
            }
            if !name.contains('.') {
                return Err("must have a full domain name, with a dot");
            }
        }
        _ => return Err("must have a domain name; Apple doesn't accept IP addresses"),
    }
    if url.fragment().is_some() {
        return Err("must have no fragment (the part after `#`)");
    }
    let answers = |(name, _): (std::borrow::Cow<'_, str>, _)| {
        matches!(&*name, "code" | "state" | "error" | "error_description")
    };
    if url.query_pairs().any(answers) {
        return Err("must not have code, state, or error in its query, because Apple adds them");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or a password");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_address_that_the_browser_landed_on_gives_the_code() {
        for (landed, code) in [
            ("https://acme.com/abmctl?code=c1&state=s", "c1"),
            (
                "  https://acme.com/abmctl?state=s&code=a%2Fb%2Bc \n",
                "a/b+c",
            ),
            ("https://acme.com/?x=1&code=c1&state=s#top", "c1"),
            ("https://www.acme.com/elsewhere/?code=c1&state=s", "c1"),
            ("https://acme.com/?code=&code=c1&state=s", "c1"),
            ("'https://acme.com/?code=c1&state=s'\n", "c1"),
            ("\"https://acme.com/?code=c1&state=s\"", "c1"),
            (" < https://acme.com/?code=c1&state=s >", "c1"),
            ("acme.com/abmctl?code=c1&state=s", "c1"),
            ("acme.com?code=c1&state=s", "c1"),
        ] {
            assert_eq!(code_in(landed, "s").as_deref(), Ok(code), "{landed}");
        }
        let denied = |code: &str, description: Option<&str>| Mislanded::Denied {
            code: code.into(),
            description: description.map(str::to_owned),
        };
        for (landed, why) in [
            ("", Mislanded::NotAnAddress),
            ("c1", Mislanded::NotAnAddress),
            ("c1.0.abc", Mislanded::NotAnAddress),
            ("code=c1&state=s", Mislanded::NotAnAddress),
            ("'c1'", Mislanded::NotAnAddress),
            ("abmctl?code=c1&state=s", Mislanded::NotAnAddress),
            ("c1.0.abc&state=s?x", Mislanded::NotAnAddress),
            ("code:c1?state=s&code=c1", Mislanded::NotAnAddress),
            ("https://acme.com/abmctl", Mislanded::NoState),
            ("https://acme.com/abmctl?code=c1", Mislanded::NoState),
            ("https://acme.com/?code=c1&state=", Mislanded::NoState),
            ("https://acme.com/#code=c1&state=s", Mislanded::NoState),
            ("https://acme.com/?code=c1&state=S", Mislanded::OtherState),
            (
                "https://acme.com/?code=c1&state=s%20",
                Mislanded::OtherState,
            ),
            (
                "https://acme.com/?code=c1&state=s&state=t",
                Mislanded::Twice("state"),
            ),
            (
                "https://acme.com/?code=c1&code=c2&state=s",
                Mislanded::Twice("code"),
            ),
            ("https://acme.com/?state=s", Mislanded::NoCode),
            (
                "https://acme.com/?error=access_denied&state=t",
                Mislanded::OtherState,
            ),
            (
                "https://acme.com/?error=access_denied&state=s",
                denied("access_denied", None),
            ),
            (
                "https://acme.com/?error=invalid_scope&error_description=No+scope&state=s",
                denied("invalid_scope", Some("No scope")),
            ),
        ] {
            assert_eq!(code_in(landed, "s"), Err(why), "{landed}");
        }
    }

    proptest! {
        #[test]
        fn only_the_right_state_passes(sent in "[0-9a-f]{1,40}", other in ".{0,40}", code in "[!-~]{1,40}") {
            let landed = |state: &str| {
                let mut url = Url::parse("https://acme.com/abmctl").unwrap();
                url.query_pairs_mut().append_pair("code", &code).append_pair("state", state);
                url.to_string()
            };
            prop_assert_eq!(code_in(&landed(&sent), &sent), Ok(code.clone()));
            prop_assert_eq!(code_in(&landed(&other), &sent).is_ok(), other == sent);
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}", state in ".{0,10}") {
            let _ = code_in(&text, &state);
            let _ = redirect_uri(&text);
        }
    }

    #[test]
    fn ids_are_trimmed_and_have_ten_characters() {
        assert_eq!(ten_characters(" ABCDE12345\n").as_deref(), Ok("ABCDE12345"));
        for text in [
            "",
            "ABCDE1234",
            "ABCDE123456",
            "ABCDE-1234",
            "ÄBCDE1234",
            "ABCDE 1234",
        ] {
            assert!(ten_characters(text).is_err(), "{text}");
        }
        assert_eq!(
            client_id(" com.acme.abmctl ").as_deref(),
            Ok("com.acme.abmctl")
        );
        for text in ["", " ", "com acme"] {
            assert!(client_id(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_redirect_uri_is_https_with_a_domain_name() {
        for text in [
            "https://acme.com",
            " https://acme.com/abmctl\n",
            "https://acme.com:8443/abmctl?x=1",
            "https://localhost.acme.com/",
        ] {
            assert_eq!(redirect_uri(text).as_deref(), Ok(text.trim()));
        }
        for (text, why) in [
            ("acme.com/abmctl", "must be a URL"),
            ("http://acme.com/abmctl", "https://"),
            ("https://127.0.0.1/abmctl", "accept IP addresses"),
            ("https://[::1]/abmctl", "accept IP addresses"),
            ("https://2130706433/", "accept IP addresses"),
            ("https://localhost/abmctl", "accept localhost"),
            ("https://LOCALHOST./abmctl", "accept localhost"),
            ("https://abmctl.localhost", "accept localhost"),
            ("https://acme.com/#abmctl", "no fragment"),
            ("https://me:s3cret@acme.com/", "a password"),
            ("https://acme.com/a b", "a space"),
            ("https://intranet/abmctl", "with a dot"),
            ("https://acme.com/?state=1", "because Apple adds"),
            ("https://acme.com/?x=1&code=", "because Apple adds"),
        ] {
            let said = redirect_uri(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
