//! Users: `/v1/users`, Apple Business only.

use serde::Deserialize;

use super::Manager;
use crate::apple::error::Failure;
use crate::apple::page::Pages;

/// Where the users are (official).
pub const USERS: [&str; 2] = ["v1", "users"];

/// A user, as far as it is read. One of whom either member is odd can't be counted.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// What Apple says of it.
    #[serde(default)]
    pub attributes: Attributes,
}

/// The attributes of a user that are read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attributes {
    /// The Managed Apple Account, an address.
    pub managed_apple_account: Option<String>,
    /// Whether the account belongs to another organization.
    pub is_external_user: Option<bool>,
}

impl Manager {
    /// All users' accounts, a page at a time, with nothing else of them.
    pub fn accounts(&self) -> Result<Pages<'_>, Failure> {
        self.api.pages(
            &USERS,
            &[("fields[users]", "managedAppleAccount,isExternalUser")],
        )
    }
}
