//! `orgDevices`: devices.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::write::{Members, quoted};
use super::{Context, listed, missing, not_found, page, servers, sparse};
use crate::sandbox::behaviour::Unassigned;
use crate::sandbox::derive::{self, Generator};
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{Device, DeviceFamily, Permission, model_of};

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

/// One of `words`, as `number` has it.
fn one_of(number: u64, words: &[&'static str]) -> &'static str {
    let length = u64::try_from(words.len()).unwrap_or(1);
    let index = usize::try_from(number % length).unwrap_or(0);
    words[index]
}

/// The hardware addresses of a device, from its [`Device::number`], without separators (inferred).
pub(super) struct MacAddresses {
    pub wifi: String,
    pub bluetooth: String,
    pub ethernet: String,
}

pub(super) fn mac_addresses(number: u64) -> MacAddresses {
    let mut generator = Generator::of(number);
    let mut next = || format!("{:012X}", generator.next() >> 16);
    MacAddresses {
        wifi: next(),
        bluetooth: next(),
        ethernet: next(),
    }
}

/// The mobile equipment's number of a device that has a radio, from its [`Device::number`].
pub(super) fn imei(device: &Device, number: u64) -> Option<String> {
    has_radio(device).then(|| format!("35{:013}", number % 10_000_000_000_000))
}

fn has_radio(device: &Device) -> bool {
    matches!(device.family, DeviceFamily::Iphone | DeviceFamily::Watch)
}

/// Writes the object of one device; what the organization does not keep is derived from the serial number.
///
/// What a device does not have is left out (observed by one author), so one that was added by hand has no order. Lists are
/// always there (inferred: a client requires them). `alone` is for the answer to a question for this device.
fn write(text: &mut String, origin: &str, device: &Device, wanted: Option<&[String]>, alone: bool) {
    let mut own = String::with_capacity(100);
    for part in [origin, "/v1/orgDevices/", &device.serial_number] {
        own.push_str(part);
    }
    text.push_str(r#"{"type":"orgDevices","id":"#);
    quoted(text, &device.serial_number);
    text.push_str(r#","attributes":"#);
    write_attributes(text, device, wanted, alone);
    let mut link = |before: &str, after: &str| {
        text.push_str(before);
        let length = own.len();
        own.push_str(after);
        quoted(text, &own);
        own.truncate(length);
    };
    link(
        r#","relationships":{"assignedServer":{"links":{"self":"#,
        "/relationships/assignedServer",
    );
    link(r#","related":"#, "/assignedServer");
    link(
        r#"}},"appleCareCoverage":{"links":{"related":"#,
        "/appleCareCoverage",
    );
    link(r#"}}},"links":{"self":"#, "");
    text.push_str("}}");
}

fn write_attributes(text: &mut String, device: &Device, wanted: Option<&[String]>, alone: bool) {
    use DeviceFamily::{AppleTv, Mac};
    let number = device.number();
    let model = model_of(device.family, number);
    let addresses = mac_addresses(number);
    let mut members = Members::new(text, wanted);
    members.text("serialNumber", &device.serial_number);
    members.time("addedToOrgDateTime", device.added_at);
    members.time("updatedDateTime", device.updated_at);
    members.text("deviceModel", model.name);
    members.text("productFamily", device.family.as_str());
    members.text("productType", model.product_type);
    members.text("deviceCapacity", model.capacity);
    members.text("partNumber", &format!("M{:04X}LL/A", number % 0x1_0000));
    members.text("color", one_of(number, &["SILVER", "BLACK", "BLUE"]));
    let assigned = device.server_id.is_some();
    members.text("status", if assigned { "ASSIGNED" } else { "UNASSIGNED" });
    let order = device.order.as_ref();
    let source = order.map_or("MANUALLY_ADDED", |order| order.source_type());
    members.text("purchaseSourceType", source);
    members.text("wifiMacAddress", &addresses.wifi);
    members.text("bluetoothMacAddress", &addresses.bluetooth);
    members.list("imei", imei(device, number).as_deref());
    let meid = has_radio(device).then(|| format!("35{:012}", number % 1_000_000_000_000));
    members.list("meid", meid.as_deref());
    let wired = matches!(device.family, Mac | AppleTv).then_some(addresses.ethernet.as_str());
    members.list("ethernetMacAddress", wired);
    let migrates = if model.migrates { "true" } else { "false" };
    members.raw("isMdmMigrationCapable", migrates);
    if let Some(order) = order {
        members.text("orderNumber", &order.number);
        members.time("orderDateTime", order.at);
        members.text("purchaseSourceId", &order.source_id);
    }
    if has_radio(device) {
        members.text("eid", &format!("89049{number:027}"));
    }
    if let Some(migration) = &device.migration {
        members.text("mdmMigrationStatus", &migration.status);
        members.time("mdmMigrationDeadlineDateTime", migration.deadline);
    }
    // Only a question for one device says whether it was released, with null if not (official).
    match device.released_at {
        Some(at) if alone => members.time("releasedFromOrgDateTime", at),
        None if alone => members.raw("releasedFromOrgDateTime", "null"),
        _ => {}
    }
    members.end();
}

/// A device of the organization.
fn find<'a>(context: &'a Context<'_>, serial: &str) -> Result<&'a Device, Answer> {
    let found = context.organization.devices.find(serial);
    found.ok_or_else(|| missing("orgDevices", serial))
}

/// `GET /v1/orgDevices`.
pub(super) fn list(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("orgDevices", &FIELDS)?;
    let page = page::asked(context, context.organization.devices.len())?;
    let devices = &context.organization.devices[page.start..page.end];
    let mut text = String::with_capacity(devices.len() * 1300);
    for device in devices {
        if !text.is_empty() {
            text.push(',');
        }
        let origin = &context.request.origin;
        write(&mut text, origin, device, wanted.as_deref(), false);
    }
    Ok(page::written(context, &page, &text))
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
    let origin = &context.request.origin;
    let mut text = r#"{"data":"#.to_owned();
    write(&mut text, origin, device, wanted.as_deref(), true);
    text.push_str(r#","links":{"self":"#);
    quoted(&mut text, &context.link(&context.request.path));
    text.push_str("}}");
    Ok(Answer::empty(200)
        .header("content-type", "application/json;charset=UTF-8")
        .body(text))
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

/// `GET /v1/orgDevices/{id}/activationLockStatus`: of eight devices one is locked by its service, one by its user,
/// wherever they are assigned.
pub(super) fn activation_lock(context: &Context<'_>, serial: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("activationLockStatus", &["isLocked", "lockType"])?;
    find(context, serial)?;
    let lock = match derive::number(&format!("{serial} lock")) % 8 {
        _ if context.organization.behaviour.locked.contains(serial) => "MDM",
        0 => "MDM",
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
