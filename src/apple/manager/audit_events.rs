//! Audit events: `/v1/auditEvents`, Apple Business only.

use jiff::Timestamp;
use serde::Deserialize;

use super::Manager;
use crate::apple::error::Failure;

/// An audit event, as far as it is read.
#[derive(Debug, Clone, Deserialize)]
pub struct AuditEvent {
    /// Apple's id of the event.
    pub id: String,
    /// What Apple says of it.
    pub attributes: Attributes,
}

/// The attributes of an event that are read. The data objects of domain events have no documented members.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attributes {
    /// When it happened.
    pub event_date_time: Timestamp,
    /// Such as `DOMAIN_VERIFIED`.
    pub r#type: String,
    /// Id of what it happened to.
    pub subject_id: Option<String>,
    /// Name of what it happened to; Apple says that it may be missing.
    pub subject_name: Option<String>,
    /// `SUCCESS` or `FAILURE`, where given.
    pub outcome: Option<String>,
}

impl Manager {
    /// Events of one type between two times, both included.
    ///
    /// Apple requires both times (official); a window of years hangs (observed), so ask for 90 days at the most.
    pub async fn audit_events(
        &self,
        event_type: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<AuditEvent>, Failure> {
        self.pages(
            &["v1", "auditEvents"],
            &[
                ("filter[startTimestamp]", &from.to_string()),
                ("filter[endTimestamp]", &to.to_string()),
                ("filter[type]", event_type),
            ],
        )?
        .all()
        .await
    }
}
