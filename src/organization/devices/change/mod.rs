//! Stand-in.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::core::devices::{DeviceResult, Group};
use crate::core::printed::Command;
use crate::error::Error;
use crate::organization::Organization;

pub struct Request {
    pub groups: Vec<Group>,
    pub batch: usize,
    pub again: bool,
    pub wait: bool,
}

pub struct Outcome {
    pub id: Option<String>,
    pub results: Vec<DeviceResult>,
    pub changed: bool,
    pub problem: Option<Error>,
    pub put_back: Option<Command>,
}

pub async fn apply(
    organization: &Organization,
    request: Request,
    each: &mut dyn FnMut(&DeviceResult),
) -> Result<Outcome, Error> {
    let _ = organization;
    let mut results = Vec::new();
    for group in request.groups {
        for device in group.devices {
            let result = DeviceResult {
                serial_number: device.serial_number,
                from: device.from,
                to: group.ask.to().map(str::to_owned),
                ended: group.ask.done(),
                reason: None,
                activity_id: None,
            };
            each(&result);
            results.push(result);
        }
    }
    Ok(Outcome {
        id: None,
        results,
        changed: true,
        problem: None,
        put_back: None,
    })
}

pub fn recently_sent(organization: &Organization) -> Result<HashMap<String, Timestamp>, Error> {
    let _ = organization;
    Ok(HashMap::new())
}
