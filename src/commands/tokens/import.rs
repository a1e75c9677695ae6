//! `tokens import`: a server token is opened, judged, asked about, and only then stored.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::incoming::{Before, Imported, New};
use super::open::{Keys, Opened, open};
use super::place::Place;
use crate::apple::device_assignment::account::Account;
use crate::apple::device_assignment::server_token::ServerToken;
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of, headline};
use crate::commands::store_choice::StoreName;
use crate::config::TokenRef;
use crate::context::Context;
use crate::core::names;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::server_tokens::state::{Problem, day};
use crate::output::NothingMore;
use crate::secret::{GivenFile, Store, check_name};
use crate::state::facts;

/// The file, and how to keep what is in it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Replacing a token of another server or with another consumer key asks on a terminal, and needs --yes without one; the token \
that was replaced is kept until the next time.

Examples:
  abmctl tokens import ~/Downloads/Acme_Token_smime.p7m
  abmctl tokens import token.json --name prod --store file")]
pub struct Args {
    /// The file: a .p7m or JSON; `-` is standard input
    file: String,
    /// Keep the token under this name [default: its key pair's, else its server's]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Open it with this private key (PKCS#8 or PKCS#1) in place of a kept one
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The certificate of that key, to be told where the file is for another one
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Ask Apple nothing, and store it even if it may not work
    #[arg(long)]
    offline: bool,
    /// Keep the token here
    #[arg(long, value_name = "WHERE")]
    store: Option<StoreName>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `tokens import`.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Imported>()?;
    let place = Place::for_tokens(context).await?;
    if let Some(name) = &args.name {
        check_name("server token", name)?;
    }
    let label = match args.file.as_str() {
        "-" => "Standard input".to_owned(),
        file => file.to_owned(),
    };
    let file = given(&args.file, &label, &place, context).await?;
    let keys = Keys {
        key: args.key.as_deref(),
        certificate: args.certificate.as_deref(),
    };
    let opened = open(&file, &label, &keys, &place, context).await?;
    let account = if args.offline {
        None
    } else {
        Some(ask(&opened.token, &label, &place, context).await?)
    };
    let name = match &args.name {
        Some(name) => name.clone(),
        None => name_for(&opened, account.as_ref(), &place, context).await,
    };
    let name = place.spelled(&name)?.to_owned();
    let before = match place.token(&name) {
        Some(token) => Some(Before::read(token, &place, context).await),
        None => None,
    };
    let new = New::of(name, opened, account.as_ref(), before.as_ref(), context);
    warn_of_the_end(&new, args.offline, context);

    let same = before
        .as_ref()
        .filter(|before| new.is(before) && args.store.is_none());
    let (reference, changes) = match same {
        Some(before) => (before.token.token.value.reference.clone(), Vec::new()),
        None => {
            let asked = args.store.map(Store::from);
            let dry_run = args.changing.dry_run;
            let agreed = (args.consent.yes, dry_run);
            let reference = new
                .keep(asked, agreed, before.as_ref(), &place, context)
                .await?;
            let row = new.row(&reference, before.as_ref());
            (reference, vec![row])
        }
    };
    if !args.changing.dry_run {
        new.keep_facts(reference, before.as_ref(), &place, context);
    }
    if !changes.is_empty() {
        advise(args, &new, account.as_ref(), context);
    }
    let mut lines = vec![headline(&place.profile, None, context)];
    lines.push(match account {
        Some(_) => "Apple accepts the token.".to_owned(),
        None => "Apple was not asked about the token (--offline).".to_owned(),
    });
    let dry_run = args.changing.dry_run;
    let change = change_of(&place.profile, dry_run, changes, NothingMore {}, context);
    Ok(Outcome::done(document_of(change, lines, None)))
}

/// The file, or what comes through a pipe.
async fn given(
    file: &str,
    label: &str,
    place: &Place,
    context: &Context,
) -> Result<GivenFile, Error> {
    if file != "-" {
        let path = place.settings.folders.expand(file);
        return GivenFile::read(&format!("The file {label}"), &path).await;
    }
    if context.host.terminal.stdin {
        return Err(Error::usage(
            "`-` reads standard input, which is a terminal: what is typed there can be seen.",
        )
        .hint(hint![
            "Name the file, or pipe it in: ",
            Command::storing("tokens import -").input("token.json"),
            "."
        ]));
    }
    let bytes = Zeroizing::new(context.ui.read_input().await?);
    GivenFile::from_input(label, bytes)
}

/// Opens a session and asks what the token's server is; an error says that nothing was stored.
async fn ask(
    token: &ServerToken,
    label: &str,
    place: &Place,
    context: &Context,
) -> Result<Account, Error> {
    let organization = context.organization_of(place.settings.clone());
    let enrollment =
        organization.device_assignment_of(token.clone(), &organization.brief_http())?;
    context.ui.progress("Asking Apple about the token");
    let account = enrollment.account().await;
    context.ui.progress("");
    account.map_err(|failure| {
        let now = context.clock().now();
        Problem::of(failure, label, token.expires_at(), now)
            .error
            .hint("Nothing was stored. To store the token all the same: `--offline`.")
    })
}

/// The name for a token that was given none: its key pair's, else that of the kept token of the same server, else one made of
/// its server's name.
async fn name_for(
    opened: &Opened,
    account: Option<&Account>,
    place: &Place,
    context: &Context,
) -> String {
    if let Some(pair) = &opened.key_pair {
        return pair.clone();
    }
    let id = account.and_then(|account| account.server_uuid.as_deref());
    let same_id = |token: &&TokenRef| {
        let kept = token.server_id.as_deref();
        kept.zip(id)
            .is_some_and(|(kept, id)| kept.eq_ignore_ascii_case(id))
    };
    if let Some(token) = place.tokens.iter().find(same_id) {
        return token.name.clone();
    }
    if let Some(token) = same_key(&opened.token, place, context).await {
        return token.name.clone();
    }
    account
        .and_then(|account| names::short(account.server_name.as_deref()?))
        .unwrap_or_else(|| "default".to_owned())
}

/// The kept token with the same consumer key. What is known of the tokens without their secrets is looked at first: a
/// keyring may be slow, and there may be many.
async fn same_key<'a>(
    token: &ServerToken,
    place: &'a Place,
    context: &Context,
) -> Option<&'a TokenRef> {
    let fingerprint = token.fingerprint();
    let store = facts::Store::new(&place.settings.folders.state);
    let mut unknown = Vec::new();
    for kept in &place.tokens {
        match store.read(&facts::place(kept)).fingerprint {
            known if known == fingerprint => return Some(kept),
            known if known.is_empty() => unknown.push(kept),
            _ => {}
        }
    }
    for kept in unknown {
        let before = Before::read(kept, place, context).await;
        if before.fingerprint().as_deref() == Some(&fingerprint) {
            return Some(kept);
        }
    }
    None
}

/// A token that is over, or whose end can't be told, is worth a word.
fn warn_of_the_end(new: &New, offline: bool, context: &Context) {
    let token = &new.opened.token;
    match token.expires_at() {
        Some(end) if end <= context.clock().now() => {
            let yet = if offline {
                "."
            } else {
                ", yet Apple accepts it."
            };
            context.ui.warn(&format!(
                "By its own date the server token expired on {}{yet}",
                day(end)
            ));
        }
        Some(_) => {}
        None => context.ui.warn(&format!(
            "When the server token ends is not known: the file says {:?}.",
            token.expiry_raw()
        )),
    }
}

fn advise(args: &Args, new: &New, account: Option<&Account>, context: &Context) {
    if new.opened.encrypted {
        context.ui.hint_afterwards("An MDM that used this server's token before needs this file too: downloading it replaced the MDM's token.");
    } else if args.key.is_some() {
        context
            .ui
            .hint_afterwards("The file is not encrypted, so the key was not needed.");
    }
    if !new.opened.encrypted
        && args.file != "-"
        && Path::new(&args.file).is_file()
        && !args.changing.dry_run
    {
        context.ui.hint_afterwards(format!(
            "The token was copied; {} is not needed any more by abmctl.",
            args.file
        ));
    }
    if account.and_then(Account::allows_account_driven_enrollment) == Some(false) {
        context.ui.hint_afterwards(
            "Apple does not list the account-driven enrollment URL among what this token may ask for.",
        );
    }
}
