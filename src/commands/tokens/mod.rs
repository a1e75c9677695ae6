//! `tokens`: server tokens, and the key pairs that Apple encrypts them for.

mod import;
mod keygen;
mod list;
mod remove;
mod steps;

use clap::Subcommand;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::SettingChange;
use crate::context::Context;
use crate::error::Error;
use crate::organization::server_tokens::locked_profile::LockedProfile;
use crate::output::{Head, heads};

/// Server tokens.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the server tokens, with their end and state
    List(list::Args),
    /// Store a server token: the .p7m file of the portal, or its JSON
    ///
    /// Nothing is stored before the file is decrypted, read, and accepted by Apple. A .p7m file is opened with the kept key
    /// pair that it was made for, or with --key.
    #[command(mut_arg("yes", |yes| yes.alias("force")))]
    Import(import::Args),
    /// Make a key pair for a server, and the certificate for the portal
    ///
    /// Apple encrypts a server token for a certificate that was uploaded, so whoever holds the private key can read it. A
    /// server has one token: another certificate replaces the token that its MDM uses.
    Keygen(keygen::Args),
    /// Remove a server token from this machine
    Remove(remove::Args),
}

/// Runs `tokens`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List(args) => list::run(&args, context).await,
        Verb::Import(args) => import::run(&args, context).await,
        Verb::Keygen(args) => keygen::run(&args, context).await,
        Verb::Remove(args) => remove::run(&args, context).await,
    }
}

/// The profile that a command stores tokens in or removes them from.
async fn lock_for_tokens(context: &Context) -> Result<LockedProfile, Error> {
    LockedProfile::for_tokens(|| context.organization_to_store()).await
}

/// The end of a consumer key, so that nobody takes it for the whole.
fn key_end(end: Option<&str>) -> String {
    end.map_or_else(String::new, |end| format!("…{end}"))
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(list::columns()),
        "import" => Some(import::columns()),
        "keygen" => Some(keygen::columns()),
        "remove" => Some(heads::<SettingChange>(false)),
        _ => None,
    }
}
