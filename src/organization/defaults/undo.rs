//! The commands that put changes back.

use crate::core::defaults::{Change, Server};
use crate::core::names::{Named, resolve};
use crate::core::printed::Command;
use crate::organization::Organization;
use crate::organization::server_changes::deletions;
use crate::text::printable;

/// The commands that put changes back, one for each server that gets something back and each that has it now.
pub(super) fn undo(
    changes: &[Change],
    servers: &[Server],
    organization: &Organization,
) -> Vec<Command> {
    let mut targets: Vec<(&Option<String>, &Option<String>, Vec<&str>)> = Vec::new();
    for change in changes {
        let same = |it: &&mut (&Option<String>, &Option<String>, Vec<&str>)| {
            (it.0, it.1) == (&change.from, &change.to)
        };
        match targets.iter_mut().find(same) {
            Some((_, _, words)) => words.push(change.family.word()),
            None => targets.push((&change.from, &change.to, vec![change.family.word()])),
        }
    }
    targets
        .into_iter()
        .map(|(from, to, words)| command(&words, from.as_deref(), Some(to), servers, organization))
        .collect()
}

/// The command that makes `server` the default for these platforms, or nothing where it is `None`; only if `now` is.
pub(super) fn command(
    platforms: &[&str],
    server: Option<&str>,
    now: Option<&Option<String>>,
    servers: &[Server],
    organization: &Organization,
) -> Command {
    let named = |id: &str| unmistakable(id, servers, organization);
    let command = Command::new("assign").option("--platform", &platforms.join(","));
    let command = match server {
        None => command.word("--clear"),
        Some(id) => command.option("--server", &named(id)),
    };
    let command = match now {
        None => command,
        Some(None) => command.option("--from", "none"),
        Some(Some(id)) => command.option("--from", &named(id)),
    };
    // What was so may be so again, whether its server enrolls anything or not.
    match server {
        Some(_) => command.word("--even-if-idle"),
        None => command,
    }
}

/// The name of a server where it means that one alone, else its id.
fn unmistakable(id: &str, servers: &[Server], organization: &Organization) -> String {
    let named: Vec<Named> = servers.iter().map(Named::from).collect();
    let name = name(id, servers);
    let aliases = organization.settings().alias_map();
    // A server that is to be deleted is gone soon, and its name may be another one's.
    if organization.command() == deletions::COMMAND {
        return id.to_owned();
    }
    match resolve(name, &aliases, &named) {
        // A name that a terminal would change can't be typed back, and `--from none` means no server.
        Ok(server)
            if server.id == id && printable(name) == name && !name.eq_ignore_ascii_case("none") =>
        {
            name.to_owned()
        }
        _ => id.to_owned(),
    }
}

/// The name of a server, or its id if no name is known.
pub(super) fn name<'a>(id: &'a str, servers: &'a [Server]) -> &'a str {
    servers
        .iter()
        .find(|server| server.id == id)
        .map_or(id, |server| &server.name)
}
