//! `devices history` and `devices migrations`.

use std::time::Duration;

use abmctl::sandbox::Options;
use insta::assert_snapshot;

use crate::devices::{fault, serials};
use crate::support::{Machine, requests};

#[test]
fn history_is_what_the_audit_log_has_of_a_device() {
    let (machine, apple) = Machine::with_apple(Options {
        devices: 3,
        audit_events: 400,
        ..Options::default()
    });
    let serial = serials(&apple)[0].clone();
    let ran = machine.run(&format!(
        "devices history {} -o json",
        serial.to_lowercase()
    ));
    assert_eq!(ran.code, 0, "{ran}");
    let rows = ran.json();
    let rows = rows.as_array().unwrap();
    assert!(rows.len() > 4, "{ran}");
    let times: Vec<&str> = rows.iter().map(|it| it["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let assigned = rows
        .iter()
        .find(|it| it["event"] == "assigned_to_server")
        .unwrap();
    assert!(assigned["server_name"].is_string() && assigned["by"] == "ada.park@acme.com");
    // Every window is as long as Apple takes, and no event comes twice.
    let whole = machine.run(&format!(
        "devices history {serial} -o ndjson --since 2025-11-22"
    ));
    assert_eq!(whole.stdout.lines().count(), rows.len(), "{whole}");
    assert_snapshot!(machine.run(&format!("devices history {serial} --since 120d")), @"
    $ abmctl devices history CJJT000000 --since 120d
    exit 0
    --- stdout
    TIME (UTC)        EVENT                   SERVER               BY
    2026-10-23 10:48  is erased               -                    ada.park@acme.com
    2026-10-18 21:33  unassigned from server  -                    ada.park@acme.com
    2026-10-17 23:42  assigned to server      Jamf Pro Production  ada.park@acme.com
    2026-10-17 01:51  removed from org        -                    ada.park@acme.com
    2026-10-16 04:00  added to org            -                    ada.park@acme.com
    2026-08-02 12:18  is erased               -                    ada.park@acme.com
    2026-07-28 23:03  unassigned from server  -                    ada.park@acme.com
    2026-07-28 01:12  assigned to server      Intune               ada.park@acme.com
    2026-07-27 03:21  removed from org        -                    ada.park@acme.com
    2026-07-26 05:30  added to org            -                    ada.park@acme.com
    ");
    assert_snapshot!(machine.run("devices history NOSUCH"), @"
    $ abmctl devices history NOSUCH
    exit 0
    --- stdout
    No events.
    --- stderr
    The audit log has no events of NOSUCH since November 22, 2025.
    ");
    assert_snapshot!(machine.run("devices history NOSUCH --since tomorrow"), @"
    $ abmctl devices history NOSUCH --since tomorrow
    exit 2
    --- stderr
    error: Invalid value 'tomorrow' for '--since <WHEN>': not a date (2026-01-31), a time (2026-01-31T09:00:00Z) or a duration; for a duration use numbers with units, such as 30d, 2w, 1y or 1h30m: s, m for minutes, h, d, w, mo for months, y.
    hint: Run `abmctl help devices history`.
    ");
    let (machine, _apple) = Machine::with_school();
    assert_snapshot!(machine.run("devices history NOSUCH"), @"
    $ abmctl devices history NOSUCH
    exit 5
    --- stderr
    error: Apple School Manager's API has no audit log.
    hint: Sign in to Apple School Manager, and look the device up under Devices.
    ");
}

#[test]
fn the_log_ends_where_apple_refuses_to_go_on() {
    let (machine, apple) = Machine::with_apple(Options {
        devices: 3,
        audit_events: 400,
        ..Options::default()
    });
    let serial = serials(&apple)[0].clone();
    apple.organization(|acme| {
        acme.behaviour.audit_retention = Some(jiff::SignedDuration::from_hours(100 * 24));
    });
    let ran = machine.run(&format!("devices history {serial} -o csv"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stderr
            .contains("Apple's audit log goes back to August 1"),
        "{ran}"
    );
    fault(&apple, "GET /v1/auditEvents=403:FORBIDDEN@2");
    let ran = machine.run(&format!("devices history {serial} -o csv"));
    assert_eq!(ran.code, 7, "{ran}");
    let (machine, apple) = Machine::with_business();
    fault(&apple, "GET /v1/auditEvents=403:FORBIDDEN");
    assert_eq!(machine.run("devices history NOSUCH").code, 5);
}

#[test]
fn migrations_are_counted_and_overdue_ones_named() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("devices migrations --fail-overdue -o json");
    assert_eq!(ran.code, 0, "{ran}");
    // A token, a page, the servers, and the server of each of the two that migrate.
    assert_eq!(requests(&apple).len(), 5, "{ran}");
    machine.clock.advance(Duration::from_secs(6 * 24 * 3600));
    let ran = machine.run("devices migrations --fail-overdue");
    assert_snapshot!(ran, @r#"
    $ abmctl devices migrations --fail-overdue
    exit 9
    --- stdout
    MIGRATING TO         STATUS     DEVICES  NEXT DEADLINE (UTC)  OVERDUE
    Jamf Pro Production  requested        1  2026-12-22 10:00           0
    Jamf Pro Production  started          1  -                          1
      WVCJ000007 (MacBook Air 13") was due on 2026-11-27 10:00 UTC.
    "#);
    assert_eq!(machine.run("devices migrations -o csv").code, 0);
    apple.organization(|acme| {
        for device in &mut acme.devices {
            device.migration = None;
        }
    });
    let before = requests(&apple).len();
    assert_snapshot!(machine.run("devices migrations"), @"
    $ abmctl devices migrations
    exit 0
    --- stdout
    No migrations.
    ");
    assert_eq!(requests(&apple).len() - before, 1, "the page");
}
