//! `servers alias`: a short name for a server, kept in the profile.

use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::config::edit;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::options::Changing;
use crate::organization::servers;
use crate::output::{Column, NothingMore, Row, Shown, column};

/// A short name for a server.
#[derive(Debug, clap::Args)]
pub struct Args {
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
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ShortName>()?;
    let settings = context.settings()?;
    let Some(profile) = settings
        .profile
        .as_ref()
        .map(|profile| profile.value.clone())
    else {
        return Err(
            Error::usage("An alias is kept in a profile, and none is used.")
                .hint("Name one with --profile; without profiles set ABMCTL_ALIASES=prod=ID."),
        );
    };
    let before = settings
        .aliases
        .get(&args.name)
        .map(|server| server.value.clone());
    let after = match &args.server {
        None => None,
        Some(wanted) => Some(existing(wanted, &args.name, context).await?),
    };
    if args.remove && before.is_none() {
        return Err(Error::not_found(format!(
            "The profile {profile} has no alias \"{}\".",
            args.name
        )));
    }
    let changed = before != after;
    if changed && !args.changing.dry_run {
        edit(&settings.folders, context.claimant(), |file| match &after {
            Some(server) => file.set_alias(&profile, &args.name, server).map(|_| ()),
            None => {
                file.remove_alias(&profile, &args.name);
                Ok(())
            }
        })
        .await?;
    }
    let changes = if changed {
        vec![ShortName {
            alias: args.name,
            from: before,
            to: after,
        }]
    } else {
        Vec::new()
    };
    let dry_run = args.changing.dry_run;
    let change = change_of(&profile, dry_run, changes, NothingMore {}, context);
    let above = vec![context.headline()?];
    Ok(Outcome::done(document_of(change, above, None)))
}

/// The id of the server that is to be named; an alias must not hide another server's name.
async fn existing(wanted: &str, alias: &str, context: &Context) -> Result<String, Error> {
    let organization = context.organization()?;
    let servers = organization.listed_servers().await?;
    let id = organization.find_server(wanted, &servers)?;
    let hidden = servers.iter().find(|server| {
        server.id != id
            && !server.is_deleted()
            && (servers::name(server).eq_ignore_ascii_case(alias)
                || server.id.eq_ignore_ascii_case(alias))
    });
    match hidden {
        None => Ok(id),
        Some(server) => Err(Error::new(
            Kind::NotFound,
            format!(
                "\"{alias}\" is the name of the server {}, so as an alias it would be ambiguous.",
                server.id
            ),
        )),
    }
}
