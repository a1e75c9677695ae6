//! `adde-url check`: what a device of each platform finds, and where it would enrol.

use std::pin::pin;

use futures_util::{StreamExt, stream};

use crate::commands::device_rows::{DeviceRow, advise, merged};
use crate::commands::outcome::Outcome;
use crate::commands::platform_argument::platform;
use crate::context::Context;
use crate::core::platform::Family;
use crate::error::{Error, Kind};
use crate::options::Lookup;
use crate::organization::enrollment_check::{AT_ONCE, Check, CheckWish, Device, System, in_part};
use crate::output::{Format, Stream};

const EXAMPLES: &str = "\
Examples:
  abmctl adde-url check acme.com
  abmctl adde-url check acme.com --strict
  abmctl adde-url check --user ada@acme.com --platform vision \\
    --os-version vision=2.1 -o json";

/// What is checked, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The domains, such as acme.com [default: all known domains]
    domains: Vec<String>,
    /// Check these platforms
    ///
    /// The default is mac,iphone,ipad,vision.
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform())]
    platform: Vec<Family>,
    /// Check as this system version
    ///
    /// Example: vision=2.1. The default is a recent version. Repeat it, or use commas, for several platforms.
    #[arg(long, value_name = "PLATFORM=VERSION", value_delimiter = ',')]
    os_version: Vec<System>,
    /// Ask as this user
    ///
    /// The default is abmctl-check at each domain.
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Test if enrollment asks for a token
    ///
    /// A device expects that the enrollment URL asks for a bearer token. The test enrolls nobody.
    #[arg(long)]
    probe_enrollment: bool,
    /// Exit 9 also if something is unknown
    ///
    /// That is: a token or an API account is missing, or a platform enrolls only through Apple and the domain isn't known
    /// to be verified.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    lookup: Lookup,
}

/// Runs `check`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let mut rows = Stream::new(&context.output)?;
    let organization = context.organization()?;
    let wanted = CheckWish {
        platforms: args.platform,
        systems: args.os_version,
        user: args.user,
        probe_enrollment: args.probe_enrollment,
        lookup: (&args.lookup).into(),
        ..CheckWish::default()
    };
    let mut check = Check::new(wanted, organization)?;
    let (domains, mut problems) = check.domains(&args.domains).await?;
    let mut checking = pin!(
        stream::iter(&domains)
            .map(|domain| check.domain(domain))
            .buffered(AT_ONCE)
    );
    // A table shows platforms that find the same as one.
    let merges = context.output.format == Format::Table && context.output.columns.is_none();
    let mut found: Vec<Device> = Vec::new();
    let mut done = 0;
    while let Some(devices) = checking.next().await {
        done += 1;
        context
            .ui
            .progress(&format!("Checked {done} of {} domains", domains.len()));
        let devices = devices?;
        let each = devices.iter().map(|it| DeviceRow::new(it, organization));
        let shown: Vec<DeviceRow> = if merges {
            merged(each.collect())
        } else {
            each.collect()
        };
        let goes_on = shown.into_iter().all(|row| rows.push(row));
        found.extend(devices);
        if !goes_on {
            // Nobody reads on, so nobody asks for the verdict either.
            context.ui.progress("");
            return Outcome::listed(rows, None);
        }
    }
    context.ui.progress("");
    advise(&check, &found, context)?;
    problems.extend(check.problems(&found));
    let mut outcome = Outcome::listed(rows, in_part(problems))?;
    if found.iter().any(|it| it.alarms(args.strict)) {
        outcome.code = Kind::Differs.exit_code();
    }
    Ok(outcome)
}
