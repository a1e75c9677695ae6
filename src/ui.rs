//! Standard error and the terminal: what a person is told and asked.

mod afterwards;
mod trace;

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::core::printed::{Hint, Reach};
use crate::error::{Error, Kind};
use crate::host::Clock;
use crate::text::{escaped, indented, is_step, printable, wrapped};
use afterwards::Remark;
pub use trace::Line;

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Sentences.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much, in which form, and whether anybody can answer.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Manner {
    /// No progress and no hints.
    pub quiet: bool,
    /// With color.
    pub color: bool,
    /// The form of messages.
    pub format: LogFormat,
    /// Errors as a document, since the output is one.
    pub error_document: bool,
    /// Standard error is a terminal: progress may be shown.
    pub terminal: bool,
    /// How many columns the terminal has, where that is known.
    pub width: Option<u16>,
    /// Somebody can be asked.
    pub answers: bool,
    /// With what errors came from.
    pub verbose: bool,
}

/// Standard error and the user. Cheap to clone.
#[derive(Clone)]
pub struct Ui {
    shared: Arc<Shared>,
}

struct Shared {
    manner: Manner,
    clock: Arc<dyn Clock>,
    stderr: Mutex<Box<dyn Write + Send>>,
    stdin: Mutex<BufReader<Box<dyn Read + Send>>>,
    /// What is said once the data is written.
    afterwards: Mutex<Vec<(Remark, Hint)>>,
    /// What printed commands need.
    reach: Mutex<Reach>,
    /// The profile in force, once the settings are known.
    profile: Mutex<Option<String>>,
    /// What the progress line shows now, to be wiped before anything else is written.
    progress: Mutex<usize>,
    under_way: Mutex<String>,
    /// A question stands on the line, with nothing after it yet.
    asking: Mutex<bool>,
}

impl Ui {
    /// Speaks on `stderr` and listens on `stdin`.
    pub fn new(
        manner: Manner,
        clock: Arc<dyn Clock>,
        stderr: Box<dyn Write + Send>,
        stdin: Box<dyn Read + Send>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                manner,
                clock,
                stderr: Mutex::new(stderr),
                stdin: Mutex::new(BufReader::new(stdin)),
                afterwards: Mutex::default(),
                reach: Mutex::default(),
                profile: Mutex::default(),
                progress: Mutex::new(0),
                under_way: Mutex::default(),
                asking: Mutex::default(),
            }),
        }
    }

    /// Whether somebody can be asked.
    pub fn answers(&self) -> bool {
        self.shared.manner.answers
    }

    /// Takes what printed commands need from now on.
    pub fn set_reach(&self, reach: Reach) {
        *lock(&self.shared.reach) = reach;
    }

    /// The profile in force, which the document of an error names.
    pub fn set_profile(&self, name: Option<String>) {
        *lock(&self.shared.profile) = name;
    }

    /// What printed commands need.
    pub fn reach(&self) -> Reach {
        lock(&self.shared.reach).clone()
    }

    /// Says what a change did or will do. Shown even with `--quiet`.
    pub fn say<T: ?Sized>(&self, text: &T)
    where
        for<'a> &'a T: Into<Hint>,
    {
        self.message("info", None, &text.into());
    }

    /// Whether progress and hints are left out.
    pub fn is_quiet(&self) -> bool {
        self.shared.manner.quiet
    }

    /// Advises; not with `--quiet`.
    pub fn hint<T: ?Sized>(&self, text: &T)
    where
        for<'a> &'a T: Into<Hint>,
    {
        if !self.shared.manner.quiet {
            self.message("hint", Some(AnsiColor::Cyan), &text.into());
        }
    }

    /// Warns. Shown even with `--quiet`.
    pub fn warn<T: ?Sized>(&self, text: &T)
    where
        for<'a> &'a T: Into<Hint>,
    {
        self.message("warning", Some(AnsiColor::Yellow), &text.into());
    }

    /// Shows what is under way, on a terminal, in place of what was shown before; an empty text wipes it.
    pub fn progress(&self, text: &str) {
        text.clone_into(&mut lock(&self.shared.under_way));
        self.progress_line(text);
    }

    fn progress_line(&self, text: &str) {
        let manner = &self.shared.manner;
        if manner.quiet || !manner.terminal || manner.format == LogFormat::Json {
            return;
        }
        // A line that wraps could not be taken back.
        let width = usize::from(manner.width.unwrap_or(80)).saturating_sub(1);
        let text: String = printable(text).chars().take(width).collect();
        let mut shown = lock(&self.shared.progress);
        let mut stderr = lock(&self.shared.stderr);
        let blank = shown.saturating_sub(text.chars().count());
        let _ = write!(stderr, "\r{text}{:blank$}\r", "");
        let _ = stderr.flush();
        *shown = text.chars().count();
    }

    /// Says that something is waited for: as progress on a terminal, else as a line; not with `--quiet`. A wait that is
    /// `expected` leaves on a terminal what is under way, and has these words after it.
    pub fn waiting(&self, text: &str, expected: Option<&str>) {
        let manner = &self.shared.manner;
        if manner.quiet {
        } else if manner.terminal && manner.format == LogFormat::Text {
            let under_way = lock(&self.shared.under_way).clone();
            match expected {
                Some(words) if !under_way.is_empty() => {
                    // A narrow terminal cuts the end off.
                    self.progress_line(&format!("{words}; {under_way}"));
                }
                _ => self.progress_line(text),
            }
        } else {
            self.message("waiting", Some(AnsiColor::Cyan), &text.into());
        }
    }

    /// Reports a failure, with its hints.
    pub fn error(&self, error: &Error) {
        if self.shared.manner.error_document {
            let reach = self.reach();
            let hints: Vec<String> = error.hints.iter().map(|it| it.written(&reach)).collect();
            let document = json!({"error": {
                "kind": error.kind.name(),
                "message": error.message,
                "hint": (!hints.is_empty()).then(|| hints.join(" ")),
                "code": error.code,
                "request_id": error.request_id,
                "profile": *lock(&self.shared.profile),
            }});
            self.line(&escaped(&document.to_string()));
            return;
        }
        let label = if matches!(
            error.kind,
            Kind::HungUp | Kind::Interrupted | Kind::Terminated
        ) {
            None
        } else {
            Some(AnsiColor::Red)
        };
        self.message("error", label, &(&error.message).into());
        if self.shared.manner.verbose {
            self.causes(error);
        }
        for hint in &error.hints {
            // What to do belongs to the error, so `--quiet` keeps it.
            self.message("hint", Some(AnsiColor::Cyan), hint);
        }
    }

    /// Says what an error came from, as far as that isn't in its own sentence.
    fn causes(&self, error: &Error) {
        let first = std::error::Error::source(error);
        let mut said = error.message.clone();
        for cause in std::iter::successors(first, |cause| cause.source()) {
            let text = cause.to_string();
            if !said.contains(text.trim_end_matches('.')) {
                self.message("cause", Some(AnsiColor::Cyan), &text.clone().into());
                said = text;
            }
        }
    }

    /// Asks for a line; `default` is what an empty answer means.
    ///
    /// The waiting is done on a thread of its own, so that Ctrl-C ends it.
    pub async fn ask(&self, question: &str, default: Option<&str>) -> Result<String, Error> {
        if !self.answers() {
            return Err(Error::usage(format!(
                "\"{question}\" needs an answer, but there is no terminal."
            )));
        }
        let default_shown = default.map(|default| format!(" [{default}]"));
        self.progress("");
        {
            let mut stderr = lock(&self.shared.stderr);
            let question = format!(
                "{}{}: ",
                printable(question),
                default_shown.unwrap_or_default()
            );
            let question = match self.terminal_width() {
                // The last blank is where the answer begins.
                Some(width) => wrapped(question.trim_end(), width, "", "") + " ",
                None => question,
            };
            let _ = write!(stderr, "{question}");
            let _ = stderr.flush();
        }
        *lock(&self.shared.asking) = true;
        let shared = Arc::clone(&self.shared);
        let read = tokio::task::spawn_blocking(move || {
            let mut answer = String::new();
            lock(&shared.stdin)
                .read_line(&mut answer)
                .map(|read| (read, answer))
        });
        let read = read.await;
        if matches!(&read, Ok(Ok((_, answer))) if answer.ends_with('\n')) {
            *lock(&self.shared.asking) = false;
        }
        match read {
            Ok(Ok((read, answer))) if read > 0 => {
                let answer = answer.trim();
                Ok(if answer.is_empty() {
                    default.unwrap_or_default().to_owned()
                } else {
                    answer.to_owned()
                })
            }
            _ => Err(Error::usage(
                "The input ended before the question was answered.",
            )),
        }
    }

    /// Asks yes or no.
    pub async fn confirm(&self, question: &str, default: bool) -> Result<bool, Error> {
        let default = if default { "yes" } else { "no" };
        loop {
            match self
                .ask(question, Some(default))
                .await?
                .to_lowercase()
                .as_str()
            {
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.say("Answer yes or no."),
            }
        }
    }

    /// Reads standard input to its end, for data.
    pub async fn read_input(&self) -> Result<Vec<u8>, Error> {
        let shared = Arc::clone(&self.shared);
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            lock(&shared.stdin).read_to_end(&mut bytes).map(|_| bytes)
        });
        match read.await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) => Err(Error::failed(format!(
                "Standard input can't be read: {error}."
            ))),
            Err(_) => Err(Error::failed("Standard input can't be read.")),
        }
    }

    fn message(&self, level: &str, color: Option<AnsiColor>, text: &Hint) {
        let text = &text.written(&self.reach());
        let manner = &self.shared.manner;
        if manner.format == LogFormat::Json {
            let line = json!({"time": self.shared.clock.now().to_string(), "level": level, "message": text});
            self.line(&escaped(&line.to_string()));
            return;
        }
        let label = match color {
            None => String::new(),
            Some(color) if manner.color => {
                let style = Style::new().bold().fg_color(Some(color.into()));
                format!("{style}{level}:{style:#} ")
            }
            Some(_) => format!("{level}: "),
        };
        if color.is_some() {
            let plain = format!("{level}: ");
            let text = printable(text);
            let text = match self.terminal_width() {
                Some(width) => wrapped(&text, width, &plain, "  "),
                None => plain.clone() + &text,
            };
            self.line(&(label + text.strip_prefix(&plain).unwrap_or(&text)));
            return;
        }
        // Without a label a text may have several lines: help, and commands to run.
        let text: Vec<_> = text
            .lines()
            .map(|line| self.fitted(&printable(line)))
            .collect();
        self.line(&text.join("\n"));
    }

    /// How wide messages may be: not in a pipe.
    fn terminal_width(&self) -> Option<usize> {
        let manner = &self.shared.manner;
        manner.width.filter(|_| manner.terminal).map(usize::from)
    }

    /// A line without a label. One that is set off and no step, or is a command alone, stays as it is.
    fn fitted(&self, line: &str) -> String {
        match self.terminal_width() {
            Some(width) if is_step(line) => indented(line, width),
            Some(width) if !line.starts_with([' ', '\t']) && !line.starts_with("abmctl ") => {
                wrapped(line, width, "", "")
            }
            _ => line.to_owned(),
        }
    }

    fn line(&self, line: &str) {
        let mut shown = lock(&self.shared.progress);
        let mut stderr = lock(&self.shared.stderr);
        if *shown > 0 {
            let _ = write!(stderr, "\r{:width$}\r", "", width = *shown);
            *shown = 0;
        }
        // What ended a question leaves its line first.
        if std::mem::take(&mut *lock(&self.shared.asking)) {
            let _ = writeln!(stderr);
        }
        // Nobody is left to be told that standard error can't be written.
        let _ = writeln!(stderr, "{line}");
        let _ = stderr.flush();
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
