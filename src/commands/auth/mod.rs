//! Credentials, of the API account and of the Roster API: storing, showing and removing them.

pub(super) mod key;
mod login;
mod logout;
mod permissions;
mod questions;
mod roster;
mod status;

use crate::commands::outcome::Outcome;
use crate::config::{CredentialRefs, Source};
use crate::context::Context;
use crate::core::printed::{self, hint};
use crate::error::Error;

/// What to do with credentials.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Store an API account's credentials, after trying them
    Login(login::Args),
    /// Authorize School Manager's Roster API once, which lists verified domains
    Roster(roster::Args),
    /// Show what is used, and where each value comes from
    Status(status::Args),
    /// Remove an API account's credentials
    Logout(logout::Args),
}

/// Runs it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.command {
        Command::Login(args) => Box::pin(login::run(args, context)).await,
        Command::Roster(args) => roster::run(args, context).await,
        Command::Status(args) => status::run(args, context).await,
        Command::Logout(args) => logout::run(args, context).await,
    }
}

/// Refuses to `act` on stored credentials while the environment has its own, which would go on being used; exit 2.
fn refuse_environment(credentials: Option<&CredentialRefs>, act: &str) -> Result<(), Error> {
    match credentials.map(|credentials| &credentials.client_id.source) {
        Some(Source::Environment(variable)) => Err(Error::usage(format!(
            "{variable} is set, so credentials come from the environment and not from a profile."
        ))
        .hint(hint![
            format!("Unset {variable} and the other credential variables to {act}; "),
            printed::Command::storing("auth status"),
            " shows what is used now."
        ])),
        _ => Ok(()),
    }
}
