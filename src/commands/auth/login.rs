//! `auth login`: credentials are tried first, and stored only if Apple accepts them.

use serde::Serialize;

use super::key::PrivateKey;
use super::permissions::{Told, lines};
use super::{questions, refuse_environment};
use crate::apple::oauth::cache::AccessToken;
use crate::apple::oauth::key::SigningKey;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, KEEP_BOTH, agree, apply, prepare};
use crate::commands::settings_change::{
    SecretFate, SettingChange, change, change_of, document_of, dropped_token, headline,
    secret_change,
};
use crate::commands::store_choice::StoreName;
use crate::config::{
    CredentialRefs, Edit, File, OrganizationKind, Profile, Settings, Source, Sourced,
};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{self, Changing};
use crate::organization::access_tokens::drop_access_tokens;
use crate::organization::access_tokens::token_cache;
use crate::organization::permissions::{self, Permission};
use crate::organization::profile::{Change, NewSecret};
use crate::secret::{Field, Secret, SecretLocation, SecretReference, Slot, Store};

/// The credentials, and where to keep them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
What is not given is asked for on a terminal. The credentials are tried before anything is stored; \
what they allow is listed. Replacing the credentials of another API account needs --yes without a terminal; the private key \
that was replaced is kept until the next time.

Examples:
  abmctl auth login
  abmctl auth login --profile acme --unattended \\
    --client-id BUSINESSAPI.… --key-id … --private-key-file key.pem")]
pub struct Args {
    /// Use this client id of the API account
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// Use this key id; left out or empty where the API account shows none
    #[arg(long, value_name = "ID")]
    pub(super) key_id: Option<String>,
    /// Copy the private key from this file, or from standard input if it is `-`
    #[arg(long, value_name = "PATH")]
    pub(super) private_key_file: Option<String>,
    /// Keep the private key here
    #[arg(long, value_name = "WHERE")]
    pub(super) store: Option<StoreName>,
    /// Have it work where nobody is logged in, as under cron: keeps the private key in a file
    #[arg(long)]
    pub(super) unattended: bool,
    #[command(flatten)]
    pub(super) consent: options::Consent,
    #[command(flatten)]
    pub(super) changing: Changing,
}

/// What is to be stored, and under which name.
struct Login {
    profile: String,
    client_id: Sourced<String>,
    key_id: Option<String>,
    kind: OrganizationKind,
    /// Where the private key was copied from; `None` where it came from standard input.
    copied_from: Option<String>,
    reference: SecretReference,
}

/// Logs in.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let mut settings = context.organization_to_store()?.settings().clone();
    refuse_environment(settings.credentials.as_ref(), "log in")?;
    let profile = settings.profile_to_store().to_owned();
    let file = File::load(&settings.folders)?;
    let before = file.profiles.get(&profile).cloned().unwrap_or_default();

    questions::say_what_is_there(&profile, &before, context);
    let (client_id, kind) = questions::client_id(&args, &before, context).await?;
    let (yes, dry_run) = (args.consent.yes, args.changing.dry_run);
    let asked = consent(yes, dry_run);
    agree(
        Consent {
            losses: loss(&profile, &before, &client_id.value),
            ..asked
        },
        context,
    )
    .await?;
    let key_id = questions::key_id(&args, &before, context).await?;
    let PrivateKey {
        secret,
        key,
        file: copied_from,
    } = questions::private_key(&args, &settings, context).await?;
    let secrets = context.secrets(&settings);
    let store = questions::store(&args, &secrets, context).await?;
    let login = Login {
        reference: NewSecret::reference(&profile, &Field::PrivateKey, store)?,
        profile,
        client_id,
        key_id,
        kind,
        copied_from,
    };

    settings.services = settings.services.for_kind(kind)?;
    let change = login.change(file.profiles.get(&login.profile), store, secret);
    // What can't be written is known before Apple is asked.
    let asked = consent(yes, dry_run);
    let plan = prepare(change, asked, &settings.folders, &secrets, context).await?;
    let (token, permissions) = login.attempt(key, &settings, context).await?;
    if !dry_run {
        apply(plan, context).await?;
    }
    let mut changes = login.changes(&before);
    if let Some(client_id) = &before.client_id {
        changes
            .extend(drop_access_tokens(&settings.folders, client_id, dry_run).map(dropped_token));
    }
    if !dry_run {
        // The next command needs a token, and this one is fresh. Without it that command asks for one.
        let _ = token_cache(&settings, &login.credentials()).write(&token);
        login.advise(&file, context);
    }
    let headline = login.headline(&permissions, context);
    let more = Permissions {
        permissions: permissions.iter().map(Told::from).collect(),
    };
    let change = change_of(&login.profile, dry_run, changes, more, context);
    let document = document_of(change, headline, None);
    Ok(Outcome::done(document))
}

/// What a login says beside its changes.
#[derive(Serialize)]
struct Permissions {
    permissions: Vec<Told>,
}

fn consent(yes: bool, dry_run: bool) -> Consent<'static> {
    Consent {
        losses: Vec::new(),
        question: "Replace it?",
        hints: vec![KEEP_BOTH.into()],
        yes,
        dry_run,
    }
}

/// Another account's key must be meant to go.
fn loss(profile: &str, before: &Profile, client_id: &str) -> Vec<String> {
    let kept = before.client_id.as_deref();
    if before.private_key.is_none() || kept == Some(client_id) {
        return Vec::new();
    }
    vec![format!(
        "Profile {profile} has the private key of {}; the one of {client_id} would replace it.",
        kept.unwrap_or("an unknown API account")
    )]
}

impl Login {
    /// The credentials as they will be in force.
    fn credentials(&self) -> CredentialRefs {
        let location = SecretLocation {
            reference: self.reference.clone(),
            slot: Slot::of_profile(&self.profile, Field::PrivateKey),
        };
        let key_id = self.key_id.clone();
        CredentialRefs {
            client_id: self.client_id.clone(),
            key_id: key_id.map(|id| Sourced::new(id, Source::Flag("--key-id"))),
            private_key: Sourced::new(location, Source::Flag("--private-key-file")),
            kind: self.kind,
        }
    }

    /// Gets a fresh access token with the credentials, and looks at what it allows; exit 3 where Apple refuses.
    async fn attempt(
        &self,
        key: SigningKey,
        settings: &Settings,
        context: &Context,
    ) -> Result<(AccessToken, Vec<Permission>), Error> {
        let organization = context.organization_of(settings.clone());
        let http = organization.brief_http();
        let manager = organization.new_manager(&self.credentials(), key, &http, false)?;
        let refused = |failure| Error::from(failure).hint("Nothing was stored.");
        context.ui.progress("Trying the credentials");
        let token = manager.api().tokens().token().await.map_err(refused)?;
        context.ui.progress("Looking at what they allow");
        let permissions = permissions::probe(&manager, self.kind, context.clock().now())
            .await
            .map_err(refused)?;
        context.ui.progress("");
        match permissions::problem(&permissions) {
            // A token alone proves little: what answers may be anything but Apple's API.
            Some(problem) if permissions::nothing_told(&permissions) => {
                Err(problem.hint("Nothing was stored."))
            }
            _ => Ok((token, permissions)),
        }
    }

    fn write(&self, edit: &mut Edit) -> Result<(), Error> {
        let (client_id, key_id) = (&self.client_id.value, self.key_id.as_deref());
        edit.set_credentials(&self.profile, client_id, key_id, &self.reference)
    }

    fn change<'a>(
        &'a self,
        before: Option<&'a Profile>,
        store: Store,
        secret: Secret,
    ) -> Change<'a> {
        let field = Field::PrivateKey;
        Change {
            profile: &self.profile,
            before,
            store: vec![NewSecret {
                field,
                secret,
                store,
            }],
            remove: Vec::new(),
            renamed: Vec::new(),
            by_hand: None,
            write: Box::new(|edit| self.write(edit)),
        }
    }

    fn changes(&self, before: &Profile) -> Vec<SettingChange> {
        let mut changes = Vec::new();
        for (setting, from, to) in [
            (
                "client_id",
                before.client_id.as_deref(),
                Some(self.client_id.value.as_str()),
            ),
            ("key_id", before.key_id.as_deref(), self.key_id.as_deref()),
        ] {
            if from != to {
                changes.push(change(setting, from, to));
            }
        }
        // The key itself is new even where its place is the same.
        let (from, to) = (before.private_key.as_ref(), Some(&self.reference));
        changes.push(secret_change("private_key", from, to, SecretFate::Stored));
        changes
    }

    /// What the profile and its API account are, and what the account may do.
    fn headline(&self, permissions: &[Permission], context: &Context) -> Vec<String> {
        let mut headline = vec![
            headline(&self.profile, Some(self.kind), context),
            "Apple accepts the credentials. The API account may:".to_owned(),
        ];
        let more = permissions.iter().flat_map(lines);
        headline.extend(more.map(|line| format!("  {line}")));
        headline.push(String::new());
        headline
    }

    fn advise(&self, before: &File, context: &Context) {
        if let Some(path) = &self.copied_from {
            context.ui.hint_afterwards(format!(
                "The private key was copied; {path} is not needed any more."
            ));
        }
        let is_default = match &before.default_profile {
            Some(default) => *default == self.profile,
            None => before.profiles.keys().all(|name| *name == self.profile),
        };
        if !is_default {
            let name = &self.profile;
            context.ui.hint_afterwards(hint![
                format!("{name} is not the default profile: add `--profile {name}`, or run "),
                Command::plain("profiles use").arg(name),
                "."
            ]);
        }
    }
}
