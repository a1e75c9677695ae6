//! Credentials, of the API account and of the Roster API: storing, showing and removing them.

mod arguments;
mod key;
mod login;
mod logout;
mod permissions;
mod questions;
mod roster;
mod status;

use clap::ArgMatches;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::SettingChange;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Head, heads};

/// What to do with credentials.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Store an API account's credentials, after trying them
    Login(arguments::Args),
    /// Authorize School Manager's Roster API once, which lists verified domains
    Roster(roster::Args),
    /// Show what is used, and where each value comes from
    Status(status::Args),
    /// Remove an API account's credentials
    Logout(logout::Args),
}

/// Runs it.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.command {
        Command::Login(args) => Box::pin(login::run(args, context)).await,
        Command::Roster(args) => roster::run(args, context).await,
        Command::Status(args) => status::run(args, context).await,
        Command::Logout(args) => logout::run(args, context).await,
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "roster" if matches.get_flag("print_url") => Some(roster::columns()),
        "login" | "logout" | "roster" => Some(heads::<SettingChange>(false)),
        "status" => Some(status::columns()),
        _ => None,
    }
}
