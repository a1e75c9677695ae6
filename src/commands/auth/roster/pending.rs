//! The way in two runs, for where there is no terminal: `--print-url`, then `--redirected-to`.
//!
//! What the first run is given waits in the state folder, without a secret, until Apple accepts it: an app that works is
//! replaced only by one that works.

use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::app::{self, Given};
use super::way::Halted;
use super::{Args, Place, authorized, way};
use crate::apple::oauth::grant::TEST_SCOPE;
use crate::commands::auth::key::{self, whole_path};
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::commands::store_choice::StoreName;
use crate::context::Context;
use crate::core::authorization::{Mislanded, code_in};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::state::pending::{Pending, Store};

/// How long an authorization can be resumed.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Prints the address, and keeps what the second run needs.
pub async fn begin(args: &Args, place: &Place, context: &Context) -> Result<Outcome, Error> {
    let ui = &context.ui;
    let path = args.private_key_file.as_deref();
    if path.is_some_and(|path| path == "-" || key::is_pipe(path, &place.settings)) {
        return Err(Error::usage(
            "With --print-url the private key can't come from standard input or a pipe: it is read again when the authorization goes on.",
        )
        .hint("Name a file that is there until then."));
    }
    let given = app::read(args, !args.test_scope, place, context).await?;
    way::rehearse(&given, args, place)?;
    way::say_consent(args.scope(), context);
    let state = way::new_state(context);
    let url = way::address(&given, args.scope(), &state, place)?;
    let pending = pending(&given, args.scope(), state, place, context.clock().now());
    if args.changing.dry_run {
        ui.say(DRY_RUN);
        ui.say_afterwards("You can't resume with this URL, because nothing was kept.");
    } else {
        keep(&pending, place, context)?;
        let until_then = match &pending.private_key_file {
            Some(path) => format!(
                " Nothing is stored until Apple accepts it: leave {} where it is.",
                path.display()
            ),
            None => String::new(),
        };
        ui.say_afterwards(format!(
            "Open this address in any browser within the hour.{until_then} Then go on at once with the address that the browser lands on, given there or, with `-`, on standard input:\n  {}",
            go_on_with(place).written(&ui.reach())
        ));
    }
    let expires_at = format!("{:.0}", pending.expires_at);
    let document = way::address_document(&url, &given, args.scope(), &expires_at, context);
    Ok(Outcome::done(document))
}

/// What another run needs to go on.
pub fn pending(
    given: &Given,
    scope: &str,
    state: String,
    place: &Place,
    now: Timestamp,
) -> Pending {
    let roster = &given.roster;
    let copied_from = given
        .new_key
        .as_ref()
        .and_then(|key| key.copied_from.as_ref());
    Pending {
        profile: place.profile.clone(),
        client_id: roster.client_id.clone(),
        team_id: roster.team_id.clone(),
        key_id: roster.key_id.clone(),
        private_key_file: copied_from.map(|path| whole_path(path, &place.settings)),
        store: given.store.map(|store| store.name().to_owned()),
        redirect_uri: roster.redirect_uri.clone().unwrap_or_default(),
        scope: scope.to_owned(),
        state,
        expires_at: now + LIFETIME,
    }
}

/// Keeps an authorization under way.
pub fn keep(pending: &Pending, place: &Place, context: &Context) -> Result<(), Error> {
    Store::new(&place.settings.folders.state)
        .write(pending, context.clock().now())
        .map_err(|error| Error::failed(format!("The authorization can't be kept: {error}.")))
}

/// What the first run was given, where the second one is not.
fn with_kept(args: &Args, pending: &Pending, place: &Place) -> Result<Args, Error> {
    for (flag, given, kept) in [
        ("--client-id", &args.client_id, &pending.client_id),
        ("--redirect-uri", &args.redirect_uri, &pending.redirect_uri),
    ] {
        // The browser was sent there for this app.
        if given.as_ref().is_some_and(|given| given.trim() != kept) {
            return Err(Error::usage(format!(
                "The authorization that is under way has {kept} for {flag}."
            ))
            .hint(hint![
                format!("Leave {flag} out, or begin again with "),
                place.command().word("--print-url"),
                "."
            ]));
        }
    }
    let kept_file = || {
        let path = pending.private_key_file.as_ref()?;
        Some(path.to_string_lossy().into_owned())
    };
    let or = |given: &Option<String>, kept: &String| given.clone().or_else(|| Some(kept.clone()));
    let kept_store = pending.store.as_deref();
    Ok(Args {
        client_id: or(&args.client_id, &pending.client_id),
        team_id: or(&args.team_id, &pending.team_id),
        key_id: or(&args.key_id, &pending.key_id),
        private_key_file: args.private_key_file.clone().or_else(kept_file),
        redirect_uri: or(&args.redirect_uri, &pending.redirect_uri),
        store: args
            .store
            .or_else(|| StoreName::from_str(kept_store?, false).ok()),
        test_scope: pending.scope == TEST_SCOPE,
        ..args.clone()
    })
}

/// Goes on with what the first run kept.
pub async fn go_on(
    args: &Args,
    landed: &str,
    place: &Place,
    context: &Context,
) -> Result<Outcome, Error> {
    let store = Store::new(&place.settings.folders.state);
    let begin_again = |message: String| {
        Error::new(Kind::NotAuthenticated, message).hint(hint![
            "Begin with ",
            place.command().word("--print-url"),
            "."
        ])
    };
    let Some(pending) = store.read(&place.profile) else {
        return Err(begin_again(format!(
            "No authorization is under way for profile {}; you can resume each one once.",
            place.profile
        )));
    };
    let now = context.clock().now();
    if pending.expires_at <= now {
        let _ = store.forget(&place.profile);
        return Err(begin_again(format!(
            "The authorization of profile {} was begun more than an hour ago, so you can't resume it.",
            place.profile
        )));
    }
    let args = with_kept(args, &pending, place)?;
    let landed = if landed == "-" {
        input(&args, context).await?
    } else {
        landed.to_owned()
    };
    let code = match code_in(&landed, &pending.state) {
        Ok(code) => SecretString::from(code),
        Err(why) => {
            if matches!(why, Mislanded::Denied { .. }) {
                let _ = store.forget(&place.profile);
            }
            return Err(way::mislanded(&why, place, context));
        }
    };
    let given = app::read(&args, !args.test_scope, place, context).await?;
    way::rehearse(&given, &args, place)?;
    authorized::agree_to_app(&given, &args, place, context).await?;
    let exchanged = way::exchange(given, code, &pending.scope, place, context).await;
    if !matches!(exchanged, Err(Halted::UnderWay(_))) {
        // Apple takes a code once, so this is over. Another one may have been begun meanwhile.
        let same = |kept: Pending| kept.state == pending.state;
        if store.read(&place.profile).is_some_and(same) {
            let _ = store.forget(&place.profile);
        }
    }
    match exchanged {
        Ok(authorization) => authorized::keep(authorization, &args, place, context).await,
        Err(Halted::Over(error)) => Err(error),
        Err(Halted::UnderWay(error)) => Err(still_under_way(error, place)),
    }
}

/// The error of an authorization that can be resumed.
pub fn still_under_way(error: Error, place: &Place) -> Error {
    error.hint(hint![
        "Nothing was stored. You can resume the authorization with the same URL: ",
        go_on_with(place),
        "."
    ])
}

/// The command that goes on with an authorization.
fn go_on_with(place: &Place) -> Command {
    place.command().word("--redirected-to 'URL'")
}

/// The address on standard input.
async fn input(args: &Args, context: &Context) -> Result<String, Error> {
    if args.private_key_file.as_deref() == Some("-") {
        return Err(Error::usage(
            "--private-key-file and --redirected-to can't both come from standard input.",
        ));
    }
    if context.host.terminal.stdin {
        context.ui.say(
            "Paste the address that the browser landed on; end with Enter and Ctrl-D on a line of its own.",
        );
    }
    let bytes = context.ui.read_input().await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
