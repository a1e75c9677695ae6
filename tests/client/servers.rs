//! Servers: the list made whole, and what they are the default for.

use futures_util::StreamExt;
use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::family::Family;
use abmctl::apple::manager::Manager;
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::apple::{manager, mount_get, refused_with, requests, token_forms};
use super::support::{FakeClock, World, world, world_with};

const ID: &str = "1F97349736CF4614A94F624E705841AD";

fn server(id: &str, attributes: &Value) -> Value {
    json!({"type": "mdmServers", "id": id, "attributes": attributes, "relationships": {"x": 1}})
}

fn id(number: usize) -> String {
    format!("{number:032X}")
}

/// Three servers in the list, as Apple has it: without families.
async fn organization() -> (World, MockServer, Manager) {
    let world = world();
    let (mock, manager) = manager(&world).await;
    let list: Vec<Value> = (1..=3)
        .map(|number| {
            server(
                &id(number),
                &json!({"serverName": format!("S{number}"), "serverType": "MDM"}),
            )
        })
        .collect();
    mount_get(&mock, "/v1/mdmServers", json!({"data": list})).await;
    (world, mock, manager)
}

async fn mount_server(mock: &MockServer, number: usize, attributes: Value) {
    let at = format!("/v1/mdmServers/{}", id(number));
    mount_get(
        mock,
        &at,
        json!({"data": server(&id(number), &attributes), "links": {}}),
    )
    .await;
}

#[tokio::test]
async fn a_list_made_whole_is_one_request_more_for_each_server() {
    let (_world, mock, manager) = organization().await;
    mount_server(
        &mock,
        1,
        json!({"serverName": "S1", "defaultProductFamilies": ["MAC", "HOLODECK"]}),
    )
    .await;
    mount_server(
        &mock,
        2,
        json!({"serverName": "S2", "defaultProductFamilies": []}),
    )
    .await;
    mount_server(&mock, 3, json!({"serverName": "S3"})).await;
    let listed = manager.servers().await.unwrap().understood;
    assert!(
        listed
            .iter()
            .all(|server| server.attributes.default_product_families.is_none())
    );
    let readings = manager.complete(listed).collect::<Vec<_>>().await;
    let families: Vec<_> = readings
        .iter()
        .map(|reading| reading.server.attributes.default_product_families.clone())
        .collect();
    // A family that nobody knows yet is kept, and absent in a complete single answer is none.
    let first = vec![Family::Mac, Family::from("HOLODECK")];
    assert_eq!(families, [Some(first), Some(Vec::new()), Some(Vec::new())]);
    assert!(readings.iter().all(|reading| reading.failure.is_none()));
    let names: Vec<_> = readings
        .iter()
        .map(|reading| reading.server.attributes.server_name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["S1", "S2", "S3"]);
    assert_eq!(requests(&mock).await.len(), 1 + 3);
    assert_eq!(token_forms(&mock).await.len(), 1);
}

#[tokio::test]
async fn every_request_names_the_fields() {
    let (_world, mock, manager) = organization().await;
    mount_server(&mock, 1, json!({})).await;
    manager.servers().await.unwrap();
    manager.server(&id(1)).await.unwrap();
    let fields = "fields%5BmdmServers%5D=serverName%2CserverType%2Cstatus%2CdeviceCount%2CenableMdmDisownFlag%2C\
                  defaultProductFamilies%2ClastConnectedDateTime%2ClastConnectedIp%2CcreatedDateTime%2CupdatedDateTime";
    assert_eq!(
        requests(&mock).await,
        [
            format!("GET /v1/mdmServers?{fields}&limit=1000"),
            format!("GET /v1/mdmServers/{}?{fields}", id(1)),
        ]
    );
}

#[tokio::test]
async fn families_in_the_list_are_used() {
    let world = world();
    let (mock, manager) = manager(&world).await;
    let list = json!({"data": [
        server(&id(1), &json!({"serverName": "S1", "defaultProductFamilies": ["MAC"]})),
        server(&id(2), &json!({"serverName": "S2", "defaultProductFamilies": null})),
        server(&id(3), &json!({"serverName": "S3", "status": "DELETED"})),
        {"type": "mdmServers", "id": id(4)},
    ]});
    mount_get(&mock, "/v1/mdmServers", list).await;
    mount_server(&mock, 2, json!({"defaultProductFamilies": ["VISION"]})).await;
    mount_server(&mock, 4, json!({"defaultProductFamilies": []})).await;
    let readings = manager
        .complete(manager.servers().await.unwrap().understood)
        .collect::<Vec<_>>()
        .await;
    let families: Vec<_> = readings
        .iter()
        .map(|reading| reading.server.attributes.default_product_families.clone())
        .collect();
    let one = |name: &str| Some(vec![Family::from(name)]);
    assert_eq!(
        families,
        [one("MAC"), one("VISION"), None, Some(Vec::new())]
    );
    assert!(readings[2].server.is_deleted());
    assert_eq!(requests(&mock).await.len(), 3);
}

#[tokio::test]
async fn a_failed_single_read_keeps_the_row_and_says_why() {
    let (_world, mock, manager) = organization().await;
    mount_server(&mock, 1, json!({"defaultProductFamilies": ["MAC"]})).await;
    mount_server(&mock, 3, json!({"defaultProductFamilies": 7})).await;
    let readings = manager
        .complete(manager.servers().await.unwrap().understood)
        .collect::<Vec<_>>()
        .await;
    assert!(readings[0].failure.is_none());
    let failure = readings[1].failure.as_ref().unwrap();
    assert!(failure.to_string().contains(" with 404 "), "{failure}");
    assert_eq!(
        readings[1].server.attributes.server_name.as_deref(),
        Some("S2")
    );
    assert_eq!(readings[1].server.attributes.default_product_families, None);
    let failure = readings[2].failure.as_ref().unwrap().to_string();
    assert!(
        failure.contains("data.attributes.defaultProductFamilies: invalid type"),
        "{failure}"
    );
}

#[tokio::test]
async fn an_odd_member_costs_itself() {
    let world = world();
    let (mock, manager) = manager(&world).await;
    let odd = |name: &str| {
        json!({
            "serverName": name, "deviceCount": "12", "enableMdmDisownFlag": "yes", "status": 7, "serverType": ["MDM"],
            "lastConnectedDateTime": {"at": 1}, "createdDateTime": 1_780_000_000, "defaultProductFamilies": "MAC",
        })
    };
    let list = json!({"data": [
        server(&id(1), &odd("S1")),
        {"type": "mdmServers", "id": id(2), "attributes": "x"},
        {"type": "mdmServers", "attributes": {"serverName": "S3"}},
        {"type": "mdmServers", "id": 7},
        null,
    ]});
    mount_get(&mock, "/v1/mdmServers", list).await;
    let servers = manager.servers().await.unwrap();
    let attributes = &servers.understood[0].attributes;
    assert_eq!(attributes.server_name.as_deref(), Some("S1"));
    assert_eq!(attributes.device_count, Some(12));
    assert_eq!(attributes.enable_mdm_disown_flag, None);
    assert_eq!(attributes.status.as_deref(), Some("7"));
    // Something is said of a connection, so it was not never.
    let connected = attributes.last_connected_date_time.as_deref();
    assert_eq!(connected, Some(r#"{"at":1}"#));
    assert_eq!(attributes.default_product_families, None);
    assert_eq!(servers.understood.len(), 2);
    assert_eq!(servers.odd.len(), 3);
    let mut one = odd("S1");
    one["defaultProductFamilies"] = json!(["MAC"]);
    mount_server(&mock, 1, one).await;
    let families = manager.server(&id(1)).await.unwrap().attributes;
    assert_eq!(families.default_product_families.unwrap(), [Family::Mac]);
    // What a change is computed from is known or not.
    for families in [json!("MAC"), json!(["MAC", null]), json!({}), json!(7)] {
        let (mock, manager) = super::support::apple::manager(&world).await;
        mount_server(&mock, 1, json!({"defaultProductFamilies": families})).await;
        let failure = manager.server(&id(1)).await.unwrap_err().to_string();
        let member = "can't be read: data.attributes.defaultProductFamilies";
        assert!(failure.contains(member), "{failure}");
    }
}

#[tokio::test]
async fn another_server_s_document_is_refused() {
    let (_world, mock, manager) = organization().await;
    let other = json!({"data": server(&id(2), &json!({"defaultProductFamilies": ["MAC"]}))});
    mount_get(&mock, &format!("/v1/mdmServers/{}", id(1)), other).await;
    let failure = manager.server(&id(1)).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        format!(
            "The answer to GET /v1/mdmServers/{} isn't as expected: it is for the server {}.",
            id(1),
            id(2)
        )
    );
}

#[tokio::test]
async fn an_id_is_one_part_of_the_path() {
    let (_world, mock, manager) = organization().await;
    let failure = manager.server("a/b?c").await.unwrap_err();
    assert!(failure.to_string().contains(" with 404 "), "{failure}");
    assert!(requests(&mock).await[0].starts_with("GET /v1/mdmServers/a%2Fb%3Fc?fields"));
    for bad in ["", ".", ".."] {
        let failure = manager.server(bad).await.unwrap_err();
        assert!(matches!(failure.cause, Cause::NoAddress(_)));
        assert!(failure.not_acted_on());
        manager.set_default_families(bad, &[]).await.unwrap_err();
    }
    assert_eq!(requests(&mock).await.len(), 1);
}

#[tokio::test]
async fn a_patch_sends_the_whole_list_and_nothing_else() {
    let (_world, mock, manager) = organization().await;
    Mock::given(method("PATCH"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"data": server(ID, &json!({}))})),
        )
        .mount(&mock)
        .await;
    for families in [vec![], vec![Family::Mac, Family::Vision]] {
        manager.set_default_families(ID, &families).await.unwrap();
        let sent = mock.received_requests().await.unwrap().pop().unwrap();
        assert_eq!(sent.url.path(), format!("/v1/mdmServers/{ID}"));
        assert_eq!(sent.headers["content-type"], "application/json");
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        let expected = json!({"data": {"type": "mdmServers", "id": ID, "attributes": {"defaultProductFamilies": families}}});
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn a_patch_is_sent_once_since_the_list_may_have_changed_when_it_is_sent_again() {
    for (answer, uncertain) in [
        (refused_with(429), false),
        (ResponseTemplate::new(429), true),
        (ResponseTemplate::new(500), true),
        (refused_with(500), true),
        (ResponseTemplate::new(503), true),
        (ResponseTemplate::new(524), true),
        (
            ResponseTemplate::new(200).set_delay(Duration::from_secs(6)),
            true,
        ),
        (refused_with(409), false),
        (refused_with(400), false),
        // A proxy or a gateway may answer so after the request went through.
        (ResponseTemplate::new(403).set_body_string("<html>"), true),
        (ResponseTemplate::new(401).set_body_string("<html>"), true),
        (ResponseTemplate::new(404), true),
        (
            ResponseTemplate::new(409).set_body_string(r#"{"error":"Conflict"}"#),
            true,
        ),
        (
            ResponseTemplate::new(400).set_body_string(r#"{"errors":[]}"#),
            true,
        ),
        (
            ResponseTemplate::new(302).insert_header("Location", "/login"),
            true,
        ),
    ] {
        let world = world_with(
            abmctl::apple::http::Network::default(),
            Duration::from_secs(2),
            FakeClock::new(),
        );
        let (mock, manager) = manager(&world).await;
        Mock::given(method("PATCH"))
            .respond_with(answer)
            .up_to_n_times(1)
            .mount(&mock)
            .await;
        Mock::given(method("PATCH"))
            .respond_with(ResponseTemplate::new(200))
            .mount(&mock)
            .await;
        let result = manager.set_default_families(ID, &[]).await;
        assert_eq!(requests(&mock).await.len(), 1);
        let failure = result.unwrap_err();
        assert_eq!(failure.not_acted_on(), !uncertain, "{failure}");
    }
}
