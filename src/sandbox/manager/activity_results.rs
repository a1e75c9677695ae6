//! What became of `orgDeviceActivities`: their effects on devices, and the file of results.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::json;

use crate::sandbox::activity::End;
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::organization::{Activity, AuditEvent, Device, Migration, Organization, Unseen};

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

/// Does what is due and shows what is to be seen, and says whether anything was.
pub(in crate::sandbox) fn settle(organization: &mut Organization, now: Timestamp) -> bool {
    let mut due: Vec<usize> = (0..organization.activities.len())
        .filter(|index| {
            let activity = &organization.activities[*index];
            activity.results.is_none() && activity.due_at <= now
        })
        .collect();
    due.sort_by_key(|index| organization.activities[*index].due_at);
    for index in &due {
        let activity = organization.activities[*index].clone();
        let results = carry_out(organization, &activity);
        organization.activities[*index].results = Some(results);
    }
    let shown = show(organization, now);
    !due.is_empty() || shown
}

/// Makes readings show the changes whose moment has come, and says whether there were any.
fn show(organization: &mut Organization, now: Timestamp) -> bool {
    if organization
        .unseen
        .iter()
        .all(|change| change.shown_at > now)
    {
        return false;
    }
    let unseen = std::mem::take(&mut organization.unseen);
    let (seen, unseen): (Vec<_>, Vec<_>) = unseen
        .into_iter()
        .partition(|change| change.shown_at <= now);
    organization.unseen = unseen;
    let mut released = BTreeSet::new();
    for change in seen {
        organization
            .devices
            .change(&change.serial_number, |device| {
                if device.server_id != change.server_id {
                    device.server_id = change.server_id;
                    // It was the other service's.
                    device.profile = None;
                }
                device.migration = change.migration;
                device.updated_at = change.changed_at;
                device.released_at = change.released.then_some(change.changed_at);
            });
        if change.released {
            released.insert(change.serial_number);
        }
    }
    if !released.is_empty() {
        let leaves = |device: &Device| released.contains(&device.serial_number);
        let left = organization.devices.iter().filter(|device| leaves(device));
        organization.released.extend(left.cloned());
        organization.devices.retain(|device| !leaves(device));
    }
    true
}

/// What a device is, whatever readings show.
struct State {
    server_id: Option<String>,
    migration: Option<Migration>,
    released: bool,
    /// Until when readings show something else.
    unseen_until: Option<Timestamp>,
}

/// The state of a device, with what was done to it lately; `None` for one that the organization never had.
fn state(
    organization: &Organization,
    lately: &HashMap<&str, &Unseen>,
    serial: &str,
) -> Option<State> {
    let device = organization.devices.find(serial)?;
    Some(match lately.get(serial) {
        Some(change) => State {
            server_id: change.server_id.clone(),
            migration: change.migration.clone(),
            released: change.released,
            unseen_until: Some(change.shown_at),
        },
        None => State {
            server_id: device.server_id.clone(),
            migration: device.migration.clone(),
            released: false,
            unseen_until: None,
        },
    })
}

/// Does an activity, and says what became of each device.
fn carry_out(organization: &mut Organization, activity: &Activity) -> Vec<(String, String)> {
    let serials: BTreeSet<&String> = activity.devices.iter().collect();
    let server = activity
        .server_id
        .as_ref()
        .map(|id| organization.servers.iter().find(|server| server.id == *id));
    let gone = server.is_some_and(|server| server.is_none());
    let name = server.flatten().map(|server| server.name.clone());
    let reached = match activity.end {
        End::Completed | End::PostProcessingFailed => serials.len(),
        End::Stopped => serials.len() / 2,
        End::Failed => 0,
    };
    let lately: HashMap<&str, &Unseen> = organization
        .unseen
        .iter()
        .map(|change| (change.serial_number.as_str(), change))
        .collect();
    let (mut results, mut changes, mut logged) = (Vec::new(), Vec::new(), Vec::new());
    for (n, serial) in serials.into_iter().enumerate() {
        let state = state(organization, &lately, serial).filter(|state| !state.released);
        let device = organization.devices.find(serial);
        // DEVICE_NOT_FOUND and ALREADY_ASSIGNED were observed, the other words are inferred.
        let result = match (state, device) {
            _ if n >= reached => "NOT_PROCESSED",
            _ if gone => "SERVER_NOT_FOUND",
            (Some(mut state), Some(device)) => {
                let result = if organization.behaviour.activities.fails(serial) {
                    "UNEXPECTED_ERROR"
                } else {
                    change(&mut state, activity, device.model().migrates)
                };
                if result == "SUCCESS" {
                    logged.extend(event(device, activity, name.as_deref()));
                    let shown_at = activity.shown_at.unwrap_or(activity.due_at);
                    changes.push(Unseen {
                        // What was done before is shown before.
                        shown_at: state.unseen_until.map_or(shown_at, |at| at.max(shown_at)),
                        changed_at: activity.due_at,
                        serial_number: serial.clone(),
                        server_id: state.server_id,
                        migration: state.migration,
                        released: state.released,
                    });
                }
                result
            }
            _ => "DEVICE_NOT_FOUND",
        };
        results.push((serial.clone(), result.to_owned()));
    }
    organization.unseen.append(&mut changes);
    organization.audit_events.append(&mut logged);
    results
}

/// Changes the state of one device, and says how it went.
fn change(state: &mut State, activity: &Activity, migrates: bool) -> &'static str {
    let on_it = state.server_id == activity.server_id;
    match (activity.activity_type.as_str(), activity.deadline) {
        // Assigning again to the same server is an error (observed).
        ("ASSIGN_DEVICES" | "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE", _) if on_it => {
            return "ALREADY_ASSIGNED";
        }
        ("UNASSIGN_DEVICES", _) if !on_it => return "NOT_ASSIGNED",
        ("ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE", _) if !migrates => {
            return "NOT_MIGRATION_CAPABLE";
        }
        ("ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE", Some(deadline)) => {
            let before = std::mem::replace(&mut state.server_id, activity.server_id.clone());
            // One that was to leave already is still where it was (inferred).
            let pending = state.migration.take().filter(Migration::is_pending);
            state.migration = Some(Migration {
                status: "REQUESTED".to_owned(),
                deadline,
                from: pending.map_or(before, |migration| migration.from),
            });
        }
        ("UPDATE_MDM_MIGRATION_DEADLINE", Some(deadline)) => match &mut state.migration {
            Some(migration) if migration.is_pending() => migration.deadline = deadline,
            _ => return "NO_MIGRATION",
        },
        // The device is on the service again that it was on before (inferred).
        ("CANCEL_MDM_MIGRATION", _) => match state.migration.take() {
            Some(migration) if migration.is_pending() => state.server_id = migration.from,
            _ => return "NO_MIGRATION",
        },
        ("ASSIGN_DEVICES", _) => {
            state.server_id.clone_from(&activity.server_id);
            state.migration = None;
        }
        // Unassigned or released: no server, and nothing of one.
        (kind, _) => {
            state.server_id = None;
            state.migration = None;
            state.released = kind == "RELEASE_DEVICES";
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
