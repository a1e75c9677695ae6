//! The journal, read: what was changed from here, when, by which command, how it ended, and what puts it back.
//!
//! Nothing is asked of Apple, and no settings are in force: a broken configuration is no reason not to see what was changed.
//!
//! Over 400 lines: every kind of change is read here, by one function.

mod lost;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::Surroundings;
use super::defaults::trail::{self, PlatformChange};
use super::devices::change::past::Plan;
use super::devices::change::trail::{DevicesChanged, devices_changed};
use super::record::Recorded;
use super::server_changes::deletions;
use crate::config::Folders;
use crate::core::defaults::Server;
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::state::journal::{Entry, Event, How, Journal, Lines};
use crate::text::prose_time;

/// The time for one attempt of a request, for entries of versions that didn't write until when it may be acted on.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(60);
/// The profile of changes with credentials from environment variables.
const ENVIRONMENT: &str = "environment";

/// What was changed from here.
pub struct Trail {
    /// Newest first.
    pub changes: Vec<Change>,
    /// What of the journal can't be read.
    pub problem: Option<Error>,
}

/// A change.
pub struct Change {
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// The profile that was used; `environment` for variables.
    pub profile: String,
    /// Whose change it is: the API account or server token with the service's origin, or this machine.
    pub organization: String,
    /// The command, such as `assign`.
    pub command: String,
    /// What was said of it.
    pub note: Option<String>,
    pub what: Vec<What>,
    pub ended: Ended,
    /// How it ended, as a sentence.
    pub how: Option<String>,
    /// The command line that puts it back, if there is something to put back, and something can.
    pub put_back: Option<String>,
    /// The names of servers that are gone, without which it, or a part of it, can't be put back.
    pub gone: Vec<String>,
    /// What continues it, if it is a deletion of a server.
    deletion: Option<deletions::Asked>,
    /// Its lines in their order.
    pub events: Vec<(Timestamp, Event)>,
    /// The servers as they were read before, for their names.
    pub servers: Vec<Server>,
}

/// One thing that was changed.
pub enum What {
    /// A platform's default.
    Platform(PlatformChange),
    /// The ADDE URL of a server token.
    Url(UrlChange),
    /// Devices for which the same was asked.
    Devices(DevicesChanged),
    /// Anything else.
    Other {
        what: String,
        from: Option<String>,
        to: Option<String>,
        /// What Apple answered, if it was one request.
        status: Option<u16>,
    },
}

/// A changed ADDE URL.
pub struct UrlChange {
    pub token: String,
    pub server_id: Option<String>,
    pub server_name: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    AsWished,
    /// Nothing was changed.
    Nothing,
    /// What was changed is as it was before.
    PutBack,
    /// It runs, or was killed, or a request got no answer and may still be acted on.
    Open,
    /// None of these.
    Failed,
}

impl Ended {
    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::AsWished => "as_wished",
            Self::Nothing => "nothing",
            Self::PutBack => "put_back",
            Self::Open => "open",
            Self::Failed => "failed",
        }
    }
}

impl From<How> for Ended {
    fn from(how: How) -> Self {
        match how {
            How::AsWished => Self::AsWished,
            How::Nothing => Self::Nothing,
            How::PutBack => Self::PutBack,
            How::Failed | How::Unknown => Self::Failed,
        }
    }
}

impl Change {
    /// What to do about a change that is open, and why nothing puts one back that isn't. With `asks` somebody can be asked.
    pub fn next(&self, asks: bool) -> Option<Hint> {
        if self.ended != Ended::Open {
            return self.lost();
        }
        let command = |words: &str| match self.profile.as_str() {
            ENVIRONMENT => Command::new(words),
            profile => Command::new(words).of_profile(profile),
        };
        let token = self.what.iter().find_map(|what| match what {
            What::Url(url) => Some(&url.token),
            _ => None,
        });
        if self.what.iter().any(|it| matches!(it, What::Devices(_))) {
            return Some(hint![
                "This change isn't finished. Continue it with ",
                command("devices resume"),
                "."
            ]);
        }
        if let Some(asked) = &self.deletion {
            let command = match self.profile.as_str() {
                ENVIRONMENT => asked.command(asks),
                profile => asked.command(asks).of_profile(profile),
            };
            return Some(hint![
                "This deletion is still running, or it isn't finished. If it doesn't run, continue it with ",
                command,
                "."
            ]);
        }
        Some(match (self.command.as_str(), token) {
            ("assign", _) => hint![
                "This change isn't finished. The next ",
                command("assign"),
                " checks it again."
            ],
            (_, Some(token)) => hint![
                "abmctl doesn't know how this change ended. See the current URL with ",
                command("adde-url get").option("--server", token),
                "."
            ],
            _ => "This change is still running, or abmctl doesn't know how it ended.".into(),
        })
    }

    /// Why it can't be put back.
    fn lost(&self) -> Option<Hint> {
        lost::why(&self.gone, self.put_back.is_some())
    }

    /// Whether the command that puts it back needs the environment variables that had the credentials.
    pub fn needs_variables(&self) -> bool {
        self.profile == ENVIRONMENT
    }

    /// The name of a server, if it is known.
    pub fn server_name(&self, id: &str) -> Option<&str> {
        let server = self.servers.iter().find(|server| server.id == id);
        server.map(|server| server.name.as_str())
    }
}

impl Trail {
    /// Reads the journal: all of it, or the changes with one profile.
    pub fn read(profile: Option<&str>, surroundings: &Surroundings) -> Result<Self, Error> {
        let folders = Folders::from_environment(&surroundings.outside.environment)?;
        let journal = Journal::new(&folders.state);
        let path = journal.path().display();
        let lines = journal.read().map_err(|error| {
            Error::failed(format!("The journal {path} can't be read: {error}."))
        })?;
        let now = surroundings.outside.clock.now();
        let problem = problem(&lines, &path.to_string());
        let mut changes = changes(lines.entries, now);
        if let Some(profile) = profile {
            changes.retain(|change| change.profile.eq_ignore_ascii_case(profile));
        }
        changes.reverse();
        Ok(Self { changes, problem })
    }

    /// The change that an id, or the beginning of one, means; exit 4 if it means none or several.
    pub fn find(&self, wanted: &str) -> Result<&Change, Error> {
        let wanted = wanted.trim().to_lowercase();
        if wanted.is_empty() {
            return Err(Error::usage("The id is empty."));
        }
        let begins = |change: &&Change| change.id.to_lowercase().starts_with(&wanted);
        let found: Vec<&Change> = self.changes.iter().filter(begins).collect();
        match found[..] {
            [only] => Ok(only),
            [] => {
                let error = Error::not_found(format!("No change has the id \"{wanted}\"."));
                let list = Command::plain("journal list");
                Err(error.hint(hint!["See the changes with ", list, "."]))
            }
            _ => {
                let ids: Vec<&str> = found.iter().map(|it| it.id.as_str()).collect();
                Err(Error::not_found(format!(
                    "Several changes have an id that begins with {wanted}: {}.",
                    ids.join(", ")
                )))
            }
        }
    }
}

/// What can't be read of the journal; exit 7.
fn problem(lines: &Lines, path: &str) -> Option<Error> {
    let sentence = |numbers: &[usize], one: &str, several: &str| {
        let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        match words.split_last() {
            None => None,
            Some((only, [])) => Some(format!("Line {only} of the journal {path} {one}.")),
            Some((last, others)) => {
                let others = others.join(", ");
                Some(format!(
                    "Lines {others} and {last} of the journal {path} {several}."
                ))
            }
        }
    };
    let newer = lines.entries.iter();
    let newer = newer.filter(|entry| matches!(entry.event, Event::Other(_)));
    let newer: Vec<String> = newer.map(|entry| prose_time(entry.at)).collect();
    let newer = (!newer.is_empty()).then(|| {
        format!(
            "The journal {path} has lines from another version of abmctl, which this version can't read: {}.",
            newer.join(", ")
        )
    });
    let sentences = [
        sentence(&lines.damaged, "can't be read", "can't be read"),
        sentence(&lines.cut_short, "was cut short", "were cut short"),
        newer,
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| {
        let error = Error::new(Kind::Partial, sentences.join(" "));
        error.hint("The list may lack a change, or how a change ended.")
    })
}

/// The changes that the lines tell of, oldest first.
fn changes(entries: Vec<Entry>, now: Timestamp) -> Vec<Change> {
    let mut of_defaults: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|it| trail::is_of_defaults(it)) {
        let organization = entry.organization.clone();
        of_defaults
            .entry(organization)
            .or_default()
            .push(entry.clone());
    }
    let open = of_defaults.into_values();
    let open = open.flat_map(|entries| trail::open(entries, now, TIMEOUT));
    let open: BTreeSet<String> = open.collect();
    let organizations: BTreeSet<&str> = entries.iter().map(|it| it.organization.as_str()).collect();
    let gone: BTreeMap<String, BTreeSet<String>> = organizations
        .into_iter()
        .map(|it| (it.to_owned(), deletions::deleted(&entries, it)))
        .collect();
    let mut groups: Vec<Vec<Entry>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        let place = *places.entry(entry.id.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    let changes = groups.into_iter();
    let none = BTreeSet::new();
    let change = |group: Vec<Entry>| {
        let gone = gone.get(&group.first()?.organization).unwrap_or(&none);
        change(group, &open, gone)
    };
    changes.filter_map(change).collect()
}

/// One change from its lines; nothing if its beginning isn't among them. `deleted`: the ids of the servers that are gone.
fn change(
    group: Vec<Entry>,
    open: &BTreeSet<String>,
    deleted: &BTreeSet<String>,
) -> Option<Change> {
    let begins = |entry: &&Entry| matches!(entry.event, Event::Begun { .. });
    let begun = group.iter().find(begins)?.clone();
    let deletion = deletions::Asked::of(&begun);
    let Event::Begun {
        before,
        changes,
        undo,
        note,
    } = begun.event
    else {
        return None;
    };
    let events: Vec<&Event> = group.iter().map(|entry| &entry.event).collect();
    let end = events.iter().rev().find_map(|event| match event {
        Event::Ended {
            how,
            word,
            status,
            undo,
        } => Some((how.clone(), *word, *status, undo.clone())),
        _ => None,
    });
    let (how, word, status, undo) = match end {
        Some((how, word, status, at_the_end)) => {
            let word = word.unwrap_or_else(|| word_of(&how));
            (Some(how), Some(word), status, at_the_end.unwrap_or(undo))
        }
        None => (None, None, None, undo),
    };
    let is_of_defaults = trail::is_of_defaults(&group[0]);
    let ended = match word {
        _ if is_of_defaults && open.contains(&begun.id) => Ended::Open,
        Some(word) => word.into(),
        None if is_of_defaults => trail::how(&before, &changes, &events).into(),
        None => Ended::Open,
    };
    let plan = Plan::of(&changes);
    let mut ways = plan.as_ref().map(lost::ways).unwrap_or_default();
    let what: Vec<What> = if is_of_defaults {
        let platforms = trail::changes(&before, &changes, &events);
        platforms.into_iter().map(What::Platform).collect()
    } else if let Some(plan) = &plan {
        let devices = devices_changed(plan, &events);
        devices.into_iter().map(What::Devices).collect()
    } else if deletion.is_none() && before.is_object() {
        url(&before, &changes).into_iter().collect()
    } else {
        others(&changes, status)
    };
    ways.extend(what.iter().filter_map(|what| match what {
        What::Platform(change) => Some(lost::way(change)),
        _ => None,
    }));
    let is_made = !matches!(ended, Ended::Nothing | Ended::PutBack);
    let undo = Some(undo).filter(|undo| is_made && !undo.is_empty());
    let (gone, is_lost) = match &undo {
        Some(_) => lost::gone(&ways, deleted),
        None => (Vec::new(), false),
    };
    Some(Change {
        servers: Vec::<Server>::deserialize(&before).unwrap_or_default(),
        id: begun.id,
        at: begun.at,
        profile: begun.profile,
        organization: begun.organization,
        command: begun.command,
        note,
        what,
        ended,
        how,
        put_back: undo.filter(|_| !is_lost),
        gone,
        deletion,
        events: group.into_iter().map(|it| (it.at, it.event)).collect(),
    })
}

/// The word for a sentence of a version that wrote no word.
fn word_of(sentence: &str) -> How {
    match sentence {
        "As wished." | "Looked, and restored what was owed." => How::AsWished,
        "Nothing was changed." => How::Nothing,
        "Put back." => How::PutBack,
        _ => How::Failed,
    }
}

/// A changed ADDE URL, as `adde-url` writes it.
fn url(before: &Value, changes: &Value) -> Option<What> {
    let text = |of: &Value, member: &str| of.get(member)?.as_str().map(str::to_owned);
    Some(What::Url(UrlChange {
        token: text(changes, "token")?,
        server_id: text(changes, "server_id"),
        server_name: text(changes, "server_name"),
        from: text(before, "url"),
        to: text(changes, "url"),
    }))
}

fn others(changes: &Value, status: Option<u16>) -> Vec<What> {
    let all = Vec::<Recorded>::deserialize(changes).unwrap_or_default();
    let other = |it: Recorded| What::Other {
        what: it.what,
        from: it.from,
        to: it.to,
        status,
    };
    all.into_iter().map(other).collect()
}
