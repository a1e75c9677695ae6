//! The manual pages: one for each command, one for each topic.
//!
//! All are in section 1, so that one folder holds them. The global options are in `abmctl(1)` and `abmctl-options(1)` alone.

use clap::{Arg, Command};

use super::markdown::{Block, blocks};
use super::topic::Topic;
use super::{examples, globals};

/// A page: the name of its file, and its text.
pub(crate) struct Page {
    pub(crate) file: String,
    pub(crate) text: String,
}

/// All pages of the command line.
pub(crate) fn pages(tree: &Command) -> Vec<Page> {
    let globals = globals(tree);
    let mut whole = tree.clone();
    whole.build();
    let mut pages = Vec::new();
    of_command(&whole, "abmctl", None, &globals, &mut pages);
    for topic in Topic::ALL {
        let name = format!("abmctl-{}", topic.name());
        let mut page = titled(&name, topic.about());
        page.section("DESCRIPTION");
        page.markdown(&topic.markdown());
        if topic == Topic::Options {
            page.section("GLOBAL OPTIONS");
            page.arguments(&globals.iter().collect::<Vec<_>>());
        }
        page.section("SEE ALSO");
        page.references(&["abmctl".to_owned()]);
        pages.push(page.done(&name));
    }
    pages
}

fn of_command(
    command: &Command,
    name: &str,
    above: Option<&str>,
    globals: &[Arg],
    pages: &mut Vec<Page>,
) {
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    let mut page = titled(name, &about);

    page.section("SYNOPSIS");
    let usage = command.clone().render_usage().to_string();
    for line in usage.trim_start_matches("Usage:").trim().lines() {
        page.line(&synopsis(line.trim(), &name.replace('-', " "), command));
    }

    page.section("DESCRIPTION");
    let long = command.get_long_about().map(ToString::to_string);
    page.markdown(long.as_deref().unwrap_or(&about));

    let inner: Vec<&Command> = command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
        .collect();
    if !inner.is_empty() {
        page.section("COMMANDS");
        for inner in &inner {
            page.line(".TP");
            page.line(&format!(
                "\\fB{}\\fR(1)",
                escaped(&format!("{name}-{}", inner.get_name()))
            ));
            let about = inner.get_about().map(ToString::to_string);
            page.words(&about.unwrap_or_default());
        }
    }
    let own = |positional: bool| {
        let arguments = command.get_arguments().filter(move |argument| {
            argument.is_positional() == positional
                && !argument.is_global_set()
                && !argument.is_hide_set()
        });
        arguments.collect::<Vec<_>>()
    };
    for (heading, arguments) in [("ARGUMENTS", own(true)), ("OPTIONS", own(false))] {
        if !arguments.is_empty() {
            page.section(heading);
            page.arguments(&arguments);
        }
    }
    page.section("GLOBAL OPTIONS");
    if above.is_none() {
        page.arguments(&globals.iter().collect::<Vec<_>>());
    } else {
        page.words("Every command has the options of");
        page.reference("abmctl-options");
    }

    let examples = examples(command);
    let examples = examples.trim_start_matches("Examples:").trim_matches('\n');
    if !examples.is_empty() {
        page.section("EXAMPLES");
        // Indented by the page already.
        page.code(
            examples
                .lines()
                .map(|it| it.strip_prefix("  ").unwrap_or(it)),
        );
    }

    page.section("EXIT STATUS");
    page.words("0 if all is done or there was nothing to do. The other codes are in");
    page.reference("abmctl-exit-codes");
    page.section("ENVIRONMENT");
    page.words("The variables are in");
    page.reference("abmctl-environment");

    page.section("SEE ALSO");
    let mut others: Vec<String> = above.iter().map(|it| (*it).to_owned()).collect();
    others.extend(inner.iter().map(|it| format!("{name}-{}", it.get_name())));
    let topics = Topic::ALL.into_iter();
    others.extend(topics.map(|topic| format!("abmctl-{}", topic.name())));
    page.references(&others);
    pages.push(page.done(name));

    for inner in inner {
        let below = format!("{name}-{}", inner.get_name());
        of_command(inner, &below, Some(name), globals, pages);
    }
}

/// The usage of a command: what is typed as it stands is bold.
fn synopsis(usage: &str, name: &str, command: &Command) -> String {
    // A noun has dashes of its own, such as `adde-url`.
    let known = command.get_bin_name().unwrap_or(name);
    let rest = usage.strip_prefix(known).unwrap_or(usage).trim();
    let mut line = format!("\\fB{}\\fR", escaped(known));
    for word in rest.split_whitespace() {
        line.push(' ');
        line.push_str(&escaped(word).replace('<', "\\fI").replace('>', "\\fR"));
    }
    line
}

/// A page under way.
struct Roff(Vec<String>);

/// A page with its title and its name.
fn titled(name: &str, about: &str) -> Roff {
    let version = env!("CARGO_PKG_VERSION");
    let mut page = Roff(vec![format!(
        ".TH \"{}\" \"1\" \"\" \"abmctl {version}\" \"abmctl Manual\"",
        escaped(&name.to_uppercase())
    )]);
    page.section("NAME");
    let mut letters = about.trim_end_matches('.').chars();
    let about = letters.next().map(|first| {
        // A word in capitals, such as URL, stays as it is.
        let small = !letters.clone().next().is_some_and(char::is_uppercase);
        let first = if small {
            first.to_ascii_lowercase()
        } else {
            first
        };
        format!("{first}{}", letters.as_str())
    });
    page.line(&format!(
        "{} \\- {}",
        escaped(name),
        marked(&about.unwrap_or_default())
    ));
    page
}

impl Roff {
    fn line(&mut self, line: &str) {
        self.0.push(line.to_owned());
    }

    fn section(&mut self, heading: &str) {
        self.line(&format!(".SH \"{heading}\""));
    }

    /// Words of a paragraph.
    fn words(&mut self, words: &str) {
        self.line(&marked(words.trim()));
    }

    /// Lines as they stand.
    fn code<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        self.line(".PP");
        self.line(".EX");
        for line in lines {
            self.line(&escaped(line));
        }
        self.line(".EE");
    }

    fn markdown(&mut self, text: &str) {
        let mut first = true;
        for block in blocks(text) {
            match block {
                Block::Paragraph(words) => {
                    if !first {
                        self.line(".PP");
                    }
                    self.line(&escaped(&words));
                }
                Block::Item(words) => {
                    self.line(".IP \\(bu 2");
                    self.line(&escaped(&words));
                }
                Block::Row(name, about) => {
                    self.line(".TP");
                    self.line(&format!("\\fB{}\\fR", escaped(&name)));
                    self.line(&escaped(&about.join("\n")).replace('\n', "\n.br\n"));
                }
                Block::Code(lines) => self.code(lines.iter().map(String::as_str)),
            }
            first = false;
        }
    }

    fn arguments(&mut self, arguments: &[&Arg]) {
        for argument in arguments {
            self.line(".TP");
            self.line(&spelled(argument));
            let help = argument.get_long_help().or(argument.get_help());
            let help = help.map(ToString::to_string).unwrap_or_default();
            let mut paragraphs = help.split("\n\n");
            self.words(paragraphs.next().unwrap_or_default());
            for paragraph in paragraphs {
                self.line(".IP");
                self.words(paragraph);
            }
            let takes_values = argument.get_action().takes_values();
            let values = argument.get_possible_values();
            let values: Vec<_> = values.iter().filter(|it| !it.is_hide_set()).collect();
            if takes_values && !values.is_empty() && !argument.is_hide_possible_values_set() {
                self.line(".RS");
                for value in values {
                    self.line(".TP");
                    self.line(&format!("\\fB{}\\fR", escaped(value.get_name())));
                    let help = value.get_help().map(ToString::to_string);
                    self.words(&help.unwrap_or_default());
                }
                self.line(".RE");
            }
            let defaults: Vec<String> = argument
                .get_default_values()
                .iter()
                .map(|value| value.to_string_lossy().into_owned())
                .collect();
            if takes_values && !defaults.is_empty() {
                self.line(".IP");
                self.words(&format!("Default: {}.", defaults.join(", ")));
            }
        }
    }

    /// Another page, at the end of a sentence.
    fn reference(&mut self, name: &str) {
        self.line(&format!(".BR {} (1).", escaped(name)));
    }

    /// Other pages.
    fn references(&mut self, names: &[String]) {
        let last = names.len().saturating_sub(1);
        for (index, name) in names.iter().enumerate() {
            let comma = if index == last { "" } else { "," };
            self.line(&format!(".BR {} (1){comma}", escaped(name)));
        }
    }

    fn done(self, name: &str) -> Page {
        let lines: Vec<String> = self.0.into_iter().filter(|it| !it.is_empty()).collect();
        Page {
            file: format!("{name}.1"),
            text: format!("{}\n", lines.join("\n")),
        }
    }
}

/// An option or argument as it is typed.
fn spelled(argument: &Arg) -> String {
    let mut names: Vec<String> = Vec::new();
    if let Some(short) = argument.get_short() {
        names.push(format!("\\fB\\-{short}\\fR"));
    }
    if let Some(long) = argument.get_long() {
        names.push(format!("\\fB\\-\\-{}\\fR", escaped(long)));
    }
    let mut text = names.join(", ");
    if argument.get_action().takes_values() {
        let values: Vec<String> = match argument.get_value_names() {
            Some(names) => names.iter().map(|name| escaped(name)).collect(),
            None => vec![escaped(&argument.get_id().as_str().to_uppercase())],
        };
        if !text.is_empty() {
            text.push(' ');
        }
        let values = format!("\\fI{}\\fR", values.join(" "));
        let optional = argument.get_long().is_some()
            && argument
                .get_num_args()
                .is_some_and(|count| count.min_values() == 0);
        text.push_str(&if optional {
            format!("[{values}]")
        } else {
            values
        });
    }
    text
}

/// Text in which what stands between backquotes is bold.
fn marked(text: &str) -> String {
    let parts: Vec<String> = text.split('`').map(escaped).collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let mut marked = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index.is_multiple_of(2) {
            marked.push_str(part);
        } else {
            marked.push_str(&format!("\\fB{part}\\fR"));
        }
    }
    guarded(&marked)
}

/// Text that roff takes as it is.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '\\' => safe.push_str("\\e"),
            '-' => safe.push_str("\\-"),
            '\'' => safe.push_str("\\(aq"),
            '`' => safe.push_str("\\(ga"),
            '^' => safe.push_str("\\(ha"),
            '~' => safe.push_str("\\(ti"),
            _ if letter.is_ascii() => safe.push(letter),
            _ => safe.push_str(&format!("\\[u{:04X}]", u32::from(letter))),
        }
    }
    let lines: Vec<String> = safe.split('\n').map(guarded).collect();
    lines.join("\n")
}

/// A line that is no request.
fn guarded(line: &str) -> String {
    if line.starts_with('.') {
        format!("\\&{line}")
    } else {
        line.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, marked};

    #[test]
    fn nothing_reads_as_a_request_or_an_escape() {
        assert_eq!(
            escaped(".hidden 'x' \\ a-b"),
            "\\&.hidden \\(aqx\\(aq \\e a\\-b"
        );
        assert_eq!(escaped("a\n.b…"), "a\n\\&.b\\[u2026]");
        assert_eq!(marked("run `a-b` now"), "run \\fBa\\-b\\fR now");
        assert_eq!(marked("a ` alone"), "a \\(ga alone");
    }
}
