//! `servers rename`: another name for a server.

use super::change::{ServerChange, outcome};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::options::Changing;
use crate::organization::server_changes::{Extent, Renaming};

/// A server and its new name.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The server: its id, alias or name
    server: String,
    /// The new name; no other server may have it
    name: String,
    /// Only if this is the name of the server now; else exit 8
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `servers rename`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ServerChange>()?;
    let wish = Renaming {
        server: &args.server,
        name: &args.name,
        from: args.from.as_deref(),
    };
    let dry_run = args.changing.dry_run;
    let organization = context.organization()?;
    let changed = organization
        .rename_server(&wish, Extent::of(dry_run))
        .await?;
    outcome(changed, None, dry_run, context)
}
