//! The Apple Business and Apple School Manager API.
//!
//! What is not emulated answers 501 and says so: it is never mistaken for an answer of Apple's.

mod activities;
mod activity_results;
mod audit;
mod blueprints;
mod catalog;
mod devices;
mod mdm_devices;
mod operations;
mod page;
mod people;
mod servers;
mod write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::exchange::{Answer, Request, link};
use super::organization::{Organization, Permission};
use super::token;
pub(super) use activity_results::{download, settle};

/// What every resource is given.
pub(super) struct Context<'a> {
    pub request: &'a Request,
    pub organization: &'a mut Organization,
    /// The most items of a page, beside Apple's 1,000.
    pub page_size_cap: Option<usize>,
}

impl Context<'_> {
    fn now(&self) -> Timestamp {
        self.request.now
    }

    fn link(&self, path: &str) -> String {
        link(self.request, path)
    }

    /// A document with one object.
    fn one(&self, status: u16, data: &Value) -> Answer {
        Answer::json(
            status,
            &json!({"data": data, "links": {"self": self.link(&self.request.path)}}),
        )
    }

    /// The members that `fields[kind]` asks for; `None` where it does not say.
    ///
    /// A member that Apple does not list is 400 (inferred), so that a misspelt one does not go unnoticed.
    fn fields(&self, kind: &str, known: &[&str]) -> Result<Option<Vec<String>>, Answer> {
        let name = format!("fields[{kind}]");
        let Some((_, list)) = self
            .request
            .parameters()
            .into_iter()
            .find(|(key, _)| *key == name)
        else {
            return Ok(None);
        };
        let wanted: Vec<String> = list.split(',').map(str::to_owned).collect();
        match wanted.iter().find(|field| !known.contains(&field.as_str())) {
            Some(unknown) => Err(invalid_parameter(format!(
                "'{unknown}' is not a field of {kind}."
            ))),
            None => Ok(Some(wanted)),
        }
    }

    fn need(&self, permission: Permission) -> Result<(), Answer> {
        if self.organization.permissions.contains(&permission) {
            Ok(())
        } else {
            Err(forbidden(
                "The API account has no permission for this operation.",
            ))
        }
    }
}

/// Keeps the members that are wanted; all where nothing is said.
fn sparse(all: Value, wanted: Option<&[String]>) -> Value {
    match (all, wanted) {
        (Value::Object(members), Some(wanted)) => members
            .into_iter()
            .filter(|(name, _)| wanted.contains(name))
            .collect::<Map<_, _>>()
            .into(),
        (all, _) => all,
    }
}

/// The object of a resource without relationships.
fn resource(context: &Context<'_>, kind: &str, id: &str, attributes: &Value) -> Value {
    json!({
        "type": kind,
        "id": id,
        "attributes": attributes,
        "links": {"self": context.link(&format!("/v1/{kind}/{id}"))},
    })
}

/// One page of `items`.
fn listed<T>(
    context: &Context<'_>,
    items: &[T],
    object: impl Fn(&T) -> Value,
) -> Result<Answer, Answer> {
    let page = page::asked(context, items.len())?;
    let data: Vec<Value> = items[page.start..page.end].iter().map(object).collect();
    Ok(page::document(context, &page, &data))
}

fn missing(kind: &str, id: &str) -> Answer {
    not_found(format!(
        "There is no resource of type '{kind}' with id '{id}'."
    ))
}

/// 501 for what the emulator lacks. Apple has no such answer, so nobody takes it for one of Apple's.
pub(super) fn not_emulated(method: &str, path: &str) -> Answer {
    Answer::error(
        501,
        "SANDBOX.NOT_EMULATED",
        "The abmctl sandbox does not emulate this",
        format!("The sandbox has no {method} {path}. This is not an answer of Apple's."),
    )
}

/// 404 with `NOT_FOUND` (observed).
fn not_found(detail: impl Into<String>) -> Answer {
    Answer::error(
        404,
        "NOT_FOUND",
        "The specified resource does not exist",
        detail,
    )
}

/// 403 with `FORBIDDEN_ERROR` (observed).
fn forbidden(detail: impl Into<String>) -> Answer {
    Answer::error(
        403,
        "FORBIDDEN_ERROR",
        "This request is forbidden for security reasons",
        detail,
    )
}

/// 400 with `PARAMETER_ERROR.INVALID` (observed on one call, inferred for the others).
fn invalid_parameter(detail: impl Into<String>) -> Answer {
    Answer::error(
        400,
        "PARAMETER_ERROR.INVALID",
        "A parameter has an invalid value",
        detail,
    )
}

/// 409 with `ENTITY_ERROR.ATTRIBUTE.INVALID` (observed on another resource, inferred for the others).
fn conflict(detail: impl Into<String>) -> Answer {
    Answer::error(
        409,
        "ENTITY_ERROR.ATTRIBUTE.INVALID",
        "The request entity is in conflict with the current state",
        detail,
    )
}

/// The object under `data` of a body, checked to be one of `kind` (inferred: JSON:API has 409 for another type).
fn body_data(request: &Request, kind: &str) -> Result<Map<String, Value>, Answer> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| invalid_parameter("The request body is not JSON."))?;
    let Some(data) = body.get("data").and_then(Value::as_object) else {
        return Err(invalid_parameter("The request body has no 'data' object."));
    };
    if data.get("type").and_then(Value::as_str) != Some(kind) {
        return Err(conflict(format!("The type of 'data' is not '{kind}'.")));
    }
    Ok(data.clone())
}

/// Whether `path` belongs to this API.
pub(super) fn is_endpoint(path: &str) -> bool {
    path.starts_with("/v1/") || path.starts_with(activity_results::DOWNLOADS)
}

/// Whether `path` is counted and needs a token; a file of results is neither.
pub(super) fn is_api(path: &str) -> bool {
    path.starts_with("/v1/")
}

/// 401 where the request has no good access token. Apple's code is not known; this is App Store Connect's.
pub(super) fn authorize(request: &Request, organization: &Organization) -> Option<Answer> {
    (!token::is_authorized(request, organization)).then(|| {
        Answer::error(
            401,
            "NOT_AUTHORIZED",
            "Authentication credentials are missing or invalid.",
            "Provide a properly configured and signed bearer token.",
        )
    })
}

/// 406 for an `Accept` that leaves out JSON (the status is official in HTTP; the code is inferred).
fn acceptable(request: &Request) -> Result<(), Answer> {
    let header = |name: &str| request.headers.get_all(name).iter();
    let mut ranges = header("accept")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|range| !range.trim().is_empty())
        .peekable();
    if ranges.peek().is_none() || ranges.any(takes_json) {
        return Ok(());
    }
    Err(Answer::error(
        406,
        "NOT_ACCEPTABLE",
        "The requested media type is not available",
        "This API answers 'application/json' only.",
    ))
}

/// Whether a media range of `Accept` allows JSON: with a quality of 0 it does not.
fn takes_json(range: &str) -> bool {
    let mut parts = range
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let refused = parts.any(|parameter| {
        let quality = parameter.strip_prefix("q=").map(str::trim);
        quality.is_some_and(|quality| quality.parse() == Ok(0.0_f32))
    });
    matches!(media.as_str(), "*/*" | "application/*" | "application/json") && !refused
}

/// Answers a request that is authorized.
pub(super) fn answer(context: &mut Context<'_>) -> Answer {
    let outcome = acceptable(context.request).and_then(|()| operations::answer(context));
    outcome.unwrap_or_else(|refusal| refusal)
}
