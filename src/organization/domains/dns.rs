//! The domains in the DNS, which never changes a status.

use futures_util::{StreamExt, stream};

use crate::core::domains::{DnsFacts, DomainFacts, fold, normalized};
use crate::device_view::dns::Dns;
use crate::organization::Organization;

/// How many names are looked up at once.
const AT_ONCE: usize = 16;

/// The names of every domain that is known.
pub fn names(facts: &DomainFacts) -> Vec<String> {
    fold(facts)
        .into_iter()
        .filter_map(|domain| domain.domain)
        .filter(|name| normalized(name).is_some())
        .collect()
}

/// Looks names up in the DNS. What the resolver does not say stays unknown; how many these are.
pub async fn look_up(
    facts: &mut DomainFacts,
    names: Vec<String>,
    dns: &Dns,
    organization: &Organization,
) -> usize {
    organization.progress("Looking the domains up in the DNS");
    facts.dns = stream::iter(names)
        .map(|name| async move { (dns.facts(&name).await, name) })
        .buffer_unordered(AT_ONCE)
        .map(|(found, name)| (name, found))
        .collect()
        .await;
    organization.progress("");
    let silent = |it: &&DnsFacts| it.token.is_none() || it.resolves.is_none();
    facts.dns.values().filter(silent).count()
}
