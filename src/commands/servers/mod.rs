//! `servers`: device management services.

mod alias;
mod certificate_argument;
mod change;
mod create;
mod delete;
mod rename;
mod set_certificate;

use clap::{ArgMatches, Subcommand};
use serde::Serialize;

use crate::commands::default_for::default_for;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::platform::Family;
use crate::error::Error;
use crate::organization::servers::{Detail, Inventory, MdmServer, ServerReading};
use crate::output::{Column, Document, Head, Row, Shown, Stream, column, day, heads, more, number};

/// Device management services.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl servers list
  abmctl servers get prod")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the servers, with their default platforms
    ///
    /// Apple's list doesn't include the default platforms. abmctl reads each server separately: one request for the list
    /// and one for each server, four at a time. If the list has all chosen columns, it is one request.
    #[command(
        after_help = "Examples:\n  abmctl servers list\n  abmctl servers list -o csv --columns id,name,default_platforms\n  abmctl servers list --columns name,id"
    )]
    List,
    /// Show one server
    #[command(
        after_help = "Examples:\n  abmctl servers get prod\n  abmctl servers get \"Jamf Pro Production\" -o json"
    )]
    Get {
        /// The server: its id, alias or name
        server: String,
    },
    /// Create a server (Apple Business only)
    ///
    /// The server gets a certificate, for which Apple encrypts its server token. Apple's API has no server tokens: download
    /// the token in the portal afterwards.
    #[command(
        after_help = "Examples:\n  abmctl servers create 'Jamf Pro' --certificate jamf.pem\n  abmctl servers create Munki --key-pair munki --allow-release"
    )]
    Create(create::Args),
    /// Give a server another name (Apple Business only)
    ///
    /// Aliases that stand for the id of the server still work. abmctl names each alias and each declared ADDE URL that stands
    /// for the old name.
    #[command(
        after_help = "Examples:\n  abmctl servers rename prod 'Jamf Pro Production'\n  abmctl servers rename Intune Old --from Intune"
    )]
    Rename(rename::Args),
    /// Replace the certificate of a server (Apple Business only)
    ///
    /// The new certificate ends the server token that the server has. abmctl refuses this for a server that is in use, and
    /// asks before it replaces the certificate.
    #[command(
        after_help = "Examples:\n  abmctl servers set-certificate Test --certificate test.pem\n  abmctl servers set-certificate Test --key-pair test --yes"
    )]
    SetCertificate(set_certificate::Args),
    /// Delete a server, after its defaults and its devices (Apple Business only)
    ///
    /// abmctl shows the steps first: it clears the defaults of the server, assigns its devices to the server of
    /// --move-devices-to, waits for the result, and deletes the server. If a step fails or abmctl is killed, run the command
    /// again: abmctl reads what is left and continues.
    ///
    /// On a terminal you type the name of the server. Without a terminal, --yes and --confirm NAME are required.
    #[command(
        after_help = "Examples:\n  abmctl servers delete 'Jamf Pro Test' --dry-run\n  abmctl servers delete Old --move-devices-to prod --yes --confirm Old"
    )]
    Delete(delete::Args),
    /// List the aliases of servers, or give a server one in the profile
    #[command(
        after_help = "Examples:\n  abmctl servers alias\n  abmctl servers alias prod \"Jamf Pro Production\"\n  abmctl servers alias prod --remove"
    )]
    Alias(alias::Args),
}

/// A server. What is not known is null, never empty.
#[derive(Debug, Serialize)]
struct ServerRow {
    id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    default_platforms: Option<Vec<String>>,
    device_count: Option<u64>,
    last_connected_at: Option<String>,
    last_connected_ip: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    error: Option<String>,
}

impl Row for ServerRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("name", "SERVER", |it| it.name.shown()),
        column("type", "TYPE", |it| it.kind.shown()),
        column("default_platforms", "DEFAULT FOR", |it| {
            default_for(it.default_platforms.as_deref())
        }),
        number("device_count", "DEVICES", |it| it.device_count.shown()),
        column("last_connected_at", "CONNECTED", |it| {
            day(it.last_connected_at.as_ref())
        }),
        more("id", |it| it.id.shown()),
        more("status", |it| it.status.shown()),
        more("last_connected_ip", |it| it.last_connected_ip.shown()),
        more("created_at", |it| it.created_at.shown()),
        more("updated_at", |it| it.updated_at.shown()),
        more("error", |it| it.error.shown()),
    ];
    const EMPTY: &'static str = "The organization has no device management services.";
}

/// The members that Apple shows, or shows for certain, only of a server that is read alone.
const ALONE: [&str; 5] = [
    "default_platforms",
    "device_count",
    "last_connected_at",
    "last_connected_ip",
    "error",
];

/// Runs `servers`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List => list(context).await,
        Verb::Get { server } => get(&server, context).await,
        Verb::Create(args) => create::run(&args, context).await,
        Verb::Rename(args) => rename::run(&args, context).await,
        Verb::SetCertificate(args) => set_certificate::run(&args, context).await,
        Verb::Delete(args) => delete::run(&args, context).await,
        Verb::Alias(args) => alias::run(args, context).await,
    }
}

async fn list(context: &Context) -> Result<Outcome, Error> {
    let mut rows = Stream::new(&context.output)?;
    let columns = context.output.columns.as_deref();
    let needs = |server: &MdmServer| columns.is_none_or(|it| lacks(server, it));
    // Without a member that only a server alone has, most organizations' lists say everything.
    let detail = match columns {
        Some(columns) if !columns.iter().any(|it| ALONE.contains(&&it[..])) => {
            Detail::Those(&needs)
        }
        _ => Detail::Defaults,
    };
    let organization = context.organization()?;
    let inventory =
        Inventory::read_each(organization, detail, |it| rows.push(ServerRow::from(it))).await?;
    if inventory.readings.is_empty()
        && let Some(problem) = inventory.problem()
    {
        return Err(problem);
    }
    Outcome::listed(rows, inventory.problem())
}

/// Whether the list's row of a server lacks one of these members.
fn lacks(server: &MdmServer, columns: &[String]) -> bool {
    let attributes = &server.attributes;
    columns.iter().any(|column| match &column[..] {
        "id" => false,
        "name" => attributes.server_name.is_none(),
        "type" => attributes.server_type.is_none(),
        "status" => attributes.status.is_none(),
        "created_at" => attributes.created_date_time.is_none(),
        "updated_at" => attributes.updated_date_time.is_none(),
        _ => true,
    })
}

async fn get(wanted: &str, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ServerRow>()?;
    let reading = context.organization()?.server(wanted).await?;
    let document = Document::one(ServerRow::from(&reading));
    Ok(match reading.failure {
        Some(failure) => Outcome::with_problem(document, failure.into()),
        None => Outcome::done(document),
    })
}

impl From<&ServerReading> for ServerRow {
    fn from(reading: &ServerReading) -> Self {
        let MdmServer { id, attributes } = &reading.server;
        let word = |family: &Family| family.word().to_owned();
        let families = attributes.default_product_families.as_ref();
        Self {
            id: id.clone(),
            name: attributes.server_name.clone(),
            kind: attributes.server_type.clone(),
            status: attributes.status.clone(),
            default_platforms: families.map(|it| it.iter().map(word).collect()),
            device_count: attributes.device_count,
            last_connected_at: attributes.last_connected_date_time.clone(),
            last_connected_ip: attributes.last_connected_ip.clone(),
            created_at: attributes.created_date_time.clone(),
            updated_at: attributes.updated_date_time.clone(),
            error: reading.failure.as_ref().map(ToString::to_string),
        }
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "list" | "get" => Some(heads::<ServerRow>(false)),
        "create" | "rename" | "set-certificate" | "delete" => Some(change::columns()),
        "alias" => Some(alias::columns(matches)),
        _ => None,
    }
}
