//! What was last seen of a server's ADDE URL, or declared of it.

use crate::core::declared_urls::{DeclaredUrl, DeclaredUrls};
use crate::core::names;
use crate::organization::Organization;
use crate::state::facts::{SeenFacts, place};

/// What is known of a server's ADDE URL.
#[derive(Debug, Clone)]
pub enum KnownUrl {
    /// Apple was asked with a server token.
    Seen(SeenFacts),
    /// There is no server token, and somebody declared it.
    Declared(DeclaredUrl),
    NotKnown(NotKnown),
}

/// Why nothing is known of a server's ADDE URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKnown {
    /// No token of that server is configured.
    NoToken,
    /// A token is configured, and Apple has not been asked with it.
    NotAsked,
}

impl Organization {
    /// What was last seen of a server's ADDE URL, or else is declared of it; no request is sent for it.
    pub fn known_adde_url(
        &self,
        server_id: &str,
        server_name: &str,
        declared: &DeclaredUrls,
    ) -> KnownUrl {
        let store = self.facts();
        let mut not_asked = false;
        for token in &self.settings().tokens {
            let facts = store.read(&place(token));
            let id = facts.server_id.as_ref().or(token.server_id.as_ref());
            let name = facts.server_name.as_ref().or(token.server_name.as_ref());
            // Whether Apple's two ids of a server are equal is unconfirmed, so the name counts as well.
            let same = id.is_some_and(|id| id.eq_ignore_ascii_case(server_id))
                || name.is_some_and(|name| names::same(name, server_name));
            if same && facts.seen_at.is_some() {
                return KnownUrl::Seen(facts);
            }
            not_asked |= same;
        }
        if not_asked {
            return KnownUrl::NotKnown(NotKnown::NotAsked);
        }
        match declared.of_server(server_id) {
            Some(declared) => KnownUrl::Declared(declared.clone()),
            None => KnownUrl::NotKnown(NotKnown::NoToken),
        }
    }
}
