use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{
    DeadlineError, MOST_AHEAD, Near, NewDeadline, Typed, came_near, is_soon, is_too_far,
    of_migration, of_update, shown,
};

/// A Sunday.
const NOW: &str = "2026-11-22T10:00:00.5Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Berlin's rules, without a file of zones.
fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn typed(zone: Option<&TimeZone>) -> Typed<'_> {
    Typed { now: at(NOW), zone }
}

#[test]
fn a_time_with_a_zone_is_the_same_everywhere() {
    let berlin = berlin();
    for text in [
        "2026-12-01T17:00:00+01:00",
        "2026-12-01T16:00:00Z",
        " 2026-12-01T16:00Z ",
        "2026-12-01 16:00:00.9Z",
        "2026-12-01t16:00:00z",
        "2026-12-01T16:00:00+00:00[UTC]",
        "2026-12-01T16:00[UTC]",
    ] {
        for zone in [None, Some(&berlin)] {
            let expected = Ok(at("2026-12-01T16:00:00Z"));
            assert_eq!(of_migration(text, typed(zone)), expected, "{text}");
        }
    }
}

#[test]
fn a_duration_counts_from_now() {
    let berlin = berlin();
    for (text, expected) in [
        ("14d", "2026-12-06T10:00:00Z"),
        ("36h", "2026-11-23T22:00:00Z"),
        ("1mo", "2026-12-22T10:00:00Z"),
        ("90d", "2027-02-20T10:00:00Z"),
    ] {
        for zone in [None, Some(&berlin)] {
            assert_eq!(of_migration(text, typed(zone)), Ok(at(expected)), "{text}");
        }
    }
}

#[test]
fn local_times_and_days_are_those_of_whoever_types() {
    let berlin = berlin();
    for (text, expected) in [
        ("2026-12-01T17:00", "2026-12-01T16:00:00Z"),
        ("2026-12-01 17:00:30", "2026-12-01T16:00:30Z"),
        // The end of the day, not its beginning.
        ("2026-12-01", "2026-12-01T22:59:59Z"),
        ("2026-11-22", "2026-11-22T22:59:59Z"),
    ] {
        let found = of_migration(text, typed(Some(&berlin)));
        assert_eq!(found, Ok(at(expected)), "{text}");
        let found = of_migration(text, typed(None));
        assert!(
            matches!(found, Err(DeadlineError::WithoutZone { .. })),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_local_time_that_the_clocks_skip_or_repeat_is_refused() {
    let berlin = berlin();
    for (now, text) in [
        ("2027-03-01T00:00:00Z", "2027-03-28T02:30"),
        ("2026-10-01T00:00:00Z", "2026-10-25T02:30"),
    ] {
        let typed = Typed {
            now: at(now),
            zone: Some(&berlin),
        };
        let found = of_migration(text, typed);
        assert!(
            matches!(found, Err(DeadlineError::ClocksChange { .. })),
            "{found:?}"
        );
        // With its offset it is clear.
        let found = of_migration(&format!("{text}+01:00"), typed);
        assert!(found.is_ok(), "{found:?}");
    }
    // A zone whose clocks change at midnight: the day ends all the same.
    let midnight = TimeZone::posix("AAA3BBB,M11.5.0/0,M2.2.0/0").unwrap();
    let typed = Typed {
        now: at(NOW),
        zone: Some(&midnight),
    };
    for day in ["2026-11-28", "2026-11-29", "2027-02-13", "2027-02-14"] {
        let found = of_migration(day, typed).unwrap();
        let local = found.to_zoned(midnight.clone());
        assert_eq!(local.date().to_string(), day);
        let next = found + SignedDuration::from_secs(1);
        assert_ne!(next.to_zoned(midnight.clone()).date().to_string(), day);
    }
}

#[test]
fn what_apple_would_refuse_is_refused_here() {
    for (text, expected) in [
        ("91d", "more than 90 days ahead"),
        ("2027-02-20T10:00:01Z", "more than 90 days ahead"),
        ("2026-11-22T10:00:00Z", "is in the past"),
        ("2025-12-01T17:00:00Z", "is in the past"),
        ("now", "isn't a deadline"),
        ("+7d", "isn't a deadline"),
        ("", "isn't a deadline"),
        ("soon", "isn't a deadline"),
        ("17:00", "isn't a deadline"),
        ("01.12.2026", "isn't a deadline"),
        ("2026-02-30", "isn't a deadline"),
        ("-7d", "isn't a deadline"),
        ("1764608400", "isn't a deadline"),
    ] {
        let berlin = berlin();
        let error = of_migration(text, typed(Some(&berlin))).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn an_update_may_force_a_migration_or_give_more_time() {
    let none = typed(None);
    let forced = NewDeadline::At(at("2026-11-22T10:00:00Z"));
    assert_eq!(of_update("now", none), Ok(forced));
    let past = NewDeadline::At(at("2026-11-20T10:00:00Z"));
    assert_eq!(of_update("2026-11-20T10:00:00Z", none), Ok(past));
    let ahead = NewDeadline::At(at("2026-12-06T10:00:00Z"));
    assert_eq!(of_update("14d", none), Ok(ahead));
    let Ok(NewDeadline::Later(later)) = of_update(" +7d", none) else {
        panic!("+7d");
    };
    let own = at("2026-12-01T16:00:00.25Z");
    assert_eq!(later.after(own), Some(at("2026-12-08T16:00:00.25Z")));
    assert_eq!(later.to_string(), "+7d");
    for text in ["+91d", "+1y", "91d"] {
        let found = of_update(text, none);
        assert!(
            matches!(found, Err(DeadlineError::TooFar { .. })),
            "{text}: {found:?}"
        );
    }
    for text in [
        "+",
        "+0d",
        "+soon",
        "++7d",
        "+-7d",
        "+2026-12-01",
        "2026-12-01",
    ] {
        assert!(of_update(text, none).is_err(), "{text}");
    }
}

#[test]
fn a_deadline_is_shown_with_its_weekday_here_and_in_utc() {
    let berlin = berlin();
    for (text, zone, expected) in [
        (
            "2026-12-01T16:00:00Z",
            Some(&berlin),
            "Tuesday, December 1, 2026, 17:00 CET (16:00 UTC)",
        ),
        (
            "2026-11-30T23:30:00Z",
            Some(&berlin),
            "Tuesday, December 1, 2026, 00:30 CET (Monday 23:30 UTC)",
        ),
        (
            "2026-12-01T16:00:00Z",
            None,
            "Tuesday, December 1, 2026, 16:00 UTC",
        ),
        (
            "2026-12-01T16:00:00Z",
            Some(&TimeZone::UTC),
            "Tuesday, December 1, 2026, 16:00 UTC",
        ),
    ] {
        assert_eq!(shown(at(text), zone), expected);
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_none_is_beyond_apples_limit(text in "\\PC*|[-+0-9TZdwhmo: ]{0,24}|\\+?[0-9]{1,6}[smhdwy]") {
        let berlin = berlin();
        for zone in [None, Some(&berlin)] {
            if let Ok(found) = of_migration(&text, typed(zone)) {
                prop_assert!(found > at(NOW));
                prop_assert!(found.duration_since(at(NOW)) <= MOST_AHEAD);
            }
            if let Ok(NewDeadline::At(found)) = of_update(&text, typed(zone)) {
                prop_assert!(!is_too_far(found, at(NOW)));
                let _ = is_soon(found, at(NOW));
                let _ = shown(found, zone);
            }
        }
    }
}

#[test]
fn a_deadline_comes_nearer_than_was_agreed_to() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (agreed, deadline) = (at("2026-11-22T10:00:00Z"), at("2026-11-24T10:00:00Z"));
    for (deadline, now, expected) in [
        (deadline, "2026-11-24T09:00:00Z", None),
        (deadline, "2026-11-24T09:00:01Z", Some(Near::Soon)),
        (deadline, "2026-11-24T10:00:00Z", Some(Near::Past)),
        // It was near when somebody agreed to it.
        (at("2026-11-23T09:00:00Z"), "2026-11-23T08:30:00Z", None),
        // To force a migration was what somebody agreed to.
        (agreed, "2026-11-22T11:00:00Z", None),
    ] {
        assert_eq!(came_near(deadline, agreed, at(now)), expected, "{now}");
    }
}
