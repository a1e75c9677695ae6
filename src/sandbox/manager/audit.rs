//! `auditEvents`: what happened in the organization, within a window that has to be named.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Context, invalid_parameter, page, sparse};
use crate::sandbox::behaviour::LongWindows;
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{AuditEvent, OtherEvents, Permission};

/// What `fields[auditEvents]` takes (official), without the objects of each kind of event.
const FIELDS: [&str; 17] = [
    "eventDateTime",
    "type",
    "category",
    "actorType",
    "actorId",
    "actorName",
    "subjectType",
    "subjectId",
    "subjectName",
    "outcome",
    "groupId",
    "eventDataPropertyKey",
    "eventDataDomainAdded",
    "eventDataDomainVerified",
    "eventDataDomainRemoved",
    "eventDataDomainFederationEnabled",
    "eventDataDomainFederationDisabled",
];

/// A window longer than this is a long one.
const LONG: SignedDuration = SignedDuration::from_hours(366 * 24);

const ACTOR: &str = "sandbox-administrator";

/// The one value of a filter, which can be sent once (official).
fn filter(context: &Context<'_>, name: &str) -> Result<Option<String>, Answer> {
    let key = format!("filter[{name}]");
    let mut values = context
        .request
        .parameters()
        .into_iter()
        .filter(|(known, _)| *known == key)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(invalid_parameter(format!("'{key}' takes one value."))),
        (first, None) => Ok(first),
    }
}

/// A required point in time, ISO 8601 in UTC (official).
fn time(context: &Context<'_>, name: &str) -> Result<Timestamp, Answer> {
    let Some(text) = filter(context, name)? else {
        return Err(Answer::error(
            400,
            "PARAMETER_ERROR.REQUIRED",
            "A required parameter is missing",
            format!("The parameter 'filter[{name}]' is required."),
        ));
    };
    match text.parse() {
        Ok(time) if text.ends_with('Z') => Ok(time),
        _ => Err(invalid_parameter(format!(
            "The parameter 'filter[{name}]' is not a time in UTC."
        ))),
    }
}

/// An event of the log: one of its own, or the number of one that is made up.
enum Logged<'a> {
    Own(&'a AuditEvent),
    Other(usize),
}

/// `GET /v1/auditEvents`, newest first; Apple promises no order.
pub(super) fn list(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewAudit)?;
    let start = time(context, "startTimestamp")?;
    let end = time(context, "endTimestamp")?;
    let delay = checked_window(context, start, end)?;
    let wanted = context.fields("auditEvents", &FIELDS)?;
    let found = found(context, start, end)?;
    let page = page::asked(context, found.len())?;
    let data: Vec<Value> = found[page.start..page.end]
        .iter()
        .map(|(_, event)| match event {
            Logged::Own(event) => object(context, event, wanted.as_deref()),
            Logged::Other(number) => {
                let event = context.organization.other_events.event(*number);
                object(context, &event, wanted.as_deref())
            }
        })
        .collect();
    let mut answer = page::document(context, &page, &data);
    answer.delay = delay;
    Ok(answer)
}

/// How long a window has to be waited for; a refusal for one that can't be asked for.
fn checked_window(
    context: &Context<'_>,
    start: Timestamp,
    end: Timestamp,
) -> Result<Duration, Answer> {
    if end < start {
        return Err(invalid_parameter("The window ends before it starts."));
    }
    let organization = &context.organization;
    let behaviour = &organization.behaviour;
    if let Some(kept) = behaviour.audit_retention
        && context.now().duration_since(start) > kept
    {
        return Err(invalid_parameter("The window begins before the log does."));
    }
    let length = end.duration_since(start);
    let mut delay = match behaviour.slow_audit_windows {
        Some((longer, wait)) if length > longer => wait,
        _ => Duration::ZERO,
    };
    if length > LONG {
        match behaviour.long_audit_windows {
            LongWindows::Answered => {}
            LongWindows::Slow(wait) => delay = delay.max(wait),
            LongWindows::Refused => {
                return Err(invalid_parameter("The window is longer than a year."));
            }
        }
    }
    Ok(delay)
}

/// What is listed of a window, newest first.
fn found<'a>(
    context: &'a Context<'_>,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<(Timestamp, Logged<'a>)>, Answer> {
    let kind = filter(context, "type")?;
    let subject = filter(context, "subjectId")?;
    let actor = filter(context, "actorId")?;
    let organization = &context.organization;
    let behaviour = &organization.behaviour;
    if let Some(kind) = kind
        .as_ref()
        .filter(|it| behaviour.unknown_event_types.contains(it))
    {
        return Err(invalid_parameter(format!(
            "'{kind}' is no type of an event."
        )));
    }
    if actor.is_some_and(|id| id != ACTOR) {
        return Ok(Vec::new());
    }
    let now = context.now();
    let listed = |at: Timestamp| {
        at.saturating_add(behaviour.audit_delay)
            .is_ok_and(|at| at <= now)
    };
    let own = organization
        .audit_events
        .iter()
        .filter(|event| event.at >= start && event.at <= end)
        .filter(|event| listed(event.at) && event.listed_from.is_none_or(|from| from <= now))
        .filter(|event| kind.as_ref().is_none_or(|kind| *kind == event.event_type))
        .filter(|event| subject.as_ref().is_none_or(|id| *id == event.subject_id))
        .map(|event| (event.at, Logged::Own(event)));
    let others = organization.other_events;
    let range = if subject.is_some() {
        0..0
    } else {
        others.between(start, end)
    };
    let others = range
        .filter(|number| {
            kind.as_ref()
                .is_none_or(|kind| kind == OtherEvents::kind(*number).0)
        })
        .map(|number| (others.at(number), Logged::Other(number)))
        .filter(|(at, _)| listed(*at));
    let mut found: Vec<(Timestamp, Logged<'_>)> = others.chain(own).collect();
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(found)
}

fn object(context: &Context<'_>, event: &AuditEvent, wanted: Option<&[String]>) -> Value {
    let mut attributes = json!({
        "eventDateTime": millis(event.at),
        "type": event.event_type,
        "category": event.category,
        "actorType": "USER",
        "actorId": ACTOR,
        "actorName": "Ada Park",
        "subjectType": event.subject_type,
        "subjectId": event.subject_id,
    });
    if let Some(name) = event.subject_name.as_ref().filter(|_| !event.nameless) {
        attributes["subjectName"] = json!(name);
    }
    if let Some(outcome) = event.outcome {
        attributes["outcome"] = json!(outcome);
    }
    // The objects of the domain events have no documented members.
    let key = data_key(&event.event_type);
    attributes["eventDataPropertyKey"] = json!(key);
    attributes[key.as_str()] = json!({});
    json!({
        "type": "auditEvents",
        "id": event.id,
        "attributes": sparse(attributes, wanted),
        "links": {"self": context.link(&format!("/v1/auditEvents/{}", event.id))},
    })
}

/// `DOMAIN_VERIFIED` → `eventDataDomainVerified`.
fn data_key(event_type: &str) -> String {
    let words = event_type.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{first}{}", rest.to_lowercase())
    });
    format!("eventData{}", words.collect::<String>())
}
