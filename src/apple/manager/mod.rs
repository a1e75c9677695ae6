//! The Apple Business API and the Apple School Manager API: a file for each resource.

pub mod activities;
pub mod ahead;
pub mod audit_events;
pub mod devices;
pub mod server_changes;
pub mod servers;
pub mod users;

use super::api::Api;
use super::http::Patience;

/// A client of the Manager API of one organization. Cheap to clone.
#[derive(Clone)]
pub struct Manager {
    api: Api,
}

impl Manager {
    /// A client of this API.
    pub fn new(api: Api) -> Self {
        Self { api }
    }

    /// The same client with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self::new(self.api.with_patience(patience))
    }

    /// The API itself, for requests that no resource has a name for.
    pub fn api(&self) -> &Api {
        &self.api
    }
}
