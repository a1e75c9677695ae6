//! What is kept and said of changes of devices after they ended, or can't be continued.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::devices_resume::{
    assign, change_lock, expect, fault, killed_after, move_to, on, posts, servers, with,
};
use crate::support::Machine;

fn no_wait(machine: &Machine, serials: &[String]) -> String {
    let ran = assign(machine, serials, "--no-wait");
    assert_eq!(ran.code, 0, "{ran}");
    let id = ran.json()["changes"][0]["activity_id"].clone();
    id.as_str().unwrap().to_owned()
}

/// The row of the only activity.
fn listed(machine: &Machine) -> Value {
    let rows = machine.run("activities list -o json").json();
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    rows[0].clone()
}

fn journal(machine: &Machine) -> String {
    fs::read_to_string(machine.path("state/journal.ndjson")).unwrap()
}

/// The files of a folder in the state folder, by the beginning of their names.
fn files(machine: &Machine, folder: &str, begin: &str) -> BTreeSet<String> {
    let files = fs::read_dir(machine.path(folder)).into_iter().flatten();
    let names = files.map(|it| it.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|it| it.starts_with(begin)).collect()
}

#[test]
fn the_list_has_the_end_that_was_read() {
    for verb in ["get", "wait"] {
        let (machine, apple) = with("slow=60s");
        let serials = on(&apple, 1, 3);
        let id = no_wait(&machine, &serials);
        let before = journal(&machine);
        // What isn't over isn't kept.
        let ran = machine.run(&format!("activities get {id}"));
        assert!(ran.stdout.contains("in progress"), "{ran}");
        fault(&apple, "GET /v1/orgDeviceActivities/*=403x1");
        machine.clock.advance(Duration::from_secs(120));
        let ran = machine.run(&format!("activities {verb} {id}"));
        assert_eq!(ran.code, 5, "{ran}");
        assert_eq!(journal(&machine), before);
        assert_eq!(listed(&machine)["status"], Value::Null);
        let ran = machine.run(&format!("activities {verb} {id}"));
        assert_eq!(ran.code, 0, "{ran}");
        let row = listed(&machine);
        assert_eq!(row["status"], "COMPLETED", "{row}");
        assert_eq!(row["sub_status"], "COMPLETED_WITH_SUCCESS", "{row}");
        assert!(row["completed_at"].is_string(), "{row}");
        // Once is enough.
        let kept = journal(&machine);
        machine.run(&format!("activities {verb} {id}"));
        assert_eq!(journal(&machine), kept);
        let ran = machine.run("devices resume -o json");
        expect(&ran, 0, &[("assigned", 3)]);
        assert_eq!(listed(&machine)["status"], "COMPLETED");
        machine.run(&format!("activities {verb} {id}"));
        assert_eq!(machine.run("devices resume").code, 0);
    }
}

#[test]
fn a_run_that_waited_keeps_the_end_without_a_result() {
    let (machine, apple) = with("slow=3s,late=1h");
    let serials = on(&apple, 1, 3);
    let ran = assign(&machine, &serials, "--max-wait 10m");
    expect(&ran, 7, &[("pending", 3)]);
    assert_eq!(listed(&machine)["status"], "COMPLETED");
}

#[test]
fn reading_an_activity_makes_no_plan_younger() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 4);
    assign(&machine, &serials, "--batch 2 --no-wait");
    killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
    for serial in &serials[2..] {
        move_to(&apple, serial, 1);
    }
    machine.clock.advance(Duration::from_secs(23 * 60 * 60));
    let id = listed(&machine)["activity_id"].clone();
    let ran = machine.run(&format!("activities get {}", id.as_str().unwrap()));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(listed(&machine)["status"], "COMPLETED");
    machine.clock.advance(Duration::from_secs(2 * 60 * 60));
    let before = posts(&apple);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 2), ("skipped", 2)]);
    assert_eq!(posts(&apple), before);
}

#[test]
fn another_change_begins_beside_an_unfinished_one() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    assign(&machine, &serials, "--batch 2");
    killed_after(&machine, "\"devices_accepted\":{\"batch\":0");
    for serial in &serials[2..] {
        move_to(&apple, serial, 1);
    }
    // Those that were not sent go elsewhere.
    let line = format!(
        "devices assign {} --server 'Jamf Pro Test' --even-if-idle -o json",
        serials[2..].join(" ")
    );
    let ran = machine.run(&line);
    expect(&ran, 0, &[("assigned", 2)]);
    // A day later the rest of the mistake isn't sent.
    machine.clock.advance(Duration::from_secs(25 * 60 * 60));
    let before = posts(&apple);
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 2), ("skipped", 2)]);
    assert_eq!(posts(&apple), before);
    assert_eq!(servers(&apple, &serials[2..]), ["Jamf Pro Test"; 2]);
}

/// Makes the plan of the change that began last unreadable.
fn damage(machine: &Machine) {
    let path = machine.path("state/journal.ndjson");
    let text = journal(machine);
    let place = text.rfind("{\"devices\":{\"asks\":").unwrap();
    let (before, rest) = text.split_at(place);
    let rest = rest.replacen("\"asks\":[{\"", "\"asks\":[{\"new_", 1);
    fs::write(&path, format!("{before}{rest}")).unwrap();
}

#[test]
fn a_list_of_activities_from_a_damaged_journal_may_lack_some() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 2);
    no_wait(&machine, &serials[..1]);
    no_wait(&machine, &serials[1..]);
    let path = machine.path("state/journal.ndjson");
    let whole = journal(&machine);
    let damaged = whole.replacen("{\"at\"", "{at", 1);
    fs::write(&path, &damaged).unwrap();
    let ran = machine.run("activities list -o json");
    assert_eq!(ran.code, 7, "{ran}");
    assert_eq!(ran.json().as_array().unwrap().len(), 1, "{ran}");
    assert!(ran.stderr.contains("Line 1 of the journal"), "{ran}");
    fs::write(&path, whole.replace("{\"at\"", "{at")).unwrap();
    let ran = machine.run("activities list");
    assert_eq!((ran.code, &ran.stdout[..]), (1, ""), "{ran}");
}

#[test]
fn what_a_change_under_way_may_end_is_not_called_done() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 1);
    no_wait(&machine, &serials);
    let back = format!("devices assign {} --server intune --again", serials[0]);
    let ran = machine.run(&back);
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stdout.contains("has no result yet"), "{ran}");
    machine.clock.advance(Duration::from_secs(120));
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 1)]);
    let ran = machine.run(&back);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(servers(&apple, &serials), ["Intune"]);
}

#[test]
fn a_day_later_what_is_read_counts_whether_the_result_was_fetched_or_not() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 1);
    no_wait(&machine, &serials);
    machine.clock.advance(Duration::from_secs(25 * 60 * 60));
    let ran = assign(&machine, &serials, "");
    expect(&ran, 0, &[("skipped", 1)]);
}

#[test]
fn without_waiting_an_activity_that_ended_meanwhile_is_no_fault() {
    let (machine, apple) = with("slow=1s");
    let serials = on(&apple, 1, 6);
    let ran = assign(&machine, &serials, "--no-wait --batch 1");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.stdout.contains("couldn't"), "{ran}");
    let ran = machine.run("devices resume -o json");
    expect(&ran, 0, &[("assigned", 6)]);
}

#[test]
fn a_plan_that_cannot_be_read_is_said() {
    let (machine, apple) = with("slow=3s");
    let serials = on(&apple, 1, 4);
    assign(&machine, &serials[..2], "");
    killed_after(&machine, "\"devices_accepted\"");
    damage(&machine);
    let before = posts(&apple);
    assert_snapshot!("unreadable", machine.run("devices resume"));
    assert_snapshot!(
        "unreadable_announced",
        machine.run("devices list --limit 1")
    );
    // What was sent is listed, and isn't sent again.
    let row = listed(&machine);
    assert_eq!(
        (&row["devices"], &row["kind"]),
        (&Value::from(2), &Value::Null)
    );
    let ran = assign(&machine, &serials[..2], "");
    assert_eq!(ran.code, 8, "{ran}");
    assert!(
        ran.stderr.contains("2 sent less than 24 hours ago"),
        "{ran}"
    );
    assert_eq!(posts(&apple), before);
    // A server whose devices it may migrate isn't deleted.
    let line =
        "servers delete 'Jamf Pro Test' --move-devices-to Intune --yes --confirm 'Jamf Pro Test'";
    let ran = machine.run(line);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stderr.contains("can't be read by this version"),
        "{ran}"
    );
    // It blocks nothing, and is a part of what is said of others.
    let id = journal(&machine);
    let id: Value = serde_json::from_str(id.lines().next().unwrap()).unwrap();
    assign(&machine, &serials[2..], "--no-wait");
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 2)]);
    let ran = machine.run(&format!("devices resume {}", id["id"].as_str().unwrap()));
    assert_eq!(ran.code, 1, "{ran}");
    // Another version may be at work on it.
    let lock = machine.path(&format!(
        "state/locks/devices-change-{}.lock",
        id["id"].as_str().unwrap()
    ));
    let lock = fs::File::create(lock).unwrap();
    lock.lock().unwrap();
    assert_eq!(machine.run("devices resume").code, 8);
}

#[test]
fn a_change_that_ended_leaves_no_lock() {
    let (machine, apple) = with("slow=60s");
    let serials = on(&apple, 1, 4);
    expect(&assign(&machine, &serials[..2], ""), 0, &[("assigned", 2)]);
    let locks = || files(&machine, "state/locks", "devices-change-");
    assert_eq!(locks(), BTreeSet::new());
    assert!(!files(&machine, "state/locks", "devices-").is_empty());
    no_wait(&machine, &serials[2..]);
    let name = change_lock(&machine);
    let name = name.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(locks(), BTreeSet::from([name]));
    expect(
        &machine.run("devices resume -o json"),
        0,
        &[("assigned", 2)],
    );
    assert_eq!(locks(), BTreeSet::new());
    // One of which nothing was sent.
    fault(&apple, "POST /v1/orgDeviceActivities=429:3600");
    let ran = assign(&machine, &on(&apple, 1, 2), "--max-wait 1m");
    assert_eq!(ran.code, 6, "{ran}");
    assert_eq!(locks(), BTreeSet::new());
}

#[test]
fn a_file_names_only_devices_that_no_longer_move() {
    let (machine, apple) = with("slow=60s");
    // Twelve devices of each of two servers. While all of them may still move, no command puts any of them back.
    let mut serials = on(&apple, 1, 12);
    serials.extend(on(&apple, 0, 12));
    let line = format!(
        "devices assign {} --server 'Jamf Pro Test' --even-if-idle --no-wait",
        serials.join(" ")
    );
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    let changes = || files(&machine, "state/changes", "");
    assert_eq!(changes(), BTreeSet::new(), "{ran}");
    assert!(!ran.stderr.contains("Put back"), "{ran}");
    // Apple changes those of the second server alone.
    apple.organization(|acme| {
        let fail = &mut acme.behaviour.activities.fail;
        fail.extend(serials[..12].iter().cloned());
    });
    let ran = machine.run("devices resume -o json");
    expect(&ran, 7, &[("assigned", 12), ("failed", 12)]);
    // A file keeps the number of its server in the plan.
    let left: Vec<String> = changes().into_iter().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].ends_with("-2.csv"), "{left:?}");
    let put_back = ran.stderr.split("Put back with: abmctl ").nth(1).unwrap();
    let put_back = put_back.lines().next().unwrap();
    let put_back = put_back.replace("[home]", machine.folder.path().to_str().unwrap());
    let ran = machine.run(&put_back);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(servers(&apple, &serials[12..]), ["Jamf Pro Production"; 12]);
    assert_eq!(servers(&apple, &serials[..12]), ["Intune"; 12]);
}
