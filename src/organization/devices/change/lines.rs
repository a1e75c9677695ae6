//! The journal's lines, as far as sending depends on them: one that can't be read may say that devices were sent.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::past::{self, AGAIN_AFTER, Past, Plan};
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::state::journal::{Entry, Event, Lines};
use crate::text::prose_time;

/// An error if a line is damaged. What a line was about to say that was cut short was not done.
pub(in crate::organization) fn require_whole(
    organization: &Organization,
    lines: &Lines,
) -> Result<(), Error> {
    match lines.damaged.first() {
        Some(line) => Err(unusable(
            organization,
            &format!("Line {line}"),
            "is damaged",
        )),
        None => Ok(()),
    }
}

/// An error if this version can't read what happened to a change.
pub(super) fn require_known(organization: &Organization, past: &Past) -> Result<(), Error> {
    let newer = past.events.iter().find(|(_, event)| is_newer(event));
    newer.map_or(Ok(()), |(at, _)| Err(of_newer(organization, *at)))
}

/// An error if this version can't read the plan of a change.
pub(in crate::organization) fn require_plans(
    organization: &Organization,
    lines: &Lines,
) -> Result<(), Error> {
    let unreadable = Past::all_unreadable(&lines.entries, &organization.api_account()?);
    let first = unreadable.first();
    first.map_or(Ok(()), |past| Err(of_newer(organization, past.began)))
}

/// The devices that were sent in the last 24 hours; an error if the lines may hold back some.
pub(super) fn recently_sent(
    organization: &Organization,
    lines: &Lines,
) -> Result<HashMap<String, Timestamp>, Error> {
    require_whole(organization, lines)?;
    let account = organization.api_account()?;
    let now = organization.clock().now();
    if let Some(entry) = newer(&lines.entries, &account, now) {
        return Err(of_newer(organization, entry.at));
    }
    Ok(past::recently_sent(&lines.entries, &account, now))
}

fn is_newer(event: &Event) -> bool {
    matches!(event, Event::Other(_))
}

/// A line of the last 24 hours that belongs to a change of devices, and that this version can't read.
fn newer<'a>(entries: &'a [Entry], account: &str, now: Timestamp) -> Option<&'a Entry> {
    let own = || entries.iter().filter(|it| it.organization == account);
    let begins = own().filter(
        |it| matches!(&it.event, Event::Begun { changes, .. } if Plan::is_of_devices(changes)),
    );
    let ids: HashSet<&str> = begins.map(|it| it.id.as_str()).collect();
    own().find(|it| {
        is_newer(&it.event)
            && ids.contains(it.id.as_str())
            && now.duration_since(it.at) < AGAIN_AFTER
    })
}

fn of_newer(organization: &Organization, at: Timestamp) -> Error {
    let line = format!("A line from {}", prose_time(at));
    unusable(organization, &line, "can't be read by this version")
}

fn unusable(organization: &Organization, line: &str, why: &str) -> Error {
    let path = organization.journal().path().display().to_string();
    Error::failed(format!(
        "{line} of the journal {path} {why}. It may say which devices were sent, so abmctl sends nothing."
    ))
    .hint(hint![
        "Check the devices with ",
        Command::new("devices list"),
        ", then delete that line."
    ])
}
