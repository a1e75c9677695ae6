//! The emulator as its clients meet it: over HTTP, with a clock that only tests move.

mod activities;
mod activity_ends;
mod audit;
mod certificates;
mod device_assignment;
mod device_profiles;
mod domains;
mod faults;
mod home;
mod late;
mod manager;
mod portal;
mod resources;
mod roster;
mod servers;
mod token;
mod web;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::*;
use crate::host::Boxed;

/// A clock that stands still until it is moved; whoever sleeps moves it.
#[derive(Clone, Debug)]
struct Still(Arc<Mutex<Timestamp>>);

impl Still {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(
            "2026-11-22T09:14:00Z".parse().unwrap(),
        )))
    }

    fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Boxed<()> {
        *self.0.lock().unwrap() += SignedDuration::try_from(duration).unwrap();
        Box::pin(std::future::ready(()))
    }
}

/// An emulator, its clock, and a client of it.
struct Bench {
    running: Running,
    clock: Still,
    http: Client,
    bearer: String,
    jti: std::cell::Cell<u32>,
}

impl Bench {
    /// Starts one; the API account has a token already.
    async fn new(options: Options) -> Self {
        let clock = Still::new();
        let running = start(options, Arc::new(clock.clone())).await.unwrap();
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("abmctl/test")
            .build()
            .unwrap();
        let mut bench = Self {
            running,
            clock,
            http,
            bearer: String::new(),
            jti: std::cell::Cell::default(),
        };
        bench.renew().await;
        bench
    }

    async fn standard() -> Self {
        Self::new(Options::default()).await
    }

    /// Fetches an access token.
    async fn renew(&mut self) {
        let (status, answer) = self.token(&self.form(&self.claims())).await;
        assert_eq!(status, 200, "{answer}");
        self.bearer = answer["access_token"].as_str().unwrap().to_owned();
        self.running.forget_requests();
    }

    /// The claims of a good assertion, with a new `jti` each time.
    fn claims(&self) -> Value {
        let id = &self.running.credentials().client_id;
        let now = self.clock.now().as_second();
        self.jti.set(self.jti.get() + 1);
        json!({
            "iss": id, "sub": id, "aud": AUDIENCE, "iat": now, "exp": now + 600,
            "jti": format!("jti {}", self.jti.get()),
        })
    }

    fn header(&self) -> Value {
        json!({"alg": "ES256", "kid": self.running.credentials().key_id})
    }

    fn assertion(&self, header: &Value, claims: &Value) -> String {
        sign(&self.running.credentials().private_key, header, claims)
    }

    /// The form of a token request with these claims.
    fn form(&self, claims: &Value) -> Vec<(String, String)> {
        self.form_with(&self.assertion(&self.header(), claims))
    }

    fn form_with(&self, assertion: &str) -> Vec<(String, String)> {
        let scope = self.running.organization(|o| o.kind.scope());
        [
            ("grant_type", "client_credentials"),
            ("client_id", &self.running.credentials().client_id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
            ("scope", scope),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    async fn token(&self, form: &[(String, String)]) -> (u16, Value) {
        let url = format!("{}/auth/oauth2/token", self.running.origin());
        let answer = self.http.post(url).form(form).send().await.unwrap();
        document(answer).await
    }

    /// A request to the Manager API that may fail.
    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Response> {
        let url = match path.strip_prefix("http") {
            Some(_) => path.to_owned(),
            None => format!("{}{path}", self.running.origin()),
        };
        let mut request = self
            .http
            .request(method.parse().unwrap(), url)
            .bearer_auth(&self.bearer);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        document(self.send("GET", path, None).await.unwrap()).await
    }

    /// Sends a PATCH with attributes of a server.
    async fn patch(&self, server: &str, attributes: Value) -> (u16, Value) {
        let id = self.id(server);
        let body = json!({"data": {"type": "mdmServers", "id": id, "attributes": attributes}});
        let path = format!("/v1/mdmServers/{id}");
        document(self.send("PATCH", &path, Some(&body)).await.unwrap()).await
    }

    fn id(&self, server: &str) -> String {
        self.running
            .organization(|o| o.server(server).unwrap().id.clone())
    }

    /// Why the last request was refused.
    fn why(&self) -> String {
        let seen = self.running.requests();
        seen.last().unwrap().why.clone().unwrap_or_default()
    }
}

/// A JSON Web Token with raw R and S.
fn sign(pem: &str, header: &Value, claims: &Value) -> String {
    let pem = pem::parse(pem).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pem.contents()).unwrap();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// The status and the JSON of an answer; null where there is none.
async fn document(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The code of an error document.
fn code(document: &Value) -> &str {
    document["errors"][0]["code"].as_str().unwrap_or_default()
}
