//! The commands that put a device change back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::past::Past;
use super::words::count;
use crate::core::devices::{Ask, Target};
use crate::core::names::{Named, resolve};
use crate::core::printed::Command;
use crate::organization::Organization;
use crate::organization::server_changes::deletions;
use crate::private_files;
use crate::text::printable;

/// Serial numbers up to this many stand on the command line; more are in a file.
const INLINE: usize = 10;

/// More than so many are changed only with `--yes`, if nobody can be asked.
const MANY: usize = 1000;

/// How a device is put back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back<'a> {
    /// On the server with this id.
    Assign(&'a str),
    Unassign,
    Cancel,
}

impl<'a> Back<'a> {
    fn server(self) -> Option<&'a str> {
        match self {
            Self::Assign(server) => Some(server),
            Self::Unassign | Self::Cancel => None,
        }
    }
}

/// Devices for which the same was asked, in the order of the plan.
pub(super) struct Part {
    pub ask: Ask,
    /// Each with whether it is otherwise than before, or may be, and no longer pending.
    pub devices: Vec<(Target, bool)>,
}

/// What puts a change back.
pub(super) struct PutBack {
    pub commands: Vec<Command>,
    /// The files that the commands name.
    files: Vec<PathBuf>,
}

/// What is done, and the server that devices are on after a change.
type Way<'a> = (Back<'a>, Option<&'a str>);

/// Whether a command can put devices back for which this was asked.
pub(super) fn is_possible(ask: &Ask) -> bool {
    match ask {
        Ask::Assign { .. } | Ask::Migrate { .. } | Ask::Unassign { .. } => true,
        Ask::UpdateDeadline { .. } | Ask::CancelMigration | Ask::Release => false,
    }
}

/// Says of how many devices no command puts the change back.
fn say_what_stays(organization: &Organization, parts: &[Part]) {
    let count_of = |is: fn(&Ask) -> bool| -> usize {
        let parts = parts.iter().filter(|it| is(&it.ask));
        let devices = parts.flat_map(|it| &it.devices);
        devices.filter(|(_, is_sent)| *is_sent).count()
    };
    let said = [
        (
            count_of(|it| matches!(it, Ask::UpdateDeadline { .. })),
            "No command restores the former deadline",
        ),
        (
            count_of(|it| matches!(it, Ask::CancelMigration)),
            "No command restores the canceled migration",
        ),
        (
            count_of(|it| matches!(it, Ask::Release)),
            "No command puts a released device back into the organization",
        ),
    ];
    for (number, sentence) in said.into_iter().filter(|(number, _)| *number > 0) {
        let text = format!("{sentence} ({}).", count(number, "device", "devices"));
        organization.notices().said(&text.into());
    }
}

/// The commands that put a change back, one for each former server; a release, a cancellation and a changed deadline can't be put back.
///
/// A migration is canceled, which puts a device back that hasn't started it (official for the portal, inferred for the API). To
/// assign it to its former server would leave the request as it is.
///
/// Many serial numbers are written into files of the state folder, in `changes/` with the id of the change. A file keeps its name
/// from run to run, so that a command that an earlier run printed never moves devices to another server than it said.
pub(super) fn put_back(organization: &Organization, past: &Past, parts: &[Part]) -> PutBack {
    let Past { id, plan, .. } = past;
    let names = &plan.servers;
    say_what_stays(organization, parts);
    let mut ways: Vec<(Way<'_>, Vec<&str>)> = Vec::new();
    for part in parts {
        let now = match &part.ask {
            Ask::Assign { server } | Ask::Migrate { server, .. } => Some(server.as_str()),
            Ask::Unassign { .. } => None,
            Ask::UpdateDeadline { .. } | Ask::CancelMigration | Ask::Release => continue,
        };
        for (device, is_sent) in &part.devices {
            let back = match (&part.ask, device.from.as_deref()) {
                (Ask::Migrate { .. }, _) => Back::Cancel,
                (_, Some(server)) => Back::Assign(server),
                (_, None) => Back::Unassign,
            };
            let place = ways.iter().position(|(way, _)| *way == (back, now));
            let place = place.unwrap_or_else(|| {
                ways.push(((back, now), Vec::new()));
                ways.len() - 1
            });
            if *is_sent {
                ways[place].1.push(&device.serial_number);
            }
        }
    }
    let deleted = deleted_servers(organization, past);
    let folder = folder(organization);
    let mut put_back = PutBack {
        commands: Vec::new(),
        files: Vec::new(),
    };
    for (number, ((back, now), serials)) in ways.into_iter().enumerate() {
        if serials.is_empty() {
            continue;
        }
        let servers = [back.server(), now].into_iter().flatten();
        if let Some(gone) = servers.into_iter().find(|it| deleted.contains(*it)) {
            let name = names.get(gone).map_or(gone, |name| name);
            let text = format!(
                "Nothing puts {} back, because the server {name} is deleted.",
                count(serials.len(), "device", "devices")
            );
            organization.notices().said(&text.into());
            continue;
        }
        let named = |id: &str| {
            // A server that is to be deleted is gone soon, and its name may be another one's.
            if past.command == deletions::COMMAND {
                return id.to_owned();
            }
            unmistakable(id, names, organization)
        };
        let mut command = match back {
            Back::Assign(id) => Command::new("devices assign").option("--server", &named(id)),
            Back::Unassign => Command::new("devices unassign"),
            Back::Cancel => Command::new("devices migrate").word("--cancel"),
        };
        command = match now {
            Some(id) => command.option("--from", &named(id)),
            None => command.option("--from", "none"),
        };
        let is_many = serials.len() > MANY;
        let path = folder.join(format!("{id}-{}.csv", number + 1));
        let is_written = serials.len() > INLINE && {
            let text = format!("serial_number\n{}\n", serials.join("\n"));
            let written = private_files::replace(&path, text.as_bytes());
            if let Err(error) = &written {
                organization.warn(&format!("{} can't be written: {error}.", path.display()));
            }
            written.is_ok()
        };
        if is_written {
            command = command.option("--serials", &path.to_string_lossy());
            put_back.files.push(path);
        } else {
            for serial in serials {
                command = command.arg(serial);
            }
        }
        command = command.word("--again");
        if is_many {
            command = command.word("--yes");
        }
        if matches!(back, Back::Assign(_)) {
            // What was so may be so again, whether its server enrolls anything or not.
            command = command.word("--even-if-idle");
        }
        put_back.commands.push(command);
    }
    put_back
}

impl PutBack {
    /// Removes the files that earlier runs of a change wrote, and that no command names any more now that it ended.
    pub(super) fn remove_other_files(&self, organization: &Organization, id: &str) {
        remove_files(organization, id, &self.files);
    }
}

/// Removes the files of a change that nothing can put back.
pub(in crate::organization) fn remove_put_back_files(organization: &Organization, id: &str) {
    remove_files(organization, id, &[]);
}

fn remove_files(organization: &Organization, id: &str, but: &[PathBuf]) {
    let begin = format!("{id}-");
    let files = fs::read_dir(folder(organization));
    for file in files.into_iter().flatten().flatten() {
        let path = file.path();
        let is_own = file.file_name().to_string_lossy().starts_with(&begin);
        if is_own && !but.contains(&path) {
            // One that stays does no harm.
            let _ = fs::remove_file(path);
        }
    }
}

fn folder(organization: &Organization) -> PathBuf {
    organization.settings().folders.state.join("changes")
}

/// The servers that are deleted, as far as the journal can be read.
fn deleted_servers(organization: &Organization, past: &Past) -> BTreeSet<String> {
    let lines = organization.journal_lines();
    lines.map_or_else(
        |_| BTreeSet::new(),
        |lines| deletions::deleted(&lines.entries, &past.organization),
    )
}

/// The name of a server where it means that one alone, else its id.
fn unmistakable(id: &str, names: &BTreeMap<String, String>, organization: &Organization) -> String {
    let named: Vec<Named> = names
        .iter()
        .map(|(id, name)| Named {
            id: id.clone(),
            name: name.clone(),
            deleted: false,
        })
        .collect();
    let Some(name) = names.get(id) else {
        return id.to_owned();
    };
    match resolve(name, &organization.settings().alias_map(), &named) {
        // A name that a terminal would change can't be typed back, and `--from none` means no server.
        Ok(found)
            if found.id == id && printable(name) == *name && !name.eq_ignore_ascii_case("none") =>
        {
            name.clone()
        }
        _ => id.to_owned(),
    }
}
