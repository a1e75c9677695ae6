//! Apple's Roster API and the grant that opens it, as far as a test needs them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use abmctl::apple::api::Api;
use abmctl::apple::http::{Http, Origin};
use abmctl::apple::oauth::cache::{Cache, Owner};
use abmctl::apple::oauth::grant::{App, Authorized, fingerprint};
use abmctl::apple::oauth::key::SigningKey;
use abmctl::apple::oauth::token::TokenSource;
use abmctl::apple::roster::Roster;
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::apple::key_text;

pub const APP: &str = "com.acme.abmctl";
pub const TEAM: &str = "ABCDE12345";
pub const KEY: &str = "FGHIJ67890";
pub const TOKEN_PATH: &str = "/appleid/auth/oauth2/v2/token";
pub const ORGANIZATION: &str = "/rosterapi/v1/organization";
pub const RETURN: &str = "https://acme.example/abmctl";

pub fn app(server: &str) -> App {
    App {
        client_id: APP.into(),
        team_id: TEAM.into(),
        key_id: KEY.into(),
        key: SigningKey::from_pem(&key_text("apple.pem")).unwrap(),
        token_url: format!("{server}{TOKEN_PATH}").parse().unwrap(),
    }
}

pub fn authorized(server: &str, refresh_token: &str) -> Authorized {
    Authorized {
        app: app(server),
        refresh_token: refresh_token.to_owned().into(),
    }
}

pub fn cache(folder: &Path, server: &str, refresh_token: &str) -> Cache {
    Cache::new(
        folder.to_owned(),
        Owner {
            client_id: APP.into(),
            key_id: Some(KEY.into()),
            scope: "edu.users.read".into(),
            token_url: format!("{server}{TOKEN_PATH}"),
            api_origin: server.into(),
            authorization: Some(fingerprint(refresh_token)),
        },
    )
}

pub fn source(server: &str, http: &Http, cache: Option<Cache>, refresh_token: &str) -> TokenSource {
    let grant = authorized(server, refresh_token);
    TokenSource::new(grant, http.clone(), cache, Arc::new(|_| {}))
}

pub fn client(server: &MockServer, http: &Http) -> Roster {
    let origin = Origin::of(&server.uri().parse().unwrap()).unwrap();
    let tokens = source(&server.uri(), http, None, "refresh-1");
    Roster::new(Api::new(http.clone(), origin, tokens))
}

/// A token answer as Apple gives it; one to a code has a refresh token.
pub fn token_answer(access: &str, refresh: Option<&str>) -> ResponseTemplate {
    let mut body = json!({"access_token": access, "token_type": "Bearer", "expires_in": 3600});
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    ResponseTemplate::new(200).set_body_json(body)
}

/// Answers token requests one after another, the last one for all further ones.
pub async fn mount_tokens(server: &MockServer, answers: Vec<ResponseTemplate>) {
    mount(server, "POST", TOKEN_PATH, answers).await;
}

/// Answers requests one after another, the last one for all further ones.
pub async fn mount(server: &MockServer, verb: &str, at: &str, answers: Vec<ResponseTemplate>) {
    let number = std::sync::Mutex::new(0);
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(move |_: &wiremock::Request| {
            let mut number = number.lock().unwrap();
            *number += 1;
            answers[(*number - 1).min(answers.len() - 1)].clone()
        })
        .mount(server)
        .await;
}

/// The forms of the token requests that a server got.
pub async fn forms(server: &MockServer) -> Vec<BTreeMap<String, String>> {
    let requests = server.received_requests().await.unwrap();
    requests
        .iter()
        .filter(|request| request.url.path() == TOKEN_PATH)
        .map(|request| {
            let pairs: Vec<_> = url::form_urlencoded::parse(&request.body)
                .into_owned()
                .collect();
            let count = pairs.len();
            let form: BTreeMap<_, _> = pairs.into_iter().collect();
            assert_eq!(form.len(), count, "a member is there twice");
            form
        })
        .collect()
}
