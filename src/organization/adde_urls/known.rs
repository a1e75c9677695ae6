//! What was last seen of a server's ADDE URL, or declared of it.

use crate::core::declared_urls::{DeclaredUrl, DeclaredUrls};
use crate::core::names::Named;
use crate::organization::Organization;
use crate::organization::server_tokens::choice::TokenServer;
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
    /// What was last seen of a server's ADDE URL, or else is declared of it; no request is sent for it. `servers` has the server
    /// and the others that may be a token's.
    pub fn known_adde_url(
        &self,
        server_id: &str,
        servers: &[Named],
        declared: &DeclaredUrls,
    ) -> KnownUrl {
        let store = self.facts();
        let mut not_asked = false;
        for token in &self.settings().tokens {
            let facts = store.read(&place(token));
            let found = TokenServer::known(&facts, token).among(servers);
            let found = found.map(|(server, _)| server);
            let same = found.is_some_and(|server| server.id == server_id);
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
