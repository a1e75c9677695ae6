//! Deletions of servers in the journal: those that aren't finished, and the servers that are gone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::printed::{Command, Hint, hint};
use crate::organization::Organization;
use crate::organization::devices::change::past::{AGAIN_AFTER, Past};
use crate::organization::devices::change::remove_put_back_files;
use crate::state::journal::{Entry, Event, How};
use crate::text::prose_time;

/// The command, in the journal.
pub const COMMAND: &str = "servers delete";

/// What a deletion was asked to do, as its beginning in the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub server_id: String,
    pub server_name: String,
    /// The id of the server that its devices go to.
    #[serde(default)]
    pub move_devices_to: Option<String>,
    #[serde(default)]
    pub even_if_idle: bool,
}

/// A deletion without an end: it runs, was killed, left devices without a result, or got no answer.
#[derive(Debug, Clone)]
pub struct Unfinished {
    pub begun: Entry,
    pub asked: Asked,
}

impl Asked {
    /// The one that a line begins.
    pub fn of(entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Begun { before, .. } if entry.command == COMMAND => {
                Self::deserialize(before).ok()
            }
            _ => None,
        }
    }

    /// The command that continues it. With `asks` somebody can be asked for the name of the server.
    pub fn command(&self, asks: bool) -> Command {
        let mut command = Command::new(COMMAND).arg(&self.server_id);
        if let Some(to) = &self.move_devices_to {
            command = command.option("--move-devices-to", to);
        }
        if self.even_if_idle {
            command = command.word("--even-if-idle");
        }
        if asks {
            command
        } else {
            command.word("--yes").option("--confirm", &self.server_name)
        }
    }
}

/// The deletions of an organization, oldest first, each with how it ended if it did.
fn all(entries: &[Entry], organization: &str) -> Vec<(Unfinished, Option<How>)> {
    let mut all: Vec<(Unfinished, Option<How>)> = Vec::new();
    for entry in entries.iter().filter(|it| it.organization == organization) {
        if let Event::Ended { word, .. } = &entry.event {
            let own = all.iter_mut().find(|(it, _)| it.begun.id == entry.id);
            if let Some((_, ended)) = own {
                *ended = Some(word.unwrap_or(How::Unknown));
            }
        } else if let Some(asked) = Asked::of(entry) {
            let begun = entry.clone();
            all.push((Unfinished { begun, asked }, None));
        }
    }
    all
}

/// The deletions of an organization without an end, oldest first.
pub fn unfinished(entries: &[Entry], organization: &str) -> Vec<Unfinished> {
    let all = all(entries, organization).into_iter();
    all.filter(|(_, ended)| ended.is_none())
        .map(|(deletion, _)| deletion)
        .collect()
}

/// The ids of the servers of an organization that are gone, by the ends of their deletions.
pub fn deleted(entries: &[Entry], organization: &str) -> BTreeSet<String> {
    let all = all(entries, organization).into_iter();
    all.filter(|(_, ended)| *ended == Some(How::AsWished))
        .map(|(deletion, _)| deletion.asked.server_id)
        .collect()
}

/// Whether a change moves the devices of a server that is to be deleted.
fn moves(past: &Past, server: &str) -> bool {
    let mut sources = past.plan.batches.iter().flat_map(|it| &it.devices);
    past.command == COMMAND && sources.any(|it| it.from.as_deref() == Some(server))
}

impl Unfinished {
    /// Whether somebody should be reminded of it: for a day, and as long as one of these changes moves its devices. Whoever didn't
    /// continue it by then doesn't want to.
    pub fn is_due(&self, open: &[Past], now: Timestamp) -> bool {
        now.duration_since(self.begun.at) < AGAIN_AFTER || self.moves(open)
    }

    /// Whether one of these changes moves its devices.
    fn moves(&self, open: &[Past]) -> bool {
        open.iter().any(|past| moves(past, &self.asked.server_id))
    }

    /// What there is to say of it while these changes are open. With `asks` somebody can be asked for the name of the server.
    pub fn reminder(&self, open: &[Past], asks: bool) -> Hint {
        let then = if self.moves(open) {
            "Once its devices have a result, continue"
        } else {
            "Continue"
        };
        hint![
            format!(
                "abmctl didn't finish the deletion of the server {} that began at {}. {then} it with ",
                self.asked.server_name,
                prose_time(self.begun.at)
            ),
            self.asked.command(asks),
            "."
        ]
    }
}

impl Organization {
    /// The deletions of this organization without an end. What can't be read is left to whoever can read it.
    pub(super) fn unfinished_deletions(&self) -> Vec<Unfinished> {
        match (self.journal_lines(), self.api_account()) {
            (Ok(lines), Ok(account)) => unfinished(&lines.entries, &account),
            _ => Vec::new(),
        }
    }

    /// Removes the serial numbers that would be assigned to a server that is gone.
    pub(super) fn forget_put_backs(&self, server: &str) {
        let (Ok(lines), Ok(account)) = (self.journal_lines(), self.api_account()) else {
            return;
        };
        for past in Past::all(&lines.entries, &account) {
            if moves(&past, server) {
                remove_put_back_files(self, &past.id);
            }
        }
    }

    /// Ends deletions in the journal, unless they run.
    pub(super) async fn end_deletions(&self, which: impl Fn(&Asked) -> bool, how: How, why: &str) {
        for Unfinished { begun, asked } in self.unfinished_deletions() {
            if which(&asked)
                && let Ok(life) = self.change_lock(&begun.id).await
                && self.records().begun(&begun).try_end(how, why)
            {
                life.discard();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(id: &str, at: &str, event: Event) -> Entry {
        Entry {
            at: at.parse().unwrap(),
            id: id.to_owned(),
            organization: "acme".to_owned(),
            profile: "acme".to_owned(),
            command: COMMAND.to_owned(),
            event,
        }
    }

    fn begun(id: &str, server: &str) -> Entry {
        entry(
            id,
            "2026-11-22T10:00:00Z",
            Event::Begun {
                before: json!({"server_id": server, "server_name": "Jamf Pro", "move_devices_to": "B"}),
                changes: json!([]),
                undo: String::new(),
                note: None,
            },
        )
    }

    fn ended(id: &str, word: How) -> Entry {
        entry(id, "2026-11-22T10:01:00Z", Event::ended(word, "Ended."))
    }

    #[test]
    fn a_server_is_gone_only_if_its_deletion_ended_as_wished() {
        let lines = [
            begun("1", "A"),
            begun("2", "B"),
            begun("3", "C"),
            ended("1", How::AsWished),
            ended("2", How::Nothing),
        ];
        assert_eq!(deleted(&lines, "acme"), BTreeSet::from(["A".to_owned()]));
        assert!(deleted(&lines, "other").is_empty());
        let open = unfinished(&lines, "acme");
        let ids: Vec<&str> = open.iter().map(|it| it.begun.id.as_str()).collect();
        assert_eq!(ids, ["3"]);
        assert!(unfinished(&lines, "other").is_empty());
    }

    #[test]
    fn the_reminder_has_the_whole_command_for_a_day() {
        let open = unfinished(&[begun("1", "A")], "acme");
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let said = |now: &str, asks| {
            let due = open[0].is_due(&[], at(now));
            due.then(|| open[0].reminder(&[], asks).plain())
        };
        let without = said("2026-11-22T11:00:00Z", false).unwrap();
        let command = "`abmctl servers delete A --move-devices-to B --yes --confirm 'Jamf Pro'`";
        assert!(without.contains(command), "{without}");
        let with = said("2026-11-22T11:00:00Z", true).unwrap();
        let command = "`abmctl servers delete A --move-devices-to B`";
        assert!(with.contains(command), "{with}");
        assert_eq!(said("2026-11-23T10:00:00Z", true), None);
    }
}
