//! The rooms of the source and what each may touch. `docs/design/rooms.md` says why.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod paths;
mod rooms;

use std::fs;
use std::path::{Path, PathBuf};

use paths::named;
use rooms::{CRATES, LEAVES, NOUNS, ROOMS};

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

/// The row of a file: the one that says most of it.
fn row(below: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    let fits = |room: &str| {
        let folder = room.trim_end_matches(".rs");
        below == room || below.starts_with(&format!("{folder}/")) || below == format!("{folder}.rs")
    };
    let rows = ROOMS.iter().filter(|(room, _)| fits(room));
    rows.max_by_key(|(room, _)| room.len())
}

/// The noun that a file of `commands/` belongs to.
fn noun(below: &str) -> Option<&str> {
    let rest = below.strip_prefix("commands/")?;
    let name = rest.split(['/', '.']).next()?;
    NOUNS.contains(&name).then_some(name)
}

/// What a file names that it may not, each as a sentence.
fn wrong_in(below: &str, text: &str) -> Vec<String> {
    let Some((room, allowed)) = row(below) else {
        return vec![format!("{below} is in no room")];
    };
    let own = room.split('/').next().unwrap_or_default();
    let own = own.trim_end_matches(".rs");
    let home: Vec<&str> = room.trim_end_matches(".rs").split('/').collect();
    let mut wrong = Vec::new();
    for path in named(below, text) {
        let says = || format!("{below} names {}", path.join("::"));
        if path[0] != "crate" {
            let who = CRATES.iter().find(|(name, _)| *name == path[0]);
            if who.is_some_and(|(_, rooms)| !rooms.iter().any(|room| below.starts_with(room))) {
                wrong.push(says());
            }
            continue;
        }
        let may = |to: &str| {
            let whole = path[1..].join("::");
            to == "*" || whole == to || whole.starts_with(&format!("{to}::"))
        };
        let at_home =
            path.len() > home.len() && path[1..].iter().zip(&home).all(|(it, at)| it == at);
        let known = at_home || allowed.iter().chain(&LEAVES).any(|to| may(to));
        // A room by itself, or everything in one, could be anything under another name.
        let other = path.get(1).is_some_and(|it| it == "commands")
            && match (path.get(2).map(String::as_str), noun(below)) {
                (None | Some("*"), _) => own == "commands" && below != "commands/mod.rs",
                (Some(to), mine) => {
                    own == "commands"
                        && below != "commands/mod.rs"
                        && NOUNS.contains(&to)
                        && mine != Some(to)
                }
            };
        if !known || other || path.len() == 1 {
            wrong.push(says());
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

/// Where a file is under src/.
fn below(path: &Path) -> String {
    let below = path.strip_prefix(source()).unwrap();
    below.to_str().unwrap().to_owned()
}

#[test]
fn arrows_point_down_only() {
    let files = sources(&source());
    let wrong = files.iter().flat_map(|path| {
        let text = fs::read_to_string(path).unwrap();
        wrong_in(&below(path), &text)
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_spelling_gets_past_the_walls() {
    for (below, text) in [
        ("core/x.rs", "use crate::config::Settings;"),
        ("core/x.rs", "use crate::{config::Settings, core::y};"),
        ("core/x.rs", "use crate::{core::{y, z}, config};"),
        ("core/x.rs", "use super::super::config::Settings;"),
        ("core/x/mod.rs", "use super::super::config::Settings;"),
        ("core/x.rs", "use super::{super::config::Settings};"),
        ("core/x.rs", "fn f() { crate::config::load(); }"),
        (
            "core/x.rs",
            "fn f() { println!(\"{}\", crate::config::NAME); }",
        ),
        (
            "core/x.rs",
            "macro_rules! m { () => { $crate::config::NAME }; }",
        ),
        (
            "core/x.rs",
            "mod tests { use super::super::super::config::Settings; }",
        ),
        ("core/x.rs", "use crate::*;"),
        ("core/x.rs", "use crate as all;"),
        ("core/x.rs", "use crate::{self as all};"),
        ("core/x.rs", "use abmctl::config::Settings;"),
        ("core/x.rs", "use crate::r#config::Settings;"),
        ("core/x.rs", "type T = Vec<crate::config::Settings>;"),
        ("core/x.rs", "use crate::apple::http::Http;"),
        ("apple/family.rs", "use crate::apple::http::Http;"),
        ("core/x.rs", "#[derive(clap::Args)] struct A;"),
        ("organization/x.rs", "use clap::Args;"),
        ("organization/x.rs", "use crate::output::Row;"),
        ("organization/x.rs", "use crate::ui::Ui;"),
        (
            "organization/a/b.rs",
            "use super::super::super::context::Context;",
        ),
        ("apple/x.rs", "use crate::core::platform;"),
        ("commands/tokens/x.rs", "use crate::apple::http::Http;"),
        ("commands/tokens/x.rs", "use crate::commands::auth::Args;"),
        ("commands/tokens/x.rs", "use super::super::auth::Args;"),
        (
            "commands/tokens/x.rs",
            "use crate::commands::{auth, outcome::Outcome};",
        ),
        ("commands/tokens/x.rs", "use crate::commands::*;"),
        ("commands/tokens/mod.rs", "use super::*;"),
        ("commands/profiles.rs", "use super::auth::Args;"),
        ("commands/outcome.rs", "use super::auth::Args;"),
        ("elsewhere.rs", "fn f() {}"),
        ("elsewhere/x.rs", "fn f() {}"),
    ] {
        assert!(!wrong_in(below, text).is_empty(), "{below}: {text}");
    }
    for (below, text) in [
        ("core/x.rs", "use crate::apple::family::Family;"),
        ("core/x/y.rs", "use super::super::z::Z;"),
        (
            "core/x.rs",
            "mod tests { use super::*; use super::super::y; }",
        ),
        ("core/x.rs", "// use crate::config::Settings;\nfn f() {}"),
        ("core/x.rs", "const T: &str = \"crate::config::Settings\";"),
        (
            "commands/tokens/x.rs",
            "use super::y; use crate::commands::outcome::Outcome;",
        ),
        ("commands/tokens/mod.rs", "use super::outcome::Outcome;"),
        ("commands/mod.rs", "use crate::commands::auth::Args;"),
        ("commands/api/mod.rs", "use crate::apple::http::Http;"),
    ] {
        assert_eq!(wrong_in(below, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn commands_build_no_json_and_only_http_knows_reqwest_s_client() {
    let json = ["commands/api", "commands/sandbox"];
    let mut wrong = Vec::new();
    for path in sources(&source()) {
        let below = below(&path);
        let text = code(&path);
        let may = |rooms: &[&str]| rooms.iter().any(|room| below.starts_with(room));
        if below.starts_with("commands/") && text.contains("json!") && !may(&json) {
            wrong.push(format!("{below} builds JSON by hand"));
        }
        let client = |path: &Vec<String>| {
            path[0] == "reqwest"
                && matches!(
                    path[1].as_str(),
                    "Client" | "ClientBuilder" | "blocking" | "*"
                )
        };
        let whole = fs::read_to_string(&path).unwrap();
        if named(&below, &whole).iter().any(client)
            && !may(&["apple/http", "device_view", "sandbox/tests"])
        {
            wrong.push(format!("{below} makes requests of its own"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_room_has_a_row_and_every_row_a_room() {
    let there =
        |room: &&str| source().join(room).exists() || source().join(format!("{room}.rs")).exists();
    let gone: Vec<&str> = ROOMS
        .iter()
        .map(|(room, _)| *room)
        .filter(|room| !there(room))
        .collect();
    assert_eq!(gone, Vec::<&str>::new());
    let nouns = |name: &&str| {
        let place = source().join("commands").join(name);
        place.exists() || place.with_extension("rs").exists()
    };
    assert!(NOUNS.iter().all(nouns));
}

/// Where a command is only named, in words that nobody runs: what another process does, and help.
const NAMED: [&str; 5] = [
    "An earlier `abmctl assign`",
    "`abmctl assign` for this organization",
    "`abmctl tokens` for this profile",
    "There are no profiles. `abmctl auth login`",
    "the output of `abmctl COMMAND --help`",
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
fn the_configuration_is_changed_in_one_way() {
    let mut wrong = Vec::new();
    for path in sources(&source()) {
        let below = below(&path);
        let rooms = [
            "config/",
            "organization/profile.rs",
            "organization/profile/",
        ];
        if rooms.iter().any(|room| below.starts_with(room)) {
            continue;
        }
        let edit = ["crate", "config", "edit"];
        let text = fs::read_to_string(&path).unwrap();
        if text.contains("config::edit(") || named(&below, &text).iter().any(|it| *it == edit) {
            wrong.push(below);
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
