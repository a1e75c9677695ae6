//! School Manager's Roster API (1.0, official): the organization, and which of its domains are verified.

use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::api::Api;
use super::error::{Cause, Failure, RequestName};
use super::http::Origin;
use super::lenient;
use super::page::{OddItem, RawItem};
use super::retry::Repeat;

/// Where the organization is (official).
const ORGANIZATION: [&str; 3] = ["rosterapi", "v1", "organization"];

/// A client of the Roster API of one organization. Cheap to clone.
#[derive(Clone)]
pub struct Roster {
    api: Api,
}

/// What Apple says of the organization ("Read the organization", official). Apple refreshes it every 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Apple's id of it.
    pub id: String,
    /// Its name; its id if Apple says none.
    pub name: String,
    /// Its domains that can be understood; `None` if Apple said nothing of them, which is not the same as there being none.
    pub domains: Option<Vec<Domain>>,
    /// The domains that can't be understood.
    pub odd: Vec<OddItem>,
}

/// The members of the organization that are read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    domains: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
}

/// A domain of the organization ("Domain", official).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Domain {
    pub name: String,
    /// Whether it is verified in Apple School Manager; `None` if Apple did not say.
    pub is_verified: Option<bool>,
}

/// The name of the request for the organization, to the API at `origin`.
pub fn organization_request(origin: &Origin) -> RequestName {
    origin.request_name(&Method::GET, &ORGANIZATION)
}

impl Roster {
    /// A client of this API.
    pub fn new(api: Api) -> Self {
        Self { api }
    }

    /// The API itself.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The organization that the authorization belongs to.
    ///
    /// 401 where the token is invalid, also a new one; 403 where the authorization lacks the scope (official).
    pub async fn organization(&self) -> Result<Organization, Failure> {
        let url = self.api.url(&Method::GET, &ORGANIZATION, &[])?;
        let answer = self
            .api
            .send(Method::GET, url, None, Repeat::Always)
            .await?;
        let document: Document = answer.json()?;
        let id = document.id.ok_or_else(|| {
            Failure::new(
                answer.request.clone(),
                Cause::Unreadable("it has no id".into()),
            )
        })?;
        let (domains, odd) = domains(document.domains, &answer.request);
        Ok(Organization {
            name: document.name.unwrap_or_else(|| id.clone()),
            id,
            domains,
            odd,
        })
    }
}

/// The domains, each read by itself.
fn domains(
    raw: Option<Box<RawValue>>,
    request: &RequestName,
) -> (Option<Vec<Domain>>, Vec<OddItem>) {
    let Some(raw) = raw else {
        return (None, Vec::new());
    };
    let items: Vec<Box<RawValue>> = match serde_json::from_str(raw.get()) {
        Ok(items) => items,
        Err(error) => {
            let odd = OddItem {
                which: format!("The member \"domains\" of {request}"),
                why: error.to_string(),
            };
            return (None, vec![odd]);
        }
    };
    let (mut domains, mut odd) = (Vec::new(), Vec::new());
    for (position, raw) in (1..).zip(items) {
        let Named { name } = serde_json::from_str(raw.get()).unwrap_or_default();
        let item = RawItem {
            id: None,
            which: match name {
                Some(name) => format!("Domain {name:?} of {request}"),
                None => format!("Domain {position} of {request}"),
            },
            json: raw.get().to_owned(),
        };
        match item.read() {
            Ok(domain) => domains.push(domain),
            Err(item) => odd.push(item),
        }
    }
    (Some(domains), odd)
}
