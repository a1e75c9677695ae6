//! `tokens keygen`: a key pair for a server, unless that would cut off an MDM, and what to do in the portal.

use std::path::PathBuf;

use serde::Serialize;

use super::steps::Steps;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{self, agree_to, say_of};
use crate::commands::settings_change::{change_of, document_of, headline};
use crate::commands::store_choice::{StoreName, choose_store};
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::server_tokens::in_use::{
    Agreed, MayReplace, STOPS, Target, TargetFound, find,
};
use crate::organization::server_tokens::key_pairs::{Made, PairPlan};
use crate::organization::server_tokens::keygen::{
    PairWish, Prepared, create_server, write_certificate,
};
use crate::organization::server_tokens::locked_profile::LockedProfile;
use crate::output::{Column, Document, Head, Row, Shown, column, heads, more};
use crate::secret::{Store, check_name};

/// For which server, and where to keep what is made.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl tokens keygen --server 'Service discovery' --create
  abmctl tokens keygen --server prod --certificate-file prod.pem")]
pub(super) struct Args {
    /// The server: its id, alias or name
    ///
    /// With --create, it is the name of the new server.
    #[arg(long, value_name = "SERVER")]
    server: String,
    /// Store the key pair under this name
    ///
    /// Its token will have the same name.
    ///
    /// The default is a short form of the server's name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Store in
    ///
    /// It is the place of the private key.
    #[arg(long, value_name = "WHERE")]
    store: Option<StoreName>,
    /// Write the certificate to this file
    ///
    /// The default is NAME.pem.
    #[arg(long, value_name = "FILE")]
    certificate_file: Option<PathBuf>,
    /// Create the server too (Apple Business only)
    #[arg(long)]
    create: bool,
    /// Replace the key pair of this name
    ///
    /// abmctl keeps the old key pair, and overwrites the certificate file.
    #[arg(long)]
    force: bool,
    /// Let the server's MDM lose its token
    #[arg(long)]
    disconnect_mdm: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// A key pair that was made.
#[derive(Debug, Serialize)]
struct NewKeyPair {
    key_pair: String,
    server_name: String,
    server_id: Option<String>,
    server_created: bool,
    certificate_file: String,
    certificate_id: Option<String>,
    certificate: String,
    private_key: String,
    older_key_pair: Option<String>,
}

impl Row for NewKeyPair {
    const COLUMNS: &'static [Column<Self>] = &[
        column("key_pair", "KEY PAIR", |it| it.key_pair.shown()),
        column("server_name", "SERVER", |it| it.server_name.shown()),
        more("server_id", |it| it.server_id.shown()),
        more("server_created", |it| it.server_created.shown()),
        column("certificate_file", "CERTIFICATE", |it| {
            it.certificate_file.shown()
        }),
        more("certificate_id", |it| it.certificate_id.shown()),
        more("certificate", |it| it.certificate.shown()),
        more("private_key", |it| it.private_key.shown()),
        more("older_key_pair", |it| it.older_key_pair.shown()),
    ];
}

/// What is left to do.
#[derive(Debug, Serialize)]
struct NextSteps {
    next_steps: Vec<String>,
}

/// Runs `tokens keygen`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<NewKeyPair>()?;
    let mut profile = LockedProfile::new(|| context.organization_to_store()).await?;
    if let Some(name) = &args.name {
        check_name("key pair", name)?;
    }
    let target = target(args, &profile, context).await?;
    let wanted = PairWish {
        server: &args.server,
        name: args.name.as_deref(),
        certificate_file: args.certificate_file.as_deref(),
        force: args.force,
    };
    let Prepared { name, file } = Prepared::new(&wanted, &target, &profile)?;
    may_replace(&target, args, &profile, context).await?;
    let secrets = profile.organization.secrets();
    let store = args.store.map(Store::from);
    let store = choose_store(store, "private key", &secrets, context).await?;
    let plan = PairPlan::new(&name, store, &profile)?;

    let folders = profile.settings().folders.clone();
    let mut certificate_id = None;
    let mut created = None;
    if !args.changing.dry_run {
        let made = Made::new(&target.name, &profile.organization).await?;
        keep(&plan, &made, args, &mut profile, context).await?;
        if args.create {
            created = Some(create_server(&target, &made, &plan, &mut profile).await?);
        }
        write_certificate(&file, &made, &plan, &folders)?;
        certificate_id = Some(made.certificate.id.to_string());
    }
    let row = NewKeyPair {
        key_pair: name,
        server_name: target.name.clone(),
        server_id: created.or_else(|| target.id.clone()),
        server_created: args.create,
        certificate_file: file.display().to_string(),
        certificate_id,
        certificate: folders.config.join(&plan.certificate).display().to_string(),
        private_key: plan.private_key.to_string(),
        older_key_pair: plan.older.as_ref().map(|older| older.name.clone()),
    };
    Ok(Outcome::done(finished(
        row, args, &target, &profile, context,
    )))
}

/// Stores the key pair, after the older one of its name has got out of the way.
async fn keep(
    plan: &PairPlan,
    made: &Made,
    args: &Args,
    profile: &mut LockedProfile,
    context: &Context,
) -> Result<(), Error> {
    say_of(plan.move_older_away(profile).await?, context);
    let secrets = profile.organization.secrets();
    let change = plan.change(made, profile, &secrets).await?;
    let consent = profile_change::Consent {
        question: "Replace it?",
        yes: args.consent.yes || args.force,
        ..profile_change::Consent::given(false)
    };
    agree_to(&change, consent, context).await?;
    let folders = &profile.settings().folders;
    say_of(plan.store(change, made, folders).await?, context);
    Ok(())
}

/// The document, and what is left to do.
fn finished(
    row: NewKeyPair,
    args: &Args,
    target: &Target,
    profile: &LockedProfile,
    context: &Context,
) -> Document {
    let dry_run = args.changing.dry_run;
    if let Some(older) = &row.older_key_pair {
        context.ui.say_afterwards(format!(
            "The older key pair is now called {older}, so a token that was made for it can still be decrypted."
        ));
    }
    let steps = Steps {
        kind: target.kind,
        server: &target.name,
        is_new: target.is_new(),
        created: args.create,
        certificate: &row.certificate_file,
        key_pair: &row.key_pair,
    };
    let steps = steps.list();
    let steps: Vec<String> = steps.iter().map(|it| context.written(it)).collect();
    if !dry_run {
        let numbered: Vec<String> = steps
            .iter()
            .enumerate()
            .map(|(index, step)| format!("  {}. {step}", index + 1))
            .collect();
        context
            .ui
            .say_afterwards(format!("Next steps:\n{}", numbered.join("\n")));
    }
    let lines = vec![headline(&profile.name, target.kind, context)];
    let more = NextSteps { next_steps: steps };
    let change = change_of(&profile.name, dry_run, vec![row], more, context);
    document_of(change, lines, None)
}

/// The server that is meant. One that does not exist is taken for a new one only with `--create`, or where somebody says so.
async fn target(args: &Args, profile: &LockedProfile, context: &Context) -> Result<Target, Error> {
    let (target, error) = match find(&args.server, args.create, profile).await? {
        TargetFound::One(target) => return Ok(target),
        TargetFound::None { target, error } => (target, error),
    };
    if args.create || args.consent.yes {
        return Ok(target);
    }
    if context.ui.answers() && !args.changing.dry_run {
        context.ui.say(&error.message);
        let question = format!(
            "Is {} a new server that you will add in the portal?",
            target.name
        );
        return if context.ui.confirm(&question, false).await? {
            Ok(target)
        } else {
            Err(Error::failed("Nothing was changed."))
        };
    }
    let way = "For a new server that you will add in the portal, add `--yes`";
    Err(error.hint(match target.kind {
        Some(OrganizationKind::School) => format!("{way}."),
        _ => format!("{way}. To create the server through the API, add `--create`."),
    }))
}

/// Lets the server's certificate be replaced, or not. Where nothing is known of its use, asks on a terminal; without one `--yes` is
/// needed (exit 2).
async fn may_replace(
    target: &Target,
    args: &Args,
    profile: &LockedProfile,
    context: &Context,
) -> Result<(), Error> {
    let ui = &context.ui;
    let command = Command::storing("tokens keygen").option("--server", &args.server);
    let agreed = Agreed {
        disconnect: args.disconnect_mdm,
        yes: args.consent.yes,
    };
    let unknown = match target.may_replace(agreed, &command, &profile.organization)? {
        MayReplace::Yes => return Ok(()),
        MayReplace::Ask(unknown) => unknown,
    };
    if args.changing.dry_run {
        ui.warn(&unknown);
        return Ok(());
    }
    if !ui.answers() {
        return Err(Error::usage(format!("{unknown} Confirm with --yes."))
            .hint(STOPS)
            .hint(hint![
                "If no MDM uses the server, run ",
                command.word("--yes"),
                "."
            ]));
    }
    ui.say(&format!("{unknown} {STOPS}"));
    if ui.confirm("Make a key pair for the server?", false).await? {
        Ok(())
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<NewKeyPair>(false)
}
