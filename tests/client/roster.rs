//! The Roster API and the grant that opens it: what is sent, what is signed, and what becomes of each kind of answer.
//!
//! Over 400 lines, since the grant and what it opens share their emulated Apple.

use std::time::Duration;

use abmctl::apple::error::{Cause, Client, Failure};
use abmctl::apple::http::Origin;
use abmctl::apple::oauth::cache::Cache;
use abmctl::apple::oauth::client_secret::AUDIENCE;
use abmctl::apple::oauth::grant::{SCOPE, authorization_url, fingerprint};
use abmctl::apple::roster::{Domain, Organization, organization_request};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use super::support::apple::{part, public_key, refused_with};
use super::support::roster::{
    APP, KEY, ORGANIZATION, RETURN, TEAM, app, cache, client, forms, mount, mount_tokens, source,
    token_answer,
};
use super::support::world;

fn code() -> SecretString {
    "code-1".to_owned().into()
}

fn refusal(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": code}))
}

fn acme() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "id": "1234",
        "type": "EDUCATION",
        "name": "Acme School",
        "domains": [
            {"name": "acme.com", "isVerified": true},
            {"name": "acme.de", "isVerified": false, "isNew": 1},
            {"name": "acme.org"},
        ],
        "dateCreated": "2020-01-01T00:00:00Z",
        "somethingNew": {},
    }))
}

#[test]
fn the_address_asks_for_one_scope_and_names_the_state() {
    let authorize = "https://appleid.apple.com/auth/oauth2/v2/authorize";
    let url = authorization_url(&authorize.parse().unwrap(), APP, RETURN, SCOPE, "s 1&x").unwrap();
    assert!(url.as_str().starts_with(&format!("{authorize}?")));
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    pairs.sort();
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("client_id", APP),
            ("redirect_uri", RETURN),
            ("response_type", "code"),
            ("scope", "edu.users.read"),
            ("state", "s 1&x"),
        ]
    );
    // As it is registered, without a slash that nobody wrote.
    let url = authorization_url(
        &authorize.parse().unwrap(),
        APP,
        "https://acme.com",
        SCOPE,
        "s",
    );
    let pairs = url.unwrap();
    assert!(
        pairs
            .query_pairs()
            .any(|(_, value)| value == "https://acme.com")
    );
}

#[tokio::test]
async fn a_code_is_exchanged_with_a_client_secret_made_for_it() {
    let world = world();
    let server = MockServer::start().await;
    mount_tokens(&server, vec![token_answer("access-1", Some("refresh-1"))]).await;
    let granted = app(&server.uri())
        .exchange(&world.http, &code(), RETURN)
        .await
        .unwrap();
    assert_eq!(granted.access.value.expose_secret(), "access-1");
    assert_eq!(granted.refresh_token.expose_secret(), "refresh-1");
    let mut form = forms(&server).await.remove(0);
    let secret = form.remove("client_secret").unwrap();
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        form,
        [
            ("client_id", APP),
            ("code", "code-1"),
            ("grant_type", "authorization_code"),
            ("redirect_uri", RETURN),
        ]
    );
    let now = {
        use abmctl::host::Clock;
        world.clock.now().as_second()
    };
    assert_eq!(
        part(&secret, 0),
        json!({"alg": "ES256", "typ": "JWT", "kid": KEY})
    );
    assert_eq!(
        part(&secret, 1),
        json!({"iss": TEAM, "iat": now, "exp": now + 600, "aud": AUDIENCE, "sub": APP})
    );
    assert_eq!(AUDIENCE, "https://appleid.apple.com");
    let (message, signature) = secret.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key())
        .verify(message.as_bytes(), &signature)
        .unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    assert!(!request.headers.contains_key("authorization"));
    assert_eq!(request.url.query(), None);
}

#[tokio::test]
async fn a_code_is_sent_again_only_where_it_did_not_arrive() {
    for (answer, requests, is_refusal) in [
        (refusal(400, "invalid_grant"), 1, true),
        (ResponseTemplate::new(503), 1, false),
        (ResponseTemplate::new(500), 1, false),
    ] {
        let server = MockServer::start().await;
        mount_tokens(&server, vec![answer]).await;
        let failure = app(&server.uri())
            .exchange(&world().patient(5), &code(), RETURN)
            .await
            .unwrap_err();
        assert_eq!(forms(&server).await.len(), requests);
        assert_eq!(
            matches!(
                failure.cause,
                Cause::Client {
                    client: Client::App,
                    ..
                }
            ),
            is_refusal
        );
    }
    let limited = ResponseTemplate::new(429).insert_header("Retry-After", "3");
    let server = MockServer::start().await;
    mount_tokens(&server, vec![limited, token_answer("a", Some("r"))]).await;
    app(&server.uri())
        .exchange(&world().http, &code(), RETURN)
        .await
        .unwrap();
    let forms = forms(&server).await;
    assert_eq!(forms.len(), 2);
    // Each attempt has a client secret of its own.
    assert_ne!(forms[0]["client_secret"], forms[1]["client_secret"]);
}

/// What becomes of one answer to a code.
async fn refused(answer: ResponseTemplate) -> Failure {
    let server = MockServer::start().await;
    mount_tokens(&server, vec![answer]).await;
    app(&server.uri())
        .exchange(&world().patient(5), &code(), RETURN)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_refusal_is_one_sentence_and_quotes_nothing() {
    for (answer, said) in [
        (
            refusal(400, "invalid_grant"),
            "Apple refused the app for the Roster API (400 invalid_grant).",
        ),
        (
            refusal(401, "invalid_client").insert_header("Date", "Sun, 22 Nov 2026 10:00:30 GMT"),
            "Apple refused the app for the Roster API (401 invalid_client).",
        ),
        (
            ResponseTemplate::new(400)
                .set_body_raw("<html><title>Sign in</title></html>", "text/html"),
            "A proxy or gateway in between answered POST /appleid/auth/oauth2/v2/token with 400, not Apple (\"Sign in\").",
        ),
        (
            ResponseTemplate::new(200)
                .set_body_raw("<html><title>Sign in</title></html>", "text/html"),
            "A proxy, a gateway, or a sign-in page answered POST /appleid/auth/oauth2/v2/token with 200, not Apple (\"Sign in\").",
        ),
        (
            token_answer("access-secret", None),
            "The answer to POST /appleid/auth/oauth2/v2/token isn't as expected: it has no refresh token.",
        ),
        (
            ResponseTemplate::new(302).insert_header("Location", "https://elsewhere.example/"),
            "The answer to POST /appleid/auth/oauth2/v2/token redirects to https://elsewhere.example/. abmctl doesn't follow redirects with credentials.",
        ),
    ] {
        let failure = refused(answer).await;
        assert_eq!(failure.to_string(), said);
        assert!(!format!("{failure:?}").contains("secret"));
    }
}

#[tokio::test]
async fn the_organization_is_read_with_a_refreshed_token() {
    let world = world();
    let server = MockServer::start().await;
    mount_tokens(&server, vec![token_answer("access-1", None)]).await;
    mount(&server, "GET", ORGANIZATION, vec![acme()]).await;
    let domain = |name: &str, is_verified| Domain {
        name: name.into(),
        is_verified,
    };
    let roster = client(&server, &world.http);
    for _ in 0..2 {
        assert_eq!(
            roster.organization().await.unwrap(),
            Organization {
                id: "1234".into(),
                name: "Acme School".into(),
                domains: Some(vec![
                    domain("acme.com", Some(true)),
                    domain("acme.de", Some(false)),
                    domain("acme.org", None),
                ]),
                odd: vec![],
            }
        );
    }
    let mut forms = forms(&server).await;
    assert_eq!(forms.len(), 1);
    let mut form = forms.remove(0);
    assert_eq!(part(&form.remove("client_secret").unwrap(), 1)["sub"], APP);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        form,
        [
            ("client_id", APP),
            ("grant_type", "refresh_token"),
            ("refresh_token", "refresh-1"),
        ]
    );
    let requests = server.received_requests().await.unwrap();
    assert_eq!(
        requests.last().unwrap().headers["authorization"],
        "Bearer access-1"
    );
}

#[tokio::test]
async fn one_odd_domain_costs_itself() {
    let organization = async |body| {
        let server = MockServer::start().await;
        mount_tokens(&server, vec![token_answer("access-1", None)]).await;
        let answer = ResponseTemplate::new(200).set_body_json(body);
        mount(&server, "GET", ORGANIZATION, vec![answer]).await;
        client(&server, &world().http).organization().await
    };
    let odd = organization(json!({"id": 7, "type": 1, "dateCreated": [], "domains": [
        {"name": "acme.com", "isVerified": true, "more": {}},
        {"name": "acme.de", "isVerified": "true"},
        {"isVerified": true},
        null,
    ]}))
    .await
    .unwrap();
    assert_eq!((odd.id.as_str(), odd.name.as_str()), ("7", "7"));
    assert_eq!(odd.domains.unwrap().len(), 1);
    let which: Vec<&str> = odd.odd.iter().map(|odd| odd.which.as_str()).collect();
    assert_eq!(
        which,
        [
            "Domain \"acme.de\" of GET /rosterapi/v1/organization",
            "Domain 3 of GET /rosterapi/v1/organization",
            "Domain 4 of GET /rosterapi/v1/organization",
        ]
    );
    let none = organization(json!({"id": "1", "name": "A", "domains": "acme.com"}))
        .await
        .unwrap();
    assert_eq!((none.domains, none.odd.len()), (None, 1));
    let failure = organization(json!({"name": "A"})).await.unwrap_err();
    assert!(
        failure
            .to_string()
            .ends_with("can't be read: it has no id."),
        "{failure}"
    );
}

#[tokio::test]
async fn no_word_of_domains_is_not_the_same_as_none() {
    for (body, domains) in [
        (json!({"id": "1", "name": "A"}), None),
        (json!({"id": "1", "name": "A", "domains": null}), None),
        (json!({"id": "1", "name": "A", "domains": []}), Some(vec![])),
    ] {
        let server = MockServer::start().await;
        mount_tokens(&server, vec![token_answer("access-1", None)]).await;
        let answer = ResponseTemplate::new(200).set_body_json(body);
        mount(&server, "GET", ORGANIZATION, vec![answer]).await;
        let organization = client(&server, &world().http).organization().await.unwrap();
        assert_eq!(organization.domains, domains);
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let answers = vec![
        token_answer("access-1", None),
        token_answer("access-2", None),
    ];
    let server = MockServer::start().await;
    mount_tokens(&server, answers.clone()).await;
    mount(
        &server,
        "GET",
        ORGANIZATION,
        vec![ResponseTemplate::new(401), acme()],
    )
    .await;
    client(&server, &world().http).organization().await.unwrap();
    assert_eq!(forms(&server).await.len(), 2);

    for (status, tokens) in [(401, 2), (403, 1), (404, 1)] {
        let server = MockServer::start().await;
        mount_tokens(&server, answers.clone()).await;
        mount(&server, "GET", ORGANIZATION, vec![refused_with(status)]).await;
        let failure = client(&server, &world().http)
            .organization()
            .await
            .unwrap_err();
        let origin = Origin::of(&server.uri().parse().unwrap()).unwrap();
        let asked = organization_request(&origin);
        assert_eq!(failure.status_of(&asked), Some(status));
        assert_eq!(forms(&server).await.len(), tokens, "{status}");
    }
}

#[tokio::test]
async fn an_authorization_that_was_taken_back_asks_once() {
    let server = MockServer::start().await;
    mount_tokens(&server, vec![refusal(400, "invalid_grant")]).await;
    let failure = client(&server, &world().http)
        .organization()
        .await
        .unwrap_err();
    assert_eq!(forms(&server).await.len(), 1);
    // The token endpoint's 400 is no answer to what was wanted.
    let origin = Origin::of(&server.uri().parse().unwrap()).unwrap();
    assert_eq!(failure.status_of(&organization_request(&origin)), None);
    assert!(failure.not_acted_on());
    let Cause::Client { client, code, .. } = &failure.root().cause else {
        panic!("{failure}");
    };
    assert_eq!((*client, code.as_str()), (Client::App, "invalid_grant"));
}

#[tokio::test]
async fn another_authorization_never_reads_the_old_one_s_token() {
    let folder = tempfile::TempDir::new().unwrap();
    let server = MockServer::start().await;
    let answers = vec![
        token_answer("access-1", None),
        token_answer("access-2", None),
    ];
    mount_tokens(&server, answers).await;
    let world = world();
    let uri = server.uri();
    let token = async |refresh_token: &str| {
        let cache = cache(folder.path(), &uri, refresh_token);
        let tokens = source(&uri, &world.http, Some(cache), refresh_token);
        tokens
            .token()
            .await
            .unwrap()
            .value
            .expose_secret()
            .to_owned()
    };
    assert_eq!(token("refresh-1").await, "access-1");
    assert_eq!(token("refresh-1").await, "access-1");
    assert_eq!(token("refresh-2").await, "access-2");
    assert_eq!(token("refresh-1").await, "access-1");
    world.clock.advance(Duration::from_secs(55 * 60));
    assert_eq!(token("refresh-1").await, "access-2");
    assert_eq!(forms(&server).await.len(), 3);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("refresh-"), "{text}");
    }
    assert_ne!(fingerprint("refresh-1"), fingerprint("refresh-2"));
}

#[test]
fn a_token_that_an_older_version_kept_is_read() {
    use super::support::apple::owner;
    let folder = tempfile::TempDir::new().unwrap();
    let cache = Cache::new(folder.path().to_owned(), owner("https://a.example"));
    let kept = json!({
        "client_id": owner("").client_id, "key_id": null, "scope": "business.api",
        "token_url": "https://a.example/auth/oauth2/token", "api_origin": "https://a.example",
        "access_token": "access-1", "expires_at": "2026-11-22T11:00:00Z",
    });
    abmctl::private_files::replace(&cache.path(), kept.to_string().as_bytes()).unwrap();
    assert_eq!(cache.read().unwrap().value.expose_secret(), "access-1");
    // The name of its file is the one that older versions gave it.
    let name = cache
        .path()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(name, "caafecc5746ec38257e0a0e09020d5eb.json");
}
