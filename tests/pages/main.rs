//! The README and the guides are run as they stand.
//!
//! Each page is one session of bash in a fresh home, with a cleared environment: nothing is set but what the page sets. No network is reachable but loopback, if this system can take it away (`unshare`, on Linux).
//!
//! * A block of `sh` is commands. Each has to end with 0.
//! * A block of `console` has commands after `$ ` (the next lines of one after `> `), and below each its output. Standard output has to be all
//!   there; lines of standard error may be left out. A line `…` stands for any lines. `output.rs` lists what may differ.
//! * After `abmctl sandbox exec … -- bash`, as a command of the page or as code in the text before its first block, the rest of the page
//!   is run inside that sandbox, as a reader would do.
//! * `abmctl sandbox serve …` is left running until the next block that serves, and what it says to export is exported.
//!
//! What can't be run has a mark, an HTML comment on the line before the block, with a reason of [`page::REASONS`]:
//!
//! ```text
//! <!-- not run: portal -->
//! ```
//!
//! `<!-- exits: 9 -->` says that a command ends with another code than 0; for a block of several, `<!-- exits: 0, 9 -->` has one for each.
//!
//! The snapshot `tests/pages/snapshots/pages__marks.snap` counts what is run and what is not. `INSTA_UPDATE=always cargo test --test pages` writes
//! it again. A page that is new is added to [`pages!`] below. Run or not, each `abmctl …` has to be one that abmctl takes.
#![cfg(feature = "sandbox")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "processes run on the real clock")]

mod commands;
mod output;
mod page;
mod session;
mod shell;

use std::fs;
use std::path::{Path, PathBuf};

use page::Page;

macro_rules! pages {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[test]
            fn $name() {
                session::run(&Page::read($path));
            }
        )*

        const PAGES: &[&str] = &[$($path,)*];
    };
}

pages! {
    readme: "README.md",
    security: "SECURITY.md",
    benchmarks: "docs/benchmarks.md",
    design_server_tokens: "docs/design/server-tokens.md",
    guides_account_driven_enrollment: "docs/guides/account-driven-enrollment.md",
    guides_cron: "docs/guides/cron.md",
    guides_domains: "docs/guides/domains.md",
    guides_getting_started: "docs/guides/getting-started.md",
    guides_install: "docs/guides/install.md",
    guides_journal: "docs/guides/journal.md",
    guides_roster: "docs/guides/roster.md",
    guides_sandbox: "docs/guides/sandbox.md",
    guides_setup: "docs/guides/setup.md",
    guides_testing_other_clients: "docs/guides/testing-other-clients.md",
    guides_troubleshooting: "docs/guides/troubleshooting.md",
}

/// Not run here: `tests/cli/generated.rs` writes it from what the program prints when it runs these commands.
const GENERATED: &[&str] = &["docs/reference/cli.md", "docs/reference/outputs.md"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README, the security policy and all of docs/, by their paths in the repository.
fn documents() -> Vec<String> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let mut found = ["README.md", "SECURITY.md"]
        .map(|path| repository().join(path))
        .to_vec();
    below(&repository().join("docs"), &mut found);
    let paths = found.iter().map(|path| {
        let path = path.strip_prefix(repository()).unwrap();
        path.to_str().unwrap().to_owned()
    });
    let mut paths: Vec<String> = paths.collect();
    paths.sort();
    paths
}

/// A page without commands needs no test.
#[test]
fn each_page_with_commands_has_its_test() {
    for path in documents() {
        let has_commands = Page::read(&path)
            .blocks
            .iter()
            .any(page::Block::is_commands);
        if has_commands && !GENERATED.contains(&path.as_str()) {
            assert!(
                PAGES.contains(&path.as_str()),
                "{path} has commands: add it to `pages!` in tests/pages/main.rs"
            );
        }
    }
    for path in PAGES {
        assert!(repository().join(path).is_file(), "there is no {path}");
    }
}

#[test]
fn what_is_run_and_what_is_not_is_counted() {
    let lines: Vec<String> = PAGES.iter().map(|path| Page::read(path).counts()).collect();
    insta::assert_snapshot!("marks", lines.join("\n"));
}

#[test]
fn each_abmctl_command_in_a_page_is_one_that_abmctl_takes() {
    let wrong: Vec<String> = documents()
        .iter()
        .flat_map(|path| commands::wrong_in(&Page::read(path)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
