//! `tokens remove`: a token, and its key pair if asked for, is taken off this machine; nothing changes at Apple.

use std::fs;
use std::io;

use serde_json::Value;

use super::place::Place;
use crate::cli::{Changing, Consent};
use crate::commands::Outcome;
use crate::commands::auth::changes::{CHANGES, change, document, headline, secret_change};
use crate::commands::auth::remove_secret;
use crate::config::{self, Folders, KeyPair, key_pairs};
use crate::context::Context;
use crate::error::Error;
use crate::output::Document;
use crate::secret::SecretLocation;
use crate::state::facts;

/// Which token.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Nothing changes at Apple: the token works on wherever else it is kept. What abmctl did not store stays. \
It asks on a terminal, and needs --yes without one.

Examples:
  abmctl tokens remove prod
  abmctl tokens remove prod --key-pair --yes")]
pub struct Args {
    /// The token's name in the profile
    name: String,
    /// Remove its key pair too: no .p7m file that was made for it can be opened any more
    #[arg(long)]
    key_pair: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `tokens remove`.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&CHANGES)?;
    let place = Place::for_tokens(context).await?;
    let (name, dry_run) = (&args.name, args.changing.dry_run);
    let token = place.token(name);
    let pair = place.stored.key_pairs.get(name).filter(|_| args.key_pair);
    if token.is_none() && pair.is_none() {
        return Err(absent(name, args.key_pair, &place));
    }
    let what = match (token, pair) {
        (Some(_), Some(_)) => format!("The server token {name} and its key pair"),
        (Some(_), None) => format!("The server token {name}"),
        _ => format!("The key pair {name}"),
    };
    if !dry_run && !args.consent.yes {
        consent(&what, pair.is_some(), args, context).await?;
    }

    let secrets = context.secrets(&place.settings);
    let by_hand = |error: Error| {
        error.hint(format!(
            "Nothing was changed. To leave it where it is, take {name} out of {} by hand.",
            place.settings.folders.config_file().display()
        ))
    };
    let mut changes = Vec::new();
    let locations: Vec<SecretLocation> = token
        .map(|token| token.token.value.clone())
        .into_iter()
        .chain(pair.map(|pair| key_pairs::location(&place.profile, name, pair)))
        .collect();
    for location in &locations {
        let fate = remove_secret(location, &secrets, dry_run, context)
            .await
            .map_err(by_hand)?;
        let setting = location.slot.field.name();
        changes.push(secret_change(
            &setting,
            Some(&location.reference),
            None,
            fate,
        ));
    }
    if let Some(pair) = pair {
        let folders = &place.settings.folders;
        changes.push(remove_certificate(
            &place.profile,
            name,
            pair,
            folders,
            dry_run,
            context,
        ));
    }
    if !dry_run {
        config::edit(&place.settings.folders, context.claimant(), |edit| {
            if token.is_some() {
                edit.remove_token(&place.profile, name);
            }
            if pair.is_some() {
                edit.remove_key_pair(&place.profile, name);
            }
            Ok(())
        })
        .await?;
        if let Some(token) = token {
            // Nothing in it is secret, and nobody looks for it any more.
            let store = facts::Store::new(&place.settings.folders.state);
            let _ = store.forget(&facts::place(token));
        }
    }
    advise(name, token.is_some(), pair.is_some(), &place, context);
    let headline = vec![headline(&place.profile, None, context)];
    let document: Document = document(&place.profile, dry_run, &changes, headline, context);
    Ok(Outcome::done(document))
}

fn advise(name: &str, token: bool, pair: bool, place: &Place, context: &Context) {
    if token {
        context.ui.say_afterwards(
            "Nothing changes at Apple: the token works on wherever else it is kept, until it ends or is replaced.",
        );
    }
    if !pair && place.stored.key_pairs.contains_key(name) {
        context.ui.hint_afterwards(format!(
            "Its key pair is kept: the token's .p7m file can be imported again. `abmctl tokens remove {name} --key-pair` removes it too."
        ));
    }
}

/// Exit 4, with the names that there are.
fn absent(name: &str, with_pair: bool, place: &Place) -> Error {
    let profile = &place.profile;
    let error = Error::not_found(if with_pair {
        format!("Profile {profile} has neither a server token nor a key pair {name:?}.")
    } else {
        format!("Profile {profile} has no server token {name:?}.")
    });
    if !with_pair && place.stored.key_pairs.contains_key(name) {
        return error.hint(format!(
            "There is a key pair of that name: `abmctl tokens remove {name} --key-pair` removes it."
        ));
    }
    let names: Vec<&str> = place.tokens.iter().map(|it| it.name.as_str()).collect();
    match names[..] {
        [] => {
            error.hint("It has no server tokens at all; `abmctl profiles list` shows the profiles.")
        }
        _ => error.hint(format!(
            "Its server tokens are {}; `abmctl tokens list` shows them.",
            names.join(", ")
        )),
    }
}

/// Asks whether it may go; without a terminal `--yes` is needed.
async fn consent(what: &str, pair: bool, args: &Args, context: &Context) -> Result<(), Error> {
    let name = &args.name;
    let flag = if pair { " --key-pair" } else { "" };
    if !context.ui.answers() {
        return Err(Error::usage(format!(
            "{what} can't be brought back from here, and there is no terminal to ask on."
        ))
        .hint(format!(
            "Say so beforehand: `abmctl tokens remove {name}{flag}{} --yes`.",
            context.profile_flag()
        )));
    }
    let lost = if pair {
        "Without the private key no .p7m file that was made for it can be opened."
    } else {
        "A new download in the portal would replace the token that the MDM uses."
    };
    context
        .ui
        .say(&format!("{what} can't be brought back from here. {lost}"));
    if context.ui.confirm("Remove it?", false).await? {
        Ok(())
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}

/// Removes the certificate of a key pair where it is in abmctl's own file, in a rehearsal only in words. It is public, so
/// one that can't be removed costs a warning.
pub fn remove_certificate(
    profile: &str,
    name: &str,
    pair: &KeyPair,
    folders: &Folders,
    dry_run: bool,
    context: &Context,
) -> Value {
    if !dry_run && pair.has_own_certificate(profile, name, folders) {
        let path = folders.config.join(&pair.certificate);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => context
                .ui
                .warn(&format!("Can't remove {}: {error}.", path.display())),
            _ => {}
        }
    }
    let setting = format!("key_pairs.{name}.certificate");
    change(&setting, Some(&pair.certificate.to_string_lossy()), None)
}
