//! The Manager API: 401, events and users.

use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::Patience;
use abmctl::apple::manager::audit_events::{AuditEvent, PageSize};
use abmctl::apple::retry::Repeat;
use abmctl::host::Clock;
use reqwest::Method;
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::apple::{client, manager, mount_get, requests, token_answer, token_forms};
use super::support::world;

/// Only the token `access-2` opens `/v1/things`; what else comes gets 401.
async fn mount_second_token_only(server: &MockServer) {
    Mock::given(path("/v1/things"))
        .and(header("authorization", "Bearer access-2"))
        .respond_with(ResponseTemplate::new(200).set_body_string("{}"))
        .mount(server)
        .await;
    Mock::given(path("/v1/things"))
        .respond_with(ResponseTemplate::new(401))
        .mount(server)
        .await;
}

#[tokio::test]
async fn after_a_401_one_new_token_and_once_more() {
    for (verb, repeat) in [
        (Method::GET, Repeat::Always),
        (Method::PATCH, Repeat::AfterReading),
        (Method::POST, Repeat::IfNotActedOn),
    ] {
        let (server, manager) = manager(&world()).await;
        mount_second_token_only(&server).await;
        let url = manager.url(&verb, &["v1", "things"], &[]).unwrap();
        let sent = manager.send(verb, url, None, repeat).await;
        sent.unwrap();
        assert_eq!(requests(&server).await.len(), 2);
        assert_eq!(token_forms(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn a_second_401_is_final() {
    let (server, manager) = manager(&world()).await;
    Mock::given(path("/v1/things"))
        .respond_with(ResponseTemplate::new(401).set_body_string("<html>"))
        .mount(&server)
        .await;
    let url = manager.url(&Method::GET, &["v1", "things"], &[]).unwrap();
    let sent = manager.send(Method::GET, url, None, Repeat::Always).await;
    assert_eq!(sent.unwrap_err().status(), Some(401));
    assert_eq!(requests(&server).await.len(), 2);
    assert_eq!(token_forms(&server).await.len(), 2);
}

#[tokio::test]
async fn many_401_at_once_bring_one_new_token() {
    let (server, manager) = manager(&world()).await;
    mount_second_token_only(&server).await;
    let url = manager.url(&Method::GET, &["v1", "things"], &[]).unwrap();
    let all = (0..8).map(|_| manager.send(Method::GET, url.clone(), None, Repeat::Always));
    for sent in futures_util::future::join_all(all).await {
        sent.unwrap();
    }
    assert_eq!(token_forms(&server).await.len(), 2);
}

#[tokio::test]
async fn a_403_keeps_the_token() {
    let (server, manager) = manager(&world()).await;
    Mock::given(path("/v1/things"))
        .respond_with(ResponseTemplate::new(403))
        .mount(&server)
        .await;
    let url = manager.url(&Method::GET, &["v1", "things"], &[]).unwrap();
    for _ in 0..2 {
        let sent = manager
            .send(Method::GET, url.clone(), None, Repeat::Always)
            .await;
        assert_eq!(sent.unwrap_err().status(), Some(403));
    }
    assert_eq!(token_forms(&server).await.len(), 1);
}

#[tokio::test]
async fn a_token_is_never_sent_elsewhere() {
    let (server, manager) = manager(&world()).await;
    let other = MockServer::start().await;
    let url = format!("{}/v1/things", other.uri()).parse().unwrap();
    let sent = manager.send(Method::GET, url, None, Repeat::Always).await;
    assert!(matches!(sent.unwrap_err().cause, Cause::OffOrigin(_)));
    assert!(other.received_requests().await.unwrap().is_empty());
    assert!(requests(&server).await.is_empty());
}

#[tokio::test]
async fn a_token_is_renewed_with_the_request_s_patience() {
    let world = world();
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(503).insert_header("Retry-After", "500"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(token_answer(1))
        .mount(&server)
        .await;
    mount_get(&server, "/v1/mdmServers", json!({"data": []})).await;
    let patience = |seconds| Patience {
        limit: Duration::from_secs(seconds),
        since: None,
        stop: None,
    };
    let manager = client(&server, &world.patient(60)).with_patience(patience(600));
    manager.servers().await.unwrap();
    assert_eq!(world.clock.seconds(), 500);
}

#[tokio::test]
async fn events_are_asked_for_by_type_and_time() {
    let world = world();
    let (mock, manager) = manager(&world).await;
    let event = json!({"type": "auditEvents", "id": "e", "attributes": {
        "eventDateTime": "2026-10-01T09:14:00.123Z", "type": "DOMAIN_VERIFIED", "subjectName": "acme.com",
        "eventDataPropertyKey": "eventDataDomainVerified", "eventDataDomainVerified": {}
    }});
    mount_get(&mock, "/v1/auditEvents", json!({"data": [event]})).await;
    let to = world.clock.now();
    let from = "2026-10-01T00:00:00Z".parse().unwrap();
    let mut pages = manager
        .audit_events(Some("DOMAIN_VERIFIED"), from, to, PageSize::Full)
        .unwrap();
    let events: Vec<AuditEvent> = pages.next().await.unwrap().unwrap();
    assert!(pages.is_over());
    assert_eq!(
        events[0].attributes.subject_name.as_deref(),
        Some("acme.com")
    );
    assert_eq!(events[0].attributes.subject_id, None);
    assert_eq!(
        requests(&mock).await,
        [
            "GET /v1/auditEvents?filter%5BstartTimestamp%5D=2026-10-01T00%3A00%3A00Z\
          &filter%5BendTimestamp%5D=2026-11-22T10%3A00%3A00Z\
          &fields%5BauditEvents%5D=eventDateTime%2Ctype%2CsubjectId%2CsubjectName%2Coutcome%2CeventDataPropertyKey%2CactorType%2CactorName\
          &filter%5Btype%5D=DOMAIN_VERIFIED&limit=1000"
        ]
    );
}

#[tokio::test]
async fn one_event_is_enough_to_know_that_there_is_one() {
    let world = world();
    let (mock, manager) = manager(&world).await;
    mount_get(&mock, "/v1/auditEvents", json!({"data": []})).await;
    let to = world.clock.now();
    let mut pages = manager.audit_events(None, to, to, PageSize::One).unwrap();
    let events: Option<Vec<AuditEvent>> = pages.next().await.unwrap();
    assert_eq!(events.map(|it| it.len()), Some(0));
    let asked = requests(&mock).await;
    assert!(asked[0].ends_with("&limit=1"), "{asked:?}");
    assert!(!asked[0].contains("filter%5Btype%5D"), "{asked:?}");
}

#[tokio::test]
async fn accounts_are_read_with_nothing_else_of_the_users() {
    let (mock, manager) = manager(&world()).await;
    let users = json!({"data": [
        {"type": "users", "id": "u", "attributes": {"managedAppleAccount": "a@acme.com", "isExternalUser": false, "lastName": "X"}},
        {"type": "users", "id": "v", "attributes": {"managedAppleAccount": null}},
        {"type": "users", "id": "w"},
    ]});
    mount_get(&mock, "/v1/users", users).await;
    let users: Vec<abmctl::apple::manager::users::User> =
        manager.accounts().unwrap().all().await.unwrap();
    assert_eq!(
        users[0].attributes.managed_apple_account.as_deref(),
        Some("a@acme.com")
    );
    assert_eq!(users[0].attributes.is_external_user, Some(false));
    assert!(users[1].attributes.managed_apple_account.is_none());
    assert_eq!(users.len(), 3);
    assert_eq!(
        requests(&mock).await,
        ["GET /v1/users?fields%5Busers%5D=managedAppleAccount%2CisExternalUser&limit=1000"]
    );
}
