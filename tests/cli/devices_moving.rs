//! Lists of devices that change while they are read: a device that a page lacks isn't gone.

use std::time::Duration;

use abmctl::sandbox::{Behaviour, Options};

use crate::devices_resume::{expect, fault};
use crate::support::{Apple, Machine};

/// An organization whose lists have pages of so many devices, and whose activities go as these words say.
fn with(page: usize, activities: &str) -> (Machine, Apple) {
    Machine::with_apple(Options {
        page_size_cap: Some(page),
        behaviour: Behaviour {
            activities: activities.parse().unwrap(),
            ..Behaviour::default()
        },
        ..Options::default()
    })
}

/// The second activity is turned away, so that this run ends without it.
fn limit_the_second(apple: &Apple) {
    fault(apple, "POST /v1/orgDeviceActivities=429:600x1@2");
}

#[test]
fn devices_that_leave_a_list_while_it_is_read_hide_no_others() {
    let (machine, apple) = with(10, "slow=30s");
    let (server, serials) = apple.organization(|acme| {
        let server = acme.servers[1].id.clone();
        let devices = acme.devices.iter();
        let there = devices.filter(|it| it.server_id.as_ref() == Some(&server));
        let serials = there.map(|it| it.serial_number.clone());
        let serials: Vec<String> = serials.take(40).collect();
        (server, serials)
    });
    limit_the_second(&apple);
    let line = format!(
        "devices assign {} --server prod --batch 20 -o json",
        serials.join(" ")
    );
    let ran = machine.run(&format!("{line} --max-wait 1s"));
    expect(&ran, 6, &[("pending", 40)]);
    // Apple moves the first twenty between the first page and the second, which begins ten devices later for it.
    machine.clock.advance(Duration::from_secs(20));
    fault(
        &apple,
        &format!("GET /v1/mdmServers/{server}/relationships/devices=slow:15sx1"),
    );
    let ran = machine.run("devices resume -o json --max-wait 1h");
    expect(&ran, 0, &[("assigned", 40)]);
}

#[test]
fn devices_that_are_released_meanwhile_do_not_hide_one_that_is_not() {
    let (machine, apple) = with(30, "slow=3s");
    let serials = apple.organization(|acme| {
        let serials = acme.devices.iter().map(|it| it.serial_number.clone());
        serials.take(60).collect::<Vec<_>>()
    });
    // The first activity releases fifteen of the second page but one, the second twenty of the first page.
    let kept = &serials[35];
    let mut released = serials[35..50].to_vec();
    released.extend_from_slice(&serials[..20]);
    apple.organization(|acme| acme.behaviour.activities.fail.insert(kept.clone()));
    let list = machine.path("serials.txt");
    std::fs::write(&list, released.join("\n")).unwrap();
    limit_the_second(&apple);
    let line = format!(
        "devices release --serials {} --batch 15 --yes --max-devices 100 --even-if-locked -o json",
        list.display()
    );
    let ran = machine.run(&format!("{line} --max-wait 1s"));
    expect(&ran, 6, &[("pending", 35)]);
    machine.clock.advance(Duration::from_secs(5));
    apple.organization(|acme| acme.behaviour.activities.time = Duration::from_secs(100));
    // It is read whether the first fifteen are gone while the second activity ends.
    fault(&apple, "GET /v1/orgDevices=slow:60sx1");
    let ran = machine.run("devices resume -o json --max-wait 1h");
    expect(&ran, 7, &[("failed", 1), ("released", 34)]);
    let is_there = apple.organization(|acme| acme.devices.find(kept).is_some());
    assert!(is_there, "{ran}");
}

#[test]
fn a_device_that_a_page_lacks_is_read_alone_before_it_is_not_found() {
    for wanted in [15, 40] {
        let (machine, apple) = with(50, "slow=30s");
        let serials = apple.organization(|acme| {
            let serials = acme.devices.iter().map(|it| it.serial_number.clone());
            serials.take(50 + wanted).collect::<Vec<_>>()
        });
        let list = machine.path("serials.txt");
        std::fs::write(&list, serials[..40].join("\n")).unwrap();
        machine.run(&format!(
            "devices release --serials {} --yes --max-devices 100 --even-if-locked --no-wait",
            list.display()
        ));
        fault(&apple, "GET /v1/orgDevices=slow:31sx1");
        let wanted = serials[50..].join(" ");
        let ran = machine.run(&format!(
            "devices get {wanted} -o json --columns serial_number"
        ));
        if serials.len() < 80 {
            assert_eq!(ran.code, 0, "{ran}");
        } else {
            // Too many to ask for alone.
            assert_eq!(ran.code, 1, "{ran}");
            assert!(ran.stderr.contains("couldn't read 40 devices"), "{ran}");
        }
    }
}

#[test]
fn a_list_that_changed_while_it_was_read_may_lack_a_device() {
    let (machine, apple) = with(50, "slow=30s");
    let serials = apple.organization(|acme| {
        let serials = acme.devices.iter().map(|it| it.serial_number.clone());
        serials.take(40).collect::<Vec<_>>()
    });
    let list = machine.path("serials.txt");
    std::fs::write(&list, serials.join("\n")).unwrap();
    let quiet = machine.run("devices list -o csv");
    assert!(!quiet.stderr.contains("changed"), "{quiet}");
    machine.run(&format!(
        "devices release --serials {} --yes --even-if-locked --no-wait",
        list.display()
    ));
    fault(&apple, "GET /v1/orgDevices=slow:31sx1");
    let ran = machine.run("devices list -o csv");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stderr.contains("so a device may be missing"), "{ran}");
    let again = machine.run("devices list -o csv");
    assert!(!again.stderr.contains("changed"), "{again}");
}
