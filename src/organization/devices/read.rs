//! Reads the devices that are meant, in whichever way takes fewer requests, and passes each on as soon as it is known.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::{StreamExt, stream};
use reqwest::Method;

use super::servers_map::{AssignedTo, Lookup};
use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::devices::{DEVICES, OrgDevice};
use crate::apple::manager::servers::AT_ONCE;
use crate::apple::page::{Items, OddItem, Pages};
use crate::core::devices::Device;
use crate::core::devices::selection::{Filter, On, Selection, Server};
use crate::core::devices::serials::Serials;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::state::device_counts::DeviceCount;

/// Devices in a page (official).
const PAGE: usize = 1000;
/// So few are read one by one, although nobody knows how many pages there are.
const FEW: usize = 4;
/// The most that are looked for among the devices that were released, of which no list tells.
const MOST_RELEASED: usize = 20;
/// After so many devices the next page gets its turn.
const TURN: usize = 32;

/// What is to be read of the devices.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// The server of each.
    pub server: bool,
    /// No more devices than this.
    pub limit: Option<usize>,
    /// Those that were released from the organization, too, if they are named.
    pub released: bool,
}

/// A device, and the server that it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub device: Device,
    pub server: AssignedTo,
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
        wish: Wish,
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
        wish: Wish,
        each: &mut dyn FnMut(Item) -> bool,
    ) -> Result<Ended, Error> {
        let mut filter = filter.clone();
        let lookup = match &filter.on {
            Some(On::Named(wanted)) => {
                let servers = self.listed_servers().await?;
                let id = self.find_server(wanted, &servers)?;
                let server = servers.iter().find(|it| it.id == id);
                let server = server
                    .ok_or_else(|| Error::not_found(format!("Apple doesn't list server {id}.")))?;
                filter.on = Some(On::Server(id));
                Lookup::only(self, server).await?
            }
            _ if wish.server || filter.needs_server() => Lookup::cheapest(self, None).await?,
            _ => Lookup::NotAsked,
        };
        let mut reader = Reader::new(self, lookup, wish, each)?;
        let there: Option<Vec<String>> = match &reader.lookup {
            Lookup::Only(_, there) => Some(there.iter().map(|it| it.clone().into()).collect()),
            _ => None,
        };
        if let Some(there) = there
            && reader.is_cheaper_alone(there.len())
        {
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
        wish: Wish,
        each: &mut dyn FnMut(Item) -> bool,
    ) -> Result<Ended, Error> {
        let lookup = if wish.server {
            Lookup::cheapest(self, Some(serials.len())).await?
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

    fn device_count(&self) -> Result<DeviceCount, Error> {
        let state = &self.settings().folders.state;
        Ok(DeviceCount::new(state, self.api_account()?))
    }
}

/// What came of asking for one device.
enum Asked {
    Device(Found),
    NotFound,
    Failed(Error),
}

struct Reader<'a> {
    organization: &'a Organization,
    manager: &'a Manager,
    lookup: Lookup,
    wish: Wish,
    each: RefCell<&'a mut dyn FnMut(Item) -> bool>,
    count: DeviceCount,
    ended: Ended,
    failures: Vec<Error>,
    odd: Vec<OddItem>,
    /// How many devices have a server that isn't known.
    not_known: Cell<usize>,
    /// A failure that ended the reading of pages, after some were read.
    broke_off: Option<Error>,
}

impl<'a> Reader<'a> {
    fn new(
        organization: &'a Organization,
        lookup: Lookup,
        wish: Wish,
        each: &'a mut dyn FnMut(Item) -> bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            organization,
            manager: organization.manager()?,
            lookup,
            wish,
            each: RefCell::new(each),
            count: organization.device_count()?,
            ended: Ended::default(),
            failures: Vec::new(),
            odd: Vec::new(),
            not_known: Cell::new(0),
            broke_off: None,
        })
    }

    /// Whether so many devices are fewer requests than all pages.
    fn is_cheaper_alone(&self, devices: usize) -> bool {
        match self.count.read() {
            Some(all) => devices < all.div_ceil(PAGE).max(1) || devices <= 1,
            None => devices <= FEW,
        }
    }

    fn pass(&self, item: Item) -> bool {
        (self.each.borrow_mut())(item)
    }

    /// All devices that match, page by page.
    async fn pages_of(&mut self, filter: &Filter) -> Result<(), Error> {
        let mut left = self.wish.limit.unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(());
        }
        let found = Cell::new(0);
        let choose = |devices: Vec<Device>, _: Seen| {
            let mut chosen = self.matching(devices, filter);
            chosen.truncate(left);
            left -= chosen.len();
            found.set(found.get() + chosen.len());
            (chosen, left > 0)
        };
        let read = self.each_page(choose).await;
        self.ended.found = found.get();
        self.after_pages(read)
    }

    /// The devices with these serial numbers, page by page, for as long as that takes fewer requests.
    async fn pages_with(&mut self, serials: Vec<String>) -> Result<(), Error> {
        let mut wanted: HashSet<String> = serials.iter().cloned().collect();
        let found = Cell::new(0);
        let mut alone = false;
        let choose = |devices: Vec<Device>, seen: Seen| {
            let mine = devices
                .into_iter()
                .filter(|it| wanted.remove(&it.serial_number.to_ascii_uppercase()));
            let chosen = self.matching(mine.collect(), &Filter::default());
            found.set(found.get() + chosen.len());
            alone = seen.pages_left().is_some_and(|pages| wanted.len() < pages);
            (chosen, !wanted.is_empty() && !alone)
        };
        let read = self.each_page(choose).await;
        self.ended.found = found.get();
        self.after_pages(read)?;
        let left: Vec<String> = serials
            .into_iter()
            .filter(|it| wanted.contains(it))
            .collect();
        if let Some(error) = self.broke_off.clone() {
            for serial_number in left {
                let error = error.clone();
                if !self.pass(Item::Unread {
                    serial_number,
                    error,
                }) {
                    break;
                }
            }
        } else if alone || (self.wish.released && left.len() <= MOST_RELEASED) {
            self.one_by_one(left, None).await;
        } else {
            for serial in left {
                if !self.pass(Item::NotFound(serial.clone())) {
                    break;
                }
                self.ended.not_found.push(serial);
            }
        }
        Ok(())
    }

    /// Those that match, with their servers as far as no request is needed.
    fn matching(&self, devices: Vec<Device>, filter: &Filter) -> Vec<Found> {
        let found = devices.into_iter().filter_map(|device| {
            let server = self.lookup.known(&device);
            if matches!(server, AssignedTo::NotKnown(_)) {
                self.not_known.set(self.not_known.get() + 1);
            }
            matches(filter, &device, &server).then_some(Found { device, server })
        });
        found.collect()
    }

    /// Reads pages for as long as `choose` wants more of them. The request for the next page goes out before the devices of a page
    /// are passed on.
    async fn each_page(
        &self,
        mut choose: impl FnMut(Vec<Device>, Seen) -> (Vec<Found>, bool),
    ) -> Result<Vec<OddItem>, (Seen, Failure)> {
        let mut seen = Seen::default();
        let mut odd = Vec::new();
        let mut pages = self.manager.devices().map_err(|failure| (seen, failure))?;
        let first = pages.next::<OrgDevice>().await;
        let mut page = first.map_err(|failure| (seen, failure))?;
        while let Some(Items {
            understood,
            odd: more,
        }) = page.take()
        {
            seen.add(understood.len() + more.len(), &pages);
            odd.extend(more);
            self.say_progress(seen);
            let devices = understood
                .into_iter()
                .map(|OrgDevice { id, attributes }| Device::new(id, attributes));
            let (chosen, goes_on) = choose(devices.collect(), seen);
            if !goes_on {
                self.pass_all(chosen).await;
                return Ok(odd);
            }
            let next = pin!(pages.next());
            let passing = pin!(self.pass_all(chosen));
            let read = match select(next, passing).await {
                Either::Left((read, passing)) => {
                    if !passing.await {
                        return Ok(odd);
                    }
                    read
                }
                Either::Right((false, _)) => return Ok(odd),
                Either::Right((true, next)) => next.await,
            };
            page = read.map_err(|failure| (seen, failure))?;
        }
        self.count.keep(seen.devices);
        Ok(odd)
    }

    fn say_progress(&self, seen: Seen) {
        let words = match seen.total {
            Some(total) if total > seen.devices => {
                format!("Reading devices: {} of {total}", seen.devices)
            }
            _ => format!("Reading devices: {}", seen.devices),
        };
        self.organization.progress(&words);
    }

    /// Passes devices on; false once nobody wants more.
    async fn pass_all(&self, chosen: Vec<Found>) -> bool {
        tokio::task::yield_now().await;
        if matches!(self.lookup, Lookup::Single(_)) {
            let mut whole = stream::iter(chosen)
                .map(|found| self.with_server(found.device))
                .buffered(AT_ONCE);
            while let Some(found) = whole.next().await {
                if !self.pass(Item::Found(found)) {
                    return false;
                }
            }
            return true;
        }
        for (number, found) in (1..).zip(chosen) {
            if !self.pass(Item::Found(found)) {
                return false;
            }
            if number % TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
        true
    }

    async fn with_server(&self, device: Device) -> Found {
        let server = self.lookup.of(self.manager, &device).await;
        if matches!(server, AssignedTo::NotKnown(_)) {
            self.not_known.set(self.not_known.get() + 1);
        }
        Found { device, server }
    }

    /// Takes how the pages ended: a failure of the first page is an error, one of a later page a part that is missing.
    fn after_pages(&mut self, read: Result<Vec<OddItem>, (Seen, Failure)>) -> Result<(), Error> {
        match read {
            Ok(odd) => self.odd.extend(odd),
            Err((seen, failure)) if seen.devices == 0 => return Err(failure.into()),
            Err((seen, failure)) => {
                let read = match seen.total {
                    Some(total) => format!("{} of {total}", seen.devices),
                    None => seen.devices.to_string(),
                };
                let error = Error::from(failure);
                self.ended.broke_off = Some(error.kind);
                let message = format!(
                    "abmctl read {read} devices, then the list broke off: {}",
                    error.message
                );
                self.broke_off = Some(error.saying(message).of_kind(Kind::Partial));
            }
        }
        Ok(())
    }

    /// These devices, a request for each, four at a time, in this order. Only those that match a filter are passed on.
    async fn one_by_one(&mut self, serials: Vec<String>, filter: Option<&Filter>) {
        let total = serials.len();
        let over: RefCell<Option<Error>> = RefCell::default();
        let mut failures = Vec::new();
        let mut not_found = Vec::new();
        let mut found = 0;
        {
            let mut reads = stream::iter(serials)
                .map(|serial| {
                    let over = &over;
                    let this = &*self;
                    async move {
                        let known = over.borrow().clone();
                        if let Some(error) = known {
                            return (serial, Asked::Failed(error));
                        }
                        let asked = this.ask(&serial).await;
                        if let Asked::Failed(error) = &asked
                            && is_of_all(error)
                            && this.manager.api().http().left().is_zero()
                        {
                            *over.borrow_mut() = Some(error.clone());
                        }
                        (serial, asked)
                    }
                })
                .buffered(AT_ONCE);
            let limit = self.wish.limit.unwrap_or(usize::MAX);
            let mut done = 0;
            while found < limit
                && let Some((serial_number, asked)) = reads.next().await
            {
                done += 1;
                self.organization
                    .progress(&format!("Reading devices: {done} of {total}"));
                let item = match asked {
                    Asked::Device(it) => {
                        if filter.is_some_and(|filter| !matches(filter, &it.device, &it.server)) {
                            continue;
                        }
                        found += 1;
                        Item::Found(it)
                    }
                    Asked::NotFound => {
                        not_found.push(serial_number.clone());
                        if filter.is_some() {
                            continue;
                        }
                        Item::NotFound(serial_number)
                    }
                    Asked::Failed(error) => {
                        failures.push(error.clone());
                        Item::Unread {
                            serial_number,
                            error,
                        }
                    }
                };
                if !self.pass(item) {
                    break;
                }
            }
        }
        self.ended.found += found;
        self.ended.not_found.extend(not_found);
        self.failures.extend(failures);
    }

    async fn ask(&self, serial: &str) -> Asked {
        let [version, devices] = DEVICES;
        let api = self.manager.api();
        let request = api.request_name(&Method::GET, &[version, devices, serial]);
        match self.manager.device(serial).await {
            Ok(OrgDevice { id, attributes }) => {
                let device = Device::new(id, attributes);
                if device.released_at().is_some() && !self.wish.released {
                    return Asked::NotFound;
                }
                Asked::Device(self.with_server(device).await)
            }
            Err(failure) if failure.status_of(&request) == Some(404) => Asked::NotFound,
            Err(failure) => Asked::Failed(failure.into()),
        }
    }

    /// How it ended.
    fn end(self) -> Ended {
        self.organization.warn_of(&self.odd);
        let odd = self.odd.first().map(|odd| {
            Error::failed(match self.odd.len() {
                1 => format!("1 device of Apple's list isn't shown. {odd}"),
                more => format!("{more} devices of Apple's list aren't shown. {odd}"),
            })
            .of_kind(Kind::Partial)
        });
        let mut ended = self.ended;
        let unread = self.failures.first().map(|first| {
            let count = self.failures.len();
            let kinds = self.failures.iter().map(|it| it.kind);
            let all = ended.found == 0 && ended.not_found.is_empty();
            let kind = match Kind::of_several(kinds) {
                Some(kind) if all => kind,
                _ => Kind::Partial,
            };
            let error = first.clone();
            let message = match count {
                1 => format!("abmctl couldn't read 1 device: {}", first.message),
                _ => format!("abmctl couldn't read {count} devices: {}", first.message),
            };
            if count == 1 && all {
                error
            } else {
                error.saying(message).of_kind(kind)
            }
        });
        let servers = self.lookup.problem(self.not_known.get());
        ended.problem = self.broke_off.or(unread).or(odd).or(servers);
        ended
    }
}

/// Whether a failure is one of all requests, so that asking for another device is of no use.
fn is_of_all(error: &Error) -> bool {
    matches!(
        error.kind,
        Kind::Unavailable | Kind::NotAuthenticated | Kind::Interrupted | Kind::Usage
    )
}

fn matches(filter: &Filter, device: &Device, server: &AssignedTo) -> bool {
    let server = server.server();
    let server = Server {
        id: server.map(|it| &it.id[..]),
        name: server.and_then(|it| it.name.as_deref()),
    };
    filter.matches(device, server)
}

/// How far the pages were read.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    devices: usize,
    pages: usize,
    total: Option<usize>,
}

impl Seen {
    fn add(&mut self, devices: usize, pages: &Pages<'_>) {
        self.devices += devices;
        self.pages += 1;
        self.total = pages.total().or(self.total);
    }

    /// How many pages there are still, if Apple says how many devices there are.
    fn pages_left(self) -> Option<usize> {
        let left = self.total?.saturating_sub(self.devices);
        let size = self.devices.checked_div(self.pages)?.max(1);
        Some(left.div_ceil(size))
    }
}
