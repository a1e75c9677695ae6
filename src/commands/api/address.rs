//! What was typed as PATH → the parts of an address, of which the client builds the URL.

use percent_encoding::percent_decode_str;
use url::{Url, form_urlencoded};

use crate::error::Error;

/// Path segments and query pairs, decoded; the client encodes them again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The segments of the path.
    pub segments: Vec<String>,
    /// The pairs of the query.
    pub query: Vec<(String, String)>,
}

impl Address {
    /// Reads `/v1/…`, `v1/…` or a URL of the API at `origin`.
    ///
    /// Exit 2 for a URL of another origin, a fragment, and segments that would change the shape of the path.
    pub(super) fn parse(text: &str, origin: &Url) -> Result<Self, Error> {
        let text = text.trim();
        let rest = match text.split_once("://") {
            // A query may hold a URL.
            Some((scheme, after)) if !scheme.contains(['/', '?', '#']) => {
                below_origin(text, scheme, after, origin)?
            }
            _ => text,
        };
        if rest.contains('#') {
            return Err(wrong(
                text,
                "has a fragment (#…), which a request can't send",
            ));
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            return Err(wrong(text, "names no resource"));
        }
        Ok(Self {
            segments: path
                .split('/')
                .map(|segment| decoded(text, segment))
                .collect::<Result<_, _>>()?,
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        })
    }

    /// Whether the query has a parameter of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.query.iter().any(|(other, _)| other == name)
    }
}

/// The words after which a path is certainly one of the API (official).
const VERSION: &str = "v1";
/// What the Manager API has at its first level (official).
const RESOURCES: [&str; 12] = [
    "apps",
    "auditEvents",
    "blueprints",
    "configurations",
    "mdmDevices",
    "mdmServers",
    "orgDeviceActivities",
    "orgDevices",
    "organizationalUnits",
    "packages",
    "userGroups",
    "users",
];

impl Address {
    /// The same path with its version and its resource spelled right, if it lacks the version or has another case; `None` if it looks
    /// right, or nobody can say what was meant.
    pub(super) fn meant(&self) -> Option<String> {
        let mut segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        let (version, resource) = match segments[..] {
            [first, resource, ..] if is_version(first) => (Some(first), resource),
            [resource, ..] => (None, resource),
            [] => return None,
        };
        let right = RESOURCES
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(resource))?;
        if version == Some(VERSION) && right == resource {
            return None;
        }
        let rest = segments.split_off(1 + usize::from(version.is_some()));
        let path: Vec<&str> = [VERSION, right].into_iter().chain(rest).collect();
        let mut meant = Url::parse("https://localhost").ok()?;
        meant.path_segments_mut().ok()?.clear().extend(path);
        if !self.query.is_empty() {
            meant.query_pairs_mut().extend_pairs(&self.query);
        }
        let query = meant.query().map(|query| format!("?{query}"));
        Some(format!("{}{}", meant.path(), query.unwrap_or_default()))
    }
}

fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix(['v', 'V']);
    number.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What follows the origin in a URL, which is not parsed as one: that would resolve `..` silently.
fn below_origin<'a>(
    text: &str,
    scheme: &str,
    after: &'a str,
    origin: &Url,
) -> Result<&'a str, Error> {
    let end = after.find(['/', '\\', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    let same = Url::parse(&format!("{scheme}://{authority}")).is_ok_and(|url| {
        url.origin() == origin.origin() && url.username().is_empty() && url.password().is_none()
    });
    if same {
        return Ok(rest);
    }
    let ours = origin.origin().ascii_serialization();
    Err(wrong(
        text,
        &format!("isn't on {ours}, which the credentials belong to"),
    )
    .hint("Nothing was sent. Give a path, such as /v1/mdmServers."))
}

fn decoded(text: &str, segment: &str) -> Result<String, Error> {
    let segment = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| wrong(text, "has percent-encoded bytes that aren't UTF-8"))?;
    match segment.as_ref() {
        "" => Err(wrong(
            text,
            "has an empty part: two slashes, or one at the end",
        )),
        "." | ".." => Err(wrong(text, &format!("has a part \"{segment}\""))),
        _ => Ok(segment.into_owned()),
    }
}

fn wrong(text: &str, what: &str) -> Error {
    Error::usage(format!("The path \"{text}\" {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, Error> {
        Address::parse(text, &Url::parse("https://api-business.apple.com").unwrap())
    }

    #[test]
    fn a_path_is_taken_apart() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (text, segments, query) in [
            ("/v1/mdmServers", vec!["v1", "mdmServers"], vec![]),
            (" v1/mdmServers\n", vec!["v1", "mdmServers"], vec![]),
            ("/v1/a%2Fb%20c", vec!["v1", "a/b c"], vec![]),
            (
                "v1/users?limit=5&fields[users]=a,b",
                vec!["v1", "users"],
                vec![pair("limit", "5"), pair("fields[users]", "a,b")],
            ),
            (
                "v1/x?filter%5Btype%5D=A%2BB&u=https://acme.com/",
                vec!["v1", "x"],
                vec![pair("filter[type]", "A+B"), pair("u", "https://acme.com/")],
            ),
            (
                "https://api-business.apple.com/v1/users?limit=5",
                vec!["v1", "users"],
                vec![pair("limit", "5")],
            ),
            (
                "HTTPS://API-Business.Apple.com:443/v1/users",
                vec!["v1", "users"],
                vec![],
            ),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.segments, segments, "{text}");
            assert_eq!(address.query, query, "{text}");
        }
    }

    #[test]
    fn a_path_without_its_version_is_spelled_right() {
        for (text, meant) in [
            ("orgDevices", Some("/v1/orgDevices")),
            ("/orgDevices", Some("/v1/orgDevices")),
            ("orgdevices/SERIAL", Some("/v1/orgDevices/SERIAL")),
            ("/v1/orgdevices", Some("/v1/orgDevices")),
            ("V1/orgDevices", Some("/v1/orgDevices")),
            ("v2/mdmServers", Some("/v1/mdmServers")),
            (
                "mdmServers/A%20B/relationships/devices?limit=5",
                Some("/v1/mdmServers/A%20B/relationships/devices?limit=5"),
            ),
            ("https://api-business.apple.com/users", Some("/v1/users")),
            ("v1/orgDevices", None),
            ("/v1/orgDevices", None),
            ("/v1/new", None),
            ("new", None),
            ("v1", None),
            ("/rosterapi/v1/organization", None),
        ] {
            assert_eq!(parse(text).unwrap().meant().as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for (text, part) in [
            ("https://api-school.apple.com/v1/users", "isn't on"),
            ("http://api-business.apple.com/v1/users", "isn't on"),
            ("https://api-business.apple.com:8443/v1", "isn't on"),
            ("https://me@api-business.apple.com/v1", "isn't on"),
            ("https://api-business.apple.com@evil.com/v1", "isn't on"),
            ("https://evil.com\\@api-business.apple.com/v1", "isn't on"),
            ("ftp://api-business.apple.com/v1", "isn't on"),
            ("//evil.com/v1", "an empty part"),
            ("/v1//users", "an empty part"),
            ("/v1/users/", "an empty part"),
            ("/v1/../rosterapi", "a part \"..\""),
            ("/v1/%2e%2E/rosterapi", "a part \"..\""),
            ("https://api-business.apple.com/v1/../x", "a part \"..\""),
            ("/v1/./users", "a part \".\""),
            ("/v1/users#top", "a fragment"),
            ("/v1/%ff", "aren't UTF-8"),
            ("", "names no resource"),
            ("/", "names no resource"),
            ("?limit=5", "names no resource"),
            ("https://api-business.apple.com", "names no resource"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{text}");
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
}
