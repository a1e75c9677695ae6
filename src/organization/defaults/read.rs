//! Reading servers: all of them at once for the inventory, one of them before each request.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::Defaults;
use crate::apple::error::Failure;
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::{MdmServer, segments};
use crate::core::platform::Family;
use crate::error::Error;

/// Single servers that are read at once.
const AT_ONCE: usize = 4;
/// A reading that is older is made again before anything is sent on its ground.
pub const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// The servers of an organization, as the list has them.
pub struct Listed {
    /// Those that are not deleted, in Apple's order.
    pub servers: Vec<MdmServer>,
}

/// What reading one server came to.
#[derive(Debug, Clone)]
pub enum Read {
    /// What it is the default for.
    Families(Vec<Family>),
    /// It is deleted: Apple says so, or neither lists nor has it.
    Gone,
    /// It isn't known.
    Failed(Error),
}

/// A reading and its time.
#[derive(Debug, Clone)]
pub struct Dated {
    /// What it came to.
    pub read: Read,
    /// When it was made.
    pub at: Timestamp,
    /// It was not used yet.
    pub unused: bool,
}

impl Defaults<'_> {
    /// Reads the list of servers.
    pub async fn list(&self) -> Result<Listed, Error> {
        self.notices.progress("Reading the servers…");
        let servers = self.manager.servers().await?;
        self.notices.progress("");
        let servers = servers.into_iter().filter(|it| !it.is_deleted()).collect();
        Ok(Listed { servers })
    }

    /// Reads the servers of these ids, several at once, in their order. `listed` says whether the list has an id.
    pub(super) async fn read_all(
        &self,
        ids: &[String],
        listed: impl Fn(&str) -> bool,
    ) -> Vec<Dated> {
        self.notices.progress("Reading the servers…");
        let listed = &listed;
        let reads = stream::iter(ids)
            .map(|id| async move { self.read_one(id, listed(id), self.manager).await })
            .buffered(AT_ONCE)
            .collect()
            .await;
        self.notices.progress("");
        reads
    }

    /// Reads one server.
    pub(super) async fn read_one(&self, id: &str, listed: bool, manager: &Manager) -> Dated {
        let read = match manager.server(id).await {
            Ok(server) if server.is_deleted() => Read::Gone,
            Ok(server) => match server.attributes.default_product_families {
                Some(families) => Read::Families(
                    families
                        .iter()
                        .map(|it| Family::from(it.as_str()))
                        .collect(),
                ),
                None => Read::Failed(Error::failed(
                    "Apple's answer doesn't say what the server is the default for.",
                )),
            },
            // A 404 alone is no proof; a complete list without the server is.
            Err(failure) if !listed && self.is_missing(id, &failure) => Read::Gone,
            Err(failure) => Read::Failed(failure.into()),
        };
        Dated {
            read,
            at: self.clock.now(),
            unused: true,
        }
    }

    fn is_missing(&self, id: &str, failure: &Failure) -> bool {
        let name = self
            .manager
            .request_name(&reqwest::Method::GET, &segments(id));
        failure.status_of(&name) == Some(404)
    }

    /// The client, with a patience that is counted from `since`, and that a signal ends if `stops`.
    pub(super) fn patient(&self, limit: Duration, since: Timestamp, stops: bool) -> Manager {
        self.manager.with_patience(Patience {
            limit,
            since: Some(since),
            stop: stops.then(|| self.stop.clone()),
        })
    }
}
