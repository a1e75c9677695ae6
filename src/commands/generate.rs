//! What is generated from the command tree: completions, manual pages, the reference in docs/.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;

use crate::commands::outcome::Outcome;
use crate::error::{Error, Kind};
use crate::help::topic::Topic;
use crate::help::{manual, topic_text};
use crate::output::Document;

/// Which shell.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  abmctl completions zsh > ~/.zfunc/_abmctl\n  abmctl completions bash > /etc/bash_completion.d/abmctl"
)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Where to.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  abmctl man /usr/local/share/man/man1\n  abmctl man . && man ./abmctl-assign.1"
)]
pub struct Man {
    /// The folder; abmctl creates it if it is missing
    folder: PathBuf,
}

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// The folder of the source
    folder: PathBuf,
}

/// Prints the completions of a shell for the command line `tree`.
pub(crate) fn completions(args: &Completions, tree: &Command) -> Result<Outcome, Error> {
    completions_text(args.shell, tree).map(|script| Outcome::done(Document::Text(script)))
}

/// Writes a manual page for each command.
pub(crate) fn man(args: &Man, tree: &Command) -> Result<Outcome, Error> {
    man_pages(&args.folder, tree)?;
    Ok(Outcome::nothing())
}

/// Writes all that is committed and made from the program alone: reference, manual pages, completions.
pub(crate) fn all(args: &Generate, tree: &Command) -> Result<Outcome, Error> {
    let written = [
        ("docs/reference/cli.md", cli_text(tree)),
        ("docs/reference/exit-codes.md", exit_codes_text()),
        (
            "completions/abmctl.bash",
            completions_text(Shell::Bash, tree)?,
        ),
        ("completions/_abmctl", completions_text(Shell::Zsh, tree)?),
        (
            "completions/abmctl.fish",
            completions_text(Shell::Fish, tree)?,
        ),
    ];
    for (below, text) in written {
        let path = args.folder.join(below);
        let folder = path.parent().unwrap_or(&args.folder);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| {
                Error::failed(format!("{} can't be written: {error}.", path.display()))
            })?;
    }
    man_pages(&args.folder.join("man"), tree)?;
    Ok(Outcome::nothing())
}

/// The command line without what is hidden, which the shells would offer all the same.
pub(crate) fn visible(whole: &Command) -> Command {
    let shown = whole.get_subcommands().filter(|inner| !inner.is_hide_set());
    Command::new("abmctl")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args(whole.get_arguments())
        .subcommands(shown)
}

/// What a shell sources: for bash, zsh and fish a stub that asks the installed program, else all that never changes.
fn completions_text(shell: Shell, tree: &Command) -> Result<String, Error> {
    if let Some(stub) = stub(shell) {
        return Ok(stub.to_owned());
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut visible(tree), "abmctl", &mut script);
    String::from_utf8(script).map_err(|_| Error::failed("The completions aren't text."))
}

fn stub(shell: Shell) -> Option<&'static str> {
    match shell {
        Shell::Bash => Some(include_str!("generate/stub.bash")),
        Shell::Zsh => Some(include_str!("generate/stub.zsh")),
        Shell::Fish => Some(include_str!("generate/stub.fish")),
        _ => None,
    }
}

fn man_pages(folder: &Path, tree: &Command) -> Result<(), Error> {
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut pages = manual::pages(tree).into_iter();
        pages.try_for_each(|page| fs::write(folder.join(page.file), page.text))
    });
    written.map_err(|error| {
        Error::failed(format!(
            "The manual pages can't be written to {}: {error}.",
            folder.display()
        ))
    })
}

/// The reference of all commands, as Markdown: the help of each, and the global options once at the end.
fn cli_text(tree: &Command) -> String {
    let mut command = tree.clone();
    command.build();
    let mut text = String::from(
        "# Command reference\n\n\
        Each section is the output of `abmctl COMMAND --help`. The [global options](#global-options) are at the end.\n\n\
        This page is generated from the program, and a test keeps it in step.\n",
    );
    describe(&command, &mut text);
    let options = topic_text(Topic::Options, tree);
    text.push_str(&format!(
        "\n## Global options\n\n```text\n{}\n```\n",
        options.trim_end()
    ));
    text
}

fn describe(command: &Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let mut shown = command.clone().mut_args(|argument| {
        let global = argument.is_global_set();
        argument.hide(global)
    });
    let help = shown.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!(
        "\n## {name}\n\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    ));
    let inner = command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set());
    for inner in inner {
        describe(inner, text);
    }
}

/// The exit codes, as Markdown.
fn exit_codes_text() -> String {
    let mut text = String::from(
        "# Exit codes\n\n\
        | code | `kind` | meaning |\n\
        |---|---|---|\n\
        | 0 | - | done, or nothing to do; also when the reader of a pipe went away |\n",
    );
    for kind in Kind::ALL {
        text.push_str(&format!(
            "| {} | `{}` | {} |\n",
            kind.exit_code(),
            kind.name(),
            kind.meaning()
        ));
    }
    text.push_str(
        "\nIf several apply: 7, then 8, then 6, then the rest.\n\n\
        With `-o json` or `-o ndjson` an error is a document on standard error, and `kind` is in it:\n\n\
        ```json\n\
        {\"error\":{\"kind\":\"not_found\",\"message\":\"…\",\"hint\":\"…\",\n  \"code\":null,\"request_id\":null,\"profile\":\"acme\"}}\n\
        ```\n\n\
        `code` is Apple's own word for the error, or the word for what a device would find at a URL, and `request_id` is Apple's id of the request, if Apple gave them. `profile` is the profile in force, if the settings could be read.\n\n\
        With `--check`, 9 is a result, not an error: nothing failed, and abmctl writes nothing to standard error.\n\n\
        This page is generated from the program, and a test keeps it in step.\n",
    );
    text
}
