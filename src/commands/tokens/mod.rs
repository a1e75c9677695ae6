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
#[command(after_help = "\
Examples:
  abmctl tokens list
  abmctl tokens import token.p7m --name prod")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the server tokens, with expiry and state
    ///
    /// abmctl tests each token: it opens a session and reads the server's account details from Apple.
    List(list::Args),
    /// Store a server token, from a .p7m or JSON file
    ///
    /// abmctl decrypts a .p7m file with the stored key pair of its certificate, or with --key. It stores the token only if
    /// Apple accepts it.
    ///
    /// If the profile has a token of another server, or with another consumer key, under the same name, abmctl asks before
    /// it replaces it. Without a terminal, that needs --yes. The replaced token is kept until the next replacement.
    #[command(mut_arg("yes", |yes| yes.alias("force")))]
    Import(import::Args),
    /// Create a key pair, and the certificate for the portal
    ///
    /// Apple encrypts a server token for the certificate that was uploaded. Only the holder of the private key can read
    /// the token.
    ///
    /// A server has one token. A new certificate invalidates the token that the server's MDM uses. So keygen refuses a
    /// server that has devices, is a default, connected within 30 days, or has a working token in the profile.
    Keygen(keygen::Args),
    /// Remove a server token from this machine
    ///
    /// The token stays valid at Apple, and works in other places that have it. abmctl doesn't delete a file that it did
    /// not store.
    ///
    /// remove asks on a terminal, and needs --yes without one.
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
