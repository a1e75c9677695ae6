//! `orgDevices`: devices.

use serde_json::{Value, json};

use super::{Context, not_found, page, servers, sparse};
use crate::sandbox::behaviour::Unassigned;
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{Device, DeviceFamily, Permission};

/// What `fields[orgDevices]` takes (official).
const FIELDS: [&str; 26] = [
    "serialNumber",
    "addedToOrgDateTime",
    "releasedFromOrgDateTime",
    "updatedDateTime",
    "deviceModel",
    "productFamily",
    "productType",
    "deviceCapacity",
    "partNumber",
    "orderNumber",
    "color",
    "status",
    "orderDateTime",
    "imei",
    "meid",
    "eid",
    "purchaseSourceId",
    "purchaseSourceType",
    "wifiMacAddress",
    "bluetoothMacAddress",
    "ethernetMacAddress",
    "isMdmMigrationCapable",
    "mdmMigrationStatus",
    "mdmMigrationDeadlineDateTime",
    "assignedServer",
    "appleCareCoverage",
];

/// Name, type and capacity of the model that a device of `family` is.
fn model(family: DeviceFamily) -> (&'static str, &'static str, &'static str) {
    match family {
        DeviceFamily::Iphone => ("iPhone 17", "iPhone18,3", "256GB"),
        DeviceFamily::Ipad => ("iPad Air 11-inch (M3)", "iPad15,3", "128GB"),
        DeviceFamily::Mac => ("MacBook Pro 14\"", "Mac16,8", "512GB"),
        DeviceFamily::AppleTv => ("Apple TV 4K", "AppleTV14,1", "64GB"),
        DeviceFamily::Watch => ("Apple Watch Series 11", "Watch7,17", "64GB"),
        DeviceFamily::Vision => ("Apple Vision Pro", "RealityDevice17,1", "256GB"),
    }
}

/// One of `words`, as `number` has it.
fn one_of(number: u64, words: &[&'static str]) -> &'static str {
    let length = u64::try_from(words.len()).unwrap_or(1);
    let index = usize::try_from(number % length).unwrap_or(0);
    words[index]
}

/// The object of one device; what the organization does not keep is derived from the serial number.
fn object(context: &Context<'_>, device: &Device, wanted: Option<&[String]>) -> Value {
    let serial = &device.serial_number;
    let (name, product_type, capacity) = model(device.family);
    let mac = |what: &str| derive::hex(&format!("{serial} {what}"), 12).to_uppercase();
    let number = derive::number(serial);
    let cellular = matches!(device.family, DeviceFamily::Iphone | DeviceFamily::Watch);
    let ethernet = matches!(device.family, DeviceFamily::Mac | DeviceFamily::AppleTv);
    let attributes = json!({
        "serialNumber": serial,
        "addedToOrgDateTime": millis(device.added_at),
        "updatedDateTime": millis(device.updated_at),
        "deviceModel": name,
        "productFamily": device.family,
        "productType": product_type,
        "deviceCapacity": capacity,
        "partNumber": format!("M{:04X}LL/A", number % 0x1_0000),
        "orderNumber": format!("W{:09}", number % 1_000_000_000 / 40),
        "color": one_of(number, &["SILVER", "BLACK", "BLUE"]),
        "status": if device.server_id.is_some() { "ASSIGNED" } else { "UNASSIGNED" },
        "orderDateTime": millis(device.added_at),
        "imei": if cellular { vec![format!("35{:013}", number % 10_000_000_000_000)] } else { vec![] },
        "meid": [],
        "eid": cellular.then(|| format!("89049{number:027}")),
        "purchaseSourceId": format!("{:07}", number % 3 * 1_234_567),
        "purchaseSourceType": one_of(number / 7, &["APPLE", "APPLE", "RESELLER", "MANUALLY_ADDED"]),
        "wifiMacAddress": mac("wifi"),
        "bluetoothMacAddress": mac("bluetooth"),
        "ethernetMacAddress": if ethernet { vec![mac("ethernet")] } else { vec![] },
        "isMdmMigrationCapable": device.family != DeviceFamily::Watch,
    });
    let own = format!("/v1/orgDevices/{serial}");
    json!({
        "type": "orgDevices",
        "id": serial,
        "attributes": sparse(attributes, wanted),
        "relationships": {
            "assignedServer": {"links": {
                "self": context.link(&format!("{own}/relationships/assignedServer")),
                "related": context.link(&format!("{own}/assignedServer")),
            }},
            "appleCareCoverage": {"links": {"related": context.link(&format!("{own}/appleCareCoverage"))}},
        },
        "links": {"self": context.link(&own)},
    })
}

fn find<'a>(context: &'a Context<'_>, serial: &str) -> Result<&'a Device, Answer> {
    context
        .organization
        .devices
        .iter()
        .find(|device| device.serial_number == serial)
        .ok_or_else(|| {
            not_found(format!(
                "There is no resource of type 'orgDevices' with id '{serial}'."
            ))
        })
}

/// `GET /v1/orgDevices`.
pub(super) fn list(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("orgDevices", &FIELDS)?;
    let page = page::asked(context, context.organization.devices.len())?;
    let data: Vec<Value> = context.organization.devices[page.start..page.end]
        .iter()
        .map(|device| object(context, device, wanted.as_deref()))
        .collect();
    Ok(page::document(context, &page, &data))
}

/// `GET /v1/orgDevices/{id}`.
pub(super) fn one(context: &Context<'_>, serial: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("orgDevices", &FIELDS)?;
    let device = find(context, serial)?;
    let mut shown = object(context, device, wanted.as_deref());
    // Only a question for one device says whether it was released (official).
    let asks = wanted.is_none_or(|wanted| wanted.iter().any(|w| w == "releasedFromOrgDateTime"));
    if asks {
        shown["attributes"]["releasedFromOrgDateTime"] = Value::Null;
    }
    Ok(context.one(200, &shown))
}

fn no_server(serial: &str) -> Answer {
    not_found(format!("The device '{serial}' has no assigned server."))
}

/// `GET /v1/orgDevices/{id}/relationships/assignedServer`.
pub(super) fn linkage(context: &Context<'_>, serial: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let device = find(context, serial)?;
    let data = match &device.server_id {
        Some(id) => json!({"type": "mdmServers", "id": id}),
        None if context.organization.behaviour.unassigned == Unassigned::NotFound => {
            return Err(no_server(serial));
        }
        None => Value::Null,
    };
    let own = format!("/v1/orgDevices/{serial}");
    Ok(Answer::json(
        200,
        &json!({"data": data, "links": {
            "self": context.link(&format!("{own}/relationships/assignedServer")),
            "related": context.link(&format!("{own}/assignedServer")),
        }}),
    ))
}

/// `GET /v1/orgDevices/{id}/assignedServer`.
pub(super) fn assigned_server(context: &Context<'_>, serial: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let device = find(context, serial)?;
    match device.server_id.clone() {
        Some(id) => servers::one(context, &id),
        None => Err(no_server(serial)),
    }
}
