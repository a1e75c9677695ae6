//! Redirects: whether one keeps the parameters, and whether one leads to a page to sign in on. Pure.

use url::Url;

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

/// Whether a redirect leads on with the two parameters as they were sent; true where none was sent.
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
