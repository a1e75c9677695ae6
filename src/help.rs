//! Help: the command line as it describes itself, the topics, and the nearest of what is there.

pub(crate) mod manual;
mod markdown;
pub(crate) mod nearest;
pub(crate) mod topic;

use clap::{Arg, Command};

use topic::Topic;

/// The widest line of help.
pub(crate) const WIDTH: usize = 80;

/// A summary of more options than this leaves their values to `--help`, or it would not fit on a screen.
const MANY: usize = 16;

/// The last line of each summary.
const MORE: &str = "Global options: abmctl help options";

/// The same of a command that has more options than its summary shows.
const MORE_OF_IT: &str = "More options: --help. Global options: abmctl help options";

/// The command line with everything that its help shows, complete or a summary. Only help needs it, so parsing doesn't pay
/// for it.
pub(crate) fn described(tree: &Command, complete: bool) -> Command {
    let globals = globals(tree);
    let list = global_options(&globals, false);
    let topics = topics();
    let mut whole = describe(tree.clone(), &list, complete);
    let examples = examples(tree);
    whole = whole
        .after_help(format!("{examples}\n\n{topics}\n\n{MORE}"))
        .after_long_help(format!("{examples}\n\n{topics}\n\n{list}"));
    whole.build();
    whole
}

fn describe(command: Command, globals: &str, complete: bool) -> Command {
    let examples = examples(&command);
    let arguments = command.get_arguments();
    let own = arguments.filter(|it| !it.is_global_set()).count();
    let has_rare = command
        .get_arguments()
        .any(|it| !it.is_global_set() && it.is_hide_short_help_set());
    let more = if has_rare { MORE_OF_IT } else { MORE };
    let hides_values = !complete && own > MANY;
    let inner: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    let mut command = command
        .mut_args(|argument| {
            let global = argument.is_global_set();
            let is_rare = argument.is_hide_short_help_set();
            let argument = argument
                .hide_short_help(global || is_rare)
                .hide_long_help(global);
            if hides_values && argument.get_action().takes_values() {
                argument.hide_possible_values(true)
            } else {
                argument
            }
        })
        .after_help(format!("{examples}\n\n{more}"))
        .after_long_help(format!("{examples}\n\n{globals}"));
    for name in inner {
        command = command.mut_subcommand(name, |inner| describe(inner, globals, complete));
    }
    command
}

/// The examples of a command, with their heading.
pub(crate) fn examples(command: &Command) -> String {
    command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The options that every command has.
pub(crate) fn globals(tree: &Command) -> Vec<Arg> {
    let globals = tree
        .get_arguments()
        .filter(|argument| argument.is_global_set());
    globals.cloned().collect()
}

/// The list of the global options: a line or two for each, or all that there is to say.
fn global_options(globals: &[Arg], long: bool) -> String {
    let mut shown = Command::new("abmctl")
        .disable_help_flag(true)
        .term_width(WIDTH)
        .help_template("{all-args}")
        .args(globals);
    let text = if long {
        shown.render_long_help()
    } else {
        shown.render_help()
    };
    let text = text.to_string();
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// The list of the topics.
fn topics() -> String {
    let mut text = "Help topics (abmctl help TOPIC):".to_owned();
    for topic in Topic::ALL {
        text.push_str(&format!("\n  {:<11}  {}", topic.name(), topic.about()));
    }
    text
}

/// The text of a topic, for a terminal.
pub(crate) fn topic_text(topic: Topic, tree: &Command) -> String {
    match topic {
        Topic::Options => {
            let list = global_options(&globals(tree), true);
            format!("{}\n\n{list}\n", topic.text().trim_end())
        }
        _ => topic.text(),
    }
}

/// The complete help of a command, by the names of its way from the top; none if there is no such command.
pub(crate) fn of_command(tree: &Command, words: &[String]) -> Option<String> {
    let mut whole = described(tree, true);
    let mut command = &mut whole;
    for word in words {
        command = command.find_subcommand_mut(word)?;
    }
    let text = command.render_long_help().to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Some(format!("{}\n", lines.join("\n").trim_end()))
}
