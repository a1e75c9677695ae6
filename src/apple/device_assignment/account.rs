//! What Apple says of the server that a token belongs to, and of its organization.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::session::DeviceAssignment;
use crate::apple::error::Failure;
use crate::apple::lenient;

/// The path of the account-driven enrollment URL, as [`Account::urls`] has it (observed).
const ACCOUNT_DRIVEN: &str = "/account-driven-enrollment/profile";

/// A server and its organization. All of it is optional (official).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// The server's name in the portal.
    #[serde(deserialize_with = "lenient::text")]
    pub server_name: Option<String>,
    /// The server's id; probably that of the Manager API (inferred).
    #[serde(deserialize_with = "lenient::text")]
    pub server_uuid: Option<String>,
    /// The organization's name.
    #[serde(deserialize_with = "lenient::text")]
    pub org_name: Option<String>,
    /// What the server may ask for.
    #[serde(deserialize_with = "lenient::if_readable")]
    pub urls: Option<Vec<Endpoint>>,
}

/// A thing that the server may ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    /// The path.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
}

impl Account {
    /// Whether an account-driven enrollment URL can be set (observed); `None` if Apple does not say.
    pub fn allows_account_driven_enrollment(&self) -> Option<bool> {
        let urls = self.urls.as_ref()?;
        Some(urls.iter().any(|endpoint| {
            endpoint.uri.as_deref().is_some_and(|uri| {
                uri.trim_end_matches('/')
                    .eq_ignore_ascii_case(ACCOUNT_DRIVEN)
            })
        }))
    }
}

impl DeviceAssignment {
    /// Reads what Apple says of the token's server and organization.
    pub async fn account(&self) -> Result<Account, Failure> {
        self.send(Method::GET, &["account"], None).await?.json()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Service, said};
    use super::*;

    #[tokio::test]
    async fn an_account_is_read_and_may_say_nothing() {
        let full = r#"{"server_name":"Prod","server_uuid":"ABCD","facilitator_id":"a@acme.com","org_type":"org","org_version":"v2","new":[1],
            "urls":[{"uri":"/session","http_method":["GET"]},{"uri":"/account-driven-enrollment/profile","http_method":["DELETE","POST","GET"]}]}"#;
        let service = Service::answering([said(200, full), said(200, "{}")]).await;
        let client = service.client();
        let account = client.account().await.unwrap();
        assert_eq!(account.server_name.as_deref(), Some("Prod"));
        assert_eq!(account.allows_account_driven_enrollment(), Some(true));
        assert_eq!(client.account().await.unwrap(), Account::default());
        assert_eq!(
            service.requests().await,
            ["GET /session", "GET /account", "GET /account"]
        );
    }

    #[test]
    fn no_odd_member_costs_the_others() {
        let odd = r#"{"server_name":"Prod","server_uuid":7,"org_name":["Acme"],"org_phone":{"a":1},"urls":true}"#;
        let account: Account = serde_json::from_str(odd).unwrap();
        assert_eq!(account.server_name.as_deref(), Some("Prod"));
        assert_eq!(account.server_uuid.as_deref(), Some("7"));
        assert_eq!(account.urls, None);
    }

    #[test]
    fn what_is_allowed_is_known_only_where_apple_says_so() {
        for (document, expected) in [
            ("{}", None),
            (r#"{"urls":null}"#, None),
            (r#"{"urls":[]}"#, Some(false)),
            (r#"{"urls":[{}, {"uri":"/devices"}]}"#, Some(false)),
            (r#"{"urls":"/devices"}"#, None),
            (r#"{"urls":[{"uri":"/devices"}, 7]}"#, None),
        ] {
            let account: Account = serde_json::from_str(document).unwrap();
            assert_eq!(account.allows_account_driven_enrollment(), expected);
        }
    }
}
