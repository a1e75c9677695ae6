//! A change as a row, and as a document of its own.

use jiff::Timestamp;
use serde::Serialize;

use super::devices::DevicesRow;
use crate::context::Context;
use crate::core::platform::Family;
use crate::organization::defaults::Named;
use crate::organization::journal::{Change, What};
use crate::output::{Column, Row, Shown as _, column, minute, more};
use crate::state::journal::Event;

/// A change in a list.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    id: String,
    at: String,
    profile: String,
    command: String,
    note: Option<String>,
    changes: Vec<Changed>,
    ended: &'static str,
    put_back: Option<String>,
    /// What stands below it in a table.
    #[serde(skip)]
    below: Vec<String>,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", "ID", |it| it.id.shown()),
        column("at", "AT (UTC)", |it| minute(Some(&it.at))),
        column("profile", "PROFILE", |it| it.profile.shown()),
        column("command", "COMMAND", |it| it.command.shown()),
        more("note", |it| it.note.shown()),
        more("changes", |it| words(&it.changes)),
        column("ended", "ENDED", |it| it.ended.replace('_', " ")),
        more("put_back", |it| it.put_back.shown()),
    ];
    const EMPTY: &'static str = "The journal has no changes yet.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| it.below.clone());
}

/// One change with all that is kept of it.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    id: String,
    at: String,
    profile: String,
    command: String,
    note: Option<String>,
    changes: Vec<Changed>,
    ended: &'static str,
    put_back: Option<String>,
    organization: String,
    how: Option<String>,
    next: Option<String>,
    events: Vec<Happened>,
}

impl Row for Shown {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", "ID", |it| it.id.shown()),
        column("at", "AT (UTC)", |it| it.at.shown()),
        column("profile", "PROFILE", |it| it.profile.shown()),
        column("command", "COMMAND", |it| it.command.shown()),
        column("note", "NOTE", |it| it.note.shown()),
        column("changes", "CHANGES", |it| words(&it.changes)),
        column("ended", "ENDED", |it| it.ended.replace('_', " ")),
        column("put_back", "PUT BACK WITH", |it| it.put_back.shown()),
        column("organization", "ORGANIZATION", |it| it.organization.shown()),
        column("how", "HOW", |it| it.how.shown()),
        column("next", "NEXT", |it| it.next.shown()),
        column("events", "EVENTS", |it| {
            let events: Vec<String> = it.events.iter().map(Happened::words).collect();
            events.join("; ")
        }),
    ];
}

/// One thing that was changed.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Changed {
    Platform {
        platform: String,
        from: Option<Side>,
        from_known: bool,
        to: Option<Side>,
    },
    Url {
        token: String,
        server_id: Option<String>,
        server_name: Option<String>,
        from: Option<String>,
        to: Option<String>,
    },
    Devices(DevicesRow),
    Other {
        what: String,
        from: Option<String>,
        to: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
}

/// A server that is a default before or afterwards.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl From<&Named> for Side {
    fn from(server: &Named) -> Self {
        Self {
            id: server.id.clone(),
            name: server.name.clone(),
        }
    }
}

impl From<&What> for Changed {
    fn from(what: &What) -> Self {
        match what {
            What::Platform(change) => Self::Platform {
                platform: change.family.word().to_owned(),
                from: change.from.as_ref().map(Side::from),
                from_known: change.from_known,
                to: change.to.as_ref().map(Side::from),
            },
            What::Url(change) => Self::Url {
                token: change.token.clone(),
                server_id: change.server_id.clone(),
                server_name: change.server_name.clone(),
                from: change.from.clone(),
                to: change.to.clone(),
            },
            What::Devices(devices) => Self::Devices(devices.into()),
            What::Other {
                what,
                from,
                to,
                status,
            } => Self::Other {
                what: what.clone(),
                from: from.clone(),
                to: to.clone(),
                status: *status,
            },
        }
    }
}

impl Changed {
    /// It in words: what changed, from what, to what.
    fn words(&self) -> String {
        let (what, from, to) = match self {
            Self::Platform {
                platform,
                from,
                from_known,
                to,
            } => {
                let name = |side: &Option<Side>| side.as_ref().map(|side| side.name.clone());
                let from = match from {
                    None if !from_known => Some("not known".to_owned()),
                    from => name(from),
                };
                (platform.clone(), from, name(to))
            }
            Self::Url {
                token,
                server_name,
                from,
                to,
                ..
            } => {
                let called = server_name.as_ref().unwrap_or(token);
                (format!("ADDE URL of {called}"), from.clone(), to.clone())
            }
            Self::Devices(devices) => return devices.words(),
            Self::Other {
                what,
                from: None,
                to: None,
                status,
            } => {
                return match status {
                    Some(status) => format!("{what}: Apple answered {status}"),
                    None => what.clone(),
                };
            }
            Self::Other { what, from, to, .. } => (what.clone(), from.clone(), to.clone()),
        };
        let none = || "none".to_owned();
        format!(
            "{what}: from {} to {}",
            from.unwrap_or_else(none),
            to.unwrap_or_else(none)
        )
    }
}

fn words(changes: &[Changed]) -> String {
    let words: Vec<String> = changes.iter().map(Changed::words).collect();
    words.join("; ")
}

/// A line of the journal.
#[derive(Debug, Serialize)]
struct Happened {
    at: String,
    event: &'static str,
    server_id: Option<String>,
    server_name: Option<String>,
    /// The list that was sent, or that Apple answered.
    platforms: Option<Vec<String>>,
    until: Option<String>,
    /// How many devices a request or a result was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_id: Option<String>,
}

impl Happened {
    fn new(at: Timestamp, event: &Event, change: &Change) -> Self {
        let words = |families: &[Family]| -> Vec<String> {
            families.iter().map(|it| it.word().to_owned()).collect()
        };
        let (word, server, platforms, until) = match event {
            Event::Begun { .. } => ("begun", None, None, None),
            Event::Sent {
                server,
                list,
                until,
                ..
            } => ("sent", Some(server), Some(words(list)), Some(*until)),
            Event::Answered {
                server,
                list: Some(list),
                ..
            } => ("answered", Some(server), Some(words(list)), None),
            Event::Answered { server, .. } => ("refused", Some(server), None, None),
            Event::Released { families } => ("released", None, Some(words(families)), None),
            Event::Ended { .. } => ("ended", None, None, None),
            Event::DevicesSent { .. } => ("sent", None, None, None),
            Event::DevicesAccepted { .. } => ("accepted", None, None, None),
            Event::DevicesNotSent { .. } => ("refused", None, None, None),
            Event::DevicesEnded { .. } => ("answered", None, None, None),
            Event::Closed {} => ("closed", None, None, None),
            Event::Other(_) => ("unknown", None, None, None),
        };
        Self {
            at: time(at),
            event: word,
            server_id: server.cloned(),
            server_name: server.and_then(|id| change.server_name(id).map(str::to_owned)),
            platforms,
            until: until.map(time),
            devices: match event {
                Event::DevicesSent { serial_numbers, .. } => Some(serial_numbers.len()),
                event if event.is_mere_reading() => None,
                Event::DevicesEnded { results, .. } => {
                    Some(results.iter().map(|it| it.serial_numbers.len()).sum())
                }
                _ => None,
            },
            activity_id: match event {
                Event::DevicesAccepted { activity, .. } => activity.clone(),
                _ => None,
            },
        }
    }

    fn words(&self) -> String {
        let mut words = format!("{} {}", self.at, self.event);
        if let Some(platforms) = &self.platforms {
            let list = match &platforms[..] {
                [] => "no platform".to_owned(),
                some => some.join(", "),
            };
            words += &format!(" {list}");
        }
        if let Some(server) = self.server_name.as_ref().or(self.server_id.as_ref()) {
            let preposition = if self.event == "sent" { "to" } else { "by" };
            words += &format!(" {preposition} {server}");
        }
        if let Some(devices) = self.devices {
            words += &format!(" {devices} devices");
        }
        if let Some(id) = &self.activity_id {
            words += &format!(" as activity {id}");
        }
        words
    }
}

fn time(at: Timestamp) -> String {
    format!("{at:.0}")
}

impl Listed {
    pub(super) fn new(change: &Change, context: &Context) -> Self {
        let changes: Vec<Changed> = change.what.iter().map(Changed::from).collect();
        let mut below: Vec<String> = changes.iter().map(Changed::words).collect();
        below.extend(change.note.as_ref().map(|note| format!("Note: {note}")));
        if let Some(command) = &change.put_back {
            let with = if change.needs_variables() {
                "with the same credential variables:"
            } else {
                "with"
            };
            below.push(format!("Put back {with} `{command}`"));
        }
        below.extend(
            change
                .next(context.ui.answers())
                .map(|hint| context.written(&hint)),
        );
        Self {
            id: change.id.clone(),
            at: time(change.at),
            profile: change.profile.clone(),
            command: change.command.clone(),
            note: change.note.clone(),
            changes,
            ended: change.ended.word(),
            put_back: change.put_back.clone(),
            below,
        }
    }
}

impl Shown {
    pub(super) fn new(change: &Change, context: &Context) -> Self {
        let Listed {
            id,
            at,
            profile,
            command,
            note,
            changes,
            ended,
            put_back,
            ..
        } = Listed::new(change, context);
        let events = change.events.iter();
        Self {
            id,
            at,
            profile,
            command,
            note,
            changes,
            ended,
            put_back,
            organization: change.organization.clone(),
            how: change.how.clone(),
            next: change
                .next(context.ui.answers())
                .map(|hint| context.written(&hint)),
            events: events
                .map(|(at, event)| Happened::new(*at, event, change))
                .collect(),
        }
    }
}
