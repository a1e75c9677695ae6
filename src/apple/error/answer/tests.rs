use super::*;
use crate::apple::error::{Cause, Failure, RequestName};
use reqwest::Method;

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn failure(answer: Answer) -> Failure {
    Failure::new(servers("a.example"), Cause::Answer(Box::new(answer)))
}

fn servers(host: &str) -> RequestName {
    let url = format!("https://{host}/v1/mdmServers?limit=1");
    RequestName::new(&Method::GET, &url.parse().unwrap())
}

fn said(status: u16, headers: &[(&'static str, &str)], body: &str) -> String {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (
                reqwest::header::HeaderName::from_static(name),
                value.parse().unwrap(),
            )
        })
        .collect();
    let answer = Answer::read(status, &headers, body.as_bytes(), now());
    failure(answer).to_string()
}

#[test]
fn each_kind_of_body_becomes_one_sentence() {
    let document = r#"{"errors":[{"id":"x","status":"403","code":"FORBIDDEN_ERROR","title":"T","detail":"The operation is not allowed.","source":{"parameter":"limit"}}]}"#;
    for (status, headers, body, expected) in [
        (
            403,
            &[("x-apple-request-uuid", "abc")][..],
            document,
            "Apple answered GET /v1/mdmServers with 403 FORBIDDEN_ERROR: The operation is not allowed (limit) (request abc).",
        ),
        (
            400,
            &[],
            r#"{"error":"invalid_request","error_description":"No scope."}"#,
            "GET /v1/mdmServers was answered with 400 invalid_request: No scope. Nothing shows that the answer came from Apple.",
        ),
        (
            502,
            &[],
            "<html><head><title>502 Bad Gateway</title></head></html>",
            "A proxy or gateway in between answered GET /v1/mdmServers with 502, not Apple (\"502 Bad Gateway\").",
        ),
        (
            503,
            &[],
            "Service unavailable\nplease wait",
            "GET /v1/mdmServers was answered with 503: Service unavailable.",
        ),
        (
            500,
            &[],
            "",
            "GET /v1/mdmServers was answered with 500 and an empty body.",
        ),
        (
            403,
            &[],
            "",
            "GET /v1/mdmServers was answered with 403 and an empty body. Nothing shows that the answer came from Apple.",
        ),
        (
            403,
            &[],
            r#"{"message":"Forbidden"}"#,
            "GET /v1/mdmServers was answered with 403: {\"message\":\"Forbidden\"}. Nothing shows that the answer came from Apple.",
        ),
        (
            403,
            &[("x-apple-jingle-correlation-key", "K")],
            "",
            "Apple answered GET /v1/mdmServers with 403 and an empty body (request K).",
        ),
        (
            200,
            &[],
            "<title>200</title>",
            "A proxy, a gateway, or a sign-in page answered GET /v1/mdmServers with 200, not Apple.",
        ),
        (
            200,
            &[],
            "<title>Sign in</title>",
            "A proxy, a gateway, or a sign-in page answered GET /v1/mdmServers with 200, not Apple (\"Sign in\").",
        ),
    ] {
        assert_eq!(said(status, headers, body), expected);
    }
}

#[test]
fn all_errors_of_a_document_are_shown_once() {
    let detail = |errors: serde_json::Value| {
        let body = serde_json::json!({ "errors": errors }).to_string();
        let answer = Answer::read(409, &HeaderMap::new(), body.as_bytes(), now());
        assert_eq!(answer.code.as_deref(), Some("A"), "{body}");
        assert!(answer.is_apples);
        answer.to_string()
    };
    let error = |code: &str, detail: &str, at: &str| serde_json::json!({"code": code, "detail": detail, "source": {"pointer": at}});
    assert_eq!(
        detail(serde_json::json!([
            error("A", "No.", "/data/a"),
            error("B", "Nor this.", "/data/b"),
            error("A", "No.", "/data/a"),
            error("A", "No.", "/data/c"),
        ])),
        "409 A: No (/data/a); B: Nor this (/data/b); No (/data/c)."
    );
    // What is odd costs itself alone, and a code anywhere shows Apple's document.
    assert_eq!(
        detail(
            serde_json::json!(["odd", {"title": "T"}, {"code": "A", "title": "U"}, null, {"code": 7}])
        ),
        "409 A: T; U."
    );
    let many: Vec<_> = (0..9)
        .map(|number| error("A", &format!("{number} {}", "long ".repeat(100)), "/x"))
        .collect();
    let said = detail(many.into());
    assert!(said.ends_with("; and 4 more."), "{said}");
    assert!(said.contains("4 long long"), "{said}");
}

#[test]
fn apples_request_id_shows_that_apple_refuses() {
    let headers: HeaderMap = [(
        reqwest::header::HeaderName::from_static("x-apple-request-uuid"),
        "U".parse().unwrap(),
    )]
    .into_iter()
    .collect();
    for (status, says, of_servers) in [
        (401, Says::NotAuthenticated, Some(401)),
        (403, Says::Forbidden, Some(403)),
        // What exists takes Apple's words.
        (404, Says::Other, None),
        (409, Says::Other, None),
    ] {
        for body in ["", "<html>", "Forbidden"] {
            let answer = Answer::read(status, &headers, body.as_bytes(), now());
            assert_eq!(answer.says(), says, "{status} {body}");
            let failure = failure(answer);
            assert_eq!(failure.status_of(&servers("a.example")), of_servers);
            assert!(!failure.not_acted_on());
            let said = failure.to_string();
            assert!(said.starts_with("Apple answered"), "{said}");
        }
    }
}

#[test]
fn only_apples_own_document_says_what_it_refuses() {
    let document = r#"{"errors":[{"status":"4xx","code":"C","title":"T"}]}"#;
    for (status, expected) in [
        (400, Says::Other),
        (401, Says::NotAuthenticated),
        (403, Says::Forbidden),
        (404, Says::NotFound),
        (409, Says::Conflict),
        (429, Says::Unavailable),
        (503, Says::Unavailable),
    ] {
        let read = |body: &str| Answer::read(status, &HeaderMap::new(), body.as_bytes(), now());
        assert_eq!(read(document).says(), expected);
        let own = failure(read(document));
        assert_eq!(own.status_of(&servers("a.example")), Some(status));
        assert_eq!(own.status_of(&servers("b.example")), None);
        assert_eq!(own.not_acted_on(), status < 500);
        for body in [
            "",
            "<html>",
            "Forbidden",
            "{}",
            r#"{"errors":[]}"#,
            r#"{"errors":[{"title":"T"}]}"#,
            r#"{"errors":[{"code":"10000","message":"Authentication error"}]}"#,
            r#"{"errors":[{"status":"403","code":"C"}]}"#,
            r#"{"errors":[{"code":"C","title":"","detail":null}]}"#,
            r#"{"errors":[{"code":"","title":"T"}]}"#,
            r#"{"errors":[{"code":10000,"title":"T"}]}"#,
            r#"{"errors":[{"code":"C"},{"title":"T"}]}"#,
            r#"{"errors":["C"]}"#,
            r#"{"error":"invalid_client"}"#,
        ] {
            let passes = expected == Says::Unavailable;
            let expected = if passes { expected } else { Says::Other };
            assert_eq!(read(body).says(), expected, "{status} {body}");
            let foreign = failure(read(body));
            assert_eq!(foreign.status_of(&servers("a.example")), None);
            assert!(!foreign.not_acted_on(), "{status} {body}");
        }
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    for (value, seconds) in [
        ("30", Some(30)),
        (" 5 ", Some(5)),
        ("Sun, 22 Nov 2026 10:01:30 GMT", Some(90)),
        ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0)),
        ("soon", None),
        ("-3", None),
    ] {
        assert_eq!(
            retry_after(value, now()),
            seconds.map(Duration::from_secs),
            "{value}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_body_is_read_without_panic(status in 100u16..600, body: Vec<u8>) {
        let answer = Answer::read(status, &HeaderMap::new(), &body, now());
        proptest::prop_assert!(!answer.to_string().contains('\n'));
    }
}
