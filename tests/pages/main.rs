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
//! A block that shows a file of the repository has the mark `<!-- file: packaging/systemd/abmctl-check.service -->`, and has to be that file to the
//! byte. `ABMCTL_REWRITE=1 cargo test --test pages` writes the file into the page.
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
    guides_containers: "docs/guides/containers.md",
    guides_cron: "docs/guides/cron.md",
    guides_devices: "docs/guides/devices.md",
    guides_domains: "docs/guides/domains.md",
    guides_getting_started: "docs/guides/getting-started.md",
    guides_install: "docs/guides/install.md",
    guides_journal: "docs/guides/journal.md",
    guides_launchd: "docs/guides/launchd.md",
    guides_roster: "docs/guides/roster.md",
    guides_sandbox: "docs/guides/sandbox.md",
    guides_servers: "docs/guides/servers.md",
    guides_setup: "docs/guides/setup.md",
    guides_systemd: "docs/guides/systemd.md",
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

/// The folders whose files are shown in the guides, each of them.
const SHOWN: &[&str] = &[
    "packaging/kubernetes",
    "packaging/launchd",
    "packaging/systemd",
];

#[test]
fn a_page_shows_files_as_they_are() {
    let rewrites = std::env::var_os("ABMCTL_REWRITE").is_some_and(|it| !it.is_empty() && it != "0");
    let mut shown = Vec::new();
    for path in documents() {
        let page = Page::read(&path);
        let mut lines: Vec<String> = fs::read_to_string(repository().join(&path))
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        // From the last to the first, so that the numbers of the lines before stay right.
        for block in page.blocks.iter().rev() {
            let Some(file) = &block.file else { continue };
            let own = fs::read_to_string(repository().join(file)).unwrap();
            let own: Vec<String> = own.split_inclusive('\n').map(str::to_owned).collect();
            let ours = block.lines.iter().map(|(_, text)| format!("{text}\n"));
            if rewrites {
                let own = own
                    .iter()
                    .map(|line| line.trim_end_matches('\n').to_owned());
                lines.splice(block.line..block.line + block.lines.len(), own);
            } else {
                assert!(
                    ours.eq(own),
                    "{path}:{}: the block isn't {file}: run `ABMCTL_REWRITE=1 cargo test --test pages`",
                    block.line
                );
            }
            shown.push(file.clone());
        }
        if rewrites && page.blocks.iter().any(|block| block.file.is_some()) {
            fs::write(repository().join(&path), lines.join("\n") + "\n").unwrap();
        }
    }
    for folder in SHOWN {
        for entry in fs::read_dir(repository().join(folder)).unwrap() {
            let name = entry.unwrap().file_name();
            let path = format!("{folder}/{}", name.to_str().unwrap());
            assert!(shown.contains(&path), "no page shows {path}");
        }
    }
}

#[test]
fn each_abmctl_command_in_a_page_is_one_that_abmctl_takes() {
    let wrong: Vec<String> = documents()
        .iter()
        .flat_map(|path| commands::wrong_in(&Page::read(path)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
