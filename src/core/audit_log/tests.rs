//! The kept log over random histories, random windows, and kills.

use std::time::Duration;

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::core::domains::{EventKind, Facts, fold};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// The time that the histories are counted from.
const ZERO: i64 = 1_700_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(ZERO + seconds).unwrap()
}

fn window(start: i64, end: i64) -> Window {
    Window {
        start: at(start),
        end: at(end),
    }
}

fn event(seconds: i64, kind: EventKind, name: &str) -> DomainEvent {
    DomainEvent {
        at: at(seconds),
        kind,
        subject_id: None,
        subject_name: Some(name.to_owned()),
        id: format!("{seconds} {kind:?} {name}"),
        failed: false,
    }
}

/// An event, and how much later Apple lists it.
type Listed = (DomainEvent, i64);

fn any_history(latest: i64) -> impl Strategy<Value = Vec<Listed>> {
    let kind = prop::sample::select(EventKind::ALL.to_vec());
    let name = prop::sample::select(vec!["acme.com", "acme.de", "acme.org"]);
    let late = prop_oneof![3 => Just(0), 1 => 0..=latest];
    let one = (0..400 * DAY, kind, name, late)
        .prop_map(|(seconds, kind, name, late)| (event(seconds, kind, name), late));
    prop::collection::vec(one, 0..20)
}

/// What Apple answers for a window at a time.
fn answer(history: &[Listed], window: Window, now: Timestamp) -> Read {
    let events: Vec<DomainEvent> = history
        .iter()
        .filter(|(event, late)| event.at + late.seconds() <= now)
        .map(|(event, _)| event.clone())
        .filter(|event| window.start <= event.at && event.at <= window.end)
        .collect();
    Read {
        anything: !events.is_empty(),
        events,
    }
}

/// Reads until there is nothing more to read, or `steps` are done.
fn run(
    mut kept: Option<KeptLog>,
    history: &[Listed],
    now: Timestamp,
    oldest: Timestamp,
    lengths: &[i64],
    steps: usize,
) -> Option<KeptLog> {
    for step in 0..steps {
        let length = SignedDuration::from_secs(lengths[step % lengths.len()]);
        let Some(next) = next(kept.as_ref(), now, oldest, length) else {
            break;
        };
        let window = next.window();
        let read = answer(history, window, now);
        match &mut kept {
            Some(kept) => kept.take(window, read),
            None => kept = Some(KeptLog::of(window, read)),
        }
        // What is kept survives being written and read.
        let text = serde_json::to_vec(&kept).unwrap();
        kept = serde_json::from_slice(&text).unwrap();
    }
    kept
}

fn folded(log: &KeptLog) -> Vec<crate::core::domains::Domain> {
    fold(&Facts {
        audit: Some(log.log()),
        ..Facts::default()
    })
}

#[test]
fn what_is_new_comes_first_and_then_what_is_older() {
    let length = SignedDuration::from_secs(10 * DAY);
    let next = |kept: Option<&KeptLog>, now, oldest| next(kept, at(now), at(oldest), length);
    let first = next(None, 100 * DAY, 0);
    assert_eq!(first, Some(Next::Older(window(90 * DAY, 100 * DAY))));
    // Not before the oldest time that is wanted.
    let short = next(None, 100 * DAY, 95 * DAY);
    assert_eq!(short, Some(Next::Older(window(95 * DAY, 100 * DAY))));
    let something = || Read {
        anything: true,
        ..Read::default()
    };
    let mut log = KeptLog::of(window(90 * DAY, 100 * DAY), something());
    let older = next(Some(&log), 100 * DAY, 0);
    assert_eq!(older, Some(Next::Older(window(80 * DAY, 90 * DAY))));
    // A day is read again, for what is listed late.
    let newer = next(Some(&log), 101 * DAY, 0);
    assert_eq!(newer, Some(Next::Newer(window(99 * DAY, 101 * DAY))));
    // After a long pause from the earlier end, so that there is never a gap.
    let pause = next(Some(&log), 200 * DAY, 0);
    assert_eq!(pause, Some(Next::Newer(window(99 * DAY, 110 * DAY))));
    // A clock that was set back asks for nothing new.
    assert_eq!(next(Some(&log), 99 * DAY, 90 * DAY), None);
    assert_eq!(next(Some(&log), 100 * DAY, 90 * DAY), None);
    log.refuse();
    assert_eq!(next(Some(&log), 100 * DAY, 0), None);
    assert_eq!(log.end(), Some(End::Refused));
}

#[test]
fn what_a_clock_far_ahead_has_read_is_not_relied_on() {
    let log = KeptLog::of(window(0, 100 * DAY), Read::default());
    for (now, ahead) in [
        (200 * DAY, false),
        (100 * DAY, false),
        // The overlap covers a clock that is set back a little.
        (99 * DAY, false),
        (99 * DAY - 1, true),
        (0, true),
    ] {
        assert_eq!(log.is_ahead(at(now)), ahead, "{now}");
    }
}

#[test]
fn a_year_without_anything_is_the_beginning() {
    let nothing = Read::default;
    let week = 7 * DAY;
    let mut log = KeptLog::of(window(-week, 0), nothing());
    assert_eq!(log.end(), None);
    // Something of another kind than a domain's: Apple logged that far back.
    let anything = Read {
        events: Vec::new(),
        anything: true,
    };
    log.take(window(-2 * week, -week), anything.clone());
    log.take(window(-53 * week, -2 * week), nothing());
    assert_eq!(log.end(), None);
    log.take(window(-54 * week, -53 * week), nothing());
    assert_eq!(log.end(), Some(End::Nothing));
    // What happens later does not change that.
    log.take(window(-DAY, DAY), anything);
    assert_eq!(log.end(), Some(End::Nothing));
}

#[test]
fn a_window_that_leaves_a_gap_is_not_taken() {
    let read = |seconds| Read {
        events: vec![event(seconds, EventKind::Verified, "acme.com")],
        anything: true,
    };
    let mut log = KeptLog::of(window(10, 20), read(15));
    let before = log.clone();
    log.take(window(30, 40), read(35));
    log.take(window(0, 5), read(3));
    assert_eq!(log, before);
    // Nor an event from outside of its window: its neighbours may be missing.
    log.take(window(20, 30), read(99));
    assert_eq!(log.log().events, before.log().events);
}

#[test]
fn windows_shrink_where_apple_is_slow_and_grow_where_it_is_quick() {
    let days = |pace: Pace| pace.length().as_hours() / 24;
    let seconds = Duration::from_secs;
    let mut pace = Pace::default();
    assert_eq!(days(pace), 56);
    for (took, expected) in [(1, 112), (1, 182), (1, 182), (10, 182), (30, 91), (30, 45)] {
        pace = pace.after(seconds(took));
        assert_eq!(days(pace), expected);
    }
    let mut shrunk = vec![];
    while let Some(slower) = pace.slower() {
        pace = slower;
        shrunk.push(days(pace));
    }
    assert_eq!(shrunk, [22, 11, 5, 2, 1, 1]);
    assert_eq!(days(pace.after(seconds(60))), 1);
}

#[test]
fn what_was_too_long_is_not_tried_again_at_once() {
    let days = |pace: Pace| pace.length().as_hours() / 24;
    let quick = Duration::from_secs(1);
    // Apple answers 60 days and no more.
    let (mut pace, mut failures, mut read) = (Pace::default(), 0, 0);
    while read < 3 * 365 {
        if days(pace) > 60 {
            failures += 1;
            pace = pace.slower().unwrap();
        } else {
            read += days(pace);
            pace = pace.after(quick);
        }
    }
    assert_eq!(failures, 2);
    // One that is neither quick nor slow is no reason to go on to longer ones.
    let mut pace = Pace::default().slower().unwrap();
    for took in [1, 1, 1, 10, 1, 1, 1] {
        pace = pace.after(Duration::from_secs(took));
        assert_eq!(days(pace), 28);
    }
    assert_eq!(days(pace.after(quick)), 56);
}

proptest! {
    #[test]
    fn splitting_windows_anywhere_gives_the_same(
        history in any_history(0),
        mut cuts in prop::collection::vec(0..400 * DAY, 0..12),
        forwards in any::<bool>(),
        repeated in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let (first, last) = (0, 400 * DAY);
        let now = at(last);
        let all = KeptLog::of(window(first, last), answer(&history, window(first, last), now));
        cuts.extend([first, last]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut windows: Vec<Window> = cuts.windows(2).map(|cut| window(cut[0], cut[1])).collect();
        if !forwards {
            windows.reverse();
        }
        for index in repeated {
            windows.push(*index.get(&windows));
        }
        let read = |window| answer(&history, window, now);
        let mut log = KeptLog::of(windows[0], read(windows[0]));
        for window in windows {
            log.take(window, read(window));
        }
        prop_assert_eq!(log.log(), all.log());
        prop_assert_eq!(folded(&log), folded(&all));
    }

    #[test]
    fn after_any_kill_it_is_complete_between_its_times(
        history in any_history(0),
        runs in prop::collection::vec((0..40 * DAY, 0..12_usize), 1..8),
        lengths in prop::collection::vec(HOUR..60 * DAY, 1..5),
        oldest in 0..200 * DAY,
    ) {
        let mut now = 200 * DAY;
        let mut kept: Option<KeptLog> = None;
        for (pause, steps) in runs {
            now += pause;
            kept = run(kept, &history, at(now), at(oldest), &lengths, steps);
            if let Some(log) = &kept {
                let window = Window { start: log.from(), end: log.until() };
                let mut expected = answer(&history, window, at(now)).events;
                expected.sort();
                expected.dedup();
                let mut found = log.log().events;
                found.sort();
                prop_assert_eq!(found, expected);
                prop_assert!(log.from() >= at(oldest) && log.until() <= at(now));
            }
        }
        // Going on to the end comes to the same as one run without a kill.
        let whole = run(None, &history, at(now), at(oldest), &[400 * DAY], 1000);
        let kept = run(kept, &history, at(now), at(oldest), &lengths, 100_000);
        let (whole, kept) = (whole.unwrap(), kept.unwrap());
        prop_assert_eq!(kept.until(), whole.until());
        if kept.from() == whole.from() {
            prop_assert_eq!(folded(&kept), folded(&whole));
        }
    }

    #[test]
    fn what_is_listed_a_day_late_is_found_by_a_later_run(
        history in any_history(DAY),
        pauses in prop::collection::vec(1..3 * DAY, 1..8),
    ) {
        // The first run comes after all is listed that is there.
        let mut now = 402 * DAY;
        let late: Vec<Listed> = history
            .into_iter()
            .map(|(event, late)| (DomainEvent { at: event.at + (402 * DAY).seconds(), ..event }, late))
            .collect();
        let mut kept = None;
        let lengths = [56 * DAY];
        for pause in pauses {
            now += pause;
            kept = run(kept, &late, at(now), at(402 * DAY), &lengths, 1000);
        }
        // Two days later everything is listed.
        now += 2 * DAY;
        let kept = run(kept, &late, at(now), at(402 * DAY), &lengths, 1000).unwrap();
        let window = Window { start: kept.from(), end: at(now - DAY) };
        let mut expected = answer(&late, window, at(now)).events;
        expected.sort();
        expected.dedup();
        let mut found = kept.log().events;
        found.retain(|event| event.at <= window.end);
        found.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_order_and_repetition_of_windows_that_touch_folds_to_the_same(
        history in any_history(0),
        order in Just((0..8_i64).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let now = at(400 * DAY);
        let whole = KeptLog::of(window(0, 400 * DAY), answer(&history, window(0, 400 * DAY), now));
        let part = |index: i64| window(index * 50 * DAY, (index + 1) * 50 * DAY);
        let mut log = KeptLog::of(part(order[0]), answer(&history, part(order[0]), now));
        // Those that do not touch yet are taken in a later round.
        for _ in 0..8 {
            for index in &order {
                log.take(part(*index), answer(&history, part(*index), now));
            }
        }
        prop_assert_eq!(folded(&log), folded(&whole));
        prop_assert_eq!((log.from(), log.until()), (whole.from(), whole.until()));
    }
}
