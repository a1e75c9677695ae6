//! The command line: what it is read as, and what is wrong with one.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::{self, Command};
use crate::error::Error;
use crate::options::{NOTE, Options};
use crate::output::Head;

/// Set default device management services and account-driven enrollment URLs, and list verified domains.
///
/// For Apple Business and Apple School Manager, from a terminal and from cron.
#[derive(Debug, Parser)]
#[command(
    name = "abmctl",
    version,
    color = clap::ColorChoice::Never,
    term_width = 80,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_long_help = AFTER_HELP
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub options: Options,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Try it without an account:
  abmctl sandbox demo
  abmctl sandbox exec -- abmctl assign

Exit codes:
  0              done, or nothing to do
  1              failed
  2              the command line, the configuration or a secret can't be used
  3              not authenticated
  4              not found, or ambiguous
  5              Apple refuses: no permission, or not for this kind of
                 organization
  6              limit, outage or no network
  7              partly done, or partly read
  8              conflict: not as expected, or changed meanwhile, or the
                 server can't enroll anything
  9              differs or is due (--check, --fail-within, adde-url check)
  129, 130, 143  interrupted

abmctl is not affiliated with Apple.";

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

/// Reads a command line.
pub fn parse(arguments: &[OsString]) -> Result<Parsed, clap::Error> {
    let matches = Cli::command().try_get_matches_from(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
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

/// What is wrong with a command line, as one sentence, and the help that has more.
pub fn mistake(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let text = text.trim().trim_start_matches("error: ");
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = first.lines().map(str::trim);
    let head = lines.next().unwrap_or_default();
    let details: Vec<&str> = lines.collect();
    let details = details.join(", ");
    let sentence = match details
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'))
    {
        Some(choices) => format!("{head} ({choices})"),
        None => format!("{head} {details}"),
    };
    let mut mistake = Error::usage(as_sentence(&sentence));
    let mut command = None;
    for line in rest.lines().map(str::trim) {
        if let Some(tip) = line.strip_prefix("tip: ") {
            mistake = mistake.hint(as_sentence(tip));
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            let words = usage.split(' ');
            let words: Vec<&str> = words
                .take_while(|word| !word.starts_with(['<', '[', '-']))
                .collect();
            command = Some(words.join(" "));
        }
    }
    match command {
        Some(command) => mistake.hint(format!("Run `{command} --help`.")),
        None => mistake,
    }
}

fn as_sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
