//! Why there is no plan, each a sentence that names the family and the servers.

use std::fmt;

use super::Server;
use crate::core::platform::Family;

/// A server as messages name it: `Name (ID)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Apple's id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            f.write_str(&self.id)
        } else {
            write!(f, "{} ({})", self.name, self.id)
        }
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The same family is wished to be in two places.
    #[error(
        "{} is wanted on {} and on {} at once.",
        .family.word(), or_none(.first.as_ref()), or_none(.second.as_ref())
    )]
    Contradiction {
        /// The family.
        family: Family,
        /// The target named first.
        first: Option<Label>,
        /// The target named after it.
        second: Option<Label>,
    },
    /// A wish names an id that no server has.
    #[error("No server has the id {id}, which {} was to be moved to or from.", .family.word())]
    UnknownServer {
        /// The family.
        family: Family,
        /// The id.
        id: String,
    },
    /// The list of the target is not known, so it can't be added to.
    #[error(
        "{} can't be given to {server}, because what that server is the default for could not be read.",
        .family.word()
    )]
    UnreadTarget {
        /// The family.
        family: Family,
        /// The target.
        server: Label,
    },
    /// Nobody is known to hold the family, and not every server could be read.
    #[error(
        "Which server is the default for {} can't be known, because {} could not be read.",
        .family.word(), list(.unread)
    )]
    UnreadHolder {
        /// The family.
        family: Family,
        /// The servers that could not be read.
        unread: Vec<Label>,
    },
    /// The default now is not the one that the wish requires.
    #[error(
        "The default for {} is {}, not {}.",
        .family.word(),
        if .now.is_empty() { "none".to_owned() } else { list(.now) },
        or_none(.wanted.as_ref())
    )]
    NotTheDefault {
        /// The family.
        family: Family,
        /// What the wish requires.
        wanted: Option<Label>,
        /// What is; empty for none.
        now: Vec<Label>,
    },
}

fn or_none(label: Option<&Label>) -> String {
    label.map_or_else(|| "none".to_owned(), Label::to_string)
}

fn list(labels: &[Label]) -> String {
    labels
        .iter()
        .map(Label::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn label(servers: &[Server], id: &str) -> Label {
    Label {
        id: id.to_owned(),
        name: servers
            .iter()
            .find(|server| server.id == id)
            .map_or_else(String::new, |server| server.name.clone()),
    }
}

pub(super) fn labels(servers: &[Server], ids: &[String]) -> Vec<Label> {
    ids.iter().map(|id| label(servers, id)).collect()
}
