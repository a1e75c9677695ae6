//! A change of a profile and its secrets, with the consent that it needs and what is said of it.

use crate::commands::settings_change::{SecretFate, SettingChange, secret_change};
use crate::context::Context;
use crate::core::printed::Hint;
use crate::error::Error;
use crate::organization::profile::{Done, Plan, SecretRemoval};

/// What somebody has to agree to, and whether they did.
pub(crate) struct Consent<'a> {
    /// What would be lost, each a sentence; what the change itself finds comes to it.
    pub losses: Vec<String>,
    /// What is asked on a terminal.
    pub question: &'a str,
    /// What to do in place of agreeing, each a sentence.
    pub hints: Vec<Hint>,
    /// Somebody agreed beforehand.
    pub yes: bool,
    /// Nothing will be changed.
    pub dry_run: bool,
}

impl Consent<'_> {
    /// Nobody is to be asked.
    pub(crate) fn given(dry_run: bool) -> Self {
        Self {
            losses: Vec::new(),
            question: "",
            hints: Vec::new(),
            yes: true,
            dry_run,
        }
    }
}

/// How to keep both secrets where one would replace the other.
pub(crate) const KEEP_BOTH: &str =
    "To keep both, store the new one in a separate profile: add `--profile NEW`.";

/// Asks where a change would lose something; without a terminal `--yes` is needed (exit 2).
pub(crate) async fn agree_to(
    plan: &Plan<'_>,
    mut consent: Consent<'_>,
    context: &Context,
) -> Result<(), Error> {
    consent.losses.extend_from_slice(&plan.losses);
    agree(consent, context).await
}

/// Asks where something would be lost; without a terminal `--yes` is needed (exit 2).
pub(crate) async fn agree(consent: Consent<'_>, context: &Context) -> Result<(), Error> {
    let Consent {
        losses,
        question,
        hints,
        yes,
        dry_run,
    } = consent;
    if dry_run || yes || losses.is_empty() {
        return Ok(());
    }
    let losses = losses.join(" ");
    let with_hints = |error| hints.into_iter().fold(error, Error::hint);
    if !context.ui.answers() {
        let error = Error::usage(format!("{losses} Confirm with --yes."));
        return Err(with_hints(error));
    }
    context.ui.say(&losses);
    if context.ui.confirm(question, false).await? {
        Ok(())
    } else {
        Err(with_hints(Error::failed("Nothing was changed.")))
    }
}

/// Says what is kept of what a change replaced.
pub(crate) fn say_of(done: Done, context: &Context) {
    let Done {
        kept,
        others,
        warnings,
    } = done;
    for warning in warnings {
        context.ui.warn(&warning);
    }
    for location in kept {
        context.ui.say_afterwards(format!(
            "The previous {} is stored in {}.",
            location.slot, location.reference
        ));
    }
    for location in others {
        context.ui.say_afterwards(format!(
            "The previous {} stays in {}: abmctl didn't store it there.",
            location.slot, location.reference
        ));
    }
}

/// The rows of the secrets that a change removes; says of those that stay why they do.
pub(crate) fn removals(plan: &Plan<'_>, context: &Context) -> Vec<SettingChange> {
    let row = |removal: &SecretRemoval| {
        let location = &removal.location;
        let fate = if removal.removes() {
            SecretFate::Removed
        } else {
            let why = match &removal.shared_with {
                Some(other) => format!("the {other} is in the same file"),
                None => "abmctl didn't store it there".to_owned(),
            };
            context.ui.say(&format!(
                "The {} in {} stays: {why}.",
                location.slot, location.reference
            ));
            SecretFate::Kept
        };
        let setting = location.slot.field.name();
        secret_change(&setting, Some(&location.reference), None, fate)
    };
    plan.removals().iter().map(row).collect()
}
