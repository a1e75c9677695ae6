//! `adde-url check`: what a device of each platform finds, and where it would enrol.

mod apple_side;
mod devices;
mod targets;
mod views;

use std::collections::BTreeSet;
use std::pin::pin;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::commands::outcome::Outcome;
use crate::commands::platform_argument::platform;
use crate::context::Context;
use crate::core::enrollment::PLATFORMS;
use crate::core::platform::Family;
use crate::core::printed::Hint;
use crate::core::service_discovery::Code;
use crate::error::{Error, Kind};
use crate::options::Lookup;
use crate::organization::domains::known::Known;
use crate::output::{Format, Stream};
use devices::Check;
use targets::System;
pub use views::{Found, in_words};

/// How many domains are checked at once.
const AT_ONCE: usize = 16;

const AFTER_HELP: &str = "\
A device asks the domain of the account first. Where that answers with an HTTP
failure status such as 404, and the system is new enough, it asks Apple, which
sends it to the ADDE URL of a server. Without an API account and server tokens
only the first half can be seen. This looks from here: a device elsewhere may
have another resolver, another network and other roots of trust.

Apple's own hosts are only connected to, and never asked.

Exit 0 if every platform enrolls, 9 if one does not or may not, 7 if something
could not be read that would have told.

Examples:
  abmctl adde-url check acme.com
  abmctl adde-url check --user ada@acme.com --platform vision --os-version vision=2.1 -o json";

/// What is checked, and how.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct Args {
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
    #[command(flatten)]
    lookup: Lookup,
}

/// Runs `check`.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let mut rows = Stream::new(&context.output)?;
    targets::checked_user(args.user.as_deref())?;
    let platforms = platforms(&args.platform)?;
    let Known {
        names: domains,
        unverified,
        mut problems,
    } = targets::domains(&args.domains, args.user.as_deref(), context).await?;
    let check = Check::new(platforms, unverified, &args, context)?;
    let mut checking = pin!(
        stream::iter(&domains)
            .map(|domain| check.domain(domain))
            .buffered(AT_ONCE)
    );
    // A table shows platforms that find the same as one.
    let merges = context.output.format == Format::Table && context.output.columns.is_none();
    let mut found: Vec<views::Found> = Vec::new();
    let mut done = 0;
    let mut enrolls = true;
    while let Some(checked) = checking.next().await {
        done += 1;
        context
            .ui
            .progress(&format!("Checked {done} of {} domains", domains.len()));
        let checked = checked?;
        enrolls &= checked.enrolls;
        let shown = if merges {
            views::merged(checked.rows.clone())
        } else {
            checked.rows.clone()
        };
        let goes_on = shown.into_iter().all(|row| rows.push(row));
        found.extend(checked.rows);
        if !goes_on {
            // Nobody reads on, so nobody asks for the verdict either.
            context.ui.progress("");
            return Outcome::listed(rows, None);
        }
    }
    context.ui.progress("");
    check.hint(&found);
    problems.extend(missed(&check, &found));
    let mut outcome = Outcome::listed(rows, in_part(problems))?;
    if !enrolls {
        outcome.code = Kind::Differs.exit_code();
    }
    Ok(outcome)
}

/// What devices find at some domains.
pub struct FoundAt {
    /// The rows of this command, by domain, and by platform.
    pub rows: Vec<views::Found>,
    /// Whether every platform enrols at each domain.
    pub enrolls: bool,
    /// What could not be read and would have told.
    pub problems: Vec<Error>,
}

/// What devices of the usual platforms find at `domains`, which are A-labels; those of them that are known as not verified are
/// `unverified`.
pub async fn found(
    domains: &[String],
    unverified: BTreeSet<String>,
    lookup: Lookup,
    context: &Context,
) -> Result<FoundAt, Error> {
    let args = Args {
        domains: Vec::new(),
        platform: Vec::new(),
        os_version: Vec::new(),
        user: None,
        probe_enrollment: false,
        lookup,
    };
    let check = Check::new(PLATFORMS.to_vec(), unverified, &args, context)?;
    let checked: Vec<devices::Checked> = stream::iter(domains)
        .map(|domain| check.domain(domain))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let enrolls = checked.iter().all(|it| it.enrolls);
    let rows: Vec<views::Found> = checked.into_iter().flat_map(|it| it.rows).collect();
    check.hint(&rows);
    Ok(FoundAt {
        enrolls,
        problems: missed(&check, &rows),
        rows,
    })
}

/// What could not be read and would have told.
fn missed(check: &Check<'_>, rows: &[views::Found]) -> Vec<Error> {
    let mut problems = check.problems();
    if rows.iter().any(resolver_failed) {
        problems.push(Error::new(
            Kind::Unavailable,
            "The resolver did not answer for some names.",
        ));
    }
    problems
}

/// The platforms that were asked for, each once; exit 2 for one that no device calls itself by.
fn platforms(given: &[Family]) -> Result<Vec<Family>, Error> {
    if given.is_empty() {
        return Ok(PLATFORMS.to_vec());
    }
    let mut platforms = given.to_vec();
    platforms.sort_unstable();
    platforms.dedup();
    match platforms.iter().find(|it| it.model_family().is_none()) {
        None => Ok(platforms),
        Some(platform) => Err(Error::usage(format!(
            "Apple names no model family for {}, so what such a device finds can't be asked.",
            platform.word()
        ))),
    }
}

/// Whether a name could not be looked up on the way of this row.
fn resolver_failed(row: &views::Found) -> bool {
    let failed = Code::ResolverFailed.word();
    row.findings.iter().any(|finding| finding.code == failed)
}

/// Exit 7, where something could not be read.
pub fn in_part(problems: Vec<Error>) -> Option<Error> {
    let mut messages: Vec<String> = Vec::new();
    let mut hints: Vec<Hint> = Vec::new();
    for problem in problems {
        if !messages.contains(&problem.message) {
            messages.push(problem.message);
        }
        for hint in problem.hints {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
    }
    if messages.is_empty() {
        return None;
    }
    let mut error = Error::new(Kind::Partial, messages.join(" "));
    error.hints = hints;
    Some(error)
}
