//! Users, groups, organizational units and audit events.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::sandbox::derive;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// A UUID.
    pub id: String,
    pub first_name: String,
    pub last_name: String,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserGroup {
    /// A UUID.
    pub id: String,
    pub name: String,
    /// The ids of its members.
    pub members: Vec<String>,
}

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// A UUID.
    pub id: String,
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
    /// When it is listed, where that is later than it happened. How late Apple lists events is not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_from: Option<Timestamp>,
    /// It is listed without its subject's name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nameless: bool,
}

impl AuditEvent {
    /// An event about a domain: `event_type` is `DOMAIN_ADDED`, `DOMAIN_VERIFIED`, `DOMAIN_REMOVED` (official),
    /// `DOMAIN_FEDERATION_ENABLED` or `DOMAIN_FEDERATION_DISABLED` (inferred).
    pub fn domain(
        at: Timestamp,
        event_type: &str,
        subject_id: &str,
        subject_name: Option<&str>,
    ) -> Self {
        Self {
            id: derive::uuid(&format!("event {at} {event_type} {subject_id}")),
            at,
            event_type: event_type.to_owned(),
            category: "ORGANIZATION".to_owned(),
            subject_type: "DOMAIN".to_owned(),
            subject_id: subject_id.to_owned(),
            subject_name: subject_name.map(str::to_owned),
            outcome: Some(Outcome::Success),
            listed_from: None,
            nameless: false,
        }
    }

    /// The same event, listed only from a later time on.
    #[must_use]
    pub fn listed_from(mut self, at: Timestamp) -> Self {
        self.listed_from = Some(at);
        self
    }

    /// The same event with another outcome.
    #[must_use]
    pub fn ending(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}

/// Events of no domain, which fill the log at equal distances. They are made up as they are listed, so that a log of any
/// size takes no memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherEvents {
    /// How many.
    pub count: usize,
    /// When the first one happened.
    pub from: Timestamp,
    /// When they end.
    pub until: Timestamp,
}

impl OtherEvents {
    /// When the one with this number happened.
    pub fn at(&self, number: usize) -> Timestamp {
        let wide = |number: usize| i128::try_from(number).unwrap_or(i128::MAX);
        let span = self.until.duration_since(self.from).as_secs();
        let seconds = i128::from(span).saturating_mul(wide(number)) / wide(self.count.max(1));
        let distance = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        self.from.saturating_add(distance).unwrap_or(self.until)
    }

    /// The numbers of those between two times, both included.
    pub fn between(&self, start: Timestamp, end: Timestamp) -> Range<usize> {
        let first = self.first(|at| at >= start);
        first..self.first(|at| at > end).max(first)
    }

    /// The number of the first one whose time is as asked for.
    fn first(&self, is: impl Fn(Timestamp) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            if is(self.at(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The one with this number.
    pub fn event(&self, number: usize) -> AuditEvent {
        let (event_type, category, subject_type) = Self::kind(number);
        let subject_id = derive::uuid(&format!("subject {number}"));
        AuditEvent {
            category: category.to_owned(),
            subject_type: subject_type.to_owned(),
            ..AuditEvent::domain(self.at(number), event_type, &subject_id, None)
        }
    }

    /// Its type, its category and what it is about.
    ///
    /// The types are made up: Apple's are known for domains only. The rest are Apple's words (official).
    pub fn kind(number: usize) -> (&'static str, &'static str, &'static str) {
        match number % 4 {
            0 => ("DEVICES_ASSIGNED", "DEVICE_MANAGEMENT", "DEVICE"),
            1 => ("USER_SIGNED_IN", "ACCOUNT_ACTIVITY", "USER"),
            2 => ("DEVICE_ADDED", "DEVICE_INVENTORY", "DEVICE"),
            _ => ("LICENSES_PURCHASED", "PURCHASING", "SUBSCRIPTION"),
        }
    }
}
