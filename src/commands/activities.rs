//! `activities`: what was asked of Apple for devices.

use clap::Subcommand;
use serde::Serialize;

use super::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::organization::activities::ActivityFacts;
use crate::output::{Column, Document, Head, Row, Shown, Stream, column, heads, minute, more};

/// Activities of devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl activities list
  abmctl activities wait b1481656-b267-480d-b284-a809eed8b041")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the activities that abmctl asked for, newest first
    ///
    /// Apple has no list of activities, so abmctl shows those of its journal, with the end if it has read it: with `activities
    /// get`, `activities wait` or a `devices` command that waited. It sends no request.
    #[command(
        after_help = "Examples:\n  abmctl activities list\n  abmctl activities list -o csv --columns activity_id,kind,devices,status"
    )]
    List,
    /// Show one activity as it is now
    ///
    /// The activity may be one that another tool or the portal asked for. Apple shows neither its kind nor its devices.
    #[command(
        after_help = "Examples:\n  abmctl activities get b1481656-b267-480d-b284-a809eed8b041\n  abmctl activities get b1481656-b267-480d-b284-a809eed8b041 -o json"
    )]
    Get {
        /// The id of the activity
        id: String,
    },
    /// Wait until activities are over
    ///
    /// Exit codes: 7 if Apple completed an activity, but not for all devices; 1 if Apple failed or stopped it; 6 if it isn't
    /// over when --max-wait is; 4 if Apple doesn't have it.
    #[command(
        after_help = "Examples:\n  abmctl activities wait b1481656-b267-480d-b284-a809eed8b041\n  abmctl activities wait b1481656-b267-480d-b284-a809eed8b041 --max-wait 1h"
    )]
    Wait {
        /// The ids of the activities
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

/// An activity.
#[derive(Debug, Serialize)]
struct ActivityRow {
    activity_id: String,
    kind: Option<&'static str>,
    server_id: Option<String>,
    server_name: Option<String>,
    devices: Option<usize>,
    status: Option<String>,
    sub_status: Option<String>,
    created_at: Option<String>,
    completed_at: Option<String>,
    error: Option<String>,
}

impl Row for ActivityRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("activity_id", "ACTIVITY", |it| it.activity_id.shown()),
        column("kind", "KIND", |it| {
            it.kind.map(|kind| kind.replace('_', " ")).shown()
        }),
        more("server_id", |it| it.server_id.shown()),
        more("server_name", |it| it.server_name.shown()),
        column("devices", "DEVICES", |it| it.devices.shown()),
        column("status", "STATUS", |it| {
            let status = it.status.as_ref();
            status
                .map(|word| word.to_lowercase().replace('_', " "))
                .shown()
        }),
        more("sub_status", |it| it.sub_status.shown()),
        more("created_at", |it| minute(it.created_at.as_ref())),
        more("completed_at", |it| minute(it.completed_at.as_ref())),
        more("error", |it| it.error.shown()),
    ];
    const EMPTY: &'static str = "abmctl hasn't asked for any activity yet.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| {
        let created = it.created_at.as_ref();
        let created = created.map(|_| format!("created {} UTC", minute(it.created_at.as_ref())));
        let server = it.server_name.as_ref().map(|name| format!("server {name}"));
        let facts = [server, created, it.sub_status.clone()];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        let facts = (!facts.is_empty()).then(|| facts.join(", "));
        facts.into_iter().chain(it.error.clone()).collect()
    });
}

impl From<&ActivityFacts> for ActivityRow {
    fn from(facts: &ActivityFacts) -> Self {
        let (server_id, server_name) = facts.server.clone().unzip();
        Self {
            activity_id: facts.id.clone(),
            kind: facts.kind,
            server_id,
            server_name,
            devices: facts.devices,
            status: facts.status.clone(),
            sub_status: facts.sub_status.clone(),
            created_at: facts.created_at.clone(),
            completed_at: facts.completed_at.clone(),
            error: facts.error.as_ref().map(|error| error.message.clone()),
        }
    }
}

/// Runs `activities`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let organization = context.organization()?;
    context.output.check::<ActivityRow>()?;
    match args.verb {
        Verb::List => {
            let mut rows = Stream::new(&context.output)?;
            let (activities, problem) = organization.activities()?;
            for facts in &activities {
                if !rows.push(ActivityRow::from(facts)) {
                    break;
                }
            }
            Outcome::listed(rows, problem)
        }
        Verb::Get { id } => {
            let facts = organization.activity(&id).await?;
            if let Some(error) = facts.error {
                return Err(error);
            }
            let document = Document::one(ActivityRow::from(&facts));
            Ok(Outcome::done(document))
        }
        Verb::Wait { ids } => {
            let mut rows = Stream::new(&context.output)?;
            let mut each = |facts: &ActivityFacts| {
                rows.push(ActivityRow::from(facts));
            };
            let problem = organization.wait_for_activities(&ids, &mut each).await?;
            Outcome::listed(rows, problem)
        }
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str) -> Option<Vec<Head>> {
    matches!(verb, "list" | "get" | "wait").then(|| heads::<ActivityRow>(false))
}
