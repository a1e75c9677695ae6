//! Sends device changes and waits for them, until `organization::devices::change` is there.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apple::manager::activities::{ActivityType, NewActivity};
use crate::core::devices::{Ask, DeviceResult, Ended, Group};
use crate::core::printed::{Command, Hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;

pub(in crate::organization) struct Request {
    pub(in crate::organization) groups: Vec<Group>,
    pub(in crate::organization) batch: usize,
    pub(in crate::organization) again: bool,
    pub(in crate::organization) wait: bool,
    pub(in crate::organization) names: BTreeMap<String, String>,
}

pub(in crate::organization) struct Outcome {
    pub(in crate::organization) results: Vec<DeviceResult>,
    pub(in crate::organization) problem: Option<Error>,
    pub(in crate::organization) put_back: Vec<Command>,
    pub(in crate::organization) hint: Option<Hint>,
}

pub(in crate::organization) async fn apply(
    organization: &Organization,
    request: Request,
    each: &mut dyn FnMut(&DeviceResult),
) -> Result<Outcome, Error> {
    let _ = (request.again, request.wait, &request.names);
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
    Ok(Outcome {
        results,
        problem,
        put_back: Vec::new(),
        hint: None,
    })
}
