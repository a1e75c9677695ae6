//! Activities of devices: those that were asked for from here, and any by its id.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Organization;
use super::devices::change::past::{Past, Stand};
use crate::apple::error::Failure;
use crate::apple::manager::activities::{ACTIVITIES, Activity};
use crate::core::devices::Ask;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::state::journal::{Entry, Event};

/// The first wait between two reads of an activity, and the longest.
const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);

/// An activity, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct ActivityFacts {
    pub id: String,
    /// What it does; `None` for one that wasn't asked for from here, since Apple doesn't say.
    pub kind: Option<&'static str>,
    /// The id of the server that it names, and its name.
    pub server: Option<(String, String)>,
    /// How many devices it has.
    pub devices: Option<usize>,
    /// Apple's word.
    pub status: Option<String>,
    /// Apple's word.
    pub sub_status: Option<String>,
    pub created_at: Option<String>,
    pub completed_at: Option<String>,
    /// Its change has devices without a result.
    pub is_unfinished: bool,
    /// Why it couldn't be read.
    pub error: Option<Error>,
    /// Where the journal has it.
    asked: Option<Asked>,
}

/// The change and the batch for which an activity was asked for from here.
#[derive(Debug, Clone)]
struct Asked {
    id: String,
    command: String,
    batch: usize,
}

impl ActivityFacts {
    /// Whether Apple is done with it.
    pub fn is_over(&self) -> bool {
        is_end(self.status.as_deref())
    }

    /// What went wrong, if anything did: exit 7 if it is completed and not for all devices, 1 if Apple gave it up.
    pub fn problem(&self) -> Option<Error> {
        if let Some(error) = &self.error {
            return Some(error.clone());
        }
        let id = &self.id;
        let error = match (self.status.as_deref(), self.sub_status.as_deref()) {
            // Without a sub-status nothing says that it failed for a device.
            (Some("COMPLETED"), Some("COMPLETED_WITH_SUCCESS") | None) => return None,
            (Some("COMPLETED"), Some(how)) => Error::new(
                Kind::Partial,
                format!("Activity {id} is completed, but not for all devices ({how})."),
            ),
            (Some(status @ ("FAILED" | "STOPPED")), _) => {
                Error::failed(format!("Apple ended activity {id} with {status}."))
            }
            _ => return None,
        };
        Some(if self.is_unfinished {
            error.hint(hint![
                "See which devices failed with ",
                Command::new("devices resume"),
                "."
            ])
        } else {
            error
        })
    }
}

/// Whether this word of Apple's says that an activity is over.
pub fn is_end(status: Option<&str>) -> bool {
    matches!(status, Some("COMPLETED" | "FAILED" | "STOPPED"))
}

/// The word for what is asked.
pub fn kind(ask: &Ask) -> &'static str {
    match ask {
        Ask::Assign { .. } => "assign",
        Ask::Unassign { .. } => "unassign",
        Ask::Migrate { .. } => "migrate",
        Ask::UpdateDeadline { .. } => "update_deadline",
        Ask::CancelMigration => "cancel_migration",
        Ask::Release => "release",
    }
}

/// An accepted activity as the journal has it, and when Apple accepted it.
fn facts<P>(past: &Past<P>, batch: usize, stand: Stand) -> Option<(Timestamp, ActivityFacts)> {
    let (at, Some(id)) = stand.accepted? else {
        return None;
    };
    let facts = ActivityFacts {
        id,
        devices: stand.sent.map(|(_, serials)| serials.len()),
        status: stand.status,
        sub_status: stand.sub_status,
        created_at: Some(format!("{at:.0}")),
        completed_at: stand.completed_at,
        is_unfinished: past.is_open(),
        asked: Some(Asked {
            id: past.id.clone(),
            command: past.command.clone(),
            batch,
        }),
        ..ActivityFacts::default()
    };
    Some((at, facts))
}

impl Organization {
    /// The activities that were asked for from here, newest first, as the journal has them. Nothing is asked of Apple, which has no
    /// list of activities.
    ///
    /// With it comes what can't be read of the journal: exit 7, or an error if no activity could be read.
    pub fn activities(&self) -> Result<(Vec<ActivityFacts>, Option<Error>), Error> {
        match self.known_activities()? {
            (known, Some(problem)) if known.is_empty() => Err(problem),
            (known, problem) => Ok((known, problem.map(|it| it.of_kind(Kind::Partial)))),
        }
    }

    fn known_activities(&self) -> Result<(Vec<ActivityFacts>, Option<Error>), Error> {
        let lines = self.journal_lines()?;
        let problem = lines.damaged.first().map(|line| {
            let path = self.journal().path().display().to_string();
            Error::failed(format!(
                "Line {line} of the journal {path} can't be read, so activities may be missing."
            ))
        });
        let account = self.api_account()?;
        let mut all = Vec::new();
        for past in Past::all(&lines.entries, &account) {
            for (number, stand) in past.batches().into_iter().enumerate() {
                let ask = past.plan.ask(number);
                let server = ask.and_then(|ask| match ask {
                    Ask::Unassign { server } => Some(server.as_str()),
                    ask => ask.to(),
                });
                let server = server.map(|id| {
                    let name = past.plan.servers.get(id);
                    (id.to_owned(), name.map_or(id, |it| it).to_owned())
                });
                all.extend(facts(&past, number, stand).map(|(at, facts)| {
                    let kind = ask.map(kind);
                    (
                        at,
                        ActivityFacts {
                            kind,
                            server,
                            ..facts
                        },
                    )
                }));
            }
        }
        // What they were to do isn't known, but they were asked for.
        for past in Past::all_unreadable(&lines.entries, &account) {
            let stands = past.batches().into_iter().enumerate();
            all.extend(stands.filter_map(|(number, stand)| facts(&past, number, stand)));
        }
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Ok((all.into_iter().map(|(_, facts)| facts).collect(), problem))
    }

    /// An activity as Apple shows it now, with what the journal has of it. A failure is in the facts; exit 4 if Apple doesn't have it.
    pub async fn activity(&self, id: &str) -> Result<ActivityFacts, Error> {
        let (known, _) = self.known_activities()?;
        let facts = self.read_activity(id, &known).await?;
        Ok(facts)
    }

    async fn read_activity(
        &self,
        id: &str,
        known: &[ActivityFacts],
    ) -> Result<ActivityFacts, Error> {
        let id = id.trim();
        if id.is_empty() {
            return Err(Error::usage("The id of the activity is empty."));
        }
        let mut facts = known
            .iter()
            .find(|it| it.id.eq_ignore_ascii_case(id))
            .cloned()
            .unwrap_or_else(|| ActivityFacts {
                id: id.to_owned(),
                ..ActivityFacts::default()
            });
        match self.manager()?.activity(&facts.id).await {
            Ok(Activity { attributes, .. }) => {
                let was_over = facts.is_over();
                facts.status = attributes.status;
                facts.sub_status = attributes.sub_status;
                facts.created_at = attributes.created_date_time.or(facts.created_at);
                facts.completed_at = attributes.completed_date_time;
                if facts.is_over() && !was_over {
                    self.keep_end(&facts)?;
                }
            }
            Err(failure) => facts.error = Some(self.unreadable(&facts.id, failure)),
        }
        Ok(facts)
    }

    /// Writes into the journal how an activity ended that was asked for from here. If it can't be written, that costs a warning.
    fn keep_end(&self, facts: &ActivityFacts) -> Result<(), Error> {
        let Some(asked) = &facts.asked else {
            return Ok(());
        };
        let journal = self.journal();
        let written = journal.append(&Entry {
            at: self.clock().now(),
            id: asked.id.clone(),
            organization: self.api_account()?,
            profile: self.profile().to_owned(),
            command: asked.command.clone(),
            event: Event::DevicesEnded {
                batch: asked.batch,
                status: facts.status.clone(),
                sub_status: facts.sub_status.clone(),
                completed_at: facts.completed_at.clone(),
                results: Vec::new(),
            },
        });
        if let Err(error) = written {
            let path = journal.path().display();
            self.warn(&format!(
                "The list of activities won't show how activity {} ended, because abmctl can't write to {path}: {error}.",
                facts.id
            ));
        }
        Ok(())
    }

    fn unreadable(&self, id: &str, failure: Failure) -> Error {
        let [version, activities] = ACTIVITIES;
        let is_missing = self.manager().is_ok_and(|manager| {
            let name = manager
                .api()
                .request_name(&reqwest::Method::GET, &[version, activities, id]);
            failure.status_of(&name) == Some(404)
        });
        let error = Error::from(failure);
        if is_missing {
            error
                .saying(format!(
                    "Apple doesn't have activity {id}, or no longer shows it."
                ))
                .hint(hint![
                    "See the activities of this machine with ",
                    Command::new("activities list"),
                    "."
                ])
        } else {
            error
        }
    }

    /// Waits until these activities are over; gives each to `each` once it is, or once it can't be read. Those that aren't over when
    /// `--max-wait` is, are given last, with exit 6.
    pub async fn wait_for_activities(
        &self,
        ids: &[String],
        each: &mut dyn FnMut(&ActivityFacts),
    ) -> Result<Option<Error>, Error> {
        let (known, _) = self.known_activities()?;
        let mut problems: Vec<Error> = Vec::new();
        let mut left: Vec<&String> = Vec::new();
        for id in ids {
            if !left.iter().any(|it| it.eq_ignore_ascii_case(id)) {
                left.push(id);
            }
        }
        let all = left.len();
        let limit = SignedDuration::try_from(self.settings().max_wait.value);
        let limit = limit.unwrap_or(SignedDuration::MAX);
        let mut since = self.clock().now();
        let mut pause = FIRST;
        loop {
            let mut open = Vec::new();
            let mut is_late = false;
            for id in left {
                let facts = self.read_activity(id, &known).await?;
                if facts.is_over() || facts.error.is_some() {
                    since = self.clock().now();
                    pause = FIRST;
                    problems.extend(facts.problem());
                    each(&facts);
                } else {
                    let waited = self.clock().now().duration_since(since);
                    let next = SignedDuration::try_from(pause).unwrap_or_default();
                    is_late |= waited.saturating_add(next) > limit;
                    open.push((id, facts));
                }
            }
            if open.is_empty() {
                break;
            }
            if is_late {
                let count = open.len();
                for (_, facts) in &open {
                    each(facts);
                }
                let activities = match count {
                    1 => "1 activity".to_owned(),
                    _ => format!("{count} activities"),
                };
                let error = Error::new(
                    Kind::Unavailable,
                    format!("Apple is still working on {activities}."),
                );
                problems.push(error.hint("Run the command again, or wait longer with --max-wait."));
                break;
            }
            self.progress(&format!(
                "Waiting for Apple: {} of {all} activities in progress",
                open.len()
            ));
            self.clock().sleep(pause).await;
            pause = (pause + pause / 2).min(LONGEST);
            left = open.into_iter().map(|(id, _)| id).collect();
        }
        self.progress("");
        let several = problems.len() < all;
        let kind = Kind::of_several(problems.iter().map(|it| it.kind));
        let decisive = problems
            .iter()
            .find(|it| Some(it.kind) == kind)
            .cloned()
            .map(|error| {
                let others = problems.iter().filter(|it| it.message != error.message);
                let text: Vec<&str> = others.map(|it| it.message.as_str()).collect();
                let is_wait = error.kind == Kind::Unavailable;
                let error = if text.is_empty() {
                    error
                } else {
                    error.and(text.join(" "))
                };
                if several && !is_wait {
                    error.of_kind(Kind::Partial)
                } else {
                    error
                }
            });
        Ok(decisive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apple_leaves_out_is_no_failure() {
        for (status, sub_status, kind) in [
            ("COMPLETED", Some("COMPLETED_WITH_SUCCESS"), None),
            ("COMPLETED", None, None),
            (
                "COMPLETED",
                Some("COMPLETED_WITH_ERROR"),
                Some(Kind::Partial),
            ),
            ("STOPPED", None, Some(Kind::Failed)),
            ("IN_PROGRESS", None, None),
        ] {
            let facts = ActivityFacts {
                status: Some(status.to_owned()),
                sub_status: sub_status.map(str::to_owned),
                ..ActivityFacts::default()
            };
            let found = facts.problem().map(|it| it.kind);
            assert_eq!(found, kind, "{status} {sub_status:?}");
        }
    }
}
