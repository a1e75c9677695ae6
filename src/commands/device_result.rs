//! What became of a device of a change, as a member of another document.

use serde::Serialize;

use crate::core::devices::DeviceResult;

/// What became of one device.
#[derive(Debug, Serialize)]
pub(crate) struct DeviceEnded {
    serial_number: String,
    from: Option<Side>,
    to: Option<Side>,
    result: &'static str,
    reason: Option<String>,
    activity_id: Option<String>,
}

/// A server that a device is on before or afterwards.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl DeviceEnded {
    /// Takes the names of servers from `name`.
    pub(crate) fn new(result: &DeviceResult, name: impl Fn(&str) -> String) -> Self {
        let side = |id: &Option<String>| {
            let id = id.as_ref()?;
            Some(Side {
                id: id.clone(),
                name: name(id),
            })
        };
        Self {
            serial_number: result.serial_number.clone(),
            from: side(&result.from),
            to: side(&result.to),
            result: result.ended.word(),
            reason: result.reason.clone(),
            activity_id: result.activity_id.clone(),
        }
    }
}
