//! Names of domains: one spelling for each, and names that aren't domains.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// Suffixes of names that Apple makes itself, so that nobody has verified them (official).
const RESERVED: [&str; 2] = ["appleid.com", "appleaccount.com"];

/// The one spelling of a domain: its lower-case A-label, without a dot at the end.
///
/// `None` for what is not a hostname with a dot in it, such as an address or an id.
pub fn normalized(name: &str) -> Option<String> {
    let name = name.trim();
    let name = name.strip_suffix('.').unwrap_or(name);
    let ascii = Uts46::new()
        .to_ascii(
            name.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()?;
    let (_, last) = ascii.rsplit_once('.')?;
    // An IPv4 address is no domain.
    (!last.bytes().all(|byte| byte.is_ascii_digit())).then(|| ascii.into_owned())
}

/// How people write it: A-labels back to letters; what can't be read so stays as it is.
pub fn readable(domain: &str) -> String {
    let (readable, outcome) = idna::domain_to_unicode(domain);
    match outcome {
        Ok(()) => readable,
        Err(_) => domain.to_owned(),
    }
}

/// Whether Apple made this name: `*.appleid.com` and `*.appleaccount.com` (official).
pub fn is_reserved(domain: &str) -> bool {
    RESERVED.into_iter().any(|suffix| {
        domain
            .strip_suffix(suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The domain that a user's `managedAppleAccount` shows to be in use.
///
/// `None` for external users, whose accounts another organization has, for Apple's reserved names, and for what is no
/// account on a domain. A contact address (`email`) proves nothing and has no place here.
pub fn account_domain(managed_apple_account: &str, is_external: bool) -> Option<String> {
    if is_external {
        return None;
    }
    let (_, domain) = managed_apple_account.rsplit_once('@')?;
    normalized(domain).filter(|domain| !is_reserved(domain))
}
