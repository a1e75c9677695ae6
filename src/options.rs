//! The options that every command has, and those that several have: types and help text, no work.

use clap::{ArgAction, Args, ValueEnum};

use crate::device_view::{self, Override, ResolverAddress};
use crate::output::Format;
use crate::text::printable;
use crate::ui::LogFormat;

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
#[allow(clippy::struct_excessive_bools, reason = "independent flags")]
pub struct Options {
    /// Use this profile of the configuration
    #[arg(short, long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Write data in this format [default: table]
    #[arg(short, long, global = true, value_name = "FORMAT", ignore_case = true)]
    pub output: Option<OutputFormat>,
    /// Write these columns only, by their names in json; without names, list the columns of the command
    #[arg(long, global = true, value_name = "A,B", value_delimiter = ',', num_args = 0..=1)]
    pub columns: Option<Vec<String>>,
    /// Leave out the headers of tables and csv
    #[arg(long, global = true)]
    pub no_headers: bool,
    /// Write csv as it is, without a ' before what a spreadsheet would take for a formula
    #[arg(long, global = true)]
    pub raw: bool,
    /// Show no progress and no hints
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show each request on standard error, and what an error came from; twice: headers too, without secrets
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Write messages in this format
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: Log,
    /// Use colour: always, never, or on a terminal without NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Never ask
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Give one attempt of a request this long, such as 30s [default: 60s]
    #[arg(long, global = true, value_name = "DURATION")]
    pub timeout: Option<String>,
    /// Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]
    #[arg(long, global = true, value_name = "DURATION")]
    pub max_wait: Option<String>,
}

/// The formats of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    Table,
    /// One document
    Json,
    /// One object a line, as soon as it is known
    Ndjson,
    /// Rows with a header
    Csv,
    /// One document
    Yaml,
}

impl From<OutputFormat> for Format {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Table => Self::Table,
            OutputFormat::Json => Self::Json,
            OutputFormat::Ndjson => Self::Ndjson,
            OutputFormat::Csv => Self::Csv,
            OutputFormat::Yaml => Self::Yaml,
        }
    }
}

/// The formats of `--log-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// Sentences
    Text,
    /// One JSON object a line
    Json,
}

impl From<Log> for LogFormat {
    fn from(format: Log) -> Self {
        match format {
            Log::Text => Self::Text,
            Log::Json => Self::Json,
        }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The name of the option of [`Changing`] that goes into the journal.
pub const NOTE: &str = "note";
/// The longest note.
const LONGEST_NOTE: usize = 500;

/// What a command takes that changes something.
#[derive(Debug, Clone, Args)]
pub struct Changing {
    /// Change nothing; print what the change would print
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Keep this text with the change in the journal, such as the number of a ticket; not a secret
    #[arg(id = NOTE, long = NOTE, value_name = "TEXT", value_parser = note)]
    pub note: Option<String>,
}

/// A note: one printable line.
fn note(text: &str) -> Result<String, String> {
    let text = text.trim();
    let count = text.chars().count();
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if count > LONGEST_NOTE {
        return Err(format!(
            "it has {count} characters; {LONGEST_NOTE} are allowed"
        ));
    }
    if printable(text) != text {
        return Err("it must be one line without control characters".to_owned());
    }
    Ok(text.to_owned())
}

/// What a command takes that may ask before it changes something.
#[derive(Debug, Clone, Copy, Args)]
pub struct Consent {
    /// Don't ask
    #[arg(short, long)]
    pub yes: bool,
}

/// What a command takes that looks as a device does: where names are looked up.
#[derive(Debug, Clone, Default, Args)]
pub struct Lookup {
    /// Connect to this address for a host, as in acme.com:127.0.0.1:8443; IPv6 in brackets; repeatable
    #[arg(long, value_name = "HOST[:PORT]:ADDRESS[:PORT]")]
    pub resolve: Vec<Override>,
    /// Ask this resolver in place of the system's, as in 1.1.1.1
    #[arg(long, value_name = "ADDRESS")]
    pub resolver: Option<ResolverAddress>,
}

impl From<&Lookup> for device_view::Lookup {
    fn from(lookup: &Lookup) -> Self {
        Self {
            resolve: lookup.resolve.clone(),
            resolver: lookup.resolver,
        }
    }
}
