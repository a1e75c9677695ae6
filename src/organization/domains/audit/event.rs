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
    let why = understood(event).err().unwrap_or("its form is unexpected");
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
    let read: AuditEvent = serde_json::from_str(&event.json).map_err(|_| "it isn't an object")?;
    let attributes = read.attributes.ok_or("its attributes aren't an object")?;
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
    let mut names = attributes.names_in_data();
    names
        .find(|name| normalized(name).is_some())
        .map(str::to_owned)
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
mod tests;
