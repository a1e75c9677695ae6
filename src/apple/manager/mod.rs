//! The Apple Business API and the Apple School Manager API: a file for each resource.

pub mod audit_events;
pub mod servers;
pub mod users;

use std::sync::Arc;

use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{Cause, Failure, RequestName};
use super::http::{Http, Origin, Patience, Request, Response};
use super::oauth::token::TokenSource;
use super::page::Pages;
use super::retry::Repeat;

/// A client of the Manager API of one organization. Cheap to clone.
#[derive(Clone)]
pub struct Manager {
    http: Http,
    origin: Origin,
    tokens: Arc<TokenSource>,
}

impl Manager {
    /// A client of the API at `origin`.
    pub fn new(http: Http, origin: Origin, tokens: Arc<TokenSource>) -> Self {
        Self {
            http,
            origin,
            tokens,
        }
    }

    /// The same client with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self {
            http: self.http.with_patience(patience),
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

    /// Sends a request, again where that is safe, and with a new token once if Apple answers 401.
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

    /// A list, a page of the largest size at a time.
    pub fn pages(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Pages<'_>, Failure> {
        self.pages_of(segments, query, super::page::PAGE)
    }

    /// A list, a page of at most `size` items at a time.
    pub fn pages_of(
        &self,
        segments: &[&str],
        query: &[(&str, &str)],
        size: &str,
    ) -> Result<Pages<'_>, Failure> {
        let mut pairs = query.to_vec();
        pairs.push(("limit", size));
        Ok(Pages::new(self, self.url(&Method::GET, segments, &pairs)?))
    }
}
