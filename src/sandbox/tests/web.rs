//! The web as a device meets it: over TLS, each mistake.

use super::certificates::tls;
use super::*;
use crate::sandbox::web::{MDM_HOST, MISSPELT_HOST, UNASKED_HOSTS};

const QUERY: &str = "user-identifier=a%40acme.de&model-family=iPhone";
const WELL_KNOWN: &str = "/.well-known/com.apple.remotemanagement";

/// A client that finds every host there.
fn device(running: &Running, clock: &Still) -> Client {
    let here = (Ipv4Addr::LOCALHOST, running.web_port()).into();
    let hosts = [
        "acme.de",
        "acme.com",
        MDM_HOST,
        "intune.acme.com",
        "new.example",
    ];
    hosts
        .into_iter()
        .chain(UNASKED_HOSTS)
        .fold(Client::builder(), |builder, host| {
            builder.resolve(host, here)
        })
        .tls_backend_preconfigured(tls(running, clock))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn get(running: &Running, host: &str, path: &str, agent: &str) -> reqwest::Result<Response> {
    let url = format!("https://{host}:{}{path}", running.web_port());
    let client = device(running, &Still::new());
    client.get(url).header("user-agent", agent).send().await
}

async fn running(options: Options) -> Running {
    start(options, Arc::new(Still::new())).await.unwrap()
}

#[tokio::test]
async fn each_mistake_is_made() {
    let running = running(Options::default()).await;
    let good =
        r#"{"Servers":[{"Version":"mdm-byod","BaseURL":"https://mdm.acme.example/enroll"}]}"#;
    let json = "application/json";
    let html = "text/html; charset=utf-8";
    for (word, status, kind, shows) in [
        ("ok", 200, json, good),
        (
            "redirect",
            302,
            "",
            &*format!("https://mdm.acme.example/servicediscovery?{QUERY}"),
        ),
        ("none", 404, html, "Not found"),
        ("forbidden", 403, html, "Forbidden"),
        ("rejected", 403, json, "com.apple.well-known.failed"),
        ("html", 200, html, "<h1>Welcome"),
        ("octet-stream", 200, "application/octet-stream", good),
        (
            "lost-query",
            302,
            "",
            "https://mdm.acme.example/servicediscovery",
        ),
        ("bot-wall", 403, html, "Checking your browser"),
        (
            "redirect-loop",
            302,
            "",
            &*format!("https://acme.de{WELL_KNOWN}?{QUERY}"),
        ),
        ("wrong-host", 200, json, MISSPELT_HOST),
        ("empty-servers", 200, json, r#"{"Servers":[]}"#),
        ("login", 302, "", "https://mdm.acme.example/login"),
        ("error", 503, html, "Service unavailable"),
        (
            "http-base-url",
            200,
            json,
            r#""http://mdm.acme.example/enroll""#,
        ),
        ("bom", 200, json, &*format!("\u{feff}{good}")),
        ("not-json", 200, json, "{\"Servers\": ["),
    ] {
        running.set_web("acme.de", word.parse().unwrap());
        let path = format!("{WELL_KNOWN}?{QUERY}");
        let answer = get(&running, "acme.de", &path, "abmctl/test")
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{word}");
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        assert_eq!(header("content-type"), kind, "{word}");
        if status == 302 {
            assert_eq!(header("location"), shows, "{word}");
        } else {
            let bytes = answer.bytes().await.unwrap();
            let body = String::from_utf8_lossy(&bytes);
            assert!(body.contains(shows), "{word}: {body}");
        }
        let seen = running.web_requests().pop().unwrap();
        assert_eq!(
            seen,
            WebRequestSeen {
                method: "GET".to_owned(),
                host: "acme.de".to_owned(),
                path,
                user_agent: "abmctl/test".to_owned(),
                status: Some(status),
            }
        );
    }
    running.set_web("acme.de", WebBehaviour::BotWall);
    let answer = get(
        &running,
        "acme.de",
        WELL_KNOWN,
        "DeviceManagementClient/1.0",
    )
    .await;
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn certificates_are_refused_where_they_should_be() {
    let running = running(Options::default()).await;
    for word in ["expired", "wrong-certificate", "untrusted"] {
        running.set_web("acme.de", word.parse().unwrap());
        let error = get(&running, "acme.de", WELL_KNOWN, "a").await.unwrap_err();
        assert!(error.is_connect(), "{word}: {error:?}");
    }
    // Nobody serves this one.
    let error = get(&running, "new.example", "/", "a").await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(running.web_requests(), []);
}

#[tokio::test]
async fn a_slow_host_answers_nobody_and_holds_up_nobody() {
    let running = running(Options::default()).await;
    running.set_web("acme.de", WebBehaviour::Slow);
    let slow = get(&running, "acme.de", WELL_KNOWN, "a");
    let waited = tokio::time::timeout(Duration::from_millis(200), slow).await;
    assert!(waited.is_err());
    assert_eq!(running.web_requests()[0].status, None);
    let other = get(&running, "acme.com", WELL_KNOWN, "a").await.unwrap();
    assert_eq!(other.status(), 404);
    running.stop().await;
}

#[tokio::test]
async fn an_mdm_has_a_document_and_asks_for_a_sign_in() {
    let running = running(Options::default()).await;
    for (host, path, status, shows) in [
        (MDM_HOST, WELL_KNOWN, 200, "mdm-byod"),
        (MDM_HOST, "/discovery?model-family=Mac", 200, "mdm-adde"),
        (
            MDM_HOST,
            "/0123ABCD/discovery?model-family=iPad",
            200,
            "mdm-byod",
        ),
        (
            "intune.acme.com",
            WELL_KNOWN,
            200,
            "https://mdm.acme.example/enroll",
        ),
        (
            MDM_HOST,
            "/servicediscovery?user-identifier=a%40b&model-family=",
            400,
            "required",
        ),
        (
            MDM_HOST,
            "/servicediscovery?user-identifier=a%40b&model-family=Mac",
            200,
            "mdm-adde",
        ),
        (MDM_HOST, "/login", 200, "Sign in"),
        (MDM_HOST, "/enroll", 401, ""),
        ("acme.com", "/discovery", 404, "Not found"),
        ("acme.com", "/", 200, "web site"),
    ] {
        let answer = get(&running, host, path, "a").await.unwrap();
        assert_eq!(answer.status(), status, "{host}{path}");
        if status == 401 {
            assert_eq!(
                answer.headers()["www-authenticate"],
                r#"Bearer method="apple-as-web", url="https://mdm.acme.example/login""#
            );
        }
        let body = answer.text().await.unwrap();
        assert!(body.contains(shows), "{host}{path}: {body}");
    }
}

#[tokio::test]
async fn a_request_that_only_devices_may_make_is_a_violation() {
    let running = running(Options::default()).await;
    // To reach it is no request.
    let here = (Ipv4Addr::LOCALHOST, running.web_port());
    drop(tokio::net::TcpStream::connect(here).await.unwrap());
    assert_eq!(running.web_violations(), []);
    let host = UNASKED_HOSTS[0];
    let answer = get(&running, host, "/mdmBaseURL", "a").await.unwrap();
    assert_eq!(answer.status(), 500);
    let _ = get(&running, "acme.com", "/", "a").await.unwrap();
    let violations = running.web_violations();
    assert_eq!(violations.len(), 1);
    assert_eq!(
        (violations[0].host.as_str(), violations[0].path.as_str()),
        (host, "/mdmBaseURL")
    );
}

#[tokio::test]
async fn options_name_hosts_and_the_emulator_changes_them() {
    let bench = Bench::new(Options {
        web: vec![
            "acme.com=ok".parse().unwrap(),
            "new.example=error".parse().unwrap(),
        ],
        ..Options::default()
    })
    .await;
    let status = async |host: &str| {
        let answer = get(&bench.running, host, WELL_KNOWN, "a").await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(
        (status("acme.com").await, status("new.example").await),
        (200, 503)
    );
    let origin = bench.running.origin();
    let put = async |host: &str, word: &'static str| {
        let url = format!("{origin}/sandbox/web/{host}");
        document(bench.http.put(url).body(word).send().await.unwrap()).await
    };
    assert_eq!(put("acme.de", "ok").await.1["was"], "html");
    assert_eq!(put("more.example", "ok").await.1["was"], Value::Null);
    assert_eq!(put("acme.de", "well").await.0, 400);
    assert_eq!(status("acme.de").await, 200);
    let about = bench.http.get(format!("{origin}/sandbox")).send().await;
    let about = document(about.unwrap()).await.1;
    assert_eq!(about["emulator"], "abmctl");
    assert_eq!(about["hosts"]["acme.de"], "ok");
    let resolve = bench.running.resolve();
    let port = bench.running.web_port();
    for host in ["acme.de", "more.example", MDM_HOST, UNASKED_HOSTS[0]] {
        let place = format!("{host}:127.0.0.1:{port}");
        assert!(resolve.split(',').any(|known| known == place), "{resolve}");
    }
}

#[tokio::test]
async fn the_latency_is_the_webs_too() {
    let clock = Still::new();
    let options = Options {
        latency: Duration::from_millis(300),
        ..Options::default()
    };
    let running = start(options, Arc::new(clock.clone())).await.unwrap();
    let before = clock.now();
    let _ = get(&running, "acme.com", "/", "a").await.unwrap();
    assert_eq!(clock.now().duration_since(before).as_millis(), 300);
}
