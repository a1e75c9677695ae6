//! A token endpoint, used through the oauth2 crate. Its requests go through the one way out, and the parts of an answer that it drops
//! (status, headers, Apple's clock) are kept for messages.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicErrorResponse, BasicTokenResponse};
use oauth2::{HttpRequest, HttpResponse, RequestTokenError, TokenResponse};
use reqwest::header::HeaderValue;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use super::cache::AccessToken;
use crate::apple::error::{Answer, Cause, Client, Failure, RequestName, member};
use crate::apple::http::{Http, Request};
use crate::apple::lenient;

/// What a token lives where Apple does not say (official: an hour).
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// One request to a token endpoint.
pub(super) struct Exchange<'a> {
    http: &'a Http,
    url: &'a Url,
    client: Client,
    started: Timestamp,
    answer: Mutex<Option<Box<Answer>>>,
}

impl<'a> Exchange<'a> {
    /// Begins a request of `client` to the endpoint at `url`.
    pub(super) fn new(http: &'a Http, url: &'a Url, client: Client) -> Self {
        Self {
            http,
            url,
            client,
            started: http.clock().now(),
            answer: Mutex::new(None),
        }
    }

    /// When it began: a token's life is counted from here.
    pub(super) fn started(&self) -> Timestamp {
        self.started
    }

    /// A failure of this request.
    pub(super) fn fail(&self, cause: Cause) -> Failure {
        Failure::new(request_name(self.url), cause)
    }

    /// The failure of a private key that can't sign.
    pub(super) fn can_not_sign(&self) -> Failure {
        self.fail(Cause::Local("The private key can't sign".into()))
    }

    /// Sends what the oauth2 crate made.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let response = self
            .http
            .once(&from_http(request, self.url.clone()))
            .await?;
        if !response.status.is_success() {
            // A refusal in the form of the API shows that it is Apple's, and says nothing of what exists here.
            let answer = response.answer();
            let read = Box::new(Answer {
                is_apples: false,
                is_marked: answer.is_from_apple(),
                ..answer
            });
            let throttled = response.status == 429 || response.status.is_server_error();
            if throttled || response.status.is_redirection() {
                return Err(response
                    .success()
                    .err()
                    .unwrap_or_else(|| self.fail(Cause::Answer(read))));
            }
            *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        } else if let Some(failure) = response.without_json() {
            return Err(failure);
        } else {
            return Ok(to_http(response.status, needed(&response.body)));
        }
        Ok(to_http(response.status, response.body))
    }

    /// What the oauth2 crate made of the answer, in this crate's words.
    pub(super) fn result(
        &self,
        result: Result<BasicTokenResponse, RequestTokenError<Failure, BasicErrorResponse>>,
    ) -> Result<BasicTokenResponse, Failure> {
        let answer = self
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        result.map_err(|error| match error {
            RequestTokenError::Request(failure) => failure,
            // RFC 6749, section 5.2: with another status it is somebody else's document that has a member `error`.
            RequestTokenError::ServerResponse(refusal) => self.fail(match answer {
                Some(answer) if !matches!(answer.status, 400 | 401) => Cause::Answer(answer),
                answer => Cause::Client {
                    client: self.client,
                    code: refusal.error().to_string(),
                    description: refusal.error_description().cloned(),
                    answer: answer.unwrap_or_default(),
                },
            }),
            RequestTokenError::Parse(error, _) => self.fail(match answer {
                Some(answer) => Cause::Answer(answer),
                None => Cause::Unreadable(without_values(&error)),
            }),
            RequestTokenError::Other(why) => self.fail(match answer {
                Some(answer) => Cause::Answer(answer),
                None => Cause::Unreadable(why),
            }),
        })
    }

    /// The access token of an answer, and when it ends; a failure if no request could carry it.
    pub(super) fn access_token(&self, answer: &BasicTokenResponse) -> Result<AccessToken, Failure> {
        let value = answer.access_token().secret();
        if !is_usable(value) {
            let why =
                "the access token is empty, or contains characters that aren't allowed in a header";
            return Err(self.fail(Cause::Unexpected(why.into())));
        }
        Ok(AccessToken {
            expires_at: end(self.started, answer.expires_in()),
            value: SecretString::from(value.clone()),
        })
    }
}

/// The name of a request to the endpoint at `url`.
pub(super) fn request_name(url: &Url) -> RequestName {
    RequestName::new(&Method::POST, url)
}

fn end(now: Timestamp, lifetime: Option<Duration>) -> Timestamp {
    let lifetime = lifetime.unwrap_or(USUAL_LIFETIME);
    SignedDuration::try_from(lifetime)
        .ok()
        .and_then(|lifetime| now.checked_add(lifetime).ok())
        .unwrap_or(now)
}

/// What is wrong with an answer that should hold a token: serde would quote the value that it did not like.
fn without_values(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let why = error.inner().to_string();
    if why.starts_with("invalid ") {
        member(error.path(), &"the value has an unexpected type")
    } else {
        member(error.path(), &why)
    }
}

/// The request that the oauth2 crate made, to the endpoint that it was given.
fn from_http(request: HttpRequest, url: Url) -> Request {
    let (parts, body) = request.into_parts();
    let mut out = Request::new(parts.method, url).preparatory();
    for (name, value) in &parts.headers {
        out = out.header(name.clone(), value.clone());
    }
    out.body("application/x-www-form-urlencoded", body)
}

/// The answer as the oauth2 crate takes it. Without headers: it would refuse JSON that is labeled as something else.
fn to_http(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    let mut out = HttpResponse::new(body);
    *out.status_mut() = status;
    out
}

/// The members of an answer with a token that are needed. The oauth2 crate would refuse it for an odd one that is not.
#[derive(Deserialize, Serialize)]
struct Needed {
    access_token: Box<RawValue>,
    #[serde(default = "bearer", skip_deserializing)]
    token_type: &'static str,
    #[serde(default, deserialize_with = "lenient::count")]
    expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Box<RawValue>>,
}

fn bearer() -> &'static str {
    "bearer"
}

/// The same without what nobody needs; as it came if that can't be told apart.
fn needed(body: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<Needed>(body)
        .and_then(|needed| serde_json::to_vec(&needed))
        .unwrap_or_else(|_| body.to_vec())
}

/// Whether a header can hold this access token.
pub(super) fn is_usable(token: &str) -> bool {
    !token.trim().is_empty() && HeaderValue::from_str(token).is_ok()
}
