//! What the program costs before it does anything: `--version` and `--help`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::measure::{LABEL, TIMES, peak_memory, ratio, times};

/// How often each is run.
const RUNS: usize = 300;

const LINES: [&str; 3] = ["--version", "--help", "assign --help"];

/// Prints the times of `program`, and what it opens.
pub fn print(program: &Path) {
    let command = |line: &str| {
        let mut command = Command::new(program);
        command
            .args(line.split(' '))
            .env_clear()
            .stdin(Stdio::null());
        command
    };
    let mut commands = vec![Command::new("true")];
    commands.extend(LINES.map(command));
    let times = times(RUNS, &mut commands);
    let nothing = times[0].as_ref().unwrap();
    println!(
        "{:<LABEL$}{TIMES}      PEAK   OVER `true`",
        format!("STARTING ({RUNS} runs)")
    );
    println!(
        "{:<LABEL$}{nothing}{:>10}",
        "true",
        peak_memory(&commands[0])
    );
    for ((line, times), command) in LINES.iter().zip(&times[1..]).zip(&commands[1..]) {
        let times = times.as_ref().unwrap();
        println!(
            "{:<LABEL$}{times}{:>10}{:>14}",
            format!("abmctl {line}"),
            peak_memory(command),
            ratio(times.median(), nothing.median())
        );
    }
    println!("\nWHAT IT OPENS (strace)");
    for line in LINES {
        println!(
            "{:<LABEL$}  {}",
            format!("abmctl {line}"),
            opened(program, line)
        );
    }
    println!();
}

/// The files that are opened and the calls for network, of which a keyring is one (D-Bus).
fn opened(program: &Path, line: &str) -> String {
    let report = tempfile::NamedTempFile::new().unwrap();
    let ran = Command::new("strace")
        .args([
            "-f",
            "-e",
            "trace=open,openat,openat2,creat,network",
            "-e",
            "signal=none",
            "-o",
        ])
        .arg(report.path())
        .arg(program)
        .args(line.split(' '))
        // Cargo sets it, and the loader would look for libraries in every folder of it.
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !ran.is_ok_and(|status| status.success()) {
        return "-".into();
    }
    let report = fs::read_to_string(report.path()).unwrap();
    let calls: Vec<&str> = report.lines().filter(|line| line.contains('(')).collect();
    let (files, network): (Vec<&str>, Vec<&str>) = calls
        .into_iter()
        .partition(|call| call.contains("open") || call.contains("creat("));
    let names: Vec<&str> = files
        .iter()
        .filter_map(|call| call.split('"').nth(1)?.rsplit('/').next())
        .collect();
    format!("{}; {} calls for network", names.join(", "), network.len())
}
