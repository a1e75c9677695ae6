//! The topics of `abmctl help`. Their text is the reference in docs/, so there is no second copy of it.

use super::markdown;

/// A topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Environment,
    ExitCodes,
    Output,
    Options,
}

const CONFIGURATION: &str = include_str!("../../docs/reference/configuration.md");
const EXIT_CODES: &str = include_str!("../../docs/reference/exit-codes.md");
const OUTPUTS: &str = include_str!("../../docs/reference/outputs.md");

const OPTIONS: &str = "\
Every command has the global options below. They stand before or after the name of the command.

Many commands that change something have these options:

* `-n`, `--dry-run`: change nothing, and print the same document as the change, with `\"dry_run\": true`.
* `--check`: change nothing, and exit 9 if something would be changed.
* `--note TEXT`: keep a text with the change in the journal, such as a ticket number. It must not be a secret.
* `-y`, `--yes`: don't ask. Without a terminal, a change that would ask needs it.

A duration is a number and a unit, such as `90s`, `30m`, `12h`, `30d` or `2w`. Units can follow each other, as in `1h30m`.
";

impl Topic {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [
        Self::Environment,
        Self::ExitCodes,
        Self::Output,
        Self::Options,
    ];

    /// The topic of this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ExitCodes => "exit-codes",
            Self::Output => "output",
            Self::Options => "options",
        }
    }

    /// Its line in the list of topics.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Environment => "environment variables",
            Self::ExitCodes => "exit codes and their meaning",
            Self::Output => "formats, columns and streams",
            Self::Options => "global options, and options of many commands",
        }
    }

    /// Its source in Markdown.
    pub(crate) fn markdown(self) -> String {
        match self {
            Self::Environment => markdown::section(CONFIGURATION, "Environment variables"),
            Self::ExitCodes => markdown::introduction(EXIT_CODES),
            Self::Output => markdown::introduction(OUTPUTS),
            Self::Options => OPTIONS.to_owned(),
        }
    }

    /// Its text for a terminal.
    pub(crate) fn text(self) -> String {
        markdown::rendered(&self.markdown())
    }
}
