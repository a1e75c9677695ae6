//! Whether the server that devices are to get can enroll them.

use crate::apple::manager::servers::MdmServer;
use crate::core::defaults::target::{LastConnected, Service, idle};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::adde_urls::declared::Servers;
use crate::organization::defaults::idle::enrolls_nothing;
use crate::organization::defaults::read::service;
use crate::organization::servers;

impl Organization {
    /// The error (exit 8) if the server with this id is known to enroll nothing; `devices` are those that would get it. What isn't
    /// known refuses nothing. Costs one request, and one for each other server only if this one never connected.
    pub(in crate::organization) async fn enrolls_nothing(
        &self,
        id: &str,
        listed: &[MdmServer],
        extent: Servers,
        devices: &str,
    ) -> Result<Option<Error>, Error> {
        let manager = self.manager()?;
        let Ok(server) = manager.server(id).await else {
            return Ok(None);
        };
        let target = service(&server);
        let mut others = Vec::new();
        if target.is_mdm && target.connected == LastConnected::Absent {
            let others_listed = listed.iter().filter(|it| it.id != id && !it.is_deleted());
            for other in others_listed {
                let read = service(other);
                let read = match read.connected {
                    LastConnected::At(_) => Some(read),
                    // A row of the list may lack what the single answer has.
                    _ => manager.server(&other.id).await.ok().map(|it| service(&it)),
                };
                let is_told = |it: &Service| matches!(it.connected, LastConnected::At(_));
                others.extend(read);
                if others.last().is_some_and(is_told) {
                    break;
                }
            }
        }
        let token = self.faulty_token(id, &servers::named(listed), extent).await;
        let found = idle(target, others, token.as_ref(), self.clock().now());
        Ok(found.map(|idle| enrolls_nothing(&servers::name(&server), devices, Some(&idle))))
    }
}
