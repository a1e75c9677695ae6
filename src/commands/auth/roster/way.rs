//! The way through the browser: what is said before, the address, the one that the browser landed on, and the exchange.

use secrecy::SecretString;
use serde::Serialize;

use super::app::{self, Given};
use super::authorized::{self, Authorization};
use super::{Args, Place, pending};
use crate::apple::error::{Cause, Failure};
use crate::apple::oauth::grant::{App, Authorized, TEST_SCOPE, authorization_url};
use crate::commands::outcome::Outcome;
use crate::config;
use crate::context::Context;
use crate::core::authorization::{Mislanded, code_in};
use crate::core::printed::hint;
use crate::error::{Error, Kind};
use crate::organization::roster::organization::refused;
use crate::output::{Column, Document, Format, Row, Shown, column, minute};

/// What `--print-url` prints.
#[derive(Debug, Serialize)]
pub struct Address {
    authorize_url: String,
    redirect_uri: Option<String>,
    scope: String,
    expires_at: String,
}

impl Row for Address {
    const COLUMNS: &'static [Column<Self>] = &[
        column("authorize_url", "ADDRESS", |it| it.authorize_url.shown()),
        column("redirect_uri", "RETURN URL", |it| it.redirect_uri.shown()),
        column("scope", "SCOPE", |it| it.scope.shown()),
        column("expires_at", "GOOD UNTIL", |it| {
            minute(Some(&it.expires_at))
        }),
    ];
}

/// The whole way on a terminal; exit 2 where there is none.
pub async fn on_terminal(args: &Args, place: &Place, context: &Context) -> Result<Outcome, Error> {
    let ui = &context.ui;
    if !ui.answers() {
        return Err(Error::usage(
            "Authorizing needs a browser, and there is no terminal to ask on for the address that it lands on.",
        )
        .hint(hint![
            "Print the address with ",
            place.command().word("--print-url"),
            ", open it in any browser, and go on with `--redirected-to URL`."
        ]));
    }
    say_consent(args.scope(), context);
    authorized::say_what_is_there(place, context);
    let given = app::read(args, !args.test_scope, place, context).await?;
    rehearse(&given, args, place)?;
    authorized::agree_to_app(&given, args, place, context).await?;
    let state = new_state(context);
    let url = address(&given, args.scope(), &state, place)?;
    ui.say(&format!("\nOpen this address:\n\n{url}\n"));
    if ui.confirm("Open it in a browser now?", true).await?
        && let Err(why) = context.host.browser.open(&url)
    {
        ui.warn(&format!(
            "No browser can be opened ({why}); open the address by hand."
        ));
    }
    ui.say("The browser ends at the app's return URL; it does not matter what that page shows.");
    let code = loop {
        let landed = ui.ask("Address that the browser landed on", None).await?;
        match code_in(&landed, &state) {
            Ok(code) => break SecretString::from(code),
            Err(denied @ Mislanded::Denied { .. }) => {
                return Err(mislanded(&denied, place, context));
            }
            Err(other) => ui.say(&format!("{other}.")),
        }
    };
    let pending = pending::pending(&given, args.scope(), state, place, context.clock().now());
    match exchange(given, code, args.scope(), place, context).await {
        Ok(authorization) => authorized::keep(authorization, args, place, context).await,
        Err(Halted::Over(error)) => Err(error),
        Err(Halted::UnderWay(error)) => {
            let gone = args.changing.dry_run || pending::keep(&pending, place, context).is_err();
            Err(if gone {
                error
            } else {
                pending::still_under_way(error, place)
            })
        }
    }
}

/// Why an authorization did not come about.
pub enum Halted {
    /// The code was not used, as far as is known: the same address may do later.
    UnderWay(Error),
    /// It has to begin again.
    Over(Error),
}

/// What can't be written is known before Apple is asked, and before a secret lies about.
pub fn rehearse(given: &Given, args: &Args, place: &Place) -> Result<(), Error> {
    if args.test_scope {
        return Ok(());
    }
    let folders = &place.settings.folders;
    config::rehearse(folders, |edit| {
        edit.set_roster(&place.profile, &given.roster)
    })
}

/// 32 random hexadecimal digits.
pub fn new_state(context: &Context) -> String {
    let mut bytes = [0; 16];
    context.host.random.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// The address that the administrator opens.
pub fn address(given: &Given, scope: &str, state: &str, place: &Place) -> Result<String, Error> {
    let roster = &given.roster;
    let redirect_uri = roster.redirect_uri.as_deref().unwrap_or_default();
    let authorize = &place.settings.services.roster_authorize.value;
    authorization_url(authorize, &roster.client_id, redirect_uri, scope, state)
        .map(|url| url.to_string())
        .ok_or_else(|| Error::usage(format!("The return URL {redirect_uri} is not an address.")))
}

/// What the administrator is asked for, and what is made of it.
pub fn say_consent(scope: &str, context: &Context) {
    let own = "The consent is for your organization's own app, and for nobody else's.";
    context.ui.say(&if scope == TEST_SCOPE {
        format!(
            "Apple asks the owner of the Apple Developer account for consent to read test data ({scope}).\n{own}"
        )
    } else {
        format!(
            "Apple asks an Administrator or Site Manager of the organization for consent.\nIts scopes are for reading people or classes; {scope} is the one that is asked for, and abmctl reads the organization alone: its name, and which of its domains are verified.\n{own}"
        )
    });
}

/// The address itself in a table, and with what belongs to it elsewhere.
pub fn address_document(
    url: &str,
    given: &Given,
    scope: &str,
    expires_at: &str,
    context: &Context,
) -> Document {
    if context.output.format == Format::Table && context.output.columns.is_none() {
        return Document::Text(format!("{url}\n"));
    }
    Document::one(Address {
        authorize_url: url.to_owned(),
        redirect_uri: given.roster.redirect_uri.clone(),
        scope: scope.to_owned(),
        expires_at: expires_at.to_owned(),
    })
}

/// The error of a URL that can't be resumed with.
pub fn mislanded(why: &Mislanded, place: &Place, context: &Context) -> Error {
    let kind = match why {
        Mislanded::Denied { .. } => Kind::NotAuthenticated,
        _ => Kind::Usage,
    };
    let error = Error::new(kind, format!("{why}."));
    match why {
        Mislanded::Denied { code, .. } => {
            let mut error = error.hint("Nothing was stored.").hint(match code.as_str() {
                "access_denied" => hint![
                    "An Administrator or Site Manager has to sign in and agree; ",
                    place.again(context)
                ],
                _ => hint![
                    "See that the app has Account & Organizational Data Sharing with the scope \"Roster API: User access\" and this return URL, then ",
                    place.again(context)
                ],
            });
            error.code = Some(code.clone());
            error
        }
        _ => error.hint("Nothing was stored. You can resume the authorization with the same URL."),
    }
}

/// Exchanges the code, and reads the organization with the token that it gives; nothing is stored.
pub async fn exchange(
    given: Given,
    code: SecretString,
    scope: &str,
    place: &Place,
    context: &Context,
) -> Result<Authorization, Halted> {
    let settings = &place.settings;
    let Given {
        roster,
        key,
        new_key,
        store,
    } = given;
    let app = App {
        client_id: roster.client_id.clone(),
        team_id: roster.team_id.clone(),
        key_id: roster.key_id.clone(),
        key,
        token_url: settings.services.roster_token.value.clone(),
    };
    let redirect_uri = roster.redirect_uri.as_deref().unwrap_or_default();
    context.ui.progress("Exchanging the code");
    let theirs = context.organization_of(settings.clone());
    let http = theirs.brief_http();
    let granted = app.exchange(&http, &code, redirect_uri).await;
    let granted = granted.map_err(|failure| not_exchanged(failure, place, context))?;
    let authorized = Authorized {
        app,
        refresh_token: granted.refresh_token.clone(),
    };
    let cache = crate::organization::roster::roster_cache(settings, &authorized);
    let held = Some(granted.access.clone());
    context.ui.progress("Reading the organization");
    // The code is used now, so an outage is waited out for as long as it may be.
    let client = theirs
        .new_roster(authorized, theirs.http(), None, held)
        .map_err(Halted::Over)?;
    let organization = client.organization().await.map_err(|failure| {
        Halted::Over(refused(failure, settings).hint(hint![
            "Nothing was stored, and the code is used up: ",
            place.again(context)
        ]))
    })?;
    context.ui.progress("");
    Ok(Authorization {
        roster,
        new_key,
        store,
        granted,
        organization,
        cache,
        is_test: scope == TEST_SCOPE,
    })
}

/// Why Apple gave no token for the code.
fn not_exchanged(failure: Failure, place: &Place, context: &Context) -> Halted {
    let said =
        |code: &str| matches!(&failure.root().cause, Cause::Client { code: it, .. } if it == code);
    let (used, other_app) = (said("invalid_grant"), said("invalid_client"));
    let error = refused(failure, &place.settings);
    if used {
        let message = format!(
            "Apple does not accept the code in that address ({}): a code works once, and not for long.",
            error.code.as_deref().unwrap_or_default()
        );
        let again = hint!["Nothing was stored: ", place.again(context)];
        return Halted::Over(error.saying(message).advising([again]));
    }
    match error.kind {
        // An app that Apple does not know can't use its code up.
        _ if other_app => Halted::UnderWay(error),
        Kind::Unavailable | Kind::Interrupted => Halted::UnderWay(error),
        _ => Halted::Over(error.hint("Nothing was stored.")),
    }
}
