//! Which operation a request is: what the API has, what it refuses, and what the emulator lacks.

use super::{
    Context, activities, audit, blueprints, catalog, devices, forbidden, mdm_devices, not_found,
    people, servers,
};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::organization::OrganizationKind;

/// The resources that Apple Business alone has (official).
const BUSINESS_ONLY: [&str; 9] = [
    "apps",
    "auditEvents",
    "blueprints",
    "configurations",
    "mdmDevices",
    "organizationalUnits",
    "packages",
    "userGroups",
    "users",
];

/// Finds the operation and carries it out.
pub(super) fn answer(context: &mut Context<'_>) -> Result<Answer, Answer> {
    let request = context.request;
    let segments = request.segments();
    let path = segments.get(1..).unwrap_or_default();
    let method = request.method.as_str();
    match path {
        // School Manager has none of these (official); that it answers 404 is inferred.
        [resource, ..]
            if context.organization.kind == OrganizationKind::School
                && BUSINESS_ONLY.contains(resource) =>
        {
            Err(not_found(format!(
                "The path '{}' does not exist.",
                request.path
            )))
        }
        ["mdmServers" | "orgDevices" | "orgDeviceActivities", ..] => {
            of_devices(context, method, path)
        }
        [
            "users" | "userGroups" | "organizationalUnits" | "auditEvents",
            ..,
        ] => of_people(context, method, path),
        [
            "mdmDevices" | "apps" | "packages" | "configurations" | "blueprints",
            ..,
        ] => of_built_in(context, method, path),
        _ => Err(not_emulated(request)),
    }
}

fn of_devices(context: &mut Context<'_>, method: &str, path: &[&str]) -> Result<Answer, Answer> {
    match (method, path) {
        ("GET", ["mdmServers"]) => servers::list(context),
        ("POST", ["mdmServers"]) => servers::create(context),
        ("GET", ["mdmServers", id]) => servers::one(context, id),
        ("PATCH", ["mdmServers", id]) => servers::update(context, id),
        ("DELETE", ["mdmServers", id]) => servers::delete(context, id),
        ("GET", ["mdmServers", id, "relationships", "devices"]) => servers::linkages(context, id),
        // The related resource exists, and is refused (observed).
        ("GET", ["mdmServers", _, "devices"]) => Err(refused(
            "relationship",
            "devices",
            "GET_RELATED",
            "GET_RELATIONSHIP",
        )),
        ("GET", ["orgDevices"]) => devices::list(context),
        ("GET", ["orgDevices", serial]) => devices::one(context, serial),
        ("GET", ["orgDevices", serial, "relationships", "assignedServer"]) => {
            devices::linkage(context, serial)
        }
        ("GET", ["orgDevices", serial, "assignedServer"]) => {
            devices::assigned_server(context, serial)
        }
        ("GET", ["orgDevices", serial, "appleCareCoverage"]) => devices::coverage(context, serial),
        ("GET", ["orgDevices", serial, "activationLockStatus"]) => {
            devices::activation_lock(context, serial)
        }
        ("POST", ["orgDeviceActivities"]) => activities::create(context),
        ("GET", ["orgDeviceActivities", id]) => activities::one(context, id),
        _ => Err(not_allowed(context.request, path)),
    }
}

fn of_people(context: &Context<'_>, method: &str, path: &[&str]) -> Result<Answer, Answer> {
    match (method, path) {
        ("GET", ["users"]) => people::users(context),
        ("GET", ["users", id]) => people::user(context, id),
        ("GET", ["userGroups"]) => people::groups(context),
        ("GET", ["userGroups", id]) => people::group(context, id),
        ("GET", ["userGroups", id, "relationships", "users"]) => people::members(context, id),
        ("GET", ["organizationalUnits"]) => people::units(context),
        ("GET", ["organizationalUnits", id]) => people::unit(context, id),
        ("GET", ["organizationalUnits", id, "relationships", "users"]) => {
            people::unit_members(context, id)
        }
        ("GET", ["auditEvents"]) => audit::list(context),
        _ => Err(not_allowed(context.request, path)),
    }
}

fn of_built_in(context: &Context<'_>, method: &str, path: &[&str]) -> Result<Answer, Answer> {
    match (method, path) {
        ("GET", ["mdmDevices"]) => mdm_devices::list(context),
        ("GET", ["mdmDevices", id, "details"]) => mdm_devices::details(context, id),
        ("GET", ["apps"]) => catalog::apps(context),
        ("GET", ["apps", id]) => catalog::app(context, id),
        ("GET", ["packages"]) => catalog::packages(context),
        ("GET", ["packages", id]) => catalog::package(context, id),
        ("GET", ["configurations"]) => catalog::configurations(context),
        ("GET", ["configurations", id]) => catalog::configuration(context, id),
        ("GET", ["blueprints"]) => blueprints::list(context),
        ("GET", ["blueprints", id]) => blueprints::one(context, id),
        ("GET", ["blueprints", id, "relationships", name]) => {
            blueprints::linkages(context, id, name)
        }
        // Replacing a relationship is refused (observed).
        ("PATCH", ["blueprints", _, "relationships", name]) if blueprints::has(name) => {
            Err(refused(
                "relationship",
                name,
                "REPLACE_RELATIONSHIP",
                "GET_RELATIONSHIP, ADD_TO_RELATIONSHIP, REMOVE_FROM_RELATIONSHIP",
            ))
        }
        // Apple has these writes (official); the emulator does not.
        ("POST", ["blueprints" | "configurations"])
        | ("PATCH" | "DELETE", ["blueprints" | "configurations", _])
        | ("POST" | "DELETE", ["blueprints", _, "relationships", _]) => {
            Err(not_emulated(context.request))
        }
        _ => Err(not_allowed(context.request, path)),
    }
}

/// The operations of a collection and of one of its objects; `None` for a resource that has no such path.
fn allowed(path: &[&str]) -> Option<&'static str> {
    Some(match path {
        ["mdmServers"] => "GET_COLLECTION, CREATE",
        ["mdmServers", _] => "GET_INSTANCE, UPDATE, DELETE",
        // No list is documented (official by absence).
        ["orgDeviceActivities"] | ["orgDeviceActivities", _] => "CREATE, GET_INSTANCE",
        ["blueprints" | "configurations"] | ["blueprints" | "configurations", _] => {
            "GET_COLLECTION, GET_INSTANCE, CREATE, UPDATE, DELETE"
        }
        // One object of these is not documented, only the details of a device.
        ["auditEvents" | "mdmDevices"] => "GET_COLLECTION",
        ["orgDevices" | "users" | "userGroups" | "organizationalUnits" | "apps" | "packages"]
        | [
            "orgDevices" | "users" | "userGroups" | "organizationalUnits" | "apps" | "packages",
            _,
        ] => "GET_COLLECTION, GET_INSTANCE",
        _ => return None,
    })
}

/// An operation that Apple does not have on a resource is 403; on a path that nobody documents, the emulator's own 501.
fn not_allowed(request: &Request, path: &[&str]) -> Answer {
    let (Some(allowed), Some(resource)) = (allowed(path), path.first()) else {
        return not_emulated(request);
    };
    let operation = match (request.method.as_str(), path.len()) {
        ("GET", 1) => "GET_COLLECTION",
        ("GET", _) => "GET_INSTANCE",
        ("POST", _) => "CREATE",
        ("PATCH", _) => "UPDATE",
        ("DELETE", _) => "DELETE",
        _ => return not_emulated(request),
    };
    refused("resource", resource, operation, allowed)
}

/// 403 with both halves of Apple's text: what was asked for, and what there is (observed for a resource, inferred for a
/// relationship).
fn refused(what: &str, name: &str, operation: &str, allowed: &str) -> Answer {
    forbidden(format!(
        "The {what} '{name}' does not allow '{operation}'. Allowed operations are: {allowed}"
    ))
}

/// 501: the emulator has no such thing, whatever Apple would say.
fn not_emulated(request: &Request) -> Answer {
    super::not_emulated(&request.method, &request.path)
}
