//! Access tokens of the API account, and server tokens with what Device Assignment Services hold for each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::sandbox::derive;

/// An access token that the token endpoint handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A service discovery URL and when it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceDiscovery {
    pub url: String,
    /// When it was set.
    pub set_at: Timestamp,
}

/// How Device Assignment Services turn a server token away whatever it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The code, such as `token_rejected`.
    pub code: String,
}

/// A server token: the four credentials, and the service discovery URL that it has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerToken {
    /// What the sandbox's configuration calls it.
    pub name: String,
    /// The device management service that it belongs to.
    pub server_id: String,
    /// `CK_…`.
    pub consumer_key: String,
    /// `CS_…`.
    pub consumer_secret: String,
    /// `AT_O…`; another one here makes the one handed out a replaced one.
    pub access_token: String,
    /// `AS_…`.
    pub access_secret: String,
    /// When it ends, a year after it was made.
    pub access_token_expiry: Timestamp,
    /// What it has set.
    pub service_discovery: Option<ServiceDiscovery>,
    /// Turned away at `/session` with this, as `FORBIDDEN` where the person who made it is gone (observed).
    pub refusal: Option<Refusal>,
}

impl ServerToken {
    /// Makes up a token, the same from the same `seed` and `name`.
    pub(in crate::sandbox) fn made(
        seed: &str,
        name: String,
        server_id: &str,
        access_token_expiry: Timestamp,
    ) -> Self {
        let part = |what: &str, digits| derive::hex(&format!("{seed} token {name} {what}"), digits);
        Self {
            consumer_key: format!("CK_{}", part("consumer key", 96)),
            consumer_secret: format!("CS_{}", part("consumer secret", 40)),
            access_token: format!("AT_O{}", part("access token", 92)),
            access_secret: format!("AS_{}", part("access secret", 40)),
            access_token_expiry,
            server_id: server_id.to_owned(),
            service_discovery: None,
            refusal: None,
            name,
        }
    }

    /// The decrypted token as in Apple's file, on one line (observed on a real file).
    pub fn to_json(&self) -> String {
        json!({
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "access_token": self.access_token,
            "access_secret": self.access_secret,
            "access_token_expiry": format!("{:.0}", self.access_token_expiry),
        })
        .to_string()
    }

    /// A newer token was downloaded in the portal: the one handed out is rejected from now on (observed).
    pub fn replace(&mut self) {
        self.access_token = format!("{}N", self.access_token);
    }
}
