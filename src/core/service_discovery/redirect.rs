//! Redirects: whether one keeps the parameters, and whether one leads to a sign-in page. Pure.

use url::Url;

use super::mistakes::mistakes;
use super::{Code, Finding};
use crate::core::device_url::{UrlFault, redirect_url, without_user};

/// The parameters of a device's question (official).
const PARAMETERS: [&str; 2] = ["user-identifier", "model-family"];

/// How the hosts of sign-in pages begin, and whose they are.
const SIGN_IN_HOSTS: [&str; 8] = [
    "login", "signin", "sign-in", "sso", "auth", "accounts", "adfs", "idp",
];
const SIGN_IN_DOMAINS: [&str; 5] = [
    "microsoftonline.com",
    "okta.com",
    "onelogin.com",
    "auth0.com",
    "cloudflareaccess.com",
];
const SIGN_IN_PATHS: [&str; 11] = [
    "login",
    "login.php",
    "wp-login.php",
    "login.aspx",
    "signin",
    "sign-in",
    "sign_in",
    "sso",
    "saml",
    "saml2",
    "authorize",
];

/// Where a redirect from `from` with this `Location` leads, and what is odd about it; an error if a device can't follow it.
pub fn redirect_target(
    from: &Url,
    status: u16,
    location: Option<&str>,
) -> Result<(Url, Vec<Finding>), Finding> {
    let broken = |why: String| Err(Finding::new(Code::RedirectBroken, why));
    let at = plain(from);
    let mut next = match redirect_url(from, location.unwrap_or_default().trim()) {
        Ok(next) => next,
        Err(UrlFault::Empty) => {
            return broken(format!(
                "The answer from {at} is {status}, a redirect without a Location."
            ));
        }
        Err(UrlFault::NotHttps(scheme)) if scheme.eq_ignore_ascii_case("http") => {
            let to = Url::parse(location.unwrap_or_default().trim());
            let to = to.map_or_else(|_| "a URL".to_owned(), |to| without_user(&plain(&to)));
            return Err(Finding::new(
                Code::RedirectNotHttps,
                format!("The redirect from {at} leads to {to}, which isn't https."),
            ));
        }
        Err(UrlFault::NotHttps(_)) => {
            return broken(format!(
                "The redirect from {at} leads to \"{}\", which isn't an https URL.",
                without_user(location.unwrap_or_default())
            ));
        }
        Err(fault) => {
            return broken(format!(
                "The redirect from {at} leads to a URL that a device can't use: the URL {fault}."
            ));
        }
    };
    next.set_fragment(None);
    let called = format!("The redirect from {at}");
    match mistakes(&called, &next) {
        Ok(odd) => Ok((next, odd)),
        Err(finding) => broken(finding.message),
    }
}

/// A URL without its query, to be named in a sentence.
pub fn plain(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

/// Whether a redirect leads on with the two parameters as they were sent; true if none was sent.
///
/// A device does not attach them again, so the redirecting server has to (official).
pub fn redirect_keeps_query(from: &Url, to: &Url) -> bool {
    let value = |url: &Url, name: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    PARAMETERS.iter().all(|name| match value(from, name) {
        Some(sent) => value(to, name) == Some(sent),
        None => true,
    })
}

/// Whether a URL looks like that of a page to sign in on (inferred from its words).
pub fn asks_to_sign_in(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    let of_a_service = SIGN_IN_DOMAINS
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    let path = url.path().to_ascii_lowercase();
    of_a_service
        || SIGN_IN_HOSTS.contains(&first)
        || path.split('/').any(|part| SIGN_IN_PATHS.contains(&part))
}
