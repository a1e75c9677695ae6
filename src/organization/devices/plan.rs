//! What a change of devices would send, and why it leaves out the others: everything that is read before anybody is asked.

mod planned;
mod sent;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::read::{self, Found, Item};
use super::servers_map::AssignedTo;
use crate::apple::manager::devices::ActivationLock;
use crate::apple::manager::servers::MdmServer;
use crate::apple::page::Items;
use crate::config::OrganizationKind;
use crate::core::devices::deadline::NewDeadline;
use crate::core::devices::plan::{Lock, On, Plan, Read, Reading, Rules, Wish};
use crate::core::devices::selection::Selection;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::adde_urls::declared::Servers;
use crate::organization::servers;

/// The word of `--from` for no server.
const NONE: &str = "none";

/// What is to become of devices, with servers as they were named.
#[derive(Debug, Clone, PartialEq)]
pub enum What<'a> {
    Assign {
        server: &'a str,
    },
    Unassign,
    Migrate {
        server: &'a str,
        deadline: Timestamp,
        include_unassigned: bool,
    },
    UpdateDeadline(NewDeadline),
    CancelMigration,
    Release {
        even_if_locked: bool,
    },
}

/// What is to be planned.
#[derive(Debug, Clone, PartialEq)]
pub struct Wished<'a> {
    pub what: What<'a>,
    /// Only devices that are on this server now, or on none.
    pub from: Option<&'a str>,
    /// Those that were sent in the last 24 hours too.
    pub again: bool,
    /// A serial number that the organization lacks is no problem.
    pub missing_ok: bool,
    /// A server that enrolls nothing too.
    pub even_if_idle: bool,
}

/// A plan, and what it takes to show it.
#[derive(Debug)]
pub struct DevicePlan {
    pub wish: Wish,
    pub plan: Plan,
    /// The id of the server of `--from`, or none.
    pub from: Option<Option<String>>,
    /// The names of servers, by id.
    pub names: BTreeMap<String, String>,
    /// When reading began.
    pub read_at: Timestamp,
    /// The ids of the servers that devices were on before their migration, by serial number, as the journal has them; only for a
    /// migration that is to be canceled.
    before: HashMap<String, String>,
    missing_ok: bool,
    /// What couldn't be read.
    unread: Option<Error>,
}

/// The servers, as far as devices are planned with them.
#[derive(Default)]
struct Listed {
    servers: Vec<MdmServer>,
    is_whole: bool,
}

impl What<'_> {
    /// The same with the id of its server, which `find` finds.
    fn with_ids(&self, find: impl Fn(&str) -> Result<String, Error>) -> Result<Wish, Error> {
        Ok(match self {
            Self::Assign { server } => Wish::Assign {
                server: find(server)?,
            },
            Self::Unassign => Wish::Unassign,
            Self::Migrate {
                server,
                deadline,
                include_unassigned,
            } => Wish::Migrate {
                server: find(server)?,
                deadline: *deadline,
                include_unassigned: *include_unassigned,
            },
            Self::UpdateDeadline(new) => Wish::UpdateDeadline(new.clone()),
            Self::CancelMigration => Wish::CancelMigration,
            Self::Release { even_if_locked } => Wish::Release {
                even_if_locked: *even_if_locked,
            },
        })
    }
}

impl Organization {
    /// Why no device can be changed here, if none can. Exit 5 for what School Manager's API lacks, 2 where only reading is allowed.
    pub fn refuses_devices(&self, what: &What<'_>, dry_run: bool) -> Result<(), Error> {
        let settings = self.settings();
        let kind = settings.required_credentials()?.kind;
        if kind == OrganizationKind::School && matches!(what, What::Release { .. }) {
            let error = Error::new(
                Kind::Refused,
                "Apple School Manager's API can't release devices. Nothing was changed.",
            );
            return Err(error.hint(hint![
                "Release them in Apple School Manager: select the devices under Devices, then Release Devices. List them with ",
                Command::new("devices list"),
                "."
            ]));
        }
        match settings.why_read_only() {
            Some(why) if !dry_run => Err(Error::usage(format!(
                "abmctl changes no device, because {why}. Nothing was changed."
            ))),
            _ => Ok(()),
        }
    }

    /// Reads the devices that are meant and decides for each.
    ///
    /// Exit 4 for a server that doesn't exist, for a filter that matches nothing and for serial numbers of which the organization
    /// has none; 8 for a server that enrolls nothing. Nothing is sent.
    pub async fn plan_devices(
        &self,
        wished: &Wished<'_>,
        selection: &Selection,
        sent: &HashMap<String, Timestamp>,
    ) -> Result<DevicePlan, Error> {
        let read_at = self.clock().now();
        // The commands that put a change back name servers as nobody can mistake them.
        let names_server = matches!(
            wished.what,
            What::Assign { .. } | What::Unassign | What::Migrate { .. }
        );
        let is_listed = names_server || wished.from.is_some();
        let listed = if is_listed {
            self.list_servers().await?
        } else {
            Listed::default()
        };
        let wish = wished.what.with_ids(|it| self.target(it, &listed))?;
        let from = match wished.from {
            None => None,
            Some(none) if none.trim().eq_ignore_ascii_case(NONE) => Some(None),
            Some(server) => Some(Some(self.find_server(server, &listed.servers)?)),
        };
        let nothing = HashMap::new();
        let asked = if sent.is_empty() || wished.again {
            HashMap::new()
        } else {
            self.recently_asked(sent)?
        };
        let under_way = self.devices_under_way()?;
        let rules = Rules {
            now: read_at,
            from: from.as_ref().map(Option::as_deref),
            sent: if wished.again { &nothing } else { sent },
            asked: &asked,
            under_way: &under_way,
        };
        let names = servers::named(&listed.servers).into_iter();
        let mut names: BTreeMap<String, String> = names.map(|it| (it.id, it.name)).collect();
        let reading = read::Wish {
            listed: is_listed.then_some(&listed.servers),
            ..read::Wish::default()
        };
        let planned = self.planned(&wish, selection, rules, reading, &mut names);
        let (plan, unread) = planned.await?;
        let before = if wish == Wish::CancelMigration {
            self.migrated_from(&mut names)?
        } else {
            HashMap::new()
        };
        let planned = DevicePlan {
            wish,
            plan,
            from,
            names,
            read_at,
            before,
            missing_ok: wished.missing_ok,
            unread,
        };
        planned.has_devices(selection)?;
        if !wished.even_if_idle
            && planned.plan.sent().next().is_some()
            && let Some(id) = planned.wish.to()
        {
            self.refuse_idle(&planned.wish, id, &listed).await?;
        }
        Ok(planned)
    }

    async fn list_servers(&self) -> Result<Listed, Error> {
        let Items { understood, odd } = self.manager()?.servers().await?;
        self.warn_of(&odd);
        Ok(Listed {
            servers: understood,
            is_whole: odd.is_empty(),
        })
    }

    /// The id of the server that is to get devices. One that was deleted has a sentence of its own.
    fn target(&self, wanted: &str, listed: &Listed) -> Result<String, Error> {
        let found = self.find_server(wanted, &listed.servers);
        if found.is_ok() {
            return found;
        }
        let deleted: Vec<MdmServer> = listed
            .servers
            .iter()
            .filter(|it| it.is_deleted())
            .cloned()
            .map(|mut server| {
                server.attributes.status = None;
                server
            })
            .collect();
        if self.find_server(wanted, &deleted).is_ok() {
            let message = format!("The server \"{wanted}\" is deleted, so it can't get devices.");
            return Err(Error::not_found(message).hint(hint![
                "See the servers with ",
                Command::new("servers list --columns name,id"),
                "."
            ]));
        }
        found
    }

    async fn planned(
        &self,
        wish: &Wish,
        selection: &Selection,
        rules: Rules<'_>,
        reading: read::Wish<'_>,
        names: &mut BTreeMap<String, String>,
    ) -> Result<(Plan, Option<Error>), Error> {
        // Whoever agrees to a filter sees on which servers its devices are.
        let by_filter = matches!(selection, Selection::Filter(_));
        let reading = read::Wish {
            server: wish.needs_server() || rules.from.is_some() || by_filter,
            lock: wish.needs_lock(),
            ..reading
        };
        let mut plan = Plan::default();
        let ended = self
            .read_devices(selection, reading, |item| {
                plan.add(wish, understood(item, names), rules);
                true
            })
            .await?;
        if let Selection::Serials(serials) = selection {
            plan.sort_by_order(&serials.serial_numbers);
        }
        if by_filter {
            plan.drop_those_without_migration();
        }
        match (ended.problem, ended.broke_off) {
            // Nobody knows how many devices a list has that broke off.
            (Some(problem), Some(kind)) if by_filter => {
                Err(problem.and("Nothing was changed.").of_kind(kind))
            }
            (problem, _) => Ok((plan, problem)),
        }
    }

    async fn refuse_idle(&self, wish: &Wish, id: &str, listed: &Listed) -> Result<(), Error> {
        let extent = if listed.is_whole {
            Servers::All
        } else {
            Servers::Some
        };
        let devices = match wish {
            Wish::Migrate { .. } => "migrating devices",
            _ => "devices that are set up",
        };
        let refusal = self
            .enrolls_nothing(id, &listed.servers, extent, devices)
            .await?;
        refusal.map_or(Ok(()), |error| Err(error.and("Nothing was changed.")))
    }
}

/// What reading a device came to, and the name of its server.
fn understood(item: Item, names: &mut BTreeMap<String, String>) -> Reading {
    match item {
        Item::NotFound(serial_number) => Reading {
            serial_number,
            read: Read::NotFound,
        },
        Item::Unread {
            serial_number,
            error,
        } => Reading {
            serial_number,
            read: Read::NotKnown(error.message),
        },
        Item::Found(Found {
            device,
            server,
            extra,
        }) => {
            let on = match server {
                AssignedTo::Server(server) => {
                    if let Some(name) = &server.name {
                        names.insert(server.id.clone(), name.clone());
                    }
                    On::Server(server.id.clone())
                }
                AssignedTo::None if device.is_assigned() == Some(true) => On::NotKnown(
                    "Apple says that the device is assigned, but not to which server.".to_owned(),
                ),
                AssignedTo::None => On::Nowhere,
                AssignedTo::NotAsked => On::NotKnown(String::new()),
                AssignedTo::NotKnown(why) => On::NotKnown(why.to_string()),
            };
            Reading {
                serial_number: device.serial_number.clone(),
                read: Read::Device {
                    device,
                    on,
                    lock: locked(extra.lock),
                },
            }
        }
    }
}

/// Whether a device is locked. Apple may answer with an error for a state that it keeps internal (official).
fn locked(read: Option<Result<ActivationLock, Error>>) -> Lock {
    match read {
        None => Lock::NotRead,
        Some(Err(error)) => Lock::NotKnown(error.message),
        Some(Ok(read)) => match read.is_locked {
            Some(true) => Lock::On,
            Some(false) => Lock::Off,
            None => Lock::NotKnown("Apple's answer doesn't say it.".to_owned()),
        },
    }
}
