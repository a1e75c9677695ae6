//! The migrations of an organization's devices, by the servers that they migrate to.

use super::read::{Item, Wish};
use super::servers_map::AssignedTo;
use crate::core::devices::Device;
use crate::core::devices::migrations::{Group, Migrating, groups};
use crate::core::devices::selection::{Filter, Selection};
use crate::error::{Error, Kind};
use crate::organization::Organization;

/// A server of migrations. By name, then by id; `None` is one that isn't known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MigrationServer {
    pub name: Option<String>,
    pub id: Option<String>,
}

/// All migrations, and what couldn't be read.
pub struct Migrations {
    pub groups: Vec<Group<MigrationServer>>,
    pub problem: Option<Error>,
}

impl Organization {
    /// Counts the migrations: reads all devices, and then the servers of those that have one, in the way that takes fewer requests.
    pub async fn migrations(&self) -> Result<Migrations, Error> {
        let mut migrating: Vec<(Migrating, Device)> = Vec::new();
        let everything = Selection::Filter(Filter::default());
        let read = self.read_devices(&everything, Wish::default(), |item| {
            if let Item::Found(found) = item
                && let Some(migration) = Migrating::of(&found.device)
            {
                let mut device = found.device;
                device.attributes.keep_only(&["status"]);
                migrating.push((migration, device));
            }
            true
        });
        let ended = read.await?;
        if migrating.is_empty() {
            return Ok(Migrations {
                groups: Vec::new(),
                problem: ended.problem,
            });
        }
        let devices: Vec<&Device> = migrating.iter().map(|(_, device)| device).collect();
        let (servers, not_read) = match self.servers_of(&devices).await {
            Ok(read) => read,
            Err(error) => (
                vec![AssignedTo::NotAsked; devices.len()],
                Some(
                    Error::new(Kind::Partial, error.message.clone())
                        .hints(error.hints)
                        .context("The servers of the migrations can't be read"),
                ),
            ),
        };
        let groups = groups(
            migrating.into_iter().zip(servers).map(|((it, _), server)| {
                let server = server.server();
                let server = MigrationServer {
                    name: server.and_then(|it| it.name.clone()),
                    id: server.map(|it| it.id.clone()),
                };
                (it, server)
            }),
            self.clock().now(),
        );
        Ok(Migrations {
            groups,
            problem: ended.problem.or(not_read),
        })
    }
}
