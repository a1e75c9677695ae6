//! What `domains list` keeps of the audit log from one run to the next.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use abmctl::sandbox::organization::AuditEvent;
use abmctl::sandbox::{Options, Running};
use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::support::{BEGINNING, Machine, write_file};

pub const DAY: Duration = Duration::from_secs(24 * 3600);
pub const QUIETLY: &str = "domains list -q --no-dns";

/// The windows that were asked for, with the type that each was for, since `from` requests were there.
pub fn windows(apple: &Running, from: usize) -> Vec<(Timestamp, Timestamp, Option<String>)> {
    apple
        .requests()
        .iter()
        .skip(from)
        .filter_map(|request| {
            let (_, query) = request.path.split_once("/v1/auditEvents?")?;
            let value = |name: &str| {
                url::form_urlencoded::parse(query.as_bytes())
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.into_owned())
            };
            let time = |name: &str| value(name)?.parse().ok();
            Some((
                time("filter[startTimestamp]")?,
                time("filter[endTimestamp]")?,
                value("filter[type]"),
            ))
        })
        .collect()
}

pub fn beginning() -> Timestamp {
    BEGINNING.parse().unwrap()
}

pub fn store(machine: &Machine) -> PathBuf {
    let mut files = fs::read_dir(machine.path("state/domains")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

pub fn log(apple: &Running, ago: jiff::Span, kind: &str, name: &str) {
    apple.organization(|organization| {
        let at = beginning() - ago;
        organization.audit_events.push(AuditEvent::domain(
            at,
            kind,
            &format!("id of {name}"),
            Some(name),
        ));
        organization.audit_events.sort_by_key(|event| event.at);
    });
}

#[test]
fn the_first_run_reads_back_without_a_gap_until_there_is_nothing() {
    let (machine, apple) = Machine::with_business();
    assert_eq!(machine.run(QUIETLY).code, 0);
    let windows = windows(&apple, 0);
    assert_eq!(windows[0].1, beginning());
    for pair in windows.windows(2) {
        assert_eq!(pair[0].0, pair[1].1);
    }
    for (start, end, _) in &windows {
        assert!(end.duration_since(*start).as_hours() <= 26 * 7 * 24);
    }
    // Nothing earlier than the first event, but for a year in which Apple has nothing.
    let first = apple.organization(|organization| organization.other_events.from);
    let last = windows.last().unwrap().0;
    let quiet = first.duration_since(last).as_hours() / 24;
    assert!((52 * 7..2 * 52 * 7).contains(&quiet), "{quiet}");
}

#[test]
fn a_daily_run_is_one_question() {
    let (machine, apple) = Machine::with_business();
    let first = machine.run(QUIETLY);
    let seen = apple.requests().len();
    machine.clock.advance(DAY);
    let second = machine.run(QUIETLY);
    assert_eq!(second.stdout, first.stdout);
    // What is new, and a day before for what was listed late.
    let now = beginning() + 24.hours();
    assert_eq!(
        windows(&apple, seen),
        [(beginning() - 24.hours(), now, None)]
    );
}

#[test]
fn after_a_week_each_type_is_asked_for() {
    let (machine, apple) = Machine::with_business();
    machine.run(QUIETLY);
    let seen = apple.requests().len();
    machine.clock.advance(7 * DAY);
    assert_eq!(machine.run(QUIETLY).code, 0);
    let asked = windows(&apple, seen);
    assert_eq!(asked.len(), 5, "{asked:?}");
    assert!(
        asked
            .iter()
            .all(|(start, _, kind)| { *start == beginning() - 24.hours() && kind.is_some() })
    );
}

#[test]
fn what_happened_since_and_what_was_listed_late_is_found() {
    let (machine, apple) = Machine::with_business();
    machine.run(QUIETLY);
    log(&apple, 20.hours(), "DOMAIN_VERIFIED", "late.example");
    log(&apple, (-1).hours(), "DOMAIN_REMOVED", "acme.com");
    machine.clock.advance(DAY / 2);
    let status = "domains list -q -o csv --no-headers --columns domain,status";
    let ran = machine.run(status);
    assert!(ran.stdout.contains("late.example,verified\n"), "{ran}");
    assert!(ran.stdout.contains("acme.com,removed\n"), "{ran}");
}

#[test]
fn an_outage_loses_nothing_of_what_was_read() {
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /v1/auditEvents*=503x1000@4".parse().unwrap());
    assert_snapshot!(
        "read_in_part",
        machine.run("domains list --no-dns --max-wait 5s")
    );
    let seen = apple.requests().len();
    apple.clear_faults();
    machine.clock.advance(Duration::from_secs(60));
    assert_snapshot!("read_on", machine.run("domains list --no-dns"));
    let asked = windows(&apple, seen);
    // First what is new, then on from where it ended.
    assert_eq!(asked[0].0, beginning() - 24.hours());
    assert!(asked[1].1 < beginning() - (7 * 7 * 24).hours());
}

#[test]
fn a_log_that_can_not_be_read_on_is_shown_with_its_age() {
    let (machine, apple) = Machine::with_business();
    machine.run(QUIETLY);
    machine.clock.advance(3 * DAY);
    apple.organization(|organization| {
        organization.forbid(abmctl::sandbox::Permission::ViewAudit);
    });
    assert_snapshot!("no_longer_allowed", machine.run("domains list --no-dns"));
    assert_eq!(machine.run("domains list --check").code, 7);
}

#[test]
fn what_is_damaged_is_read_anew_with_a_word() {
    let (machine, apple) = Machine::with_business();
    let first = machine.run(QUIETLY);
    let file = store(&machine);
    let good = fs::read_to_string(&file).unwrap();
    for (bad, words) in [
        (good[..good.len() / 2].to_owned(), "is damaged"),
        (good.replacen("acme.com", "evil.com", 1), "is damaged"),
        (
            good.replacen("\"version\":2", "\"version\":99", 1),
            "was written by another version of abmctl",
        ),
    ] {
        fs::write(&file, bad).unwrap();
        let seen = apple.requests().len();
        let ran = machine.run(QUIETLY);
        assert_eq!((ran.code, &ran.stdout), (0, &first.stdout), "{ran}");
        assert!(ran.stderr.contains(words), "{ran}");
        assert!(windows(&apple, seen).len() > 3);
        let again = machine.run(QUIETLY);
        assert_eq!(again.stderr, "");
    }
}

#[test]
fn refreshing_forgets_and_reads_it_again() {
    let (machine, apple) = Machine::with_business();
    machine.run(QUIETLY);
    // What Apple does not have any more is not known any more.
    apple.organization(|organization| {
        organization
            .audit_events
            .retain(|event| event.subject_name.as_deref() != Some("acme.net"));
    });
    let names = "domains list -q --no-dns -o csv --no-headers --columns domain";
    assert!(machine.run(names).stdout.contains("acme.net\n"));
    let ran = machine.run(&format!("{names} --refresh"));
    assert!(!ran.stdout.contains("acme.net\n"), "{ran}");
    assert!(ran.stdout.contains("acme.com\n"), "{ran}");
}

#[test]
fn another_account_never_reads_it() {
    let (machine, _apple) = Machine::with_business();
    machine.run(QUIETLY);
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let other = text.replace("BUSINESSAPI.", "BUSINESSAPI.f");
    assert_ne!(text, other);
    write_file(&path, &other, 0o600);
    let ran = machine.run(QUIETLY);
    assert_eq!((ran.code, &ran.stdout[..]), (3, ""), "{ran}");
}

#[test]
fn a_folder_that_can_not_be_written_costs_reading_it_again() {
    let (machine, apple) = Machine::with_business();
    fs::create_dir_all(machine.path("state")).unwrap();
    write_file(&machine.path("state/domains"), "in the way", 0o600);
    let ran = machine.run(QUIETLY);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("acme.com"), "{ran}");
    assert_eq!(ran.stderr.matches("can't cache").count(), 1, "{ran}");
    let seen = apple.requests().len();
    assert_eq!(machine.run(QUIETLY).code, 0);
    assert!(windows(&apple, seen).len() > 3);
}

#[test]
fn two_at_once_read_it_once() {
    let (machine, apple) = Machine::with_apple(Options {
        latency: Duration::from_millis(20),
        ..Options::default()
    });
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| machine.run(QUIETLY));
        (machine.run(QUIETLY), other.join().unwrap())
    });
    assert_eq!((one.code, other.code), (0, 0), "{one}{other}");
    assert_eq!(one.stdout, other.stdout);
    let asked = windows(&apple, 0);
    let new = asked
        .iter()
        .filter(|(_, end, _)| *end >= beginning())
        .count();
    // The second one asks for what is new at the most.
    assert!(new <= 2, "{asked:?}");
}

pub fn statuses(machine: &Machine, more: &str) -> String {
    let line = format!("{QUIETLY} -o csv --no-headers --columns domain,status {more}");
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    ran.stdout
}

#[test]
fn three_years_are_read_within_the_limits() {
    let (machine, apple) = Machine::with_apple(Options {
        audit_years: 3,
        audit_events: 9_000,
        limits: Some(abmctl::sandbox::Rates::default()),
        ..Options::default()
    });
    let all = statuses(&machine, "");
    // The oldest of all, from three years ago.
    assert!(all.contains("archive.acme.com,verified\n"), "{all}");
    assert!(all.contains("acme.io,verified\n"), "{all}");
    let refused = |request: &abmctl::sandbox::RequestSeen| request.status == Some(429);
    assert!(apple.requests().iter().any(refused));
    let seen = apple.requests().len();
    machine.clock.advance(DAY);
    assert_eq!(statuses(&machine, ""), all);
    assert_eq!(windows(&apple, seen).len(), 1);
}

#[test]
fn a_busy_log_is_read_by_type() {
    let (machine, apple) = Machine::with_apple(Options {
        audit_events: 400_000,
        ..Options::default()
    });
    let (quiet, _apple) = Machine::with_business();
    assert_eq!(statuses(&machine, ""), statuses(&quiet, ""));
    // After the first window it is known that a page does not hold one.
    let asked = windows(&apple, 0);
    let whole = asked.iter().filter(|(_, _, kind)| kind.is_none()).count();
    let typed = asked.iter().filter(|(_, _, kind)| kind.is_some()).count();
    assert!(typed >= 15, "{asked:?}");
    assert!(whole < typed, "{asked:?}");
    // Three days of it are more than a page as well.
    let seen = apple.requests().len();
    machine.clock.advance(DAY);
    apple.organization(|organization| organization.other_events.until += 24.hours());
    statuses(&machine, "");
    assert_eq!(windows(&apple, seen).len(), 6);
}

#[test]
fn windows_that_are_too_long_for_apple_are_made_shorter() {
    let (machine, apple) = Machine::with_apple(Options {
        audit_years: 3,
        ..Options::default()
    });
    // Longer ones are not answered within the time that one attempt has.
    apple.organization(|organization| {
        let four_weeks = SignedDuration::from_hours(28 * 24);
        organization.behaviour.slow_audit_windows = Some((four_weeks, Duration::from_secs(90)));
    });
    let all = statuses(&machine, "");
    assert!(all.contains("archive.acme.com,verified\n"), "{all}");
    let asked = windows(&apple, 0);
    let long = asked
        .iter()
        .filter(|(start, end, _)| end.duration_since(*start).as_hours() > 28 * 24)
        .count();
    assert!((1..=5).contains(&long), "{long} of {}", asked.len());
}

#[test]
fn where_apple_refuses_to_go_further_back_it_says_so() {
    let (machine, apple) = Machine::with_apple(Options {
        audit_years: 2,
        ..Options::default()
    });
    apple.organization(|organization| {
        organization.behaviour.audit_retention = Some(SignedDuration::from_hours(730 * 24));
    });
    assert_snapshot!("refused_further", machine.run("domains list --no-dns"));
    // And is not asked again on the same day.
    let seen = apple.requests().len();
    machine.clock.advance(DAY / 2);
    assert!(statuses(&machine, "").contains("archive.acme.com,verified\n"));
    assert_eq!(windows(&apple, seen).len(), 1);
}

#[test]
fn types_that_apple_does_not_know_cost_what_they_would_show() {
    let (machine, apple) = Machine::with_apple(Options {
        audit_events: 9_000,
        ..Options::default()
    });
    let federation = ["DOMAIN_FEDERATION_ENABLED", "DOMAIN_FEDERATION_DISABLED"];
    apple.organization(|organization| {
        organization.behaviour.unknown_event_types = federation.map(str::to_owned).into();
    });
    let all = statuses(&machine, "");
    assert!(all.contains("acme.com,verified\n"), "{all}");
    let asked = windows(&apple, 0);
    let of_federation = |kind: &Option<String>| {
        kind.as_deref()
            .is_some_and(|kind| federation.contains(&kind))
    };
    let refused = asked
        .iter()
        .filter(|(_, _, kind)| of_federation(kind))
        .count();
    assert_eq!(refused, 2, "{asked:?}");
    let seen = apple.requests().len();
    machine.clock.advance(4 * DAY);
    statuses(&machine, "");
    assert_eq!(windows(&apple, seen).len(), 3);
    // After a week they are tried again.
    let seen = apple.requests().len();
    machine.clock.advance(4 * DAY);
    statuses(&machine, "");
    assert_eq!(windows(&apple, seen).len(), 5);
}

#[test]
fn an_event_that_is_listed_a_day_late_is_found() {
    let (machine, apple) = Machine::with_business();
    statuses(&machine, "");
    apple.organization(|organization| {
        let event = AuditEvent::domain(
            beginning() - 1.hours(),
            "DOMAIN_REMOVED",
            "of acme.com",
            Some("acme.com"),
        );
        let listed = beginning() + 20.hours();
        organization.audit_events.push(event.listed_from(listed));
    });
    machine.clock.advance(DAY / 2);
    assert!(statuses(&machine, "").contains("acme.com,verified\n"));
    machine.clock.advance(DAY / 2);
    assert!(statuses(&machine, "").contains("acme.com,removed\n"));
}
