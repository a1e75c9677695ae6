//! `domains list`: every domain that any source knows, with its status and the evidence.

use clap::ValueEnum;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::declared;
use super::dns::{look_up, names};
use super::gather::{self, Wish, gather};
use super::since::{Since, whole_seconds};
use super::told;
use crate::commands::Outcome;
use crate::context::Context;
use crate::core::domains::advice::Asked;
use crate::core::domains::{
    Difference, Domain, Source, Status, difference, fold, is_compared, readable,
};
use crate::core::printed::{Command, hint};
use crate::device_view::ResolverAddress;
use crate::error::Error;
use crate::output::{Cell, Column, Document, Format, View, column, more};

const AFTER_HELP: &str = "\
Apple Business has no list of domains, so the audit log says what happened to
each (added, verified, removed), and your own list (`domains declare`) and the
Managed Apple Accounts show that one is there. Only the audit log decides a
status. It is read once as far back as Apple has it, and kept; from then on each
run asks for what is new, which takes one request. Apple allows about 20 a
minute; where they run out, the command waits, for as long as --max-wait says.

School Manager lists its domains in the Roster API, which says which of them
are verified. `abmctl auth roster` authorizes it once.

Exit 7 if something could not be read, the DNS aside, and with --check 9 if
something differs.

Examples:
  abmctl domains list --status verified --columns domain --no-headers -o csv
  abmctl domains list --accounts -o json
  abmctl domains list --check --quiet";

/// Which domains, and how far back to look.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct Args {
    /// List only domains of this status
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<Wanted>,
    /// Compare with what is declared, and list only what differs; exit 9 if anything does
    #[arg(long, conflicts_with = "status")]
    check: bool,
    /// Count the Managed Apple Accounts of each domain, which reads every user; the numbers are kept
    #[arg(long)]
    accounts: bool,
    /// Read the audit log back to this date, time or duration ago, and no further [default: as far as Apple has it]
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    since: Option<Since>,
    /// Read the audit log again, and forget what was kept of it once Apple answers
    #[arg(long)]
    refresh: bool,
    #[command(flatten)]
    looking_up: LookingUp,
}

/// Whether names are looked up in the DNS, and where.
#[derive(Debug, clap::Args)]
struct LookingUp {
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
        NAME,
        STATUS,
        more("verified"),
        SINCE,
        EVIDENCE,
        column("accounts", "ACCOUNTS", Cell::Number),
        column("dns_token", "DNS TXT", Cell::Plain),
        more("resolves"),
        more("subject_id"),
    ],
    below: Some(subject_of_nameless),
    empty: "No domains.",
};

/// How differences are shown.
const DIFFERENCES: View = View {
    columns: &[
        NAME,
        STATUS,
        more("verified"),
        SINCE,
        EVIDENCE,
        more("accounts"),
        more("dns_token"),
        more("resolves"),
        more("subject_id"),
        more("difference"),
    ],
    below: Some(difference_in_words),
    empty: "Nothing differs from what is declared.",
};

/// Where all could be compared.
static ALL_COMPARED: View = DIFFERENCES;

/// The same where not all could be compared.
static DIFFERENCES_IN_PART: View = View {
    empty: "Nothing that could be compared differs from what is declared.",
    ..DIFFERENCES
};

const NAME: Column = column("domain", "DOMAIN", Cell::Of(name));
const STATUS: Column = column("status", "STATUS", Cell::Plain);
const SINCE: Column = column("since", "SINCE", Cell::Day);
const EVIDENCE: Column = column("evidence", "HOW WE KNOW", Cell::Of(how_we_know));

/// The name in letters.
pub fn name(row: &Map<String, Value>) -> String {
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

/// How it differs from what is declared.
fn difference_in_words(row: &Map<String, Value>) -> Vec<String> {
    let difference = row
        .get("difference")
        .and_then(|it| Difference::deserialize(it).ok());
    difference
        .map(|it| it.words().to_owned())
        .into_iter()
        .collect()
}

/// Reads what can be read, and folds it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let mut view = if args.check { &ALL_COMPARED } else { &VIEW };
    context.output.check_columns(view)?;
    let until = whole_seconds(context.clock().now());
    let oldest = args
        .since
        .clone()
        .unwrap_or_else(Since::furthest)
        .resolve(until)?;
    let mut wanted: Vec<Status> = args.status.iter().copied().map(Status::from).collect();
    // What is in the DNS is no part of a comparison.
    let dns = if args.looking_up.no_dns || args.check {
        None
    } else {
        Some(context.dns(args.looking_up.resolver)?)
    };
    let settings = context.settings()?;
    let kind = gather::kind(settings)?;
    declared::warn_of_old(settings, context);
    let wish = Wish {
        oldest,
        insists: args.since.is_some(),
        refresh: args.refresh,
        accounts: args.accounts,
    };
    let mut gathered = gather(&wish, context).await?;
    if args.check {
        // What is verified can't be compared where nothing says it.
        wanted.push(Status::Verified);
    }
    told::refuse_what_is_not_said(&wanted, kind, &mut gathered)?;
    let problem = told::tell(kind, args.since.is_some(), &mut gathered, context);
    if gathered.asked == Asked::AuditLog && !args.check && !args.accounts {
        told::age_of_accounts(gathered.facts.accounts.as_ref(), context);
    }
    if let Some(dns) = &dns {
        let names = names(&gathered.facts);
        let unknown = look_up(&mut gathered.facts, names, dns, context).await;
        if unknown > 0 {
            context.ui.warn(&format!(
                "The resolver did not answer for {unknown} of the domains; leave the DNS out with --no-dns, or ask another one with --resolver."
            ));
        }
    }
    let domains = fold(&gathered.facts);
    if args.check && (say_not_compared(&domains, context) || problem.is_some()) {
        view = &DIFFERENCES_IN_PART;
    }
    let rows: Vec<(Domain, Option<Difference>)> = if args.check {
        let differs = |domain: Domain| {
            let difference = difference(&domain)?;
            Some((domain, Some(difference)))
        };
        domains.into_iter().filter_map(differs).collect()
    } else {
        let listed = |domain: &Domain| wanted.is_empty() || wanted.contains(&domain.status);
        let listed = domains.into_iter().filter(listed);
        listed.map(|domain| (domain, None)).collect()
    };
    let differs = args.check && !rows.is_empty();
    let to_declare = |(_, it): &&(Domain, _)| *it == Some(Difference::NotDeclared);
    if let Some(name) = rows
        .iter()
        .find(to_declare)
        .and_then(|(domain, _)| domain.domain.as_ref())
    {
        context.ui.hint_afterwards(hint![
            "Declare what you saw in the portal and is right: ",
            Command::storing("domains declare").arg(name),
            "."
        ]);
    }
    let rows = with_names(rows, context);
    let document = document(rows, view)?;
    Ok(match problem {
        None => Outcome::checked(document, differs),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// Says what could not be compared with what is declared; whether there is any.
fn say_not_compared(domains: &[Domain], context: &Context) -> bool {
    let unknown: Vec<String> = domains
        .iter()
        .filter(|domain| !is_compared(domain))
        .map(|domain| match (&domain.domain, &domain.subject_id) {
            (Some(name), _) => readable(name),
            (None, Some(id)) => format!("the one without a name, subject id {id}"),
            (None, None) => "one without a name".to_owned(),
        })
        .collect();
    if !unknown.is_empty() {
        context.ui.hint_afterwards(format!(
            "Not compared, since nothing that could be read says whether they are verified or what they are called: {}.",
            unknown.join(", ")
        ));
    }
    !unknown.is_empty()
}

/// The rows, without those that have no name where csv is to hold nothing but names: a script would take `""` for one.
fn with_names(
    mut rows: Vec<(Domain, Option<Difference>)>,
    context: &Context,
) -> Vec<(Domain, Option<Difference>)> {
    let columns = context.output.columns.as_deref().unwrap_or_default();
    let bare = !columns.is_empty() && columns.iter().all(|column| column == NAME.key);
    if bare && context.output.format == Format::Csv {
        let all = rows.len();
        rows.retain(|(domain, _)| domain.domain.is_some());
        let nameless = all - rows.len();
        if nameless > 0 {
            context.ui.hint_afterwards(format!(
                "Left out, since Apple logged no name: {nameless}. `--columns domain,subject_id` has the id in its place."
            ));
        }
    }
    rows
}

fn document(
    rows: Vec<(Domain, Option<Difference>)>,
    view: &'static View,
) -> Result<Document, Error> {
    let row = |(domain, difference): (Domain, Option<Difference>)| {
        let mut row = serde_json::to_value(domain)?;
        if difference.is_some() {
            row["difference"] = json!(difference);
        }
        Ok(row)
    };
    let rows: Result<Vec<Value>, serde_json::Error> = rows.into_iter().map(row).collect();
    let rows =
        rows.map_err(|error| Error::failed(format!("The domains can't be written: {error}.")))?;
    Ok(Document::Rows(rows, view))
}

#[cfg(test)]
mod tests;
