//! Apple's events as they count for domains.

use std::time::Duration;

use jiff::Timestamp;

use crate::apple::lenient::Member;
use crate::apple::manager::audit_events::{Attributes, AuditEvent};
use crate::apple::page::RawItem;
use crate::core::audit_log::{Judged, OddEvent, Read};
use crate::core::domains::{DomainEvent, EventKind, normalized};

/// The type that `filter[type]` takes: official for the first three, inferred for federation.
pub(crate) fn apples_word(kind: EventKind) -> &'static str {
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

/// What one question or several found.
#[derive(Default)]
pub(crate) struct FoundEvents {
    /// The events, of any kind, with the one that was asked for, if one was.
    pub events: Vec<(Option<EventKind>, RawItem)>,
    /// How long the slowest answer took.
    pub took: Duration,
    /// When the first of them was answered, by Apple's clock.
    pub as_of: Option<Timestamp>,
}

/// What counts of a window's events.
pub(crate) fn of_domains(found: FoundEvents) -> Read {
    let mut read = Read {
        anything: !found.events.is_empty(),
        as_of: found.as_of,
        ..Read::default()
    };
    for (kind, item) in found.events {
        let event = OddEvent {
            json: item.json,
            id: item.id,
            which: item.which,
            kind,
        };
        match judge(event) {
            Judged::OfDomain(event) => read.events.push(event),
            Judged::Other => {}
            Judged::Odd(event) => read.odd.push(event),
        }
    }
    read
}

/// Judges an event. One of another kind may lack anything; one of a domain that can't be understood might be a removal.
pub(crate) fn judge(event: OddEvent) -> Judged {
    match understood(&event) {
        Ok(Some(event)) => Judged::OfDomain(event),
        Ok(None) => Judged::Other,
        Err(_) => Judged::Odd(event),
    }
}

/// Which event can't be understood and why, as a sentence.
pub(crate) fn sentence(event: &OddEvent) -> String {
    let why = understood(event).err().unwrap_or("it is odd");
    let attributes = serde_json::from_str::<AuditEvent>(&event.json)
        .ok()
        .and_then(|event| event.attributes)
        .unwrap_or_default();
    let says: Vec<String> = [attributes.r#type, attributes.subject_name]
        .into_iter()
        .filter_map(|member| match member {
            Member::Text(text) => Some(text),
            Member::Absent | Member::Odd => None,
        })
        .collect();
    let says = if says.is_empty() {
        String::new()
    } else {
        format!(" ({})", says.join(", "))
    };
    format!("{}{says} can't be understood: {why}.", event.which)
}

/// The event as it counts, `None` for one of another kind; or why it can't be understood.
fn understood(event: &OddEvent) -> Result<Option<DomainEvent>, &'static str> {
    let read: AuditEvent = serde_json::from_str(&event.json).map_err(|_| "it is not an object")?;
    let attributes = read.attributes.ok_or("its attributes are not an object")?;
    let is = |member: &Member, word: &str| matches!(member, Member::Text(text) if text == word);
    let named = EventKind::ALL.into_iter().find(|kind| {
        is(&attributes.r#type, apples_word(*kind))
            || is(&attributes.event_data_property_key, data_object(*kind))
    });
    let kind = match (named, &attributes.r#type, event.kind) {
        // Either it says so, or Apple was asked for this type alone.
        (Some(kind), ..) | (None, Member::Absent | Member::Odd, Some(kind)) => kind,
        (None, Member::Odd, None) => return Err("its type can't be read"),
        (None, ..) => return Ok(None),
    };
    let at = match attributes.event_date_time {
        Member::Absent => return Err("it has no time"),
        Member::Odd => return Err("its time can't be read"),
        Member::Text(ref text) => text
            .parse()
            .map_err(|_| "its time can't be read, or has no time zone")?,
    };
    let subject_name = match &attributes.subject_name {
        Member::Absent => None,
        Member::Text(text) => Some(text.clone()),
        Member::Odd => return Err("its subjectName can't be read"),
    };
    let subject_name = named_in_data(&attributes, subject_name.as_deref()).or(subject_name);
    let failed = match attributes.outcome {
        Member::Odd => return Err("its outcome can't be read"),
        outcome => is(&outcome, "FAILURE"),
    };
    Ok(Some(DomainEvent {
        at,
        kind,
        subject_id: attributes.subject_id,
        subject_name,
        id: read.id.ok_or("it has no id")?,
        failed,
        by: who(attributes.actor_type.as_deref(), attributes.actor_name),
    }))
}

/// The domain that the event's data names, if neither the name nor the id of its subject is one.
fn named_in_data(attributes: &Attributes, subject_name: Option<&str>) -> Option<String> {
    let subject = [subject_name, attributes.subject_id.as_deref()];
    if subject
        .into_iter()
        .flatten()
        .any(|it| normalized(it).is_some())
    {
        return None;
    }
    let named = attributes.domain_in_data()?;
    normalized(named).is_some().then(|| named.to_owned())
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
    use serde_json::{Value, json};

    fn odd(json: String, kind: Option<EventKind>) -> OddEvent {
        OddEvent {
            json,
            id: Some("E".to_owned()),
            which: "Item \"E\"".to_owned(),
            kind,
        }
    }

    fn read(attributes: &Value) -> Result<Option<DomainEvent>, &'static str> {
        let value = json!({"type": "auditEvents", "id": "E", "attributes": attributes});
        understood(&odd(value.to_string(), None))
    }

    fn event(attributes: &Value) -> DomainEvent {
        read(attributes).unwrap().unwrap()
    }

    #[test]
    fn a_domain_may_stand_in_the_data_alone() {
        for (name, id, data, expected) in [
            (
                json!(null),
                "0f8e",
                json!({"domainName": "acme.example"}),
                Some("acme.example"),
            ),
            (
                json!("Domain"),
                "0f8e",
                json!({"domainName": "acme.example"}),
                Some("acme.example"),
            ),
            (
                json!("acme.com"),
                "0f8e",
                json!({"domainName": "acme.example"}),
                Some("acme.com"),
            ),
            (
                json!(null),
                "acme.com",
                json!({"domainName": "acme.example"}),
                None,
            ),
            (json!(null), "0f8e", json!({"domainName": "0f8e"}), None),
            (json!(null), "0f8e", json!({"domainName": 7}), None),
            (json!(null), "0f8e", json!({}), None),
            (json!(null), "0f8e", json!("acme.example"), None),
        ] {
            for kind in EventKind::ALL {
                let read = event(&json!({
                    "eventDateTime": "2026-11-02T10:00:00Z", "type": apples_word(kind),
                    "subjectName": name, "subjectId": id, data_object(kind): data,
                }));
                assert_eq!(read.subject_name.as_deref(), expected, "{name} {id} {data}");
            }
        }
    }

    #[test]
    fn apples_events_are_read() {
        let verified = event(&json!({
            "eventDateTime": "2026-09-02T09:14:00.123Z", "type": "DOMAIN_VERIFIED", "outcome": "SUCCESS",
            "subjectType": "DOMAIN", "subjectId": "7F", "subjectName": "acme.com",
            "actorType": "USER", "actorName": "Ada Park",
        }));
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
        assert!(event(&failed).failed);
        // Whatever Apple calls the type: its data object is known.
        let federation = json!({
            "eventDateTime": at, "type": "DOMAIN_FEDERATION_TURNED_ON",
            "eventDataPropertyKey": "eventDataDomainFederationEnabled",
        });
        assert_eq!(event(&federation).kind, EventKind::FederationEnabled);
    }

    #[test]
    fn an_event_of_another_kind_may_lack_anything() {
        for attributes in [
            json!({"eventDateTime": "2026-09-02T09:14:00Z", "type": "DEVICES_ASSIGNED"}),
            json!({"type": "DEVICES_ASSIGNED", "subjectName": 7, "outcome": [], "actorName": {}}),
            json!({}),
            json!({"type": null, "eventDateTime": "", "outcome": null}),
        ] {
            assert_eq!(read(&attributes), Ok(None), "{attributes}");
        }
        let bare = odd(r#"{"id":"E"}"#.to_owned(), None);
        assert_eq!(judge(bare), Judged::Other);
    }

    #[test]
    fn an_event_of_a_domain_needs_a_time_a_name_and_an_outcome_that_can_be_read() {
        let good = || {
            json!({
                "eventDateTime": "2026-09-02T09:14:00Z", "type": "DOMAIN_REMOVED", "subjectName": "acme.com",
                "subjectId": "7F", "outcome": "SUCCESS", "actorName": "Ada Park", "other": 1,
            })
        };
        let with = |member: &str, value: Value| {
            let mut attributes = good();
            attributes[member] = value;
            attributes
        };
        for (member, value, why) in [
            ("eventDateTime", json!(null), "it has no time"),
            (
                "eventDateTime",
                json!(1_780_000_000),
                "its time can't be read",
            ),
            (
                "eventDateTime",
                json!(""),
                "its time can't be read, or has no time zone",
            ),
            (
                "eventDateTime",
                json!("2026-09-02T09:14:00"),
                "its time can't be read, or has no time zone",
            ),
            (
                "subjectName",
                json!(["acme.com"]),
                "its subjectName can't be read",
            ),
            (
                "subjectName",
                json!("acme\u{fffd}"),
                "its subjectName can't be read",
            ),
            ("outcome", json!(false), "its outcome can't be read"),
            ("type", json!(7), "its type can't be read"),
        ] {
            let attributes = with(member, value);
            assert_eq!(read(&attributes), Err(why), "{attributes}");
        }
        // Nobody needs these.
        for member in [
            "subjectId",
            "actorName",
            "actorType",
            "eventDataPropertyKey",
            "other",
        ] {
            for value in [json!(7), json!(null), json!({"a": [1]}), json!(true)] {
                let attributes = with(member, value);
                let read = event(&attributes);
                assert_eq!(
                    read.subject_name.as_deref(),
                    Some("acme.com"),
                    "{attributes}"
                );
            }
        }
        assert_eq!(
            event(&with("subjectId", json!(7))).subject_id.as_deref(),
            Some("7")
        );
    }

    #[test]
    fn what_can_not_be_understood_says_which_it_is_and_why() {
        for (json, kind, expected) in [
            (
                "7",
                None,
                "Item \"E\" can't be understood: it is not an object.",
            ),
            (
                r#"{"id":"E","attributes":7}"#,
                None,
                "Item \"E\" can't be understood: its attributes are not an object.",
            ),
            (
                r#"{"id":"E","attributes":{"type":"DOMAIN_ADDED","subjectName":"acme.net"}}"#,
                None,
                "Item \"E\" (DOMAIN_ADDED, acme.net) can't be understood: it has no time.",
            ),
            (
                r#"{"attributes":{"type":"DOMAIN_ADDED","eventDateTime":"2026-09-02T09:14:00Z"}}"#,
                None,
                "Item \"E\" (DOMAIN_ADDED) can't be understood: it has no id.",
            ),
            (
                r#"{"id":"E","attributes":{}}"#,
                Some(EventKind::Removed),
                "Item \"E\" can't be understood: it has no time.",
            ),
        ] {
            let event = odd(json.to_owned(), kind);
            assert_eq!(judge(event.clone()), Judged::Odd(event.clone()));
            assert_eq!(sentence(&event), expected);
        }
        // An event that Apple was asked for by its type is of that type.
        let json =
            r#"{"id":"E","attributes":{"type":null,"eventDateTime":"2026-09-02T09:14:00Z"}}"#;
        let Judged::OfDomain(event) = judge(odd(json.to_owned(), Some(EventKind::Removed))) else {
            panic!("{json}");
        };
        assert_eq!(event.kind, EventKind::Removed);
        assert_eq!(judge(odd(json.to_owned(), None)), Judged::Other);
    }
}
