//! `tokens keygen`: a key pair for a server, unless that would cut off an MDM, and what to do in the portal.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde::Serialize;

use super::guard::{Agreed, Found, Target, find, may_replace};
use super::new_pair::{Made, Plan};
use super::place::Place;
use super::steps::Steps;
use crate::apple::device_assignment::key_pair::Certificate;
use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::SERVERS;
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of, headline};
use crate::commands::store_choice::StoreName;
use crate::context::Context;
use crate::core::names;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::options::{Changing, Consent};
use crate::output::{Column, Document, Row, Shown, column, more};
use crate::secret::{Store, check_name, private_file};

/// For which server, and where to keep what is made.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Refused for a server that has devices, is a default, connected within 30 days, or whose token works here: \
its MDM would lose its token.

Examples:
  abmctl tokens keygen --server \"Service discovery\" --create
  abmctl tokens keygen --server prod --certificate-file prod.pem")]
pub struct Args {
    /// The server: its id, an alias, or its name; a new one's name with --create
    #[arg(long, value_name = "SERVER")]
    server: String,
    /// Keep the key pair, and later its token, under this name [default: a short form of the server's]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Keep the private key here
    #[arg(long, value_name = "WHERE")]
    store: Option<StoreName>,
    /// Write the certificate for the portal to this file [default: NAME.pem]
    #[arg(long, value_name = "PATH")]
    certificate_file: Option<PathBuf>,
    /// Make the server too, with the certificate (Apple Business)
    #[arg(long)]
    create: bool,
    /// Make a new key pair beside an older one of that name, and write over the certificate file
    #[arg(long)]
    force: bool,
    /// Go ahead although the server's MDM loses its token
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
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<NewKeyPair>()?;
    let place = Place::to_store(context).await?;
    if let Some(name) = &args.name {
        check_name("key pair", name)?;
    }
    let target = target(args, &place, context).await?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => name_for(args, &target, &place),
    };
    let name = place.spelled(&name)?.to_owned();
    let file = certificate_file(args, &name, &place)?;
    let dry_run = args.changing.dry_run;
    if place.key_pair(&name).is_some() && !args.force {
        return Err(Error::new(
            Kind::Conflict,
            format!("Profile {} has a key pair {name} already.", place.profile),
        )
        .hint("A token that was made for it needs it. Name the new one with `--name`, or keep both with `--force`: the older one then gets another name."));
    }
    let agreed = Agreed {
        disconnect: args.disconnect_mdm,
        yes: args.consent.yes,
        dry_run,
    };
    let command = Command::storing("tokens keygen").option("--server", &args.server);
    may_replace(&target, agreed, &command, context).await?;
    let asked = args.store.map(Store::from);
    let store = place.store(asked, &[], "private key", context).await?;
    let plan = Plan::new(&name, store, &place, context)?;

    let mut made = None;
    let mut created = None;
    if !dry_run {
        context.ui.progress("Making a key pair");
        let new = Made::new(&target.name, context.clock().now()).await;
        context.ui.progress("");
        let new = new?;
        plan.keep(&new, args.consent.yes || args.force, &place, context)
            .await?;
        if args.create {
            created = Some(create(&target, &new, &plan, &place, context).await?);
        }
        private_file::write(&file, new.pem().as_bytes())
            .map_err(|error| kept_all_the_same(error, &plan, &place))?;
        made = Some(new);
    }
    let certificate = place.settings.folders.config.join(&plan.certificate);
    let row = NewKeyPair {
        key_pair: name.clone(),
        server_name: target.name.clone(),
        server_id: created.or_else(|| target.id.clone()),
        server_created: args.create,
        certificate_file: file.display().to_string(),
        certificate_id: made.as_ref().map(|made| made.certificate.id.to_string()),
        certificate: certificate.display().to_string(),
        private_key: plan.private_key.to_string(),
        older_key_pair: plan.older.as_ref().map(|older| older.name.clone()),
    };
    Ok(Outcome::done(finished(
        row, args, &target, &file, &plan, &place, context,
    )))
}

/// The document, and what is left to do.
fn finished(
    row: NewKeyPair,
    args: &Args,
    target: &Target,
    file: &Path,
    plan: &Plan,
    place: &Place,
    context: &Context,
) -> Document {
    let dry_run = args.changing.dry_run;
    if let Some(older) = &plan.older {
        context.ui.say_afterwards(format!(
            "The older key pair is kept as {}: a token that was made for it can still be opened.",
            older.name
        ));
    }
    let steps = Steps {
        kind: target.kind,
        server: &target.name,
        is_new: target.is_new(),
        created: args.create,
        certificate: &file.display().to_string(),
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
            .say_afterwards(format!("What is left to do:\n{}", numbered.join("\n")));
    }
    let lines = vec![headline(&place.profile, target.kind, context)];
    let more = NextSteps { next_steps: steps };
    let change = change_of(&place.profile, dry_run, vec![row], more, context);
    document_of(change, lines, None)
}

/// The server that is meant. One that does not exist is taken for a new one only with `--create`, or where somebody says so.
async fn target(args: &Args, place: &Place, context: &Context) -> Result<Target, Error> {
    let (target, error) = match find(&args.server, args.create, place, context).await? {
        Found::One(target) => return Ok(target),
        Found::None { target, error } => (target, error),
    };
    if args.create || args.consent.yes {
        return Ok(target);
    }
    if context.ui.answers() && !args.changing.dry_run {
        context.ui.say(&error.message);
        let question = format!("Is {} a new one, to be added in the portal?", target.name);
        return if context.ui.confirm(&question, false).await? {
            Ok(target)
        } else {
            Err(Error::failed("Nothing was changed."))
        };
    }
    let way = "For a new server that is to be added in the portal, go ahead with `--yes`";
    Err(error.hint(match target.kind {
        Some(crate::config::OrganizationKind::School) => format!("{way}."),
        _ => format!("{way}; `--create` makes it through the API."),
    }))
}

/// A name that was not given: that of the kept token of the same server, else an alias, else a short form of its name.
fn name_for(args: &Args, target: &Target, place: &Place) -> String {
    if let Some(token) = &target.token {
        return token.clone();
    }
    let means = |value: &str| {
        value.eq_ignore_ascii_case(&target.name)
            || target
                .id
                .as_deref()
                .is_some_and(|id| value.eq_ignore_ascii_case(id))
    };
    let aliases = &place.settings.aliases;
    let typed = aliases.get_key_value(&args.server);
    typed
        .into_iter()
        .chain(aliases)
        .find(|(alias, server)| means(&server.value) && check_name("key pair", alias).is_ok())
        .map(|(alias, _)| alias.clone())
        .or_else(|| names::short(&target.name))
        .unwrap_or_else(|| "server".to_owned())
}

/// Where the certificate goes; exit 2 where something else is there.
fn certificate_file(args: &Args, name: &str, place: &Place) -> Result<PathBuf, Error> {
    let file = match &args.certificate_file {
        Some(path) => place.settings.folders.expand(&path.to_string_lossy()),
        None => PathBuf::from(format!("{name}.pem")),
    };
    match fs::symlink_metadata(&file) {
        Ok(there) if there.is_dir() => Err(Error::usage(format!(
            "The certificate can't be written to {}: it is a folder.",
            file.display()
        ))),
        Ok(_) if !args.force => Err(Error::usage(format!(
            "The certificate can't be written to {}: there is a file already.",
            file.display()
        ))
        .hint("Name another with `--certificate-file PATH`, or write over it with `--force`.")),
        // What is written over should be a certificate, and not a key that was named by mistake.
        Ok(_)
            if fs::read(&file)
                .is_ok_and(|it| !it.is_empty() && Certificate::parse(&it).is_err()) =>
        {
            Err(Error::usage(format!(
                "The certificate can't be written to {}: the file there isn't a certificate.",
                file.display()
            ))
            .hint("Name another with `--certificate-file PATH`."))
        }
        _ => Ok(file),
    }
}

/// Makes the server with the certificate, and returns its id. What certainly was not made leaves no key pair behind.
async fn create(
    target: &Target,
    made: &Made,
    plan: &Plan,
    place: &Place,
    context: &Context,
) -> Result<String, Error> {
    let manager = context.organization()?.manager().await?;
    let file = format!("{}.pem", plan.name);
    context.ui.progress("Making the server");
    let answer = manager
        .create_server(&target.name, &file, &made.certificate.der)
        .await;
    context.ui.progress("");
    let failure = match answer {
        Ok(server) => return Ok(server.id),
        Err(failure) => failure,
    };
    if !failure.not_acted_on() {
        return Err(Error::from(failure)
            .context("Whether Apple made the server is not known")
            .hint(hint![
                "Look with ",
                Command::new("servers list"),
                format!(
                    ". If it is there, download its token in the portal; its key pair is kept as {}.",
                    plan.name
                )
            ])
            .hint(hint![
                "If it is not there: ",
                Command::storing("tokens remove").arg(&plan.name).word("--key-pair"),
                ", and try again."
            ]));
    }
    plan.undo(place, context).await;
    Err(explained(failure, &target.name, manager))
}

/// Why Apple made no server.
fn explained(failure: Failure, name: &str, manager: &Manager) -> Error {
    let status = failure.status_of(&manager.api().request_name(&Method::POST, &SERVERS));
    let error = Error::from(failure).hint("Nothing was made, and no key pair is kept.");
    match status {
        Some(409) => error.hint(format!(
            "The name has to be one that no other server has, and neither Unassigned nor Reassigned: {name} may be taken, also by a server that this API account does not see."
        )),
        Some(400 | 422) => error.hint(
            "Apple takes a certificate with an RSA key and a name that the portal would take too; there are at most 250 certificates.",
        ),
        _ => error,
    }
}

/// The certificate for the portal can't be written where it was to go, but it is kept.
fn kept_all_the_same(error: Error, plan: &Plan, place: &Place) -> Error {
    let kept = place.settings.folders.config.join(&plan.certificate);
    error.hint(format!(
        "The key pair {} is kept all the same; its certificate is in {}.",
        plan.name,
        kept.display()
    ))
}
