//! `auth logout`: what `auth login` stored is removed again; the rest of the profile stays.

use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, agree_to, removals, say_of};
use crate::commands::settings_change::{SettingChange, change, document, dropped_token, headline};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{self, Changing};
use crate::organization::logout::Logout;

/// Whose credentials to remove.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl auth logout
  abmctl auth logout --profile acme --yes")]
pub(super) struct Args {
    #[command(flatten)]
    consent: options::Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Logs out.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let dry_run = args.changing.dry_run;
    // The credentials that are removed may be broken.
    let Some(logout) = Logout::new(context.organization_to_store()?)? else {
        return Ok(Outcome::done(document(
            "default",
            dry_run,
            Vec::new(),
            Vec::new(),
            context,
        )));
    };
    let name = &logout.profile;
    let mut changes = Vec::new();
    if logout.differs() {
        changes = remove(&logout, &args, context).await?;
    }
    if logout.stored.roster.is_some() {
        context.ui.say_afterwards(hint![
            "The profile keeps its access to the Roster API. Remove the access with ",
            Command::storing("auth roster --remove").of_profile(name),
            "."
        ]);
    }
    let headline = vec![headline(name, logout.kind(), context)];
    Ok(Outcome::done(document(
        name, dry_run, changes, headline, context,
    )))
}

async fn remove(
    logout: &Logout,
    args: &Args,
    context: &Context,
) -> Result<Vec<SettingChange>, Error> {
    let dry_run = args.changing.dry_run;
    let secrets = logout.organization.secrets();
    let plan = logout.plan(dry_run, &secrets).await?;
    let consent = Consent {
        losses: vec![logout.loss()],
        question: "Remove them?",
        hints: Vec::new(),
        yes: args.consent.yes,
        dry_run,
    };
    agree_to(&plan, consent, context).await?;
    let stored = &logout.stored;
    let settings = [("client_id", &stored.client_id), ("key_id", &stored.key_id)];
    let settings = settings.into_iter();
    let mut changes: Vec<_> = settings
        .filter_map(|(setting, value)| Some(change(setting, Some(value.as_deref()?), None)))
        .collect();
    changes.extend(removals(&plan, context));
    let removed = logout.apply(plan).await?;
    say_of(removed.done, context);
    changes.extend(removed.access_token.map(dropped_token));
    Ok(changes)
}
