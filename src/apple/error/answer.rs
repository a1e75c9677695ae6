//! What Apple says in an answer that is not a success: its error document, an OAuth error, text, a web page, nothing.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::RequestName;
use super::sentence::sentence;
use crate::apple::lenient;
use crate::text::printable;

/// An answer that is not a success.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status. Outside it is asked for with [`Failure::status_of`](super::Failure::status_of).
    pub(in crate::apple) status: u16,
    /// It is Apple's own error document, with a code.
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
            answer.is_apples = answer.code.is_some();
            answer.detail = details(&errors, answer.code.as_deref());
            let id = errors.iter().find_map(|error| error.id.clone());
            answer.request_id = answer.request_id.or(id);
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

/// Whether it is markup: nothing that Apple's APIs say begins with `<`.
fn looks_like_html(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '[']) {
        return false;
    }
    let start: String = text.chars().take(200).collect::<String>().to_lowercase();
    start.starts_with('<') || start.contains("<html") || start.contains("<head")
}

/// The title of a page, or else its first headline, as one line of plain text.
fn title(html: &str) -> Option<String> {
    ["title", "h1", "h2"]
        .into_iter()
        .find_map(|tag| element(html, tag))
}

/// The text of the first element of that name; `None` if there is none, or nothing in it.
fn element(html: &str, tag: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let open = format!("<{tag}");
    let mut from = 0;
    let start = loop {
        let after = from + lower[from..].find(&open)? + open.len();
        from = after;
        // `<titles>` is another element, and `<title lang="en">` is this one.
        if lower[after..].starts_with(|next: char| next == '>' || next.is_whitespace()) {
            break after + lower[after..].find('>')? + 1;
        }
    };
    let end = start + lower[start..].find(&format!("</{tag}"))?;
    let text = plain(html.get(start..end)?);
    (!text.is_empty()).then(|| text.chars().take(100).collect())
}

/// Markup without its tags, the usual entities and what a terminal would act on.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in markup.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            other => text.push(other),
        }
    }
    // The ampersand comes last, or `&amp;lt;` would become another thing than it says.
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&#160;", " "),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&ndash;", "-"),
        ("&mdash;", "-"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    let text = printable(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
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
                200..400 => "A proxy, a gateway or a sign-in page",
                _ => "A proxy or gateway in between",
            };
            write!(
                f,
                "{who} answered {request} with {}, not Apple",
                self.status
            )?;
            return match &self.detail {
                Some(title) => write!(f, " (\"{}\").", sentence(title)),
                None => f.write_str("."),
            };
        }
        write!(f, "{request} was answered with {self}")?;
        if self.is_nobodys_refusal() {
            f.write_str(" Nothing shows that the answer is Apple's.")?;
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
                "GET /v1/mdmServers was answered with 400 invalid_request: No scope. Nothing shows that the answer is Apple's.",
            ),
            (
                502,
                &[],
                "<html><head><title>502 Bad Gateway</title></head></html>",
                "A proxy or gateway in between answered GET /v1/mdmServers with 502, not Apple (\"502 Bad Gateway\").",
            ),
            (
                503,
                &[],
                "Service unavailable\nplease wait",
                "GET /v1/mdmServers was answered with 503: Service unavailable.",
            ),
            (
                500,
                &[],
                "",
                "GET /v1/mdmServers was answered with 500 and an empty body.",
            ),
            (
                403,
                &[],
                "",
                "GET /v1/mdmServers was answered with 403 and an empty body. Nothing shows that the answer is Apple's.",
            ),
            (
                403,
                &[],
                r#"{"message":"Forbidden"}"#,
                "GET /v1/mdmServers was answered with 403: {\"message\":\"Forbidden\"}. Nothing shows that the answer is Apple's.",
            ),
            (
                403,
                &[("x-apple-jingle-correlation-key", "K")],
                "",
                "Apple answered GET /v1/mdmServers with 403 and an empty body (request K).",
            ),
            (
                200,
                &[],
                "<title>Sign in</title>",
                "A proxy, a gateway or a sign-in page answered GET /v1/mdmServers with 200, not Apple (\"Sign in\").",
            ),
        ] {
            assert_eq!(said(status, headers, body), expected);
        }
    }

    #[test]
    fn all_errors_of_a_document_are_shown_once() {
        let detail = |errors: serde_json::Value| {
            let body = serde_json::json!({ "errors": errors }).to_string();
            let answer = Answer::read(409, &HeaderMap::new(), body.as_bytes(), now());
            assert_eq!(answer.code.as_deref(), Some("A"), "{body}");
            assert!(answer.is_apples);
            answer.to_string()
        };
        let error = |code: &str, detail: &str, at: &str| serde_json::json!({"code": code, "detail": detail, "source": {"pointer": at}});
        assert_eq!(
            detail(serde_json::json!([
                error("A", "No.", "/data/a"),
                error("B", "Nor this.", "/data/b"),
                error("A", "No.", "/data/a"),
                error("A", "No.", "/data/c"),
            ])),
            "409 A: No (/data/a); B: Nor this (/data/b); No (/data/c)."
        );
        // What is odd costs itself alone, and a code anywhere shows Apple's document.
        assert_eq!(
            detail(
                serde_json::json!(["odd", {"title": "T"}, {"code": "A", "title": "U"}, null, {"code": 7}])
            ),
            "409 A: T; U."
        );
        let many: Vec<_> = (0..9)
            .map(|number| error("A", &format!("{number} {}", "long ".repeat(100)), "/x"))
            .collect();
        let said = detail(many.into());
        assert!(said.ends_with("; and 4 more."), "{said}");
        assert!(said.contains("4 long long"), "{said}");
    }

    #[test]
    fn the_title_of_a_page_is_plain_text() {
        for (page, expected) in [
            (
                "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD>",
                Some("Access Denied"),
            ),
            (
                "<title lang=\"en\">\n  A &amp; B &#8211;\t&lt;C&gt;&nbsp;</title>",
                Some("A & B &#8211; <C>"),
            ),
            ("<titles>x</titles><title>y</title >", Some("y")),
            (
                "<title></title><h1>403 <b>Forbidden</b></h1>",
                Some("403 Forbidden"),
            ),
            (
                "<title>\u{1b}[31mred\u{202e}</title>",
                Some("\u{fffd}[31mred\u{fffd}"),
            ),
            ("<title>never ends", None),
            ("<p>nothing</p>", None),
            ("<?xml version=\"1.0\"?><html><title>X</title>", Some("X")),
        ] {
            assert!(looks_like_html(page), "{page}");
            assert_eq!(title(page).as_deref(), expected, "{page}");
        }
        let long = format!("<title>{}</title>", "x".repeat(1000));
        assert_eq!(title(&long).unwrap().len(), 100);
        for text in [r#"{"name":"<html>"}"#, "Forbidden", "", "a < b"] {
            assert!(!looks_like_html(text), "{text}");
        }
        for text in ["\u{feff}<p>", "\n<!-- -->", "oops: <html>"] {
            assert!(looks_like_html(text), "{text}");
        }
    }

    #[test]
    fn apples_request_id_shows_that_apple_refuses() {
        let headers: HeaderMap = [(
            reqwest::header::HeaderName::from_static("x-apple-request-uuid"),
            "U".parse().unwrap(),
        )]
        .into_iter()
        .collect();
        for (status, says, of_servers) in [
            (401, Says::NotAuthenticated, Some(401)),
            (403, Says::Forbidden, Some(403)),
            // What exists takes Apple's words.
            (404, Says::Other, None),
            (409, Says::Other, None),
        ] {
            for body in ["", "<html>", "Forbidden"] {
                let answer = Answer::read(status, &headers, body.as_bytes(), now());
                assert_eq!(answer.says(), says, "{status} {body}");
                let failure = failure(answer);
                assert_eq!(failure.status_of(&servers("a.example")), of_servers);
                assert!(!failure.not_acted_on());
                let said = failure.to_string();
                assert!(said.starts_with("Apple answered"), "{said}");
            }
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
