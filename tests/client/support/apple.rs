//! Apple's token endpoint and Manager API, as far as a test needs them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use abmctl::apple::api::Api;
use abmctl::apple::http::{Http, Origin};
use abmctl::apple::manager::Manager;
use abmctl::apple::oauth::cache::{Cache, Owner};
use abmctl::apple::oauth::key::SigningKey;
use abmctl::apple::oauth::token::{ClientCredentials, TokenSource};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::World;

pub const CLIENT_ID: &str = "BUSINESSAPI.11111111-2222-3333-4444-555555555555";
pub const TOKEN_PATH: &str = "/auth/oauth2/token";

/// The text of a key in `tests/fixtures/keys`.
pub fn key_text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The credentials of the tests, without a key id.
pub fn credentials(server: &str) -> ClientCredentials {
    ClientCredentials {
        client_id: CLIENT_ID.into(),
        key_id: None,
        key: SigningKey::from_pem(&key_text("apple.pem")).unwrap(),
        scope: "business.api",
        token_url: format!("{server}{TOKEN_PATH}").parse().unwrap(),
    }
}

/// What a cached token of these credentials belongs to.
pub fn owner(server: &str) -> Owner {
    Owner {
        client_id: CLIENT_ID.into(),
        key_id: None,
        scope: "business.api".into(),
        token_url: format!("{server}{TOKEN_PATH}"),
        api_origin: server.into(),
        authorization: None,
    }
}

pub fn cache(folder: &Path, server: &str) -> Cache {
    Cache::new(folder.to_owned(), owner(server))
}

/// What the token source complained of.
pub type Complaints = Arc<Mutex<Vec<String>>>;

pub fn source(server: &str, http: &Http, cache: Option<Cache>) -> (TokenSource, Complaints) {
    let complaints = Complaints::default();
    let complain = {
        let complaints = Arc::clone(&complaints);
        Arc::new(move |text| complaints.lock().unwrap().push(text))
    };
    (
        TokenSource::new(credentials(server), http.clone(), cache, complain),
        complaints,
    )
}

/// A token answer as Apple gives it; the tokens are `access-1`, `access-2`, ….
pub fn token_answer(number: usize) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "access_token": format!("access-{number}"),
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "business.api",
    }))
}

/// A refusal in Apple's own error document.
pub fn refused_with(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"errors": [
        {"status": status.to_string(), "code": "CODE", "title": "Title", "detail": "Detail."}
    ]}))
}

/// Hands out tokens.
pub async fn mount_tokens(server: &MockServer) {
    let number = Mutex::new(0);
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .respond_with(move |_: &Request| {
            let mut number = number.lock().unwrap();
            *number += 1;
            token_answer(*number)
        })
        .mount(server)
        .await;
}

/// A server that hands out tokens, and a client of it.
pub async fn manager(world: &World) -> (MockServer, Manager) {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let manager = client(&server, &world.http);
    (server, manager)
}

/// A client of `server` with nothing cached.
pub fn client(server: &MockServer, http: &Http) -> Manager {
    let origin = Origin::of(&server.uri().parse().unwrap()).unwrap();
    let (tokens, _) = source(&server.uri(), http, None);
    Manager::new(Api::new(http.clone(), origin, tokens))
}

/// Answers `GET path` with that JSON.
pub async fn mount_get(server: &MockServer, at: &str, body: Value) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

/// The requests that a server got, other than for tokens: method, path and query.
pub async fn requests(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests
        .iter()
        .filter(|request| request.url.path() != TOKEN_PATH)
        .map(|request| {
            let query = request.url.query().map(|query| format!("?{query}"));
            format!(
                "{} {}{}",
                request.method,
                request.url.path(),
                query.unwrap_or_default()
            )
        })
        .collect()
}

/// The forms of the token requests that a server got.
pub async fn token_forms(server: &MockServer) -> Vec<Vec<(String, String)>> {
    let requests = server.received_requests().await.unwrap();
    requests
        .iter()
        .filter(|request| request.url.path() == TOKEN_PATH)
        .map(|request| {
            url::form_urlencoded::parse(&request.body)
                .into_owned()
                .collect()
        })
        .collect()
}

/// The assertion of each token request.
pub async fn assertions(server: &MockServer) -> Vec<String> {
    let forms = token_forms(server).await;
    forms
        .into_iter()
        .map(|form| {
            let mut form: HashMap<String, String> = form.into_iter().collect();
            form.remove("client_assertion").unwrap()
        })
        .collect()
}

/// One part of a JWT.
pub fn part(assertion: &str, number: usize) -> Value {
    use base64::Engine;
    let text = assertion.split('.').nth(number).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The point on the curve that belongs to the key of the tests.
pub fn public_key() -> Vec<u8> {
    let block = pem::parse(key_text("public.pem")).unwrap();
    let der = block.contents();
    der[der.len() - 65..].to_vec()
}
