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
use crate::text::prose_time;

/// Said before the first change.
const NOTHING_CHANGED: &str = "Nothing was changed.";
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
    /// On a terminal, abmctl shows the devices and asks before it changes anything, the default included.
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
    /// What to say of the defaults if none changes.
    pub default: Option<String>,
}

/// Runs `assign --existing unassigned`: reads the devices, asks, sets the default, then assigns the devices. So a "no" changes nothing.
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
    let sets_defaults = organization.sets_defaults()?;
    if !sets_defaults && args.from.is_some() {
        return Err(Error::usage(
            "--from compares the default that is to be changed, and Apple School Manager's API can't set defaults. Nothing was changed.",
        )
        .hint("Leave out --from."));
    }
    if sets_defaults {
        // A wrong name is said before thousands of devices are read.
        organization.find_server(server, &organization.listed_servers().await?)?;
    }
    let wish = Existing {
        platforms: &args.platform,
        server,
        added_since,
        except,
        most: options.max_devices.unwrap_or(MOST),
        even_if_idle: args.even_if_idle,
    };
    let read = organization.existing_devices(&wish).await;
    if let (Ok(plan), Extent::Made) = (&read, extent) {
        agree(args, plan, sets_defaults, context).await?;
    }
    let mut told = None;
    if sets_defaults {
        let set = super::change::set(args, extent, organization).await?;
        if set.problem.is_some() {
            context.ui.say_afterwards("No device was changed.");
            return report::outcome(set, extent, context);
        }
        told = Some(set);
    }
    let mut ended = ExistingEnded::default();
    let mut plan = None;
    match read {
        // The default reaches new devices, whatever is known of the others.
        Err(error) => ended.problem = Some(error),
        Ok(mut read) if extent == Extent::Made => {
            ended = assign(&mut read, organization).await;
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
    let set = told.as_ref().is_some_and(|it| !it.changes.is_empty());
    let problem = ended.problem.take().map(|it| partly(it, set, extent));
    let default = told.as_ref().map(|told| {
        let name = told.only_holder(&args.platform).unwrap_or(server);
        let was = if extent == Extent::Made { "was" } else { "is" };
        format!(
            "The default of {} {was} already {name}.",
            words(&args.platform)
        )
    });
    let devices = Devices {
        default,
        ..devices(&ended, plan.as_ref(), &wish, options)
    };
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
async fn agree(
    args: &Args,
    plan: &ExistingPlan,
    sets_defaults: bool,
    context: &Context,
) -> Result<(), Error> {
    let count = plan.choice.qualify.len();
    if count == 0 || plan.too_many.is_some() || args.consent.yes || !context.ui.answers() {
        return Ok(());
    }
    let models = plan.choice.models().into_iter();
    let models = models.map(|(model, count)| format!("  {count:>5}  {model}"));
    let models = models.collect::<Vec<_>>().join("\n");
    let platforms = words(&args.platform);
    context.ui.say(&format!(
        "Devices of {platforms} without a server:\n{models}"
    ));
    let name = plan.server.as_ref().map_or("", |it| it.name.as_str());
    let devices = match count {
        1 => "1 device".to_owned(),
        _ => format!("{count} devices"),
    };
    let question = if sets_defaults {
        format!("Set the default of {platforms} to {name} and assign {devices}?")
    } else {
        format!("Assign {devices} to {name}?")
    };
    match context.ui.confirm(&question, false).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::failed(NOTHING_CHANGED)),
        Err(error) => Err(error.and(NOTHING_CHANGED)),
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

fn devices(
    ended: &ExistingEnded,
    plan: Option<&ExistingPlan>,
    wish: &Existing<'_>,
    options: &Options,
) -> Devices {
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
    let mut lines = summary(results, done, plan, wish, options);
    let others = lines.split_off(1);
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
    lines.extend(others);
    Devices {
        rows: results
            .iter()
            .map(|it| ChangeRow::new(it, Details::READ, &name))
            .collect(),
        lines,
        changed,
        differs: changed || plan.is_some_and(|it| it.too_many.is_some()),
        default: None,
    }
}

/// What became of all devices without a server: a line on those that were to be assigned, and one on others.
fn summary(
    results: &[DeviceResult],
    done: usize,
    plan: Option<&ExistingPlan>,
    wish: &Existing<'_>,
    options: &Options,
) -> Vec<String> {
    let Some(plan) = plan else {
        return vec!["Devices without a server: not known.".to_owned()];
    };
    let choice = &plan.choice;
    let told: HashSet<&str> = results.iter().map(|it| it.serial_number.as_str()).collect();
    let qualify = choice.qualify.iter();
    let untouched = qualify.filter(|it| !told.contains(it.serial_number.as_str()));
    let untouched = untouched.count();
    let mut parts = Vec::new();
    if untouched > 0 {
        let qualify = if untouched == 1 {
            "qualifies"
        } else {
            "qualify"
        };
        parts.push(format!("{untouched} {qualify}, none changed"));
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
    if choice.excepted > 0 {
        parts.push(format!("{} left by --except", choice.excepted));
    }
    let mut lines = vec![format!("Devices without a server: {}.", parts.join(", "))];
    if let (Some(since), 1..) = (wish.added_since, choice.older) {
        let (devices, were, stay) = some(choice.older);
        let stay = format!("and {stay}.");
        lines.push(if options.added_since.is_some() {
            format!("{devices} {were} added before {} {stay}", prose_time(since))
        } else {
            let days = LATELY.as_hours() / 24;
            format!(
                "{devices} {were} added more than {days} days ago {stay} To include those of the last 2 years, add --added-since 2y."
            )
        });
    }
    if choice.undated > 0 {
        let (devices, were, stay) = some(choice.undated);
        lines.push(format!(
            "{devices} {stay}, because Apple doesn't say when {devices} {were} added."
        ));
    }
    lines
}

/// So many devices, and how "were" and "stay as they are" go with them.
fn some(count: usize) -> (String, &'static str, &'static str) {
    match count {
        1 => ("1 device".to_owned(), "was", "stays as it is"),
        _ => (format!("{count} devices"), "were", "stay as they are"),
    }
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
