//! Requests that are acted on late, and readings of an old state.

use super::*;

async fn with(fault: &str) -> Bench {
    let bench = Bench::standard().await;
    bench.running.add_fault(fault.parse().unwrap());
    bench
}

fn families(server: &str, bench: &Bench) -> Vec<&'static str> {
    bench.running.organization(|o| {
        let families = &o.server(server).unwrap().default_families;
        families.iter().map(|family| family.as_str()).collect()
    })
}

fn list(words: &[&str]) -> Value {
    json!({"defaultProductFamilies": words})
}

/// The families that a GET shows.
async fn shown(bench: &Bench, server: &str) -> Value {
    let (_, one) = bench
        .get(&format!("/v1/mdmServers/{}", bench.id(server)))
        .await;
    one["data"]["attributes"]["defaultProductFamilies"].clone()
}

#[tokio::test]
async fn a_late_request_is_acted_on_at_its_moment_with_the_list_as_sent() {
    let bench = with("PATCH /v1/mdmServers/*=late-6s-504x1").await;
    let (status, answer) = bench.patch("prod", list(&["MAC", "WATCH"])).await;
    assert_eq!((status, code(&answer)), (504, "UNEXPECTED_ERROR"));
    bench.clock.advance(5);
    assert_eq!(shown(&bench, "prod").await, json!(["MAC"]));
    // The second one is answered, and undone by the first one a second later.
    assert_eq!(bench.patch("prod", list(&["MAC", "IPOD"])).await.0, 200);
    bench.clock.advance(1);
    assert_eq!(shown(&bench, "prod").await, json!(["MAC", "WATCH"]));
    let updated = bench
        .running
        .organization(|o| o.server("prod").unwrap().updated_at);
    assert_eq!(updated.to_string(), "2026-11-22T09:14:06Z");
    // Once.
    assert_eq!(bench.patch("prod", list(&["MAC"])).await.0, 200);
    bench.clock.advance(600);
    assert_eq!(families("prod", &bench), ["MAC"]);
}

#[tokio::test]
async fn a_late_request_that_conflicts_by_then_does_nothing() {
    let bench = with("PATCH /v1/mdmServers/*=late-6s-504x1").await;
    bench.patch("prod", list(&["MAC", "WATCH"])).await;
    let now = bench.clock.now();
    bench
        .running
        .organization(|o| o.move_family(ProductFamily::Watch, Some("Intune"), now));
    bench.clock.advance(6);
    assert_eq!(families("prod", &bench), ["MAC"]);
    // And one that would have been in conflict when it arrived takes effect.
    bench
        .running
        .add_fault("PATCH *=late-6s-502x1".parse().unwrap());
    bench.patch("prod", list(&["MAC", "WATCH"])).await;
    let now = bench.clock.now();
    bench
        .running
        .organization(|o| o.move_family(ProductFamily::Watch, None, now));
    bench.clock.advance(6);
    assert_eq!(families("prod", &bench), ["MAC", "WATCH"]);
}

#[tokio::test]
async fn late_requests_are_acted_on_in_the_order_of_their_moments() {
    let bench = with("PATCH *=late-20s-dropx1").await;
    bench
        .running
        .add_fault("PATCH *=late-5s-htmlx1".parse().unwrap());
    let path = format!("/v1/mdmServers/{}", bench.id("prod"));
    let body = |words: &[&str]| json!({"data": {"type": "mdmServers", "id": bench.id("prod"), "attributes": list(words)}});
    let dropped = bench.send("PATCH", &path, Some(&body(&["IPOD"]))).await;
    assert!(dropped.is_err());
    let page = bench.send("PATCH", &path, Some(&body(&["WATCH"]))).await;
    assert_eq!(page.unwrap().status(), 200);
    // What is under way can't be called back.
    bench.running.clear_faults();
    bench.clock.advance(60);
    assert_eq!(families("prod", &bench), ["IPOD"]);
}

#[tokio::test]
async fn a_late_request_needs_a_token_when_it_arrives_and_not_later() {
    let bench = with("PATCH *=late-10m-504").await;
    bench.patch("prod", list(&["MAC", "WATCH"])).await;
    bench
        .running
        .organization(Organization::revoke_access_tokens);
    bench.patch("prod", list(&["MAC", "IPOD"])).await;
    bench.clock.advance(600);
    assert_eq!(families("prod", &bench), ["MAC", "WATCH"]);
}

#[tokio::test]
async fn a_request_is_acted_on_at_once_though_the_answer_is_an_error() {
    let bench = with("PATCH *=after-504x1").await;
    let (status, _) = bench.patch("prod", list(&["MAC", "WATCH"])).await;
    assert_eq!(status, 504);
    assert_eq!(families("prod", &bench), ["MAC", "WATCH"]);
}

#[tokio::test]
async fn a_replica_shows_what_was_there_for_a_while() {
    let bench = with("GET /v1/mdmServers/*=stale:30s").await;
    bench
        .running
        .organization(|o| o.behaviour.lists_carry_defaults = true);
    bench.clock.advance(100);
    assert_eq!(bench.patch("prod", list(&["MAC", "WATCH"])).await.0, 200);
    bench.clock.advance(20);
    assert_eq!(bench.patch("prod", list(&["WATCH"])).await.0, 200);
    let rows = "/v1/mdmServers?fields[mdmServers]=defaultProductFamilies";
    let row = async || bench.get(rows).await.1["data"][0]["attributes"].clone();
    assert_eq!(shown(&bench, "prod").await, json!(["MAC"]));
    assert_eq!(row().await, list(&["WATCH"]), "the list has no such fault");
    bench
        .running
        .add_fault("GET /v1/mdmServers=stale:10s".parse().unwrap());
    assert_eq!(row().await, list(&["MAC", "WATCH"]));
    bench.clock.advance(10);
    assert_eq!(row().await, list(&["WATCH"]));
    assert_eq!(shown(&bench, "prod").await, json!(["MAC", "WATCH"]));
    bench.clock.advance(20);
    assert_eq!(shown(&bench, "prod").await, json!(["WATCH"]));
    // Nothing was changed by looking.
    assert_eq!(families("prod", &bench), ["WATCH"]);
}
