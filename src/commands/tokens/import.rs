//! `tokens import`: a server token is opened, judged, asked about, and only then stored.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::{key_end, lock_for_tokens};
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{self, agree_to, say_of};
use crate::commands::settings_change::{change_of, document_of, headline};
use crate::commands::store_choice::{StoreName, choose_store};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::server_tokens::import::{Import, ImportWish};
use crate::organization::server_tokens::locked_profile::LockedProfile;
use crate::organization::server_tokens::open::Keys;
use crate::output::{Column, Head, NothingMore, Row, Shown, column, day, heads, more};
use crate::secret::{InputFile, SecretReference, Store, check_name};

/// The file, and how to keep what is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl tokens import ~/Downloads/Acme_Token_smime.p7m
  abmctl tokens import token.json --name prod --store file")]
pub(super) struct Args {
    /// The .p7m or JSON file; - is standard input
    file: String,
    /// Store the token under this name
    ///
    /// The default is the name of its key pair, or a short form of the server's name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Decrypt with this private key (PKCS#8 or PKCS#1)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The certificate of that key
    ///
    /// With it, abmctl can tell if the .p7m file was encrypted for another certificate.
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Send no request; store the token untested
    #[arg(long)]
    offline: bool,
    /// Store in
    ///
    /// It is the place of the token.
    #[arg(long, value_name = "WHERE")]
    store: Option<StoreName>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// A token that was imported.
#[derive(Debug, Serialize)]
struct Imported {
    token: String,
    server_id: Option<String>,
    server_name: Option<String>,
    organization: Option<String>,
    consumer_key_end: String,
    expires_at: Option<String>,
    state: &'static str,
    key_pair: Option<String>,
    kept_in: String,
    before: Option<Replaced>,
}

/// The token that it replaced.
#[derive(Debug, Serialize)]
struct Replaced {
    server_id: Option<String>,
    server_name: Option<String>,
    consumer_key_end: Option<String>,
    expires_at: Option<String>,
    kept_in: String,
}

impl Imported {
    fn new(import: &Import<'_>, reference: &SecretReference) -> Self {
        let token = &import.opened.token;
        let before = import.before.as_ref().map(|before| Replaced {
            server_id: before.token.server_id.clone(),
            server_name: before.token.server_name.clone(),
            consumer_key_end: before.consumer_key_end().map(str::to_owned),
            expires_at: before.expires_at().map(|end| end.to_string()),
            kept_in: before.token.token.value.reference.to_string(),
        });
        Self {
            token: import.name.clone(),
            server_id: import.facts.server_id.clone(),
            server_name: import.facts.server_name.clone(),
            organization: import.facts.organization.clone(),
            consumer_key_end: token.consumer_key_end().to_owned(),
            expires_at: token.expires_at().map(|end| end.to_string()),
            state: import.state.word(),
            key_pair: import.opened.key_pair.clone(),
            kept_in: reference.to_string(),
            before,
        }
    }
}

impl Row for Imported {
    const COLUMNS: &'static [Column<Self>] = &[
        column("token", "TOKEN", |it| it.token.shown()),
        more("server_id", |it| it.server_id.shown()),
        column("server_name", "SERVER", |it| it.server_name.shown()),
        column("organization", "ORGANIZATION", |it| it.organization.shown()),
        column("consumer_key_end", "KEY", |it| {
            key_end(Some(&it.consumer_key_end))
        }),
        column("expires_at", "ENDS", |it| day(it.expires_at.as_ref())),
        more("state", |it| it.state.shown()),
        more("key_pair", |it| it.key_pair.shown()),
        more("kept_in", |it| it.kept_in.shown()),
        more("before", |it: &Self| {
            it.before.as_ref().map(|it| &it.kept_in).shown()
        })
        .of(&[
            "server_id",
            "server_name",
            "consumer_key_end",
            "expires_at",
            "kept_in",
        ]),
    ];
}

/// Runs `tokens import`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Imported>()?;
    let profile = lock_for_tokens(context).await?;
    if let Some(name) = &args.name {
        check_name("server token", name)?;
    }
    let label = match args.file.as_str() {
        "-" => "Standard input".to_owned(),
        file => file.to_owned(),
    };
    let wanted = ImportWish {
        file: &given(&args.file, &label, &profile, context).await?,
        label: &label,
        keys: Keys {
            key: args.key.as_deref(),
            certificate: args.certificate.as_deref(),
        },
        name: args.name.as_deref(),
        offline: args.offline,
    };
    let import = Import::new(&wanted, &profile).await?;
    let dry_run = args.changing.dry_run;
    let (reference, changes) = match import.kept().filter(|_| args.store.is_none()) {
        Some(kept) => (kept.clone(), Vec::new()),
        None => {
            let reference = store(&import, args, &profile, context).await?;
            let row = Imported::new(&import, &reference);
            (reference, vec![row])
        }
    };
    if !dry_run {
        import.keep_facts(reference);
    }
    if !changes.is_empty() {
        advise(args, &import, context);
    }
    let mut lines = vec![headline(&profile.name, None, context)];
    let asked = if import.is_accepted() {
        "Apple accepts the token."
    } else {
        "abmctl didn't ask Apple about the token (--offline)."
    };
    lines.push(asked.to_owned());
    let change = change_of(&profile.name, dry_run, changes, NothingMore {}, context);
    Ok(Outcome::done(document_of(change, lines, None)))
}

/// Stores the token, in a rehearsal only in words, and returns where it is kept; exit 2 if it would replace another one and
/// nobody agrees.
async fn store(
    import: &Import<'_>,
    args: &Args,
    profile: &LockedProfile,
    context: &Context,
) -> Result<SecretReference, Error> {
    let asked = args.store.map(Store::from);
    let store = asked.or_else(|| import.own_store());
    let secrets = profile.organization.secrets();
    let store = choose_store(store, "server token", &secrets, context).await?;
    let reference = import.reference(store)?;
    let dry_run = args.changing.dry_run;
    let plan = import.plan(store, dry_run, &secrets).await?;
    let consent = profile_change::Consent {
        losses: Vec::new(),
        question: "Replace it?",
        hints: vec![
            "To keep both, give the new one another name with `--name NAME`, or another profile with `--profile NEW`.".into(),
        ],
        yes: args.consent.yes,
        dry_run,
    };
    agree_to(&plan, consent, context).await?;
    if dry_run {
        return Ok(reference);
    }
    say_of(plan.apply().await?, context);
    if store == Store::Keyring && asked.is_none() {
        context.ui.hint_if_alone("A keyring is locked when nobody is logged in. For cron, import the token with `--store file`.");
    }
    Ok(reference)
}

/// The file, or what comes through a pipe.
async fn given(
    file: &str,
    label: &str,
    profile: &LockedProfile,
    context: &Context,
) -> Result<InputFile, Error> {
    if file != "-" {
        let path = profile.settings().folders.expand(file);
        if !is_name_of_file(file) && !path.exists() {
            // It may be the token itself.
            return Err(
                Error::usage("There is no file with the given name.").hint(hint![
                    "Give the name of a file, or pipe the token in: ",
                    Command::storing("tokens import -").input("token.json"),
                    "."
                ]),
            );
        }
        return InputFile::read(&format!("The file {label}"), &path).await;
    }
    if context.host.terminal.stdin {
        return Err(Error::usage(
            "`-` reads standard input, which is a terminal here, so anybody could see the token.",
        )
        .hint(hint![
            "Name the file, or pipe it in: ",
            Command::storing("tokens import -").input("token.json"),
            "."
        ]));
    }
    let bytes = Zeroizing::new(context.ui.read_input().await?);
    InputFile::from_input(label, bytes)
}

/// Whether a word that names no file can be printed again: it looks like a path, and not like a token or a key.
fn is_name_of_file(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_.,:/@%~ ".contains(c);
    let is_path = ["/", "./", "../", "~/"]
        .iter()
        .any(|it| word.starts_with(it));
    let has_ending = Path::new(word).extension().is_some_and(|it| it.len() <= 5);
    (is_path || has_ending)
        && word.chars().all(plain)
        && !word.contains("BEGIN")
        && !word.contains("://")
        && word.split('/').all(|part| part.chars().count() <= 40)
}

fn advise(args: &Args, import: &Import<'_>, context: &Context) {
    let is_encrypted = import.opened.encrypted;
    if is_encrypted {
        context.ui.hint_afterwards("If an MDM used this server's token before, give this file to the MDM too: the download replaced the MDM's token.");
    } else if args.key.is_some() {
        context
            .ui
            .hint_if_alone("The file isn't encrypted, so abmctl didn't need the key.");
    }
    if !is_encrypted
        && args.file != "-"
        && Path::new(&args.file).is_file()
        && !args.changing.dry_run
    {
        context.ui.hint_if_alone(format!(
            "abmctl copied the token and no longer needs {}.",
            args.file
        ));
    }
    if import.lacks_account_driven_enrollment() {
        context.ui.say_afterwards(
            "Apple doesn't list the account-driven enrollment URL among the URLs that this token may use.",
        );
    }
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<Imported>(false)
}
