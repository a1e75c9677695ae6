//! `servers alias`: a short name for a server, kept in the profile.

use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::context::Context;
use crate::error::Error;
use crate::options::Changing;
use crate::output::{Column, Head, NothingMore, Row, Shown, column, heads};

/// A short name for a server.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The short name
    name: String,
    /// The server: its id or its name
    #[arg(required_unless_present = "remove")]
    server: Option<String>,
    /// Remove the short name
    #[arg(long, conflicts_with = "server")]
    remove: bool,
    #[command(flatten)]
    changing: Changing,
}

/// A short name that changes.
#[derive(Debug, Serialize)]
struct ShortName {
    alias: String,
    from: Option<String>,
    to: Option<String>,
}

impl Row for ShortName {
    const COLUMNS: &'static [Column<Self>] = &[
        column("alias", "ALIAS", |it| it.alias.shown()),
        column("from", "WAS", |it| it.from.shown()),
        column("to", "IS NOW", |it| it.to.shown()),
    ];
    const EMPTY: &'static str = "Nothing to change.";
}

/// Runs `servers alias`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ShortName>()?;
    let organization = context.organization()?;
    let dry_run = args.changing.dry_run;
    let change = organization
        .change_alias(&args.name, args.server.as_deref(), dry_run)
        .await?;
    let mut changes = Vec::new();
    if change.from != change.to {
        changes.push(ShortName {
            alias: args.name,
            from: change.from,
            to: change.to,
        });
    }
    let profile = organization.profile();
    let change = change_of(profile, dry_run, changes, NothingMore {}, context);
    Ok(Outcome::done(document_of(
        change,
        vec![context.headline()?],
        None,
    )))
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<ShortName>(false)
}
