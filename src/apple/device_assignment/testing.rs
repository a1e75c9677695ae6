//! A service on loopback for the tests of this folder, and the surroundings of a client of it.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::server_token::ServerToken;
use super::session::DeviceAssignment;
use crate::apple::http::{Http, Network, Origin, Surroundings};
use crate::host::{Boxed, Clock, Random};

/// The token of the reference's test vector, with a member that nobody knows.
pub const TOKEN: &str = r#"{"consumer_key":"CK_example","consumer_secret":"CS_example","access_token":"AT_O1Oexample+/=O1","access_secret":"AS_example","access_token_expiry":"2027-01-17T11:02:21Z","new":{"a":1}}"#;

/// A clock on which waiting takes no time.
pub struct FakeClock(Mutex<Timestamp>);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Boxed<()> {
        *self.0.lock().unwrap() += SignedDuration::try_from(duration).unwrap();
        Box::pin(ready(()))
    }
}

/// Bytes that differ from call to call.
struct Counter(AtomicU8);

impl Random for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// A way out with the clock at 2026-11-22T10:00:00Z.
pub fn http() -> Http {
    Http::new(
        Network::default(),
        Duration::from_secs(5),
        Duration::from_secs(60),
        Surroundings {
            clock: Arc::new(FakeClock(Mutex::new(
                "2026-11-22T10:00:00Z".parse().unwrap(),
            ))),
            random: Arc::new(Counter(AtomicU8::new(1))),
            progress: Arc::default(),
            clients: Arc::default(),
            read_only: None,
            command: String::new(),
            waiting: Arc::new(|_| {}),
        },
    )
}

/// An answer with that body.
pub fn said(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(body)
}

/// An answer that brings another session as well.
pub fn rotating(status: u16, body: &str, session: &str) -> ResponseTemplate {
    said(status, body).insert_header("X-ADM-Auth-Session", session)
}

/// Gives sessions `session-1`, `session-2`, …, and otherwise the answers that it was told, in their order.
struct Script {
    sessions: Mutex<VecDeque<ResponseTemplate>>,
    answers: Mutex<VecDeque<ResponseTemplate>>,
    given: AtomicU8,
}

impl Respond for Script {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if request.url.path() != "/session" {
            let next = self.answers.lock().unwrap().pop_front();
            return next.unwrap_or_else(|| said(418, "not expected"));
        }
        let next = self.sessions.lock().unwrap().pop_front();
        next.unwrap_or_else(|| {
            let number = self.given.fetch_add(1, Ordering::Relaxed);
            said(
                200,
                &format!(r#"{{"auth_session_token":"session-{number}"}}"#),
            )
        })
    }
}

/// A service on loopback.
pub struct Service(pub MockServer);

impl Service {
    /// With those answers to all but requests for a session.
    pub async fn answering(answers: impl IntoIterator<Item = ResponseTemplate>) -> Self {
        Self::scripted([], answers).await
    }

    /// With those answers to requests for a session, then usual ones, and those to all others.
    pub async fn scripted(
        sessions: impl IntoIterator<Item = ResponseTemplate>,
        answers: impl IntoIterator<Item = ResponseTemplate>,
    ) -> Self {
        Self::responding(Script {
            sessions: Mutex::new(sessions.into_iter().collect()),
            answers: Mutex::new(answers.into_iter().collect()),
            given: AtomicU8::new(1),
        })
        .await
    }

    /// With the answers of `responder`.
    pub async fn responding(responder: impl Respond + 'static) -> Self {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(responder)
            .mount(&server)
            .await;
        Self(server)
    }

    pub fn client(&self) -> DeviceAssignment {
        let origin = Origin::of(&self.0.uri().parse().unwrap()).unwrap();
        DeviceAssignment::new(http(), origin, ServerToken::parse(TOKEN).unwrap())
    }

    /// What was sent.
    pub async fn received(&self) -> Vec<Request> {
        self.0.received_requests().await.unwrap()
    }

    /// Method and path of what was sent.
    pub async fn requests(&self) -> Vec<String> {
        let requests = self.received().await;
        requests
            .iter()
            .map(|request| format!("{} {}", request.method, request.url.path()))
            .collect()
    }

    /// The session of each request that had one, in their order.
    pub async fn sessions_used(&self) -> Vec<String> {
        let requests = self.received().await;
        requests
            .iter()
            .filter_map(|request| request.headers.get("x-adm-auth-session"))
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }
}
