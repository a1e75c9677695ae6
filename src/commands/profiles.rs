//! Profiles: one organization each, with its credentials, server tokens and aliases.

use serde::Serialize;

use super::profile_change::{self, agree_to, removals, say_of};
use super::settings_change::{
    SettingChange, certificate_change, change, document, dropped_token, headline,
};
use crate::commands::outcome::Outcome;
use crate::config::{OrganizationKind, Profile, Source, Sourced};
use crate::context::Context;
use crate::core::printed::{self, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::profiles::Profiles;
use crate::output::{Column, Document, Head, Row, Shown, column, heads, more};

/// What to do with profiles.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl profiles list
  abmctl profiles use acme")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the profiles
    #[command(
        after_help = "Examples:\n  abmctl profiles list\n  abmctl profiles list -o json --columns profile,client_id"
    )]
    List,
    /// Set the default profile
    #[command(
        after_help = "Examples:\n  abmctl profiles use acme\n  abmctl profiles use acme --dry-run"
    )]
    Use(Use),
    /// Remove a profile and its stored secrets
    ///
    /// abmctl removes the profile's credentials, server tokens, key pairs and aliases. You can't undo this.
    ///
    /// remove asks on a terminal, and needs --yes without one.
    #[command(
        after_help = "Examples:\n  abmctl profiles remove acme\n  abmctl profiles remove acme --yes"
    )]
    Remove(Remove),
}

#[derive(Debug, clap::Args)]
struct Use {
    /// The profile
    name: String,
    /// Only if this is the default profile now, or `none`; else exit 8
    #[arg(long, value_name = "PROFILE")]
    from: Option<String>,
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
    const EMPTY: &'static str = "There are no profiles. `abmctl auth login` creates one.";
    // The client id is below its row, so that it can be copied whole.
    const BELOW: Option<fn(&Self) -> Vec<String>> =
        Some(|it| it.client_id.clone().into_iter().collect());
}

/// Runs it.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    // Not the settings in force: what is wrong with one profile is no reason not to list or remove others.
    let profiles = Profiles::read(context.surroundings())?;
    match args.command {
        Command::List => {
            let rows = profiles.iter();
            let rows = rows.map(|(name, profile)| row(name, profile, &profiles));
            Ok(Outcome::done(Document::rows(rows.collect())))
        }
        Command::Use(args) => choose(&args, &profiles, context).await,
        Command::Remove(args) => remove(&args, &profiles, context).await,
    }
}

fn row(name: &str, profile: &Profile, profiles: &Profiles) -> Listed {
    let kind = profile.client_id.as_ref().and_then(|id| {
        let id = Sourced::new(id.clone(), Source::Default);
        OrganizationKind::of_client_id(&id)
            .ok()
            .map(OrganizationKind::key)
    });
    Listed {
        profile: name.to_owned(),
        default: profiles.in_force() == Some(name),
        client_id: profile.client_id.clone(),
        kind,
        key_id: profile.key_id.clone(),
        private_key: profile.private_key.as_ref().map(ToString::to_string),
        tokens: profile.tokens.len(),
        aliases: profile.aliases.len(),
    }
}

async fn choose(args: &Use, profiles: &Profiles, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let dry_run = args.changing.dry_run;
    let from = args.from.as_deref();
    let default = profiles.set_default(&args.name, from, dry_run).await?;
    let mut changes = Vec::new();
    if default.differs() {
        changes.push(change("default_profile", default.from, Some(default.to)));
    }
    if let Some(other) = context.host.environment.get("ABMCTL_PROFILE") {
        context.ui.hint(&format!(
            "ABMCTL_PROFILE is set, so abmctl still uses {} here.",
            other.trim()
        ));
    }
    Ok(Outcome::done(document(
        default.to,
        dry_run,
        changes,
        vec![headline(default.to, None, context)],
        context,
    )))
}

async fn remove(args: &Remove, profiles: &Profiles, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let dry_run = args.changing.dry_run;
    let removal = profiles.removal(&args.name)?;
    let (name, profile) = (removal.name, removal.profile);
    // Asked while the profile is there.
    let above = vec![headline(name, None, context)];
    let consent = profile_change::Consent {
        losses: vec![removal.loss()],
        question: "Remove it?",
        hints: Vec::new(),
        yes: args.consent.yes,
        dry_run,
    };
    let secrets = profiles.secrets();
    let plan = removal.plan(dry_run, &secrets).await?;
    agree_to(&plan, consent, context).await?;
    let mut changes = removals(&plan, context);
    let removed = removal.apply(plan).await?;
    say_of(removed.done, context);
    let pairs = profile.key_pairs.iter();
    changes.extend(pairs.map(|(pair, kept)| certificate_change(pair, kept)));
    changes.extend(removed.access_tokens.into_iter().map(dropped_token));
    changes.push(change("profile", Some(name), None));
    if removal.is_default() {
        changes.push(change("default_profile", Some(name), None));
        if removal.leaves_others() {
            let is = if dry_run { "is" } else { "was" };
            context.ui.say(&hint![
                format!("{name} {is} the default profile. Choose another with "),
                printed::Command::plain("profiles use NAME"),
                "."
            ]);
        }
    }
    Ok(Outcome::done(document(
        name, dry_run, changes, above, context,
    )))
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(heads::<Listed>(false)),
        "use" | "remove" => Some(heads::<SettingChange>(false)),
        _ => None,
    }
}
