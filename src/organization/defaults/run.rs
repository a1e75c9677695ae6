//! Carries out one run of the transaction: sends what it says is due, and tells it what came of it.
//!
//! Over 400 lines: one loop with the state that its steps share.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use super::gaps::{Gap, OpenGap};
use super::numbers::{Named, Numbers};
use super::past::{Begun, Unfinished};
use super::read::{Dated, FRESH, Listed, Read};
use super::{
    BRIEF, Defaults, Ended, LONG, Left, Open, PATIENCE, Run, SERVERS, SPAN, Wanted, YOUNG,
    keep_later, signed,
};
use crate::apple::error::{Cause as Unclear, Failure};
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::segments;
use crate::core::defaults::open::Flight;
use crate::core::defaults::set::Set;
use crate::core::defaults::target::{Idle, idle};
use crate::core::defaults::transaction::{Cause, Event, Next, Outcome, Reading, To, Wait, Wish};
use crate::core::defaults::{Change, Server, changes};
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::state::journal::{self, Event as Line, How};
use crate::text::{duration, prose_time, spoken};

/// Between two readings of all servers that show a family on two of them.
const MOMENT: Duration = Duration::from_secs(5);
/// How often a request is sent again if the reason isn't one that passes, such as a web page in place of an answer.
const TRIES: u32 = 2;
/// The longest wait before a reading is made again that contradicts an own answer.
const LONGEST_LOOK: Duration = Duration::from_secs(15);

/// Which part of a run it is; each has its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was taken.
    Before,
    /// Something was taken that no server has yet.
    Between,
    /// What was taken goes back.
    Back,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of one run"
)]
struct Executor<'a> {
    defaults: &'a Defaults<'a>,
    wanted: &'a Wanted<'a>,
    listed: &'a Listed,
    numbers: Numbers,
    run: Run,
    readings: Vec<Option<Dated>>,
    unread: BTreeMap<u8, Error>,
    until: BTreeMap<(u8, Set), Timestamp>,
    /// When Apple last gave an answer that older replicas may not show yet.
    answered_at: Option<Timestamp>,
    open_since: Option<Timestamp>,
    entry: Option<String>,
    before: Option<Vec<Server>>,
    touched: BTreeSet<u8>,
    restored: bool,
    /// Why the wished server enrolls nothing.
    idle: Option<Idle>,
    /// When the last request was sent that takes a wished family away, and from which server.
    taken_at: BTreeMap<Family, (Timestamp, u8)>,
    /// Families that have no default.
    nowhere: BTreeMap<Family, OpenGap>,
    /// How long families had no default, until they had one.
    gaps: BTreeMap<Family, Gap>,
    /// Families of which Apple said that another server holds them: from when on isn't known.
    held: BTreeSet<Family>,
    /// What was waited since then.
    paused: SignedDuration,
    failure: Option<Error>,
    /// Why something could not go back.
    back: Option<Error>,
    /// What came of the last request, for the time that it asks to wait.
    last: Option<Failure>,
    /// What the requests of this run to a server got that have no usable answer: `None` if one of them got nothing.
    answers: BTreeMap<u8, Option<String>>,
    attempts: u32,
    stage: (Stage, Timestamp),
    told: bool,
    told_of_replicas: bool,
    announced: bool,
    /// What is open by the lines of the journal.
    noted: Open,
    /// What was open when this run began.
    earlier: Open,
}

impl Defaults<'_> {
    /// Brings about what is wanted, as far as it can be, and restores what earlier runs owe.
    ///
    /// An error is one before anything was sent. What happens afterwards is in [`Ended`].
    pub async fn run(&self, listed: &Listed, wanted: &Wanted<'_>) -> Result<Ended, Error> {
        let past = self.past()?;
        let path = self.journal.path().display();
        let newer = past.unreadable.iter().map(|at| {
            format!("The journal {path} has a line from {} that this version of abmctl can't read. Another version may have left a change unfinished.", prose_time(*at))
        });
        let damaged = past.damaged.iter().map(|line| {
            format!(
                "Line {line} of the journal {path} is damaged. An earlier change may be unfinished."
            )
        });
        for warning in newer.chain(damaged) {
            self.notices.warn(&warning.into());
            self.notices.hint(&hint![
                "Check the defaults with ",
                Command::new("assign"),
                ", then delete that line."
            ]);
        }
        let mut numbers = Numbers::default();
        let earlier = past.servers();
        for (id, name) in listed.named().chain(&earlier) {
            if numbers.add(id, name, SERVERS).is_none() {
                return Err(Error::failed(format!(
                    "The organization has more than {SERVERS} servers. abmctl can't change its defaults."
                )));
            }
        }
        let too_many = Error::new(
            Kind::Unavailable,
            "The journal has more unanswered requests or platforms than abmctl can handle. Nothing was changed.",
        )
        .hint("An unanswered request counts until --timeout and 15 minutes after it was sent. Try again then.");
        let now = self.clock.now();
        let timeout = signed(self.timeout);
        let Some(unfinished) = past.unfinished(&mut numbers, now, timeout) else {
            return Err(too_many);
        };
        let number = |id: &String| {
            numbers
                .server(id)
                .ok_or_else(|| Error::not_found(format!("No server has the id {id}.")))
        };
        let to = wanted.to.as_ref().map(number).transpose()?;
        let from = match &wanted.from {
            None => None,
            Some(None) => Some(To::Nobody),
            Some(Some(id)) => Some(To::Server(number(id)?)),
        };
        let Some(families) = numbers.set(&wanted.families) else {
            return Err(too_many);
        };
        let wish = Wish {
            families,
            to: to.map_or(To::Nobody, To::Server),
            from,
            writes: wanted.writes,
        };
        let Unfinished {
            open,
            until,
            answers,
            answered_at,
            since,
            ..
        } = unfinished;
        let mut executor = Executor {
            defaults: self,
            wanted,
            listed,
            readings: vec![None; numbers.servers().len()],
            numbers,
            run: Run::new(wish, open, answers),
            unread: BTreeMap::new(),
            until,
            answered_at,
            open_since: since,
            entry: None,
            before: None,
            touched: BTreeSet::new(),
            restored: false,
            idle: None,
            taken_at: BTreeMap::new(),
            nowhere: BTreeMap::new(),
            gaps: BTreeMap::new(),
            held: BTreeSet::new(),
            paused: SignedDuration::ZERO,
            failure: None,
            back: None,
            last: None,
            answers: BTreeMap::new(),
            attempts: 0,
            stage: (Stage::Before, now),
            told: false,
            told_of_replicas: false,
            announced: false,
            noted: open,
            earlier: open,
        };
        let outcome = executor.carry_out().await;
        let vanished = executor.vanished().await;
        executor.conclude(outcome);
        let mut ended = executor.ended(outcome);
        ended.vanished = vanished;
        ended.compared = past.compared(self.clock.now());
        // Its former server may have it still, if that couldn't be read.
        ended.compared.retain(|(family, home)| {
            let mut servers = ended.now.iter();
            !servers.any(|it| it.holds(family) || (it.families.is_none() && it.id == *home))
        });
        Ok(ended)
    }
}

/// Whether a reading is young enough for something to be sent on its ground. One from the future is of a clock that was set back.
fn is_fresh(dated: &Dated, now: Timestamp) -> bool {
    let age = now.duration_since(dated.at);
    !age.is_negative() && age <= FRESH
}

impl Executor<'_> {
    async fn carry_out(&mut self) -> Outcome {
        self.take_inventory().await;
        loop {
            if *self.defaults.stop.borrow() && !self.told {
                self.told = true;
                self.run = self.run.stopped();
            }
            let next = self.run.next();
            let event = match next {
                Next::Get(server) => Event::Read(self.read(server).await),
                Next::Patch(flight) => self.patch(flight).await,
                Next::Release(families) => self.release(families),
                Next::Wait(wait) => self.wait(wait).await,
                Next::End(outcome) => return outcome,
            };
            self.run = self.run.on(event);
            if self.run.is_reading_back() {
                (self.defaults.hold)(Left::ReadingBack);
            }
            self.close();
            self.time_gaps(next, event);
        }
    }

    /// Reads every server, several at once.
    async fn take_inventory(&mut self) {
        let reads = self.read_all().await;
        self.readings = reads.into_iter().map(Some).collect();
        self.judge_target();
    }

    /// Looks whether the server that would gain families enrolls anything.
    fn judge_target(&mut self) {
        let target = self.wanted.to.as_deref();
        let target = target.and_then(|id| self.numbers.server(id));
        let Some(target) = target.filter(|_| !self.wanted.even_if_idle) else {
            return;
        };
        let of = |dated: &Option<Dated>| {
            dated
                .as_ref()
                .map_or_else(Default::default, |it| it.service)
        };
        let (own, others): (Vec<_>, Vec<_>) = (0..)
            .zip(&self.readings)
            .map(|(server, dated)| (server, of(dated)))
            .partition(|(server, _)| *server == target);
        let own = own
            .first()
            .map_or_else(Default::default, |(_, service)| *service);
        let others = others.into_iter().map(|(_, service)| service);
        let token = self.wanted.token.as_ref();
        self.idle = idle(own, others, token, self.defaults.clock.now());
        self.run = self.run.judged(self.idle.is_some());
    }

    /// Measures how long a family that was taken has no default: from when the request was sent until it is known to have one,
    /// which is the longest that it can have been.
    fn time_gaps(&mut self, done: Next, event: Event) {
        if self.taken_at.is_empty() {
            return;
        }
        if let Next::Patch(flight) = done {
            self.forget_untaken(flight, event);
        }
        let now = self.defaults.clock.now();
        let known = (0..).zip(self.run.readings());
        let known = known.filter(|(server, _)| self.is_known(*server));
        let seen: Set = known
            .filter_map(|(_, reading)| match reading {
                Reading::List(list) => Some(*list),
                _ => None,
            })
            .collect();
        let seen = self.numbers.families(seen);
        for (family, (sent_at, home)) in self.taken_at.clone() {
            if !seen.contains(&family) {
                let is_certain = self.is_surely_nowhere(&family, home, done, event);
                let gap = self.nowhere.entry(family);
                let gap = gap.or_insert_with(|| OpenGap::new(sent_at));
                if is_certain {
                    gap.is_certain_at(now);
                }
            } else if let Some(gap) = self.nowhere.remove(&family) {
                let gap = gap.ends(now);
                self.taken_at.remove(&family);
                let longest = self.gaps.entry(family).or_insert(gap);
                if gap.time > longest.time {
                    *longest = gap;
                }
            }
        }
    }

    /// Takes in that Apple certainly didn't act on a request: it took nothing, and after a 409 another server has what it gives.
    fn forget_untaken(&mut self, flight: Flight, event: Event) {
        if matches!(event, Event::Answered(_) | Event::Lost) {
            return;
        }
        let mut pending = self.run.open().pending(flight.server);
        // One that got no answer before may have taken it.
        if pending.next().is_none() {
            for family in self.numbers.families(flight.ground - flight.list) {
                self.taken_at.remove(&family);
            }
        }
        if event == Event::Held {
            let given = self.numbers.families(flight.list - flight.ground);
            self.held.extend(given);
        }
    }

    /// Whether a family that no server was read to have has certainly no default now: it is gone from its server, and no request
    /// that gives it to one may be acted on, unless that server was just read.
    fn is_surely_nowhere(&self, family: &Family, home: u8, done: Next, event: Event) -> bool {
        let read = match (done, event) {
            (Next::Get(server), Event::Read(Reading::List(_))) => Some(server),
            _ => None,
        };
        let given = |list| self.numbers.families(list).contains(family);
        let mut pending = self.run.open().unanswered();
        !self.held.contains(family)
            && self.is_known(home)
            && !pending.any(|it| Some(it.server) != read && given(it.list))
    }

    async fn read_all(&self) -> Vec<Dated> {
        let servers = self.numbers.servers();
        self.defaults.read_all(servers, self.listed).await
    }

    async fn read(&mut self, server: u8) -> Reading {
        let place = usize::from(server);
        // Numbers without a server.
        let Some(known) = self.readings.get(place).cloned() else {
            return Reading::Gone;
        };
        let now = self.defaults.clock.now();
        let inventory = self.run.is_taking_inventory();
        let dated = match known {
            Some(dated) if inventory && dated.unused => dated,
            Some(dated) if !self.run.reads_again() && is_fresh(&dated, now) => dated,
            _ => {
                let id = self.numbers.named(server).id;
                let manager = if self.run.reads_to_give_back() {
                    let (limit, since) = self.budget();
                    let waited = Duration::try_from(now.duration_since(since)).unwrap_or_default();
                    let left = limit.saturating_sub(waited);
                    let brief = if self.clears() {
                        BRIEF.min(left)
                    } else {
                        BRIEF
                    };
                    self.defaults.patient(brief, now, false)
                } else {
                    self.manager()
                };
                self.defaults.read_one(&id, self.listed, &manager).await
            }
        };
        let reading = match &dated.read {
            Read::Gone => Reading::Gone,
            Read::Families(families) => match self.numbers.set(families) {
                Some(set) => Reading::List(set),
                None => {
                    let many = "Apple has more platforms than abmctl can handle.";
                    self.unread.insert(server, Error::failed(many));
                    Reading::NotKnown
                }
            },
            Read::Failed(error) => {
                self.unread.insert(server, error.clone());
                if !inventory {
                    let name = self.numbers.named(server).name;
                    let what = format!("{name} can't be read");
                    let told = self.failure.as_ref();
                    let told = told.is_some_and(|it| it.message.starts_with(&what));
                    if !told || !self.run.is_giving_back() {
                        self.blame(error.clone().context(what));
                    }
                }
                Reading::NotKnown
            }
        };
        if reading != Reading::NotKnown {
            self.unread.remove(&server);
        }
        self.readings[place] = Some(Dated {
            unused: false,
            ..dated
        });
        reading
    }

    /// The client for this part of the run.
    fn manager(&mut self) -> Manager {
        let (limit, since) = self.budget();
        match self.stage.0 {
            Stage::Before => self.defaults.manager.with_patience(Patience {
                limit,
                since: None,
                stop: Some(self.defaults.stop.clone()),
            }),
            Stage::Between => self.defaults.patient(limit, since, true),
            Stage::Back => self.defaults.patient(limit, since, false),
        }
    }

    /// How long this part of the run may take, and since when it is under way.
    fn budget(&mut self) -> (Duration, Timestamp) {
        let stage = if self.run.is_giving_back() {
            Stage::Back
        } else if self.run.is_between() {
            Stage::Between
        } else {
            Stage::Before
        };
        if self.stage.0 != stage {
            self.stage = (stage, self.defaults.clock.now());
        }
        let limit = match stage {
            Stage::Between | Stage::Back if !self.clears() => PATIENCE.max(self.defaults.max_wait),
            _ => self.defaults.max_wait,
        };
        (limit, self.stage.1)
    }

    /// Whether requests of this run take what is wished to have no default: nobody waits for it to go back.
    fn clears(&self) -> bool {
        self.wanted.to.is_none() && self.run.wrote()
    }

    async fn patch(&mut self, flight: Flight) -> Event {
        let back = self.run.is_giving_back();
        if back && !self.run.wrote() {
            self.announce(flight);
        }
        // One attempt: a wait happens here, after which the server is read again.
        let manager = self.defaults.manager.with_patience(Patience {
            limit: Duration::ZERO,
            since: Some(self.defaults.clock.now()),
            stop: None,
        });
        // Asked for first, so that the request leaves when the journal says. Otherwise it asks again, and leaves later.
        let asks_again = manager.api().tokens().token().await.is_err();
        if let Err(error) = self.note_sending(flight, asks_again) {
            if !back {
                self.failure = Some(error);
                return Event::GaveUp;
            }
            self.defaults.notices.warn(&error.message.into());
        }
        (self.defaults.hold)(Left::Restoring);
        self.touched.insert(flight.server);
        let named = self.numbers.named(flight.server);
        let list = self.ordered(flight.server, flight.list);
        let sent_at = self.defaults.clock.now();
        for family in self.numbers.families(flight.ground - flight.list) {
            self.taken_at.insert(family, (sent_at, flight.server));
        }
        let answer = manager.set_default_families(&named.id, &list).await;
        self.forget_reading(flight.server);
        let event = match answer {
            Ok(Some(families)) => match self.numbers.set(&families) {
                Some(list) => Event::Answered(list),
                None => self.unclear(
                    flight,
                    &named,
                    "it has more platforms than abmctl can handle",
                ),
            },
            // Apple acted on it and doesn't say what the list is: the server is read.
            Ok(None) => match self.read(flight.server).await {
                Reading::List(list) if list == flight.list => Event::Answered(list),
                _ => self.unclear(flight, &named, "defaultProductFamilies is missing"),
            },
            Err(failure) => self.failed(flight, &named, failure),
        };
        self.note_answer(flight, event, sent_at);
        if matches!(event, Event::Answered(_) | Event::Held) {
            self.answered_at = Some(self.defaults.clock.now());
            self.paused = SignedDuration::ZERO;
        }
        if let Event::Answered(list) = event {
            self.unread.remove(&flight.server);
            self.attempts = 0;
            if !back {
                // What failed before was sent again, and went well.
                self.failure = None;
            }
            if back {
                self.gave_back(flight, list);
            }
        }
        event
    }

    /// What an answer to a PATCH means that is Apple's and doesn't say what the list is.
    fn unclear(&mut self, flight: Flight, named: &Named, why: &str) -> Event {
        let api = self.defaults.manager.api();
        let name = api.request_name(&Method::PATCH, &segments(&named.id));
        let cause = Unclear::Unexpected(why.to_owned());
        self.failed(flight, named, Failure::new(name, cause))
    }

    /// What a failure of a PATCH means.
    fn failed(&mut self, flight: Flight, named: &Named, failure: Failure) -> Event {
        let name = self
            .defaults
            .manager
            .api()
            .request_name(&Method::PATCH, &segments(&named.id));
        let status = failure.status_of(&name);
        let certain = failure.not_acted_on();
        let passes = failure.passes();
        let error = Error::from(failure.clone());
        let taken = self.numbers.families(flight.ground - flight.list);
        let given = self.numbers.families(flight.list - flight.ground);
        let (families, (verb, participle, preposition)) = if !taken.is_empty() {
            (taken, ("remove", "removed", "from"))
        } else if !given.is_empty() {
            (given, ("add", "added", "to"))
        } else {
            // What goes back to a server that couldn't be read, and may never have left it.
            let back = self.run.taken()[usize::from(flight.server)];
            (self.numbers.families(back), ("restore", "restored", "to"))
        };
        let families = words(&families);
        let error = error.context(if certain {
            format!(
                "abmctl can't {verb} {families} {preposition} {}",
                named.name
            )
        } else {
            format!(
                "abmctl can't tell whether Apple {participle} {families} {preposition} {}",
                named.name
            )
        });
        if !certain {
            let known = self.answers.entry(flight.server);
            let answer = failure.answered();
            let known = known.or_insert_with(|| answer.clone());
            *known = known.take().and(answer);
        }
        self.last = Some(failure);
        let event = match (certain, status) {
            (true, Some(409)) => Event::Held,
            (true, Some(400)) if flight.list.is_empty() => Event::Empty,
            (true, _) if passes => Event::Later,
            (true, _) => Event::Refused,
            (false, _) => Event::Lost,
        };
        let error = match event {
            Event::Held => error.context("Another server has one of the platforms"),
            _ => error,
        };
        self.blame(error);
        event
    }

    /// Keeps why something failed. What keeps a platform from going back is told beside what came before.
    fn blame(&mut self, error: Error) {
        let back = self.run.is_giving_back();
        match &self.failure {
            Some(first) if back && first.message == error.message => {}
            Some(_) if back => self.back = Some(error),
            _ => self.failure = Some(error),
        }
    }

    /// The families of a set in the order in which the server had them, new ones last.
    fn ordered(&self, server: u8, set: Set) -> Vec<Family> {
        let mut rest = self.numbers.families(set);
        let dated = self.readings.get(usize::from(server)).cloned().flatten();
        let known = match dated.map(|dated| dated.read) {
            Some(Read::Families(families)) => families,
            _ => Vec::new(),
        };
        let mut ordered: Vec<Family> = known.into_iter().filter(|it| rest.contains(it)).collect();
        ordered.dedup();
        rest.retain(|family| !ordered.contains(family));
        ordered.extend(rest);
        ordered
    }

    /// The next reading of this server is a new request.
    fn forget_reading(&mut self, server: u8) {
        if let Some(place) = self.readings.get_mut(usize::from(server)) {
            *place = None;
        }
    }

    /// Writes that a request is about to be sent, and before the first one what there was.
    fn note_sending(&mut self, flight: Flight, asks_for_token: bool) -> Result<(), Error> {
        let id = self.begin()?;
        if self.before.is_none() && !self.run.is_giving_back() {
            self.before = Some(self.table());
        }
        let timeout = signed(self.defaults.timeout);
        let token = if asks_for_token {
            timeout
        } else {
            SignedDuration::ZERO
        };
        let until = self.defaults.clock.now() + token + timeout + SPAN;
        self.note_sent(&id, flight, until)
    }

    fn note_sent(&mut self, id: &str, flight: Flight, until: Timestamp) -> Result<(), Error> {
        let line = Line::Sent {
            server: self.numbers.named(flight.server).id,
            ground: self.numbers.families(flight.ground),
            list: self.numbers.families(flight.list),
            owes: flight.owes,
            until,
        };
        self.defaults.write(id, line)?;
        self.noted.lost();
        self.noted.sent(flight);
        Ok(())
    }

    /// Writes that a change begins, if that wasn't written yet; its id.
    fn begin(&mut self) -> Result<String, Error> {
        if let Some(id) = &self.entry {
            return Ok(id.clone());
        }
        let id = journal::new_id(self.defaults.random);
        let table = self.table();
        let changes = self.undone(self.changes(&table));
        let begun = if self.wanted.families.is_empty() {
            Begun::Restoring
        } else {
            Begun::Wish {
                families: self.wanted.families.clone(),
                to: self.wanted.to.clone(),
            }
        };
        let json = |value: Result<serde_json::Value, serde_json::Error>| {
            value.map_err(|error| Error::failed(error.to_string()))
        };
        let line = Line::Begun {
            before: json(serde_json::to_value(&table))?,
            changes: json(serde_json::to_value(begun))?,
            undo: (self.wanted.undo)(&changes, &table),
            note: self.defaults.note.clone(),
        };
        self.defaults.write(&id, line)?;
        self.entry = Some(id.clone());
        Ok(id)
    }

    /// Writes what Apple answered. A line that can't be written leaves the request open, which is safe.
    fn note_answer(&mut self, flight: Flight, event: Event, sent_at: Timestamp) {
        let now = self.defaults.clock.now();
        let said = sent_at + signed(self.defaults.timeout);
        let until = now.max(said) + SPAN;
        if event == Event::Lost {
            keep_later(&mut self.until, (flight.server, flight.list), until);
        }
        let Some(id) = self.entry.clone() else {
            return;
        };
        let answered = |list| Line::Answered {
            server: self.numbers.named(flight.server).id,
            sent: self.numbers.families(flight.list),
            list,
        };
        let noted = match event {
            Event::Answered(list) => {
                let list = self.numbers.families(list);
                self.defaults.write(&id, answered(Some(list)))
            }
            // A token was asked for first: the request left later than the line says.
            Event::Lost if now > said => self.note_sent(&id, flight, until),
            Event::Lost => Ok(()),
            _ => self.defaults.write(&id, answered(None)),
        };
        match (noted, event) {
            (Err(error), _) => self.defaults.notices.warn(&error.message.into()),
            (Ok(()), Event::Answered(list)) => self.noted.answered(list),
            (Ok(()), Event::Lost) => self.noted.lost(),
            (Ok(()), _) => self.noted.refused(),
        }
    }

    fn release(&mut self, released: Set) -> Event {
        let families = self.numbers.families(released);
        let noted = self
            .begin()
            .and_then(|id| self.defaults.write(&id, Line::Released { families }));
        match noted {
            Ok(()) => {
                self.noted.disown(released);
                Event::Written
            }
            Err(error) => {
                self.failure = Some(error);
                Event::GaveUp
            }
        }
    }

    /// Says what is restored and why.
    fn announce(&mut self, flight: Flight) {
        if std::mem::replace(&mut self.announced, true) {
            return;
        }
        let families = words(&self.numbers.families(flight.list - flight.ground));
        let name = self.numbers.named(flight.server).name;
        let since = self
            .open_since
            .map(|since| self.defaults.clock.now().duration_since(since));
        // A time in the future is a clock that was wrong.
        let when = match since {
            Some(since) if !since.is_negative() => format!(" {} ago", spoken(since)),
            _ => String::new(),
        };
        let what = if self.noted.has_unanswered() {
            "An earlier `abmctl assign` got no answer to a request"
        } else {
            "An earlier `abmctl assign` didn't finish"
        };
        self.defaults
            .notices
            .warn(&format!("{what}{when}. Restoring {families} to {name}.").into());
    }

    /// Says what an earlier run owed and has its server again.
    fn gave_back(&mut self, flight: Flight, list: Set) {
        let families = self.numbers.families(list - flight.ground);
        if self.run.wrote() || families.is_empty() {
            return;
        }
        self.restored = true;
        let name = self.numbers.named(flight.server).name;
        let words = words(&families);
        let said = format!("{words}: restored to {name}.");
        self.defaults.notices.said(&said.into());
    }

    async fn wait(&mut self, wait: Wait) -> Event {
        let (limit, since) = self.budget();
        let now = self.defaults.clock.now();
        let left = |since: Timestamp| {
            let waited = Duration::try_from(now.duration_since(since)).unwrap_or_default();
            limit.saturating_sub(waited)
        };
        match wait {
            Wait::Retry
                if self.attempts >= TRIES
                    && self.last.as_ref().is_none_or(|last| !last.passes()) =>
            {
                Event::GaveUp
            }
            Wait::Retry => {
                if self.attempts == 0 && self.stage.0 == Stage::Before {
                    self.stage.1 = now;
                }
                self.attempts += 1;
                let since = self.stage.1;
                let manager = if self.clears() {
                    self.defaults.patient(limit, since, true)
                } else {
                    self.manager()
                };
                let waited = manager
                    .api()
                    .http()
                    .wait_to_retry(self.last.as_ref(), self.attempts, left(since))
                    .await;
                if waited { self.waited() } else { Event::GaveUp }
            }
            Wait::Replica | Wait::Holder => {
                self.readings.fill(None);
                self.attempts += 1;
                let look = Duration::from_secs(1 << self.attempts.min(4)).min(LONGEST_LOOK);
                let young = self
                    .answered_at
                    .map_or(SignedDuration::ZERO, |at| YOUNG - now.duration_since(at));
                let left = young.clamp(SignedDuration::ZERO, YOUNG);
                let left = Duration::try_from(left).unwrap_or_default();
                if !self.told_of_replicas {
                    self.told_of_replicas = true;
                    let left = duration(Duration::from_secs(left.as_secs()));
                    let what = match wait {
                        Wait::Holder => {
                            "Apple says that another server has one of the platforms, but no server shows it"
                        }
                        _ => "Apple still shows an older state",
                    };
                    self.defaults
                        .notices
                        .said(&format!("{what}. Reading again for up to {left}.").into());
                }
                self.pause(look.min(left.max(Duration::from_secs(1)))).await;
                self.waited()
            }
            Wait::Moment => {
                self.pause(MOMENT).await;
                self.take_inventory().await;
                self.waited()
            }
            Wait::Bound => {
                let until = self.until.values().max().copied().unwrap_or(now);
                let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
                if wait > left(since) {
                    return Event::GaveUp;
                }
                self.defaults.notices.said(
                    &format!(
                        "A request got no answer, and Apple may still act on it. Waiting until {}.",
                        prose_time(until)
                    )
                    .into(),
                );
                self.pause(wait).await;
                if *self.defaults.stop.borrow() {
                    return Event::GaveUp;
                }
                self.noted.pass();
                self.take_inventory().await;
                self.waited()
            }
        }
    }

    fn waited(&self) -> Event {
        let now = self.defaults.clock.now();
        // A clock that was set back says nothing; what was waited does.
        let aged = self
            .answered_at
            .is_none_or(|at| now.duration_since(at) >= YOUNG || self.paused >= YOUNG);
        Event::Waited { aged }
    }

    /// Waits, or until a signal comes.
    async fn pause(&mut self, duration: Duration) {
        let manager = self.manager();
        manager.api().http().pause(duration).await;
        self.paused += signed(duration);
    }

    /// Every server with what is known of it now.
    fn table(&self) -> Vec<Server> {
        let known = self.run.readings().iter().zip(0..);
        let there = known.take(self.numbers.servers().len());
        there
            .filter_map(|(reading, server)| match reading {
                Reading::Gone => None,
                Reading::List(list) if self.is_known(server) => {
                    Some(self.numbers.holding(server, Some(*list)))
                }
                Reading::List(_) | Reading::NotKnown => Some(self.numbers.holding(server, None)),
            })
            .collect()
    }

    /// Whether the last that is known of a server is what it is now: a later reading that failed leaves only an own answer,
    /// and that only if nothing was sent since.
    fn is_known(&self, server: u8) -> bool {
        let own = self.run.own()[usize::from(server)].is_some_and(|own| own.ours);
        let unsettled = self.run.open().pending(server).next().is_some();
        !self.unread.contains_key(&server) || (own && !unsettled)
    }

    /// The changes as they are put back: what was owed when this run began goes to where it belongs.
    fn undone(&self, mut changes: Vec<Change>) -> Vec<Change> {
        for change in changes.iter_mut().filter(|change| change.from.is_none()) {
            let mut servers = (0..).zip(self.numbers.servers());
            let home = servers.find(|(server, _)| {
                let owed = self.numbers.families(self.earlier.owed(*server));
                owed.contains(&change.family)
            });
            change.from = home.map(|(_, named)| named.id.clone());
        }
        changes
    }

    fn changes(&self, table: &[Server]) -> Vec<Change> {
        changes(table, &self.wanted.families, self.wanted.to.as_deref())
    }

    /// Families without a wish that had a default when this run began and have none now: somebody else changed a server just
    /// before a request to it. Said only if every server was read again.
    async fn vanished(&mut self) -> Vec<(Family, Named)> {
        let Some(before) = self.before.clone() else {
            return Vec::new();
        };
        let risk = self.numbers.families(self.run.at_risk());
        let held = |table: &[Server], family: &Family| table.iter().any(|it| it.holds(family));
        let suspects = |now: &[Server]| -> Vec<(Family, Named)> {
            let mut found = Vec::new();
            for server in &before {
                for family in server.families.iter().flatten() {
                    let wished = self.wanted.families.contains(family);
                    if !wished && !risk.contains(family) && !held(now, family) {
                        let named = Named {
                            id: server.id.clone(),
                            name: server.name.clone(),
                        };
                        found.push((family.clone(), named));
                    }
                }
            }
            found
        };
        if suspects(&self.table()).is_empty() || self.run.open().has_unanswered() {
            return Vec::new();
        }
        let reads = self.read_all().await;
        let mut now = Vec::new();
        for (read, server) in reads.into_iter().zip(0..) {
            match read.read {
                Read::Families(families) => now.push(Server {
                    families: Some(families),
                    ..self.numbers.holding(server, None)
                }),
                Read::Gone => {}
                Read::Failed(_) => return Vec::new(),
            }
        }
        suspects(&now)
    }

    /// Writes how it ended.
    fn conclude(&mut self, outcome: Outcome) {
        if !self.wanted.writes {
            return;
        }
        let (word, how) = match outcome {
            Outcome::Looked => (
                How::AsWished,
                "Nothing to change; earlier defaults restored.",
            ),
            Outcome::Done | Outcome::NotConfirmed => (How::AsWished, "As wished."),
            Outcome::Nothing(_) if self.restored => {
                (How::Failed, "Only earlier defaults were restored.")
            }
            Outcome::Nothing(_) => (How::Nothing, "Nothing was changed."),
            Outcome::PutBack(_) => (How::PutBack, "Put back."),
            Outcome::Partly(_) => (How::Failed, "Partly."),
            Outcome::NotKnown(_) => (How::Failed, "abmctl doesn't know how."),
        };
        let Some(id) = self.entry.clone() else {
            return;
        };
        let line = Line::ended(word, how);
        if let Err(error) = self.defaults.write(&id, line) {
            self.defaults.notices.warn(&error.message.into());
        }
    }

    /// Closes what is open, as soon as nothing of it is: what this run does next is no part of it.
    fn close(&mut self) {
        if !self.wanted.writes || self.noted.is_closed() || !self.run.open().is_closed() {
            return;
        }
        let new = || journal::new_id(self.defaults.random);
        let id = self.entry.clone().unwrap_or_else(new);
        match self.defaults.write(&id, Line::Closed {}) {
            Ok(()) => self.noted.close(),
            Err(error) => self.defaults.notices.warn(&error.message.into()),
        }
    }

    fn ended(self, outcome: Outcome) -> Ended {
        let now = self.table();
        let before = self.before.clone().unwrap_or_else(|| now.clone());
        let open = self.run.open();
        let mut unsettled: BTreeMap<u8, Timestamp> = BTreeMap::new();
        for it in open.unanswered() {
            if let Some(until) = self.until.get(&(it.server, it.list)) {
                keep_later(&mut unsettled, it.server, *until);
            }
        }
        // The journal doesn't say what the requests of earlier runs got.
        let earlier: BTreeSet<u8> = self.earlier.unanswered().map(|it| it.server).collect();
        let answers = self
            .answers
            .iter()
            .filter(|(server, _)| !earlier.contains(server))
            .filter_map(|(server, answer)| Some((self.numbers.named(*server), answer.clone()?)))
            .collect();
        let held = self.run.seen();
        let mut owed = Vec::new();
        for (server, named) in (0..).zip(self.numbers.servers()) {
            let families = self.numbers.families(open.owed(server) - held);
            owed.extend(families.into_iter().map(|family| (family, named.clone())));
        }
        let mut orphaned = Vec::new();
        for (server, home) in (0..).zip(self.numbers.servers()) {
            let place = usize::from(server);
            if self.run.readings()[place] == Reading::Gone {
                let families = self.earlier.owed(server) | self.run.taken()[place];
                let families = self.numbers.families(families - held);
                orphaned.extend(families.into_iter().map(|family| (family, home.clone())));
            }
        }
        let about = match outcome {
            Outcome::Nothing(cause)
            | Outcome::PutBack(cause)
            | Outcome::Partly(cause)
            | Outcome::NotKnown(cause) => match cause {
                Cause::Unread(server)
                | Cause::Gone(server)
                | Cause::Unsettled(server)
                | Cause::Idle(server) => Some(self.numbers.named(server)),
                _ => None,
            },
            _ => None,
        };
        let undo = self.undone(self.changes(&before));
        let named = |server: &u8| self.numbers.named(*server);
        Ended {
            outcome,
            changes: self.changes(&before),
            touched: self.touched.iter().map(|it| named(it).id).collect(),
            at_risk: self.numbers.families(self.run.at_risk()),
            unsettled: unsettled
                .iter()
                .map(|(it, until)| (named(it), *until))
                .collect(),
            answers,
            owed,
            without_default: self.numbers.families(self.run.without_default()),
            restored: self.restored,
            answered: self.run.was_answered(),
            orphaned,
            vanished: Vec::new(),
            about,
            idle: self.idle.clone(),
            gaps: self
                .gaps
                .iter()
                .filter(|(_, gap)| gap.time > LONG)
                .map(|(family, gap)| (family.clone(), *gap))
                .collect(),
            failure: self.failure.clone(),
            back: self.back.clone(),
            undo,
            unread: self
                .unread
                .iter()
                .map(|(it, why)| (named(it), why.clone()))
                .collect(),
            compared: Vec::new(),
            before,
            now,
        }
    }
}
