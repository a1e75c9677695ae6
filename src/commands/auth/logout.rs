//! `auth logout`: what `auth login` stored is removed again; the rest of the profile stays.

use super::changes::{CHANGES, change, document, drop_access_token, headline, secret_change};
use super::{refuse_environment, remove_secret};
use crate::cli::Changing;
use crate::commands::Outcome;
use crate::config::{self, File, Profile, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::secret::{Field, SecretLocation, Slot};

/// Whose credentials to remove.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The profile keeps its server tokens, its aliases and its access to the Roster API. A private key that abmctl did not store stays where it is. \
The API account goes on to exist: delete it in the portal.

Examples:
  abmctl auth logout
  abmctl auth logout --profile acme --dry-run")]
pub struct Args {
    #[command(flatten)]
    changing: Changing,
}

/// Logs out.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&CHANGES)?;
    // The credentials that are removed may be broken.
    let settings = context.settings_for_storing()?;
    refuse_environment(settings.credentials.as_ref(), "log out")?;
    let dry_run = args.changing.dry_run;
    let file = File::load(&settings.folders)?;
    let Some(name) = profile(&settings, &file)? else {
        return Ok(Outcome::done(document(
            "default",
            dry_run,
            &[],
            Vec::new(),
            context,
        )));
    };
    let stored = file.profile(&name)?;
    let changes = remove(&name, stored, &settings, dry_run, context).await?;
    if stored.roster.is_some() {
        context.ui.say_afterwards(format!(
            "The access to the Roster API stays; `abmctl auth roster --remove --profile {}` removes it.",
            shell_words::quote(&name)
        ));
    }
    let kind = settings
        .credentials
        .as_ref()
        .map(|credentials| credentials.kind);
    Ok(Outcome::done(document(
        &name,
        dry_run,
        &changes,
        vec![headline(&name, kind, context)],
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

/// The secret first: a profile that refers to nothing says what to do, a secret that nothing refers to lies about.
async fn remove(
    name: &str,
    stored: &Profile,
    settings: &Settings,
    dry_run: bool,
    context: &Context,
) -> Result<Vec<serde_json::Value>, Error> {
    let mut changes = Vec::new();
    for (setting, value) in [("client_id", &stored.client_id), ("key_id", &stored.key_id)] {
        if let Some(value) = value {
            changes.push(change(setting, Some(value), None));
        }
    }
    if let Some(reference) = &stored.private_key {
        let location = SecretLocation {
            reference: reference.clone(),
            slot: Slot::of_profile(name, Field::PrivateKey),
        };
        let fate = remove_secret(&location, &context.secrets(settings), dry_run, context)
            .await
            .map_err(|error| {
                error.hint(format!(
                    "Nothing was changed. To leave the key where it is, take client_id, key_id and private_key of profile {name} out of {} by hand.",
                    settings.folders.config_file().display()
                ))
            })?;
        changes.push(secret_change("private_key", Some(reference), None, fate));
    }
    if !dry_run && !changes.is_empty() {
        config::edit(&settings.folders, context.claimant(), |edit| {
            Ok(edit.remove_credentials(name))
        })
        .await?;
    }
    if let Some(client_id) = &stored.client_id {
        changes.extend(drop_access_token(&settings.folders, client_id, dry_run));
    }
    Ok(changes)
}
