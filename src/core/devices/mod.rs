//! Devices: which are meant, what may be asked for them, and what became of it.

pub mod activity_limit;
pub mod change;
pub mod consent;
pub mod deadline;
pub mod device;
pub mod existing;
pub mod migrations;
pub mod plan;
pub mod selection;
pub mod serials;
pub mod sort;

pub use device::Device;
use jiff::Timestamp;

/// What one activity asks for its devices. A server is its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// Assign them to a server. An enrolled device notices when it is erased.
    Assign { server: String },
    /// Unassign them from the server that they are on.
    Unassign { server: String },
    /// Assign them to a server, and enroll them there by a deadline.
    Migrate { server: String, deadline: Timestamp },
    /// Another deadline for a migration that was requested. One in the past forces it (official).
    UpdateDeadline { deadline: Timestamp },
    /// Cancel a migration that was requested.
    CancelMigration,
    /// Remove them from the organization, which can't be undone.
    Release,
}

/// A device that an activity is to be sent for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Target {
    pub serial_number: String,
    /// The id of the server that it was on; `None` for none.
    pub from: Option<String>,
    /// When its migration was due, if that migration is to be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// Devices for which the same is asked. It becomes as many activities as it takes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Group {
    pub ask: Ask,
    pub devices: Vec<Target>,
}

/// What became of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Assigned,
    Unassigned,
    Migrating,
    /// The migration has another deadline.
    Updated,
    /// The migration is canceled.
    Canceled,
    Released,
    /// Nothing was sent for it, and why is in the reason.
    Skipped,
    /// The organization doesn't have it.
    NotFound,
    /// It can't be told any more how it ended.
    NotKnown,
    /// Apple didn't do it.
    Failed,
    /// Apple may still do it.
    Pending,
    /// A dry run: it would be asked for.
    WouldAssign,
    WouldUnassign,
    WouldMigrate,
    WouldUpdate,
    WouldCancel,
    WouldRelease,
}

impl Ask {
    /// The id of the server that the devices are on afterwards, if the activity decides that.
    pub fn to(&self) -> Option<&str> {
        match self {
            Self::Assign { server } | Self::Migrate { server, .. } => Some(server),
            _ => None,
        }
    }

    /// The deadline that is asked for.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Migrate { deadline, .. } | Self::UpdateDeadline { deadline } => Some(*deadline),
            _ => None,
        }
    }

    /// What a device is after it went well.
    pub fn done(&self) -> Ended {
        match self {
            Self::Assign { .. } => Ended::Assigned,
            Self::Unassign { .. } => Ended::Unassigned,
            Self::Migrate { .. } => Ended::Migrating,
            Self::UpdateDeadline { .. } => Ended::Updated,
            Self::CancelMigration => Ended::Canceled,
            Self::Release => Ended::Released,
        }
    }

    /// The same in a dry run.
    pub fn would(&self) -> Ended {
        match self {
            Self::Assign { .. } => Ended::WouldAssign,
            Self::Unassign { .. } => Ended::WouldUnassign,
            Self::Migrate { .. } => Ended::WouldMigrate,
            Self::UpdateDeadline { .. } => Ended::WouldUpdate,
            Self::CancelMigration => Ended::WouldCancel,
            Self::Release => Ended::WouldRelease,
        }
    }
}

impl Ended {
    /// The word in tables and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Unassigned => "unassigned",
            Self::Migrating => "migrating",
            Self::Updated => "updated",
            Self::Canceled => "canceled",
            Self::Released => "released",
            Self::Skipped => "skipped",
            Self::NotFound => "not_found",
            Self::NotKnown => "not_known",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::WouldAssign => "would_assign",
            Self::WouldUnassign => "would_unassign",
            Self::WouldMigrate => "would_migrate",
            Self::WouldUpdate => "would_update",
            Self::WouldCancel => "would_cancel",
            Self::WouldRelease => "would_release",
        }
    }
}

/// What there is to say of one device of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceResult {
    pub serial_number: String,
    /// The id of the server that it was on, if that is known and was one.
    pub from: Option<String>,
    /// The id of the server that was asked for.
    pub to: Option<String>,
    pub ended: Ended,
    /// Why it ended so: a sentence.
    pub reason: Option<String>,
    pub activity_id: Option<String>,
}
