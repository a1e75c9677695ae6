//! Refusals of Device Assignment Services: their codes, in the observed forms.

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
    /// `UNAUTHORIZED`, or 401 with Apple's id of the request: to a session request, or to another one with a new session as well
    /// (official).
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
    /// `oauth_problem_advice` (observed), or 400 with Apple's id of the request to a session request (official).
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
            Self::TermsNotSigned => {
                "the organization hasn't accepted Apple's new terms and conditions yet"
            }
            Self::TokenExpired => "the server token has expired (server tokens last a year)",
            Self::TokenReplaced => {
                "a newer download replaced the server token, or the token was revoked"
            }
            Self::Unauthorized => "Apple doesn't accept the server token",
            Self::Forbidden => "Apple refuses the server token permanently",
            Self::AccessDenied => "the server token doesn't have permission for this",
            Self::OrganizationNotSupported => {
                "this organization can't have an account-driven enrollment URL"
            }
            Self::UrlNotValid => "Apple doesn't accept the URL; use a valid https URL",
            Self::UrlRequired => "the request has no URL",
            Self::UserAgentInvalid => "Apple doesn't accept the name of this program",
            Self::OauthParameters => "Apple doesn't accept the signed request for a session",
        }
    }

    /// The reason for an answer, and the code that names it if one does.
    fn of(answer: &Answer, for_session: bool) -> Option<(Self, Option<&'static str>)> {
        // A page of a proxy says "Forbidden" as well.
        if !matches!(answer.status, 400 | 401 | 403) || answer.is_page() {
            return None;
        }
        let words = words_of(&answer.body);
        let body = answer.body.to_ascii_lowercase();
        let named = CODES.iter().find(|(code, refusal)| {
            let is_said = words.iter().any(|word| refusal.is_meant_by(word, code));
            // In what is Apple's the code may stand among other words (observed).
            is_said || (answer.is_marked && !refusal.is_said_by_others() && body.contains(code))
        });
        match (named, answer.status) {
            (Some((code, refusal)), _) => Some((*refusal, Some(code))),
            // A proxy that wants a password answers 401 as well, and one that understands nothing 400.
            (None, 401) if answer.is_from_apple() => Some((Self::Unauthorized, None)),
            (None, 400) if for_session && answer.is_from_apple() => {
                Some((Self::OauthParameters, None))
            }
            (None, _) => None,
        }
    }

    /// Whether a word of an answer is this refusal's `code`, in any case (observed) unless others say it too.
    fn is_meant_by(self, word: &str, code: &str) -> bool {
        if self.is_said_by_others() {
            word == code.to_ascii_uppercase()
        } else {
            word.eq_ignore_ascii_case(code)
        }
    }

    /// Gateways say "Forbidden" and "unauthorized", and OAuth says `access_denied` (RFC 6749).
    fn is_said_by_others(self) -> bool {
        matches!(
            self,
            Self::Forbidden | Self::Unauthorized | Self::AccessDenied
        )
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
    /// The code as Apple spelled it, if there was one.
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

/// The text that a body is: alone, in quotes, or in an object of JSON as its only member, `code` or `error` (observed). With anything
/// beside it, it is the words of something in between, which may contain Apple's.
pub(super) fn word_of(body: &str) -> Option<&str> {
    /// An object that has one of these members, and no other.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Coded<'a> {
        Code(&'a str),
        Error(&'a str),
    }
    let body = body.trim();
    if body.starts_with('{') {
        let (Coded::Code(word) | Coded::Error(word)) = serde_json::from_str(body).ok()?;
        return Some(word);
    }
    Some(unquoted(body)).filter(|word| !word.is_empty())
}

/// The words of a body that may be Apple's codes: the only one, or those of a report of an OAuth problem, such as
/// `oauth_problem=token_rejected&oauth_problem_advice=…` or `oauth_problem_advice&token_rejected`.
fn words_of(body: &str) -> Vec<&str> {
    let Some(word) = word_of(body) else {
        return Vec::new();
    };
    let parts = || word.split(['&', ',']).map(str::trim);
    let is_code = |part: &str| {
        CODES
            .iter()
            .any(|(code, refusal)| refusal.is_meant_by(part, code))
    };
    // In a report the texts beside the code are for people.
    if is_pair(word) || parts().all(is_code) {
        return parts()
            .flat_map(|part| match part.split_once('=') {
                Some((key, value)) => [key.trim(), unquoted(value.trim())],
                None => [part, part],
            })
            .collect();
    }
    vec![word]
}

/// Whether a text begins with `oauth_problem=` or `oauth_problem_advice=`.
fn is_pair(text: &str) -> bool {
    text.split_once('=').is_some_and(|(key, _)| {
        ["oauth_problem", "oauth_problem_advice"]
            .iter()
            .any(|name| key.trim().eq_ignore_ascii_case(name))
    })
}

/// A text without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.map_or(text, str::trim)
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
    word_of(body).is_some_and(|word| OTHER_CODES.contains(&word))
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
                    " This machine's clock is {} {side} Apple's, which is enough to cause this.",
                    spoken(off.abs())
                )
            }
            _ if self.refusal == Refusal::UserAgentInvalid => write!(f, " The name is {AGENT}."),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
