//! Single servers that are read together with the list: how often each is asked for, and what becomes of the answers.

use abmctl::apple::manager::Manager;
use abmctl::apple::manager::servers::ServerReading;
use futures_util::StreamExt;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::apple::{TOKEN_PATH, manager, mount_get, refused_with, requests, token_forms};
use super::support::{World, world};

const LIST: &str = "/v1/mdmServers";

fn server(id: &str) -> Value {
    json!({"type": "mdmServers", "id": id, "attributes": {"serverName": id, "serverType": "MDM"}})
}

fn single(id: &str) -> Value {
    let mut server = server(id);
    server["attributes"]["defaultProductFamilies"] = json!(["MAC"]);
    json!({"data": server})
}

fn at(id: &str) -> String {
    format!("{LIST}/{id}")
}

/// An organization with these servers in its list, of which each can be read alone.
async fn organization(ids: &[&str]) -> (World, MockServer, Manager) {
    let world = world();
    let (mock, manager) = manager(&world).await;
    let list: Vec<Value> = ids.iter().map(|id| server(id)).collect();
    mount_get(&mock, LIST, json!({"data": list})).await;
    for id in ids {
        mount_get(&mock, &at(id), single(id)).await;
    }
    (world, mock, manager)
}

/// Answers `GET at` so for the first `times`.
async fn mount_first(mock: &MockServer, at: &str, times: u64, answer: ResponseTemplate) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(answer)
        .up_to_n_times(times)
        .with_priority(1)
        .mount(mock)
        .await;
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

async fn read(manager: &Manager, remembered: &[&str]) -> Vec<ServerReading> {
    let (list, ahead) = manager.servers_and(&ids(remembered)).await.unwrap();
    let whole = manager.complete_those(list.understood, ahead, |_| true);
    whole.collect().await
}

/// How often each path was asked for, without the query.
async fn counts(mock: &MockServer, at: &str) -> usize {
    let asked = format!("GET {at}");
    let seen = requests(mock).await;
    let same = seen
        .iter()
        .filter(|it| it.split('?').next() == Some(&asked));
    same.count()
}

fn understood(readings: &[ServerReading]) -> Vec<(&str, bool)> {
    let known = |it: &ServerReading| it.server.attributes.default_product_families.is_some();
    let readings = readings.iter();
    readings
        .map(|it| (it.server.id.as_str(), known(it)))
        .collect()
}

#[tokio::test]
async fn what_is_remembered_goes_out_with_the_list_and_each_is_asked_for_once() {
    let (_world, mock, manager) = organization(&["A1", "B2", "C3"]).await;
    let readings = read(&manager, &["B2", "A1"]).await;
    assert_eq!(
        understood(&readings),
        [("A1", true), ("B2", true), ("C3", true)],
        "in the order of the list"
    );
    let seen = requests(&mock).await;
    assert!(seen[0].starts_with("GET /v1/mdmServers?"), "{seen:?}");
    assert_eq!(seen.len(), 4, "{seen:?}");
    // A C3 that nobody remembered is read after the list.
    assert!(seen[3].starts_with("GET /v1/mdmServers/C3"), "{seen:?}");
    assert_eq!(token_forms(&mock).await.len(), 1);
}

#[tokio::test]
async fn the_reads_do_not_wait_for_the_list() {
    let (_world, mock, manager) = organization(&["A1", "B2"]).await;
    mount_first(&mock, LIST, 1, refused_with(403)).await;
    let refused = manager.servers_and(&ids(&["A1", "B2"])).await;
    assert!(refused.err().unwrap().to_string().contains("403"));
    assert_eq!(counts(&mock, LIST).await, 1);
    assert!(counts(&mock, &at("A1")).await <= 1);
}

#[tokio::test]
async fn what_the_list_lacks_is_dropped_whatever_came_of_it() {
    for answer in [404, 403, 500] {
        let (_world, mock, manager) = organization(&["A1"]).await;
        mount_first(&mock, &at("GONE"), 9, refused_with(answer)).await;
        let readings = read(&manager, &["GONE", "A1"]).await;
        assert_eq!(understood(&readings), [("A1", true)], "{answer}");
        assert!(counts(&mock, &at("GONE")).await <= 1, "{answer}");
        assert_eq!(counts(&mock, &at("A1")).await, 1);
    }
    // Also one that can still be read.
    let (_world, mock, manager) = organization(&["A1"]).await;
    mount_get(&mock, &at("GONE"), single("GONE")).await;
    let readings = read(&manager, &["GONE", "A1"]).await;
    assert_eq!(understood(&readings), [("A1", true)]);
}

#[tokio::test]
async fn a_failure_is_that_of_the_row_and_an_outage_is_waited_out() {
    let (_world, mock, manager) = organization(&["A1", "B2"]).await;
    mount_first(&mock, &at("A1"), 9, refused_with(404)).await;
    mount_first(&mock, &at("B2"), 1, ResponseTemplate::new(503)).await;
    let readings = read(&manager, &["A1", "B2"]).await;
    assert_eq!(understood(&readings), [("A1", false), ("B2", true)]);
    let failure = readings[0].failure.as_ref().unwrap();
    assert!(failure.to_string().contains("404"), "{failure}");
    assert_eq!(counts(&mock, &at("A1")).await, 1);
    assert_eq!(counts(&mock, &at("B2")).await, 2);
}

#[tokio::test]
async fn under_a_limit_none_is_sent_twice_before_the_list_is_there() {
    let (_world, mock, manager) = organization(&["A1"]).await;
    let limited = ResponseTemplate::new(429).insert_header("Retry-After", "5");
    mount_first(&mock, LIST, 2, limited.clone()).await;
    mount_first(&mock, LIST, 3, refused_with(403)).await;
    mount_first(&mock, &at("A1"), 9, limited).await;
    assert!(manager.servers_and(&ids(&["A1"])).await.is_err());
    assert_eq!(counts(&mock, LIST).await, 3);
    assert_eq!(counts(&mock, &at("A1")).await, 1);
}

#[tokio::test]
async fn a_token_that_apple_refuses_is_replaced_once() {
    let (_world, mock, manager) = organization(&["A1", "B2"]).await;
    Mock::given(method("GET"))
        .and(header("authorization", "Bearer access-1"))
        .respond_with(refused_with(401))
        .with_priority(1)
        .mount(&mock)
        .await;
    let readings = read(&manager, &["A1", "B2"]).await;
    assert_eq!(understood(&readings), [("A1", true), ("B2", true)]);
    assert_eq!(token_forms(&mock).await.len(), 2);
    for path in [LIST.to_owned(), at("A1"), at("B2")] {
        assert_eq!(counts(&mock, &path).await, 2, "{path}");
    }
}

#[tokio::test]
async fn no_token_is_asked_for_once_more_by_each_read() {
    let world = world();
    let mock = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_client"})))
        .mount(&mock)
        .await;
    let manager = super::support::apple::client(&mock, &world.http);
    assert!(manager.servers_and(&ids(&["A1", "B2"])).await.is_err());
    assert_eq!(token_forms(&mock).await.len(), 1);
}
