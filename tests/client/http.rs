//! Addresses, origins, headers and limits of one request.

use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::{Credential, Network, Origin, Request};
use abmctl::apple::retry::Repeat;
use abmctl::network::AGENT;
use reqwest::Method;

use super::support::wire::{Act, DROP, Nobody, Wire, answer, half, json};
use super::support::{FakeClock, world, world_with};

fn origin(url: &str) -> Result<Origin, Cause> {
    Origin::of(&url.parse().unwrap())
}

#[test]
fn parts_of_an_address_are_encoded() {
    let origin = origin("https://api.example/some/path?x=1#y").unwrap();
    for (segment, path) in [
        ("a/b?c", "/v1/a%2Fb%3Fc"),
        ("a#b", "/v1/a%23b"),
        ("100%", "/v1/100%25"),
        ("%2e%2e", "/v1/%252e%252e"),
        ("a\\b", "/v1/a%5Cb"),
        ("...", "/v1/..."),
        ("käse brot", "/v1/k%C3%A4se%20brot"),
    ] {
        let url = origin.url(&["v1", segment], &[]).unwrap();
        assert_eq!(url.path(), path, "{segment}");
        assert_eq!(url.query(), None);
        assert_eq!(url.fragment(), None);
    }
    let url = origin
        .url(&["v1"], &[("filter[a]", "b&c=d"), ("x", "é")])
        .unwrap();
    assert_eq!(url.query(), Some("filter%5Ba%5D=b%26c%3Dd&x=%C3%A9"));
}

#[test]
fn parts_that_would_change_the_path_are_refused() {
    let origin = origin("https://api.example").unwrap();
    for segment in ["", ".", "..", ".\t.", "\n..", "\r", "a\0b"] {
        let refused = origin.url(&["v1", "mdmServers", segment], &[]);
        assert!(matches!(refused, Err(Cause::Local(_))), "{segment:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_part_stays_one_part(segment: String) {
        let origin = origin("https://api.example").unwrap();
        if let Ok(url) = origin.url(&["v1", &segment, "end"], &[("q", &segment)]) {
            proptest::prop_assert_eq!(url.path_segments().unwrap().count(), 3);
            proptest::prop_assert!(url.path().starts_with("/v1/") && url.path().ends_with("/end"));
            proptest::prop_assert_eq!(url.query_pairs().count(), 1);
        }
    }
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for url in [
        "https://api-business.apple.com",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "http://localhost",
    ] {
        assert!(origin(url).is_ok(), "{url}");
    }
    for url in [
        "http://api-business.apple.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "ftp://localhost",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://user:pass@api.example",
        "https://user@api.example",
    ] {
        let refused = origin(url);
        assert!(
            matches!(&refused, Err(Cause::Local(why)) if !why.contains("pass@")),
            "{url}: {refused:?}"
        );
    }
    assert_eq!(
        origin("https://a.example/x").unwrap().as_str(),
        "https://a.example"
    );
}

#[test]
fn links_off_the_origin_are_refused() {
    let here = origin("https://api.example:8443").unwrap();
    for link in [
        "https://api.example/v1",
        "http://api.example:8443/v1",
        "https://evil.example/v1",
        "//evil.example/v1",
        "\\\\evil.example/v1",
        "https://user@api.example:8443/v1",
        "https://api.example.:8443/v1",
        "file:///v1",
    ] {
        assert!(
            matches!(here.follow(link), Err(Cause::OffOrigin(_))),
            "{link}"
        );
    }
    for link in ["https://api.example:8443/v1?cursor=a", "/v1?cursor=a"] {
        let url = here.follow(link).unwrap();
        assert_eq!(url.as_str(), "https://api.example:8443/v1?cursor=a");
    }
}

#[tokio::test]
async fn a_credential_never_leaves_its_origin() {
    let (mine, other) = (
        Wire::always(json("{}")).await,
        Wire::always(json("{}")).await,
    );
    let credential = Credential::bearer(&mine.origin(), "secret").unwrap();
    let world = world();
    let failure = world
        .http
        .once(&other.get().credential(credential.clone()))
        .await
        .unwrap_err();
    assert!(matches!(failure.cause, Cause::OffOrigin(_)));
    assert_eq!(other.count(), 0);
    world
        .http
        .once(&mine.get().credential(credential))
        .await
        .unwrap();
    assert_eq!(mine.seen()[0].header("authorization"), ["Bearer secret"]);
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_off_this_machine() {
    let request = Request::new(Method::GET, "http://api.example/v1".parse().unwrap());
    let failure = world().http.once(&request).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "abmctl sends nothing to http://api.example: the URL is neither https nor http on this machine."
    );
}

#[tokio::test]
async fn redirects_are_reported_and_not_followed() {
    let elsewhere = Wire::always(json("{}")).await;
    let to = elsewhere.url("/away").to_string();
    for status in [301, 302, 303, 307, 308] {
        let server = Wire::always(answer(status, &format!("Location: {to}\r\n"), "")).await;
        let failure = world()
            .http
            .once(&server.get())
            .await
            .unwrap()
            .success()
            .unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!(
                "The answer to GET /v1/things redirects to {to}. abmctl doesn't follow redirects with credentials."
            )
        );
        assert_eq!(server.count(), 1);
    }
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn headers_name_the_program_and_ask_for_json() {
    let server = Wire::always(json("{}")).await;
    world().http.once(&server.get()).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "GET /v1/things");
    assert_eq!(seen.header("accept"), ["application/json"]);
    assert_eq!(seen.header("user-agent"), [AGENT]);
    assert!(AGENT.starts_with("abmctl/") && AGENT.ends_with(env!("CARGO_PKG_VERSION")));
    assert_eq!(seen.header("accept-encoding"), ["gzip"]);
    assert!(seen.header("authorization").is_empty() && seen.header("cookie").is_empty());
}

#[tokio::test]
async fn broken_and_refused_connections_are_told_apart() {
    let nobody = Nobody::new();
    let request = Request::new(
        Method::GET,
        format!("http://{}/v1", nobody.address).parse().unwrap(),
    );
    let refused = world().http.once(&request).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("No connection to Apple for GET /v1: Connection refused"),
        "{refused}"
    );
    assert!(refused.not_acted_on());
    for act in [super::support::wire::DROP, half()] {
        let server = Wire::always(act).await;
        let broken = world().http.once(&server.get()).await.unwrap_err();
        assert!(matches!(broken.cause, Cause::Broken(_)), "{broken:?}");
        assert!(!broken.not_acted_on());
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_one_sentence() {
    for (body, why) in [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ("hello", "it isn't a JSON document"),
        ("{}{}", "missing field `data` at line 1 column 2"),
        (
            r#"{"data":{"id":3}}"#,
            "data.id: invalid type: integer `3`, expected a string at line 1 column 15",
        ),
        (
            r#"{"data":{"id":"a"}} x"#,
            "there is extra data after the JSON document",
        ),
        (
            r#"{"data":{"id":"a"#,
            "data.id: EOF while parsing a string at line 1 column 16",
        ),
    ] {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code)]
        struct One {
            data: Two,
        }
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code)]
        struct Two {
            id: String,
        }
        let server = Wire::always(json(body)).await;
        let failure = world()
            .http
            .once(&server.get())
            .await
            .unwrap()
            .json::<One>()
            .unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!("The answer to GET /v1/things can't be read: {why}.")
        );
    }
    let server = Wire::always(json("<html><title>Login</title>")).await;
    let answer = world().http.once(&server.get()).await.unwrap();
    let failure = answer.json::<serde_json::Value>().unwrap_err();
    assert_eq!(
        failure.to_string(),
        "A proxy, a gateway, or a sign-in page answered GET /v1/things with 200, not Apple (\"Login\")."
    );
    assert!(!failure.not_acted_on());
}

#[tokio::test]
async fn https_goes_through_the_proxy_and_loopback_does_not() {
    let proxy = Wire::always(answer(502, "", "")).await;
    for address in [
        format!("http://{}", proxy.address),
        proxy.address.to_string(),
    ] {
        let network = Network {
            proxy: Some(address),
            no_proxy: Some("direct.invalid".into()),
            certificates: None,
            profile_certificates: None,
        };
        let world = world_with(network, Duration::from_secs(5), FakeClock::new());
        let before = proxy.count();
        for url in [
            "https://direct.invalid/",
            "https://127.0.0.1:1/",
            "https://[::1]:1/",
            "https://localhost:1/",
        ] {
            let request = Request::new(Method::GET, url.parse().unwrap());
            let failure = world.http.once(&request).await.unwrap_err();
            assert!(matches!(failure.cause, Cause::NotSent(_)), "{failure:?}");
        }
        assert_eq!(proxy.count(), before);
        let request = Request::new(Method::GET, "https://apple.invalid/v1".parse().unwrap());
        let failure = world.http.once(&request).await.unwrap_err();
        assert!(matches!(failure.cause, Cause::Proxy(_)), "{failure:?}");
        assert_eq!(
            proxy.seen().last().unwrap().line,
            "CONNECT apple.invalid:443"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_its_status_and_final_unless_it_is_an_outage() {
    for (status, words, repeated) in [
        (407, "407 Proxy Authentication Required", false),
        (403, "403 Forbidden", false),
        (404, "404 Not Found", false),
        (502, "502 Bad Gateway", true),
        (503, "503 Service Unavailable", true),
        (504, "504 Gateway Timeout", true),
    ] {
        let head = "Proxy-Authenticate: Basic realm=\"corp\"\r\n";
        let proxy = Wire::always(answer(status, head, "")).await;
        let address = proxy.address;
        let network = Network {
            proxy: Some(format!("http://me:s3cret%21@{address}")),
            ..Network::default()
        };
        let world = world_with(network, Duration::from_secs(5), FakeClock::new());
        let request = Request::new(Method::GET, "https://apple.invalid/v1".parse().unwrap());
        let http = world.patient(20);
        let failure = http
            .repeat(Repeat::IfNotActedOn, || http.once(&request))
            .await
            .unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!(
                "The proxy http://{address} didn't connect to apple.invalid:443: {words}. GET /v1 was not sent."
            )
        );
        assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
        assert_eq!(!world.waits().is_empty(), repeated, "{status}");
        assert_eq!(failure.again_at.is_some(), repeated, "{status}");
        // The library's request and the one after it are alike.
        let seen = proxy.seen();
        assert_eq!(seen.len(), if repeated { seen.len() & !1 } else { 2 });
        for asked in &seen {
            assert_eq!(asked.line, "CONNECT apple.invalid:443");
            assert_eq!(
                asked.header("proxy-authorization"),
                ["Basic bWU6czNjcmV0IQ=="]
            );
            assert_eq!(asked.header("user-agent"), [AGENT]);
        }
    }
}

#[tokio::test]
async fn a_proxy_that_says_nothing_of_use_is_no_connection() {
    let nobody = Nobody::new();
    for proxy in [
        Wire::always(DROP).await.address,
        Wire::always(Act::Send(b"SSH-2.0-x\r\n\r\n".to_vec()))
            .await
            .address,
        nobody.address,
    ] {
        let network = Network {
            proxy: Some(format!("http://me:s3cret@{proxy}")),
            ..Network::default()
        };
        let world = world_with(network, Duration::from_secs(5), FakeClock::new());
        let request = Request::new(Method::GET, "https://apple.invalid/v1".parse().unwrap());
        let failure = world.http.once(&request).await.unwrap_err();
        assert!(matches!(failure.cause, Cause::NotSent(_)), "{failure:?}");
        let end = format!(", through the proxy http://{proxy}.");
        assert!(failure.to_string().ends_with(&end), "{failure}");
    }
}
