//! The name that a server is to get, and why it can't be used.

use std::collections::BTreeMap;

use super::names::{Named, resolve, same};
use crate::text::printable;

/// The words that Apple's portal has for devices (guide).
const RESERVED: [&str; 2] = ["Unassigned", "Reassigned"];

/// Why a server can't get a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewNameError {
    /// As when a script's variable is unset.
    #[error("The new name of the server is empty.")]
    Empty,
    #[error("Apple doesn't accept \"{0}\" as the name of a server.")]
    Reserved(String),
    #[error("The new name of the server must be one line without control characters.")]
    Control,
    /// Another server has it.
    #[error("A server named \"{name}\" already exists ({id}).")]
    Taken { name: String, id: String },
    /// It is the id of another server, which would be found first.
    #[error("\"{0}\" is the id of another server, so the name would be ambiguous.")]
    IsAnId(String),
    /// An alias of the profile is spelled so, and stands for another server.
    #[error("\"{alias}\" is an alias of {value}, so the name would be ambiguous.")]
    IsAnAlias { alias: String, value: String },
}

/// The name as it is sent: without the spaces around it. `own` is the id of the server that gets it, if it exists.
pub fn new_name(
    wanted: &str,
    own: Option<&str>,
    aliases: &BTreeMap<String, String>,
    servers: &[Named],
) -> Result<String, NewNameError> {
    let name = wanted.trim();
    if name.is_empty() {
        return Err(NewNameError::Empty);
    }
    if RESERVED.iter().any(|reserved| same(reserved, name)) {
        return Err(NewNameError::Reserved(name.to_owned()));
    }
    if printable(name) != name {
        return Err(NewNameError::Control);
    }
    let mut others = servers
        .iter()
        .filter(|server| !server.deleted && Some(server.id.as_str()) != own);
    if let Some(other) = others.clone().find(|other| same(&other.name, name)) {
        return Err(NewNameError::Taken {
            name: other.name.clone(),
            id: other.id.clone(),
        });
    }
    let plain = |id: &str| id.replace('-', "").to_lowercase();
    if others.any(|other| plain(&other.id) == plain(name)) {
        return Err(NewNameError::IsAnId(name.to_owned()));
    }
    let alias = aliases.iter().find(|(alias, _)| *alias == name);
    match alias {
        // What stands for the server itself, or would from now on, is no other's.
        Some((alias, value)) if !stands_for(value, own, name, servers) => {
            Err(NewNameError::IsAnAlias {
                alias: alias.clone(),
                value: value.clone(),
            })
        }
        _ => Ok(name.to_owned()),
    }
}

/// Whether the value of an alias means the server that gets the name.
fn stands_for(value: &str, own: Option<&str>, name: &str, servers: &[Named]) -> bool {
    match resolve(value, &BTreeMap::new(), servers) {
        Ok(server) => Some(server.id.as_str()) == own,
        Err(_) => same(value, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str, deleted: bool) -> Named {
        Named {
            id: id.to_owned(),
            name: name.to_owned(),
            deleted,
        }
    }

    #[test]
    fn a_name_must_mean_one_server() {
        let servers = [
            named("AA01", "Intune", false),
            named("AA02", "Café", false),
            named("AA03", "Old", true),
        ];
        let alias = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let aliases = [
            alias("prod", "AA01"),
            alias("mdm", "Intune"),
            alias("next", "Next"),
            alias("gone", "AA99"),
        ]
        .into();
        let check = |name: &str, own: Option<&str>| new_name(name, own, &aliases, &servers);
        for (name, own, words) in [
            ("", None, "is empty"),
            (" \t", None, "is empty"),
            ("unassigned", None, "doesn't accept"),
            (" Reassigned ", Some("AA01"), "doesn't accept"),
            ("a\nb", None, "control characters"),
            ("a\u{202e}b", None, "control characters"),
            ("INTUNE", None, "already exists (AA01)"),
            ("intune", Some("AA02"), "already exists (AA01)"),
            ("CAFE\u{301}", None, "already exists (AA02)"),
            ("aa-01", Some("AA02"), "is the id"),
            ("prod", None, "is an alias of AA01"),
            ("prod", Some("AA02"), "is an alias of AA01"),
            ("mdm", Some("AA02"), "is an alias of Intune"),
            ("gone", None, "is an alias of AA99"),
        ] {
            let error = check(name, own).unwrap_err().to_string();
            assert!(error.contains(words), "{name}: {error}");
        }
        for (name, own, sent) in [
            (" Munki ", None, "Munki"),
            ("INTUNE", Some("AA01"), "INTUNE"),
            ("Old", None, "Old"),
            ("Next", None, "Next"),
            ("next", None, "next"),
            // Its own alias as its name is no riddle.
            ("prod", Some("AA01"), "prod"),
            ("mdm", Some("AA01"), "mdm"),
            ("Unassigned Macs", None, "Unassigned Macs"),
        ] {
            assert_eq!(check(name, own).unwrap(), sent);
        }
    }
}
