//! How a device reads an answer to service discovery. Pure.
//!
//! A device looks at the content type before the status (observed of iOS). For a person the status comes first: a 404 with
//! a web page means that nothing is there, not that the page isn't JSON.

use serde_json::{Map, Value};
use url::Url;

use super::unwrapped::around_json;
use super::{Code, DiscoveredServer, Finding, Version, WELL_KNOWN, base_url, challenge};

/// An answer, as it came.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiscoveryAnswer<'a> {
    pub status: u16,
    /// Every `Content-Type`, as it came.
    pub content_types: &'a [String],
    /// Every `WWW-Authenticate`.
    pub challenges: &'a [String],
    /// `cf-mitigated`: what a service before the server did with the request.
    pub mitigated: Option<&'a str>,
    pub body: &'a [u8],
    /// What was asked.
    pub url: Option<&'a Url>,
}

/// What a device makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Where it would enroll, or why it can't.
    pub outcome: Result<DiscoveredServer, Finding>,
    /// What is likely to be wrong even so.
    pub warnings: Vec<Finding>,
}

/// Judges an answer that is no redirect.
pub fn judge(answer: &DiscoveryAnswer<'_>) -> Judged {
    let mut warnings = Vec::new();
    let outcome = match refused(answer) {
        Some(finding) => Err(finding),
        None => document(answer, &mut warnings),
    };
    Judged { outcome, warnings }
}

/// What an answer's status says against it; `None` for 200.
fn refused(answer: &DiscoveryAnswer<'_>) -> Option<Finding> {
    let status = answer.status;
    let found =
        |code, what: &str| Some(Finding::new(code, format!("The answer is {status}{what}.")));
    match status {
        _ if is_bot_wall(answer) => found(Code::BotWall, ", with a challenge for browsers"),
        200 => None,
        401 if challenge(answer.challenges).is_of_enrollment() => found(
            Code::EnrollmentUrl,
            " and asks for a bearer token, like an enrollment URL",
        ),
        401 => found(Code::Unauthorized, ": the server requires a password"),
        403 if is_rejection(answer.body) => found(
            Code::Rejected,
            " with com.apple.well-known.failed: the server turns this device away on purpose",
        ),
        403 => found(Code::Forbidden, ": the server refuses the request"),
        404 | 410 => found(Code::NotFound, ": nothing is there"),
        405 => found(
            Code::EnrollmentUrl,
            ": GET isn't allowed, which is typical of an enrollment URL",
        ),
        400..=499 => found(Code::ClientError, ""),
        500..=599 => found(Code::ServerError, ": the server failed"),
        _ => found(Code::UnexpectedStatus, ", and a device accepts only 200"),
    }
}

/// Whether a service before the server wants to see a browser.
fn is_bot_wall(answer: &DiscoveryAnswer<'_>) -> bool {
    /// Words in the pages of challenges (observed).
    const MARKS: [&str; 6] = [
        "/cdn-cgi/challenge-platform",
        "cf-chl-",
        "_incapsula_resource",
        "captcha-delivery.com",
        "px-captcha",
        "awswafintegration",
    ];
    if answer
        .mitigated
        .is_some_and(|it| it.eq_ignore_ascii_case("challenge"))
    {
        return true;
    }
    matches!(answer.status, 403 | 405 | 429 | 503) && {
        let text = start(answer.body);
        MARKS.iter().any(|mark| text.contains(mark))
    }
}

/// Whether a body has Apple's own code for "not here", as JSON or as a property list (official).
fn is_rejection(body: &[u8]) -> bool {
    const CODE: &str = "com.apple.well-known.failed";
    match serde_json::from_slice::<Value>(without_mark(body)) {
        Ok(value) => value.get("code").and_then(Value::as_str) == Some(CODE),
        Err(_) => {
            is_property_list(body) && start(body).contains(&format!("<string>{CODE}</string>"))
        }
    }
}

/// Reads the document of an answer with status 200.
fn document(
    answer: &DiscoveryAnswer<'_>,
    warnings: &mut Vec<Finding>,
) -> Result<DiscoveredServer, Finding> {
    let body = without_mark(answer.body);
    let essences: Vec<&str> = answer
        .content_types
        .iter()
        .flat_map(|value| value.split(','))
        .map(|value| value.split(';').next().unwrap_or_default().trim())
        .collect();
    if essences
        .iter()
        .any(|it| it.eq_ignore_ascii_case("application/x-apple-aspen-config"))
        || is_property_list(body)
    {
        return Err(Finding::new(
            Code::EnrollmentUrl,
            "The answer is a configuration profile or a property list, not the document that names the enrollment URL.",
        ));
    }
    let parsed = serde_json::from_slice::<Value>(body);
    let around = around_json(body);
    if parsed.is_err() && around.is_none() && is_html(body) {
        return Err(if has_sign_in_form(body) {
            Finding::new(Code::LoginPage, "The answer is a sign-in page.")
        } else {
            Finding::new(
                Code::Html,
                "The answer is a web page (HTML) with status 200.",
            )
        });
    }
    warnings.extend(content_type(&essences, parsed.is_ok())?);
    if body.is_empty() {
        return Err(Finding::new(Code::NotJson, "The answer has no body."));
    }
    let parsed = parsed.map_err(|error| {
        let why = if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
            "The answer is in UTF-16.".to_owned()
        } else if let Some(around) = around {
            around.to_owned()
        } else {
            format!("The answer isn't JSON: {error}.")
        };
        Finding::new(Code::NotJson, why)
    })?;
    if body.len() < answer.body.len() {
        warnings.push(Finding::new(
            Code::ByteOrderMark,
            "The document begins with a byte order mark.",
        ));
    }
    let Value::Object(members) = parsed else {
        return Err(Finding::new(
            Code::NotJson,
            format!("The document is {}, not an object.", kind(&parsed)),
        ));
    };
    server(&members, answer.url, warnings)
}

/// Whether a device takes the content type, and what is odd about it.
fn content_type(essences: &[&str], is_json: bool) -> Result<Option<Finding>, Finding> {
    const JSON: &str = "application/json";
    let but = if is_json {
        ", though its body is JSON"
    } else {
        ""
    };
    let why = match essences {
        [JSON] => return Ok(None),
        // iOS was seen to compare the letters, case included (observed).
        [only] if only.eq_ignore_ascii_case(JSON) => {
            let why = format!(
                "The Content-Type is {only}; devices may accept only {JSON}, in lowercase."
            );
            return Ok(Some(Finding::new(Code::ContentTypeCase, why)));
        }
        [] => format!("The answer has no Content-Type{but}."),
        [only] => {
            format!("The Content-Type is {only}{but}; a device accepts only application/json.")
        }
        several => format!(
            "The answer has several content types: {}.",
            several.join(", ")
        ),
    };
    Err(Finding::new(Code::ContentType, why))
}

/// The first server of a document; a device takes no other (official).
fn server(
    members: &Map<String, Value>,
    asked: Option<&Url>,
    warnings: &mut Vec<Finding>,
) -> Result<DiscoveredServer, Finding> {
    let Some(servers) = members.get("Servers") else {
        let near = members.keys().find(|it| it.eq_ignore_ascii_case("servers"));
        let why = match near {
            Some(near) => format!("The document has {near} instead of Servers."),
            None => "The document has no Servers.".to_owned(),
        };
        return Err(Finding::new(Code::NoServers, why));
    };
    let Value::Array(servers) = servers else {
        let why = format!("Servers is {}, not a list.", kind(servers));
        return Err(Finding::new(Code::NoServers, why));
    };
    let Some(first) = servers.first() else {
        return Err(Finding::new(
            Code::EmptyServers,
            "Servers is an empty list.",
        ));
    };
    let Value::Object(first) = first else {
        let why = format!(
            "The first item of Servers is {}, not an object.",
            kind(first)
        );
        return Err(Finding::new(Code::NoServers, why));
    };
    if servers.len() > 1 {
        let why = format!(
            "The document has {} servers; devices use the first.",
            servers.len()
        );
        warnings.push(Finding::new(Code::SeveralServers, why));
    }
    let version = match first.get("Version") {
        Some(Value::String(version)) => Version::from(version.as_str()),
        Some(other) => {
            let why = format!(
                "The Version of the server is {}, not a string.",
                kind(other)
            );
            return Err(Finding::new(Code::UnknownVersion, why));
        }
        None => {
            return Err(Finding::new(
                Code::UnknownVersion,
                "The server has no Version.",
            ));
        }
    };
    if let Version::Other(word) = &version {
        let why = format!("The Version of the server is \"{word}\", which Apple doesn't document.");
        return Err(Finding::new(Code::UnknownVersion, why));
    }
    let base = match first.get("BaseURL") {
        Some(Value::String(base)) => base,
        Some(other) => {
            let why = format!("The BaseURL is {}, not a string.", kind(other));
            return Err(Finding::new(Code::NoBaseUrl, why));
        }
        None => return Err(Finding::new(Code::NoBaseUrl, "The server has no BaseURL.")),
    };
    let judged = base_url(base)?;
    if is_document(&judged.url, asked) {
        let why = format!("The BaseURL {base} is the URL of the document itself.");
        return Err(Finding::new(Code::DocumentUrl, why));
    }
    warnings.extend(judged.warnings);
    Ok(DiscoveredServer {
        version,
        base_url: base.clone(),
    })
}

/// Whether a URL is that of a document: the well-known resource of any host, or what was asked.
fn is_document(base: &Url, asked: Option<&Url>) -> bool {
    let path = base.path().trim_end_matches(['/', '.']);
    let path = path.strip_suffix(".json").unwrap_or(path);
    path == WELL_KNOWN
        || asked.is_some_and(|asked| {
            asked.origin() == base.origin() && asked.path() == base.path() && asked.path() != "/"
        })
}

/// What a JSON value is, with its article.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The body without a byte order mark of UTF-8.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The beginning of a body in lower case, to look for words in.
fn start(body: &[u8]) -> String {
    let part = &body[..body.len().min(64 * 1024)];
    String::from_utf8_lossy(part).to_ascii_lowercase()
}

fn is_html(body: &[u8]) -> bool {
    let text = start(body);
    let text = text.trim_start();
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<!--",
        "<script",
        "<title",
    ]
    .iter()
    .any(|tag| text.starts_with(tag))
        || (text.starts_with("<?xml") && text.contains("<html"))
}

fn is_property_list(body: &[u8]) -> bool {
    let text = start(body);
    let text = text.trim_start();
    body.starts_with(b"bplist00")
        || text.starts_with("<!doctype plist")
        || text.starts_with("<plist")
        || (text.starts_with("<?xml") && text.contains("<plist"))
}

fn has_sign_in_form(page: &[u8]) -> bool {
    let text = start(page);
    [
        "type=\"password\"",
        "type='password'",
        "type=password",
        "name=\"samlrequest\"",
        "name=\"samlresponse\"",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}
