//! `tokens`: server tokens, and the key pairs that Apple encrypts them for.

mod guard;
mod import;
mod incoming;
mod keygen;
mod list;
mod new_pair;
mod open;
mod place;
mod reading;
mod remove;
mod steps;

use clap::Subcommand;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;

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
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List(args) => list::run(&args, context).await,
        Verb::Import(args) => import::run(&args, context).await,
        Verb::Keygen(args) => keygen::run(&args, context).await,
        Verb::Remove(args) => remove::run(&args, context).await,
    }
}
