//! The domains in the DNS, which never changes a status.

use futures_util::{StreamExt, stream};

use crate::context::Context;
use crate::core::domains::{Facts, fold, normalized};
use crate::device_view::dns::Dns;

/// How many names are looked up at once.
const AT_ONCE: usize = 16;

/// Looks every domain that is known up in the DNS, and `more` names. What the resolver does not say stays unknown.
pub async fn look_up(facts: &mut Facts, more: &[String], dns: Option<&Dns>, context: &Context) {
    let Some(dns) = dns else { return };
    context.ui.progress("Looking the domains up in the DNS");
    let mut names: Vec<String> = fold(facts)
        .into_iter()
        .filter_map(|domain| domain.domain)
        .chain(more.iter().cloned())
        .filter(|name| normalized(name).is_some())
        .collect();
    names.sort();
    names.dedup();
    facts.dns = stream::iter(names)
        .map(|name| async move { (dns.facts(&name).await, name) })
        .buffer_unordered(AT_ONCE)
        .map(|(found, name)| (name, found))
        .collect()
        .await;
    context.ui.progress("");
    let silent = |it: &&crate::core::domains::DnsFacts| it.token.is_none() || it.resolves.is_none();
    let unknown = facts.dns.values().filter(silent).count();
    if unknown > 0 {
        context.ui.warn(&format!(
            "The resolver did not answer for {unknown} of the domains; leave the DNS out with --no-dns, or ask another one with --resolver."
        ));
    }
}
