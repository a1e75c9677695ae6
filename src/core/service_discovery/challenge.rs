//! `WWW-Authenticate`: whether it is the challenge of an enrollment URL for a device without a token. Pure.

use crate::core::device_url::device_url;

/// The way to sign in on a web page (official).
const WEB: &str = "apple-as-web";
/// The ways to sign in that a device knows (official).
const METHODS: [&str; 2] = [WEB, "apple-oauth2"];

/// What a server asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// A bearer token by a method that a device knows (official).
    Enrollment,
    /// A bearer token without a `method`, as any API asks for.
    WithoutMethod,
    /// A bearer token by a method that Apple does not document.
    OtherMethod(String),
    /// The method that leads to a web page, without the https URL of that page.
    WithoutUrl,
    /// No bearer token.
    Other,
}

impl Challenge {
    /// Whether an enrollment URL asked, however well.
    pub fn is_of_enrollment(&self) -> bool {
        matches!(self, Self::Enrollment | Self::WithoutUrl)
    }
}

/// Reads every value of the header. One value may hold several challenges, and the one that a device understands counts.
pub fn challenge(values: &[String]) -> Challenge {
    let mut found = Challenge::Other;
    for (scheme, parameters) in values.iter().flat_map(|value| challenges(value)) {
        if !scheme.eq_ignore_ascii_case("bearer") {
            continue;
        }
        let parameter = |wanted: &str| {
            let mut parameters = parameters.iter();
            let found = parameters.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value)
        };
        let leads_on = || parameter("url").is_some_and(|url| device_url(url).is_ok());
        match parameter("method") {
            Some(method) if method == WEB && !leads_on() => found = Challenge::WithoutUrl,
            Some(method) if METHODS.contains(&method.as_str()) => return Challenge::Enrollment,
            Some(method) => found = Challenge::OtherMethod(method.clone()),
            None if found == Challenge::Other => found = Challenge::WithoutMethod,
            None => {}
        }
    }
    found
}

/// The challenges of one value: each scheme with its parameters (RFC 9110, 11.6.1).
fn challenges(value: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for item in items(value) {
        let (word, rest) = item.split_at(item.find([' ', '\t', '=']).unwrap_or(item.len()));
        let rest = rest.trim_start();
        // `name = value` goes on with the challenge before it; `scheme name=value` begins one.
        let parameter = if rest.starts_with('=') {
            item.as_str()
        } else {
            found.push((word.to_owned(), Vec::new()));
            rest
        };
        if let (Some((name, value)), Some((_, parameters))) =
            (parameter.split_once('='), found.last_mut())
        {
            parameters.push((name.trim().to_owned(), unquoted(value.trim())));
        }
    }
    found
}

/// The parts between the commas that stand outside of quotes.
fn items(value: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for character in value.chars() {
        match character {
            ',' if !quoted => {
                items.push(String::new());
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && character == '\\' && !escaped;
        if let Some(item) = items.last_mut() {
            item.push(character);
        }
    }
    let items = items.into_iter().map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

fn unquoted(value: &str) -> String {
    let Some(inside) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Challenge {
        let values: Vec<String> = values.iter().map(|it| (*it).to_owned()).collect();
        challenge(&values)
    }

    #[test]
    fn a_device_wants_bearer_with_a_method_that_it_knows() {
        for values in [
            &["Bearer method=\"apple-as-web\", url=\"https://mdm.acme.com/login\""][..],
            &["Bearer method=apple-oauth2"],
            &["bearer url=\"https://mdm.acme.com/a,b\", Method=\"apple-as-web\""],
            &["Bearer realm=\"a \\\" , b\", method=\"apple-oauth2\""],
            &["Negotiate, Bearer method=\"apple-as-web\", url=\"https://mdm.acme.com/a\""],
            &[
                "Basic realm=\"a, Bearer x=y\", Bearer method = \"apple-as-web\", url=\"https://mdm.acme.com/a\"",
            ],
            &[
                "Bearer realm=\"api\", Bearer method=\"apple-as-web\", url=\"https://mdm.acme.com/a\"",
            ],
            &[
                "Basic realm=\"a\"",
                "Bearer method=\"apple-as-web\", url=\"https://mdm.acme.com/a\"",
            ],
            &["Bearer method=\"apple-as-web\", url=\"https://mdm.acme.com/a\", Basic realm=\"a\""],
        ] {
            assert_eq!(of(values), Challenge::Enrollment, "{values:?}");
        }
    }

    #[test]
    fn what_any_api_asks_for_is_something_else() {
        let other = |method: &str| Challenge::OtherMethod(method.to_owned());
        for (values, expected) in [
            (&["Bearer realm=\"api\""][..], Challenge::WithoutMethod),
            (&["Bearer"], Challenge::WithoutMethod),
            (
                &["Bearer error=\"invalid_token\", error_description=\"method=apple-as-web\""],
                Challenge::WithoutMethod,
            ),
            (
                &["Bearer realm=\"a\", Digest method=\"apple-as-web\""],
                Challenge::WithoutMethod,
            ),
            (&["Bearer method=\"apple-oauth\""], other("apple-oauth")),
            (&["Bearer method=\"Apple-As-Web\""], other("Apple-As-Web")),
            (
                &["Basic realm=\"Bearer method=apple-as-web\""],
                Challenge::Other,
            ),
            (&["Bearer method=\"apple-as-web\""], Challenge::WithoutUrl),
            (
                &["Bearer method=\"apple-as-web\", url=\"\""],
                Challenge::WithoutUrl,
            ),
            (
                &["Bearer method=\"apple-as-web\", url=\"/login\""],
                Challenge::WithoutUrl,
            ),
            (
                &["Bearer method=\"apple-as-web\", url=\"http://mdm.acme.com/\""],
                Challenge::WithoutUrl,
            ),
            (&["Negotiate"], Challenge::Other),
            (&[""], Challenge::Other),
            (&[], Challenge::Other),
        ] {
            assert_eq!(of(values), expected, "{values:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(values: Vec<String>) {
            let _ = challenge(&values);
        }
    }
}
