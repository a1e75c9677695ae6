//! What became of a device of a change, as a member of another document: with the members that `devices assign` has.

use serde::Serialize;

use crate::core::devices::DeviceResult;

/// What became of one device.
#[derive(Debug, Serialize)]
pub(crate) struct DeviceEnded {
    serial_number: String,
    from: Option<Side>,
    from_known: bool,
    to: Option<Side>,
    result: &'static str,
    reason: Option<String>,
    deadline: Option<String>,
    activity_id: Option<String>,
}

/// A server that a device is on before or afterwards.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl DeviceEnded {
    /// A device of which it was read where it was. The names of servers are those of `name`.
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
            from_known: true,
            to: side(&result.to),
            result: result.ended.word(),
            reason: result.reason.clone(),
            deadline: None,
            activity_id: result.activity_id.clone(),
        }
    }
}
