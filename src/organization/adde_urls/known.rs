//! What was last seen of a server's ADDE URL, or declared of it.

use crate::core::declared_urls::{Counts, DeclaredUrl, DeclaredUrls, counts};
use crate::core::names::Named;
use crate::organization::Organization;
use crate::organization::server_tokens::choice::TokenServer;
use crate::state::facts::{SeenFacts, place};

/// What is known of a server's ADDE URL.
#[derive(Debug, Clone)]
pub enum KnownUrl {
    /// Apple was asked with a server token.
    Seen(SeenFacts),
    /// Apple was asked with no server token, and somebody declared it.
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
        match counts(
            self.seen_adde_url(server_id, servers),
            declared.of_server(server_id),
        ) {
            Counts::Read(facts) => KnownUrl::Seen(facts),
            Counts::Declared(declared) => KnownUrl::Declared(declared.clone()),
            Counts::NotKnown(why) => KnownUrl::NotKnown(why),
        }
    }

    fn seen_adde_url(&self, server_id: &str, servers: &[Named]) -> Result<SeenFacts, NotKnown> {
        let store = self.facts();
        let mut why = NotKnown::NoToken;
        for token in &self.settings().tokens {
            let facts = store.read(&place(token));
            let found = TokenServer::known(&facts, token).among(servers);
            let found = found.map(|(server, _)| server);
            if found.is_some_and(|server| server.id == server_id) {
                if facts.seen_at.is_some() {
                    return Ok(facts);
                }
                why = NotKnown::NotAsked;
            }
        }
        Err(why)
    }
}
