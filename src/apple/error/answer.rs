//! The contents of an answer that isn't a success: Apple's error document, an OAuth error, text, a web page, or nothing.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::RequestName;
use super::sentence::sentence;
use super::web_page::{is_page, title};
use crate::apple::lenient;

/// An answer that is not a success.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status. Outside it is asked for with [`Failure::status_of`](super::Failure::status_of).
    pub(in crate::apple) status: u16,
    /// It is Apple's own error document, with a code and what it means.
    pub(in crate::apple) is_apples: bool,
    /// A header has Apple's id of the request, or the body is a word of Device Assignment Services, so it came from Apple.
    pub(in crate::apple) is_marked: bool,
    /// Apple's code, such as `FORBIDDEN_ERROR`: the part to program against (official).
    pub code: Option<String>,
    /// Apple's explanation, for people: of each error in its document, or the title of a web page.
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
    /// Anything else. So is a refusal that nothing shows to be Apple's: a proxy's says nothing of the organization.
    Other,
}

/// The members of Apple's error document that are used (official: `{"errors":[{status,code,title,detail,…}]}`).
#[derive(Deserialize)]
struct Document {
    errors: Vec<serde_json::Value>,
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
/// The most errors of one document that a message shows.
const SHOWN_ERRORS: usize = 5;
/// The most characters of one of several errors, so that the message has room for all.
const LONGEST_OF_SEVERAL: usize = 170;

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
        let request_id = header("x-apple-request-uuid")
            .or_else(|| header("x-apple-jingle-correlation-key"))
            .filter(|id| !id.trim().is_empty());
        let mut answer = Self {
            status,
            is_apples: false,
            is_marked: request_id.is_some(),
            code: None,
            detail: None,
            request_id,
            retry_after: header("retry-after").and_then(|value| retry_after(&value, now)),
            took: Duration::ZERO,
            date,
            clock_ahead: date.map(|date| now.duration_since(date)),
            body: String::new(),
        };
        let whole = String::from_utf8_lossy(body);
        let whole = lenient::without_lone_surrogates(&whole);
        if let Ok(document) = serde_json::from_str::<Document>(&whole) {
            let errors: Vec<DocumentError> = document
                .errors
                .into_iter()
                .filter_map(|error| serde_json::from_value(error).ok())
                .collect();
            answer.code = errors.iter().find_map(|error| error.code.clone());
            answer.is_apples = errors.iter().any(DocumentError::is_apples);
            answer.detail = details(&errors, answer.code.as_deref());
            let id = errors.iter().find_map(|error| error.id.clone());
            answer.request_id = answer.request_id.or(id);
        } else if let Ok(error) = serde_json::from_str::<OauthError>(&whole) {
            answer.code = Some(error.error);
            answer.detail = error.error_description;
        } else if is_page(&text) {
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
        is_page(&self.body)
    }

    /// Whether anything shows that Apple sent it: its error document, its id of the request, a word of its services.
    pub fn is_from_apple(&self) -> bool {
        self.is_apples || self.is_marked
    }

    /// Whether it refuses and nothing shows that Apple does: something in between may have answered.
    pub fn is_nobodys_refusal(&self) -> bool {
        (400..500).contains(&self.status) && self.status != 429 && !self.is_from_apple()
    }

    /// Its meaning.
    pub fn says(&self) -> Says {
        match self.status {
            // What a server does not have will not come by waiting.
            501 => Says::Other,
            429 | 500..=599 => Says::Unavailable,
            401 if self.is_from_apple() => Says::NotAuthenticated,
            403 if self.is_from_apple() => Says::Forbidden,
            // These are facts about what exists, so it takes Apple's words.
            404 if self.is_apples => Says::NotFound,
            409 if self.is_apples => Says::Conflict,
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

/// The explanations of a document's errors, each once. `code` is said before them, so it is not repeated.
fn details(errors: &[DocumentError], code: Option<&str>) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    for error in errors {
        let text = error.explanation(code);
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.len() < 2 {
        return texts.pop();
    }
    let more = texts.len().saturating_sub(SHOWN_ERRORS);
    let mut shown: Vec<String> = texts
        .iter()
        .take(SHOWN_ERRORS)
        .map(|text| shortened(text))
        .collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    Some(shown.join("; "))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_OF_SEVERAL {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST_OF_SEVERAL - 1).collect();
    format!("{start}…")
}

impl DocumentError {
    /// Whether it has what Apple's errors have (official: status, code, title and detail, all of them required). Gateways answer
    /// `errors` with a code as well.
    fn is_apples(&self) -> bool {
        let says =
            |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        says(&self.code) && (says(&self.title) || says(&self.detail))
    }

    /// What it says, and what it is about; with its code unless that is `said`.
    fn explanation(&self, said: Option<&str>) -> String {
        let code = self.code.as_deref().filter(|code| said != Some(code));
        let text = self.detail.as_deref().or(self.title.as_deref());
        let about = self.source.as_ref().and_then(|source| {
            source
                .get("pointer")
                .or_else(|| source.get("parameter"))
                .and_then(|about| about.as_str())
        });
        let mut out = match (code.map(sentence), text.map(sentence)) {
            (Some(code), Some(text)) => format!("{code}: {text}"),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => return String::new(),
        };
        if let Some(about) = about {
            out.push_str(&format!(" ({about})"));
        }
        out
    }
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

impl Answer {
    /// Who answered `request` with this, as a sentence: whoever it shows itself to be.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, request: &RequestName) -> fmt::Result {
        if self.is_from_apple() {
            return write!(f, "Apple answered {request} with {self}");
        }
        if self.is_page() {
            let who = match self.status {
                200..400 => "A proxy, a gateway, or a sign-in page",
                _ => "A proxy or gateway in between",
            };
            write!(
                f,
                "{who} answered {request} with {}, not Apple",
                self.status
            )?;
            return match &self.detail {
                // Some pages have no other title than their status.
                Some(title) if *title != self.status.to_string() => {
                    write!(f, " (\"{}\").", sentence(title))
                }
                _ => f.write_str("."),
            };
        }
        write!(f, "{request} was answered with {self}")?;
        if self.is_nobodys_refusal() {
            f.write_str(" Nothing shows that the answer came from Apple.")?;
        }
        Ok(())
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
mod tests;
