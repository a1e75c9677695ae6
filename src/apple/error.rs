//! What went wrong between abmctl and Apple: what Apple answered, or why no answer came.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::enrollment::refusal::Refused;
use super::retry::Outcome;

/// Why a request did not succeed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Method and path, such as `GET /v1/mdmServers`.
    pub request: String,
    /// What happened.
    pub cause: Cause,
    /// When it makes sense to try again, where waiting was given up.
    pub again_at: Option<Timestamp>,
}

/// What happened to a request.
#[derive(Debug, Clone)]
pub enum Cause {
    /// Apple answered with a status that is not a success.
    Answer(Box<Answer>),
    /// No connection: refused, no such host, no route. Nothing was sent.
    NotSent(String),
    /// The certificate or the TLS handshake was refused by this side.
    Tls(String),
    /// No answer within the time for one attempt; `connecting` when not even a connection.
    TimedOut {
        /// The time that was allowed.
        after: Duration,
        /// Nothing was sent yet.
        connecting: bool,
    },
    /// The connection broke before the answer was whole.
    Broken(String),
    /// The answer is larger than allowed, in bytes.
    TooLarge(usize),
    /// The answer is complete and can't be parsed; the text names the member.
    Unreadable(String),
    /// The answer was read and is not what was agreed on.
    Unexpected(String),
    /// Apple answered with a redirect, which is not followed with a credential.
    Redirect(String),
    /// A link or a credential that belongs to another origin.
    OffOrigin(String),
    /// The token endpoint refused the client credentials, in the words of RFC 6749.
    Client {
        /// The code, such as `invalid_client`.
        code: String,
        /// What Apple says of it.
        description: Option<String>,
        /// The status, the request id, and Apple's clock.
        answer: Box<Answer>,
    },
    /// Device Assignment Services refused, for a reason that is known.
    Enrollment(Box<Refused>),
    /// The organization's private key or another local thing made the request impossible.
    Local(String),
    /// A signal ended the waiting.
    Interrupted,
}

impl Failure {
    /// A failure of `request` for `cause`.
    pub fn new(request: impl Into<String>, cause: Cause) -> Self {
        Self {
            request: request.into(),
            cause,
            again_at: None,
        }
    }

    /// What it means for repeating the request.
    pub fn outcome(&self) -> Outcome {
        match &self.cause {
            Cause::Answer(answer) | Cause::Client { answer, .. } => Outcome::Status(answer.status),
            Cause::Enrollment(refused) => Outcome::Status(refused.answer.status),
            Cause::NotSent(_)
            | Cause::TimedOut {
                connecting: true, ..
            } => Outcome::NotSent,
            Cause::TimedOut { .. } | Cause::Broken(_) => Outcome::Broken,
            Cause::Tls(_)
            | Cause::TooLarge(_)
            | Cause::Unreadable(_)
            | Cause::Unexpected(_)
            | Cause::Redirect(_)
            | Cause::OffOrigin(_)
            | Cause::Local(_)
            | Cause::Interrupted => Outcome::Final,
        }
    }

    /// The status that Apple answered with, if it answered.
    pub fn status(&self) -> Option<u16> {
        self.answer().map(|answer| answer.status)
    }

    /// What Apple answered, if it answered.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.cause {
            Cause::Answer(answer) | Cause::Client { answer, .. } => Some(answer),
            Cause::Enrollment(refused) => Some(&refused.answer),
            _ => None,
        }
    }

    /// What Device Assignment Services refused for, if it is known.
    pub fn refused(&self) -> Option<&Refused> {
        match &self.cause {
            Cause::Enrollment(refused) => Some(refused),
            _ => None,
        }
    }

    /// What happened, in a few words, for somebody who waits.
    pub fn brief(&self) -> String {
        let what = match (self.answer(), &self.cause) {
            (Some(answer), _) => match &answer.code {
                Some(code) => format!("{} {code}", answer.status),
                None => answer.status.to_string(),
            },
            (None, Cause::NotSent(_)) => "no connection".to_owned(),
            (None, Cause::TimedOut { .. }) => "no answer in time".to_owned(),
            (None, _) => "the connection broke".to_owned(),
        };
        format!("{}: {what}", self.request)
    }

    /// Whether Apple may have acted on the request although it failed.
    pub fn may_have_been_acted_on(&self) -> bool {
        matches!(
            self.outcome(),
            Outcome::Broken | Outcome::Status(500 | 502 | 503 | 504)
        ) || matches!(self.cause, Cause::TooLarge(_) | Cause::Unreadable(_))
    }
}

/// An answer that is not a success.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Apple's code, such as `FORBIDDEN_ERROR`: the part to program against (official).
    pub code: Option<String>,
    /// Apple's explanation, for people.
    pub detail: Option<String>,
    /// Apple's id of the request (observed: `X-Apple-Request-UUID`, `X-Apple-Jingle-Correlation-Key`).
    pub request_id: Option<String>,
    /// How long Apple asks to wait.
    pub retry_after: Option<Duration>,
    /// Apple's clock, from `Date`.
    pub date: Option<Timestamp>,
    /// When this side had the answer, to compare with `date`.
    pub received_at: Timestamp,
    /// The body, as text, for codes that are not in a document; at most 4 KiB of it.
    pub body: String,
    /// All headers; a session may be rotated on an error as well.
    pub headers: HeaderMap,
}

/// The members of Apple's error document that are used (official: `{"errors":[{status,code,title,detail,…}]}`).
#[derive(Deserialize)]
struct Document {
    errors: Vec<DocumentError>,
}

#[derive(Deserialize)]
struct DocumentError {
    code: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    id: Option<String>,
    source: Option<serde_json::Value>,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize)]
struct OauthError {
    error: String,
    error_description: Option<String>,
}

const KEPT_OF_BODY: usize = 4096;

impl Answer {
    /// How far this side's clock is ahead of Apple's; negative where it is behind.
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        Some(self.received_at.duration_since(self.date?))
    }

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
        let mut answer = Self {
            status,
            code: None,
            detail: None,
            request_id: header("x-apple-request-uuid")
                .or_else(|| header("x-apple-jingle-correlation-key")),
            retry_after: header("retry-after").and_then(|value| retry_after(&value, now)),
            date: header("date").and_then(|value| http_date(&value)),
            received_at: now,
            body: String::new(),
            headers: headers.clone(),
        };
        if let Ok(document) = serde_json::from_slice::<Document>(body) {
            if let Some(first) = document.errors.first() {
                answer.code.clone_from(&first.code);
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
        } else if let Ok(error) = serde_json::from_slice::<OauthError>(body) {
            answer.code = Some(error.error);
            answer.detail = error.error_description;
        } else if looks_like_html(&text) {
            answer.detail = Some(match title(&text) {
                Some(title) => {
                    format!("the answer is a web page, \"{title}\", not from Apple's API")
                }
                None => "the answer is a web page, not from Apple's API".to_owned(),
            });
        } else if !text.is_empty() {
            let first_line = text.lines().next().unwrap_or_default();
            answer.detail = Some(first_line.chars().take(200).collect());
        }
        answer.body = text;
        answer
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

fn http_date(value: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(value.trim()).ok()?;
    Timestamp::try_from(time).ok()
}

pub(super) fn looks_like_html(text: &str) -> bool {
    let start: String = text.chars().take(200).collect::<String>().to_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.contains("<head")
}

fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    let title = html.get(start..end)?.trim();
    (!title.is_empty()).then(|| title.chars().take(100).collect())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.request;
        match &self.cause {
            Cause::Answer(answer) => {
                write!(f, "Apple answered {request} with {answer}")
            }
            Cause::Enrollment(refused) => {
                write!(f, "Apple answered {request} with {refused}")
            }
            Cause::Client {
                code,
                description,
                answer,
            } => {
                write!(
                    f,
                    "Apple refused the API account's credentials ({} {code})",
                    answer.status
                )?;
                if let Some(description) = description {
                    write!(f, ": {}", sentence(description))?;
                }
                write_request_id(f, answer)?;
                f.write_str(".")
            }
            Cause::NotSent(why) => {
                write!(
                    f,
                    "No connection to Apple for {request}: {}.",
                    sentence(why)
                )
            }
            Cause::Tls(why) => {
                write!(f, "No trusted connection for {request}: {}.", sentence(why))
            }
            Cause::TimedOut { after, connecting } => {
                let what = if *connecting { "connection" } else { "answer" };
                write!(
                    f,
                    "No {what} within {} s for {request}.",
                    after.as_secs_f32()
                )
            }
            Cause::Broken(why) => write!(
                f,
                "The connection broke before the answer to {request} was whole: {}.",
                sentence(why)
            ),
            Cause::TooLarge(limit) => write!(
                f,
                "The answer to {request} is larger than {} MiB, the most that is read.",
                limit / (1024 * 1024)
            ),
            Cause::Unreadable(why) => write!(
                f,
                "The answer to {request} can't be read: {}.",
                sentence(why)
            ),
            Cause::Unexpected(why) => {
                write!(
                    f,
                    "The answer to {request} is not as expected: {}.",
                    sentence(why)
                )
            }
            Cause::Redirect(to) => write!(
                f,
                "The answer to {request} redirects to {to}, which is not followed with credentials."
            ),
            Cause::OffOrigin(url) => write!(
                f,
                "{request} leads to {url}, which is not the service the credentials belong to; nothing was sent there."
            ),
            Cause::Local(why) => write!(f, "{}.", sentence(why)),
            Cause::Interrupted => write!(f, "Interrupted while waiting for {request}."),
        }
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        match &self.detail {
            Some(detail) => write!(f, ": {}", sentence(detail))?,
            None if self.code.is_none() => write!(f, " and an empty body")?,
            None => {}
        }
        write_request_id(f, self)?;
        f.write_str(".")
    }
}

pub(super) fn write_request_id(f: &mut fmt::Formatter<'_>, answer: &Answer) -> fmt::Result {
    match &answer.request_id {
        Some(id) => write!(f, " (request {id})"),
        None => Ok(()),
    }
}

/// Text from elsewhere as a part of a sentence: one line, without the full stop at its end.
fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
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
        Failure::new("GET /v1/mdmServers", Cause::Answer(Box::new(answer))).to_string()
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
                "Apple answered GET /v1/mdmServers with 502: the answer is a web page, \"502 Bad Gateway\", not from Apple's API.",
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
