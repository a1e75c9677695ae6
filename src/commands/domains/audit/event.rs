//! Apple's events as they count for domains.

use super::reader::Found;
use crate::apple::error::{Cause, Failure, RequestName};
use crate::apple::manager::audit_events::AuditEvent;
use crate::core::audit_log::Read;
use crate::core::domains::{DomainEvent, EventKind};

/// The type that `filter[type]` takes: official for the first three, inferred for federation.
pub fn apples_word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Added => "DOMAIN_ADDED",
        EventKind::Verified => "DOMAIN_VERIFIED",
        EventKind::Removed => "DOMAIN_REMOVED",
        EventKind::FederationEnabled => "DOMAIN_FEDERATION_ENABLED",
        EventKind::FederationDisabled => "DOMAIN_FEDERATION_DISABLED",
    }
}

/// The name of its data object, official for all of them.
fn data_object(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Added => "eventDataDomainAdded",
        EventKind::Verified => "eventDataDomainVerified",
        EventKind::Removed => "eventDataDomainRemoved",
        EventKind::FederationEnabled => "eventDataDomainFederationEnabled",
        EventKind::FederationDisabled => "eventDataDomainFederationDisabled",
    }
}

/// What counts of a window's events.
pub fn of_domains(found: Found, request: &RequestName) -> Result<Read, Failure> {
    let anything = !found.events.is_empty();
    let events: Result<Vec<DomainEvent>, Failure> = found
        .events
        .into_iter()
        .filter_map(|it| event(it, request).transpose())
        .collect();
    Ok(Read {
        events: events?,
        anything,
        as_of: found.as_of,
    })
}

/// An event as it counts; `None` for one of another type.
fn event(event: AuditEvent, request: &RequestName) -> Result<Option<DomainEvent>, Failure> {
    let attributes = event.attributes;
    let kind = EventKind::ALL.into_iter().find(|kind| {
        attributes.r#type.as_deref() == Some(apples_word(*kind))
            || attributes.event_data_property_key.as_deref() == Some(data_object(*kind))
    });
    let Some(kind) = kind else { return Ok(None) };
    let at = attributes.event_date_time.as_deref().unwrap_or_default();
    let Ok(at) = at.parse() else {
        // Left out, it might be a removal.
        let what = format!("the event {} has no time that can be read", event.id);
        return Err(Failure::new(request.clone(), Cause::Unexpected(what)));
    };
    Ok(Some(DomainEvent {
        at,
        kind,
        subject_id: attributes.subject_id,
        subject_name: attributes.subject_name,
        id: event.id,
        failed: attributes.outcome.as_deref() == Some("FAILURE"),
        by: who(attributes.actor_type.as_deref(), attributes.actor_name),
    }))
}

/// Who did it, as people say it.
fn who(kind: Option<&str>, name: Option<String>) -> Option<String> {
    let name = name.filter(|name| !name.trim().is_empty());
    match (kind, name) {
        (Some("API_USER"), Some(name)) => Some(format!("the API account {name}")),
        (Some("API_USER"), None) => Some("an API account".to_owned()),
        (Some("SYSTEM"), None) => Some("Apple".to_owned()),
        (_, name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request() -> RequestName {
        RequestName::without_address(&reqwest::Method::GET, &["v1", "auditEvents"])
    }

    #[test]
    fn apples_events_are_read() {
        let read = |attributes| {
            let value = json!({"type": "auditEvents", "id": "E", "attributes": attributes});
            event(serde_json::from_value(value).unwrap(), &request())
        };
        let verified = read(json!({
            "eventDateTime": "2026-09-02T09:14:00.123Z", "type": "DOMAIN_VERIFIED", "outcome": "SUCCESS",
            "subjectType": "DOMAIN", "subjectId": "7F", "subjectName": "acme.com",
            "actorType": "USER", "actorName": "Ada Park",
        }))
        .unwrap()
        .unwrap();
        assert_eq!(verified.kind, EventKind::Verified);
        assert_eq!(verified.subject_name.as_deref(), Some("acme.com"));
        assert!(!verified.failed);
        assert_eq!(verified.by.as_deref(), Some("Ada Park"));
        for (kind, name, by) in [
            (Some("API_USER"), Some("CI"), Some("the API account CI")),
            (Some("API_USER"), None, Some("an API account")),
            (Some("SYSTEM"), None, Some("Apple")),
            (Some("USER"), Some(" "), None),
            (None, Some("Ada Park"), Some("Ada Park")),
            (Some("PARTNER"), None, None),
        ] {
            let found = who(kind, name.map(str::to_owned));
            assert_eq!(found.as_deref(), by, "{kind:?} {name:?}");
        }
        let at = "2026-09-02T09:14:00Z";
        let failed = json!({"eventDateTime": at, "type": "DOMAIN_ADDED", "outcome": "FAILURE"});
        assert!(read(failed).unwrap().unwrap().failed);
        // Whatever Apple calls the type: its data object is known.
        let federation = json!({
            "eventDateTime": at, "type": "DOMAIN_FEDERATION_TURNED_ON",
            "eventDataPropertyKey": "eventDataDomainFederationEnabled",
        });
        assert_eq!(
            read(federation).unwrap().unwrap().kind,
            EventKind::FederationEnabled
        );
        let other = json!({"eventDateTime": at, "type": "DEVICES_ASSIGNED"});
        assert_eq!(read(other).unwrap(), None);
        // An event of another kind may lack anything; one of a domain must have a time.
        assert_eq!(read(json!({})).unwrap(), None);
        let odd = json!({"type": null, "eventDateTime": "", "outcome": null});
        assert_eq!(read(odd).unwrap(), None);
        let bare: AuditEvent = serde_json::from_value(json!({"id": "E"})).unwrap();
        assert_eq!(event(bare, &request()).unwrap(), None);
        assert!(read(json!({"type": "DOMAIN_REMOVED"})).is_err());
        assert!(read(json!({"type": "DOMAIN_REMOVED", "eventDateTime": ""})).is_err());
    }
}
