//! What was last seen of a server's ADDE URL.

use crate::core::names;
use crate::organization::Organization;
use crate::state::facts::{SeenFacts, place};

/// Why nothing is known of a server's ADDE URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKnown {
    /// No token of that server is configured.
    NoToken,
    /// A token is configured, and Apple has not been asked with it.
    NotAsked,
}

impl Organization {
    /// What was last seen of a server's ADDE URL; no request is sent for it.
    pub fn known_adde_url(
        &self,
        server_id: &str,
        server_name: &str,
    ) -> Result<SeenFacts, NotKnown> {
        let store = self.facts();
        let mut answer = Err(NotKnown::NoToken);
        for token in &self.settings().tokens {
            let facts = store.read(&place(token));
            let id = facts.server_id.as_ref().or(token.server_id.as_ref());
            let name = facts.server_name.as_ref().or(token.server_name.as_ref());
            // Whether Apple's two ids of a server are equal is unconfirmed, so the name counts as well.
            let same = id.is_some_and(|id| id.eq_ignore_ascii_case(server_id))
                || name.is_some_and(|name| names::same(name, server_name));
            if same && facts.seen_at.is_some() {
                return Ok(facts);
            }
            if same {
                answer = Err(NotKnown::NotAsked);
            }
        }
        answer
    }
}
