//! A server's token that is known here to fetch no new devices. Apple isn't asked.

use super::choice::TokenServer;
use crate::config::TokenRef;
use crate::core::defaults::target::{FaultyToken, TokenFault};
use crate::organization::Organization;
use crate::secret::SecretReference;
use crate::state::facts::{Refused, SeenFacts, Why, place};

impl Organization {
    /// The token of this server that is kept here, if it is known to fetch nothing; one of several that may work is enough.
    pub async fn faulty_token(&self, server_id: &str, server_name: &str) -> Option<FaultyToken> {
        let store = self.facts();
        let mut found = None;
        for token in &self.settings().tokens {
            let kept = store.read(&place(token));
            let server = TokenServer::known(&kept, token);
            let same = |known: Option<String>, other: &str| {
                known.is_some_and(|known| known.eq_ignore_ascii_case(other))
            };
            // Whether Apple's two ids of a server are equal is unconfirmed, so the name counts as well.
            if same(server.id, server_id) || same(server.name, server_name) {
                let faulty = self.fault(token, &kept).await?;
                found = found.or(Some(faulty));
            }
        }
        found
    }

    /// What keeps a token from working, if that is known. What is kept is of one token, so the token is opened to compare: one in a
    /// keyring or behind a program only if something is kept against it.
    async fn fault(&self, token: &TokenRef, kept: &SeenFacts) -> Option<FaultyToken> {
        let now = self.clock().now();
        let is_over = kept.expires_at.is_some_and(|end| end <= now);
        let asks = matches!(
            token.token.value.reference,
            SecretReference::Keyring(_) | SecretReference::Command(_)
        );
        if asks && !is_over && kept.refused.is_none() {
            return None;
        }
        let opened = self.server_token(token).await.ok()?;
        let expires_at = opened.expires_at();
        let is_known = !kept.fingerprint.is_empty();
        if is_known && kept.fingerprint != opened.fingerprint() {
            // It is another one, maybe of another server.
            return None;
        }
        let is_same = is_known && kept.expires_at == expires_at;
        let faulty = |fault, seen| FaultyToken {
            name: token.name.clone(),
            fault,
            seen,
        };
        if let (Some(Refused { why, at }), true) = (kept.refused, is_same) {
            let fault = match why {
                Why::Expired => TokenFault::Expired(expires_at.filter(|end| *end <= now)),
                Why::Replaced => TokenFault::Replaced,
                Why::TermsNotSigned => TokenFault::TermsNotSigned,
            };
            return Some(faulty(fault, Some(at)));
        }
        let end = expires_at.filter(|end| *end <= now)?;
        // Apple accepted it later than that.
        let accepted = is_same && kept.seen_at.max(kept.account_at) > Some(end);
        (!accepted).then(|| faulty(TokenFault::Expired(Some(end)), None))
    }
}
