//! Audit events: those that were logged, and those that fill the log.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Device, Organization, Server};
use crate::sandbox::derive;

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
    /// The members of the object that belongs to its type.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// The API account did it, not a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_api: bool,
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
            data: Value::Null,
            by_api: false,
        }
    }

    /// An event about a device, which the API account brought about. Its subject's id is the serial number (inferred).
    pub fn device(at: Timestamp, event_type: &str, serial_number: &str, data: Value) -> Self {
        Self {
            category: "DEVICE_INVENTORY".to_owned(),
            subject_type: "DEVICE".to_owned(),
            data,
            by_api: true,
            ..Self::domain(at, event_type, serial_number, None)
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
}

/// The types of audit events beside those of domains (official, all of versions 2.0 to 2.4), each with its category and
/// what it is about, which are inferred.
const OTHER_TYPES: [(&str, &str, &str); 30] = [
    ("DEVICE_ADDED_TO_ORG", "DEVICE_INVENTORY", "DEVICE"),
    ("DEVICE_REMOVED_FROM_ORG", "DEVICE_INVENTORY", "DEVICE"),
    ("DEVICE_ASSIGNED_TO_SERVER", "DEVICE_INVENTORY", "DEVICE"),
    (
        "DEVICE_UNASSIGNED_FROM_SERVER",
        "DEVICE_INVENTORY",
        "DEVICE",
    ),
    (
        "SUBJECT_HAS_ICLOUD_STORAGE_PURCHASE_ADDED",
        "PURCHASING",
        "USER",
    ),
    (
        "SUBJECT_HAS_ICLOUD_STORAGE_PURCHASE_REMOVED",
        "PURCHASING",
        "USER",
    ),
    ("SUBJECT_HAS_APPLECARE_PURCHASE_ADDED", "PURCHASING", "USER"),
    (
        "SUBJECT_HAS_APPLECARE_PURCHASE_REMOVED",
        "PURCHASING",
        "USER",
    ),
    ("DEVICE_IS_ERASED", "DEVICE_MANAGEMENT", "DEVICE"),
    (
        "CONFIG_SETTINGS_CREATED",
        "DEVICE_MANAGEMENT",
        "DEVICE_MANAGEMENT_SETTING",
    ),
    (
        "CONFIG_SETTINGS_UPDATED",
        "DEVICE_MANAGEMENT",
        "DEVICE_MANAGEMENT_SETTING",
    ),
    (
        "CONFIG_SETTINGS_DELETED",
        "DEVICE_MANAGEMENT",
        "DEVICE_MANAGEMENT_SETTING",
    ),
    ("COLLECTION_CREATED", "DEVICE_MANAGEMENT", "COLLECTION"),
    ("COLLECTION_UPDATED", "DEVICE_MANAGEMENT", "COLLECTION"),
    ("COLLECTION_DELETED", "DEVICE_MANAGEMENT", "COLLECTION"),
    ("SUBSCRIPTION_CREATED", "PURCHASING", "SUBSCRIPTION"),
    ("SUBSCRIPTION_UPDATED", "PURCHASING", "SUBSCRIPTION"),
    ("SUBSCRIPTION_DELETED", "PURCHASING", "SUBSCRIPTION"),
    ("ACCOUNT_ROLE_LOCATION_CHANGED", "ACCOUNT_ACTIVITY", "USER"),
    ("ACCOUNT_ADDED", "ACCOUNT_ACTIVITY", "USER"),
    ("ACCOUNT_DELETED", "ACCOUNT_ACTIVITY", "USER"),
    ("EXTERNAL_ACCOUNT_ASSOCIATED", "ACCOUNT_ACTIVITY", "USER"),
    ("EXTERNAL_ACCOUNT_DISASSOCIATED", "ACCOUNT_ACTIVITY", "USER"),
    (
        "API_ACCOUNT_CREATED_WITH_KEY",
        "ACCOUNT_ACTIVITY",
        "API_USER",
    ),
    (
        "API_ACCOUNT_CREATED_WITHOUT_KEY",
        "ACCOUNT_ACTIVITY",
        "API_USER",
    ),
    ("API_ACCOUNT_DELETED", "ACCOUNT_ACTIVITY", "API_USER"),
    ("API_ACCOUNT_KEY_REVOKED", "ACCOUNT_ACTIVITY", "API_USER"),
    ("API_ACCOUNT_KEY_GENERATED", "ACCOUNT_ACTIVITY", "API_USER"),
    (
        "API_ACCOUNT_ROLE_LOCATION_CHANGED",
        "ACCOUNT_ACTIVITY",
        "API_USER",
    ),
    ("API_ACCOUNT_NAME_CHANGED", "ACCOUNT_ACTIVITY", "API_USER"),
];

/// The types of audit events about domains (official).
const DOMAIN_TYPES: [&str; 3] = ["DOMAIN_ADDED", "DOMAIN_VERIFIED", "DOMAIN_REMOVED"];

impl OtherEvents {
    /// The type of the one with this number: one of Apple's after the other.
    pub fn event_type(number: usize) -> &'static str {
        OTHER_TYPES[number % OTHER_TYPES.len()].0
    }

    /// Every type of audit event that Apple names.
    pub fn all_types() -> impl Iterator<Item = &'static str> {
        let others = OTHER_TYPES.iter().map(|(event_type, ..)| *event_type);
        DOMAIN_TYPES.into_iter().chain(others)
    }
}

/// One of `items`, as `number` has it.
fn one_of<T>(items: &[T], number: usize) -> Option<&T> {
    items.get(number.checked_rem(items.len())?)
}

impl Organization {
    /// The other event with this number; its subject is a device, a user or whatever the type is about.
    pub fn other_event(&self, number: usize) -> AuditEvent {
        let (event_type, category, subject_type) = OTHER_TYPES[number % OTHER_TYPES.len()];
        let round = number / OTHER_TYPES.len();
        let made_up = || derive::uuid(&format!("subject {number}"));
        let device = one_of(&self.devices, round);
        let subject_id = match subject_type {
            "DEVICE" => device.map(|device| device.serial_number.clone()),
            "USER" => one_of(&self.users, round).map(|user| user.id.clone()),
            _ => None,
        };
        let subject_id = subject_id.unwrap_or_else(made_up);
        let server = one_of(&self.servers, round);
        AuditEvent {
            category: category.to_owned(),
            subject_type: subject_type.to_owned(),
            data: self.event_data(event_type, number, device, server),
            ..AuditEvent::domain(self.other_events.at(number), event_type, &subject_id, None)
        }
    }

    /// The members of an event's object (official); the objects of the other types have no members.
    fn event_data(
        &self,
        event_type: &str,
        number: usize,
        device: Option<&Device>,
        server: Option<&Server>,
    ) -> Value {
        let serial = device.map(|device| &device.serial_number);
        let made_up = |what: &str| derive::uuid(&format!("{what} {number}"));
        let roles = || {
            let unit = self.units.first().map(|unit| &unit.id);
            json!([{"roleName": "Staff", "locationUniqueIdentifier": unit}])
        };
        match event_type {
            "DEVICE_ADDED_TO_ORG" => {
                let order = device.and_then(|device| device.order.as_ref());
                json!({
                    "serialNumber": serial,
                    "purchaseSourceType": order.map_or("MANUALLY_ADDED", |order| order.source_type()),
                    "purchaseSourceId": order.map(|order| &order.source_id),
                })
            }
            "DEVICE_REMOVED_FROM_ORG" => {
                json!({"serialNumber": serial, "releaseEntityType": "USER"})
            }
            "DEVICE_ASSIGNED_TO_SERVER" => {
                json!({"serialNumber": serial, "targetServerName": server.map(|server| &server.name)})
            }
            "DEVICE_UNASSIGNED_FROM_SERVER" => json!({"serialNumber": serial}),
            _ if event_type.starts_with("SUBJECT_HAS_") => {
                json!({"subscriptionId": made_up("subscription")})
            }
            _ if event_type.starts_with("CONFIG_SETTINGS_") => json!({
                "configType": "WIFI", "configId": made_up("configuration"), "configVersion": "1",
            }),
            _ if event_type.starts_with("COLLECTION_") => {
                json!({"name": "Design", "description": "For the designers"})
            }
            _ if event_type.starts_with("SUBSCRIPTION_") => json!({"planCaption": "iCloud 50 GB"}),
            "ACCOUNT_ROLE_LOCATION_CHANGED" => json!({"accountRoleLocationList": roles()}),
            "API_ACCOUNT_ROLE_LOCATION_CHANGED" => json!({"apiAccountRoleLocationList": roles()}),
            "API_ACCOUNT_CREATED_WITH_KEY"
            | "API_ACCOUNT_KEY_GENERATED"
            | "API_ACCOUNT_KEY_REVOKED" => {
                json!({"keyId": made_up("key")})
            }
            "API_ACCOUNT_NAME_CHANGED" => json!({"newName": "abmctl"}),
            _ => json!({}),
        }
    }
}
