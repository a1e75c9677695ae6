//! Devices: the whole list, as csv and ndjson, compared with curl that follows the same cursors; and what an assignment asks for.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use abmctl::sandbox::organization::ServerStatus;
use abmctl::sandbox::{Options, Rates, RequestSeen};

use crate::emulator::Emulator;
use crate::measure::{LABEL, TIMES, peak_memory, ratio, times};

/// How long an answer waits where the way to Apple is imitated.
const LATENCY: Duration = Duration::from_millis(50);
const RUNS: usize = 5;

/// Prints what reading all devices takes.
pub fn print_lists(program: &Path) {
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

/// Prints the requests of an assignment by their kind, beside the fewest with which it could do.
///
/// Where the devices are, only the servers' lists tell; what they are, only the list of all devices. Apple takes 1,000 devices in a
/// request and on a page.
pub fn print_assignments(program: &Path) {
    const ASSIGNED: usize = 10_000;
    const PAGE: usize = 1000;
    let devices = 14_000;
    let options = Options {
        devices,
        ..Options::default()
    };
    let emulator = Emulator::start(options, program);
    let (target, serials) = emulator.running.organization(|acme| {
        let target = acme.servers[0].id.clone();
        let others = acme.devices.iter().filter(|it| it.migration.is_none());
        let others = others.filter(|it| it.server_id.as_ref() != Some(&target));
        let serials = others.map(|it| it.serial_number.clone());
        let serials: Vec<String> = serials.take(ASSIGNED).collect();
        (target, serials)
    });
    assert_eq!(serials.len(), ASSIGNED);
    let pages = |only: Option<&str>| -> usize {
        emulator.running.organization(|acme| {
            let servers = acme.servers.iter();
            let there = servers.filter(|it| it.status != Some(ServerStatus::Deleted));
            let there = there.filter(|it| only.is_none_or(|only| only == it.id));
            let sizes = there.map(|it| acme.devices.count_of(&it.id));
            sizes.map(|size| size.div_ceil(PAGE).max(1)).sum()
        })
    };
    let before = pages(None);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, serials.join("\n")).unwrap();
    let serials = file.path().display();
    let line =
        format!("devices assign --server prod --serials {serials} --yes --even-if-idle -o csv");
    let requests = emulator.requests(&line);
    let activities = ASSIGNED / PAGE;
    let kinds = [
        ("token", 1),
        ("servers", 1),
        ("devices, pages", devices.div_ceil(PAGE)),
        ("devices of each server, pages", before),
        ("POST of an activity", activities),
        ("poll of an activity", activities),
        ("log of an activity", activities),
        ("read back, pages", pages(Some(&target))),
    ];
    println!(
        "{:<LABEL$}{:>6}{:>9}",
        "ASSIGN 10,000 OF 14,000 DEVICES", "SENT", "FEWEST"
    );
    let is_post = |it: &RequestSeen| it.method == "POST" && it.path.contains("orgDeviceActivities");
    let first = requests.iter().position(is_post).unwrap_or(requests.len());
    let kind = |(place, request): (usize, &RequestSeen)| {
        let path = request.path.split('?').next().unwrap_or_default();
        match (&request.method[..], path) {
            ("POST", "/v1/orgDeviceActivities") => 4,
            ("POST", _) => 0,
            (_, "/v1/mdmServers") => 1,
            (_, "/v1/orgDevices") => 2,
            (_, path) if path.ends_with("/relationships/devices") && place < first => 3,
            (_, path) if path.starts_with("/v1/orgDeviceActivities/") => 5,
            (_, path) if path.starts_with("/downloads/") => 6,
            _ => 7,
        }
    };
    let mut sent = [0; 8];
    for request in requests.iter().enumerate() {
        sent[kind(request)] += 1;
    }
    for ((name, fewest), sent) in kinds.iter().zip(sent) {
        println!("{:<LABEL$}{sent:>6}{fewest:>9}", format!("  {name}"));
    }
    let fewest: usize = kinds.iter().map(|(_, fewest)| fewest).sum();
    println!("{:<LABEL$}{:>6}{fewest:>9}\n", "  all", requests.len());
}
