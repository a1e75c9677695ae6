//! Sessions of Device Assignment Services: how abmctl requests, stores, rotates, and renews them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::oauth1;
use super::refusal::Refusal;
use super::server_token::ServerToken;
use crate::apple::error::{Cause, Failure, RequestName};
use crate::apple::http::{Credential, Http, Origin, Request, Response};
use crate::apple::retry::{Outcome, Repeat};

/// The header that carries the session, in requests, and in answers when it changes (observed, once official).
const SESSION: HeaderName = HeaderName::from_static("x-adm-auth-session");
const PROTOCOL: HeaderName = HeaderName::from_static("x-server-protocol-version");
/// The newest version that Apple documents (official).
const PROTOCOL_VERSION: HeaderValue = HeaderValue::from_static("10");
const SHORTEST_SECRET: usize = 8;
/// What Apple says of JSON here (official).
const JSON: &str = "application/json;charset=UTF8";

/// A client of Device Assignment Services with one server token. Cheap to clone; clones share the session.
#[derive(Clone)]
pub struct DeviceAssignment {
    http: Http,
    shared: Arc<Shared>,
}

struct Shared {
    origin: Origin,
    token: ServerToken,
    /// Held for a request with all its attempts: an answer may change the session, so the next one has to wait for it.
    turn: tokio::sync::Mutex<()>,
    session: Mutex<Option<SecretString>>,
}

impl DeviceAssignment {
    /// A client of the service at `origin`. A session is requested at first use.
    pub fn new(http: Http, origin: Origin, token: ServerToken) -> Self {
        Self {
            http,
            shared: Arc::new(Shared {
                origin,
                token,
                turn: tokio::sync::Mutex::new(()),
                session: Mutex::new(None),
            }),
        }
    }

    /// Where the service is.
    pub fn origin(&self) -> &Origin {
        &self.shared.origin
    }

    /// The token that opens it.
    pub fn token(&self) -> &ServerToken {
        &self.shared.token
    }

    /// Sends a request, again where its outcome allows it, and with a new session once if the present one is over.
    ///
    /// All requests of this service may be repeated: they read, or set a thing to a given value. The answer's status
    /// is a success.
    pub(super) async fn send(
        &self,
        method: Method,
        segments: &[&str],
        body: Option<Vec<u8>>,
    ) -> Result<Response, Failure> {
        let url = self.url(&method, segments)?;
        let name = RequestName::new(&method, &url);
        let _turn = self.shared.turn.lock().await;
        let mut over: Option<Failure> = None;
        let since = |failure: Failure, over: &Option<Failure>| match over {
            Some(earlier) => failure.after(earlier),
            None => failure,
        };
        loop {
            if self.session().is_none() {
                let attempt = || self.request_session();
                let opened = self.http.repeat(Repeat::Always, attempt).await;
                opened.map_err(|why| since(Failure::no_credential(name.clone(), why), &over))?;
            }
            let attempt = || self.attempt(&method, &url, body.as_deref());
            let sent = self.http.repeat(Repeat::Always, attempt).await;
            match sent.map_err(|failure| since(failure, &over)) {
                Err(failure) if session_is_over(&failure) => {
                    *self.lock() = None;
                    if over.is_some() {
                        return Err(failure);
                    }
                    over = Some(failure);
                }
                other => return other,
            }
        }
    }

    /// One attempt, with the session that is known at its time.
    async fn attempt(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&[u8]>,
    ) -> Result<Response, Failure> {
        let mut request =
            Request::new(method.clone(), url.clone()).header(PROTOCOL, PROTOCOL_VERSION);
        if let Some(body) = body {
            request = request.body(JSON, body.to_vec());
        }
        let session = self.session();
        if let Some(session) = &session {
            let credential = Credential::new(self.origin(), SESSION, session.expose_secret());
            let credential = credential.map_err(|cause| Failure::new(request.name(), cause))?;
            request = request.credential(credential);
        }
        let response = self.http.once(&request).await?;
        self.rotate(&response.headers);
        self.success(response, session.as_ref())
    }

    /// Asks for a session once, with a signature of its own, and keeps it.
    async fn request_session(&self) -> Result<(), Failure> {
        let url = self.url(&Method::GET, &["session"])?;
        let mut nonce = [0; 16];
        self.http.random().fill(&mut nonce);
        let now = self.http.clock().now();
        let authorization = oauth1::authorization(&url, self.token(), now, nonce);
        // Apple's simulator demands the type, though there is no body (observed).
        let request = Request::new(Method::GET, url)
            .preparatory()
            .header(CONTENT_TYPE, HeaderValue::from_static(JSON));
        let fail = |cause| Failure::new(request.name(), cause);
        let credential =
            Credential::new(self.origin(), AUTHORIZATION, authorization.expose_secret())
                .map_err(fail)?;
        let request = request.credential(credential);
        let response = self.http.once(&request).await?;
        let response = self.success(response, None)?;
        let document: serde_json::Value = response.json()?;
        let unreadable =
            |why: &str| Failure::new(response.request.clone(), Cause::Unreadable(why.into()));
        let session = document["auth_session_token"].as_str().unwrap_or_default();
        if session.is_empty() {
            return Err(unreadable("it has no auth_session_token"));
        }
        if HeaderValue::from_str(session).is_err() {
            return Err(unreadable(
                "its auth_session_token contains characters that aren't allowed in a header",
            ));
        }
        *self.lock() = Some(session.into());
        Ok(())
    }

    /// Takes the session that an answer brings, whatever its status.
    fn rotate(&self, headers: &HeaderMap) {
        let new = headers.get(SESSION).and_then(|value| value.to_str().ok());
        if let Some(new) = new.filter(|new| !new.is_empty()) {
            *self.lock() = Some(new.into());
        }
    }

    /// The same, if the status is a success; otherwise a failure with its reason, without `session` and the token's
    /// secrets, should Apple repeat them. `session` is what the request was sent with, `None` if it asked for one.
    fn success(
        &self,
        mut response: Response,
        session: Option<&SecretString>,
    ) -> Result<Response, Failure> {
        if response.status.is_success() {
            return Ok(response);
        }
        // Before anything is cut off the body: a part of a secret would not be found.
        let body = String::from_utf8_lossy(&response.body);
        response.body = self.without_secrets(&body, session).into_bytes();
        response
            .success()
            .map_err(|failure| failure.refused_for(session.is_none(), self.http.clock().now()))
    }

    fn without_secrets(&self, text: &str, session: Option<&SecretString>) -> String {
        let token = self.token();
        let secrets = [
            &token.consumer_key,
            &token.consumer_secret,
            &token.access_token,
            &token.access_secret,
        ];
        let mut text = text.to_owned();
        for secret in secrets.into_iter().chain(session) {
            // A real one is longer; a shorter one would take words apart.
            if secret.expose_secret().len() < SHORTEST_SECRET {
                continue;
            }
            // As it is, as it stands in the header, and as it stands in the signature's base string.
            let mut form = secret.expose_secret().to_owned();
            for _ in 0..3 {
                text = text.replace(&form, "(not shown)");
                form = url::form_urlencoded::byte_serialize(form.as_bytes()).collect();
            }
        }
        text
    }

    fn url(&self, method: &Method, segments: &[&str]) -> Result<Url, Failure> {
        self.origin()
            .url(segments, &[])
            .map_err(|cause| Failure::new(RequestName::without_address(method, segments), cause))
    }

    fn session(&self) -> Option<SecretString> {
        self.lock().clone()
    }

    /// Never held while anything is waited for.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<SecretString>> {
        self.shared
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for DeviceAssignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAssignment")
            .field("origin", &self.origin().as_str())
            .field("token", self.token())
            .finish_non_exhaustive()
    }
}

/// Whether a new session may help: 401 (official), or `FORBIDDEN` (observed).
fn session_is_over(failure: &Failure) -> bool {
    failure.outcome() == Outcome::Status(401)
        || failure
            .refused()
            .is_some_and(|refused| refused.refusal == Refusal::Forbidden)
}

#[cfg(test)]
mod tests;
