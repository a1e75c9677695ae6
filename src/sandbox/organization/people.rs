//! Users, groups and organizational units.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// A UUID.
    pub id: String,
    pub first_name: String,
    pub last_name: String,
    pub managed_apple_account: String,
    /// The contact address, on any domain.
    pub email: Option<String>,
    /// Whether the account belongs to another organization.
    pub external: bool,
    /// Apple's word for the status.
    pub status: String,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserGroup {
    /// A UUID.
    pub id: String,
    pub name: String,
    /// The ids of its members.
    pub members: Vec<String>,
}

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// A UUID.
    pub id: String,
    pub name: String,
}
