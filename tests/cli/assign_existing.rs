//! `assign --existing unassigned`: the default is set, and devices without a server get it.
//!
//! More than 400 lines: one organization, and what may happen to its devices without a server.

use abmctl::host::Signal;
use abmctl::sandbox::organization::{DeviceFamily, ProductFamily};
use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};

use crate::assign::{fault, patches};
use crate::support::{Apple, BEGINNING, Machine, requests, write_file};

const LINE: &str = "assign --platform vision --server prod --existing unassigned";

/// Takes so many Vision devices from their servers, added so many days ago; gives their serial numbers.
fn unassign(apple: &Apple, count: usize, days: i64) -> Vec<String> {
    let now: Timestamp = BEGINNING.parse().unwrap();
    apple.organization(|acme| {
        let mut vision = acme
            .devices
            .iter_mut()
            .filter(|it| it.family == DeviceFamily::Vision && it.server_id.is_some());
        let mut serials = Vec::new();
        for _ in 0..count {
            let device = vision.next().unwrap();
            device.server_id = None;
            device.added_at = now - SignedDuration::from_hours(24 * days);
            serials.push(device.serial_number.clone());
        }
        serials
    })
}

/// All Vision devices are on a server.
fn machine() -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    settle(&apple);
    (machine, apple)
}

fn settle(apple: &Apple) {
    apple.organization(|acme| {
        let intune = acme
            .servers
            .iter()
            .find(|it| it.name == "Intune")
            .unwrap()
            .id
            .clone();
        for device in acme.devices.iter_mut().take(6) {
            device.family = DeviceFamily::Vision;
        }
        let vision = acme
            .devices
            .iter_mut()
            .filter(|it| it.family == DeviceFamily::Vision);
        vision.for_each(|it| it.server_id = Some(intune.clone()));
    });
}

fn posts(apple: &Apple) -> usize {
    let posts = requests(apple);
    posts.iter().filter(|it| it.starts_with("POST /v1")).count()
}

fn server_of(apple: &Apple, serial: &str) -> Option<String> {
    apple.organization(|acme| {
        let device = acme
            .devices
            .iter()
            .find(|it| it.serial_number == serial)
            .unwrap();
        let server = acme
            .servers
            .iter()
            .find(|it| Some(&it.id) == device.server_id.as_ref());
        server.map(|it| it.name.clone())
    })
}

fn is_default(apple: &Apple) -> bool {
    apple.organization(|acme| {
        acme.server("prod")
            .unwrap()
            .default_families
            .contains(&ProductFamily::Vision)
    })
}

#[test]
fn the_default_is_set_and_new_devices_without_a_server_get_it() {
    let (machine, apple) = machine();
    let new = unassign(&apple, 2, 3);
    let old = unassign(&apple, 1, 20);
    assert_snapshot!("dry_run", machine.run(&format!("{LINE} -n")));
    let check = machine.run(&format!("{LINE} --check -o json"));
    assert_eq!(
        (check.code, posts(&apple), is_default(&apple)),
        (9, 0, false),
        "{check}"
    );
    assert_eq!(check.json()["devices"][0]["result"], "would_assign");
    assert_snapshot!("assigned", machine.run(LINE));
    assert!(is_default(&apple));
    assert_eq!(posts(&apple), 1);
    for serial in &new {
        assert_eq!(
            server_of(&apple, serial).as_deref(),
            Some("Jamf Pro Production")
        );
    }
    // Stock and spares stay as they are.
    assert_eq!(server_of(&apple, &old[0]), None);
    let again = machine.run(&format!("{LINE} -o json"));
    assert_eq!((again.code, posts(&apple)), (0, 1), "{again}");
    assert_eq!(again.json()["changed"], false);
    assert_eq!(again.json()["devices"], serde_json::json!([]));
    assert_eq!(machine.run(&format!("{LINE} --check")).code, 0);
    // A plain assign isn't led astray by what the journal has of devices.
    assert_eq!(machine.run("assign").code, 0);
    let journal = machine.run("journal list -o json").json();
    for entry in journal.as_array().unwrap() {
        assert_eq!(entry["ended"], "as_wished", "{entry}");
    }
}

#[test]
fn devices_of_other_servers_and_platforms_stay() {
    let (machine, apple) = machine();
    let before = apple.organization(|acme| acme.devices.clone());
    let ran = machine.run(LINE);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stdout
            .contains("Devices without a server: none to assign."),
        "{ran}"
    );
    assert_eq!(apple.organization(|acme| acme.devices.clone()), before);
}

#[test]
fn more_than_allowed_are_not_touched_and_the_default_is_set_all_the_same() {
    let (machine, apple) = machine();
    unassign(&apple, 3, 1);
    let line = format!("{LINE} --max-devices 2");
    let dry = machine.run(&format!("{line} -n"));
    assert_eq!(dry.code, 0, "{dry}");
    assert!(
        dry.stderr.contains("3 devices of vision have no server"),
        "{dry}"
    );
    let check = machine.run(&format!("{line} --check"));
    assert_eq!(check.code, 9, "{check}");
    assert_snapshot!("too_many", machine.run(&line));
    assert_eq!((posts(&apple), is_default(&apple)), (0, true));
    let ran = machine.run(&line);
    assert_eq!(ran.code, 8, "{ran}");
    assert_eq!(machine.run(&format!("{LINE} --max-devices 3")).code, 0);
    assert_eq!(posts(&apple), 1);
}

#[test]
fn some_are_left_out_by_name_or_by_day() {
    let (machine, apple) = machine();
    let new = unassign(&apple, 2, 1);
    let old = unassign(&apple, 1, 20);
    let file = machine.path("except.csv");
    write_file(
        &file,
        &format!(
            "Serial Number;Model\r\n{};Vision\r\n",
            new[0].to_lowercase()
        ),
        0o600,
    );
    let ran = machine.run(&format!(
        "{LINE} --added-since 30d --except {}",
        file.display()
    ));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("1 left by --except"), "{ran}");
    assert_eq!(server_of(&apple, &new[0]), None);
    assert!(server_of(&apple, &new[1]).is_some() && server_of(&apple, &old[0]).is_some());
    let before = requests(&apple).len();
    for (more, words) in [
        ("--except /nowhere", "can't be used: it doesn't exist"),
        ("--added-since 2030-01-01", "not in the past"),
        ("--max-devices many", "many"),
    ] {
        let ran = machine.run(&format!("{LINE} {more}"));
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(words), "{ran}");
    }
    for line in [
        "assign --platform vision --clear --existing unassigned",
        "assign --platform vision --existing unassigned",
        "assign --platform vision --server prod --max-devices 3",
        "assign --platform vision --server '' --existing unassigned",
        "assign --server prod --existing unassigned",
        "assign --platform vision --server prod --existing all",
    ] {
        assert_eq!(machine.run(line).code, 2, "{line}");
    }
    assert_eq!(requests(&apple).len(), before);
}

#[test]
fn a_person_is_shown_the_models_and_asked() {
    let (mut machine, apple) = machine();
    let old = unassign(&apple, 2, 100);
    machine.at_terminal();
    machine.stdin = "no\n".to_owned();
    assert_snapshot!("declined", machine.run(LINE));
    assert_eq!(
        (posts(&apple), patches(&apple).len(), is_default(&apple)),
        (0, 0, false)
    );
    machine.stdin = String::new();
    let ran = machine.run(LINE);
    assert_eq!((ran.code, is_default(&apple)), (2, false), "{ran}");
    assert!(ran.stderr.contains("Nothing was changed."), "{ran}");
    machine.stdin = "yes\n".to_owned();
    let ran = machine.run(LINE);
    assert_eq!(
        (ran.code, posts(&apple), is_default(&apple)),
        (0, 1, true),
        "{ran}"
    );
    assert!(server_of(&apple, &old[0]).is_some());
}

#[test]
fn interrupted_before_the_default_is_set_it_changes_nothing() {
    let (machine, apple) = machine();
    unassign(&apple, 1, 1);
    fault(&apple, "GET /v1/orgDevices*=lost");
    machine.signals.send(Signal::Interrupt);
    let ran = machine.run(LINE);
    assert_eq!(
        (ran.code, patches(&apple).len(), posts(&apple)),
        (130, 0, 0),
        "{ran}"
    );
}

#[test]
fn every_night_quiet_says_only_what_it_changed() {
    for (machine, apple) in [Machine::with_business(), Machine::with_school()] {
        settle(&apple);
        let old = unassign(&apple, 2, 20);
        let line = "-q assign --platform vision --server Intune --existing unassigned";
        machine.run(line);
        let ran = machine.run(line);
        assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (0, "", ""), "{ran}");
        // A program gets its document all the same.
        let json = machine.run(&format!("{line} -o json"));
        assert_eq!(json.json()["changed"], false, "{json}");
        let ran = machine.run(&format!("{line} --max-devices 1 --added-since 30d"));
        assert_eq!(ran.code, 8, "{ran}");
        assert!(ran.stdout.contains("2 qualify, none changed"), "{ran}");
        let ran = machine.run(&format!("{line} --added-since 30d"));
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stdout.contains("2 assigned to Intune"), "{ran}");
        assert!(!ran.stdout.contains("Nothing to change"), "{ran}");
        assert!(server_of(&apple, &old[0]).is_some());
    }
}

#[test]
fn devices_that_were_not_sent_are_not_called_none() {
    let (machine, apple) = machine();
    unassign(&apple, 1, 1);
    assert_eq!(machine.run(LINE).code, 0);
    // The first of them was sent just now.
    unassign(&apple, 3, 1);
    let locks = std::fs::read_dir(machine.path("state/locks")).unwrap();
    let mut locks = locks.map(|it| it.unwrap().path());
    let lock = locks.find(|it| it.to_string_lossy().contains("/devices-"));
    let held = std::fs::File::options().write(true).open(lock.unwrap());
    let held = held.unwrap();
    held.lock().unwrap();
    let ran = machine.run(&format!("{LINE} --max-wait 1s"));
    assert_eq!((ran.code, posts(&apple)), (6, 1), "{ran}");
    assert!(ran.stdout.contains("2 qualify, none changed"), "{ran}");
    assert!(!ran.stderr.contains("Nothing was"), "{ran}");
    drop(held);
    fault(&apple, "POST /v1/orgDeviceActivities=403:FORBIDDEN_ERROR");
    apple.organization(|acme| {
        for server in &mut acme.servers {
            server.default_families.remove(&ProductFamily::Vision);
        }
    });
    // Apple refused the devices, and the default is set.
    let ran = machine.run(LINE);
    assert_eq!((ran.code, is_default(&apple)), (7, true), "{ran}");
    assert!(!ran.stderr.contains("Nothing was changed"), "{ran}");
}

#[test]
fn without_the_default_no_device_is_touched() {
    let (machine, apple) = machine();
    unassign(&apple, 1, 1);
    fault(&apple, "PATCH /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    let ran = machine.run(LINE);
    assert_eq!((ran.code, posts(&apple)), (5, 0), "{ran}");
    apple.clear_faults();
    let ran = machine.run(&format!("{LINE} --from none"));
    assert_eq!((ran.code, posts(&apple)), (8, 0), "{ran}");
    assert_eq!(
        machine
            .run("assign --platform vision --server nobody --existing unassigned")
            .code,
        4
    );
}

#[test]
fn a_list_that_breaks_off_says_nothing_of_how_many_qualify() {
    let (machine, apple) = machine();
    unassign(&apple, 1, 1);
    fault(&apple, "GET /v1/orgDevices*=403:FORBIDDEN_ERROR");
    let ran = machine.run(LINE);
    assert_eq!(
        (ran.code, posts(&apple), is_default(&apple)),
        (7, 0, true),
        "{ran}"
    );
    apple.clear_faults();
    fault(&apple, "POST /v1/orgDeviceActivities=403:FORBIDDEN_ERROR");
    let ran = machine.run(LINE);
    assert_eq!(ran.code, 5, "{ran}");
}

#[test]
fn in_school_manager_it_assigns_and_the_portal_sets_the_default() {
    let (machine, apple) = Machine::with_school();
    settle(&apple);
    let line = "assign --platform vision --server Intune --existing unassigned";
    let ran = machine.run(line);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("its API can't set defaults"), "{ran}");
    let v1 = requests(&apple);
    let v1: Vec<&String> = v1.iter().filter(|it| it.contains(" /v1/")).collect();
    assert_eq!(v1.len(), 1, "one page of devices: {v1:?}");
    let new = unassign(&apple, 1, 1);
    assert_eq!(machine.run(&format!("{line} --check")).code, 9);
    assert_snapshot!("school", machine.run(line));
    assert_eq!(server_of(&apple, &new[0]).as_deref(), Some("Intune"));
    assert!(patches(&apple).is_empty());
}

#[test]
fn nothing_is_sent_where_only_reads_are_allowed() {
    let (mut machine, apple) = machine();
    unassign(&apple, 1, 1);
    machine.set("ABMCTL_READ_ONLY", "1");
    assert_eq!(machine.run(LINE).code, 2);
    assert_eq!(machine.run(&format!("{LINE} -n")).code, 0);
    assert_eq!((posts(&apple), patches(&apple).len()), (0, 0));
}

#[test]
fn a_device_that_apple_refused_twice_is_left_until_it_is_named() {
    let (machine, apple) = machine();
    let serial = unassign(&apple, 1, 1).remove(0);
    apple.organization(|acme| acme.behaviour.activities.fail.insert(serial.clone()));
    let day = std::time::Duration::from_secs(25 * 60 * 60);
    for sent in 1..=2 {
        let ran = machine.run(LINE);
        assert_ne!(ran.code, 0, "{ran}");
        assert_eq!(posts(&apple), sent, "{ran}");
        // Apple throttles a device that is sent again too soon.
        let ran = machine.run(&format!("{LINE} -o json"));
        // After the second refusal it waits to be named.
        let code = if sent == 1 { 7 } else { 0 };
        assert_eq!((ran.code, posts(&apple)), (code, sent), "{ran}");
        let row = &ran.json()["devices"][0];
        assert_eq!(row["result"], "skipped", "{ran}");
        assert!(
            row["to"].to_string().contains("Jamf Pro Production"),
            "{ran}"
        );
        machine.clock.advance(day);
    }
    let ran = machine.run(&format!("{LINE} -o json"));
    assert_eq!((ran.code, posts(&apple)), (0, 2), "{ran}");
    let document = ran.json();
    assert_eq!(document["devices"][0]["result"], "skipped", "{document}");
    let reason = document["devices"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("refused it twice"), "{reason}");
    assert!(reason.contains("abmctl devices assign"), "{reason}");
    assert_eq!(machine.run(&format!("{LINE} --check")).code, 0);
    // It is named, and Apple takes it.
    apple.organization(|acme| acme.behaviour.activities.fail.clear());
    let ran = machine.run(&format!("devices assign {serial} --server prod"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(server_of(&apple, &serial).is_some());
}

#[test]
fn devices_do_not_go_to_a_server_that_enrolls_nothing() {
    let (machine, apple) = machine();
    unassign(&apple, 1, 1);
    apple.organization(|acme| {
        let id = acme.server("prod").unwrap().id.clone();
        for server in &mut acme.servers {
            server.default_families.remove(&ProductFamily::Vision);
            if server.id == id {
                server.default_families.insert(ProductFamily::Vision);
                server.last_connected_at = Some("2026-10-01T10:00:00Z".parse().unwrap());
            }
        }
    });
    // It is the default already, so that only the devices are left to be refused.
    let ran = machine.run(LINE);
    assert_eq!((ran.code, posts(&apple)), (8, 0), "{ran}");
    assert!(ran.stderr.contains("--even-if-idle"), "{ran}");
    let ran = machine.run(&format!("{LINE} --even-if-idle"));
    assert_eq!((ran.code, posts(&apple)), (0, 1), "{ran}");
}

#[test]
fn a_school_compares_no_default() {
    let (machine, apple) = Machine::with_school();
    let line = "assign --platform vision --from none --server prod --existing unassigned";
    let ran = machine.run(line);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("Leave out --from"), "{ran}");
    assert_eq!(posts(&apple), 0);
}
