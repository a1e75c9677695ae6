//! How far back the audit log is read. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::core::durations;
use crate::error::Error;

/// The furthest back, in years: longer than Apple's managers of organizations exist in their present form.
const FURTHEST: i32 = 10;

/// What `--since` says.
#[derive(Debug, Clone)]
pub enum Since {
    /// From this time on.
    At(Timestamp),
    /// From this long ago on.
    Back(Span),
}

impl Since {
    /// Reads a date (its start in UTC), a time, or a duration.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(at) = text.parse() {
            return Ok(Self::At(at));
        }
        if let Ok(date) = Date::strptime("%Y-%m-%d", text)
            && let Ok(start) = date.to_zoned(TimeZone::UTC)
        {
            return Ok(Self::At(start.timestamp()));
        }
        let length = text.strip_suffix(" ago").unwrap_or(text);
        durations::span(length).map(Self::Back).ok_or_else(|| {
            format!(
                "not a date (2026-01-31), a time (2026-01-31T09:00:00Z) or a duration; for a duration {}",
                durations::GRAMMAR
            )
        })
    }

    /// As far back as Apple has anything, which is found out by asking.
    pub fn furthest() -> Self {
        Self::Back(FURTHEST.years())
    }

    /// The time that it means `now`; `None` if there is no such time.
    pub fn at(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(*at),
            Self::Back(span) => {
                let ago = now.to_zoned(TimeZone::UTC).checked_sub(*span).ok()?;
                Some(ago.timestamp())
            }
        }
    }

    /// The time that it means `now`, in whole seconds; exit 2 where that is not before now, or more than ten years ago.
    pub fn resolve(&self, now: Timestamp) -> Result<Timestamp, Error> {
        let from = self.at(now);
        let too_far = || Error::usage(format!("--since reaches back more than {FURTHEST} years."));
        let from = whole_seconds(from.ok_or_else(too_far)?);
        if from >= whole_seconds(now) {
            return Err(Error::usage("--since is not in the past."));
        }
        if Self::furthest()
            .at(now)
            .is_some_and(|furthest| from < whole_seconds(furthest))
        {
            return Err(too_far());
        }
        Ok(from)
    }
}

/// The same time without the fraction of its second, as Apple writes times.
pub fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00.5Z".parse().unwrap()
    }

    #[test]
    fn dates_times_and_durations_are_read() {
        for (text, expected) in [
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            (" 2026-01-31T09:00:00Z ", "2026-01-31T09:00:00Z"),
            ("2026-01-31T09:00:00.25+02:00", "2026-01-31T07:00:00Z"),
            ("90d", "2026-08-24T10:00:00Z"),
            ("2 weeks", "2026-11-08T10:00:00Z"),
            ("90d ago", "2026-08-24T10:00:00Z"),
            ("1y", "2025-11-22T10:00:00Z"),
            ("6mo", "2026-05-22T10:00:00Z"),
            ("10y", "2016-11-22T10:00:00Z"),
        ] {
            let since = Since::parse(text).unwrap();
            assert_eq!(
                since.resolve(now()).unwrap().to_string(),
                expected,
                "{text}"
            );
        }
        let furthest = Since::furthest().resolve(now()).unwrap();
        assert_eq!(furthest.to_string(), "2016-11-22T10:00:00Z");
    }

    #[test]
    fn what_is_no_time_in_the_past_is_refused() {
        for text in ["", "soon", "90", "2026-13-01", "2026-01-31T09:00", "P"] {
            assert!(Since::parse(text).is_err(), "{text}");
        }
        for (text, part) in [
            ("2026-11-23", "not in the past"),
            ("0d", "not in the past"),
            ("11y", "more than 10 years"),
            ("9000y", "more than 10 years"),
            ("1999-01-01", "more than 10 years"),
        ] {
            let error = Since::parse(text).unwrap().resolve(now()).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{text}");
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
}
