//! Whether to retry a request, and when. Pure.
//!
//! The rules and where they come from: `docs/design/requests.md`.

use std::time::Duration;

/// Whether a request may be repeated; part of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Repeating it changes nothing: reads, token and session requests, and what sets a thing to a given value.
    Always,
    /// It may have been acted on, so somebody has to read what is there first: the Manager API's PATCH and DELETE.
    AfterReading,
    /// Only when it was certainly not acted on: what creates.
    IfNotActedOn,
    /// Never by itself: whoever sends it looks again first, and decides.
    Never,
}

/// What became of one attempt, as far as repeating is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No connection came about, so nothing was sent.
    NotSent,
    /// The connection broke, the time was over, or the answer was cut short: it may have been acted on.
    Broken,
    /// Apple answered with this status.
    Status(u16),
    /// Repeating can't help: a bad certificate, an answer that can't be parsed, a redirect.
    Final,
}

/// What may be done after an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send it again after a wait.
    Repeat,
    /// It may have been acted on: read before anything is sent again.
    Uncertain,
    /// Don't send it again.
    Stop,
}

/// Decides from the kind of request and the outcome of its last attempt.
pub fn verdict(repeat: Repeat, outcome: Outcome) -> Verdict {
    match (repeat, outcome) {
        (Repeat::Never, Outcome::NotSent | Outcome::Status(429)) => Verdict::Stop,
        (_, Outcome::NotSent | Outcome::Status(429)) => Verdict::Repeat,
        (Repeat::Always, Outcome::Broken | Outcome::Status(500 | 502 | 503 | 504)) => {
            Verdict::Repeat
        }
        (_, Outcome::Broken | Outcome::Status(500 | 502 | 503 | 504)) => Verdict::Uncertain,
        (_, Outcome::Status(_) | Outcome::Final) => Verdict::Stop,
    }
}

/// How long to wait, or that it would take too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Send again after this long.
    For(Duration),
    /// The wait would pass the limit: sending again makes sense only after this long.
    TooLong(Duration),
}

/// Decides how long to wait before the next attempt.
///
/// `asked` is what Apple asked for (`Retry-After`), `backoff` what to wait where it asked for nothing, `waited` the
/// time since the last success, and `limit` the most that `waited` may become.
pub fn wait(asked: Option<Duration>, backoff: Duration, waited: Duration, limit: Duration) -> Wait {
    // No time at all, or a time gone by, would repeat without a pause for as long as the limit allows.
    let next = asked.filter(|asked| !asked.is_zero()).unwrap_or(backoff);
    if waited.saturating_add(next) > limit {
        Wait::TooLong(next)
    } else {
        Wait::For(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_may_be_repeated() {
        use Outcome::{Broken, Final, NotSent, Status};
        use Repeat::{AfterReading, Always, IfNotActedOn, Never};
        use Verdict::{Repeat as Again, Stop, Uncertain};
        for (outcome, always, after_reading, creating) in [
            (NotSent, Again, Again, Again),
            (Broken, Again, Uncertain, Uncertain),
            (Status(429), Again, Again, Again),
            (Status(500), Again, Uncertain, Uncertain),
            (Status(502), Again, Uncertain, Uncertain),
            (Status(503), Again, Uncertain, Uncertain),
            (Status(504), Again, Uncertain, Uncertain),
            (Status(501), Stop, Stop, Stop),
            (Status(400), Stop, Stop, Stop),
            (Status(401), Stop, Stop, Stop),
            (Status(403), Stop, Stop, Stop),
            (Status(409), Stop, Stop, Stop),
            (Status(302), Stop, Stop, Stop),
            (Final, Stop, Stop, Stop),
        ] {
            assert_eq!(verdict(Always, outcome), always, "{outcome:?}");
            assert_eq!(verdict(AfterReading, outcome), after_reading, "{outcome:?}");
            assert_eq!(verdict(IfNotActedOn, outcome), creating, "{outcome:?}");
            assert_ne!(verdict(Never, outcome), Again, "{outcome:?}");
        }
    }

    proptest! {
        #[test]
        fn never_waits_past_the_limit(asked in proptest::option::of(0u64..1_000_000), backoff in 0u64..100, waited in 0u64..10_000, limit in 0u64..10_000) {
            let seconds = Duration::from_secs;
            match wait(asked.map(seconds), seconds(backoff), seconds(waited), seconds(limit)) {
                Wait::For(next) => prop_assert!(seconds(waited) + next <= seconds(limit)),
                Wait::TooLong(next) => prop_assert!(seconds(waited) + next > seconds(limit)),
            }
        }
    }
}
