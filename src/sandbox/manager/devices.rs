//! `orgDevices`: devices.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Context, listed, missing, not_found, page, servers, sparse};
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
pub(super) fn model(family: DeviceFamily) -> (&'static str, &'static str, &'static str) {
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

/// A hardware address of a device, without separators (inferred).
pub(super) fn mac_address(device: &Device, what: &str) -> String {
    derive::hex(&format!("{} {what}", device.serial_number), 12).to_uppercase()
}

/// The mobile equipment's numbers of a device.
pub(super) fn imei(device: &Device) -> Vec<String> {
    let number = derive::number(&device.serial_number) % 10_000_000_000_000;
    match device.family {
        DeviceFamily::Iphone | DeviceFamily::Watch => vec![format!("35{number:013}")],
        _ => Vec::new(),
    }
}

/// The object of one device; what the organization does not keep is derived from the serial number.
///
/// What a device does not have is left out (observed by one author), so one that was added by hand has no order. Lists are
/// always there (inferred: a client requires them).
fn object(context: &Context<'_>, device: &Device, wanted: Option<&[String]>) -> Value {
    let own = format!("/v1/orgDevices/{}", device.serial_number);
    json!({
        "type": "orgDevices",
        "id": device.serial_number,
        "attributes": sparse(attributes(device), wanted),
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

fn attributes(device: &Device) -> Value {
    use DeviceFamily::{AppleTv, Ipad, Iphone, Mac, Watch};
    let serial = &device.serial_number;
    let (name, product_type, capacity) = model(device.family);
    let number = derive::number(serial);
    let mut attributes = json!({
        "serialNumber": serial,
        "addedToOrgDateTime": millis(device.added_at),
        "updatedDateTime": millis(device.updated_at),
        "deviceModel": name,
        "productFamily": device.family,
        "productType": product_type,
        "deviceCapacity": capacity,
        "partNumber": format!("M{:04X}LL/A", number % 0x1_0000),
        "color": one_of(number, &["SILVER", "BLACK", "BLUE"]),
        "status": if device.server_id.is_some() { "ASSIGNED" } else { "UNASSIGNED" },
        "purchaseSourceType": device.order.as_ref().map_or("MANUALLY_ADDED", |order| order.source_type()),
        "wifiMacAddress": mac_address(device, "wifi"),
        "bluetoothMacAddress": mac_address(device, "bluetooth"),
        "imei": imei(device),
        "meid": [],
        "ethernetMacAddress": [],
        // Which families can migrate is inferred.
        "isMdmMigrationCapable": matches!(device.family, Iphone | Ipad | Mac),
    });
    if let Some(order) = &device.order {
        attributes["orderNumber"] = json!(order.number);
        attributes["orderDateTime"] = json!(millis(order.at));
        attributes["purchaseSourceId"] = json!(order.source_id);
    }
    if matches!(device.family, Iphone | Watch) {
        attributes["meid"] = json!([format!("35{:012}", number % 1_000_000_000_000)]);
        attributes["eid"] = json!(format!("89049{number:027}"));
    }
    if matches!(device.family, Mac | AppleTv) {
        attributes["ethernetMacAddress"] = json!([mac_address(device, "ethernet")]);
    }
    if let Some(migration) = &device.migration {
        attributes["mdmMigrationStatus"] = json!(migration.status);
        attributes["mdmMigrationDeadlineDateTime"] = json!(millis(migration.deadline));
    }
    attributes
}

/// A device of the organization.
fn find<'a>(context: &'a Context<'_>, serial: &str) -> Result<&'a Device, Answer> {
    context
        .organization
        .devices
        .iter()
        .find(|device| device.serial_number == serial)
        .ok_or_else(|| missing("orgDevices", serial))
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
    // A device that was released is in no list and answers here (official).
    let mut released = context.organization.released.iter();
    let device = match find(context, serial) {
        Ok(device) => device,
        Err(refusal) => released
            .find(|device| device.serial_number == serial)
            .ok_or(refusal)?,
    };
    let mut shown = object(context, device, wanted.as_deref());
    // Only a question for one device says whether it was released, with null if not (official).
    let asks = wanted.is_none_or(|wanted| wanted.iter().any(|w| w == "releasedFromOrgDateTime"));
    if asks {
        shown["attributes"]["releasedFromOrgDateTime"] = json!(device.released_at.map(millis));
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
        None => match context.organization.behaviour.unassigned {
            Unassigned::NotFound => return Err(no_server(serial)),
            Unassigned::EmptyId => json!({"type": "mdmServers", "id": ""}),
            Unassigned::Null => Value::Null,
        },
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

/// What `fields[appleCareCoverage]` takes (official).
const COVERAGE_FIELDS: [&str; 9] = [
    "status",
    "paymentType",
    "description",
    "agreementNumber",
    "startDateTime",
    "endDateTime",
    "isRenewable",
    "isCanceled",
    "contractCancelDateTime",
];

/// Apple's word, the description, whether it renews, and how many days it lasts.
const WARRANTY: (&str, &str, bool, i64) = ("NONE", "Limited Warranty", false, 365);
const PLANS: [(&str, &str, bool, i64); 3] = [
    ("PAID_UP_FRONT", "AppleCare+", false, 3 * 365),
    ("SUBSCRIPTION", "AppleCare+", true, 2 * 365),
    (
        "ABE_SUBSCRIPTION",
        "AppleCare+ for Business Essentials",
        true,
        2 * 365,
    ),
];

/// `GET /v1/orgDevices/{id}/appleCareCoverage`: the warranty, and a plan for two devices of three. The row of a plan has an
/// agreement number; each fifth plan was canceled.
pub(super) fn coverage(context: &Context<'_>, serial: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("appleCareCoverage", &COVERAGE_FIELDS)?;
    let device = find(context, serial)?;
    let number = derive::number(&format!("{serial} coverage"));
    let plan = usize::try_from(number % 9)
        .ok()
        .and_then(|n| PLANS.get(n / 2));
    let rows: Vec<_> = [Some(&WARRANTY), plan].into_iter().flatten().collect();
    listed(context, &rows, |(payment, description, renews, days)| {
        let start = device.added_at;
        let end = later(start, *days);
        let canceled = *renews && number.is_multiple_of(5);
        let covers = !canceled && end > context.now();
        let mut attributes = json!({
            "status": if covers { "ACTIVE" } else { "INACTIVE" },
            "paymentType": payment,
            "description": description,
            "startDateTime": millis(start),
            "endDateTime": millis(end),
            "isRenewable": renews,
            "isCanceled": canceled,
        });
        if *payment != "NONE" {
            attributes["agreementNumber"] = json!(format!("{:010}", number % 10_000_000_000));
        }
        if canceled {
            attributes["contractCancelDateTime"] = json!(millis(later(start, 90)));
        }
        json!({
            "type": "appleCareCoverage",
            "id": derive::hex(&format!("{serial} {payment}"), 16).to_uppercase(),
            "attributes": sparse(attributes, wanted.as_deref()),
        })
    })
}

fn later(time: Timestamp, days: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_hours(days * 24))
        .unwrap_or(time)
}

/// `GET /v1/orgDevices/{id}/activationLockStatus`: of eight devices one is locked by its service, one by its user.
pub(super) fn activation_lock(context: &Context<'_>, serial: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("activationLockStatus", &["isLocked", "lockType"])?;
    let device = find(context, serial)?;
    let lock = match derive::number(&format!("{serial} lock")) % 8 {
        0 if device.server_id.is_some() => "MDM",
        1 => "USER",
        _ => "NONE",
    };
    let attributes = json!({"isLocked": lock != "NONE", "lockType": lock});
    Ok(context.one(
        200,
        &json!({
            "type": "activationLockStatus",
            "id": serial,
            "attributes": sparse(attributes, wanted.as_deref()),
        }),
    ))
}
