//! What goes wrong on purpose.

use super::*;

async fn with(fault: &str) -> Bench {
    let bench = Bench::standard().await;
    bench.running.add_fault(fault.parse().unwrap());
    bench
}

/// The last request's status, as the emulator saw it.
fn last(bench: &Bench) -> Option<u16> {
    bench.running.requests().last().unwrap().status
}

#[tokio::test]
async fn a_status_comes_as_often_as_asked_with_the_services_own_body() {
    let bench = with("GET /v1/mdmServers*=503:7x2").await;
    for _ in 0..2 {
        let answer = bench.send("GET", "/v1/mdmServers", None).await.unwrap();
        assert_eq!(answer.headers()["retry-after"], "7");
        let (status, body) = document(answer).await;
        assert_eq!((status, code(&body)), (503, "SERVICE_UNAVAILABLE"));
    }
    assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    bench
        .running
        .add_fault("* /session=403:T_C_NOT_SIGNED".parse().unwrap());
    let answer = bench.send("GET", "/session", None).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "T_C_NOT_SIGNED");
    bench
        .running
        .add_fault("POST /auth/*=400:invalid_scope".parse().unwrap());
    let (status, body) = bench.token(&bench.form(&bench.claims())).await;
    assert_eq!((status, body), (400, json!({"error": "invalid_scope"})));
    bench.running.clear_faults();
    assert_eq!(bench.token(&bench.form(&bench.claims())).await.0, 200);
}

#[tokio::test]
async fn a_dropped_connection_has_no_answer_and_is_not_acted_on() {
    let bench = with("PATCH *=dropx1").await;
    let id = bench.id("prod");
    let body = json!({"data": {
        "type": "mdmServers", "id": id, "attributes": {"serverName": "New"},
    }});
    let path = format!("/v1/mdmServers/{id}");
    assert!(bench.send("PATCH", &path, Some(&body)).await.is_err());
    assert_eq!(last(&bench), None);
    assert_eq!(bench.running.requests().len(), 1);
    assert!(bench.running.organization(|o| o.server("New").is_none()));
    assert_eq!(
        bench
            .send("PATCH", &path, Some(&body))
            .await
            .unwrap()
            .status(),
        200
    );

    bench
        .running
        .add_fault("PATCH *=after-drop".parse().unwrap());
    let body = json!({"data": {
        "type": "mdmServers", "id": id, "attributes": {"serverName": "Newer"},
    }});
    assert!(bench.send("PATCH", &path, Some(&body)).await.is_err());
    assert!(bench.running.organization(|o| o.server("Newer").is_some()));
}

#[tokio::test]
async fn a_body_is_cut_in_half() {
    let bench = with("GET /v1/mdmServers=half").await;
    let answer = bench.send("GET", "/v1/mdmServers", None).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.content_length().unwrap() > 100);
    assert!(answer.bytes().await.is_err());
    assert_eq!(last(&bench), Some(200));
}

#[tokio::test]
async fn half_a_body_arrives_before_the_end() {
    let bench = with("GET /v1/mdmServers=half").await;
    let mut answer = bench.send("GET", "/v1/mdmServers", None).await.unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"{\"data\""));
    assert!(answer.chunk().await.is_err());
}

#[tokio::test]
async fn faults_come_one_after_another() {
    let bench = Bench::standard().await;
    for fault in ["html502x1", "htmlx1", "emptyx1", "text:oopsx1@2"] {
        let fault = format!("GET /v1/mdmServers={fault}");
        bench.running.add_fault(fault.parse().unwrap());
    }
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = bench.send("GET", "/v1/mdmServers", None).await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        seen.push((status, text.chars().take(6).collect::<String>()));
    }
    let expected = [
        (502, "<html>"),
        (200, "<html>"),
        (200, ""),
        (200, "{\"data"),
        (200, "oops"),
    ];
    assert_eq!(
        seen,
        expected.map(|(status, text)| (status, text.to_owned()))
    );
}

#[tokio::test]
async fn slow_answers_and_latency_pass_on_the_clock() {
    let bench = Bench::new(Options {
        latency: Duration::from_millis(500),
        ..Options::default()
    })
    .await;
    bench.running.add_fault("* *=slow:5s".parse().unwrap());
    let before = bench.clock.now();
    assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    let took = bench.clock.now().duration_since(before);
    assert_eq!(took, SignedDuration::from_millis(5500));
}

#[tokio::test]
async fn a_lost_answer_ends_with_the_emulator() {
    let bench = with("* *=lost").await;
    let limited = bench
        .http
        .get(format!("{}/v1/mdmServers", bench.running.origin()))
        .timeout(Duration::from_millis(100))
        .send()
        .await;
    assert!(limited.unwrap_err().is_timeout());
    let url = format!("{}/v1/mdmServers", bench.running.origin());
    let (waiting, ()) = tokio::join!(bench.http.get(&url).send(), async {
        while bench.running.requests().len() < 2 {
            tokio::task::yield_now().await;
        }
        bench.running.stop().await;
    });
    assert!(waiting.is_err());
    // The port is free, so nothing of it runs any more.
    assert!(bench.http.get(&url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_redirect_goes_where_it_says() {
    let bench = with("* *=redirect:http://127.0.0.1:9/x?a=b").await;
    let answer = bench.send("GET", "/v1/mdmServers", None).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], "http://127.0.0.1:9/x?a=b");
}

#[tokio::test]
async fn one_object_alone_is_refused_for_a_while_or_for_good() {
    let bench = Bench::standard().await;
    let path = |server: &str| format!("/v1/mdmServers/{}", bench.id(server));
    let (prod, intune) = (path("prod"), path("Intune"));
    for fault in [
        format!("GET {prod}=404x2"),
        format!("GET {prod}=403:FORBIDDENx1"),
        format!("GET {intune}=404"),
    ] {
        bench.running.add_fault(fault.parse().unwrap());
    }
    let mut seen = Vec::new();
    for _ in 0..4 {
        let (status, body) = bench.get(&prod).await;
        seen.push((status, code(&body).to_owned()));
        assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    }
    let words = [
        (404, "NOT_FOUND"),
        (404, "NOT_FOUND"),
        (403, "FORBIDDEN"),
        (200, ""),
    ];
    assert_eq!(seen, words.map(|(status, code)| (status, code.to_owned())));
    for _ in 0..50 {
        let (status, body) = bench.get(&intune).await;
        let error = &body["errors"][0];
        assert_eq!((status, &error["status"]), (404, &json!("404")));
        assert!(error["title"].is_string() && error["detail"].is_string());
    }
    // It is there all the same.
    let families = json!({"defaultProductFamilies": ["IPAD"]});
    assert_eq!(bench.patch("Intune", families).await.0, 200);
}
