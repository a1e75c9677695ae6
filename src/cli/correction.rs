//! The right form of a command line with a mistake. It is offered only if it parses, and if it is near enough to be meant.
//!
//! Over 400 lines: the ways to correct a line share the rules of what may be printed again.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Command};

use super::synonyms;
use crate::core::platform::Family;
use crate::help::nearest::{nearest, same_noun};

/// How many mistakes of one line are corrected.
const MISTAKES: usize = 4;
/// No word that is longer is printed again: it may be a key or a token.
const LONGEST: usize = 40;
/// No value that is longer is printed again where any may be a secret: `30d`.
const LONGEST_COUNT: usize = 5;
/// The value names of durations.
const DURATIONS: [&str; 2] = ["DURATION", "WHEN"];

/// What may have been meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Correction {
    /// The words after `abmctl`.
    Line(Vec<String>),
    /// An option, where the whole line is not right yet.
    Option(String),
    /// One of these commands.
    OneOf(Vec<String>),
}

/// How far a command line leads.
pub(super) struct Way {
    /// The names of its commands.
    pub(super) names: Vec<String>,
    /// Where the first word stands that is neither a command nor an option before one.
    pub(super) end: usize,
    command: Command,
}

impl Way {
    /// The way of the words after the program's name.
    pub(super) fn of(tree: &Command, words: &[String]) -> Self {
        let mut whole = tree.clone();
        whole.build();
        let mut way = Self {
            names: Vec::new(),
            end: 0,
            command: whole,
        };
        while let Some(word) = words.get(way.end) {
            if word.starts_with('-') && word != "--" && word != "-" {
                if way.command.has_subcommands() {
                    way.end += if way.takes_value(word) { 2 } else { 1 };
                    continue;
                }
                break;
            }
            let Some(inner) = way.command.find_subcommand(word) else {
                break;
            };
            way.names.push(inner.get_name().to_owned());
            way.command = inner.clone();
            way.end += 1;
        }
        way
    }

    /// Where the first argument stands, after the options of the command.
    fn after_options(&self, words: &[String]) -> usize {
        let mut at = self.end;
        while let Some(option) = words.get(at).filter(|word| word.starts_with('-')) {
            at += if self.takes_value(option) { 2 } else { 1 };
        }
        at.min(words.len())
    }

    /// The option that is written so.
    fn argument(&self, word: &str) -> Option<&clap::Arg> {
        self.command.get_arguments().find(|argument| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            let short = argument.get_short().map(|short| format!("-{short}"));
            long.as_deref() == Some(word) || short.as_deref() == Some(word)
        })
    }

    /// Whether an option takes the next word.
    fn takes_value(&self, word: &str) -> bool {
        let argument = self.argument(word);
        argument.is_some_and(|it| matches!(it.get_action(), ArgAction::Set | ArgAction::Append))
    }

    /// Whether any argument of the command may be a secret.
    pub(super) fn is_about_secrets(&self) -> bool {
        let noun = self.names.first();
        noun.is_some_and(|noun| noun == "auth" || noun == "tokens")
    }

    /// The option whose value is a duration below zero, such as `--since -5d`.
    pub(super) fn negative_duration<'a>(&self, words: &'a [String]) -> Option<&'a str> {
        let pairs = words.iter().zip(words.iter().skip(1));
        let mut pairs = pairs.take_while(|(word, _)| *word != "--");
        let found = pairs.find(|(option, value)| {
            let argument = self.argument(option);
            // `--color` has choices.
            let argument = argument.filter(|it| it.get_possible_values().is_empty());
            let names = argument.and_then(clap::Arg::get_value_names);
            let mut names = names.unwrap_or_default().iter();
            let count = value.strip_prefix('-').unwrap_or_default();
            names.any(|name| DURATIONS.contains(&name.as_str()))
                && count.starts_with(|first: char| first.is_ascii_digit())
        });
        found.map(|(option, _)| option.as_str())
    }

    /// Where an option stands that has one dash too few, such as `-platform`.
    pub(super) fn one_dash(&self, words: &[String]) -> Option<usize> {
        let mut own = words.iter().take_while(|word| *word != "--");
        own.position(|word| {
            let name = word.split('=').next().unwrap_or(word);
            let name = name.strip_prefix('-').unwrap_or_default();
            name.len() > 1 && self.has(name)
        })
    }

    /// The command as it is typed.
    pub(super) fn command_line(&self) -> String {
        let names = std::iter::once("abmctl").chain(self.names.iter().map(String::as_str));
        names.collect::<Vec<_>>().join(" ")
    }

    /// The names of its commands.
    pub(super) fn inner(&self) -> Vec<&str> {
        let inner = self.command.get_subcommands();
        let shown = inner.filter(|inner| !inner.is_hide_set());
        shown.map(Command::get_name).collect()
    }

    /// Its own and the global options, without dashes.
    fn options(&self) -> Vec<&str> {
        let arguments = self.command.get_arguments();
        arguments.filter_map(clap::Arg::get_long).collect()
    }

    fn has(&self, option: &str) -> bool {
        self.options().contains(&option)
    }
}

/// The right form of the words after `abmctl`, if there is one.
pub(super) fn of(error: &clap::Error, words: &[String], tree: &Command) -> Option<Correction> {
    if let Some(commands) = verb_without_noun(error, words, tree) {
        return Some(Correction::OneOf(commands));
    }
    let way = Way::of(tree, words);
    if way.negative_duration(words).is_some() {
        return None;
    }
    let one_dash = way.one_dash(words);
    let mut corrected = match one_dash {
        Some(at) => {
            let mut words = words.to_vec();
            words[at].insert(0, '-');
            words
        }
        None => corrected(error, words, tree)?,
    };
    let first = corrected.clone();
    let mut hidden = false;
    for _ in 0..MISTAKES {
        match parsed(&corrected, tree) {
            // `assign --server S` alone is not understood either.
            Ok(()) if is_half(&corrected, tree) => break,
            Ok(()) if is_printable(&corrected, tree) => return Some(Correction::Line(corrected)),
            Ok(()) => {
                hidden = true;
                break;
            }
            Err(error) => match self::corrected(&error, &corrected, tree) {
                Some(next) => corrected = next,
                None => break,
            },
        }
    }
    // The command, or the option, is right; what follows is not, or must not be printed again.
    let way = Way::of(tree, if hidden { &corrected } else { &first });
    if error.kind() == ErrorKind::InvalidSubcommand && !way.names.is_empty() {
        return Some(Correction::Line(way.names));
    }
    // Only of a wrong option is it known which one was meant.
    let wrong = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(wrong)) => wrong.starts_with('-'),
        _ => false,
    };
    if !(wrong || hidden || one_dash.is_some()) {
        return None;
    }
    let changed = first.iter().find(|word| !words.contains(word));
    let name = changed.map(|word| word.split('=').next().unwrap_or(word));
    match name.filter(|name| *name != "--" && way.argument(name).is_some()) {
        Some(name) => Some(Correction::Option(name.to_owned())),
        None if hidden && error.kind() == ErrorKind::UnknownArgument => {
            Some(Correction::Line(way.names))
        }
        None => None,
    }
}

fn parsed(words: &[String], tree: &Command) -> Result<(), clap::Error> {
    let program = std::iter::once("abmctl");
    let line = program.chain(words.iter().map(String::as_str));
    tree.clone().try_get_matches_from(line).map(drop)
}

/// Whether a word that was typed can be printed again: any other may be a key, a token or a password.
pub(super) fn is_harmless(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_.,:/@=%+~ ".contains(c);
    word.chars().count() <= LONGEST
        && word.chars().all(plain)
        && !word.contains("BEGIN")
        && !(word.contains("://") && word.contains('@'))
}

/// Whether all words of a line that parses can be printed again.
fn is_printable(words: &[String], tree: &Command) -> bool {
    let way = Way::of(tree, words);
    let harmless = |word: &String| match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") => is_harmless(name) && is_harmless(value),
        _ => is_harmless(word),
    };
    if !words.iter().all(harmless) {
        return false;
    }
    let mut rest = words.get(way.end..).unwrap_or_default().iter();
    while let Some(word) = rest.next().filter(|_| way.is_about_secrets()) {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        let Some(option) = way.argument(name) else {
            return false;
        };
        let value = match attached {
            None if way.takes_value(name) => rest.next().map(String::as_str),
            attached => attached,
        };
        if value.is_some_and(|value| !is_known(value, option)) {
            return false;
        }
    }
    true
}

/// Whether a value is one of those that an option has, or a count such as `30d`.
fn is_known(value: &str, option: &clap::Arg) -> bool {
    let choices = option.get_possible_values();
    let count = value.starts_with(|first: char| first.is_ascii_digit());
    choices.iter().any(|choice| choice.matches(value, false))
        || (count && value.len() <= LONGEST_COUNT)
}

/// Whether a server is named and no platform for it.
fn is_half(words: &[String], tree: &Command) -> bool {
    let given = |name: &str| {
        words
            .iter()
            .any(|word| word.split('=').next() == Some(name))
    };
    given("--server") && !given("--platform") && Way::of(tree, words).names == ["assign"]
}

/// The line with one mistake less.
fn corrected(error: &clap::Error, words: &[String], tree: &Command) -> Option<Vec<String>> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let way = Way::of(tree, words);
    match error.kind() {
        ErrorKind::InvalidSubcommand => command(words, &way),
        ErrorKind::UnknownArgument => {
            let word = text(ContextKind::InvalidArg)?;
            if word.starts_with('-') {
                below_a_noun(word, words, &way, tree).or_else(|| option(word, words, &way))
            } else if way.command.has_subcommands() {
                command(words, &way)
            } else {
                positional(words, &way)
            }
        }
        ErrorKind::InvalidValue => {
            let value = text(ContextKind::InvalidValue)?;
            let Some(ContextValue::Strings(choices)) = error.get(ContextKind::ValidValue) else {
                return None;
            };
            let right = nearest(value, choices.iter().map(String::as_str))?;
            let at = words.iter().position(|word| {
                word == value || word.split_once('=').is_some_and(|(_, it)| it == value)
            })?;
            let mut words = words.to_vec();
            words[at] = words[at].replace(value, right);
            Some(words)
        }
        ErrorKind::MissingRequiredArgument => positional(words, &way),
        _ => None,
    }
}

/// A line whose command is not there.
fn command(words: &[String], way: &Way) -> Option<Vec<String>> {
    let word = words.get(way.end)?.to_lowercase();
    let rest = &words[way.end + 1..];
    let replaced = |by: &[&str], rest: &[String]| {
        let before = words[..way.end].iter().cloned();
        let by = by.iter().map(|it| (*it).to_owned());
        Some(before.chain(by).chain(rest.iter().cloned()).collect())
    };
    let there_are = way.inner();
    let noun = |word: &str| {
        let plural = there_are.iter().find(|name| same_noun(name, word));
        plural.copied()
    };
    if let Some(name) = noun(&word) {
        return replaced(&[name], rest);
    }
    if way.names.is_empty() {
        // `get servers`, as kubectl has it.
        let other = rest.first().and_then(|next| {
            let name = noun(next)?;
            let inner = way.command.find_subcommand(name)?;
            let verbs: Vec<&str> = inner.get_subcommands().map(Command::get_name).collect();
            let alone = rest.len() == 1 && verbs.contains(&"list");
            let verb = match word.as_str() {
                "get" | "show" | "describe" if alone => Some("list"),
                word => verbs.iter().copied().find(|verb| *verb == word),
            };
            let verb = verb.or_else(|| synonyms::verb(&word, &verbs))?;
            Some((name, verb))
        });
        if let Some((name, verb)) = other {
            return replaced(&[name, verb], &rest[1..]);
        }
        if let Some(command) = synonyms::command(&word) {
            let command: Vec<&str> = command.split(' ').collect();
            let found = way.command.find_subcommand(command[0]);
            return found.and_then(|_| replaced(&command, rest));
        }
        if let [noun] = nouns_of(&word, way).as_slice() {
            return replaced(&[noun, &word], rest);
        }
    } else if let Some(verb) = synonyms::verb(&word, &there_are) {
        // Nothing is named, so all are meant.
        let all = rest.iter().all(|word| word.starts_with('-')) && there_are.contains(&"list");
        let reads = matches!(verb, "get" | "check");
        return replaced(&[if all && reads { "list" } else { verb }], rest);
    }
    let aliases = way.command.get_subcommands();
    let aliases = aliases.flat_map(Command::get_visible_aliases);
    let name = nearest(&word, there_are.iter().copied().chain(aliases))?;
    replaced(&[name], rest)
}

/// The nouns that have a verb.
fn nouns_of<'a>(verb: &str, way: &'a Way) -> Vec<&'a str> {
    let nouns = way.command.get_subcommands().filter(|noun| {
        !noun.is_hide_set() && noun.get_subcommands().any(|inner| inner.get_name() == verb)
    });
    nouns.map(Command::get_name).collect()
}

/// The commands that a verb at the top, with nothing after it, may stand for.
fn verb_without_noun(error: &clap::Error, words: &[String], tree: &Command) -> Option<Vec<String>> {
    let way = Way::of(tree, words);
    if error.kind() != ErrorKind::InvalidSubcommand
        || !way.names.is_empty()
        || words.len() != way.end + 1
    {
        return None;
    }
    let word = words.last()?.to_lowercase();
    let word = if word == "ls" { "list" } else { word.as_str() };
    let nouns = nouns_of(word, &way);
    let commands = nouns.iter().map(|noun| format!("{noun} {word}"));
    (nouns.len() > 1).then(|| commands.collect())
}

/// A line with an option that not the command at the top has, but the one of its name below a noun: `assign --serials FILE`, for
/// `devices assign`.
fn below_a_noun(wrong: &str, words: &[String], way: &Way, tree: &Command) -> Option<Vec<String>> {
    let [verb] = &way.names[..] else {
        return None;
    };
    let root = Way::of(tree, &[]);
    let option = wrong.split('=').next()?.strip_prefix("--")?;
    let has = |noun: &&str| {
        let inner = root.command.find_subcommand(noun);
        let inner = inner.and_then(|inner| inner.find_subcommand(verb));
        inner.is_some_and(|it| it.get_arguments().any(|it| it.get_long() == Some(option)))
    };
    let noun = nouns_of(verb, &root).into_iter().find(has)?;
    let mut words = words.to_vec();
    words.insert(way.end.checked_sub(1)?, noun.to_owned());
    Some(words)
}

/// A line with an option that the command has not.
fn option(wrong: &str, words: &[String], way: &Way) -> Option<Vec<String>> {
    let name = wrong.split('=').next().unwrap_or(wrong);
    let at = words
        .iter()
        .position(|word| word == name || word.starts_with(&format!("{name}=")))?;
    let bare = name.trim_start_matches('-');
    if let Some(words) = as_arguments(words, way) {
        return Some(words);
    }
    let mut words = words.to_vec();
    if matches!(bare, "json" | "csv" | "yaml" | "ndjson" | "table") {
        words.splice(at..=at, ["-o".to_owned(), bare.to_owned()]);
        return Some(words);
    }
    let options = way.options();
    let plural = options.iter().find(|option| same_noun(option, bare));
    let right = plural
        .copied()
        .or_else(|| synonyms::option(bare, &options))
        .or_else(|| nearest(bare, options.iter().copied()))?;
    words[at] = match words[at].split_once('=') {
        Some((_, value)) => format!("--{right}={value}"),
        None => format!("--{right}"),
    };
    Some(words)
}

/// A line whose options name what the command takes as arguments, such as `--url URL`.
fn as_arguments(words: &[String], way: &Way) -> Option<Vec<String>> {
    let positionals: Vec<&clap::Arg> = way.command.get_positionals().collect();
    let mut values: Vec<(usize, String)> = Vec::new();
    let mut kept = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let place = name.strip_prefix("--").and_then(|name| {
            let fits = |argument: &&clap::Arg| {
                let mut names = argument.get_value_names().unwrap_or_default().iter();
                same_noun(argument.get_id().as_str(), name)
                    || names.any(|other| same_noun(other, name))
            };
            let place = positionals.iter().position(fits);
            place.filter(|_| !way.has(name))
        });
        match place {
            Some(place) => values.push((place, attached.or_else(|| rest.next().cloned())?)),
            None => kept.push(word.clone()),
        }
    }
    if values.is_empty() {
        return None;
    }
    values.sort_by_key(|(place, _)| *place);
    let at = way.end.min(kept.len());
    // A value that looks like an option can't stand as an argument.
    if values.iter().any(|(_, value)| value.starts_with('-')) {
        return None;
    }
    kept.splice(at..at, values.into_iter().map(|(_, value)| value));
    Some(kept)
}

/// A line with arguments where options belong, such as `assign vision prod`.
fn positional(words: &[String], way: &Way) -> Option<Vec<String>> {
    let (mut platforms, mut servers) = (Vec::new(), Vec::new());
    let mut kept: Vec<String> = words.get(..way.end)?.to_vec();
    let mut own: Vec<String> = Vec::new();
    let takes_url = way
        .command
        .get_positionals()
        .any(|argument| argument.get_id() == "url");
    let takes_arguments = way.command.get_positionals().next().is_some();
    let is_last = |argument: &clap::Arg| argument.is_last_set();
    if way.command.get_positionals().any(is_last) && !words.iter().any(|word| word == "--") {
        // `sandbox exec COMMAND`: its own options end before the command.
        let mut words = words.to_vec();
        words.insert(way.after_options(&words), "--".to_owned());
        return Some(words);
    }
    let mut rest = words.get(way.end..)?.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            return None;
        }
        if word.starts_with('-') {
            own.push(word.clone());
            if way.takes_value(word) {
                own.extend(rest.next().cloned());
            }
        } else if way.has("platform") && word.split(',').all(|it| Family::of_word(it).is_ok()) {
            platforms.push(word.clone());
        } else if takes_url && word.contains("://") {
            kept.push(word.clone());
        } else if way.has("server") && (takes_url || !takes_arguments) {
            servers.push(word.clone());
        } else {
            kept.push(word.clone());
        }
    }
    if platforms.is_empty() && servers.is_empty() {
        return None;
    }
    if !platforms.is_empty() {
        kept.extend(["--platform".to_owned(), platforms.join(",")]);
    }
    for server in servers {
        kept.extend(["--server".to_owned(), server]);
    }
    kept.extend(own);
    Some(kept)
}
