//! Migrations of devices to other servers: how many, how far, and which are overdue.

use jiff::Timestamp;

use super::Device;

/// A device whose migration was requested at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrating {
    pub serial_number: String,
    pub model: Option<String>,
    /// Apple's word in lower case: `requested`, `started`, `success`, `failed`, or what Apple adds.
    pub status: String,
    /// By when it is to be enrolled in its new server.
    pub deadline: Option<Timestamp>,
}

/// Migrations to one server with one status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<S> {
    pub server: S,
    pub status: String,
    pub devices: usize,
    /// The first deadline that is still to come.
    pub next_deadline: Option<Timestamp>,
    /// The earliest deadline first.
    pub overdue: Vec<Migrating>,
}

impl Migrating {
    /// The migration of a device; `None` if there was none.
    pub fn of(device: &Device) -> Option<Self> {
        let status = device.migration_status()?.to_lowercase();
        if status.is_empty() || status == "none" {
            return None;
        }
        Some(Self {
            serial_number: device.serial_number.clone(),
            model: device.text("model").map(str::to_owned),
            status,
            deadline: device.migration_deadline(),
        })
    }

    /// Whether it should be over and is not. One that failed is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_under_way() && self.deadline.is_some_and(|deadline| deadline < now)
    }

    fn is_under_way(&self) -> bool {
        matches!(&self.status[..], "requested" | "started")
    }
}

/// Where a status stands among the others.
fn rank(status: &str) -> usize {
    let order = ["requested", "started", "failed", "success"];
    let place = order.iter().position(|it| *it == status);
    place.unwrap_or(order.len())
}

/// Counts migrations by server and status: in the order of the servers, then by how far they are.
pub fn groups<S: Ord + Clone>(
    migrating: impl IntoIterator<Item = (Migrating, S)>,
    now: Timestamp,
) -> Vec<Group<S>> {
    let mut groups: Vec<Group<S>> = Vec::new();
    for (device, server) in migrating {
        let known = groups
            .iter()
            .position(|it| it.server == server && it.status == device.status);
        let place = known.unwrap_or_else(|| {
            groups.push(Group {
                server,
                status: device.status.clone(),
                devices: 0,
                next_deadline: None,
                overdue: Vec::new(),
            });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.devices += 1;
        if device.is_overdue(now) {
            group.overdue.push(device);
        } else if let Some(deadline) = device.deadline.filter(|_| device.is_under_way()) {
            let next = group.next_deadline;
            group.next_deadline = Some(next.map_or(deadline, |next| next.min(deadline)));
        }
    }
    for group in &mut groups {
        group.overdue.sort_by_key(|it| it.deadline);
    }
    groups.sort_by(|a, b| {
        let key = |it: &Group<S>| (it.server.clone(), rank(&it.status), it.status.clone());
        key(a).cmp(&key(b))
    });
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn migrating(serial: &str, status: &str, deadline: &str) -> Option<Migrating> {
        let Value::Object(attributes) = json!({
            "mdmMigrationStatus": status, "mdmMigrationDeadlineDateTime": deadline, "deviceModel": "Mac",
        }) else {
            unreachable!()
        };
        Migrating::of(&Device::new(serial.to_owned(), attributes))
    }

    #[test]
    fn migrations_are_counted_and_the_overdue_ones_named() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let all = [
            ("A1", "SUCCESS", "2026-11-01T00:00:00Z", "jamf"),
            ("A2", "REQUESTED", "2026-11-21T00:00:00Z", "jamf"),
            ("A3", "REQUESTED", "2026-11-20T00:00:00Z", "jamf"),
            ("A4", "REQUESTED", "2026-12-24T00:00:00Z", "jamf"),
            ("A5", "REQUESTED", "2026-12-01T00:00:00Z", "jamf"),
            ("A6", "STARTED", "2026-11-22T09:59:59Z", "intune"),
            ("A7", "FAILED", "2026-11-01T00:00:00Z", "intune"),
            ("A8", "PAUSED", "soon", "intune"),
        ];
        let migrating = all.map(|(serial, status, deadline, server)| {
            (migrating(serial, status, deadline).unwrap(), server)
        });
        let found = groups(migrating, now);
        let said: Vec<String> = found
            .iter()
            .map(|it| {
                let overdue: Vec<&str> =
                    it.overdue.iter().map(|it| &it.serial_number[..]).collect();
                let next = it.next_deadline.map_or("-".to_owned(), |it| it.to_string());
                format!(
                    "{} {} {} {next} {}",
                    it.server,
                    it.status,
                    it.devices,
                    overdue.join(",")
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                "intune started 1 - A6",
                "intune failed 1 - ",
                "intune paused 1 - ",
                "jamf requested 4 2026-12-01T00:00:00Z A3,A2",
                "jamf success 1 - ",
            ]
        );
    }

    #[test]
    fn a_device_that_never_migrated_is_none() {
        assert_eq!(migrating("A1", "", ""), None);
        assert_eq!(migrating("A1", "NONE", ""), None);
        let bare = Device::new("A1".to_owned(), serde_json::Map::new());
        assert_eq!(Migrating::of(&bare), None);
        // Without a deadline nothing is overdue.
        let device = migrating("A1", "STARTED", "").unwrap();
        assert!(!device.is_overdue(Timestamp::MAX));
    }
}
