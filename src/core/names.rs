//! Finds the server that a user named: by id, by alias of the profile, or by name, in that order.

use std::collections::BTreeMap;

use icu_normalizer::ComposingNormalizer;

#[cfg(test)]
mod tests;

/// How many names are offered in place of one that was not found.
const OFFERED: usize = 3;
/// The longest short name.
const LONGEST: usize = 64;

/// A server, as far as naming it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Apple's id: 32 hexadecimal digits, a UUID without dashes (official samples).
    pub id: String,
    /// The name that people gave it.
    pub name: String,
    /// Its status is `DELETED`: it can't be named any more.
    pub deleted: bool,
}

/// Why no one server is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was named, as when a script's variable is unset.
    #[error("The name of the server is empty.")]
    Empty,
    /// No server is called that.
    #[error("Server \"{wanted}\" doesn't exist{}", instead(.nearest))]
    NotFound {
        /// What was named.
        wanted: String,
        /// The most similar names and aliases, the nearest first; empty if there are no servers.
        nearest: Vec<String>,
    },
    /// Several servers are called that.
    #[error("Several servers are named \"{wanted}\". Use an id instead: {}.", .ids.join(", "))]
    Several {
        /// What was named, or the value of the alias that was.
        wanted: String,
        /// The ids of these servers.
        ids: Vec<String>,
    },
    /// An alias stands for one server, and another one has its name.
    #[error(
        "\"{wanted}\" is an alias of the server {alias} and also the name of {}. Use an id instead.",
        .named.join(", ")
    )]
    AliasIsAName {
        /// What was named.
        wanted: String,
        /// The id of the server that the alias stands for.
        alias: String,
        /// The ids of the other servers that are called that.
        named: Vec<String>,
    },
    /// An alias stands for no server.
    #[error("The alias \"{alias}\" stands for \"{value}\", but no server has that id or name.")]
    DanglingAlias {
        alias: String,
        /// Its value in the profile.
        value: String,
    },
}

fn instead(nearest: &[String]) -> String {
    match nearest {
        [] => ". The organization has no servers.".to_owned(),
        [only] => format!(". The nearest name is {only}."),
        several => format!(". The nearest names are {}.", several.join(", ")),
    }
}

/// The server that `wanted` means; deleted ones don't count.
///
/// An id matches in any case, with or without dashes; an alias exactly; a name exactly, in any case; both in any normal form of Unicode. The value of an alias
/// is an id or a name, never another alias.
pub fn resolve<'a>(
    wanted: &str,
    aliases: &BTreeMap<String, String>,
    servers: &'a [Named],
) -> Result<&'a Named, NameError> {
    if wanted.trim().is_empty() {
        return Err(NameError::Empty);
    }
    if let Some(server) = by_id(wanted, servers) {
        return Ok(server);
    }
    let named = by_name(wanted, servers);
    let Some(value) = alias(wanted, aliases) else {
        return match named[..] {
            [] => Err(NameError::NotFound {
                wanted: wanted.to_owned(),
                nearest: nearest(wanted, aliases, servers),
            }),
            _ => one(wanted, &named),
        };
    };
    let meant = meant_by(value, servers);
    if meant.is_empty() {
        return Err(NameError::DanglingAlias {
            alias: wanted.to_owned(),
            value: value.clone(),
        });
    }
    let server = one(value, &meant)?;
    let others: Vec<String> = ids(&named)
        .into_iter()
        .filter(|id| *id != server.id)
        .collect();
    if others.is_empty() {
        Ok(server)
    } else {
        Err(NameError::AliasIsAName {
            wanted: wanted.to_owned(),
            alias: server.id.clone(),
            named: others,
        })
    }
}

/// How a server that one of Apple's services names was found among those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinedBy {
    /// Both give it the same id.
    Id,
    /// Both give it the same name, and no other has that.
    Name,
}

impl JoinedBy {
    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
        }
    }
}

/// The server of the Manager API that Device Assignment Services call by this id and name.
///
/// Whether their `server_uuid` is the Manager API's id is unconfirmed, so the name decides where no id is equal; a name
/// that several servers have decides nothing.
pub fn join<'a>(
    id: Option<&str>,
    name: Option<&str>,
    servers: &'a [Named],
) -> Option<(&'a Named, JoinedBy)> {
    if let Some(server) = id.and_then(|id| by_id(id, servers)) {
        return Some((server, JoinedBy::Id));
    }
    let name = name.filter(|name| !name.trim().is_empty())?;
    match by_name(name, servers)[..] {
        [only] => Some((only, JoinedBy::Name)),
        _ => None,
    }
}

/// Whether two names are one: in any case, and in any of the forms in which Unicode writes a letter with an accent.
pub fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// A name for comparing. "Café" is written with four characters or with five, and both look alike.
fn folded(name: &str) -> String {
    composed(&composed(name).to_lowercase())
}

/// The normal form C of Unicode.
fn composed(text: &str) -> String {
    ComposingNormalizer::new_nfc().normalize(text).into_owned()
}

/// The value of the alias that is spelled so, in whichever form of Unicode.
fn alias<'a>(wanted: &str, aliases: &'a BTreeMap<String, String>) -> Option<&'a String> {
    aliases.get(wanted).or_else(|| {
        let wanted = composed(wanted);
        let found = aliases.iter().find(|(alias, _)| composed(alias) == wanted);
        found.map(|(_, value)| value)
    })
}

/// A short name made of a long one: lower-case letters of A-Z, digits, `.`, `_` and single dashes, at most 64; `None` where
/// nothing is left.
///
/// It is one that files and entries of a keyring can have.
pub fn short(name: &str) -> Option<String> {
    let mut short = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '_') {
            short.push(character);
        } else if !short.ends_with('-') {
            short.push('-');
        }
    }
    let short = short.trim_start_matches(['-', '.']);
    let short = short[..short.len().min(LONGEST)].trim_end_matches(['-', '.']);
    (!short.is_empty()).then(|| short.to_owned())
}

fn living(servers: &[Named]) -> impl Iterator<Item = &Named> {
    servers.iter().filter(|server| !server.deleted)
}

fn by_id<'a>(wanted: &str, servers: &'a [Named]) -> Option<&'a Named> {
    let plain = |id: &str| id.trim().replace('-', "").to_lowercase();
    let wanted = plain(wanted);
    living(servers).find(|server| !wanted.is_empty() && plain(&server.id) == wanted)
}

/// The servers of that name, each once although a list that changed between two pages can show one twice.
fn by_name<'a>(wanted: &str, servers: &'a [Named]) -> Vec<&'a Named> {
    let wanted = folded(wanted);
    let mut found: Vec<&Named> = Vec::new();
    for server in living(servers).filter(|server| folded(&server.name) == wanted) {
        if !found.iter().any(|known| known.id == server.id) {
            found.push(server);
        }
    }
    found
}

/// The servers that the value of an alias means.
fn meant_by<'a>(value: &str, servers: &'a [Named]) -> Vec<&'a Named> {
    by_id(value, servers).map_or_else(|| by_name(value, servers), |server| vec![server])
}

fn one<'a>(wanted: &str, found: &[&'a Named]) -> Result<&'a Named, NameError> {
    match found {
        [only] => Ok(only),
        several => Err(NameError::Several {
            wanted: wanted.to_owned(),
            ids: ids(several),
        }),
    }
}

fn ids(servers: &[&Named]) -> Vec<String> {
    servers.iter().map(|server| server.id.clone()).collect()
}

/// The names and the working aliases most like `wanted`, the nearest first.
fn nearest(wanted: &str, aliases: &BTreeMap<String, String>, servers: &[Named]) -> Vec<String> {
    let wanted = folded(wanted);
    let names = living(servers)
        .map(|server| (&server.name, format!("\"{}\" ({})", server.name, server.id)));
    let aliases = aliases
        .iter()
        .filter(|(_, value)| !meant_by(value, servers).is_empty())
        .map(|(alias, _)| (alias, format!("\"{alias}\" (alias)")));
    let mut offered: Vec<(f64, String)> = names
        .chain(aliases)
        .map(|(name, shown)| (strsim::jaro_winkler(&folded(name), &wanted), shown))
        .collect();
    offered.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    offered.dedup();
    offered
        .into_iter()
        .map(|(_, shown)| shown)
        .take(OFFERED)
        .collect()
}
