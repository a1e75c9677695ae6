//! The organization's own app: from the flags, else from the profile, else asked for on a terminal.

use super::{Args, Place};
use crate::apple::oauth::key::SigningKey;
use crate::commands::auth::key::{self, PrivateKey};
use crate::commands::store_choice::choose_store;
use crate::config::Roster;
use crate::context::Context;
use crate::core::authorization::{client_id, redirect_uri, ten_characters};
use crate::error::Error;
use crate::organization::profile::NewSecret;
use crate::organization::roster::roster_key;
use crate::secret::{Field, Secret, SecretLocation, Store};

/// An app that can sign, and how it is kept.
pub struct Given {
    /// Its settings, as the profile will hold them; without an authorization.
    pub roster: Roster,
    /// Its private key, as it signs.
    pub key: SigningKey,
    /// Its private key, where it is to be stored.
    pub new_key: Option<NewKey>,
    /// Where secrets are to be kept; `None` where none is kept.
    pub store: Option<Store>,
}

/// A private key that was given.
pub struct NewKey {
    /// As it is stored.
    pub secret: Secret,
    /// The file that it was copied from; `None` where it came from standard input.
    pub copied_from: Option<String>,
}

/// The app; exit 2 where something is missing and nobody can be asked. Where it is `kept`, the store is chosen too.
pub async fn read(
    args: &Args,
    kept: bool,
    place: &Place,
    context: &Context,
) -> Result<Given, Error> {
    let before = place.before();
    let client_id = text(
        ("--client-id", "App ID or Services ID"),
        args.client_id.as_deref(),
        before.map(|before| before.client_id.as_str()),
        client_id,
        context,
    )
    .await?;
    let team_id = text(
        ("--team-id", "Team id of the Apple Developer account"),
        args.team_id.as_deref(),
        before.map(|before| before.team_id.as_str()),
        ten_characters,
        context,
    )
    .await?;
    let key_id = text(
        ("--key-id", "Key id"),
        args.key_id.as_deref(),
        before.map(|before| before.key_id.as_str()),
        ten_characters,
        context,
    )
    .await?;
    let redirect_uri = text(
        (
            "--redirect-uri",
            "Return URL, as it is registered for the app",
        ),
        args.redirect_uri.as_deref(),
        before.and_then(|before| before.redirect_uri.as_deref()),
        redirect_uri,
        context,
    )
    .await?;
    let (key, secret, origin) = private_key(args, place, context).await?;
    let is_new = matches!(origin, Origin::Given(_));
    let there = own_store(place, context);
    let store = if kept {
        Some(store(args, is_new, there, place, context).await?)
    } else {
        None
    };
    // Both secrets go where it was asked for: one that stays in the keyring would be locked at night as before.
    let moves = store.is_some() && there.is_some() && store != there;
    let new_key = match origin {
        Origin::Given(copied_from) => Some(NewKey {
            secret,
            copied_from,
        }),
        Origin::Profile if moves => Some(NewKey {
            secret,
            copied_from: None,
        }),
        Origin::Profile => None,
    };
    let private_key = match (&new_key, before) {
        (None, Some(before)) => before.private_key.clone(),
        _ => NewSecret::reference(
            &place.profile,
            &Field::RosterPrivateKey,
            store.unwrap_or(Store::Keyring),
        )?,
    };
    Ok(Given {
        roster: Roster {
            client_id,
            team_id,
            key_id,
            private_key,
            redirect_uri: Some(redirect_uri),
            refresh_token: None,
            organization_id: None,
            organization: None,
        },
        key,
        new_key,
        store,
    })
}

/// A text that must pass `check`: of the flag, of the profile, or typed, again until it passes.
async fn text(
    (flag, what): (&str, &str),
    given: Option<&str>,
    kept: Option<&str>,
    check: fn(&str) -> Result<String, &'static str>,
    context: &Context,
) -> Result<String, Error> {
    if let Some(given) = given {
        return check(given)
            .map_err(|why| Error::usage(format!("The value of {flag} {}.", of(why))));
    }
    if let Some(kept) = kept {
        return check(kept).map_err(|why| {
            Error::usage(format!(
                "What the profile's [roster] has for {flag} {}.",
                of(why)
            ))
        });
    }
    if !context.ui.answers() {
        return Err(missing(flag));
    }
    loop {
        match check(&context.ui.ask(what, None).await?) {
            Ok(good) => return Ok(good),
            Err(why) => context.ui.say(&format!("It {why}.")),
        }
    }
}

/// What a value must be, as what a wrong one is not.
fn of(why: &str) -> String {
    match (why.strip_prefix("is "), why.strip_prefix("has ")) {
        (Some(rest), _) if rest.starts_with("not ") => why.to_owned(),
        (Some(rest), _) => format!("must be {rest}"),
        (_, Some(rest)) => format!("must have {rest}"),
        _ => why.to_owned(),
    }
}

fn missing(flag: &str) -> Error {
    Error::usage(format!(
        "{flag} is missing, and there is no terminal to ask on."
    ))
    .hint("Without a terminal give --client-id, --team-id, --key-id, --private-key-file and --redirect-uri once; the profile keeps them.")
}

/// Where a private key came from.
enum Origin {
    /// It was given, as this file or on standard input.
    Given(Option<String>),
    /// It is the profile's own.
    Profile,
}

/// The private key: given, or the profile's own.
async fn private_key(
    args: &Args,
    place: &Place,
    context: &Context,
) -> Result<(SigningKey, Secret, Origin), Error> {
    let settings = &place.settings;
    let given = if let Some(path) = &args.private_key_file {
        key::read(context, settings, path, Field::RosterPrivateKey).await?
    } else if let Some(location) = location(place) {
        let secret = context.secrets(settings).resolve(&location).await?;
        let key = roster_key(&secret, &location.reference)?;
        return Ok((key, secret, Origin::Profile));
    } else if context.ui.answers() {
        let question = "File of the private key (.p8)";
        key::ask(question, &Field::RosterPrivateKey, settings, context).await?
    } else {
        return Err(missing("--private-key-file"));
    };
    let PrivateKey { secret, key, file } = given;
    Ok((key, secret, Origin::Given(file)))
}

/// Where the profile has its private key.
fn location(place: &Place) -> Option<SecretLocation> {
    Some(SecretLocation {
        reference: place.before()?.private_key.clone(),
        slot: place.slot(Field::RosterPrivateKey),
    })
}

/// The store in which abmctl keeps the private key that is there.
fn own_store(place: &Place, context: &Context) -> Option<Store> {
    let own = context.secrets(&place.settings).own(&location(place)?)?;
    Some(own.store)
}

/// Where the secrets are to be kept: what was asked for, else where the private key is (`there`), else as `auth login`
/// chooses.
async fn store(
    args: &Args,
    is_new: bool,
    there: Option<Store>,
    place: &Place,
    context: &Context,
) -> Result<Store, Error> {
    let secrets = context.secrets(&place.settings);
    let asked = args.store.map(Store::from).or(there);
    let what = if is_new {
        "private key and the refresh token"
    } else {
        "refresh token"
    };
    let store = choose_store(asked, what, &secrets, context).await?;
    if store == Store::Keyring {
        context.ui.hint("A keyring is locked where nobody is logged in: for cron, authorize with `--store file`.");
    }
    Ok(store)
}
