//! The rooms of the source and what each may touch. `docs/design/rooms.md` says why.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A room, and the rooms and modules of this crate that it may name.
const ROOMS: [(&str, &[&str]); 16] = [
    // `apple/family.rs` is a leaf: Apple's open enum of families.
    ("core", &["core", "apple"]),
    ("apple", &["apple", "host", "network", "private_files"]),
    (
        "device_view",
        &["device_view", "core", "host", "network", "text"],
    ),
    ("output", &["output", "text"]),
    ("ui.rs", &["core", "error", "host", "text"]),
    ("text.rs", &[]),
    ("error.rs", &["core", "host"]),
    ("host.rs", &[]),
    ("network.rs", &[]),
    ("network", &[]),
    ("private_files.rs", &["host"]),
    (
        "secret",
        &["secret", "core", "error", "host", "private_files"],
    ),
    (
        "config",
        &["config", "secret", "core", "error", "host", "private_files"],
    ),
    (
        "state",
        &["state", "config", "core", "host", "private_files"],
    ),
    (
        "organization",
        &[
            "organization",
            "apple",
            "config",
            "core",
            "device_view",
            "error",
            "host",
            "network",
            "private_files",
            "secret",
            "state",
            "text",
        ],
    ),
    // What the emulator believes about Apple it states itself.
    ("sandbox", &["sandbox", "host"]),
];

fn sources(below: &Path) -> Vec<PathBuf> {
    if below.is_file() {
        return vec![below.to_owned()];
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        found.extend(sources(&entry.unwrap().path()));
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found.sort();
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file, without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn arrows_point_down_only() {
    let named = Regex::new(r"crate::(?:\{)?([a-z_]+)").unwrap();
    let mut wrong = Vec::new();
    for (room, allowed) in ROOMS {
        for path in sources(&source().join(room)) {
            for found in named.captures_iter(&code(&path)) {
                if !allowed.contains(&&found[1]) {
                    wrong.push(format!("{} names crate::{}", path.display(), &found[1]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_command_line_knows_clap_and_only_http_knows_reqwest_s_client() {
    let mut wrong = Vec::new();
    for path in sources(&source()) {
        let below = path
            .strip_prefix(source())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let text = code(&path);
        let may = |rooms: &[&str]| rooms.iter().any(|room| below.starts_with(room));
        if text.contains("clap::") && !may(&["cli.rs", "options.rs", "lib.rs", "commands"]) {
            wrong.push(format!("{below} knows clap"));
        }
        if text.contains("reqwest::Client") && !may(&["apple/http", "device_view", "sandbox/tests"])
        {
            wrong.push(format!("{below} makes requests of its own"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where a command is only named, in words that nobody runs: what another process does, and help.
const NAMED: [&str; 6] = [
    "An earlier `abmctl assign`",
    "`abmctl assign` for this organization",
    "`abmctl tokens` for this profile",
    "There are no profiles. `abmctl auth login`",
    "are verified. `abmctl auth roster`",
    "What `abmctl COMMAND --help` prints",
];

#[test]
fn a_command_that_is_printed_is_a_value() {
    let mut bare = Vec::new();
    for path in sources(&source()) {
        let below = path.strip_prefix(source()).unwrap();
        let demo = Path::new("commands/sandbox/demo.rs");
        if below.ends_with("tests.rs") || below == demo || below.starts_with("sandbox") {
            continue;
        }
        let text = code(&path);
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = text.lines().filter(|line| {
            line.contains("`abmctl ") && !NAMED.iter().any(|named| line.contains(named))
        });
        bare.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    assert!(bare.is_empty(), "{bare:#?}");
}

#[test]
fn one_function_stores_replaces_and_removes_secrets() {
    let mut wrong = Vec::new();
    for path in sources(&source()) {
        let below = path.strip_prefix(source()).unwrap().to_str().unwrap();
        // Where they are, and where they are called.
        let rooms = ["secret/", "config/edit/", "organization/profile"];
        if rooms.iter().any(|room| below.starts_with(room)) {
            continue;
        }
        let text = code(&path);
        for call in ["write_own", "delete_own", "set_reference"] {
            if text.contains(call) {
                wrong.push(format!("{below} calls {call}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_long_file_says_why() {
    let mut silent = Vec::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for path in sources(&source()).into_iter().chain(sources(&tests)) {
        let text = fs::read_to_string(&path).unwrap();
        let top: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        let says = top.iter().any(|line| line.contains("400 lines"));
        if text.lines().count() > 400 && !says {
            silent.push(format!(
                "{}: {} lines",
                path.display(),
                text.lines().count()
            ));
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}
