//! `orgDeviceActivities`: what was asked for devices, and what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Context, body_data, conflict, invalid_parameter, not_found};
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, Request, millis};
use crate::sandbox::organization::{Activity, Organization, OrganizationKind, Permission};

/// Where the files of results are.
pub(super) const DOWNLOADS: &str = "/downloads/";

/// How long an activity takes here, in seconds of the clock.
const ACTIVITY_SECONDS: i64 = 3;

/// `POST /v1/orgDeviceActivities`: assign, unassign, release. Migration deadlines are not emulated.
pub(super) fn create(context: &mut Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ManageDevices)?;
    let data = body_data(context.request, "orgDeviceActivities")?;
    let data = Value::Object(data);
    let kind = data["attributes"]["activityType"]
        .as_str()
        .unwrap_or_default();
    let business = context.organization.kind == OrganizationKind::Business;
    let needs_server = match kind {
        "ASSIGN_DEVICES" | "UNASSIGN_DEVICES" => true,
        // Apple Business only (official).
        "RELEASE_DEVICES" if business => false,
        _ => {
            return Err(invalid_parameter(format!(
                "The activity type '{kind}' is not known here."
            )));
        }
    };
    let server_id = data["relationships"]["mdmServer"]["data"]["id"].as_str();
    if needs_server {
        let known = server_id.is_some_and(|id| {
            let servers = &context.organization.servers;
            servers.iter().any(|server| server.id == id)
        });
        if !known {
            return Err(conflict("'mdmServer' is not a server."));
        }
    }
    let serials: Vec<String> = data["relationships"]["devices"]["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|device| device["id"].as_str().map(str::to_owned))
        .collect();
    if serials.is_empty() {
        return Err(conflict("'devices' is empty."));
    }
    // An unknown serial number is 409 (official); that some were accepted (observed) is not emulated.
    let wanted: BTreeSet<&str> = serials.iter().map(String::as_str).collect();
    let devices = &context.organization.devices;
    let known = devices
        .iter()
        .filter(|device| wanted.contains(device.serial_number.as_str()))
        .count();
    if known != wanted.len() {
        return Err(conflict("'devices' names a device that does not exist."));
    }
    let now = context.now();
    let activity = Activity {
        id: derive::uuid(&format!(
            "activity {now} {}",
            context.organization.activities.len()
        )),
        activity_type: kind.to_owned(),
        server_id: server_id.map(str::to_owned),
        devices: serials,
        created_at: now,
        due_at: now
            .saturating_add(SignedDuration::from_secs(ACTIVITY_SECONDS))
            .unwrap_or(now),
        results: None,
    };
    let shown = object(context, &activity);
    context.organization.activities.push(activity);
    Ok(context.one(201, &shown).changing())
}

/// `GET /v1/orgDeviceActivities/{id}`.
pub(super) fn one(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewDevices)?;
    let activity = context
        .organization
        .activities
        .iter()
        .find(|activity| activity.id == id)
        .ok_or_else(|| not_found(format!("There is no activity '{id}'.")))?;
    Ok(context.one(200, &object(context, activity)))
}

fn object(context: &Context<'_>, activity: &Activity) -> Value {
    let mut attributes = json!({
        "status": "IN_PROGRESS",
        "subStatus": "SUBMITTED",
        "createdDateTime": millis(activity.created_at),
    });
    if let Some(results) = &activity.results {
        let failed = results
            .iter()
            .filter(|(_, substatus)| substatus != "SUCCESS")
            .count();
        // COMPLETED alone is not success (observed).
        attributes["status"] = json!("COMPLETED");
        attributes["subStatus"] = json!(match failed {
            0 => "COMPLETED_WITH_SUCCESS",
            some if some < results.len() => "COMPLETED_WITH_FAILURE",
            _ => "COMPLETED_WITH_ERROR",
        });
        attributes["completedDateTime"] = json!(millis(activity.due_at));
        attributes["downloadUrl"] = json!(context.link(&format!("{DOWNLOADS}{}.csv", activity.id)));
    }
    json!({
        "type": "orgDeviceActivities",
        "id": activity.id,
        "attributes": attributes,
        "links": {"self": context.link(&format!("/v1/orgDeviceActivities/{}", activity.id))},
    })
}

/// Does what is due, and says whether anything was.
pub(super) fn settle(organization: &mut Organization, now: Timestamp) -> bool {
    let mut settled = false;
    for activity in &mut organization.activities {
        if activity.results.is_some() || activity.due_at > now {
            continue;
        }
        settled = true;
        let mut results: BTreeMap<String, &str> = activity
            .devices
            .iter()
            .map(|serial| (serial.clone(), "DEVICE_NOT_FOUND"))
            .collect();
        organization.devices.retain_mut(|device| {
            let Some(result) = results.get_mut(&device.serial_number) else {
                return true;
            };
            *result = "SUCCESS";
            let on_it = device.server_id == activity.server_id;
            match activity.activity_type.as_str() {
                "RELEASE_DEVICES" => return false,
                // Assigning again to the same server is an error (observed).
                "ASSIGN_DEVICES" if on_it => *result = "ALREADY_ASSIGNED",
                "ASSIGN_DEVICES" => device.server_id.clone_from(&activity.server_id),
                _ if on_it => device.server_id = None,
                _ => *result = "NOT_ASSIGNED",
            }
            device.updated_at = activity.due_at;
            true
        });
        activity.results = Some(
            results
                .into_iter()
                .map(|(serial, result)| (serial, result.to_owned()))
                .collect(),
        );
    }
    settled
}

/// The file of results: some lines before the header row (observed). It is presigned, so a token beside it is 400.
pub(super) fn download(request: &Request, organization: &Organization) -> Answer {
    if request.header("authorization").is_some() {
        return Answer::text(400, "Only one way of authorization is allowed.");
    }
    let results = request
        .path
        .strip_prefix(DOWNLOADS)
        .and_then(|name| name.strip_suffix(".csv"))
        .and_then(|id| {
            organization
                .activities
                .iter()
                .find(|activity| activity.id == id)
        })
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
    Answer::text(200, text).header("content-disposition", "attachment")
}
