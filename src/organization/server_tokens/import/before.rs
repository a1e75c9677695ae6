//! The server token that is kept under the name that a new one is to have.

use jiff::Timestamp;

use crate::apple::device_assignment::server_token::ServerToken;
use crate::config::TokenRef;
use crate::organization::Organization;
use crate::state::facts::{SeenFacts, place};

/// The token that is kept under the name.
pub struct Before<'a> {
    /// Where it is, and what is known of its server.
    pub token: &'a TokenRef,
    /// The token itself, where it can be read.
    pub(super) read: Option<ServerToken>,
    /// What was kept of what Apple said of it.
    pub(super) facts: SeenFacts,
}

impl<'a> Before<'a> {
    /// Reads it, as far as that is possible.
    pub async fn read(token: &'a TokenRef, organization: &Organization) -> Self {
        Self {
            token,
            read: organization.server_token(token).await.ok(),
            facts: organization.facts().read(&place(token)),
        }
    }

    /// Its fingerprint, where that is known.
    pub fn fingerprint(&self) -> Option<String> {
        match &self.read {
            Some(token) => Some(token.fingerprint()),
            None => Some(self.facts.fingerprint.clone()).filter(|it| !it.is_empty()),
        }
    }

    /// When Apple stops accepting it, where that is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.read.as_ref()?.expires_at()
    }

    /// The end of its consumer key, where it can be read.
    pub fn consumer_key_end(&self) -> Option<&str> {
        Some(self.read.as_ref()?.consumer_key_end())
    }

    /// The kept token, as a person tells it from another.
    pub(super) fn words(&self) -> String {
        words(
            self.token.server_name.as_deref(),
            self.token.server_id.as_deref(),
            self.consumer_key_end(),
        )
    }
}

/// A token, as a person tells it from another.
pub(super) fn words(server: Option<&str>, id: Option<&str>, key_end: Option<&str>) -> String {
    let server = match (server, id) {
        (Some(server), Some(id)) => format!("the server {server} ({id})"),
        (Some(known), None) | (None, Some(known)) => format!("the server {known}"),
        (None, None) => "an unknown server".to_owned(),
    };
    match key_end {
        Some(end) => format!("for {server}, with the consumer key …{end}"),
        None => format!("for {server}, and can't be read"),
    }
}
