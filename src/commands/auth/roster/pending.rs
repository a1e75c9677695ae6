//! The way in two runs, for where there is no terminal: `--print-url`, then `--redirected-to`.

use jiff::SignedDuration;
use secrecy::SecretString;

use super::app::{self, Given};
use super::{Args, Place, authorized, way};
use crate::apple::oauth::grant::TEST_SCOPE;
use crate::commands::auth::changes::drop_access_token;
use crate::commands::{DRY_RUN, Outcome};
use crate::config::{self, Roster};
use crate::context::Context;
use crate::core::authorization::{Mislanded, code_in};
use crate::error::{Error, Kind};
use crate::secret::{Field, SecretLocation};
use crate::state::pending::{Pending, Store};

/// How long an authorization can be gone on with.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Prints the address, and keeps what the second run needs.
pub async fn begin(args: &Args, place: &Place, context: &Context) -> Result<Outcome, Error> {
    let ui = &context.ui;
    let dry_run = args.changing.dry_run;
    // With the test scope nothing is stored, so the second run is given the app again.
    let stores = !args.test_scope && (place.before.is_none() || gives_something(args));
    let mut given = app::read(args, stores, place, context).await?;
    given.roster = with_authorization(given.roster, place);
    if stores {
        may_forget(&given, args, place, context).await?;
    }
    way::rehearse(&given, args, place)?;
    let state = way::new_state(context);
    let url = way::address(&given, args.scope(), &state, place)?;
    let expires_at = context.clock().now() + LIFETIME;
    if !dry_run {
        if stores {
            keep_app(&given, place, context).await?;
        }
        let pending = Pending {
            profile: place.profile.clone(),
            client_id: given.roster.client_id.clone(),
            redirect_uri: given.roster.redirect_uri.clone().unwrap_or_default(),
            scope: args.scope().to_owned(),
            state,
            expires_at,
        };
        Store::new(&place.settings.folders.state)
            .write(&pending)
            .map_err(|error| Error::failed(format!("The authorization can't be kept: {error}.")))?;
    }
    way::say_consent(&given, args.scope(), context);
    if dry_run {
        ui.say(DRY_RUN);
        ui.say_afterwards("This address can't be gone on with, since nothing was kept.");
    } else {
        if stores {
            ui.say(&format!(
                "The app is kept in profile {}, its private key in {}.",
                place.profile, given.roster.private_key
            ));
        }
        let again = if args.test_scope {
            ", with the same options for the app"
        } else {
            ""
        };
        ui.say_afterwards(format!(
            "Open this address in any browser within the hour. Then go on with the address that the browser lands on{again}:\n  {}",
            place.command(" --redirected-to 'URL'")
        ));
    }
    let expires_at = format!("{expires_at:.0}");
    let document = way::address_document(&url, &given, args.scope(), &expires_at, context);
    Ok(Outcome::done(document))
}

/// Whether the command line says anything of the app.
fn gives_something(args: &Args) -> bool {
    args.private_key_file.is_some()
        || [
            &args.client_id,
            &args.team_id,
            &args.key_id,
            &args.redirect_uri,
        ]
        .into_iter()
        .any(Option::is_some)
}

/// The same app keeps its authorization while another one is under way.
fn with_authorization(roster: Roster, place: &Place) -> Roster {
    match &place.before {
        Some(before) if before.client_id == roster.client_id => Roster {
            refresh_token: before.refresh_token.clone(),
            organization_id: before.organization_id.clone(),
            organization: before.organization.clone(),
            ..roster
        },
        _ => roster,
    }
}

/// Another app has no use for the authorization that is there; that it goes is asked, or needs `--yes`.
async fn may_forget(
    given: &Given,
    args: &Args,
    place: &Place,
    context: &Context,
) -> Result<(), Error> {
    let Some(before) = &place.before else {
        return Ok(());
    };
    if before.refresh_token.is_none()
        || given.roster.refresh_token.is_some()
        || args.consent.yes
        || args.changing.dry_run
    {
        return Ok(());
    }
    let what = format!(
        "Profile {} is authorized with the app {}; keeping the app {} in its place forgets that authorization",
        place.profile, before.client_id, given.roster.client_id
    );
    if !context.ui.answers() {
        return Err(
            Error::usage(format!("{what}, and there is no terminal to ask on."))
                .hint("Say so beforehand with --yes, or use a profile of its own."),
        );
    }
    context.ui.say(&format!("{what}."));
    if context.ui.confirm("Go on?", false).await? {
        Ok(())
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}

/// Stores the app's private key if it is new, then its settings.
async fn keep_app(given: &Given, place: &Place, context: &Context) -> Result<(), Error> {
    let secrets = context.secrets(&place.settings);
    if let (Some(new_key), Some(store)) = (&given.new_key, given.store) {
        let slot = place.slot(Field::RosterPrivateKey);
        secrets.store(store, &slot, &new_key.secret).await?;
    }
    config::edit(&place.settings.folders, |edit| {
        edit.set_roster(&place.profile, &given.roster)
    })?;
    authorized::remove_old(&given.roster, place, context).await;
    if let (None, Some(before)) = (&given.roster.refresh_token, &place.before)
        && let Some(reference) = &before.refresh_token
    {
        let location = SecretLocation {
            reference: reference.clone(),
            slot: place.slot(Field::RosterRefreshToken),
        };
        if let Err(error) = secrets.remove(&location).await {
            context.ui.warn(&error.message);
        }
        let folders = &place.settings.folders;
        drop_access_token(folders, &before.client_id, false);
    }
    Ok(())
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
        Error::new(Kind::NotAuthenticated, message)
            .hint(format!("Begin with `{}`.", place.command(" --print-url")))
    };
    let Some(pending) = store.read(&place.profile) else {
        return Err(begin_again(format!(
            "No authorization is under way for profile {}; each can be gone on with once.",
            place.profile
        )));
    };
    let now = context.clock().now();
    if pending.expires_at <= now {
        let _ = store.forget(&place.profile);
        return Err(begin_again(format!(
            "The authorization of profile {} was begun more than an hour ago, and can't be gone on with.",
            place.profile
        )));
    }
    let landed = if landed == "-" {
        String::from_utf8_lossy(&context.ui.read_input().await?).into_owned()
    } else {
        landed.to_owned()
    };
    let code = match code_in(&landed, &pending.state) {
        Ok(code) => SecretString::from(code),
        Err(why) => {
            if matches!(why, Mislanded::Denied { .. }) {
                let _ = store.forget(&place.profile);
            }
            return Err(way::mislanded(&why, place));
        }
    };
    let is_test = pending.scope == TEST_SCOPE;
    let mut given = app::read(args, !is_test, place, context).await?;
    if given.roster.client_id != pending.client_id {
        return Err(begin_again(format!(
            "The authorization that is under way is for the app {}, not for {}.",
            pending.client_id, given.roster.client_id
        )));
    }
    given.roster.redirect_uri = Some(pending.redirect_uri.clone());
    if !is_test {
        way::rehearse(&given, args, place)?;
    }
    // Used once, whatever comes of it: Apple takes the code once as well.
    store
        .forget(&place.profile)
        .map_err(|error| Error::failed(format!("The authorization can't be ended: {error}.")))?;
    let authorization = way::exchange(given, code, &pending.scope, place, context).await;
    if let Err(Error {
        kind: Kind::Unavailable,
        ..
    }) = &authorization
    {
        // Apple did not take the code, so the same address may do later.
        let _ = store.write(&pending);
    }
    let authorization = authorization?;
    authorized::keep(authorization, args, place, context).await
}
