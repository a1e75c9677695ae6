//! `devices assign`, `unassign`, `migrate` and `release`: what is sent and what is not, asking, and what is shown.
//!
//! Over 400 lines: one noun's changes, each with its refusals, its questions and its documents.

use std::fmt::Write as _;

use abmctl::host::Terminal;
use abmctl::sandbox::Options;
use abmctl::sandbox::organization::{DeviceFamily, ServerStatus};
use insta::assert_snapshot;
use jiff::tz::TimeZone;

use crate::support::{Apple, Machine, Ran, requests, write_file};

/// The serial numbers of the devices that the organization has, with their servers' places.
fn serials(apple: &Apple, family: DeviceFamily, server: Option<usize>) -> Vec<String> {
    apple.organization(|acme| {
        let wanted = server.map(|place| acme.servers[place].id.clone());
        let of = acme
            .devices
            .iter()
            .filter(|it| it.family == family && it.server_id == wanted && it.migration.is_none());
        of.map(|it| it.serial_number.clone()).collect()
    })
}

/// The servers of the devices, by name; `-` for none.
fn servers_of(apple: &Apple, serials: &[String]) -> String {
    apple.organization(|acme| {
        let mut text = String::new();
        for serial in serials {
            let device = acme.devices.iter().find(|it| it.serial_number == *serial);
            let server = device.and_then(|it| it.server_id.as_ref());
            let server = server.and_then(|id| acme.servers.iter().find(|it| it.id == *id));
            let _ = write!(text, "{} ", server.map_or("-", |it| it.name.as_str()));
        }
        text
    })
}

/// Whether anything was sent to Apple that changes something.
fn posts(apple: &Apple) -> usize {
    let seen = requests(apple);
    let is_post = |line: &&String| line.starts_with("POST /v1/orgDeviceActivities");
    seen.iter().filter(is_post).count()
}

/// A run that must not send anything.
fn refused(machine: &Machine, apple: &Apple, line: &str) -> Ran {
    let before = posts(apple);
    let ran = machine.run(line);
    assert_ne!(ran.code, 0, "{ran}");
    assert_eq!(posts(apple), before, "{ran}");
    ran
}

#[test]
fn a_dry_run_shows_what_would_be_sent_and_why_the_rest_would_not() {
    let (machine, apple) = Machine::with_business();
    let (on, off) = (
        serials(&apple, DeviceFamily::Mac, Some(0)),
        serials(&apple, DeviceFamily::Mac, None),
    );
    let there = serials(&apple, DeviceFamily::Iphone, Some(1));
    let line = format!(
        "devices assign {} {} {} C02UNKNOWN1 {} --server intune --dry-run",
        on[0], there[0], off[0], on[0]
    );
    assert_snapshot!(machine.run(&line));
    assert_snapshot!(machine.run(&format!("{line} -o json")));
    assert_snapshot!(machine.run(&format!("{line} -o csv")));
    assert_snapshot!(machine.run(&format!("{line} -o ndjson")));
    assert_eq!(posts(&apple), 0);
}

#[test]
fn devices_have_to_be_named_or_chosen() {
    let (machine, apple) = Machine::with_business();
    for line in [
        "devices assign --server intune --yes",
        "devices unassign --yes --max-devices 1000",
        "devices migrate --cancel --yes --max-devices 1000",
        "devices release --yes",
        "devices assign --server intune --platform ''",
        "devices release --platform mac --yes",
        "devices unassign C02 --platform mac",
        "devices unassign --model ' ' --yes --max-devices 1000",
        "devices unassign --order ' ' --yes --max-devices 1000",
        "devices assign C02",
        "devices assign C02 --server ''",
        "devices unassign C02 --batch 0",
        "devices unassign C02 --batch 1001",
    ] {
        let ran = refused(&machine, &apple, line);
        assert_eq!(ran.code, 2, "{ran}");
    }
    assert_snapshot!(machine.run("devices assign --server intune --yes"));
    assert_snapshot!(machine.run("devices release --yes"));
}

#[test]
fn filters_need_a_number_without_a_terminal() {
    let (machine, apple) = Machine::with_business();
    let line = "devices assign --platform vision --server intune";
    let mut shown = String::new();
    for more in [
        "",
        "--yes",
        "--yes --expect 2",
        "--yes --max-devices 0",
        "--expect 1",
    ] {
        let ran = refused(&machine, &apple, &format!("{line} {more}"));
        let _ = write!(shown, "{ran}");
    }
    assert_snapshot!(shown);
    // A dry run shows its document all the same.
    for (more, said) in [
        ("--expect 2", "--expect is 2"),
        ("--max-devices 0", "--max-devices is 0"),
    ] {
        let ran = machine.run(&format!("{line} --dry-run {more} -o json"));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(ran.json()["dry_run"], true, "{ran}");
        assert!(ran.stderr.contains(said), "{ran}");
        assert!(ran.stderr.contains("exit with 8"), "{ran}");
    }
    // What nobody can consent to is known before anything is asked of Apple.
    apple.forget_requests();
    machine.run(line);
    assert_eq!(requests(&apple).len(), 0);
    assert_snapshot!(refused(
        &machine,
        &apple,
        "devices assign --platform ipod --server intune --yes --max-devices 5"
    ));
}

#[test]
fn filters_are_asked_for_on_a_terminal() {
    let (mut machine, apple) = Machine::with_business();
    machine.at_terminal();
    let line = "devices assign --platform mac --server intune";
    machine.stdin = "no\n".to_owned();
    assert_snapshot!(refused(&machine, &apple, line));
    machine.stdin = String::new();
    assert_eq!(refused(&machine, &apple, line).code, 2);
    assert_eq!(
        refused(&machine, &apple, &format!("{line} --no-input")).code,
        2
    );
    assert_eq!(
        refused(&machine, &apple, &format!("{line} --yes --expect 5")).code,
        8
    );
    // Many rows are counted, and only those are shown that somebody has to look at.
    assert_snapshot!(machine.run(&format!("{line} --from 'Jamf Pro Production' --dry-run")));
}

#[test]
fn many_serial_numbers_are_asked_for_on_a_terminal_and_need_yes_without_one() {
    let (mut machine, apple) = Machine::with_apple(Options {
        devices: 1600,
        ..Options::default()
    });
    let all: Vec<String> = apple.organization(|acme| {
        let one = acme.servers[1].id.clone();
        let elsewhere = acme
            .devices
            .iter()
            .filter(|it| it.server_id.as_ref() != Some(&one));
        elsewhere.map(|it| it.serial_number.clone()).collect()
    });
    let mut unassigned = serials(&apple, DeviceFamily::Iphone, Some(1));
    unassigned.extend(serials(&apple, DeviceFamily::Ipad, Some(1)));
    assert!(
        all.len() > 101 && unassigned.len() > 1001 - 101,
        "{} {}",
        all.len(),
        unassigned.len()
    );
    let file = machine.path("many.txt");
    write_file(&file, &all[..101].join("\n"), 0o600);
    machine.at_terminal();
    let line = "devices assign --serials '[home]/many.txt' --server intune"
        .replace("[home]", machine.folder.path().to_str().unwrap());
    machine.stdin = "no\n".to_owned();
    assert_snapshot!(refused(&machine, &apple, &line));
    machine.terminal = Terminal::default();
    // All are on another server than the one that is asked for here.
    let mut many = unassigned.clone();
    many.extend(serials(&apple, DeviceFamily::Mac, Some(0)));
    many.truncate(1001);
    assert_eq!(many.len(), 1001);
    write_file(&file, &many.join("\n"), 0o600);
    let line = line
        .replace("assign", "unassign")
        .replace("--server intune", "");
    assert_snapshot!(refused(&machine, &apple, &line));
}

#[test]
fn a_server_that_can_not_get_devices_is_refused() {
    let (machine, apple) = Machine::with_business();
    let on = serials(&apple, DeviceFamily::Mac, Some(0));
    apple.organization(|acme| {
        let deleted = &mut acme.servers[1];
        deleted.status = Some(ServerStatus::Deleted);
    });
    let mut shown = String::new();
    for server in ["Intune", "'Jamf Pro Test'", "Jamf"] {
        let line = format!("devices assign {} --server {server}", on[0]);
        let _ = write!(shown, "{}", refused(&machine, &apple, &line));
    }
    let line = format!(
        "devices migrate {} --server 'Jamf Pro Test' --deadline 14d",
        on[1]
    );
    let _ = write!(shown, "{}", refused(&machine, &apple, &line));
    assert_snapshot!(shown);
    let line = format!(
        "devices assign {} --server 'Jamf Pro Test' --even-if-idle -n",
        on[0]
    );
    assert_eq!(machine.run(&line).code, 0);
    // What is there already needs no server that works.
    let there = serials(&apple, DeviceFamily::Mac, Some(2));
    let line = format!("devices assign {} --server 'Jamf Pro Test'", there[0]);
    assert_snapshot!(machine.run(&line));
}

#[test]
fn serial_numbers_that_the_organization_lacks_are_told() {
    let (machine, apple) = Machine::with_business();
    let on = serials(&apple, DeviceFamily::Mac, Some(0));
    let released = apple.organization(|acme| acme.released[0].serial_number.clone());
    assert_snapshot!(refused(&machine, &apple, "devices unassign C02UNKNOWN1"));
    assert_snapshot!(refused(
        &machine,
        &apple,
        "devices unassign C02UNKNOWN1 C02UNKNOWN2"
    ));
    assert_snapshot!(refused(
        &machine,
        &apple,
        &format!("devices release {released} --yes")
    ));
    let ran = machine.run("devices unassign C02UNKNOWN1 --missing-ok");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(posts(&apple), 0);
    // Nothing is sent for it, and the rest goes ahead.
    let line = format!(
        "devices assign {} C02UNKNOWN1 --server 'Jamf Pro Production'",
        on[0]
    );
    assert_snapshot!(machine.run(&line));
    assert_eq!(machine.run(&format!("{line} --missing-ok")).code, 0);
}

#[test]
fn a_server_that_can_not_be_read_leaves_its_devices_out() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let phones = serials(&apple, DeviceFamily::Iphone, Some(1));
    let many: Vec<&str> = macs[..6].iter().map(String::as_str).collect();
    let id = apple.organization(|acme| acme.servers[0].id.clone());
    apple.add_fault(
        format!("GET /v1/mdmServers/{id}/relationships/devices*=403")
            .parse()
            .unwrap(),
    );
    let line = format!(
        "devices assign {} {} --server 'Jamf Pro Test' --even-if-idle --dry-run",
        many.join(" "),
        phones[0]
    );
    assert_snapshot!(machine.run(&line));
}

#[test]
fn a_migration_leaves_out_what_it_would_break() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let off = serials(&apple, DeviceFamily::Mac, None);
    let there = serials(&apple, DeviceFamily::Iphone, Some(1));
    let fixed = apple.organization(|acme| {
        let one = acme.servers[0].id.clone();
        let vision = acme
            .devices
            .iter_mut()
            .find(|it| it.family == DeviceFamily::Vision);
        let vision = vision.unwrap();
        vision.server_id = Some(one);
        let serials = [vision.serial_number.clone(), macs[1].clone()];
        let now = "2026-11-12T10:00:00Z".parse().unwrap();
        let by_hand = acme
            .devices
            .iter_mut()
            .find(|it| it.serial_number == macs[1]);
        let by_hand = by_hand.unwrap();
        by_hand.added_at = now;
        by_hand.order = None;
        serials
    });
    let migrating = apple.organization(|acme| {
        let of = acme.devices.iter().filter(|it| it.migration.is_some());
        of.map(|it| it.serial_number.clone()).collect::<Vec<_>>()
    });
    let line = format!(
        "devices migrate {} {} {} {} {} --server intune --deadline 2026-12-01T17:00:00+01:00",
        macs[2],
        fixed.join(" "),
        migrating.join(" "),
        off[0],
        there[0]
    );
    assert_snapshot!(machine.run(&format!("{line} --dry-run")));
    // Nothing of it can be sent.
    let line = format!(
        "devices migrate {} {} --server intune --deadline 14d",
        fixed[0], off[0]
    );
    assert_snapshot!(refused(&machine, &apple, &line));
    let ran = machine.run(&format!("{line} --include-unassigned --dry-run -o csv"));
    assert!(ran.stdout.contains("would_migrate"), "{ran}");
}

#[test]
fn a_deadline_that_can_not_be_used_has_its_own_sentence() {
    let (mut machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let line = format!("devices migrate {} --server intune --deadline", macs[0]);
    let mut shown = String::new();
    for deadline in [
        "2026-12-01",
        "2026-12-01T17:00",
        "91d",
        "2026-11-01T17:00:00Z",
        "tomorrow",
        "+7d",
    ] {
        let ran = refused(&machine, &apple, &format!("{line} {deadline}"));
        assert_eq!(ran.code, 2, "{ran}");
        let _ = write!(shown, "{ran}");
    }
    let ran = refused(&machine, &apple, &format!("{line} 12h"));
    let _ = write!(shown, "{ran}");
    let ran = refused(
        &machine,
        &apple,
        "devices migrate C02 --update-deadline +91d",
    );
    let _ = write!(shown, "{ran}");
    assert_snapshot!(shown);

    machine.at_terminal();
    machine.time_zone = Some(TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap());
    assert_snapshot!(machine.run(&format!("{line} 2026-12-01 --dry-run")));
    machine.stdin = "no\n".to_owned();
    assert_snapshot!(refused(&machine, &apple, &format!("{line} 2026-11-22")));
}

#[test]
fn a_deadline_is_moved_forced_or_canceled() {
    let (mut machine, apple) = Machine::with_business();
    let line = "devices migrate --platform mac --where mdm_migration_status^S";
    let by_serials = |apple: &Apple| {
        let serials: Vec<String> = apple.organization(|acme| {
            let of = acme
                .devices
                .iter()
                .filter(|it| it.family == DeviceFamily::Mac);
            of.take(12).map(|it| it.serial_number.clone()).collect()
        });
        format!("devices migrate {}", serials.join(" "))
    };
    assert_eq!(
        refused(&machine, &apple, &format!("{line} --update-deadline +7d")).code,
        2
    );
    let line = by_serials(&apple);
    assert_snapshot!(machine.run(&format!("{line} --update-deadline +7d --dry-run")));
    assert_snapshot!(machine.run(&format!("{line} --cancel --dry-run")));
    assert_snapshot!(refused(
        &machine,
        &apple,
        &format!("{line} --update-deadline now")
    ));
    machine.at_terminal();
    machine.stdin = "no\n".to_owned();
    assert_snapshot!(refused(
        &machine,
        &apple,
        &format!("{line} --update-deadline now")
    ));
}

#[test]
fn a_release_is_always_asked_for_and_leaves_locked_devices_out() {
    let (mut machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let some = macs[..9].join(" ");
    assert_snapshot!(refused(
        &machine,
        &apple,
        &format!("devices release {some}")
    ));
    apple.add_fault(
        format!("GET /v1/orgDevices/{}/activationLockStatus=500", macs[8])
            .parse()
            .unwrap(),
    );
    machine.set("ABMCTL_MAX_WAIT", "1s");
    let ran = machine.run(&format!("devices release {some} --dry-run --max-wait 1s"));
    assert_snapshot!(ran);
    machine.at_terminal();
    machine.stdin = "no\n".to_owned();
    assert_snapshot!(refused(
        &machine,
        &apple,
        &format!("devices release {} {}", macs[0], macs[1])
    ));
}

#[test]
fn school_manager_releases_devices_in_the_portal() {
    let (machine, apple) = Machine::with_school();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let ran = refused(
        &machine,
        &apple,
        &format!("devices release {} --yes", macs[0]),
    );
    assert_snapshot!(ran);
}

#[test]
fn nothing_is_sent_where_only_reading_is_allowed() {
    let (mut machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    machine.set("ABMCTL_READ_ONLY", "1");
    let line = format!("devices unassign {}", macs[0]);
    assert_snapshot!(refused(&machine, &apple, &line));
    assert_eq!(machine.run(&format!("{line} --dry-run")).code, 0);
}

#[test]
fn a_list_that_breaks_off_changes_nothing() {
    let (machine, apple) = Machine::with_apple(Options {
        page_size_cap: Some(100),
        ..Options::default()
    });
    apple.add_fault("GET /v1/orgDevices?*cursor*=500".parse().unwrap());
    let line = "devices unassign --platform mac --yes --max-devices 100 --max-wait 1s";
    let ran = refused(&machine, &apple, line);
    assert_snapshot!(ran);
}

#[test]
fn from_skips_what_is_elsewhere() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let phones = serials(&apple, DeviceFamily::Iphone, Some(1));
    let off = serials(&apple, DeviceFamily::Mac, None);
    let some = [macs[0].clone(), phones[0].clone(), off[0].clone()].join(" ");
    let line =
        format!("devices assign {some} --server 'Jamf Pro Test' --even-if-idle --dry-run --from");
    assert_snapshot!(machine.run(&format!("{line} intune")));
    assert_snapshot!(machine.run(&format!("{line} none")));
    assert_eq!(machine.run(&format!("{line} nope")).code, 4);
    let _ = servers_of(&apple, &macs[..1]);
}

#[test]
fn an_assignment_is_waited_for_and_can_be_put_back() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let off = serials(&apple, DeviceFamily::Mac, None);
    let both = [macs[0].clone(), off[0].clone()];
    let ran = machine.run(&format!(
        "devices assign {} --server intune --note CHG-1",
        both.join(" ")
    ));
    assert_eq!(servers_of(&apple, &both), "Intune Intune ");
    assert_eq!(posts(&apple), 1);
    assert_snapshot!(ran);
    // Apple limits how often a device is assigned.
    let again = format!(
        "devices assign {} --server 'Jamf Pro Test' --even-if-idle",
        macs[0]
    );
    assert_snapshot!(refused(&machine, &apple, &again));
    // What the command printed puts it back, all the same.
    let put_back: Vec<&str> = ran
        .stderr
        .lines()
        .filter_map(|line| line.split_once("Put back with: abmctl "))
        .flat_map(|(_, commands)| commands.split(" && abmctl "))
        .collect();
    assert_eq!(put_back.len(), 2, "{ran}");
    for command in put_back {
        let ran = machine.run(command);
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!(servers_of(&apple, &both), "Jamf Pro Production - ");
}

#[test]
fn what_was_written_can_be_read_again() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let line = format!("devices unassign {}", macs[..3].join(" "));
    let ran = machine.run(&format!("{line} -o csv"));
    assert_snapshot!(ran);
    write_file(&machine.path("done.csv"), &ran.stdout, 0o600);
    let file = machine.path("done.csv");
    let ran = machine.run(&format!(
        "devices assign --serials {} --server prod --again -o ndjson",
        file.display()
    ));
    assert_eq!(ran.code, 0, "{ran}");
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4, "{ran}");
    assert!(
        lines[..3].iter().all(|it| it["result"] == "assigned"),
        "{ran}"
    );
    assert_eq!(
        (lines[3]["changed"].as_bool(), &lines[3]["changes"]),
        (Some(true), &serde_json::Value::Null)
    );
    assert_eq!(
        servers_of(&apple, &macs[..3]),
        "Jamf Pro Production ".repeat(3)
    );
}

#[test]
fn a_migration_is_requested_moved_and_canceled() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let some = macs[..2].join(" ");
    let mut shown = String::new();
    for line in [
        format!("devices migrate {some} --server intune --deadline 2026-12-01T17:00:00+01:00"),
        format!("devices migrate {some} --server intune --deadline 2026-12-01T16:00:00Z"),
        format!(
            "devices migrate {some} --update-deadline +7d --again --columns serial_number,from,result,deadline"
        ),
        format!("devices migrate {some} --update-deadline now --again --yes -o csv"),
        format!("devices migrate {some} --cancel --again"),
        format!("devices migrate {some} --cancel --again"),
    ] {
        let _ = write!(shown, "{}", machine.run(&line));
    }
    assert_snapshot!(shown);
    let left = apple.organization(|acme| {
        let of = acme
            .devices
            .iter()
            .filter(|it| macs[..2].contains(&it.serial_number));
        of.filter(|it| it.migration.is_some()).count()
    });
    assert_eq!(left, 0);
}

#[test]
fn a_release_takes_devices_out_of_the_organization() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let ran = machine.run(&format!("devices release {} {} --yes", macs[1], macs[0]));
    assert_snapshot!(ran);
    let left = apple.organization(|acme| {
        let mut of = acme.devices.iter();
        (
            of.clone().any(|it| it.serial_number == macs[1]),
            of.any(|it| it.serial_number == macs[0]),
        )
    });
    assert_eq!(left, (false, true));
}

#[test]
fn many_devices_are_counted_on_a_terminal() {
    let (mut machine, apple) = Machine::with_business();
    let gone = serials(&apple, DeviceFamily::Mac, Some(2));
    machine.at_terminal();
    machine.stdin = "yes\n".to_owned();
    let ran = machine.run("devices assign --platform mac --server intune --batch 40");
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran.stdout);
    assert_eq!(posts(&apple), 2);
    assert_eq!(servers_of(&apple, &gone), "Intune ".repeat(gone.len()));
    // The expected number is that of the devices that would be sent: none is another one. A highest number holds.
    machine.terminal = Terminal::default();
    let ran = machine.run("devices assign --platform mac --server intune --yes --expect 74");
    assert_eq!(ran.code, 8, "{ran}");
    let ran = machine.run("devices assign --platform mac --server intune --yes --max-devices 74");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(posts(&apple), 2);
}

#[test]
fn nobody_waits_with_no_wait() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    let ran = machine.run(&format!("devices unassign {} --no-wait", macs[0]));
    assert_eq!(posts(&apple), 1);
    assert_snapshot!(ran);
}

#[test]
fn what_was_just_sent_is_not_as_asked_by_another_change() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, Some(0));
    // Apple still shows where it was.
    let ran = machine.run(&format!(
        "devices assign {} --server intune --no-wait",
        macs[0]
    ));
    assert_eq!(ran.code, 0, "{ran}");
    let ran = refused(
        &machine,
        &apple,
        &format!("devices assign {} --server prod", macs[0]),
    );
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stdout.contains("abmctl sent a change for it"), "{ran}");
    let line = format!("devices assign {} --server intune", macs[1]);
    assert_eq!(machine.run(&line).code, 0);
    let sent = posts(&apple);
    // The same again is as asked.
    assert_eq!(machine.run(&line).code, 0);
    assert_eq!(posts(&apple), sent);
    let ran = refused(
        &machine,
        &apple,
        &format!("devices unassign {} --from prod", macs[1]),
    );
    assert_eq!(ran.code, 8, "{ran}");
}

#[test]
fn a_deadline_of_no_migration_has_one_weight() {
    let (machine, apple) = Machine::with_business();
    let macs = serials(&apple, DeviceFamily::Mac, None);
    for deadline in ["+7d", "20d", "now --yes"] {
        let line = format!("devices migrate {} --update-deadline {deadline}", macs[0]);
        assert_eq!(refused(&machine, &apple, &line).code, 8);
    }
    // A filter doesn't say that each has a migration.
    for deadline in ["+7d", "now"] {
        let ran = machine.run(&format!(
            "devices migrate --platform vision --update-deadline {deadline} --yes --max-devices 99"
        ));
        assert_eq!((ran.code, posts(&apple)), (0, 0), "{ran}");
    }
}
