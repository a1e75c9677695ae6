//! `servers`: device management services.

mod alias;
pub mod inventory;

use clap::Subcommand;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{AtOnce, Outcome};
use crate::apple::error::Failure;
use crate::apple::manager::servers::{MdmServer, Reading};
use crate::context::Context;
use crate::core::platform::Family;
use crate::error::{Error, Kind};
use crate::output::{Cell, Document, View, column, more};
use inventory::Inventory;

/// Device management services.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the servers, with the platforms that each is the default for
    ///
    /// Apple's list does not tell the default platforms, so each server is read alone:
    /// 1 + N requests, four at once.
    #[command(
        after_long_help = "Examples:\n  abmctl servers list\n  abmctl servers list -o csv --columns id,name,default_platforms"
    )]
    List,
    /// Show one server
    #[command(
        after_long_help = "Examples:\n  abmctl servers get prod\n  abmctl servers get \"Jamf Pro Production\" -o json"
    )]
    Get {
        /// The server: its id, an alias, or its name
        server: String,
    },
    /// Give a server a short name in the profile
    #[command(
        after_long_help = "Examples:\n  abmctl servers alias prod \"Jamf Pro Production\"\n  abmctl servers alias prod --remove"
    )]
    Alias(alias::Args),
}

/// How servers are shown.
pub static VIEW: View = View {
    columns: &[
        column("name", "SERVER", Cell::Plain),
        column("type", "TYPE", Cell::Plain),
        column("default_platforms", "DEFAULT FOR", Cell::Of(default_for)),
        column("device_count", "DEVICES", Cell::Number),
        column("last_connected_at", "CONNECTED", Cell::Day),
        more("id"),
        more("status"),
        more("last_connected_ip"),
        more("created_at"),
        more("updated_at"),
        more("error"),
    ],
    below: None,
    empty: "The organization has no device management services.",
};

/// What a server is the default for, of the member `default_platforms`.
pub fn default_for(row: &serde_json::Map<String, Value>) -> String {
    match row.get("default_platforms") {
        Some(Value::Array(platforms)) if platforms.is_empty() => "none".to_owned(),
        Some(Value::Array(platforms)) => platforms
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(","),
        _ => "not known".to_owned(),
    }
}

/// Runs `servers`.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List => list(context).await,
        Verb::Get { server } => get(&server, context).await,
        Verb::Alias(args) => alias::run(args, context).await,
    }
}

async fn list(context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&VIEW)?;
    let mut at_once = AtOnce::new(&context.output, &VIEW);
    let inventory = Inventory::read_each(context, |reading| at_once.row(|| row(reading))).await?;
    if inventory.readings.is_empty()
        && let Some(problem) = inventory.problem()
    {
        return Err(problem);
    }
    let rows = || inventory.readings.iter().map(row).collect();
    at_once.outcome(rows, inventory.problem())
}

async fn get(wanted: &str, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&VIEW)?;
    let manager = context.manager().await?;
    let servers = inventory::listed(manager, context).await?;
    let id = inventory::find(wanted, &servers, context)?;
    let mut readings: Vec<Reading> = manager
        .complete(
            servers
                .into_iter()
                .filter(|server| server.id == id)
                .collect(),
        )
        .collect()
        .await;
    let Some(reading) = readings.pop() else {
        return Err(Error::not_found(format!("The server {id} is gone.")));
    };
    let document = Document::One(row(&reading), &VIEW);
    Ok(match reading.failure {
        Some(failure) => Outcome::with_problem(document, failure.into()),
        None => Outcome::done(document),
    })
}

/// A server as the contract has it. What is not known is null, never empty.
fn row(reading: &Reading) -> Value {
    let MdmServer { id, attributes } = &reading.server;
    let platforms = attributes
        .default_product_families
        .as_ref()
        .map(|families| {
            families
                .iter()
                .map(|family| Family::from(family.as_str()).word().to_owned())
                .collect::<Vec<_>>()
        });
    json!({
        "id": id,
        "name": attributes.server_name,
        "type": attributes.server_type,
        "status": attributes.status,
        "default_platforms": platforms,
        "device_count": attributes.device_count,
        "last_connected_at": attributes.last_connected_date_time,
        "last_connected_ip": attributes.last_connected_ip,
        "created_at": attributes.created_date_time,
        "updated_at": attributes.updated_date_time,
        "error": reading.failure.as_ref().map(Failure::to_string),
    })
}

/// The error for servers whose defaults could not be read, by their names and why; without names, for items of Apple's list.
pub fn defaults_not_known(names: &[String], failures: &[Error], others: bool) -> Option<Error> {
    let why = &failures.first()?.message;
    let message = if names.is_empty() {
        format!("Not all of Apple's list of servers can be understood. {why}")
    } else {
        format!("The defaults of {} are not known: {why}", names.join(", "))
    };
    joined(failures, others, message)
}

/// What several failures come to: exit 7 where something succeeded, else as [`Kind::of_several`] has it.
pub fn joined(failures: &[Error], succeeded: bool, message: String) -> Option<Error> {
    let kind = Kind::of_several(failures.iter().map(|failure| failure.kind))?;
    let decisive = failures.iter().find(|failure| failure.kind == kind)?;
    Some(Error {
        kind: if succeeded { Kind::Partial } else { kind },
        message,
        ..decisive.clone()
    })
}
