//! A change of devices in the journal, by numbers.

use serde::Serialize;

use crate::organization::devices::change::trail::DevicesChanged;
use crate::output::minute;

/// The kind of a change whose deadline is the only thing that it changes.
const UPDATE_DEADLINE: &str = "update_deadline";

/// Devices for which the same was asked.
#[derive(Debug, Serialize)]
pub(super) struct DevicesRow {
    kind: &'static str,
    devices: usize,
    /// The servers that they were on, and how many; without those of which it isn't known.
    from: Vec<Count>,
    to: Option<String>,
    deadline: Option<String>,
    /// How many have each result.
    results: Vec<Count>,
}

/// How many devices are of one kind; `None` for no server.
#[derive(Debug, Serialize)]
struct Count {
    name: Option<String>,
    devices: usize,
}

impl From<&DevicesChanged> for DevicesRow {
    fn from(changed: &DevicesChanged) -> Self {
        let from = changed.from.iter().map(|(name, devices)| Count {
            name: name.clone(),
            devices: *devices,
        });
        let results = changed.results.iter().map(|(word, devices)| Count {
            name: Some((*word).to_owned()),
            devices: *devices,
        });
        Self {
            kind: changed.kind,
            devices: changed.count,
            from: from.collect(),
            to: changed.to.clone(),
            deadline: changed.deadline.map(|it| it.to_string()),
            results: results.collect(),
        }
    }
}

impl DevicesRow {
    /// It in words, such as `assign 4 devices from Intune to Jamf Pro; 3 assigned, 1 failed`.
    pub(super) fn words(&self) -> String {
        let plural = if self.devices == 1 { "" } else { "s" };
        let devices = format!("{} device{plural}", self.devices);
        let is_moved = matches!(self.kind, "assign" | "unassign" | "migrate");
        let mut words = match self.kind {
            UPDATE_DEADLINE => format!("move the deadline of {devices}"),
            "cancel_migration" => format!("cancel the migration of {devices}"),
            kind => format!("{kind} {devices}"),
        };
        let named = |counts: &[Count]| {
            let counts = counts.iter().map(|it| {
                let name = it.name.as_deref().unwrap_or("no server");
                format!("{} {name}", it.devices)
            });
            counts.collect::<Vec<_>>().join(", ")
        };
        match &self.from[..] {
            [] => {}
            [only] if only.devices == self.devices => {
                let name = only.name.as_deref().unwrap_or("no server");
                let from = if is_moved { "from" } else { "on" };
                words += &format!(" {from} {name}");
            }
            several if !is_moved => words += &format!(" ({})", named(several)),
            several => words += &format!(" (from: {})", named(several)),
        }
        if let Some(to) = &self.to {
            words += &format!(" to {to}");
        }
        if let Some(deadline) = &self.deadline {
            let before = if self.kind == UPDATE_DEADLINE {
                "to"
            } else {
                "by"
            };
            words += &format!(" {before} {} UTC", minute(Some(deadline)));
        }
        if !self.results.is_empty() {
            words += &format!("; {}", named(&self.results).replace('_', " "));
        }
        words
    }
}
