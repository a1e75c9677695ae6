//! Device management services, devices, and what was asked for devices.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sandbox::activity::End;

/// A product family as device management services name it (official).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProductFamily {
    AppleTv,
    /// iPad.
    Ipad,
    /// iPhone.
    Iphone,
    /// iPod touch.
    Ipod,
    Mac,
    /// Apple Vision Pro.
    Vision,
    /// Apple Watch.
    Watch,
}

impl ProductFamily {
    /// Every family, in Apple's order.
    pub const ALL: [Self; 7] = [
        Self::AppleTv,
        Self::Ipad,
        Self::Iphone,
        Self::Ipod,
        Self::Mac,
        Self::Vision,
        Self::Watch,
    ];

    /// Apple's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppleTv => "APPLE_TV",
            Self::Ipad => "IPAD",
            Self::Iphone => "IPHONE",
            Self::Ipod => "IPOD",
            Self::Mac => "MAC",
            Self::Vision => "VISION",
            Self::Watch => "WATCH",
        }
    }

    /// The family that Apple's word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == word)
    }
}

/// What kind of device management service it is (official).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServerType {
    /// Another maker's service.
    Mdm,
    AppleConfigurator,
    /// Apple's built-in service.
    AppleMdm,
}

/// Whether a device management service is in use (official).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServerStatus {
    /// It connects.
    Active,
    /// It does not.
    Inactive,
    /// It was deleted, and is listed still.
    Deleted,
}

/// A device management service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// 32 upper-case hexadecimal digits (official samples).
    pub id: String,
    pub name: String,
    /// Its kind.
    pub server_type: ServerType,
    /// Its status; Apple allows it to be absent.
    pub status: Option<ServerStatus>,
    /// Whether the service may release devices.
    pub may_disown: bool,
    pub default_families: BTreeSet<ProductFamily>,
    /// When it last connected.
    pub last_connected_at: Option<Timestamp>,
    /// From where.
    pub last_connected_ip: Option<String>,
    /// The certificate that its token is made for, as base64 of DER; absent where it is the vendor's from the start.
    #[serde(default)]
    pub certificate: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A product family as devices name it: another vocabulary (official).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceFamily {
    /// An iPhone.
    #[serde(rename = "iPhone")]
    Iphone,
    /// An iPad.
    #[serde(rename = "iPad")]
    Ipad,
    Mac,
    #[serde(rename = "AppleTV")]
    AppleTv,
    /// An Apple Watch.
    Watch,
    /// An Apple Vision Pro.
    Vision,
}

impl DeviceFamily {
    /// Apple's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iphone => "iPhone",
            Self::Ipad => "iPad",
            Self::Mac => "Mac",
            Self::AppleTv => "AppleTV",
            Self::Watch => "Watch",
            Self::Vision => "Vision",
        }
    }
}

/// A device; what is not here is derived from its serial number when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The serial number, which is the id too (official).
    pub serial_number: String,
    pub family: DeviceFamily,
    /// The id of its device management service.
    pub server_id: Option<String>,
    /// When it came into the organization.
    pub added_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The order that it was bought with; a device without one was added by hand, with Apple Configurator.
    #[serde(default)]
    pub order: Option<Order>,
    /// Its way from one device management service to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<Migration>,
    /// The enrollment profile that its service assigned to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<DeviceProfile>,
    /// When it left the organization; only a released device has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
}

/// An order, which several devices share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub number: String,
    /// When it was placed.
    pub at: Timestamp,
    /// Whether a reseller sold it, not Apple.
    pub reseller: bool,
    /// The id of Apple's customer or of the reseller.
    pub source_id: String,
}

impl Order {
    /// Apple's word for who sold it (official).
    pub fn source_type(&self) -> &'static str {
        if self.reseller { "RESELLER" } else { "APPLE" }
    }
}

/// A migration to another device management service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// Apple's word: `REQUESTED`, `STARTED`, `SUCCESS` or `FAILED` (official).
    pub status: String,
    pub deadline: Timestamp,
    /// The service that the device was on before.
    #[serde(default)]
    pub from: Option<String>,
}

impl Migration {
    /// Whether it can be moved and canceled (inferred).
    pub fn is_pending(&self) -> bool {
        matches!(self.status.as_str(), "REQUESTED" | "STARTED")
    }
}

/// A change of a device that was made and that no reading shows yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// When readings show it.
    pub shown_at: Timestamp,
    /// When it was made.
    pub changed_at: Timestamp,
    pub serial_number: String,
    pub server_id: Option<String>,
    pub migration: Option<Migration>,
    /// The device left the organization.
    pub released: bool,
}

/// The enrollment profile of a device, as Device Assignment Services have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceProfile {
    /// 32 upper-case hexadecimal digits.
    pub uuid: String,
    pub assigned_at: Timestamp,
    /// When the device fetched it; absent until then.
    pub pushed_at: Option<Timestamp>,
}

/// An enrollment profile that a device management service defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollmentProfile {
    /// 32 upper-case hexadecimal digits.
    pub uuid: String,
    /// The service that defined it.
    pub server_id: String,
    /// What it sent.
    pub content: serde_json::Map<String, serde_json::Value>,
}

/// Something that was asked for devices, done when it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// A UUID.
    pub id: String,
    /// Apple's word for what was asked.
    pub activity_type: String,
    /// The server that was named.
    pub server_id: Option<String>,
    /// The migration deadline that was named.
    #[serde(default)]
    pub deadline: Option<Timestamp>,
    /// The serial numbers.
    pub devices: Vec<String>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it is done.
    pub due_at: Timestamp,
    /// When readings show what it did; absent if that is when it is done.
    #[serde(default)]
    pub shown_at: Option<Timestamp>,
    /// How it ends.
    #[serde(default)]
    pub end: End,
    /// What became of each device; absent until it is done.
    pub results: Option<Vec<(String, String)>>,
}
