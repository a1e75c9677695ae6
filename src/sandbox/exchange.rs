//! A request as the emulator sees it, and its answer: plain values, so that every service is a pure function of them.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};

/// How many requests are remembered.
pub(super) const REMEMBERED: usize = 10_000;

/// How an exchange ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The answer is sent.
    Sent,
    /// The connection is closed without one.
    Dropped,
    /// Half of the body is sent, then the connection is closed.
    Halved,
    /// Nothing happens until the client gives up.
    Lost,
}

/// A request, read to its end.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The method, in capitals.
    pub method: String,
    /// Scheme, host and port as the client wrote them.
    pub origin: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query as it came; empty where there was none.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// When it arrived, on the emulator's clock.
    pub now: Timestamp,
}

impl Request {
    /// The value of a header, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The parameters of the query, decoded, in order.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        decode_pairs(self.query.as_bytes())
    }

    /// The path and the query, as in a request line.
    pub(super) fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// The path's segments without the leading slash.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }
}

/// Decodes `application/x-www-form-urlencoded` pairs.
pub(super) fn decode_pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// What is sent back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside `Date` and `Content-Length`.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// How long to wait before it is sent.
    pub delay: Duration,
    /// The organization is another one now: its state file has to be written.
    pub changed: bool,
    /// The emulator's own reason, for tests and logs; Apple gives none.
    pub why: Option<String>,
}

impl Answer {
    /// An answer without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            changed: false,
            why: None,
        }
    }

    /// A JSON document.
    pub(super) fn json(status: u16, document: &Value) -> Self {
        Self::empty(status)
            .header("content-type", "application/json;charset=UTF-8")
            .body(document.to_string())
    }

    /// Plain text.
    pub(super) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::empty(status)
            .header("content-type", "text/plain;charset=UTF-8")
            .body(text.into())
    }

    /// An HTML page, as a gateway sends one.
    pub(super) fn html(status: u16) -> Self {
        Self::empty(status)
            .header("content-type", "text/html;charset=UTF-8")
            .body(format!(
                "<html><head><title>{status}</title></head><body><h1>Sandbox gateway</h1></body></html>"
            ))
    }

    /// Apple's error document with one error: `{"errors":[{id, status, code, title, detail}]}` (official).
    pub(super) fn error(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut answer = Self::json(
            status,
            &json!({"errors": [{
                "id": occurrence(&detail, code),
                "status": status.to_string(),
                "code": code,
                "title": title,
                "detail": detail,
            }]}),
        );
        answer.why = Some(detail);
        answer
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the body.
    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Says why, to tests and logs only.
    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Marks that the organization was changed.
    pub(super) fn changing(mut self) -> Self {
        self.changed = true;
        self
    }
}

/// The id of one occurrence of an error.
fn occurrence(detail: &str, code: &str) -> String {
    super::derive::uuid(&format!("occurrence {code} {detail}"))
}

/// A point in time as Apple's Manager API writes it: UTC with milliseconds (official samples).
pub(super) fn millis(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// `{self}` links and the like: an absolute URL on the origin that was asked.
pub(super) fn link(request: &Request, path: &str) -> String {
    format!("{}{path}", request.origin)
}
