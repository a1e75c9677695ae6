//! Users, groups, organizational units and audit events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// A UUID.
    pub id: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The Managed Apple Account.
    pub managed_apple_account: String,
    /// The contact address, on any domain.
    pub email: Option<String>,
    /// Whether the account belongs to another organization.
    pub external: bool,
    /// Apple's word for the status.
    pub status: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A user group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserGroup {
    /// A UUID.
    pub id: String,
    /// The name.
    pub name: String,
    /// The ids of its members.
    pub members: Vec<String>,
}

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// A UUID.
    pub id: String,
    /// The name.
    pub name: String,
}

/// How an audited event ended (official).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was not.
    Failure,
}

/// An audit event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// A UUID.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Apple's word, such as `DOMAIN_VERIFIED`.
    pub event_type: String,
    /// Apple's word, such as `ORGANIZATION`.
    pub category: String,
    /// Apple's word for what it is about, such as `DOMAIN`.
    pub subject_type: String,
    /// The id of what it is about.
    pub subject_id: String,
    /// Its name; may be unpopulated (official).
    pub subject_name: Option<String>,
    /// How it ended; may be absent (official).
    pub outcome: Option<Outcome>,
}

impl AuditEvent {
    /// An event about a domain: `event_type` is `DOMAIN_ADDED`, `DOMAIN_VERIFIED` or `DOMAIN_REMOVED`.
    pub fn domain(
        at: Timestamp,
        event_type: &str,
        subject_id: &str,
        subject_name: Option<&str>,
    ) -> Self {
        Self {
            id: crate::sandbox::derive::uuid(&format!("event {at} {event_type} {subject_id}")),
            at,
            event_type: event_type.to_owned(),
            category: "ORGANIZATION".to_owned(),
            subject_type: "DOMAIN".to_owned(),
            subject_id: subject_id.to_owned(),
            subject_name: subject_name.map(str::to_owned),
            outcome: Some(Outcome::Success),
        }
    }

    /// The same event with another outcome.
    #[must_use]
    pub fn ending(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}
