//! `orgDeviceActivities`: what was asked for devices, and what became of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::activity_results::presigned;
use super::{Context, body_data, conflict, invalid_parameter, not_found, sparse};
use crate::sandbox::activity::End;
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{Activity, OrganizationKind, Permission, ServerStatus};

/// How far ahead a migration deadline can be: 90 days (official).
const MOST_AHEAD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What an activity of a type needs beside devices (official).
struct Needs {
    server: bool,
    deadline: bool,
}

/// What `kind` needs; `None` for a type that this organization's service does not have.
fn needs(kind: &str, organization: OrganizationKind) -> Option<Needs> {
    let (server, deadline) = match kind {
        "ASSIGN_DEVICES" | "UNASSIGN_DEVICES" => (true, false),
        "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE" => (true, true),
        "UPDATE_MDM_MIGRATION_DEADLINE" => (false, true),
        "CANCEL_MDM_MIGRATION" => (false, false),
        // Apple Business only (official).
        "RELEASE_DEVICES" if organization == OrganizationKind::Business => (false, false),
        _ => return None,
    };
    Some(Needs { server, deadline })
}

/// The deadline of an activity: 409 for one that is missing or out of range (official).
///
/// A past one forces a migration that is under way (official); that one can't begin with it is inferred. That a deadline
/// which an activity does not take is 409 is inferred too.
fn deadline(
    kind: &str,
    needed: bool,
    attributes: &Value,
    now: Timestamp,
) -> Result<Option<Timestamp>, Answer> {
    let given = &attributes["activityTypeMetadata"]["mdmMigrationDeadlineDateTime"];
    if !needed {
        return if given.is_null() {
            Ok(None)
        } else {
            Err(conflict(format!("'{kind}' takes no migration deadline.")))
        };
    }
    let deadline: Option<Timestamp> = given.as_str().and_then(|text| text.parse().ok());
    let Some(deadline) = deadline else {
        return Err(conflict(format!(
            "'{kind}' needs 'mdmMigrationDeadlineDateTime', a date and time."
        )));
    };
    let ahead = deadline.duration_since(now);
    let early = ahead.is_negative() && kind != "UPDATE_MDM_MIGRATION_DEADLINE";
    if early || ahead > MOST_AHEAD {
        return Err(conflict(
            "'mdmMigrationDeadlineDateTime' is not within the next 90 days.",
        ));
    }
    Ok(Some(deadline))
}

/// The server of an activity: 409 for a bad one (official); that one which is to be omitted is refused is inferred.
fn server(context: &Context<'_>, needed: bool, data: &Value) -> Result<Option<String>, Answer> {
    let given = &data["relationships"]["mdmServer"]["data"];
    if !needed {
        return if given.is_null() {
            Ok(None)
        } else {
            Err(conflict("This activity type takes no 'mdmServer'."))
        };
    }
    let id = given["id"].as_str();
    let mut servers = context.organization.servers.iter();
    servers
        .find(|server| {
            id == Some(server.id.as_str()) && server.status != Some(ServerStatus::Deleted)
        })
        .map(|server| Some(server.id.clone()))
        .ok_or_else(|| conflict("'mdmServer' is not a server."))
}

fn after(time: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    time.saturating_add(wait).unwrap_or(time)
}

/// `POST /v1/orgDeviceActivities`.
pub(super) fn create(context: &mut Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ManageDevices)?;
    let data = Value::Object(body_data(context.request, "orgDeviceActivities")?);
    let attributes = &data["attributes"];
    let kind = attributes["activityType"].as_str().unwrap_or_default();
    let Some(needs) = needs(kind, context.organization.kind) else {
        return Err(invalid_parameter(format!(
            "'{kind}' is not an activity type."
        )));
    };
    let server_id = server(context, needs.server, &data)?;
    let deadline = deadline(kind, needs.deadline, attributes, context.now())?;
    let serials: Vec<String> = data["relationships"]["devices"]["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|device| device["id"].as_str().map(str::to_owned))
        .collect();
    if serials.is_empty() {
        return Err(conflict("'devices' is empty."));
    }
    // An unknown serial number is 409 (official), or a row of the log (observed).
    let organization = &mut *context.organization;
    let known = |serial: &String| organization.devices.find(serial).is_some();
    if organization.behaviour.activities.refuse_unknown && !serials.iter().all(known) {
        return Err(conflict("'devices' names a device that does not exist."));
    }
    let how = &mut organization.behaviour.activities;
    let (end, time, late) = (how.next_end(), how.time, how.late);
    let now = context.request.now;
    let due_at = after(now, time);
    let activity = Activity {
        id: derive::uuid(&format!(
            "activity {now} {}",
            context.organization.activities.len()
        )),
        activity_type: kind.to_owned(),
        server_id,
        deadline,
        devices: serials,
        created_at: now,
        due_at,
        shown_at: (!late.is_zero()).then(|| after(due_at, late)),
        end,
        results: None,
    };
    let shown = object(context, &activity, None);
    context.organization.activities.push(activity);
    Ok(context.one(201, &shown).changing())
}

/// What `fields[orgDeviceActivities]` takes (official).
const FIELDS: [&str; 5] = [
    "status",
    "subStatus",
    "createdDateTime",
    "completedDateTime",
    "downloadUrl",
];

/// `GET /v1/orgDeviceActivities/{id}`.
pub(super) fn one(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let wanted = context.fields("orgDeviceActivities", &FIELDS)?;
    let activity = context
        .organization
        .activities
        .iter()
        .find(|activity| activity.id == id)
        .ok_or_else(|| not_found(format!("There is no activity '{id}'.")))?;
    Ok(context.one(200, &object(context, activity, wanted.as_deref())))
}

fn object(context: &Context<'_>, activity: &Activity, wanted: Option<&[String]>) -> Value {
    let begun = context.now() > activity.created_at;
    let mut attributes = json!({
        "status": "IN_PROGRESS",
        "subStatus": if begun { "PROCESSING" } else { "SUBMITTED" },
        "createdDateTime": millis(activity.created_at),
    });
    if let Some(results) = &activity.results {
        let failed = results
            .iter()
            .filter(|(_, substatus)| substatus != "SUCCESS")
            .count();
        let (status, substatus) = match (activity.end, failed) {
            // The second words of these two are inferred: of Apple's words nothing else fits.
            (End::Stopped, _) => ("STOPPED", "STOPPING"),
            (End::Failed, _) => ("FAILED", "PROCESSING"),
            // COMPLETED alone is not success (observed).
            (End::PostProcessingFailed, _) => ("COMPLETED", "COMPLETED_POST_PROCESSING_FAILED"),
            (End::Completed, 0) => ("COMPLETED", "COMPLETED_WITH_SUCCESS"),
            (End::Completed, some) if some < results.len() => {
                ("COMPLETED", "COMPLETED_WITH_FAILURE")
            }
            (End::Completed, _) => ("COMPLETED", "COMPLETED_WITH_ERROR"),
        };
        attributes["status"] = json!(status);
        attributes["subStatus"] = json!(substatus);
        // Only a completed one has these (official).
        if status == "COMPLETED" {
            attributes["completedDateTime"] = json!(millis(activity.due_at));
            let path = presigned(context.organization, activity, context.now());
            attributes["downloadUrl"] = json!(context.link(&path));
        }
    }
    json!({
        "type": "orgDeviceActivities",
        "id": activity.id,
        "attributes": sparse(attributes, wanted),
        "links": {"self": context.link(&format!("/v1/orgDeviceActivities/{}", activity.id))},
    })
}
