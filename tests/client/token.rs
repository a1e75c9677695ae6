//! Token requests: what is sent, what is signed, and what becomes of each kind of answer.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use abmctl::apple::error::{Cause, Failure};
use abmctl::apple::http::Patience;
use abmctl::apple::oauth::assertion::{AUDIENCE, sign};
use abmctl::apple::oauth::key::SigningKey;
use abmctl::host::Clock;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::sync::watch;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::support::apple::{
    CLIENT_ID, TOKEN_PATH, assertions, key_text, mount_tokens, part, public_key, source,
    token_answer, token_forms,
};
use super::support::{World, world};

/// A token server that answers with these, the last one for all further requests.
async fn script(answers: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    let number = Mutex::new(0);
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .respond_with(move |_: &Request| {
            let mut number = number.lock().unwrap();
            *number += 1;
            answers[(*number - 1).min(answers.len() - 1)].clone()
        })
        .mount(&server)
        .await;
    server
}

/// What becomes of one answer, and how many requests were made.
async fn outcome(world: &World, answer: ResponseTemplate) -> (Result<String, Failure>, usize) {
    let server = script(vec![answer]).await;
    let (tokens, _) = source(&server.uri(), &world.patient(5), None);
    let result = tokens.token().await;
    let result = result.map(|token| token.value.expose_secret().to_owned());
    (result, token_forms(&server).await.len())
}

#[tokio::test]
async fn the_form_has_each_parameter_once() {
    let server = script(vec![token_answer(1)]).await;
    let (tokens, _) = source(&server.uri(), &world().http, None);
    tokens.token().await.unwrap();
    let mut form = token_forms(&server).await.remove(0);
    form.sort();
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "client_assertion",
            "client_assertion_type",
            "client_id",
            "grant_type",
            "scope"
        ]
    );
    assert_eq!(
        form[1].1,
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert_eq!(form[2].1, CLIENT_ID);
    assert_eq!(form[3].1, "client_credentials");
    assert_eq!(form[4].1, "business.api");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.url.query(), None);
    let headers = &request.headers;
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers.get_all("content-type").iter().count(), 1);
    assert_eq!(headers["accept"], "application/json");
    assert!(!headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_assertion_says_what_apple_wants_and_is_signed() {
    let world = world();
    let server = script(vec![token_answer(1)]).await;
    let (tokens, _) = source(&server.uri(), &world.http, None);
    tokens.token().await.unwrap();
    let assertion = assertions(&server).await.remove(0);
    assert_eq!(part(&assertion, 0), json!({"alg": "ES256", "typ": "JWT"}));
    let claims = part(&assertion, 1);
    let now = world.clock.now().as_second();
    let id = claims["jti"].as_str().unwrap();
    assert_eq!(
        claims,
        json!({"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": AUDIENCE, "iat": now, "exp": now + 600, "jti": id})
    );
    assert_eq!(AUDIENCE, "https://account.apple.com/auth/oauth2/v2/token");
    assert_eq!(id.len(), 36);

    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key());
    key.verify(message.as_bytes(), &signature).unwrap();
}

#[test]
fn a_key_id_is_named_where_there_is_one() {
    let key = SigningKey::from_pem(&key_text("sec1.pem")).unwrap();
    let now = super::support::START.parse().unwrap();
    let assertion = sign(&key, CLIENT_ID, Some("key"), [1; 16], now).unwrap();
    assert_eq!(part(&assertion, 0)["kid"], "key");
    let assertion = sign(&key, CLIENT_ID, None, [1; 16], now).unwrap();
    assert_eq!(part(&assertion, 0).get("kid"), None);
}

#[tokio::test]
async fn each_attempt_has_an_assertion_of_its_own() {
    let server = script(vec![
        ResponseTemplate::new(503),
        ResponseTemplate::new(429).insert_header("Retry-After", "30"),
        ResponseTemplate::new(500).set_body_string("{}"),
        token_answer(1),
    ])
    .await;
    let world = world();
    let (tokens, _) = source(&server.uri(), &world.http, None);
    tokens.token().await.unwrap();
    let assertions = assertions(&server).await;
    let ids: HashSet<String> = assertions
        .iter()
        .map(|assertion| part(assertion, 1)["jti"].to_string())
        .collect();
    assert_eq!((assertions.len(), ids.len()), (4, 4));
    let issued: Vec<i64> = assertions
        .iter()
        .map(|assertion| part(assertion, 1)["iat"].as_i64().unwrap())
        .collect();
    assert!(issued[2] >= issued[1] + 30, "{issued:?}");
}

#[tokio::test]
async fn a_token_is_kept_for_55_minutes() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let world = world();
    let (tokens, _) = source(&server.uri(), &world.http, None);
    let token = async || {
        tokens
            .token()
            .await
            .unwrap()
            .value
            .expose_secret()
            .to_owned()
    };
    assert_eq!(token().await, "access-1");
    world.clock.advance(Duration::from_secs(55 * 60 - 1));
    assert_eq!(token().await, "access-1");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(token().await, "access-2");
    assert_eq!(token().await, "access-2");
}

#[tokio::test]
async fn a_refusal_is_one_sentence_and_final() {
    let html = "<!DOCTYPE html>\n<html><head><title>Bad\n Request</title></head></html>";
    let date = "Sun, 22 Nov 2026 10:00:30 GMT";
    let answer = |status: u16| ResponseTemplate::new(status).insert_header("Date", date);
    for (answer, said) in [
        (
            answer(400).set_body_string(r#"{"error":"invalid_client"}"#),
            "Apple refused the API account's credentials (400 invalid_client).",
        ),
        (
            answer(401)
                .insert_header("X-Apple-Request-UUID", "abc")
                .set_body_string(r#"{"error":"invalid_client","error_description":"Client authentication\n failed."}"#),
            "Apple refused the API account's credentials (401 invalid_client): Client authentication failed (request abc).",
        ),
        (
            answer(400)
                .insert_header("Date", "Sun, 22 Nov 2026 09:48:00 GMT")
                .set_body_string(r#"{"error":"invalid_client"}"#),
            "Apple refused the API account's credentials (400 invalid_client), and this machine's clock is 12 minutes ahead of Apple's.",
        ),
        (
            answer(400)
                .insert_header("Date", "Sun, 22 Nov 2026 11:00:00 GMT")
                .set_body_string(r#"{"error":"invalid_client"}"#),
            "Apple refused the API account's credentials (400 invalid_client), and this machine's clock is 60 minutes behind Apple's.",
        ),
        (
            answer(400).set_body_string(r#"{"error":"invalid_scope","error_description":"No such scope"}"#),
            "Apple refused the API account's credentials (400 invalid_scope): No such scope.",
        ),
        (
            answer(400).set_body_string(html),
            "A proxy or gateway in between answered POST /auth/oauth2/token with 400, not Apple (\"Bad Request\").",
        ),
        (
            answer(403).set_body_string("Forbidden\nGo away"),
            "POST /auth/oauth2/token was answered with 403: Forbidden. Nothing shows that the answer came from Apple.",
        ),
        (
            answer(400),
            "POST /auth/oauth2/token was answered with 400 and an empty body. Nothing shows that the answer came from Apple.",
        ),
        (
            answer(404).set_body_string(r#"{"timestamp":1,"status":404,"error":"Not Found"}"#),
            "POST /auth/oauth2/token was answered with 404 Not Found. Nothing shows that the answer came from Apple.",
        ),
        (
            answer(403).set_body_string(r#"{"errors":[{"status":"403","code":"FORBIDDEN","title":"T","detail":"Not allowed."}]}"#),
            "Apple answered POST /auth/oauth2/token with 403 FORBIDDEN: Not allowed.",
        ),
        (
            answer(400).set_body_string(r#"{"errors":[]}"#),
            "POST /auth/oauth2/token was answered with 400 and no explanation. Nothing shows that the answer came from Apple.",
        ),
        (
            answer(302).insert_header("Location", "https://elsewhere.example/"),
            "The answer to POST /auth/oauth2/token redirects to https://elsewhere.example/. abmctl doesn't follow redirects with credentials.",
        ),
    ] {
        let (result, requests) = outcome(&world(), answer).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.to_string(), said);
        assert_eq!(requests, 1, "{said}");
        assert_eq!(matches!(failure.cause, Cause::Client { .. }), said.contains("credentials ("));
    }
}

#[tokio::test]
async fn a_success_without_a_token_is_final_and_quotes_nothing() {
    for (body, content_type, why) in [
        ("", "application/json", "it is empty"),
        ("ok", "text/plain", "it isn't a JSON document"),
        (
            "\"access-secret\"",
            "application/json",
            "it isn't a JSON document",
        ),
        (
            r#"{"token_type":"Bearer"}"#,
            "application/json",
            "missing field `access_token` at line 1 column 23",
        ),
        (
            r#"{"access_token":["access-secret"],"token_type":"Bearer"}"#,
            "application/json",
            "access_token: the value has an unexpected type",
        ),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, content_type);
        let (result, requests) = outcome(&world(), answer).await;
        let failure = result.unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!("The answer to POST /auth/oauth2/token can't be read: {why}.")
        );
        assert_eq!(requests, 1);
        assert!(matches!(failure.cause, Cause::Unreadable(_)));
        assert!(!format!("{failure:?}").contains("secret"));
    }
}

#[tokio::test]
async fn a_page_in_place_of_a_token_is_called_one() {
    for (body, content_type, title) in [
        (
            "<html><title>Sign in</title></html>",
            "text/html",
            " (\"Sign in\")",
        ),
        ("<html></html>", "application/json", ""),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, content_type);
        let (result, requests) = outcome(&world(), answer).await;
        assert_eq!(
            result.unwrap_err().to_string(),
            format!(
                "A proxy, a gateway, or a sign-in page answered POST /auth/oauth2/token with 200, not Apple{title}."
            )
        );
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_apple_s_fault() {
    for token in ["", " ", "access\nsecret", "access\u{e9}\u{0}secret"] {
        let body = json!({"access_token": token, "token_type": "Bearer"});
        let answer = ResponseTemplate::new(200).set_body_json(body);
        let failure = outcome(&world(), answer).await.0.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "The answer to POST /auth/oauth2/token isn't as expected: the access token is empty, or contains characters that aren't allowed in a header."
        );
        assert!(!format!("{failure:?}").contains("secret"));
    }
}

#[tokio::test]
async fn an_odd_member_that_nobody_needs_costs_no_token() {
    for (rest, lifetime) in [
        (r#""token_type":7,"expires_in":"1800","scope":["a"]"#, 1800),
        (
            r#""expires_in":{},"scope":"\ud800","refresh_token":null"#,
            3600,
        ),
        (r#""token_type":"Bearer","expires_in":-1"#, 3600),
    ] {
        let body = format!(r#"{{"access_token":"a",{rest}}}"#);
        let server = script(vec![ResponseTemplate::new(200).set_body_string(body)]).await;
        let world = world();
        let (tokens, _) = source(&server.uri(), &world.http, None);
        let token = tokens.token().await.unwrap();
        let left = token.expires_at.duration_since(world.clock.now());
        assert_eq!(left.as_secs(), lifetime, "{rest}");
    }
}

#[tokio::test]
async fn a_token_is_read_whatever_it_is_labelled() {
    let body = r#"{"access_token":"a","token_type":"Bearer"}"#;
    for label in [
        "application/json;charset=UTF-8",
        "Application/JSON",
        "text/plain",
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, label);
        assert_eq!(outcome(&world(), answer).await.0.unwrap(), "a", "{label}");
    }
}

#[tokio::test]
async fn an_outage_of_the_token_endpoint_is_waited_for() {
    for status in [429, 500, 502, 503, 504] {
        let (result, requests) = outcome(&world(), ResponseTemplate::new(status)).await;
        let failure = result.unwrap_err();
        assert!(requests > 1, "{status}");
        let said = format!(" with {status} ");
        assert!(failure.to_string().contains(&said), "{failure}");
        assert!(failure.again_at.is_some());
    }
    // An OAuth error beside a status of an outage is an outage.
    let body = r#"{"error":"temporarily_unavailable"}"#;
    let answer = ResponseTemplate::new(503).set_body_string(body);
    let (result, requests) = outcome(&world(), answer).await;
    assert!(requests > 1);
    assert!(matches!(result.unwrap_err().cause, Cause::Answer(_)));
}

#[tokio::test]
async fn a_token_is_waited_for_with_the_patience_of_the_request() {
    let limited = ResponseTemplate::new(429).insert_header("Retry-After", "300");
    let server = script(vec![limited.clone(), token_answer(1)]).await;
    let world = world();
    let (tokens, _) = source(&server.uri(), &world.patient(10), None);
    tokens.token_through(&world.patient(600)).await.unwrap();
    assert_eq!(world.clock.seconds(), 300);

    let server = script(vec![limited]).await;
    let (tokens, _) = source(&server.uri(), &world.http, None);
    let (stop, stopped) = watch::channel(false);
    stop.send(true).unwrap();
    let http = world.http.with_patience(Patience {
        limit: Duration::from_secs(600),
        since: None,
        stop: Some(stopped),
    });
    let failure = tokens.token_through(&http).await.unwrap_err();
    assert!(matches!(failure.cause, Cause::Interrupted));
}
