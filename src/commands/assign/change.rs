//! Setting defaults: work out the patches, and make them unless it was only asked what they would be.

use super::execute::{Ended, execute};
use super::report::{self, Extent};
use super::{Args, mend};
use crate::commands::Outcome;
use crate::commands::servers::inventory::{Inventory, find};
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::defaults::{Change, Plan, Refusal, Server, Wish, plan};
use crate::error::{Error, Kind};
use crate::interrupted;

/// Runs `assign` with something to set.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&report::VIEW)?;
    let settings = context.settings()?;
    let writes = !args.check && !args.changing.dry_run;
    let school = settings.required_credentials()?.kind == OrganizationKind::School;
    if writes && args.clear && !args.consent.yes && context.ui.answers() {
        confirm(args, context).await?;
    }
    let _lock = if writes && !school {
        Some(mend::only_one(settings.max_wait.value, context).await?)
    } else {
        None
    };
    let mut inventory = Inventory::read(context).await?;
    let mut left_open = false;
    if writes && !school {
        if mend::unfinished(context)? && mend::mend_locked(&inventory.servers(), context).await? {
            inventory = Inventory::read(context).await?;
        }
    } else {
        left_open = mend::announce(context)?;
    }
    let servers = inventory.servers();
    let wishes = wishes(args, &inventory, context)?;
    let plan = plan(&servers, &wishes).map_err(|refusal| refused(&refusal, &inventory))?;
    let extent = match (args.check, args.changing.dry_run) {
        (true, _) => Extent::Checked,
        (_, true) => Extent::DryRun,
        _ => Extent::Made,
    };
    let document = |extent| report::document(&plan.changes, &servers, extent, None, context);
    if plan.is_empty() {
        return Ok(Outcome::checked(document(extent)?, args.check && left_open));
    }
    if args.check {
        return Ok(Outcome::checked(document(Extent::Checked)?, true));
    }
    if school {
        return Err(Error::new(
            Kind::Refused,
            "Apple School Manager's API shows defaults and can't set them. Nothing was changed.",
        )
        .hint("Set it in Apple School Manager, in the settings of the device management service. `abmctl assign` and `abmctl assign --check` work there."));
    }
    if args.changing.dry_run {
        return Ok(Outcome::done(document(Extent::DryRun)?));
    }
    make(&servers, &wishes, &plan, context).await
}

async fn confirm(args: &Args, context: &Context) -> Result<(), Error> {
    let words: Vec<&str> = args
        .platform
        .iter()
        .map(|platform| platform.word())
        .collect();
    let question = format!(
        "New devices of {} will be assigned to no server. Go on?",
        words.join(", ")
    );
    if context.ui.confirm(&question, false).await? {
        Ok(())
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}

fn wishes(args: &Args, inventory: &Inventory, context: &Context) -> Result<Vec<Wish>, Error> {
    let servers: Vec<_> = inventory
        .readings
        .iter()
        .map(|reading| reading.server.clone())
        .collect();
    let id = |wanted: &Option<String>| {
        wanted
            .as_ref()
            .map(|wanted| find(wanted, &servers, context))
            .transpose()
    };
    let to = id(&args.server)?;
    let from = id(&args.from)?;
    Ok(args
        .platform
        .iter()
        .map(|platform| Wish {
            family: platform.family(),
            to: to.clone(),
            from: from.clone().map(Some),
        })
        .collect())
}

fn refused(refusal: &Refusal, inventory: &Inventory) -> Error {
    let message = format!("{refusal} Nothing was changed.");
    match refusal {
        Refusal::Contradiction { .. } => Error::usage(message),
        Refusal::UnknownServer { .. } => Error::not_found(message),
        Refusal::NotTheDefault { .. } => Error::new(Kind::Conflict, message),
        Refusal::UnreadTarget { .. } | Refusal::UnreadHolder { .. } => match inventory.problem() {
            Some(problem) => Error {
                message: format!("{message} {}", problem.message),
                ..problem
            },
            None => Error::new(Kind::Partial, message),
        },
    }
}

async fn make(
    servers: &[Server],
    wishes: &[Wish],
    plan: &Plan,
    context: &Context,
) -> Result<Outcome, Error> {
    let manager = context.manager().await?;
    let undo = report::undo(&plan.changes, servers, context)?;
    let entry = mend::begin(servers, plan, &undo, context)?;
    let holding = context.interrupts.hold(super::PUTTING_BACK);
    let ended = execute(servers, wishes, plan, &holding, manager, context).await;
    let by_signal = |error: Error| match holding.signal().map(interrupted) {
        None => error,
        Some(told) => Error {
            message: format!("{} {}", told.message, error.message),
            ..told
        },
    };
    match ended {
        Ended::Done => {
            mend::end(&entry, "As wished.", context);
            context.ui.say(&format!("Put back with: {undo}"));
            report::remarks(plan, servers, context)?;
            Ok(Outcome::done(report::document(
                &plan.changes,
                servers,
                Extent::Made,
                None,
                context,
            )?))
        }
        Ended::Untouched(cause) => {
            mend::end(&entry, "Nothing was changed.", context);
            let cause = explained(cause);
            let message = format!("{} Nothing was changed.", cause.message);
            Err(by_signal(Error { message, ..cause }))
        }
        Ended::PutBack { cause, now } => {
            mend::end(&entry, "Put back.", context);
            let made = made(plan, &now);
            let mut error = explained(cause);
            if !made.is_empty() {
                error.kind = Kind::Partial;
            }
            if let Some(told) = holding.signal().map(interrupted) {
                // The signal is the cause, whatever request it broke off.
                error = told;
            }
            error.message = format!(
                "{} What was taken and could not be given was put back. {}",
                error.message,
                report::held(&now)
            );
            let document = report::document(&made, servers, Extent::Made, Some(&now), context)?;
            Ok(Outcome::with_problem(document, error))
        }
        Ended::Open {
            cause,
            why,
            now,
            families,
        } => {
            let mut made = made(plan, &now);
            if now.iter().all(|server| server.families.is_some()) {
                // Nobody wished for it, but these platforms went from a server to none.
                made.extend(families.iter().map(|(family, former)| Change {
                    family: family.clone(),
                    from: Some(former.clone()),
                    to: None,
                }));
            }
            let mut error = report::open(&why, &families, servers, context);
            error.message = format!("{} {} {}", cause.message, error.message, report::held(&now));
            let document = report::document(&made, servers, Extent::Made, Some(&now), context)?;
            Ok(Outcome::with_problem(document, error))
        }
    }
}

/// The changes that were made and stayed, judged by what the touched servers hold now.
fn made(plan: &Plan, now: &[Server]) -> Vec<Change> {
    plan.changes
        .iter()
        .filter(|change| {
            let holder = now.iter().find(|server| server.holds(&change.family));
            let known = now.iter().all(|server| server.families.is_some());
            match (&change.to, holder) {
                (Some(to), Some(holder)) => holder.id == *to,
                (None, None) => known,
                _ => false,
            }
        })
        .cloned()
        .collect()
}

/// What a refusal means for this command.
fn explained(mut error: Error) -> Error {
    match error.kind {
        Kind::Conflict if error.code.is_some() || error.message.contains("409") => {
            error.message = format!(
                "Somebody else gave one of the platforms to another server meanwhile: {}",
                error.message
            );
        }
        Kind::Refused => {
            error.hints = vec![
                "The API account needs the permission to manage the default platform assignment: an Administrator gives it in the portal's API settings.".into(),
            ];
        }
        _ => {}
    }
    error
}
