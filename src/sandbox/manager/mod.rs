//! The Apple Business and Apple School Manager API, as far as abmctl uses it.
//!
//! What is not here answers 404: Blueprints, configurations, apps, packages, built-in management, coverage and locks.

mod activities;
mod audit;
mod devices;
mod page;
mod people;
mod servers;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::exchange::{Answer, Request, link};
use super::organization::{Organization, OrganizationKind, Permission};
use super::token;

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

/// A method that a resource does not have: 403 with the operations that it has in the detail (observed).
fn not_allowed(allowed: &str) -> Answer {
    forbidden(format!(
        "The resource does not allow this operation. Allowed operations are: {allowed}"
    ))
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
    path.starts_with("/v1/") || path.starts_with(activities::DOWNLOADS)
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

/// Answers a request that is authorized.
pub(super) fn answer(context: &mut Context<'_>) -> Answer {
    let finished = activities::settle(context.organization, context.request.now);
    let request = context.request;
    let segments = request.segments();
    let outcome = match (
        request.method.as_str(),
        segments.get(1..).unwrap_or_default(),
    ) {
        ("GET", ["mdmServers"]) => servers::list(context),
        ("POST", ["mdmServers"]) => servers::create(context),
        (_, ["mdmServers"]) => Err(not_allowed("GET_COLLECTION, CREATE")),
        ("GET", ["mdmServers", id]) => servers::one(context, id),
        ("PATCH", ["mdmServers", id]) => servers::update(context, id),
        ("DELETE", ["mdmServers", id]) => servers::delete(context, id),
        (_, ["mdmServers", _]) => Err(not_allowed("GET_INSTANCE, UPDATE, DELETE")),
        ("GET", ["mdmServers", id, "relationships", "devices"]) => servers::linkages(context, id),
        // The related resource exists, and is refused (observed).
        (_, ["mdmServers", _, "devices"]) => Err(not_allowed("GET_RELATIONSHIP")),
        ("GET", ["orgDevices"]) => devices::list(context),
        ("GET", ["orgDevices", serial]) => devices::one(context, serial),
        ("GET", ["orgDevices", serial, "relationships", "assignedServer"]) => {
            devices::linkage(context, serial)
        }
        ("GET", ["orgDevices", serial, "assignedServer"]) => {
            devices::assigned_server(context, serial)
        }
        (_, ["orgDevices", ..]) => Err(not_allowed("GET_COLLECTION, GET_INSTANCE")),
        ("POST", ["orgDeviceActivities"]) => activities::create(context),
        ("GET", ["orgDeviceActivities", id]) => activities::one(context, id),
        // No list is documented (official by absence).
        (_, ["orgDeviceActivities", ..]) => Err(not_allowed("CREATE, GET_INSTANCE")),
        ("GET", rest) if context.organization.kind == OrganizationKind::Business => match rest {
            ["users"] => people::users(context),
            ["users", id] => people::user(context, id),
            ["userGroups"] => people::groups(context),
            ["userGroups", id] => people::group(context, id),
            ["userGroups", id, "relationships", "users"] => people::members(context, id),
            ["organizationalUnits"] => people::units(context),
            ["organizationalUnits", id] => people::unit(context, id),
            ["auditEvents"] => audit::list(context),
            _ => Err(unknown_path(request)),
        },
        (
            _,
            [
                "users" | "userGroups" | "organizationalUnits" | "auditEvents",
                ..,
            ],
        ) if context.organization.kind == OrganizationKind::Business => {
            Err(not_allowed("GET_COLLECTION, GET_INSTANCE"))
        }
        // School Manager has none of the others (official); that it answers 404 is inferred.
        _ => Err(unknown_path(request)),
    };
    let mut answer = outcome.unwrap_or_else(|refusal| refusal);
    answer.changed |= finished;
    answer
}

fn unknown_path(request: &Request) -> Answer {
    not_found(format!("The path '{}' does not exist.", request.path))
}

/// Answers a request for an activity's file of results, which needs no token and must not be given one.
pub(super) fn download(request: &Request, organization: &Organization) -> Answer {
    activities::download(request, organization)
}
