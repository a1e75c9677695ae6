//! One of Apple's APIs: its origin and its credential.

use std::sync::Arc;

use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{Cause, Failure, RequestName};
use super::http::{Http, Origin, Patience, Request, Response, Turn};
use super::oauth::token::TokenSource;
use super::retry::Repeat;

/// An API of one organization: every request to it goes to its origin, with its access token. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    http: Http,
    origin: Origin,
    tokens: Arc<TokenSource>,
}

impl Api {
    /// The API at `origin`, opened by `tokens`.
    pub fn new(http: Http, origin: Origin, tokens: TokenSource) -> Self {
        Self {
            http,
            origin,
            tokens: Arc::new(tokens),
        }
    }

    /// The same API with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self {
            http: self.http.with_patience(patience),
            ..self.clone()
        }
    }

    /// The same API, whose requests take this turn.
    #[must_use]
    pub fn in_turn(&self, turn: Turn) -> Self {
        Self {
            http: self.http.in_turn(turn),
            ..self.clone()
        }
    }

    /// The way out that it uses.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Where the API is.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where the access tokens come from.
    pub fn tokens(&self) -> &TokenSource {
        &self.tokens
    }

    /// An address of the API, from path segments and query pairs.
    pub fn url(
        &self,
        method: &Method,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Url, Failure> {
        self.origin.url(segments, query).map_err(|cause| {
            // The words among them are good, so it is an id, and ids come from Apple.
            let cause = match cause {
                Cause::Local(why) => Cause::NoAddress(why),
                other => other,
            };
            Failure::new(RequestName::without_address(method, segments), cause)
        })
    }

    /// The name of a request to the API, to ask a failure for the status of that one.
    pub fn request_name(&self, method: &Method, segments: &[&str]) -> RequestName {
        self.origin.request_name(method, segments)
    }

    /// Sends a request, again if that is safe, and with a new token once if Apple answers 401.
    ///
    /// The answer's status is a success.
    pub async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        repeat: Repeat,
    ) -> Result<Response, Failure> {
        let mut request = Request::new(method, url);
        if let Some(body) = body {
            request = request.body("application/json", body);
        }
        self.tokens
            .send(&self.http, &self.origin, &request, repeat)
            .await
    }

    /// Reads a JSON document.
    pub async fn read<T: DeserializeOwned>(&self, url: Url) -> Result<T, Failure> {
        self.send(Method::GET, url, None, Repeat::Always)
            .await?
            .json()
    }
}
