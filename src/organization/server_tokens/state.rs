//! The state of a server token, and what failures say of it. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::apple::device_assignment::refusal::Refusal;
use crate::apple::error::{Cause, Failure, Says};
use crate::core::printed::Hint;
use crate::error::{Error, Kind};
use crate::state::facts::Why;
use crate::text::prose_date;

/// A token that ends within this time is `expiring`.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The state of a server token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It works.
    Ok,
    /// It works, and not for another 30 days.
    Expiring,
    /// Apple takes it no more, since its year is over.
    Expired,
    /// New terms of Apple are not accepted.
    TermsNotSigned,
    /// A newer one was downloaded, or it was revoked.
    Replaced,
    /// Apple refuses it for another reason.
    Refused,
    /// The organization can't have such a URL.
    NotSupported,
    /// No answer.
    Unreachable,
    /// The token itself can't be read.
    Unusable,
    /// Anything else.
    Failed,
}

impl State {
    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::TermsNotSigned => "terms_not_signed",
            Self::Replaced => "replaced",
            Self::Refused => "refused",
            Self::NotSupported => "not_supported",
            Self::Unreachable => "unreachable",
            Self::Unusable => "unusable",
            Self::Failed => "failed",
        }
    }

    /// The state of a token that works at `now` and ends at `expires_at`.
    pub fn working(expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        match expires_at {
            Some(end) if end.duration_since(now) < SOON => Self::Expiring,
            _ => Self::Ok,
        }
    }

    /// Why Apple refuses the token until somebody does something about it.
    pub fn why_refused(self) -> Option<Why> {
        match self {
            Self::Expired => Some(Why::Expired),
            Self::Replaced => Some(Why::Replaced),
            Self::TermsNotSigned => Some(Why::TermsNotSigned),
            _ => None,
        }
    }

    /// The state that a failure tells.
    fn failing(failure: &Failure) -> Self {
        match &failure.root().cause {
            Cause::DeviceAssignment(refused) => match refused.refusal {
                Refusal::TermsNotSigned => Self::TermsNotSigned,
                Refusal::TokenExpired => Self::Expired,
                Refusal::TokenReplaced => Self::Replaced,
                Refusal::OrganizationNotSupported => Self::NotSupported,
                Refusal::Unauthorized
                | Refusal::Forbidden
                | Refusal::AccessDenied
                | Refusal::OauthParameters => Self::Refused,
                Refusal::UrlNotValid | Refusal::UrlRequired | Refusal::UserAgentInvalid => {
                    Self::Failed
                }
            },
            Cause::NotSent(_) | Cause::TimedOut { .. } | Cause::Broken(_) => Self::Unreachable,
            Cause::Answer(answer) if answer.says() == Says::Unavailable => Self::Unreachable,
            _ => Self::Failed,
        }
    }
}

/// Why a token's URL can't be read or changed.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What it says of the token.
    pub state: State,
    /// The error, which does not name the token.
    pub error: Error,
}

impl Problem {
    /// The problem that a failure is, for the token called `name` that ends at `expires_at`.
    pub fn of(failure: Failure, name: &str, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        let state = State::failing(&failure);
        let refused = failure.refused().is_some();
        let error = Error::from(failure);
        let Some(end) = expires_at.filter(|end| refused && *end <= now) else {
            return Self { state, error };
        };
        let first: Hint = format!(
            "The expiry date of the server token {name} was {}.",
            prose_date(end)
        )
        .into();
        let others = error.hints.clone();
        let error = error.advising([first].into_iter().chain(others));
        Self { state, error }
    }
}

/// The day of an instant, in UTC.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What several tokens' errors come to: one's own where it is alone; [`Kind::of_several`] where none went well; else exit 7.
/// Each hint comes once.
pub fn joined(errors: Vec<(String, Error)>, of: usize, what: &str) -> Option<Error> {
    let (_, first) = errors.first()?;
    if of == 1 {
        return Some(first.clone());
    }
    let all = errors.len() == of;
    let names: Vec<&str> = errors.iter().map(|(name, _)| name.as_str()).collect();
    let kind = Kind::of_several(errors.iter().map(|(_, error)| error.kind))
        .filter(|_| all)
        .unwrap_or(Kind::Partial);
    let mut joined = Error::new(
        kind,
        format!(
            "{} of {of} server tokens {what}: {}.",
            errors.len(),
            names.join(", ")
        ),
    );
    for hint in errors.into_iter().flat_map(|(_, error)| error.hints) {
        if !joined.hints.contains(&hint) {
            joined.hints.push(hint);
        }
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apple::device_assignment::refusal::Refused;
    use crate::apple::error::{Answer, RequestName};
    use reqwest::Method;
    use reqwest::header::HeaderMap;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_working_token_is_told_when_it_ends_soon() {
        for (end, state) in [
            (None, State::Ok),
            (Some("2027-06-22T00:00:00Z"), State::Ok),
            (Some("2026-12-22T10:00:00Z"), State::Ok),
            (Some("2026-12-22T09:59:59Z"), State::Expiring),
            (Some("2026-11-01T00:00:00Z"), State::Expiring),
        ] {
            let end = end.map(|end| end.parse().unwrap());
            assert_eq!(State::working(end, now()), state, "{end:?}");
        }
    }

    fn session() -> RequestName {
        RequestName::without_address(&Method::GET, &["session"])
    }

    fn refused(refusal: Refusal) -> Failure {
        let refused = Refused {
            refusal,
            code: None,
            clock_off: None,
            answer: Answer::default(),
        };
        Failure::new(session(), Cause::DeviceAssignment(Box::new(refused)))
    }

    fn answered(status: u16) -> Failure {
        let answer = Answer::read(status, &HeaderMap::new(), b"", now());
        Failure::new(session(), Cause::Answer(Box::new(answer)))
    }

    #[test]
    fn each_failure_tells_a_state_and_an_exit_code() {
        for (failure, word, code) in [
            (refused(Refusal::TermsNotSigned), "terms_not_signed", 3),
            (refused(Refusal::TokenExpired), "expired", 3),
            (refused(Refusal::TokenReplaced), "replaced", 3),
            (refused(Refusal::Unauthorized), "refused", 3),
            (refused(Refusal::Forbidden), "refused", 3),
            (
                refused(Refusal::OrganizationNotSupported),
                "not_supported",
                5,
            ),
            (refused(Refusal::UserAgentInvalid), "failed", 1),
            (answered(429), "unreachable", 6),
            (answered(503), "unreachable", 6),
            // These say nothing of the token, whoever sent them.
            (answered(403), "failed", 1),
            (answered(404), "failed", 1),
            (answered(418), "failed", 1),
            (
                Failure::new(session(), Cause::NotSent(String::new())),
                "unreachable",
                6,
            ),
            (
                Failure::new(session(), Cause::Tls(String::new())),
                "failed",
                1,
            ),
        ] {
            let problem = Problem::of(failure, "prod", None, now());
            assert_eq!(problem.state.word(), word);
            assert_eq!(problem.error.kind.exit_code(), code, "{word}");
        }
    }

    #[test]
    fn a_date_that_is_over_is_named_where_apple_refuses() {
        let over = Some("2026-11-01T00:00:00Z".parse().unwrap());
        let hint = "The expiry date of the server token prod was November 1, 2026.";
        let problem = Problem::of(refused(Refusal::Unauthorized), "prod", over, now());
        assert_eq!(problem.error.hints[0], hint);
        let problem = Problem::of(answered(503), "prod", over, now());
        assert!(!problem.error.hints.contains(&hint.into()));
    }

    #[test]
    fn errors_are_joined_by_what_they_have_in_common() {
        let error = |kind| Error::new(kind, "No.").hint("Do it.");
        let named = |kinds: &[Kind]| -> Vec<(String, Error)> {
            kinds
                .iter()
                .map(|&kind| (format!("{kind:?}"), error(kind)))
                .collect()
        };
        let both = [Kind::Refused, Kind::Refused];
        let mixed = [Kind::Refused, Kind::Unavailable];
        for (kinds, of, code) in [
            (&both[..1], 1, 5),
            (&both[..1], 2, 7),
            (&both, 2, 5),
            (&mixed, 2, 6),
            (&mixed, 3, 7),
        ] {
            let joined = joined(named(kinds), of, "can't be read").unwrap();
            assert_eq!(joined.kind.exit_code(), code, "{kinds:?}");
            assert_eq!(joined.hints, ["Do it."]);
        }
        assert_eq!(joined(Vec::new(), 2, "can't be read"), None);
    }
}
