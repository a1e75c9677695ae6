//! What is said of a server that can't be deleted, or not yet.

use super::sight::Sight;
use super::{Work, counted};
use crate::core::devices::{DeviceResult, Ended};
use crate::core::names::Named;
use crate::core::platform::words;
use crate::core::printed::{Command, Hint, hint};
use crate::core::server_removal::{Obstacle, Outcome};
use crate::error::{Error, Kind};

/// Serial numbers that a message names.
const NAMED: usize = 3;

/// The error if a server can't be deleted as it is.
pub(super) fn in_the_way(
    obstacle: Obstacle,
    name: &str,
    id: &str,
    to: Option<&Named>,
    sight: &Sight,
) -> Error {
    match obstacle {
        Obstacle::Gone => Error::not_found(format!("The server {name} is deleted already.")),
        Obstacle::NotRead => Error::failed(format!("The server {name} can't be read.")),
        Obstacle::HasDevices(devices) => Error::new(
            Kind::Conflict,
            format!(
                "The server {name} has {}. Nothing was changed.",
                counted(devices)
            ),
        )
        .hint(hint![
            "Add --move-devices-to SERVER to move them first. See them with ",
            Command::new("devices list").option("--on", id),
            "."
        ]),
        Obstacle::Migrating(_) => migrating(name, sight).and("Nothing was changed."),
        Obstacle::Held(_) => held(name, sight)
            .and("Nothing was changed.")
            .hints(to.map(|to| send_again(id, &to.id, sight.held.len()))),
    }
}

/// The error while devices can't be moved, since they were sent lately.
fn held(name: &str, sight: &Sight) -> Error {
    let serials = &sight.held;
    let (were, them) = if serials.len() == 1 {
        ("was", "it")
    } else {
        ("were", "them")
    };
    let message = format!(
        "abmctl can't move all devices of the server {name} yet: {} {were} sent in the last 24 hours, and abmctl doesn't send {them} again: {}.",
        counted(u32::try_from(serials.len()).unwrap_or(u32::MAX)),
        first_of(serials)
    );
    Error::new(Kind::Conflict, message)
}

/// How devices are moved that were sent lately.
fn send_again(from: &str, to: &str, devices: usize) -> Hint {
    hint![
        "To send devices again that were sent in the last 24 hours, run ",
        Command::new("devices assign")
            .option("--on", from)
            .option("--server", to)
            .word("--again")
            .word("--yes")
            .option("--max-devices", &devices.to_string()),
        "."
    ]
}

/// The first serial numbers, for a message.
fn first_of(serials: &[String]) -> String {
    let first: Vec<&str> = serials.iter().take(NAMED).map(String::as_str).collect();
    let more = if serials.len() > NAMED { ", …" } else { "" };
    first.join(", ") + more
}

/// The error while a migration isn't over.
fn migrating(name: &str, sight: &Sight) -> Error {
    let serials = &sight.migrating;
    let have = if serials.len() == 1 { "has" } else { "have" };
    let count = u32::try_from(serials.len()).unwrap_or(u32::MAX);
    let message = format!(
        "{} {have} a migration to or from the server {name} that isn't finished: {}.",
        counted(count),
        first_of(serials)
    );
    Error::new(Kind::Conflict, message).hint(hint![
        "Wait for the migrations, or cancel them with ",
        Command::new("devices migrate --cancel SERIAL"),
        "."
    ])
}

impl Work<'_> {
    /// Why devices weren't moved.
    pub(super) fn not_moved(
        &self,
        error: Option<Error>,
        results: &[DeviceResult],
        next: Option<Hint>,
    ) -> Error {
        let left: Vec<&DeviceResult> = results
            .iter()
            .filter(|it| it.ended != Ended::Assigned)
            .collect();
        let named = left.iter().take(NAMED).map(|it| match &it.reason {
            Some(reason) => format!("{} ({})", it.serial_number, reason.trim_end_matches('.')),
            None => it.serial_number.clone(),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let more = if left.len() > NAMED { ", …" } else { "" };
        let skipped = left.iter().any(|it| it.ended == Ended::Skipped);
        let named = format!("{named}{more}.");
        let error = match error {
            Some(error) if skipped => error.and(named),
            Some(error) => error,
            None => Error::new(Kind::Partial, named),
        };
        let to = self.plan.to.as_ref().filter(|_| skipped);
        let again = to.map(|to| send_again(&self.plan.id, &to.id, left.len()));
        error.hints(next).hints(again)
    }

    /// What did not go as wished.
    pub(super) fn problem(&mut self, outcome: Outcome) -> Option<Error> {
        let name = &self.plan.name;
        let why = self.why.take();
        let because = |sentence: String| match why {
            Some(error) => error.context(sentence.trim_end_matches('.')),
            None => Error::failed(sentence),
        };
        let error = match outcome {
            Outcome::Deleted | Outcome::WasGone => return None,
            Outcome::Migrating(_) => migrating(name, &self.sight),
            Outcome::Held(_) => held(name, &self.sight),
            Outcome::NotRead => because(format!("abmctl can't read the server {name}.")),
            Outcome::NotCleared => because(format!("The defaults of {name} weren't cleared.")),
            Outcome::NotMoved => because(format!("Not all devices of {name} were moved.")),
            Outcome::Changed {
                is_default,
                devices,
            } => {
                let mut now = Vec::new();
                if is_default {
                    now.push(format!(
                        "is the default for {}",
                        words(&self.sight.families)
                    ));
                }
                if devices > 0 {
                    now.push(format!("has {}", counted(devices)));
                }
                Error::new(
                    Kind::Conflict,
                    format!("The server {name} {} now.", now.join(" and ")),
                )
            }
            Outcome::Refused => because(format!("Apple didn't delete the server {name}.")),
            Outcome::NotKnown => because(format!(
                "abmctl can't tell whether Apple deleted the server {name}."
            ))
            .of_kind(Kind::Partial),
        };
        Some(error.hint(self.again()))
    }

    /// How to continue.
    fn again(&self) -> Hint {
        let command = self.plan.asked.command(self.plan.asks);
        hint!["To continue, run ", command, "."]
    }
}
