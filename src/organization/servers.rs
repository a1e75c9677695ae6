//! Device management services: all servers of the organization, as they are now, and which one is meant.

use futures_util::StreamExt;

use super::Organization;
pub use crate::apple::manager::servers::{MdmServer, ServerReading};
use crate::apple::page::{Items, OddItem};
use crate::core::defaults;
use crate::core::names::{NameError, Named, resolve};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::state::server_ids::{ListedServer, ServerIds};

/// How much of each server is read.
#[derive(Clone, Copy)]
pub enum Detail<'a> {
    /// What it is the default for.
    Defaults,
    /// What the list says, and those alone of which this answers that it isn't enough.
    Those(&'a dyn Fn(&MdmServer) -> bool),
}

/// Every server that is not deleted, each read alone.
pub struct Inventory {
    /// In Apple's order.
    pub readings: Vec<ServerReading>,
    /// Items of Apple's list that can't be understood.
    odd: Vec<OddItem>,
}

impl Inventory {
    /// Reads them: 1 + N requests. A failure of the list is an error, that of a single server is kept in its reading.
    pub async fn read(organization: &Organization) -> Result<Self, Error> {
        Self::read_each(organization, Detail::Defaults, |_| true).await
    }

    /// The same in this detail, showing each to `each` as soon as it is known, for as long as that answers true.
    pub async fn read_each(
        organization: &Organization,
        detail: Detail<'_>,
        mut each: impl FnMut(&ServerReading) -> bool,
    ) -> Result<Self, Error> {
        let manager = organization.manager()?;
        organization.progress("Reading the servers…");
        let ids = organization.server_ids()?;
        let ahead = match detail {
            Detail::Defaults => ids.read().into_iter().filter(|it| !it.is_whole).collect(),
            Detail::Those(_) => Vec::new(),
        };
        let ahead: Vec<String> = ahead.into_iter().map(|it: ListedServer| it.id).collect();
        let (list, ahead) = manager.servers_and(&ahead).await?;
        remember(&ids, &list);
        let Items { understood, odd } = list;
        organization.warn_of(&odd);
        let servers = understood
            .into_iter()
            .filter(|server| !server.is_deleted())
            .collect();
        let needs = |server: &MdmServer| match detail {
            Detail::Defaults => true,
            Detail::Those(needs) => needs(server),
        };
        let mut reading = std::pin::pin!(manager.complete_those(servers, ahead, needs));
        let mut readings = Vec::new();
        while let Some(read) = reading.next().await {
            let goes_on = each(&read);
            readings.push(read);
            if !goes_on {
                break;
            }
        }
        organization.progress("");
        Ok(Self { readings, odd })
    }

    /// The servers with what they are the default for, where that is known. An item that can't be understood is a server of which
    /// that isn't known.
    pub fn servers(&self) -> Vec<defaults::Server> {
        let odd = self.odd.iter().map(|item| defaults::Server {
            id: item.which.clone(),
            name: item.which.clone(),
            families: None,
        });
        self.readings
            .iter()
            .map(|reading| known(&reading.server))
            .chain(odd)
            .collect()
    }

    /// What failed, if anything did: exit 7, or the failure's own where nothing could be read.
    pub fn problem(&self) -> Option<Error> {
        let unread: Vec<&ServerReading> = self
            .readings
            .iter()
            .filter(|reading| {
                !reading.is_partial && reading.server.attributes.default_product_families.is_none()
            })
            .collect();
        let names: Vec<String> = unread.iter().map(|reading| name(&reading.server)).collect();
        let failures: Vec<Error> = unread
            .iter()
            .map(|reading| match &reading.failure {
                Some(failure) => Error::from(failure.clone()),
                None => Error::failed(
                    "Apple's answer doesn't say which platforms the server is the default for.",
                ),
            })
            .chain(self.odd.iter().map(|item| Error::failed(item.to_string())))
            .collect();
        defaults_not_known(&names, &failures, unread.len() < self.readings.len())
    }
}

/// Keeps the ids of a list for the next run.
pub(super) fn remember(ids: &ServerIds, list: &Items<MdmServer>) {
    let there = list.understood.iter().filter(|it| !it.is_deleted());
    let servers = there.map(|server| ListedServer {
        id: server.id.clone(),
        is_whole: server.attributes.default_product_families.is_some(),
    });
    ids.keep(servers.collect());
}

impl Organization {
    /// Where the ids of its servers are kept.
    pub(super) fn server_ids(&self) -> Result<ServerIds, Error> {
        let state = &self.settings().folders.state;
        Ok(ServerIds::new(state, self.api_account()?))
    }

    /// The servers as Apple lists them, to find one; what can't be understood of the list costs a warning.
    pub async fn listed_servers(&self) -> Result<Vec<MdmServer>, Error> {
        let servers = self.manager()?.servers().await?;
        self.warn_of(&servers.odd);
        Ok(servers.understood)
    }

    /// The server that is meant by id, alias or name, read alone; exit 4 if there is none.
    pub async fn server(&self, wanted: &str) -> Result<ServerReading, Error> {
        let servers = self.listed_servers().await?;
        let id = self.find_server(wanted, &servers)?;
        let meant = servers
            .into_iter()
            .filter(|server| server.id == id)
            .collect();
        let manager = self.manager()?;
        let mut readings: Vec<ServerReading> = manager.complete(meant).collect().await;
        readings
            .pop()
            .ok_or_else(|| Error::not_found(format!("Apple no longer lists the server {id}.")))
    }

    /// The id of the server that is meant by id, alias or name; exit 4, or 2 where it is empty.
    pub fn find_server(&self, wanted: &str, servers: &[MdmServer]) -> Result<String, Error> {
        resolve(wanted, &self.settings().alias_map(), &named(servers))
            .map(|server| server.id.clone())
            .map_err(not_found)
    }
}

/// A server as the decisions take it.
pub fn known(server: &MdmServer) -> defaults::Server {
    defaults::Server {
        id: server.id.clone(),
        name: name(server),
        families: server.attributes.default_product_families.clone(),
    }
}

/// Servers, as far as naming them goes.
pub fn named(servers: &[MdmServer]) -> Vec<Named> {
    let named = servers.iter().map(|server| Named {
        id: server.id.clone(),
        name: name(server),
        deleted: server.is_deleted(),
    });
    named.collect()
}

/// Its name, or its id where Apple tells none.
pub fn name(server: &MdmServer) -> String {
    server
        .attributes
        .server_name
        .clone()
        .unwrap_or_else(|| server.id.clone())
}

/// What a name that means no one server is to the user.
pub fn not_found(error: NameError) -> Error {
    match error {
        NameError::Empty => Error::usage(error.to_string()),
        other => Error::not_found(other.to_string()).hint(hint![
            "See the servers with ",
            Command::new("servers list --columns name,id"),
            "."
        ]),
    }
}

/// The error for servers whose defaults could not be read, by their names and why; without names, for items of Apple's list.
pub fn defaults_not_known(names: &[String], failures: &[Error], others: bool) -> Option<Error> {
    let why = &failures.first()?.message;
    let message = if names.is_empty() {
        format!("Part of Apple's list of servers can't be understood. {why}")
    } else {
        format!(
            "abmctl doesn't know the defaults of {}: {why}",
            names.join(", ")
        )
    };
    joined(failures, others, message)
}

/// What several failures come to: exit 7 where something succeeded, else as [`Kind::of_several`] has it.
fn joined(failures: &[Error], succeeded: bool, message: String) -> Option<Error> {
    let kind = Kind::of_several(failures.iter().map(|failure| failure.kind))?;
    let decisive = failures.iter().find(|failure| failure.kind == kind)?;
    let kind = if succeeded { Kind::Partial } else { kind };
    Some(decisive.clone().saying(message).of_kind(kind))
}
