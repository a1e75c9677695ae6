//! `auth logout`: what `auth login` stored is removed again; the rest of the profile stays.

use super::refuse_environment;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, apply, prepare, removals};
use crate::commands::settings_change::{SettingChange, change, document, dropped_token, headline};
use crate::config::{Edit, File, Profile, Settings};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{self, Changing};
use crate::organization::access_tokens::drop_access_tokens;
use crate::organization::profile::Change;
use crate::secret::Field;

/// Whose credentials to remove.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The profile keeps its server tokens, its aliases and its access to the Roster API. A private key that abmctl did not store stays where it is. \
The API account still exists; delete it in the portal. It asks on a terminal, and needs --yes without one.

Examples:
  abmctl auth logout
  abmctl auth logout --profile acme --yes")]
pub struct Args {
    #[command(flatten)]
    consent: options::Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Logs out.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    // The credentials that are removed may be broken.
    let settings = context.organization_to_store()?.settings().clone();
    refuse_environment(settings.credentials.as_ref(), "log out")?;
    let dry_run = args.changing.dry_run;
    let file = File::load(&settings.folders)?;
    let Some(name) = profile(&settings, &file)? else {
        return Ok(Outcome::done(document(
            "default",
            dry_run,
            Vec::new(),
            Vec::new(),
            context,
        )));
    };
    let (name, stored) = file.profile(&name)?;
    let changes = remove(name, stored, &settings, &args, context).await?;
    if stored.roster.is_some() {
        context.ui.say_afterwards(hint![
            "The access to the Roster API stays; ",
            Command::storing("auth roster --remove").of_profile(name),
            " removes it."
        ]);
    }
    let kind = settings
        .credentials
        .as_ref()
        .map(|credentials| credentials.kind);
    Ok(Outcome::done(document(
        name,
        dry_run,
        changes,
        vec![headline(name, kind, context)],
        context,
    )))
}

/// The profile in force; `None` where there is no profile at all, exit 2 where it is not clear which.
fn profile(settings: &Settings, file: &File) -> Result<Option<String>, Error> {
    if let Some(profile) = &settings.profile {
        return Ok(Some(profile.value.clone()));
    }
    if file.profiles.is_empty() {
        return Ok(None);
    }
    Err(Error::usage(format!(
        "None of the profiles {} is the default, so it is not clear which one is meant.",
        settings.profiles.join(", ")
    ))
    .hint("Name one with `--profile NAME`."))
}

async fn remove(
    name: &str,
    stored: &Profile,
    settings: &Settings,
    args: &Args,
    context: &Context,
) -> Result<Vec<SettingChange>, Error> {
    let mut changes = Vec::new();
    for (setting, value) in [("client_id", &stored.client_id), ("key_id", &stored.key_id)] {
        if let Some(value) = value {
            changes.push(change(setting, Some(value), None));
        }
    }
    if changes.is_empty() && stored.private_key.is_none() {
        return Ok(changes);
    }
    let dry_run = args.changing.dry_run;
    let secrets = context.secrets(settings);
    let write = |edit: &mut Edit| {
        edit.remove_credentials(name);
        Ok(())
    };
    let change = Change {
        profile: name,
        before: Some(stored),
        store: Vec::new(),
        remove: vec![Field::PrivateKey],
        renamed: Vec::new(),
        by_hand: Some(format!(
            "To leave the key where it is, take client_id, key_id and private_key of profile {name} out of {} by hand.",
            settings.folders.config_file().display()
        )),
        write: Box::new(write),
    };
    let consent = Consent {
        losses: vec![format!(
            "Removing the credentials of profile {name} can't be undone: Apple shows a private key once."
        )],
        question: "Remove them?",
        hints: Vec::new(),
        yes: args.consent.yes,
        dry_run,
    };
    let plan = prepare(change, consent, &settings.folders, &secrets, context).await?;
    changes.extend(removals(&plan, context));
    if !dry_run {
        apply(plan, context).await?;
    }
    if let Some(client_id) = &stored.client_id {
        changes
            .extend(drop_access_tokens(&settings.folders, client_id, dry_run).map(dropped_token));
    }
    Ok(changes)
}
