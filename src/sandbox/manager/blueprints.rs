//! `blueprints`: fixed rows, read only here. Apple Business only (official).

use serde_json::{Map, Value, json};

use super::catalog::{dated, id};
use super::{Context, listed, missing, not_emulated, sparse};
use crate::sandbox::exchange::Answer;
use crate::sandbox::organization::Permission;

/// What `fields[blueprints]` takes (official).
const FIELDS: [&str; 12] = [
    "name",
    "description",
    "status",
    "appLicenseDeficient",
    "createdDateTime",
    "updatedDateTime",
    "apps",
    "configurations",
    "packages",
    "orgDevices",
    "users",
    "userGroups",
];

/// The relationships of a Blueprint (official).
const RELATIONSHIPS: [&str; 6] = [
    "apps",
    "configurations",
    "packages",
    "orgDevices",
    "users",
    "userGroups",
];

/// The Blueprints: names have neither spaces nor parentheses (observed).
const NAMES: [&str; 2] = ["Design", "Field-Service"];

/// Whether a Blueprint has this relationship.
pub(super) fn has(relationship: &str) -> bool {
    RELATIONSHIPS.contains(&relationship)
}

fn object(context: &Context<'_>, name: &str, wanted: Option<&[String]>) -> Value {
    let made = dated(context);
    let own = format!("/v1/blueprints/{}", id("blueprints", name));
    let attributes = json!({
        "name": name,
        "description": format!("The devices of {name}"),
        "status": "ACTIVE",
        "appLicenseDeficient": false,
        "createdDateTime": made,
        "updatedDateTime": made,
    });
    let relationships: Map<String, Value> = RELATIONSHIPS
        .iter()
        .map(|relationship| {
            let link = context.link(&format!("{own}/relationships/{relationship}"));
            ((*relationship).to_owned(), json!({"links": {"self": link}}))
        })
        .collect();
    json!({
        "type": "blueprints",
        "id": id("blueprints", name),
        "attributes": sparse(attributes, wanted),
        "relationships": relationships,
        "links": {"self": context.link(&own)},
    })
}

fn find(blueprint: &str) -> Result<&'static str, Answer> {
    NAMES
        .into_iter()
        .find(|name| id("blueprints", name) == blueprint)
        .ok_or_else(|| missing("blueprints", blueprint))
}

/// `GET /v1/blueprints`.
pub(super) fn list(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewBuiltIn)?;
    let wanted = context.fields("blueprints", &FIELDS)?;
    listed(context, &NAMES, |name| {
        object(context, name, wanted.as_deref())
    })
}

/// `GET /v1/blueprints/{id}`.
pub(super) fn one(context: &Context<'_>, blueprint: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewBuiltIn)?;
    let wanted = context.fields("blueprints", &FIELDS)?;
    let name = find(blueprint)?;
    Ok(context.one(200, &object(context, name, wanted.as_deref())))
}

/// `GET /v1/blueprints/{id}/relationships/{relationship}`.
pub(super) fn linkages(
    context: &Context<'_>,
    blueprint: &str,
    relationship: &str,
) -> Result<Answer, Answer> {
    context.need(Permission::ViewBuiltIn)?;
    let design = find(blueprint)? == NAMES[0];
    let organization = &context.organization;
    let built_in = || super::mdm_devices::enrolled(context).into_iter();
    let ids: Vec<String> = match (relationship, design) {
        ("apps", true) => vec![id("apps", "Acme Notes"), id("apps", "Acme Draw")],
        ("apps", false) => vec![id("apps", "Acme Field Service")],
        ("configurations", true) => {
            vec![
                id("configurations", "FileVault"),
                id("configurations", "Dock"),
            ]
        }
        ("configurations", false) => vec![id("configurations", "Office Wi-Fi")],
        ("packages", true) => vec![id("packages", "Acme VPN")],
        ("orgDevices", false) => built_in()
            .map(|device| device.serial_number.clone())
            .collect(),
        ("userGroups", true) => organization
            .groups
            .iter()
            .map(|group| group.id.clone())
            .collect(),
        ("users", false) => organization
            .users
            .iter()
            .take(2)
            .map(|user| user.id.clone())
            .collect(),
        _ if has(relationship) => Vec::new(),
        _ => {
            return Err(not_emulated(&context.request.method, &context.request.path));
        }
    };
    listed(context, &ids, |id| json!({"type": relationship, "id": id}))
}
