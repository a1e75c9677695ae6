//! `auditEvents`: what happened in the organization, within a window that has to be named.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Context, invalid_parameter, page, sparse};
use crate::sandbox::behaviour::LongWindows;
use crate::sandbox::exchange::Answer;
use crate::sandbox::organization::{AuditEvent, OtherEvents, Permission};

/// What `fields[auditEvents]` takes (official), beside the object of each type of event.
const FIELDS: [&str; 12] = [
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
];

/// Objects of version 2.6 whose types' names are not known (official).
const LATER_DATA: [&str; 2] = [
    "eventDataDomainFederationEnabled",
    "eventDataDomainFederationDisabled",
];

/// A window longer than this is a long one.
const LONG: SignedDuration = SignedDuration::from_hours(366 * 24);

const ACTOR: &str = "sandbox-administrator";

/// The members that are asked for.
fn wanted(context: &Context<'_>) -> Result<Option<Vec<String>>, Answer> {
    let data: Vec<String> = OtherEvents::all_types().map(data_key).collect();
    let known: Vec<&str> = FIELDS
        .into_iter()
        .chain(LATER_DATA)
        .chain(data.iter().map(String::as_str))
        .collect();
    context.fields("auditEvents", &known)
}

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
    let wanted = wanted(context)?;
    let found = found(context, start, end)?;
    let page = page::asked(context, found.len())?;
    let data: Vec<Value> = found[page.start..page.end]
        .iter()
        .map(|(_, event)| match event {
            Logged::Own(event) => object(context, event, wanted.as_deref()),
            Logged::Other(number) => {
                let event = context.organization.other_event(*number);
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
        return Err(invalid_parameter(format!("'{kind}' isn't an event type.")));
    }
    let api_account = &organization.api_account.client_id;
    let by = |by_api: bool| {
        let id = if by_api { api_account } else { ACTOR };
        actor.as_ref().is_none_or(|actor| *actor == id)
    };
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
        .filter(|event| by(event.by_api))
        .map(|event| (event.at, Logged::Own(event)));
    let others = organization.other_events;
    let others = others
        .between(start, end)
        .filter(|_| by(false))
        .filter(|number| {
            kind.as_ref()
                .is_none_or(|kind| kind == OtherEvents::event_type(*number))
        })
        .filter(|number| {
            subject
                .as_ref()
                .is_none_or(|id| *id == organization.other_event(*number).subject_id)
        })
        .map(|number| (others.at(number), Logged::Other(number)))
        .filter(|(at, _)| listed(*at));
    let mut found: Vec<(Timestamp, Logged<'_>)> = others.chain(own).collect();
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(found)
}

fn object(context: &Context<'_>, event: &AuditEvent, wanted: Option<&[String]>) -> Value {
    let mut attributes = json!({
        // Without a fraction (official sample).
        "eventDateTime": event.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "type": event.event_type,
        "category": event.category,
        "subjectType": event.subject_type,
        "subjectId": event.subject_id,
    });
    // An actor's name is an e-mail address (official sample); that an API account has none is inferred.
    if event.by_api {
        attributes["actorType"] = json!("API_USER");
        attributes["actorId"] = json!(context.organization.api_account.client_id);
    } else {
        attributes["actorType"] = json!("USER");
        attributes["actorId"] = json!(ACTOR);
        attributes["actorName"] = json!("ada.park@acme.com");
    }
    if let Some(name) = event.subject_name.as_ref().filter(|_| !event.nameless) {
        attributes["subjectName"] = json!(name);
    }
    if let Some(outcome) = event.outcome {
        attributes["outcome"] = json!(outcome);
    }
    let key = data_key(&event.event_type);
    attributes["eventDataPropertyKey"] = json!(key);
    // The objects of the domain events have no documented members.
    attributes[key.as_str()] = match &event.data {
        Value::Null => json!({}),
        data => data.clone(),
    };
    json!({
        "type": "auditEvents",
        "id": event.id,
        "attributes": sparse(attributes, wanted),
        "links": {"self": context.link(&format!("/v1/auditEvents/{}", event.id))},
    })
}

/// `DOMAIN_VERIFIED` → `eventDataDomainVerified`; Apple's product names keep their capitals (official).
fn data_key(event_type: &str) -> String {
    let words = event_type.split('_').map(|word| match word {
        "APPLECARE" => "AppleCare".to_owned(),
        "ICLOUD" => "ICloud".to_owned(),
        _ => {
            let (first, rest) = word.split_at(word.len().min(1));
            format!("{first}{}", rest.to_lowercase())
        }
    });
    format!("eventData{}", words.collect::<String>())
}
