//! `domains list`: every domain that any source knows, with its status and the evidence.

use clap::{ArgMatches, ValueEnum};
use serde::Serialize;

use super::hints;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::domains::advice::Asked;
use crate::core::domains::{
    Difference, DnsToken, Domain, Source, Status, difference, fold, is_compared, readable,
};
use crate::core::printed::{Command, hint};
use crate::device_view::ResolverAddress;
use crate::error::Error;
use crate::organization::domains::dns::{look_up, names};
use crate::organization::domains::gather::Wish;
use crate::organization::domains::list::{Listing, list};
use crate::organization::domains::since::{Since, whole_seconds};
use crate::output::{
    Column, Document, Format, Head, Row, Rows, Shown, column, day, heads, more, number,
};

const EXAMPLES: &str = "\
Examples:
  abmctl domains list --status verified --columns domain -o csv
  abmctl domains list --accounts -o json
  abmctl domains list --check --quiet";

/// Which domains, and how far back to look.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// List only domains with this status
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<Wanted>,
    /// List only differences to the declared domains; exit 9 if any
    #[arg(long, conflicts_with = "status")]
    check: bool,
    /// Count the Managed Apple Accounts of each domain
    ///
    /// abmctl reads every user for that. It keeps the numbers, and later runs show them.
    #[arg(long)]
    accounts: bool,
    /// Read the audit log from this date, time or duration ago
    ///
    /// Examples: 2026-01-31, 90d. The default is as far back as Apple keeps the log.
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    since: Option<Since>,
    /// Read the whole audit log again
    ///
    /// abmctl drops its copy of the log after Apple answers.
    #[arg(long)]
    refresh: bool,
    #[command(flatten)]
    looking_up: LookingUp,
}

/// Whether names are looked up in the DNS, and where.
#[derive(Debug, clap::Args)]
struct LookingUp {
    /// Skip the DNS
    #[arg(long)]
    no_dns: bool,
    /// Ask this DNS resolver, such as 1.1.1.1
    #[arg(long, value_name = "ADDRESS", conflicts_with = "no_dns")]
    resolver: Option<ResolverAddress>,
}

/// The statuses, as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wanted {
    /// Logged as verified, with no removal since
    Verified,
    /// Logged as added, with no verification since
    Pending,
    /// Logged as removed
    Removed,
    /// The Roster API says that it isn't verified
    Unverified,
    /// No evidence
    Unknown,
}

impl From<Wanted> for Status {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Verified => Self::Verified,
            Wanted::Pending => Self::Pending,
            Wanted::Removed => Self::Removed,
            Wanted::Unverified => Self::Unverified,
            Wanted::Unknown => Self::Unknown,
        }
    }
}

/// A domain, its status, and how that is known.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Listed(Domain);

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| name(&it.0)),
        column("status", "STATUS", |it| it.0.status.word().shown()),
        more("verified", |it| it.0.verified.shown()),
        column("since", "SINCE", |it| day(since(&it.0).as_ref())),
        column("evidence", "HOW WE KNOW", |it| how_we_know(&it.0)),
        number("accounts", "ACCOUNTS", |it| it.0.accounts.shown()),
        column("dns_token", "DNS TXT", |it| dns_token(&it.0)),
        more("resolves", |it| it.0.resolves.shown()),
        more("subject_id", |it| it.0.subject_id.shown()),
    ];
    const EMPTY: &'static str = "No domains.";
    // The id of a domain that Apple logged without a name is all that there is to look it up by.
    const BELOW: Option<fn(&Self) -> Vec<String>> =
        Some(|it| match (&it.0.domain, &it.0.subject_id) {
            (None, Some(id)) => vec![format!("subject id {id}")],
            _ if it.0.status == Status::Verified => Vec::new(),
            _ => {
                let near = it.0.near_misses.iter();
                near.map(|near| format!("The DNS has {near}.")).collect()
            }
        });
}

/// A domain that differs from what is declared.
#[derive(Debug, Serialize)]
struct Differing {
    #[serde(flatten)]
    domain: Domain,
    difference: Difference,
}

impl Row for Differing {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| name(&it.domain)),
        column("status", "STATUS", |it| it.domain.status.word().shown()),
        more("verified", |it| it.domain.verified.shown()),
        column("since", "SINCE", |it| day(since(&it.domain).as_ref())),
        column("evidence", "HOW WE KNOW", |it| how_we_know(&it.domain)),
        more("accounts", |it| it.domain.accounts.shown()),
        more("dns_token", |it| dns_token(&it.domain)),
        more("resolves", |it| it.domain.resolves.shown()),
        more("subject_id", |it| it.domain.subject_id.shown()),
        more("difference", |it| it.difference.words().shown()),
    ];
    const EMPTY: &'static str = "No domain differs from your declarations.";
    const BELOW: Option<fn(&Self) -> Vec<String>> =
        Some(|it| vec![it.difference.words().to_owned()]);
}

/// What a table says in place of no differences where not all could be compared.
const NOTHING_IN_PART: &str = "No domain that could be compared differs from your declarations.";

/// The name in letters.
pub(super) fn name(domain: &Domain) -> String {
    let name = domain.domain.as_deref();
    name.map_or_else(|| "(no name)".to_owned(), readable)
}

/// When the event happened that decided the status.
pub(super) fn since(domain: &Domain) -> Option<String> {
    domain.since.map(|at| at.to_string())
}

/// Whether Apple's record is in the DNS.
pub(super) fn dns_token(domain: &Domain) -> String {
    domain.dns_token.map(DnsToken::word).shown()
}

fn how_we_know(domain: &Domain) -> String {
    let sources = domain.known_from().into_iter().map(Source::readable);
    sources.collect::<Vec<_>>().join(", ")
}

/// Reads what can be read, and folds it.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    if args.check {
        context.output.check::<Differing>()?;
    } else {
        context.output.check::<Listed>()?;
    }
    let until = whole_seconds(context.clock().now());
    let oldest = args
        .since
        .clone()
        .unwrap_or_else(Since::furthest)
        .resolve(until)?;
    let mut wanted: Vec<Status> = args.status.iter().copied().map(Status::from).collect();
    let organization = context.organization()?;
    // What is in the DNS is no part of a comparison.
    let dns = if args.looking_up.no_dns || args.check {
        None
    } else {
        Some(organization.dns(args.looking_up.resolver)?)
    };
    let wish = Wish {
        oldest,
        insists: args.since.is_some(),
        refresh: args.refresh,
        accounts: args.accounts,
    };
    if args.check {
        // What is verified can't be compared where nothing says it.
        wanted.push(Status::Verified);
    }
    let Listing {
        kind,
        mut gathered,
        problem,
    } = list(&wanted, &wish, organization).await?;
    let since = args.since.is_some();
    hints::reach(kind, since, problem.is_some(), &gathered, context);
    if gathered.asked == Asked::AuditLog && !args.check && !args.accounts {
        hints::age_of_accounts(gathered.facts.accounts.as_ref(), context);
    }
    if let Some(dns) = &dns {
        let names = names(&gathered.facts);
        let unknown = look_up(&mut gathered.facts, names, dns, organization).await;
        if unknown > 0 {
            context.ui.warn(&organization.not_looked_up(format!(
                "The resolver didn't answer for {unknown} of the domains. Skip the DNS with --no-dns, or use another resolver with --resolver."
            )));
        }
    }
    let domains = fold(&gathered.facts);
    if args.check {
        let in_part = say_not_compared(&domains, context) || problem.is_some();
        return Ok(compared(domains, in_part, problem, context));
    }
    let listed = domains
        .into_iter()
        .filter(|domain| wanted.is_empty() || wanted.contains(&domain.status));
    let rows = with_names(listed.map(Listed).collect(), |it| &it.0, context);
    let document = Document::rows(rows);
    Ok(match problem {
        None => Outcome::done(document),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// What differs from what is declared.
fn compared(
    domains: Vec<Domain>,
    in_part: bool,
    problem: Option<Error>,
    context: &Context,
) -> Outcome {
    let differing = |domain: Domain| {
        let difference = difference(&domain)?;
        Some(Differing { domain, difference })
    };
    let rows: Vec<Differing> = domains.into_iter().filter_map(differing).collect();
    let differs = !rows.is_empty();
    let to_declare = |it: &&Differing| it.difference == Difference::NotDeclared;
    if let Some(name) = rows
        .iter()
        .find(to_declare)
        .and_then(|it| it.domain.domain.as_ref())
    {
        context.ui.hint_afterwards(hint![
            "If you see a domain in the portal and it is right, declare it: ",
            Command::storing("domains declare").arg(name),
            "."
        ]);
    }
    let mut rows = Rows::from(with_names(rows, |it| &it.domain, context));
    if in_part {
        rows.empty = NOTHING_IN_PART.into();
    }
    let document = Document::Rows(Box::new(rows));
    match problem {
        None => Outcome::compared(document, differs, context),
        Some(problem) => Outcome::with_problem(document, problem),
    }
}

/// Says what could not be compared with what is declared; whether there is any.
fn say_not_compared(domains: &[Domain], context: &Context) -> bool {
    let unknown: Vec<String> = domains
        .iter()
        .filter(|domain| !is_compared(domain))
        .map(|domain| match (&domain.domain, &domain.subject_id) {
            (Some(name), _) => format!("{} (no evidence)", readable(name)),
            (None, Some(id)) => format!("a domain without a name (subject id {id})"),
            (None, None) => "a domain without a name".to_owned(),
        })
        .collect();
    if !unknown.is_empty() {
        context
            .ui
            .hint_afterwards(format!("Couldn't compare: {}.", unknown.join(", ")));
    }
    !unknown.is_empty()
}

/// The rows, without those that have no name where csv is to hold nothing but names: a script would take `""` for one.
fn with_names<R>(mut rows: Vec<R>, domain: fn(&R) -> &Domain, context: &Context) -> Vec<R> {
    let columns = context.output.columns.as_deref().unwrap_or_default();
    let bare = !columns.is_empty() && columns.iter().all(|column| column == "domain");
    if bare && context.output.format == Format::Csv {
        let all = rows.len();
        rows.retain(|row| domain(row).domain.is_some());
        let nameless = all - rows.len();
        if nameless > 0 {
            context.ui.say_afterwards(format!(
                "Not listed, because Apple logged no name: {nameless}. To see their ids, add `--columns domain,subject_id`."
            ));
        }
    }
    rows
}

/// Its columns: those of the list, or of what differs.
pub(super) fn columns(matches: &ArgMatches) -> Vec<Head> {
    if matches.get_flag("check") {
        heads::<Differing>(false)
    } else {
        heads::<Listed>(false)
    }
}

#[cfg(test)]
mod tests;
