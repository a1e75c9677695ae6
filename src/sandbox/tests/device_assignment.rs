//! Device Assignment Services.

use super::*;
use crate::sandbox::oauth1::Parameters;
use crate::sandbox::organization::{Refusal, ServerToken};

const PROFILE: &str = "/account-driven-enrollment/profile";

impl Bench {
    fn server_token(&self, name: &str) -> ServerToken {
        self.running
            .organization(|o| o.server_token_mut(name).unwrap().clone())
    }

    /// A signed header for `/session`.
    fn oauth(&self, token: &ServerToken, timestamp: i64, nonce: &str) -> String {
        let url = format!("{}/session", self.running.origin());
        let header = format!(
            "OAuth oauth_consumer_key=\"{}\", oauth_token=\"{}\", \
             oauth_signature_method=\"HMAC-SHA1\", oauth_signature=\"@\", \
             oauth_timestamp=\"{timestamp}\", oauth_nonce=\"{nonce}\", oauth_version=\"1.0\"",
            token.consumer_key, token.access_token
        );
        let signature = Parameters::parse(&header).unwrap().signature(
            "GET",
            &url,
            &[],
            &token.consumer_secret,
            &token.access_secret,
        );
        let signature = signature.replace('+', "%2B").replace('/', "%2F");
        header.replace('@', &signature.replace('=', "%3D"))
    }

    async fn session_with(&self, authorization: &str) -> (u16, String) {
        let request = self
            .http
            .get(format!("{}/session", self.running.origin()))
            .header("authorization", authorization);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// A session for the token `prod`; the nonce makes it another one each time.
    pub(super) async fn session(&self, nonce: &str) -> String {
        let token = self.server_token("prod");
        let now = self.clock.now().as_second();
        let (status, body) = self.session_with(&self.oauth(&token, now, nonce)).await;
        assert_eq!(status, 200, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        body["auth_session_token"].as_str().unwrap().to_owned()
    }

    /// A request in a session: status, body, and the next session token.
    pub(super) async fn das(
        &self,
        method: &str,
        path: &str,
        session: &str,
        body: Option<&str>,
    ) -> (u16, String, Option<String>) {
        let mut request = self
            .http
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.running.origin()),
            )
            .header("x-adm-auth-session", session)
            .header("x-server-protocol-version", "10");
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let answer = request.send().await.unwrap();
        let next = answer.headers().get("x-adm-auth-session");
        let next = next.map(|token| token.to_str().unwrap().to_owned());
        (answer.status().as_u16(), answer.text().await.unwrap(), next)
    }
}

#[tokio::test]
async fn a_url_is_set_read_and_removed() {
    let bench = Bench::standard().await;
    let mut session = bench.session("1").await;
    let mut ask = async |method: &str, body: Option<&str>| {
        let (status, text, next) = bench.das(method, PROFILE, &session, body).await;
        session = next.unwrap();
        (status, text)
    };
    assert_eq!(ask("GET", None).await, (404, "NOT_FOUND".to_owned()));
    let body = r#"{"mdm_service_discovery_url":"https://mdm.acme.com/a"}"#;
    assert_eq!(ask("POST", Some(body)).await, (200, "{}".to_owned()));
    let (status, text) = ask("GET", None).await;
    assert_eq!(status, 200);
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({
            "mdm_service_discovery_url": "https://mdm.acme.com/a",
            "last_updated_timestamp": "2026-11-22T09:14:00Z",
        })
    );
    for (body, code) in [
        ("{}", "MDM_SERVICE_DISCOVERY_URL_REQUIRED"),
        ("", "MALFORMED_REQUEST_BODY"),
        (
            r#"{"mdm_service_discovery_url":"http://a.b"}"#,
            "MDM_SERVICE_DISCOVERY_URL_NOT_VALID",
        ),
        (
            r#"{"mdm_service_discovery_url":"a.b"}"#,
            "MDM_SERVICE_DISCOVERY_URL_NOT_VALID",
        ),
    ] {
        assert_eq!(ask("POST", Some(body)).await, (400, code.to_owned()));
    }
    assert_eq!(ask("DELETE", None).await.0, 200);
    assert_eq!(ask("DELETE", None).await.0, 200);
    assert_eq!(ask("GET", None).await.0, 404);
    bench.running.organization(|o| {
        o.enrollment_profiles = false;
        o.behaviour.code_style = CodeStyle::Quoted;
    });
    assert_eq!(
        ask("DELETE", None).await,
        (400, "\"ORG_NOT_SUPPORTED\"".to_owned())
    );
}

#[tokio::test]
async fn timestamps_come_in_odd_forms() {
    let bench = Bench::standard().await;
    let mut session = bench.session("1").await;
    let body = r#"{"mdm_service_discovery_url":"https://mdm.acme.com/a"}"#;
    let (_, _, next) = bench.das("POST", PROFILE, &session, Some(body)).await;
    session = next.unwrap();
    for (style, expected) in [
        (TimestampStyle::Fraction, json!("2026-11-22T09:14:00.000Z")),
        (TimestampStyle::Offset, json!("2026-11-22T09:14:00+0000")),
        (TimestampStyle::Epoch, json!("1795338840000")),
        (TimestampStyle::Words, json!("22 November 2026 at 09:14")),
        (TimestampStyle::Absent, Value::Null),
    ] {
        bench
            .running
            .organization(|o| o.behaviour.timestamps = style);
        let (_, text, next) = bench.das("GET", PROFILE, &session, None).await;
        session = next.unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["last_updated_timestamp"], expected);
    }
}

#[tokio::test]
async fn the_session_rotates_and_ends() {
    let bench = Bench::standard().await;
    let first = bench.session("1").await;
    let (_, _, second) = bench.das("GET", "/account", &first, None).await;
    let second = second.unwrap();
    assert_ne!(first, second);
    // The old one is good until the new one is used.
    assert_eq!(bench.das("GET", "/account", &first, None).await.0, 200);
    assert_eq!(bench.das("GET", "/account", &second, None).await.0, 200);
    let (status, body, next) = bench.das("GET", "/account", &first, None).await;
    assert_eq!((status, body.as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(next, None);

    let third = bench.session("2").await;
    bench.clock.advance(SESSION_SECONDS);
    assert_eq!(bench.das("GET", "/account", &third, None).await.0, 401);
    let fourth = bench.session("3").await;
    bench.running.end_sessions();
    assert_eq!(bench.das("GET", "/account", &fourth, None).await.0, 401);
}

#[tokio::test]
async fn the_signature_the_timestamp_and_the_nonce_are_checked() {
    let bench = Bench::standard().await;
    let token = bench.server_token("prod");
    let now = bench.clock.now().as_second();
    let ask = async |token: &ServerToken, at: i64, nonce: &str| {
        bench.session_with(&bench.oauth(token, at, nonce)).await
    };
    assert_eq!(ask(&token, now, "1").await.0, 200);
    let advice = |status| (status, "oauth_problem_advice".to_owned());
    assert_eq!(ask(&token, now, "1").await, advice(401));
    assert_eq!(
        bench.why(),
        "The nonce was used before with this timestamp."
    );
    // The same nonce at another time is another one.
    assert_eq!(ask(&token, now + 1, "1").await.0, 200);
    assert_eq!(ask(&token, now - 301, "2").await, advice(401));
    assert_eq!(ask(&token, now - 300, "2").await.0, 200);
    assert_eq!(bench.session_with("OAuth x").await, advice(400));

    let mut wrong = token.clone();
    wrong.access_secret = "AS_other".to_owned();
    let signature_invalid = (403, "signature_invalid".to_owned());
    assert_eq!(ask(&wrong, now, "3").await, signature_invalid);
    wrong = token.clone();
    wrong.consumer_key = "CK_other".to_owned();
    assert_eq!(ask(&wrong, now, "3").await, advice(401));
    // What was refused for its signature has not used up the nonce.
    assert_eq!(ask(&token, now, "3").await.0, 200);
}

#[tokio::test]
async fn tokens_are_refused_in_apples_words() {
    let bench = Bench::standard().await;
    let token = bench.server_token("prod");
    let now = bench.clock.now().as_second();
    let ask = async |nonce: &str| bench.session_with(&bench.oauth(&token, now, nonce)).await;
    let tamper = |change: &dyn Fn(&mut Organization)| {
        bench.running.organization(|o| change(o));
    };
    tamper(&|o| o.terms_signed = false);
    assert_eq!(ask("1").await, (403, "T_C_NOT_SIGNED".to_owned()));
    tamper(&|o| {
        o.terms_signed = true;
        o.server_token_mut("prod").unwrap().refusal = Some(Refusal {
            status: 403,
            code: "FORBIDDEN".to_owned(),
        });
    });
    assert_eq!(ask("2").await, (403, "FORBIDDEN".to_owned()));
    let expiry = bench.clock.now();
    tamper(&|o| o.server_token_mut("prod").unwrap().access_token_expiry = expiry);
    assert_eq!(ask("3").await, (403, "token_expired".to_owned()));
    tamper(&|o| o.server_token_mut("prod").unwrap().replace());
    assert_eq!(ask("4").await, (403, "token_rejected".to_owned()));
}

#[tokio::test]
async fn the_user_agent_has_to_be_a_name_of_its_own() {
    let mut bench = Bench::standard().await;
    for (agent, code) in [
        (None, "USER_AGENT_MISSING"),
        (Some(""), "USER_AGENT_INVALID"),
        (Some("Go-http-client/1.1"), "USER_AGENT_INVALID"),
        (Some("nanodep/0.4"), "USER_AGENT_INVALID"),
    ] {
        let mut http = Client::builder().no_proxy();
        if let Some(agent) = agent {
            http = http.user_agent(agent);
        }
        bench.http = http.build().unwrap();
        let (status, body) = bench.session_with("OAuth x").await;
        assert_eq!((status, body.as_str()), (400, code));
    }
}

#[tokio::test]
async fn the_account_names_the_server_and_what_it_can() {
    let bench = Bench::standard().await;
    let session = bench.session("1").await;
    let (status, text, _) = bench.das("GET", "/account", &session, None).await;
    assert_eq!(status, 200);
    let account: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(account["server_name"], "Jamf Pro Production");
    assert_eq!(account["server_uuid"], bench.id("prod"));
    assert_eq!(account["org_type"], "org");
    let urls = account["urls"].as_array().unwrap();
    assert!(urls.iter().any(|url| url["uri"] == PROFILE));
    // An older protocol says less.
    let request = bench
        .http
        .get(format!("{}/account", bench.running.origin()))
        .header("x-adm-auth-session", session);
    let (_, old) = document(request.send().await.unwrap()).await;
    assert_eq!(old["org_name"], "Acme");
    assert!(old.get("urls").is_none());
}
