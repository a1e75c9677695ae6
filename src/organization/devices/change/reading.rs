//! Reading devices back: by the lists of servers or one by one, whichever takes fewer requests.
//!
//! Over 400 lines: two ways of reading for each of three questions, and what an answer means.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::{StreamExt, stream};

use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::devices::{AssignedServer, Linkage, OrgDevice};
use crate::core::devices::change::{Millis, Seen};
use crate::core::devices::{Ask, Device};
use crate::error::Error;
use crate::organization::Organization;

/// Single devices that are read at once.
const AT_ONCE: usize = 4;
/// Devices on a page of a list.
const PAGE: u64 = 1000;
/// How often lists are read that lack devices which Apple says are on one.
const READINGS: usize = 3;
/// The attributes that tell what became of a change (official names).
const FIELDS: &str =
    "serialNumber,status,isMdmMigrationCapable,mdmMigrationStatus,mdmMigrationDeadlineDateTime";

/// A server, and how many devices it has, if Apple says so.
struct KnownServer {
    id: String,
    devices: Option<u64>,
}

/// The servers that are not deleted, and when reading them began.
struct KnownServers {
    began: Millis,
    known: Vec<KnownServer>,
    /// Every row of the list could be understood.
    is_whole: bool,
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Server(String),
    /// On no server.
    Nowhere,
    NotRead,
}

/// The migration of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Migrating {
    /// None is requested or started.
    No,
    /// One is, and when it is due, if Apple says.
    Until(Option<jiff::Timestamp>),
    NotRead,
}

/// Reads devices of one organization, and keeps the lists that it read.
pub(super) struct Reader<'a> {
    organization: &'a Organization,
    manager: Manager,
    servers: Option<KnownServers>,
    /// The devices that this change assigns, which the servers' counts don't have yet.
    added: u64,
    lists: BTreeMap<Option<String>, List>,
    /// Why the last reading failed.
    pub(super) failure: Option<Error>,
}

/// A list and when reading it began: the devices of a server, or of `None` all devices.
struct List {
    began: Millis,
    devices: HashMap<String, Device>,
    /// Every item of it could be understood, and Apple said the same length on each page.
    is_whole: bool,
}

/// What a single read, or a row of a list, says of a device.
enum State<'a> {
    /// A single answer, which has all that there is.
    Whole(&'a Device),
    Row(&'a Device),
    /// A whole list lacks it.
    Absent,
}

fn key(serial: &str) -> String {
    serial.to_ascii_uppercase()
}

impl<'a> Reader<'a> {
    /// Reads with `manager`, after a change that moves as many devices.
    pub(super) fn new(organization: &'a Organization, manager: Manager, added: usize) -> Self {
        Self {
            organization,
            manager,
            servers: None,
            added: u64::try_from(added).unwrap_or(u64::MAX),
            lists: BTreeMap::new(),
            failure: None,
        }
    }

    fn now(&self) -> Millis {
        self.organization.clock().now().as_millisecond()
    }

    /// The servers as they were after `since`: somebody may have created one meanwhile.
    async fn servers(&mut self, since: Millis) -> Result<&KnownServers, Failure> {
        let known = self.servers.take().filter(|it| it.began > since);
        let servers = match known {
            Some(known) => known,
            None => self.read_servers().await?,
        };
        Ok(self.servers.insert(servers))
    }

    async fn read_servers(&self) -> Result<KnownServers, Failure> {
        let began = self.now();
        let listed = self.manager.servers().await?;
        let there = listed.understood.iter().filter(|it| !it.is_deleted());
        let known = there.map(|server| KnownServer {
            id: server.id.clone(),
            devices: server.attributes.device_count,
        });
        Ok(KnownServers {
            began,
            known: known.collect(),
            is_whole: listed.odd.is_empty(),
        })
    }

    /// How many requests the list of a server takes, or that of all devices.
    async fn pages(&mut self, server: Option<&str>) -> Result<u64, Failure> {
        let added = self.added;
        // A count may be old: it decides only which way of reading is taken.
        let servers = self.servers(Millis::MIN).await?.known.iter();
        let counts = servers.filter(|it| server.is_none_or(|id| it.id == id));
        // A few pages where Apple doesn't say.
        let devices: u64 = counts.map(|it| it.devices.unwrap_or(3 * PAGE)).sum();
        Ok((devices + added) / PAGE + 1)
    }

    /// What is so of each of these devices, as far as a change that asks for `ask` is concerned, and when reading it began. Lists
    /// that were begun after `since` are not read again.
    pub(super) async fn seen(
        &mut self,
        ask: &Ask,
        serials: &[&str],
        since: Millis,
    ) -> (HashMap<String, Seen>, Millis) {
        let began = self.now();
        let not_read = || {
            let serials = serials.iter();
            serials
                .map(|it| ((*it).to_owned(), Seen::NotRead))
                .collect()
        };
        let read = match ask {
            Ask::Assign { server } => self.on_server(server, serials, since).await,
            Ask::Migrate { server, .. } => {
                let there = self.on_server(server, serials, since).await;
                match there {
                    // One that is on its way may not be on the list of its new server yet.
                    Ok((mut seen, first)) => {
                        let others = |it: &&&str| seen.get(**it) == Some(&Seen::Otherwise);
                        let others: Vec<&str> = serials.iter().filter(others).copied().collect();
                        let read = if others.is_empty() {
                            Ok((HashMap::new(), first))
                        } else {
                            self.judged(ask, &others, since).await
                        };
                        read.map(|(states, second)| {
                            seen.extend(states);
                            (seen, first.min(second))
                        })
                    }
                    Err(failure) => Err(failure),
                }
            }
            _ => self.judged(ask, serials, since).await,
        };
        match read {
            Ok(read) => read,
            Err(failure) => {
                self.failure = Some(failure.into());
                (not_read(), began)
            }
        }
    }

    /// Whether devices are on a server.
    async fn on_server(
        &mut self,
        server: &str,
        serials: &[&str],
        since: Millis,
    ) -> Result<(HashMap<String, Seen>, Millis), Failure> {
        if self.is_cheaper_alone(serials, Some(server), since).await? {
            let began = self.now();
            let places = self.places_alone(serials).await;
            let seen = places.into_iter().map(|(serial, place)| {
                let seen = match place {
                    Place::Server(id) if id.eq_ignore_ascii_case(server) => Seen::AsWished,
                    Place::Server(_) | Place::Nowhere => Seen::Otherwise,
                    Place::NotRead => Seen::NotRead,
                };
                (serial, seen)
            });
            return Ok((seen.collect(), began));
        }
        let list = self.list(Some(server), since).await?;
        let seen = serials.iter().map(|serial| {
            let seen = match list.devices.contains_key(&key(serial)) {
                true => Seen::AsWished,
                false if list.is_whole => Seen::Otherwise,
                false => Seen::NotRead,
            };
            ((*serial).to_owned(), seen)
        });
        Ok((seen.collect(), list.began))
    }

    /// Judges devices by their attributes.
    async fn judged(
        &mut self,
        ask: &Ask,
        serials: &[&str],
        since: Millis,
    ) -> Result<(HashMap<String, Seen>, Millis), Failure> {
        let mut seen: HashMap<String, Seen> = HashMap::new();
        let mut began = self.now();
        let mut left: Vec<&str> = Vec::new();
        if self.is_cheaper_alone(serials, None, since).await? {
            for (serial, read) in self
                .each(serials, |manager, serial| async move {
                    manager.device(&serial).await
                })
                .await
            {
                match read {
                    Ok(OrgDevice { id, attributes }) => {
                        let device = Device::new(id, attributes);
                        seen.insert(serial, judge(ask, &State::Whole(&device), self.now()));
                    }
                    Err(failure) => {
                        // 404 alone doesn't say that a device is gone; the list of all devices does.
                        self.failure = Some(failure.into());
                        seen.insert(serial, Seen::NotRead);
                    }
                }
            }
            if *ask != Ask::Release {
                return Ok((seen, began));
            }
            let unread = |it: &&&str| seen.get(**it) == Some(&Seen::NotRead);
            left.extend(serials.iter().filter(unread));
        } else {
            left.extend(serials);
        }
        if left.is_empty() {
            return Ok((seen, began));
        }
        let now = self.now();
        let list = self.list(None, since).await?;
        began = began.min(list.began);
        for serial in left {
            let state = match list.devices.get(&key(serial)) {
                Some(device) => Some(State::Row(device)),
                None if list.is_whole => Some(State::Absent),
                None => None,
            };
            let judged = state.map_or(Seen::NotRead, |state| judge(ask, &state, now));
            seen.insert(serial.to_owned(), judged);
        }
        Ok((seen, began))
    }

    /// Whether reading these devices one by one takes fewer requests than the list of a server, or of all devices.
    async fn is_cheaper_alone(
        &mut self,
        serials: &[&str],
        server: Option<&str>,
        since: Millis,
    ) -> Result<bool, Failure> {
        let kept = self.lists.get(&server.map(str::to_owned));
        if kept.is_some_and(|list| list.began > since) {
            return Ok(false);
        }
        if serials.len() == 1 {
            return Ok(true);
        }
        let alone = u64::try_from(serials.len()).unwrap_or(u64::MAX);
        // No server has more devices than the organization, so that how many each has need not be asked.
        let all = self.organization.device_count().ok();
        let all = all.and_then(|it| u64::try_from(it.read()?).ok());
        if all.is_some_and(|all| alone > all / PAGE + 1) {
            return Ok(false);
        }
        Ok(alone <= self.pages(server).await?)
    }

    /// The list of a server, or of all devices.
    async fn list(&mut self, server: Option<&str>, since: Millis) -> Result<&List, Failure> {
        let place = server.map(str::to_owned);
        if self.lists.get(&place).is_none_or(|it| it.began <= since) {
            let read = self.read_list(server).await?;
            self.lists.insert(place.clone(), read);
        }
        Ok(self.lists.entry(place).or_insert_with(|| List {
            began: Millis::MIN,
            devices: HashMap::new(),
            is_whole: false,
        }))
    }

    async fn read_list(&self, server: Option<&str>) -> Result<List, Failure> {
        let mut list = List {
            began: self.now(),
            devices: HashMap::new(),
            is_whole: true,
        };
        let manager = &self.manager;
        if let Some(id) = server {
            let mut pages = manager.devices_of(id)?;
            while let Some(page) = pages.next::<Linkage>().await? {
                list.is_whole &= page.odd.is_empty() && pages.is_steady();
                let devices = page.understood.into_iter();
                list.devices.extend(devices.map(|Linkage { id }| {
                    let device = Device::new(id.clone(), []);
                    (key(&id), device)
                }));
            }
        } else {
            let mut pages = manager.devices_with(FIELDS)?;
            while let Some(page) = pages.next::<OrgDevice>().await? {
                list.is_whole &= page.odd.is_empty() && pages.is_steady();
                let devices = page.understood.into_iter();
                list.devices.extend(devices.map(|device| {
                    let serial = key(&device.id);
                    (serial, Device::new(device.id, device.attributes))
                }));
            }
        }
        Ok(list)
    }

    /// Reads something of each device, several at once.
    async fn each<T, F>(
        &self,
        serials: &[&str],
        read: impl Fn(Manager, String) -> F,
    ) -> Vec<(String, T)>
    where
        F: Future<Output = T>,
    {
        let serials: HashSet<&str> = serials.iter().copied().collect();
        stream::iter(serials)
            .map(|serial| {
                let read = read(self.manager.clone(), serial.to_owned());
                async move { (serial.to_owned(), read.await) }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }

    /// Why devices are not to be released: Activation Lock is on, or can't be read.
    pub(super) async fn locked(&self, serials: &[&str]) -> HashMap<String, String> {
        let organization = self.organization;
        let read = self.each(serials, |_, serial| async move {
            organization.activation_lock(&serial).await
        });
        let mut locked = HashMap::new();
        for (serial, read) in read.await {
            let why = match read.map(|lock| lock.is_locked) {
                Ok(Some(false)) => continue,
                Ok(Some(true)) => "Activation Lock is on.".to_owned(),
                Ok(None) => "abmctl couldn't read its Activation Lock.".to_owned(),
                Err(error) => format!(
                    "abmctl couldn't read its Activation Lock. {}",
                    error.message
                ),
            };
            locked.insert(serial, why);
        }
        locked
    }

    async fn places_alone(&mut self, serials: &[&str]) -> HashMap<String, Place> {
        let read = self.each(serials, |manager, serial| async move {
            manager.assigned_server(&serial).await
        });
        let mut places = HashMap::new();
        for (serial, read) in read.await {
            let place = match read {
                Ok(AssignedServer::Server(id)) => Place::Server(id),
                Ok(AssignedServer::None | AssignedServer::NotFound) => Place::Nowhere,
                Err(failure) => {
                    self.failure = Some(failure.into());
                    Place::NotRead
                }
            };
            places.insert(serial, place);
        }
        places
    }

    /// Where devices are now, before something is sent for them; `nowhere` has those that were planned as on no server. Lists that
    /// were begun at or before `since` are read again, and so are the servers: there may be a new one.
    pub(super) async fn places(
        &mut self,
        serials: &[&str],
        nowhere: &HashSet<&str>,
        since: Millis,
    ) -> HashMap<String, Place> {
        match self.try_places(serials, nowhere, since).await {
            Ok(places) => places,
            Err(failure) => {
                self.failure = Some(failure.into());
                let serials = serials.iter();
                serials
                    .map(|it| ((*it).to_owned(), Place::NotRead))
                    .collect()
            }
        }
    }

    async fn try_places(
        &mut self,
        serials: &[&str],
        nowhere: &HashSet<&str>,
        since: Millis,
    ) -> Result<HashMap<String, Place>, Failure> {
        let listed = self.servers(since).await?;
        let servers: Vec<String> = listed.known.iter().map(|it| it.id.clone()).collect();
        let are_known = listed.is_whole;
        let mut pages = 0;
        for server in &servers {
            let kept = self.lists.get(&Some(server.clone()));
            if kept.is_none_or(|list| list.began <= since) {
                pages += self.pages(Some(server)).await?;
            }
        }
        if u64::try_from(serials.len()).unwrap_or(u64::MAX) <= pages {
            return Ok(self.places_alone(serials).await);
        }
        let mut places: HashMap<String, Place> = HashMap::new();
        let mut missing = serials.to_vec();
        for _ in 0..READINGS {
            let mut is_whole = are_known;
            for server in &servers {
                let list = self.list(Some(server), since).await?;
                is_whole &= list.is_whole;
                let is_there = |serial: &mut &str| list.devices.contains_key(&key(serial));
                for serial in missing.extract_if(.., is_there) {
                    places.insert(serial.to_owned(), Place::Server(server.clone()));
                }
            }
            // That a list lacks a device is no proof: devices that leave it while it is read, such as those of an activity under
            // way, move the others past the beginning of its next page.
            let as_planned = |serial: &mut &str| is_whole && nowhere.contains(*serial);
            for serial in missing.extract_if(.., as_planned) {
                places.insert(serial.to_owned(), Place::Nowhere);
            }
            if missing.is_empty() {
                return Ok(places);
            }
            let found = self.unlisted(&missing, since).await?;
            missing.retain(|it| found.get(*it).is_none_or(|place| *place == Place::NotRead));
            places.extend(found);
            self.lists.clear();
        }
        Ok(places)
    }

    /// The migrations of devices, before something is sent that changes them. A list that was begun at or before `since` is read again.
    pub(super) async fn migrations(
        &mut self,
        serials: &[&str],
        since: Millis,
    ) -> HashMap<String, Migrating> {
        match self.try_migrations(serials, since).await {
            Ok(found) => found,
            Err(failure) => {
                self.failure = Some(failure.into());
                HashMap::new()
            }
        }
    }

    async fn try_migrations(
        &mut self,
        serials: &[&str],
        since: Millis,
    ) -> Result<HashMap<String, Migrating>, Failure> {
        if !self.is_cheaper_alone(serials, None, since).await? {
            let list = self.list(None, since).await?;
            let found = serials.iter().filter_map(|serial| {
                let device = list.devices.get(&key(serial))?;
                let is_whole = device.is_migration_capable().is_some();
                Some(((*serial).to_owned(), migrating(device, is_whole)))
            });
            return Ok(found.collect());
        }
        let read = self.each(serials, |manager, serial| async move {
            manager.device(&serial).await
        });
        let mut found = HashMap::new();
        for (serial, read) in read.await {
            match read {
                Ok(OrgDevice { id, attributes }) => {
                    found.insert(serial, migrating(&Device::new(id, attributes), true));
                }
                Err(failure) => self.failure = Some(failure.into()),
            }
        }
        Ok(found)
    }

    /// Where devices are that no server's list has: a list may lack one that is on it.
    async fn unlisted(
        &mut self,
        serials: &[&str],
        since: Millis,
    ) -> Result<HashMap<String, Place>, Failure> {
        if self.is_cheaper_alone(serials, None, since).await? {
            return Ok(self.places_alone(serials).await);
        }
        let list = self.list(None, since).await?;
        let place = |serial: &&str| {
            let device = list.devices.get(&key(serial));
            match device.and_then(Device::is_assigned) {
                Some(false) => Place::Nowhere,
                None if device.is_none() && list.is_whole => Place::Nowhere,
                _ => Place::NotRead,
            }
        };
        let places = serials.iter();
        Ok(places.map(|it| ((*it).to_owned(), place(it))).collect())
    }
}

/// The migration of a device, of which a row of a list may not tell.
fn migrating(device: &Device, is_whole: bool) -> Migrating {
    let due = device.migration_deadline();
    match device.migration_status() {
        None if !is_whole => Migrating::NotRead,
        Some("REQUESTED" | "STARTED") if due.is_none() && !is_whole => Migrating::NotRead,
        Some("REQUESTED" | "STARTED") => Migrating::Until(due),
        None | Some("SUCCESS" | "FAILED") => Migrating::No,
        // A word that isn't known may mean anything.
        Some(_) => Migrating::NotRead,
    }
}

/// Whether a device is as it was asked for.
fn judge(ask: &Ask, state: &State<'_>, now: Millis) -> Seen {
    let (device, is_whole) = match state {
        State::Whole(device) => (*device, true),
        // A row that has the one attribute of migrations has the others, if there are any.
        State::Row(device) => (*device, device.is_migration_capable().is_some()),
        State::Absent if *ask == Ask::Release => return Seen::AsWished,
        State::Absent => return Seen::NotRead,
    };
    let so = |is_so: bool| {
        if is_so {
            Seen::AsWished
        } else {
            Seen::Otherwise
        }
    };
    let status = device.migration_status();
    match ask {
        Ask::Assign { .. } => Seen::NotRead,
        Ask::Unassign { .. } => device
            .is_assigned()
            .map_or(Seen::NotRead, |assigned| so(!assigned)),
        Ask::Migrate { deadline, .. } => {
            let found = device.migration_deadline();
            match status {
                None if !is_whole => Seen::NotRead,
                Some("REQUESTED" | "STARTED") if found.is_none() && !is_whole => Seen::NotRead,
                Some("REQUESTED" | "STARTED") => so(is_same(device, *deadline)),
                None | Some("SUCCESS" | "FAILED") => Seen::Otherwise,
                // A word that isn't known may mean anything.
                Some(_) => Seen::NotRead,
            }
        }
        Ask::UpdateDeadline { deadline } => {
            // A deadline in the past begins the migration.
            let forced =
                deadline.as_millisecond() <= now && matches!(status, Some("STARTED" | "SUCCESS"));
            match device.migration_deadline() {
                _ if forced => Seen::AsWished,
                None if !is_whole => Seen::NotRead,
                _ => so(is_same(device, *deadline)),
            }
        }
        Ask::CancelMigration => match status {
            None if !is_whole => Seen::NotRead,
            Some("REQUESTED" | "STARTED" | "SUCCESS") => Seen::Otherwise,
            None | Some("FAILED") => Seen::AsWished,
            Some(_) => Seen::NotRead,
        },
        Ask::Release => so(device.released_at().is_some()),
    }
}

fn is_same(device: &Device, deadline: jiff::Timestamp) -> bool {
    let found = device.migration_deadline();
    found.is_some_and(|it| it.as_second() == deadline.as_second())
}

#[cfg(test)]
mod tests;
