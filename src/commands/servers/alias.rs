//! `servers alias`: a short name for a server, kept in the profile.

use serde_json::json;

use super::inventory;
use crate::cli::Changing;
use crate::commands::{DRY_RUN, Outcome};
use crate::config::edit;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::output::{Cell, Document, View, column};

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

static VIEW: View = View {
    columns: &[
        column("alias", "ALIAS", Cell::Plain),
        column("from", "WAS", Cell::Plain),
        column("to", "IS NOW", Cell::Plain),
    ],
    below: None,
    empty: "Nothing to change.",
};

/// Runs `servers alias`.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&VIEW)?;
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
        vec![json!({"alias": args.name, "from": before, "to": after})]
    } else {
        Vec::new()
    };
    let document = json!({
        "changed": changed,
        "dry_run": args.changing.dry_run,
        "profile": profile,
        "sandbox": settings.services.is_sandbox(),
        "changes": changes,
    });
    let mut headline = vec![context.headline()?];
    if args.changing.dry_run {
        headline.push(DRY_RUN.to_owned());
    }
    Ok(Outcome::done(Document::Change(document, headline, &VIEW)))
}

/// The id of the server that is to be named; an alias must not hide another server's name.
async fn existing(wanted: &str, alias: &str, context: &Context) -> Result<String, Error> {
    let servers = inventory::listed(context.manager().await?, context).await?;
    let id = inventory::find(wanted, &servers, context)?;
    let hidden = servers.iter().find(|server| {
        server.id != id
            && !server.is_deleted()
            && (inventory::name(server).eq_ignore_ascii_case(alias)
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
