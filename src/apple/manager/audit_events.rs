//! Audit events: `/v1/auditEvents`, Apple Business only.

use jiff::Timestamp;
use serde::Deserialize;

use super::Manager;
use crate::apple::error::Failure;
use crate::apple::lenient::{self, Member};
use crate::apple::page::{PAGE, Pages};

/// Where the events are (official).
pub const EVENTS: [&str; 2] = ["v1", "auditEvents"];
/// An audit event, as far as it is read. Any object is one; whether it can be understood depends on its kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct AuditEvent {
    /// Apple's id of the event.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its attributes; `None` if they are no object.
    #[serde(deserialize_with = "lenient::object")]
    pub attributes: Option<Attributes>,
}

impl Default for AuditEvent {
    /// One of which nothing is said.
    fn default() -> Self {
        Self {
            id: None,
            attributes: Some(Attributes::default()),
        }
    }
}

/// The attributes of an event that are read. An event of another kind may lack any of them, or have something odd there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attributes {
    /// When it happened, as Apple wrote it.
    pub event_date_time: Member,
    /// Such as `DOMAIN_VERIFIED`.
    pub r#type: Member,
    /// Id of what it happened to.
    #[serde(deserialize_with = "lenient::text")]
    pub subject_id: Option<String>,
    /// Name of what it happened to; Apple says that it may be missing.
    pub subject_name: Member,
    /// `SUCCESS` or `FAILURE`, where given.
    pub outcome: Member,
    /// `USER`, `API_USER` or `SYSTEM` (official).
    #[serde(deserialize_with = "lenient::text")]
    pub actor_type: Option<String>,
    /// Who did it; Apple says that it may be missing.
    #[serde(deserialize_with = "lenient::text")]
    pub actor_name: Option<String>,
    /// The name of its data object, such as `eventDataDomainVerified` (official).
    pub event_data_property_key: Member,
    /// The data of a device that was assigned to a server.
    #[serde(deserialize_with = "lenient::object")]
    pub event_data_device_assigned_to_server: DeviceAssigned,
    #[serde(deserialize_with = "lenient::object")]
    event_data_domain_added: Option<DomainData>,
    #[serde(deserialize_with = "lenient::object")]
    event_data_domain_verified: Option<DomainData>,
    #[serde(deserialize_with = "lenient::object")]
    event_data_domain_removed: Option<DomainData>,
    #[serde(deserialize_with = "lenient::object")]
    event_data_domain_federation_enabled: Option<DomainData>,
    #[serde(deserialize_with = "lenient::object")]
    event_data_domain_federation_disabled: Option<DomainData>,
}

/// The data of a device that was assigned to a server (official).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceAssigned {
    #[serde(deserialize_with = "lenient::text")]
    pub target_server_name: Option<String>,
}

/// The data of a domain event. No member of it is documented; one author models `domainName`.
type DomainData = serde_json::Map<String, serde_json::Value>;

/// The members of the data that may hold the domain's name, in lower case, the likeliest first.
const NAMES: [&str; 4] = ["domainname", "domain", "fqdn", "name"];

impl Attributes {
    /// The texts in the event's data that may be the name of the domain, the likeliest first.
    pub fn names_in_data(&self) -> impl Iterator<Item = &str> {
        let data = [
            &self.event_data_domain_added,
            &self.event_data_domain_verified,
            &self.event_data_domain_removed,
            &self.event_data_domain_federation_enabled,
            &self.event_data_domain_federation_disabled,
        ];
        data.into_iter().flatten().flat_map(|data| {
            NAMES.into_iter().flat_map(move |name| {
                data.iter()
                    .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
                    .filter_map(|(_, value)| value.as_str())
            })
        })
    }
}

/// How many events a page of a question has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSize {
    /// As many as Apple allows.
    Full,
    /// One, to see whether there is any.
    One,
}

impl Manager {
    /// Events between two times, both included, of one subject: of a device it is the serial number (inferred).
    pub fn audit_events_of(
        &self,
        subject_id: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Pages<'_>, Failure> {
        let (from, to) = (from.to_string(), to.to_string());
        let query = [
            ("filter[startTimestamp]", from.as_str()),
            ("filter[endTimestamp]", to.as_str()),
            ("filter[subjectId]", subject_id),
        ];
        self.api.pages(&EVENTS, &query)
    }

    /// Events between two times, both included, of one type or of any.
    ///
    /// Apple requires both times (official); a window of years hangs (observed), so ask for weeks.
    pub fn audit_events(
        &self,
        event_type: Option<&str>,
        from: Timestamp,
        to: Timestamp,
        size: PageSize,
    ) -> Result<Pages<'_>, Failure> {
        let (from, to) = (from.to_string(), to.to_string());
        // Every member is wanted that may hold the name of a domain, and Apple does not say which there are: no `fields`.
        let mut query = vec![
            ("filter[startTimestamp]", from.as_str()),
            ("filter[endTimestamp]", to.as_str()),
        ];
        query.extend(event_type.map(|it| ("filter[type]", it)));
        let size = match size {
            PageSize::Full => PAGE,
            PageSize::One => "1",
        };
        self.api.pages_of(&EVENTS, &query, size)
    }
}
