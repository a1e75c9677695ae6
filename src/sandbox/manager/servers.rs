//! `mdmServers`: device management services.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::write::quoted;
use super::{Context, body_data, conflict, forbidden, invalid_parameter, not_found, page, sparse};
use crate::sandbox::behaviour::EmptyDefaults;
use crate::sandbox::derive;
use crate::sandbox::envelope::Certificate;
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{
    OrganizationKind, Permission, ProductFamily, Server, ServerStatus, ServerType,
};

/// What `fields[mdmServers]` takes (official).
const FIELDS: [&str; 11] = [
    "serverName",
    "enableMdmDisownFlag",
    "defaultProductFamilies",
    "status",
    "serverType",
    "deviceCount",
    "lastConnectedDateTime",
    "lastConnectedIp",
    "createdDateTime",
    "updatedDateTime",
    "devices",
];

/// What a list shows where `fields` says nothing (official sample).
const LISTED: [&str; 4] = [
    "serverName",
    "serverType",
    "createdDateTime",
    "updatedDateTime",
];

/// The object of one server. `families` is false in lists that don't carry them.
fn object(
    context: &Context<'_>,
    server: &Server,
    wanted: Option<&[String]>,
    families: bool,
) -> Value {
    let mut attributes = json!({
        "serverName": server.name,
        "serverType": server.server_type,
        "status": server.status,
        "enableMdmDisownFlag": server.may_disown,
        "deviceCount": context.organization.device_count(&server.id),
        "lastConnectedDateTime": server.last_connected_at.map(millis),
        "lastConnectedIp": server.last_connected_ip,
        "createdDateTime": millis(server.created_at),
        "updatedDateTime": millis(server.updated_at),
    });
    if families {
        let empty = context.organization.behaviour.empty_defaults;
        match (server.default_families.is_empty(), empty) {
            (true, EmptyDefaults::Absent) => {}
            (true, EmptyDefaults::Null) => attributes["defaultProductFamilies"] = Value::Null,
            _ => attributes["defaultProductFamilies"] = json!(server.default_families),
        }
    }
    let own = format!("/v1/mdmServers/{}", server.id);
    json!({
        "type": "mdmServers",
        "id": server.id,
        "attributes": sparse(attributes, wanted),
        "relationships": {
            "devices": {"links": {"self": context.link(&format!("{own}/relationships/devices"))}},
        },
        "links": {"self": context.link(&own)},
    })
}

/// The server with this id that is not deleted.
fn find<'a>(context: &'a Context<'_>, id: &str) -> Result<&'a Server, Answer> {
    context
        .organization
        .servers
        .iter()
        .find(|server| server.id == id)
        .ok_or_else(|| {
            not_found(format!(
                "There is no resource of type 'mdmServers' with id '{id}'."
            ))
        })
}

/// `GET /v1/mdmServers`.
pub(super) fn list(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewServers)?;
    let wanted = context
        .fields("mdmServers", &FIELDS)?
        .unwrap_or_else(|| LISTED.map(str::to_owned).into());
    let families = context.organization.behaviour.lists_carry_defaults;
    let page = page::asked(context, context.organization.servers.len())?;
    let data: Vec<Value> = context.organization.servers[page.start..page.end]
        .iter()
        .map(|server| object(context, server, Some(&wanted), families))
        .collect();
    Ok(page::document(context, &page, &data))
}

/// `GET /v1/mdmServers/{id}`.
pub(super) fn one(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewServers)?;
    let wanted = context.fields("mdmServers", &FIELDS)?;
    let server = find(context, id)?;
    Ok(context.one(200, &object(context, server, wanted.as_deref(), true)))
}

/// `GET /v1/mdmServers/{id}/relationships/devices`.
pub(super) fn linkages(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    find(context, id)?;
    let devices = &context.organization.devices;
    let page = page::asked(context, devices.count_of(id))?;
    let mut text = String::new();
    for device in devices
        .of_server(id)
        .skip(page.start)
        .take(page.end - page.start)
    {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(r#"{"type":"orgDevices","id":"#);
        quoted(&mut text, &device.serial_number);
        text.push('}');
    }
    Ok(page::written(context, &page, &text))
}

/// What every writing operation needs: School Manager reads only, up to version 1.7 (official).
fn may_write(context: &Context<'_>, permission: Permission) -> Result<(), Answer> {
    if context.organization.kind == OrganizationKind::School {
        let operation = match context.request.method.as_str() {
            "POST" => "CREATE",
            "DELETE" => "DELETE",
            _ => "UPDATE",
        };
        return Err(forbidden(format!(
            "The resource 'mdmServers' does not allow '{operation}'. \
             Allowed operations are: GET_COLLECTION, GET_INSTANCE"
        )));
    }
    context.need(permission)
}

/// The name that a server is to have: unique, and not one of the portal's own words (guide).
fn free_name(context: &Context<'_>, name: &Value, own: Option<&str>) -> Result<String, Answer> {
    let name = name.as_str().map(str::trim).unwrap_or_default();
    if name.is_empty() {
        return Err(invalid_parameter("'serverName' is not a name."));
    }
    let taken = context.organization.servers.iter().any(|server| {
        Some(server.id.as_str()) != own
            && server.status != Some(ServerStatus::Deleted)
            && server.name.to_lowercase() == name.to_lowercase()
    });
    let reserved = ["unassigned", "reassigned"].contains(&name.to_lowercase().as_str());
    if taken || reserved {
        return Err(conflict(format!("The name '{name}' is taken.")));
    }
    Ok(name.to_owned())
}

/// A certificate: base64 of X.509 with an RSA key; one with an EC key is 400 (observed).
fn certificate(value: &Value) -> Result<Vec<u8>, Answer> {
    let member = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let data = member("data").split_whitespace().collect::<String>();
    let data = STANDARD.decode(data).unwrap_or_default();
    match Certificate::read(&data) {
        Some(certificate) if !member("name").is_empty() => Ok(certificate.der),
        _ => Err(invalid_parameter(
            "'serverCertificate' is not a certificate with an RSA key.",
        )),
    }
}

fn disown_flag(value: &Value) -> Result<bool, Answer> {
    value
        .as_bool()
        .ok_or_else(|| invalid_parameter("'enableMdmDisownFlag' is not true or false."))
}

/// `POST /v1/mdmServers` (official, Apple Business 2.1).
pub(super) fn create(context: &mut Context<'_>) -> Result<Answer, Answer> {
    may_write(context, Permission::ManageServers)?;
    let data = body_data(context.request, "mdmServers")?;
    let attributes = attributes(&data)?;
    let mut name = None;
    let mut certified = None;
    let mut may_disown = false;
    for (key, value) in attributes {
        match key.as_str() {
            "serverName" => name = Some(free_name(context, value, None)?),
            "serverCertificate" => certified = Some(certificate(value)?),
            "enableMdmDisownFlag" => may_disown = disown_flag(value)?,
            // Not an attribute of creation (official).
            _ => return Err(not_an_attribute(key)),
        }
    }
    let (Some(name), Some(certificate)) = (name, certified) else {
        return Err(Answer::error(
            409,
            "ENTITY_ERROR.ATTRIBUTE.REQUIRED",
            "The request entity is missing a required attribute",
            "'serverName' and 'serverCertificate' are required.",
        ));
    };
    let now = context.now();
    let server = Server {
        id: derive::server_id(&format!(
            "{now} {} {name}",
            context.organization.servers.len()
        )),
        name,
        server_type: ServerType::Mdm,
        status: Some(ServerStatus::Inactive),
        may_disown,
        default_families: BTreeSet::new(),
        last_connected_at: None,
        last_connected_ip: None,
        certificate: Some(STANDARD.encode(certificate)),
        created_at: now,
        updated_at: now,
    };
    let mut shown = object(context, &server, None, true);
    // The answer says false whatever was sent (observed).
    shown["attributes"]["enableMdmDisownFlag"] = json!(false);
    context.organization.servers.push(server);
    Ok(context.one(201, &shown).changing())
}

/// The attributes of a body: 400 where there are none (observed for PATCH).
fn attributes(data: &Map<String, Value>) -> Result<&Map<String, Value>, Answer> {
    match data.get("attributes").and_then(Value::as_object) {
        Some(attributes) if !attributes.is_empty() => Ok(attributes),
        _ => Err(invalid_parameter("'attributes' is empty.")),
    }
}

fn not_an_attribute(name: &str) -> Answer {
    invalid_parameter(format!("'{name}' is not an attribute that can be sent."))
}

/// `PATCH /v1/mdmServers/{id}` (official, Apple Business 2.1): the members that are sent change, the rest stay.
///
/// Everything is checked before anything changes.
pub(super) fn update(context: &mut Context<'_>, id: &str) -> Result<Answer, Answer> {
    if context.organization.kind == OrganizationKind::School {
        may_write(context, Permission::ManageServers)?;
    }
    let mut server = find(context, id)?.clone();
    let mut certified = None;
    if server.status == Some(ServerStatus::Deleted) {
        return Err(not_found(format!("The server '{id}' is deleted.")));
    }
    let data = body_data(context.request, "mdmServers")?;
    if data.get("id").and_then(Value::as_str) != Some(id) {
        return Err(conflict("The id of 'data' is not the one in the path."));
    }
    for (key, value) in attributes(&data)? {
        let permission = if key == "defaultProductFamilies" {
            Permission::ManageDefaults
        } else {
            Permission::ManageServers
        };
        may_write(context, permission)?;
        match key.as_str() {
            "serverName" => server.name = free_name(context, value, Some(id))?,
            "serverCertificate" => certified = Some(certificate(value)?),
            "enableMdmDisownFlag" => server.may_disown = disown_flag(value)?,
            "defaultProductFamilies" => {
                server.default_families = families(context, &server, value)?;
            }
            _ => return Err(not_an_attribute(key)),
        }
    }
    server.updated_at = context.now();
    let shown = object(context, &server, None, true);
    if let Some(place) = context
        .organization
        .servers
        .iter_mut()
        .find(|known| known.id == server.id)
    {
        *place = server;
    }
    if let Some(certificate) = certified {
        context.organization.certify(id, &certificate);
    }
    Ok(context.one(200, &shown).changing())
}

/// The families that a server is to be the default for; they replace those that it has (inferred and observed).
fn families(
    context: &Context<'_>,
    server: &Server,
    value: &Value,
) -> Result<BTreeSet<ProductFamily>, Answer> {
    let list = match value {
        // A null is not taken for an empty list, it breaks something (observed).
        Value::Null => {
            return Err(Answer::error(
                500,
                "UNEXPECTED_ERROR",
                "An unexpected error occurred.",
                "An unexpected error occurred on the server side.",
            ));
        }
        Value::Array(list) => list,
        _ => return Err(invalid_parameter("'defaultProductFamilies' is not a list.")),
    };
    // Nothing can't be cleared (observed).
    if list.is_empty() && server.default_families.is_empty() {
        return Err(invalid_parameter(
            "The server is not the default for any product family.",
        ));
    }
    let mut families = BTreeSet::new();
    for word in list {
        let family = word
            .as_str()
            .and_then(ProductFamily::named)
            .ok_or_else(|| invalid_parameter(format!("{word} is not a product family.")))?;
        // Apple does not move a family from another server (observed; code and text were not seen).
        let holder = context.organization.holder(family);
        if let Some(holder) = holder.filter(|holder| holder.id != server.id) {
            return Err(conflict(format!(
                "The product family '{}' is the default of '{}'.",
                family.as_str(),
                holder.name
            )));
        }
        families.insert(family);
    }
    Ok(families)
}

/// `DELETE /v1/mdmServers/{id}`: not while it has devices or is a default (official, and observed as 409).
pub(super) fn delete(context: &mut Context<'_>, id: &str) -> Result<Answer, Answer> {
    may_write(context, Permission::ManageServers)?;
    let server = find(context, id)?;
    if server.status == Some(ServerStatus::Deleted) {
        return Err(not_found(format!("The server '{id}' is deleted.")));
    }
    // Apple's own services can't be deleted in the portal either (inferred).
    if server.server_type != ServerType::Mdm {
        return Err(forbidden("The server is Apple's own."));
    }
    let mut unseen = context.organization.unseen.iter();
    let gets_devices = unseen.any(|change| change.server_id.as_deref() == Some(id));
    let reason = if server.default_families.is_empty() {
        let has_devices = gets_devices || context.organization.device_count(id) > 0;
        has_devices.then_some("It has devices.")
    } else {
        Some("It is the default for product families.")
    };
    if let Some(reason) = reason {
        return Err(Answer::error(
            409,
            "FAILED_PRECONDITION",
            "The server can't be deleted",
            reason,
        ));
    }
    let id = id.to_owned();
    context
        .organization
        .servers
        .retain(|server| server.id != id);
    // Its server token is no more either (inferred).
    context
        .organization
        .server_tokens
        .retain(|token| token.server_id != id);
    Ok(Answer::empty(204).changing())
}
