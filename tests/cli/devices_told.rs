//! What changes of devices say beside the result of each device: whom a filter means, migrations under way, what stays, and when
//! the next activity can be sent.

use insta::assert_snapshot;

use crate::devices_resume::{assign, expect, on, with};
use crate::support::Machine;

/// The two devices that migrate.
const MIGRATING: &str = "WVCJ000007 YJWV000008";

#[test]
fn a_filter_means_only_devices_with_a_migration() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("devices migrate --on prod --update-deadline +7d -n"), @r#"
    $ abmctl devices migrate --on prod --update-deadline +7d -n
    exit 0
    --- stdout
    Profile sandbox (Apple Business, sandbox)
    Dry run: nothing was changed.
    Move the migration deadline of 2 devices by +7d:
      1  MacBook Air 13", on Jamf Pro Production
      1  iMac 24", on Jamf Pro Production
    The first new deadline is Friday, December 4, 2026, 10:00 UTC.
    The last new deadline is Tuesday, December 29, 2026, 10:00 UTC.
    64 devices without a migration aren't listed.
    SERIAL NUMBER  FROM                 TO  RESULT        DEADLINE (UTC)
    WVCJ000007     Jamf Pro Production  -   would_update  2026-12-04 10:00
    YJWV000008     Jamf Pro Production  -   would_update  2026-12-29 10:00
    "#);
    for change in ["--update-deadline +7d", "--cancel"] {
        // Nobody is meant, which is no mistake.
        let ran = machine.run(&format!("devices migrate --on intune {change} -n"));
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stdout.contains("\nNo device qualifies.\n"), "{ran}");
        let count = " devices without a migration aren't listed.\n";
        assert!(ran.stdout.contains(count), "{ran}");
        let line = format!("devices migrate --on prod {change} -n -o json");
        let rows = machine.run(&line).json()["changes"].clone();
        assert_eq!(rows.as_array().unwrap().len(), 2, "{rows}");
        // Whoever names a device is told.
        let line = format!("devices migrate XNDX00000K {change} -n");
        let ran = machine.run(&line);
        assert!(ran.stdout.contains("XNDX00000K     -"), "{ran}");
        assert!(!ran.stdout.contains("listed"), "{ran}");
    }
}

#[test]
fn several_statuses_of_migrations_are_a_list() {
    let (machine, _apple) = Machine::with_business();
    let count = |statuses: &str| {
        let line = format!("devices list --migration {statuses} -o json");
        machine.run(&line).json().as_array().unwrap().len()
    };
    assert_eq!(count("requested"), 1);
    assert_eq!(count("requested,started"), 2);
    assert_eq!(count("Requested --migration started"), 2);
    assert_eq!(count("requested,started,success,failed,none"), 250);
}

#[test]
fn a_migration_under_way_is_said_before_something_else_is_sent() {
    let (machine, _apple) = Machine::with_business();
    for (change, doing) in [
        ("assign --server intune", "assigning"),
        ("unassign", "unassigning"),
        ("release --even-if-locked", "releasing"),
    ] {
        let ran = machine.run(&format!("devices {change} {MIGRATING} XNDX00000K -n"));
        let warning = format!(
            "warning: 2 devices have a migration under way. Apple doesn't document what {doing} them does to the migration.\n"
        );
        assert!(ran.stderr.contains(&warning), "{ran}");
        let ran = machine.run(&format!("devices {change} XNDX00000K -n"));
        assert!(!ran.stderr.contains("warning"), "{ran}");
    }
    // A device that isn't sent isn't meant.
    let ran = machine.run(&format!("devices assign --server prod {MIGRATING} -n"));
    assert!(!ran.stderr.contains("warning"), "{ran}");
}

#[test]
fn the_journal_says_what_became_of_a_migration() {
    let (machine, _apple) = Machine::with_business();
    for change in ["--update-deadline 2026-12-24T12:00:00Z", "--cancel --again"] {
        let ran = machine.run(&format!("devices migrate {MIGRATING} {change}"));
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_snapshot!(machine.run("journal list").stdout, @r"
    ID                AT (UTC)          PROFILE  COMMAND          ENDED
    000000000000000e  2026-11-22 10:00  sandbox  devices migrate  as wished
      cancel the migration of 2 devices; 2 canceled
    0000000000000006  2026-11-22 10:00  sandbox  devices migrate  as wished
      move the deadline of 2 devices to 2026-12-24 12:00 UTC; 2 updated
    ");
}

#[test]
fn no_time_is_made_up_for_the_next_activity() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 6);
    // Four activities are under way, and no limit was met: abmctl waits for them.
    let ran = assign(&machine, &serials, "--batch 1 --max-wait 3s");
    expect(&ran, 6, &[("pending", 6)]);
    assert!(!ran.stderr.contains(" UTC"), "{ran}");
    assert!(ran.stderr.contains("4 of 6 activities sent."), "{ran}");
}
