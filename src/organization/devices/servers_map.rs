//! Which server each device is on, by the servers' device lists: a few requests, never one for each device.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use futures_util::{StreamExt, stream};

use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::devices::{AssignedServer, Linkage};
use crate::apple::manager::servers::{AT_ONCE, MdmServer};
use crate::apple::page::OddItem;
use crate::core::devices::Device;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::servers;

/// A server, as far as a device's row names it.
#[derive(Debug, PartialEq, Eq)]
pub struct ServerName {
    pub id: String,
    pub name: Option<String>,
}

/// The server that a device is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignedTo {
    /// Nobody asked.
    NotAsked,
    None,
    Server(Rc<ServerName>),
    /// It couldn't be read: why, as a sentence.
    NotKnown(Rc<str>),
}

impl AssignedTo {
    /// The server, if there is one and it is known.
    pub fn server(&self) -> Option<&ServerName> {
        match self {
            Self::Server(server) => Some(server),
            _ => None,
        }
    }

    /// Why it isn't known.
    pub fn why_not_known(&self) -> Option<&str> {
        match self {
            Self::NotKnown(why) => Some(why),
            _ => None,
        }
    }
}

/// The device lists of all servers, joined. It takes about 10 MB for 100,000 devices.
pub struct ServersMap {
    servers: Vec<Rc<ServerName>>,
    /// By serial number, the place of the server.
    places: HashMap<Box<str>, u16>,
    /// Servers whose lists couldn't be read completely, and why.
    unread: Vec<(String, Error)>,
    why: Rc<str>,
}

impl ServersMap {
    /// Reads the device lists of these servers, four at a time. A list that fails costs itself alone.
    pub async fn read(organization: &Organization, listed: &[MdmServer]) -> Result<Self, Error> {
        let manager = organization.manager()?;
        let there: Vec<&MdmServer> = listed.iter().filter(|it| !it.is_deleted()).collect();
        let total = there.len();
        let places = RefCell::new(HashMap::new());
        let count = Cell::new(0);
        let read = stream::iter(there.iter().copied().zip(0_u16..))
            .map(|(server, place)| {
                let (places, count) = (&places, &count);
                async move {
                    let mut odd = Vec::new();
                    let ended = each_linkage(
                        manager,
                        &server.id,
                        |serial| {
                            places.borrow_mut().insert(serial, place);
                        },
                        &mut odd,
                    )
                    .await;
                    count.set(count.get() + 1);
                    organization.progress(&format!(
                        "Reading the device lists of the servers: {} of {total}",
                        count.get()
                    ));
                    (server, ended, odd)
                }
            })
            .buffered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        organization.progress("");
        let mut unread = Vec::new();
        for (server, ended, odd) in read {
            organization.warn_of(&odd);
            let failure = match (ended, odd.first()) {
                (Err(failure), _) => Some(Error::from(failure)),
                (Ok(()), Some(odd)) => Some(Error::failed(odd.to_string())),
                (Ok(()), None) => None,
            };
            unread.extend(failure.map(|it| (servers::name(server), it)));
        }
        let why = if unread.is_empty() {
            "Apple says that the device is assigned, but no server's device list has it.".to_owned()
        } else {
            format!("{}.", not_read(&unread))
        };
        Ok(Self {
            servers: there.into_iter().map(|it| Rc::new(named(it))).collect(),
            places: places.into_inner(),
            unread,
            why: why.into(),
        })
    }

    /// The server of a device. Its own status counts more than a list, which was read before; without a list that has an assigned
    /// device, its server isn't known.
    fn of(&self, device: &Device) -> AssignedTo {
        if device.is_assigned() == Some(false) {
            return AssignedTo::None;
        }
        let place = self.places.get(&device.serial_number[..]);
        match place.and_then(|it| self.servers.get(usize::from(*it))) {
            Some(server) => AssignedTo::Server(Rc::clone(server)),
            None if device.is_assigned().is_none() && self.unread.is_empty() => AssignedTo::None,
            None => AssignedTo::NotKnown(Rc::clone(&self.why)),
        }
    }

    /// The failure of `devices` whose server isn't known for want of a list.
    fn problem(&self, devices: usize) -> Error {
        let what = match devices {
            1 => "The server of 1 device isn't known.".to_owned(),
            _ => format!("The servers of {devices} devices aren't known."),
        };
        match self.unread.first() {
            Some((_, failure)) => failure.clone().saying(format!(
                "{what} {}: {}",
                not_read(&self.unread),
                failure.message
            )),
            None => Error::failed(format!(
                "{what} Apple says that they are assigned, but no server's device list has them."
            )),
        }
        .of_kind(Kind::Partial)
    }
}

fn not_read(unread: &[(String, Error)]) -> String {
    let names: Vec<&str> = unread.iter().map(|(name, _)| &name[..]).collect();
    format!(
        "abmctl couldn't read the device list of {}",
        names.join(", ")
    )
}

fn named(server: &MdmServer) -> ServerName {
    ServerName {
        id: server.id.clone(),
        name: server.attributes.server_name.clone(),
    }
}

async fn each_linkage(
    manager: &Manager,
    server_id: &str,
    mut each: impl FnMut(Box<str>),
    odd: &mut Vec<OddItem>,
) -> Result<(), Failure> {
    let mut pages = manager.devices_of(server_id)?;
    while let Some(page) = pages.next::<Linkage>().await? {
        odd.extend(page.odd);
        page.understood
            .into_iter()
            .for_each(|it| each(it.id.into_boxed_str()));
    }
    Ok(())
}

/// How the servers of devices are found out.
pub(super) enum Lookup {
    /// Not at all.
    NotAsked,
    /// Only whether they are on this server, by its device list.
    Only(Rc<ServerName>, HashSet<Box<str>>),
    Map(ServersMap),
    /// One request for each device, with the names of the servers.
    Single(HashMap<String, Rc<ServerName>>),
}

impl Lookup {
    /// By the device list of one server alone; its own failure if the list can't be read.
    pub(super) async fn only(
        organization: &Organization,
        server: &MdmServer,
    ) -> Result<Self, Error> {
        let name = servers::name(server);
        organization.progress(&format!("Reading the device list of {name}…"));
        let (mut there, mut odd) = (HashSet::new(), Vec::new());
        let add = |serial| {
            there.insert(serial);
        };
        let ended = each_linkage(organization.manager()?, &server.id, add, &mut odd).await;
        organization.progress("");
        ended.map_err(|failure| {
            Error::from(failure).context(format!("The device list of {name} can't be read"))
        })?;
        organization.warn_of(&odd);
        Ok(Self::Only(Rc::new(named(server)), there))
    }

    /// Whichever takes fewer requests for so many devices.
    pub(super) async fn cheapest(
        organization: &Organization,
        listed: &[MdmServer],
        devices: Option<usize>,
    ) -> Result<Self, Error> {
        let lists = listed.iter().filter(|it| !it.is_deleted()).count();
        Ok(if devices.is_some_and(|devices| devices <= lists) {
            let names = listed.iter().map(|it| (it.id.clone(), Rc::new(named(it))));
            Self::Single(names.collect())
        } else {
            Self::Map(ServersMap::read(organization, listed).await?)
        })
    }

    /// The server of a device, if no request is needed for it.
    pub(super) fn known(&self, device: &Device) -> AssignedTo {
        match self {
            Self::NotAsked | Self::Single(_) => AssignedTo::NotAsked,
            Self::Only(server, there) => {
                let is_there = there.contains(&device.serial_number[..]);
                if is_there && device.is_assigned() != Some(false) {
                    AssignedTo::Server(Rc::clone(server))
                } else {
                    AssignedTo::NotAsked
                }
            }
            Self::Map(map) => map.of(device),
        }
    }

    /// The server of a device.
    pub(super) async fn of(&self, manager: &Manager, device: &Device) -> AssignedTo {
        let Self::Single(names) = self else {
            return self.known(device);
        };
        // One that was released is on no server.
        if device.is_assigned() == Some(false) || device.released_at().is_some() {
            return AssignedTo::None;
        }
        match manager.assigned_server(&device.serial_number).await {
            Ok(AssignedServer::Server(id)) => {
                let named = names.get(&id).cloned();
                AssignedTo::Server(named.unwrap_or_else(|| Rc::new(ServerName { id, name: None })))
            }
            Ok(AssignedServer::None | AssignedServer::NotFound) => AssignedTo::None,
            Err(failure) => AssignedTo::NotKnown(Error::from(failure).message.into()),
        }
    }

    /// The failure of so many devices whose server isn't known; `None` for none.
    pub(super) fn problem(&self, not_known: usize) -> Option<Error> {
        if not_known == 0 {
            return None;
        }
        Some(match self {
            Self::Map(map) => map.problem(not_known),
            _ => Error::new(
                Kind::Partial,
                format!("abmctl couldn't read the server of {not_known} of the devices."),
            ),
        })
    }
}

impl Organization {
    /// The servers of these devices, in their order, in the way that takes fewer requests, and what couldn't be read of them.
    pub async fn servers_of(
        &self,
        devices: &[&Device],
    ) -> Result<(Vec<AssignedTo>, Option<Error>), Error> {
        let lookup =
            Lookup::cheapest(self, &self.listed_servers().await?, Some(devices.len())).await?;
        let manager = self.manager()?;
        let servers: Vec<AssignedTo> = stream::iter(devices)
            .map(|device| lookup.of(manager, device))
            .buffered(AT_ONCE)
            .collect()
            .await;
        let not_known = servers
            .iter()
            .filter(|it| matches!(it, AssignedTo::NotKnown(_)));
        let problem = lookup.problem(not_known.count());
        Ok((servers, problem))
    }
}
