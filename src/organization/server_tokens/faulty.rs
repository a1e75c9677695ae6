//! A server's token that is known here to fetch no new devices. Apple isn't asked.

use super::choice::TokenServer;
use crate::config::TokenRef;
use crate::core::defaults::target::{FaultyToken, TokenFault};
use crate::core::names::{JoinedBy, Named};
use crate::organization::Organization;
use crate::organization::adde_urls::declared::Servers;
use crate::secret::SecretReference;
use crate::state::facts::{Refused, SeenFacts, Why, place};

impl Organization {
    /// The token of this server that is kept here, if it is known to fetch nothing; one of several that may work is enough.
    /// `listed` has the server and the others that may be the token's.
    pub async fn faulty_token(
        &self,
        server_id: &str,
        listed: &[Named],
        extent: Servers,
    ) -> Option<FaultyToken> {
        let store = self.facts();
        let mut found = None;
        for token in &self.settings().tokens {
            let kept = store.read(&place(token));
            let server = TokenServer::known(&kept, token);
            // A server that isn't in the list may have the same name.
            let is_certain = |by| by == JoinedBy::Id || extent == Servers::All;
            let found_server = server.among(listed);
            if found_server.is_some_and(|(it, by)| it.id == server_id && is_certain(by)) {
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
