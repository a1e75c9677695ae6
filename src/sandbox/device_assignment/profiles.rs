//! Enrollment profiles: defined by a device management service, and assigned to its devices.

use serde_json::{Map, Value, json};

use super::{Refused, object, refuse, refuse_method, serials};
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::organization::{DeviceProfile, EnrollmentProfile, Organization};

/// Whether `path` is one of these.
pub(super) fn is_endpoint(path: &str) -> bool {
    matches!(path, "/profile" | "/profile/devices")
}

/// Answers for the profiles of `server_id`.
pub(super) fn answer(
    request: &Request,
    organization: &mut Organization,
    server_id: &str,
) -> Result<Answer, Refused> {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/profile") => fetch(request, organization, server_id),
        ("POST", "/profile") => define(request, organization, server_id),
        // PUT in older clients and Apple's simulator; both work (observed).
        ("POST" | "PUT", "/profile/devices") => assign(request, organization, server_id),
        ("DELETE", "/profile/devices") => remove(request, organization, server_id),
        _ => refuse_method(),
    }
}

fn find<'a>(
    organization: &'a Organization,
    server_id: &str,
    uuid: &str,
) -> Result<&'a EnrollmentProfile, Refused> {
    let mut profiles = organization.device_profiles.iter();
    match profiles.find(|profile| profile.uuid == uuid && profile.server_id == server_id) {
        Some(profile) => Ok(profile),
        None => refuse(404, "NOT_FOUND", "The service has no such profile."),
    }
}

/// `GET /profile?profile_uuid=…` (official; the code for one without the parameter is inferred).
fn fetch(
    request: &Request,
    organization: &Organization,
    server_id: &str,
) -> Result<Answer, Refused> {
    let parameters = request.parameters();
    let uuid = parameters.iter().find(|(name, _)| name == "profile_uuid");
    let Some((_, uuid)) = uuid else {
        return refuse(400, "PROFILE_UUID_REQUIRED", "There is no profile_uuid.");
    };
    let profile = find(organization, server_id, uuid)?;
    Ok(Answer::json(200, &Value::Object(profile.content.clone())))
}

/// `POST /profile`: a profile with a name and a URL, and the devices that it is for (official).
fn define(
    request: &Request,
    organization: &mut Organization,
    server_id: &str,
) -> Result<Answer, Refused> {
    let mut content = object(request)?;
    for (member, code) in [
        ("profile_name", "CONFIG_NAME_REQUIRED"),
        ("url", "CONFIG_URL_REQUIRED"),
    ] {
        if content.get(member).and_then(Value::as_str).is_none() {
            return refuse(400, code, format!("There is no {member}."));
        }
    }
    let devices = match content.remove("devices") {
        Some(devices) => {
            serials(&Map::from_iter([("devices".to_owned(), devices)])).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let number = organization.device_profiles.len();
    let uuid = derive::server_id(&format!("{server_id} profile {} {number}", request.now));
    organization.device_profiles.push(EnrollmentProfile {
        uuid: uuid.clone(),
        server_id: server_id.to_owned(),
        content,
    });
    let results = give(request, organization, server_id, Some(&uuid), devices);
    let document = json!({"profile_uuid": uuid, "devices": results});
    Ok(Answer::json(200, &document).changing())
}

/// `POST /profile/devices` (official).
fn assign(
    request: &Request,
    organization: &mut Organization,
    server_id: &str,
) -> Result<Answer, Refused> {
    let body = object(request)?;
    let Some(uuid) = body.get("profile_uuid").and_then(Value::as_str) else {
        return refuse(400, "PROFILE_UUID_REQUIRED", "There is no profile_uuid.");
    };
    let devices = serials(&body)?;
    find(organization, server_id, uuid)?;
    let results = give(request, organization, server_id, Some(uuid), devices);
    let document = json!({"profile_uuid": uuid, "devices": results});
    Ok(Answer::json(200, &document).changing())
}

/// `DELETE /profile/devices`, with a body (official).
fn remove(
    request: &Request,
    organization: &mut Organization,
    server_id: &str,
) -> Result<Answer, Refused> {
    let devices = serials(&object(request)?)?;
    let results = give(request, organization, server_id, None, devices);
    Ok(Answer::json(200, &json!({"devices": results})).changing())
}

/// Gives the devices of the service a profile, or takes it away, which leaves them with none (inferred; Apple also has the
/// status `removed`), and says for each how it went.
fn give(
    request: &Request,
    organization: &mut Organization,
    server_id: &str,
    uuid: Option<&str>,
    serials: Vec<String>,
) -> Map<String, Value> {
    serials
        .into_iter()
        .map(|serial| {
            let known = organization.devices.find(&serial);
            if known.and_then(|device| device.server_id.as_deref()) != Some(server_id) {
                return (serial, json!("NOT_ACCESSIBLE"));
            }
            organization.devices.change(&serial, |device| {
                device.profile = uuid.map(|uuid| DeviceProfile {
                    uuid: uuid.to_owned(),
                    assigned_at: request.now,
                    pushed_at: None,
                });
            });
            (serial, json!("SUCCESS"))
        })
        .collect()
}
