//! Every order of faults, late acts, kills and a colleague, within bounds: a breadth-first search over [`Change`] and a model
//! of Apple, which checks at every moment what must hold (docs/design/device-changes.md).
//!
//! Over 400 lines: the model, the search and its bounds are read together.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::FixedState as Hasher;
use foldhash::quality::FixedState;

use super::*;

const BATCHES: usize = 2;
const EACH: usize = 2;
const DEVICES: usize = BATCHES * EACH;
/// Few different times make few states: only their order matters to the machine.
const SHORT: Pace = Pace {
    first_poll: 1,
    longest_poll: 1,
    read_back: 2,
    settle: 2,
    day: 6,
    under_way: 4,
};

/// What is searched.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    runs: u8,
    faults: u8,
    /// Whether somebody else moves a device once, at any moment.
    colleague: bool,
    under_way: usize,
    without: Rule,
}

/// A rule that is left out, to see that the search notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    None,
    NoAnswerIsNotARefusal,
    ALineWithoutAnswerMayHaveBeenSent,
    TheLineIsWrittenBeforeTheRequest,
    ARefusalIsWrittenOnlyIfItIsCertain,
    AnAnswerWithoutAnIdIsAccepted,
    ALogIsCheckedByReading,
    AnActivityThatCantBeReadIsNotOver,
    AReadingThatFailedIsNotARefutation,
    AnAssignmentMayShowLate,
    WithoutAnAnswerNothingFails,
    ADayPassesBeforeNobodyKnows,
}

/// What Apple makes of a POST that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Work {
    /// It is acted on at any later step.
    Ahead,
    Over {
        given_up: bool,
        /// The devices of the batch that it failed for.
        failed: [bool; EACH],
        /// The log says that it succeeded for all.
        lies: bool,
    },
}

/// Apple: what is so, the version before that reads may still show, and what is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct World {
    /// The devices that are on the wished server.
    there: [bool; DEVICES],
    /// How long reads may still show that a device isn't what it is.
    old: [Millis; DEVICES],
    work: [Option<Work>; BATCHES],
    /// Whether the activity has an id that abmctl was told.
    sent_ago: [Option<Millis>; BATCHES],
}

/// What the journal says of a batch; times as those of the machine, of which now is always 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Line {
    None,
    Sent(Millis),
    Accepted(Millis),
    AcceptedWithoutId(Millis),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    world: World,
    lines: [Line; BATCHES],
    results: [Option<Standing>; DEVICES],
    /// How long ago the last line was written.
    idle: Millis,
    /// The run, if one runs.
    run: Option<Change>,
    /// What was said of each device, once it was final.
    said: [Option<Standing>; DEVICES],
    touched: Option<usize>,
    /// No reading succeeds in the rest of this run.
    outage: bool,
    colleague: bool,
    runs: u8,
    faults: u8,
}

fn place(batch: usize, device: usize) -> usize {
    batch * EACH + device
}

impl World {
    fn set(&mut self, device: usize, there: bool) {
        if self.there[device] != there {
            self.there[device] = there;
            self.old[device] = SHORT.settle;
        }
    }

    /// Apple acts on a batch.
    fn act(&mut self, batch: usize, given_up: bool, failed: [bool; EACH], lies: bool) {
        for (device, failed) in failed.into_iter().enumerate() {
            if !failed {
                self.set(place(batch, device), true);
            }
        }
        self.work[batch] = Some(Work::Over {
            given_up,
            failed,
            lies,
        });
    }
}

/// The machine shifted in time, so that now is 0, without times that make no difference any more.
fn shift(run: &mut Change, by: Millis) {
    let pace = run.pace;
    let ago = |time: Millis, most: Millis| (time - by).max(-most);
    run.not_before = ago(run.not_before, 0);
    for batch in &mut run.batches {
        batch.sent_at = ago(batch.sent_at, pace.day);
        batch.due = ago(batch.due, 0);
        batch.learned_at = 0;
        batch.looks = batch.looks.min(1);
        if let Stage::Over { at, .. } = &mut batch.stage {
            *at = ago(*at, pace.settle);
        }
        if batch.is_settled() {
            (batch.sent_at, batch.due, batch.looks) = (0, 0, 0);
        }
    }
}

impl State {
    fn beginning(bounds: &Bounds) -> Self {
        let state = Self {
            world: World {
                there: [false; DEVICES],
                old: [0; DEVICES],
                work: [None; BATCHES],
                sent_ago: [None; BATCHES],
            },
            lines: [Line::None; BATCHES],
            results: [None; DEVICES],
            idle: 0,
            run: None,
            said: [None; DEVICES],
            touched: None,
            outage: false,
            colleague: bounds.colleague,
            runs: bounds.runs,
            faults: bounds.faults,
        };
        state.begin(bounds)
    }

    /// Begins a run by the lines of the journal.
    fn begin(mut self, bounds: &Bounds) -> Self {
        let pace = Pace {
            under_way: bounds.under_way,
            ..SHORT
        };
        let mut run = Change::new(pace, [EACH; BATCHES]);
        for (batch, line) in self.lines.iter().enumerate() {
            match *line {
                Line::Sent(_) if bounds.without == Rule::ALineWithoutAnswerMayHaveBeenSent => {}
                Line::None => {}
                Line::Sent(at) => run.sent(batch, at),
                Line::Accepted(at) => {
                    run.sent(batch, at);
                    run.answered(batch, Answer::Accepted, at);
                }
                Line::AcceptedWithoutId(at) => {
                    run.sent(batch, at);
                    run.answered(batch, Answer::AcceptedWithoutId, at);
                }
            }
            for device in 0..EACH {
                if let Some(result) = self.results[place(batch, device)] {
                    run.remember(batch, device, result);
                }
            }
        }
        if self.idle >= SHORT.day {
            run.give_up_planned(Skipped::TooLate);
        }
        run.resume(0);
        self.outage = false;
        self.runs = self.runs.saturating_sub(1);
        self.with(run, bounds)
    }

    /// Takes in a step of the run: what is final is written and said.
    fn with(mut self, mut run: Change, bounds: &Bounds) -> Self {
        shift(&mut run, 0);
        for batch in 0..BATCHES {
            for device in 0..EACH {
                let standing = run.standing(batch, device);
                let place = place(batch, device);
                if standing.is_final() {
                    self.said[place].get_or_insert(standing);
                    self.results[place] = Some(standing);
                }
                let unanswered = Standing::Pending(Pending::NoAnswer);
                if bounds.without == Rule::WithoutAnAnswerNothingFails
                    && standing == unanswered
                    && run.batches[batch].parked
                {
                    self.said[place] = Some(Standing::Failed(Failed::GivenUp));
                }
                let waits = matches!(standing, Standing::Pending(it) if it != Pending::NotSent);
                if bounds.without == Rule::ADayPassesBeforeNobodyKnows
                    && waits
                    && run.batches[batch].parked
                {
                    self.said[place] = Some(Standing::NotKnown);
                }
            }
        }
        self.run = Some(run);
        self
    }

    /// The run is over: it ended, gave up waiting, or was killed.
    fn without_run(mut self) -> Self {
        self.run = None;
        self
    }

    /// Time passes.
    fn later(mut self, by: Millis) -> Self {
        let ago = |time: Millis| (time - by).max(-SHORT.day);
        for old in &mut self.world.old {
            *old = (*old - by).max(0);
        }
        for batch in 0..BATCHES {
            let line = &mut self.lines[batch];
            *line = match *line {
                Line::None => Line::None,
                Line::Sent(at) => Line::Sent(ago(at)),
                Line::Accepted(at) => Line::Accepted(ago(at)),
                Line::AcceptedWithoutId(at) => Line::AcceptedWithoutId(ago(at)),
            };
            let sent_ago = &mut self.world.sent_ago[batch];
            *sent_ago = sent_ago.map(|ago| (ago + by).min(SHORT.day));
            // Nothing is acted on after a day.
            if *sent_ago == Some(SHORT.day) && self.world.work[batch] == Some(Work::Ahead) {
                match self.lines[batch] {
                    Line::Sent(_) | Line::None => self.world.work[batch] = None,
                    _ => self.world.act(batch, false, [false; EACH], false),
                }
            }
        }
        self.idle = (self.idle + by).min(SHORT.day);
        if let Some(run) = &mut self.run {
            shift(run, by);
        }
        self
    }

    /// What must hold at every moment.
    fn check(&self) -> Result<(), String> {
        for (batch, work) in self.world.work.iter().enumerate() {
            if *work == Some(Work::Ahead) && self.lines[batch] == Line::None {
                return Err(format!("I2: batch {batch} may be acted on and isn't noted"));
            }
        }
        for device in 0..DEVICES {
            if self.touched == Some(device) {
                continue;
            }
            let there = self.world.there[device];
            let ahead = self.world.work[device / EACH] == Some(Work::Ahead);
            match self.said[device] {
                Some(Standing::Done) if !there => {
                    return Err(format!("I3: device {device} is said to be done"));
                }
                Some(Standing::Failed(why)) if there || ahead => {
                    return Err(format!(
                        "I3: device {device} is said to have failed, {why:?}"
                    ));
                }
                Some(Standing::NotKnown) if ahead => {
                    return Err(format!("I3: device {device} may still be acted on"));
                }
                _ => {}
            }
            // What is said of a device stays so.
            if let (Some(said), Some(run)) = (self.said[device], &self.run) {
                let now = run.standing(device / EACH, device % EACH);
                if now.is_final() && now != said && said != Standing::NotKnown {
                    return Err(format!("I4: device {device} is {said:?}, then {now:?}"));
                }
            }
        }
        Ok(())
    }

    /// What must hold after a healthy run: at once, and after a day.
    fn check_healthy(&self, bounds: &Bounds) -> Result<(), String> {
        for by in [0, SHORT.day] {
            let state = Self {
                faults: 0,
                runs: 1,
                colleague: false,
                ..self.clone()
            };
            let mut state = state.later(by).begin(bounds);
            let mut steps = 0;
            while let Some(run) = &state.run {
                let run = run.clone();
                steps += 1;
                if steps > 100 {
                    return Err("a healthy run doesn't end".into());
                }
                state = match run.next(0) {
                    Next::End => {
                        for batch in 0..BATCHES {
                            for device in 0..EACH {
                                let standing = run.standing(batch, device);
                                let sent = standing != Standing::Pending(Pending::NotSent);
                                if !(standing.is_final() || by == 0 && sent) {
                                    return Err(format!(
                                        "I5: device {device} of batch {batch} is {standing:?} after {by}"
                                    ));
                                }
                            }
                        }
                        state.without_run()
                    }
                    next => state.healthy(&run, next, bounds)?,
                };
                state.check()?;
            }
        }
        Ok(())
    }

    /// Sends a batch: notes it, and checks that none of its devices may be acted on by an earlier POST.
    fn post(&mut self, batch: usize, bounds: &Bounds) -> Result<(), String> {
        self.check_once(batch)?;
        if bounds.without != Rule::TheLineIsWrittenBeforeTheRequest {
            self.lines[batch] = Line::Sent(0);
        }
        self.idle = 0;
        Ok(())
    }

    fn check_once(&self, batch: usize) -> Result<(), String> {
        match self.world.sent_ago[batch] {
            Some(ago) => Err(format!("I1: batch {batch} is sent again after {ago}")),
            None => Ok(()),
        }
    }

    /// The next state if nothing goes wrong.
    fn healthy(&self, run: &Change, next: Next, bounds: &Bounds) -> Result<Self, String> {
        let mut state = self.clone();
        let mut run = run.clone();
        match next {
            Next::Send(batch) => {
                state.post(batch, bounds)?;
                run.sent(batch, 0);
                state.world.sent_ago[batch] = Some(0);
                state.world.work[batch] = Some(Work::Ahead);
                state.lines[batch] = Line::Accepted(0);
                run.answered(batch, Answer::Accepted, 0);
            }
            Next::Poll(batch) => {
                if state.world.work[batch] == Some(Work::Ahead) {
                    state.world.act(batch, false, [false; EACH], false);
                }
                run.polled(batch, state.poll(batch), 0);
            }
            Next::Log(batch) => state.log(&mut run, batch, true, bounds),
            Next::Read { batch, .. } => {
                let there = state.world.there;
                let shown = |device: usize| (!state.outage).then_some(there[device]);
                Self::reading(&mut run, batch, shown, bounds);
            }
            Next::Wait(time) => return Ok(state.with(run, bounds).later(time.max(1))),
            Next::End => return Ok(state.without_run()),
        }
        Ok(state.with(run, bounds))
    }

    fn poll(&self, batch: usize) -> Poll {
        match self.world.work[batch] {
            Some(Work::Over { given_up: true, .. }) => Poll::GivenUp { log: false },
            Some(Work::Over { .. }) => Poll::Completed { log: true },
            _ => Poll::InProgress,
        }
    }

    fn log(&self, run: &mut Change, batch: usize, read: bool, bounds: &Bounds) {
        let logged = |device: usize| match self.world.work[batch] {
            Some(Work::Over { failed, lies, .. }) if read => {
                if failed[device] && !lies {
                    Logged::Failed
                } else {
                    Logged::Succeeded
                }
            }
            _ => Logged::NotKnown,
        };
        run.logged(batch, logged);
        if bounds.without == Rule::ALogIsCheckedByReading {
            let seen = |device: usize| match logged(device) {
                Logged::Succeeded => Seen::AsWished,
                Logged::Failed => Seen::Otherwise,
                Logged::NotKnown => Seen::NotRead,
            };
            run.read(batch, seen, 0, 0);
        }
    }

    fn reading(
        run: &mut Change,
        batch: usize,
        there: impl Fn(usize) -> Option<bool>,
        bounds: &Bounds,
    ) {
        let seen = |device: usize| match there(place(batch, device)) {
            Some(true) => Seen::AsWished,
            Some(false) => Seen::Otherwise,
            None if bounds.without == Rule::AReadingThatFailedIsNotARefutation => Seen::Otherwise,
            None => Seen::NotRead,
        };
        if let Stage::Over { at, .. } = &mut run.batches[batch].stage
            && bounds.without == Rule::AnAssignmentMayShowLate
        {
            *at = -SHORT.settle;
        }
        run.read(batch, seen, 0, 0);
    }

    fn following(&self, bounds: &Bounds) -> Result<Vec<(String, Self)>, String> {
        let mut all = Vec::new();
        for batch in 0..BATCHES {
            let known = matches!(self.lines[batch], Line::Accepted(_));
            if self.world.work[batch] == Some(Work::Ahead) && !known {
                let mut state = self.clone();
                state.world.act(batch, false, [false; EACH], false);
                all.push((format!("batch {batch} is acted on"), state));
            }
        }
        if self.colleague {
            for device in 0..DEVICES {
                let mut state = self.clone();
                state.colleague = false;
                state.touched = Some(device);
                state.world.set(device, !state.world.there[device]);
                all.push((format!("a colleague moves {device}"), state));
            }
        }
        let Some(run) = &self.run else {
            if self.runs > 0 {
                for by in [0, 1, SHORT.read_back, SHORT.day] {
                    let state = self.clone().later(by).begin(bounds);
                    all.push((format!("{by} later another run begins"), state));
                }
            }
            return Ok(all);
        };
        let next = run.next(0);
        all.push((format!("{next:?} right"), self.healthy(run, next, bounds)?));
        if matches!(next, Next::Wait(_)) {
            let state = self.clone().without_run();
            all.push(("the run gives up waiting".into(), state));
        }
        if self.faults == 0 || next == Next::End {
            return Ok(all);
        }
        let mut fault = self.clone();
        fault.faults -= 1;
        all.push(("killed".into(), fault.clone().without_run()));
        match next {
            Next::Send(batch) => fault.faulty_sending(run, batch, bounds, &mut all)?,
            Next::Poll(batch) => fault.faulty_poll(run, batch, bounds, &mut all),
            Next::Log(batch) => {
                let mut run = run.clone();
                fault.log(&mut run, batch, false, bounds);
                all.push(("the log isn't read".into(), fault.with(run, bounds)));
            }
            Next::Read { batch, .. } if !self.outage => {
                let mut failed = run.clone();
                Self::reading(&mut failed, batch, |_| None, bounds);
                let mut state = fault.clone().with(failed, bounds);
                all.push(("the reading fails".into(), state.clone()));
                state.outage = true;
                all.push(("all readings fail from now on".into(), state));
                let (there, old) = (self.world.there, self.world.old);
                let mut run = run.clone();
                let shown = |device: usize| Some(there[device] != (old[device] > 0));
                Self::reading(&mut run, batch, shown, bounds);
                all.push(("the reading is old".into(), fault.with(run, bounds)));
            }
            Next::Read { .. } | Next::Wait(_) | Next::End => {}
        }
        Ok(all)
    }

    fn faulty_sending(
        &self,
        run: &Change,
        batch: usize,
        bounds: &Bounds,
        all: &mut Vec<(String, Self)>,
    ) -> Result<(), String> {
        let mut push = |what: &str, state: Self| all.push((format!("{what} {batch}"), state));
        let mut unwritten = run.clone();
        unwritten.answered(batch, Answer::NotSent, 0);
        push("can't note", self.clone().with(unwritten, bounds));
        let mut sent = self.clone();
        sent.post(batch, bounds)?;
        let mut started = run.clone();
        started.sent(batch, 0);
        push("killed before sending", sent.clone().without_run());
        for answer in [
            Answer::Refused,
            Answer::RefusedAll,
            Answer::NotActedOn(1),
            Answer::NotSent,
        ] {
            let mut state = sent.clone();
            let mut run = started.clone();
            state.lines[batch] = Line::None;
            run.answered(batch, answer, 0);
            push(&format!("{answer:?}"), state.with(run, bounds));
        }
        // It got no answer: Apple never acts on it, or at any later step.
        for acts in [false, true] {
            let mut state = sent.clone();
            state.world.sent_ago[batch] = Some(0);
            state.world.work[batch] = acts.then_some(Work::Ahead);
            push("killed after sending", state.clone().without_run());
            let mut run = started.clone();
            let answer = match bounds.without {
                Rule::NoAnswerIsNotARefusal => Answer::NotActedOn(1),
                _ => Answer::NotKnown,
            };
            if bounds.without == Rule::ARefusalIsWrittenOnlyIfItIsCertain {
                state.lines[batch] = Line::None;
            }
            run.answered(batch, answer, 0);
            push("no answer to", state.with(run, bounds));
        }
        let mut state = sent.clone();
        state.world.sent_ago[batch] = Some(0);
        state.world.work[batch] = Some(Work::Ahead);
        let mut run = started.clone();
        if bounds.without == Rule::AnAnswerWithoutAnIdIsAccepted {
            run.answered(batch, Answer::Refused, 0);
        } else {
            state.lines[batch] = Line::AcceptedWithoutId(0);
            run.answered(batch, Answer::AcceptedWithoutId, 0);
        }
        push("no id for", state.with(run, bounds));
        Ok(())
    }

    fn faulty_poll(
        &self,
        run: &Change,
        batch: usize,
        bounds: &Bounds,
        all: &mut Vec<(String, Self)>,
    ) {
        let mut push = |what: &str, state: &Self, poll: Poll| {
            let mut run = run.clone();
            run.polled(batch, poll, 0);
            all.push((format!("{what} {batch}"), state.clone().with(run, bounds)));
        };
        let unreadable = match bounds.without {
            Rule::AnActivityThatCantBeReadIsNotOver => Poll::GivenUp { log: false },
            _ => Poll::NotRead,
        };
        push("can't poll", self, unreadable);
        if self.world.work[batch] != Some(Work::Ahead) {
            return;
        }
        push("in progress:", self, Poll::InProgress);
        for (what, given_up, failed, lies) in [
            ("partly failed:", false, [true, false], false),
            (
                "partly failed, and the log lies:",
                false,
                [true, false],
                true,
            ),
            ("given up:", true, [true, true], false),
            ("given up, partly done:", true, [true, false], false),
        ] {
            let mut state = self.clone();
            state.world.act(batch, given_up, failed, lies);
            let poll = state.poll(batch);
            push(what, &state, poll);
            // It is over, and that isn't learned yet.
            push(&format!("{what} can't poll"), &state, unreadable);
        }
    }
}

/// States are told apart by 64 bits.
fn fingerprint(state: &State) -> u64 {
    FixedState::with_seed(1).hash_one(state)
}

/// Searches everything within the bounds: the number of states, or the shortest trace to a state in which something doesn't hold.
fn search(bounds: &Bounds) -> Result<usize, String> {
    let beginning = State::beginning(bounds);
    let mut known: HashSet<u64, Hasher> = HashSet::default();
    known.insert(fingerprint(&beginning));
    let mut level = vec![(beginning, None)];
    // Each state's step and the index of its parent, for traces.
    let mut steps: Vec<(String, Option<usize>)> = Vec::new();
    while !level.is_empty() {
        let mut following = Vec::new();
        for (state, step) in level {
            let fail = |why: String, state: &State| {
                let mut way = Vec::new();
                let mut at: Option<usize> = step;
                while let Some((text, parent)) = at.and_then(|at| steps.get(at)) {
                    way.push(text.as_str());
                    at = *parent;
                }
                way.reverse();
                format!("{why}\n  {}\n{state:#?}", way.join("\n  "))
            };
            state.check().map_err(|why| fail(why, &state))?;
            if state.run.is_none() {
                let healthy = state.check_healthy(bounds);
                healthy.map_err(|why| fail(why, &state))?;
            }
            let nexts = state.following(bounds).map_err(|why| fail(why, &state))?;
            for (text, next) in nexts {
                if known.insert(fingerprint(&next)) {
                    steps.push((text, step));
                    following.push((next, Some(steps.len() - 1)));
                }
            }
        }
        level = following;
    }
    Ok(known.len())
}

const NARROW: Bounds = Bounds {
    runs: 2,
    faults: 2,
    colleague: false,
    under_way: 4,
    without: Rule::None,
};

#[allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "shown with --nocapture"
)]
fn holds(bounds: &Bounds) {
    let started = std::time::Instant::now();
    match search(bounds) {
        Ok(states) => eprintln!("{states} states in {:?}: {bounds:?}", started.elapsed()),
        Err(trace) => panic!("{bounds:?}\n{trace}"),
    }
}

#[test]
fn polls_become_rarer() {
    let times = (0..7).map(|looks| PACE.after(looks) / SECOND);
    assert_eq!(times.collect::<Vec<_>>(), [10, 15, 22, 33, 50, 60, 60]);
}

#[test]
fn two_faults_anywhere_lose_nothing_and_send_nothing_twice() {
    holds(&NARROW);
}

#[test]
fn the_same_one_batch_after_the_other() {
    holds(&Bounds {
        under_way: 1,
        ..NARROW
    });
}

#[test]
fn a_colleague_harms_only_what_the_colleague_moves() {
    holds(&Bounds {
        colleague: true,
        faults: 1,
        ..NARROW
    });
}

#[test]
fn without_any_of_these_rules_the_search_fails() {
    for without in [
        Rule::NoAnswerIsNotARefusal,
        Rule::ALineWithoutAnswerMayHaveBeenSent,
        Rule::TheLineIsWrittenBeforeTheRequest,
        Rule::ARefusalIsWrittenOnlyIfItIsCertain,
        Rule::AnAnswerWithoutAnIdIsAccepted,
        Rule::ALogIsCheckedByReading,
        Rule::AnActivityThatCantBeReadIsNotOver,
        Rule::AReadingThatFailedIsNotARefutation,
        Rule::AnAssignmentMayShowLate,
        Rule::WithoutAnAnswerNothingFails,
        Rule::ADayPassesBeforeNobodyKnows,
    ] {
        let found = search(&Bounds { without, ..NARROW });
        let is_traced = found.as_ref().is_err_and(|why| why.contains("\n  "));
        assert!(is_traced, "{without:?}: {found:?}");
    }
}

#[test]
#[ignore = "takes minutes, optimized"]
fn three_faults_and_three_runs() {
    for (under_way, colleague) in [(4, false), (1, false), (4, true)] {
        holds(&Bounds {
            runs: 3,
            faults: 3,
            under_way,
            colleague,
            ..NARROW
        });
    }
}
