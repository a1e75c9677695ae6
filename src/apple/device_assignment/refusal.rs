//! Why Device Assignment Services refuse: their codes, in the forms in which they were seen.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::apple::error::answer::{Answer, write_request_id};
use crate::network::AGENT;
use crate::text::spoken;

/// A reason for a refusal that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `T_C_NOT_SIGNED` (official).
    TermsNotSigned,
    /// `token_expired` (observed).
    TokenExpired,
    /// `token_rejected` or `signature_invalid`: a newer token was downloaded, or this one was revoked (observed).
    TokenReplaced,
    /// 401 to a session request, or to another one with a new session as well (official).
    Unauthorized,
    /// `FORBIDDEN` to a session request, or to another one with a new session as well: for good (observed).
    Forbidden,
    /// `ACCESS_DENIED` (official).
    AccessDenied,
    /// `ORG_NOT_SUPPORTED` (official).
    OrganizationNotSupported,
    /// `MDM_SERVICE_DISCOVERY_URL_NOT_VALID` (official).
    UrlNotValid,
    /// `MDM_SERVICE_DISCOVERY_URL_REQUIRED` (official).
    UrlRequired,
    /// `USER_AGENT_MISSING` or `USER_AGENT_INVALID` (official).
    UserAgentInvalid,
    /// `oauth_problem_advice` (observed), or 400 to a session request (official).
    OauthParameters,
}

/// The codes, in lower case, in the order in which they are looked for.
const CODES: [(&str, Refusal); 15] = [
    ("t_c_not_signed", Refusal::TermsNotSigned),
    ("token_expired", Refusal::TokenExpired),
    ("expired_token", Refusal::TokenExpired),
    ("token_rejected", Refusal::TokenReplaced),
    ("signature_invalid", Refusal::TokenReplaced),
    ("access_denied", Refusal::AccessDenied),
    ("org_not_supported", Refusal::OrganizationNotSupported),
    ("mdm_service_discovery_url_not_valid", Refusal::UrlNotValid),
    ("mdm_service_discovery_url_required", Refusal::UrlRequired),
    ("user_agent_missing", Refusal::UserAgentInvalid),
    ("user_agent_invalid", Refusal::UserAgentInvalid),
    // These stand beside a better one at times, so they come last.
    ("oauth_problem_advice", Refusal::OauthParameters),
    ("oauth_problem", Refusal::OauthParameters),
    ("forbidden", Refusal::Forbidden),
    ("unauthorized", Refusal::Unauthorized),
];

impl Refusal {
    /// What it means, as a clause that begins in lower case or with a name.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::TermsNotSigned => "new terms and conditions of Apple are not accepted yet",
            Self::TokenExpired => "the server token has expired; it lasts a year",
            Self::TokenReplaced => {
                "the server token was replaced by a newer download, or was revoked"
            }
            Self::Unauthorized => "the server token is not accepted",
            Self::Forbidden => "the server token is refused for good",
            Self::AccessDenied => "the server token has no right to this",
            Self::OrganizationNotSupported => {
                "this organization can't have an account-driven enrollment URL"
            }
            Self::UrlNotValid => "the URL is not accepted; it has to be a valid https address",
            Self::UrlRequired => "the request came without the URL",
            Self::UserAgentInvalid => "this program's name is not accepted",
            Self::OauthParameters => "the signed request for a session is not accepted",
        }
    }

    /// The reason for an answer, and the code that names it where one does.
    fn of(answer: &Answer, for_session: bool) -> Option<(Self, Option<&'static str>)> {
        // A page of a proxy says "Forbidden" as well.
        if !matches!(answer.status, 400 | 401 | 403) || answer.is_page() {
            return None;
        }
        let body = answer.body.to_ascii_lowercase();
        let word = word_of(&answer.body);
        let named = CODES.iter().find(|(code, refusal)| match refusal {
            // Gateways say "Forbidden" and "401 Unauthorized" in plain text, which are words of HTTP and no code.
            Self::Forbidden | Self::Unauthorized => word.is_some_and(|word| {
                word.eq_ignore_ascii_case(code)
                    && (word == word.to_ascii_uppercase() || word == word.to_ascii_lowercase())
            }),
            _ => body.contains(code),
        });
        match (named, answer.status) {
            (Some((code, refusal)), _) => Some((*refusal, Some(code))),
            (None, 401) => Some((Self::Unauthorized, None)),
            (None, 400) if for_session => Some((Self::OauthParameters, None)),
            (None, _) => None,
        }
    }

    /// Whether a clock that is off explains it: the signature has the time in it.
    fn may_be_the_clock(self) -> bool {
        matches!(self, Self::Unauthorized | Self::OauthParameters)
    }
}

/// A refusal for a known reason.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The reason.
    pub refusal: Refusal,
    /// The code as Apple spelled it, where there was one.
    pub code: Option<String>,
    /// How far this machine's clock is ahead of Apple's (behind where negative), if by more than 5 minutes.
    pub clock_off: Option<SignedDuration>,
    /// Everything that Apple answered.
    pub answer: Answer,
}

impl Refused {
    /// What the answer was a refusal for, if that is known. `now` is the time by this machine's clock.
    pub(in crate::apple) fn of(
        answer: Box<Answer>,
        for_session: bool,
        now: Timestamp,
    ) -> Result<Self, Box<Answer>> {
        let Some((refusal, code)) = Refusal::of(&answer, for_session) else {
            return Err(answer);
        };
        Ok(Self {
            refusal,
            code: code.map(|code| as_spelled(&answer.body, code)),
            clock_off: answer
                .date
                .map(|date| now.duration_since(date))
                .filter(|off| off.abs() > CLOCK_OFF),
            answer: *answer,
        })
    }
}

/// The code that a body is: alone or in quotes, or in JSON as `code` or `error` (observed), or in Apple's error document.
pub(super) fn word_of(body: &str) -> Option<&str> {
    #[derive(Deserialize)]
    struct Coded<'a> {
        #[serde(borrow)]
        code: Option<&'a str>,
        error: Option<&'a str>,
        #[serde(default)]
        errors: Vec<Coded<'a>>,
    }
    let body = body.trim();
    if !body.starts_with('{') {
        return Some(body.trim_matches('"').trim()).filter(|word| !word.is_empty());
    }
    let coded: Coded = serde_json::from_str(body).ok()?;
    let first = coded.errors.into_iter().next();
    let nested = first.and_then(|error| error.code);
    coded.code.or(coded.error).or(nested)
}

/// Further codes of these services, which say nothing of a token or a URL (official; `APPLE_SEED_FOR_IT_TURNED_OFF` and
/// `TOO_MANY_REQUESTS` observed).
const OTHER_CODES: [&str; 4] = [
    "NOT_FOUND",
    "MALFORMED_REQUEST_BODY",
    "TOO_MANY_REQUESTS",
    "APPLE_SEED_FOR_IT_TURNED_OFF",
];

/// Whether a body is a code that no proxy says.
pub(in crate::apple) fn is_a_word_of_apples(body: &str) -> bool {
    word_of(body).is_some_and(|word| {
        OTHER_CODES
            .iter()
            .any(|code| word.eq_ignore_ascii_case(code))
    })
}

/// A difference of clocks that is worth a word.
const CLOCK_OFF: SignedDuration = SignedDuration::from_mins(5);

/// The part of `body` that `code` was found in.
fn as_spelled(body: &str, code: &str) -> String {
    body.to_ascii_lowercase()
        .find(code)
        .and_then(|at| body.get(at..at + code.len()))
        .unwrap_or(code)
        .to_owned()
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.answer.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        write!(f, ": {}", self.refusal.meaning())?;
        write_request_id(f, &self.answer)?;
        f.write_str(".")?;
        match self.clock_off {
            Some(off) if self.refusal.may_be_the_clock() => {
                let side = if off.is_positive() {
                    "ahead of"
                } else {
                    "behind"
                };
                write!(
                    f,
                    " This machine's clock is {} {side} Apple's, which is reason enough.",
                    spoken(off.abs())
                )
            }
            _ if self.refusal == Refusal::UserAgentInvalid => write!(f, " It is {AGENT}."),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apple::error::{Cause, Failure, RequestName};
    use reqwest::Method;
    use reqwest::header::{HeaderMap, HeaderValue};

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn session_request() -> RequestName {
        RequestName::without_address(&Method::GET, &["session"])
    }

    fn failure(status: u16, body: &str, date: Option<&'static str>, for_session: bool) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(date) = date {
            headers.insert("date", HeaderValue::from_static(date));
        }
        let answer = Answer::read(status, &headers, body.as_bytes(), now());
        let failure = Failure::new(session_request(), Cause::Answer(Box::new(answer)));
        failure.refused_for(for_session, now())
    }

    #[test]
    fn each_code_is_known_in_each_form_at_each_status() {
        for (code, expected) in CODES {
            for code in [code.to_owned(), code.to_uppercase()] {
                for body in [
                    code.clone(),
                    format!("\"{code}\""),
                    format!("{code}\r\n"),
                    format!("{{\"code\":\"{code}\"}}"),
                    format!("{{\"error\":\"{code}\"}}"),
                    format!("{{\"errors\":[{{\"code\":\"{code}\"}}]}}"),
                    format!("{code}Bad Request\n\nThe request is not valid."),
                ] {
                    // These are words of HTTP too, so they have to stand alone.
                    let longer = body.contains("Bad Request");
                    if longer && matches!(expected, Refusal::Forbidden | Refusal::Unauthorized) {
                        continue;
                    }
                    for status in [400, 401, 403] {
                        let failure = failure(status, &body, None, false);
                        let refused = failure.refused().unwrap();
                        assert_eq!(refused.refusal, expected, "{status} {body}");
                        assert_eq!(refused.code.as_deref(), Some(code.as_str()));
                        assert_eq!(refused.answer.status, status);
                        assert!(failure.not_acted_on());
                        assert!(failure.to_string().starts_with(&format!(
                            "Apple answered GET /session with {status} {code}: "
                        )));
                    }
                }
            }
        }
    }

    #[test]
    fn the_better_of_two_codes_counts() {
        let failure = failure(401, "oauth_problem_advice&token_rejected", None, true);
        assert_eq!(failure.refused().unwrap().refusal, Refusal::TokenReplaced);
    }

    #[test]
    fn answers_without_a_code_are_told_by_their_status() {
        for (status, body, for_session, expected) in [
            (401, "", true, Some(Refusal::Unauthorized)),
            (401, "", false, Some(Refusal::Unauthorized)),
            (400, "Bad Request", true, Some(Refusal::OauthParameters)),
            (400, "MALFORMED_REQUEST_BODY", false, None),
            (403, "", true, None),
            (403, "<html><title>403 Forbidden</title></html>", true, None),
            (
                401,
                "<!DOCTYPE html><title>Unauthorized</title>",
                true,
                None,
            ),
            (403, "Forbidden", true, None),
            (403, "403 Forbidden\n", true, None),
            (403, "FORBIDDEN by policy", true, None),
            (403, r#"{"message":"Forbidden"}"#, true, None),
            (403, "RBAC: access denied", true, None),
            (
                403,
                "\u{feff}<center><h1>FORBIDDEN</h1></center>",
                true,
                None,
            ),
            (403, "<!-- FORBIDDEN -->", true, None),
            (404, "NOT_FOUND", false, None),
            (429, "FORBIDDEN", false, None),
            (503, "T_C_NOT_SIGNED", false, None),
        ] {
            let failure = failure(status, body, None, for_session);
            let refusal = failure.refused().map(|refused| refused.refusal);
            assert_eq!(refusal, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_clock_that_is_off_is_named_where_it_can_be_the_reason() {
        let said = |body, date| failure(401, body, Some(date), true).to_string();
        for (date, expected) in [
            (
                "Sun, 22 Nov 2026 09:48:00 GMT",
                " This machine's clock is 12 minutes ahead of Apple's, which is reason enough.",
            ),
            (
                "Sun, 22 Nov 2026 13:00:01 GMT",
                " This machine's clock is 3 hours behind Apple's, which is reason enough.",
            ),
            (
                "Thu, 12 Nov 2026 10:00:00 GMT",
                " This machine's clock is 10 days ahead of Apple's, which is reason enough.",
            ),
            ("Sun, 22 Nov 2026 10:04:00 GMT", ""),
        ] {
            assert_eq!(
                said("", date),
                format!(
                    "Apple answered GET /session with 401: the server token is not accepted.{expected}"
                )
            );
        }
        let off = "Sun, 22 Nov 2026 08:00:00 GMT";
        assert!(said("oauth_problem_advice", off).contains("2 hours ahead"));
        assert!(!said("token_expired", off).contains("clock"));
    }

    #[test]
    fn every_reason_is_a_clause() {
        for (_, refusal) in CODES {
            assert!(!refusal.meaning().ends_with('.'));
        }
        let said = failure(400, "USER_AGENT_INVALID", None, true).to_string();
        assert!(said.ends_with(&format!("It is {AGENT}.")), "{said}");
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_without_panic(status in 400u16..404, body: String) {
            let said = failure(status, &body, None, true).to_string();
            proptest::prop_assert!(!said.contains('\n'));
        }
    }
}
