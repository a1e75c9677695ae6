//! `domains check`: everything that is known of a domain, what is missing, and what devices find there.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::Serialize;
use serde_json::{Map, Value};

use super::dns::look_up;
use super::gather::{self, Gathered, Wish, gather};
use super::told;
use super::{each_named, list};
use crate::cli::Lookup;
use crate::commands::Outcome;
use crate::commands::adde_url::check as enrollment;
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::domains::advice::{Asked, Known, advice};
use crate::core::domains::{Domain, EventKind, Evidence, TimelineEntry, fold, timeline};
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;
use crate::output::{Cell, Document, View, column, more};

/// Which domains.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
It shows how the status is known, everything that was logged, what is missing
and the steps to take, and what devices would find at the domain, as
`adde-url check` does. It names no deadline: Apple gives 14 days from the
portal's Verify on, and nothing tells when that was.

Exit 0 if each domain is known as verified and every platform enrolls, 9 if not,
7 if something could not be read that would have told.

Examples:
  abmctl domains check acme.com
  abmctl domains check acme.com acme.de -o json")]
pub struct Args {
    /// The domains, as in the part after the @ of an account
    #[arg(required = true)]
    domains: Vec<String>,
    #[command(flatten)]
    lookup: Lookup,
}

/// Everything about one domain.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    domain: Domain,
    timeline: Vec<TimelineEntry>,
    missing: Vec<String>,
    next: Vec<String>,
    devices: Vec<Value>,
}

static VIEW: View = View {
    columns: &[
        column("domain", "DOMAIN", Cell::Of(list::name)),
        column("status", "STATUS", Cell::Plain),
        more("verified"),
        column("since", "SINCE", Cell::Day),
        column("accounts", "ACCOUNTS", Cell::Number),
        column("dns_token", "DNS TXT", Cell::Plain),
        more("resolves"),
        more("subject_id"),
        more("evidence"),
        more("timeline"),
        more("missing"),
        more("next"),
        more("devices"),
    ],
    below: Some(below),
    empty: "No domains.",
};

/// Everything that is no cell, under headings.
fn below(row: &Map<String, Value>) -> Vec<String> {
    let list = |key: &str| {
        row.get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let texts = |key: &str| -> Vec<String> {
        let values = list(key).into_iter();
        values
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect()
    };
    let mut evidence: Vec<String> = list("evidence")
        .into_iter()
        .filter_map(|it| Some(serde_json::from_value::<Evidence>(it).ok()?.says))
        .collect();
    if evidence.is_empty() {
        evidence.push("nothing".to_owned());
    }
    let ids: BTreeSet<String> = list("timeline")
        .iter()
        .filter_map(|it| Some(it["subject_id"].as_str()?.to_owned()))
        .collect();
    let several_ids = ids.len() > 1;
    let logged = list("timeline")
        .into_iter()
        .filter_map(|it| {
            let at: Timestamp = it["at"].as_str()?.parse().ok()?;
            let at: Zoned = at.to_zoned(TimeZone::UTC);
            let by = match it["by"].as_str() {
                Some(by) => format!(", by {by}"),
                None => String::new(),
            };
            Some(format!(
                "{}  {}{by}{}",
                at.strftime("%Y-%m-%d %H:%M"),
                it["says"].as_str()?,
                match it["subject_id"].as_str() {
                    Some(id) if several_ids => format!(" (subject id {id})"),
                    _ => String::new(),
                }
            ))
        })
        .collect();
    let steps = texts("next");
    let steps = (1..)
        .zip(steps)
        .map(|(n, step)| format!("{n}. {step}"))
        .collect();
    let mut lines = Vec::new();
    for (heading, under) in [
        ("Known:", evidence),
        ("Logged (UTC):", logged),
        ("Missing:", texts("missing")),
        ("To do:", steps),
        ("Devices enrol:", enrollment::in_words(list("devices"))),
    ] {
        if !under.is_empty() {
            lines.push(heading.to_owned());
            lines.extend(under.into_iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

/// Runs `domains check`.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&VIEW)?;
    let names = each_named(&args.domains)?;
    let dns = context.dns(args.lookup.resolver)?;
    let (mut gathered, kind) = everything(context).await?;
    let mut problems = Vec::new();
    if let Some(kind) = kind {
        problems.extend(told::tell(kind, false, &mut gathered, context));
    }
    if look_up(&mut gathered.facts, names.clone(), &dns, context).await > 0 {
        context
            .ui
            .warn("The resolver did not answer; ask another one with --resolver.");
    }
    let folded = fold(&gathered.facts);
    let nameless = folded.iter().filter(|it| it.domain.is_none()).count();
    let unverified = folded
        .iter()
        .filter(|it| it.verified == Some(false))
        .filter_map(|it| it.domain.clone())
        .collect();
    context.ui.progress("Looking as devices do");
    let found = enrollment::found(&names, unverified, args.lookup, context).await?;
    context.ui.progress("");
    problems.extend(found.problems);
    if gathered.asked == Asked::AuditLog && gathered.facts.accounts.is_none() {
        context.ui.hint_afterwards(hint![
            "The accounts were not counted yet: ",
            Command::new("domains list --accounts"),
            " does."
        ]);
    }
    let written = |hints: &[Hint]| {
        hints
            .iter()
            .map(|it| context.written(it))
            .collect::<Vec<_>>()
    };
    let rows: Vec<Row> = names
        .iter()
        .filter_map(|name| {
            // Each was looked up, so each has a row.
            let domain = folded.iter().find(|it| it.domain.as_ref() == Some(name))?;
            let timeline = timeline(&gathered.facts, name);
            let advice = advice(domain, name, &Known {
                asked: gathered.asked,
                failed: failed(&timeline),
                nameless,
            });
            let of_it = |row: &&Value| row["domain"] == name.as_str();
            let devices: Vec<Value> = found.rows.iter().filter(of_it).cloned().collect();
            let mut missing = written(&advice.missing);
            if domain.verified.is_none() && devices.iter().any(needs_apple) {
                missing.push(
                    "Apple answers devices only for verified domains: what enrols through Apple needs that."
                        .to_owned(),
                );
            }
            Some(Row {
                domain: domain.clone(),
                timeline,
                missing,
                next: written(&advice.steps),
                devices,
            })
        })
        .collect();
    let verified = rows.iter().all(|row| row.domain.verified == Some(true));
    let rows: Result<Vec<Value>, _> = rows.iter().map(serde_json::to_value).collect();
    let rows =
        rows.map_err(|error| Error::failed(format!("The domains can't be written: {error}.")))?;
    let document = Document::Rows(rows, &VIEW);
    Ok(match enrollment::in_part(problems) {
        None => Outcome::checked(document, !(verified && found.enrolls)),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// What is known of all domains, and the kind of organization; without credentials only what was declared.
async fn everything(context: &Context) -> Result<(Gathered, Option<OrganizationKind>), Error> {
    let settings = context.settings()?;
    let Ok(kind) = gather::kind(settings) else {
        return Ok((Gathered::declared(settings), None));
    };
    let wish = Wish::usual(context)?;
    Ok((gather(&wish, context).await?, Some(kind)))
}

/// Whether a platform enrols only if Apple answers it.
fn needs_apple(row: &Value) -> bool {
    matches!(
        row["verdict"].as_str(),
        Some("enrolls_through_apple" | "may_fall_back")
    )
}

/// Whether the last thing that was logged of its verification is that it failed.
fn failed(timeline: &[TimelineEntry]) -> bool {
    let last = timeline
        .iter()
        .rev()
        .find(|entry| entry.event.is_of_verification());
    last.is_some_and(|entry| entry.failed && entry.event == EventKind::Verified)
}
