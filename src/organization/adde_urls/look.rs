//! `adde-url set` looks first: whether a URL answers a device of each platform with a document that it can use.

use futures_util::{StreamExt, stream};
use url::Url;

use crate::core::enrollment::PLATFORMS;
use crate::core::platform::Family;
use crate::core::printed::hint;
use crate::core::service_discovery::{Code, Finding, Place, Side, Weight};
use crate::device_view::{Lookup, Start, View, Walk};
use crate::error::Error;
use crate::organization::Organization;

/// How many devices are played at once.
const AT_ONCE: usize = 8;
/// Names of parameters whose values are secrets.
const SECRETS: [&str; 11] = [
    "token",
    "secret",
    "key",
    "apikey",
    "api_key",
    "password",
    "passwd",
    "pwd",
    "sig",
    "signature",
    "auth",
];
/// From this length on, a value of letters and digits is not one that somebody chose.
const LONG: usize = 32;

/// Looks at each URL as a device of each platform would, and warns of what is likely to be wrong.
///
/// Exit 1 where one does not answer with a document that a device can use, with what is right in its place.
pub async fn verify(
    urls: &[String],
    lookup: &Lookup,
    organization: &Organization,
) -> Result<(), Error> {
    let view = organization.device_view(lookup)?;
    let mut distinct: Vec<&String> = Vec::new();
    for url in urls {
        if !distinct.contains(&url) {
            distinct.push(url);
        }
    }
    let looks = distinct
        .iter()
        .flat_map(|url| PLATFORMS.iter().map(|platform| look(&view, url, platform)));
    organization.progress("Looking at the URL as a device would");
    let walks: Vec<(Family, Walk)> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    organization.progress("");
    let mut refused = Vec::new();
    for (url, walks) in distinct.iter().zip(walks.chunks(PLATFORMS.len())) {
        let found = found(walks);
        for it in found.iter().filter(|it| !it.refuses) {
            let Finding { code, message } = it.finding;
            let on = it.platforms();
            organization.warn(&hint![
                format!("{url}{on}: {message} "),
                code.remedy(it.place())
            ]);
        }
        refused.extend(found.into_iter().find(|it| it.refuses).map(|it| (*url, it)));
    }
    let Some((url, first)) = refused.first() else {
        return Ok(());
    };
    let Finding { code, message } = first.finding;
    let on = first.platforms();
    let others = match refused.len() - 1 {
        0 => String::new(),
        1 => " One more URL is refused.".to_owned(),
        more => format!(" {more} more URLs are refused."),
    };
    // A proxy or a resolver that fails is no word against the URL.
    let why = if code.is_unread() {
        format!("abmctl could not check {url}{on}")
    } else {
        format!("a device could not use {url}{on}")
    };
    let mut error = Error::failed(format!(
        "Nothing was changed, because {why}. {message}{others}"
    ))
    .hint(code.remedy(first.place()));
    error.code = Some(code.word().to_owned());
    Err(error.hint(
        "To see each answer that a device gets, add `-v`. To set the URL without this check, add `--no-verify`.",
    ))
}

async fn look(view: &View, url: &str, platform: &Family) -> (Family, Walk) {
    let host = Url::parse(url).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or("localhost");
    let start = Start::Registered {
        url: url.to_owned(),
        user: format!("abmctl-check@{host}"),
        family: platform.model_family().unwrap_or_default().to_owned(),
    };
    (platform.clone(), view.walk(&start).await)
}

/// One thing that was found, and for which platforms.
struct FoundFinding<'a> {
    finding: &'a Finding,
    on: Vec<Family>,
    refuses: bool,
}

impl FoundFinding<'_> {
    fn place(&self) -> Place<'_> {
        Place {
            side: Side::Apple,
            platform: self.on.first().filter(|_| self.on.len() == 1),
            server: None,
        }
    }

    /// The platforms in brackets, where it is not for all of them.
    fn platforms(&self) -> String {
        if self.on.len() == PLATFORMS.len() {
            return String::new();
        }
        let words: Vec<&str> = self.on.iter().map(Family::word).collect();
        format!(" (for {})", words.join(", "))
    }
}

/// What was found on the ways of all platforms, each once. Two hosts may have the same fault.
fn found(walks: &[(Family, Walk)]) -> Vec<FoundFinding<'_>> {
    let mut found: Vec<FoundFinding<'_>> = Vec::new();
    for (platform, walk) in walks {
        for finding in &walk.findings {
            match found.iter_mut().find(|it| it.finding == finding) {
                Some(it) if it.on.contains(platform) => {}
                Some(it) => it.on.push(platform.clone()),
                None => found.push(FoundFinding {
                    finding,
                    on: vec![platform.clone()],
                    refuses: refuses(finding.code),
                }),
            }
        }
    }
    for it in &mut found {
        // A server may turn some kinds of device away on purpose.
        it.refuses &= it.finding.code != Code::Rejected || it.on.len() == walks.len();
    }
    found
}

/// Whether a URL on which this was found is not set. A device does not send the query again (official), so an answer that
/// it got without is luck.
fn refuses(code: Code) -> bool {
    code.weight() == Weight::Fails || code == Code::RedirectLostQuery
}

/// What to warn of where the query of a URL seems to hold a secret: Apple treats the URL as public (official).
pub fn secret_warning(url: &str) -> Option<String> {
    let name = secret_in(url)?;
    Some(format!(
        "The value of {name} in the URL looks like a secret. Apple hands the URL to every device that asks, so it is as good as public."
    ))
}

/// The name of the parameter whose value looks like a secret.
fn secret_in(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.query_pairs().find_map(|(name, value)| {
        let plain = name.to_ascii_lowercase();
        let named = SECRETS.iter().any(|secret| {
            plain == *secret
                || plain.ends_with(&format!("_{secret}"))
                || plain.ends_with(&format!("-{secret}"))
        });
        ((named && !value.is_empty()) || is_random(&value)).then(|| name.into_owned())
    })
}

/// Whether a value is long, and letters and digits all through. An id with its dashes (a UUID) is none.
fn is_random(value: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=' | '.');
    let dashes = value.matches('-').count();
    let is_uuid = value.len() == 36 && dashes == 4;
    value.len() >= LONG
        && !is_uuid
        && value.chars().all(plain)
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hosts_with_the_same_fault_are_two_findings() {
        let finding = |host: &str| Finding::new(Code::CertificateLong, host);
        let walk = |hosts: &[&str]| Walk {
            steps: Vec::new(),
            findings: hosts.iter().map(|host| finding(host)).collect(),
            server: None,
        };
        let walks = [
            (Family::Mac, walk(&["acme.com", "mdm.acme.com"])),
            (Family::Ipad, walk(&["acme.com"])),
        ];
        let found = found(&walks);
        let found: Vec<_> = found.iter().map(|it| (it.finding, it.on.len())).collect();
        assert_eq!(
            found,
            [(&finding("acme.com"), 2), (&finding("mdm.acme.com"), 1)]
        );
    }

    #[test]
    fn a_secret_is_known_by_its_name_or_its_length() {
        for (query, expected) in [
            ("", None),
            ("?team=1&region=eu", None),
            ("?token=x", Some("token")),
            ("?Token=x", Some("Token")),
            ("?access_token=x", Some("access_token")),
            ("?api-key=x", Some("api-key")),
            ("?token=", None),
            ("?monkey=1", None),
            ("?t=0123456789abcdef0123456789abcdef", Some("t")),
            ("?tenant=01234567-89ab-cdef-0123-456789abcdef", None),
            ("?name=a-long-name-that-somebody-has-chosen", None),
        ] {
            let found = secret_in(&format!("https://mdm.acme.com/x{query}"));
            assert_eq!(found.as_deref(), expected, "{query}");
        }
    }
}
