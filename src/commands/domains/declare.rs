//! `domains declare`: what the operator saw in the portal, kept in the profile.

use jiff::civil::Date;
use serde::Serialize;

use crate::commands::day_argument::day;
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::context::Context;
use crate::core::domains::readable;
use crate::error::Error;
use crate::options::Changing;
use crate::organization::domains::declare::{Declaration, Sight, seen};
use crate::organization::domains::named;
use crate::output::{Column, Head, NothingMore, Row, Shown, column, heads, more};

/// A domain that was seen in the portal.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl domains declare acme.com
  abmctl domains declare acme.com --seen 2026-09-02
  abmctl domains declare acme.com --remove")]
pub(super) struct Args {
    /// The domain, such as acme.com
    domain: String,
    /// The day on which you saw it [default: today]
    ///
    /// Write it as YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "remove")]
    seen: Option<Date>,
    /// Remove the record, since the portal lists it no longer
    #[arg(long)]
    remove: bool,
    /// Only if you declared it as seen on this day, or `none`; else exit 8
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    #[command(flatten)]
    changing: Changing,
}

/// A declaration that changes.
#[derive(Debug, Serialize)]
struct Declared {
    /// The domain; `domain` has it too.
    what: String,
    domain: String,
    from: Option<String>,
    to: Option<String>,
}

impl Row for Declared {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| readable(&it.domain)),
        column("from", "SEEN BEFORE", |it| it.from.shown()),
        column("to", "SEEN NOW", |it| it.to.shown()),
        more("what", |it| it.what.shown()),
    ];
}

/// Runs `domains declare`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Declared>()?;
    let domain = named(&args.domain)?;
    let sight = if args.remove {
        Sight::Gone
    } else {
        Sight::There(args.seen)
    };
    let organization = context.organization_to_store()?;
    let plan = Declaration::new(domain, sight, args.from.as_deref(), &organization)?;
    let dry_run = args.changing.dry_run;
    plan.apply(dry_run).await?;
    let changes = if plan.differs() {
        vec![Declared {
            what: plan.domain.clone(),
            domain: plan.domain.clone(),
            from: plan.before.map(seen),
            to: plan.after.map(Some).map(seen),
        }]
    } else {
        Vec::new()
    };
    let headline = vec![format!("Profile {}", plan.profile)];
    let change = change_of(plan.profile, dry_run, changes, NothingMore {}, context);
    Ok(Outcome::done(document_of(change, headline, None)))
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<Declared>(false)
}
