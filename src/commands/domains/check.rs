//! `domains check`: everything that is known of a domain, what is missing, and what devices find there.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{hints, list};
use crate::commands::device_rows::{DeviceRow, advise, in_words};
use crate::commands::outcome::Outcome;
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::domains::advice::{Asked, Situation, advice, alarms};
use crate::core::domains::{Domain, EventKind, TimelineEntry, fold, timeline};
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;
use crate::options::Lookup;
use crate::organization::domains::dns::look_up;
use crate::organization::domains::each_named;
use crate::organization::domains::gather::{self, Gathered, Wish, gather};
use crate::organization::domains::known::standings;
use crate::organization::domains::unread::warn_of_unread;
use crate::organization::enrollment_check::{AT_ONCE, Check, CheckWish, Device, in_part};
use crate::output::{Column, Document, Head, Row, Shown, column, day, heads, more, number};

/// Which domains.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl domains check acme.com
  abmctl domains check acme.com --strict
  abmctl domains check acme.com acme.de -o json")]
pub(super) struct Args {
    /// The domains, such as acme.com
    #[arg(required = true)]
    domains: Vec<String>,
    /// Exit 9 also if a domain or a platform is unknown
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    lookup: Lookup,
}

/// Everything about one domain.
#[derive(Serialize)]
struct Everything {
    #[serde(flatten)]
    domain: Domain,
    timeline: Vec<TimelineEntry>,
    missing: Vec<String>,
    next: Vec<String>,
    devices: Vec<DeviceRow>,
}

impl Row for Everything {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| list::name(&it.domain)),
        column("status", "STATUS", |it| it.domain.status.word().shown()),
        more("verified", |it| it.domain.verified.shown()),
        column("since", "SINCE", |it| day(list::since(&it.domain).as_ref())),
        number("accounts", "ACCOUNTS", |it| it.domain.accounts.shown()),
        column("dns_token", "DNS TXT", |it| list::dns_token(&it.domain)),
        more("resolves", |it| it.domain.resolves.shown()),
        more("subject_id", |it| it.domain.subject_id.shown()),
        more("evidence", |it| {
            let evidence = it.domain.evidence.iter().map(|it| it.says.as_str());
            evidence.collect::<Vec<_>>().shown()
        }),
        more("timeline", |it| it.logged().shown()),
        more("missing", |it| it.missing.shown()),
        more("next", |it| it.next.shown()),
        more("devices", |it| in_words(it.devices.clone()).shown()),
    ];
    const EMPTY: &'static str = "No domains.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(Self::below);
}

impl Everything {
    /// Everything that is no cell, under headings.
    fn below(&self) -> Vec<String> {
        let mut evidence: Vec<String> = self
            .domain
            .evidence
            .iter()
            .map(|it| it.says.clone())
            .collect();
        if evidence.is_empty() {
            evidence.push("nothing".to_owned());
        }
        let steps = (1..)
            .zip(&self.next)
            .map(|(n, step)| format!("{n}. {step}"))
            .collect();
        let mut lines = Vec::new();
        for (heading, under) in [
            ("Known:", evidence),
            ("Logged (UTC):", self.logged()),
            ("Missing:", self.missing.clone()),
            ("To do:", steps),
            ("Devices enroll:", in_words(self.devices.clone())),
        ] {
            if !under.is_empty() {
                lines.push(heading.to_owned());
                lines.extend(under.into_iter().map(|line| format!("  {line}")));
            }
        }
        lines
    }

    /// What was logged, a line each; with Apple's id where there were several.
    fn logged(&self) -> Vec<String> {
        let ids = self.timeline.iter().filter_map(|it| it.subject_id.as_ref());
        let several_ids = ids.collect::<BTreeSet<_>>().len() > 1;
        let line = |it: &TimelineEntry| {
            let at = it.at.to_zoned(TimeZone::UTC);
            let by = it
                .by
                .as_ref()
                .map_or(String::new(), |by| format!(", by {by}"));
            let id = match &it.subject_id {
                Some(id) if several_ids => format!(" (subject id {id})"),
                _ => String::new(),
            };
            format!("{}  {}{by}{id}", at.strftime("%Y-%m-%d %H:%M"), it.says)
        };
        self.timeline.iter().map(line).collect()
    }
}

/// Runs `domains check`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Everything>()?;
    let names = each_named(&args.domains)?;
    let organization = context.organization()?;
    let dns = organization.dns(args.lookup.resolver)?;
    let (mut gathered, kind) = everything(context).await?;
    let mut problems = Vec::new();
    if let Some(kind) = kind {
        problems.extend(warn_of_unread(kind, &mut gathered, organization));
        hints::reach(kind, false, !problems.is_empty(), &gathered, context);
    }
    if look_up(&mut gathered.facts, names.clone(), &dns, organization).await > 0 {
        context.ui.warn(
            &organization
                .not_looked_up("The resolver didn't answer. Use another one with --resolver."),
        );
    }
    let folded = fold(&gathered.facts);
    let nameless = folded.iter().filter(|it| it.domain.is_none()).count();
    context.ui.progress("Looking as devices do");
    let wanted = CheckWish {
        lookup: (&args.lookup).into(),
        standings: standings(&folded, &gathered.facts),
        ..CheckWish::default()
    };
    let devices = Check::new(wanted, organization)?;
    let found: Vec<Device> = stream::iter(&names)
        .map(|domain| devices.domain(domain))
        .buffered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?
        .concat();
    context.ui.progress("");
    advise(&devices, &found, context)?;
    problems.extend(devices.problems(&found));
    if gathered.asked == Asked::AuditLog && gathered.facts.accounts.is_none() {
        context.ui.hint_if_alone(hint![
            "abmctl hasn't counted the accounts yet. Count them with ",
            Command::new("domains list --accounts"),
            "."
        ]);
    }
    let written = |hints: &[Hint]| {
        hints
            .iter()
            .map(|it| context.written(it))
            .collect::<Vec<_>>()
    };
    let rows: Vec<Everything> = names
        .iter()
        .filter_map(|name| {
            // Each was looked up, so each has a row.
            let domain = folded.iter().find(|it| it.domain.as_ref() == Some(name))?;
            let timeline = timeline(&gathered.facts, name);
            let advice = advice(
                domain,
                name,
                &Situation {
                    asked: gathered.asked,
                    failed: failed(&timeline),
                    nameless,
                },
            );
            let at_it = || found.iter().filter(|device| device.domain == *name);
            Some(Everything {
                domain: domain.clone(),
                timeline,
                missing: written(&advice.missing),
                next: written(&advice.steps),
                devices: at_it().map(|it| DeviceRow::new(it, organization)).collect(),
            })
        })
        .collect();
    let not_verified = rows
        .iter()
        .any(|row| alarms(&row.domain, gathered.asked, args.strict));
    let document = Document::rows(rows);
    Ok(match in_part(problems) {
        None => Outcome::checked(
            document,
            not_verified || found.iter().any(|it| it.alarms(args.strict)),
        ),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// What is known of all domains, and the kind of organization; without credentials only what was declared.
async fn everything(context: &Context) -> Result<(Gathered, Option<OrganizationKind>), Error> {
    let organization = context.organization()?;
    let settings = organization.settings();
    let Ok(kind) = gather::kind(settings) else {
        return Ok((Gathered::declared(settings), None));
    };
    let wish = Wish::usual(organization)?;
    Ok((gather(&wish, organization).await?, Some(kind)))
}

/// Whether the last thing that was logged of its verification is that it failed.
fn failed(timeline: &[TimelineEntry]) -> bool {
    let last = timeline
        .iter()
        .rev()
        .find(|entry| entry.event.is_of_verification());
    last.is_some_and(|entry| entry.failed && entry.event == EventKind::Verified)
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<Everything>(false)
}
