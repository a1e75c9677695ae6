//! `devices get`, and what takes a request for each device.

use std::time::Duration;

use abmctl::sandbox::Options;
use insta::assert_snapshot;
use serde_json::Value;

use crate::devices::{fault, listed, serials, with_pages};
use crate::support::{Machine, requests};

/// Each device's coverage, as the rows have it.
fn coverages(rows: &Value) -> Vec<&Value> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|it| &it["applecare"]).collect()
}

#[test]
fn get_shows_all_of_one_device_and_its_server() {
    let (machine, apple) = Machine::with_business();
    let serial = &serials(&apple)[0];
    assert_snapshot!(machine.run(&format!("devices get {}", serial.to_lowercase())));
    assert_eq!(
        requests(&apple).len(),
        4,
        "a token, the servers, the device, its server"
    );
    let ran = machine.run(&format!("devices get {serial} -o json"));
    assert_eq!(ran.json()["serial_number"], serial.as_str());
}

#[test]
fn get_takes_each_form_of_no_server() {
    use abmctl::sandbox::Unassigned;
    let (machine, apple) = Machine::with_business();
    let serial = &serials(&apple)[0];
    apple.organization(|acme| acme.devices[0].server_id = None);
    for form in [Unassigned::NotFound, Unassigned::EmptyId, Unassigned::Null] {
        apple.organization(|acme| acme.behaviour.unassigned = form);
        let ran = machine.run(&format!("devices get {serial} -o json"));
        assert_eq!(
            (ran.code, &ran.json()["server_id"]),
            (0, &Value::Null),
            "{ran}"
        );
    }
    let other = &serials(&apple)[1];
    fault(
        &apple,
        "GET /v1/orgDevices/*/relationships/assignedServer=403:FORBIDDEN",
    );
    let ran = machine.run(&format!("devices get {other} -o json"));
    assert_eq!(
        (ran.code, ran.json()["error"].is_string()),
        (7, true),
        "{ran}"
    );
}

#[test]
fn get_of_several_is_a_list_and_tells_of_those_that_were_released() {
    let (machine, apple) = with_pages();
    let all = serials(&apple);
    let released = apple.organization(|acme| acme.released[0].serial_number.clone());
    let ran = machine.run(&format!("devices get {} {released} -o json", all[0]));
    assert_eq!(ran.code, 0, "{ran}");
    let rows = ran.json();
    assert_eq!(listed(&rows), [all[0].clone(), released.clone()]);
    assert!(rows[1]["released_from_org_date_time"].is_string(), "{ran}");
    let many = all[..20].join(" ");
    let before = requests(&apple).len();
    let ran = machine.run(&format!("devices get {many} {released} NOSUCH -o json"));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert!(rows[20]["released_from_org_date_time"].is_string(), "{ran}");
    assert_eq!(rows[21]["status"], "not_found");
    assert_eq!(
        requests(&apple).len() - before,
        11,
        "the servers, five pages of their lists, three pages, two devices"
    );
    assert_snapshot!(machine.run("devices get NOSUCH"), @"
    $ abmctl devices get NOSUCH
    exit 4
    --- stderr
    error: The organization doesn't have the device NOSUCH.
    hint: Check the serial numbers and the profile. To search for a part of a serial number, run `abmctl devices list --where serial_number~TEXT`.
    ");
}

#[test]
fn coverage_is_kept_for_a_day_and_read_again_when_asked() {
    let (machine, apple) = Machine::with_apple(Options {
        devices: 12,
        ..Options::default()
    });
    let asked = || {
        let seen = requests(&apple);
        let of_coverage = seen.iter().filter(|it| it.contains("/appleCareCoverage"));
        of_coverage.count()
    };
    let first = machine.run("devices list --applecare -o json");
    assert_eq!((first.code, asked()), (0, 12), "{first}");
    let rows = first.json();
    for coverage in coverages(&rows) {
        assert!(coverage[0]["description"].is_string(), "{coverage}");
        assert!(coverage[0]["start_date_time"].is_string(), "{coverage}");
    }
    let second = machine.run("devices list --applecare -o json");
    assert_eq!((second.stdout, asked()), (first.stdout, 12));
    let ran = machine.run("devices list --applecare --refresh -o json");
    assert_eq!((ran.code, asked()), (0, 24), "{ran}");
    machine.clock.advance(Duration::from_secs(25 * 3600));
    let ran = machine.run("devices list --applecare --limit 2 -o csv");
    assert_eq!((ran.code, asked()), (0, 26), "{ran}");
    assert!(ran.stdout.contains("\"[{\"\"status\"\":"), "{ran}");
    assert_snapshot!(machine.run("devices list --applecare --limit 2"), @"
    $ abmctl devices list --applecare --limit 2
    exit 0
    --- stdout
    SERIAL NUMBER  PLATFORM  MODEL       STATUS    ADDED       APPLECARE
    CJJT000000     iphone    iPhone 15   assigned  2025-02-25  none
    XYMY000001     iphone    iPhone 16e  assigned  2026-09-07  Limited Warranty until 2027-09-07
    ");
    assert_snapshot!(machine.run("devices list --columns serial_number,applecare"), @"
    $ abmctl devices list --columns serial_number,applecare
    exit 2
    --- stderr
    error: The column applecare needs --applecare.
    ");
}

#[test]
fn a_run_that_ends_early_keeps_the_coverage_that_it_read() {
    let (machine, apple) = Machine::with_business();
    let all = serials(&apple);
    fault(
        &apple,
        &format!("GET /v1/orgDevices/{}/appleCareCoverage=500x1", all[2]),
    );
    let line = format!(
        "devices list {} {} {} --applecare -o json",
        all[0], all[1], all[2]
    );
    // The failure costs its row alone, and is no coverage.
    let ran = machine.run(&format!("{line} --max-wait 1s"));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert_eq!(rows[2]["applecare"], Value::Null, "{ran}");
    assert!(
        rows[2]["error"].is_string() && rows[1]["applecare"].is_array(),
        "{ran}"
    );
    let before = requests(&apple).len();
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        requests(&apple).len() - before,
        4,
        "three devices, one coverage"
    );
}

#[test]
fn coverage_that_nobody_may_read_is_not_asked_for_a_thousand_times() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        "GET /v1/orgDevices/*/appleCareCoverage=403:FORBIDDEN",
    );
    let ran = machine.run("devices list --applecare -o json");
    assert_eq!(ran.code, 7, "{ran}");
    let seen = requests(&apple);
    let asked = seen
        .iter()
        .filter(|it| it.contains("/appleCareCoverage"))
        .count();
    assert!(asked < 10, "{asked}");
    assert!(coverages(&ran.json()).iter().all(|it| it.is_null()));
}

#[test]
fn locks_are_shown_and_internal_states_are_not_known() {
    let (machine, apple) = Machine::with_business();
    let all = serials(&apple);
    let ran = machine.run(&format!(
        "devices get {} --lock --columns serial_number,activation_lock",
        all[0]
    ));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("locked"), "{ran}");
    let ran = machine.run(&format!("devices get {} {} --lock -o csv", all[0], all[1]));
    assert!(
        ran.stdout
            .contains("activation_lock_is_locked,activation_lock_lock_type"),
        "{ran}"
    );
    fault(
        &apple,
        &format!("GET /v1/orgDevices/{}/activationLockStatus=500", all[1]),
    );
    let ran = machine.run(&format!("devices get {} {} --lock -o json", all[0], all[1]));
    let rows = ran.json();
    assert_eq!(
        (ran.code, &rows[1]["activation_lock"]),
        (7, &Value::Null),
        "{ran}"
    );
    assert!(
        rows[0]["activation_lock"]["is_locked"].is_boolean(),
        "{ran}"
    );
    let seen = requests(&apple);
    let of_second = format!("GET /v1/orgDevices/{}/activationLockStatus", all[1]);
    assert_eq!(
        seen.iter().filter(|it| it.starts_with(&of_second)).count(),
        2,
        "not repeated"
    );
}
