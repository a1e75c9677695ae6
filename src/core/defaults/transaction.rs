//! Changing default servers, as a pure state machine: [`Transaction::next`] says which request is due, and
//! [`Transaction::on`] takes what came of it.
//!
//! Apple has one PATCH that replaces a server's whole list, answers 409 for a family that another server holds, and has
//! no version to compare. A request that got no answer may still be acted on minutes later. So what is so now
//! (`readings`) and what may still happen (`open`) are kept apart. docs/design/defaults.md explains the steps; the search
//! in `search.rs` tries every order of faults, late acts, kills and colleagues within its bounds.
//!
//! Over 400 lines: one state and its steps, which are read together.

use super::open::{Flight, Open};
use super::set::Set;

#[cfg(test)]
pub(super) mod search;

/// Where families are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum To {
    /// At no server.
    Nobody,
    Server(u8),
}

/// What a run is to bring about. Without families it only looks, and restores what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wish {
    pub families: Set,
    /// Where they are to be.
    pub to: To,
    /// Where each of them has to be now.
    pub from: Option<To>,
    /// Whether anything may be written. Otherwise the run ends where it would send its first request.
    pub writes: bool,
}

/// What a run knows of a server's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// It wasn't read, or reading it failed: not known, which is neither empty nor gone.
    NotKnown,
    /// Apple says that the server is deleted. It holds nothing and takes nothing.
    Gone,
    List(Set),
}

/// The list of the last 200 to a PATCH of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Own {
    pub list: Set,
    /// Whether it is so young that a reading may come from a replica that doesn't have it yet.
    pub fresh: bool,
    /// Whether this run sent the request, and none after it whose end isn't known.
    pub ours: bool,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// Read this server.
    Get(u8),
    /// Write the line of [`Open::flight`] into the journal, then send it.
    Patch(Flight),
    /// Write into the journal that these families are owed to nobody any more: they are wished to have no default.
    Release(Set),
    Wait(Wait),
    /// The run is over.
    End(Outcome),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Until a request is sent again.
    Retry,
    /// A reading contradicts an own answer: until it is read again.
    Replica,
    /// Apple says that another server holds a family, and no reading shows it: until all are read again.
    Holder,
    /// The readings show a family on two servers: until all are read again.
    Moment,
    /// Until Apple can't act any more on what got no answer.
    Bound,
}

/// What came of the last [`Next`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// The server was read, or couldn't be.
    Read(Reading),
    /// Apple acted on the PATCH, and this is the list now.
    Answered(Set),
    /// Apple says that another server holds one of the families (409).
    Held,
    /// Apple says that there is nothing to clear: 400 to an empty list.
    Empty,
    /// Apple certainly didn't act on the PATCH: it was never sent, or refused in Apple's own form.
    Refused,
    /// The same, for a reason that passes, such as a limit or no connection: it may be sent again.
    Later,
    /// Nobody knows what came of the PATCH.
    Lost,
    /// The line is in the journal.
    Written,
    /// The wait is over.
    Waited {
        /// Whether every own answer is now older than replicas are.
        aged: bool,
    },
    /// The wait is given up, since there is no more time; or the line can't be written.
    GaveUp,
}

/// Why a run didn't end as wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A signal.
    Stopped,
    /// Apple refused a request.
    Refused,
    /// Nobody knows what came of a request.
    Lost,
    /// Somebody else changed something.
    Conflict,
    /// This server couldn't be read.
    Unread(u8),
    /// This server is deleted.
    Gone(u8),
    /// A request to this server got no answer and may still be acted on.
    Unsettled(u8),
    /// The families are not where they have to be.
    NotFrom,
    /// This server would gain families, and enrolls nothing.
    Idle(u8),
    /// The readings show a family on two servers.
    Twice,
    /// What an earlier run owes couldn't be given back.
    NotRestored,
    /// More requests got no answer than can be noted.
    Full,
    /// The journal can't be written.
    NotWritten,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was only asked to look.
    Looked,
    /// As wished.
    Done,
    /// As wished by Apple's answers; the closing reading failed.
    NotConfirmed,
    /// None of this run's requests was acted on or will be.
    Nothing(Cause),
    /// Everything that was taken is where it was.
    PutBack(Cause),
    /// Some families have no default now, as wished; the others are where they were.
    Partly(Cause),
    /// None of these.
    NotKnown(Cause),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Restore,
    Take,
    Give,
    Back,
}

/// One server's list that is to be changed: on its ground, by these families.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Job {
    kind: Kind,
    server: u8,
    families: Set,
    ground: Set,
}

impl Job {
    /// Whether it is for a family that has no default against all wishes.
    fn goes_back(self) -> bool {
        matches!(self.kind, Kind::Restore | Kind::Back)
    }

    fn list(self) -> Set {
        match self.kind {
            Kind::Take => self.ground - self.families,
            _ => self.ground | self.families,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Why {
    Inventory(u8),
    Ground(Job),
    Check(Job),
    /// Apple said that another server holds the families: look at each.
    Holder(Job, u8),
    Closing(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Get(Why),
    Patch(Job),
    Release(Set),
    Wait(Wait, Why),
    End(Outcome),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Phase {
    Restore,
    Take,
    Give,
    Closing,
    Back,
}

/// One run, for `S` servers and up to `K` different unanswered lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of one run"
)]
pub struct Transaction<const S: usize, const K: usize> {
    wish: Wish,
    readings: [Reading; S],
    /// Servers whose last reading failed, although there may be an older one.
    unread: [bool; S],
    own: [Option<Own>; S],
    open: Open<S, K>,
    step: Step,
    phase: Phase,
    /// The families that this phase has dealt with.
    tried: Set,
    /// The servers that the closing reading has dealt with.
    closed: u8,
    /// Families go back one by one, since Apple said that another server holds one of them.
    alone: bool,
    /// Families of which Apple said so.
    held: Set,
    /// Apple said so just now: a reading may come from a replica that doesn't show yet what somebody else did.
    held_just_now: bool,
    /// The inventory began after Apple could act on anything that got no answer.
    after_bound: bool,
    /// Something was looked at a second time: a family on two servers, or a holder.
    again: bool,
    /// What this run took, or may have taken, from each server.
    taken: [Set; S],
    /// Apple acted on a request of this run, or may.
    acted: bool,
    confirmed: bool,
    /// The server that families are wished at enrolls nothing.
    idle: bool,
    cause: Option<Cause>,
    stop: bool,
}

impl<const S: usize, const K: usize> Transaction<S, K> {
    /// A run that begins with what earlier ones left open, and with their answers that are so young that replicas may not have them.
    pub fn new(wish: Wish, mut open: Open<S, K>, answers: [Option<Set>; S]) -> Self {
        open.lost();
        if open.is_closed() {
            open.close();
        }
        Self {
            wish,
            readings: [Reading::NotKnown; S],
            unread: [false; S],
            own: answers.map(|answer| {
                answer.map(|list| Own {
                    list,
                    fresh: true,
                    ours: false,
                })
            }),
            after_bound: open.has_passed(),
            open,
            step: Step::Get(Why::Inventory(0)),
            phase: Phase::Restore,
            tried: Set::EMPTY,
            closed: 0,
            alone: false,
            held: Set::EMPTY,
            held_just_now: false,
            again: false,
            taken: [Set::EMPTY; S],
            acted: false,
            confirmed: true,
            idle: false,
            cause: None,
            stop: false,
        }
    }

    /// What the inventory shows of the server that families are wished at: one that enrolls nothing gains none.
    #[must_use]
    pub fn judged(mut self, idle: bool) -> Self {
        self.idle = idle;
        self
    }

    /// What to do next.
    pub fn next(&self) -> Next {
        match self.step {
            Step::Get(
                Why::Ground(Job { server, .. })
                | Why::Check(Job { server, .. })
                | Why::Inventory(server)
                | Why::Holder(_, server)
                | Why::Closing(server),
            ) => Next::Get(server),
            Step::Patch(job) => Next::Patch(flight(job, self.wish)),
            Step::Release(families) => Next::Release(families),
            Step::Wait(wait, _) => Next::Wait(wait),
            Step::End(outcome) => Next::End(outcome),
        }
    }

    /// What may still happen, and what is owed.
    pub fn open(&self) -> &Open<S, K> {
        &self.open
    }

    /// Whether a request of the wish was acted on, or may be.
    pub fn wrote(&self) -> bool {
        self.acted
    }

    /// What is known of each server.
    pub fn readings(&self) -> &[Reading; S] {
        &self.readings
    }

    /// The last 200 to a PATCH of each server.
    pub fn own(&self) -> &[Option<Own>; S] {
        &self.own
    }

    /// What this run took, or may have taken, from each server.
    pub fn taken(&self) -> &[Set; S] {
        &self.taken
    }

    /// Whether what was taken goes back, or what an earlier run took: worth a request even if the journal can't be written.
    pub fn is_giving_back(&self) -> bool {
        matches!(self.phase, Phase::Restore | Phase::Back) && !self.is_taking_inventory()
    }

    /// Whether requests of this run brought about the wish, and it is only read back.
    pub fn is_reading_back(&self) -> bool {
        self.acted
            && matches!(
                self.step,
                Step::Get(Why::Closing(_)) | Step::Wait(_, Why::Closing(_))
            )
    }

    /// Whether the servers are being read, before anything is decided.
    pub fn is_taking_inventory(&self) -> bool {
        matches!(
            self.step,
            Step::Get(Why::Inventory(_)) | Step::Wait(_, Why::Inventory(_))
        )
    }

    /// Whether the server is to be read though it was read a moment ago: to what gains, and after a request.
    pub fn reads_again(&self) -> bool {
        !matches!(self.step, Step::Get(Why::Ground(job)) if matches!(job.kind, Kind::Take | Kind::Restore))
    }

    /// Whether something was taken that no server has yet: the time until that is over is worth more patience.
    pub fn is_between(&self) -> bool {
        let taken: Set = self.taken.iter().copied().collect();
        let owed = self.open.all_owed() & self.wish.families;
        self.phase == Phase::Give && self.acted && !(taken | owed).is_empty()
    }

    /// A signal, before what [`Self::next`] says is begun: nothing new is begun, and what was taken is put back.
    #[must_use]
    pub fn stopped(mut self) -> Self {
        self.stop = true;
        match self.step {
            // What goes back is worth the wait, unless it was wished to have no default.
            Step::Wait(Wait::Retry, Why::Ground(job))
                if job.kind == Kind::Restore
                    || job.kind == Kind::Back && self.wish.to != To::Nobody => {}
            Step::Wait(wait, why) => {
                self.cause = self.cause.or(Some(Cause::Stopped));
                self.give_up(wait, why);
            }
            Step::Get(Why::Inventory(_)) => self.end(Some(Cause::Stopped)),
            // It isn't sent yet.
            Step::Patch(job) if !job.goes_back() => {
                self.untake(job);
                self.fail(job, Cause::Stopped);
            }
            _ => {}
        }
        self
    }

    /// Takes in what came of the last [`Next`].
    #[must_use]
    pub fn on(mut self, event: Event) -> Self {
        match (self.step, event) {
            (Step::Get(why), Event::Read(reading)) => self.read(why, reading),
            (Step::Patch(job), event) => self.answer(job, event),
            (Step::Release(families), Event::Written) => {
                self.open.disown(families);
                self.advance();
            }
            (Step::Release(_), _) => self.end(Some(Cause::NotWritten)),
            (Step::Wait(wait, why), Event::Waited { aged }) => self.waited(wait, why, aged),
            (Step::Wait(wait, why), Event::GaveUp) => self.give_up(wait, why),
            _ => {}
        }
        self
    }

    fn waited(&mut self, wait: Wait, why: Why, aged: bool) {
        if aged {
            self.held_just_now = false;
            for own in self.own.iter_mut().flatten() {
                own.fresh = false;
            }
        }
        match wait {
            Wait::Retry | Wait::Replica | Wait::Holder => {
                self.step = Step::Get(match why {
                    // What was read before may be older than what is read now.
                    Why::Holder(job, _) => Why::Holder(job, 0),
                    why => why,
                });
            }
            Wait::Bound | Wait::Moment => {
                if wait == Wait::Bound {
                    self.open.pass();
                }
                self.after_bound = self.open.has_passed();
                self.phase = Phase::Restore;
                self.tried = Set::EMPTY;
                self.readings = [Reading::NotKnown; S];
                self.step = Step::Get(Why::Inventory(0));
            }
        }
    }

    /// There is no more time to wait, or no reason.
    fn give_up(&mut self, wait: Wait, why: Why) {
        match (wait, why) {
            (Wait::Bound, Why::Ground(job)) => self.fail(job, Cause::Unsettled(job.server)),
            (Wait::Retry, Why::Ground(job)) => {
                let lost = self.open.pending(job.server).any(|list| list == job.list());
                self.fail(job, if lost { Cause::Lost } else { Cause::Refused });
            }
            (Wait::Moment, _) => self.end(Some(Cause::Twice)),
            (_, why) => self.unread(why, None),
        }
    }

    /// Whether a reading can be so. One that contradicts a young own answer comes from an older replica.
    fn believes(&self, server: u8, reading: Reading) -> bool {
        match (reading, self.own[usize::from(server)]) {
            (Reading::List(list), Some(own)) => !own.fresh || list == own.list,
            _ => true,
        }
    }

    fn read(&mut self, why: Why, reading: Reading) {
        let Next::Get(server) = self.next() else {
            return;
        };
        self.unread[usize::from(server)] = reading == Reading::NotKnown;
        if reading == Reading::NotKnown {
            return self.unread(why, None);
        }
        if !self.believes(server, reading) {
            if self.stop {
                return self.unread(why, Some(reading));
            }
            self.step = Step::Wait(Wait::Replica, why);
            return;
        }
        self.readings[usize::from(server)] = reading;
        let list = match reading {
            Reading::List(list) => list,
            _ => Set::EMPTY,
        };
        match why {
            Why::Inventory(_) => self.inventory(server),
            Why::Holder(job, _) => self.holder(job, server),
            Why::Closing(_) => {
                if self.wish_at(server).is_some_and(|wished| !list.has(wished))
                    || self.wish.to == To::Nobody && list.meets(self.wish.families)
                {
                    // Without an answer it may be this run's own request that isn't acted on yet.
                    let own = self.own[usize::from(server)].is_some_and(|own| own.ours);
                    self.cause = Some(if own { Cause::Conflict } else { Cause::Lost });
                }
                self.closed = server + 1;
                self.advance();
            }
            Why::Ground(job) | Why::Check(job) if reading == Reading::Gone => {
                self.fail(job, Cause::Gone(job.server));
            }
            Why::Ground(job) => self.ground(job, list),
            Why::Check(job) if list == job.list() => self.arrived(job),
            Why::Check(job) if list == job.ground => self.retry(job),
            Why::Check(job) => self.fail(job, Cause::Lost),
        }
    }

    /// A server couldn't be read, or only by `doubtful` as a replica shows it.
    fn unread(&mut self, why: Why, doubtful: Option<Reading>) {
        match why {
            Why::Inventory(server) => {
                self.readings[usize::from(server)] = Reading::NotKnown;
                self.inventory(server);
            }
            Why::Holder(job, server) => {
                if job.server == server {
                    self.readings[usize::from(server)] = Reading::NotKnown;
                }
                self.holder(job, server);
            }
            Why::Closing(server) => {
                self.confirmed = false;
                self.closed = server + 1;
                self.advance();
            }
            // What is owed goes back without a reading: on the own answer, else on the list that it was taken from.
            Why::Ground(job) if job.kind == Kind::Back => {
                let place = usize::from(job.server);
                let own = self.own[place].filter(|own| own.ours);
                let ground = match (own, self.readings[place]) {
                    (Some(own), _) => Some(own.list),
                    (None, Reading::List(list)) => Some(list),
                    _ => None,
                };
                let also = match doubtful {
                    Some(Reading::List(list)) => list - self.wish.families,
                    _ => Set::EMPTY,
                };
                match ground {
                    Some(ground) if self.taken[place].meets(job.families) => {
                        self.send(job, ground | also);
                    }
                    _ => self.fail(job, Cause::Unread(job.server)),
                }
            }
            Why::Ground(job) => self.fail(job, Cause::Unread(job.server)),
            // The same list may always be sent once more.
            Why::Check(job) if job.goes_back() => self.retry(job),
            Why::Check(job) => self.fail(job, Cause::Lost),
        }
    }

    fn inventory(&mut self, server: u8) {
        let following = server + 1;
        if usize::from(following) < S {
            self.step = Step::Get(Why::Inventory(following));
            return;
        }
        if !self.shows_twice() {
            self.advance();
        } else if self.again {
            self.end(Some(Cause::Twice));
        } else {
            self.again = true;
            self.step = Step::Wait(Wait::Moment, Why::Inventory(0));
        }
    }

    /// Whether a family was read on two servers: the readings aren't of one moment.
    fn shows_twice(&self) -> bool {
        (0..S).any(|server| self.list(server).meets(self.others(server)))
    }

    /// The list that a server was read to have; empty if it isn't known.
    fn list(&self, server: usize) -> Set {
        match self.readings[server] {
            Reading::List(list) => list,
            _ => Set::EMPTY,
        }
    }

    /// Everything that the servers were read to have.
    pub fn seen(&self) -> Set {
        (0..S).map(|server| self.list(server)).collect()
    }

    /// Everything that the other servers were read to have.
    fn others(&self, server: usize) -> Set {
        let others = (0..S).filter(|other| *other != server);
        others.map(|other| self.list(other)).collect()
    }

    /// The wished families, if they are to be at this server.
    fn wish_at(&self, server: u8) -> Option<Set> {
        (self.wish.to == To::Server(server)).then_some(self.wish.families)
    }

    /// The ground of a job is known: works out what to send.
    fn ground(&mut self, mut job: Job, list: Set) {
        let there = job.families & list;
        job.families = match job.kind {
            Kind::Take => there,
            _ => job.families - list,
        };
        if job.goes_back() {
            self.tried = self.tried | there;
        }
        if job.families.is_empty() {
            return self.arrived(job);
        }
        if self.stop && !job.goes_back() {
            return self.fail(job, Cause::Stopped);
        }
        self.send(job, list);
    }

    fn send(&mut self, mut job: Job, ground: Set) {
        job.ground = ground;
        if !job.goes_back() && !self.open.takes(job.server, job.list()) {
            return self.fail(job, Cause::Unsettled(job.server));
        }
        // What is taken has to find room on its way on, and on its way back.
        let room = if job.kind == Kind::Take { 3 } else { 1 };
        if self.open.room() < room {
            return self.fail(job, Cause::Full);
        }
        if job.kind == Kind::Take {
            let place = usize::from(job.server);
            self.taken[place] = self.taken[place] | job.families;
        }
        self.open.sent(flight(job, self.wish));
        self.step = Step::Patch(job);
    }

    /// The server that keeps the wish from being begun, since Apple may still act on a list that would undo it there, or
    /// add a wished family elsewhere.
    fn unsettled(&self) -> Option<u8> {
        (0..number(S)).find(|server| {
            let list = self.list(usize::from(*server));
            let wished = self.wish.families;
            if self.wish_at(*server).is_some() {
                return !list.has(wished) && !self.open.takes(*server, list | wished);
            }
            let adds = self.open.pending(*server).any(|list| list.meets(wished));
            adds || list.meets(wished) && !self.open.takes(*server, list - wished)
        })
    }

    fn answer(&mut self, job: Job, event: Event) {
        let place = usize::from(job.server);
        match event {
            Event::Answered(list) => {
                self.acted |= !job.goes_back();
                self.open.answered(list);
                self.own[place] = Some(Own {
                    list,
                    fresh: true,
                    ours: true,
                });
                self.readings[place] = Reading::List(list);
                self.unread[place] = false;
                if list == job.list() {
                    self.arrived(job);
                } else {
                    self.fail(job, Cause::Conflict);
                }
            }
            Event::Lost => {
                self.acted |= !job.goes_back();
                self.open.lost();
                // An older answer doesn't tell any more what the server has.
                if let Some(own) = &mut self.own[place] {
                    own.ours = false;
                }
                self.step = Step::Get(Why::Check(job));
            }
            Event::Empty => {
                self.open.refused();
                self.step = Step::Get(Why::Check(job));
            }
            Event::Held if job.goes_back() => {
                self.open.refused();
                if job.families.each().count() > 1 {
                    self.alone = true;
                    self.advance();
                } else {
                    self.held_just_now = true;
                    self.step = Step::Get(Why::Holder(job, 0));
                }
            }
            Event::Later => {
                self.untake(job);
                self.retry(job);
            }
            _ => {
                self.untake(job);
                let cause = match event {
                    Event::Held => Cause::Conflict,
                    Event::GaveUp => Cause::NotWritten,
                    _ => Cause::Refused,
                };
                self.fail(job, cause);
            }
        }
    }

    /// Sends a request again after a wait, on a new reading.
    fn retry(&mut self, job: Job) {
        self.step = Step::Wait(Wait::Retry, Why::Ground(job));
        if self.stop && !job.goes_back() {
            self.fail(job, Cause::Stopped);
        }
    }

    /// A request that wasn't acted on took nothing, unless an earlier one still may.
    fn untake(&mut self, job: Job) {
        self.open.refused();
        if job.kind == Kind::Take {
            let taken = &mut self.taken[usize::from(job.server)];
            *taken = *taken - (job.families - self.open.lacked(job.server));
        }
    }

    /// Looks for the holder of what Apple says that another server holds. All are read, since Apple's 409 may be about a
    /// family of the ground that somebody else moved meanwhile.
    fn holder(&mut self, job: Job, server: u8) {
        if usize::from(server) + 1 < S {
            self.step = Step::Get(Why::Holder(job, server + 1));
            return;
        }
        let place = usize::from(job.server);
        let seen = self.seen().has(job.families);
        let as_before = self.readings[place] == Reading::List(job.ground)
            && !self.others(place).meets(job.ground);
        if as_before && !seen && self.held_just_now && !self.stop {
            self.step = Step::Wait(Wait::Holder, Why::Holder(job, 0));
            return;
        }
        // A reading that failed is no proof, and takes nothing from what Apple answered.
        if let (Reading::NotKnown, Some(own)) = (self.readings[place], self.own[place])
            && own.ours
        {
            self.readings[place] = Reading::List(own.list);
        }
        let all_read = !self.readings.contains(&Reading::NotKnown);
        if (!as_before || all_read && !seen) && !self.again {
            self.again = true;
            self.step = Step::Get(Why::Ground(job));
            return;
        }
        if as_before && !self.held_just_now && !all_read {
            // Only a server that couldn't be read can be the holder.
            self.held = self.held | job.families;
        }
        if job.kind == Kind::Back && (seen || self.held.has(job.families)) {
            // The holder may be the server of a request of this run that got no answer.
            let ours = (0..number(S)).any(|server| {
                server != job.server && self.open.pending(server).any(|it| it.meets(job.families))
            });
            self.cause = match self.cause {
                Some(cause) if ours => Some(cause),
                _ => Some(Cause::Conflict),
            };
        }
        if job.kind == Kind::Restore && !seen && !self.held.has(job.families) {
            self.cause = self.cause.or(Some(Cause::NotRestored));
        }
        self.tried = self.tried | job.families;
        self.advance();
    }

    /// What a job was to do is so.
    fn arrived(&mut self, job: Job) {
        if job.goes_back() {
            self.tried = self.tried | job.families;
        }
        if job.kind == Kind::Give {
            self.phase = Phase::Closing;
        }
        self.advance();
    }

    /// A job can't be done.
    fn fail(&mut self, job: Job, cause: Cause) {
        match job.kind {
            Kind::Restore => self.cause = self.cause.or(Some(Cause::NotRestored)),
            _ => self.cause = self.cause.or(Some(cause)),
        }
        if job.goes_back() {
            self.tried = self.tried | job.families;
        } else {
            self.turn_back();
        }
        self.advance();
    }

    fn turn_back(&mut self) {
        self.phase = Phase::Back;
        self.tried = Set::EMPTY;
        self.alone = false;
    }

    /// Goes on to the next job.
    fn advance(&mut self) {
        if self.stop && matches!(self.phase, Phase::Take | Phase::Give) {
            self.cause = self.cause.or(Some(Cause::Stopped));
            self.turn_back();
        }
        loop {
            match self.phase {
                Phase::Restore => {
                    if !self.wish.writes {
                        let wished = !self.wish.families.is_empty();
                        let objection = self.objection().filter(|_| wished);
                        return self.end(objection);
                    }
                    if let Some(job) = self.owed(Kind::Restore) {
                        return self.begin(job);
                    }
                    self.close();
                    if self.stop {
                        return self.end(Some(Cause::Stopped));
                    }
                    if self.cause.is_some() || self.wish.families.is_empty() {
                        return self.end(None);
                    }
                    if let Some(cause) = self.objection() {
                        // The wish gives nothing, so what is owed goes back, whatever was wished.
                        self.cause = Some(cause);
                        self.turn_back();
                        continue;
                    }
                    self.phase = Phase::Take;
                    if let Some(server) = self.unsettled() {
                        let why = Why::Ground(self.job(Kind::Take, server));
                        self.step = Step::Wait(Wait::Bound, why);
                        return;
                    }
                }
                Phase::Take => {
                    let released = self.open.all_owed() & (self.wish.families - self.seen());
                    if self.wish.to == To::Nobody && !released.is_empty() {
                        self.step = Step::Release(released);
                        return;
                    }
                    let from = (0..S).find(|server| {
                        self.wish_at(number(*server)).is_none()
                            && self.list(*server).meets(self.wish.families)
                    });
                    match from {
                        Some(server) => return self.begin(self.job(Kind::Take, number(server))),
                        None => self.phase = Phase::Give,
                    }
                }
                Phase::Give => match self.wish.to {
                    To::Server(to) if !self.list(usize::from(to)).has(self.wish.families) => {
                        return self.begin(self.job(Kind::Give, to));
                    }
                    _ => self.phase = Phase::Closing,
                },
                Phase::Closing => match self.closing() {
                    Some(server) if !self.stop => {
                        self.step = Step::Get(Why::Closing(server));
                        return;
                    }
                    left => {
                        self.confirmed &= left.is_none();
                        return self.end(None);
                    }
                },
                Phase::Back => match self.owed(Kind::Back) {
                    Some(job) => return self.begin(job),
                    None => return self.end(None),
                },
            }
        }
    }

    fn job(&self, kind: Kind, server: u8) -> Job {
        Job {
            kind,
            server,
            families: self.wish.families,
            ground: Set::EMPTY,
        }
    }

    /// Begins a job with reading its server, unless this run's own answer is newer ground than any reading.
    fn begin(&mut self, job: Job) {
        match self.own[usize::from(job.server)] {
            Some(own) if own.ours && job.kind == Kind::Give => self.ground(job, own.list),
            _ => self.step = Step::Get(Why::Ground(job)),
        }
    }

    /// The next server to which something is owed that no other server was read to hold.
    fn owed(&self, kind: Kind) -> Option<Job> {
        let named = match kind {
            Kind::Restore => self.wish.families,
            _ => Set::EMPTY,
        };
        (0..S).find_map(|server| {
            // Before anything was sent the reading is the truth; afterwards the server is read again.
            let (there, owed) = match kind {
                // A deleted server gets nothing back.
                _ if kind == Kind::Restore && self.readings[server] == Reading::Gone => {
                    return None;
                }
                Kind::Restore => (self.list(server), self.open.owed(number(server))),
                // What was to have no default goes back as well if not all of it can be cleared.
                _ => (
                    Set::EMPTY,
                    self.open.owed(number(server)) | self.taken[server],
                ),
            };
            let mut families = owed - self.others(server) - there - named - self.tried;
            if self.alone {
                families = families.each().next().unwrap_or_default();
            }
            (!families.is_empty()).then_some(Job {
                families,
                ..self.job(kind, number(server))
            })
        })
    }

    /// What this run took from a server and couldn't give back, since another server has it now.
    fn elsewhere(&self, server: usize) -> Set {
        self.taken[server] & self.tried & (self.others(server) | self.held)
    }

    /// Why the wish can't be begun.
    fn objection(&self) -> Option<Cause> {
        let wish = self.wish;
        if let To::Server(to) = wish.to {
            match self.readings[usize::from(to)] {
                Reading::NotKnown => return Some(Cause::Unread(to)),
                Reading::Gone => return Some(Cause::Gone(to)),
                Reading::List(_) => {}
            }
        }
        let unread = (0..S).find(|server| self.readings[*server] == Reading::NotKnown);
        let nowhere = !self.seen().has(wish.families);
        let known = self.seen() | self.open.all_owed();
        let clears_nothing = wish.to == To::Nobody && !known.meets(wish.families);
        if let (Some(unread), true) = (unread, nowhere)
            && (clears_nothing || wish.from == Some(To::Nobody))
        {
            return Some(Cause::Unread(number(unread)));
        }
        let from = match wish.from {
            None => None,
            Some(To::Nobody) => self.seen().meets(wish.families).then_some(Cause::NotFrom),
            Some(To::Server(from)) => {
                let place = usize::from(from);
                match self.readings[place] {
                    _ if self.others(place).meets(wish.families) => Some(Cause::NotFrom),
                    Reading::NotKnown => Some(Cause::Unread(from)),
                    Reading::Gone => Some(Cause::Gone(from)),
                    Reading::List(list) => (!list.has(wish.families)).then_some(Cause::NotFrom),
                }
            }
        };
        match wish.to {
            To::Server(to) if self.idle && !self.list(usize::from(to)).has(wish.families) => {
                from.or(Some(Cause::Idle(to)))
            }
            _ => from,
        }
    }

    /// A server that couldn't be read, if it may hold a family that is to have no default: one that this run took from nobody, or
    /// from a server that may not have had it any more.
    fn doubt(&self) -> Option<u8> {
        let settled = |server: &usize| self.open.pending(number(*server)).next().is_none();
        let taken: Set = (0..S)
            .filter(settled)
            .map(|server| self.taken[server])
            .collect();
        if self.wish.to != To::Nobody || taken.has(self.wish.families) {
            return None;
        }
        (0..number(S)).find(|server| self.readings[usize::from(*server)] == Reading::NotKnown)
    }

    /// The next server for the closing reading: the one that was given to, or each that was cleared.
    fn closing(&self) -> Option<u8> {
        (self.closed..number(S)).find(|server| match self.wish.to {
            To::Server(to) => self.acted && *server == to && self.own_or_pending(to),
            To::Nobody => !self.taken[usize::from(*server)].is_empty(),
        })
    }

    /// Whether this run sent something to the server.
    fn own_or_pending(&self, server: u8) -> bool {
        self.own[usize::from(server)].is_some_and(|own| own.ours)
            || self.open.pending(server).next().is_some()
    }

    /// Closes what is open, if Apple can't act on it any more, each named server was read since, and each owed family is held
    /// or belongs to a deleted server, which no later run can change.
    fn close(&mut self) {
        let read = |server: u8| {
            !self.open.names(server) || self.readings[usize::from(server)] != Reading::NotKnown
        };
        let orphaned: Set = (0..S)
            .filter(|server| self.readings[*server] == Reading::Gone)
            .map(|server| self.open.owed(number(server)))
            .collect();
        let held = self.seen() | self.held | orphaned;
        if self.after_bound
            && self.open.has_passed()
            && (0..number(S)).all(read)
            && held.has(self.open.all_owed())
        {
            self.open.close();
        }
    }

    /// The families that may still lose or get a default by a request that got no answer.
    pub fn at_risk(&self) -> Set {
        let held: Set = (0..S)
            .map(|server| self.list(server) & self.open.lacked(number(server)))
            .collect();
        let nowhere: Set = (0..S)
            .flat_map(|server| self.open.pending(number(server)))
            .collect::<Set>()
            | self.open.all_owed();
        held | (nowhere - self.seen())
    }

    /// The families that are owed and certainly have no default: every server was read last, none has them, and no request
    /// that got no answer adds them.
    pub fn without_default(&self) -> Set {
        let all_read = !self.readings.contains(&Reading::NotKnown) && !self.unread.contains(&true);
        if !all_read {
            return Set::EMPTY;
        }
        let pending = (0..number(S)).flat_map(|server| self.open.pending(server));
        self.open.all_owed() - self.seen() - pending.collect()
    }

    /// Whether what is wished was answered, rather than only seen.
    pub fn was_answered(&self) -> bool {
        let ours = |server: usize| self.own[server].is_some_and(|own| own.ours);
        match self.wish.to {
            To::Server(to) => ours(usize::from(to)),
            To::Nobody => (0..S).all(|server| self.taken[server].is_empty() || ours(server)),
        }
    }

    /// Whether the server is read only for the ground of what goes back, which is sent without it, too.
    pub fn reads_to_give_back(&self) -> bool {
        matches!(self.step, Step::Get(Why::Ground(job)) if job.kind == Kind::Back)
    }

    fn end(&mut self, cause: Option<Cause>) {
        self.cause = self.cause.or(cause);
        if self.wish.writes {
            self.close();
        }
        self.step = Step::End(self.outcome());
    }

    fn outcome(&self) -> Outcome {
        let risk = self.at_risk();
        let wished = self.wish.families;
        if self.cause.is_none() && (wished.is_empty() || !self.wish.writes) {
            return Outcome::Looked;
        }
        let safe = !risk.meets(wished);
        let there = match self.wish.to {
            To::Server(to) => self.list(usize::from(to)).has(wished),
            To::Nobody => !self.seen().meets(wished),
        };
        let doubt = self.doubt();
        let done = if self.confirmed {
            Outcome::Done
        } else {
            Outcome::NotConfirmed
        };
        let Some(cause) = self.cause.or(doubt.map(Cause::Unread)) else {
            return if there && safe {
                done
            } else {
                Outcome::NotKnown(Cause::Lost)
            };
        };
        if !self.acted {
            return Outcome::Nothing(cause);
        }
        if there && safe && doubt.is_none() && cause != Cause::Conflict {
            // It came about after all.
            return done;
        }
        let taken: Set = self.taken.iter().copied().collect();
        let is_back = |server: usize| {
            let own = self.own[server].filter(|own| own.ours);
            let taken = self.taken[server] - self.elsewhere(server);
            // A later reading may show that a request that got no answer was acted on.
            let is_there = self.list(server).has(taken);
            taken.is_empty() || is_there && own.is_some_and(|own| own.list.has(taken))
        };
        match self.wish.to {
            _ if risk.meets(taken) || doubt.is_some() => Outcome::NotKnown(cause),
            _ if (0..S).all(is_back) && !taken.is_empty() => Outcome::PutBack(cause),
            To::Nobody => Outcome::Partly(cause),
            To::Server(_) => Outcome::NotKnown(cause),
        }
    }
}

/// The request of a job. What is taken is owed where it was, unless it is wished to be nowhere.
fn flight(job: Job, wish: Wish) -> Flight {
    Flight {
        server: job.server,
        ground: job.ground,
        list: job.list(),
        owes: !(job.kind == Kind::Take && wish.to == To::Nobody),
    }
}

/// Servers are counted with a byte; more than fit are refused before a run begins.
fn number(server: usize) -> u8 {
    u8::try_from(server).unwrap_or(u8::MAX)
}
