//! `domains declare`: what the operator saw in the portal, kept in the profile.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::declared::declared;
use super::named;
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::config::{Settings, Source, edit};
use crate::context::Context;
use crate::core::domains::readable;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::Changing;
use crate::output::{Column, NothingMore, Row, Shown, column};

/// A domain that was seen in the portal.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
It is evidence that the domain is there, and never decides its status. Where it
is older than 180 days, `domains list` asks to look again.

Examples:
  abmctl domains declare acme.com
  abmctl domains declare acme.com --seen 2026-09-02
  abmctl domains declare acme.com --remove")]
pub struct Args {
    /// The domain, as in acme.com
    domain: String,
    /// It was seen on this day [default: today]
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "remove")]
    seen: Option<Date>,
    /// It is not there any more
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    changing: Changing,
}

/// A declaration that changes.
#[derive(Debug, Serialize)]
struct Declared {
    domain: String,
    from: Option<String>,
    to: Option<String>,
}

impl Row for Declared {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| readable(&it.domain)),
        column("from", "SEEN BEFORE", |it| it.from.shown()),
        column("to", "SEEN NOW", |it| it.to.shown()),
    ];
    const EMPTY: &'static str = "Nothing to change.";
}

/// A day, as in 2026-09-02.
fn day(text: &str) -> Result<Date, &'static str> {
    Date::strptime("%Y-%m-%d", text.trim()).map_err(|_| "it is no day, such as 2026-09-02")
}

/// Exit 2 where credentials come from the environment without a profile: nobody would read what is kept.
fn refuse_environment(settings: &Settings) -> Result<(), Error> {
    let account = settings.credentials.as_ref().map(|it| &it.client_id.source);
    let roster = settings.roster.as_ref().map(|it| &it.client_id.source);
    match account.or(roster) {
        Some(Source::Environment(variable)) if settings.profile.is_none() => Err(Error::usage(
            format!("{variable} is set and no profile is named, so what is declared in one would not be read."),
        )
        .hint(hint!["Name the profile that keeps it in ABMCTL_PROFILE, here and for ", Command::storing("domains list"), "."])),
        _ => Ok(()),
    }
}

/// Runs `domains declare`.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Declared>()?;
    let domain = named(&args.domain)?;
    let settings = context.organization_to_store()?.settings().clone();
    refuse_environment(&settings)?;
    let profile = settings.profile_to_store().to_owned();
    let today = context.clock().now().to_zoned(TimeZone::UTC).date();
    // East of Greenwich it may be tomorrow.
    let latest = today.tomorrow().unwrap_or(today);
    if args.seen.is_some_and(|seen| seen > latest) {
        return Err(Error::usage("--seen is in the future."));
    }
    let before = declared(&settings).remove(&domain);
    if args.remove && before.is_none() {
        return Err(
            Error::not_found(format!("Profile {profile} declares no domain {domain}.")).hint(
                hint![
                    "See what is declared with ",
                    Command::new("domains list"),
                    "."
                ],
            ),
        );
    }
    let after = (!args.remove).then(|| args.seen.unwrap_or(today));
    let changed = before != after.map(Some);
    let dry_run = args.changing.dry_run;
    if changed && !dry_run {
        edit(&settings.folders, context.claimant(), |file| {
            match after {
                Some(seen) => file.declare_domain(&profile, &domain, seen)?,
                None => file.remove_declared_domain(&profile, &domain),
            };
            Ok(())
        })
        .await?;
    }
    let word = |seen: Option<Date>| seen.map_or("no date".to_owned(), |seen| seen.to_string());
    let changes = if changed {
        vec![Declared {
            domain,
            from: before.map(word),
            to: after.map(Some).map(word),
        }]
    } else {
        Vec::new()
    };
    let headline = vec![format!("Profile {profile}")];
    let change = change_of(&profile, dry_run, changes, NothingMore {}, context);
    Ok(Outcome::done(document_of(change, headline, None)))
}
