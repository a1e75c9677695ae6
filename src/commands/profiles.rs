//! Profiles: one organization each, with its credentials, server tokens and aliases.

use serde::Serialize;

use super::auth::kind_key;
use super::profile_change::{self, apply, prepare, removals};
use super::settings_change::{SettingChange, change, document, dropped_token, headline};
use super::tokens::remove_certificate;
use crate::commands::outcome::Outcome;
use crate::config::{self, Edit, File, Folders, OrganizationKind, Profile, Source, Sourced};
use crate::context::Context;
use crate::core::printed::{self, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::access_tokens::drop_access_tokens;
use crate::organization::profile::Change;
use crate::output::{Column, Document, Row, Shown, column, more};
use crate::secret::Field;
use crate::state::pending;

/// What to do with profiles.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the profiles
    #[command(
        after_long_help = "Examples:\n  abmctl profiles list\n  abmctl profiles list -o json --columns profile,client_id"
    )]
    List,
    /// Make a profile the default one
    #[command(
        after_long_help = "Examples:\n  abmctl profiles use acme\n  abmctl profiles use acme --dry-run"
    )]
    Use(Use),
    /// Remove a profile, with its server tokens, key pairs, aliases and stored secrets
    #[command(
        after_long_help = "This can't be undone, so it asks on a terminal, and needs --yes without one.\n\nExamples:\n  abmctl profiles remove acme\n  abmctl profiles remove acme --yes"
    )]
    Remove(Remove),
}

#[derive(Debug, clap::Args)]
struct Use {
    /// The profile
    name: String,
    #[command(flatten)]
    changing: Changing,
}

#[derive(Debug, clap::Args)]
struct Remove {
    /// The profile
    name: String,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// A profile.
#[derive(Debug, Serialize)]
struct Listed {
    profile: String,
    default: bool,
    client_id: Option<String>,
    kind: Option<&'static str>,
    key_id: Option<String>,
    private_key: Option<String>,
    tokens: usize,
    aliases: usize,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("profile", "PROFILE", |it| it.profile.shown()),
        column("default", "DEFAULT", |it| {
            it.default.then_some("yes").shown()
        }),
        column("kind", "KIND", |it| it.kind.shown()),
        more("client_id", |it| it.client_id.shown()),
        more("key_id", |it| it.key_id.shown()),
        more("private_key", |it| it.private_key.shown()),
        column("tokens", "TOKENS", |it| it.tokens.shown()),
        column("aliases", "ALIASES", |it| it.aliases.shown()),
    ];
    const EMPTY: &'static str = "There are no profiles. `abmctl auth login` makes one.";
    // The client id is below its row, so that it can be copied whole.
    const BELOW: Option<fn(&Self) -> Vec<String>> =
        Some(|it| it.client_id.clone().into_iter().collect());
}

/// Runs it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    // Not the settings in force: what is wrong with one profile is no reason not to list or remove others.
    let folders = Folders::from_environment(&context.host.environment)?;
    let file = File::load(&folders)?;
    for warning in file.warnings() {
        context.ui.warn(&warning);
    }
    match args.command {
        Command::List => {
            let rows = file
                .profiles
                .iter()
                .map(|(name, profile)| row(name, profile, &file))
                .collect();
            Ok(Outcome::done(Document::rows(rows)))
        }
        Command::Use(args) => choose(&args, &file, &folders, context).await,
        Command::Remove(args) => remove(&args, &file, &folders, context).await,
    }
}

/// The profile that is used where none is named.
fn default_of(file: &File) -> Option<&str> {
    let mut names = file.profiles.keys();
    match (&file.default_profile, names.next(), names.next()) {
        (Some(default), ..) => Some(default),
        (None, Some(only), None) => Some(only),
        _ => None,
    }
}

fn row(name: &str, profile: &Profile, file: &File) -> Listed {
    let kind = profile.client_id.as_ref().and_then(|id| {
        let id = Sourced::new(id.clone(), Source::Default);
        OrganizationKind::of_client_id(&id).ok().map(kind_key)
    });
    Listed {
        profile: name.to_owned(),
        default: default_of(file) == Some(name),
        client_id: profile.client_id.clone(),
        kind,
        key_id: profile.key_id.clone(),
        private_key: profile.private_key.as_ref().map(ToString::to_string),
        tokens: profile.tokens.len(),
        aliases: profile.aliases.len(),
    }
}

async fn choose(
    args: &Use,
    file: &File,
    folders: &Folders,
    context: &Context,
) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let dry_run = args.changing.dry_run;
    let (name, _) = file.profile(&args.name)?;
    let before = file.default_profile.as_deref();
    let mut changes = Vec::new();
    if before != Some(name) {
        changes.push(change("default_profile", before, Some(name)));
        if !dry_run {
            config::edit(folders, context.claimant(), |edit| {
                edit.set_default_profile(name)
            })
            .await?;
        }
    }
    if let Some(other) = context.host.environment.get("ABMCTL_PROFILE") {
        context.ui.hint(&format!(
            "ABMCTL_PROFILE is set, so {} is used here all the same.",
            other.trim()
        ));
    }
    Ok(Outcome::done(document(
        name,
        dry_run,
        changes,
        vec![headline(name, None, context)],
        context,
    )))
}

async fn remove(
    args: &Remove,
    file: &File,
    folders: &Folders,
    context: &Context,
) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let dry_run = args.changing.dry_run;
    let (name, profile) = file.profile(&args.name)?;
    let secrets = context.secrets_in(folders, &file.secret_variables());
    let write = |edit: &mut Edit| edit.remove_profile(name);
    let change_of_it = Change {
        profile: name,
        before: Some(profile),
        store: Vec::new(),
        remove: fields(name, profile),
        renamed: Vec::new(),
        by_hand: Some(format!(
            "To leave it where it is, take profile {name} out of {} by hand.",
            folders.config_file().display()
        )),
        write: Box::new(write),
    };
    let consent = profile_change::Consent {
        losses: vec![format!(
            "Removing profile {name} with {} can't be undone.",
            contents(profile)
        )],
        question: "Remove it?",
        hints: Vec::new(),
        yes: args.consent.yes,
        dry_run,
    };
    let plan = prepare(change_of_it, consent, folders, &secrets, context).await?;
    let mut changes = removals(&plan, context);
    if !dry_run {
        apply(plan, context).await?;
        // Without the profile nothing can be resumed.
        let _ = pending::Store::new(&folders.state).forget(name);
    }
    for (pair, kept) in &profile.key_pairs {
        changes.push(remove_certificate(
            name, pair, kept, folders, dry_run, context,
        ));
    }
    let app = profile.roster.as_ref().map(|roster| &roster.client_id);
    for client_id in profile.client_id.iter().chain(app) {
        changes.extend(drop_access_tokens(folders, client_id, dry_run).map(dropped_token));
    }
    changes.push(change("profile", Some(name), None));
    if file.default_profile.as_deref() == Some(name) {
        changes.push(change("default_profile", Some(name), None));
        if file.profiles.len() > 1 {
            let is = if dry_run { "is" } else { "was" };
            context.ui.say(&hint![
                format!("{name} {is} the default profile. Name another: "),
                printed::Command::plain("profiles use NAME"),
                "."
            ]);
        }
    }
    Ok(Outcome::done(document(
        name,
        dry_run,
        changes,
        vec![headline(name, None, context)],
        context,
    )))
}

/// Every secret of a profile; those in the keyring first, which may be locked: that shows before anything is removed.
fn fields(name: &str, profile: &Profile) -> Vec<Field> {
    let mut secrets = profile.secrets(name);
    secrets.sort_by_key(|location| !location.reference.is_keyring());
    let fields = secrets.into_iter();
    fields.map(|location| location.slot.field).collect()
}

/// What a profile holds, in words.
fn contents(profile: &Profile) -> String {
    let mut parts = Vec::new();
    if let Some(client_id) = &profile.client_id {
        parts.push(format!("the API account {client_id}"));
    }
    if profile.roster.is_some() {
        parts.push("the access to the Roster API".to_owned());
    }
    for (count, one, several) in [
        (profile.tokens.len(), "server token", "server tokens"),
        (profile.key_pairs.len(), "key pair", "key pairs"),
        (profile.aliases.len(), "alias", "aliases"),
    ] {
        match count {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            count => parts.push(format!("{count} {several}")),
        }
    }
    match parts.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
