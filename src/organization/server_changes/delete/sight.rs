//! What there is of a server that is to be deleted: its defaults, its devices, and the migrations to it and from it.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use reqwest::Method;

use crate::apple::error::Failure;
use crate::apple::manager::devices::{Linkage, OrgDevice};
use crate::apple::manager::servers::segments;
use crate::apple::page::Items;
use crate::core::devices::selection::Selection;
use crate::core::devices::serials::Serials;
use crate::core::devices::{Ask, Device, Target};
use crate::core::platform::Family;
use crate::core::server_removal::Reading;
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::devices::change::lines::{require_plans, require_whole};
use crate::organization::devices::change::past::Past;
use crate::organization::devices::change::recently_sent;
use crate::organization::devices::read::{Item, Wish};

/// What was read of a server.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// It is certainly not there any more.
    is_gone: bool,
    /// When reading it began.
    pub read_at: Timestamp,
    /// The server is the default for these platforms.
    pub families: Vec<Family>,
    /// The serial numbers of its devices.
    pub serials: Vec<String>,
    /// Those of devices that were sent in the last 24 hours, so that abmctl doesn't send them now.
    pub held: Vec<String>,
    /// Those of devices with a migration to it or from it that isn't over.
    pub migrating: Vec<String>,
}

impl Sight {
    /// As the decisions take it.
    pub(super) fn reading(&self) -> Reading {
        let count = |serials: &[String]| u32::try_from(serials.len()).unwrap_or(u32::MAX);
        if self.is_gone {
            return Reading::Gone;
        }
        Reading::There {
            is_default: !self.families.is_empty(),
            devices: count(&self.serials),
            held: count(&self.held),
            migrations: count(&self.migrating),
        }
    }
}

/// Reads a server again and again.
pub(super) struct Watcher<'a> {
    organization: &'a Organization,
    id: &'a str,
    /// Devices whose migration isn't under way: each is looked at once.
    settled: HashSet<String>,
}

impl<'a> Watcher<'a> {
    pub(super) fn new(organization: &'a Organization, id: &'a str) -> Self {
        Self {
            organization,
            id,
            settled: HashSet::new(),
        }
    }

    /// Reads all of it. An error means that something isn't known.
    pub(super) async fn look(&mut self) -> Result<Sight, Error> {
        self.organization
            .progress("Reading the server and its devices");
        let sight = self.read().await;
        self.organization.progress("");
        sight
    }

    async fn read(&mut self) -> Result<Sight, Error> {
        let read_at = self.organization.clock().now();
        let manager = self.organization.manager()?;
        let server = match manager.server(self.id).await {
            Ok(server) if server.is_deleted() => return Ok(gone()),
            Ok(server) => server,
            Err(failure) => return self.missing(failure).await,
        };
        let Some(families) = server.attributes.default_product_families else {
            return Err(Error::failed(
                "Apple's answer doesn't say which platforms the server is the default for.",
            ));
        };
        let Items { understood, odd } = manager.devices_of(self.id)?.all::<Linkage>().await?;
        if let Some(odd) = odd.first() {
            return Err(Error::failed(odd.to_string()));
        }
        let serials: Vec<String> = understood.into_iter().map(|it| it.id).collect();
        let migrating = self.migrating(&serials).await?;
        let sent = if serials.is_empty() {
            HashMap::new()
        } else {
            recently_sent(self.organization)?
        };
        let held = serials.iter().filter(|it| sent.contains_key(*it));
        Ok(Sight {
            is_gone: false,
            read_at,
            families,
            held: held.cloned().collect(),
            serials,
            migrating,
        })
    }

    /// The server can't be read. Only its own 404 together with a complete list without it says that it is gone.
    async fn missing(&self, failure: Failure) -> Result<Sight, Error> {
        let manager = self.organization.manager()?;
        let name = manager.api().request_name(&Method::GET, &segments(self.id));
        if failure.status_of(&name) != Some(404) {
            return Err(failure.into());
        }
        let list = manager.servers().await?;
        let same = |id: &str| id.eq_ignore_ascii_case(self.id);
        let lacks = list.odd.is_empty()
            && !list
                .understood
                .iter()
                .any(|server| same(&server.id) && !server.is_deleted());
        if lacks {
            Ok(gone())
        } else {
            Err(failure.into())
        }
    }

    /// The devices with a migration that isn't over: of those on the server, and of those that a migration to it or from it was
    /// requested for from here. Apple shows one server of a device, not both of a migration.
    async fn migrating(&mut self, on_it: &[String]) -> Result<Vec<String>, Error> {
        let mut candidates = on_it.to_vec();
        candidates.extend(self.organization.migrations_asked(self.id)?);
        candidates.retain(|serial| !self.settled.contains(serial));
        let mut serials = Serials::default();
        let mut seen = HashSet::new();
        candidates.retain(|serial| seen.insert(serial.clone()));
        serials.serial_numbers = candidates;
        if serials.is_empty() {
            return Ok(Vec::new());
        }
        let mut migrating = Vec::new();
        let mut unread = None;
        let (mut not_said, mut missing) = (Vec::new(), Vec::new());
        let settled = &mut self.settled;
        let each = |item: Item| {
            match item {
                Item::Found(found) => {
                    let serial = found.device.serial_number.clone();
                    match stand(&found.device, false) {
                        Stand::Migrating => migrating.push(serial),
                        Stand::Settled => {
                            settled.insert(serial);
                        }
                        Stand::NotKnown(word) => unread = Some(not_known(&serial, &word)),
                        Stand::NotSaid => not_said.push(serial),
                    }
                }
                Item::NotFound(serial) => missing.push(serial),
                Item::Unread { error, .. } => unread = Some(error),
            }
            true
        };
        let selection = Selection::Serials(serials);
        let ended = self
            .organization
            .read_devices(&selection, Wish::default(), each)
            .await?;
        if let Some(error) = unread.or(ended.problem) {
            return Err(error);
        }
        for serial in not_said {
            let OrgDevice { id, attributes } = self.organization.manager()?.device(&serial).await?;
            match stand(&Device::new(id, attributes), true) {
                Stand::Migrating => migrating.push(serial),
                Stand::NotKnown(word) => return Err(not_known(&serial, &word)),
                Stand::Settled | Stand::NotSaid => {
                    self.settled.insert(serial);
                }
            }
        }
        self.left_the_organization(missing).await?;
        Ok(migrating)
    }

    /// Devices that Apple doesn't have: only a whole list that lacks them, too, says that they left the organization.
    async fn left_the_organization(&mut self, missing: Vec<String>) -> Result<(), Error> {
        if missing.is_empty() {
            return Ok(());
        }
        let manager = self.organization.manager()?;
        let pages = manager.devices_with("serialNumber")?;
        let Items { understood, odd } = pages.all::<OrgDevice>().await?;
        if let Some(odd) = odd.first() {
            return Err(Error::failed(odd.to_string()));
        }
        let listed: HashSet<String> = understood
            .into_iter()
            .map(|it| it.id.to_ascii_uppercase())
            .collect();
        for serial in missing {
            if listed.contains(&serial.to_ascii_uppercase()) {
                return Err(Error::failed(format!(
                    "Apple lists the device {serial}, but doesn't show it alone, so abmctl can't tell whether it migrates."
                )));
            }
            self.settled.insert(serial);
        }
        Ok(())
    }
}

/// Where the migration of a device stands.
#[derive(Debug, PartialEq, Eq)]
enum Stand {
    Migrating,
    /// There is none, or it is over.
    Settled,
    /// Apple has a word for it that abmctl doesn't know.
    NotKnown(String),
    /// A row of a list that leaves out what it may leave out.
    NotSaid,
}

/// Reads it from a single answer, or from what may be a row of a list.
fn stand(device: &Device, is_single: bool) -> Stand {
    match device.migration_status() {
        Some("REQUESTED" | "STARTED") => Stand::Migrating,
        Some("SUCCESS" | "FAILED") => Stand::Settled,
        Some(word) => Stand::NotKnown(word.to_owned()),
        // A row that has the one attribute of migrations has the others, if there are any.
        None if is_single || device.is_migration_capable().is_some() => Stand::Settled,
        None => Stand::NotSaid,
    }
}

fn not_known(serial: &str, word: &str) -> Error {
    Error::failed(format!(
        "The migration of {serial} has the status {word}, which abmctl doesn't know. It may not be over."
    ))
}

fn gone() -> Sight {
    Sight {
        is_gone: true,
        ..Sight::default()
    }
}

impl Organization {
    /// The serial numbers of devices for which a migration to this server or from it was requested from here.
    fn migrations_asked(&self, id: &str) -> Result<Vec<String>, Error> {
        let lines = self.journal_lines()?;
        // A line that can't be read may have a migration, and a deletion can't be undone.
        require_whole(self, &lines)?;
        require_plans(self, &lines)?;
        let mut serials = Vec::new();
        for past in Past::all(&lines.entries, &self.api_account()?) {
            for (number, batch) in past.plan.batches.iter().enumerate() {
                let Some(Ask::Migrate { server, .. }) = past.plan.ask(number) else {
                    continue;
                };
                let concerns = |target: &Target| server == id || target.from.as_deref() == Some(id);
                let concerned = batch.targets().filter(concerns);
                serials.extend(concerned.map(|it| it.serial_number));
            }
        }
        Ok(serials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn only_a_known_end_settles_a_migration() {
        for (attributes, row, single) in [
            (
                json!({"mdmMigrationStatus": "REQUESTED"}),
                Stand::Migrating,
                Stand::Migrating,
            ),
            (
                json!({"mdmMigrationStatus": "STARTED"}),
                Stand::Migrating,
                Stand::Migrating,
            ),
            (
                json!({"mdmMigrationStatus": "SUCCESS"}),
                Stand::Settled,
                Stand::Settled,
            ),
            (
                json!({"mdmMigrationStatus": "FAILED"}),
                Stand::Settled,
                Stand::Settled,
            ),
            (
                json!({"mdmMigrationStatus": "PAUSED"}),
                Stand::NotKnown("PAUSED".to_owned()),
                Stand::NotKnown("PAUSED".to_owned()),
            ),
            (
                json!({"isMdmMigrationCapable": true}),
                Stand::Settled,
                Stand::Settled,
            ),
            (json!({}), Stand::NotSaid, Stand::Settled),
        ] {
            let Value::Object(attributes) = attributes else {
                panic!("{attributes}")
            };
            let device = Device::new("C02".to_owned(), attributes);
            assert_eq!((stand(&device, false), stand(&device, true)), (row, single));
        }
    }
}
