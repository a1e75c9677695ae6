//! Faults: what goes wrong on purpose, and the words for it.
//!
//! A fault is written `METHOD PATH=WHAT[xTIMES][@FROM]`, as in `GET /v1/mdmServers*=503x2`.
//!
//! * `METHOD` is a method in capitals, or `*` for any.
//! * `PATH` is compared with the path and, where the pattern has a `?`, with the query after it; `*` in it stands for
//!   anything, or for nothing.
//! * `xTIMES` is how often it happens; without it, always. `@FROM` is the matching request that it begins with, counted
//!   from 1: `PATCH /v1/mdmServers/*=500x1@2` breaks the second PATCH alone.
//! * Faults are tried in their order, and one happens to a request: `GET *=503x1` and then `GET *=htmlx1` break the first
//!   request and the second. A fault does not count the requests that an earlier one broke.
//!
//! `WHAT` is one of these. With `after-` before it the request is acted on first, and only the answer goes wrong:
//! after `after-drop` the client can't know whether its write happened. With `late-DURATION-` before it the answer goes wrong
//! at once, and the request is acted on that much later, on what is there by then: after `late-6s-504` the client may have
//! sent the same again already. It is acted on even if the fault is removed meanwhile.
//!
//! | word | what happens |
//! |---|---|
//! | `503`, any status from 300 to 599 | that status, with the error body of the service that was asked |
//! | `429:30`, `503:30` | the same with `Retry-After: 30` |
//! | `403:T_C_NOT_SIGNED` | the same with this code in the body |
//! | `drop` | the connection is closed without an answer |
//! | `half` | half a body, then the connection is closed; always acted on |
//! | `empty`, `empty403` | 200 without a body, or the status named |
//! | `html`, `html502` | a page of HTML with status 200, or the status named |
//! | `text:WORDS` | 200 with these words in plain text |
//! | `slow:5s` | acted on and answered, after this long on the clock |
//! | `stale:30s` | for GET: the device management services as they were that long ago, as a replica may show them |
//! | `lost` | neither answered nor closed, until the client gives up |
//! | `redirect:URL` | 302 to this URL |

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A status with the service's error body; the code and `Retry-After` where they were named.
    Status {
        /// The HTTP status.
        status: u16,
        /// The code in the body.
        code: Option<String>,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// The connection is closed without an answer.
    Drop,
    /// Half a body, then the connection is closed.
    Half,
    /// This status without a body.
    Empty(u16),
    /// A page of HTML with this status.
    Html(u16),
    /// 200 with these words.
    Text(String),
    /// The answer comes after this long.
    Slow(Duration),
    /// The answer shows the device management services as they were this long ago.
    Stale(Duration),
    /// No answer, and no end.
    Lost,
    /// 302 to this URL.
    Redirect(String),
}

/// When a request is acted on to which a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acts {
    Never,
    /// Before it is answered.
    AtOnce,
    /// This long after it arrived.
    Later(Duration),
}

/// A fault: which requests, what goes wrong, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The method; `None` for any.
    pub method: Option<String>,
    /// The pattern of the path.
    pub path: String,
    /// What goes wrong.
    pub what: What,
    /// When the request is acted on.
    pub acts: Acts,
    /// How often it happens; `None` for always.
    pub times: Option<usize>,
    /// The matching request that it begins with, counted from 1.
    pub from: usize,
    /// How many requests matched so far.
    seen: usize,
}

/// Why a fault can't be read: a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

impl Fault {
    /// Counts a request, and says whether the fault happens to it.
    pub(super) fn strikes(&mut self, method: &str, path: &str, query: &str) -> bool {
        let method_matches = self.method.as_deref().is_none_or(|own| own == method);
        let target = if self.path.contains('?') {
            format!("{path}?{query}")
        } else {
            path.to_owned()
        };
        if !method_matches || !matches(&self.path, &target) {
            return false;
        }
        self.seen += 1;
        let nth = self.seen;
        nth >= self.from && self.times.is_none_or(|times| nth < self.from + times)
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads the words that this module describes.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let fail = |why: &str| {
            Err(FaultError(format!(
                "The fault \"{text}\" can't be read: {why}. Example: \"GET /v1/mdmServers*=503x2\"."
            )))
        };
        let Some((method, rest)) = text.trim().split_once(' ') else {
            return fail("it needs a method, a space and a path");
        };
        if method != "*" && !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return fail("the method is in capitals, or *");
        }
        let Some((path, what)) = split(rest.trim()) else {
            return fail("it needs a path, = and what goes wrong");
        };
        if !path.starts_with('/') && !path.starts_with('*') {
            return fail("the path begins with / or *");
        }
        // A URL and free words may hold the letters of a count: there the count is read from the end all the same.
        let (what, from) = counted(what, '@');
        let (what, times) = counted(what, 'x');
        if from == Some(0) || times == Some(0) {
            return fail("a count begins with 1");
        }
        let Some((acts, word)) = acting(what) else {
            return fail("late- needs a time and what goes wrong, as in late-6s-504");
        };
        let Some(what) = what_of(word) else {
            return fail(&format!("\"{word}\" isn't a fault"));
        };
        // These answers show what came of the request.
        let shows = matches!(what, What::Half | What::Slow(_) | What::Stale(_));
        if shows && matches!(acts, Acts::Later(_)) {
            return fail("late- can't stand before half, slow and stale");
        }
        if method != "GET" && matches!(what, What::Stale(_)) {
            return fail("stale is for GET only");
        }
        let acts = if shows { Acts::AtOnce } else { acts };
        Ok(Self {
            method: (method != "*").then(|| method.to_owned()),
            path: path.to_owned(),
            what,
            acts,
            times,
            from: from.unwrap_or(1),
            seen: 0,
        })
    }
}

/// Splits at the `=` before what goes wrong. A query in the path has such signs too, and so may a URL after it.
fn split(text: &str) -> Option<(&str, &str)> {
    let before_url = text.find("redirect:").and_then(|at| text[..at].rfind('='));
    let at = before_url.or_else(|| text.rfind('='))?;
    Some((&text[..at], &text[at + 1..]))
}

/// When the request is acted on, and the word after that; `None` where `late-` has no time or no word.
fn acting(what: &str) -> Option<(Acts, &str)> {
    if let Some(word) = what.strip_prefix("after-") {
        return Some((Acts::AtOnce, word));
    }
    let Some(late) = what.strip_prefix("late-") else {
        return Some((Acts::Never, what));
    };
    let (time, word) = late.split_once('-')?;
    Some((Acts::Later(duration(time)?), word))
}

fn duration(text: &str) -> Option<Duration> {
    let time: SignedDuration = text.parse().ok()?;
    Duration::try_from(time).ok()
}

/// Takes a count off the end: `503x2` → `503` and 2.
fn counted(text: &str, sign: char) -> (&str, Option<usize>) {
    match text.rsplit_once(sign) {
        Some((before, count)) if !before.is_empty() => match count.parse() {
            Ok(count) => (before, Some(count)),
            Err(_) => (text, None),
        },
        _ => (text, None),
    }
}

fn status(text: &str) -> Option<u16> {
    text.parse()
        .ok()
        .filter(|status| (200..600).contains(status))
}

fn what_of(word: &str) -> Option<What> {
    let (name, value) = match word.split_once(':') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    Some(match (name, value) {
        ("drop", None) => What::Drop,
        ("half", None) => What::Half,
        ("empty", None) => What::Empty(200),
        ("lost", None) => What::Lost,
        ("html", None) => What::Html(200),
        ("text", Some(words)) => What::Text(words.to_owned()),
        ("redirect", Some(url)) => What::Redirect(url.to_owned()),
        ("slow", Some(time)) => What::Slow(duration(time)?),
        ("stale", Some(time)) => What::Stale(duration(time)?),
        (name, None) if name.starts_with("empty") => {
            What::Empty(status(name.strip_prefix("empty")?)?)
        }
        (name, None) if name.starts_with("html") => What::Html(status(name.strip_prefix("html")?)?),
        (number, value) => {
            let status = status(number).filter(|status| *status >= 300)?;
            let retry_after = value.and_then(|value| value.parse().ok());
            What::Status {
                status,
                code: value
                    .filter(|value| retry_after.is_none() && !value.is_empty())
                    .map(str::to_owned),
                retry_after,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        text.parse().unwrap()
    }

    #[test]
    fn the_words_are_read() {
        let read = fault("GET /v1/mdmServers*=503x2");
        assert_eq!(read.method.as_deref(), Some("GET"));
        assert_eq!(read.path, "/v1/mdmServers*");
        assert_eq!(
            (read.times, read.from, read.acts),
            (Some(2), 1, Acts::Never)
        );
        let plain = |status| What::Status {
            status,
            code: None,
            retry_after: None,
        };
        assert_eq!(read.what, plain(503));
        let read = fault("* /session=403:T_C_NOT_SIGNED");
        assert_eq!(read.method, None);
        assert_eq!(read.times, None);
        assert_eq!(
            read.what,
            What::Status {
                status: 403,
                code: Some("T_C_NOT_SIGNED".to_owned()),
                retry_after: None
            }
        );
        assert!(matches!(
            fault("* *=429:30x1@3").what,
            What::Status {
                retry_after: Some(30),
                ..
            }
        ));
        assert_eq!(fault("* *=429:30x1@3").from, 3);
        let after = fault("PATCH /v1/mdmServers/*=after-dropx1");
        assert_eq!((after.what, after.acts), (What::Drop, Acts::AtOnce));
        let late = fault("PATCH /v1/mdmServers/*=late-6s-504x1@2");
        let later = Acts::Later(Duration::from_secs(6));
        assert_eq!((late.what, late.acts), (plain(504), later));
        assert_eq!((late.times, late.from), (Some(1), 2));
        assert_eq!(
            fault("GET /v1/mdmServers/1=stale:30s").what,
            What::Stale(Duration::from_secs(30))
        );
        assert_eq!(
            fault("* *=slow:5s").what,
            What::Slow(Duration::from_secs(5))
        );
        assert_eq!(fault("* *=html502").what, What::Html(502));
        assert_eq!(fault("* *=html").what, What::Html(200));
        assert_eq!(fault("* *=empty").what, What::Empty(200));
        assert_eq!(fault("* *=empty403x1").what, What::Empty(403));
        assert_eq!(
            fault("* /v1/users?limit=1000*=empty").path,
            "/v1/users?limit=1000*"
        );
        assert_eq!(
            fault("GET /account=redirect:http://127.0.0.1:9/?a=bx1").what,
            What::Redirect("http://127.0.0.1:9/?a=b".to_owned())
        );
        let late = fault("PATCH /a?b=c=late-1m-redirect:http://127.0.0.1:9/?a=b");
        assert_eq!(late.path, "/a?b=c");
        assert_eq!(late.acts, Acts::Later(Duration::from_secs(60)));
    }

    #[test]
    fn what_cannot_be_read_is_a_sentence() {
        for (text, part) in [
            ("", "needs a method"),
            ("GET", "needs a method"),
            ("get /a=503", "in capitals"),
            ("GET /a", "needs a path, = and"),
            ("GET a=503", "begins with / or *"),
            ("GET /a=99", "isn't a fault"),
            ("GET /a=slow:soon", "isn't a fault"),
            ("GET /a=503x0", "begins with 1"),
            ("PATCH /a=late-504", "late- needs a time"),
            ("PATCH /a=late-soon-504", "late- needs a time"),
            ("PATCH /a=late-6s-504s", "isn't a fault"),
            ("PATCH /a=late-6s-half", "can't stand before half"),
            ("PATCH /a=stale:30s", "for GET only"),
        ] {
            let why = text.parse::<Fault>().unwrap_err().to_string();
            assert!(why.contains(part), "{text}: {why}");
            assert!(why.ends_with('.'), "{why}");
        }
    }

    #[test]
    fn it_strikes_as_often_as_it_says() {
        let mut twice = fault("GET /v1/mdmServers*=503x2@2");
        let mut struck = |method, path| twice.strikes(method, path, "limit=5");
        assert!(!struck("GET", "/v1/mdmServers"));
        assert!(!struck("PATCH", "/v1/mdmServers/1"));
        assert!(struck("GET", "/v1/mdmServers/1"));
        assert!(struck("GET", "/v1/mdmServers"));
        assert!(!struck("GET", "/v1/mdmServers"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("*", "/a"));
        assert!(matches("/a*", "/a"));
        assert!(matches("/a*/c", "/a/b/c"));
        assert!(matches("/a*b*c", "/abbc"));
        assert!(!matches("/a", "/a/b"));
        assert!(!matches("/a*/c", "/a/b"));
        assert!(matches("/a?x=*", "/a?x=1"));
    }
}
