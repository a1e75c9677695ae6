//! Changes devices: sends what was planned as activities, waits for the results, and goes on with what an earlier run left.
//!
//! What is decided is decided by [`Change`](crate::core::devices::change::Change), which knows neither clock nor network. This room
//! carries it out, and writes a line into the journal before each request.

mod ending;
pub(in crate::organization) mod lines;
mod open;
pub mod past;
mod put_back;
mod reading;
mod run;
mod summary;
pub mod trail;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::apple::manager::activities::MOST_DEVICES;
use crate::core::devices::{DeviceResult, Group};
use crate::core::printed::{Command, Hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::private_files::Lock;
use crate::state::journal::{self, Entry, Event};
use crate::text::prose_time;

use open::{Open, cannot_read, remind};
use past::{Past, Plan};
use run::{Run, Stop};

pub use open::announce;
pub(in crate::organization) use put_back::remove_put_back_files;
pub use run::Each;
pub use words::sent_before;

/// What is to be changed: prompts were answered, and devices that aren't to be sent are left out.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Request {
    pub groups: Vec<Group>,
    /// Devices in an activity, from 1 to 1000.
    pub batch: usize,
    /// Devices are sent although they were sent in the last 24 hours.
    pub again: bool,
    /// Devices are released although Activation Lock is on.
    pub even_if_locked: bool,
    /// Only devices that are still where the plan found them are meant, whatever is asked.
    pub placed: bool,
    /// Whether to wait for the results, or only until everything is accepted.
    pub wait: bool,
    /// The names of the organization's servers, by id.
    pub names: BTreeMap<String, String>,
    /// When reading the devices began.
    pub read_at: Timestamp,
    /// When it was decided that this is what is wanted: deadlines were as far ahead as they were then.
    pub agreed_at: Timestamp,
}

/// What came of a change.
#[derive(Debug)]
pub struct Outcome {
    /// Its id in the journal; `None` if there was nothing to do.
    pub id: Option<String>,
    /// Every device of it, in the order of the plan.
    pub results: Vec<DeviceResult>,
    /// Whether anything is otherwise than before, or may be.
    pub changed: bool,
    /// What went wrong; decides the exit code.
    pub problem: Option<Error>,
    /// The commands that put it back.
    pub put_back: Vec<Command>,
    /// What to do next.
    pub hint: Option<Hint>,
    /// The names of the servers that the change names, by id.
    pub servers: BTreeMap<String, String>,
}

impl Outcome {
    /// A change that isn't continued, for this reason.
    fn refused<P>(past: &Past<P>, why: Error) -> Self {
        Self {
            id: Some(past.id.clone()),
            results: Vec::new(),
            changed: false,
            problem: Some(why),
            put_back: Vec::new(),
            hint: None,
            servers: BTreeMap::new(),
        }
    }
}

/// Sends what was planned, and waits for the results. Each device's result is given to `each` as soon as it is known; those that have
/// none at the end are given last.
///
/// An error is one before anything was sent: exit 2 where nothing may be sent, 3 without an API account, 6 where another change
/// runs or the limit leaves no room, and the failure of the first request. What happens afterwards is in the outcome.
pub async fn apply(
    organization: &Organization,
    request: Request,
    each: &mut Each<'_>,
) -> Result<Outcome, Error> {
    let Request {
        groups,
        batch,
        again,
        even_if_locked,
        placed,
        wait,
        names,
        read_at,
        agreed_at,
    } = request;
    if groups.iter().all(|group| group.devices.is_empty()) {
        return Ok(Outcome {
            id: None,
            results: Vec::new(),
            changed: false,
            problem: None,
            put_back: Vec::new(),
            hint: None,
            servers: BTreeMap::new(),
        });
    }
    if let Some(why) = organization.settings().why_read_only() {
        return Err(Error::usage(format!(
            "abmctl changes no devices, because {why}. Nothing was sent."
        )));
    }
    organization.manager()?;
    let lock = organization
        .devices_lock(organization.settings().max_wait.value)
        .await?;
    let id = journal::new_id(organization.random());
    let mut plan = Plan::new(&groups, batch.min(MOST_DEVICES));
    plan.again = again;
    plan.even_if_locked = even_if_locked;
    plan.placed = placed;
    plan.waits = wait;
    plan.servers = names;
    plan.read_at = Some(read_at);
    plan.agreed_at = Some(agreed_at);
    let life = organization.change_lock(&id).await?;
    let now = organization.clock().now();
    let command = match organization.command() {
        // The lines of `assign` are those of defaults.
        "assign" => "assign --existing",
        other => other,
    };
    let past = Past {
        id: id.clone(),
        organization: organization.api_account()?,
        profile: organization.profile().to_owned(),
        command: command.to_owned(),
        began: now,
        last: now,
        plan,
        note: organization.note().map(str::to_owned),
        events: Vec::new(),
    };
    let begun = run::begun(&past.plan, past.note.clone());
    append(organization, &past, begun)?;
    let mut run = Run::new(organization, &past, wait, each)?;
    run.locked(lock);
    let stop = run.carry_out().await;
    ending::conclude(organization, &past, &run, stop, life)
}

/// A device of a change that is continued, with what its row names.
pub struct Resumed<'a> {
    pub result: &'a DeviceResult,
    /// The deadline that was asked for.
    pub deadline: Option<Timestamp>,
    /// The names of servers, by id.
    pub names: &'a BTreeMap<String, String>,
}

/// Goes on with the open changes of this organization, or with the one whose id begins with `wanted`: polls what Apple accepted,
/// reads what got no answer, and sends what was never sent.
///
/// Then it warns of deletions of servers that aren't finished. With `asks` somebody can be asked.
///
/// Exit 4 if no open change has the id, 8 if a change is still running. A change whose plan can't be read is a problem, and keeps no
/// other from being continued.
pub async fn resume(
    organization: &Organization,
    wanted: Option<&str>,
    asks: bool,
    each: &mut dyn FnMut(&Resumed<'_>),
) -> Result<Vec<Outcome>, Error> {
    if let Some(why) = organization.settings().why_read_only() {
        return Err(Error::usage(format!(
            "abmctl changes no devices, because {why}. Nothing was sent."
        )));
    }
    lines::require_whole(organization, &organization.journal_lines()?)?;
    let mut open = Open::of(organization)?;
    if let Some(wanted) = wanted {
        open.keep(wanted)?;
    }
    // Nothing is said to be unfinished, or put back on a server, that somebody deleted meanwhile.
    if !open.deletions.is_empty()
        && let Ok(servers) = organization.listed_servers().await
    {
        organization.settle_deletions(&servers).await;
    }
    let mut outcomes = Vec::new();
    let mut running = None;
    for past in &open.changes {
        let life = match organization.change_lock(&past.id).await {
            Ok(life) => life,
            Err(error) => {
                running.get_or_insert(error);
                continue;
            }
        };
        // Another run may have ended meanwhile.
        let now = Open::of(organization)?.changes;
        let Some(past) = now.into_iter().find(|it| it.id == past.id) else {
            life.discard();
            continue;
        };
        if let Err(error) = lines::require_known(organization, &past) {
            outcomes.push(Outcome::refused(&past, error));
            continue;
        }
        organization.hint(&format!("Continuing {}.", describe(&past)));
        let deadlines = past.plan.deadlines();
        let mut told = |result: &DeviceResult| {
            each(&Resumed {
                result,
                deadline: deadlines.get(result.serial_number.as_str()).copied(),
                names: &past.plan.servers,
            });
        };
        let mut run = match Run::new(organization, &past, true, &mut told) {
            Ok(run) => run,
            Err(error) => {
                outcomes.push(Outcome::refused(&past, error));
                continue;
            }
        };
        run.resume(&past);
        let stop = run.carry_out().await;
        outcomes.push(ending::conclude(organization, &past, &run, stop, life)?);
        if stop == Stop::Signal {
            break;
        }
    }
    let mut unreadable = Vec::new();
    for past in &open.unreadable {
        match organization.change_lock(&past.id).await {
            // A newer version may be at work.
            Err(error) => drop(running.get_or_insert(error)),
            Ok(_life) => unreadable.push((past, cannot_read(organization, past))),
        }
    }
    remind(organization, &open.changes, asks).await;
    if outcomes.is_empty()
        && let Some(error) = running
    {
        let others = unreadable.into_iter().map(|(_, error)| error.message);
        return Err(others.fold(error, Error::and));
    }
    if let Some(error) = running {
        organization.warn(&error.message);
    }
    let is_part = !outcomes.is_empty();
    outcomes.extend(unreadable.into_iter().map(|(past, error)| {
        let error = if is_part {
            error.of_kind(Kind::Partial)
        } else {
            error
        };
        Outcome::refused(past, error)
    }));
    Ok(outcomes)
}

/// The devices that any change of this organization sent in the last 24 hours, by serial number, and when; an error if a line of the
/// journal that can't be read may name more.
pub fn recently_sent(organization: &Organization) -> Result<HashMap<String, Timestamp>, Error> {
    lines::recently_sent(organization, &organization.journal_lines()?)
}

/// A change in words: what it does to how many devices.
fn describe(past: &Past) -> String {
    format!(
        "{} of {} ({}, {})",
        past.id,
        prose_time(past.began),
        past.command,
        words::count(past.plan.devices(), "device", "devices")
    )
}

fn append(organization: &Organization, past: &Past, event: Event) -> Result<(), Error> {
    let journal = organization.journal();
    let entry = Entry {
        at: organization.clock().now(),
        id: past.id.clone(),
        organization: past.organization.clone(),
        profile: past.profile.clone(),
        command: past.command.clone(),
        event,
    };
    journal.append(&entry).map_err(|error| {
        Error::failed(format!(
            "The journal {} can't be written: {error}.",
            journal.path().display()
        ))
    })
}

impl Organization {
    /// One change of devices plans or sends at a time: waits for another one for as long as `limit`, then exit 6.
    pub(super) async fn devices_lock(&self, limit: Duration) -> Result<Lock, Error> {
        let name = format!("devices-{}", self.api_account()?);
        let what = "change of devices for this organization";
        // `assign` has set a default before, and `servers delete` has cleared some.
        self.lock_or(&name, what, limit, "No device was changed.")
            .await
    }

    /// Whether nobody works on a change that didn't end.
    async fn is_killed(&self, id: &str) -> bool {
        self.change_lock(id).await.is_ok()
    }

    /// A change that runs holds this lock for its life; exit 8 if another process does.
    ///
    /// Its file is removed once the change ended and the journal says so. Another process may have opened the file before that, while a
    /// third one creates a new file. Then both hold the lock. Neither does anything, because each reads the journal first.
    pub(in crate::organization) async fn change_lock(&self, id: &str) -> Result<Lock, Error> {
        let name = format!("devices-change-{id}");
        let lock = self.lock(&name, "run of this change", Duration::ZERO).await;
        lock.map_err(|error| match error.kind {
            Kind::Unavailable => Error::new(
                Kind::Conflict,
                format!("Change {id} is still running. {}", error.message),
            ),
            _ => error,
        })
    }
}
