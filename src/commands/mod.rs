//! A file for each verb, a folder for each noun: its arguments and its `run`, which returns a value.

pub(crate) mod activities;
pub(crate) mod adde_url;
pub(crate) mod api;
pub(crate) mod assign;
pub(crate) mod auth;
pub(crate) mod day_argument;
pub(crate) mod default_for;
pub(crate) mod device_result;
pub(crate) mod device_rows;
pub(crate) mod devices;
pub(crate) mod domains;
pub(crate) mod generate;
pub(crate) mod help;
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
    /// List and check the organization's domains
    Domains(domains::Args),
    /// Show or set the default device management services of new devices
    ///
    /// Without options, assign shows the server that new devices of each platform are assigned to.
    ///
    /// A default applies to devices that are added later. It does not move existing devices.
    ///
    /// To set a default, abmctl removes the platform from the old server, adds it to the new one, and reads both servers
    /// back. If a step fails, abmctl restores the old default.
    Assign(assign::Args),
    /// Show, set and check account-driven enrollment (ADDE) URLs
    #[command(name = "adde-url", visible_alias = "discovery-url")]
    AddeUrl(adde_url::Args),
    /// List, create and change device management services
    Servers(servers::Args),
    /// Find, assign, migrate and release devices
    Devices(devices::Args),
    /// Show the activities of devices, and wait for them
    ///
    /// Apple makes each change of devices as an activity, which takes minutes.
    Activities(activities::Args),
    /// Create, store and monitor server tokens
    Tokens(tokens::Args),
    /// Send a request to Apple's API
    ///
    /// abmctl prints Apple's document unchanged, as json or ndjson. If the answer has no body, abmctl prints nothing.
    ///
    /// abmctl retries a GET after any outage. It retries the other methods only after a limit (429), or if it could not
    /// connect. If it isn't known whether Apple acted on a request, the error says so.
    Api(api::Args),
    /// Show the changes that abmctl made, and how to undo them
    ///
    /// Each command that changes something writes to the journal, the file journal.ndjson in the state folder. Apple's
    /// audit log has no event for default device assignment, so the journal is the record of those changes.
    ///
    /// The journal needs no account and no configuration. Reading it sends no request.
    Journal(journal::Args),
    /// Log in, and show the credentials in use
    Auth(auth::Args),
    /// List, select and remove profiles
    Profiles(profiles::Args),
    /// Run an emulator of Apple's services, without an account
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Args),
    /// Print the completion script of a shell
    Completions(generate::Completions),
    /// Write the manual pages to a folder
    Man(generate::Man),
    /// Show the help of a command or topic
    ///
    /// `abmctl help COMMAND` shows the same as `abmctl COMMAND --help`. Without arguments, help lists the commands and
    /// the topics.
    Help(help::Args),
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
        Command::Devices(args) => devices::run(args, context).await,
        Command::Activities(args) => activities::run(args, context).await,
        Command::Tokens(args) => tokens::run(args, context).await,
        Command::Api(args) => api::run(args, context).await,
        Command::Journal(args) => journal::run(args, context),
        Command::Auth(args) => auth::run(args, context).await,
        Command::Profiles(args) => profiles::run(args, context).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(args) => sandbox::run(args, context).await,
        Command::Completions(args) => generate::completions(&args, &tree()),
        Command::Man(args) => generate::man(&args, &tree()),
        Command::Help(args) => help::run(&args, &tree()),
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
        "activities" => activities::columns(verb),
        "devices" => devices::columns(verb, matches),
        "tokens" => tokens::columns(verb),
        "journal" => journal::columns(verb),
        "auth" => auth::columns(verb, matches),
        "profiles" => profiles::columns(verb),
        #[cfg(feature = "sandbox")]
        "sandbox" => sandbox::columns(verb, matches),
        _ => None,
    }
}
