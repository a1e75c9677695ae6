//! The Manager API: 401, events and users.

use std::time::Duration;

use abmctl::apple::error::{Cause, RequestName};
use abmctl::apple::http::Patience;
use abmctl::apple::lenient::Member;
use abmctl::apple::manager::audit_events::{AuditEvent, PageSize};
use abmctl::apple::manager::users::User;
use abmctl::apple::retry::Repeat;
use abmctl::host::Clock;
use reqwest::Method;
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::apple::{
    client, manager, mount_get, refused_with, requests, token_answer, token_forms,
};
use super::support::world;

const THINGS: [&str; 2] = ["v1", "things"];

/// Only the token `access-2` opens `/v1/things`; what else comes gets 401.
async fn mount_second_token_only(server: &MockServer) {
    Mock::given(path("/v1/things"))
        .and(header("authorization", "Bearer access-2"))
        .respond_with(ResponseTemplate::new(200).set_body_string("{}"))
        .mount(server)
        .await;
    Mock::given(path("/v1/things"))
        .respond_with(refused_with(401))
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
        let url = manager.api().url(&verb, &["v1", "things"], &[]).unwrap();
        let sent = manager.api().send(verb, url, None, repeat).await;
        sent.unwrap();
        assert_eq!(requests(&server).await.len(), 2);
        assert_eq!(token_forms(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn a_second_401_is_final() {
    for (answer, status) in [
        (refused_with(401), Some(401)),
        (ResponseTemplate::new(401), None),
        (ResponseTemplate::new(401).set_body_string("<html>"), None),
    ] {
        let (server, manager) = manager(&world()).await;
        Mock::given(path("/v1/things"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let url = manager.api().url(&Method::GET, &THINGS, &[]).unwrap();
        let sent = manager
            .api()
            .send(Method::GET, url, None, Repeat::Always)
            .await;
        let asked = manager.api().request_name(&Method::GET, &THINGS);
        assert_eq!(sent.unwrap_err().status_of(&asked), status);
        assert_eq!(requests(&server).await.len(), 2);
        assert_eq!(token_forms(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn a_401_that_is_not_apple_s_own_repeats_reads_alone() {
    for (verb, repeat) in [
        (Method::PATCH, Repeat::Never),
        (Method::DELETE, Repeat::AfterReading),
        (Method::POST, Repeat::IfNotActedOn),
    ] {
        let (server, manager) = manager(&world()).await;
        Mock::given(path("/v1/things"))
            .respond_with(ResponseTemplate::new(401))
            .mount(&server)
            .await;
        let url = manager.api().url(&verb, &THINGS, &[]).unwrap();
        let failure = manager
            .api()
            .send(verb, url, None, repeat)
            .await
            .unwrap_err();
        assert!(!failure.not_acted_on());
        assert_eq!(requests(&server).await.len(), 1);
        // The next request has another token all the same.
        assert_eq!(token_forms(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn what_the_token_endpoint_answers_is_no_status_of_the_request() {
    for answer in [
        ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_client"})),
        refused_with(400),
        refused_with(404),
        refused_with(403),
        refused_with(409),
        ResponseTemplate::new(404),
        ResponseTemplate::new(403).set_body_string("<html>"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let manager = client(&server, &world().http);
        let url = manager.api().url(&Method::PATCH, &THINGS, &[]).unwrap();
        let sent = manager
            .api()
            .send(Method::PATCH, url, None, Repeat::Never)
            .await;
        let failure = sent.unwrap_err();
        let asked = manager.api().request_name(&Method::PATCH, &THINGS);
        assert_eq!(failure.status_of(&asked), None, "{failure}");
        assert!(failure.not_acted_on(), "{failure}");
        assert!(!failure.broke_off());
        assert_eq!(requests(&server).await.len(), 0);
    }
}

#[tokio::test]
async fn a_status_belongs_to_method_origin_and_path() {
    let (server, manager) = manager(&world()).await;
    Mock::given(path("/v1/things"))
        .respond_with(refused_with(404))
        .mount(&server)
        .await;
    let url = manager
        .api()
        .url(&Method::GET, &THINGS, &[("limit", "1")])
        .unwrap();
    let sent = manager
        .api()
        .send(Method::GET, url, None, Repeat::Always)
        .await;
    let failure = sent.unwrap_err();
    let asked = |method, segments: &[&str]| {
        let request = manager.api().request_name(&method, segments);
        failure.status_of(&request)
    };
    assert_eq!(asked(Method::GET, &THINGS), Some(404));
    assert_eq!(asked(Method::PATCH, &THINGS), None);
    assert_eq!(asked(Method::GET, &["v1", "things", "a"]), None);
    let elsewhere = "https://other.example/v1/things".parse().unwrap();
    let elsewhere = RequestName::new(&Method::GET, &elsewhere);
    assert_eq!(failure.status_of(&elsewhere), None);
}

#[tokio::test]
async fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    for (first, certain) in [
        (ResponseTemplate::new(503), false),
        (ResponseTemplate::new(429), false),
        (refused_with(429), true),
        (ResponseTemplate::new(401), false),
        (refused_with(401), true),
    ] {
        let (server, manager) = manager(&world()).await;
        Mock::given(path("/v1/things"))
            .respond_with(first)
            .up_to_n_times(1)
            .mount(&server)
            .await;
        Mock::given(path("/v1/things"))
            .respond_with(refused_with(409))
            .mount(&server)
            .await;
        let url = manager.api().url(&Method::POST, &THINGS, &[]).unwrap();
        let sent = manager
            .api()
            .send(Method::POST, url, None, Repeat::Always)
            .await;
        let failure = sent.unwrap_err();
        let asked = manager.api().request_name(&Method::POST, &THINGS);
        assert_eq!(failure.status_of(&asked), Some(409));
        assert_eq!(failure.not_acted_on(), certain, "{failure}");
        assert_eq!(requests(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn many_401_at_once_bring_one_new_token() {
    let (server, manager) = manager(&world()).await;
    mount_second_token_only(&server).await;
    let url = manager
        .api()
        .url(&Method::GET, &["v1", "things"], &[])
        .unwrap();
    let all = (0..8).map(|_| {
        manager
            .api()
            .send(Method::GET, url.clone(), None, Repeat::Always)
    });
    for sent in futures_util::future::join_all(all).await {
        sent.unwrap();
    }
    assert_eq!(token_forms(&server).await.len(), 2);
}

#[tokio::test]
async fn a_403_keeps_the_token() {
    let (server, manager) = manager(&world()).await;
    Mock::given(path("/v1/things"))
        .respond_with(refused_with(403))
        .mount(&server)
        .await;
    let url = manager.api().url(&Method::GET, &THINGS, &[]).unwrap();
    for _ in 0..2 {
        let sent = manager
            .api()
            .send(Method::GET, url.clone(), None, Repeat::Always)
            .await;
        let asked = manager.api().request_name(&Method::GET, &THINGS);
        assert_eq!(sent.unwrap_err().status_of(&asked), Some(403));
    }
    assert_eq!(token_forms(&server).await.len(), 1);
}

#[tokio::test]
async fn a_token_is_never_sent_elsewhere() {
    let (server, manager) = manager(&world()).await;
    let other = MockServer::start().await;
    let url = format!("{}/v1/things", other.uri()).parse().unwrap();
    let sent = manager
        .api()
        .send(Method::GET, url, None, Repeat::Always)
        .await;
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
    let events = pages.next::<AuditEvent>().await.unwrap().unwrap();
    assert!(pages.is_over());
    let attributes = events.understood[0].attributes.as_ref().unwrap();
    assert_eq!(attributes.subject_name, Member::Text("acme.com".into()));
    assert_eq!(attributes.subject_id, None);
    assert_eq!(
        requests(&mock).await,
        [
            "GET /v1/auditEvents?filter%5BstartTimestamp%5D=2026-10-01T00%3A00%3A00Z\
          &filter%5BendTimestamp%5D=2026-11-22T10%3A00%3A00Z\
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
    let events = pages.next_raw().await.unwrap();
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
        {"type": "users", "id": "x", "attributes": {"managedAppleAccount": 7}},
        {"type": "users", "id": "y", "attributes": {"managedAppleAccount": "b@acme.com", "isExternalUser": "no"}},
    ]});
    mount_get(&mock, "/v1/users", users).await;
    let users = manager.accounts().unwrap().all::<User>().await.unwrap();
    let odd: Vec<&str> = users.odd.iter().map(|odd| odd.which.as_str()).collect();
    assert_eq!(
        odd,
        [
            r#"Item "x" of GET /v1/users"#,
            r#"Item "y" of GET /v1/users"#
        ]
    );
    let users = users.understood;
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

#[tokio::test]
async fn only_apples_own_404_says_that_a_device_has_no_server() {
    use abmctl::apple::manager::devices::AssignedServer;
    for (answer, is_fact) in [
        (refused_with(404), true),
        (ResponseTemplate::new(404), false),
        (ResponseTemplate::new(404).set_body_string("<html>"), false),
        (
            ResponseTemplate::new(404).set_body_string(r#"{"errors":[{"code":"NOT_FOUND"}]}"#),
            false,
        ),
    ] {
        let (server, manager) = manager(&world()).await;
        Mock::given(path("/v1/orgDevices/C02/relationships/assignedServer"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let read = manager.assigned_server("C02").await;
        let is_none = matches!(read, Ok(AssignedServer::NotFound));
        assert_eq!((is_none, read.is_err()), (is_fact, !is_fact), "{read:?}");
    }
}
