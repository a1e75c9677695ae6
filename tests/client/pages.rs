//! Lists, a page at a time.

use abmctl::apple::error::Cause;
use abmctl::apple::page::Pages;
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::apple::{client, manager, mount_get, mount_tokens, requests};
use super::support::wire::{Wire, json as json_act};
use super::support::world;

const LIST: &str = "/v1/things";

async fn mount_page(server: &MockServer, cursor: Option<&str>, body: Value) {
    let mock = Mock::given(method("GET")).and(path(LIST));
    let mock = match cursor {
        Some(cursor) => mock.and(query_param("cursor", cursor)),
        None => mock.and(query_param_is_missing("cursor")),
    };
    mock.respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_list_of_one_page_is_one_request() {
    for rest in [
        json!({}),
        json!({"links": {}}),
        json!({"links": {"self": "x", "next": null}, "meta": {"paging": {"limit": 1000}}}),
        json!({"links": {"next": ""}, "meta": {"paging": {"nextCursor": ""}}}),
        json!({"links": null, "meta": null}),
    ] {
        let (server, manager) = manager(&world()).await;
        let mut body = rest;
        body["data"] = json!([1, 2, 3]);
        mount_get(&server, LIST, body).await;
        let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
        assert_eq!(pages.all::<u8>().await.unwrap().understood, [1, 2, 3]);
        assert_eq!(requests(&server).await, ["GET /v1/things?limit=1000"]);
    }
}

#[tokio::test]
async fn the_link_is_followed_as_it_is() {
    let (server, manager) = manager(&world()).await;
    let next = |cursor: &str| format!("{}{LIST}?limit=1000&cursor={cursor}", server.uri());
    mount_page(&server, None, json!({"data": [1], "links": {"next": next("b")}, "meta": {"paging": {"nextCursor": "other"}}})).await;
    // A relative link is as good.
    mount_page(
        &server,
        Some("b"),
        json!({"data": [2], "links": {"next": "/v1/things?cursor=c"}}),
    )
    .await;
    mount_page(
        &server,
        Some("c"),
        json!({"data": [3], "links": {"self": next("c")}}),
    )
    .await;
    let pages = manager
        .api()
        .pages(&["v1", "things"], &[("filter[type]", "A")])
        .unwrap();
    assert_eq!(pages.all::<u8>().await.unwrap().understood, [1, 2, 3]);
    assert_eq!(
        requests(&server).await,
        [
            "GET /v1/things?filter%5Btype%5D=A&limit=1000",
            "GET /v1/things?limit=1000&cursor=b",
            "GET /v1/things?cursor=c",
        ]
    );
}

#[tokio::test]
async fn a_cursor_without_a_link_goes_to_the_first_address() {
    let (server, manager) = manager(&world()).await;
    let cursor = "a+b/c=&d";
    mount_page(
        &server,
        None,
        json!({"data": [1], "meta": {"paging": {"nextCursor": cursor}}}),
    )
    .await;
    mount_page(
        &server,
        Some(cursor),
        json!({"data": [2], "links": {}, "meta": {"paging": {"nextCursor": "z"}}}),
    )
    .await;
    mount_page(&server, Some("z"), json!({"data": []})).await;
    let pages = manager
        .api()
        .pages(&["v1", "things"], &[("filter[type]", "A")])
        .unwrap();
    assert_eq!(pages.all::<u8>().await.unwrap().understood, [1, 2]);
    assert_eq!(
        requests(&server).await,
        [
            "GET /v1/things?filter%5Btype%5D=A&limit=1000",
            "GET /v1/things?filter%5Btype%5D=A&limit=1000&cursor=a%2Bb%2Fc%3D%26d",
            "GET /v1/things?filter%5Btype%5D=A&limit=1000&cursor=z",
        ]
    );
}

#[tokio::test]
async fn a_repeated_page_is_an_error() {
    for again in [
        json!({"links": {"next": "/v1/things?cursor=b"}}),
        json!({"links": {"next": "/v1/things?limit=1000"}}),
        json!({"links": {"next": "/v1/things?limit=1000#x"}}),
    ] {
        let (server, manager) = manager(&world()).await;
        let mut second = again;
        second["data"] = json!([2]);
        mount_page(
            &server,
            None,
            json!({"data": [1], "links": {"next": "/v1/things?cursor=b"}}),
        )
        .await;
        mount_page(&server, Some("b"), second).await;
        let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
        let failure = pages.all::<u8>().await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "The answer to GET /v1/things isn't as expected: it leads to a page that abmctl already read."
        );
        assert_eq!(requests(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn a_repeated_cursor_is_an_error() {
    let (server, manager) = manager(&world()).await;
    mount_get(
        &server,
        LIST,
        json!({"data": [1], "meta": {"paging": {"nextCursor": "b"}}}),
    )
    .await;
    let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
    let failure = pages.all::<u8>().await.unwrap_err();
    assert!(matches!(failure.cause, Cause::Unexpected(_)));
    assert_eq!(requests(&server).await.len(), 2);
}

#[tokio::test]
async fn one_page_too_many_is_never_fetched() {
    let (server, manager) = manager(&world()).await;
    mount_page(
        &server,
        None,
        json!({"data": [1], "links": {"next": "/v1/things?cursor=b"}}),
    )
    .await;
    mount_page(&server, Some("b"), json!({"data": [2]})).await;
    let mut pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
    assert_eq!(requests(&server).await.len(), 0);
    assert_eq!(pages.next::<u8>().await.unwrap().unwrap().understood, [1]);
    assert_eq!(requests(&server).await.len(), 1);
    assert_eq!(pages.next::<u8>().await.unwrap().unwrap().understood, [2]);
    assert_eq!(pages.next::<u8>().await.unwrap(), None);
    assert_eq!(pages.next::<u8>().await.unwrap(), None);
    assert_eq!(requests(&server).await.len(), 2);
}

#[tokio::test]
async fn a_link_off_the_origin_is_refused_and_nothing_sent_there() {
    let elsewhere = Wire::always(json_act(r#"{"data":[]}"#)).await;
    for link in [
        elsewhere.url("/v1/things").to_string(),
        format!("//{}/", elsewhere.address),
    ] {
        let (server, manager) = manager(&world()).await;
        mount_get(&server, LIST, json!({"data": [1], "links": {"next": link}})).await;
        let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
        let failure = pages.all::<u8>().await.unwrap_err();
        assert!(matches!(failure.cause, Cause::OffOrigin(_)), "{failure:?}");
        assert_eq!(requests(&server).await.len(), 1);
    }
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn a_list_that_begins_off_the_origin_is_refused() {
    let elsewhere = Wire::always(json_act(r#"{"data":[]}"#)).await;
    let (_server, manager) = manager(&world()).await;
    let pages = Pages::new(manager.api(), elsewhere.url("/v1/things"));
    let failure = pages.all::<u8>().await.unwrap_err();
    assert!(matches!(failure.cause, Cause::OffOrigin(_)), "{failure:?}");
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn a_page_that_fails_for_a_while_is_read_again() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    mount_get(&server, LIST, json!({"data": [1]})).await;
    let manager = client(&server, &world().http);
    let url = manager
        .api()
        .url(&Method::GET, &["v1", "things"], &[])
        .unwrap();
    assert_eq!(
        Pages::new(manager.api(), url)
            .all::<u8>()
            .await
            .unwrap()
            .understood,
        [1]
    );
    assert_eq!(requests(&server).await, ["GET /v1/things"; 3]);
}

#[tokio::test]
async fn an_answer_that_is_no_list_names_the_member() {
    for (body, why) in [
        ("{}", "missing field `data`"),
        (r#"{"data":{}}"#, "data: invalid type: map"),
        (r#"{"data":[],"links":"x"}"#, "links: invalid type: string"),
        (
            r#"{"data":[],"links":{"next":7}}"#,
            "links.next: invalid type",
        ),
    ] {
        let (server, manager) = manager(&world()).await;
        mount_text(&server, body).await;
        let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
        let failure = pages.all::<u8>().await.unwrap_err().to_string();
        let said = format!("The answer to GET /v1/things can't be read: {why}");
        assert!(failure.starts_with(&said), "{failure}");
    }
}

async fn mount_text(server: &MockServer, body: &str) {
    Mock::given(method("GET"))
        .and(path(LIST))
        .respond_with(ResponseTemplate::new(200).set_body_string(body))
        .mount(server)
        .await;
}

#[tokio::test]
async fn one_odd_item_costs_itself() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Thing {
        id: String,
        name: Option<String>,
    }
    let body = r#"{"data":[
        {"id":"a","name":"A","more":1e999,"other":"\ud800"},
        {"id":"b","name":["B"]},
        7,
        {"id":"c","name":"C\udc00"},
        {"id":"d\u0007","name":1e999},
        {"name":"E"}
    ],"links":{"self":7},"meta":{"paging":[7]},"included":"x"}"#;
    let (server, manager) = manager(&world()).await;
    mount_text(&server, body).await;
    let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
    let things = pages.all::<Thing>().await.unwrap();
    let thing = |id: &str, name: &str| Thing {
        id: id.to_owned(),
        name: Some(name.to_owned()),
    };
    // Half a character costs that character.
    assert_eq!(
        things.understood,
        [thing("a", "A"), thing("c", "C\u{fffd}")]
    );
    let said: Vec<String> = things.odd.iter().map(ToString::to_string).collect();
    for (said, expected) in said.iter().zip([
        "Item \"b\" of GET /v1/things can't be understood: name: invalid type: sequence, expected a string",
        "Item 3 on page 1 of GET /v1/things can't be understood: invalid type: integer `7`",
        "Item \"d\\u{7}\" of GET /v1/things can't be understood: name: ",
        "Item 6 on page 1 of GET /v1/things can't be understood: missing field `id`",
    ]) {
        assert!(said.starts_with(expected), "{said}");
    }
    assert_eq!(said.len(), 4);
}

#[tokio::test]
async fn bytes_that_are_no_text_cost_themselves() {
    let (server, manager) = manager(&world()).await;
    Mock::given(method("GET"))
        .and(path(LIST))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(b"{\"data\":[\"a\xff\"]}"))
        .mount(&server)
        .await;
    let pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
    let items = pages.all::<String>().await.unwrap();
    assert_eq!(items.understood, ["a\u{fffd}"]);
}

#[tokio::test]
async fn the_slowest_of_several_pages_counts() {
    let world = world();
    let (server, manager) = manager(&world).await;
    let next = |cursor: &str| json!({"next": format!("{}{LIST}?cursor={cursor}", server.uri())});
    for (cursor, seconds, links) in [
        (None, 1, next("b")),
        (Some("b"), 7, next("c")),
        (Some("c"), 2, json!({})),
    ] {
        let clock = world.clock.clone();
        let mock = Mock::given(method("GET")).and(path(LIST));
        let mock = match cursor {
            Some(cursor) => mock.and(query_param("cursor", cursor)),
            None => mock.and(query_param_is_missing("cursor")),
        };
        mock.respond_with(move |_: &wiremock::Request| {
            clock.advance(std::time::Duration::from_secs(seconds));
            ResponseTemplate::new(200).set_body_json(json!({"data": [1], "links": links}))
        })
        .mount(&server)
        .await;
    }
    let mut pages = manager.api().pages(&["v1", "things"], &[]).unwrap();
    let mut slowest = Vec::new();
    while pages.next::<u8>().await.unwrap().is_some() {
        slowest.push(pages.slowest().as_secs());
    }
    assert_eq!(slowest, [1, 7, 7]);
}
