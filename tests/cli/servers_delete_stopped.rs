//! `servers delete` that was refused or killed on its way: what is said of it, and what puts its parts back.

use std::fs;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::assign::fault;
use crate::devices_resume::killed_after;
use crate::servers_delete::{PROD, changes, devices_on, empty, exists, machine};
use crate::support::{Apple, Machine, Ran};

const NAME: &str = "Jamf Pro Production";

fn id(apple: &Apple, name: &str) -> String {
    apple.organization(|acme| acme.server(name).unwrap().id.clone())
}

/// The command lines after "Put back with:".
fn put_back(ran: &Ran) -> Vec<String> {
    let line = ran
        .stderr
        .lines()
        .find_map(|it| it.strip_prefix("Put back with: "));
    let line = line.unwrap_or_else(|| panic!("{ran}"));
    line.split(" && ").map(str::to_owned).collect()
}

fn run_printed(machine: &Machine, command: &str) -> Ran {
    let command = command.strip_prefix("abmctl ").unwrap();
    machine.run(&command.replace("[home]", machine.folder.path().to_str().unwrap()))
}

/// The command that continues what a sentence with these words tells to run.
fn told(ran: &Ran, words: &str) -> String {
    // A terminal breaks lines.
    let text = ran.stderr.replace("\n  ", " ");
    let line = text.lines().find(|it| it.contains(words));
    let command = line.and_then(|it| it.split("ontinue it with `").nth(1));
    let command = command.unwrap_or_else(|| panic!("{ran}"));
    command.split('`').next().unwrap().to_owned()
}

/// A colleague renames the server, and gives its name to another one.
fn take_its_name(apple: &Apple) {
    apple.organization(|acme| {
        for (from, to) in [(NAME, "Old"), ("Jamf Pro Test", NAME)] {
            to.clone_into(&mut acme.server_mut(from).unwrap().name);
        }
    });
}

#[test]
fn nothing_is_cleared_while_a_device_can_not_be_moved() {
    let (machine, apple) = machine();
    let serial = apple.organization(|acme| {
        let device = acme.devices.iter().find(|it| it.server_id.is_none());
        device.unwrap().serial_number.clone()
    });
    let ran = machine.run(&format!("devices assign {serial} --server prod"));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(changes(&apple), ["POST"]);
    for line in [&format!("{PROD} -n"), PROD] {
        let ran = machine.run(line);
        assert_eq!(ran.code, 8, "{ran}");
        assert!(ran.stderr.contains("Nothing was changed."), "{ran}");
    }
    assert_snapshot!("sent_lately", machine.run(PROD));
    assert_eq!(changes(&apple), ["POST"]);
    // The command of the hint moves them.
    let ran = machine.run(&format!("devices assign {serial} --server intune --again"));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(machine.run(PROD).code, 0);
}

#[test]
fn its_parts_are_put_back_by_id() {
    let (machine, apple) = machine();
    let count = devices_on(&apple, NAME);
    let server = id(&apple, NAME);
    fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    let ran = machine.run(PROD);
    assert_eq!(ran.code, 7, "{ran}");
    apple.clear_faults();
    let printed = put_back(&ran);
    assert_eq!(printed.len(), 2, "{ran}");
    for command in &printed {
        assert!(command.contains(&server), "{command}");
        assert!(
            !command.contains(NAME) && !command.contains("Intune"),
            "{command}"
        );
    }
    // The journal has the same.
    let journal = machine.run("journal list -o json").json();
    let kept: Vec<&str> = journal
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["put_back"].as_str())
        .collect();
    assert_eq!(kept.len(), 2, "{journal}");
    for command in &printed {
        assert!(kept.contains(&command.as_str()), "{command} {kept:?}");
    }
    take_its_name(&apple);
    for command in &printed {
        let ran = run_printed(&machine, command);
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!(devices_on(&apple, "Old"), count);
    let defaults = apple.organization(|acme| acme.server("Old").unwrap().default_families.len());
    assert_eq!(defaults, 1);
}

#[test]
fn nothing_puts_back_what_needs_a_server_that_is_gone() {
    let (machine, apple) = machine();
    // Changes from before need the server as well: one wholly, one in part.
    let serials = |place: usize| -> Vec<String> { crate::devices_resume::on(&apple, place, 1) };
    let (prod, test) = (serials(0), serials(2));
    for devices in [prod.clone(), [prod.clone(), test].concat()] {
        let line = format!(
            "devices assign {} --server intune --again",
            devices.join(" ")
        );
        let ran = machine.run(&line);
        assert_eq!(ran.code, 0, "{ran}");
        for serial in &devices[..1] {
            crate::devices_resume::move_to(&apple, serial, 0);
        }
    }
    machine.clock.advance(Duration::from_secs(25 * 60 * 60));
    let ran = machine.run(PROD);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.stderr.contains("Put back"), "{ran}");
    assert_snapshot!("gone", machine.run("journal list"));
    let journal = machine.run("journal list -o json").json();
    let put_back = |command: &str| -> Vec<bool> {
        let rows = journal.as_array().unwrap().iter();
        let rows = rows.filter(|it| it["command"] == command);
        rows.map(|it| it["put_back"].is_string()).collect()
    };
    // The devices and the server, and the default.
    assert_eq!(put_back("servers delete"), [false, false]);
    assert_eq!(put_back("assign"), [false]);
    assert_eq!(put_back("devices assign"), [true, false]);
    let id = journal[0]["id"].as_str().unwrap();
    assert_eq!(machine.run(&format!("journal show {id} -o json")).code, 0);
    // Nobody needs the serial numbers that would be assigned to it.
    let files = fs::read_dir(machine.path("state/changes"))
        .into_iter()
        .flatten();
    assert_eq!(files.count(), 0);
}

#[test]
fn a_killed_deletion_is_told_and_continued() {
    for (word, devices_first) in [
        // Before anything was done, after the default was cleared, while devices are moved, and before the deletion.
        ("\"server_name\"", false),
        ("\"answered\"", false),
        ("\"devices\":{\"asks\"", true),
        ("\"devices_sent\"", true),
        ("\"devices_accepted\"", true),
        ("\"devices_ended\"", true),
    ] {
        let (machine, apple) = machine();
        let (prod, intune) = (id(&apple, NAME), id(&apple, "Intune"));
        fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
        assert_eq!(machine.run(PROD).code, 7);
        apple.clear_faults();
        killed_after(&machine, word);
        let full = format!(
            "abmctl servers delete {prod} --move-devices-to {intune} --yes --confirm '{NAME}'"
        );
        let ran = machine.run("devices list --limit 1");
        assert_eq!(told(&ran, "the deletion of the server"), full, "{word}");
        assert_eq!(
            ran.stderr.contains("devices resume"),
            devices_first,
            "{word} {ran}"
        );
        assert_eq!(
            ran.stderr.contains("Once its devices have"),
            devices_first,
            "{word} {ran}"
        );
        if word == "\"devices_sent\"" {
            assert_snapshot!("killed_announced", ran);
        }
        let ran = machine.run("devices resume");
        assert_eq!(ran.code, 0, "{ran}");
        let command = told(&ran, "the deletion of the server");
        assert_eq!(command, full, "{word}");
        assert!(!ran.stderr.contains("Once its devices have"), "{ran}");
        if word == "\"devices_sent\"" {
            assert_snapshot!("killed_resumed", ran);
        }
        assert!(exists(&apple, NAME));
        let ran = run_printed(&machine, &command);
        assert_eq!(ran.code, 0, "{word} {ran}");
        assert!(!exists(&apple, NAME));
        for line in ["devices list --limit 1", "devices resume"] {
            let ran = machine.run(line);
            assert!(!ran.stderr.contains("deletion"), "{word} {ran}");
        }
        let journal = machine.run("journal list -o json").json();
        let open = |it: &&Value| it["ended"] == "open";
        assert_eq!(
            journal.as_array().unwrap().iter().filter(open).count(),
            0,
            "{journal}"
        );
    }
}

#[test]
fn resume_puts_nothing_back_on_a_server_that_is_gone() {
    let (machine, apple) = machine();
    fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    machine.run(PROD);
    apple.clear_faults();
    killed_after(&machine, "\"devices_accepted\"");
    let ran = machine.run(PROD);
    assert_eq!(ran.code, 0, "{ran}");
    let ran = machine.run("devices resume -q");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.stderr.contains("Put back with"), "{ran}");
    assert!(
        ran.stderr
            .contains("because the server Jamf Pro Production is deleted"),
        "{ran}"
    );
}

#[test]
fn a_deletion_whose_devices_take_long_is_told() {
    let (machine, apple) = machine();
    apple.organization(|acme| acme.behaviour.activities = "slow=2h".parse().unwrap());
    let ran = machine.run(&format!("{PROD} --even-if-idle --max-wait 2m"));
    assert_eq!(ran.code, 7, "{ran}");
    assert!(
        ran.stderr.contains("--even-if-idle --yes --confirm"),
        "{ran}"
    );
    // However long it takes.
    machine.clock.advance(Duration::from_secs(30 * 60 * 60));
    let ran = machine.run("devices list --limit 1");
    assert!(ran.stderr.contains("Once its devices have"), "{ran}");
    let ran = machine.run("devices resume");
    assert_eq!(ran.code, 0, "{ran}");
    let command = told(&ran, "the deletion of the server");
    // Afterwards it isn't told any more: whoever wants it ran that.
    let ran = machine.run("devices list --limit 1");
    assert!(!ran.stderr.contains("deletion"), "{ran}");
    let ran = run_printed(&machine, &command);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!exists(&apple, NAME));
}

#[test]
fn a_deletion_that_runs_is_not_told() {
    let (machine, apple) = machine();
    empty(&apple, NAME);
    fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    machine.run(PROD);
    killed_after(&machine, "\"server_name\"");
    let lock = fs::File::create(crate::devices_resume::change_lock(&machine)).unwrap();
    lock.lock().unwrap();
    let ran = machine.run("devices list --limit 1");
    assert!(!ran.stderr.contains("deletion"), "{ran}");
    drop(lock);
    let ran = machine.run("devices list --limit 1");
    assert!(ran.stderr.contains("deletion"), "{ran}");
    assert_snapshot!("killed_journal", machine.run("journal list"));
    machine.clock.advance(Duration::from_secs(24 * 60 * 60));
    let ran = machine.run("devices list --limit 1");
    assert!(!ran.stderr.contains("deletion"), "{ran}");
}

#[test]
fn a_server_that_somebody_else_deleted_is_no_unfinished_deletion() {
    // What can't be read isn't gone.
    for (is_there, unread, is_gone) in [(false, "", true), (false, "/ID", false), (true, "", false)]
    {
        let (machine, apple) = machine();
        fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
        machine.run(PROD);
        apple.clear_faults();
        killed_after(&machine, "\"devices_accepted\"");
        let unread = unread.replace("ID", &id(&apple, NAME));
        if !is_there {
            apple.organization(|acme| acme.servers.retain(|it| it.name != NAME));
        }
        if !is_gone {
            fault(
                &apple,
                &format!("GET /v1/mdmServers{unread}=403:FORBIDDEN_ERROR"),
            );
        }
        let ran = machine.run("devices resume");
        // The devices are in the list of the server that they went to.
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(ran.stderr.contains("the deletion of"), !is_gone, "{ran}");
        assert_eq!(ran.stderr.contains("Put back with"), !is_gone, "{ran}");
        assert_eq!(ran.stderr.contains("is deleted"), is_gone, "{ran}");
    }
}

#[test]
fn on_a_terminal_the_name_is_typed_again() {
    let (mut machine, apple) = machine();
    empty(&apple, NAME);
    fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    machine.run(&format!("{PROD} --even-if-idle"));
    killed_after(&machine, "\"server_name\"");
    machine.at_terminal();
    let ran = machine.run("devices resume --color never");
    let (prod, intune) = (id(&apple, NAME), id(&apple, "Intune"));
    assert_eq!(
        told(&ran, "the deletion of the server"),
        format!("abmctl servers delete {prod} --move-devices-to {intune} --even-if-idle")
    );
}

#[test]
fn a_server_that_is_gone_ends_its_deletion() {
    let (machine, apple) = machine();
    fault(&apple, "DELETE /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    machine.run(PROD);
    apple.clear_faults();
    killed_after(&machine, "\"server_name\"");
    let server = id(&apple, NAME);
    apple.organization(|acme| acme.servers.retain(|it| it.name != NAME));
    let line = format!("servers delete {server} --yes --confirm '{NAME}'");
    let before = changes(&apple).len();
    assert_eq!(machine.run(&line).code, 4);
    assert_eq!(changes(&apple).len(), before);
    let ran = machine.run("devices list --limit 1");
    assert!(!ran.stderr.contains("deletion"), "{ran}");
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[0]["ended"], "as_wished", "{journal}");
}
