//! A request as it is sent, and an answer as it comes.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::Credential;
use crate::apple::error::{Answer, Cause, Failure, RequestName, http_date, member};
use crate::apple::lenient::without_lone_surrogates;

/// Shorter values of a query open nothing, and are words that a message needs.
const SHORTEST_SECRET: usize = 12;

/// One request, as it is sent in one attempt. Prints without its body, which may hold an assertion.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) credential: Option<Credential>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) preparatory: bool,
    pub(super) secret_address: bool,
}

impl Request {
    /// A request without a body and without a credential.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            credential: None,
            body: None,
            preparatory: false,
            secret_address: false,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds the credential; refused in [`Http::once`](super::Http::once) where the request leads elsewhere.
    #[must_use]
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credential = Some(credential);
        self
    }

    /// Adds a body of that content type.
    #[must_use]
    pub fn body(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Some(body);
        self
    }

    /// Marks a request that only opens the way for others, such as one for a token: its success renews no patience.
    #[must_use]
    pub fn preparatory(mut self) -> Self {
        self.preparatory = true;
        self
    }

    /// Marks a request whose query opens what it asks for, as that of a presigned address does: no message and no trace has the query,
    /// nor an address that the answer leads to.
    #[must_use]
    pub fn secret_address(mut self) -> Self {
        self.secret_address = true;
        self
    }

    /// The address as it may be shown.
    pub(super) fn shown_url(&self) -> String {
        if !self.secret_address {
            return self.url.to_string();
        }
        let origin = self.url.origin().ascii_serialization();
        format!("{origin}{} (query not shown)", self.url.path())
    }

    /// A body that isn't a success, without what it repeats of a secret query.
    pub(super) fn without_secrets(&self, body: Vec<u8>) -> Vec<u8> {
        if !self.secret_address {
            return body;
        }
        let mut text = String::from_utf8_lossy(&body).into_owned();
        let mut secrets: Vec<String> = self.url.query().map(str::to_owned).into_iter().collect();
        for pair in self.url.query().unwrap_or_default().split('&') {
            secrets.extend(pair.split_once('=').map(|(_, value)| value.to_owned()));
        }
        secrets.extend(self.url.query_pairs().map(|(_, value)| value.into_owned()));
        for secret in secrets.iter().filter(|it| it.len() >= SHORTEST_SECRET) {
            text = text.replace(secret.as_str(), "(not shown)");
        }
        text.into_bytes()
    }

    /// Whether it changes nothing: it only reads, or only opens the way for others.
    pub(super) fn is_a_read(&self) -> bool {
        self.method == Method::GET || self.preparatory
    }

    pub fn name(&self) -> RequestName {
        RequestName::new(&self.method, &self.url)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {:?})", self.name(), self.credential)
    }
}

/// A complete answer of any status. Prints without its body, which may hold a token.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Vec<u8>,
    /// The request that it answers.
    pub request: RequestName,
    /// How long the exchange took, without any waiting before it.
    pub took: Duration,
    pub(super) received_at: Timestamp,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Response({} to {}, {:?})",
            self.status, self.request, self.headers
        )
    }
}

/// Where a redirect leads whose address is secret.
fn origin_of(to: &HeaderValue) -> String {
    let url = to.to_str().ok().and_then(|to| Url::parse(to).ok());
    let origin = url.map(|url| url.origin()).filter(url::Origin::is_tuple);
    origin.map_or_else(
        || "another address".to_owned(),
        |origin| origin.ascii_serialization(),
    )
}

impl Response {
    /// The same, if the status is a success.
    pub fn success(self) -> Result<Self, Failure> {
        if self.status.is_success() {
            return Ok(self);
        }
        let cause = match self.headers.get(LOCATION) {
            Some(to) if self.status.is_redirection() => Cause::Redirect(if to.is_sensitive() {
                origin_of(to)
            } else {
                String::from_utf8_lossy(to.as_bytes()).into_owned()
            }),
            _ => Cause::Answer(Box::new(self.answer())),
        };
        Err(Failure::new(self.request, cause))
    }

    /// When it was answered, by the other side's clock, in whole seconds; `None` if it does not say.
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.headers.get(DATE)?.to_str().ok()?)
    }

    /// What Apple says in an answer that is not a success.
    pub fn answer(&self) -> Answer {
        Answer {
            took: self.took,
            ..Answer::read(
                self.status.as_u16(),
                &self.headers,
                &self.body,
                self.received_at,
            )
        }
    }

    /// The failure that a success is whose body is a web page: something else than Apple's API answered.
    pub fn page(&self) -> Option<Failure> {
        // Most bodies are JSON, and are not read twice for this.
        if matches!(
            self.body.trim_ascii_start().first(),
            None | Some(b'{' | b'[')
        ) {
            return None;
        }
        let answer = self.answer();
        answer
            .is_page()
            .then(|| Failure::new(self.request.clone(), Cause::Answer(Box::new(answer))))
    }

    /// Why the body is no JSON document, as its first byte shows.
    fn not_json(&self) -> Option<&'static str> {
        match self.body.trim_ascii_start().first() {
            None => Some("it is empty"),
            Some(b'{' | b'[') => None,
            Some(_) => Some("it isn't a JSON document"),
        }
    }

    /// The failure that a success is whose body can't be a JSON document: a web page, or something that begins as none does.
    pub fn without_json(&self) -> Option<Failure> {
        self.page().or_else(|| {
            let why = self.not_json()?.to_owned();
            Some(Failure::new(self.request.clone(), Cause::Unreadable(why)))
        })
    }

    /// The body as JSON; an error names the member that is not as expected. Half a surrogate pair and bytes that are no UTF-8 become
    /// U+FFFD.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if let Some(page) = self.page() {
            return Err(page);
        }
        // Nearly all are UTF-8, which is found out faster so.
        let text = std::str::from_utf8(&self.body)
            .map_or_else(|_| String::from_utf8_lossy(&self.body), Cow::Borrowed);
        let document = without_lone_surrogates(&text);
        let mut reader = serde_json::Deserializer::from_str(&document);
        let unreadable = |why: String| Failure::new(self.request.clone(), Cause::Unreadable(why));
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            unreadable(match self.not_json() {
                Some(why) => why.to_owned(),
                None => member(error.path(), error.inner()),
            })
        })?;
        reader
            .end()
            .map_err(|_| unreadable("there is extra data after the JSON document".into()))?;
        Ok(value)
    }
}
