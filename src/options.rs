//! The options that every command has, and those that several have: types and help text, no work.

use clap::{ArgAction, Args, ValueEnum};

use crate::device_view::{self, Override, ResolverAddress};
use crate::output::Format;
use crate::text::printable;
use crate::ui::LogFormat;

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
#[allow(clippy::struct_excessive_bools, reason = "independent flags")]
pub struct Options {
    /// Use this profile
    #[arg(short, long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Print data in this format [default: table]
    #[arg(short, long, global = true, value_name = "FORMAT", ignore_case = true)]
    pub output: Option<OutputFormat>,
    /// Print only these columns, by their names in json; without names, list the columns
    #[arg(long, global = true, value_name = "A,B", value_delimiter = ',', num_args = 0..=1)]
    pub columns: Option<Vec<String>>,
    /// Leave out the headers of tables and csv
    #[arg(long, global = true)]
    pub no_headers: bool,
    /// Don't protect csv cells from being read as formulas
    ///
    /// Without `--raw`, a cell that a spreadsheet would read as a formula gets a ' in front.
    #[arg(long, global = true)]
    pub raw: bool,
    /// Show no progress and no hints after success
    ///
    /// If nothing had to change, no table is shown either.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show each request and the cause of errors
    ///
    /// The lines go to standard error. -vv shows headers too. Secrets are never shown.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Write messages in this format
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: Log,
    /// Use color
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Never ask
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Time limit of an attempt, such as 30s
    ///
    /// The default is 60 seconds.
    #[arg(long, global = true, value_name = "DURATION")]
    pub timeout: Option<String>,
    /// Give up after this long without a success
    ///
    /// abmctl waits for limits, outages and retries. The default is 5 minutes on a terminal, and 15 minutes without one.
    /// Example: 10m.
    #[arg(long, global = true, value_name = "DURATION")]
    pub max_wait: Option<String>,
    /// Show a summary (-h) or the complete help (--help)
    #[arg(short, long, global = true, action = ArgAction::Help)]
    pub help: Option<bool>,
}

/// The formats of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// A table for people
    Table,
    /// One JSON document
    Json,
    /// One JSON object per line, as soon as it is known
    Ndjson,
    /// Rows, with a header
    Csv,
    /// One YAML document
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
    /// One JSON object per line
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

/// When to use color.
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
    /// Show the change, but don't make it
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Keep this text in the journal
    ///
    /// Example: a ticket number. `abmctl journal list` shows the text. It must not be a secret.
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
    /// Connect to this address for a host
    ///
    /// The form is `HOST[:PORT]:ADDRESS[:PORT]`, such as acme.com:127.0.0.1:8443. Write IPv6 addresses in brackets. Repeat
    /// it for several hosts.
    #[arg(long, value_name = "HOST:ADDRESS")]
    pub resolve: Vec<Override>,
    /// Ask this DNS resolver, such as 1.1.1.1
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
