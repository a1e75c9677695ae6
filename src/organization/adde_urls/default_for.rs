//! What the server of a token is the default for: Device Assignment Services joined with the Manager API.

use crate::core::defaults::Server;
use crate::core::names::{JoinedBy, Named};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::servers::Inventory;

use crate::organization::server_tokens::choice;

/// The servers of the Manager API, as far as there is an API account to read them with.
pub struct Defaults {
    servers: Vec<Server>,
    named: Vec<Named>,
}

/// What a server is the default for, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultFor {
    /// The platforms, in the user's words; `None` where the server's defaults could not be read.
    pub platforms: Option<Vec<String>>,
    /// How the server was found.
    pub joined_by: JoinedBy,
}

impl Defaults {
    /// Reads them; `None` without an API account. What fails is an error, and what was read is there all the same.
    pub async fn read(organization: &Organization) -> (Option<Self>, Option<Error>) {
        if organization.settings().credentials.is_none() {
            return (None, None);
        }
        match Inventory::read(organization).await {
            Ok(inventory) => (Some(Self::of(inventory.servers())), inventory.problem()),
            Err(error) => {
                let what = "The defaults of the servers can't be read";
                (None, Some(error.context(what)))
            }
        }
    }

    fn of(servers: Vec<Server>) -> Self {
        let named = servers.iter().map(Named::from).collect();
        Self { servers, named }
    }

    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The same, as far as naming them goes.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// The server of a token, and how it was found.
    pub fn find(&self, server: &choice::TokenServer) -> Option<(&Server, JoinedBy)> {
        let (named, joined_by) = server.among(&self.named)?;
        let found = self.servers.iter().find(|server| server.id == named.id)?;
        Some((found, joined_by))
    }

    /// What the server of a token is the default for; `None` where it is not found.
    pub fn of_server(&self, server: &choice::TokenServer) -> Option<DefaultFor> {
        let (server, joined_by) = self.find(server)?;
        let platforms = server.families.as_ref().map(|families| {
            families
                .iter()
                .map(|family| family.word().to_owned())
                .collect()
        });
        Some(DefaultFor {
            platforms,
            joined_by,
        })
    }
}
