//! What is known of domains, by source.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::NearMiss;

/// What the audit log says happened to a domain (official: `DOMAIN_ADDED`, `DOMAIN_VERIFIED`, `DOMAIN_REMOVED`; of
/// federation the data objects are official since API version 2.6, the strings of the types are inferred).
///
/// In the order in which events of the same moment are folded, so that the weaker status wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody began to verify it.
    Added,
    /// Apple found it verified.
    Verified,
    /// Somebody removed it.
    Removed,
    /// Accounts on it began to come from an identity provider; says nothing of the status.
    FederationEnabled,
    /// Accounts on it ceased to come from an identity provider; says nothing of the status.
    FederationDisabled,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Added,
        Self::Verified,
        Self::Removed,
        Self::FederationEnabled,
        Self::FederationDisabled,
    ];

    /// Whether it says that the domain is the organization's, or is not any more.
    pub fn is_of_verification(self) -> bool {
        matches!(self, Self::Added | Self::Verified | Self::Removed)
    }
}

/// One event of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DomainEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// `subjectId`: a hostname, or an id without a meaning of its own (not confirmed which).
    pub subject_id: Option<String>,
    /// `subjectName`, which Apple may leave out (official).
    pub subject_name: Option<String>,
    /// Apple's id of the event.
    pub id: String,
    /// Its outcome is `FAILURE`: it did not happen.
    pub failed: bool,
    /// Who did it, as Apple calls them, if it says.
    pub by: Option<String>,
}

/// What was read of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLog {
    /// From when on it was read; what happened earlier is not known.
    pub from: Timestamp,
    /// Up to when it was read.
    pub until: Timestamp,
    /// The events, in any order; repeated ones count once.
    pub events: Vec<DomainEvent>,
}

/// How many Managed Apple Accounts each domain has, as they were counted once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// When.
    pub at: Timestamp,
    /// The number by [`super::account_domain`].
    pub counts: BTreeMap<String, u64>,
}

/// What School Manager's Roster API said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// When.
    pub at: Timestamp,
    /// All of the organization's domains.
    pub domains: Vec<RosterDomain>,
}

/// A domain of School Manager's Roster API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterDomain {
    /// The domain.
    pub name: String,
    /// `isVerified`: Apple's own statement (official); `None` if Apple left it out.
    pub verified: Option<bool>,
}

/// Whether an Apple verification token is in the DNS, on exactly that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DnsToken {
    /// There is none, which disproves nothing.
    Absent,
    /// There is one, whoever it is for.
    Present,
}

impl DnsToken {
    /// Its word in tables and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Present => "present",
        }
    }
}

/// What the DNS says of a name; `None` if the resolver did not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DnsFacts {
    /// Its TXT record.
    pub token: Option<DnsToken>,
    /// What comes close to that record, where it is absent.
    pub near_misses: Vec<NearMiss>,
    /// Whether it has an address.
    pub resolves: Option<bool>,
}

/// Everything that is known, by source; `None` for a source that was refused or does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainFacts {
    pub audit: Option<AuditLog>,
    /// The Managed Apple Accounts.
    pub accounts: Option<Accounts>,
    /// What the operator saw in the portal.
    pub declared: Vec<String>,
    /// When that was, by domain, if it is known.
    pub seen: BTreeMap<String, Timestamp>,
    /// The Roster API.
    pub roster: Option<Roster>,
    /// The DNS of the domains that were looked up.
    pub dns: BTreeMap<String, DnsFacts>,
}
