//! Access tokens: from the cache, or from Apple's token endpoint with a fresh assertion.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicClient, BasicErrorResponse};
use oauth2::{
    AuthType, ClientId, HttpRequest, HttpResponse, RequestTokenError, Scope, TokenResponse,
    TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::Url;

use super::assertion;
use super::cache::{AccessToken, Cache};
use super::key::SigningKey;
use crate::apple::error::{Answer, Cause, Failure, member};
use crate::apple::http::{Http, Request, Response};
use crate::apple::retry::Repeat;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// A token is renewed this long before its end.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// What a token lives where Apple does not say (official: an hour).
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// Who asks, and where.
#[derive(Debug)]
pub struct ClientCredentials {
    /// The API account.
    pub client_id: String,
    /// Its key, where configured.
    pub key_id: Option<String>,
    /// The private key.
    pub key: SigningKey,
    /// `business.api` or `school.api` (official).
    pub scope: &'static str,
    /// The token endpoint.
    pub token_url: Url,
}

/// Where access tokens come from.
pub struct TokenSource {
    credentials: ClientCredentials,
    http: Http,
    cache: Option<Cache>,
    current: Mutex<Option<AccessToken>>,
    complain: Arc<dyn Fn(String) + Send + Sync>,
    complained: AtomicBool,
}

impl TokenSource {
    /// Tokens for `credentials`, kept in `cache` where there is one. `complain` is told once when it can't be used.
    pub fn new(
        credentials: ClientCredentials,
        http: Http,
        cache: Option<Cache>,
        complain: Arc<dyn Fn(String) + Send + Sync>,
    ) -> Self {
        Self {
            credentials,
            http,
            cache,
            current: Mutex::new(None),
            complain,
            complained: AtomicBool::new(false),
        }
    }

    /// A token that is good for at least 5 minutes more.
    pub async fn token(&self) -> Result<AccessToken, Failure> {
        self.other_than(None, &self.http).await
    }

    /// The same, with the patience of `http`: that of the request which needs the token.
    pub async fn token_through(&self, http: &Http) -> Result<AccessToken, Failure> {
        self.other_than(None, http).await
    }

    /// Drops `refused`, which Apple did not accept, and gets another with the patience of `http`.
    pub async fn renew_through(
        &self,
        http: &Http,
        refused: &AccessToken,
    ) -> Result<AccessToken, Failure> {
        self.other_than(Some(refused), http).await
    }

    async fn other_than(
        &self,
        refused: Option<&AccessToken>,
        http: &Http,
    ) -> Result<AccessToken, Failure> {
        // One at a time in this process, and below one process at a time: the others find its token.
        let mut current = self.current.lock().await;
        let usable = |token: &AccessToken| {
            token.expires_at.duration_since(http.clock().now()) > EARLY
                && refused.is_none_or(|refused| {
                    refused.value.expose_secret() != token.value.expose_secret()
                })
        };
        if let Some(token) = current.as_ref().filter(|token| usable(token)) {
            return Ok(token.clone());
        }
        *current = None;
        let Some(cache) = &self.cache else {
            let token = self.ask(http).await?;
            return Ok(current.insert(token).clone());
        };
        if let Some(token) = cache.read().filter(usable) {
            return Ok(current.insert(token).clone());
        }
        let held = tokio::select! {
            held = cache.hold(http.clock().as_ref(), http.max_wait()) => held,
            () = http.stopped() => return Err(Failure::new("access token", Cause::Interrupted)),
        };
        let held = match held {
            Ok(Some(held)) => Some(held),
            Ok(None) => {
                return Err(Failure::new(
                    "access token",
                    Cause::NotSent(
                        "another abmctl has been asking for this API account's token all the time"
                            .into(),
                    ),
                ));
            }
            Err(error) => {
                self.complain(cache, &error);
                None
            }
        };
        if held.is_some() {
            if let Some(token) = cache.read().filter(usable) {
                return Ok(current.insert(token).clone());
            }
            // If no new one can be had, the next process must not send this one again. Where it can't be forgotten, the
            // new one can't be written either, which is told then.
            let _ = cache.forget();
        }
        let token = self.ask(http).await?;
        if held.is_some()
            && let Err(error) = cache.write(&token)
        {
            self.complain(cache, &error);
        }
        Ok(current.insert(token).clone())
    }

    fn complain(&self, cache: &Cache, error: &io::Error) {
        if !self.complained.swap(true, Ordering::Relaxed) {
            (self.complain)(format!(
                "The access token can't be kept in {}: {error}. Each run asks Apple for a new one.",
                cache.path().display()
            ));
        }
    }

    /// Asks the token endpoint; each attempt with an assertion of its own.
    async fn ask(&self, http: &Http) -> Result<AccessToken, Failure> {
        http.repeat(Repeat::Always, || self.attempt(http)).await
    }

    async fn attempt(&self, http: &Http) -> Result<AccessToken, Failure> {
        let credentials = &self.credentials;
        let name = format!("POST {}", credentials.token_url.path());
        let fail = |cause| Failure::new(name.clone(), cause);
        let now = http.clock().now();
        let mut id = [0; 16];
        http.random().fill(&mut id);
        let assertion = assertion::sign(
            &credentials.key,
            &credentials.client_id,
            credentials.key_id.as_deref(),
            id,
            now,
        )
        .ok_or_else(|| fail(Cause::Local("The private key can't sign".into())))?;
        // What the oauth2 crate drops of an answer: status, headers, Apple's clock.
        let answer: RefCell<Option<Box<Answer>>> = RefCell::new(None);
        let send = |request: HttpRequest| async {
            let response = http
                .once(&from_http(request, credentials.token_url.clone()))
                .await?;
            if !response.status.is_success() {
                let read = Box::new(response.answer());
                let throttled = response.status == 429 || response.status.is_server_error();
                if throttled || response.status.is_redirection() {
                    return Err(response
                        .success()
                        .err()
                        .unwrap_or_else(|| fail(Cause::Answer(read))));
                }
                *answer.borrow_mut() = Some(read);
            } else if let Some(why) = response.not_json() {
                return Err(fail(Cause::Unreadable(why.to_owned())));
            }
            Ok(to_http(response))
        };
        let client = BasicClient::new(ClientId::new(credentials.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(credentials.token_url.clone()))
            .set_auth_type(AuthType::RequestBody);
        let result = client
            .exchange_client_credentials()
            .add_scope(Scope::new(credentials.scope.to_owned()))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", assertion)
            .request_async(&send)
            .await;
        let answer = answer.borrow_mut().take();
        match result {
            Ok(token) => Ok(AccessToken {
                expires_at: end(now, token.expires_in()),
                value: SecretString::from(token.access_token().secret().clone()),
            }),
            Err(RequestTokenError::Request(failure)) => Err(failure),
            Err(RequestTokenError::ServerResponse(refusal)) => {
                Err(fail(refused(&refusal, answer.unwrap_or_default())))
            }
            Err(RequestTokenError::Parse(error, _)) => Err(fail(match answer {
                Some(answer) => Cause::Answer(answer),
                None => Cause::Unreadable(without_values(&error)),
            })),
            Err(RequestTokenError::Other(why)) => Err(fail(match answer {
                Some(answer) => Cause::Answer(answer),
                None => Cause::Unreadable(why),
            })),
        }
    }
}

fn end(now: Timestamp, lifetime: Option<Duration>) -> Timestamp {
    let lifetime = lifetime.unwrap_or(USUAL_LIFETIME);
    SignedDuration::try_from(lifetime)
        .ok()
        .and_then(|lifetime| now.checked_add(lifetime).ok())
        .unwrap_or(now)
}

fn refused(refusal: &BasicErrorResponse, answer: Box<Answer>) -> Cause {
    Cause::Client {
        code: refusal.error().to_string(),
        description: refusal.error_description().cloned(),
        answer,
    }
}

/// What is wrong with an answer that should hold a token: serde would quote the value that it did not like.
fn without_values(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let why = error.inner().to_string();
    if why.starts_with("invalid ") {
        member(error.path(), &"it has another kind of value than expected")
    } else {
        member(error.path(), &why)
    }
}

/// The request that the oauth2 crate made, to the endpoint that it was given.
fn from_http(request: HttpRequest, url: Url) -> Request {
    let (parts, body) = request.into_parts();
    let mut out = Request::new(parts.method, url);
    for (name, value) in &parts.headers {
        out = out.header(name.clone(), value.clone());
    }
    out.body("application/x-www-form-urlencoded", body)
}

/// The answer as the oauth2 crate takes it. Without headers: it would refuse JSON that is labelled as something else.
fn to_http(response: Response) -> HttpResponse {
    let mut out = HttpResponse::new(response.body);
    *out.status_mut() = response.status;
    out
}
