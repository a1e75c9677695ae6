//! DNS records of a domain, beside the addresses that a device looks up.

use std::time::Duration;

use super::addresses::Addresses;
use super::overrides::ResolverAddress;
use crate::core::domains::{DnsFacts, DnsToken};

/// What a record begins with by which Apple was shown that somebody holds the domain (official).
const TOKEN: &str = "apple-domain-verification=";

/// A resolver: the system's, or the one that was named.
pub struct Dns(Addresses);

impl Dns {
    /// Asks nobody yet. One question takes `timeout` at the most.
    pub fn new(resolver: Option<ResolverAddress>, timeout: Duration) -> Self {
        Self(Addresses::new(Vec::new(), resolver, timeout))
    }

    /// What the DNS says of exactly this domain.
    pub async fn facts(&self, domain: &str) -> DnsFacts {
        let (token, resolves) = tokio::join!(self.token(domain), self.0.resolves(domain));
        DnsFacts { token, resolves }
    }

    /// Whether a TXT record of exactly this domain has a token of Apple's; `None` where the resolver does not say.
    ///
    /// That it is there proves neither for which organization nor for which of Apple's services it is, and that it is not
    /// there disproves nothing: it may be deleted after the verification (official).
    async fn token(&self, domain: &str) -> Option<DnsToken> {
        let texts = self.0.texts(domain).await?;
        let has = |text: &String| text.trim_start().to_ascii_lowercase().starts_with(TOKEN);
        Some(if texts.iter().any(has) {
            DnsToken::Present
        } else {
            DnsToken::Absent
        })
    }
}
