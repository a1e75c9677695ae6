//! Durations as people write them: one grammar for every option and setting.

use std::time::Duration;

use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// What a duration is, for whoever wrote something else.
pub const GRAMMAR: &str = "use numbers with units, such as 30d, 2w, 1y or 1h30m: s, m for minutes, h, d, w, mo for months, y";

/// The same of a limit, which has no calendar.
pub const GRAMMAR_OF_LIMITS: &str = "use numbers with units, such as 30s, 5m or 1h30m: s, m for minutes, h, d, w; no months or years";

/// A time by the calendar; `None` for any other text, and for one that is negative.
pub fn span(text: &str) -> Option<Span> {
    let span = SpanParser::new().parse_span(text.trim()).ok()?;
    (!span.is_negative()).then_some(span)
}

/// A time from `now` on by the calendar, longer than nothing.
pub fn ahead(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let now = now.to_zoned(TimeZone::UTC);
    let then = now.checked_add(span(text)?).ok()?;
    Some(now.duration_until(&then)).filter(SignedDuration::is_positive)
}

/// A limit of time, longer than nothing; days have 24 hours, and months and years have no length.
pub fn limit(text: &str) -> Option<Duration> {
    let relative = SpanRelativeTo::days_are_24_hours();
    let length = span(text)?.to_duration(relative).ok()?;
    Duration::try_from(length).ok().filter(|it| !it.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_has_the_same_units() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (text, hours) in [
            ("90m", 1.5),
            ("1h30m", 1.5),
            ("30d", 720.0),
            ("2w", 336.0),
            (" 1 day 12h ", 36.0),
        ] {
            let length = Duration::from_secs_f64(hours * 3600.0);
            assert_eq!(limit(text), Some(length), "{text}");
            assert_eq!(
                ahead(text, now).map(SignedDuration::unsigned_abs),
                Some(length),
                "{text}"
            );
        }
        // By the calendar: a month from here has 30 days, a year 365.
        for (text, days) in [("1mo", 30), ("1y", 365), ("3mo", 92)] {
            assert_eq!(
                ahead(text, now),
                Some(SignedDuration::from_hours(24 * days)),
                "{text}"
            );
            assert_eq!(limit(text), None, "{text}");
        }
        for text in ["30", "", "soon", "-5s", "0s", "PT", "5m ago", "99999y"] {
            assert_eq!(limit(text), None, "{text}");
            assert_eq!(ahead(text, now), None, "{text}");
        }
    }
}
