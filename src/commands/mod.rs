//! A file for each verb, a folder for each noun: its arguments and its `run`, which returns a value.

pub(crate) mod adde_url;
pub(crate) mod api;
pub(crate) mod assign;
pub(crate) mod auth;
pub(crate) mod day_argument;
pub(crate) mod default_for;
pub(crate) mod device_rows;
pub(crate) mod domains;
pub(crate) mod generate;
pub(crate) mod journal;
pub(crate) mod outcome;
pub(crate) mod platform_argument;
pub(crate) mod profile_change;
pub(crate) mod profiles;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
pub(crate) mod servers;
pub(crate) mod settings_change;
pub(crate) mod store_choice;
pub(crate) mod tokens;

use clap::{ArgMatches, Subcommand};

use crate::context::Context;
use crate::error::Error;
use crate::output::Head;
use outcome::Outcome;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the organization's domains
    Domains(domains::Args),
    /// Show or set the default device management service of each platform
    ///
    /// Without options it shows which server new devices of each platform are
    /// assigned to. A default reaches devices that are added from then on; devices
    /// that are there stay where they are. Apple moves no platform by itself: abmctl
    /// takes it from the one server, gives it to the other, reads both back, and puts
    /// back what was taken where that fails.
    Assign(assign::Args),
    /// Show or set the account-driven enrollment URL
    #[command(name = "adde-url", visible_alias = "discovery-url")]
    AddeUrl(adde_url::Args),
    /// List device management services, and give them short names
    Servers(servers::Args),
    /// Make, store and watch server tokens
    Tokens(tokens::Args),
    /// Send any request to the API
    Api(api::Args),
    /// Show what was changed from here, and what puts it back
    Journal(journal::Args),
    /// Log in, and see what is used
    Auth(auth::Args),
    /// List, choose and remove profiles
    Profiles(profiles::Args),
    /// Run an emulator of Apple's services, to try anything without an account
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Args),
    /// Print the completions of a shell
    Completions(generate::Completions),
    /// Write the manual pages into a folder
    Man(generate::Man),
    /// Write what is committed and generated from the program
    #[command(hide = true)]
    Generate(generate::Generate),
}

/// Runs a command; `tree` is the whole command line, for what is generated from it.
pub(crate) async fn run(
    command: Command,
    tree: fn() -> clap::Command,
    context: &Context,
) -> Result<Outcome, Error> {
    match command {
        Command::Domains(args) => domains::run(args, context).await,
        Command::Assign(args) => assign::run(args, context).await,
        Command::AddeUrl(args) => adde_url::run(args, context).await,
        Command::Servers(args) => servers::run(args, context).await,
        Command::Tokens(args) => tokens::run(args, context).await,
        Command::Api(args) => api::run(args, context).await,
        Command::Journal(args) => journal::run(args, context),
        Command::Auth(args) => auth::run(args, context).await,
        Command::Profiles(args) => profiles::run(args, context).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(args) => sandbox::run(args, context).await,
        Command::Completions(args) => generate::completions(&args, &tree()),
        Command::Man(args) => generate::man(&args, &tree()),
        Command::Generate(args) => generate::all(&args, &tree()),
    }
}

/// The columns of the command that `matches` stand for, which need not be complete; `None` if its output has none.
pub(crate) fn columns(matches: &ArgMatches) -> Option<Vec<Head>> {
    let (noun, matches) = matches.subcommand()?;
    if noun == "assign" {
        return Some(assign::columns(matches));
    }
    let (verb, matches) = matches.subcommand()?;
    match noun {
        "domains" => domains::columns(verb, matches),
        "adde-url" => adde_url::columns(verb),
        "servers" => servers::columns(verb, matches),
        "tokens" => tokens::columns(verb),
        "journal" => journal::columns(verb),
        "auth" => auth::columns(verb, matches),
        "profiles" => profiles::columns(verb),
        #[cfg(feature = "sandbox")]
        "sandbox" => sandbox::columns(verb, matches),
        _ => None,
    }
}
