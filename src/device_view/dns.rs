//! DNS records of a domain, beside the addresses that a device looks up.

use std::time::Duration;

use futures_util::future::join_all;

use super::addresses::Addresses;
use crate::core::domains::{DnsFacts, DnsToken, NearMiss, misplaced, verification_record};
use crate::core::lookup::ResolverAddress;

/// A resolver: the system's, or the one that was named.
pub struct Dns(Addresses);

impl Dns {
    /// Asks nobody yet. One question takes `timeout` at the most. A `confined` one asks a resolver on loopback alone.
    pub fn new(resolver: Option<ResolverAddress>, timeout: Duration, confined: bool) -> Self {
        Self(Addresses::new(Vec::new(), resolver, timeout, confined))
    }

    /// What the DNS says of exactly this domain.
    pub async fn facts(&self, domain: &str) -> DnsFacts {
        let (record, resolves) = tokio::join!(self.record(domain), self.0.resolves(domain));
        let (token, near_misses) = match record {
            Some((token, near_misses)) => (Some(token), near_misses),
            None => (None, Vec::new()),
        };
        DnsFacts {
            token,
            near_misses,
            resolves,
        }
    }

    /// Whether a TXT record of exactly this domain has a token of Apple's, and else what comes close; `None` if the
    /// resolver does not say.
    ///
    /// That it is there proves neither for which organization nor for which of Apple's services it is, and that it is not
    /// there disproves nothing: it may be deleted after the verification (official).
    async fn record(&self, domain: &str) -> Option<(DnsToken, Vec<NearMiss>)> {
        let (token, mut near) = verification_record(&self.0.texts(domain).await?);
        if token == DnsToken::Absent && near.is_empty() {
            let asked = misplaced(domain).into_iter().map(|name| async move {
                let texts = self.0.texts(&name).await.unwrap_or_default();
                (verification_record(&texts).0 == DnsToken::Present).then_some(name)
            });
            let found = join_all(asked).await.into_iter().flatten().next();
            near.extend(found.map(NearMiss::Elsewhere));
        }
        Some((token, near))
    }
}
