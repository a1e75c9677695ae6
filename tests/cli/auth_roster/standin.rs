//! The Roster API and its grant on loopback.

use std::sync::{Arc, Mutex, mpsc};

use serde_json::json;
use tokio::sync::oneshot;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

#[derive(Default)]
struct State {
    codes: Vec<(String, String)>,
    used: Vec<String>,
    issued: Vec<String>,
    refresh: Vec<String>,
    revoked: bool,
    scope: String,
    organization: Option<(String, String)>,
    answers: Vec<(&'static str, ResponseTemplate)>,
}

pub struct School {
    uri: String,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
}

impl School {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (started, uri) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = MockServer::start().await;
                mount(&server, shared).await;
                started.send(server.uri()).unwrap();
                let _ = stopped.await;
            });
        });
        Self {
            uri: uri.recv().unwrap(),
            state,
            stop: Some(stop),
        }
    }

    pub fn variables(&self) -> [(&'static str, String); 3] {
        let uri = &self.uri;
        [
            ("ABMCTL_ROSTER_URL", uri.clone()),
            (
                "ABMCTL_ROSTER_AUTHORIZE_URL",
                format!("{uri}/appleid/auth/oauth2/v2/authorize"),
            ),
            (
                "ABMCTL_ROSTER_TOKEN_URL",
                format!("{uri}/appleid/auth/oauth2/v2/token"),
            ),
        ]
    }

    /// Codes, client secrets and tokens, as far as there were any.
    pub fn secrets(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let codes = state.codes.iter().map(|(code, _)| code.clone());
        codes.chain(state.issued.clone()).collect()
    }

    /// The refresh tokens.
    pub fn lasting_secrets(&self) -> Vec<String> {
        self.state.lock().unwrap().refresh.clone()
    }

    pub fn use_codes(&self) {
        let mut state = self.state.lock().unwrap();
        state.used = state.codes.iter().map(|(code, _)| code.clone()).collect();
    }

    pub fn is_organization(&self, id: &str, name: &str) {
        self.state.lock().unwrap().organization = Some((id.into(), name.into()));
    }

    /// Answers each request that ends so with this.
    pub fn answers(&self, path: &'static str, answer: ResponseTemplate) {
        self.state.lock().unwrap().answers.push((path, answer));
    }

    /// Answers as it should again.
    pub fn recovers(&self) {
        self.state.lock().unwrap().answers.clear();
    }

    pub fn revoke(&self) {
        self.state.lock().unwrap().revoked = true;
    }
}

impl Drop for School {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

fn answer(state: &State, request: &Request) -> Option<ResponseTemplate> {
    let mut answers = state.answers.iter();
    let found = answers.find(|(path, _)| request.url.path().ends_with(path));
    found.map(|(_, answer)| answer.clone())
}

async fn mount(server: &MockServer, shared: Arc<Mutex<State>>) {
    let state = Arc::clone(&shared);
    Mock::given(method("POST"))
        .and(path("/appleid/auth/oauth2/v2/authorize"))
        .respond_with(move |request: &Request| {
            let mut state = state.lock().unwrap();
            let query: std::collections::HashMap<_, _> =
                request.url.query_pairs().into_owned().collect();
            let code = format!("code.secret.{}", state.codes.len() + 1);
            state.codes.push((code.clone(), query["scope"].clone()));
            let mut landed = url::Url::parse(&query["redirect_uri"]).unwrap();
            landed
                .query_pairs_mut()
                .append_pair("code", &code)
                .append_pair("state", &query["state"]);
            ResponseTemplate::new(302).insert_header("Location", landed.as_str())
        })
        .mount(server)
        .await;
    let state = Arc::clone(&shared);
    Mock::given(method("POST"))
        .and(path("/appleid/auth/oauth2/v2/token"))
        .respond_with(move |request: &Request| {
            let mut state = state.lock().unwrap();
            if let Some(answer) = answer(&state, request) {
                return answer;
            }
            let form: std::collections::HashMap<_, _> = url::form_urlencoded::parse(&request.body)
                .into_owned()
                .collect();
            let refused =
                ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
            let number = state.issued.len() + 1;
            let access = format!("access.secret.{number}");
            let mut body =
                json!({"access_token": access, "token_type": "Bearer", "expires_in": 3600});
            if form["grant_type"] == "authorization_code" {
                let code = &form["code"];
                if state.used.contains(code) {
                    return refused;
                }
                let Some((_, scope)) = state.codes.iter().find(|(known, _)| known == code).cloned()
                else {
                    return refused;
                };
                state.scope = scope;
                state.used.push(code.clone());
                let refresh = format!("refresh.secret.{number}");
                body["refresh_token"] = refresh.as_str().into();
                state.issued.push(refresh.clone());
                state.refresh.push(refresh);
            } else if state.revoked {
                return refused;
            }
            state.issued.push(form["client_secret"].clone());
            state.issued.push(access);
            ResponseTemplate::new(200).set_body_json(body)
        })
        .mount(server)
        .await;
    Mock::given(method("GET"))
        .and(path("/rosterapi/v1/organization"))
        .respond_with(move |request: &Request| {
            let state = shared.lock().unwrap();
            if let Some(answer) = answer(&state, request) {
                return answer;
            }
            let body = if state.scope == "edu.rosterapi.test.read" {
                json!({"id": "0", "name": "My Test School", "domains": [{"name": "mytestschool.org", "isVerified": false}]})
            } else {
                let (id, name) = state.organization.clone().unwrap_or(("1234".into(), "Acme School".into()));
                json!({"id": id, "name": name, "domains": [{"name": "acme.example", "isVerified": true}, {"name": "acme.de", "isVerified": false}]})
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
        .mount(server)
        .await;
}
