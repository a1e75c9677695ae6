//! The journal: what was there before each change, so that it can be put back.
//!
//! `journal.ndjson` in the state folder, one object a line, only ever appended to. A change that must not stay half
//! done has a line before each request, which is on disk before the request is sent.
//!
//! Over 400 lines: every kind of line, with what each keeps.

mod unfinished;

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::devices::Ended;
use crate::core::devices::change::Skipped;
use crate::core::platform::Family;
use crate::host::Random;
use crate::private_files;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was written.
    pub at: Timestamp,
    /// Joins the lines of one change.
    pub id: String,
    /// Whose change it is: the API account's or server token's id, and the service's origin.
    pub organization: String,
    /// The profile that was used.
    pub profile: String,
    /// The kind of change, such as `assign`.
    pub command: String,
    /// Where the change stands.
    pub event: Event,
}

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It is about to begin.
    Begun {
        /// What was there before, in the form of the command that made it.
        before: Value,
        /// What it will change.
        changes: Value,
        /// The command that puts it back; empty for none.
        undo: String,
        /// What whoever ran the command said of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A request is about to be sent that replaces a server's whole list of families.
    Sent {
        /// The id of the server.
        server: String,
        /// The list that the request was computed on.
        ground: Vec<Family>,
        /// The list that is sent.
        list: Vec<Family>,
        /// Whether what it takes away belongs to this server while no server has it.
        owes: bool,
        /// Until when Apple may act on it if it gets no answer.
        until: Timestamp,
    },
    /// What Apple answered to the last request.
    Answered {
        /// The id of the server that the request went to.
        server: String,
        /// The list that was sent.
        sent: Vec<Family>,
        /// The list that the server has now; `None` if Apple certainly didn't act on the request.
        list: Option<Vec<Family>>,
    },
    /// These families belong to no server any more: they are wished to have no default.
    Released { families: Vec<Family> },
    Ended {
        /// How, as a sentence.
        how: String,
        /// The same as a word; versions up to 0.1.0 wrote none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        word: Option<How>,
        /// The HTTP status of the one request that it was, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The command that puts it back, if that was known only at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<String>,
    },
    /// Devices are about to be sent to Apple as one activity.
    DevicesSent {
        /// Which part of the plan it is, counted from 0.
        batch: usize,
        serial_numbers: Vec<String>,
    },
    /// Apple accepted the last request of this part.
    DevicesAccepted {
        batch: usize,
        /// Apple's id of the activity; `None` if the answer has none.
        activity: Option<String>,
    },
    /// Apple certainly didn't act on the last request of this part.
    DevicesNotSent {
        batch: usize,
        /// Why, as a sentence.
        why: String,
        /// It never reached Apple, so it doesn't count toward Apple's limit.
        #[serde(default)]
        unreached: bool,
    },
    /// How it ended for devices of this part; without devices, only what was read of its activity.
    DevicesEnded {
        batch: usize,
        /// What the activity says, if it was read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub_status: Option<String>,
        /// When Apple was done with the activity, in Apple's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        completed_at: Option<String>,
        results: Vec<DeviceResults>,
    },
    /// Everything that was open was looked at since nothing can be acted on any more, and is as it should be.
    Closed {},
    /// A line of a newer version.
    #[serde(untagged)]
    Other(Value),
}

/// Devices for which it ended in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceResults {
    pub ended: Ended,
    /// Why, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why they were left out, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Skipped>,
    pub serial_numbers: Vec<String>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    AsWished,
    /// Nothing was changed.
    Nothing,
    /// What was changed is as it was before.
    PutBack,
    /// None of these: partly, or not known how.
    Failed,
    /// A word of a newer version.
    #[serde(other)]
    Unknown,
}

impl Event {
    /// The end of a change.
    pub fn ended(word: How, how: impl Into<String>) -> Self {
        Self::Ended {
            how: how.into(),
            word: Some(word),
            status: None,
            undo: None,
        }
    }

    /// Whether it only keeps what was read of an activity, and nothing was done.
    pub fn is_mere_reading(&self) -> bool {
        matches!(self, Self::DevicesEnded { results, .. } if results.is_empty())
    }
}

/// All that the journal has.
#[derive(Debug, Default)]
pub struct Lines {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// The numbers of lines that can't be read.
    pub damaged: Vec<usize>,
    /// The numbers of lines that end too early: what they were about to say was not done.
    pub cut_short: Vec<usize>,
}

/// Whether the file is empty or ends with a line break.
fn ends_a_line(file: &mut fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// A new id that joins the lines of one change.
pub fn new_id(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// The journal of one state folder.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The journal in `state`, the state folder. Nothing is opened yet.
    pub fn new(state: &Path) -> Self {
        Self {
            path: state.join("journal.ndjson"),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a line and waits until it is on disk.
    pub fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut file = private_files::open_to_append(&self.path)?;
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        // A line that was cut short must not take this one with it.
        if !ends_a_line(&mut file)? {
            line.insert(0, b'\n');
        }
        file.write_all(&line)?;
        file.sync_data()
    }

    /// All lines.
    pub fn read(&self) -> io::Result<Lines> {
        let text = match private_files::read(&self.path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Lines::default()),
            Err(error) => return Err(error),
        };
        let mut lines = Lines::default();
        for (line, number) in text.lines().zip(1..) {
            match serde_json::from_str::<Entry>(line) {
                Ok(entry) => lines.entries.push(entry),
                Err(error) if error.is_eof() && line.trim().is_empty() => {}
                Err(error) if error.is_eof() => lines.cut_short.push(number),
                Err(_) => lines.damaged.push(number),
            }
        }
        Ok(lines)
    }

    /// The lines of an organization's changes of a kind, oldest first, and the numbers of lines that can't be read.
    ///
    /// A line that was cut short by a full disk is passed over: what it was about to say was not done.
    pub fn lines(&self, organization: &str, command: &str) -> io::Result<(Vec<Entry>, Vec<usize>)> {
        let Lines {
            mut entries,
            damaged,
            ..
        } = self.read()?;
        entries.retain(|entry| entry.organization == organization && entry.command == command);
        Ok((entries, damaged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(id: &str) -> Entry {
        Entry {
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            id: id.to_owned(),
            organization: "acme".to_owned(),
            profile: "acme".to_owned(),
            command: "assign".to_owned(),
            event: Event::Begun {
                before: Value::Null,
                changes: Value::Null,
                undo: String::new(),
                note: None,
            },
        }
    }

    fn ids(journal: &Journal) -> Vec<String> {
        let (entries, damaged) = journal.lines("acme", "assign").unwrap();
        assert!(damaged.is_empty());
        entries.into_iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn lines_are_those_of_one_organization_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        assert!(ids(&journal).is_empty());
        journal.append(&begun("one")).unwrap();
        let other = Entry {
            organization: "other".to_owned(),
            ..begun("two")
        };
        journal.append(&other).unwrap();
        journal.append(&begun("three")).unwrap();
        assert_eq!(ids(&journal), ["one", "three"]);
        assert!(journal.lines("acme", "adde-url").unwrap().0.is_empty());
    }

    #[test]
    fn a_damaged_line_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        for id in ["one", "two", "three"] {
            journal.append(&begun(id)).unwrap();
        }
        let text = fs::read_to_string(journal.path()).unwrap();
        for odd in ["\0\0\0", "\u{feff}{}", "{\"at\":1}", "x"] {
            let text = text.replace('\n', &format!("\n{odd}\n"));
            fs::write(journal.path(), text).unwrap();
            let (entries, damaged) = journal.lines("acme", "assign").unwrap();
            assert_eq!((entries.len(), damaged), (3, vec![2, 4, 6]), "{odd}");
        }
    }

    #[test]
    fn each_event_is_read_as_it_was_written_and_a_newer_one_is_kept() {
        for event in [
            Event::Sent {
                server: "A".to_owned(),
                ground: vec![Family::Mac],
                list: Vec::new(),
                owes: true,
                until: "2026-11-22T10:16:00Z".parse().unwrap(),
            },
            Event::Answered {
                server: "A".to_owned(),
                sent: Vec::new(),
                list: None,
            },
            Event::Released {
                families: vec![Family::Vision],
            },
            Event::ended(How::AsWished, "As wished."),
            Event::DevicesSent {
                batch: 0,
                serial_numbers: vec!["C02".to_owned()],
            },
            Event::DevicesAccepted {
                batch: 0,
                activity: None,
            },
            Event::DevicesNotSent {
                batch: 0,
                why: "Refused.".to_owned(),
                unreached: true,
            },
            Event::DevicesEnded {
                batch: 0,
                status: Some("COMPLETED".to_owned()),
                sub_status: None,
                completed_at: None,
                results: vec![DeviceResults {
                    ended: Ended::Assigned,
                    reason: None,
                    skipped: Some(Skipped::Moved),
                    serial_numbers: vec!["C02".to_owned()],
                }],
            },
            Event::Closed {},
        ] {
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
        }
        let older: Event = serde_json::from_str(r#"{"ended":{"how":"As wished."}}"#).unwrap();
        assert!(matches!(older, Event::Ended { word: None, .. }));
        let word = r#"{"ended":{"how":"Half.","word":"half","more":1}}"#;
        let newer: Event = serde_json::from_str(word).unwrap();
        assert!(matches!(
            newer,
            Event::Ended {
                word: Some(How::Unknown),
                ..
            }
        ));
        let newer: Event = serde_json::from_str(r#"{"planned":{"a":1}}"#).unwrap();
        assert!(matches!(newer, Event::Other(_)));
    }

    #[test]
    fn a_line_that_was_cut_short_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        journal.append(&begun("one")).unwrap();
        let text = fs::read_to_string(journal.path()).unwrap();
        fs::write(journal.path(), format!("{text}{}", &text[..40])).unwrap();
        journal.append(&begun("two")).unwrap();
        journal.append(&begun("three")).unwrap();
        assert_eq!(ids(&journal), ["one", "two", "three"]);
        let lines = journal.read().unwrap();
        assert_eq!((lines.entries.len(), lines.cut_short), (3, vec![2]));
    }
}
