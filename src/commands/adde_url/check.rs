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

const AFTER_HELP: &str = "\
A device asks the domain of the account first. Where that answers with an HTTP
failure status such as 404, and the system is new enough, it asks Apple, which
sends it to the ADDE URL of a server. Without an API account and server tokens
only the first half can be seen. This looks from here: a device elsewhere may
have another resolver, another network and other roots of trust.

Apple's own hosts are only connected to, and never asked.

If a vendor holds a server token, `adde-url declare` keeps the URL that the
vendor's MDM has set, and the check looks at it.

Exit 0 if every platform enrolls, 9 if one does not or may not, 7 if something
could not be read that would have told. If nobody configured the token or the
API account that would tell, a platform is not known: exit 0, or 9 with
`--strict`. The same goes for a platform that enrolls only through Apple if
abmctl doesn't know whether the domain is verified.

Examples:
  abmctl adde-url check acme.com
  abmctl adde-url check acme.com --strict
  abmctl adde-url check --user ada@acme.com --platform vision --os-version vision=2.1 -o json";

/// What is checked, and how.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The domains, as in the part after the @ of an account [default: all that are known]
    domains: Vec<String>,
    /// Check these platforms [default: mac,iphone,ipad,vision]
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform())]
    platform: Vec<Family>,
    /// Judge as this version of a platform's system, such as vision=2.1 [default: a recent one]
    #[arg(long, value_name = "PLATFORM=VERSION", value_delimiter = ',')]
    os_version: Vec<System>,
    /// Ask as this user [default: abmctl-check at each domain]
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Ask each enrollment URL whether it wants a bearer token, as a device expects; nobody is enrolled
    #[arg(long)]
    probe_enrollment: bool,
    /// Exit 9 also if a platform is not known, or enrolls through Apple and the domain isn't known to be verified
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
