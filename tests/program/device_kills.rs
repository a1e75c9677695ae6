//! `devices assign` and `devices resume` are killed: no device is lost, sent twice or misreported.
//!
//! A kill comes at a request that the emulator holds back, so that it needs no luck, or right after something that shows in the
//! journal or at the emulator. A day passes by moving the journal's times back.
//!
//! Over 400 lines: how an assignment is run, killed and judged is one set of helpers.

#![allow(clippy::print_stdout, reason = "shown with --nocapture")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Seek as _};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::*;

const ACTIVITIES: &str = "/v1/orgDeviceActivities";
/// Assignments at once: they wait more than they work.
const AT_ONCE: usize = 4;
/// After that nobody looks at the moment of a kill any more.
const LONGEST_RUN: Duration = Duration::from_secs(60);
/// When a request is acted on that is acted on late.
const LATE: Duration = Duration::from_millis(300);

/// What kills found.
#[derive(Debug, Default)]
struct Found {
    kills: usize,
    /// Kills after which a line of the journal had no answer, and Apple had no request.
    before_request: usize,
    /// Kills after which a line of the journal had no answer, and Apple had its request.
    before_answer: usize,
    /// Kills after which Apple's answer was in the journal, and a result wasn't.
    before_result: usize,
    assignments: usize,
    activities: usize,
    /// Devices whose request never reached Apple: nobody can know, which is said.
    pending: usize,
    lost: Vec<String>,
    sent_twice: Vec<String>,
    misreported: Vec<String>,
}

/// What one run told, and its exit code if it ended.
struct Ran {
    /// The results by serial number.
    rows: BTreeMap<String, Vec<String>>,
    code: Option<i32>,
    complaints: String,
}

/// The lines of the journal, as far as this is concerned.
#[derive(Default)]
struct Lines {
    is_begun: bool,
    /// The devices of each part that was sent, or was about to be.
    sent: BTreeMap<u64, Vec<String>>,
    /// Parts that were sent more often than once.
    sent_again: Vec<u64>,
    accepted: BTreeSet<u64>,
    /// The results by serial number.
    ended: BTreeMap<String, Vec<String>>,
}

/// One assignment of devices to a server, and what its runs told.
struct Assignment {
    number: usize,
    apple: Apple,
    serials: Vec<String>,
    target: String,
    begin: Vec<String>,
    go_on: Vec<String>,
    /// What any run told, by serial number.
    said: BTreeMap<String, BTreeSet<String>>,
    kills: usize,
    /// Kills between line and request, between request and answer, between answer and result.
    moments: [usize; 3],
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}

fn add(results: &mut BTreeMap<String, Vec<String>>, serial: &str, result: &Value) {
    let known = results.entry(serial.to_owned()).or_default();
    known.push(result.as_str().unwrap_or_default().to_owned());
}

impl Assignment {
    /// Of so many devices, in parts of `batch`.
    fn new(number: usize, options: Options, devices: usize, batch: usize, max_wait: &str) -> Self {
        let apple = Apple::of(options);
        let (serials, target) = apple.running.organization(|acme| {
            let target = acme.servers[0].id.clone();
            let others = acme.devices.iter();
            let others = others
                .filter(|it| it.server_id.as_ref() != Some(&target) && it.migration.is_none());
            let serials: Vec<String> = others
                .map(|it| it.serial_number.clone())
                .take(devices)
                .collect();
            (serials, target)
        });
        assert_eq!(serials.len(), devices);
        let list = apple.home.path().join("serials.txt");
        std::fs::write(&list, serials.join("\n")).unwrap();
        let words = |line: String| line.split(' ').map(str::to_owned).collect();
        Self {
            number,
            serials,
            target,
            begin: words(format!(
                "devices assign --server prod --serials {} --batch {batch} --yes --even-if-idle -o ndjson --max-wait {max_wait}",
                list.display()
            )),
            go_on: words(format!("devices resume -o ndjson --max-wait {max_wait}")),
            apple,
            said: BTreeMap::new(),
            kills: 0,
            moments: [0; 3],
        }
    }

    fn path(&self) -> PathBuf {
        self.apple.home.path().join("state/journal.ndjson")
    }

    fn lines(&self) -> Lines {
        let mut lines = Lines::default();
        let text = std::fs::read_to_string(self.path()).unwrap_or_default();
        for line in text.lines() {
            // A line that was cut by a kill is no line.
            let Ok(line) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let event = &line["event"];
            lines.is_begun |= event["begun"].is_object();
            if let Some(part) = event["devices_sent"]["batch"].as_u64() {
                let serials = texts(&event["devices_sent"]["serial_numbers"]);
                if lines.sent.insert(part, serials).is_some() {
                    lines.sent_again.push(part);
                }
            }
            if let Some(part) = event["devices_accepted"]["batch"].as_u64() {
                lines.accepted.insert(part);
            }
            for results in event["devices_ended"]["results"]
                .as_array()
                .into_iter()
                .flatten()
            {
                for serial in texts(&results["serial_numbers"]) {
                    add(&mut lines.ended, &serial, &results["ended"]);
                }
            }
        }
        lines
    }

    /// Runs the command that is next, which is `devices resume` if something was begun; kills it as soon as `is_time`.
    fn run(&mut self, is_time: &dyn Fn() -> bool) -> Ran {
        let is_begun = self.lines().is_begun;
        let arguments = if is_begun { &self.go_on } else { &self.begin };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.apple.command(&arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        let complaints = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let limit = Instant::now() + LONGEST_RUN;
        let code = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status.code();
            }
            if is_time() {
                child.kill().unwrap();
                break child.wait().unwrap().code();
            }
            assert!(Instant::now() < limit, "it did not end: {arguments:?}");
            std::thread::sleep(Duration::from_millis(2));
        };
        let text = reader.join().unwrap();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut rows = BTreeMap::new();
        for line in whole.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            if let Some(serial) = row["serial_number"].as_str() {
                add(&mut rows, serial, &row["result"]);
            }
        }
        for (serial, results) in &rows {
            let said = self.said.entry(serial.clone()).or_default();
            said.extend(results.iter().cloned());
        }
        if code.is_none() {
            self.killed();
        }
        Ran {
            rows,
            code,
            complaints: complaints.join().unwrap(),
        }
    }

    /// Counts a kill by what was left.
    fn killed(&mut self) {
        self.kills += 1;
        let lines = self.lines();
        let at_apple = self.at_apple();
        let unanswered = lines
            .sent
            .iter()
            .filter(|(part, _)| !lines.accepted.contains(part));
        for (_, serials) in unanswered {
            let is_there = serials.iter().any(|it| at_apple.contains_key(it));
            self.moments[usize::from(is_there)] += 1;
        }
        let accepted = lines
            .sent
            .iter()
            .filter(|(part, _)| lines.accepted.contains(part));
        let open = |serials: &Vec<String>| serials.iter().any(|it| !lines.ended.contains_key(it));
        self.moments[2] += accepted.filter(|(_, serials)| open(serials)).count();
    }

    /// In how many activities Apple has each device.
    fn at_apple(&self) -> BTreeMap<String, usize> {
        self.apple.running.organization(|acme| {
            let mut sent: BTreeMap<String, usize> = BTreeMap::new();
            for serial in acme.activities.iter().flat_map(|it| &it.devices) {
                *sent.entry(serial.clone()).or_default() += 1;
            }
            sent
        })
    }

    fn placed(&self) -> BTreeSet<String> {
        self.apple.running.organization(|acme| {
            let devices = acme.devices.iter();
            let there = devices.filter(|it| it.server_id.as_ref() == Some(&self.target));
            there.map(|it| it.serial_number.clone()).collect()
        })
    }

    /// Lets runs end, until nothing more is to be learned for a day.
    fn settle(&mut self) -> Ran {
        let mut last = String::new();
        for _ in 0..8 {
            let ran = self.run(&|| false);
            let lines = self.lines();
            let at_apple = self.at_apple();
            let reached = |serial: &String| at_apple.contains_key(serial);
            let sent: usize = lines.sent.values().map(Vec::len).sum();
            let pending = ran.rows.iter().filter(|(_, told)| *told == &["pending"]);
            let mut pending = pending.map(|(serial, _)| serial);
            if sent == self.serials.len() && !pending.any(reached) {
                return ran;
            }
            let mut results: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
            for told in ran.rows.values() {
                *results.entry(told).or_default() += 1;
            }
            last = format!("{sent} sent, {results:?}, {}", ran.complaints);
        }
        panic!("assignment {} doesn't settle: {last}", self.number);
    }

    /// Moves the journal's times back by more than a day.
    fn let_a_day_pass(&self) {
        let text = std::fs::read_to_string(self.path()).unwrap();
        let mut moved = String::new();
        for line in text.lines() {
            let Ok(mut line) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let at: Timestamp = line["at"].as_str().unwrap().parse().unwrap();
            line["at"] = (at - SignedDuration::from_hours(25)).to_string().into();
            moved += &format!("{line}\n");
        }
        std::fs::write(self.path(), moved).unwrap();
    }

    /// Compares what was told with what is so: at the end of the runs, and a day later.
    fn judge(mut self, found: &Mutex<Found>) {
        let ran = self.settle();
        let number = self.number;
        let (placed, at_apple) = (self.placed(), self.at_apple());
        let lines = self.lines();
        // Killed after its end: only the journal tells.
        let rows = if ran.rows.is_empty() {
            &lines.ended
        } else {
            &ran.rows
        };
        let mut misreported = Vec::new();
        let mut lost = Vec::new();
        let mut pending = BTreeSet::new();
        for serial in &self.serials {
            let told = rows.get(serial).map(Vec::as_slice).unwrap_or_default();
            let is_placed = placed.contains(serial);
            match told {
                [only] if only == "assigned" && is_placed => {}
                // Killed between its line and its request: nobody can know, so it isn't sent again, and that is said.
                [only] if only == "pending" && !is_placed && !at_apple.contains_key(serial) => {
                    pending.insert(serial.clone());
                }
                _ => misreported.push(format!("{number} {serial} {told:?}")),
            }
            if !is_placed && !pending.contains(serial) {
                lost.push(format!("{number} {serial} {told:?}"));
            }
            for said in self.said.get(serial).into_iter().flatten() {
                let is_so = match said.as_str() {
                    "assigned" => is_placed,
                    other => other == "pending",
                };
                if !is_so {
                    misreported.push(format!("{number} {serial} was said to be {said}"));
                }
            }
        }
        let expected = if pending.is_empty() { 0 } else { 7 };
        if ran.code != Some(expected) {
            let (code, complaints) = (ran.code, &ran.complaints);
            misreported.push(format!("{number} ended with {code:?}: {complaints}"));
        }
        let twice = at_apple.iter().filter(|(_, times)| **times > 1);
        let mut sent_twice: Vec<String> = twice
            .map(|(serial, _)| format!("{number} {serial}"))
            .collect();

        // After a day it is said that nobody knows, and it is over.
        let activities = self
            .apple
            .running
            .organization(|acme| acme.activities.len());
        self.let_a_day_pass();
        let later = self.run(&|| false);
        for serial in &pending {
            let told = later.rows.get(serial).map(Vec::as_slice);
            if told.is_none_or(|told| told != ["not_known"]) {
                misreported.push(format!("{number} {serial} a day later: {told:?}"));
            }
        }
        let rest = self.run(&|| false);
        if !rest.rows.is_empty() || rest.code != Some(0) {
            misreported.push(format!("{number} stays open: {}", rest.complaints));
        }
        let lines = self.lines();
        for part in &lines.sent_again {
            sent_twice.push(format!("{number}, part {part}"));
        }
        if self
            .apple
            .running
            .organization(|acme| acme.activities.len())
            != activities
        {
            sent_twice.push(format!("{number}, a day later"));
        }

        let mut found = found.lock().unwrap();
        found.kills += self.kills;
        found.before_request += self.moments[0];
        found.before_answer += self.moments[1];
        found.before_result += self.moments[2];
        found.assignments += 1;
        found.activities += activities;
        found.pending += pending.len();
        found.lost.extend(lost);
        found.sent_twice.extend(sent_twice);
        found.misreported.extend(misreported);
    }
}

/// Works through numbers, several at once, for as long as `work` says that there is more.
fn at_once(work: impl Fn(usize) -> bool + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| while work(next.fetch_add(1, Ordering::Relaxed)) {});
        }
    });
}

/// Asserts that nothing was lost, sent twice or misreported, and that kills came at each kind of moment.
fn conclude(found: &Found, devices: usize) {
    println!(
        "{} kills of {} assignments of {devices} devices ({} activities): {} lost, {} sent twice, {} misreported; {} pending, since a kill came between the line and the request, and not known a day later. \
         Left by the kills: {} parts between line and request, {} between request and answer, {} between answer and result",
        found.kills,
        found.assignments,
        found.activities,
        found.lost.len(),
        found.sent_twice.len(),
        found.misreported.len(),
        found.pending,
        found.before_request,
        found.before_answer,
        found.before_result,
    );
    for texts in [&found.lost, &found.sent_twice, &found.misreported] {
        assert!(
            texts.is_empty(),
            "{:#?}",
            texts.iter().take(3).collect::<Vec<_>>()
        );
    }
    for moments in [
        found.before_request,
        found.before_answer,
        found.before_result,
    ] {
        assert!(moments > 0, "the kills come at all moments");
    }
}

/// How a request is acted on that gets no answer.
#[derive(Debug, Clone, Copy)]
enum Acts {
    Never,
    AtOnce,
    Late,
}

/// Parts of two devices, of which four are under way at most, and no time to wait for results.
fn small(number: usize, devices: usize) -> Assignment {
    let assignment = Assignment::new(number, Options::default(), devices, 2, "1s");
    assignment.apple.running.organization(|acme| {
        acme.behaviour.activities = "slow=0s".parse().unwrap();
    });
    assignment
}

/// The kills of a run that sends these requests: at each one, and at each POST of an activity however it is acted on.
fn moments(apple: &Apple) -> Vec<(usize, Acts)> {
    let requests = apple.running.requests();
    let mut moments = Vec::new();
    for (request, place) in requests.iter().zip(1..) {
        moments.push((place, Acts::Never));
        if request.method == "POST" && request.path.starts_with(ACTIVITIES) {
            moments.extend([(place, Acts::AtOnce), (place, Acts::Late)]);
        }
    }
    moments
}

/// Kills the next run at its request of this place.
fn kill_at(assignment: &mut Assignment, (place, acts): (usize, Acts)) {
    let what = match acts {
        Acts::Never => "lost".to_owned(),
        Acts::AtOnce => "after-lost".to_owned(),
        Acts::Late => format!("late-{}ms-lost", LATE.as_millis()),
    };
    let running = Arc::clone(&assignment.apple.running);
    running.forget_requests();
    assignment.apple.fault(&format!("* *={what}x1@{place}"));
    assignment.run(&|| running.requests().len() >= place);
    running.clear_faults();
}

#[test]
fn an_assignment_that_is_killed_at_any_request_is_continued() {
    // Five parts: the last one waits for one that is under way.
    const DEVICES: usize = 10;
    // The requests without a kill: of `assign`, which sends four activities and has no time to wait, and of `resume`.
    let mut whole = small(0, DEVICES);
    whole.run(&|| false);
    let first = moments(&whole.apple);
    whole.apple.running.forget_requests();
    whole.run(&|| false);
    let second = moments(&whole.apple);
    let found = Mutex::new(Found::default());
    let count = first.len().max(second.len());
    at_once(|number| {
        if number < count {
            let mut assignment = small(number, DEVICES);
            kill_at(&mut assignment, first[number % first.len()]);
            kill_at(&mut assignment, second[number % second.len()]);
            std::thread::sleep(LATE);
            assignment.judge(&found);
        }
        number < count
    });
    conclude(&found.into_inner().unwrap(), DEVICES);
}

/// On a clock that goes on between two requests.
#[test]
fn one_reading_serves_activities_that_ended_together() {
    let mut assignment = small(0, 8);
    assignment.run(&|| false);
    assignment.apple.running.forget_requests();
    assignment.run(&|| false);
    let list = format!("/v1/mdmServers/{}/relationships/devices", assignment.target);
    let count = |path| assignment.apple.count("GET", path);
    assert_eq!((count(ACTIVITIES), count(&list)), (4, 1));
}

/// How long each answer takes: kills come while requests are under way, too.
const LATENCY: Duration = Duration::from_millis(15);

/// Numbers without a pattern that matters here, the same in each run.
fn scattered(number: usize) -> usize {
    number.wrapping_mul(2_654_435_761).wrapping_add(12_345) >> 7
}

/// Kills the next run a little after its first line about sending, after its first POST of an activity, after a request that asks for
/// results, or at any time.
fn kill_near(assignment: &mut Assignment, number: usize) {
    let running = Arc::clone(&assignment.apple.running);
    running.forget_requests();
    let path = assignment.path();
    let length = path.metadata().map_or(0, |it| it.len());
    let has_line = || {
        let mut text = Vec::new();
        let Ok(mut file) = std::fs::File::open(&path) else {
            return false;
        };
        file.seek(std::io::SeekFrom::Start(length)).unwrap();
        file.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).contains("devices_sent")
    };
    let requests = |method: &str, path: &str| {
        let requests = running.requests();
        let counted = requests
            .iter()
            .filter(|it| it.method == method && it.path.contains(path));
        counted.count()
    };
    let began = Instant::now();
    let some = scattered(number);
    let wait = Duration::from_millis(u64::try_from(some % 25).unwrap());
    let any = Duration::from_millis(u64::try_from(some % 6_000).unwrap());
    let (nth, after_nth) = (1 + some / 25 % 3, 1 + some / 25 % 8);
    assignment.run(&|| {
        let (is_time, wait) = match number % 4 {
            0 => (has_line(), wait / 3),
            1 => (requests("POST", ACTIVITIES) >= nth, wait),
            2 => {
                let results = requests("GET", ACTIVITIES) + requests("GET", "devices");
                (results >= after_nth, wait)
            }
            _ => (began.elapsed() >= any, Duration::ZERO),
        };
        if is_time {
            std::thread::sleep(wait);
        }
        is_time
    });
}

/// Two hundred of them, in some minutes: `cargo test --test program two_hundred_assignments -- --ignored --nocapture`.
#[test]
#[ignore = "it takes minutes"]
fn two_hundred_assignments_that_are_killed_are_continued() {
    const DEVICES: usize = 5000;
    const BATCH: usize = 500;
    const KILLS: usize = 200;
    let kills = AtomicUsize::new(0);
    let found = Mutex::new(Found::default());
    at_once(|number| {
        let options = Options {
            devices: 7 * DEVICES / 5,
            latency: LATENCY,
            ..Options::default()
        };
        let is_left = || kills.load(Ordering::Relaxed) < KILLS;
        if !is_left() {
            return false;
        }
        let mut assignment = Assignment::new(number, options, DEVICES, BATCH, "12s");
        assignment.apple.running.organization(|acme| {
            acme.behaviour.activities = "slow=1s".parse().unwrap();
        });
        // Some requests get no answer besides.
        if number % 3 == 2 {
            assignment
                .apple
                .fault(&format!("POST {ACTIVITIES}=after-dropx1@3"));
        }
        let mut attempt = 1000 * number;
        while is_left() {
            let before = assignment.kills;
            kill_near(&mut assignment, attempt);
            attempt += 1;
            // It ended before the kill.
            if assignment.kills == before {
                break;
            }
            kills.fetch_add(1, Ordering::Relaxed);
        }
        assignment.judge(&found);
        true
    });
    conclude(&found.into_inner().unwrap(), DEVICES);
}
