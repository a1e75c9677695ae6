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
        let pages = manager.pages(&["v1", "things"], &[]).unwrap();
        assert_eq!(pages.all::<u8>().await.unwrap(), [1, 2, 3]);
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
        .pages(&["v1", "things"], &[("filter[type]", "A")])
        .unwrap();
    assert_eq!(pages.all::<u8>().await.unwrap(), [1, 2, 3]);
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
        .pages(&["v1", "things"], &[("filter[type]", "A")])
        .unwrap();
    assert_eq!(pages.all::<u8>().await.unwrap(), [1, 2]);
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
        let pages = manager.pages(&["v1", "things"], &[]).unwrap();
        let failure = pages.all::<u8>().await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "The answer to GET /v1/things is not as expected: it leads to a page that was read before."
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
    let pages = manager.pages(&["v1", "things"], &[]).unwrap();
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
    let mut pages = manager.pages(&["v1", "things"], &[]).unwrap();
    assert_eq!(requests(&server).await.len(), 0);
    assert_eq!(pages.next::<u8>().await.unwrap(), Some(vec![1]));
    assert_eq!(requests(&server).await.len(), 1);
    assert_eq!(pages.next::<u8>().await.unwrap(), Some(vec![2]));
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
        let pages = manager.pages(&["v1", "things"], &[]).unwrap();
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
    let pages = Pages::new(&manager, elsewhere.url("/v1/things"));
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
    let url = manager.url(&Method::GET, &["v1", "things"], &[]).unwrap();
    assert_eq!(Pages::new(&manager, url).all::<u8>().await.unwrap(), [1]);
    assert_eq!(requests(&server).await, ["GET /v1/things"; 3]);
}

#[tokio::test]
async fn an_answer_that_is_no_list_names_the_member() {
    let (server, manager) = manager(&world()).await;
    mount_get(&server, LIST, json!({"data": [1, "two"]})).await;
    let pages = manager.pages(&["v1", "things"], &[]).unwrap();
    let failure = pages.all::<u8>().await.unwrap_err().to_string();
    assert!(
        failure.starts_with("The answer to GET /v1/things can't be read: data[1]: invalid type"),
        "{failure}"
    );
}
