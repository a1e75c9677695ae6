//! What commands ask Apple for, and how long they take.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use abmctl::sandbox::{Options, RequestSeen};

use crate::emulator::Emulator;
use crate::measure::{LABEL, TIMES, milliseconds, peak_memory, ratio, times};

/// How long an answer waits where the way to Apple is imitated.
const LATENCY: Duration = Duration::from_millis(100);

/// Prints which requests each command sends, in their order.
pub fn print_counts(program: &Path) {
    println!("REQUESTS (emulator with 4 servers)");
    let emulator = Emulator::start(Options::default(), program);
    for (line, remark) in [
        ("assign", "no token kept"),
        ("assign", "token kept, as below"),
        ("assign --platform vision --server intune", "is so already"),
        ("assign --platform vision --server prod --check", ""),
        ("assign --platform vision --server prod", "moves it"),
        ("assign --platform vision --clear --yes", ""),
        ("adde-url get --server prod", ""),
        ("domains list", "a log of a year, for the first time"),
        ("domains list", "from then on"),
    ] {
        let remark = match remark {
            "" => String::new(),
            remark => format!("  ({remark})"),
        };
        println!("abmctl {line}{remark}");
        // The audit log is asked for what is new by the second.
        std::thread::sleep(Duration::from_millis(1100));
        println!("    {}", summary(&emulator.requests(line)));
    }
    println!();
}

/// Prints how long commands take with a token that is kept, beside curl.
pub fn print_times(program: &Path) {
    println!("{:<LABEL$}{TIMES}      PEAK    OVER curl", "TIME");
    let near = Emulator::start(Options::default(), program);
    print_time(&near, "assign", "", 50, None);
    print_time(&near, "adde-url get --server prod", "", 50, None);
    drop(near);

    let far = Emulator::start(
        Options {
            latency: LATENCY,
            ..Options::default()
        },
        program,
    );
    let remark = format!(", {} away", milliseconds(LATENCY));
    // The list and every server at once; the session, then the URL.
    print_time(&far, "assign", &remark, 20, Some(LATENCY));
    print_time(
        &far,
        "adde-url get --server prod",
        &remark,
        20,
        Some(LATENCY * 2),
    );
    drop(far);
}

/// Prints the time of one line; curl asks for the same where all of it is read with the access token.
fn print_time(
    emulator: &Emulator,
    line: &str,
    remark: &str,
    runs: usize,
    minimum: Option<Duration>,
) {
    // The first run gets the access token, which is not measured.
    emulator.requests(line);
    let mut commands: Vec<Command> = vec![emulator.command(line)];
    let signed = line.starts_with("adde-url");
    if !signed {
        commands.push(emulator.curl(line));
    }
    let times = times(runs, &mut commands);
    let ours = times[0].as_ref().unwrap();
    let curl = times.get(1).and_then(Option::as_ref);
    let short = line.split(" --").next().unwrap_or_default();
    println!(
        "{:<LABEL$}{ours}{:>10}{:>13}{}",
        format!("abmctl {short}{remark} ({runs} runs)"),
        peak_memory(&commands[0]),
        curl.map_or_else(|| "-".into(), |curl| ratio(ours.median(), curl.median())),
        minimum.map_or_else(String::new, |least| {
            let over = ratio(ours.median(), least);
            format!("   {over} of the least, {}", milliseconds(least))
        })
    );
    if let Some(curl) = curl {
        println!(
            "{:<LABEL$}{curl}{:>10}",
            "  curl, the same pages in turn",
            peak_memory(&commands[1])
        );
    }
}

/// Requests in their order, those that repeat counted.
fn summary(requests: &[RequestSeen]) -> String {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for request in requests {
        let path = request.path.split('?').next().unwrap_or_default();
        let path = match path.strip_prefix("/v1/mdmServers/") {
            Some(id) if !id.contains('/') => "/v1/mdmServers/ID",
            _ => path,
        };
        let name = format!("{} {path}", request.method);
        // Where two lists are read at the same time, their pages come mixed.
        let lists = name == "GET /v1/users" || name == "GET /v1/auditEvents";
        match groups.iter_mut().rev().find(|(other, _)| *other == name) {
            Some((_, count)) if lists => *count += 1,
            _ => match groups.last_mut() {
                Some((last, count)) if *last == name => *count += 1,
                _ => groups.push((name, 1)),
            },
        }
    }
    let words: Vec<String> = groups
        .into_iter()
        .map(|(name, count)| match count {
            1 => name,
            _ => format!("{count} x {name}"),
        })
        .collect();
    words.join(", ")
}
