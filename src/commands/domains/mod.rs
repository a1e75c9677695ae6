//! `domains`: the organization's domains.

mod accounts;
mod audit;
mod check;
mod declare;
mod declared;
mod dns;
mod gather;
mod kept;
pub mod known;
mod list;
mod since;
mod told;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::domains::{is_reserved, normalized};
use crate::error::Error;

/// What to do with domains.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List every domain that is known, with its status and the evidence for it
    List(list::Args),
    /// Show everything that is known of a domain, and what devices find there
    Check(check::Args),
    /// Keep that you saw a domain in the portal
    Declare(declare::Args),
}

/// The A-label of a domain that somebody typed; exit 2 for what no organization's domain can be.
fn named(typed: &str) -> Result<String, Error> {
    let Some(name) = normalized(typed) else {
        let hint = match meant(typed) {
            Some(name) => format!("Is {name} meant?"),
            None => "Give the part after the @ of the accounts, as in acme.com.".to_owned(),
        };
        return Err(Error::usage(format!("{typed:?} is not a domain.")).hint(hint));
    };
    if is_reserved(&name) {
        return Err(Error::usage(format!(
            "{name} is a name that Apple reserves, and no organization's domain."
        )));
    }
    Ok(name)
}

/// The A-labels of domains that somebody typed, each once.
pub fn each_named(typed: &[String]) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = Vec::new();
    for domain in typed {
        let name = named(domain)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The domain in an account or in an address.
fn meant(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let (_, rest) = typed.rsplit_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let (_, after) = typed.rsplit_once('@').unwrap_or_default();
    normalized(after).or_else(|| normalized(host))
}

/// Runs one of them.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.command {
        Command::List(args) => list::run(args, context).await,
        Command::Check(args) => check::run(args, context).await,
        Command::Declare(args) => declare::run(&args, context).await,
    }
}
