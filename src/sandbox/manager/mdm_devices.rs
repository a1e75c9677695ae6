//! `mdmDevices`: devices enrolled in Apple's built-in device management, read only. Apple Business only (official).

use serde_json::json;

use super::devices::{imei, mac_addresses};
use super::{Context, listed, missing, resource, sparse};
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{Device, DeviceFamily, Permission, ServerType};

/// What `fields[mdmDevices]` takes (official).
const FIELDS: [&str; 4] = [
    "deviceName",
    "enrolledUserId",
    "productFamily",
    "serialNumber",
];

/// What `fields[mdmDeviceDetails]` takes (official).
const DETAILS: [&str; 18] = [
    "bluetoothMacAddress",
    "deviceEraseStatus",
    "deviceLockStatus",
    "deviceModel",
    "deviceName",
    "ethernetMacAddress",
    "imei",
    "isFileVaultEnabled",
    "isFirewallEnabled",
    "lastCheckInDateTime",
    "lostModeStatus",
    "meid",
    "osVersion",
    "platform",
    "serialNumber",
    "storageFreeCapacity",
    "storageTotalCapacity",
    "wifiMacAddress",
];

/// How many devices are enrolled that no service has.
const UNASSIGNED: usize = 4;

/// The devices of the built-in service, and a few that no service has: their users enrolled them.
pub(super) fn enrolled<'a>(context: &'a Context<'_>) -> Vec<&'a Device> {
    let organization = &context.organization;
    let built_in = organization
        .servers
        .iter()
        .find(|server| server.server_type == ServerType::AppleMdm)
        .map(|server| server.id.as_str());
    let assigned = built_in
        .into_iter()
        .flat_map(|id| organization.devices.of_server(id));
    let unassigned = organization.devices.iter().filter(|device| {
        use DeviceFamily::{Ipad, Iphone, Mac};
        device.server_id.is_none() && matches!(device.family, Iphone | Ipad | Mac)
    });
    assigned.chain(unassigned.take(UNASSIGNED)).collect()
}

/// The id of a device here: not its serial number (inferred).
fn id(device: &Device) -> String {
    derive::uuid(&format!("{} enrolled", device.serial_number))
}

fn name(device: &Device) -> String {
    format!("{} {}", device.model().name, &device.serial_number[6..])
}

/// `GET /v1/mdmDevices`.
pub(super) fn list(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewBuiltIn)?;
    let wanted = context.fields("mdmDevices", &FIELDS)?;
    let users = &context.organization.users;
    listed(context, &enrolled(context), |device| {
        let number = usize::try_from(derive::number(&device.serial_number)).unwrap_or_default();
        let user = number.checked_rem(users.len()).map(|at| &users[at].id);
        let attributes = json!({
            "deviceName": name(device),
            "enrolledUserId": user,
            "productFamily": device.family,
            "serialNumber": device.serial_number,
        });
        let attributes = sparse(attributes, wanted.as_deref());
        let mut object = resource(context, "mdmDevices", &id(device), &attributes);
        let details = context.link(&format!("/v1/mdmDevices/{}/details", id(device)));
        object["relationships"] = json!({"details": {"links": {"related": details}}});
        object
    })
}

/// `GET /v1/mdmDevices/{id}/details`.
pub(super) fn details(context: &Context<'_>, wanted_id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewBuiltIn)?;
    let wanted = context.fields("mdmDeviceDetails", &DETAILS)?;
    let enrolled = enrolled(context);
    let device = enrolled
        .into_iter()
        .find(|device| id(device) == wanted_id)
        .ok_or_else(|| missing("mdmDevices", wanted_id))?;
    let mac = device.family == DeviceFamily::Mac;
    let addresses = mac_addresses(device.number());
    // The values beside the enumerations, such as the platform and the unit of storage, are inferred. So is that each member
    // is there: a client requires them.
    let attributes = json!({
        "bluetoothMacAddress": addresses.bluetooth,
        "deviceEraseStatus": "NOT_ERASED",
        "deviceLockStatus": "UNLOCKED",
        "deviceModel": device.model().name,
        "deviceName": name(device),
        "ethernetMacAddress": if mac { addresses.ethernet } else { String::new() },
        "imei": Vec::from_iter(imei(device, device.number())),
        "isFileVaultEnabled": mac,
        "isFirewallEnabled": mac,
        "lastCheckInDateTime": millis(device.updated_at),
        "lostModeStatus": "DISABLED",
        "meid": [],
        "osVersion": "26.1",
        "platform": match device.family {
            DeviceFamily::Mac => "macOS",
            DeviceFamily::Ipad => "iPadOS",
            _ => "iOS",
        },
        "serialNumber": device.serial_number,
        "storageFreeCapacity": 96_000_000_000_u64,
        "storageTotalCapacity": 256_000_000_000_u64,
        "wifiMacAddress": addresses.wifi,
    });
    let own = format!("/v1/mdmDevices/{wanted_id}/details");
    Ok(context.one(
        200,
        &json!({
            "type": "mdmDeviceDetails",
            "id": wanted_id,
            "attributes": sparse(attributes, wanted.as_deref()),
            "links": {"self": context.link(&own)},
        }),
    ))
}
