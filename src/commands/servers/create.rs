//! `servers create`: a server with a certificate.

use super::certificate_argument::Given;
use super::change::{ServerChange, download, outcome};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::options::Changing;
use crate::organization::server_changes::{Creation, Extent};

/// A new server.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The name of the new server; no other server may have it
    name: String,
    #[command(flatten)]
    certificate: Given,
    /// Allow the server to release devices from the organization
    #[arg(long)]
    allow_release: bool,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `servers create`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ServerChange>()?;
    let organization = context.organization()?;
    let certificate = args.certificate.read(organization).await?;
    let wish = Creation {
        name: &args.name,
        certificate: &certificate,
        may_release: args.allow_release,
    };
    let dry_run = args.changing.dry_run;
    let changed = organization
        .create_server(&wish, Extent::of(dry_run))
        .await?;
    let next = download(&changed.name, &certificate);
    outcome(changed, Some(next), dry_run, context)
}
