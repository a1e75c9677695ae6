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
#[command(after_help = "\
Examples:
  abmctl auth login
  abmctl auth status --permissions")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Store the credentials of an API account
    ///
    /// On a terminal, abmctl asks for missing values. It tests the credentials before it stores them, and lists their
    /// permissions.
    ///
    /// If the profile has credentials of another API account, abmctl asks before it replaces them. Without a terminal,
    /// that needs --yes. The replaced private key is kept until the next replacement.
    Login(arguments::Args),
    /// Authorize the Roster API of Apple School Manager
    ///
    /// The Roster API is School Manager's list of verified domains. It needs an app in your organization's Apple Developer
    /// account. An Administrator or Site Manager authorizes the app once, in a browser. docs/guides/roster.md has the
    /// steps.
    ///
    /// abmctl takes missing values from the profile, or asks for them on a terminal. It stores nothing until Apple accepts
    /// the authorization. Between --print-url and --redirected-to the private key stays in its file.
    ///
    /// --dry-run takes every step, but stores nothing. An authorization code works once.
    Roster(roster::Args),
    /// Show the credentials in use, and where they come from
    ///
    /// Without --permissions and --unattended, abmctl sends no request.
    ///
    /// Exit codes: 3 if nothing usable is configured; 7 if a request failed, so that a permission is unknown. If all
    /// requests fail alike, they have their own exit code.
    Status(status::Args),
    /// Remove the credentials of an API account
    ///
    /// The profile keeps its server tokens, aliases and Roster API access. abmctl doesn't delete a private key that it did
    /// not store. The API account still exists; delete it in the portal.
    ///
    /// logout asks on a terminal, and needs --yes without one.
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
