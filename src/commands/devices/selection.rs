//! Which devices: serial numbers, a file of them, or filters. Every command that takes devices takes them so.

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;

use crate::commands::platform_argument::platform;
use crate::context::Context;
use crate::core::devices::selection::{Condition, Filter, Migration, On, Selection, Source};
use crate::core::devices::serials::Serials;
use crate::core::platform::Family;
use crate::core::printed::Hint;
use crate::error::Error;
use crate::organization::devices::serials_file;
use crate::organization::domains::since::{Since, whole_seconds};

/// Above the filters in the help.
const FILTERS: &str = "Filters";
/// The word of `--on` for no server.
const NONE: &str = "none";

/// Serial numbers.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct SerialArgs {
    /// Serial numbers of devices
    #[arg(value_name = "SERIAL")]
    serial_numbers: Vec<String>,
    /// Read serial numbers from a file, or - for stdin
    ///
    /// The file has one serial number a line, or it is a CSV file with a column such as `serial_number` or `Serial Number`.
    #[arg(long = "serials", value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    file: Option<String>,
}

/// What devices are like.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct FilterArgs {
    /// Devices of these platforms
    #[arg(long, help_heading = FILTERS, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform())]
    platform: Vec<Family>,
    /// Devices that are assigned to a server, or to none
    #[arg(long, help_heading = FILTERS, value_name = "STATUS", ignore_case = true)]
    status: Option<Status>,
    /// Devices on this server: id, alias or name; or none
    #[arg(long, help_heading = FILTERS, value_name = "SERVER", value_parser = NonEmptyStringValueParser::new())]
    on: Option<String>,
    /// Devices whose model contains this text, in any case
    #[arg(long, help_heading = FILTERS, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    model: Option<String>,
    /// Devices of this order number
    #[arg(long, help_heading = FILTERS, value_name = "NUMBER", value_parser = NonEmptyStringValueParser::new())]
    order: Option<String>,
    /// Devices bought from this source, or added by hand
    #[arg(long, help_heading = FILTERS, value_name = "SOURCE", ignore_case = true)]
    source: Option<SourceName>,
    /// Devices added since this date, time or duration ago
    ///
    /// Examples: 2026-01-31, 14d. A date begins at midnight UTC.
    #[arg(long, help_heading = FILTERS, value_name = "WHEN", value_parser = Since::parse)]
    added_since: Option<Since>,
    /// Devices whose migration has one of these statuses
    #[arg(long, help_heading = FILTERS, value_name = "STATUS", value_delimiter = ',', ignore_case = true)]
    migration: Vec<MigrationName>,
    /// Devices whose member has this value; repeatable
    ///
    /// The forms are member=value, member!=value, member~text (contains) and member^text (begins with), in any case. All
    /// conditions must hold. No condition matches a device without the member. Of a list, one item must be equal, contain
    /// the text or begin with it; with != all items must differ.
    #[arg(long = "where", help_heading = FILTERS, value_name = "CONDITION")]
    conditions: Vec<Condition>,
}

/// Serial numbers, or what devices are like.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct SelectionArgs {
    #[command(flatten)]
    serials: SerialArgs,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    Assigned,
    Unassigned,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SourceName {
    Apple,
    Reseller,
    Manual,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MigrationName {
    None,
    Requested,
    Started,
    Success,
    Failed,
}

impl SerialArgs {
    /// Whether any were given.
    pub(super) fn are_given(&self) -> bool {
        !self.serial_numbers.is_empty() || self.file.is_some()
    }

    /// The serial numbers, each once; says what was dropped. Exit 2 if the file or one of them can't be used.
    pub(super) async fn read(&self, context: &Context) -> Result<Serials, Error> {
        let mut serials = Serials::of_arguments(self.serial_numbers.iter().map(String::as_str))
            .map_err(|(text, why)| {
                Error::usage(format!("\"{text}\" isn't a serial number: {why}."))
            })?;
        if let Some(file) = &self.file {
            let (name, bytes) = match &file[..] {
                "-" => ("Standard input".to_owned(), context.ui.read_input().await?),
                file => {
                    let path = context.settings()?.folders.expand(file);
                    (
                        format!("The file {file}"),
                        serials_file::read(file, &path).await?,
                    )
                }
            };
            let read = Serials::of_file(&bytes).map_err(|why| {
                Error::usage(format!("{name} can't be used: {why}."))
                    .hints(why.cure().map(Hint::from))
            })?;
            serials.extend(read);
        }
        if let Some(dropped) = serials.dropped() {
            context.ui.say(&dropped);
        }
        Ok(serials)
    }
}

impl FilterArgs {
    /// The filter that they are; exit 2 if `--added-since` is not in the past.
    pub(super) fn filter(&self, context: &Context) -> Result<Filter, Error> {
        let now = context.clock().now();
        let added_since = match &self.added_since {
            None => None,
            Some(since) => match since.at(now).map(whole_seconds) {
                Some(at) if at < now => Some(at),
                Some(_) => return Err(Error::usage("--added-since is not in the past.")),
                None => return Err(Error::usage("--added-since is too long ago.")),
            },
        };
        let on = self.on.as_ref().map(|on| {
            if on.trim().eq_ignore_ascii_case(NONE) {
                On::Nowhere
            } else {
                On::Named(on.clone())
            }
        });
        for (option, value) in [("--model", &self.model), ("--order", &self.order)] {
            if value.as_ref().is_some_and(|it| it.trim().is_empty()) {
                return Err(Error::usage(format!("The value of {option} is empty.")));
            }
        }
        let trimmed = |value: &Option<String>| value.as_ref().map(|it| it.trim().to_owned());
        Ok(Filter {
            platforms: self.platform.clone(),
            assigned: self.status.map(|it| it == Status::Assigned),
            on,
            model: trimmed(&self.model),
            order: trimmed(&self.order),
            source: self.source.map(Into::into),
            added_since,
            migrations: self.migration.iter().copied().map(Into::into).collect(),
            conditions: self.conditions.clone(),
        })
    }
}

impl SelectionArgs {
    /// Whether the filters need the server of each device, or name one.
    pub(super) fn needs_server(&self) -> bool {
        let names_one = |on: &String| !on.trim().eq_ignore_ascii_case(NONE);
        let is_of_server = |it: &Condition| it.member.starts_with("server_");
        self.filters.on.as_ref().is_some_and(names_one)
            || self.filters.conditions.iter().any(is_of_server)
    }

    /// Which devices are meant; exit 2 for serial numbers together with filters.
    pub(super) async fn read(&self, context: &Context) -> Result<Selection, Error> {
        let filter = self.filters.filter(context)?;
        if !self.serials.are_given() {
            return Ok(Selection::Filter(filter));
        }
        if filter != Filter::default() {
            return Err(
                Error::usage("Serial numbers and filters can't be used together.").hint(
                    "Leave out the serial numbers to choose all devices that match the filters.",
                ),
            );
        }
        Ok(Selection::Serials(self.serials.read(context).await?))
    }
}

impl From<SourceName> for Source {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::Apple => Self::Apple,
            SourceName::Reseller => Self::Reseller,
            SourceName::Manual => Self::Manual,
        }
    }
}

impl From<MigrationName> for Migration {
    fn from(name: MigrationName) -> Self {
        match name {
            MigrationName::None => Self::None,
            MigrationName::Requested => Self::Requested,
            MigrationName::Started => Self::Started,
            MigrationName::Success => Self::Success,
            MigrationName::Failed => Self::Failed,
        }
    }
}
