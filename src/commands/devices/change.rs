//! What `assign`, `unassign`, `migrate` and `release` have in common: the plan, the question, the call, the rows.
//!
//! Over 400 lines, since the four share one way from the arguments to the rows.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;

use super::change_row::document;
use crate::commands::device_result::{ChangeRow, Details};
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::context::Context;
use crate::core::devices::consent::{Chosen, Decision, Extent, Refusal, Said, Why};
use crate::core::devices::deadline::is_soon;
use crate::core::devices::plan::words::{Words, devices};
use crate::core::devices::plan::{On, Place, Planned, Wish};
use crate::core::devices::selection::Selection;
use crate::core::devices::{DeviceResult, Ended};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::options::{Changing, Consent};
use crate::organization::devices::change::{self, Request};
use crate::organization::devices::plan::{DevicePlan, What, Wished};
use crate::output::Stream;

/// The most devices that one activity is given.
const MOST_IN_BATCH: i64 = 1000;

/// What each change of devices takes.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    /// Only devices on this server now, or `none`
    ///
    /// The others are skipped. Write the server's id, alias or name.
    #[arg(long, value_name = "SERVER")]
    from: Option<String>,
    /// Only if exactly this many devices qualify
    ///
    /// Otherwise abmctl changes nothing and exits with 8. A device qualifies if abmctl would send the change for it. `--dry-run` shows the number.
    #[arg(long, value_name = "NUMBER")]
    expect: Option<usize>,
    /// Only if not more devices qualify than this
    ///
    /// Otherwise abmctl changes nothing and exits with 8.
    #[arg(long, value_name = "NUMBER")]
    max_devices: Option<usize>,
    /// Accept serial numbers that don't exist
    ///
    /// Without it, the exit code is 7 if the organization lacks some of the devices, and 4 if it lacks all of them.
    #[arg(long)]
    missing_ok: bool,
    /// Also send devices sent in the last 24 hours
    ///
    /// Apple limits how often a device can be assigned, so abmctl waits a day.
    #[arg(long)]
    again: bool,
    /// Devices in one activity, at most 1000
    ///
    /// Apple takes only a few activities an hour.
    #[arg(long, value_name = "NUMBER", hide_short_help = true, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=MOST_IN_BATCH))]
    batch: u16,
    /// Don't wait for the result
    ///
    /// `abmctl devices resume` shows the result later.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    changing: Changing,
    #[command(flatten)]
    consent: Consent,
}

/// What is to become of which devices.
pub(super) struct Wanted<'a> {
    pub what: What<'a>,
    pub selection: Selection,
    pub even_if_idle: bool,
    pub args: &'a ChangeArgs,
}

/// The zone of this machine, for showing times.
pub(super) fn zone(context: &Context) -> Option<TimeZone> {
    (context.host.time_zone)()
}

/// Plans, asks, sends and reports.
pub(super) async fn run(wanted: Wanted<'_>, context: &Context) -> Result<Outcome, Error> {
    let Wanted {
        what,
        selection,
        even_if_idle,
        args,
    } = wanted;
    let dry_run = args.changing.dry_run;
    let organization = context.organization()?;
    organization.refuses_devices(&what, dry_run)?;
    if selection.is_everything() {
        return Err(Error::usage("No devices given.")
            .hint("Name serial numbers, or choose devices with filters such as --platform and --on. --help lists the filters."));
    }
    let said = Said {
        chosen: match selection {
            Selection::Serials(_) => Chosen::BySerials,
            Selection::Filter(_) => Chosen::ByFilters,
        },
        is_release: matches!(what, What::Release { .. }),
        yes: args.consent.yes,
        answers: context.ui.answers(),
        expect: args.expect,
        most: args.max_devices,
    };
    if let Some(refusal) = said.missing().filter(|_| !dry_run) {
        return Err(refused(refusal));
    }
    // With --again it doesn't matter what was sent.
    let sent = if args.again {
        HashMap::new()
    } else {
        change::recently_sent(organization)?
    };
    let wished = Wished {
        what,
        from: args.from.as_deref(),
        again: args.again,
        missing_ok: args.missing_ok,
        even_if_idle,
    };
    let planned = organization
        .plan_devices(&wished, &selection, &sent)
        .await?;
    let zone = zone(context);
    let name = |id: &str| planned.name(id);
    let words = planned.words(&name, context.clock().now(), zone.as_ref());
    if let Some(migrating) = words.migrating(&planned.plan) {
        context.ui.warn(&migrating);
    }
    let sends = planned.plan.sent().count();
    let extent = Extent {
        sends,
        deadline: planned.plan.deadlines().min(),
        now: context.clock().now(),
    };
    if dry_run {
        if let Some(refusal) = said.wrong_number(sends) {
            context.ui.warn(&would_be_refused(refusal));
        }
        return only_planned(&planned, &words, context);
    }
    match said.decide(extent) {
        Decision::GoAhead => {}
        Decision::Refuse(refusal) => return Err(refused(refusal)),
        Decision::Ask => ask(&planned, &words, extent, context).await?,
    }
    applied(&planned, &words, args, context).await
}

/// The document of a dry run.
fn only_planned(
    planned: &DevicePlan,
    words: &Words<'_>,
    context: &Context,
) -> Result<Outcome, Error> {
    let mut rows = Stream::<ChangeRow>::new(&context.output)?;
    push_planned(&mut rows, planned, words, |_| true);
    let mut headline = vec![context.headline()?, DRY_RUN.to_owned()];
    headline.extend(words.lines(&planned.plan));
    let sends = planned.plan.sent().next().is_some();
    let document = document(rows, sends, true, headline, &order(planned), context)?;
    Ok(Outcome {
        document,
        // The rows say what would be left out; what couldn't be read is a problem of the plan itself.
        problem: planned.not_known(words),
        code: 0,
    })
}

async fn applied(
    planned: &DevicePlan,
    words: &Words<'_>,
    args: &ChangeArgs,
    context: &Context,
) -> Result<Outcome, Error> {
    let organization = context.organization()?;
    let mut rows = Stream::<ChangeRow>::new(&context.output)?;
    push_planned(&mut rows, planned, words, |is_sent| !is_sent);
    let groups = planned.plan.groups();
    let details = details(planned);
    let name = words.name;
    let (mut changed, mut problem) = (false, None);
    let mut advice = None;
    // One that another run sent meanwhile isn't sent here.
    let (mut sent, mut told) = (HashSet::new(), HashSet::new());
    if !groups.is_empty() {
        let request = Request {
            groups,
            batch: usize::from(args.batch),
            again: args.again,
            even_if_locked: planned.wish.is_even_if_locked(),
            placed: planned.from.is_some(),
            wait: !args.no_wait,
            names: planned.names.clone(),
            read_at: planned.read_at,
            agreed_at: words.now,
        };
        let mut each = |result: &DeviceResult| {
            told.insert(result.serial_number.clone());
            if !matches!(result.ended, Ended::Skipped | Ended::Failed) {
                sent.insert(result.serial_number.clone());
            }
            let details = details.get(result.serial_number.as_str()).copied();
            let result = with_before(result.clone(), planned);
            rows.push(ChangeRow::new(&result, details.unwrap_or_default(), name));
        };
        let outcome = match change::apply(organization, request, &mut each).await {
            Ok(outcome) => outcome,
            // Nothing was sent, and may be another time.
            Err(error) if error.kind == Kind::Unavailable => {
                push_unsent(&mut rows, planned, words, &told);
                let headline = vec![context.headline()?];
                let document = document(rows, false, false, headline, &order(planned), context)?;
                return Ok(Outcome {
                    document,
                    problem: Some(error),
                    code: 0,
                });
            }
            Err(error) => return Err(error),
        };
        if !outcome.put_back.is_empty() {
            context.ui.say_afterwards(Hint::put_back(outcome.put_back));
        }
        advice = outcome.hint;
        (changed, problem) = (outcome.changed, outcome.problem);
    }
    let moved = words.moved(&planned.plan, |serial| sent.contains(serial));
    if moved > 0 && problem.is_none() {
        advice.get_or_insert_with(|| {
            hint![
                moves(moved, false),
                " To move enrolled devices without erasing them, use ",
                Command::new("devices migrate"),
                "."
            ]
        });
    }
    if let Some(advice) = advice {
        context.ui.hint_afterwards(advice);
    }
    let mut headline = vec![context.headline()?];
    headline.extend(words.due(&planned.plan));
    headline.extend(words.not_listed(&planned.plan));
    let document = document(rows, changed, false, headline, &order(planned), context)?;
    Ok(Outcome {
        document,
        problem: joined(problem, planned.problem(words)),
        code: 0,
    })
}

/// Pushes the rows of the devices that are sent, or of those that aren't.
fn push_planned(
    rows: &mut Stream<'_, ChangeRow>,
    planned: &DevicePlan,
    words: &Words<'_>,
    chosen: impl Fn(bool) -> bool,
) {
    for device in &planned.plan.devices {
        if chosen(matches!(device.place, Place::Sent(_))) {
            let result = device.result(planned.wish.to(), |reason| words.sentence(reason));
            let result = with_before(result, planned);
            if !rows.push(ChangeRow::new(&result, detail(device), words.name)) {
                return;
            }
        }
    }
}

/// Pushes the rows of the devices that were to be sent, of which none was; those that were told have theirs.
fn push_unsent(
    rows: &mut Stream<'_, ChangeRow>,
    planned: &DevicePlan,
    words: &Words<'_>,
    told: &HashSet<String>,
) {
    let is_told = |it: &Planned| told.contains(&it.serial_number);
    for (device, _) in planned.plan.sent().filter(|(it, _)| !is_told(it)) {
        let mut result = device.result(planned.wish.to(), |reason| words.sentence(reason));
        result.ended = Ended::Skipped;
        result.reason = Some("abmctl didn't send it to Apple.".to_owned());
        if !rows.push(ChangeRow::new(&result, detail(device), words.name)) {
            return;
        }
    }
}

/// The result of a canceled migration with the server that the device was on before it.
fn with_before(mut result: DeviceResult, planned: &DevicePlan) -> DeviceResult {
    if matches!(result.ended, Ended::Canceled | Ended::WouldCancel) && result.reason.is_none() {
        let before = planned.before(&result.serial_number);
        result.reason = before.map(|name| format!("Before the migration it was on {name}."));
    }
    result
}

fn details(planned: &DevicePlan) -> HashMap<&str, Details> {
    let devices = planned.plan.devices.iter();
    devices
        .map(|it| (it.serial_number.as_str(), detail(it)))
        .collect()
}

fn detail(device: &Planned) -> Details {
    Details {
        from_known: !matches!(device.on, On::NotKnown(_)),
        deadline: match &device.place {
            Place::Sent(ask) => ask.deadline(),
            Place::LeftOut(_) => None,
        },
    }
}

/// The place of each device in the order in which it was asked for.
fn order(planned: &DevicePlan) -> HashMap<String, usize> {
    let serials = planned.plan.devices.iter();
    let serials = serials.map(|it| it.serial_number.clone());
    serials.zip(0..).collect()
}

/// Shows the plan and asks.
async fn ask(
    planned: &DevicePlan,
    words: &Words<'_>,
    extent: Extent,
    context: &Context,
) -> Result<(), Error> {
    let mut lines = words.lines(&planned.plan);
    for (name, count) in planned.before_counts() {
        let were = if count == 1 { "was" } else { "were" };
        lines.push(format!(
            "Before the migration, {} {were} on {name}.",
            devices(count)
        ));
    }
    lines.extend(consequence(planned, words, extent));
    context.ui.say(&lines.join("\n"));
    if context.ui.confirm("Continue?", false).await? {
        return Ok(());
    }
    Err(Error::failed("Nothing was changed."))
}

/// What whoever is asked has to know.
fn consequence(planned: &DevicePlan, words: &Words<'_>, extent: Extent) -> Option<String> {
    if let Wish::Release { .. } = planned.wish {
        return Some("Releasing devices can't be undone: they leave the organization.".to_owned());
    }
    if planned.wish == Wish::CancelMigration {
        return Some("No command restores a canceled migration.".to_owned());
    }
    match extent.deadline {
        Some(at) if at <= extent.now => {
            return Some(
                "The deadline is in the past. Apple forces the migration, and users can't defer it."
                    .to_owned(),
            );
        }
        Some(at) if is_soon(at, extent.now) => {
            return Some("The deadline is less than 24 hours ahead.".to_owned());
        }
        _ => {}
    }
    let moved = words.moved(&planned.plan, |_| true);
    (moved > 0).then(|| moves(moved, true))
}

/// What it means that devices are on another server, or were before.
fn moves(moved: usize, still: bool) -> String {
    let are = match (moved, still) {
        (1, true) => "is",
        (_, true) => "are",
        (1, false) => "was",
        (_, false) => "were",
    };
    format!(
        "{} {are} on another server. Only the record moves: an enrolled device notices when it is erased.",
        devices(moved)
    )
}

/// The problem of what was sent, and of what was left out.
fn joined(sent: Option<Error>, left_out: Option<Error>) -> Option<Error> {
    match (sent, left_out) {
        (Some(sent), Some(left_out)) => {
            let kinds = [sent.kind, Kind::Partial];
            let kind = match sent.kind {
                Kind::HungUp | Kind::Interrupted | Kind::Terminated => sent.kind,
                _ => Kind::of_several(kinds).unwrap_or(sent.kind),
            };
            Some(sent.and(left_out.message).of_kind(kind))
        }
        (sent, left_out) => sent.or(left_out),
    }
}

/// What a dry run says of a number that isn't as it was said.
fn would_be_refused(refusal: Refusal) -> String {
    let error = refused(refusal).message;
    let why = error.trim_end_matches(" Nothing was changed.");
    format!("{why} Without --dry-run, abmctl would change nothing and exit with 8.")
}

/// Why nothing is sent, as an error.
fn refused(refusal: Refusal) -> Error {
    let look = "To see which devices qualify, add --dry-run.";
    let without = "To see which devices qualify, use --dry-run without --expect and --max-devices.";
    let qualify = |sends: usize| match sends {
        1 => "1 device qualifies".to_owned(),
        _ => format!("{} qualify", devices(sends)),
    };
    match refusal {
        Refusal::NotExpected { expected, sends } => {
            let message = format!(
                "{}, but --expect is {expected}. Nothing was changed.",
                qualify(sends)
            );
            Error::new(Kind::Conflict, message).hint(without)
        }
        Refusal::TooMany { most, sends } => {
            let message = format!(
                "{}, but --max-devices is {most}. Nothing was changed.",
                qualify(sends)
            );
            Error::new(Kind::Conflict, message).hint(without)
        }
        Refusal::NeedsNumber => Error::usage(
            "Without a terminal, devices chosen by filters need --expect NUMBER or --max-devices NUMBER.",
        )
        .hint(look),
        Refusal::NeedsYes(why) => {
            let message = match why {
                Why::Release => "Releasing devices can't be undone. Confirm with --yes.",
                Why::Filter => {
                    "Without a terminal, devices chosen by filters need --yes, and --expect NUMBER or --max-devices NUMBER."
                }
                Why::Forced => {
                    "The deadline is in the past, which forces the migration. Confirm with --yes."
                }
                Why::Soon => "The deadline is less than 24 hours ahead. Confirm with --yes.",
                Why::Many => {
                    "More than 1,000 devices would be changed. Confirm with --yes."
                }
            };
            Error::usage(message).hint(look)
        }
    }
}
