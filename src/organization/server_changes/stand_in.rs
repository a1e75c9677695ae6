//! Sends device changes and waits for them, until `organization::devices::change` is there.

use std::time::Duration;

use crate::apple::manager::activities::{ActivityType, NewActivity};
use crate::core::devices::{Ask, DeviceResult, Ended, Group};
use crate::error::{Error, Kind};
use crate::organization::Organization;

pub(super) struct Request {
    pub(super) groups: Vec<Group>,
    pub(super) batch: usize,
    pub(super) again: bool,
    pub(super) wait: bool,
}

pub(super) struct Outcome {
    pub(super) results: Vec<DeviceResult>,
    pub(super) problem: Option<Error>,
}

pub(super) async fn apply(
    organization: &Organization,
    request: Request,
    each: &mut dyn FnMut(&DeviceResult),
) -> Result<Outcome, Error> {
    let _ = (request.again, request.wait);
    let manager = organization.manager()?;
    let mut results = Vec::new();
    let mut problem = None;
    for group in &request.groups {
        let Ask::Assign { server } = &group.ask else {
            continue;
        };
        for batch in group.devices.chunks(request.batch) {
            let serials: Vec<String> = batch.iter().map(|it| it.serial_number.clone()).collect();
            let new = NewActivity {
                activity_type: ActivityType::Assign,
                server_id: Some(server),
                deadline: None,
                serial_numbers: &serials,
            };
            let mut ended = Ended::Failed;
            match manager.create_activity(new).await {
                Ok(activity) => {
                    let id = activity.id.clone().unwrap_or_default();
                    for _ in 0..50 {
                        organization.http().pause(Duration::from_secs(10)).await;
                        let read = manager.activity(&id).await?;
                        if read.attributes.status.as_deref() == Some("COMPLETED") {
                            ended = Ended::Assigned;
                            break;
                        }
                    }
                }
                Err(failure) => problem = Some(Error::from(failure)),
            }
            for target in batch {
                let result = DeviceResult {
                    serial_number: target.serial_number.clone(),
                    from: target.from.clone(),
                    to: Some(server.clone()),
                    ended,
                    reason: None,
                    activity_id: None,
                };
                each(&result);
                results.push(result);
            }
        }
    }
    if problem.is_none() && results.iter().any(|it| it.ended != Ended::Assigned) {
        problem = Some(Error::new(Kind::Partial, "Not all devices were moved."));
    }
    Ok(Outcome { results, problem })
}
