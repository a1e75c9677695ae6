//! `servers alias`: a short name for a server, kept in the profile.

use clap::ArgMatches;
use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::Organization;
use crate::output::{Column, Document, Head, NothingMore, Row, Shown, column, heads, more};

/// A short name for a server.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The alias; without one, abmctl lists the aliases
    name: Option<String>,
    /// The server: its id or its name
    server: Option<String>,
    /// Remove the alias
    #[arg(long, conflicts_with = "server", requires = "name")]
    remove: bool,
    /// Only if the alias stands for this now, or `none`; else exit 8
    ///
    /// Write the server as `servers alias` lists it, in the column SERVER.
    #[arg(long, value_name = "SERVER", requires = "name")]
    from: Option<String>,
    #[command(flatten)]
    changing: Changing,
    #[command(flatten)]
    consent: Consent,
}

/// A short name that changes.
#[derive(Debug, Serialize)]
struct ShortName {
    /// The alias; `alias` has it too.
    what: String,
    alias: String,
    from: Option<String>,
    to: Option<String>,
}

impl Row for ShortName {
    const COLUMNS: &'static [Column<Self>] = &[
        column("alias", "ALIAS", |it| it.alias.shown()),
        column("from", "WAS", |it| it.from.shown()),
        column("to", "IS NOW", |it| it.to.shown()),
        more("what", |it| it.what.shown()),
    ];
}

/// A short name that there is.
#[derive(Debug, Serialize)]
struct Listed {
    alias: String,
    server: String,
    server_name: Option<String>,
    source: String,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("alias", "ALIAS", |it| it.alias.shown()),
        column("server", "SERVER", |it| it.server.shown()),
        column("server_name", "NAME", |it| it.server_name.shown()),
        more("source", |it| it.source.shown()),
    ];
    const EMPTY: &'static str = "No aliases.";
}

/// Runs `servers alias`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let Some(name) = args.name else {
        return list(context);
    };
    context.output.check::<ShortName>()?;
    let server = args.server.as_deref();
    if server.is_none() && !args.remove {
        return Err(Error::usage("No server given.").hint(hint![
            "Name the server: ",
            Command::storing("servers alias").arg(&name).word("SERVER"),
            ". To take the alias away, add --remove."
        ]));
    }
    let organization = context.organization()?;
    let dry_run = args.changing.dry_run;
    let mut from = args.from;
    if !dry_run && !args.consent.yes && server.is_some() {
        let seen = agree_to_move(&name, server, from.as_deref(), organization, context).await?;
        // Only what was asked about is moved.
        from = Some(seen.unwrap_or("none".to_owned()));
    }
    let change = organization
        .change_alias(&name, server, from.as_deref(), dry_run)
        .await?;
    let mut changes = Vec::new();
    if change.from != change.to {
        changes.push(ShortName {
            what: name.clone(),
            alias: name,
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

/// The short names of the profile and of `ABMCTL_ALIASES`, from local files and the environment alone.
fn list(context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Listed>()?;
    let settings = context.settings()?;
    let name_of = |server: &str| {
        let mut tokens = settings.tokens.iter();
        let of_server = tokens.find(|it| it.server_id.as_deref() == Some(server));
        of_server.and_then(|it| it.server_name.clone())
    };
    let aliases = settings.aliases.iter();
    let rows = aliases.map(|(alias, server)| Listed {
        alias: alias.clone(),
        server: server.value.clone(),
        server_name: name_of(&server.value),
        source: server.source.to_string(),
    });
    Ok(Outcome::done(Document::rows(rows.collect())))
}

/// A short name that stands for another server is moved only if somebody says so: whoever uses it reaches another one from then on.
/// Returns what it stands for.
async fn agree_to_move(
    name: &str,
    server: Option<&str>,
    from: Option<&str>,
    organization: &Organization,
    context: &Context,
) -> Result<Option<String>, Error> {
    let change = organization.change_alias(name, server, from, true).await?;
    let (Some(from), Some(to)) = (&change.from, &change.to) else {
        return Ok(change.from);
    };
    if from == to {
        return Ok(change.from);
    }
    if !context.ui.answers() {
        return Err(Error::usage(format!(
            "\"{name}\" is the alias of the server {from} already."
        ))
        .hint("To move it, confirm with --yes."));
    }
    let question = format!("\"{name}\" is the alias of {from} already. Move it to {to}?");
    if context.ui.confirm(&question, false).await? {
        Ok(change.from)
    } else {
        Err(Error::failed("Nothing was changed."))
    }
}

/// Its columns: those of the list, or of a change.
pub(super) fn columns(matches: &ArgMatches) -> Vec<Head> {
    if matches.contains_id("name") {
        heads::<ShortName>(false)
    } else {
        heads::<Listed>(false)
    }
}
