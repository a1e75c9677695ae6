//! A device as a row: json has all that Apple says of it, csv the members that this version knows.

use std::borrow::Cow;

use clap::ArgMatches;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::core::devices::Device;
use crate::core::devices::device::Attributes;
use crate::core::devices::selection::MEMBERS;
use crate::error::Error;
use crate::organization::devices::read::{Found, Item};
use crate::organization::devices::servers_map::AssignedTo;
use crate::output::{Column, Members, Row, column, day, more};
use crate::state::applecare::Coverages;

/// The members of the server, which only some rows have.
pub(super) const SERVER: [&str; 2] = ["server_id", "server_name"];

/// The member with what covers a device.
pub(super) const APPLECARE: &str = "applecare";
/// The member with whether a device is locked.
pub(super) const LOCK: &str = "activation_lock";

/// The members that are abmctl's, behind Apple's.
const OWN: [&str; 3] = [APPLECARE, LOCK, "error"];

/// A device. What is absent or not known is null.
#[derive(Debug, Clone)]
pub(super) struct DeviceRow {
    serial_number: String,
    attributes: Attributes,
    platform: Option<String>,
    server: AssignedTo,
    applecare: Option<Coverages>,
    activation_lock: Option<Lock>,
    error: Option<String>,
}

/// Whether a device is locked by Activation Lock.
#[derive(Debug, Clone, Serialize)]
struct Lock {
    is_locked: Option<bool>,
    lock_type: Option<String>,
}

impl DeviceRow {
    /// The row of what became of a device.
    pub(super) fn new(item: Item) -> Self {
        match item {
            Item::Found(found) => Self::of(found),
            Item::NotFound(serial_number) => {
                let mut row = Self::bare(serial_number);
                row.attributes.insert("status", "not_found".into());
                row
            }
            Item::Unread {
                serial_number,
                error,
            } => Self {
                error: Some(error.message),
                ..Self::bare(serial_number)
            },
        }
    }

    fn of(found: Found) -> Self {
        let Found {
            device,
            server,
            extra,
        } = found;
        let platform = device.platform().map(|it| it.word().to_owned());
        let Device {
            serial_number,
            attributes,
        } = device;
        let others = extra.failures().map(|it| &it.message[..]);
        let errors: Vec<&str> = server.why_not_known().into_iter().chain(others).collect();
        let error = (!errors.is_empty()).then(|| errors.join(" "));
        let lock = extra.lock.and_then(Result::ok).map(|lock| Lock {
            is_locked: lock.is_locked,
            lock_type: lock.lock_type,
        });
        Self {
            applecare: extra.applecare.and_then(Result::ok),
            activation_lock: lock,
            serial_number,
            attributes,
            platform,
            server,
            error,
        }
    }

    fn bare(serial_number: String) -> Self {
        Self {
            serial_number,
            attributes: Attributes::default(),
            platform: None,
            server: AssignedTo::NotAsked,
            applecare: None,
            activation_lock: None,
            error: None,
        }
    }

    /// Drops all attributes but these, so that many rows fit into memory.
    pub(super) fn keep_only(&mut self, members: &[&str]) {
        self.attributes.keep_only(members);
    }

    /// A member, as json has it.
    pub(super) fn member(&self, name: &str) -> Value {
        match name {
            "serial_number" => self.serial_number.clone().into(),
            "platform" => self.platform.clone().into(),
            "server_id" => self.server.server().map(|it| it.id.clone()).into(),
            "server_name" => self.server.server().and_then(|it| it.name.clone()).into(),
            _ => self.attributes.get(name).cloned().unwrap_or_default(),
        }
    }

    /// What json has of it: the members of this version in their order, then those that Apple added since.
    fn members(self) -> serde_json::Result<Members> {
        let lock = serde_json::to_value(&self.activation_lock)?;
        let applecare = serde_json::to_value(&self.applecare)?;
        let server = self.server.server();
        let server_id = server.map(|it| it.id.clone());
        let server_name = server.and_then(|it| it.name.clone());
        let mut attributes = self.attributes.into_members();
        let mut members = Members::with_capacity(attributes.len() + 8);
        let own = |member: &str| match member {
            "serial_number" => Some(self.serial_number.clone().into()),
            "platform" => Some(self.platform.clone().into()),
            "server_id" => Some(server_id.clone().into()),
            "server_name" => Some(server_name.clone().into()),
            _ => None,
        };
        for name in MEMBERS {
            let place = attributes.iter().position(|(it, _)| it == name);
            // What is left stays in Apple's order.
            let apples = place.map(|it| attributes.remove(it).1);
            let value = own(name).or(apples).unwrap_or_default();
            members.push((name.into(), value));
        }
        let others = attributes.into_iter();
        members.extend(others.filter(|(name, _)| !OWN.contains(&&name[..])));
        let error = self.error.into();
        members.extend(
            OWN.map(Cow::Borrowed)
                .into_iter()
                .zip([applecare, lock, error]),
        );
        Ok(members)
    }

    fn text(&self, name: &str) -> String {
        match self.attributes.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => {
                let texts = items.iter().map(|it| match it {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                });
                texts.collect::<Vec<String>>().join(",")
            }
            Some(other) => other.to_string(),
        }
    }

    /// What covers it now: the descriptions, and until when.
    fn coverage(&self) -> String {
        let text = |row: &Map<String, Value>, member: &str| {
            let text = row.get(member).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let Some(coverages) = &self.applecare else {
            let is_unread = self.error.is_some();
            return if is_unread {
                "not known".to_owned()
            } else {
                String::new()
            };
        };
        let active = coverages
            .iter()
            .filter(|row| text(row, "status") == "ACTIVE");
        let shown = active.map(|row| {
            let end = day(Some(&text(row, "end_date_time")));
            let until = if end.is_empty() {
                String::new()
            } else {
                format!(" until {end}")
            };
            format!("{}{until}", text(row, "description"))
        });
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() {
            "none".to_owned()
        } else {
            shown.join(", ")
        }
    }

    fn locked(&self) -> String {
        match &self.activation_lock {
            None => String::new(),
            Some(lock) => match (lock.is_locked, &lock.lock_type) {
                (Some(false), _) => "not locked".to_owned(),
                (Some(true), Some(kind)) => format!("locked ({kind})"),
                (Some(true), None) => "locked".to_owned(),
                (None, _) => "not known".to_owned(),
            },
        }
    }

    fn server_name(&self) -> String {
        match &self.server {
            AssignedTo::NotAsked | AssignedTo::None => String::new(),
            AssignedTo::Server(server) => server.name.clone().unwrap_or_else(|| server.id.clone()),
            AssignedTo::NotKnown(_) => "not known".to_owned(),
        }
    }
}

impl Serialize for DeviceRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.clone().members().map_err(S::Error::custom)?;
        serializer.collect_map(members)
    }
}

impl Row for DeviceRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial_number", "SERIAL NUMBER", |it| {
            it.serial_number.clone()
        }),
        more("product_family", |it| it.text("product_family")),
        column("platform", "PLATFORM", |it| {
            it.platform.clone().unwrap_or_default()
        }),
        column("model", "MODEL", |it| it.text("model")),
        column("status", "STATUS", |it| it.text("status").to_lowercase()),
        more("server_id", |it| {
            it.server
                .server()
                .map(|it| it.id.clone())
                .unwrap_or_default()
        }),
        column("server_name", "SERVER", Self::server_name),
        more("order_number", |it| it.text("order_number")),
        column("added_at", "ADDED", |it| day(Some(&it.text("added_at")))),
        more("updated_date_time", |it| it.text("updated_date_time")),
        more("released_from_org_date_time", |it| {
            it.text("released_from_org_date_time")
        }),
        more("product_type", |it| it.text("product_type")),
        more("device_capacity", |it| it.text("device_capacity")),
        more("part_number", |it| it.text("part_number")),
        more("color", |it| it.text("color")),
        more("order_date_time", |it| it.text("order_date_time")),
        more("purchase_source_type", |it| it.text("purchase_source_type")),
        more("purchase_source_id", |it| it.text("purchase_source_id")),
        more("is_mdm_migration_capable", |it| {
            it.text("is_mdm_migration_capable")
        }),
        more("mdm_migration_status", |it| it.text("mdm_migration_status")),
        more("mdm_migration_deadline_date_time", |it| {
            it.text("mdm_migration_deadline_date_time")
        }),
        more("imei", |it| it.text("imei")),
        more("meid", |it| it.text("meid")),
        more("eid", |it| it.text("eid")),
        more("wifi_mac_address", |it| it.text("wifi_mac_address")),
        more("bluetooth_mac_address", |it| {
            it.text("bluetooth_mac_address")
        }),
        more("ethernet_mac_address", |it| it.text("ethernet_mac_address")),
        column(APPLECARE, "APPLECARE", Self::coverage),
        more(LOCK, Self::locked).of(&["is_locked", "lock_type"]),
        more("error", |it| it.error.clone().unwrap_or_default()),
    ];
    const EMPTY: &'static str = "No devices.";

    fn into_members(self) -> serde_json::Result<Members> {
        self.members()
    }
}

/// Whether the coverage of devices is shown.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct CoverageArgs {
    /// Show the AppleCare coverage of each device
    ///
    /// This takes a request for each device, about 20 a minute. abmctl keeps each answer in the state folder for a day, so
    /// that a run that was interrupted continues. They take about 400 bytes of memory for each device.
    #[arg(long)]
    pub applecare: bool,
    /// Read the coverage again, although abmctl read it within a day
    #[arg(long, requires = "applecare")]
    pub refresh: bool,
}

impl CoverageArgs {
    /// Hides the coverage unless it was asked for; exit 2 if it is a column all the same.
    pub(super) fn hide(
        self,
        hidden: &mut Vec<&'static str>,
        context: &Context,
    ) -> Result<(), Error> {
        let columns = context.output.columns.iter().flatten();
        if self.applecare {
            return Ok(());
        }
        if columns.into_iter().any(|it| it == APPLECARE) {
            return Err(Error::usage("The column applecare needs --applecare."));
        }
        hidden.push(APPLECARE);
        Ok(())
    }
}

/// Whether an option was given, in matches that need not be complete.
pub(super) fn is_given(matches: &ArgMatches, option: &str) -> bool {
    let is_there = matches.try_contains_id(option).unwrap_or(false);
    is_there && matches.value_source(option) == Some(clap::parser::ValueSource::CommandLine)
}
