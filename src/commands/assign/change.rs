//! Setting defaults: work out the patches, and make them unless it was only asked what they would be.

use jiff::SignedDuration;

use super::execute::{Ended, execute, touched};
use super::put_back::Back;
use super::report::{self, Extent};
use super::{Args, mend, send};
use crate::commands::Outcome;
use crate::commands::servers::inventory::{Inventory, find};
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::defaults::{Change, Plan, Refusal, Server, Wish, plan as plan_on};
use crate::core::platform::Family;
use crate::error::{Error, Kind};
use crate::interrupted;

/// A reading that is older than this is made again before anything is written on its ground.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// Runs `assign` with something to set.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&report::VIEW)?;
    let settings = context.settings()?;
    let writes = !args.check && !args.changing.dry_run;
    let school = settings.required_credentials()?.kind == OrganizationKind::School;
    if writes && !school && args.clear && !args.consent.yes && context.ui.answers() {
        confirm(args, context).await?;
    }
    let _lock = if writes && !school {
        Some(mend::only_one(settings.max_wait.value, context).await?)
    } else {
        None
    };
    let mut began = context.clock().now();
    let mut inventory = Inventory::read(context).await?;
    let wished: Vec<Family> = args.platform.iter().map(|it| it.family()).collect();
    let mut left_open = false;
    if writes && !school {
        if mend::unfinished(context)?
            && mend::mend_locked(&inventory.servers(), &wished, context)
                .await
                .map_err(|error| Error {
                    message: format!("{} Nothing else was changed.", error.message),
                    ..error
                })?
        {
            began = context.clock().now();
            inventory = Inventory::read(context).await?;
        }
    } else {
        left_open = mend::announce(context)?;
    }
    let mut servers = inventory.servers();
    let wishes = wishes(args, &inventory, context)?;
    let mut plan = plan_on(&servers, &wishes).map_err(|refusal| refused(&refusal, &inventory))?;
    let age = context.clock().now().duration_since(began);
    if writes && !school && !plan.is_empty() && age > FRESH {
        refresh(&mut servers, &plan, context).await?;
        plan = plan_on(&servers, &wishes).map_err(|refusal| refused(&refusal, &inventory))?;
    }
    let extent = match (args.check, args.changing.dry_run) {
        (true, _) => Extent::Checked,
        (_, true) => Extent::DryRun,
        _ => Extent::Made,
    };
    let document = |extent| report::document(&plan.changes, &servers, extent, None, context);
    if plan.is_empty() {
        if writes && !school {
            mend::settle(&wished, &servers, context)?;
        }
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

/// Reads what `plan` would change once more, where the first reading took its time (Apple allows some 20 reads a minute):
/// what a colleague did to these servers meanwhile must not be undone by a list that is old.
async fn refresh(servers: &mut [Server], plan: &Plan, context: &Context) -> Result<(), Error> {
    let seen = send::read(servers, &touched(plan), context.manager().await?).await;
    if let Some(why) = seen.why {
        return Err(why.context("Nothing was changed, since a server could not be read again"));
    }
    for read in seen.servers {
        if let Some(place) = servers.iter_mut().find(|place| place.id == read.id) {
            *place = read;
        }
    }
    Ok(())
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
            let wished: Vec<Family> = wishes.iter().map(|wish| wish.family.clone()).collect();
            mend::settle(&wished, servers, context)?;
            context.ui.say_afterwards(format!("Put back with: {undo}"));
            report::remarks(plan, servers, context)?;
            let document = report::document(&plan.changes, servers, Extent::Made, None, context)?;
            Ok(match holding.signal().map(interrupted) {
                None => Outcome::done(document),
                // It came too late to stop anything.
                Some(told) => Outcome::with_problem(
                    document,
                    Error {
                        message: format!("{} Everything had been made by then.", told.message),
                        ..told
                    },
                ),
            })
        }
        Ended::Untouched(cause) => {
            mend::end(&entry, "Nothing was changed.", context);
            let cause = explained(cause);
            let message = format!("{} Nothing was changed.", cause.message);
            Err(by_signal(Error { message, ..cause }))
        }
        Ended::Short(cause, back) => {
            let made = made(plan, &back);
            if !made.is_empty() {
                let undo = report::undo(&made, servers, context)?;
                context.ui.say_afterwards(format!("Put back with: {undo}"));
            }
            let mut error = explained(cause);
            if back.open.is_empty() {
                mend::end(&entry, "Put back.", context);
                if !made.is_empty() {
                    error.kind = Kind::Partial;
                }
                if let Some(told) = holding.signal().map(interrupted) {
                    // The signal is the cause, whatever request it broke off.
                    error = told;
                }
                let sentences = [
                    error.message,
                    report::given_back(plan, &back),
                    report::held(&back.now),
                ];
                error.message = sentences.join(" ");
            } else {
                let open = report::open(&back, servers, context);
                let sentences = [error.message, open.message, report::held(&back.now)];
                error = Error {
                    message: sentences.join(" "),
                    ..open
                };
            }
            let mut changes = made;
            if back.is_certain() {
                // Nobody wished for it, but these platforms went from a server to none.
                changes.extend(back.open.iter().map(|open| Change {
                    family: open.family.clone(),
                    from: Some(open.former.clone()),
                    to: None,
                }));
            }
            let document =
                report::document(&changes, servers, Extent::Made, Some(&back.now), context)?;
            Ok(Outcome::with_problem(document, error))
        }
    }
}

/// The changes that were made and stayed, judged by what the touched servers hold now.
fn made(plan: &Plan, back: &Back) -> Vec<Change> {
    plan.changes
        .iter()
        .filter(|change| {
            let holder = back.now.iter().find(|server| server.holds(&change.family));
            match (&change.to, holder) {
                (Some(to), Some(holder)) => holder.id == *to,
                (None, None) => back.is_certain() && !back.elsewhere.contains(&change.family),
                _ => false,
            }
        })
        .cloned()
        .collect()
}

/// What a refusal means for this command.
fn explained(mut error: Error) -> Error {
    if error.kind == Kind::Refused {
        error.hints = vec![
            "The API account needs the permission to manage the default platform assignment: an Administrator gives it in the portal's API settings.".into(),
        ];
    }
    error
}
