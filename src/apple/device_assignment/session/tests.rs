//! Sessions against a service on loopback.

use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::join_all;
use wiremock::{Request, Respond, ResponseTemplate};

use super::super::refusal::Refusal;
use super::super::testing::{Service, TOKEN, rotating, said};
use super::*;

fn refusal(failure: &Failure) -> Refusal {
    failure.refused().unwrap().refusal
}

#[tokio::test]
async fn a_session_is_requested_once_and_kept() {
    let service = Service::answering([said(200, "{}"), said(200, "{}")]).await;
    let client = service.client();
    assert!(service.requests().await.is_empty());
    client.account().await.unwrap();
    client.clone().account().await.unwrap();
    let received = service.received().await;
    assert_eq!(received.len(), 3);
    let session = &received[0].headers;
    let authorization = session["authorization"].to_str().unwrap();
    assert!(authorization.starts_with("OAuth realm=\"ADM\", oauth_consumer_key=\"CK_example\""));
    assert!(authorization.contains("oauth_timestamp=\"1795341600\""));
    assert_eq!(session["content-type"], JSON);
    assert!(!session.contains_key("x-adm-auth-session"));
    for request in &received[1..] {
        assert_eq!(request.headers["x-adm-auth-session"], "session-1");
        assert_eq!(request.headers["x-server-protocol-version"], "10");
        assert!(!request.headers.contains_key("authorization"));
    }
    for request in &received {
        let agent = request.headers["user-agent"].to_str().unwrap();
        assert!(agent.starts_with("abmctl/"));
        assert_eq!(request.headers["accept"], "application/json");
    }
}

#[tokio::test]
async fn any_answer_may_rotate_the_session() {
    let service = Service::answering([
        rotating(200, "{}", "rotated-1"),
        rotating(503, "", "rotated-2"),
        rotating(400, "ORG_NOT_SUPPORTED", "rotated-3"),
        rotating(404, "NOT_FOUND", "rotated-4"),
        said(200, "{}").insert_header("X-ADM-Auth-Session", ""),
        said(200, "{}"),
    ])
    .await;
    let client = service.client();
    client.account().await.unwrap();
    let failure = client.set("https://mdm.acme.com").await.unwrap_err();
    assert_eq!(refusal(&failure), Refusal::OrganizationNotSupported);
    assert_eq!(client.profile().await.unwrap(), None);
    client.account().await.unwrap();
    client.account().await.unwrap();
    assert_eq!(
        service.sessions_used().await,
        [
            "session-1",
            "rotated-1",
            "rotated-2",
            "rotated-3",
            "rotated-4",
            "rotated-4"
        ]
    );
}

#[tokio::test]
async fn a_session_that_is_over_is_renewed_once() {
    for (status, body) in [
        (401, "UNAUTHORIZED"),
        (401, ""),
        (403, "FORBIDDEN"),
        (403, "\"FORBIDDEN\""),
    ] {
        let service = Service::answering([said(status, body), said(200, "{}")]).await;
        service.client().account().await.unwrap();
        assert_eq!(
            service.sessions_used().await,
            ["session-1", "session-2"],
            "{body}"
        );
        let received = service.received().await;
        assert_ne!(
            received[0].headers["authorization"],
            received[2].headers["authorization"]
        );

        let service = Service::answering([said(status, body), said(status, body)]).await;
        let failure = service.client().account().await.unwrap_err();
        assert_eq!(failure.answer().unwrap().status, status);
        let refused = failure.refused().map(|refused| refused.refusal);
        let expected = match body {
            // A proxy answers so too.
            "" => None,
            "UNAUTHORIZED" => Some(Refusal::Unauthorized),
            _ => Some(Refusal::Forbidden),
        };
        assert_eq!(refused, expected);
        assert_eq!(service.requests().await.len(), 4, "{body}");
    }
}

#[tokio::test]
async fn a_refused_request_for_a_session_is_final() {
    for (status, body, expected) in [
        (403, "FORBIDDEN", Refusal::Forbidden),
        (401, "UNAUTHORIZED", Refusal::Unauthorized),
        (403, "T_C_NOT_SIGNED", Refusal::TermsNotSigned),
        (403, "token_expired", Refusal::TokenExpired),
        (401, "token_rejected", Refusal::TokenReplaced),
        (400, "oauth_problem_advice", Refusal::OauthParameters),
    ] {
        let service = Service::scripted([said(status, body)], []).await;
        let failure = service.client().account().await.unwrap_err();
        assert_eq!(refusal(&failure), expected);
        assert_eq!(failure.request.to_string(), "GET /account");
        assert_eq!(failure.root().request.to_string(), "GET /session");
        assert!(failure.not_acted_on());
        assert_eq!(service.requests().await, ["GET /session"]);
    }
}

#[tokio::test]
async fn access_denied_costs_no_session() {
    let service = Service::answering([said(403, "ACCESS_DENIED")]).await;
    let failure = service.client().account().await.unwrap_err();
    assert_eq!(refusal(&failure), Refusal::AccessDenied);
    assert_eq!(service.requests().await.len(), 2);
}

#[tokio::test]
async fn each_attempt_is_signed_anew_and_all_may_be_repeated() {
    let service = Service::scripted(
        [
            said(503, ""),
            said(429, "").insert_header("Retry-After", "3"),
        ],
        [said(500, ""), said(200, ""), said(504, ""), said(200, "")],
    )
    .await;
    let client = service.client();
    client.set("https://mdm.acme.com/").await.unwrap();
    client.clear().await.unwrap();
    let received = service.received().await;
    assert_eq!(received.len(), 7);
    let mut signed: Vec<_> = received[..3]
        .iter()
        .map(|request| request.headers["authorization"].to_str().unwrap())
        .collect();
    signed.sort_unstable();
    signed.dedup();
    assert_eq!(signed.len(), 3);
}

#[tokio::test]
async fn an_answer_without_a_session_is_unreadable() {
    for body in [
        "",
        "{}",
        r#"{"auth_session_token":""}"#,
        r#"{"auth_session_token":7}"#,
        r#"{"auth_session_token":"two\nlines"}"#,
        "[]",
        "OK",
    ] {
        let service = Service::scripted([said(200, body)], []).await;
        let failure = service.client().account().await.unwrap_err();
        assert!(
            matches!(failure.root().cause, Cause::Unreadable(_)),
            "{failure}"
        );
        assert_eq!(service.requests().await.len(), 1);
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Service::answering([]).await;
    let to = format!("{}/account", elsewhere.0.uri());
    let redirect = said(302, "").insert_header("Location", to.as_str());
    let service = Service::answering([redirect.clone()]).await;
    let failure = service.client().account().await.unwrap_err();
    assert!(
        matches!(failure.root().cause, Cause::Redirect(_)),
        "{failure}"
    );
    let service = Service::scripted([redirect], []).await;
    let failure = service.client().account().await.unwrap_err();
    assert!(
        matches!(failure.root().cause, Cause::Redirect(_)),
        "{failure}"
    );
    assert!(elsewhere.requests().await.is_empty());
}

/// Takes a session once, and answers late, so that requests that overlap are found out.
struct Strict(Mutex<u32>);

impl Respond for Strict {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut current = self.0.lock().unwrap();
        let late = Duration::from_millis(20);
        if request.url.path() == "/session" {
            return said(200, r#"{"auth_session_token":"0"}"#).set_delay(late);
        }
        if request.headers["x-adm-auth-session"] != current.to_string().as_str() {
            return said(401, "UNAUTHORIZED");
        }
        *current += 1;
        rotating(200, "{}", &current.to_string()).set_delay(late)
    }
}

#[tokio::test]
async fn requests_of_one_token_never_overlap() {
    let service = Service::responding(Strict(Mutex::new(0))).await;
    let client = service.client();
    let clients: Vec<_> = (0..6).map(|_| client.clone()).collect();
    for result in join_all(clients.iter().map(DeviceAssignment::account)).await {
        result.unwrap();
    }
    assert_eq!(service.requests().await.len(), 7);
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let echo = format!(
        "oauth_problem_advice {TOKEN} {TOKEN} AT_O1Oexample%2B%2F%3DO1 AT_O1Oexample%252B%252F%253DO1"
    );
    let service = Service::scripted(
        [
            rotating(403, &echo, "rotated-secret"),
            rotating(503, &echo, "rotated-secret"),
            rotating(409, &echo, "rotated-secret"),
        ],
        [rotating(409, "session-1", "rotated-secret")
            .insert_header("Set-Cookie", "a=cookie-secret")],
    )
    .await;
    let client = service.client();
    let mut shown = format!("{client:?} {:?}", client.token());
    for _ in 0..3 {
        let failure = client.account().await.unwrap_err();
        write!(shown, "{failure} {failure:?} {:?}", failure.answer()).unwrap();
    }
    for secret in [
        "CK_example",
        "CS_example",
        "AS_example",
        "O1Oexample",
        "session-1",
        "rotated-secret",
        "cookie-secret",
    ] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("mple"));
}

#[tokio::test]
async fn the_clock_is_named_where_apples_differs() {
    let refused =
        said(401, "oauth_problem_advice").insert_header("Date", "Sun, 22 Nov 2026 09:30:00 GMT");
    let service = Service::scripted([refused], []).await;
    let failure = service.client().account().await.unwrap_err();
    assert!(
        failure
            .to_string()
            .contains("clock is 30 minutes ahead of Apple's"),
        "{failure}"
    );
}
