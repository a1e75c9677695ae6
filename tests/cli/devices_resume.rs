//! Changes of devices whose requests fail, get no answer, are limited or are killed; `devices resume` and `activities`.
//!
//! Each test compares what abmctl says with what the emulator has, and counts the activities that were sent.
//!
//! Over 400 lines: one set of helpers, and a test for each kind of answer.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use abmctl::host::Signal;
use abmctl::sandbox::{Activities, Behaviour, Options, Rates};
use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Apple, Machine, Ran, requests, write_file};

const DAY: Duration = Duration::from_secs(25 * 60 * 60);

/// A machine with an emulator whose activities go as these words say.
pub(crate) fn with(activities: &str) -> (Machine, Apple) {
    Machine::with_apple(options(activities))
}

fn options(activities: &str) -> Options {
    let activities: Activities = activities.parse().unwrap();
    Options {
        behaviour: Behaviour {
            activities,
            ..Behaviour::default()
        },
        ..Options::default()
    }
}

/// Serial numbers of devices on a server, by its place.
pub(crate) fn on(apple: &Apple, place: usize, count: usize) -> Vec<String> {
    apple.organization(|acme| {
        let id = acme.servers[place].id.clone();
        let devices = acme.devices.iter();
        let there =
            devices.filter(|it| it.server_id.as_ref() == Some(&id) && it.migration.is_none());
        let serials = there.map(|it| it.serial_number.clone());
        serials.take(count).collect()
    })
}

/// The name of the server that each device is on; `-` for none, `gone` for one that isn't there.
pub(crate) fn servers(apple: &Apple, serials: &[String]) -> Vec<String> {
    apple.organization(|acme| {
        let of = |serial: &String| {
            let device = acme.devices.iter().find(|it| it.serial_number == *serial);
            let Some(device) = device else {
                return "gone".to_owned();
            };
            let server = acme
                .servers
                .iter()
                .find(|it| device.server_id.as_ref() == Some(&it.id));
            server.map_or("-", |it| it.name.as_str()).to_owned()
        };
        serials.iter().map(of).collect()
    })
}

pub(crate) fn move_to(apple: &Apple, serial: &str, place: usize) {
    apple.organization(|acme| {
        let id = acme.servers[place].id.clone();
        let devices = acme.devices.iter_mut();
        for device in devices.filter(|it| it.serial_number == serial) {
            device.server_id = Some(id.clone());
        }
    });
}

pub(crate) fn fault(apple: &Apple, fault: &str) {
    apple.add_fault(fault.parse().unwrap());
}

/// How many activities Apple got.
pub(crate) fn posts(apple: &Apple) -> usize {
    let seen = requests(apple);
    let posts = seen
        .iter()
        .filter(|line| line.starts_with("POST /v1/orgDeviceActivities"));
    posts.count()
}

pub(crate) fn assign(machine: &Machine, serials: &[String], more: &str) -> Ran {
    let serials = serials.join(" ");
    machine.run(&format!(
        "devices assign {serials} --server prod -o json {more}"
    ))
}

/// How many devices have each result.
fn results(ran: &Ran) -> BTreeMap<String, usize> {
    let document: Value = ran.json();
    let mut counts = BTreeMap::new();
    for row in document["changes"].as_array().unwrap() {
        let result = row["result"].as_str().unwrap().to_owned();
        *counts.entry(result).or_insert(0) += 1;
    }
    counts
}

pub(crate) fn expect(ran: &Ran, code: u8, expected: &[(&str, usize)]) {
    assert_eq!(ran.code, code, "{ran}");
    let expected = expected
        .iter()
        .map(|(word, count)| ((*word).to_owned(), *count));
    assert_eq!(results(ran), expected.collect(), "{ran}");
}

/// The reasons of the rows, without repetitions.
fn reasons(ran: &Ran) -> Vec<String> {
    let document: Value = ran.json();
    let mut reasons: Vec<String> = Vec::new();
    for row in document["changes"].as_array().unwrap() {
        if let Some(reason) = row["reason"].as_str()
            && !reasons.iter().any(|it| it == reason)
        {
            reasons.push(reason.to_owned());
        }
    }
    reasons
}

/// Cuts the journal after the last line that has `word`, as if abmctl had been killed then.
pub(crate) fn killed_after(machine: &Machine, word: &str) {
    let path = machine.path("state/journal.ndjson");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| line.contains(word)).unwrap();
    let text = lines[..=last].join("\n") + "\n";
    fs::write(&path, text).unwrap();
}

#[test]
fn accepted_devices_are_assigned_once_they_are_seen_there() {
    let (machine, apple) = with("late=20s");
    let serials = on(&apple, 1, 5);
    let ran = assign(&machine, &serials, "--batch 2");
    expect(&ran, 0, &[("assigned", 5)]);
    assert_eq!(posts(&apple), 3);
    assert_eq!(servers(&apple, &serials), ["Jamf Pro Production"; 5]);
    assert_snapshot!(machine.run("journal list"));
    assert_snapshot!(machine.run("activities list"));
    let id = ran.json()["changes"][0]["activity_id"].clone();
    let id = id.as_str().unwrap();
    assert_snapshot!(machine.run(&format!("activities get {id}")));
    assert_snapshot!(machine.run(&format!("activities wait {id} -o json")));
    assert_snapshot!(machine.run("devices resume"));
    let quiet = machine.run("-q devices resume");
    assert_eq!(
        (quiet.code, &*quiet.stdout, &*quiet.stderr),
        (0, "", ""),
        "{quiet}"
    );
    let document = machine.run("-q devices resume -o json");
    assert_eq!(document.json()["changed"], false, "{document}");
}

#[test]
fn each_kind_of_change_is_read_back() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3).join(" ");
    let deadline = "2026-12-20T12:00:00Z";
    for (line, result) in [
        (format!("unassign {serials}"), "unassigned"),
        (
            format!("assign {serials} --server intune --again"),
            "assigned",
        ),
        (
            format!("release {serials} --yes --even-if-locked --again"),
            "released",
        ),
    ] {
        let ran = machine.run(&format!("devices {line} -o json"));
        expect(&ran, 0, &[(result, 3)]);
    }
    let rows = machine.run(
        "devices list --on intune --where is_mdm_migration_capable=true --migration none -o json",
    );
    let rows = rows.json();
    let rows = rows
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| !row["order_number"].is_null());
    let capable: Vec<&str> = rows
        .filter_map(|row| row["serial_number"].as_str())
        .take(2)
        .collect();
    let capable = capable.join(" ");
    for (line, result) in [
        (
            format!("migrate {capable} --server prod --deadline {deadline}"),
            "migrating",
        ),
        (
            format!("migrate {capable} --update-deadline +2d --again"),
            "updated",
        ),
        (format!("migrate {capable} --cancel --again"), "canceled"),
    ] {
        let ran = machine.run(&format!("devices {line} -o json"));
        expect(&ran, 0, &[(result, 2)]);
    }
    // What needs no server didn't read it, so nothing is said of it.
    let journal = machine.run("journal list -o json").json();
    let of = |place: usize| &journal[place]["changes"][0];
    for (place, kind) in [
        (0, "cancel_migration"),
        (1, "update_deadline"),
        (3, "release"),
    ] {
        assert_eq!(of(place)["kind"], kind, "{journal}");
        assert_eq!(of(place)["from"], serde_json::json!([]), "{journal}");
    }
    assert_eq!(of(4)["from"][0]["name"], Value::Null, "{journal}");
    let words = machine.run("journal list").stdout;
    assert!(words.contains("release 3 devices; 3 released"), "{words}");
    assert!(words.contains("assign 3 devices from no server"), "{words}");
}

#[test]
fn a_device_that_fails_has_apples_reason() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    apple.organization(|acme| acme.behaviour.activities.fail.insert(serials[1].clone()));
    let ran = assign(&machine, &serials, "");
    expect(&ran, 7, &[("assigned", 3), ("failed", 1)]);
    assert_snapshot!(ran);
    assert_snapshot!(machine.run("journal list"));
    let id = ran.json()["changes"][0]["activity_id"].clone();
    let ran = machine.run(&format!("activities wait {}", id.as_str().unwrap()));
    assert_snapshot!(ran);
}

#[test]
fn an_activity_that_apple_gave_up_is_checked_device_by_device() {
    let (machine, apple) = with("end=failed");
    let serials = on(&apple, 1, 4);
    let ran = assign(&machine, &serials, "");
    expect(&ran, 1, &[("failed", 4)]);
    assert_eq!(reasons(&ran), ["Apple ended the activity with FAILED."]);
    let list = machine.run("activities list");
    assert!(list.stdout.contains("failed"), "{list}");
    let (machine, apple) = with("end=stopped,late=30s");
    let serials = on(&apple, 1, 4);
    let ran = assign(&machine, &serials, "");
    expect(&ran, 7, &[("assigned", 2), ("failed", 2)]);
    assert_eq!(posts(&apple), 1);
}

#[test]
fn a_refusal_is_the_result_of_all() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    fault(&apple, "POST /v1/orgDeviceActivities=403");
    let ran = assign(&machine, &serials, "--batch 2");
    expect(&ran, 5, &[("failed", 4)]);
    assert_eq!(posts(&apple), 1, "the other batch would be refused, too");
    assert_snapshot!(ran);
    // What was refused may be sent again.
    apple.clear_faults();
    let ran = assign(&machine, &serials, "");
    expect(&ran, 0, &[("assigned", 4)]);
}

#[test]
fn a_batch_that_apple_refuses_leaves_the_others_alone() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    fault(&apple, "POST /v1/orgDeviceActivities=409x1");
    let ran = assign(&machine, &serials, "--batch 2");
    expect(&ran, 7, &[("assigned", 2), ("failed", 2)]);
}

#[test]
fn a_request_without_an_answer_is_read_back_and_not_sent_again() {
    for (what, code, result) in [
        ("after-dropx1", 0, "assigned"),
        ("after-504x1", 0, "assigned"),
        ("after-htmlx1", 0, "assigned"),
        ("after-halfx1", 0, "assigned"),
        ("late-6m-504x1", 0, "assigned"),
        ("dropx1", 7, "pending"),
        ("504x1", 7, "pending"),
    ] {
        let (machine, apple) = with("slow=3s");
        let serials = on(&apple, 1, 3);
        fault(&apple, &format!("POST /v1/orgDeviceActivities={what}"));
        let ran = assign(&machine, &serials, "--max-wait 20m");
        expect(&ran, code, &[(result, 3)]);
        assert_eq!(posts(&apple), 1, "{what}: {ran}");
    }
}

#[test]
fn what_cannot_be_told_is_pending_and_after_a_day_not_known() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    fault(&apple, "POST /v1/orgDeviceActivities=dropx1");
    let ran = assign(&machine, &serials, "--max-wait 20m");
    assert_snapshot!(ran);
    assert_snapshot!(machine.run("devices get C02 -o json"));
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("pending", 3)]);
    // Sending them again is refused for a day.
    let ran = assign(&machine, &serials, "");
    assert_eq!(results(&ran)["skipped"], 3, "{ran}");
    machine.clock.advance(DAY);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("not_known", 3)]);
    assert_eq!(posts(&apple), 1);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[]);
    assert_snapshot!(machine.run("journal list"));
}

#[test]
fn a_late_act_is_found_by_resume() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    fault(&apple, "POST /v1/orgDeviceActivities=late-2h-504x1");
    let ran = assign(&machine, &serials, "--max-wait 20m");
    expect(&ran, 7, &[("pending", 3)]);
    machine.clock.advance(Duration::from_secs(2 * 60 * 60));
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 3)]);
    assert_eq!(posts(&apple), 1);
}

#[test]
fn an_activity_that_cannot_be_read_is_not_a_failure() {
    for (what, result) in [
        ("404", "assigned"),
        ("503", "assigned"),
        ("html", "assigned"),
    ] {
        let (machine, apple) = with("slow=3s");
        let serials = on(&apple, 1, 3);
        fault(&apple, &format!("GET /v1/orgDeviceActivities/*={what}"));
        let ran = assign(&machine, &serials, "--max-wait 3m");
        expect(&ran, 0, &[(result, 3)]);
        assert_eq!(posts(&apple), 1);
    }
}

#[test]
fn without_a_log_the_reading_decides() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    apple.organization(|acme| acme.behaviour.activities.fail.insert(serials[1].clone()));
    fault(&apple, "GET /downloads/*=404");
    let ran = assign(&machine, &serials, "--max-wait 20m");
    expect(&ran, 7, &[("assigned", 3), ("pending", 1)]);
    assert_snapshot!(ran);
    apple.clear_faults();
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 3), ("failed", 1)]);
}

#[test]
fn a_log_alone_is_not_enough() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    fault(&apple, "GET /v1/mdmServers/*/relationships/devices=503");
    let ran = assign(&machine, &serials, "--max-wait 2m");
    assert_eq!(ran.code, 7, "{ran}");
    assert_eq!(results(&ran)["pending"], 3, "{ran}");
    apple.clear_faults();
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 3)]);
}

#[test]
fn apples_limit_is_waited_for() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    fault(&apple, "POST /v1/orgDeviceActivities=429:90x1");
    let ran = assign(&machine, &serials, "--max-wait 5m");
    expect(&ran, 0, &[("assigned", 3)]);
    assert_eq!(posts(&apple), 2);
    // Too long a wait, and nothing was sent: the command can be run again.
    let serials = on(&apple, 1, 3);
    fault(&apple, "POST /v1/orgDeviceActivities=429:3600x1");
    let ran = machine.run(&format!(
        "devices assign {} --server prod",
        serials.join(" ")
    ));
    assert_eq!(ran.code, 6, "{ran}");
    assert_snapshot!(ran);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[]);
}

#[test]
fn two_activities_of_the_window_are_left_to_others() {
    let (machine, apple) = Machine::with_apple(Options {
        limits: Some(Rates::default()),
        ..options("slow=3s")
    });
    let serials = on(&apple, 1, 10);
    let ran = machine.run(&format!(
        "devices assign {} --server prod --batch 1 --max-wait 15m",
        serials.join(" ")
    ));
    assert_eq!(ran.code, 6, "{ran}");
    assert_snapshot!(ran);
    assert_eq!(posts(&apple), 8);
    assert_snapshot!(machine.run("devices get C02"));
    machine.clock.advance(Duration::from_secs(60 * 60));
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 10)]);
    assert_eq!(posts(&apple), 10);
    // With enough patience one run is enough.
    machine.clock.advance(Duration::from_secs(2 * 60 * 60));
    let serials = on(&apple, 1, 9);
    let ran = assign(&machine, &serials, "--batch 1 --max-wait 2h");
    expect(&ran, 0, &[("assigned", 9)]);
    assert_eq!(posts(&apple), 19);
}

#[test]
fn without_waiting_the_rows_are_pending() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 3);
    let ran = machine.run(&format!(
        "devices assign {} --server prod --no-wait",
        serials.join(" ")
    ));
    assert_snapshot!(ran);
    let ran = machine.run("devices list --limit 1 -o csv --columns serial_number");
    assert!(!ran.stderr.contains("isn't finished"), "{ran}");
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 3)]);
    assert_eq!(posts(&apple), 1);
}

#[test]
fn a_killed_run_is_announced_and_continued() {
    for (word, sent) in [
        ("\"begun\"", 0),
        ("\"devices_sent\":{\"batch\":0", 1),
        ("\"devices_accepted\":{\"batch\":0", 1),
        ("\"devices_accepted\":{\"batch\":1", 2),
        ("\"devices_ended\"", 2),
    ] {
        let (machine, apple) = with("slow=3s");
        let serials = on(&apple, 1, 4);
        let ran = assign(&machine, &serials, "--batch 2");
        expect(&ran, 0, &[("assigned", 4)]);
        killed_after(&machine, word);
        // What abmctl hadn't sent by then, Apple hasn't.
        for serial in &serials[sent * 2..] {
            move_to(&apple, serial, 1);
        }
        let ran = machine.run("devices list --limit 1 -o csv --columns serial_number");
        assert!(ran.stderr.contains("devices resume"), "{ran}");
        let before = posts(&apple);
        let ran = machine.run("devices resume -o json");
        expect(&ran, 0, &[("assigned", 4)]);
        assert_eq!(posts(&apple) - before, 2 - sent, "{word}: {ran}");
        assert_eq!(servers(&apple, &serials), ["Jamf Pro Production"; 4]);
        let ran = machine.run("devices list --limit 1 -o csv --columns serial_number");
        assert!(!ran.stderr.contains("devices resume"), "{ran}");
    }
}

#[test]
fn resume_says_what_it_continues() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    assign(&machine, &serials, "--batch 2");
    killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
    assert_snapshot!(machine.run("devices list --limit 1"));
    assert_snapshot!(machine.run("journal list"));
    // A colleague moved a device that wasn't sent.
    move_to(&apple, &serials[2], 2);
    move_to(&apple, &serials[3], 1);
    assert_snapshot!(machine.run("devices resume nothing"));
    machine.clock.advance(Duration::from_secs(60 * 60));
    assert_snapshot!(machine.run("devices resume"));
    assert_eq!(
        servers(&apple, &serials[2..]),
        ["Jamf Pro Test", "Jamf Pro Production"]
    );
}

#[test]
fn a_plan_that_is_a_day_old_is_not_sent_any_more() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    assign(&machine, &serials, "--batch 2");
    killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
    for serial in &serials[2..] {
        move_to(&apple, serial, 1);
    }
    machine.clock.advance(DAY);
    let before = posts(&apple);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 2), ("skipped", 2)]);
    assert_eq!(posts(&apple), before);
}

/// Lets one activity through in each hour.
fn one_an_hour(machine: &Machine) {
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("activity_limit = \"none\"", "activity_limit = \"3/1h\"");
    assert!(text.contains("3/1h"), "{text}");
    write_file(&path, &text, 0o600);
}

#[test]
fn a_list_that_was_read_for_an_earlier_batch_is_no_look_before_a_later_one() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 20);
    // A colleague's request, on which Apple acts half an hour later.
    fault(&apple, "POST /v1/orgDeviceActivities=late-30m-504x1");
    let ran = assign(&machine, &serials[19..], "--max-wait 1m");
    expect(&ran, 7, &[("pending", 1)]);
    fs::remove_file(machine.path("state/journal.ndjson")).unwrap();
    one_an_hour(&machine);
    let ran = assign(&machine, &serials, "--batch 10 --max-wait 3h");
    let skipped = reasons(&ran);
    assert_eq!(skipped, ["It is already as asked."], "{ran}");
    expect(&ran, 0, &[("assigned", 19), ("skipped", 1)]);
}

#[test]
fn a_migration_whose_deadline_passed_is_not_sent() {
    let near = "2026-11-23T08:00:00Z";
    for (deadline, minutes, reason) in [
        // Near as it was when somebody agreed to it.
        (near, 21 * 60 + 30, None),
        (near, 22 * 60 + 10, Some("would force the migration")),
        (
            "2026-11-23T10:30:00Z",
            23 * 60 + 50,
            Some("less than an hour"),
        ),
    ] {
        let (machine, apple) = with("slow=3s");
        let rows = machine.run(
            "devices list --on intune --where is_mdm_migration_capable=true --migration none -o json",
        );
        let rows = rows.json();
        let rows = rows.as_array().unwrap().iter();
        let serials: Vec<String> = rows
            .filter(|row| !row["order_number"].is_null())
            .filter_map(|row| row["serial_number"].as_str().map(str::to_owned))
            .take(2)
            .collect();
        let ran = machine.run(&format!(
            "devices migrate {} --server prod --deadline {deadline} --yes --batch 1 -o json",
            serials.join(" ")
        ));
        expect(&ran, 0, &[("migrating", 2)]);
        killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
        // What abmctl hadn't sent by then, Apple hasn't.
        move_to(&apple, &serials[1], 1);
        apple.organization(|acme| {
            let devices = acme.devices.iter_mut();
            for device in devices.filter(|it| it.serial_number == serials[1]) {
                device.migration = None;
            }
        });
        machine.clock.advance(Duration::from_secs(minutes * 60));
        let before = posts(&apple);
        let ran = machine.run("devices resume -o json");
        match reason {
            None => expect(&ran, 0, &[("migrating", 2)]),
            Some(reason) => {
                expect(&ran, 7, &[("migrating", 1), ("skipped", 1)]);
                assert!(reasons(&ran)[0].contains(reason), "{ran}");
            }
        }
        let sent = usize::from(reason.is_none());
        assert_eq!(posts(&apple) - before, sent, "{ran}");
    }
}

#[test]
fn a_plan_that_does_not_say_what_it_asks_for_is_not_sent() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 2);
    assign(&machine, &serials, "");
    killed_after(&machine, "\"begun\"");
    let path = machine.path("state/journal.ndjson");
    let text = fs::read_to_string(&path).unwrap();
    let damaged = text.replace("\"batches\":[{\"ask\":0", "\"batches\":[{\"ask\":7");
    assert_ne!(damaged, text);
    fs::write(&path, damaged).unwrap();
    let before = posts(&apple);
    let ran = machine.run("devices resume");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stderr.contains("doesn't say what activity 1 asks for"),
        "{ran}"
    );
    assert_eq!(posts(&apple), before);
}

#[test]
fn a_device_that_another_change_sent_meanwhile_is_a_problem_as_in_the_plan() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    assign(&machine, &serials, "--batch 2");
    killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
    // Another change sent the last one, which went back since.
    move_to(&apple, &serials[2], 1);
    let ran = assign(&machine, &serials[2..], "");
    expect(&ran, 0, &[("assigned", 1)]);
    move_to(&apple, &serials[2], 1);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 2), ("skipped", 1)]);
    assert!(
        ran.stderr.contains("abmctl left out 1 of 3 devices"),
        "{ran}"
    );
    let journal = machine.run("journal list -o json").json();
    let ended = journal.as_array().unwrap().iter().map(|it| &it["ended"]);
    let ended: Vec<_> = ended.collect();
    assert!(ended.contains(&&Value::from("failed")), "{ended:?}");
}

#[test]
fn why_a_device_was_left_out_outlives_the_run() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    assign(&machine, &serials, "--batch 1");
    killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
    move_to(&apple, &serials[1], 2);
    move_to(&apple, &serials[2], 1);
    machine.clock.advance(Duration::from_secs(60 * 60));
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 2), ("skipped", 1)]);
    // Only what this change moved is put back.
    let journal = machine.run("journal list -o json").json();
    let put_back = journal[0]["put_back"].as_str().unwrap().to_owned();
    let named = |serial: &String| put_back.contains(serial.as_str());
    assert_eq!(
        serials.iter().map(named).collect::<Vec<_>>(),
        [true, false, true],
        "{put_back}"
    );
    killed_after(&machine, "\"skipped\":\"moved\"");
    move_to(&apple, &serials[2], 0);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 1), ("skipped", 2)]);
    assert!(reasons(&ran)[0].contains("Somebody moved it"), "{ran}");
    let put_back = ran.stderr.split("Put back with: ").nth(1).unwrap();
    let named = |serial: &String| put_back.contains(serial.as_str());
    let expected = [true, false, false];
    assert_eq!(
        serials.iter().map(named).collect::<Vec<_>>(),
        expected,
        "{ran}"
    );
}

#[test]
fn nothing_is_sent_after_a_line_that_cannot_be_read() {
    let newer = r#"{"at":"2026-11-22T10:00:30Z","id":"ID","organization":"WHOSE","profile":"sandbox","command":"devices assign","event":{"devices_queued":{"batch":1}}}"#;
    for (odd, says) in [
        ("\0\0\0", "Line 4 of the journal"),
        ("{\"at\":1}", "Line 4 of the journal"),
        (newer, "can't be read by this version"),
    ] {
        let (machine, apple) = with("slow=3s");
        let serials = on(&apple, 1, 3);
        assign(&machine, &serials[..2], "--batch 1");
        killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
        let path = machine.path("state/journal.ndjson");
        let text = fs::read_to_string(&path).unwrap();
        let begun: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let odd = odd.replace("ID", begun["id"].as_str().unwrap());
        let odd = odd.replace("WHOSE", begun["organization"].as_str().unwrap());
        fs::write(&path, format!("{text}{odd}\n")).unwrap();
        let before = posts(&apple);
        let ran = machine.run("devices resume");
        assert_eq!(ran.code, 1, "{ran}");
        assert!(ran.stderr.contains(says), "{ran}");
        assert!(ran.stderr.contains("then delete that line"), "{ran}");
        let ran = assign(&machine, &serials[2..], "");
        assert_eq!(ran.code, 1, "{ran}");
        assert!(ran.stderr.contains(says), "{ran}");
        assert_eq!(posts(&apple), before);
        // A line that was cut short says nothing.
        fs::write(&path, format!("{text}{}\n", &text[..40])).unwrap();
        let ran = machine.run("devices resume");
        assert!(!ran.stderr.contains("delete that line"), "{ran}");
        let ran = assign(&machine, &serials[2..], "");
        expect(&ran, 0, &[("assigned", 1)]);
    }
}

#[test]
fn a_release_reads_activation_lock_again() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 0, 60);
    let unlocked = |serials: &[String]| -> Vec<String> {
        let line = format!("devices release {} --dry-run -o json", serials.join(" "));
        let rows = machine.run(&line).json();
        let rows = rows["changes"].as_array().unwrap().iter();
        let unlocked = rows.filter(|row| row["result"] == "would_release");
        let serials = unlocked.map(|row| row["serial_number"].as_str().unwrap().to_owned());
        serials.collect()
    };
    let free = unlocked(&serials);
    one_an_hour(&machine);
    let line = format!(
        "devices release {} {} --yes --batch 1 -o json",
        free[0], free[1]
    );
    let ran = machine.run(&format!("{line} --max-wait 1m"));
    expect(&ran, 6, &[("released", 1), ("pending", 1)]);
    // Its service locks it meanwhile.
    apple.organization(|acme| acme.behaviour.locked.insert(free[1].clone()));
    machine.clock.advance(Duration::from_secs(60 * 60));
    let before = posts(&apple);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("released", 1), ("skipped", 1)]);
    assert_eq!(reasons(&ran), ["Activation Lock is on."]);
    assert_eq!(posts(&apple), before);
}

/// The lock of changes of devices.
fn devices_lock(machine: &Machine) -> File {
    let mut locks = fs::read_dir(machine.path("state/locks")).unwrap();
    let begins = |it: &fs::DirEntry| it.file_name().to_string_lossy().starts_with("devices-");
    let lock = locks.find_map(|it| it.ok().filter(begins)).unwrap();
    File::open(lock.path()).unwrap()
}

/// Where the lock is of the change that ran last.
pub(crate) fn change_lock(machine: &Machine) -> PathBuf {
    let journal = fs::read_to_string(machine.path("state/journal.ndjson")).unwrap();
    let last: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    let id = last["id"].as_str().unwrap();
    machine.path(&format!("state/locks/devices-change-{id}.lock"))
}

#[test]
fn a_plan_that_waited_for_another_change_is_looked_at_again() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 3);
    let ran = assign(&machine, &serials[..1], "");
    expect(&ran, 0, &[("assigned", 1)]);
    let other = devices_lock(&machine);
    other.lock().unwrap();
    let seen = requests(&apple).len();
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| assign(&machine, &serials[1..], "--max-wait 9h"));
        let is_read = |line: &String| line.contains(&serials[2]);
        while !requests(&apple)[seen..].iter().any(is_read) {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(200));
        machine.clock.advance(Duration::from_secs(3 * 60 * 60));
        move_to(&apple, &serials[2], 2);
        other.unlock().unwrap();
        run.join().unwrap()
    });
    expect(&ran, 7, &[("assigned", 1), ("skipped", 1)]);
    assert_eq!(servers(&apple, &serials[2..]), ["Jamf Pro Test"]);
}

#[test]
fn a_change_that_still_runs_is_left_alone() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 2);
    assign(&machine, &serials, "");
    killed_after(&machine, "\"devices_accepted\"");
    let file = File::create(change_lock(&machine)).unwrap();
    file.lock().unwrap();
    let ran = machine.run("devices resume");
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stderr.contains("is still running"), "{ran}");
    drop(file);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 2)]);
}

#[test]
fn a_signal_stops_the_sending_and_resume_continues() {
    let (machine, apple) = with("slow=30m");
    let serials = on(&apple, 1, 6);
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| assign(&machine, &serials, "--batch 1 --max-wait 2h"));
        while posts(&apple) < 4 {
            std::thread::sleep(Duration::from_millis(2));
        }
        machine.signals.send(Signal::Interrupt);
        run.join().unwrap()
    });
    expect(&ran, 130, &[("pending", 6)]);
    assert_eq!(posts(&apple), 4);
    assert!(ran.stderr.contains("devices resume"), "{ran}");
    machine.clock.advance(Duration::from_secs(60 * 60));
    let ran = machine.run("devices resume -o json --max-wait 2h");
    expect(&ran, 0, &[("assigned", 6)]);
    assert_eq!(posts(&apple), 6);
}

#[test]
fn the_printed_commands_put_it_back() {
    let (machine, apple) = with("slow=3s");
    let mut serials = on(&apple, 1, 12);
    serials.extend(on(&apple, 2, 2));
    let before = servers(&apple, &serials);
    let ran = assign(&machine, &serials, "");
    expect(&ran, 0, &[("assigned", 14)]);
    let journal = machine.run("journal list -o json").json();
    let put_back = journal[0]["put_back"].as_str().unwrap().to_owned();
    for command in put_back.split(" && ") {
        let command = command.strip_prefix("abmctl ").unwrap();
        let command = command.replace("[home]", machine.folder.path().to_str().unwrap());
        let ran = machine.run(&command);
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!(servers(&apple, &serials), before);
}

#[test]
fn a_profile_that_only_reads_sends_nothing() {
    let (mut machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 2);
    assign(&machine, &serials, "");
    killed_after(&machine, "\"devices_sent\"");
    let before = posts(&apple);
    machine.set("ABMCTL_READ_ONLY", "1");
    let ran = machine.run("devices resume");
    assert_eq!(ran.code, 2, "{ran}");
    assert_eq!(posts(&apple), before);
}

#[test]
fn activities_of_others_can_be_waited_for() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 2);
    let ran = machine.run(&format!(
        "devices assign {} --server prod --no-wait -o json",
        serials.join(" ")
    ));
    let id = ran.json()["changes"][0]["activity_id"].clone();
    let id = id.as_str().unwrap();
    // Another machine, or a journal that was lost.
    fs::remove_file(machine.path("state/journal.ndjson")).unwrap();
    assert_snapshot!(machine.run("activities list"));
    assert_snapshot!(machine.run(&format!("activities wait {id} --max-wait 20s")));
    assert_snapshot!(machine.run(&format!("activities wait {id}")));
    assert_snapshot!(machine.run("activities get nothing"));
    assert_snapshot!(machine.run(&format!("activities wait {id} nothing -o json")));
    let ran = machine.run("activities wait ''");
    assert_eq!(ran.code, 2, "{ran}");
}
