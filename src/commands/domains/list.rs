//! `domains list`: every domain that any source knows, with its status and the evidence.

use clap::ValueEnum;
use futures_util::future::join;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::declared;
use super::dns::look_up;
use super::since::{Since, whole_seconds};
use super::sources::{Progress, accounts, audit_log};
use crate::commands::Outcome;
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::domains::{Domain, Facts, Source, Status, fold, readable};
use crate::device_view::ResolverAddress;
use crate::device_view::dns::Dns;
use crate::error::{Error, Kind};
use crate::output::{Cell, Column, Document, View, column, more};

const AFTER_HELP: &str = "\
Apple Business has no list of domains, so the audit log says what happened to
each (added, verified, removed), and Managed Apple Accounts and your own list
(`declared` in the configuration) show that one is there. Only the audit log
decides a status: a domain that was verified before --since is unknown.

A year of the audit log costs 15 requests, the users one for each thousand.
Apple allows about 20 a minute; where they run out, the command waits, for as
long as --max-wait says.

School Manager lists its domains in the Roster API only, which this version does
not read: there, the list is your own.

Examples:
  abmctl domains list --status verified --columns domain --no-headers -o csv
  abmctl domains list --since 2025-01-01 -o json";

/// Which domains, and how far back to look.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct Args {
    /// Read the audit log from this date, time or duration ago on [default: 1y]
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    since: Option<Since>,
    /// List only domains of this status
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<Wanted>,
    /// Look nothing up in the DNS
    #[arg(long)]
    no_dns: bool,
    /// Ask this resolver in place of the system's, as in 1.1.1.1
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
    /// Not verified, as School Manager's Roster API says
    Unverified,
    /// Nothing that could be read says
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

/// How domains are shown.
static VIEW: View = View {
    columns: &[
        column("domain", "DOMAIN", Cell::Of(name)),
        column("status", "STATUS", Cell::Plain),
        more("verified"),
        column("since", "SINCE", Cell::Day),
        EVIDENCE,
        column("accounts", "ACCOUNTS", Cell::Number),
        column("dns_token", "DNS TXT", Cell::Plain),
        more("subject_id"),
    ],
    below: Some(subject_of_nameless),
    empty: "No domains.",
};

const EVIDENCE: Column = column("evidence", "HOW WE KNOW", Cell::Of(how_we_know));

/// The name in letters.
fn name(row: &Map<String, Value>) -> String {
    let name = row.get("domain").and_then(Value::as_str);
    name.map_or_else(|| "(no name)".to_owned(), readable)
}

/// The id of a domain that Apple logged without a name: all that there is to look it up by.
fn subject_of_nameless(row: &Map<String, Value>) -> Vec<String> {
    let nameless = row.get("domain").is_none_or(Value::is_null);
    match row.get("subject_id").and_then(Value::as_str) {
        Some(id) if nameless => vec![format!("subject id {id}")],
        _ => Vec::new(),
    }
}

fn how_we_know(row: &Map<String, Value>) -> String {
    Domain::deserialize(Value::Object(row.clone())).map_or_else(
        |_| String::new(),
        |domain| {
            let sources: Vec<&str> = domain
                .known_from()
                .into_iter()
                .map(Source::readable)
                .collect();
            sources.join(", ")
        },
    )
}

/// Reads what can be read, and folds it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&VIEW)?;
    let until = whole_seconds(context.clock().now());
    let from = args.since.unwrap_or_default().resolve(until)?;
    let wanted: Vec<Status> = args.status.iter().copied().map(Status::from).collect();
    let dns = if args.no_dns {
        None
    } else {
        Some(context.dns(args.resolver)?)
    };
    let settings = context.settings()?;
    let kind = settings.required_credentials()?.kind;
    declared::warn_of_old(settings, context);
    match kind {
        OrganizationKind::Business => business(&wanted, from, until, dns.as_ref(), context).await,
        OrganizationKind::School => school(&wanted, dns.as_ref(), context).await,
    }
}

async fn business(
    wanted: &[Status],
    from: Timestamp,
    until: Timestamp,
    dns: Option<&Dns>,
    context: &Context,
) -> Result<Outcome, Error> {
    let manager = context.manager().await?;
    let progress = Progress::new(&context.ui);
    let (audit, accounts) = join(
        audit_log(manager, from, until, &progress),
        accounts(manager, &progress),
    )
    .await;
    context.ui.progress("");
    let mut facts = Facts {
        declared: context.settings()?.declared_domains.clone(),
        seen: declared::seen(context.settings()?),
        ..Facts::default()
    };
    let problem = match (audit.map_err(Error::from), accounts.map_err(Error::from)) {
        (Err(audit), Err(accounts)) => return Err(nothing(audit, accounts)),
        (Err(audit), Ok(accounts)) => {
            facts.accounts = Some(accounts);
            let unsaid = unsaid(wanted, false);
            if !unsaid.is_empty() {
                return Err(no_audit_log(&unsaid, audit));
            }
            context.ui.warn(&format!(
                "No status is known, since the audit log could not be read. {}",
                audit.message
            ));
            Some(in_part("the audit log", audit))
        }
        (Ok(audit), accounts) => {
            facts.audit = Some(audit);
            let unsaid = unsaid(wanted, true);
            if !unsaid.is_empty() {
                return Err(never_said(&unsaid));
            }
            context.ui.hint_afterwards(format!(
                "The audit log was read from {} on. A domain that was verified earlier is unknown, or not listed where nothing else shows it; --since reads further back.",
                from.strftime("%Y-%m-%d")
            ));
            match accounts {
                Ok(accounts) => {
                    facts.accounts = Some(accounts);
                    None
                }
                Err(error) => {
                    context.ui.warn(&format!(
                        "Domains that only accounts show are missing, since the users could not be read. {}",
                        error.message
                    ));
                    Some(in_part("the users", error))
                }
            }
        }
    };
    look_up(&mut facts, dns, context).await;
    let document = document(&facts, wanted)?;
    Ok(match problem {
        None => Outcome::done(document),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// School Manager lists its domains in the Roster API only, which is not read.
async fn school(wanted: &[Status], dns: Option<&Dns>, context: &Context) -> Result<Outcome, Error> {
    let declared = context.settings()?.declared_domains.clone();
    if declared.is_empty() {
        return Err(Error::new(
            Kind::Refused,
            "The API of School Manager does not list domains, and none are declared.",
        )
        .hint("Declare what the portal shows: `abmctl domains declare acme.com`."));
    }
    let unsaid = unsaid(wanted, false);
    if !unsaid.is_empty() {
        return Err(Error::new(
            Kind::Refused,
            format!(
                "No source that is read says which domains of a School Manager organization are {}.",
                words(&unsaid)
            ),
        )
        .hint("The list of domains in the portal does, and so does Apple's Roster API, which this version does not read."));
    }
    context.ui.hint_afterwards(
        "School Manager's own list of domains is in Apple's Roster API, which this version does not read: these are the domains that you declared.",
    );
    let mut facts = Facts {
        seen: declared::seen(context.settings()?),
        declared,
        ..Facts::default()
    };
    look_up(&mut facts, dns, context).await;
    document(&facts, wanted).map(Outcome::done)
}

/// The statuses that were asked for and that no source could give, where leaving them out would mislead: where
/// `verified` is one of them, or they are all that was asked for.
fn unsaid(wanted: &[Status], audit: bool) -> Vec<Status> {
    let said = |status: &Status| match status {
        Status::Verified | Status::Pending | Status::Removed => audit,
        Status::Unverified => false,
        Status::Unknown => true,
    };
    let unsaid: Vec<Status> = wanted
        .iter()
        .copied()
        .filter(|status| !said(status))
        .collect();
    if unsaid.contains(&Status::Verified) || unsaid.len() == wanted.len() {
        unsaid
    } else {
        Vec::new()
    }
}

fn words(statuses: &[Status]) -> String {
    let words: Vec<&str> = statuses.iter().map(|status| status.word()).collect();
    words.join(" or ")
}

/// Neither source could be read: the failure that decides the exit code, with a word on the other.
fn nothing(audit: Error, accounts: Error) -> Error {
    let (first, second) = if accounts.kind == Kind::Unavailable && audit.kind != Kind::Unavailable {
        (accounts, audit)
    } else {
        (audit, accounts)
    };
    if first.message == second.message {
        return first;
    }
    Error {
        message: format!("{} {}", first.message, second.message),
        ..first
    }
}

/// What was asked for is in the audit log, which could not be read; an outage stays one, since waiting helps there.
fn no_audit_log(unsaid: &[Status], failure: Error) -> Error {
    let kind = match failure.kind {
        Kind::Failed | Kind::NotFound => Kind::Refused,
        other => other,
    };
    Error {
        kind,
        message: format!(
            "Only the audit log says which domains are {}, and it could not be read. {}",
            words(unsaid),
            failure.message
        ),
        ..failure
    }
}

fn never_said(unsaid: &[Status]) -> Error {
    Error::new(
        Kind::Refused,
        format!(
            "Apple Business does not say which domains are {}; only School Manager's Roster API does.",
            words(unsaid)
        ),
    )
    .hint("See those that are not shown as verified with `--status pending,removed,unknown`.")
}

fn in_part(what: &str, failure: Error) -> Error {
    Error {
        kind: Kind::Partial,
        message: format!("This was read without {what}."),
        ..failure
    }
}

fn document(facts: &Facts, wanted: &[Status]) -> Result<Document, Error> {
    let rows: Result<Vec<Value>, _> = fold(facts)
        .iter()
        .filter(|domain| wanted.is_empty() || wanted.contains(&domain.status))
        .map(serde_json::to_value)
        .collect();
    let rows =
        rows.map_err(|error| Error::failed(format!("The domains can't be written: {error}.")))?;
    Ok(Document::Rows(rows, &VIEW))
}

#[cfg(test)]
mod tests;
