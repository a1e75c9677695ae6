//! What the audit log has of one device. Only Apple Business has the log (official).

use std::collections::HashSet;

use jiff::Timestamp;
use reqwest::Method;

use crate::apple::error::Failure;
use crate::apple::lenient::Member;
use crate::apple::manager::audit_events::{Attributes, AuditEvent, EVENTS};
use crate::apple::page::OddItem;
use crate::apple::retry::Repeat;
use crate::config::OrganizationKind;
use crate::core::audit_log::WindowLength;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::domains::since::whole_seconds;
use crate::text::prose_date;

/// An event of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceEvent {
    /// When it happened; `None` if Apple doesn't say.
    pub at: Option<Timestamp>,
    /// Apple's word in lower case, without the beginning `DEVICE_`: `assigned_to_server`.
    pub event: String,
    /// The server that it was assigned to.
    pub server_name: Option<String>,
    /// Who did it.
    pub by: Option<String>,
    /// `success`, `failure`, or what Apple adds; `None` if Apple doesn't say.
    pub outcome: Option<String>,
}

/// How reading the log ended.
#[derive(Debug, Default)]
pub struct History {
    /// How many events were passed on.
    pub events: usize,
    /// Apple's log goes back no further than this, although that was asked for.
    pub begins: Option<Timestamp>,
    /// What couldn't be read.
    pub problem: Option<Error>,
}

impl Organization {
    /// Reads the events of a device since a time, the latest first, in windows of weeks: years at once hang (observed). `each` is
    /// given them as they become known, and answers whether anybody wants more. Exit 5 for School Manager.
    pub async fn device_history(
        &self,
        serial: &str,
        since: Timestamp,
        mut each: impl FnMut(DeviceEvent) -> bool,
    ) -> Result<History, Error> {
        let kind = self.settings().required_credentials()?.kind;
        if kind == OrganizationKind::School {
            return Err(Error::new(
                Kind::Refused,
                "Apple School Manager's API has no audit log.",
            )
            .hint("Sign in to Apple School Manager, and look the device up under Devices."));
        }
        let manager = self.manager()?;
        let request = manager.api().request_name(&Method::GET, &EVENTS);
        let mut history = History::default();
        let mut pace = WindowLength::default();
        let mut end = self.clock().now();
        let mut seen = HashSet::new();
        let mut odd = Vec::new();
        while end > since {
            self.progress(&format!("Audit log back to {}", prose_date(end)));
            let start = end.saturating_sub(pace.length()).unwrap_or(since);
            let start = whole_seconds(start).max(since);
            let length = end.duration_since(start);
            let failure = match window(manager, serial, start, end, Repeat::IfNotActedOn).await {
                Ok(read) => {
                    pace = pace.after(read.slowest);
                    odd.extend(read.odd);
                    if !pass(read.events, &mut seen, &mut history, &mut each) {
                        break;
                    }
                    end = start;
                    continue;
                }
                Err(failure) => failure,
            };
            // Apple doesn't say how far back its log goes; a 400 is taken for that (inferred), once the shortest window gets it.
            let is_refused = failure.status_of(&request) == Some(400);
            let shorter = match failure.broke_off() || is_refused {
                true if failure.broke_off() => pace.slower(length),
                true => pace.shorter(length),
                false => None,
            };
            if let Some(shorter) = shorter {
                pace = shorter;
                continue;
            }
            if is_refused && end < self.clock().now() {
                history.begins = Some(end);
                break;
            }
            match window(manager, serial, start, end, Repeat::Always).await {
                Ok(read) => {
                    odd.extend(read.odd);
                    if !pass(read.events, &mut seen, &mut history, &mut each) {
                        break;
                    }
                    end = start;
                }
                Err(failure) => {
                    self.progress("");
                    let error = Error::from(failure);
                    if seen.is_empty() && end >= self.clock().now() {
                        return Err(error);
                    }
                    let message = format!(
                        "abmctl couldn't read the audit log before {}: {}",
                        prose_date(end),
                        error.message
                    );
                    history.problem = Some(error.saying(message).of_kind(Kind::Partial));
                    return Ok(history);
                }
            }
        }
        self.progress("");
        if let Some(first) = odd.first() {
            history.problem = Some(Error::new(
                Kind::Partial,
                format!("{} events aren't shown. {first}", odd.len()),
            ));
        }
        Ok(history)
    }
}

/// Passes on what was not seen before: the ends of windows count for both.
fn pass(
    mut events: Vec<(Option<String>, DeviceEvent)>,
    seen: &mut HashSet<String>,
    history: &mut History,
    each: &mut impl FnMut(DeviceEvent) -> bool,
) -> bool {
    events.sort_by_key(|(_, event)| std::cmp::Reverse(event.at));
    for (id, event) in events {
        if id.is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        history.events += 1;
        if !each(event) {
            return false;
        }
    }
    true
}

struct Window {
    events: Vec<(Option<String>, DeviceEvent)>,
    odd: Vec<OddItem>,
    slowest: std::time::Duration,
}

async fn window(
    manager: &crate::apple::manager::Manager,
    serial: &str,
    start: Timestamp,
    end: Timestamp,
    repeat: Repeat,
) -> Result<Window, Failure> {
    let mut pages = manager
        .audit_events_of(serial, start, end)?
        .repeating(repeat);
    let (mut events, mut odd) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next::<AuditEvent>().await? {
        odd.extend(page.odd);
        let read = page
            .understood
            .into_iter()
            .map(|it| (it.id, event(it.attributes.unwrap_or_default())));
        events.extend(read);
    }
    Ok(Window {
        events,
        odd,
        slowest: pages.slowest(),
    })
}

fn event(attributes: Attributes) -> DeviceEvent {
    let text = |member: Member| match member {
        Member::Text(text) => Some(text),
        Member::Absent | Member::Odd => None,
    };
    let word = text(attributes.r#type).unwrap_or_default().to_lowercase();
    let actor = attributes.actor_type.map(|it| match &it[..] {
        "API_USER" => "an API account".to_owned(),
        "SYSTEM" => "Apple".to_owned(),
        other => other.to_lowercase(),
    });
    DeviceEvent {
        at: text(attributes.event_date_time).and_then(|it| it.parse().ok()),
        event: word.strip_prefix("device_").unwrap_or(&word).to_owned(),
        server_name: attributes
            .event_data_device_assigned_to_server
            .target_server_name,
        by: attributes.actor_name.or(actor),
        outcome: text(attributes.outcome).map(|it| it.to_lowercase()),
    }
}
