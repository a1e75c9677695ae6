//! Setting defaults: asks for the change, or only for what it would be.

use super::report::{self, Extent};
use super::{Args, cause, setup, undo};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::platform::{Family, words};
use crate::core::printed::line;
use crate::error::Error;
use crate::organization::defaults::{Listed, Wanted};

/// Runs `assign` with something to set.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<report::Changed>()?;
    let settings = context.settings()?;
    let extent = match (args.check, args.changing.dry_run) {
        (true, _) => Extent::Checked,
        (_, true) => Extent::DryRun,
        _ => Extent::Made,
    };
    let only_reads = setup::only_reads(settings)?;
    let writes = extent == Extent::Made && only_reads.is_none();
    if writes && args.clear && !args.consent.yes && context.ui.answers() {
        confirm(args, context).await?;
    }
    let _lock = if writes {
        Some(setup::lock(settings.max_wait.value, context).await?)
    } else {
        None
    };
    let hold = setup::Hold::new(context);
    let take = || hold.take();
    let defaults = setup::defaults(&take, context).await?;
    let listed = defaults.list().await?;
    let to = named(args.server.as_ref(), &listed, context)?;
    let from = match &args.from {
        None => None,
        Some(none) if none.eq_ignore_ascii_case("none") => Some(None),
        some => Some(named(some.as_ref(), &listed, context)?),
    };
    let families: Vec<Family> = args.platform.iter().map(|it| it.clone()).collect();
    let undo = |changes: &[_], table: &[_]| {
        line(&undo::undo(changes, table, context), &context.ui.reach())
    };
    let wanted = Wanted {
        families,
        to,
        from,
        writes,
        undo: &undo,
    };
    let ended = defaults.run(&listed, &wanted).await?;
    if let Some(why) = only_reads
        && extent == Extent::Made
        && !ended.changes.is_empty()
    {
        report::warnings(&ended, context);
        let risk: Vec<&Family> = cause::risk(&ended, &wanted).collect();
        if risk.is_empty() {
            return Err(why);
        }
        let error = cause::at_risk(&ended, risk.into_iter());
        let message = format!("{} {}", why.message, error.message);
        return Err(Error { message, ..error });
    }
    let signal = hold.signal().map(Error::interrupted);
    report::outcome(&ended, &wanted, extent, signal, context)
}

async fn confirm(args: &Args, context: &Context) -> Result<(), Error> {
    let families: Vec<Family> = args.platform.iter().map(|it| it.clone()).collect();
    let question = format!(
        "New devices of {} will be assigned to no server. Go on?",
        words(&families)
    );
    if context.ui.confirm(&question, false).await? {
        Ok(())
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}

fn named(
    wanted: Option<&String>,
    listed: &Listed,
    context: &Context,
) -> Result<Option<String>, Error> {
    wanted
        .map(|wanted| context.organization()?.find_server(wanted, &listed.servers))
        .transpose()
}
