//! Finding what is unfinished without keeping what isn't.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, BufRead, BufReader};

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Entry, Journal};
use crate::private_files;

/// As much of a line as tells whether a change of devices begins or ends.
#[derive(Deserialize)]
struct Head {
    id: String,
    organization: String,
    command: String,
    event: Tag,
}

#[derive(Deserialize)]
struct Tag {
    #[serde(default)]
    begun: Option<Begun>,
    #[serde(default)]
    ended: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Begun {
    changes: OfDevices,
}

/// Whether what changes are devices: an object with that member.
struct OfDevices(bool);

impl<'de> Deserialize<'de> for OfDevices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

/// Looks at the members without keeping them.
struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = OfDevices;

    fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("what changes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OfDevices, A::Error> {
        let mut found = false;
        while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
            found |= name == "devices";
        }
        Ok(OfDevices(found))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OfDevices, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(OfDevices(false))
    }

    fn visit_unit<E>(self) -> Result<OfDevices, E> {
        Ok(OfDevices(false))
    }
}

impl Journal {
    /// The lines of an organization's changes that didn't end, oldest first: those of devices, and those of one other `command`. Lines
    /// that can't be read are passed over.
    pub fn unfinished(&self, organization: &str, command: &str) -> io::Result<Vec<Entry>> {
        let mut open: HashSet<String> = HashSet::new();
        self.each_line(|line| {
            let Ok(head) = serde_json::from_slice::<Head>(line) else {
                return;
            };
            if head.event.ended.is_some() {
                open.remove(&head.id);
            } else if let Some(Begun { changes }) = head.event.begun
                && (changes.0 || head.command == command)
                && head.organization == organization
            {
                open.insert(head.id);
            }
        })?;
        let mut entries = Vec::new();
        if open.is_empty() {
            return Ok(entries);
        }
        self.each_line(|line| {
            if let Ok(entry) = serde_json::from_slice::<Entry>(line)
                && open.contains(&entry.id)
            {
                entries.push(entry);
            }
        })?;
        Ok(entries)
    }

    fn each_line(&self, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let mut file = match private_files::open(self.path()) {
            Ok(file) => BufReader::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut line = Vec::new();
        while file.read_until(b'\n', &mut line)? > 0 {
            take(&line);
            line.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Event, How};
    use super::*;

    #[test]
    fn only_the_lines_of_changes_of_devices_that_did_not_end_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        let append_of = |command: &str, id: &str, organization: &str, event: Event| {
            let entry = Entry {
                at: "2026-11-22T10:00:00Z".parse().unwrap(),
                id: id.to_owned(),
                organization: organization.to_owned(),
                profile: "acme".to_owned(),
                command: command.to_owned(),
                event,
            };
            journal.append(&entry).unwrap();
        };
        let append = |id: &str, organization: &str, event: Event| {
            append_of("devices assign", id, organization, event);
        };
        let begun = |changes: serde_json::Value| Event::Begun {
            before: serde_json::Value::Null,
            changes,
            undo: String::new(),
            note: None,
        };
        let sent = || Event::DevicesSent {
            batch: 0,
            serial_numbers: vec!["C02".to_owned()],
        };
        let devices = || begun(serde_json::json!({"devices": {"asks": []}}));
        assert!(
            journal
                .unfinished("acme", "servers delete")
                .unwrap()
                .is_empty()
        );
        append("one", "acme", devices());
        append(
            "defaults",
            "acme",
            begun(serde_json::json!({"families": []})),
        );
        append("odd", "acme", begun(serde_json::json!([1, 2])));
        append("other", "other", devices());
        append("two", "acme", devices());
        // What the other command changes may be a list of any length.
        for (id, changes) in [
            ("three", serde_json::json!([{"what": "server A"}])),
            ("four", serde_json::json!([1, 2])),
            ("five", serde_json::json!([])),
        ] {
            append_of("servers delete", id, "acme", begun(changes.clone()));
            append_of("servers rename", "other", "acme", begun(changes));
        }
        append("five", "acme", Event::ended(How::AsWished, "As wished."));
        std::fs::write(journal.path(), {
            let text = std::fs::read_to_string(journal.path()).unwrap();
            format!("{text}\0\u{feff}\n\n")
        })
        .unwrap();
        append("one", "acme", sent());
        append("two", "acme", sent());
        append("one", "acme", Event::ended(How::AsWished, "As wished."));
        let entries = journal.unfinished("acme", "servers delete").unwrap();
        let ids: Vec<&str> = entries.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["two", "three", "four", "two"]);
    }
}
