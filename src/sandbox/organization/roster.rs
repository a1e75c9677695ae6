//! What Apple's Roster API holds of a School: its app, its domains, and who was let in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the Roster API holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The app in the organization's Apple Developer account.
    pub app: App,
    /// The organization's domains.
    pub domains: Vec<RosterDomain>,
    /// Whether the app's authorizations have a scope that opens the organization; otherwise 403 (official).
    pub scope: bool,
    /// Codes that the browser was sent back with.
    pub codes: Vec<Code>,
    /// Refresh tokens, and what each was authorized for.
    pub refresh_tokens: Vec<RefreshToken>,
    /// Access tokens that were handed out.
    pub access_tokens: Vec<RosterToken>,
    /// How many secrets were made, so that each is another one.
    pub made: u64,
}

/// The app that an organization makes for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// The App ID or Services ID.
    pub client_id: String,
    /// The developer team, 10 letters and digits.
    pub team_id: String,
    /// The key's id, 10 letters and digits.
    pub key_id: String,
    /// The uncompressed point of the public key, in hexadecimal digits.
    pub public_key: String,
    /// The private key, for the configuration that the emulator writes; Apple does not keep it.
    pub private_key: String,
    /// Where the browser is sent.
    pub redirect_uri: String,
}

/// A domain, as the Roster API says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterDomain {
    pub name: String,
    /// Whether it is verified; `None` to leave it out, which Apple is not known to do.
    pub is_verified: Option<bool>,
}

/// A code, which works once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    pub code: String,
    /// What was agreed to.
    pub scope: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// It was exchanged.
    pub used: bool,
}

/// What gets access tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshToken {
    pub token: String,
    /// What was agreed to.
    pub scope: String,
}

/// An access token of the Roster API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterToken {
    pub token: String,
    /// What was agreed to.
    pub scope: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Roster {
    /// Every secret that was handed out, for tests that look for them where they must not be.
    pub fn secrets(&self) -> Vec<String> {
        let codes = self.codes.iter().map(|code| &code.code);
        let refresh = self.refresh_tokens.iter().map(|token| &token.token);
        let access = self.access_tokens.iter().map(|token| &token.token);
        codes.chain(refresh).chain(access).cloned().collect()
    }

    /// An administrator takes the authorization back.
    pub fn take_back(&mut self) {
        self.refresh_tokens.clear();
        self.access_tokens.clear();
    }
}
