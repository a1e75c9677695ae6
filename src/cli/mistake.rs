//! What is wrong with a command line: a sentence, the right form if there is one, and the help that has more.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::correction::{self, Correction, Way, is_harmless};
use crate::core::printed::{Command as Printed, Hint, hint, quoted};
use crate::error::Error;
use crate::text::printable;

/// The longest name of an option that is printed again.
const LONGEST_NAME: usize = 30;

/// The arguments after the program's name, if all of them are text.
fn words(arguments: &[OsString]) -> Option<Vec<String>> {
    let words = arguments.iter().skip(1);
    words.map(|word| word.to_str().map(str::to_owned)).collect()
}

/// What `abmctl NOUN help VERB` asks for: the words after `abmctl help`.
pub(super) fn help_below_a_noun(
    error: &clap::Error,
    arguments: &[OsString],
    tree: &Command,
) -> Option<Vec<String>> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let words = words(arguments)?;
    let way = Way::of(tree, &words);
    let rest = words.get(way.end..)?;
    let (first, rest) = rest.split_first()?;
    let names = way.names.iter().chain(rest);
    (first == "help").then(|| names.cloned().collect())
}

/// What is wrong with a command line.
pub(super) fn told(error: &clap::Error, arguments: &[OsString], tree: &Command) -> Error {
    let words = words(arguments).unwrap_or_default();
    let way = Way::of(tree, &words);
    let correction = correction::of(error, &words, tree);
    let mut message = sentence(error, &way, &words, correction.is_some());
    if correction.is_none() && error.kind() == ErrorKind::InvalidSubcommand {
        message.push_str(&format!(" Its commands are {}.", way.inner().join(", ")));
    }
    let mut mistake = Error::usage(message);
    match correction {
        Some(Correction::Line(words)) => {
            let line: Vec<String> = words.iter().map(|word| as_typed(word)).collect();
            mistake = mistake.hint(hint!["Did you mean ", Printed::plain(&line.join(" ")), "?"]);
        }
        Some(Correction::Option(name)) => {
            mistake = mistake.hint(format!("Did you mean {name}?"));
        }
        Some(Correction::OneOf(commands)) => {
            let mut parts = vec![Hint::from("Did you mean ")];
            for (index, command) in commands.iter().enumerate() {
                if index > 0 {
                    let last = index + 1 == commands.len();
                    parts.push(Hint::from(if last { " or " } else { ", " }));
                }
                parts.push(Printed::plain(command).into());
            }
            parts.push("?".into());
            mistake = mistake.hint(Hint::joined(parts));
        }
        None => {}
    }
    let help = std::iter::once("help").chain(way.names.iter().map(String::as_str));
    let help = Printed::plain(&help.collect::<Vec<_>>().join(" "));
    mistake.hint(hint!["Run ", help, "."])
}

/// A word as it is typed: of `--name=value` the value alone needs quotes.
fn as_typed(word: &str) -> String {
    match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") => format!("{name}={}", quoted(value)),
        _ => quoted(word),
    }
}

/// The name of an option that is not there, if it can be printed again.
fn name_of(option: &str) -> Option<&str> {
    let name = option.split('=').next().unwrap_or(option);
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    let bare = name.trim_start_matches('-');
    let is_letter = bare.len() == 1 && bare.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_name = name.len() <= LONGEST_NAME && name.chars().all(plain);
    (is_letter || is_name).then_some(name)
}

/// What is wrong; a word of the line is in it only if it can't be a secret.
fn sentence(error: &clap::Error, way: &Way, words: &[String], is_corrected: bool) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(printable(text).into_owned()),
        _ => None,
    };
    let texts = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let command = way.command_line();
    if let Some(option) = way.negative_duration(words) {
        return format!("The duration of {option} can't be negative.");
    }
    let one_dash = way.one_dash(words).and_then(|at| words.get(at));
    if let Some(name) = one_dash.and_then(|word| name_of(word)) {
        return format!("{command} has no option {name}.");
    }
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            // What is near to a command is no secret.
            if is_harmless(&word) && (is_corrected || !way.is_about_secrets()) {
                format!("{command} has no command \"{word}\".")
            } else {
                format!("{command} has no such command.")
            }
        }
        ErrorKind::UnknownArgument => {
            let word = text(ContextKind::InvalidArg).unwrap_or_default();
            if word.starts_with('-') {
                match name_of(&word) {
                    Some(name) => format!("{command} has no option {name}."),
                    None => format!("Unknown option for {command}."),
                }
            } else if is_harmless(&word) && !way.is_about_secrets() {
                format!("Unexpected argument \"{word}\" for {command}.")
            } else {
                format!("Unexpected argument for {command}.")
            }
        }
        ErrorKind::InvalidValue => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let choices = texts(ContextKind::ValidValue);
            match text(ContextKind::InvalidArg) {
                Some(option) if value.is_empty() => {
                    let choices = match choices.as_slice() {
                        [] => String::new(),
                        choices => format!(" Use one of {}.", choices.join(", ")),
                    };
                    format!("{option} needs a value.{choices}")
                }
                Some(option) if !choices.is_empty() => {
                    let choices = choices.join(", ");
                    if is_harmless(&value) && (is_corrected || !way.is_about_secrets()) {
                        format!("\"{value}\" is not a value of {option}. Use one of {choices}.")
                    } else {
                        format!("{option} has no such value. Use one of {choices}.")
                    }
                }
                _ => of_clap(error),
            }
        }
        ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let option = text(ContextKind::InvalidArg).unwrap_or_default();
            if is_harmless(&value) && !way.is_about_secrets() {
                return of_clap(error);
            }
            let reason = std::error::Error::source(error).map(ToString::to_string);
            match reason.filter(|reason| value.is_empty() || !reason.contains(&value)) {
                Some(reason) => {
                    let reason = reason.trim_end_matches('.');
                    format!("The value of {option} can't be used: {reason}.")
                }
                None => format!("The value of {option} can't be used."),
            }
        }
        // An option without a value got one: `--yes=VALUE`.
        ErrorKind::TooManyValues => match text(ContextKind::InvalidArg) {
            Some(option) => format!("{option} takes no value."),
            None => of_clap(error),
        },
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(ContextKind::InvalidArg);
            let plural = if missing.len() == 1 { "" } else { "s" };
            // `<DOMAINS>...` brings its own.
            let missing = missing.join(", ");
            format!(
                "Missing argument{plural}: {}.",
                missing.trim_end_matches('.')
            )
        }
        _ => of_clap(error),
    }
}

/// Clap's own words, as one sentence.
fn of_clap(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.trim().trim_start_matches("error: ");
    let (first, _) = text.split_once("\n\n").unwrap_or((text, ""));
    let lines: Vec<&str> = first.lines().map(str::trim).collect();
    let (head, details) = lines.split_first().unwrap_or((&"", &[]));
    let sentence = format!("{head} {}", details.join(", "));
    let sentence = sentence.trim().trim_end_matches('.');
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
