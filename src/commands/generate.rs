//! What is generated from the command tree: completions, manual pages, the reference in docs/.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Outcome;
use crate::cli::Cli;
use crate::error::Error;
use crate::output::Document;

/// Which shell.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  abmctl completions zsh > ~/.zfunc/_abmctl\n  abmctl completions bash > /etc/bash_completion.d/abmctl"
)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Where to.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  abmctl man /usr/local/share/man/man1\n  abmctl man . && man ./abmctl-assign.1"
)]
pub struct Man {
    /// The folder
    folder: PathBuf,
}

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Reference {
    /// The file
    file: PathBuf,
}

/// Prints the completions of a shell.
pub fn completions(args: &Completions) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "abmctl", &mut script);
    let script =
        String::from_utf8(script).map_err(|_| Error::failed("The completions are no text."))?;
    Ok(Outcome::done(Document::Text(script)))
}

/// Writes a manual page for each command.
pub fn man(args: &Man) -> Result<Outcome, Error> {
    std::fs::create_dir_all(&args.folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), &args.folder))
        .map_err(|error| {
            Error::failed(format!(
                "The manual pages can't be written to {}: {error}.",
                args.folder.display()
            ))
        })?;
    Ok(Outcome::nothing())
}

/// Writes the reference of all commands.
pub fn reference(args: &Reference) -> Result<Outcome, Error> {
    std::fs::write(&args.file, reference_text()).map_err(|error| {
        Error::failed(format!(
            "{} can't be written: {error}.",
            args.file.display()
        ))
    })?;
    Ok(Outcome::nothing())
}

/// The reference of all commands, as Markdown: the help of each.
pub fn reference_text() -> String {
    let mut command = Cli::command();
    command.build();
    let mut text = String::from(
        "# Command reference\n\nWhat `abmctl COMMAND --help` prints. Generated; a test keeps it in step.\n",
    );
    describe(&mut command, &mut text);
    text
}

fn describe(command: &mut clap::Command, text: &mut String) {
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!(
        "\n## {name}\n\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    ));
    for inner in command
        .get_subcommands_mut()
        .filter(|inner| !inner.is_hide_set())
    {
        describe(inner, text);
    }
}
