//! `devices migrations`: how many, how far, and which are overdue.

use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::migrations::{Group, Migrating};
use crate::error::{Error, Kind};
use crate::organization::devices::migrations::MigrationServer;
use crate::output::{Column, Document, Head, Row, Shown, column, heads, minute, more, number};

/// Overdue devices that a table names of each row.
const NAMED: usize = 20;

/// Whether overdue migrations fail.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices migrations
  abmctl devices migrations --fail-overdue -o json")]
pub(super) struct Args {
    /// Exit 9 if a migration is overdue
    #[arg(long)]
    fail_overdue: bool,
}

/// Migrations to one server with one status.
#[derive(Debug, Serialize)]
struct MigrationRow {
    server_id: Option<String>,
    server_name: Option<String>,
    status: String,
    devices: usize,
    next_deadline: Option<String>,
    overdue: Vec<OverdueDevice>,
}

#[derive(Debug, Serialize)]
struct OverdueDevice {
    serial_number: String,
    model: Option<String>,
    deadline: Option<String>,
}

impl Row for MigrationRow {
    const COLUMNS: &'static [Column<Self>] = &[
        more("server_id", |it| it.server_id.shown()),
        column("server_name", "MIGRATING TO", |it| {
            match (&it.server_name, &it.server_id) {
                (Some(name), _) | (None, Some(name)) => name.clone(),
                (None, None) => "not known".to_owned(),
            }
        }),
        column("status", "STATUS", |it| it.status.shown()),
        number("devices", "DEVICES", |it| it.devices.shown()),
        column("next_deadline", "NEXT DEADLINE (UTC)", |it| {
            minute(it.next_deadline.as_ref())
        }),
        number("overdue", "OVERDUE", |it| it.overdue.len().shown()),
    ];
    const EMPTY: &'static str = "No migrations.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| {
        let named = it.overdue.iter().take(NAMED);
        let mut lines: Vec<String> = named
            .map(|it| {
                let model = it.model.as_ref().map(|it| format!(" ({it})"));
                format!(
                    "{}{} was due on {} UTC.",
                    it.serial_number,
                    model.unwrap_or_default(),
                    minute(it.deadline.as_ref())
                )
            })
            .collect();
        if it.overdue.len() > NAMED {
            lines.push(format!("{} more are overdue.", it.overdue.len() - NAMED));
        }
        lines
    });
}

impl From<Group<MigrationServer>> for MigrationRow {
    fn from(group: Group<MigrationServer>) -> Self {
        Self {
            server_id: group.server.id,
            server_name: group.server.name,
            status: group.status,
            devices: group.devices,
            next_deadline: group.next_deadline.map(|it| it.to_string()),
            overdue: group.overdue.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Migrating> for OverdueDevice {
    fn from(device: Migrating) -> Self {
        Self {
            serial_number: device.serial_number,
            model: device.model,
            deadline: device.deadline.map(|it| it.to_string()),
        }
    }
}

/// Runs `devices migrations`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<MigrationRow>()?;
    let migrations = context.organization()?.migrations().await?;
    let rows: Vec<MigrationRow> = migrations.groups.into_iter().map(Into::into).collect();
    let is_overdue = rows.iter().any(|it| !it.overdue.is_empty());
    let document = Document::rows(rows);
    Ok(match migrations.problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome {
            code: if args.fail_overdue && is_overdue {
                Kind::Differs.exit_code()
            } else {
                0
            },
            ..Outcome::done(document)
        },
    })
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<MigrationRow>(false)
}
