//! `assign --existing unassigned`: the devices that have no server get the one that becomes the default.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::ValueEnum;
use jiff::Timestamp;

use super::Args;
use super::report::{self, Changed};
use crate::commands::device_result::{ChangeRow, Details};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::{DeviceResult, Ended};
use crate::core::platform::words;
use crate::core::printed::Hint;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::defaults::summary::Extent;
use crate::organization::devices::change::announce;
use crate::organization::devices::existing::{Existing, ExistingEnded, ExistingPlan, LATELY, MOST};
use crate::organization::domains::since::{Since, whole_seconds};

/// So many devices are listed in a table, each on a line.
const LISTED: usize = 50;

/// Which devices that exist already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Which {
    /// Those that have no server
    Unassigned,
}

/// Devices that exist already.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Assign the devices of the platforms that have no server, too
    ///
    /// Devices that are on another server are never moved. A device that Apple refused twice is left until you name it with
    /// `abmctl devices assign`. Devices on the Apple Configurator service count as assigned, so neither this nor a default
    /// reaches them.
    #[arg(
        long,
        value_name = "WHICH",
        requires = "server",
        conflicts_with = "clear"
    )]
    existing: Option<Which>,
    /// With --existing: if more devices qualify, change none; exit 8
    ///
    /// The default is 50. The default of the platforms is set anyway.
    #[arg(long, value_name = "N", requires = "existing")]
    max_devices: Option<usize>,
    /// With --existing: only devices added since this date, time or duration ago
    ///
    /// Without a terminal, the default is 14d.
    #[arg(long, value_name = "WHEN", requires = "existing", value_parser = Since::parse)]
    added_since: Option<Since>,
    /// With --existing: leave out the serial numbers in this file
    #[arg(long, value_name = "FILE", requires = "existing")]
    except: Option<PathBuf>,
}

impl Options {
    /// Whether devices are to be assigned.
    pub(super) fn is_given(&self) -> bool {
        self.existing.is_some()
    }

    /// Since when devices have to be added; exit 2 if that isn't in the past.
    fn added_since(&self, context: &Context) -> Result<Option<Timestamp>, Error> {
        let now = context.clock().now();
        match &self.added_since {
            None if context.ui.answers() => Ok(None),
            None => Ok(now.checked_sub(LATELY).ok().map(whole_seconds)),
            Some(since) => match since.at(now).map(whole_seconds) {
                Some(at) if at < now => Ok(Some(at)),
                Some(_) => Err(Error::usage("--added-since is not in the past.")),
                None => Err(Error::usage("--added-since is too long ago.")),
            },
        }
    }
}

/// What is shown of the devices.
#[derive(Default)]
pub(super) struct Devices {
    pub rows: Vec<ChangeRow>,
    /// Above the table.
    pub lines: Vec<String>,
    /// A device is assigned, or may be, or would be.
    pub changed: bool,
    /// Devices qualify, whether they may be changed or not.
    pub differs: bool,
}

/// Runs `assign --existing unassigned`.
pub(super) async fn run(args: &Args, extent: Extent, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Changed>()?;
    let organization = context.organization()?;
    let options = &args.existing;
    let added_since = options.added_since(context)?;
    let except = match &options.except {
        Some(path) => organization.excepted(path).await?,
        None => HashSet::new(),
    };
    let Some(server) = args.server.as_deref() else {
        return Err(Error::usage("No server given.").hint("Add --server NAME."));
    };
    if server.trim().is_empty() {
        return Err(Error::usage("The name of the server is empty."));
    }
    announce(organization, Some(context.ui.answers())).await;
    if extent == Extent::Made {
        organization.may_assign()?;
    }
    let mut told = None;
    if organization.sets_defaults()? {
        let set = super::change::set(args, extent, organization).await?;
        if set.problem.is_some() {
            context.ui.say_afterwards("No device was changed.");
            return report::outcome(set, extent, context);
        }
        told = Some(set);
    }
    let wish = Existing {
        platforms: &args.platform,
        server,
        added_since,
        except,
        most: options.max_devices.unwrap_or(MOST),
        even_if_idle: args.even_if_idle,
    };
    let set = told.as_ref().is_some_and(|it| !it.changes.is_empty());
    let mut ended = ExistingEnded::default();
    let mut plan = None;
    let mut declined = false;
    match organization.existing_devices(&wish).await {
        Err(error) => ended.problem = Some(error),
        Ok(read) if extent == Extent::Made => {
            let mut read = read;
            match agree(args, &read, context).await {
                Ok(()) => ended = assign(&mut read, organization).await,
                Err(error) => {
                    declined = error.kind == Kind::Failed;
                    ended.problem = Some(error);
                }
            }
            plan = Some(read);
        }
        Ok(read) => {
            ended.results = organization.would_assign_existing(&read);
            ended.problem.clone_from(&read.unread);
            if let Some(error) = &read.too_many {
                context.ui.warn(&error.message);
            }
            plan = Some(read);
        }
    }
    let problem = ended.problem.take().map(|it| {
        if declined {
            it
        } else {
            partly(it, set, extent)
        }
    });
    let devices = devices(&ended, plan.as_ref(), &wish);
    let mut undo = told.as_ref().map(|it| it.undo.clone()).unwrap_or_default();
    undo.extend(ended.put_back);
    if !undo.is_empty() {
        context.ui.say_afterwards(Hint::put_back(undo));
    }
    if let Some(hint) = ended.hint {
        context.ui.hint_afterwards(hint);
    }
    report::with_devices(told.as_ref(), devices, problem, extent, context)
}

async fn assign(plan: &mut ExistingPlan, organization: &Organization) -> ExistingEnded {
    let all = plan.choice.qualify.len();
    let mut done = 0;
    let mut each = |_: &DeviceResult| {
        done += 1;
        organization.progress(&format!("{done} of {all} devices"));
    };
    let ended = organization.assign_existing(plan, &mut each).await;
    organization.progress("");
    ended
}

/// Devices that nobody named are shown and asked for on a terminal. Without one, the guards are enough.
async fn agree(args: &Args, plan: &ExistingPlan, context: &Context) -> Result<(), Error> {
    let count = plan.choice.qualify.len();
    if count == 0 || plan.too_many.is_some() || args.consent.yes || !context.ui.answers() {
        return Ok(());
    }
    let models = plan.choice.models().into_iter();
    let models = models.map(|(model, count)| format!("  {count:>5}  {model}"));
    let models = models.collect::<Vec<_>>().join("\n");
    context.ui.say(&format!(
        "Devices of {} without a server:\n{models}",
        words(&args.platform)
    ));
    let name = plan.server.as_ref().map_or("", |it| it.name.as_str());
    let question = match count {
        1 => format!("Assign 1 device to {name}?"),
        _ => format!("Assign {count} devices to {name}?"),
    };
    if context.ui.confirm(&question, false).await? {
        Ok(())
    } else {
        Err(Error::failed("No device was changed."))
    }
}

/// A failure after the default was set leaves a part undone. More devices than allowed are no failure, but a guard.
fn partly(problem: Error, set: bool, extent: Extent) -> Error {
    let is_own = matches!(
        problem.kind,
        Kind::Conflict | Kind::HungUp | Kind::Interrupted | Kind::Terminated
    );
    if set && extent == Extent::Made && !is_own {
        problem.of_kind(Kind::Partial)
    } else {
        problem
    }
}

fn devices(ended: &ExistingEnded, plan: Option<&ExistingPlan>, wish: &Existing<'_>) -> Devices {
    let server = plan.and_then(|plan| plan.server.as_ref());
    let name = |id: &str| match server {
        Some(server) if server.id == id => server.name.clone(),
        _ => id.to_owned(),
    };
    let results = &ended.results;
    let is_done = |it: &&DeviceResult| matches!(it.ended, Ended::Assigned | Ended::WouldAssign);
    let done = results.iter().filter(is_done).count();
    let may_be = |it: &DeviceResult| matches!(it.ended, Ended::Pending | Ended::NotKnown);
    let changed = done > 0 || results.iter().any(may_be);
    let mut lines = vec![summary(results, done, plan, wish)];
    // A table of thousands of lines helps nobody: json and csv have them all.
    let shown = results
        .iter()
        .filter(|it| results.len() <= LISTED || !is_done(it));
    lines.extend(shown.map(|it| {
        let reason = it
            .reason
            .as_ref()
            .map_or_else(String::new, |it| format!(": {it}"));
        format!("  {}  {}{reason}", it.serial_number, it.ended.word())
    }));
    Devices {
        rows: results
            .iter()
            .map(|it| ChangeRow::new(it, Details::READ, &name))
            .collect(),
        lines,
        changed,
        differs: changed || plan.is_some_and(|it| it.too_many.is_some()),
    }
}

/// One line on all devices without a server.
fn summary(
    results: &[DeviceResult],
    done: usize,
    plan: Option<&ExistingPlan>,
    wish: &Existing<'_>,
) -> String {
    let Some(plan) = plan else {
        return "Devices without a server: not known.".to_owned();
    };
    let mut parts = Vec::new();
    if plan.too_many.is_some() {
        parts.push(format!(
            "{} qualify, none changed",
            plan.choice.qualify.len()
        ));
    } else if results.is_empty() {
        parts.push("none to assign".to_owned());
    } else {
        let server = plan
            .server
            .as_ref()
            .map_or(wish.server, |it| it.name.as_str());
        let would = results.iter().any(|it| it.ended == Ended::WouldAssign);
        let verb = if would {
            "would be assigned"
        } else {
            "assigned"
        };
        parts.push(format!("{done} {verb} to {server}"));
        if results.len() > done {
            parts.push(format!("{} not", results.len() - done));
        }
    }
    if let (Some(since), 1..) = (wish.added_since, plan.choice.older) {
        parts.push(format!(
            "{} left that were added before {since:.0}",
            plan.choice.older
        ));
    }
    if plan.choice.excepted > 0 {
        parts.push(format!("{} left by --except", plan.choice.excepted));
    }
    format!("Devices without a server: {}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_after_the_default_was_set_is_a_part() {
        for (kind, set, extent, becomes) in [
            (Kind::Failed, true, Extent::Made, Kind::Partial),
            (Kind::Unavailable, true, Extent::Made, Kind::Partial),
            (Kind::Failed, false, Extent::Made, Kind::Failed),
            (Kind::Failed, true, Extent::DryRun, Kind::Failed),
            (Kind::Conflict, true, Extent::Made, Kind::Conflict),
            (Kind::Interrupted, true, Extent::Made, Kind::Interrupted),
        ] {
            let problem = partly(
                Error::new(kind, "The journal can't be written."),
                set,
                extent,
            );
            assert_eq!(problem.kind, becomes, "{kind:?}");
        }
    }
}
