//! Reads the devices that are meant, in whichever way takes fewer requests, and passes each on as soon as it is known.

mod pages;
mod reader;

use std::borrow::Cow;

use self::reader::Reader;
use super::extra::Extra;
use super::servers_map::{AssignedTo, Lookup};
use crate::apple::manager::servers::MdmServer;
use crate::core::devices::Device;
use crate::core::devices::selection::{Filter, On, Selection};
use crate::core::devices::serials::Serials;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::state::device_counts::DeviceCount;

/// Devices in a page (official).
const PAGE: usize = 1000;
/// So few are read one by one, although nobody knows how many pages there are.
const FEW: usize = 4;
/// The most that are asked for alone after no page had them: they may have been released, of which no list tells.
const MOST_ALONE: usize = 20;
/// After so many devices the next page gets its turn.
const TURN: usize = 32;

/// What is to be read of the devices.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent wishes")]
pub struct Wish<'a> {
    /// The server of each.
    pub server: bool,
    /// The servers, if they were read already.
    pub listed: Option<&'a [MdmServer]>,
    /// No more devices than this.
    pub limit: Option<usize>,
    /// Those that were released from the organization, too, if they are named.
    pub released: bool,
    /// The AppleCare coverage of each, a request for each; what was read within a day is not read again.
    pub applecare: bool,
    /// Read the coverage again, even so.
    pub refresh: bool,
    /// Whether each is locked by Activation Lock, a request for each.
    pub lock: bool,
}

/// A device, and the server that it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub device: Device,
    pub server: AssignedTo,
    pub extra: Extra,
}

/// What became of reading one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Found(Found),
    /// The organization doesn't have a device with this serial number.
    NotFound(String),
    /// It couldn't be read, which tells nothing of it.
    Unread {
        serial_number: String,
        error: Error,
    },
}

/// How reading ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// How many devices were passed on.
    pub found: usize,
    /// Serial numbers that the organization lacks.
    pub not_found: Vec<String>,
    /// A list broke off for this kind of reason, so that devices may be missing that nobody knows of.
    pub broke_off: Option<Kind>,
    /// What couldn't be read: exit 7 if something could be.
    pub problem: Option<Error>,
}

impl Organization {
    /// Reads the devices that are meant. `each` is given them as they become known, and answers whether anybody wants more.
    ///
    /// Devices that match a filter come in Apple's order. Serial numbers are read one by one or by pages, whichever takes fewer
    /// requests, and come in the order in which they are found. An error means that nothing could be read.
    pub async fn read_devices(
        &self,
        selection: &Selection,
        wish: Wish<'_>,
        mut each: impl FnMut(Item) -> bool,
    ) -> Result<Ended, Error> {
        let reading = match selection {
            Selection::Filter(filter) => self.by_filter(filter, wish, &mut each).await,
            Selection::Serials(serials) => self.by_serials(serials, wish, &mut each).await,
        };
        self.progress("");
        reading
    }

    async fn by_filter(
        &self,
        filter: &Filter,
        wish: Wish<'_>,
        each: &mut dyn FnMut(Item) -> bool,
    ) -> Result<Ended, Error> {
        let mut filter = filter.clone();
        let lookup = match &filter.on {
            Some(On::Named(wanted)) => {
                let servers = self.servers_of_wish(wish).await?;
                let id = self.find_server(wanted, &servers)?;
                let server = servers.iter().find(|it| it.id == id);
                let server = server
                    .ok_or_else(|| Error::not_found(format!("Apple doesn't list server {id}.")))?;
                filter.on = Some(On::Server(id));
                Lookup::only(self, server).await?
            }
            _ if wish.server || filter.needs_server() => {
                let servers = self.servers_of_wish(wish).await?;
                Lookup::cheapest(self, &servers, None).await?
            }
            _ => Lookup::NotAsked,
        };
        let mut reader = Reader::new(self, lookup, wish, each)?;
        let alone: Option<Vec<String>> = match &reader.lookup {
            Lookup::Only(_, there) if reader.is_cheaper_alone(there.len()) => {
                Some(there.iter().map(|it| it.clone().into()).collect())
            }
            _ => None,
        };
        if let Some(mut there) = alone {
            there.sort_unstable();
            reader.one_by_one(there, Some(&filter)).await;
            // One that left the server meanwhile isn't meant any more.
            reader.ended.not_found.clear();
        } else {
            reader.pages_of(&filter).await?;
        }
        Ok(reader.end())
    }

    async fn by_serials(
        &self,
        serials: &Serials,
        wish: Wish<'_>,
        each: &mut dyn FnMut(Item) -> bool,
    ) -> Result<Ended, Error> {
        let lookup = if wish.server {
            let servers = self.servers_of_wish(wish).await?;
            Lookup::cheapest(self, &servers, Some(serials.len())).await?
        } else {
            Lookup::NotAsked
        };
        let mut reader = Reader::new(self, lookup, wish, each)?;
        let serials = serials.serial_numbers.clone();
        if reader.is_cheaper_alone(serials.len()) {
            reader.one_by_one(serials, None).await;
        } else {
            reader.pages_with(serials).await?;
        }
        Ok(reader.end())
    }

    async fn servers_of_wish<'a>(&self, wish: Wish<'a>) -> Result<Cow<'a, [MdmServer]>, Error> {
        Ok(match wish.listed {
            Some(listed) => Cow::Borrowed(listed),
            None => Cow::Owned(self.listed_servers().await?),
        })
    }

    /// How many devices it has, as the last list of all of them said.
    pub(super) fn device_count(&self) -> Result<DeviceCount, Error> {
        let state = &self.settings().folders.state;
        Ok(DeviceCount::new(state, self.api_account()?))
    }
}
