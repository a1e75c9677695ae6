//! What is configured, and whether it can be used. A server token is looked at only if that costs neither a wait nor a program.

use jiff::Timestamp;

use super::Organization;
use crate::error::{Error, Kind};
use crate::secret::SecretReference;

/// What of the configuration can be used.
pub struct Configured {
    /// Exit 3 where there is neither an API account nor a server token nor an authorized Roster API.
    pub nothing_usable: Option<Error>,
    /// Why the private key can't be used.
    pub key_problem: Option<Error>,
    /// The ends of the server tokens, in their order; `None` where an end is not known.
    pub token_ends: Vec<Option<Timestamp>>,
    /// Why the first server token can't be used that can't.
    pub token_problem: Option<Error>,
}

impl Organization {
    /// Looks at what is configured, and asks Apple nothing.
    pub async fn configured(&self) -> Configured {
        let key_problem = self.key_problem().await;
        let (token_ends, token_problem) = self.token_ends().await;
        Configured {
            nothing_usable: self.nothing_usable(),
            key_problem,
            token_ends,
            token_problem,
        }
    }

    fn nothing_usable(&self) -> Option<Error> {
        let settings = self.settings();
        let authorized = settings
            .roster
            .as_ref()
            .is_some_and(|refs| refs.refresh_token.is_some());
        if settings.credentials.is_some() || !settings.tokens.is_empty() || authorized {
            return None;
        }
        let hints = settings.required_credentials().err()?.hints;
        let error = Error::new(
            Kind::NotAuthenticated,
            "Nothing usable is configured: neither an API account nor a server token.",
        );
        Some(error.hints(hints))
    }

    async fn key_problem(&self) -> Option<Error> {
        let credentials = self.settings().credentials.as_ref()?;
        // Other commands don't look while an access token is kept, so this one does, wherever the key is.
        self.account_key(credentials).await.err()
    }

    async fn token_ends(&self) -> (Vec<Option<Timestamp>>, Option<Error>) {
        let (mut ends, mut problem) = (Vec::new(), None);
        for token in &self.settings().tokens {
            let mut end = None;
            if is_cheap(&token.token.value.reference) {
                match self.server_token(token).await {
                    Ok(read) => end = read.expires_at(),
                    Err(error) => problem = problem.or(Some(error)),
                }
            }
            ends.push(end);
        }
        (ends, problem)
    }
}

/// Whether reading a secret costs neither a wait nor a program.
pub(super) fn is_cheap(reference: &SecretReference) -> bool {
    !matches!(
        reference,
        SecretReference::Keyring(_) | SecretReference::Command(_)
    )
}
