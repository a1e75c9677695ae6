//! `help`: the help of a command, or a topic.

use crate::commands::outcome::Outcome;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::help::nearest::{nearest, same_noun};
use crate::help::topic::Topic;
use crate::help::{of_command, topic_text};
use crate::output::Document;
use crate::text::printable;

/// What to show.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl help adde-url set
  abmctl help exit-codes")]
pub struct Args {
    /// A command, or a topic: environment, exit-codes, output, options
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// Shows the help of a command of `tree`, or a topic. It opens nothing.
pub(crate) fn run(args: &Args, tree: &clap::Command) -> Result<Outcome, Error> {
    text(&args.words, tree).map(|text| Outcome::done(Document::Text(text)))
}

/// The help of a command of `tree`, or a topic.
pub(crate) fn text(words: &[String], tree: &clap::Command) -> Result<String, Error> {
    if let [name] = words
        && let Some(topic) = Topic::of_name(name)
    {
        return Ok(topic_text(topic, tree));
    }
    // As it may be copied from a command line.
    let words = match words {
        [first, rest @ ..] if first == "abmctl" => rest,
        words => words,
    };
    of_command(tree, words).ok_or_else(|| unknown(words, tree))
}

/// There is no such command, and no such topic.
fn unknown(words: &[String], tree: &clap::Command) -> Error {
    let said = words.join(" ");
    let topics = Topic::ALL.map(Topic::name);
    let mut error = Error::usage(format!(
        "There is no command and no topic \"{}\".",
        printable(&said)
    ));
    let mut path = Vec::new();
    let mut command = tree;
    for (index, word) in words.iter().enumerate() {
        let inner: Vec<&str> = command
            .get_subcommands()
            .filter(|inner| !inner.is_hide_set())
            .flat_map(|inner| std::iter::once(inner.get_name()).chain(inner.get_visible_aliases()))
            .collect();
        let whole = index == 0 && words.len() == 1;
        let topics = topics.iter().filter(|_| whole).copied();
        let all = || inner.iter().copied().chain(topics.clone());
        let exact = all().find(|name| *name == word);
        let plural = || all().find(|name| same_noun(name, word));
        let Some(found) = exact.or_else(plural).or_else(|| nearest(word, all())) else {
            path.clear();
            break;
        };
        path.push(found.to_owned());
        match command.find_subcommand(found) {
            Some(inner) => command = inner,
            None => break,
        }
    }
    if !path.is_empty() {
        let near = Command::plain(&format!("help {}", path.join(" ")));
        error = error.hint(hint!["Did you mean ", near, "?"]);
    }
    error.hint(hint![
        format!("The topics are {}. The commands are in ", topics.join(", ")),
        Command::plain("help"),
        "."
    ])
}
