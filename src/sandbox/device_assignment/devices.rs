//! The devices of the server token's device management service: all of them, what changed, and details.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{Refused, object, refuse, refuse_method, seconds, serials};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::organization::{Device, DeviceFamily, Organization};

/// The page size if `limit` is absent, and the largest one (official).
const LIMIT: usize = 100;
const MAXIMUM: usize = 1000;

/// How old a cursor may be: seven days (official).
const CURSOR_DAYS: i64 = 7;

/// Whether `path` is one of these.
pub(super) fn is_endpoint(path: &str) -> bool {
    matches!(path, "/server/devices" | "/devices/sync" | "/devices")
}

/// Answers for the devices of `server_id`.
pub(super) fn answer(
    request: &Request,
    organization: &Organization,
    server_id: &str,
) -> Result<Answer, Refused> {
    if request.method != "POST" {
        return refuse_method();
    }
    let body = object(request)?;
    let of_server = organization.devices.of_server(server_id);
    match request.path.as_str() {
        "/server/devices" => all(request, &body, &of_server.collect::<Vec<_>>()),
        "/devices/sync" => sync(request, &body, &of_server.collect::<Vec<_>>()),
        _ => {
            let devices: Map<String, Value> = serials(&body)?
                .into_iter()
                .map(|serial| {
                    let known = organization.devices.find(&serial);
                    let known = known.filter(|d| d.server_id.as_deref() == Some(server_id));
                    let details = known.map_or_else(
                        // A device of another service is not accessible (official); so is one that nobody knows (inferred).
                        || json!({"serial_number": serial, "response_status": "NOT_ACCESSIBLE"}),
                        |device| {
                            let mut shown = shown(device);
                            shown["response_status"] = json!("SUCCESS");
                            shown
                        },
                    );
                    (serial, details)
                })
                .collect();
            Ok(Answer::json(200, &json!({"devices": devices})))
        }
    }
}

/// A cursor: where the next page begins, and when the list was read to its end. Opaque to clients.
struct Cursor {
    offset: usize,
    since: Timestamp,
    exhausted: bool,
}

impl Cursor {
    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!(
            "{}:{}:{}",
            self.offset,
            u8::from(self.exhausted),
            self.since
        ))
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.splitn(3, ':');
        Some(Self {
            offset: parts.next()?.parse().ok()?,
            exhausted: parts.next()? == "1",
            since: parts.next()?.parse().ok()?,
        })
    }
}

/// The cursor of a body, if it has one: `INVALID_CURSOR` for one that was not handed out (official).
fn cursor(body: &Map<String, Value>) -> Result<Option<Cursor>, Refused> {
    match body.get("cursor") {
        None | Some(Value::Null) => Ok(None),
        Some(cursor) => match cursor.as_str().and_then(Cursor::read) {
            Some(cursor) => Ok(Some(cursor)),
            None => refuse(
                400,
                "INVALID_CURSOR",
                "The cursor is not one that was handed out.",
            ),
        },
    }
}

fn limit(body: &Map<String, Value>) -> usize {
    let limit = body.get("limit").and_then(Value::as_u64);
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(LIMIT).clamp(1, MAXIMUM)
}

/// One page of `devices` from `start` on. The cursor of the last page is the one to sync from (official).
fn page(request: &Request, from: &Cursor, limit: usize, devices: &[Value]) -> Answer {
    let start = from.offset.min(devices.len());
    let end = devices.len().min(start.saturating_add(limit));
    let more = end < devices.len();
    let next = Cursor {
        offset: if more { end } else { 0 },
        since: if more { from.since } else { request.now },
        exhausted: !more,
    };
    Answer::json(
        200,
        &json!({
            "cursor": next.write(),
            "devices": devices[start..end],
            "fetched_until": seconds(request.now),
            "more_to_follow": more,
        }),
    )
}

/// `POST /server/devices`: a cursor whose list has ended is `EXHAUSTED_CURSOR` (official).
fn all(
    request: &Request,
    body: &Map<String, Value>,
    devices: &[&Device],
) -> Result<Answer, Refused> {
    let from = cursor(body)?.unwrap_or(Cursor {
        offset: 0,
        since: request.now,
        exhausted: false,
    });
    if from.exhausted {
        return refuse(400, "EXHAUSTED_CURSOR", "The list has ended.");
    }
    let devices: Vec<Value> = devices.iter().map(|device| shown(device)).collect();
    Ok(page(request, &from, limit(body), &devices))
}

/// `POST /devices/sync`: the devices that changed since the cursor (official). Of devices that left the service, which Apple
/// lists as `deleted`, the emulator keeps nothing.
fn sync(
    request: &Request,
    body: &Map<String, Value>,
    devices: &[&Device],
) -> Result<Answer, Refused> {
    let Some(from) = cursor(body)? else {
        return refuse(400, "CURSOR_REQUIRED", "There is no cursor.");
    };
    if request.now.duration_since(from.since) > SignedDuration::from_hours(CURSOR_DAYS * 24) {
        return refuse(
            400,
            "EXPIRED_CURSOR",
            "The cursor is older than seven days.",
        );
    }
    let changed: Vec<Value> = devices
        .iter()
        .filter(|device| device.updated_at > from.since)
        .map(|device| {
            let mut shown = shown(device);
            let added = device.added_at > from.since;
            shown["op_type"] = json!(if added { "added" } else { "modified" });
            shown["op_date"] = json!(seconds(device.updated_at));
            shown
        })
        .collect();
    Ok(page(request, &from, limit(body), &changed))
}

/// The object of one device. `profile_status` is `empty`, `assigned`, `pushed` or `removed` (official).
fn shown(device: &Device) -> Value {
    use DeviceFamily::{AppleTv, Ipad, Iphone, Mac, Vision, Watch};
    let model = device.model().name;
    let os = match device.family {
        Iphone => "iOS",
        // The system's own name from protocol version 7 on; before that it is iOS, which is not emulated.
        Ipad => "iPadOS",
        Mac => "OSX",
        AppleTv => "tvOS",
        Watch => "watchOS",
        Vision => "visionOS",
    };
    let mut shown = json!({
        "serial_number": device.serial_number,
        "model": model,
        "description": model.to_uppercase(),
        "color": "SILVER",
        "device_family": device.family,
        "os": os,
        "device_assigned_by": "admin@acme.appleid.com",
        "device_assigned_date": seconds(device.updated_at),
        "profile_status": "empty",
    });
    if let Some(profile) = &device.profile {
        shown["profile_uuid"] = json!(profile.uuid);
        shown["profile_assign_time"] = json!(seconds(profile.assigned_at));
        shown["profile_status"] = json!("assigned");
        if let Some(pushed_at) = profile.pushed_at {
            shown["profile_status"] = json!("pushed");
            shown["profile_push_time"] = json!(seconds(pushed_at));
        }
    }
    shown
}
