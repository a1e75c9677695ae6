//! Changing devices at Apple, as a pure state machine: [`Change::next`] says which step is due, and the methods that take an
//! answer record it.
//!
//! Apple takes a POST with up to 1,000 devices, works on it for minutes as an activity, and has no way to ask for a POST that got
//! no answer. So a batch is sent once, unless Apple certainly didn't act on it, and a device has its result only when Apple's log
//! and the assignment as it is read agree. docs/design/device-changes.md explains the rules; the search in `search.rs` tries every
//! order of faults, late acts, kills and colleagues within its bounds.
//!
//! Over 400 lines: one state and its steps, which are read together.

#[cfg(test)]
mod search;

/// A time, or a length of time, in milliseconds. The machine only compares and adds. Whole seconds are too coarse: a reading counts
/// only if it is younger than what was learned before it, which is often of the same second.
pub type Millis = i64;

pub const SECOND: Millis = 1000;

/// How long things take, and how many may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pace {
    /// From sending until the first poll.
    pub first_poll: Millis,
    /// The longest time between two polls.
    pub longest_poll: Millis,
    /// How long after sending a POST without an answer is read back.
    pub read_back: Millis,
    /// How long after the end of an activity an assignment may not show yet.
    pub settle: Millis,
    /// How long after sending Apple may act on anything.
    pub day: Millis,
    /// Activities under way at once.
    pub under_way: usize,
}

/// Polls first after 10 s and then more slowly (other clients do: observed), since GETs are limited. An assignment shows in reads
/// with some delay (observed). No bound is proven for a POST without an answer: abmctl reads for 15 minutes and decides nothing
/// for a day.
pub const PACE: Pace = Pace {
    first_poll: 10 * SECOND,
    longest_poll: 60 * SECOND,
    read_back: 15 * 60 * SECOND,
    settle: 5 * 60 * SECOND,
    day: 24 * 60 * 60 * SECOND,
    under_way: 4,
};

impl Pace {
    /// The time until the next look, after `looks` of them: 10, 15, 22, 33, 50, 60 s.
    fn after(&self, looks: u8) -> Millis {
        let longer = |time: Millis, _| (time + time / 2).min(self.longest_poll);
        (0..looks.min(20)).fold(self.first_poll, longer)
    }
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// Write the line of this batch into the journal, then send it.
    Send(usize),
    /// Read the activity of this batch.
    Poll(usize),
    /// Fetch the log of this batch's activity.
    Log(usize),
    /// Read the devices of this batch that have no result. A reading that began at or after `since` counts.
    Read { batch: usize, since: Millis },
    /// Nothing is due before this time.
    Wait(Millis),
    /// The run is over.
    End,
}

/// What came of a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Apple accepted it, and gave the activity an id.
    Accepted,
    /// Apple accepted it, and its answer has no id.
    AcceptedWithoutId,
    /// Apple refused this batch in its own words.
    Refused,
    /// Apple refused in a way that it will refuse every batch, such as a missing permission.
    RefusedAll,
    /// It was not sent, or Apple's limit turned it away: it may be sent again at this time.
    NotActedOn(Millis),
    /// It was not sent, and this run can't send any more.
    NotSent,
    /// Nobody knows whether Apple acts on it.
    NotKnown,
}

/// What an activity says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Poll {
    InProgress,
    /// Apple completed it; perhaps not for all devices.
    Completed {
        /// It has a log.
        log: bool,
    },
    /// Apple gave it up: FAILED or STOPPED.
    GivenUp {
        /// It has a log.
        log: bool,
    },
    /// It can't be read. That is not "not done".
    NotRead,
}

/// What a log says of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logged {
    Succeeded,
    Failed,
    /// The log wasn't read, or lacks the device.
    NotKnown,
}

/// What a reading says of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seen {
    /// It is as wished.
    AsWished,
    /// It isn't.
    Otherwise,
    /// It wasn't read.
    NotRead,
}

/// Why a device has no result yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pending {
    /// Its batch was not sent.
    NotSent,
    /// Its POST got no answer.
    NoAnswer,
    /// Apple accepted it, and gave no id to ask for.
    NoId,
    /// Apple is working on it.
    InProgress,
    /// The activity can't be read.
    Unreadable,
    /// Apple's log says that it is done, and it doesn't show yet.
    NotShown,
    /// The activity is over, its log doesn't tell, and the device isn't as wished.
    NoLog,
    /// The activity is over, and the device couldn't be read.
    NotRead,
    /// The activity is over. Nobody looked at the device, since the run doesn't wait for results.
    NotLooked,
}

/// Why a device is not as wished, and nothing of this change can still make it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failed {
    /// Apple refused its batch.
    Refused,
    /// The log of the activity says so.
    Logged,
    /// Apple gave up the activity.
    GivenUp,
}

/// Why a device was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// Somebody sent it in the last 24 hours.
    SentBefore,
    /// It is as wished already.
    AlreadyThere,
    /// It isn't where it was when this was planned.
    Moved,
    /// Its migration isn't as it was when this was planned.
    MigrationChanged,
    /// It wasn't sent within 24 hours.
    TooLate,
    /// Its deadline passed since somebody agreed to it: sent now, it would force the migration.
    DeadlinePassed,
    /// Its deadline was more than a day ahead when somebody agreed to it, and is less than an hour ahead.
    DeadlineNear,
    /// Activation Lock is on by now, or can't be read.
    Locked,
}

/// Where a device stands. Every device of a change has exactly one standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Pending(Pending),
    /// It was read to be as wished.
    Done,
    Failed(Failed),
    /// It was sent a day ago, and nobody knows what came of it.
    NotKnown,
    Skipped(Skipped),
}

impl Standing {
    /// Whether it stays so.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    /// It wasn't sent, or Apple certainly didn't act on it.
    Planned,
    /// Only readings can tell: there is no answer, or no id.
    Unanswered { accepted: bool },
    /// It has an activity.
    Accepted {
        /// The last poll failed, so the devices are read.
        unreadable: bool,
    },
    /// The activity is over since `at`.
    Over {
        at: Millis,
        given_up: bool,
        log: Log,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Log {
    Due,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Device {
    logged: Logged,
    /// Whether the last reading of it failed, or none was made.
    unread: bool,
    /// What stays so.
    verdict: Option<Standing>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Batch {
    stage: Stage,
    sent_at: Millis,
    /// When the next step of it is due.
    due: Millis,
    looks: u8,
    /// When the last thing was learned that a reading has to be younger than.
    learned_at: Millis,
    /// This run can learn nothing more of it.
    parked: bool,
    devices: Vec<Device>,
}

/// One change of devices: its batches in the order in which they are sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    pace: Pace,
    batches: Vec<Batch>,
    /// Nothing is sent before this time.
    not_before: Millis,
    /// Nothing more is sent in this run.
    sends: bool,
    /// Whether the run waits for results, or ends once everything is accepted.
    waits: bool,
}

impl Batch {
    fn is_settled(&self) -> bool {
        self.devices.iter().all(|device| device.verdict.is_some())
    }

    fn is_planned(&self) -> bool {
        self.stage == Stage::Planned && !self.is_settled()
    }

    /// Whether something of it is to be learned in this run.
    fn is_open(&self) -> bool {
        self.stage != Stage::Planned && !self.parked && !self.is_settled()
    }

    /// Whether Apple works on it, as far as this run knows.
    fn is_under_way(&self) -> bool {
        self.is_open() && !matches!(self.stage, Stage::Over { .. })
    }

    fn awaits_a_poll(&self) -> bool {
        self.is_open() && self.stage == Stage::Accepted { unreadable: false }
    }

    fn awaits_a_reading(&self) -> bool {
        let reads = match self.stage {
            Stage::Planned => false,
            Stage::Accepted { unreadable } => unreadable,
            Stage::Unanswered { .. } => true,
            Stage::Over { log, .. } => log == Log::Done,
        };
        reads && self.is_open()
    }

    /// Every device without a verdict gets this one.
    fn decide(&mut self, verdict: Standing) {
        for device in &mut self.devices {
            device.verdict.get_or_insert(verdict);
        }
    }

    fn pending(&self, device: Device, waits: bool) -> Pending {
        match self.stage {
            Stage::Planned => Pending::NotSent,
            Stage::Unanswered { accepted: false } => Pending::NoAnswer,
            Stage::Unanswered { accepted: true } => Pending::NoId,
            Stage::Accepted { unreadable: false } if !self.parked => Pending::InProgress,
            Stage::Accepted { .. } => Pending::Unreadable,
            Stage::Over { .. } if device.unread && waits => Pending::NotRead,
            Stage::Over { .. } if device.unread => Pending::NotLooked,
            Stage::Over { .. } => match device.logged {
                Logged::Succeeded => Pending::NotShown,
                _ => Pending::NoLog,
            },
        }
    }
}

impl Change {
    /// A change of batches with this many devices each, of which nothing was sent.
    pub fn new(pace: Pace, sizes: impl IntoIterator<Item = usize>) -> Self {
        let device = Device {
            logged: Logged::NotKnown,
            unread: true,
            verdict: None,
        };
        let batch = |devices| Batch {
            stage: Stage::Planned,
            sent_at: 0,
            due: 0,
            looks: 0,
            learned_at: 0,
            parked: false,
            devices: vec![device; devices],
        };
        Self {
            pace,
            batches: sizes.into_iter().map(batch).collect(),
            not_before: Millis::MIN,
            sends: true,
            waits: true,
        }
    }

    /// The same, which ends as soon as every batch is accepted.
    #[must_use]
    pub fn without_waiting(mut self) -> Self {
        self.waits = false;
        self
    }

    /// Sends nothing more in this run.
    pub fn stop_sending(&mut self) {
        self.sends = false;
    }

    pub fn batches(&self) -> usize {
        self.batches.len()
    }

    /// How many devices a batch has.
    pub fn size(&self, batch: usize) -> usize {
        self.batch(batch).map_or(0, |batch| batch.devices.len())
    }

    /// Where a device of a batch stands.
    pub fn standing(&self, batch: usize, device: usize) -> Standing {
        let batch = self.batch(batch);
        let found = batch.and_then(|batch| Some((batch, batch.devices.get(device)?)));
        match found {
            Some((batch, device)) => match device.verdict {
                Some(verdict) => verdict,
                None => Standing::Pending(batch.pending(*device, self.waits)),
            },
            None => Standing::Pending(Pending::NotSent),
        }
    }

    /// Whether every device of the batch has its result.
    pub fn is_settled(&self, batch: usize) -> bool {
        self.batch(batch).is_none_or(Batch::is_settled)
    }

    /// Whether every device has its result, so that nothing is left for a later run.
    pub fn is_closed(&self) -> bool {
        self.batches.iter().all(Batch::is_settled)
    }

    /// Whether the batch was never sent, or certainly not acted on.
    pub fn is_planned(&self, batch: usize) -> bool {
        self.batch(batch).is_some_and(Batch::is_planned)
    }

    /// The batches that are not sent yet.
    pub fn planned(&self) -> usize {
        let planned = self.batches.iter().filter(|batch| batch.is_planned());
        planned.count()
    }

    /// Whether Apple works on anything of which this run can learn more.
    pub fn has_open(&self) -> bool {
        self.batches.iter().any(Batch::is_open)
    }

    fn batch(&self, batch: usize) -> Option<&Batch> {
        self.batches.get(batch)
    }

    fn batch_mut(&mut self, batch: usize) -> Option<&mut Batch> {
        self.batches.get_mut(batch)
    }

    /// What to do at `now`.
    ///
    /// Sending comes first, then polls and logs. Devices are read when no poll is awaited, or a little later, so that one
    /// reading of a server's list serves as many batches as possible.
    pub fn next(&self, now: Millis) -> Next {
        let all = || self.batches.iter().enumerate();
        let find = |holds: &dyn Fn(&Batch) -> bool| {
            let found = all().find(|(_, batch)| holds(batch));
            found.map(|(number, _)| number)
        };
        let planned = find(&Batch::is_planned).filter(|_| self.sends);
        let under_way = all().filter(|(_, batch)| batch.is_under_way()).count();
        let has_room = under_way < self.pace.under_way;
        if let Some(batch) = planned
            && has_room
            && now >= self.not_before
        {
            return Next::Send(batch);
        }
        if planned.is_none() && !self.waits {
            return Next::End;
        }
        if let Some(batch) = find(&|batch| batch.awaits_a_poll() && batch.due <= now) {
            return Next::Poll(batch);
        }
        let is_log_due = |batch: &Batch| {
            let is_due = matches!(batch.stage, Stage::Over { log: Log::Due, .. });
            is_due && batch.is_open()
        };
        if let Some(batch) = find(&is_log_due) {
            return Next::Log(batch);
        }
        let polls = all().any(|(_, batch)| batch.awaits_a_poll());
        let due = |batch: &Batch| match batch.stage {
            // Those that are still under way may be over by then, too.
            Stage::Over { at, .. } if polls => batch.due.max(at + self.pace.longest_poll),
            _ => batch.due,
        };
        if let Some(batch) = find(&|batch| batch.awaits_a_reading() && due(batch) <= now) {
            let since = self.batches[batch].learned_at;
            return Next::Read { batch, since };
        }
        let open = all().filter(|(_, batch)| batch.is_open());
        let due = open.map(|(_, batch)| due(batch)).min();
        let sends_at = planned
            .filter(|_| has_room)
            .map(|_| self.not_before.max(now));
        match [due, sends_at].into_iter().flatten().min() {
            Some(time) => Next::Wait(time),
            None => Next::End,
        }
    }

    /// A device of a batch that isn't sent is left out.
    pub fn leave_out(&mut self, batch: usize, device: usize, why: Skipped) {
        if let Some(batch) = self.batch_mut(batch)
            && batch.stage == Stage::Planned
            && let Some(device) = batch.devices.get_mut(device)
        {
            device.verdict.get_or_insert(Standing::Skipped(why));
        }
    }

    /// Nothing that isn't sent yet is sent any more.
    pub fn give_up_planned(&mut self, why: Skipped) {
        let planned = self.batches.iter_mut();
        for batch in planned.filter(|batch| batch.stage == Stage::Planned) {
            batch.decide(Standing::Skipped(why));
        }
    }

    /// The line of the batch is on disk, and it is about to be sent. Until an answer is taken in, it has none.
    pub fn sent(&mut self, batch: usize, at: Millis) {
        if let Some(batch) = self.batch_mut(batch) {
            batch.stage = Stage::Unanswered { accepted: false };
            batch.sent_at = at;
            batch.learned_at = at;
            batch.due = at;
            batch.looks = 0;
            batch.parked = false;
        }
    }

    /// Takes in what came of the POST, at `now`.
    pub fn answered(&mut self, number: usize, answer: Answer, now: Millis) {
        let first_poll = self.pace.first_poll;
        let Some(batch) = self.batch_mut(number) else {
            return;
        };
        batch.due = now;
        batch.learned_at = now;
        match answer {
            Answer::Accepted => {
                batch.stage = Stage::Accepted { unreadable: false };
                batch.due = now + first_poll;
            }
            Answer::AcceptedWithoutId => {
                batch.stage = Stage::Unanswered { accepted: true };
                batch.due = now + first_poll;
            }
            Answer::NotKnown => {}
            Answer::Refused => {
                batch.stage = Stage::Planned;
                batch.decide(Standing::Failed(Failed::Refused));
            }
            Answer::RefusedAll => {
                batch.stage = Stage::Planned;
                let planned = self.batches.iter_mut();
                for batch in planned.filter(|batch| batch.stage == Stage::Planned) {
                    batch.decide(Standing::Failed(Failed::Refused));
                }
            }
            Answer::NotActedOn(until) => {
                batch.stage = Stage::Planned;
                self.not_before = until;
            }
            Answer::NotSent => {
                batch.stage = Stage::Planned;
                self.sends = false;
            }
        }
    }

    /// Nothing may be sent before this time: a limit.
    pub fn limited(&mut self, until: Millis) {
        self.not_before = until;
    }

    /// Takes in what the activity of the batch says, at `now`.
    pub fn polled(&mut self, batch: usize, poll: Poll, now: Millis) {
        let pace = self.pace;
        let Some(batch) = self.batch_mut(batch) else {
            return;
        };
        let log = |log| if log { Log::Due } else { Log::Done };
        batch.stage = match poll {
            Poll::InProgress if now - batch.sent_at < pace.day => {
                batch.due = now + pace.after(batch.looks);
                batch.looks = batch.looks.saturating_add(1);
                return;
            }
            // After a day only the readings decide.
            Poll::InProgress => Stage::Unanswered { accepted: true },
            Poll::NotRead => Stage::Accepted { unreadable: true },
            Poll::Completed { log: has_log } => Stage::Over {
                at: now,
                given_up: false,
                log: log(has_log),
            },
            Poll::GivenUp { log: has_log } => Stage::Over {
                at: now,
                given_up: true,
                log: log(has_log),
            },
        };
        batch.learned_at = now;
        batch.due = now;
        if poll != Poll::NotRead {
            batch.looks = 0;
        }
    }

    /// Takes in the log of the batch; `logged` says for each device what it has.
    pub fn logged(&mut self, batch: usize, logged: impl Fn(usize) -> Logged) {
        if let Some(batch) = self.batch_mut(batch)
            && let Stage::Over { log, .. } = &mut batch.stage
        {
            *log = Log::Done;
            for (number, device) in batch.devices.iter_mut().enumerate() {
                device.logged = logged(number);
            }
        }
    }

    /// Takes in a reading of the devices of the batch that have no result; `seen` says for each what was read. It began at
    /// `began`, and it is `now`.
    pub fn read(&mut self, batch: usize, seen: impl Fn(usize) -> Seen, began: Millis, now: Millis) {
        let pace = self.pace;
        let Some(batch) = self.batch_mut(batch) else {
            return;
        };
        let is_old = began - batch.sent_at >= pace.day;
        let (stage, sent_at) = (batch.stage, batch.sent_at);
        let (given_up, settled) = match stage {
            Stage::Over { at, given_up, .. } => (given_up, began - at >= pace.settle),
            _ => (false, false),
        };
        for (number, device) in batch.devices.iter_mut().enumerate() {
            if device.verdict.is_some() {
                continue;
            }
            let seen = seen(number);
            device.unread = seen == Seen::NotRead;
            device.verdict = match (seen, device.logged) {
                (Seen::AsWished, _) => Some(Standing::Done),
                (Seen::Otherwise, Logged::Failed) => Some(Standing::Failed(Failed::Logged)),
                // An assignment may show late.
                (Seen::Otherwise, Logged::NotKnown) if given_up => {
                    settled.then_some(Standing::Failed(Failed::GivenUp))
                }
                (Seen::Otherwise, _) if is_old => Some(Standing::NotKnown),
                (Seen::Otherwise | Seen::NotRead, _) => None,
            };
        }
        // As long as a later reading may say more, look again.
        let until = match stage {
            Stage::Over { at, .. } => at + pace.settle,
            _ => sent_at + pace.read_back,
        };
        if began >= until {
            batch.parked = true;
            return;
        }
        if matches!(stage, Stage::Accepted { .. }) {
            batch.stage = Stage::Accepted { unreadable: false };
        }
        batch.learned_at = now;
        batch.due = (now + pace.after(batch.looks)).min(until.max(now + 1));
        batch.looks = batch.looks.saturating_add(1);
    }

    /// Takes in the result that an earlier run wrote down for a device.
    pub fn remember(&mut self, batch: usize, device: usize, standing: Standing) {
        if standing.is_final()
            && let Some(batch) = self.batch_mut(batch)
            && let Some(device) = batch.devices.get_mut(device)
        {
            device.verdict = Some(standing);
        }
    }

    /// Begins another run of what is left, at `now`: after the lines of the earlier ones were taken in.
    pub fn resume(&mut self, now: Millis) {
        for batch in &mut self.batches {
            batch.parked = false;
            batch.looks = 0;
            batch.due = now;
            batch.learned_at = now;
        }
    }
}
