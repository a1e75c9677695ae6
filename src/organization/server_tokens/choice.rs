//! Which server tokens are meant: by the token's name, else by its known server. Pure.

use std::collections::BTreeMap;

use crate::config::{TokenRef, names};
use crate::core::names::{JoinedBy, NameError, Named, join, resolve};
use crate::core::printed::{Command, hint, quoted};
use crate::error::Error;
use crate::state::facts::SeenFacts;

/// Which server tokens are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// A token's name in the configuration, else the id, alias or name of its server.
    pub servers: Vec<String>,
    /// Every server token of the profile.
    pub all: bool,
}

/// How many names are offered in place of one that was not found.
const OFFERED: usize = 3;

/// What is known of a token's server; any of it may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenServer {
    pub id: Option<String>,
    pub name: Option<String>,
    pub organization: Option<String>,
}

impl TokenServer {
    /// What Apple said, as far as it is kept, else what the configuration says.
    pub fn known(facts: &SeenFacts, token: &TokenRef) -> Self {
        if facts.account_at.is_some() {
            return Self {
                id: facts.server_id.clone(),
                name: facts.server_name.clone(),
                organization: facts.organization.clone(),
            };
        }
        Self {
            id: token.server_id.clone(),
            name: token.server_name.clone(),
            organization: token.organization.clone(),
        }
    }
}

impl TokenServer {
    /// The server of Apple's list that the token is for, and how it was found. `None` too if several may be: they have its name,
    /// and none its id.
    pub fn among<'a>(&self, servers: &'a [Named]) -> Option<(&'a Named, JoinedBy)> {
        join(self.id.as_deref(), self.name.as_deref(), servers)
    }

    /// The server in words.
    pub fn words(&self) -> String {
        match (&self.name, &self.id) {
            (Some(name), Some(id)) => format!("server {name} ({id})"),
            (Some(known), None) | (None, Some(known)) => format!("server {known}"),
            (None, None) => "an unknown server".to_owned(),
        }
    }
}

/// A token that can be meant.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    pub token: &'a TokenRef,
    /// What is known of its server, without opening the token.
    pub server: TokenServer,
}

/// The tokens that are meant, each once, in the order in which they were named.
///
/// Exit 2 where there are several and none is named, exit 4 where a name means none or several.
pub fn chosen<'a>(
    which: &Which,
    candidates: Vec<Candidate<'a>>,
    aliases: &BTreeMap<String, String>,
) -> Result<Vec<Candidate<'a>>, Error> {
    if which.all || (which.servers.is_empty() && candidates.len() == 1) {
        return Ok(candidates);
    }
    if which.servers.is_empty() {
        let names: Vec<&str> = candidates.iter().map(|it| it.token.name.as_str()).collect();
        return Err(Error::usage(format!(
            "No server given, and there are several server tokens: {}.",
            names.join(", ")
        ))
        .hint(format!(
            "Add `--server {}` for one of them, or `--all` for all.",
            quoted(names.first().unwrap_or(&"NAME"))
        )));
    }
    let mut indices: Vec<usize> = Vec::new();
    for wanted in &which.servers {
        let index = find(wanted, &candidates, aliases)?;
        if !indices.contains(&index) {
            indices.push(index);
        }
    }
    Ok(indices
        .into_iter()
        .map(|index| candidates[index].clone())
        .collect())
}

fn find(
    wanted: &str,
    candidates: &[Candidate<'_>],
    aliases: &BTreeMap<String, String>,
) -> Result<usize, Error> {
    let names = candidates.iter().map(|it| it.token.name.as_str());
    if let Some(name) = names::find("server token", wanted, names)? {
        let index = candidates.iter().position(|it| it.token.name == name);
        return index.ok_or_else(|| not_found(wanted, candidates, aliases));
    }
    let servers: Vec<Named> = candidates.iter().filter_map(named).collect();
    let server = match resolve(wanted, aliases, &servers) {
        Ok(server) => server,
        Err(error @ NameError::Empty) => return Err(Error::usage(error.to_string())),
        Err(NameError::NotFound { .. }) => return Err(not_found(wanted, candidates, aliases)),
        Err(NameError::DanglingAlias { alias, value }) => {
            return Err(help(
                Error::not_found(format!(
                    "The alias \"{alias}\" stands for \"{value}\", but abmctl knows no server token for a server with that id or name."
                )),
                candidates,
            ));
        }
        Err(error) => return Err(Error::not_found(error.to_string())),
    };
    let is_it = |it: &Candidate<'_>| named(it).is_some_and(|other| other.id == server.id);
    let indices: Vec<usize> = (0..candidates.len())
        .filter(|&at| is_it(&candidates[at]))
        .collect();
    if let [index] = indices[..] {
        return Ok(index);
    }
    let names: Vec<&str> = indices
        .iter()
        .map(|&at| candidates[at].token.name.as_str())
        .collect();
    Err(Error::not_found(format!(
        "Several server tokens are for the server \"{wanted}\": {}.",
        names.join(", ")
    ))
    .hint("Name one of these tokens with `--server`."))
}

/// The server of a token, as far as naming it goes. Where its id is not known, the token's name stands for it.
fn named(candidate: &Candidate<'_>) -> Option<Named> {
    let TokenServer { id, name, .. } = &candidate.server;
    if id.is_none() && name.is_none() {
        return None;
    }
    Some(Named {
        id: id.clone().unwrap_or_else(|| candidate.token.name.clone()),
        name: name.clone().unwrap_or_default(),
        deleted: false,
    })
}

fn not_found(
    wanted: &str,
    candidates: &[Candidate<'_>],
    aliases: &BTreeMap<String, String>,
) -> Error {
    let servers: Vec<Named> = candidates.iter().filter_map(named).collect();
    let tokens = candidates.iter().map(|it| it.token.name.as_str());
    let names = servers.iter().map(|server| server.name.as_str());
    let none = BTreeMap::new();
    let aliases = aliases
        .iter()
        .filter(|(_, server)| resolve(server, &none, &servers).is_ok())
        .map(|(alias, _)| alias.as_str());
    let lower = wanted.to_lowercase();
    let mut offered: Vec<(f64, &str)> = tokens
        .chain(names)
        .chain(aliases)
        .filter(|name| !name.is_empty())
        .map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &lower), name))
        .collect();
    offered.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    offered.dedup_by(|(_, one), (_, other)| one == other);
    let offered: Vec<String> = offered
        .iter()
        .take(OFFERED)
        .map(|(_, name)| format!("\"{name}\""))
        .collect();
    help(
        Error::not_found(format!(
            "No server token is called \"{wanted}\", and none is for a server called that. The nearest {} {}.",
            if offered.len() == 1 {
                "name is"
            } else {
                "names are"
            },
            offered.join(", ")
        )),
        candidates,
    )
}

/// Adds how to see the names, and that some are not known yet.
fn help(error: Error, candidates: &[Candidate<'_>]) -> Error {
    let unknown: Vec<&str> = candidates
        .iter()
        .filter(|it| named(it).is_none())
        .map(|it| it.token.name.as_str())
        .collect();
    if unknown.is_empty() {
        return error.hint(hint![
            Command::new("adde-url list"),
            " shows the server tokens and their servers."
        ]);
    }
    error.hint(hint![
        format!(
            "abmctl doesn't know the servers of these tokens yet: {}. To ask Apple, run ",
            unknown.join(", ")
        ),
        Command::new("adde-url list"),
        "."
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Source, Sourced};
    use crate::secret::{Field, SecretLocation, Slot};

    fn token(name: &str) -> TokenRef {
        let location = SecretLocation {
            reference: "file:token.json".parse().unwrap(),
            slot: Slot::of_environment(Field::Token(name.into())),
        };
        TokenRef {
            name: name.into(),
            token: Sourced::new(location, Source::Default),
            server_id: None,
            server_name: None,
            organization: None,
        }
    }

    fn candidates<'a>(tokens: &'a [TokenRef], servers: &[(&str, &str)]) -> Vec<Candidate<'a>> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        tokens
            .iter()
            .zip(servers)
            .map(|(token, (id, name))| Candidate {
                token,
                server: TokenServer {
                    id: some(id),
                    name: some(name),
                    organization: None,
                },
            })
            .collect()
    }

    fn names(server: &[&str], all: bool) -> Result<Vec<String>, Error> {
        let tokens = ["jamf", "intune", "twin", "new"].map(token);
        let candidates = candidates(
            &tokens,
            &[
                ("AA01", "Jamf Pro"),
                ("AA02", "Intune"),
                ("AA02", "Intune"),
                ("", ""),
            ],
        );
        let aliases = [
            ("prod", "jamf pro"),
            ("old", "Munki"),
            ("intune-id", "aa02"),
        ]
        .map(|(alias, server)| (alias.to_owned(), server.to_owned()))
        .into();
        let which = Which {
            servers: server.iter().map(|&name| name.to_owned()).collect(),
            all,
        };
        chosen(&which, candidates, &aliases)
            .map(|chosen| chosen.iter().map(|it| it.token.name.clone()).collect())
    }

    #[test]
    fn the_tokens_name_wins_then_its_server() {
        for (wanted, expected) in [
            (&["jamf"][..], &["jamf"][..]),
            (&["intune"], &["intune"]),
            (&["Jamf PRO"], &["jamf"]),
            (&["aa01"], &["jamf"]),
            (&["prod"], &["jamf"]),
            (&["new", "prod", "jamf"], &["new", "jamf"]),
        ] {
            assert_eq!(names(wanted, false).unwrap(), expected, "{wanted:?}");
        }
        assert_eq!(names(&[], true).unwrap().len(), 4);
    }

    #[test]
    fn a_lone_token_needs_no_name() {
        let tokens = [token("default")];
        let which = Which {
            servers: Vec::new(),
            all: false,
        };
        let chosen = chosen(&which, candidates(&tokens, &[("", "")]), &BTreeMap::new());
        assert_eq!(chosen.unwrap().len(), 1);
    }

    #[test]
    fn what_means_none_or_several_is_an_error() {
        for (wanted, code, part) in [
            (
                &[][..],
                2,
                "No server given, and there are several server tokens: jamf, intune, twin, new.",
            ),
            (&[" "], 2, "is empty"),
            (&["jam"], 4, "The nearest names are \"jamf\", \"Jamf Pro\""),
            (
                &["AA02"],
                4,
                "Several server tokens are for the server \"AA02\": intune, twin.",
            ),
            (&["old"], 4, "stands for \"Munki\""),
            (
                &["jamf", "nobody"],
                4,
                "No server token is called \"nobody\"",
            ),
        ] {
            let error = names(wanted, false).unwrap_err();
            assert_eq!(error.kind.exit_code(), code, "{wanted:?}");
            assert!(error.message.contains(part), "{error}");
            assert!(
                error.hints.iter().all(|hint| hint.plain().contains('`')),
                "{error:?}"
            );
        }
        let hints = names(&["jam"], false).unwrap_err().hints;
        assert!(
            hints[0]
                .plain()
                .starts_with("abmctl doesn't know the servers of these tokens yet: new."),
            "{hints:?}"
        );
    }
}
