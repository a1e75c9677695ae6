//! What Apple says in an answer that is not a success: its error document, an OAuth error, text, a web page, nothing.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::sentence::sentence;
use crate::apple::lenient;

/// An answer that is not a success.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status. Outside it is asked for with [`Failure::status_of`](super::Failure::status_of).
    pub(in crate::apple) status: u16,
    /// It is Apple's own error document, with a code.
    pub(in crate::apple) is_apples: bool,
    /// Apple's code, such as `FORBIDDEN_ERROR`: the part to program against (official).
    pub code: Option<String>,
    /// Apple's explanation, for people.
    pub detail: Option<String>,
    /// Apple's id of the request (observed: `X-Apple-Request-UUID`, `X-Apple-Jingle-Correlation-Key`).
    pub request_id: Option<String>,
    /// How long Apple asks to wait.
    pub retry_after: Option<Duration>,
    /// How long the exchange took, without any waiting before it.
    pub took: Duration,
    /// Apple's clock, from `Date`.
    pub date: Option<Timestamp>,
    /// How far this machine's clock is ahead of Apple's; negative when it is behind.
    pub clock_ahead: Option<SignedDuration>,
    /// The body, as text, for codes that are not in a document; at most 4 KiB of it.
    pub body: String,
}

/// The meaning of an answer that is not a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Apple does not accept the access token.
    NotAuthenticated,
    /// Apple refuses.
    Forbidden,
    /// Apple does not have it.
    NotFound,
    /// Apple has something that is in the way.
    Conflict,
    /// A limit or an outage, whoever says so.
    Unavailable,
    /// Anything else. So is a refusal that is not in Apple's own form: a proxy's says nothing of the organization.
    Other,
}

/// The members of Apple's error document that are used (official: `{"errors":[{status,code,title,detail,…}]}`).
#[derive(Deserialize)]
struct Document {
    errors: Vec<DocumentError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DocumentError {
    #[serde(deserialize_with = "lenient::if_readable")]
    code: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    detail: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::if_readable")]
    source: Option<serde_json::Value>,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize)]
struct OauthError {
    error: String,
    #[serde(default, deserialize_with = "lenient::text")]
    error_description: Option<String>,
}

const KEPT_OF_BODY: usize = 4096;

impl Answer {
    /// Reads an answer that is not a success: Apple's error document, an OAuth error, plain text, HTML or nothing.
    pub fn read(status: u16, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Self {
        let text = String::from_utf8_lossy(&body[..body.len().min(KEPT_OF_BODY)])
            .trim()
            .to_owned();
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let date = header("date").and_then(|value| http_date(&value));
        let mut answer = Self {
            status,
            is_apples: false,
            code: None,
            detail: None,
            request_id: header("x-apple-request-uuid")
                .or_else(|| header("x-apple-jingle-correlation-key")),
            retry_after: header("retry-after").and_then(|value| retry_after(&value, now)),
            took: Duration::ZERO,
            date,
            clock_ahead: date.map(|date| now.duration_since(date)),
            body: String::new(),
        };
        let whole = String::from_utf8_lossy(body);
        let whole = lenient::without_lone_surrogates(&whole);
        if let Ok(document) = serde_json::from_str::<Document>(&whole) {
            if let Some(first) = document.errors.first() {
                answer.code.clone_from(&first.code);
                answer.is_apples = first.code.is_some();
                let at = first.source.as_ref().and_then(|source| {
                    source
                        .get("pointer")
                        .or_else(|| source.get("parameter"))
                        .and_then(|at| at.as_str())
                });
                answer.detail =
                    first
                        .detail
                        .clone()
                        .or_else(|| first.title.clone())
                        .map(|detail| match at {
                            Some(at) => format!("{} ({at})", sentence(&detail)),
                            None => detail,
                        });
                answer.request_id = answer.request_id.or_else(|| first.id.clone());
            }
        } else if let Ok(error) = serde_json::from_str::<OauthError>(&whole) {
            answer.code = Some(error.error);
            answer.detail = error.error_description;
        } else if looks_like_html(&text) {
            answer.detail = title(&text);
        } else if !text.is_empty() {
            // The first line of JSON says nothing, and of other text it says most.
            let is_json = text.starts_with(['{', '[']);
            let line = if is_json {
                text.as_str()
            } else {
                text.lines().next().unwrap_or_default()
            };
            answer.detail = Some(line.chars().take(200).collect());
        }
        answer.body = text;
        answer
    }

    /// Whether it is a web page, which no API of Apple answers.
    pub fn is_page(&self) -> bool {
        looks_like_html(&self.body)
    }

    /// Its meaning.
    pub fn says(&self) -> Says {
        match self.status {
            429 | 500..=599 => Says::Unavailable,
            _ if !self.is_apples => Says::Other,
            401 => Says::NotAuthenticated,
            403 => Says::Forbidden,
            404 => Says::NotFound,
            409 => Says::Conflict,
            _ => Says::Other,
        }
    }
}

/// `Retry-After` in seconds or as an HTTP date, as the time left from `now` (observed: seconds).
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let left = http_date(value)?.as_second() - now.as_second();
    Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
}

pub(in crate::apple) fn http_date(value: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(value.trim()).ok()?;
    Timestamp::try_from(time).ok()
}

fn looks_like_html(text: &str) -> bool {
    let start: String = text.chars().take(200).collect::<String>().to_lowercase();
    start.starts_with("<!doctype html") || start.contains("<html") || start.contains("<head")
}

fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    let title = html.get(start..end)?.trim();
    (!title.is_empty()).then(|| title.chars().take(100).collect())
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {}", sentence(code))?;
        }
        match &self.detail {
            Some(detail) => write!(f, ": {}", sentence(detail))?,
            None if self.body.is_empty() => write!(f, " and an empty body")?,
            None if self.code.is_none() && !self.is_page() => write!(f, " and no explanation")?,
            None => {}
        }
        write_request_id(f, self)?;
        f.write_str(".")
    }
}

pub(in crate::apple) fn write_request_id(
    f: &mut fmt::Formatter<'_>,
    answer: &Answer,
) -> fmt::Result {
    match &answer.request_id {
        Some(id) => write!(f, " (request {})", sentence(id)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apple::error::{Cause, Failure, RequestName};
    use reqwest::Method;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn failure(answer: Answer) -> Failure {
        Failure::new(servers("a.example"), Cause::Answer(Box::new(answer)))
    }

    fn servers(host: &str) -> RequestName {
        let url = format!("https://{host}/v1/mdmServers?limit=1");
        RequestName::new(&Method::GET, &url.parse().unwrap())
    }

    fn said(status: u16, headers: &[(&'static str, &str)], body: &str) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    reqwest::header::HeaderName::from_static(name),
                    value.parse().unwrap(),
                )
            })
            .collect();
        let answer = Answer::read(status, &headers, body.as_bytes(), now());
        failure(answer).to_string()
    }

    #[test]
    fn each_kind_of_body_becomes_one_sentence() {
        let document = r#"{"errors":[{"id":"x","status":"403","code":"FORBIDDEN_ERROR","title":"T","detail":"The operation is not allowed.","source":{"parameter":"limit"}}]}"#;
        for (status, headers, body, expected) in [
            (
                403,
                &[("x-apple-request-uuid", "abc")][..],
                document,
                "Apple answered GET /v1/mdmServers with 403 FORBIDDEN_ERROR: The operation is not allowed (limit) (request abc).",
            ),
            (
                400,
                &[],
                r#"{"error":"invalid_request","error_description":"No scope."}"#,
                "Apple answered GET /v1/mdmServers with 400 invalid_request: No scope.",
            ),
            (
                502,
                &[],
                "<html><head><title>502 Bad Gateway</title></head></html>",
                "A web page, not Apple's API, answered GET /v1/mdmServers with 502: 502 Bad Gateway.",
            ),
            (
                503,
                &[],
                "Service unavailable\nplease wait",
                "Apple answered GET /v1/mdmServers with 503: Service unavailable.",
            ),
            (
                500,
                &[],
                "",
                "Apple answered GET /v1/mdmServers with 500 and an empty body.",
            ),
        ] {
            assert_eq!(said(status, headers, body), expected);
        }
    }

    #[test]
    fn only_apples_own_document_says_what_it_refuses() {
        let document = r#"{"errors":[{"status":"4xx","code":"C"}]}"#;
        for (status, expected) in [
            (400, Says::Other),
            (401, Says::NotAuthenticated),
            (403, Says::Forbidden),
            (404, Says::NotFound),
            (409, Says::Conflict),
            (429, Says::Unavailable),
            (503, Says::Unavailable),
        ] {
            let read = |body: &str| Answer::read(status, &HeaderMap::new(), body.as_bytes(), now());
            assert_eq!(read(document).says(), expected);
            let own = failure(read(document));
            assert_eq!(own.status_of(&servers("a.example")), Some(status));
            assert_eq!(own.status_of(&servers("b.example")), None);
            assert_eq!(own.not_acted_on(), status < 500);
            for body in [
                "",
                "<html>",
                "Forbidden",
                "{}",
                r#"{"errors":[]}"#,
                r#"{"errors":[{"title":"T"}]}"#,
                r#"{"error":"invalid_client"}"#,
            ] {
                let passes = expected == Says::Unavailable;
                let expected = if passes { expected } else { Says::Other };
                assert_eq!(read(body).says(), expected, "{status} {body}");
                let foreign = failure(read(body));
                assert_eq!(foreign.status_of(&servers("a.example")), None);
                assert!(!foreign.not_acted_on(), "{status} {body}");
            }
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (value, seconds) in [
            ("30", Some(30)),
            (" 5 ", Some(5)),
            ("Sun, 22 Nov 2026 10:01:30 GMT", Some(90)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-3", None),
        ] {
            assert_eq!(
                retry_after(value, now()),
                seconds.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_without_panic(status in 100u16..600, body: Vec<u8>) {
            let answer = Answer::read(status, &HeaderMap::new(), &body, now());
            proptest::prop_assert!(!answer.to_string().contains('\n'));
        }
    }
}
