//! From when on the audit log is read, and in which windows. Pure.

use jiff::civil::Date;
use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use crate::error::Error;

/// The longest window that one request is for: a window of years hangs (observed).
const WINDOW: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The furthest back, in years; each costs some 15 requests.
const FURTHEST: i32 = 10;

/// What `--since` says.
#[derive(Debug, Clone)]
pub enum Since {
    /// From this time on.
    At(Timestamp),
    /// From this long ago on.
    Back(Span),
}

impl Default for Since {
    fn default() -> Self {
        Self::Back(1.year())
    }
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
        SpanParser::new()
            .parse_span(text)
            .map(|span| Self::Back(span.abs()))
            .map_err(|_| {
                "it is no date (2026-01-31), time (2026-01-31T09:00:00Z) or duration (90d, 1y)"
                    .to_owned()
            })
    }

    /// The time that it means `now`, in whole seconds; exit 2 where that is not before now, or more than ten years ago.
    pub fn resolve(&self, now: Timestamp) -> Result<Timestamp, Error> {
        let back = |span: Span| {
            let ago = now.to_zoned(TimeZone::UTC).checked_sub(span).ok()?;
            Some(ago.timestamp())
        };
        let from = match self {
            Self::At(at) => Some(*at),
            Self::Back(span) => back(*span),
        };
        let too_far = || {
            Error::usage(format!(
                "--since reaches back more than {FURTHEST} years, and each year costs 15 requests."
            ))
        };
        let from = whole_seconds(from.ok_or_else(too_far)?);
        if from >= whole_seconds(now) {
            return Err(Error::usage("--since is not in the past."));
        }
        if back(FURTHEST.years()).is_some_and(|furthest| from < whole_seconds(furthest)) {
            return Err(too_far());
        }
        Ok(from)
    }
}

/// The same time without the fraction of its second, as Apple writes times.
pub fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// The windows of at most 90 days from `from` to `to`, without a gap. Each ends where the next begins: Apple counts both
/// ends in, and an event that comes twice counts once.
pub fn windows(from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut windows = Vec::new();
    let mut start = from;
    while start < to {
        let end = start.checked_add(WINDOW).unwrap_or(to).min(to);
        windows.push((start, end));
        start = end;
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let default = Since::default().resolve(now()).unwrap();
        assert_eq!(default.to_string(), "2025-11-22T10:00:00Z");
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

    #[test]
    fn a_year_is_five_windows() {
        let from = Since::default().resolve(now()).unwrap();
        assert_eq!(windows(from, whole_seconds(now())).len(), 5);
    }

    proptest! {
        #[test]
        fn windows_leave_no_gap_and_are_short(from in 0i64..2_000_000_000, long in 0i64..400_000_000) {
            let from = Timestamp::from_second(from).unwrap();
            let to = Timestamp::from_second(from.as_second() + long).unwrap();
            let windows = windows(from, to);
            prop_assert_eq!(windows.first().map_or(from, |first| first.0), from);
            prop_assert_eq!(windows.last().map_or(from, |last| last.1), to);
            for (start, end) in &windows {
                prop_assert!(start < end && end.duration_since(*start) <= WINDOW);
            }
            for pair in windows.windows(2) {
                prop_assert_eq!(pair[0].1, pair[1].0);
            }
        }
    }
}
