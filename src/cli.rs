//! The command line: what it is read as, and what is wrong with one.

mod correction;
mod mistake;
mod synonyms;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::{Command, help};
use crate::error::Error;
use crate::help::described;
use crate::options::{NOTE, Options};

/// Set default device management services and account-driven enrollment URLs, and list verified domains.
///
/// abmctl works with Apple Business and Apple School Manager, from a terminal and from cron.
///
/// abmctl is not affiliated with Apple.
#[derive(Debug, Parser)]
#[command(
    name = "abmctl",
    version,
    color = clap::ColorChoice::Never,
    term_width = 80,
    disable_help_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = EXAMPLES
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub options: Options,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

#[cfg(feature = "sandbox")]
const EXAMPLES: &str = "\
Examples, without an account:
  abmctl sandbox demo
  abmctl sandbox exec -- abmctl assign";

#[cfg(not(feature = "sandbox"))]
const EXAMPLES: &str = "\
Examples:
  abmctl auth login
  abmctl assign";

/// The whole command line.
pub fn tree() -> clap::Command {
    Cli::command()
}

/// A command line as it was read.
pub struct Parsed {
    pub cli: Cli,
    /// The name of its command, such as `abmctl tokens import`.
    pub command: String,
    /// The `--note` of a command that changes something.
    pub note: Option<String>,
}

/// A command line that runs no command.
pub enum Stopped {
    /// Help or the version, as asked for.
    Asked(String),
    /// Help that nobody asked for, since there is no command.
    NoCommand(String),
    /// A mistake.
    Mistake(Error),
}

/// Reads a command line.
pub fn parse(arguments: &[OsString]) -> Result<Parsed, Stopped> {
    let parsed = Cli::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = parsed.map_err(|error| stopped(&error, arguments))?;
    let mut command = "abmctl".to_owned();
    let mut note = None;
    let mut below = matches.subcommand();
    while let Some((word, matches)) = below {
        command = format!("{command} {word}");
        // Only commands that change something have it.
        note = matches.try_get_one::<String>(NOTE).ok().flatten().cloned();
        below = matches.subcommand();
    }
    Ok(Parsed { cli, command, note })
}

fn stopped(error: &clap::Error, arguments: &[OsString]) -> Stopped {
    let tree = tree();
    match error.kind() {
        ErrorKind::DisplayVersion => Stopped::Asked(error.render().to_string()),
        ErrorKind::DisplayHelp => Stopped::Asked(help_of(error, arguments, &tree)),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Stopped::NoCommand(help_of(error, arguments, &tree))
        }
        _ => match mistake::help_below_a_noun(error, arguments, &tree) {
            Some(words) => match help::text(&words, &tree) {
                Ok(text) => Stopped::Asked(text),
                Err(error) => Stopped::Mistake(error),
            },
            None => Stopped::Mistake(mistake::told(error, arguments, &tree)),
        },
    }
}

/// The help that a command line asks for, with all that parsing does without.
fn help_of(error: &clap::Error, arguments: &[OsString], tree: &clap::Command) -> String {
    let complete = arguments.iter().any(|argument| argument == "--help");
    let whole = match described(tree, complete).try_get_matches_from(arguments) {
        Err(whole) if whole.kind() == error.kind() => whole.render().to_string(),
        _ => error.render().to_string(),
    };
    let lines: Vec<&str> = whole.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}
