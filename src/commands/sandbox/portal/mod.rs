//! `sandbox portal`: what an administrator clicks in Apple's portal, done in the emulator.

mod domain;
mod server_token;

use clap::ArgMatches;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::output::Head;

/// What is clicked.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("click").required(true),
    override_usage = "abmctl sandbox portal --server <SERVER> [OPTIONS]\n       \
        abmctl sandbox portal --add-domain <NAME> [OPTIONS]\n       \
        abmctl sandbox portal --verify-domain <NAME> [OPTIONS]\n       \
        abmctl sandbox portal --remove-domain <NAME> [OPTIONS]"
)]
pub(super) struct Args {
    #[command(flatten)]
    server_token: server_token::Args,
    #[command(flatten)]
    domain: domain::Args,
}

/// Runs `sandbox portal`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    match (args.domain.click(), &args.server_token.server) {
        (Some(click), _) => domain::run(&click, context).await,
        (None, Some(server)) => server_token::run(server, &args.server_token, context).await,
        // The command line asks for one of them.
        (None, None) => Err(Error::usage(
            "No action given. Add --server or one of the options for domains.",
        )),
    }
}

/// Its columns: those of a server token, or of a domain.
pub(super) fn columns(matches: &ArgMatches) -> Vec<Head> {
    if matches.contains_id("server") {
        server_token::columns()
    } else {
        domain::columns()
    }
}
