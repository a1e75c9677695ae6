//! Devices: the whole list, as csv and ndjson, compared with curl that follows the same cursors.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use abmctl::sandbox::{Options, Rates};

use crate::emulator::Emulator;
use crate::measure::{LABEL, TIMES, peak_memory, ratio, times};

/// How long an answer waits where the way to Apple is imitated.
const LATENCY: Duration = Duration::from_millis(50);
const RUNS: usize = 5;

/// Prints what reading all devices takes.
pub fn print(program: &Path) {
    println!(
        "\n{:<LABEL$}{TIMES}      PEAK   REQUESTS  FIRST ROW  OVER curl",
        "DEVICES LIST"
    );
    for devices in [10_000, 100_000] {
        for latency in [Duration::ZERO, LATENCY] {
            let options = Options {
                devices,
                latency,
                ..Options::default()
            };
            let emulator = Emulator::start(options, program);
            for format in ["csv", "ndjson"] {
                print_one(&emulator, devices, latency, format);
            }
        }
    }
    print_limited(program);
}

fn print_one(emulator: &Emulator, devices: usize, latency: Duration, format: &str) {
    let line = format!("devices list -o {format}");
    // The first one asks for a token, too.
    let requests = emulator.requests(&line).len();
    let mut commands = [emulator.command(&line), emulator.curl(&line)];
    let times = times(RUNS, &mut commands);
    let ours = times[0].as_ref().unwrap();
    let curl = times[1].as_ref();
    println!(
        "{:<LABEL$}{ours}{:>10}{requests:>11}{:>8} ms{:>11}",
        format!("{devices}, {} ms away, -o {format}", latency.as_millis()),
        peak_memory(&commands[0]),
        first_row(emulator, &line).as_millis(),
        curl.map_or_else(|| "-".into(), |curl| ratio(ours.minimum(), curl.minimum())),
    );
    if let Some(curl) = curl {
        println!(
            "{:<LABEL$}{curl}{:>10}",
            "  curl, the same pages in turn",
            peak_memory(&commands[1])
        );
    }
}

/// How long it takes until there is something to read, headers left out.
fn first_row(emulator: &Emulator, line: &str) -> Duration {
    let mut command = emulator.command(&format!("{line} --no-headers"));
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    let took = start.elapsed();
    drop(stdout);
    child.wait().unwrap();
    took
}

/// 42,000 devices, and Apple's limit of 20 GET a minute.
fn print_limited(program: &Path) {
    let limited = Emulator::start(
        Options {
            devices: 42_000,
            limits: Some(Rates::default()),
            ..Options::default()
        },
        program,
    );
    let start = Instant::now();
    let requests = limited.requests("devices list -o csv").len();
    println!(
        "42000, 20 GET a minute, once: {} s, {requests} requests",
        start.elapsed().as_secs()
    );
}
