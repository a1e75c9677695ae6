//! A colleague changes a device between the plan of a change and its request: it isn't sent any more.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::devices_resume::fault;
use crate::support::{Apple, Machine, Ran};

/// An organization whose second activity is turned away by Apple's limit.
fn limited(count: usize, is_migrating: bool) -> (Machine, Apple, Vec<String>) {
    let (machine, apple) = Machine::with_business();
    let serials = apple.organization(|acme| {
        let devices = acme.devices.iter();
        let chosen = devices.filter(|it| {
            let waits = it
                .migration
                .as_ref()
                .is_some_and(|it| it.status == "REQUESTED");
            waits == is_migrating && (is_migrating || it.server_id.is_none())
        });
        chosen
            .map(|it| it.serial_number.clone())
            .take(count)
            .collect::<Vec<_>>()
    });
    fault(&apple, "POST /v1/orgDeviceActivities=429:5x1@2");
    (machine, apple, serials)
}

/// The row of a device.
fn row(ran: &Ran, serial: &str) -> Value {
    let document: Value = ran.json();
    let rows = document["changes"].as_array().unwrap();
    let row = rows.iter().find(|it| it["serial_number"] == *serial);
    row.unwrap().clone()
}

fn result(ran: &Ran, serial: &str) -> String {
    row(ran, serial)["result"].as_str().unwrap().to_owned()
}

#[test]
fn a_device_that_was_assigned_meanwhile_is_not_released() {
    for from in ["--from none", ""] {
        let (machine, apple, serials) = limited(2, false);
        let line = format!(
            "devices release {} {from} --yes --batch 1 --even-if-locked -o json --max-wait 1s",
            serials.join(" ")
        );
        let ran = machine.run(&line);
        assert_eq!(ran.code, 6, "{ran}");
        apple.organization(|acme| {
            let server = acme.servers[0].id.clone();
            acme.devices
                .change(&serials[1], |it| it.server_id = Some(server));
        });
        machine.clock.advance(Duration::from_secs(10));
        let ran = machine.run("devices resume -o json --max-wait 1h");
        assert_eq!(result(&ran, &serials[0]), "released", "{ran}");
        // Without --from it was asked for wherever it is.
        let is_left_out = !from.is_empty();
        let expected = if is_left_out { "skipped" } else { "released" };
        assert_eq!(result(&ran, &serials[1]), expected, "{ran}");
        assert_eq!(ran.code, if is_left_out { 7 } else { 0 }, "{ran}");
    }
}

#[test]
fn a_migration_that_somebody_changed_meanwhile_is_left_alone() {
    let later: Timestamp = "2027-01-25T10:00:00Z".parse().unwrap();
    for change in ["--update-deadline +7d", "--cancel"] {
        for is_changed in [true, false] {
            let (machine, apple, serials) = migrating();
            let line = format!(
                "devices migrate {} {change} --batch 1 --again --yes -o json --max-wait 1s",
                serials.join(" ")
            );
            let ran = machine.run(&line);
            assert_eq!(ran.code, 6, "{ran}");
            let document: Value = ran.json();
            let rows = document["changes"].as_array().unwrap();
            let unsent = rows.iter().find(|it| it["activity_id"].is_null());
            let unsent = unsent.unwrap()["serial_number"].as_str().unwrap();
            apple.organization(|acme| {
                acme.devices.change(unsent, |it| {
                    if let Some(migration) = it.migration.as_mut().filter(|_| is_changed) {
                        migration.deadline = later;
                    }
                });
            });
            machine.clock.advance(Duration::from_secs(10));
            let ran = machine.run("devices resume -o json --max-wait 1h");
            assert_eq!(result(&ran, unsent) == "skipped", is_changed, "{ran}");
            let shown = row(&ran, unsent)["deadline"].is_string();
            assert_eq!(shown, !is_changed && change != "--cancel", "{ran}");
            let deadline = apple.organization(|acme| {
                let device = acme.devices.find(unsent).unwrap();
                device.migration.as_ref().map(|it| it.deadline)
            });
            assert_eq!(deadline == Some(later), is_changed, "{ran}");
        }
    }
}

/// Two devices whose migrations are requested for the same time.
fn migrating() -> (Machine, Apple, Vec<String>) {
    let (machine, apple, mut serials) = limited(1, true);
    apple.organization(|acme| {
        let found = acme.devices.find(&serials[0]).unwrap().clone();
        let others = acme.devices.iter().find(|it| {
            it.migration.is_none()
                && it.server_id == found.server_id
                && it.serial_number != serials[0]
        });
        let other = others.unwrap().serial_number.clone();
        acme.devices
            .change(&other, |it| it.migration = found.migration);
        serials.push(other);
    });
    (machine, apple, serials)
}
