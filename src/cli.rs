//! The command line: what it is read as, and what is wrong with one.

mod correction;
mod mistake;
mod synonyms;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::{self, Command, help};
use crate::error::Error;
use crate::help::described;
use crate::options::{NOTE, Options};
use crate::output::Head;

/// Set default device management services and account-driven enrollment URLs, list verified domains, and move devices.
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

/// The columns of the command of a command line, which need not be complete; `None` if its output has none.
pub fn columns(arguments: &[OsString]) -> Option<Vec<Head>> {
    let tree = Cli::command().ignore_errors(true);
    let matches = tree.try_get_matches_from(arguments).ok()?;
    commands::columns(&matches)
}

/// Whether a command line has `--columns` without names.
pub fn asks_for_columns(arguments: &[OsString]) -> bool {
    let own: Vec<_> = arguments.iter().take_while(|it| *it != "--").collect();
    if own.iter().any(|it| *it == "--help" || *it == "-h") {
        return false;
    }
    let place = own
        .iter()
        .position(|it| *it == "--columns" || *it == "--columns=");
    place.is_some_and(|place| {
        let next = own.get(place + 1).and_then(|it| it.to_str());
        own[place] == "--columns=" || next.is_none_or(|it| it.is_empty() || it.starts_with('-'))
    })
}

/// The last value of an option in a command line that could not be parsed; `names` has the long name first.
pub fn value_of<'a>(arguments: &'a [OsString], names: &[&str]) -> Option<&'a str> {
    let mut value = None;
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            break;
        }
        let attached = |name: &&str| {
            let rest = argument.strip_prefix(*name)?;
            if name.starts_with("--") {
                rest.strip_prefix('=')
            } else {
                Some(rest)
            }
        };
        let given = if names.contains(&argument) {
            arguments.next()
        } else {
            names.iter().find_map(attached)
        };
        value = given.or(value);
    }
    value
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
