//! Domains: the audit log read for the first time and daily, and users counted.

use std::path::Path;
use std::time::{Duration, Instant};

use abmctl::sandbox::Options;

use crate::emulator::Emulator;
use crate::measure::{LABEL, TIMES, milliseconds, peak_memory, ratio, times};

/// How long an answer waits where the way to Apple is imitated.
const LATENCY: Duration = Duration::from_millis(50);
const RUNS: usize = 5;
/// Times of the log have whole seconds.
const A_SECOND: Duration = Duration::from_millis(1100);
const LINE: &str = "domains list --no-dns";
const COUNTING: &str = "domains list --no-dns --accounts";

/// Prints what reading the audit log takes.
pub fn print_logs(program: &Path) {
    println!(
        "\n{:<LABEL$}       MIN    MEDIAN   REQUESTS",
        "DOMAINS LIST, the log of 3 years, 50 ms away"
    );
    for (audit_events, what) in [
        (0, "120 other events"),
        (30_000, "30,000 other events"),
        (300_000, "300,000 other events"),
    ] {
        let emulator = Emulator::start(
            Options {
                audit_years: 3,
                audit_events,
                latency: LATENCY,
                ..Options::default()
            },
            program,
        );
        emulator.requests("assign");
        print_runs(&format!("first run, {what}"), || {
            emulator.forget_domains();
            run(&emulator)
        });
        // A run asks for what is new and for the day before it, whether that is a second or a day after the last one.
        print_runs(&format!("daily run, {what}"), || {
            std::thread::sleep(A_SECOND);
            run(&emulator)
        });
    }
    let limited = Emulator::start(
        Options {
            audit_years: 3,
            audit_events: 30_000,
            limits: Some(abmctl::sandbox::Rates::default()),
            ..Options::default()
        },
        program,
    );
    let start = Instant::now();
    let requests = limited.requests(LINE).len();
    println!(
        "first run, 30,000 other events, 20 GET a minute, once: {} s, {requests} requests",
        start.elapsed().as_secs()
    );
}

/// How long one run took, and how many requests it sent.
fn run(emulator: &Emulator) -> (Duration, usize) {
    let start = Instant::now();
    let requests = emulator.requests(LINE).len();
    (start.elapsed(), requests)
}

fn print_runs(label: &str, run: impl FnMut() -> (Duration, usize)) {
    let mut runs: Vec<(Duration, usize)> = std::iter::repeat_with(run).take(RUNS).collect();
    runs.sort();
    let (median, requests) = runs[RUNS / 2];
    println!(
        "{:<LABEL$}{:>10}{:>10}{requests:>11}",
        format!("{label} ({RUNS} runs)"),
        milliseconds(runs[0].0),
        milliseconds(median),
    );
}

/// Prints what counting users takes.
pub fn print_users(program: &Path) {
    println!(
        "\n{:<LABEL$}{TIMES}      PEAK   REQUESTS   OVER curl",
        "DOMAINS LIST --ACCOUNTS"
    );
    for users in [1_000, 100_000] {
        let emulator = Emulator::start(
            Options {
                users,
                ..Options::default()
            },
            program,
        );
        emulator.requests(COUNTING);
        let requests = emulator.requests(COUNTING).len();
        let mut commands = [emulator.command(COUNTING), emulator.curl(COUNTING)];
        let times = times(RUNS, &mut commands);
        let ours = times[0].as_ref().unwrap();
        let curl = times[1].as_ref();
        println!(
            "{:<LABEL$}{ours}{:>10}{requests:>11}{:>12}",
            format!("{users} users ({RUNS} runs)"),
            peak_memory(&commands[0]),
            curl.map_or_else(|| "-".into(), |curl| ratio(ours.median(), curl.median())),
        );
        if let Some(curl) = curl {
            println!(
                "{:<LABEL$}{curl}{:>10}",
                "  curl, the same pages in turn",
                peak_memory(&commands[1])
            );
        }
    }
}
