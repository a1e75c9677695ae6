//! What Apple refuses of the audit log, lists oddly, or is slow over, and what becomes of what is kept.

use std::fs;
use std::time::Duration;

use abmctl::sandbox::NextLinks;
use abmctl::sandbox::{Options, Permission};
use insta::assert_snapshot;
use jiff::{SignedDuration, ToSpan};

use crate::domains_kept::{DAY, QUIETLY, beginning, log, statuses, store, windows};
use crate::support::{Apple, Machine};
use crate::waiting::seconds_without_success;

/// Apple keeps the log for so many days.
fn keeps(apple: &Apple, days: i64) {
    let kept = SignedDuration::from_hours(24 * days);
    apple.organization(|organization| organization.behaviour.audit_retention = Some(kept));
}

#[test]
fn a_log_that_apple_keeps_for_a_month_is_read_that_far() {
    let (machine, apple) = Machine::with_business();
    keeps(&apple, 30);
    assert_snapshot!("kept_for_a_month", machine.run("domains list --no-dns"));
    let asked = windows(&apple, 0).len();
    assert!(asked < 20, "{asked}");
    // On the same day it is not asked again. On the next one it is, once.
    for (later, older) in [(DAY / 24, 0), (DAY, 1), (DAY / 24, 0), (7 * DAY, 1)] {
        let seen = apple.requests().len();
        machine.clock.advance(later);
        statuses(&machine, "");
        let asked = windows(&apple, seen);
        let month = beginning() - (29 * 24).hours();
        let before = asked.iter().filter(|(_, end, _)| *end < month);
        assert_eq!(before.count(), older, "{later:?}");
    }
}

#[test]
fn a_refusal_that_passes_is_no_end() {
    let (machine, apple) = Machine::with_business();
    keeps(&apple, 60);
    assert!(!statuses(&machine, "").contains("shop.acme.com"));
    apple.organization(|organization| organization.behaviour.audit_retention = None);
    assert!(!statuses(&machine, "").contains("shop.acme.com"));
    // Who asks for it gets it at once.
    let insisting = statuses(&machine, "--since 1y");
    assert!(
        insisting.contains("shop.acme.com,verified\n"),
        "{insisting}"
    );
    // And whoever waits for a day.
    let (machine, apple) = Machine::with_business();
    keeps(&apple, 60);
    assert!(!statuses(&machine, "").contains("shop.acme.com"));
    apple.organization(|organization| organization.behaviour.audit_retention = None);
    machine.clock.advance(DAY);
    let waiting = statuses(&machine, "");
    assert!(waiting.contains("shop.acme.com,verified\n"), "{waiting}");
}

#[test]
fn what_the_token_endpoint_or_a_proxy_answers_is_no_end_of_the_log() {
    let (undisturbed, _apple) = Machine::with_business();
    let all = statuses(&undisturbed, "");
    for fault in [
        "POST /auth/oauth2/token=400@2",
        "POST /auth/oauth2/token=404@2",
        "POST /auth/oauth2/token=html400@2",
        "GET /v1/auditEvents*=html400@3",
        "GET /v1/auditEvents*=html403@3",
    ] {
        let (machine, apple) = Machine::with_business();
        if fault.starts_with("POST") {
            // The access token ends in the middle.
            apple.add_fault("GET /v1/auditEvents*=401x1@3".parse().unwrap());
        }
        apple.add_fault(fault.parse().unwrap());
        let ran = machine.run(QUIETLY);
        assert_eq!(ran.code, 7, "{fault}: {ran}");
        apple.clear_faults();
        // Nothing was taken for an end, so the next run goes on.
        assert_eq!(statuses(&machine, ""), all, "{fault}");
    }
}

#[test]
fn what_apple_has_no_more_after_a_long_pause_is_read_anew_with_a_word() {
    let (machine, apple) = Machine::with_business();
    keeps(&apple, 100);
    machine.run(QUIETLY);
    // What is in both, and some of the overlap no more.
    machine.clock.advance(99 * DAY + DAY / 2);
    let ran = machine.run(QUIETLY);
    assert_eq!((ran.code, &ran.stderr[..]), (0, ""), "{ran}");
    // Nothing of what is kept.
    machine.clock.advance(120 * DAY);
    log(
        &apple,
        (-200 * 24).hours(),
        "DOMAIN_VERIFIED",
        "new.example",
    );
    assert_snapshot!("no_more", machine.run("domains list --no-dns"));
    assert_eq!(machine.run(QUIETLY).stderr, "");
}

#[test]
fn a_refusal_of_everything_takes_nothing_of_what_is_kept() {
    let (machine, apple) = Machine::with_business();
    let first = machine.run(QUIETLY);
    let kept = fs::read(store(&machine)).unwrap();
    machine.clock.advance(DAY);
    apple.add_fault("GET /v1/auditEvents*=400".parse().unwrap());
    let ran = machine.run(QUIETLY);
    assert_eq!((ran.code, &ran.stdout), (7, &first.stdout), "{ran}");
    assert_eq!(fs::read(store(&machine)).unwrap(), kept);
}

#[test]
fn a_few_refusals_take_nothing_of_what_is_kept_either() {
    let (machine, apple) = Machine::with_business();
    let first = machine.run(QUIETLY);
    // Apple has no more than 100 days by now, so what is older is nowhere but here.
    keeps(&apple, 100);
    for refusals in [3, 9] {
        machine.clock.advance(DAY);
        let fault = format!("GET /v1/auditEvents*=400x{refusals}");
        apple.add_fault(fault.parse().unwrap());
        let ran = machine.run(QUIETLY);
        assert_eq!(
            (ran.code, &ran.stdout, &ran.stderr[..]),
            (0, &first.stdout, ""),
            "{refusals}"
        );
    }
    // Also where less is asked for than lies in between.
    machine.clock.advance(20 * DAY);
    apple.add_fault("GET /v1/auditEvents*=400x9".parse().unwrap());
    let ran = machine.run(&format!("{QUIETLY} --since 1w"));
    assert_eq!((ran.code, &ran.stdout), (0, &first.stdout), "{ran}");
}

#[test]
fn a_time_to_come_back_at_is_kept_to() {
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /v1/auditEvents*=503:30x2".parse().unwrap());
    assert!(statuses(&machine, "").contains("acme.com,verified\n"));
    let asked = windows(&apple, 0);
    // The same window three times, and not a shorter one.
    assert_eq!(asked[0], asked[1]);
    assert_eq!(asked[0], asked[2]);
}

#[test]
fn refreshing_replaces_only_by_what_was_read() {
    let (machine, apple) = Machine::with_business();
    machine.run(&format!("{QUIETLY} --accounts"));
    let kept = fs::read(store(&machine)).unwrap();
    apple.organization(|organization| organization.forbid(Permission::ViewAudit));
    assert_snapshot!(
        "not_refreshed",
        machine.run("domains list --no-dns --refresh")
    );
    assert_eq!(fs::read(store(&machine)).unwrap(), kept);
    let ran = machine.run(&format!("{QUIETLY} --accounts --refresh"));
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stdout.contains("acme.com       verified"), "{ran}");
    let kept = fs::read_to_string(store(&machine)).unwrap();
    assert!(kept.contains("acme.com"), "{kept}");
    apple.organization(|organization| organization.permissions.insert(Permission::ViewAudit));
    assert_eq!(machine.run(QUIETLY).code, 0);
}

#[test]
fn a_year_of_silence_ends_it_unless_more_is_asked_for() {
    let (machine, apple) = Machine::with_apple(Options {
        audit_years: 3,
        ..Options::default()
    });
    apple.organization(|organization| {
        let silent = beginning() - (20 * 30 * 24).hours();
        organization.other_events.count = 0;
        let old = |at| at < silent || at > beginning() - (90 * 24).hours();
        organization.audit_events.retain(|event| old(event.at));
    });
    let by_itself = statuses(&machine, "");
    assert!(!by_itself.contains("archive.acme.com"), "{by_itself}");
    let ran = machine.run("domains list --no-dns");
    assert!(
        ran.stderr.contains("no events in the year before "),
        "{ran}"
    );
    let asked_for = statuses(&machine, "--since 5y");
    assert!(
        asked_for.contains("archive.acme.com,verified\n"),
        "{asked_for}"
    );
    // It is kept, so no more has to be asked for.
    assert_eq!(statuses(&machine, ""), asked_for);
}

#[test]
fn days_are_read_one_by_one_where_apple_answers_no_more() {
    let (machine, apple) = Machine::with_business();
    statuses(&machine, "");
    apple.organization(|organization| {
        let day = SignedDuration::from_hours(24);
        organization.behaviour.slow_audit_windows = Some((day, Duration::from_secs(90)));
    });
    log(&apple, (-30).hours(), "DOMAIN_REMOVED", "acme.com");
    machine.clock.advance(3 * DAY);
    assert!(statuses(&machine, "").contains("acme.com,removed\n"));
}

#[test]
fn an_outage_costs_a_few_questions_and_no_caution_afterwards() {
    let options = || Options {
        audit_years: 3,
        audit_events: 20_000,
        ..Options::default()
    };
    let (machine, apple) = Machine::with_apple(options());
    let all = statuses(&machine, "");
    let undisturbed = windows(&apple, 0).len();
    let (machine, apple) = Machine::with_apple(options());
    apple.add_fault("GET /v1/auditEvents=504x6".parse().unwrap());
    assert_eq!(statuses(&machine, ""), all);
    let disturbed = windows(&apple, 0).len();
    assert!(disturbed < 2 * undisturbed, "{disturbed} of {undisturbed}");
}

#[test]
fn an_empty_page_is_not_the_end() {
    let (quiet, _apple) = Machine::with_business();
    let (machine, apple) = Machine::with_apple(Options {
        audit_events: 9_000,
        ..Options::default()
    });
    apple.organization(|organization| {
        organization.behaviour.next_links = NextLinks::EmptyFirst;
    });
    assert_eq!(statuses(&machine, ""), statuses(&quiet, ""));
}

#[test]
fn what_happened_after_apples_present_is_not_taken_for_known() {
    let (machine, apple) = Machine::with_business();
    statuses(&machine, "");
    // This machine's clock is 20 hours ahead of Apple's for a while, with an access token from before.
    let skew = |hours| {
        apple.organization(|organization| {
            organization.behaviour.clock_skew = SignedDuration::from_hours(hours);
        });
    };
    skew(-20);
    machine.clock.advance(Duration::from_secs(1800));
    statuses(&machine, "");
    skew(0);
    let seen = apple.requests().len();
    machine.clock.advance(DAY);
    statuses(&machine, "");
    // Nothing of that half an hour is known, so a day before it is read again.
    assert_eq!(windows(&apple, seen)[0].0, beginning() - 24.hours());
}

#[test]
fn what_another_one_kept_is_shown_where_that_goes_on_for_too_long() {
    let (machine, _apple) = Machine::with_business();
    let first = machine.run(QUIETLY);
    let locks = fs::read_dir(machine.path("state/locks")).unwrap();
    let mut locks = locks.map(|entry| entry.unwrap().path());
    let name = |path: &std::path::PathBuf| path.to_string_lossy().contains("domains-");
    let lock = fs::File::open(locks.find(name).unwrap()).unwrap();
    lock.lock().unwrap();
    machine.clock.advance(DAY);
    let ran = machine.run("domains list --no-dns --max-wait 2s");
    assert_eq!(ran.code, 7, "{ran}");
    assert_eq!(ran.stdout, first.stdout);
    for said in [
        "hint: Another abmctl that reads the domains of this organization is running (process ",
        "Waiting up to 2 seconds for it to end.",
        "warning: abmctl has the audit log only from June 9, 2024 to 10:00:00 UTC on November 22, 2026. Another abmctl",
        "hint: Try again when that process has ended.",
    ] {
        assert!(ran.stderr.contains(said), "{ran}");
    }
    let checked = machine.run("adde-url check acme.com --max-wait 2s -q");
    assert!([0, 7, 9].contains(&checked.code), "{checked}");
}

#[test]
fn all_that_is_asked_again_of_the_log_uses_up_one_patience() {
    let typed = "GET /v1/auditEvents?*filter%5Btype%5D*";
    for fault in [
        // Everything, what follows the question whether there is anything, and one type of several.
        "GET /v1/auditEvents=503".to_owned(),
        format!("{typed}=503"),
        format!("{typed}DOMAIN_REMOVED*=503"),
        format!("{typed}=drop"),
        format!("{typed}=429"),
        "POST /auth/oauth2/token=503".to_owned(),
    ] {
        for limit in [4, 20, 90] {
            let (machine, apple) = Machine::with_apple(Options {
                audit_years: 3,
                audit_events: 20_000,
                ..Options::default()
            });
            apple.add_fault(fault.parse().unwrap());
            let line = format!("domains list -q --no-dns --max-wait {limit}s");
            let took = seconds_without_success(&machine, &line);
            assert!(took <= limit, "{fault}, {limit}: {took}");
        }
    }
}
