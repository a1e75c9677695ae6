//! `servers set-certificate`: another certificate for a server, unless that would cut off an MDM.

use super::certificate_argument::Given;
use super::change::{ServerChange, download, outcome};
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{self, agree};
use crate::context::Context;
use crate::core::printed::Command;
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::server_changes::Extent;

/// A server and its new certificate.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The server: its id, alias or name
    server: String,
    #[command(flatten)]
    certificate: Given,
    /// Let the server's MDM lose its token
    #[arg(long)]
    disconnect_mdm: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `servers set-certificate`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ServerChange>()?;
    let dry_run = args.changing.dry_run;
    let extent = Extent::of(dry_run);
    let organization = context.organization()?;
    let certificate = args.certificate.read(organization).await?;
    let change = organization
        .certificate_change(&args.server, extent)
        .await?;
    let (option, value) = args.certificate.option();
    let command = Command::new("servers set-certificate")
        .arg(&args.server)
        .option(option, &value);
    let losses = change.losses(args.disconnect_mdm, &command, organization)?;
    let agreed = args.consent.yes || args.disconnect_mdm;
    if dry_run || agreed {
        context.ui.warn(&losses.join(" "));
    }
    let consent = profile_change::Consent {
        losses,
        question: "Replace the certificate?",
        yes: agreed,
        ..profile_change::Consent::given(dry_run)
    };
    agree(consent, context).await?;
    let changed = organization
        .set_certificate(&change, &certificate, extent)
        .await?;
    let next = download(&change.name, &certificate);
    outcome(changed, Some(next), dry_run, context)
}
