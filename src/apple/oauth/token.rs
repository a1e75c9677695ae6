//! Access tokens: from the cache, or from Apple's token endpoint with a fresh assertion.

use std::cell::RefCell;
use std::sync::Arc;
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
use crate::apple::error::{Answer, Cause, Failure};
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
}

impl TokenSource {
    /// Tokens for `credentials`, kept in `cache` where there is one. `complain` is told when the cache can't be used.
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
        }
    }

    /// A token that is good for at least 5 minutes more.
    pub async fn token(&self) -> Result<AccessToken, Failure> {
        self.token_other_than(None).await
    }

    /// Drops `refused`, which Apple did not accept, and gets another.
    pub async fn renew(&self, refused: &AccessToken) -> Result<AccessToken, Failure> {
        self.token_other_than(Some(refused)).await
    }

    async fn token_other_than(
        &self,
        refused: Option<&AccessToken>,
    ) -> Result<AccessToken, Failure> {
        // One at a time in this process, and below one process at a time: the others find its token.
        let mut current = self.current.lock().await;
        let usable = |token: &AccessToken| {
            token.expires_at.duration_since(self.http.clock().now()) > EARLY
                && refused.is_none_or(|refused| {
                    refused.value.expose_secret() != token.value.expose_secret()
                })
        };
        if let Some(token) = current.as_ref().filter(|token| usable(token)) {
            return Ok(token.clone());
        }
        let Some(cache) = &self.cache else {
            let token = self.ask().await?;
            return Ok(current.insert(token).clone());
        };
        if let Some(token) = cache.read().filter(usable) {
            return Ok(current.insert(token).clone());
        }
        let held = cache
            .hold(self.http.clock().as_ref(), self.http.max_wait())
            .await;
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
                (self.complain)(format!(
                    "The access token can't be kept in {}: {error}. Each run asks Apple for a new one.",
                    cache.path().display()
                ));
                None
            }
        };
        if let Some(token) = held.as_ref().and_then(|_| cache.read()).filter(usable) {
            return Ok(current.insert(token).clone());
        }
        let token = self.ask().await?;
        if held.is_some()
            && let Err(error) = cache.write(&token)
        {
            (self.complain)(format!(
                "The access token can't be kept in {}: {error}. Each run asks Apple for a new one.",
                cache.path().display()
            ));
        }
        Ok(current.insert(token).clone())
    }

    /// Asks the token endpoint; each attempt with an assertion of its own.
    async fn ask(&self) -> Result<AccessToken, Failure> {
        self.http.repeat(Repeat::Always, || self.attempt()).await
    }

    async fn attempt(&self) -> Result<AccessToken, Failure> {
        let credentials = &self.credentials;
        let name = format!("POST {}", credentials.token_url.path());
        let fail = |cause| Failure::new(name.clone(), cause);
        let now = self.http.clock().now();
        let mut id = [0; 16];
        self.http.random().fill(&mut id);
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
            let response = self
                .http
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
                None => Cause::Unreadable(format!("{}: {}", error.path(), error.inner())),
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

/// The request that the oauth2 crate made, to the endpoint that it was given.
fn from_http(request: HttpRequest, url: Url) -> Request {
    let (parts, body) = request.into_parts();
    let mut out = Request::new(parts.method, url);
    for (name, value) in &parts.headers {
        out = out.header(name.clone(), value.clone());
    }
    out.body("application/x-www-form-urlencoded", body)
}

fn to_http(response: Response) -> HttpResponse {
    let mut out = HttpResponse::new(response.body);
    *out.status_mut() = response.status;
    *out.headers_mut() = response.headers;
    out
}
