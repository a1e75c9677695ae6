//! Which devices are meant: these serial numbers, or all that match a filter.

use std::str::FromStr;

use jiff::Timestamp;
use serde_json::Value;

use super::device::{Device, member_name};
use super::serials::Serials;
use crate::core::platform::Family;

/// How alike a member must be to what was typed, to be offered in place of it; 1 is equal.
const NEAR: f64 = 0.75;

/// The members of a device that this version knows: what `--where`, `--sort` and the columns go by.
pub const MEMBERS: [&str; 27] = [
    "serial_number",
    "product_family",
    "platform",
    "model",
    "status",
    "server_id",
    "server_name",
    "order_number",
    "added_at",
    "updated_date_time",
    "released_from_org_date_time",
    "product_type",
    "device_capacity",
    "part_number",
    "color",
    "order_date_time",
    "purchase_source_type",
    "purchase_source_id",
    "is_mdm_migration_capable",
    "mdm_migration_status",
    "mdm_migration_deadline_date_time",
    "imei",
    "meid",
    "eid",
    "wifi_mac_address",
    "bluetooth_mac_address",
    "ethernet_mac_address",
];

/// Which devices are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Serials(Serials),
    /// All that match.
    Filter(Filter),
}

/// What devices are to be like: all that is given must hold. Without anything, every device matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of these; empty for any.
    pub platforms: Vec<Family>,
    /// Assigned to a server, or to none.
    pub assigned: Option<bool>,
    pub on: Option<On>,
    /// A part of the model's name, in any case.
    pub model: Option<String>,
    /// The order number, in any case.
    pub order: Option<String>,
    pub source: Option<Source>,
    /// Added to the organization then or later.
    pub added_since: Option<Timestamp>,
    /// One of these; empty for any.
    pub migrations: Vec<Migration>,
    pub conditions: Vec<Condition>,
}

/// The server that devices are to be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// None.
    Nowhere,
    /// As it was named: id, alias or name. It matches nothing until it is found.
    Named(String),
    /// The server with this id.
    Server(String),
}

/// Where a device was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Apple,
    Reseller,
    /// Added with Apple Configurator.
    Manual,
}

/// How far a migration to another server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migration {
    /// None was requested.
    None,
    Requested,
    Started,
    Success,
    Failed,
}

/// What is known of the server of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Server<'a> {
    pub id: Option<&'a str>,
    pub name: Option<&'a str>,
}

impl Selection {
    /// Whether every device is meant.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::Filter(filter) if *filter == Filter::default())
    }
}

impl Source {
    /// Apple's word.
    fn word(self) -> &'static str {
        match self {
            Self::Apple => "APPLE",
            Self::Reseller => "RESELLER",
            Self::Manual => "MANUALLY_ADDED",
        }
    }
}

impl Migration {
    /// Apple's word, if it has one.
    fn word(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Requested => Some("REQUESTED"),
            Self::Started => Some("STARTED"),
            Self::Success => Some("SUCCESS"),
            Self::Failed => Some("FAILED"),
        }
    }
}

impl Filter {
    /// Whether the server of each device has to be known. That a device has none, its status says.
    pub fn needs_server(&self) -> bool {
        matches!(self.on, Some(On::Named(_) | On::Server(_)))
            || self.conditions.iter().any(|it| is_of_server(&it.member))
    }

    /// Whether a device matches. What Apple doesn't say of it matches nothing.
    pub fn matches(&self, device: &Device, server: Server<'_>) -> bool {
        let is = |member: &str, wanted: &str| {
            device
                .text(member)
                .is_some_and(|it| it.eq_ignore_ascii_case(wanted))
        };
        let platform = || device.platform();
        (self.platforms.is_empty() || platform().is_some_and(|it| self.platforms.contains(&it)))
            && (self.assigned.is_none() || device.is_assigned() == self.assigned)
            && match &self.on {
                None => true,
                Some(On::Nowhere) => device.is_assigned() == Some(false),
                Some(On::Server(id)) => server.id == Some(id),
                Some(On::Named(_)) => false,
            }
            && self.model.as_ref().is_none_or(|part| {
                let model = device.text("model").unwrap_or_default().to_lowercase();
                model.contains(&part.to_lowercase())
            })
            && self
                .order
                .as_ref()
                .is_none_or(|order| is("order_number", order))
            && self
                .source
                .is_none_or(|source| is("purchase_source_type", source.word()))
            && self
                .added_since
                .is_none_or(|since| device.added_at().is_some_and(|at| at >= since))
            && (self.migrations.is_empty()
                || self.migrations.iter().any(|it| match it.word() {
                    Some(word) => is("mdm_migration_status", word),
                    None => device
                        .migration_status()
                        .is_none_or(|it| it.eq_ignore_ascii_case("NONE")),
                }))
            && self.conditions.iter().all(|it| it.holds(device, server))
    }
}

fn is_of_server(member: &str) -> bool {
    matches!(member, "server_id" | "server_name")
}

/// `member=value`, or the same with `!=`, `~` or `^`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// One of [`MEMBERS`].
    pub member: String,
    pub operator: Operator,
    /// In lower case.
    value: String,
}

/// How a value is compared, in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    Differs,
    Contains,
    BeginsWith,
}

/// Why a condition can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCondition {
    #[error("use member=value, member!=value, member~text or member^beginning")]
    NoOperator,
    #[error("\"{0}\" has no value")]
    NoValue(String),
    #[error("{0}")]
    Member(UnknownMember),
    #[error("{0}")]
    Platform(String),
}

/// No member of a device is called that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{wanted}\" isn't a member of a device{}. The members are {}", did_you_mean(*.nearest), MEMBERS.join(", "))]
pub struct UnknownMember {
    pub wanted: String,
    pub nearest: Option<&'static str>,
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |it| format!(" (did you mean {it}?)"))
}

/// The member that was named: in any case, with `-` for `_`, or in Apple's spelling, such as `orderNumber`.
pub fn member(wanted: &str) -> Result<&'static str, UnknownMember> {
    let folded = |text: &str| text.to_lowercase().replace('-', "_");
    let (plain, apples) = (folded(wanted), folded(&member_name(wanted)));
    let found = MEMBERS.into_iter().find(|it| *it == plain || *it == apples);
    found.ok_or_else(|| {
        let likeness = |it: &&str| strsim::jaro_winkler(it, &apples);
        let best = MEMBERS
            .into_iter()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        UnknownMember {
            wanted: wanted.to_owned(),
            nearest: best.filter(|it| likeness(it) >= NEAR),
        }
    })
}

impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let at = text.find(['=', '!', '~', '^']);
        let (name, rest) = text.split_at(at.ok_or(BadCondition::NoOperator)?);
        let (operator, value) = [
            ("!=", Operator::Differs),
            ("=", Operator::Equal),
            ("~", Operator::Contains),
            ("^", Operator::BeginsWith),
        ]
        .into_iter()
        .find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)))
        .ok_or(BadCondition::NoOperator)?;
        let member = member(name.trim()).map_err(BadCondition::Member)?;
        let value = value.trim();
        if value.is_empty() {
            return Err(BadCondition::NoValue(text.to_owned()));
        }
        let is_whole = matches!(operator, Operator::Equal | Operator::Differs);
        let value = if member == "platform" && is_whole {
            let family = Family::of_word(value);
            let family = family.map_err(|error| BadCondition::Platform(error.to_string()))?;
            family.word().to_owned()
        } else {
            value.to_lowercase()
        };
        Ok(Self {
            member: member.to_owned(),
            operator,
            value,
        })
    }
}

impl Condition {
    /// Whether it holds. It never does of a device that lacks the member.
    fn holds(&self, device: &Device, server: Server<'_>) -> bool {
        let text = |text: &str| self.holds_of(std::iter::once(text.to_lowercase()));
        match &self.member[..] {
            "serial_number" => text(&device.serial_number),
            "platform" => device.platform().is_some_and(|it| text(it.word())),
            "server_id" => server.id.is_some_and(text),
            "server_name" => server.name.is_some_and(text),
            member => match device.attributes.get(member) {
                None | Some(Value::Null) => false,
                Some(Value::Array(items)) => self.holds_of(items.iter().map(plain_text)),
                Some(value) => self.holds_of(std::iter::once(plain_text(value))),
            },
        }
    }

    /// Of a list, one item has to be equal, contain it or begin with it; all have to differ.
    fn holds_of(&self, values: impl Iterator<Item = String>) -> bool {
        let mut values = values.peekable();
        values.peek().is_some()
            && match self.operator {
                Operator::Equal => values.any(|it| it == self.value),
                Operator::Differs => values.all(|it| it != self.value),
                Operator::Contains => values.any(|it| it.contains(&self.value)),
                Operator::BeginsWith => values.any(|it| it.starts_with(&self.value)),
            }
    }
}

fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    }
}

#[cfg(test)]
mod tests;
