//! The kept log over random histories, random windows, and kills.
//!
//! Over 400 lines, since the tables and the properties share how a history is made and answered.

use std::time::Duration;

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::core::domains::{DomainFacts, EventKind, fold};

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
        by: None,
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
        // Beside every fifth event is one that can't be understood.
        odd: events
            .iter()
            .filter(|event| event.at.as_second() % 5 == 0)
            .map(|event| odd(Some(&format!("beside {}", event.id)), "{}"))
            .collect(),
        events,
        as_of: None,
    }
}

fn odd(id: Option<&str>, json: &str) -> OddEvent {
    OddEvent {
        json: json.to_owned(),
        id: id.map(str::to_owned),
        which: "Item 1 on page 1".to_owned(),
        kind: None,
    }
}

/// What is wanted where that far was not asked for.
fn wanted(now: Timestamp, oldest: Timestamp) -> Wanted {
    Wanted {
        now,
        oldest,
        insists: false,
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
    let mut done = Done::default();
    for step in 0..steps {
        let length = SignedDuration::from_secs(lengths[step % lengths.len()]);
        let Some(next) = next(kept.as_ref(), done, wanted(now, oldest), length) else {
            break;
        };
        let window = next.window();
        if kept.is_none() || matches!(next, Next::Newer(_)) {
            done.newer = Some(window.end);
        }
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
    fold(&DomainFacts {
        audit: Some(log.log()),
        ..DomainFacts::default()
    })
}

#[test]
fn what_is_new_comes_first_and_then_what_is_older() {
    let length = SignedDuration::from_secs(10 * DAY);
    let next = |kept: Option<&KeptLog>, now, oldest| {
        next(kept, Done::default(), wanted(at(now), at(oldest)), length)
    };
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
    assert_eq!(pause, Some(Next::Newer(window(99 * DAY, 109 * DAY))));
    // A clock that was set back asks for nothing new.
    assert_eq!(next(Some(&log), 99 * DAY, 90 * DAY), None);
    assert_eq!(next(Some(&log), 100 * DAY, 90 * DAY), None);
    log.refuse(at(100 * DAY));
    assert_eq!(next(Some(&log), 100 * DAY, 0), None);
    assert_eq!(log.end(), Some(End::Refused));
}

#[test]
fn the_overlap_is_cut_where_windows_are_short_and_done_once() {
    let log = KeptLog::of(window(0, 100 * DAY), Read::default());
    let next = |newer: Option<i64>| {
        let done = Done {
            newer: newer.map(at),
            refused: false,
        };
        let length = SignedDuration::from_secs(10 * HOUR);
        next(
            Some(&log),
            done,
            wanted(at(100 * DAY + HOUR), at(0)),
            length,
        )
    };
    let day = 100 * DAY;
    let newer = |start, end| Some(Next::Newer(window(day + start * HOUR, day + end * HOUR)));
    assert_eq!(next(None), newer(-24, -14));
    assert_eq!(next(Some(day - 14 * HOUR)), newer(-14, -4));
    assert_eq!(next(Some(day - 4 * HOUR)), newer(-4, 1));
    assert_eq!(next(Some(day + HOUR)), None);
}

#[test]
fn what_apple_refused_is_asked_again_with_the_least_on_the_next_day_or_when_it_is_insisted_on() {
    let mut log = KeptLog::of(
        window(90 * DAY, 100 * DAY),
        Read {
            anything: true,
            ..Read::default()
        },
    );
    // Half an hour after midnight.
    let refused_at = 100 * DAY + 2 * HOUR + 1000;
    log.refuse(at(refused_at));
    let least = Some(Next::Older(window(89 * DAY, 90 * DAY)));
    let next = |now, refused, insists| {
        let done = Done {
            newer: Some(at(now)),
            refused,
        };
        let wanted = Wanted {
            insists,
            ..wanted(at(now), at(0))
        };
        next(
            Some(&log),
            done,
            wanted,
            SignedDuration::from_secs(50 * DAY),
        )
    };
    for (hours, refused, insists, expected) in [
        (1, false, false, None),
        (23, false, false, None),
        (24, false, false, least),
        (24, true, false, None),
        (23, false, true, least),
        (23, true, true, None),
        // A clock that was set back.
        (-24, false, false, least),
    ] {
        let got = next(refused_at + hours * HOUR, refused, insists);
        assert_eq!(got, expected, "{hours} {refused} {insists}");
    }
    // A job that begins a second earlier than the day before.
    assert!(is_asked_again(at(0), at(DAY - 1)));
    assert!(log.asks_for_federation(at(100 * DAY)));
    log.refuse_federation(at(100 * DAY));
    assert!(!log.asks_for_federation(at(106 * DAY)));
    assert!(log.asks_for_federation(at(107 * DAY)));
    // An answer takes the refusal back.
    log.take(window(89 * DAY, 90 * DAY), Read::default());
    assert_eq!(log.end(), None);
}

#[test]
fn what_cannot_be_understood_is_kept_until_apple_or_abmctl_says_it_better() {
    let read = |odd: Vec<OddEvent>, events: Vec<DomainEvent>| Read {
        events,
        odd,
        anything: true,
        as_of: None,
    };
    let removal = event(5 * DAY, EventKind::Removed, "acme.com");
    let id = Some(removal.id.as_str());
    let kept = |log: &KeptLog| log.odd().cloned().collect::<Vec<_>>();
    let mut log = KeptLog::of(
        window(0, 10 * DAY),
        read(vec![odd(id, "a"), odd(None, "b")], vec![]),
    );
    // Neither reading on nor reading the same again loses or doubles it.
    log.take(
        window(9 * DAY, 11 * DAY),
        read(vec![odd(None, "b")], vec![]),
    );
    log.take(window(-DAY, 0), read(vec![], vec![]));
    assert_eq!(kept(&log), [odd(id, "a"), odd(None, "b")]);
    let more = wanted(at(11 * DAY), at(-10 * DAY));
    let week = SignedDuration::from_secs(7 * DAY);
    assert!(next(Some(&log), Done::default(), more, week).is_some());
    // It is kept in the file, and what an older version kept has none.
    let text = serde_json::to_string(&log).unwrap();
    assert_eq!(serde_json::from_str::<KeptLog>(&text).unwrap(), log);
    let none = KeptLog::of(window(0, DAY), read(vec![], vec![]));
    assert!(!serde_json::to_string(&none).unwrap().contains("odd"));
    // Joined to another part, it is there still.
    let mut other = KeptLog::of(
        window(11 * DAY, 12 * DAY),
        read(vec![odd(None, "c")], vec![]),
    );
    other.join(&log);
    assert_eq!(kept(&other).len(), 3);
    // Apple says it so that it can be understood.
    let mut listed = log.clone();
    listed.take(window(0, 10 * DAY), read(vec![], vec![removal.clone()]));
    assert_eq!(kept(&listed), [odd(None, "b")]);
    assert_eq!(listed.log().events, std::slice::from_ref(&removal));
    listed.take(window(0, 10 * DAY), read(vec![odd(id, "a")], vec![]));
    assert_eq!(kept(&listed), [odd(None, "b")]);
    // Another version of abmctl understands it.
    log.review(|event| match event.id {
        Some(_) => Judged::OfDomain(removal.clone()),
        None => Judged::Other,
    });
    assert_eq!(kept(&log), []);
    assert_eq!(log.log().events, [removal]);
}

#[test]
fn nothing_is_known_of_a_time_that_was_not_yet_by_apples_clock() {
    let read = |as_of: i64, seconds: &[i64]| Read {
        events: seconds
            .iter()
            .map(|seconds| event(*seconds, EventKind::Verified, "acme.com"))
            .collect(),
        odd: Vec::new(),
        anything: true,
        as_of: Some(at(as_of)),
    };
    // This machine's clock is 30 days ahead.
    let mut log = KeptLog::of(window(50 * DAY, 130 * DAY), read(100 * DAY, &[99 * DAY]));
    assert_eq!(log.until(), at(100 * DAY));
    log.take(window(99 * DAY, 132 * DAY), read(102 * DAY, &[101 * DAY]));
    assert_eq!(log.until(), at(102 * DAY));
    assert_eq!(log.log().events.len(), 2);
    // It is behind: what is known stays known.
    log.take(window(90 * DAY, 95 * DAY), read(103 * DAY, &[]));
    assert_eq!(log.until(), at(102 * DAY));
    // All of the window is still to come.
    let log = KeptLog::of(window(120 * DAY, 130 * DAY), read(100 * DAY, &[]));
    assert_eq!((log.from(), log.until()), (at(100 * DAY), at(100 * DAY)));
}

#[test]
fn a_year_without_anything_is_the_beginning() {
    let nothing = Read::default;
    let week = 7 * DAY;
    let mut log = KeptLog::of(window(-week, 0), nothing());
    assert_eq!(log.end(), None);
    // Something of another kind than a domain's: Apple logged that far back.
    let anything = Read {
        anything: true,
        ..Read::default()
    };
    log.take(window(-2 * week, -week), anything.clone());
    log.take(window(-53 * week, -2 * week), nothing());
    assert_eq!(log.end(), None);
    log.take(window(-54 * week, -53 * week), nothing());
    let nothing_more = Some(End::Nothing(at(-2 * week)));
    assert_eq!(log.end(), nothing_more);
    // What happens later does not change that.
    log.take(window(-DAY, DAY), anything);
    assert_eq!(log.end(), nothing_more);
    // Who asks for more gets it.
    let done = Done {
        newer: Some(at(DAY)),
        refused: false,
    };
    let mut wanted = wanted(at(DAY), at(-100 * week));
    let length = SignedDuration::from_secs(week);
    assert_eq!(next(Some(&log), done, wanted, length), None);
    wanted.insists = true;
    let older = Some(Next::Older(window(-55 * week, -54 * week)));
    assert_eq!(next(Some(&log), done, wanted, length), older);
}

#[test]
fn a_window_that_leaves_a_gap_is_not_taken() {
    let read = |seconds| Read {
        events: vec![event(seconds, EventKind::Verified, "acme.com")],
        anything: true,
        ..Read::default()
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
    let days = |pace: WindowLength| pace.length().as_hours() / 24;
    let seconds = Duration::from_secs;
    let mut pace = WindowLength::default();
    assert_eq!(days(pace), 56);
    for (took, expected) in [(1, 112), (1, 182), (1, 182), (10, 182), (30, 91), (30, 45)] {
        pace = pace.after(seconds(took));
        assert_eq!(days(pace), expected);
    }
    let mut shrunk = vec![];
    while let Some(slower) = pace.slower(pace.length()) {
        pace = slower;
        shrunk.push(days(pace));
    }
    assert_eq!(shrunk, [22, 11, 5, 2, 1, 1]);
    assert_eq!(days(pace.after(seconds(60))), 1);
    // What was shorter than it might have been is halved itself.
    let day = |days: i64| SignedDuration::from_hours(24 * days);
    let pace = WindowLength::default();
    assert_eq!(pace.slower(day(6)).map(days), Some(3));
    assert_eq!(pace.slower(day(1)), None);
}

#[test]
fn what_failed_at_once_is_tried_again_sooner() {
    let days = |pace: WindowLength| pace.length().as_hours() / 24;
    let quick = Duration::from_secs(1);
    let short = |pace: WindowLength| pace.shorter(pace.length()).unwrap();
    let mut pace = short(short(WindowLength::default()));
    assert_eq!(days(pace), 14);
    for expected in [28, 56, 112] {
        pace = pace.after(quick);
        assert_eq!(days(pace), expected);
    }
    // Where Apple answers no more than 14 days, and fails at once: longer ones are tried less and less often.
    let (mut pace, mut failures, mut read) = (short(short(WindowLength::default())), 0, 0);
    while read < 3 * 365 {
        if days(pace) > 14 {
            failures += 1;
            pace = short(pace);
        } else {
            read += days(pace);
            pace = pace.after(quick);
        }
    }
    assert_eq!(failures, 3);
    // And what was too long once, and is not any more, costs no caution afterwards.
    let mut pace = WindowLength::default()
        .slower(WindowLength::default().length())
        .unwrap();
    for expected in [28, 28, 28, 56, 112, 182] {
        pace = pace.after(quick);
        assert_eq!(days(pace), expected);
    }
}

#[test]
fn what_was_too_long_is_not_tried_again_at_once() {
    let days = |pace: WindowLength| pace.length().as_hours() / 24;
    let quick = Duration::from_secs(1);
    // Apple answers 60 days and no more.
    let (mut pace, mut failures, mut read) = (WindowLength::default(), 0, 0);
    while read < 3 * 365 {
        if days(pace) > 60 {
            failures += 1;
            pace = pace.slower(pace.length()).unwrap();
        } else {
            read += days(pace);
            pace = pace.after(quick);
        }
    }
    assert_eq!(failures, 2);
    // One that is neither quick nor slow is no reason to go on to longer ones.
    let mut pace = WindowLength::default()
        .slower(WindowLength::default().length())
        .unwrap();
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
            // Nothing is late here, so it is complete up to its very end.
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
    fn what_is_listed_a_day_late_is_found_by_a_later_run_whatever_is_killed(
        history in any_history(DAY),
        runs in prop::collection::vec((1..3 * DAY, 0..6_usize), 1..12),
        lengths in prop::collection::vec(HOUR..60 * DAY, 1..4),
    ) {
        // The first run comes after all is listed that is there.
        let mut now = 402 * DAY;
        let late: Vec<Listed> = history
            .into_iter()
            .map(|(event, late)| (DomainEvent { at: event.at + (402 * DAY).seconds(), ..event }, late))
            .collect();
        let mut kept = None;
        for (pause, steps) in runs {
            now += pause;
            kept = run(kept, &late, at(now), at(402 * DAY), &lengths, steps);
        }
        // Two days later everything is listed.
        now += 2 * DAY;
        let kept = run(kept, &late, at(now), at(402 * DAY), &lengths, 100_000).unwrap();
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
