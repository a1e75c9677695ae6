//! `servers delete`: the safe order, what stands in its way, and what is continued.

use abmctl::sandbox::organization::{Migration, Permission, ProductFamily};
use insta::assert_snapshot;

use crate::assign::{fault, patches};
use crate::support::{Apple, Machine, requests, write_file};

pub(crate) const PROD: &str =
    "servers delete prod --move-devices-to Intune --yes --confirm 'Jamf Pro Production'";
pub(crate) const TEST: &str = "servers delete 'Jamf Pro Test' --yes --confirm 'Jamf Pro Test'";

/// A machine, and an organization without migrations.
pub(crate) fn machine() -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    apple.organization(|acme| acme.devices.iter_mut().for_each(|it| it.migration = None));
    (machine, apple)
}

/// The requests that change something at Apple, as their methods.
pub(crate) fn changes(apple: &Apple) -> Vec<String> {
    let is_change = |line: &&String| !line.starts_with("GET ") && line.contains(" /v1/");
    let words = |line: &String| line.split(' ').next().unwrap().to_owned();
    requests(apple)
        .iter()
        .filter(is_change)
        .map(words)
        .collect()
}

pub(crate) fn exists(apple: &Apple, name: &str) -> bool {
    apple.organization(|acme| acme.servers.iter().any(|it| it.name == name))
}

pub(crate) fn devices_on(apple: &Apple, name: &str) -> usize {
    apple.organization(|acme| {
        let id = acme
            .servers
            .iter()
            .find(|it| it.name == name)
            .map(|it| it.id.clone());
        let on_it = acme.devices.iter().filter(|it| it.server_id == id);
        on_it.count()
    })
}

/// Takes the devices of a server away.
pub(crate) fn empty(apple: &Apple, name: &str) {
    apple.organization(|acme| {
        let id = acme
            .servers
            .iter()
            .find(|it| it.name == name)
            .unwrap()
            .id
            .clone();
        acme.devices.retain(|it| it.server_id.as_ref() != Some(&id));
    });
}

#[test]
fn defaults_are_cleared_then_devices_moved_then_the_server_is_deleted() {
    let (machine, apple) = machine();
    let (prod, intune) = (
        devices_on(&apple, "Jamf Pro Production"),
        devices_on(&apple, "Intune"),
    );
    assert_snapshot!("dry_run", machine.run(&format!("{PROD} -n")));
    assert_eq!(changes(&apple), Vec::<String>::new());
    assert_snapshot!("deleted", machine.run(PROD));
    assert_eq!(changes(&apple), ["PATCH", "POST", "DELETE"]);
    assert!(!exists(&apple, "Jamf Pro Production"));
    assert_eq!(devices_on(&apple, "Intune"), prod + intune);
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[0]["command"], "servers delete", "{journal}");
    assert_eq!(journal[0]["ended"], "as_wished", "{journal}");
    assert_eq!(machine.run(PROD).code, 4);
}

#[test]
fn json_has_each_device() {
    let (machine, apple) = machine();
    let count = devices_on(&apple, "Jamf Pro Test");
    let ran = machine.run(&format!("{TEST} --move-devices-to Intune -o json"));
    assert_eq!(ran.code, 0, "{ran}");
    let document = ran.json();
    assert_eq!(document["devices"].as_array().unwrap().len(), count);
    assert_eq!(document["devices"][0]["result"], "assigned");
    assert_eq!(document["devices"][0]["to"]["name"], "Intune");
    assert_eq!(
        document["changes"].as_array().unwrap().last().unwrap()["to"],
        "deleted"
    );
}

#[test]
fn devices_must_go_somewhere() {
    let (machine, apple) = machine();
    assert_snapshot!("has_devices", machine.run(TEST));
    for (to, code) in [("'Jamf Pro Test'", 2), ("nowhere", 4), ("''", 2)] {
        let ran = machine.run(&format!("{TEST} --move-devices-to {to}"));
        assert_eq!(ran.code, code, "{ran}");
    }
    assert_eq!(machine.run("servers delete nowhere -n").code, 4);
    assert_eq!(changes(&apple), Vec::<String>::new());
}

#[test]
fn the_name_is_typed_or_given() {
    let (mut machine, apple) = machine();
    empty(&apple, "Jamf Pro Test");
    let line = "servers delete 'Jamf Pro Test'";
    assert_snapshot!("unconfirmed", machine.run(line));
    for more in [
        "--yes",
        "--confirm 'Jamf Pro Test'",
        "--yes --confirm prod",
        "--confirm Jamf",
    ] {
        let ran = machine.run(&format!("{line} {more}"));
        assert_eq!(ran.code, 2, "{ran}");
    }
    machine.at_terminal();
    for answer in ["yes\n", "jamf pro test\n", "\n"] {
        machine.stdin = answer.to_owned();
        assert_eq!(machine.run(&format!("{line} --yes")).code, 1, "{answer}");
    }
    assert!(exists(&apple, "Jamf Pro Test"));
    machine.stdin = "Jamf Pro Test\n".to_owned();
    let ran = machine.run(line);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!exists(&apple, "Jamf Pro Test"));
}

#[test]
fn a_migration_stands_in_the_way() {
    for status in ["REQUESTED", "STARTED"] {
        let (machine, apple) = machine();
        apple.organization(|acme| {
            let id = acme.server("Jamf Pro Test").unwrap().id.clone();
            let device = acme
                .devices
                .iter_mut()
                .find(|it| it.server_id.as_ref() == Some(&id));
            device.unwrap().migration = Some(Migration {
                status: status.to_owned(),
                from: None,
                deadline: "2026-12-01T10:00:00Z".parse().unwrap(),
            });
        });
        let ran = machine.run(&format!("{TEST} --move-devices-to Intune"));
        assert_eq!(ran.code, 8, "{ran}");
        assert!(ran.stderr.contains("1 device has a migration"), "{ran}");
        assert_eq!(changes(&apple), Vec::<String>::new());
    }
}

#[test]
fn what_cannot_be_read_is_not_deleted() {
    for path in [
        "GET /v1/mdmServers/*/relationships/devices=403:FORBIDDEN_ERROR",
        "GET /v1/orgDevices*=403:FORBIDDEN_ERROR",
        "GET /v1/mdmServers/*=403:FORBIDDEN_ERROR",
        "GET /v1/mdmServers/*=404:NOT_FOUND",
    ] {
        let (machine, apple) = machine();
        fault(&apple, path);
        let ran = machine.run(&format!("{TEST} --move-devices-to Intune"));
        assert!([4, 5].contains(&ran.code), "{path}: {ran}");
        assert_eq!(changes(&apple), Vec::<String>::new(), "{path}");
        assert!(exists(&apple, "Jamf Pro Test"));
    }
}

#[test]
fn a_failure_at_any_step_is_continued() {
    for (what, code) in [
        ("PATCH /v1/mdmServers/*=403:FORBIDDEN_ERROR", 5),
        ("POST /v1/orgDeviceActivities=403:FORBIDDEN_ERROR", 7),
        ("DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR", 7),
        ("DELETE /v1/mdmServers/*=503", 7),
        ("DELETE /v1/mdmServers/*=drop", 7),
    ] {
        let (machine, apple) = machine();
        fault(&apple, what);
        let ran = machine.run(PROD);
        assert_eq!(ran.code, code, "{what}: {ran}");
        assert!(exists(&apple, "Jamf Pro Production"), "{what}");
        if code == 7 {
            assert!(ran.stderr.contains("servers delete"), "{what}: {ran}");
            assert!(
                ran.stderr.contains("Put back with: abmctl assign"),
                "{what}: {ran}"
            );
        }
        apple.clear_faults();
        let ran = machine.run(PROD);
        assert_eq!(ran.code, 0, "{what}: {ran}");
        assert!(!exists(&apple, "Jamf Pro Production"), "{what}");
    }
}

#[test]
fn a_deletion_without_an_answer_is_repeated_until_it_is_certain() {
    for what in ["after-drop x1", "dropx1", "503x1", "after-503 x1"] {
        let (machine, apple) = machine();
        empty(&apple, "Jamf Pro Test");
        fault(
            &apple,
            &format!("DELETE /v1/mdmServers/*={}", what.replace(' ', "")),
        );
        let ran = machine.run(TEST);
        assert_eq!(ran.code, 0, "{what}: {ran}");
        assert!(!exists(&apple, "Jamf Pro Test"), "{what}");
        assert!(changes(&apple).len() <= 2, "{what}");
    }
}

#[test]
fn a_404_of_somebody_else_is_no_deletion() {
    let (machine, apple) = machine();
    empty(&apple, "Jamf Pro Test");
    fault(&apple, "DELETE /v1/mdmServers/*=404:NOT_FOUND");
    let ran = machine.run(TEST);
    assert_ne!(ran.code, 0, "{ran}");
    assert!(exists(&apple, "Jamf Pro Test"));
    assert!(ran.stderr.contains("didn't delete"), "{ran}");
}

#[test]
fn a_device_that_comes_meanwhile_is_not_lost() {
    let (machine, apple) = machine();
    empty(&apple, "Jamf Pro Test");
    fault(&apple, "DELETE /v1/mdmServers/*=409:FAILED_PRECONDITION");
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while changes(&apple).is_empty() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            apple.organization(|acme| {
                let id = acme.server("Jamf Pro Test").unwrap().id.clone();
                acme.devices[0].server_id = Some(id.clone());
                acme.server_mut("Jamf Pro Test")
                    .unwrap()
                    .default_families
                    .insert(ProductFamily::Watch);
            });
        });
        machine.run(TEST)
    });
    assert_eq!(ran.code, 8, "{ran}");
    assert!(
        ran.stderr
            .contains("is the default for watch and has 1 device now"),
        "{ran}"
    );
    assert!(exists(&apple, "Jamf Pro Test"));
}

#[test]
fn what_is_lost_here_is_said_before() {
    let (machine, _apple) = machine();
    let ran = machine.run(&format!("{PROD} -n"));
    assert!(ran.stderr.contains("The alias prod stands for"), "{ran}");
    assert!(
        ran.stderr
            .contains("Server tokens here that will stop working: prod."),
        "{ran}"
    );
}

#[test]
fn it_is_refused_without_a_request() {
    let (machine, apple) = Machine::with_school();
    let ran = machine.run(TEST);
    assert_eq!(ran.code, 5, "{ran}");
    assert!(ran.stderr.contains("in Apple School Manager"), "{ran}");
    assert!(requests(&apple).is_empty());
    let (mut machine, apple) = self::machine();
    machine.set("ABMCTL_READ_ONLY", "1");
    assert_eq!(machine.run(PROD).code, 2);
    assert_eq!(machine.run(&format!("{PROD} -n")).code, 0);
    assert!(patches(&apple).is_empty());
    machine.unset("ABMCTL_READ_ONLY");
    apple.organization(|acme| acme.permissions.remove(&Permission::ManageServers));
    empty(&apple, "Jamf Pro Test");
    assert_eq!(machine.run(TEST).code, 5);
}

#[test]
fn a_migration_that_was_requested_here_stands_in_the_way_of_both_servers() {
    let (machine, apple) = machine();
    let serial = apple.organization(|acme| {
        let intune = acme
            .servers
            .iter()
            .find(|it| it.name == "Intune")
            .unwrap()
            .id
            .clone();
        let device = acme
            .devices
            .iter()
            .find(|it| it.server_id.as_ref() == Some(&intune));
        device.unwrap().serial_number.clone()
    });
    let migrate = format!(
        "devices migrate {serial} --server 'Jamf Pro Test' --deadline 2026-12-10T10:00:00Z --even-if-idle -y"
    );
    let ran = machine.run(&migrate);
    assert_eq!(ran.code, 0, "{ran}");
    let before = changes(&apple).len();
    for server in ["Jamf Pro Test", "Intune"] {
        let line =
            format!("servers delete '{server}' --move-devices-to prod --yes --confirm '{server}'");
        let ran = machine.run(&line);
        assert_eq!(ran.code, 8, "{ran}");
        assert!(
            ran.stderr.contains("migration to or from the server"),
            "{ran}"
        );
    }
    assert_eq!(changes(&apple).len(), before);
}

#[test]
fn devices_do_not_go_to_a_server_that_enrolls_nothing() {
    let (machine, apple) = machine();
    apple.organization(|acme| {
        let intune = acme
            .servers
            .iter_mut()
            .find(|it| it.name == "Intune")
            .unwrap();
        intune.last_connected_at = Some("2026-10-01T10:00:00Z".parse().unwrap());
    });
    let ran = machine.run(PROD);
    assert_eq!((ran.code, changes(&apple).len()), (8, 0), "{ran}");
    assert_eq!(machine.run(&format!("{PROD} --even-if-idle")).code, 0);
}

#[test]
fn devices_that_apple_does_not_move_keep_the_server() {
    let (machine, apple) = machine();
    let serial = apple.organization(|acme| {
        let id = acme.server("Jamf Pro Test").unwrap().id.clone();
        let device = acme
            .devices
            .iter()
            .find(|it| it.server_id.as_ref() == Some(&id));
        device.unwrap().serial_number.clone()
    });
    apple.organization(|acme| acme.behaviour.activities.fail.insert(serial.clone()));
    let line = format!("{TEST} --move-devices-to Intune");
    let ran = machine.run(&line);
    assert_eq!(ran.code, 7, "{ran}");
    assert!(exists(&apple, "Jamf Pro Test"));
    assert_eq!(devices_on(&apple, "Jamf Pro Test"), 1);
    assert_eq!(changes(&apple), ["POST"]);
    // Apple takes it, but not within a day without --again.
    apple.organization(|acme| acme.behaviour.activities.fail.clear());
    let ran = machine.run(&line);
    assert_eq!(ran.code, 8, "{ran}");
    assert!(
        ran.stderr.contains(&serial) && ran.stderr.contains("--again"),
        "{ran}"
    );
    assert_eq!(changes(&apple), ["POST"]);
    machine
        .clock
        .advance(std::time::Duration::from_secs(25 * 60 * 60));
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!exists(&apple, "Jamf Pro Test"));
}

#[test]
fn a_journal_that_may_hide_a_migration_deletes_nothing() {
    let (machine, apple) = machine();
    empty(&apple, "Jamf Pro Test");
    let journal = machine.path("state/journal.ndjson");
    write_file(&journal, "damaged\n", 0o600);
    let ran = machine.run(TEST);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("Line 1 of the journal"), "{ran}");
    assert!(exists(&apple, "Jamf Pro Test"));
    assert!(changes(&apple).is_empty());
}
