//! The way in two runs, for where there is no terminal: `--print-url`, then `--redirected-to`.

use clap::ValueEnum;
use serde::Serialize;

use super::{Args, app, authorized, say_consent};
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::commands::store_choice::StoreName;
use crate::context::Context;
use crate::core::printed::hint;
use crate::error::Error;
use crate::organization::private_key::is_pipe;
use crate::organization::roster::authorize::Request;
use crate::organization::roster::profile::RosterProfile;
use crate::organization::roster::scope::Scope;
use crate::output::{Column, Document, Format, Row, Shown, column, minute};
use crate::state::pending::Pending;

/// What `--print-url` prints.
#[derive(Debug, Serialize)]
pub(super) struct Address {
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

/// Prints the address, and keeps what the second run needs.
pub(super) async fn begin(
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Outcome, Error> {
    let ui = &context.ui;
    let path = args.private_key_file.as_deref();
    let settings = profile.organization.settings();
    if path.is_some_and(|path| path == "-" || is_pipe(path, settings)) {
        return Err(Error::usage(
            "With --print-url the private key can't come from standard input or a pipe, because abmctl reads the key again when you resume.",
        )
        .hint("Give a file that stays there until then."));
    }
    let app = app::read(args, profile, context).await?;
    profile.rehearse(&app, args.scope())?;
    say_consent(args.scope(), context);
    let request = profile.request(app, args.scope())?;
    let pending = request.pending();
    if args.changing.dry_run {
        ui.say(DRY_RUN);
        ui.say_afterwards("You can't resume with this URL, because nothing was stored.");
    } else {
        profile.keep_pending(&pending)?;
        let until_then = match &pending.private_key_file {
            Some(path) => format!(
                " abmctl doesn't copy the private key before Apple accepts it, so leave {} where it is.",
                path.display()
            ),
            None => String::new(),
        };
        ui.say_afterwards(format!(
            "Open this URL in any browser within the hour.{until_then} Then resume at once with the URL that the browser lands on, as the argument or, with `-`, on standard input:\n  {}",
            profile.resuming().written(&ui.reach())
        ));
    }
    Ok(Outcome::done(document(&request, &pending, context)))
}

/// The address itself in a table, and with what belongs to it elsewhere.
fn document(request: &Request<'_>, pending: &Pending, context: &Context) -> Document {
    let url = &request.url;
    if context.output.format == Format::Table && context.output.columns.is_none() {
        return Document::Text(format!("{url}\n"));
    }
    Document::one(Address {
        authorize_url: url.clone(),
        redirect_uri: request.app.roster.redirect_uri.clone(),
        scope: pending.scope.clone(),
        expires_at: format!("{:.0}", pending.expires_at),
    })
}

/// What the first run was given, where the second one is not.
fn with_kept(args: &Args, pending: &Pending, profile: &RosterProfile) -> Result<Args, Error> {
    for (flag, given, kept) in [
        ("--client-id", &args.client_id, &pending.client_id),
        ("--redirect-uri", &args.redirect_uri, &pending.redirect_uri),
    ] {
        // The browser was sent there for this app.
        if given.as_ref().is_some_and(|given| given.trim() != kept) {
            return Err(
                Error::usage(format!("The authorization in progress uses {flag} {kept}.")).hint(
                    hint![
                        format!("Drop {flag}, or start again with "),
                        profile.command().word("--print-url"),
                        "."
                    ],
                ),
            );
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
        test_scope: Scope::named(&pending.scope) == Scope::TestData,
        ..args.clone()
    })
}

/// Resumes what the first run kept.
pub(super) async fn resume(
    args: &Args,
    landed: &str,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Outcome, Error> {
    let pending = profile.resume()?;
    let args = with_kept(args, &pending, profile)?;
    let landed = if landed == "-" {
        input(&args, context).await?
    } else {
        landed.to_owned()
    };
    let code = profile.code(&pending, &landed)?;
    let app = app::read(&args, profile, context).await?;
    profile.rehearse(&app, args.scope())?;
    authorized::agree_to_app(&app, &args, profile, context).await?;
    let authorization = profile.exchange_resumed(app, code, &pending).await?;
    authorized::keep(&authorization, &args, profile, context).await
}

/// The address on standard input.
async fn input(args: &Args, context: &Context) -> Result<String, Error> {
    if args.private_key_file.as_deref() == Some("-") {
        return Err(Error::usage(
            "--private-key-file and --redirected-to can't both come from standard input.",
        ));
    }
    if context.host.terminal.stdin {
        context
            .ui
            .say("Paste the URL that the browser landed on. Then press Enter and Ctrl-D.");
    }
    let bytes = context.ui.read_input().await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
