//! School Manager's Roster API (1.0, official): the organization, and which of its domains are verified.

use std::sync::Arc;

use reqwest::Method;
use serde::Deserialize;

use super::error::{Failure, RequestName};
use super::http::{Http, Origin, Request};
use super::oauth::token::TokenSource;
use super::retry::Repeat;

/// Where the organization is (official).
const ORGANIZATION: [&str; 3] = ["rosterapi", "v1", "organization"];

/// A client of the Roster API of one organization. Cheap to clone.
#[derive(Clone)]
pub struct Roster {
    http: Http,
    origin: Origin,
    tokens: Arc<TokenSource>,
}

/// What Apple says of the organization ("Read the organization", official). Apple refreshes it every 24 hours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// Apple's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its domains; `None` where Apple said nothing of them, which is not the same as there being none.
    pub domains: Option<Vec<Domain>>,
}

/// A domain of the organization ("Domain", official).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// Whether it is verified in Apple School Manager; `None` where Apple did not say.
    pub is_verified: Option<bool>,
}

/// The name of the request for the organization, to the API at `origin`.
pub fn organization_request(origin: &Origin) -> RequestName {
    origin.request_name(&Method::GET, &ORGANIZATION)
}

impl Roster {
    /// A client of the API at `origin`.
    pub fn new(http: Http, origin: Origin, tokens: Arc<TokenSource>) -> Self {
        Self {
            http,
            origin,
            tokens,
        }
    }

    /// Where the access tokens come from.
    pub fn tokens(&self) -> &TokenSource {
        &self.tokens
    }

    /// The organization that the authorization belongs to.
    ///
    /// 401 where the token is invalid, also a new one; 403 where the authorization lacks the scope (official).
    pub async fn organization(&self) -> Result<Organization, Failure> {
        let url = self
            .origin
            .url(&ORGANIZATION, &[])
            .map_err(|cause| Failure::new(organization_request(&self.origin), cause))?;
        let request = Request::new(Method::GET, url);
        self.tokens
            .send(&self.http, &self.origin, &request, Repeat::Always)
            .await?
            .json()
    }
}
