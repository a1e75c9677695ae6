//! Secrets show nowhere: not in logs of any level, not in `Debug`, not in errors.

use std::io::Write;
use std::sync::{Arc, Mutex};

use abmctl::apple::http::{Credential, Network, Origin, Request, Response};
use abmctl::apple::oauth::cache::AccessToken;
use reqwest::Method;
use reqwest::header::HeaderName;
use tracing_subscriber::fmt::MakeWriter;

use super::support::apple::{assertions, cache, credentials, key_text, manager, mount_get};
use super::support::roster;
use super::support::wire::{Wire, answer};
use super::support::{world, world_with};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Collects every level of every crate, on every thread: with one for this thread alone, what another thread came by
/// first would stay silent here.
fn collect() -> Log {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log
}

/// The lines of the key of the tests, and the secret number within them.
fn key_lines() -> Vec<String> {
    let text = key_text("apple.pem");
    text.lines()
        .filter(|line| !line.starts_with("---"))
        .map(str::to_owned)
        .collect()
}

fn none_of(text: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(
            !text.contains(secret.as_str()),
            "{secret} shows in:\n{text}"
        );
        let bytes = format!("{:?}", secret.as_bytes());
        let bytes = bytes.trim_matches(['[', ']']);
        assert!(!text.contains(bytes), "{secret} shows as bytes in:\n{text}");
    }
}

#[tokio::test]
async fn no_level_of_the_log_has_a_secret() {
    let log = collect();
    let world = world();
    let (server, manager) = manager(&world).await;
    mount_get(&server, "/v1/mdmServers", serde_json::json!({"data": []})).await;
    manager.servers().await.unwrap();
    // An error as well, whose text must not quote what was sent.
    let failure = manager.server("missing").await.unwrap_err();

    // The grant of the Roster API: a code, a client secret and two tokens.
    let school = wiremock::MockServer::start().await;
    let granted = roster::token_answer("roster-access", Some("roster-refresh"));
    roster::mount_tokens(&school, vec![granted]).await;
    let not_allowed = wiremock::ResponseTemplate::new(403);
    roster::mount(&school, "GET", roster::ORGANIZATION, vec![not_allowed]).await;
    let app = roster::app(&school.uri());
    let code = "roster-code".to_owned().into();
    let granted = app
        .exchange(&world.http, &code, roster::RETURN)
        .await
        .unwrap();
    let client = roster::client(&school, &world.http);
    let not_allowed = client.organization().await.unwrap_err();
    let authorized = roster::authorized(&school.uri(), "roster-refresh");
    let folder = tempfile::TempDir::new().unwrap();
    let kept = roster::cache(folder.path(), &school.uri(), "roster-refresh");
    let shown =
        format!("{app:?} {granted:?} {authorized:?} {kept:?} {not_allowed:?} {not_allowed}");

    let session = "session-secret";
    let head = format!(
        "X-ADM-Auth-Session: {session}-rotated\r\nSet-Cookie: {session}-cookie\r\nX-Shown: shown\r\n"
    );
    let enrollment = Wire::always(answer(403, &head, "FORBIDDEN")).await;
    let name = HeaderName::from_static("x-adm-auth-session");
    let credential = Credential::new(&enrollment.origin(), name, session).unwrap();
    let request = enrollment.get().credential(credential);
    let response = world.http.once(&request).await.unwrap();

    let text = log.text();
    assert!(text.contains("GET /v1/mdmServers 200"), "{text}");
    assert!(text.contains("POST /auth/oauth2/token 200"), "{text}");
    assert!(text.contains("authorization: (not shown)"), "{text}");
    assert!(text.contains("x-shown: shown"), "{text}");
    let mut secrets = assertions(&server).await;
    assert!(!secrets.is_empty());
    secrets.extend(["access-1".into(), session.into()]);
    secrets.extend(
        [
            "roster-code",
            "roster-access",
            "roster-refresh",
            "refresh-1",
        ]
        .map(String::from),
    );
    let forms = roster::forms(&school).await;
    assert_eq!(forms.len(), 2);
    secrets.extend(
        forms
            .into_iter()
            .map(|mut form| form.remove("client_secret").unwrap()),
    );
    secrets.extend(key_lines());
    none_of(&shown, &secrets);
    none_of(&text, &secrets);
    none_of(&format!("{failure} {failure:?}"), &secrets);
    none_of(&format!("{request:?} {response:?}"), &secrets);
    let failure = response.success().unwrap_err();
    none_of(&format!("{failure} {failure:?}"), &secrets);
}

#[tokio::test]
async fn debug_has_no_secret() {
    let secret = "very-secret";
    let credentials = credentials("https://a.example");
    let token = AccessToken {
        value: secret.to_owned().into(),
        expires_at: super::support::START.parse().unwrap(),
    };
    let origin = Origin::of(&"https://a.example".parse().unwrap()).unwrap();
    let credential = Credential::bearer(&origin, secret).unwrap();
    let body = format!("client_assertion={secret}").into_bytes();
    let request = Request::new(Method::POST, "https://a.example/x".parse().unwrap())
        .credential(credential.clone())
        .body("application/x-www-form-urlencoded", body);
    let network = Network {
        proxy: Some(format!("http://user:{secret}@proxy.example")),
        ..Network::default()
    };
    let server = Wire::always(answer(
        200,
        "",
        format!("{{\"access_token\":\"{secret}\"}}"),
    ))
    .await;
    let response: Response = world().http.once(&server.get()).await.unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let cache = cache(folder.path(), "https://a.example");
    cache.write(&token).unwrap();
    let mut secrets = key_lines();
    secrets.push(secret.into());
    let text = format!(
        "{credentials:?} {:?} {token:?} {origin:?} {credential:?} {request:?} {network:?} {response:?} {cache:?}",
        credentials.key
    );
    none_of(&text, &secrets);
    assert!(text.contains("POST /x"));

    // A password in the address of a proxy that is none.
    let network = Network {
        proxy: Some(format!("nonsense://user:{secret}@ /")),
        ..Network::default()
    };
    let world = world_with(
        network,
        std::time::Duration::from_secs(1),
        super::support::FakeClock::new(),
    );
    let failure = world.http.once(&server.get()).await.unwrap_err();
    assert_eq!(failure.to_string(), "HTTPS_PROXY isn't the URL of a proxy.");
    none_of(&format!("{failure:?}"), &secrets);
}

#[tokio::test]
async fn a_token_that_no_header_takes_is_not_quoted() {
    let server = wiremock::MockServer::start().await;
    let body = serde_json::json!({"access_token": "very-secret\n", "token_type": "Bearer"});
    wiremock::Mock::given(wiremock::matchers::method("POST"))
        .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    let world = world();
    let manager = super::support::apple::client(&server, &world.http);
    let failure = manager.servers().await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "The answer to POST /auth/oauth2/token isn't as expected: the access token is empty, or contains characters that aren't allowed in a header."
    );
    none_of(&format!("{failure:?}"), &["very-secret".into()]);
}
