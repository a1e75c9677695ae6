//! The account-driven enrollment URL that a server has registered with Apple.

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::refusal::word_of;
use super::session::DeviceAssignment;
use super::time::instant;
use crate::apple::error::{Cause, Failure};
use crate::apple::http::Response;
use crate::apple::lenient;

const PROFILE: [&str; 2] = ["account-driven-enrollment", "profile"];

/// A URL that is set, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The URL, as it was set.
    pub url: String,
    /// When it was last set, in Apple's words.
    pub last_updated_raw: Option<String>,
    /// The same as an instant; `None` if Apple's words can't be read.
    pub last_updated: Option<Timestamp>,
}

/// The members of Apple's answer (official).
const MEMBERS: [&str; 2] = ["mdm_service_discovery_url", "last_updated_timestamp"];

/// Apple's answer (official: both are texts, both optional; the format of the time is not documented).
#[derive(Deserialize)]
struct Profile {
    mdm_service_discovery_url: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    last_updated_timestamp: Option<String>,
}

impl DeviceAssignment {
    /// Reads the URL that is set; `None` if none is. An object that is empty says so too, since both members are optional.
    pub async fn profile(&self) -> Result<Option<Registered>, Failure> {
        let response = match self.send(Method::GET, &PROFILE, None).await {
            Err(failure) if says_none_is_set(&failure) => return Ok(None),
            other => other?,
        };
        let members: serde_json::Map<String, serde_json::Value> = response.json()?;
        // Nothing in it is Apple's, so it says nothing of the URL.
        if !members.is_empty() && !MEMBERS.iter().any(|name| members.contains_key(*name)) {
            let why = "it has neither mdm_service_discovery_url nor last_updated_timestamp";
            return Err(Failure::new(
                response.request,
                Cause::Unreadable(why.to_owned()),
            ));
        }
        let profile: Profile = response.json()?;
        let url = profile
            .mdm_service_discovery_url
            .filter(|url| !url.is_empty());
        let raw = profile.last_updated_timestamp;
        Ok(url.map(|url| Registered {
            url,
            last_updated: raw.as_deref().and_then(instant),
            last_updated_raw: raw,
        }))
    }

    /// Sets the URL, in place of any other; setting it again changes nothing but its time.
    ///
    /// Apple takes https only (official).
    pub async fn set(&self, url: &str) -> Result<(), Failure> {
        let body = json!({"mdm_service_discovery_url": url}).to_string();
        let answer = self
            .send(Method::POST, &PROFILE, Some(body.into_bytes()))
            .await?;
        no_page(&answer)
    }

    /// Takes the URL away; there being none is fine.
    pub async fn clear(&self) -> Result<(), Failure> {
        match self.send(Method::DELETE, &PROFILE, None).await {
            Err(failure) if says_none_is_set(&failure) => Ok(()),
            other => no_page(&other?),
        }
    }
}

/// What a success says is not documented, so it is not looked at, but that it is no web page: then something else answered.
fn no_page(answer: &Response) -> Result<(), Failure> {
    answer.page().map_or(Ok(()), Err)
}

/// 404 with `NOT_FOUND` (official), or without a word but with Apple's id of the request. Any other 404 may be a gateway's, and one to
/// the request for a session isn't about the URL.
fn says_none_is_set(failure: &Failure) -> bool {
    let Cause::Answer(answer) = &failure.cause else {
        return false;
    };
    let wordless = answer.body.is_empty() && answer.is_from_apple();
    let says = || word_of(&answer.body) == Some("NOT_FOUND");
    answer.status == 404 && (wordless || says())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Service, said as answer};
    use super::*;
    use serde_json::Value;

    const URL: &str = "https://mdm.acme.com/discovery";

    async fn read(status: u16, body: &str) -> Result<Option<Registered>, Failure> {
        let service = Service::answering([answer(status, body)]).await;
        service.client().profile().await
    }

    #[tokio::test]
    async fn none_is_set_where_apple_says_so() {
        for body in [
            "NOT_FOUND",
            "\"NOT_FOUND\"",
            r#"{"code":"NOT_FOUND"}"#,
            r#"{"error":"NOT_FOUND"}"#,
            "NOT_FOUND\r\n",
        ] {
            assert_eq!(read(404, body).await.unwrap(), None, "{body}");
            let service = Service::answering([answer(404, body)]).await;
            service.client().clear().await.unwrap();
        }
        for body in [
            "{}",
            r#"{"mdm_service_discovery_url":null}"#,
            r#"{"last_updated_timestamp":"2026-06-14T17:00:00Z"}"#,
        ] {
            assert_eq!(read(200, body).await.unwrap(), None, "{body}");
        }
    }

    #[tokio::test]
    async fn an_object_that_is_not_apples_never_says_that_none_is_set() {
        for body in [
            r#"{"message":"blocked by policy"}"#,
            r#"{"status":403,"error":"Forbidden"}"#,
            r#"{"code":"NOT_FOUND"}"#,
            r#"{"errors":[{"code":"NOT_FOUND"}]}"#,
            r#"{"mdmServiceDiscoveryUrl":"https://mdm.acme.com/discovery"}"#,
            r#"{"MDM_SERVICE_DISCOVERY_URL":"https://mdm.acme.com/discovery"}"#,
            r#"{"profile":{"mdm_service_discovery_url":null}}"#,
            r#"{"":null}"#,
            "[]",
            "[null,null]",
            "null",
            "\"NOT_FOUND\"",
        ] {
            let failure = read(200, body).await.unwrap_err();
            assert!(
                matches!(failure.cause, Cause::Unreadable(_)),
                "{body}: {failure}"
            );
            assert!(!failure.not_acted_on(), "{body}");
        }
        let failure = read(200, r#"{"message":"blocked"}"#).await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "The answer to GET /account-driven-enrollment/profile can't be read: it has neither mdm_service_discovery_url nor last_updated_timestamp."
        );
    }

    #[tokio::test]
    async fn another_404_is_a_failure() {
        let page = "<html><title>Page NOT_FOUND</title></html>";
        let said = "A proxy or gateway in between answered GET /account-driven-enrollment/profile with 404, not Apple (\"Page NOT_FOUND\").";
        assert_eq!(read(404, page).await.unwrap_err().to_string(), said);
        // Nor does a gateway's own word say what Apple has.
        for body in [
            "",
            "Not Found",
            "404 page not found",
            "<title>NOT_FOUND</title>",
            r#"{"error":"ROUTE_NOT_FOUND"}"#,
            r#"{"message":"NOT_FOUND"}"#,
            // Words that others say too, and Apple's beside others.
            "not_found",
            r#"{"error":"not_found"}"#,
            r#"{"timestamp":"2026-11-26T07:00:00Z","status":404,"error":"NOT_FOUND","path":"/account-driven-enrollment/profile"}"#,
            r#"{"code":"NOT_FOUND","message":"no route"}"#,
            r#"{"code":"NOT_FOUND","error":"NOT_FOUND"}"#,
            r#"{"errors":[{"code":"NOT_FOUND"}]}"#,
            "NOT_FOUND: no such route",
            "\"NOT_FOUND",
        ] {
            let failure = read(404, body).await.unwrap_err();
            assert!(!failure.not_acted_on(), "{failure}");
            let service = Service::answering([answer(404, body)]).await;
            service.client().clear().await.unwrap_err();
        }
        let service = Service::answering([answer(404, page)]).await;
        service.client().clear().await.unwrap_err();
        // Nor is one to the request for a session about the URL.
        for body in ["", "NOT_FOUND"] {
            let service = Service::scripted([answer(404, body), answer(404, body)], []).await;
            let client = service.client();
            let failure = client.profile().await.unwrap_err();
            let said = match body {
                "" => {
                    "GET /session was answered with 404 and an empty body. Nothing shows that the answer came from Apple."
                }
                _ => "Apple answered GET /session with 404: NOT_FOUND.",
            };
            assert_eq!(failure.to_string(), said);
            assert!(failure.not_acted_on());
            client.clear().await.unwrap_err();
            assert_eq!(service.requests().await, ["GET /session"; 2]);
        }
    }

    #[tokio::test]
    async fn odd_times_never_cost_the_url() {
        for (time, raw, instant) in [
            (
                json!("2026-06-14T17:00:00Z"),
                Some("2026-06-14T17:00:00Z"),
                Some("2026-06-14T17:00:00Z"),
            ),
            (
                json!("2026-06-14 19:00:00.5+02:00"),
                Some("2026-06-14 19:00:00.5+02:00"),
                Some("2026-06-14T17:00:00.5Z"),
            ),
            (json!("yesterday"), Some("yesterday"), None),
            (json!(1_781_456_400), Some("1781456400"), None),
            (json!({"a": 1}), Some(r#"{"a":1}"#), None),
            (json!(null), None, None),
        ] {
            let body = json!({"mdm_service_discovery_url": URL, "last_updated_timestamp": time});
            let registered = read(200, &body.to_string()).await.unwrap().unwrap();
            assert_eq!(registered.url, URL);
            assert_eq!(registered.last_updated_raw.as_deref(), raw);
            assert_eq!(
                registered.last_updated,
                instant.map(|text| text.parse().unwrap())
            );
        }
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_a_failure_of_reading() {
        let failure = read(200, "OK").await.unwrap_err();
        assert!(failure.to_string().contains("can't be read"), "{failure}");
    }

    #[tokio::test]
    async fn a_web_page_is_no_answer_of_apple() {
        for page in ["<html>", " \n<!doctype html>"] {
            let service = Service::answering([answer(200, page), answer(200, page)]).await;
            let client = service.client();
            for failure in [client.set(URL).await, client.clear().await] {
                let failure = failure.unwrap_err();
                assert!(!failure.not_acted_on(), "{failure}");
                assert!(failure.to_string().contains("sign-in page"), "{failure}");
            }
        }
    }

    #[tokio::test]
    async fn any_body_of_a_success_will_do() {
        for body in ["", "{}", "OK", "\"OK\""] {
            let service = Service::answering([answer(200, body), answer(200, body)]).await;
            let client = service.client();
            client.set(URL).await.unwrap();
            client.clear().await.unwrap();
            assert_eq!(
                service.requests().await,
                [
                    "GET /session",
                    "POST /account-driven-enrollment/profile",
                    "DELETE /account-driven-enrollment/profile"
                ]
            );
            let sent = &service.received().await[1];
            assert_eq!(
                sent.body_json::<Value>().unwrap(),
                json!({"mdm_service_discovery_url": URL})
            );
            assert_eq!(
                sent.headers["content-type"],
                "application/json;charset=UTF8"
            );
        }
    }
}
