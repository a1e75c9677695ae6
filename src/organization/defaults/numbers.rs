//! The numbers that servers and families have inside the transaction.

use crate::core::defaults::{Server, set::Set};
use crate::core::platform::Family;

/// A server as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Apple's id.
    pub id: String,
    /// Its name, or its id where no name is known.
    pub name: String,
}

/// Servers and families by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    servers: Vec<Named>,
    families: Vec<Family>,
}

impl Numbers {
    pub(super) fn servers(&self) -> &[Named] {
        &self.servers
    }

    /// The number of a server, a new one if it has none yet; `None` if there are too many.
    pub(super) fn add(&mut self, id: &str, name: &str, most: usize) -> Option<u8> {
        if let Some(known) = self.server(id) {
            return Some(known);
        }
        if self.servers.len() >= most {
            return None;
        }
        self.servers.push(Named {
            id: id.to_owned(),
            name: name.to_owned(),
        });
        u8::try_from(self.servers.len() - 1).ok()
    }

    /// The number of a server. Apple's ids are compared without case.
    pub(super) fn server(&self, id: &str) -> Option<u8> {
        let same = |server: &Named| server.id.eq_ignore_ascii_case(id);
        self.servers
            .iter()
            .position(same)
            .and_then(|at| u8::try_from(at).ok())
    }

    /// The server of a number.
    pub(super) fn named(&self, server: u8) -> Named {
        self.servers
            .get(usize::from(server))
            .cloned()
            .unwrap_or_else(|| Named {
                id: String::new(),
                name: "an unknown server".to_owned(),
            })
    }

    /// The set of these families; `None` if there are more different families than a set can have.
    pub(super) fn set(&mut self, families: &[Family]) -> Option<Set> {
        families
            .iter()
            .try_fold(Set::EMPTY, |set, family| Some(set | self.one(family)?))
    }

    fn one(&mut self, family: &Family) -> Option<Set> {
        let known = self.families.iter().position(|known| known == family);
        let number = match known {
            Some(number) => number,
            None if self.families.len() < Set::CAPACITY => {
                self.families.push(family.clone());
                self.families.len() - 1
            }
            None => return None,
        };
        Some(Set::one(number))
    }

    /// The families of a set, sorted.
    pub(super) fn families(&self, set: Set) -> Vec<Family> {
        let mut families: Vec<Family> = set
            .numbers()
            .filter_map(|number| self.families.get(number).cloned())
            .collect();
        families.sort();
        families
    }

    /// A server with the families of a set, or with unknown ones.
    pub(super) fn holding(&self, server: u8, set: Option<Set>) -> Server {
        let named = self.named(server);
        Server {
            id: named.id,
            name: named.name,
            families: set.map(|set| self.families(set)),
        }
    }
}
