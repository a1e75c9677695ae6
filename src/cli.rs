//! The command tree and the options that every command has: types and help text, no work.

use std::ffi::OsString;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::device_view::{Override, ResolverAddress};
use crate::error::Error;
use crate::output::Format;
use crate::ui::LogFormat;

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
  8              conflict: not as expected, or changed meanwhile
  9              differs or is due (--check, --fail-within, adde-url check)
  129, 130, 143  interrupted

abmctl is not affiliated with Apple.";

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
    /// Write these columns only, by their names in json
    #[arg(long, global = true, value_name = "A,B", value_delimiter = ',')]
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
    /// Show each request on standard error; twice: headers too, without secrets
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
    /// Wait for limits and repeat this long after the last success [default: 5m on a terminal, else 15m]
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

/// What a command takes that changes something.
#[derive(Debug, Clone, Copy, Args)]
pub struct Changing {
    /// Change nothing; print what the change would print
    #[arg(short = 'n', long)]
    pub dry_run: bool,
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

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the organization's domains
    Domains(commands::domains::Args),
    /// Show or set the default device management service of each platform
    ///
    /// Without options it shows which server new devices of each platform are
    /// assigned to. A default reaches devices that are added from then on; devices
    /// that are there stay where they are. Apple moves no platform by itself: abmctl
    /// takes it from the one server, gives it to the other, reads both back, and puts
    /// back what was taken where that fails.
    Assign(commands::assign::Args),
    /// Show or set the account-driven enrollment URL
    #[command(name = "adde-url", visible_alias = "discovery-url")]
    AddeUrl(commands::adde_url::Args),
    /// List device management services, and give them short names
    Servers(commands::servers::Args),
    /// Make, store and watch server tokens
    Tokens(commands::tokens::Args),
    /// Send any request to the API
    Api(commands::api::Args),
    /// Log in, and see what is used
    Auth(commands::auth::Args),
    /// List, choose and remove profiles
    Profiles(commands::profiles::Args),
    /// Run an emulator of Apple's services, to try anything without an account
    #[cfg(feature = "sandbox")]
    Sandbox(commands::sandbox::Args),
    /// Print the completions of a shell
    Completions(commands::generate::Completions),
    /// Write the manual pages into a folder
    Man(commands::generate::Man),
    /// Write what is committed and generated from the program
    #[command(hide = true)]
    Generate(commands::generate::Generate),
}

/// The command line, and the name of its command, such as `abmctl tokens import`.
pub fn parse(arguments: &[OsString]) -> Result<(Cli, String), clap::Error> {
    let matches = Cli::command().try_get_matches_from(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
    let mut name = "abmctl".to_owned();
    let mut below = matches.subcommand();
    while let Some((word, matches)) = below {
        name = format!("{name} {word}");
        below = matches.subcommand();
    }
    Ok((cli, name))
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
