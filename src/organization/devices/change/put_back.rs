//! The commands that put a device change back.

use std::collections::BTreeMap;

use crate::core::devices::{Ask, Group};
use crate::core::names::{Named, resolve};
use crate::core::printed::Command;
use crate::organization::Organization;
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

/// The commands that put groups back, one for each former server; a release and a changed deadline can't be put back.
///
/// A migration is canceled, which puts a device back that hasn't started it (official for the portal, inferred for the API). To
/// assign it to its former server would leave the request as it is.
///
/// Many serial numbers are written into files of the state folder, in `changes/` with the id of the change.
pub(super) fn put_back(
    organization: &Organization,
    id: &str,
    groups: &[Group],
    names: &BTreeMap<String, String>,
) -> Vec<Command> {
    let mut ways: Vec<(Back<'_>, Option<&str>, Vec<&str>)> = Vec::new();
    for group in groups {
        let now = match &group.ask {
            Ask::Assign { server } | Ask::Migrate { server, .. } => Some(server.as_str()),
            Ask::Unassign { .. } => None,
            Ask::UpdateDeadline { .. } | Ask::CancelMigration | Ask::Release => continue,
        };
        for device in &group.devices {
            let back = match (&group.ask, device.from.as_deref()) {
                (Ask::Migrate { .. }, _) => Back::Cancel,
                (_, Some(server)) => Back::Assign(server),
                (_, None) => Back::Unassign,
            };
            let serial = device.serial_number.as_str();
            match ways.iter_mut().find(|way| (way.0, way.1) == (back, now)) {
                Some((_, _, serials)) => serials.push(serial),
                None => ways.push((back, now, vec![serial])),
            }
        }
    }
    let folder = organization.settings().folders.state.join("changes");
    let mut commands = Vec::new();
    for (number, (back, now, serials)) in ways.into_iter().enumerate() {
        let named = |id: &str| unmistakable(id, names, organization);
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
        commands.push(command);
    }
    commands
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
