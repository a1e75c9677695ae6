//! What became of `orgDeviceActivities`: their effects on devices, and the file of results.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::json;

use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::organization::{Activity, AuditEvent, Device, Migration, Organization};

/// Where the files of results are.
pub(super) const DOWNLOADS: &str = "/downloads/";

/// How long the address of a file of results is good here, in seconds: not documented.
const DOWNLOAD_SECONDS: i64 = 3600;

/// The address of a file of results: presigned, with the file's name in `response-content-disposition` (observed). The
/// other parameters are made up.
pub(super) fn presigned(
    organization: &Organization,
    activity: &Activity,
    now: Timestamp,
) -> String {
    let expires = now.as_second() + DOWNLOAD_SECONDS;
    let disposition = format!("attachment;filename=\"{}.csv\"", activity.id);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response-content-disposition", &disposition)
        .append_pair("Expires", &expires.to_string())
        .append_pair("Signature", &signature(organization, &activity.id, expires))
        .finish();
    format!("{DOWNLOADS}{}.csv?{query}", activity.id)
}

fn signature(organization: &Organization, id: &str, expires: i64) -> String {
    derive::hex(
        &format!(
            "{} download {id} {expires}",
            organization.api_account.public_key
        ),
        64,
    )
}

/// Does what is due, and says whether anything was.
pub(in crate::sandbox) fn settle(organization: &mut Organization, now: Timestamp) -> bool {
    let due: Vec<usize> = (0..organization.activities.len())
        .filter(|index| {
            let activity = &organization.activities[*index];
            activity.results.is_none() && activity.due_at <= now
        })
        .collect();
    for index in &due {
        let activity = organization.activities[*index].clone();
        let results = carry_out(organization, &activity);
        organization.activities[*index].results = Some(results);
    }
    !due.is_empty()
}

/// Does an activity, and says what became of each device.
fn carry_out(organization: &mut Organization, activity: &Activity) -> Vec<(String, String)> {
    let mut results: BTreeMap<String, &str> = activity
        .devices
        .iter()
        .map(|serial| (serial.clone(), "DEVICE_NOT_FOUND"))
        .collect();
    let server = activity
        .server_id
        .as_ref()
        .and_then(|id| organization.servers.iter().find(|server| server.id == *id))
        .map(|server| server.name.clone());
    let (mut logged, mut released) = (Vec::new(), Vec::new());
    organization.devices.retain_mut(|device| {
        let Some(result) = results.get_mut(&device.serial_number) else {
            return true;
        };
        *result = change(device, activity);
        if *result != "SUCCESS" {
            return true;
        }
        device.updated_at = activity.due_at;
        logged.extend(event(device, activity, server.as_deref()));
        let leaves = activity.activity_type == "RELEASE_DEVICES";
        if leaves {
            released.push(Device {
                released_at: Some(activity.due_at),
                ..device.clone()
            });
        }
        !leaves
    });
    organization.released.append(&mut released);
    organization.audit_events.append(&mut logged);
    results
        .into_iter()
        .map(|(serial, result)| (serial, result.to_owned()))
        .collect()
}

/// Changes one device, and says how it went. `ALREADY_ASSIGNED` was observed, the other words are inferred.
fn change(device: &mut Device, activity: &Activity) -> &'static str {
    let on_it = device.server_id == activity.server_id;
    match (activity.activity_type.as_str(), activity.deadline) {
        // Assigning again to the same server is an error (observed).
        ("ASSIGN_DEVICES" | "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE", _) if on_it => {
            return "ALREADY_ASSIGNED";
        }
        ("UNASSIGN_DEVICES", _) if !on_it => return "NOT_ASSIGNED",
        ("ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE", Some(deadline)) => {
            device.migration = Some(Migration {
                status: "REQUESTED".to_owned(),
                deadline,
            });
            device.server_id.clone_from(&activity.server_id);
            device.profile = None;
        }
        ("UPDATE_MDM_MIGRATION_DEADLINE", Some(deadline)) => match &mut device.migration {
            Some(migration) => migration.deadline = deadline,
            None => return "NO_MIGRATION",
        },
        ("CANCEL_MDM_MIGRATION", _) => {
            if device.migration.take().is_none() {
                return "NO_MIGRATION";
            }
        }
        ("ASSIGN_DEVICES", _) => {
            device.server_id.clone_from(&activity.server_id);
            device.migration = None;
            device.profile = None;
        }
        // Unassigned or released: no server, and nothing of one.
        _ => {
            device.server_id = None;
            device.migration = None;
            device.profile = None;
        }
    }
    "SUCCESS"
}

/// What the audit log has of an activity (official types and members); of a migration's deadline it has none.
fn event(device: &Device, activity: &Activity, server: Option<&str>) -> Option<AuditEvent> {
    let serial = &device.serial_number;
    let (event_type, data) = match activity.activity_type.as_str() {
        "ASSIGN_DEVICES" | "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE" => (
            "DEVICE_ASSIGNED_TO_SERVER",
            json!({"serialNumber": serial, "targetServerName": server}),
        ),
        "UNASSIGN_DEVICES" => (
            "DEVICE_UNASSIGNED_FROM_SERVER",
            json!({"serialNumber": serial}),
        ),
        "RELEASE_DEVICES" => (
            "DEVICE_REMOVED_FROM_ORG",
            json!({"serialNumber": serial, "releaseEntityType": "API"}),
        ),
        _ => return None,
    };
    Some(AuditEvent::device(
        activity.due_at,
        event_type,
        serial,
        data,
    ))
}

/// The file of results: some lines before the header row (observed). It is presigned, so a token beside it is 400.
pub(in crate::sandbox) fn download(request: &Request, organization: &Organization) -> Answer {
    if request.header("authorization").is_some() {
        return Answer::text(400, "Only one way of authorization is allowed.");
    }
    let parameters = request.parameters();
    let parameter = |name: &str| {
        let found = parameters.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let id = request
        .path
        .strip_prefix(DOWNLOADS)
        .and_then(|name| name.strip_suffix(".csv"))
        .unwrap_or_default();
    let expires = parameter("Expires").parse().unwrap_or_default();
    if expires < request.now.as_second()
        || parameter("Signature") != signature(organization, id, expires)
    {
        return Answer::text(403, "AccessDenied");
    }
    let results = organization
        .activities
        .iter()
        .find(|activity| activity.id == id)
        .and_then(|activity| activity.results.as_ref());
    let Some(results) = results else {
        return Answer::text(403, "AccessDenied");
    };
    let mut text = format!(
        "Organization,{}\nDevices,{}\n\nserial_number,operation_status,operation_substatus\n",
        organization.name,
        results.len()
    );
    for (serial, substatus) in results {
        let status = match substatus.as_str() {
            "SUCCESS" => "SUCCESS",
            _ => "FAILURE",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{serial},{status},{substatus}");
    }
    Answer::empty(200)
        .header("content-type", "text/csv;charset=UTF-8")
        .header(
            "content-disposition",
            parameter("response-content-disposition"),
        )
        .body(text)
}
