//! Setting defaults: asks for the change, or only for what it would be.

use super::Args;
use super::report::{self, Changed};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::platform::words;
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::defaults::change::Wish;
use crate::organization::defaults::summary::{Extent, Summary};

/// Runs `assign` with something to set.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Changed>()?;
    let organization = context.organization()?;
    let extent = match (args.check, args.changing.dry_run) {
        (true, _) => Extent::Checked,
        (_, true) => Extent::DryRun,
        _ => Extent::Made,
    };
    if args.existing.is_given() {
        return Box::pin(super::existing::run(args, extent, context)).await;
    }
    let writes = extent == Extent::Made && organization.only_reads_defaults()?.is_none();
    if writes && args.clear && !args.consent.yes && context.ui.answers() {
        confirm(args, context).await?;
    }
    let told = set(args, extent, organization).await?;
    report::outcome(told, extent, context)
}

/// Sets the defaults, or says what that would change.
pub(super) async fn set(
    args: &Args,
    extent: Extent,
    organization: &Organization,
) -> Result<Summary, Error> {
    let wish = Wish {
        families: args.platform.clone(),
        server: args.server.as_deref(),
        from: args.from.as_deref(),
        even_if_idle: args.even_if_idle,
        extent,
    };
    organization.set_defaults(&wish).await
}

async fn confirm(args: &Args, context: &Context) -> Result<(), Error> {
    let question = format!(
        "New devices of {} will be assigned to no server. Continue?",
        words(&args.platform)
    );
    if context.ui.confirm(&question, false).await? {
        Ok(())
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}
