//! The organization's own app: from the flags, else from the profile, else asked for on a terminal.

use super::Args;
use crate::commands::auth::key;
use crate::commands::store_choice::choose_store;
use crate::context::Context;
use crate::core::authorization::{client_id, redirect_uri, ten_characters};
use crate::error::Error;
use crate::organization::roster::app::{AppKey, AppSettings, SigningApp};
use crate::organization::roster::profile::RosterProfile;
use crate::secret::{Field, Store};

/// The app; exit 2 where something is missing and nobody can be asked. Unless it is only tried, the store is chosen too.
pub(super) async fn read(
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<SigningApp, Error> {
    let before = profile.before();
    let settings = AppSettings {
        client_id: text(
            ("--client-id", "App ID or Services ID"),
            args.client_id.as_deref(),
            before.map(|before| before.client_id.as_str()),
            client_id,
            context,
        )
        .await?,
        team_id: text(
            ("--team-id", "Team id of the Apple Developer account"),
            args.team_id.as_deref(),
            before.map(|before| before.team_id.as_str()),
            ten_characters,
            context,
        )
        .await?,
        key_id: text(
            ("--key-id", "Key id"),
            args.key_id.as_deref(),
            before.map(|before| before.key_id.as_str()),
            ten_characters,
            context,
        )
        .await?,
        redirect_uri: text(
            (
                "--redirect-uri",
                "Return URL, as it is registered for the app",
            ),
            args.redirect_uri.as_deref(),
            before.and_then(|before| before.redirect_uri.as_deref()),
            redirect_uri,
            context,
        )
        .await?,
    };
    let key = private_key(args, profile, context).await?;
    let store = if args.test_scope {
        None
    } else {
        Some(store(args, &key, profile, context).await?)
    };
    SigningApp::new(settings, key, store, profile)
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
                "The value for {flag} in the profile's [roster] {}.",
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
            Err(why) => context.ui.say(&format!("This value {}.", of(why))),
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
        "{flag} is required when there is no terminal."
    ))
    .hint("Without a terminal, give --client-id, --team-id, --key-id, --private-key-file and --redirect-uri once. The profile keeps them.")
}

/// The private key: given, or the profile's own.
async fn private_key(
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<AppKey, Error> {
    let organization = &profile.organization;
    let field = Field::RosterPrivateKey;
    if let Some(path) = &args.private_key_file {
        let given = key::read(path, field, organization, context).await?;
        return Ok(AppKey::Given(given));
    }
    if let Some(kept) = profile.kept_key().await? {
        return Ok(AppKey::Kept(kept));
    }
    if !context.ui.answers() {
        return Err(missing("--private-key-file"));
    }
    let question = "File of the private key (.p8)";
    let given = key::ask(question, &field, organization, context).await?;
    Ok(AppKey::Given(given))
}

/// Where the secrets are to be kept: what was asked for, else where the private key is, else as `auth login` chooses.
async fn store(
    args: &Args,
    key: &AppKey,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Store, Error> {
    let asked = args.store.map(Store::from).or_else(|| profile.own_store());
    let what = match key {
        AppKey::Given(_) => "private key and the refresh token",
        AppKey::Kept(_) => "refresh token",
    };
    let secrets = profile.organization.secrets();
    let store = choose_store(asked, what, &secrets, context).await?;
    if store == Store::Keyring {
        context.ui.hint("A keyring is locked when nobody is logged in. For cron, authorize with `--store file`.");
    }
    Ok(store)
}
