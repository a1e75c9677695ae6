//! Default servers of platforms: who holds which, and how they are changed.
//!
//! A server's `defaultProductFamilies` is replaced as a whole (inferred, and observed to work), and Apple refuses with
//! 409 a family that another server holds (observed). [`transaction`] changes them without losing one that nobody named.

use serde::{Deserialize, Serialize};

use super::names::Named;
use super::platform::Family;

pub mod open;
pub mod set;
pub mod target;
#[cfg(test)]
mod tests;
pub mod transaction;

/// A server and the families that it is the default for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Apple's id.
    pub id: String,
    /// The name, for messages.
    pub name: String,
    /// Its list in Apple's order; `None` if it is not known, which is not the same as empty.
    pub families: Option<Vec<Family>>,
}

impl Server {
    /// Whether it is known to hold `family`.
    pub fn holds(&self, family: &Family) -> bool {
        self.families
            .as_ref()
            .is_some_and(|families| families.contains(family))
    }
}

impl From<&Server> for Named {
    fn from(server: &Server) -> Self {
        Self {
            id: server.id.clone(),
            name: server.name.clone(),
            deleted: false,
        }
    }
}

/// One family that gets another default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub family: Family,
    /// The id of the server that loses it.
    pub from: Option<String>,
    /// The id of the server that is its default afterwards.
    pub to: Option<String>,
}

/// Who is the default for a family, as far as the servers that could be read tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The server with this id.
    Server(String),
    /// No server; said only if every one of them was read.
    Nobody,
    /// No server that was read, but these were not.
    Unknown {
        /// The ids of the servers that could not be read.
        unread: Vec<String>,
    },
    /// More than one server, which Apple is not known to allow.
    Several(Vec<String>),
}

/// Who is the default for `family`.
///
/// One known holder is the answer even if other servers could not be read, since Apple has one for each family.
pub fn holder(servers: &[Server], family: &Family) -> Holder {
    let ids = |wanted: &dyn Fn(&Server) -> bool| -> Vec<String> {
        servers
            .iter()
            .filter(|server| wanted(server))
            .map(|server| server.id.clone())
            .collect()
    };
    let mut holders = ids(&|server| server.holds(family));
    let unread = ids(&|server| server.families.is_none());
    match (holders.len(), unread.is_empty()) {
        (0, true) => Holder::Nobody,
        (0, false) => Holder::Unknown { unread },
        (1, _) => Holder::Server(holders.remove(0)),
        _ => Holder::Several(holders),
    }
}

/// What is different once these families are at `to`, or at no server; each family once, in the order given.
pub fn changes(servers: &[Server], families: &[Family], to: Option<&str>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for family in families {
        let from = servers
            .iter()
            .find(|server| server.holds(family))
            .map(|server| server.id.clone());
        let known = changes.iter().any(|change| change.family == *family);
        if !known && from.as_deref() != to {
            changes.push(Change {
                family: family.clone(),
                from,
                to: to.map(str::to_owned),
            });
        }
    }
    changes
}
