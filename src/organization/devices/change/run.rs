//! Carries out one run of a device change: does what the machine says is due, and tells it what came of it.
//!
//! Over 400 lines: one loop with the state that its steps share.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::lines;
use super::past::{self, Past, Plan};
use super::put_back;
use super::reading::{Migrating, Place, Reader};
use super::summary::Summary;
use super::words;
use crate::apple::error::Failure;
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::activities::{Activity, ActivityType, NewActivity};
use crate::core::devices::change::{
    Answer, Change, Failed, Logged, Millis, Next, PACE, Pending, Poll, SECOND, Seen, Skipped,
    Standing,
};
use crate::core::devices::deadline::{self, Near};
use crate::core::devices::{Ask, DeviceResult, Target};
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::activities::is_end;
use crate::organization::interrupts::Holding;
use crate::private_files::Lock;
use crate::state::journal::{DeviceResults, Entry, Event};
use crate::text::{prose_time, spoken};

/// Re-read where devices are before sending them if the last reading is older than this.
const OLD: SignedDuration = SignedDuration::from_mins(5);
/// The wait after a limit that doesn't say how long.
const LIMITED: SignedDuration = SignedDuration::from_secs(60);
/// The longest wait before something is sent again that couldn't be sent.
const LONGEST_BACKOFF: i64 = 30;

/// Takes each device's result as soon as it is known.
pub type Each<'a> = dyn FnMut(&DeviceResult) + 'a;

/// Why a run ended before every device had a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nothing is left that this run can do.
    Nothing,
    /// A signal.
    Signal,
    /// The next step is due later than `--max-wait` allows.
    MaxWait(Timestamp),
}

/// When the next activity can be sent.
#[derive(Debug, Clone, Copy)]
struct Limited {
    until: Timestamp,
    /// Apple said so. Otherwise abmctl counted its own activities, or Apple refused one without a time.
    is_said: bool,
}

/// A device of a batch.
pub(super) struct Item {
    pub target: Target,
    /// Why it ended so.
    pub reason: Option<String>,
    /// Its result was given to whoever listens.
    is_told: bool,
    /// Its result is in the journal.
    is_noted: bool,
}

/// One batch as it is sent.
pub(super) struct Batch {
    pub ask: Ask,
    pub items: Vec<Item>,
    pub activity: Option<String>,
    /// When reading Activation Lock began.
    locks_at: Timestamp,
    /// Apple's words for the activity.
    status: Option<String>,
    sub_status: Option<String>,
    completed_at: Option<String>,
    /// The journal has how the activity ended.
    is_end_noted: bool,
    /// Where its log is.
    log: Option<String>,
}

/// A run of one change.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Run<'a> {
    organization: &'a Organization,
    manager: Manager,
    account: String,
    id: String,
    command: String,
    again: bool,
    even_if_locked: bool,
    placed: bool,
    /// Whether it waits for results.
    pub waits: bool,
    pub change: Change,
    pub batches: Vec<Batch>,
    reader: Reader<'a>,
    each: &'a mut Each<'a>,
    /// Held while something is sent.
    lock: Option<Lock>,
    holding: Option<Holding>,
    stop: watch::Receiver<bool>,
    /// When it was last read where the devices are that aren't sent yet.
    read_at: Timestamp,
    /// When somebody agreed to it.
    agreed_at: Timestamp,
    /// When this run last got further.
    progress_at: Timestamp,
    /// When Apple's limit allows the next activity.
    limited_until: Option<Limited>,
    /// How often in a row an activity could not be sent.
    unsent: u32,
    /// Why nothing more is sent.
    pub problem: Option<Error>,
    /// A request of this run was sent, whatever came of it.
    pub has_sent: bool,
    /// An earlier run sent a batch, or was about to.
    was_sent: bool,
    /// What Apple refused last.
    pub refusal: Option<Error>,
}

fn millis(at: Timestamp) -> Millis {
    at.as_millisecond()
}

impl<'a> Run<'a> {
    /// The run of a plan of which nothing was sent. With `waits` it waits for the results.
    pub(super) fn new(
        organization: &'a Organization,
        past: &Past,
        waits: bool,
        each: &'a mut Each<'a>,
    ) -> Result<Self, Error> {
        let plan = &past.plan;
        let stop = organization.stop();
        let manager = organization.manager()?.with_patience(Patience {
            limit: organization.settings().max_wait.value,
            since: None,
            stop: Some(stop.clone()),
        });
        let sizes = plan.batches.iter().map(past::Batch::size);
        let mut change = Change::new(PACE, sizes);
        if !waits {
            change = change.without_waiting();
        }
        let read_at = plan.read_at.unwrap_or(past.began);
        let batches = plan.batches.iter().enumerate().map(|(number, batch)| {
            let ask = plan.ask(number).cloned().ok_or_else(|| {
                Error::failed(format!(
                    "The plan of change {} in the journal is damaged: it doesn't say what activity {} asks for. Nothing was sent.",
                    past.id,
                    number + 1
                ))
            })?;
            Ok(Batch {
                ask,
                items: batch
                    .targets()
                    .map(|target| Item {
                        target,
                        reason: None,
                        is_told: false,
                        is_noted: false,
                    })
                    .collect(),
                activity: None,
                locks_at: read_at,
                status: None,
                sub_status: None,
                completed_at: None,
                is_end_noted: false,
                log: None,
            })
        });
        let batches = batches.collect::<Result<Vec<Batch>, Error>>()?;
        let now = organization.clock().now();
        Ok(Self {
            account: organization.api_account()?,
            id: past.id.clone(),
            command: past.command.clone(),
            again: plan.again,
            even_if_locked: plan.even_if_locked,
            placed: plan.placed,
            waits,
            change,
            batches,
            reader: Reader::new(organization, manager.clone(), plan.devices()),
            manager,
            organization,
            each,
            lock: None,
            holding: None,
            stop,
            read_at,
            agreed_at: plan.agreed_at.unwrap_or(past.began),
            progress_at: now,
            limited_until: None,
            unsent: 0,
            problem: None,
            has_sent: false,
            was_sent: false,
            refusal: None,
        })
    }

    /// Takes in what earlier runs wrote down.
    pub(super) fn resume(&mut self, past: &Past) {
        for (at, event) in &past.events {
            let at = millis(*at);
            match event {
                Event::DevicesSent {
                    batch,
                    serial_numbers,
                } => {
                    // What was left out then has its own line.
                    let sent: std::collections::HashSet<&String> = serial_numbers.iter().collect();
                    if let Some(known) = self.batches.get(*batch) {
                        for (device, item) in known.items.iter().enumerate() {
                            if !sent.contains(&item.target.serial_number) {
                                self.change.leave_out(*batch, device, Skipped::SentBefore);
                            }
                        }
                    }
                    self.change.sent(*batch, at);
                    self.was_sent = true;
                }
                Event::DevicesAccepted { batch, activity } => {
                    let answer = match activity {
                        Some(_) => Answer::Accepted,
                        None => Answer::AcceptedWithoutId,
                    };
                    self.change.answered(*batch, answer, at);
                    if let Some(batch) = self.batches.get_mut(*batch) {
                        batch.activity.clone_from(activity);
                    }
                }
                Event::DevicesNotSent { batch, .. } => {
                    self.change
                        .answered(*batch, Answer::NotActedOn(Millis::MIN), at);
                }
                Event::DevicesEnded {
                    batch,
                    status,
                    results,
                    ..
                } => {
                    self.remember(*batch, results);
                    if let Some(batch) = self.batches.get_mut(*batch) {
                        batch.is_end_noted |= is_end(status.as_deref());
                    }
                }
                _ => {}
            }
        }
        // Somebody may have moved devices since, however short ago that was.
        self.read_at = Timestamp::MIN;
        for batch in &mut self.batches {
            batch.locks_at = Timestamp::MIN;
        }
        let now = self.now();
        if now.duration_since(past.last) >= past::AGAIN_AFTER {
            self.change.give_up_planned(Skipped::TooLate);
        }
        self.change.resume(millis(now));
        self.hold();
    }

    fn remember(&mut self, number: usize, results: &[DeviceResults]) {
        let Some(batch) = self.batches.get_mut(number) else {
            return;
        };
        let places: BTreeMap<String, usize> = batch
            .items
            .iter()
            .enumerate()
            .map(|(place, item)| (item.target.serial_number.clone(), place))
            .collect();
        for result in results {
            let Some(standing) = words::standing(result.ended, result.skipped) else {
                continue;
            };
            for place in result.serial_numbers.iter().filter_map(|it| places.get(it)) {
                self.change.remember(number, *place, standing);
                if let Some(item) = batch.items.get_mut(*place) {
                    item.reason.clone_from(&result.reason);
                    item.is_noted = true;
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.organization.clock().now()
    }

    /// Keeps the lock under which this was planned, until something has to be waited for.
    pub(super) fn locked(&mut self, lock: Lock) {
        self.lock = Some(lock);
    }

    /// Does what is due until nothing is, and says why it ended.
    pub(super) async fn carry_out(&mut self) -> Stop {
        for batch in 0..self.batches.len() {
            self.tell(batch);
        }
        let stop = loop {
            if *self.stop.borrow() {
                break Stop::Signal;
            }
            let now = millis(self.now());
            let next = self.change.next(now);
            if !matches!(next, Next::Send(_)) {
                self.lock = None;
            }
            match next {
                Next::Send(batch) => self.send(batch).await,
                Next::Poll(batch) => self.poll(batch).await,
                Next::Log(batch) => self.read_log(batch).await,
                Next::Read { batch, since } => self.read(batch, since).await,
                Next::Wait(until) => match self.wait(until).await {
                    None => {}
                    Some(stop) => break stop,
                },
                Next::End => break Stop::Nothing,
            }
        };
        self.lock = None;
        self.organization.progress("");
        // A change of which nothing was sent is over, and its error says so.
        let is_void = !self.has_sent && !self.was_sent && Summary::of(self).results_are_none();
        for batch in (0..self.batches.len()).filter(|_| !is_void) {
            self.tell_all(batch);
        }
        for batch in 0..self.batches.len() {
            self.note_end(batch);
        }
        stop
    }

    /// Writes down how an activity ended, if no device's result did: `activities list` shows it.
    fn note_end(&mut self, number: usize) {
        let batch = &self.batches[number];
        if is_end(batch.status.as_deref()) && !batch.is_end_noted {
            self.note_results(number, Vec::new());
        }
    }

    /// Writes down how it ended for devices of a batch, with what was read of its activity.
    fn note_results(&mut self, number: usize, results: Vec<DeviceResults>) {
        let batch = &mut self.batches[number];
        batch.is_end_noted |= is_end(batch.status.as_deref());
        let event = Event::DevicesEnded {
            batch: number,
            status: batch.status.clone(),
            sub_status: batch.sub_status.clone(),
            completed_at: batch.completed_at.clone(),
            results,
        };
        self.note(event);
    }

    fn write(&self, event: Event) -> Result<(), Error> {
        let journal = self.organization.journal();
        let entry = Entry {
            at: self.now(),
            id: self.id.clone(),
            organization: self.account.clone(),
            profile: self.organization.profile().to_owned(),
            command: self.command.clone(),
            event,
        };
        journal.append(&entry).map_err(|error| {
            Error::failed(format!(
                "The journal {} can't be written: {error}.",
                journal.path().display()
            ))
        })
    }

    /// Writes a line that is worth a warning if it can't be written: a later run finds out what it was to say.
    fn note(&self, event: Event) {
        if let Err(error) = self.write(event) {
            self.organization.warn(&error.message);
        }
    }

    /// From now on the first signal only ends the sending and waiting.
    fn hold(&mut self) {
        if self.holding.is_none() {
            self.holding = Some(self.organization.hold(hint![
                "Interrupted. abmctl sends nothing more. Apple continues with what was sent. Press Ctrl-C again to quit now; ",
                Command::new("devices resume"),
                " will continue."
            ]));
        }
    }

    fn progressed(&mut self) {
        self.progress_at = self.now();
    }

    fn stop_sending(&mut self, why: Error) {
        self.problem.get_or_insert(why);
        self.change.stop_sending();
    }

    /// Sends a batch, unless something stands against it.
    async fn send(&mut self, number: usize) {
        if self.lock.is_none() {
            match self.organization.devices_lock(self.left()).await {
                Ok(lock) => self.lock = Some(lock),
                Err(error) => return self.stop_sending(error),
            }
        }
        if self.now().duration_since(self.read_at) > OLD
            && let Err(error) = self.look_again().await
        {
            return self.stop_sending(error);
        }
        let lines = match self.organization.journal_lines() {
            Ok(lines) => lines,
            Err(error) => return self.stop_sending(error),
        };
        if !self.again {
            let sent = match lines::recently_sent(self.organization, &lines) {
                Ok(sent) => sent,
                Err(error) => return self.stop_sending(error),
            };
            let batch = &mut self.batches[number];
            for (device, item) in batch.items.iter_mut().enumerate() {
                if let Some(sent) = sent.get(&item.target.serial_number) {
                    item.reason.get_or_insert_with(|| words::sent_before(*sent));
                    self.change.leave_out(number, device, Skipped::SentBefore);
                }
            }
        }
        self.leave_out_by_deadline(number);
        self.tell(number);
        if !self.change.is_planned(number) || *self.stop.borrow() {
            return;
        }
        let limit = self.organization.settings().activity_limit.value;
        let times = past::sending_times(&lines.entries, &self.account);
        if let Some(until) = limit.and_then(|limit| limit.next(&times, self.now())) {
            return self.limit(until);
        }
        self.leave_out_locked(number).await;
        self.tell(number);
        if self.change.is_planned(number) && !*self.stop.borrow() {
            self.post(number).await;
        }
    }

    /// Leaves out a batch whose deadline came too near since somebody agreed to it: Apple forces a migration whose deadline passed.
    fn leave_out_by_deadline(&mut self, number: usize) {
        let batch = &self.batches[number];
        let near = batch
            .ask
            .deadline()
            .and_then(|deadline| deadline::came_near(deadline, self.agreed_at, self.now()));
        let why = match near {
            Some(Near::Past) => Skipped::DeadlinePassed,
            Some(Near::Soon) => Skipped::DeadlineNear,
            None => return,
        };
        for device in 0..batch.items.len() {
            self.change.leave_out(number, device, why);
        }
    }

    /// Leaves out devices of a release that were locked since the plan, or can't be read.
    async fn leave_out_locked(&mut self, number: usize) {
        let batch = &self.batches[number];
        let began = self.now();
        let is_fresh = began.duration_since(batch.locks_at) <= OLD;
        if batch.ask != Ask::Release || self.even_if_locked || is_fresh {
            return;
        }
        self.organization.progress("Reading Activation Lock…");
        let serials = self.to_send(number);
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let locked = self.reader.locked(&serials).await;
        if *self.stop.borrow() {
            return;
        }
        let batch = &mut self.batches[number];
        batch.locks_at = began;
        for (device, item) in batch.items.iter_mut().enumerate() {
            if let Some(why) = locked.get(&item.target.serial_number) {
                item.reason.get_or_insert_with(|| why.clone());
                self.change.leave_out(number, device, Skipped::Locked);
            }
        }
    }

    /// The serial numbers of a batch that are still to be sent.
    fn to_send(&self, number: usize) -> Vec<String> {
        let batch = &self.batches[number];
        let to_send = |(device, _): &(usize, &Item)| {
            matches!(
                self.change.standing(number, *device),
                Standing::Pending(Pending::NotSent)
            )
        };
        let items = batch.items.iter().enumerate().filter(to_send);
        items
            .map(|(_, item)| item.target.serial_number.clone())
            .collect()
    }

    /// Nothing is sent before `until`.
    fn limit(&mut self, until: Timestamp) {
        let is_said = false;
        self.limited_until = Some(Limited { until, is_said });
        // To the next whole second.
        let until = until.as_second() + i64::from(until.subsec_nanosecond() > 0);
        self.change
            .limited((until * SECOND).max(millis(self.now()) + SECOND));
    }

    async fn post(&mut self, number: usize) {
        let serials = self.to_send(number);
        let line = Event::DevicesSent {
            batch: number,
            serial_numbers: serials.clone(),
        };
        if let Err(error) = self.write(line) {
            return self.stop_sending(error);
        }
        self.hold();
        self.show();
        self.change.sent(number, millis(self.now()));
        let ask = self.batches[number].ask.clone();
        let answer = self.manager.create_activity(new_activity(&ask, &serials));
        match answer.await {
            Ok(activity) => self.accepted(number, activity),
            Err(failure) if failure.not_acted_on() => self.not_sent(number, &failure),
            Err(failure) => {
                self.has_sent = true;
                self.unsent = 0;
                self.organization.warn(&format!(
                    "It isn't known whether Apple acted on a request for {}: {} abmctl reads the devices to find out, and won't send them again.",
                    words::count(serials.len(), "device", "devices"),
                    Error::from(failure).message
                ));
                let now = millis(self.now());
                self.change.answered(number, Answer::NotKnown, now);
            }
        }
    }

    fn accepted(&mut self, number: usize, activity: Activity) {
        self.has_sent = true;
        self.unsent = 0;
        self.limited_until = None;
        let id = activity.id.filter(|id| !id.trim().is_empty());
        self.note(Event::DevicesAccepted {
            batch: number,
            activity: id.clone(),
        });
        let answer = match id {
            Some(_) => Answer::Accepted,
            None => Answer::AcceptedWithoutId,
        };
        self.batches[number].activity = id;
        let now = millis(self.now());
        self.change.answered(number, answer, now);
        self.progressed();
    }

    /// Apple certainly didn't act on it.
    fn not_sent(&mut self, number: usize, failure: &Failure) {
        let now = self.now();
        let error = Error::from(failure.clone());
        self.note(Event::DevicesNotSent {
            batch: number,
            why: error.message.clone(),
            unreached: !failure.was_sent(),
        });
        if failure.passes() {
            let is_limited = failure.is_limited();
            let asked = failure.answer().and_then(|answer| answer.retry_after);
            let asked = asked.and_then(|it| SignedDuration::try_from(it).ok());
            let wait = match asked {
                Some(asked) => asked,
                None if is_limited => LIMITED,
                None => {
                    let times = i64::from(self.unsent.min(10)) + 1;
                    SignedDuration::from_secs((5 * times).min(LONGEST_BACKOFF))
                }
            };
            self.unsent += 1;
            let until = now.checked_add(wait).unwrap_or(now);
            let is_said = asked.is_some();
            self.limited_until = is_limited.then_some(Limited { until, is_said });
            self.refusal = Some(error);
            let until = millis(until).max(millis(now) + SECOND);
            self.change
                .answered(number, Answer::NotActedOn(until), millis(now));
            return;
        }
        let api = self.manager.api();
        let name = api.request_name(
            &reqwest::Method::POST,
            &crate::apple::manager::activities::ACTIVITIES,
        );
        let answer = match failure.status_of(&name) {
            Some(401 | 403) => Answer::RefusedAll,
            Some(_) => Answer::Refused,
            None => {
                self.change.answered(number, Answer::NotSent, millis(now));
                return self.stop_sending(error);
            }
        };
        self.refusal = Some(error);
        self.change.answered(number, answer, millis(now));
        for batch in 0..self.batches.len() {
            self.tell(batch);
        }
    }

    /// Reads where the devices are that aren't sent yet, and leaves those out that somebody moved meanwhile.
    async fn look_again(&mut self) -> Result<(), Error> {
        self.organization.progress("Reading where the devices are…");
        let began = self.now();
        let unsent: Vec<usize> = (0..self.batches.len())
            .filter(|batch| self.change.is_planned(*batch))
            .collect();
        let is_placed = |number: &usize| {
            let ask = &self.batches[*number].ask;
            let names_places = matches!(
                ask,
                Ask::Assign { .. } | Ask::Migrate { .. } | Ask::Unassign { .. }
            );
            self.placed || names_places
        };
        let placed: Vec<usize> = unsent.iter().copied().filter(is_placed).collect();
        let targets = self.targets(&placed);
        if !targets.is_empty() {
            let serials: Vec<&str> = targets.iter().map(|it| &it.serial_number[..]).collect();
            let nowhere = targets.iter().filter(|it| it.from.is_none());
            let nowhere = nowhere.map(|it| &it.serial_number[..]).collect();
            let places = self.reader.places(&serials, &nowhere, millis(began)).await;
            self.leave_out_changed(&placed, |target, ask| {
                let place = places.get(&target.serial_number);
                changed(place.unwrap_or(&Place::NotRead), target, ask)
            })?;
        }
        let changes_migration = |number: &usize| {
            let ask = &self.batches[*number].ask;
            matches!(ask, Ask::UpdateDeadline { .. } | Ask::CancelMigration)
        };
        let migrating: Vec<usize> = unsent.iter().copied().filter(changes_migration).collect();
        let targets = self.targets(&migrating);
        if !targets.is_empty() {
            let serials: Vec<&str> = targets.iter().map(|it| &it.serial_number[..]).collect();
            let found = self.reader.migrations(&serials, millis(began)).await;
            self.leave_out_changed(&migrating, |target, _| {
                let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_second);
                match found.get(&target.serial_number) {
                    None | Some(Migrating::NotRead) => Err(()),
                    Some(Migrating::Until(due)) if seconds(*due) == seconds(target.deadline) => {
                        Ok(None)
                    }
                    Some(_) => Ok(Some(Skipped::MigrationChanged)),
                }
            })?;
        }
        self.read_at = began;
        Ok(())
    }

    fn targets(&self, batches: &[usize]) -> Vec<Target> {
        let batches = batches.iter().map(|number| &self.batches[*number]);
        let items = batches.flat_map(|batch| &batch.items);
        items.map(|it| it.target.clone()).collect()
    }

    /// Leaves out the devices of batches that aren't as they were planned, as `changed` has it; an error if it can't tell of one.
    fn leave_out_changed(
        &mut self,
        batches: &[usize],
        changed: impl Fn(&Target, &Ask) -> Result<Option<Skipped>, ()>,
    ) -> Result<(), Error> {
        for &number in batches {
            let batch = &self.batches[number];
            for (device, item) in batch.items.iter().enumerate() {
                match changed(&item.target, &batch.ask) {
                    Ok(None) => {}
                    Ok(Some(why)) => self.change.leave_out(number, device, why),
                    Err(()) => {
                        let error = self.reader.failure.take().unwrap_or_else(|| {
                            Error::failed("Apple's lists don't tell how a device is.")
                        });
                        return Err(error.after(
                            "abmctl couldn't read again how the devices are, so it sends nothing more.",
                        ));
                    }
                }
            }
            self.tell(number);
        }
        Ok(())
    }

    async fn poll(&mut self, number: usize) {
        self.show();
        let id = self.batches[number].activity.clone().unwrap_or_default();
        let read = self.manager.activity(&id).await;
        if *self.stop.borrow() && read.is_err() {
            return;
        }
        let poll = match read {
            Ok(activity) => {
                let batch = &mut self.batches[number];
                let attributes = activity.attributes;
                batch.status = attributes.status.or(batch.status.take());
                batch.sub_status = attributes.sub_status.or(batch.sub_status.take());
                batch.completed_at = attributes.completed_date_time;
                batch.log = attributes.download_url.filter(|url| !url.is_empty());
                let log = batch.log.is_some();
                match batch.status.as_deref() {
                    Some("COMPLETED") => Poll::Completed { log },
                    Some("FAILED" | "STOPPED") => Poll::GivenUp { log },
                    _ => Poll::InProgress,
                }
            }
            Err(failure) => {
                self.reader.failure = Some(failure.into());
                Poll::NotRead
            }
        };
        if matches!(poll, Poll::Completed { .. } | Poll::GivenUp { .. }) {
            self.progressed();
        }
        let now = millis(self.now());
        self.change.polled(number, poll, now);
    }

    async fn read_log(&mut self, number: usize) {
        let url = self.batches[number].log.clone().unwrap_or_default();
        let read = self.manager.activity_log(&url).await;
        let rows = match read {
            Ok(rows) => rows,
            Err(failure) => {
                if !*self.stop.borrow() {
                    let error = Error::from(failure);
                    self.organization.warn(&format!(
                        "The log of an activity can't be read, so abmctl reads the devices: {}",
                        error.message
                    ));
                }
                Vec::new()
            }
        };
        let mut results: BTreeMap<String, (Logged, String)> = BTreeMap::new();
        for row in rows {
            let logged = logged(&row.status);
            let words = words::logged(&row.status, row.sub_status.as_deref());
            results.insert(row.serial_number.to_ascii_uppercase(), (logged, words));
        }
        let batch = &mut self.batches[number];
        let mut logged = Vec::with_capacity(batch.items.len());
        for item in &mut batch.items {
            let serial = item.target.serial_number.to_ascii_uppercase();
            let result = results.get(&serial);
            if let Some((Logged::Failed, words)) = result {
                item.reason = Some(words.clone());
            }
            logged.push(result.map_or(Logged::NotKnown, |(logged, _)| *logged));
        }
        self.change.logged(number, |device| {
            logged.get(device).copied().unwrap_or(Logged::NotKnown)
        });
    }

    async fn read(&mut self, number: usize, since: Millis) {
        self.show();
        let batch = &self.batches[number];
        let open = |device: usize| !self.change.standing(number, device).is_final();
        let serials: Vec<String> = batch
            .items
            .iter()
            .enumerate()
            .filter(|(device, _)| open(*device))
            .map(|(_, item)| item.target.serial_number.clone())
            .collect();
        let before = serials.len();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let ask = batch.ask.clone();
        let (seen, began) = self.reader.seen(&ask, &serials, since).await;
        if *self.stop.borrow() {
            return;
        }
        let now = millis(self.now());
        let items = &self.batches[number].items;
        let found = |device: usize| {
            let item = items.get(device)?;
            seen.get(&item.target.serial_number).copied()
        };
        self.change.read(
            number,
            |device| found(device).unwrap_or(Seen::NotRead),
            began,
            now,
        );
        let open = |device: &usize| !self.change.standing(number, *device).is_final();
        if (0..items.len()).filter(open).count() < before {
            self.progressed();
        }
        self.tell(number);
    }

    /// Waits until a step is due; says why not, if not.
    async fn wait(&mut self, until: Millis) -> Option<Stop> {
        let now = self.now();
        let due = Timestamp::from_millisecond(until).unwrap_or(now);
        let limit = SignedDuration::try_from(self.organization.settings().max_wait.value);
        let limit = limit.unwrap_or(SignedDuration::MAX);
        let last = self
            .progress_at
            .checked_add(limit)
            .unwrap_or(Timestamp::MAX);
        if due > last {
            return Some(Stop::MaxWait(due));
        }
        if self.change.has_open() {
            self.show();
        } else if let Some(text) = self.forecast(due) {
            self.organization.notices().waiting(&text, None);
        }
        let wait = Duration::try_from(due.duration_since(now)).unwrap_or_default();
        let mut stop = self.stop.clone();
        tokio::select! {
            () = self.organization.clock().sleep(wait) => None,
            changed = stop.wait_for(|stop| *stop) => changed.is_ok().then_some(Stop::Signal),
        }
    }

    /// When the next activity can be sent, if Apple's limit holds it back.
    fn limited(&self) -> Option<Limited> {
        self.limited_until.filter(|it| it.until > self.now())
    }

    /// When the other activities can be sent, and how many are. The next step is at `next`.
    pub(super) fn forecast(&self, next: Timestamp) -> Option<String> {
        let left = self.change.planned();
        if left == 0 {
            return None;
        }
        let mut sentences = Vec::new();
        if let Some(limited) = self.limited() {
            let at = prose_time(limited.until);
            let mut text = if limited.is_said {
                format!("Apple's limit allows the next activity at {at}")
            } else {
                format!(
                    "abmctl can send the next activity at {at} at the earliest, by its own estimate of Apple's limit"
                )
            };
            if left > 1
                && let Some(limit) = self.organization.settings().activity_limit.value
            {
                let wait = limited.until.duration_since(self.now());
                let rest = wait.saturating_add(limit.rest(left));
                text += &format!("; the rest takes {}", words::about(rest));
            }
            sentences.push(text + ".");
        } else if !self.change.has_open() {
            sentences.push(format!("Trying again at {}.", prose_time(next)));
        }
        let all = self.batches.len();
        if left < all {
            let all_words = words::count(all, "activity", "activities");
            sentences.push(format!("{} of {all_words} sent.", all - left));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// The time that is left for waiting.
    fn left(&self) -> Duration {
        let limit = self.organization.settings().max_wait.value;
        let waited = Duration::try_from(self.now().duration_since(self.progress_at));
        limit.saturating_sub(waited.unwrap_or_default())
    }

    fn show(&self) {
        let settled = |batch: &usize| self.change.is_settled(*batch);
        let done = (0..self.batches.len()).filter(settled).count();
        let all = self.batches.len();
        let waited = self.now().duration_since(self.progress_at);
        let planned = self.change.planned();
        let mut text = String::new();
        if planned > 0
            && let Some(limited) = self.limited()
        {
            text = format!("Next activity at {}; ", prose_time(limited.until));
        }
        text += &format!(
            "{done} of {} done, {planned} not sent yet; last news {} ago",
            words::count(all, "activity", "activities"),
            spoken(waited)
        );
        self.organization.progress(&text);
    }

    /// Whether a command can put devices of it back.
    pub(super) fn can_be_put_back(&self) -> bool {
        self.batches.iter().any(|it| put_back::is_possible(&it.ask))
    }

    /// What there is to say of a device.
    pub(super) fn result(&self, number: usize, device: usize) -> Option<DeviceResult> {
        let batch = self.batches.get(number)?;
        let item = batch.items.get(device)?;
        let standing = self.change.standing(number, device);
        let kept = item.reason.clone();
        let reason = match standing {
            Standing::Done => None,
            Standing::Pending(why) => Some(words::pending(
                why,
                self.reader.failure.as_ref().map(|it| it.message.as_str()),
            )),
            Standing::Failed(Failed::Logged) => kept,
            Standing::Failed(Failed::Refused) => {
                kept.or(self.refusal.as_ref().map(|it| it.message.clone()))
            }
            Standing::Failed(Failed::GivenUp) => {
                Some(kept.unwrap_or_else(|| words::given_up(batch.status.as_deref())))
            }
            Standing::NotKnown => Some(kept.unwrap_or_else(words::not_known)),
            Standing::Skipped(why) => Some(kept.unwrap_or_else(|| words::skipped(why))),
        };
        let was_sent = !matches!(
            standing,
            Standing::Skipped(_) | Standing::Pending(Pending::NotSent)
        );
        Some(DeviceResult {
            serial_number: item.target.serial_number.clone(),
            from: item.target.from.clone(),
            to: batch.ask.to().map(str::to_owned),
            ended: words::ended(standing, &batch.ask),
            reason,
            activity_id: batch.activity.clone().filter(|_| was_sent),
        })
    }

    /// Writes down and tells what is final of a batch, and wasn't told yet.
    fn tell(&mut self, number: usize) {
        self.tell_those(number, false);
    }

    /// Tells the rest, too.
    fn tell_all(&mut self, number: usize) {
        self.tell_those(number, true);
    }

    fn tell_those(&mut self, number: usize, all: bool) {
        let size = self.batches.get(number).map_or(0, |it| it.items.len());
        let mut fresh: Vec<DeviceResult> = Vec::new();
        let mut groups: Vec<DeviceResults> = Vec::new();
        for device in 0..size {
            let standing = self.change.standing(number, device);
            let is_final = standing.is_final();
            let skipped = match standing {
                Standing::Skipped(why) => Some(why),
                _ => None,
            };
            let Some(result) = self.result(number, device) else {
                continue;
            };
            let item = &mut self.batches[number].items[device];
            if is_final {
                item.reason.clone_from(&result.reason);
            }
            if is_final && !item.is_noted {
                item.is_noted = true;
                let same = |it: &&mut DeviceResults| {
                    (it.ended, it.skipped) == (result.ended, skipped) && it.reason == result.reason
                };
                match groups.iter_mut().find(same) {
                    Some(group) => group.serial_numbers.push(result.serial_number.clone()),
                    None => groups.push(DeviceResults {
                        ended: result.ended,
                        reason: result.reason.clone(),
                        skipped,
                        serial_numbers: vec![result.serial_number.clone()],
                    }),
                }
            }
            if (is_final || all) && !item.is_told {
                item.is_told = true;
                fresh.push(result);
            }
        }
        if !groups.is_empty() {
            self.note_results(number, groups);
        }
        for result in &fresh {
            (self.each)(result);
        }
    }
}

fn new_activity<'a>(ask: &'a Ask, serials: &'a [String]) -> NewActivity<'a> {
    let (activity_type, server_id, deadline) = match ask {
        Ask::Assign { server } => (ActivityType::Assign, Some(server.as_str()), None),
        Ask::Unassign { server } => (ActivityType::Unassign, Some(server.as_str()), None),
        Ask::Migrate { server, deadline } => (
            ActivityType::Migrate,
            Some(server.as_str()),
            Some(*deadline),
        ),
        Ask::UpdateDeadline { deadline } => (ActivityType::UpdateDeadline, None, Some(*deadline)),
        Ask::CancelMigration => (ActivityType::CancelMigration, None, None),
        Ask::Release => (ActivityType::Release, None, None),
    };
    NewActivity {
        activity_type,
        server_id,
        deadline,
        serial_numbers: serials,
    }
}

/// What a log's word says: `SUCCESS` was observed, and words that begin so are taken for it; a failure is inferred from the word.
fn logged(status: &str) -> Logged {
    let status = status.to_ascii_uppercase();
    let begins = |words: [&str; 2]| words.iter().any(|word| status.starts_with(word));
    if begins(["SUCC", "COMPLETED_WITH_SUCC"]) {
        Logged::Succeeded
    } else if begins(["FAIL", "ERR"]) {
        Logged::Failed
    } else {
        Logged::NotKnown
    }
}

/// Whether a device isn't to be sent any more, by where it is now; an error if that isn't known.
fn changed(place: &Place, target: &Target, ask: &Ask) -> Result<Option<Skipped>, ()> {
    let is = |id: &String, other: Option<&str>| {
        other.is_some_and(|other| id.eq_ignore_ascii_case(other))
    };
    Ok(match place {
        Place::NotRead => return Err(()),
        Place::Server(id) if is(id, ask.to()) => Some(Skipped::AlreadyThere),
        Place::Server(id) if is(id, target.from.as_deref()) => None,
        Place::Nowhere if target.from.is_none() => None,
        Place::Nowhere if matches!(ask, Ask::Unassign { .. }) => Some(Skipped::AlreadyThere),
        _ => Some(Skipped::Moved),
    })
}

/// The plan of a change as it begins. What puts it back is known at its end: not everything that is planned is sent.
pub(super) fn begun(plan: &Plan, note: Option<String>) -> Event {
    Event::Begun {
        before: serde_json::Value::Null,
        changes: plan.written(),
        undo: String::new(),
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_was_moved_is_not_sent() {
        let target = |from: Option<&str>| Target {
            serial_number: "C02".to_owned(),
            from: from.map(str::to_owned),
            deadline: None,
        };
        let assign = Ask::Assign {
            server: "S".to_owned(),
        };
        let unassign = Ask::Unassign {
            server: "A".to_owned(),
        };
        let on = |id: &str| Place::Server(id.to_owned());
        let (moved, there) = (Ok(Some(Skipped::Moved)), Ok(Some(Skipped::AlreadyThere)));
        for (ask, from, place, expected) in [
            (&assign, Some("A"), on("a"), Ok(None)),
            (&assign, Some("A"), on("S"), there),
            (&assign, Some("A"), on("B"), moved),
            (&assign, Some("A"), Place::Nowhere, moved),
            (&assign, None, Place::Nowhere, Ok(None)),
            (&assign, None, on("A"), moved),
            (&assign, None, Place::NotRead, Err(())),
            (&unassign, Some("A"), on("A"), Ok(None)),
            (&unassign, Some("A"), Place::Nowhere, there),
            (&unassign, Some("A"), on("B"), moved),
        ] {
            assert_eq!(changed(&place, &target(from), ask), expected, "{place:?}");
        }
    }

    #[test]
    fn an_unknown_word_of_a_log_says_nothing() {
        for (word, expected) in [
            ("SUCCESS", Logged::Succeeded),
            ("Succeeded", Logged::Succeeded),
            ("FAILURE", Logged::Failed),
            ("FAILED", Logged::Failed),
            ("ERROR", Logged::Failed),
            ("SKIPPED", Logged::NotKnown),
            ("", Logged::NotKnown),
        ] {
            assert_eq!(logged(word), expected, "{word}");
        }
    }
}
