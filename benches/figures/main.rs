//! Prints what `docs/benchmarks.md` reports: requests, time, memory and size, measured on the real program.
//!
//! `cargo bench` runs it; `cargo bench -- PROGRAM` measures another build of abmctl, and `cargo bench -- --only=PART` prints one part. Nothing is asserted, since time
//! depends on the machine; the tests hold the counts of requests.
#![allow(clippy::print_stdout, reason = "the figures are printed")]
#![allow(clippy::unwrap_used, reason = "what can't be measured ends it")]
#![allow(clippy::disallowed_methods, reason = "it runs on the real clock")]

mod devices;
mod domains;
mod emulator;
mod enrollment;
mod measure;
mod requests;
mod rows;
mod startup;

use std::path::{Path, PathBuf};

/// A part of the figures, and what prints it.
type Part = (&'static str, fn(&Path));

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // The process whose memory is measured.
    if let [rows, format, count] = &arguments[..]
        && rows == "rows"
    {
        return rows::write(format, count.parse().unwrap());
    }
    // `cargo test --all-targets` runs this without the option, and is after no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let other = arguments.iter().find(|argument| !argument.starts_with('-'));
    let program = other.map_or_else(|| env!("CARGO_BIN_EXE_abmctl").into(), PathBuf::from);
    let program = program.canonicalize().unwrap();

    let bytes = program.metadata().unwrap().len();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "abmctl {}, {}.{} MB, on {cores} cores\n",
        env!("CARGO_PKG_VERSION"),
        bytes / 1_000_000,
        bytes / 100_000 % 10
    );
    let only = arguments.iter().find_map(|it| it.strip_prefix("--only="));
    let parts: [Part; 11] = [
        ("startup", startup::print),
        ("requests", requests::print_counts),
        ("times", requests::print_times),
        ("logs", domains::print_logs),
        ("users", domains::print_users),
        ("devices", devices::print_lists),
        ("assignments", devices::print_assignments),
        ("lists", enrollment::print_lists),
        ("checks", enrollment::print_checks),
        ("tokens", |_| enrollment::print_tokens()),
        ("rows", |_| rows::print()),
    ];
    for (name, print) in parts {
        if only.is_none_or(|only| only == name) {
            print(&program);
        }
    }
}
