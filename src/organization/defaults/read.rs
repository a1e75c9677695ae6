//! Reading servers: all of them at once for the inventory, one of them before each request.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::{Defaults, Named};
use crate::apple::error::Failure;
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::ahead::Ahead;
use crate::apple::manager::servers::{MdmServer, segments};
use crate::apple::page::{Items, OddItem};
use crate::core::defaults::target::{LastConnected, Service};
use crate::core::names;
use crate::core::platform::Family;
use crate::error::Error;
use crate::organization::adde_urls::declared::Servers;
use crate::organization::servers;

/// Single servers that are read at once.
const AT_ONCE: usize = 4;
/// Re-read before writing if the reading is older than this.
pub(super) const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// The servers of an organization, as the list has them.
pub struct Listed {
    /// Those that are not deleted, in Apple's order.
    pub servers: Vec<MdmServer>,
    /// Items that can't be understood: servers of which nothing is known.
    pub odd: Vec<OddItem>,
    /// Single servers that are read since before the list was there.
    ahead: Ahead,
}

impl Listed {
    /// The ids and names of all of them.
    pub(super) fn named(&self) -> impl Iterator<Item = (&String, &String)> {
        let servers = self.servers.iter().map(|server| {
            let name = server.attributes.server_name.as_ref();
            (&server.id, name.unwrap_or(&server.id))
        });
        servers.chain(self.odd.iter().map(|item| (&item.which, &item.which)))
    }

    /// The servers among which those of tokens are found, and whether there may be others.
    pub(super) fn for_tokens(&self) -> (Vec<names::Named>, Servers) {
        let extent = if self.odd.is_empty() {
            Servers::All
        } else {
            Servers::Some
        };
        (servers::named(&self.servers), extent)
    }

    /// Whether the list certainly doesn't have the server: an item that can't be understood may be it.
    fn lacks(&self, id: &str) -> bool {
        let same = |it: &MdmServer| it.id.eq_ignore_ascii_case(id);
        self.odd.is_empty() && !self.servers.iter().any(same)
    }
}

/// What reading one server came to.
#[derive(Debug, Clone)]
pub(super) enum Read {
    /// What it is the default for.
    Families(Vec<Family>),
    /// It is deleted: Apple says so, or neither lists nor has it.
    Gone,
    /// It isn't known.
    Failed(Error),
}

/// A reading and its time.
#[derive(Debug, Clone)]
pub(super) struct Dated {
    /// What it came to.
    pub read: Read,
    /// What the answer says of its connection.
    pub service: Service,
    /// When it was made.
    pub at: Timestamp,
    /// It was not used yet.
    pub unused: bool,
}

impl Defaults<'_> {
    /// Reads the list of servers.
    pub async fn list(&self) -> Result<Listed, Error> {
        self.notices.progress("Reading the servers…");
        let ids = self.server_ids.read().into_iter().map(|it| it.id);
        let (list, ahead) = self.manager.servers_and(&ids.collect::<Vec<_>>()).await?;
        self.notices.progress("");
        servers::remember(&self.server_ids, &list);
        let Items { understood, odd } = list;
        for item in &odd {
            self.notices.warn(&item.to_string().into());
        }
        let there = understood.into_iter().filter(|it| !it.is_deleted());
        let servers = there.collect();
        Ok(Listed {
            servers,
            odd,
            ahead,
        })
    }

    /// Reads these servers, several at once, in their order.
    pub(super) async fn read_all(&self, servers: &[Named], listed: &Listed) -> Vec<Dated> {
        self.notices.progress("Reading the servers…");
        let reads = stream::iter(servers)
            .map(|server| self.read_one(&server.id, listed, self.manager))
            .buffered(AT_ONCE)
            .collect()
            .await;
        self.notices.progress("");
        reads
    }

    /// Reads one server.
    pub(super) async fn read_one(&self, id: &str, listed: &Listed, manager: &Manager) -> Dated {
        let odd = listed.odd.iter().find(|item| item.which == id);
        let ((read, service), at) = match odd {
            Some(item) => {
                let failed = Error::failed(item.to_string());
                ((Read::Failed(failed), Service::default()), self.clock.now())
            }
            None => {
                let (answer, at) = match listed.ahead.take(id, self.clock.now()) {
                    Some(read) => read,
                    None => (manager.server(id).await, self.clock.now()),
                };
                (self.understood(answer, id, listed), at)
            }
        };
        Dated {
            read,
            service,
            at,
            unused: true,
        }
    }

    fn understood(
        &self,
        answer: Result<MdmServer, Failure>,
        id: &str,
        listed: &Listed,
    ) -> (Read, Service) {
        let server = match answer {
            Ok(server) => server,
            // A 404 alone is no proof; a complete list without the server is.
            Err(failure) if listed.lacks(id) && self.is_missing(id, &failure) => {
                return (Read::Gone, Service::default());
            }
            Err(failure) => return (Read::Failed(failure.into()), Service::default()),
        };
        let service = service(&server);
        if server.is_deleted() {
            return (Read::Gone, service);
        }
        let read = match server.attributes.default_product_families {
            Some(families) => Read::Families(families),
            None => Read::Failed(Error::failed(
                "Apple's answer doesn't say which platforms the server is the default for.",
            )),
        };
        (read, service)
    }

    fn is_missing(&self, id: &str, failure: &Failure) -> bool {
        let name = self
            .manager
            .api()
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

/// What a single answer says of a server's connection. One without a name and a type isn't complete, so that what it lacks may
/// be there.
pub(in crate::organization) fn service(server: &MdmServer) -> Service {
    let attributes = &server.attributes;
    let last = attributes.last_connected_date_time.as_deref();
    let is_complete = attributes.server_name.is_some() || attributes.server_type.is_some();
    Service {
        is_mdm: attributes.server_type.as_deref() == Some("MDM"),
        connected: if last.is_some() || is_complete {
            LastConnected::read(last)
        } else {
            LastConnected::NotRead
        },
    }
}
