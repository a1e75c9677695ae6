//! What a change of defaults came to, as its user is told.

use super::cause::{at_risk, held, not_known, nothing, risk, touched, why};
use super::gaps::Gap;
use super::undo::{command, name, undo};
use super::{Ended, Named, Wanted};
use jiff::Timestamp;

use crate::core::defaults::transaction::{Cause, Outcome as How};
use crate::core::defaults::{Change, Server};
use crate::core::names;
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::adde_urls::known::KnownUrl;
use crate::text::{prose_time, spoken};

/// How far a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// It was made.
    Made,
    /// It was only worked out.
    DryRun,
    /// It was only checked.
    Checked,
}

/// What is certain of the changes that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// They are made as they were wished, or would be.
    AsWished,
    /// They are made, and could not be read back.
    NotConfirmed,
    /// They are what is left of a change that was stopped.
    Stopped,
    /// They may be made.
    NotKnown,
}

/// What a change came to.
#[derive(Debug)]
pub struct Summary {
    /// What changes, or has changed.
    pub changes: Vec<Change>,
    /// What is certain of it.
    pub certainty: Certainty,
    /// What did not go as wished.
    pub problem: Option<Error>,
    /// Something would be changed.
    pub differs: bool,
    /// The commands that put back what was made.
    pub undo: Vec<Command>,
    /// The new defaults are in effect, so that it is worth saying whom they reach.
    pub in_effect: bool,
    /// The servers that requests of this run went to, as they are now.
    pub touched: Vec<Server>,
    /// The servers that a request without an answer was sent to, and until when it may be acted on.
    pub unsettled: Vec<(Named, Timestamp)>,
    /// Every server, as it was before.
    before: Vec<Server>,
    /// No server that can't be read may have had a default that was changed.
    none_is_known: bool,
}

impl Summary {
    fn new(
        changes: Vec<Change>,
        certainty: Certainty,
        problem: Option<Error>,
        ended: &Ended,
    ) -> Self {
        // Apple's 200 says that no other server had the platform, and one that can't be read may have it.
        let given = matches!(ended.outcome, How::Done | How::NotConfirmed);
        Self {
            changes,
            certainty,
            problem,
            differs: false,
            undo: Vec::new(),
            in_effect: false,
            touched: touched(ended),
            unsettled: ended.unsettled.clone(),
            before: ended.before.clone(),
            none_is_known: given || ended.before.iter().all(|it| it.families.is_some()),
        }
    }

    /// The name of a server, or its id if no name is known.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        name(id, &self.before)
    }

    /// What is known of a server's ADDE URL.
    pub fn known_adde_url(&self, id: &str, organization: &Organization) -> KnownUrl {
        let named: Vec<_> = self.before.iter().map(names::Named::from).collect();
        organization.known_adde_url(id, &named, &organization.matched_urls(&named))
    }

    /// The server that was the default of all these platforms before, if it is one server.
    pub fn only_holder(&self, families: &[Family]) -> Option<&str> {
        let holds = |it: &&Server| families.iter().all(|family| it.holds(family));
        let held = self.before.iter().find(holds)?;
        Some(&held.name)
    }

    /// Whether every change was seen after it was made.
    pub fn is_confirmed(&self) -> bool {
        !matches!(
            self.certainty,
            Certainty::NotConfirmed | Certainty::NotKnown
        )
    }

    /// Whether it is known what had the platform of a change before.
    pub fn from_is_known(&self, change: &Change) -> bool {
        change.from.is_some() || self.none_is_known
    }
}

/// What a change came to: what is to be shown, and what did not go as wished; an error where there is nothing to show.
/// `signal` is the error of one that came meanwhile.
pub(super) fn of(
    ended: &Ended,
    wanted: &Wanted<'_>,
    signal: Option<Error>,
    organization: &Organization,
) -> Result<Summary, Error> {
    say_gaps(ended, organization);
    let mut all = by_outcome(ended, wanted, signal, organization)?;
    if let Some((family, server)) = ended.vanished.first() {
        let word = family.word();
        let told = Error::new(
            Kind::Conflict,
            format!(
                "{word} no longer has a default, although this command didn't name it. Somebody else changed {} at the same moment.",
                server.name
            ),
        );
        let command = command(
            &[word],
            Some(&server.id),
            Some(&None),
            &ended.before,
            organization,
        );
        let told = told.hint(hint!["To set it again, run ", command, "."]);
        all.problem = Some(match all.problem.take() {
            Some(problem) if problem.kind != Kind::Conflict => problem.and(&told).hints(told.hints),
            _ => told,
        });
    }
    Ok(all)
}

fn by_outcome(
    ended: &Ended,
    wanted: &Wanted<'_>,
    signal: Option<Error>,
    organization: &Organization,
) -> Result<Summary, Error> {
    if !matches!(ended.outcome, How::Nothing(Cause::Unsettled(_))) {
        warnings(ended, organization);
    }
    match ended.outcome {
        How::Looked => {
            let with = |problem| Summary {
                differs: !ended.changes.is_empty() || !ended.owed.is_empty(),
                ..Summary::new(ended.changes.clone(), Certainty::AsWished, problem, ended)
            };
            if !ended.owed.is_empty() {
                organization.warn(&unfinished());
            }
            if risk(ended, wanted).next().is_some() {
                return Ok(with(Some(at_risk(ended, risk(ended, wanted)))));
            }
            let hidden = ended.changes.iter().filter(|change| change.from.is_none());
            let hidden = words(hidden.map(|change| &change.family));
            if let (Some((server, why)), false) = (ended.unread.first(), hidden.is_empty()) {
                let what = format!(
                    "{} can't be read and may be the default for {hidden}.",
                    server.name
                );
                let error = why.clone().after(what).of_kind(Kind::Partial);
                return Ok(with(Some(error)));
            }
            Ok(with(None))
        }
        How::Done if ended.changes.is_empty() => {
            Ok(Summary::new(Vec::new(), Certainty::AsWished, None, ended))
        }
        How::Done | How::NotConfirmed => Ok(made(ended, signal, organization)),
        How::Nothing(cause) => {
            let error = nothing(cause, ended, wanted, signal);
            if wanted.writes || risk(ended, wanted).next().is_none() {
                return Err(error);
            }
            Err(error
                .and(at_risk(ended, risk(ended, wanted)))
                .of_kind(Kind::Partial))
        }
        How::PutBack(cause) => {
            let error = signal.unwrap_or_else(|| why(cause, ended, wanted));
            let error = error.and(put_back(ended));
            Ok(Summary::new(
                Vec::new(),
                Certainty::Stopped,
                Some(error),
                ended,
            ))
        }
        How::Partly(cause) => {
            let done: Vec<Change> = ended
                .changes
                .iter()
                .filter(|it| !ended.now.iter().any(|server| server.holds(&it.family)))
                .cloned()
                .collect();
            let undo = undo(&done, &ended.before, organization);
            let error = why(cause, ended, wanted);
            let kind = match cause {
                Cause::Conflict if done.is_empty() => Kind::Conflict,
                _ => Kind::Partial,
            };
            let error = error.and(held(&touched(ended))).of_kind(kind);
            Ok(Summary {
                undo,
                ..Summary::new(done, Certainty::Stopped, Some(error), ended)
            })
        }
        How::NotKnown(cause) => {
            // What is where it was is no change.
            let changes: Vec<Change> = ended
                .changes
                .iter()
                .filter(|change| {
                    let at = |it: &&Server| Some(&it.id) == change.from.as_ref();
                    let home = ended.now.iter().find(at);
                    let is_there = home.is_some_and(|home| home.holds(&change.family));
                    ended.at_risk.contains(&change.family) || !is_there
                })
                .map(|change| Change {
                    to: change.to.clone().filter(|to| may_be_at(to, change, ended)),
                    ..change.clone()
                })
                .collect();
            let error = not_known(cause, ended, wanted, signal, organization);
            Ok(Summary::new(
                changes,
                Certainty::NotKnown,
                Some(error),
                ended,
            ))
        }
    }
}

/// Whether a server may be the default for the platform of a change now: it was read so or can't be read, or a request got no answer.
fn may_be_at(server: &str, change: &Change, ended: &Ended) -> bool {
    let unsettled = ended.unsettled.iter().any(|(it, _)| it.id == server);
    let now = ended.now.iter().find(|it| it.id == server);
    unsettled || now.is_none_or(|now| now.families.is_none() || now.holds(&change.family))
}

/// Says how long platforms had no default, since what was added meanwhile has no server.
fn say_gaps(ended: &Ended, organization: &Organization) {
    let key = |gap: &Gap| (spoken(gap.time), gap.is_certain);
    let mut said = Vec::new();
    for (_, gap) in &ended.gaps {
        let which = key(gap);
        if said.contains(&which) {
            continue;
        }
        let same = ended.gaps.iter().filter(|(_, it)| key(it) == which);
        let families = words(same.map(|(family, _)| family));
        let time = &which.0;
        organization.warn(&if gap.is_certain {
            format!("{families} had no default for {time}. Devices that were added in that time have no server and stay unassigned. Assign them in the portal.")
        } else {
            format!("{families} may have had no default for up to {time}. Devices that were added in that time may have no server. Look for unassigned devices in the portal.")
        });
        said.push(which);
    }
}

/// Said where nothing is written although something is open.
fn unfinished() -> Hint {
    hint![
        "An earlier `abmctl assign` left a change unfinished. The next ",
        Command::new("assign"),
        " that sets or clears a default finishes it first."
    ]
}

/// The change was made.
fn made(ended: &Ended, signal: Option<Error>, organization: &Organization) -> Summary {
    let confirmed = ended.outcome == How::Done;
    let certainty = if confirmed {
        Certainty::AsWished
    } else {
        Certainty::NotConfirmed
    };
    let with = |problem| Summary {
        undo: undo(&ended.undo, &ended.before, organization),
        in_effect: true,
        ..Summary::new(ended.changes.clone(), certainty, problem, ended)
    };
    if let Some(told) = signal {
        // It came too late to stop anything.
        return with(Some(told.and("The change was already complete.")));
    }
    if confirmed {
        return with(None);
    }
    let why = ended
        .failure
        .clone()
        .map_or_else(String::new, |it| format!(" {}", it.message));
    let what = if ended.answered {
        "Apple accepted the change"
    } else {
        "Apple showed the change"
    };
    with(Some(
        Error::new(
            Kind::Partial,
            format!("{what}, but abmctl can't read it back to confirm it.{why}"),
        )
        .hint(hint!["See the defaults with ", Command::new("assign"), "."]),
    ))
}

/// What became of that which was taken.
fn put_back(ended: &Ended) -> String {
    let elsewhere = ended.changes.iter().filter(|change| {
        let home = ended
            .now
            .iter()
            .find(|it| Some(&it.id) == change.from.as_ref());
        home.is_some_and(|home| home.families.is_some() && !home.holds(&change.family))
    });
    let elsewhere = words(elsewhere.map(|change| &change.family));
    let what = if elsewhere.is_empty() {
        "abmctl restored the previous defaults.".to_owned()
    } else {
        format!(
            "abmctl can't restore the previous default for {elsewhere}, because another server is the default now."
        )
    };
    format!("{what} {}", held(&touched(ended)))
}

/// Says what is true whatever was wished: which servers can't be changed otherwise for a while, and what can't be restored.
pub(super) fn warnings(ended: &Ended, organization: &Organization) {
    let have = if ended.all_read() { "has" } else { "may have" };
    for (family, home) in &ended.orphaned {
        let word = family.word();
        organization.warn(&hint![
            format!(
                "{word} {have} no default, and its former server {} is deleted. Set another one with ",
                home.name
            ),
            Command::new("assign")
                .option("--platform", word)
                .word("--server SERVER"),
            "."
        ]);
    }
    for (server, until) in &ended.unsettled {
        let mut answers = ended.answers.iter();
        let answer = answers.find(|(it, _)| it == server);
        let answer = answer.map_or("got no answer", |(_, answer)| answer);
        organization.warn(&format!(
            "A request to {} {answer}, and Apple may still act on it. Until {}, abmctl can make no other change to {}.",
            server.name,
            prose_time(*until),
            server.name
        ));
    }
}
