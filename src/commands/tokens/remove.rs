//! `tokens remove`: a token, and its key pair if asked for, is taken off this machine; nothing changes at Apple.

use super::place::Place;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, apply, prepare, removals};
use crate::commands::settings_change::{SettingChange, certificate_change, document, headline};
use crate::config::Edit;
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{self, Changing};
use crate::organization::profile::Change;
use crate::organization::server_tokens::key_pairs::remove_certificate;
use crate::output::Document;
use crate::secret::Field;
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
    consent: options::Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `tokens remove`.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let place = Place::for_tokens(context).await?;
    let (name, dry_run) = (place.spelled(&args.name)?, args.changing.dry_run);
    let token = place.token(name);
    let pair = place.key_pair(name).filter(|_| args.key_pair);
    if token.is_none() && pair.is_none() {
        return Err(absent(name, args.key_pair, &place));
    }
    let secrets = context.secrets(&place.settings);
    let write = |edit: &mut Edit| {
        if token.is_some() {
            edit.remove_token(&place.profile, name);
        }
        if pair.is_some() {
            edit.remove_key_pair(&place.profile, name);
        }
        Ok(())
    };
    let token_field = token.map(|_| Field::Token(name.to_owned()));
    let pair_field = pair.map(|_| Field::KeyPair(name.to_owned()));
    let change = Change {
        profile: &place.profile,
        before: place.stored.as_ref(),
        store: Vec::new(),
        remove: token_field.into_iter().chain(pair_field).collect(),
        renamed: Vec::new(),
        by_hand: Some(format!(
            "To leave it where it is, take {name} out of {} by hand.",
            place.settings.folders.config_file().display()
        )),
        write: Box::new(write),
    };
    let consent = consent(name, token.is_some(), pair.is_some(), args);
    let folders = &place.settings.folders;
    let plan = prepare(change, consent, folders, &secrets, context).await?;
    let mut changes = removals(&plan, context);
    if !dry_run {
        apply(plan, context).await?;
    }
    if let Some(pair) = pair {
        if !dry_run && let Some(why) = remove_certificate(&place.profile, name, pair, folders) {
            context.ui.warn(&why);
        }
        changes.push(certificate_change(name, pair));
    }
    if let Some(token) = token.filter(|_| !dry_run) {
        // Nothing in it is secret, and nobody looks for it any more.
        let store = facts::Store::new(&folders.state);
        let _ = store.forget(&facts::place(token));
    }
    advise(name, token.is_some(), pair.is_some(), &place, context);
    let headline = vec![headline(&place.profile, None, context)];
    let document: Document = document(&place.profile, dry_run, changes, headline, context);
    Ok(Outcome::done(document))
}

fn advise(name: &str, token: bool, pair: bool, place: &Place, context: &Context) {
    if token {
        context.ui.say_afterwards(
            "Nothing changes at Apple: the token works on wherever else it is kept, until it ends or is replaced.",
        );
    }
    if !pair && place.key_pair(name).is_some() {
        context.ui.hint_afterwards(hint![
            "Its key pair is kept: the token's .p7m file can be imported again. ",
            command(name).word("--key-pair"),
            " removes it too."
        ]);
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
    if !with_pair && place.key_pair(name).is_some() {
        return error.hint(hint![
            "There is a key pair of that name: ",
            command(name).word("--key-pair"),
            " removes it."
        ]);
    }
    let names: Vec<&str> = place.tokens.iter().map(|it| it.name.as_str()).collect();
    match names[..] {
        [] => error.hint(hint![
            "It has no server tokens at all; ",
            Command::plain("profiles list"),
            " shows the profiles."
        ]),
        _ => error.hint(hint![
            format!("Its server tokens are {}; ", names.join(", ")),
            Command::new("tokens list"),
            " shows them."
        ]),
    }
}

fn command(name: &str) -> Command {
    Command::storing("tokens remove").arg(name)
}

/// What can't be undone, and why that matters.
fn consent(name: &str, token: bool, pair: bool, args: &Args) -> Consent<'static> {
    let what = match (token, pair) {
        (true, true) => format!("server token {name} and its key pair"),
        (true, false) => format!("server token {name}"),
        _ => format!("key pair {name}"),
    };
    let lost = if pair {
        "Without the private key no .p7m file that was made for it can be opened."
    } else {
        "A new download in the portal would replace the token that the MDM uses."
    };
    Consent {
        losses: vec![format!("Removing {what} can't be undone. {lost}")],
        question: "Remove it?",
        hints: Vec::new(),
        yes: args.consent.yes,
        dry_run: args.changing.dry_run,
    }
}
