//! What is remembered spares a wait and changes nothing else: ids of servers, and secrets that a kept access token makes needless.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use crate::support::{Apple, Machine, requests, write_file};

const TABLES: [&str; 2] = [
    "servers list --columns name,default_platforms,error",
    "assign",
];

fn ids_file(machine: &Machine) -> PathBuf {
    let mut files = fs::read_dir(machine.path("state/server-ids")).unwrap();
    files.next().unwrap().unwrap().path()
}

/// The output on this machine, and that on one that remembers nothing.
fn same_as_without(machine: &Machine) {
    for line in TABLES {
        let with = machine.run(line);
        fs::remove_dir_all(machine.path("state/server-ids")).unwrap();
        let without = machine.run(line);
        assert_eq!(with.to_string(), without.to_string());
    }
}

fn singles(apple: &Apple) -> usize {
    let seen = requests(apple);
    let single = |line: &&String| line.starts_with("GET /v1/mdmServers/");
    seen.iter().filter(single).count()
}

#[test]
fn the_same_requests_are_sent_and_the_ids_are_the_owners_alone() {
    let (machine, apple) = Machine::with_business();
    assert_eq!(machine.run("servers list").code, 0);
    let mode = fs::metadata(ids_file(&machine))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    for line in TABLES {
        apple.forget_requests();
        assert_eq!(machine.run(line).code, 0);
        let seen = requests(&apple);
        assert_eq!((seen.len(), singles(&apple)), (5, 4), "{line}: {seen:?}");
    }
}

#[test]
fn servers_that_came_went_changed_or_fail_are_shown_as_without() {
    let (machine, apple) = Machine::with_business();
    same_as_without(&machine);
    // One goes, with what it was the default for; one is renamed.
    let gone = apple.organization(|acme| {
        let gone = acme.server("Intune").unwrap().id.clone();
        acme.servers.retain(|server| server.id != gone);
        acme.server_mut("Jamf Pro Test").unwrap().name = "Jamf Pro Trial".to_owned();
        gone
    });
    apple.forget_requests();
    let ran = machine.run("servers list");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        !ran.to_string().contains(&gone) && !ran.stdout.contains("Intune"),
        "{ran}"
    );
    assert!(ran.stdout.contains("Jamf Pro Trial"), "{ran}");
    assert!(singles(&apple) <= 4, "{:?}", requests(&apple));
    // The next run doesn't ask for it.
    apple.forget_requests();
    assert_eq!(machine.run("servers list").code, 0);
    assert_eq!(singles(&apple), 3);
    same_as_without(&machine);
    // One that is there fails.
    let id = apple.organization(|acme| acme.server("Jamf Pro Trial").unwrap().id.clone());
    let fault = format!("GET /v1/mdmServers/{id}=403:FORBIDDEN_ERROR");
    apple.add_fault(fault.parse().unwrap());
    same_as_without(&machine);
}

#[test]
fn a_damaged_file_or_a_folder_that_is_closed_costs_nothing() {
    let (machine, _apple) = Machine::with_business();
    let before = machine.run("servers list").to_string();
    for damaged in ["", "{", "{\"owner\":1}", "\u{0}"] {
        write_file(&ids_file(&machine), damaged, 0o600);
        assert_eq!(machine.run("servers list").to_string(), before);
    }
    fs::remove_dir_all(machine.path("state/server-ids")).unwrap();
    write_file(&machine.path("state/server-ids"), "in the way", 0o600);
    assert_eq!(machine.run("servers list").to_string(), before);
}

#[test]
fn columns_of_the_list_cost_one_request_in_every_format() {
    let (machine, apple) = Machine::with_business();
    machine.run("servers list");
    for format in ["table", "json", "ndjson", "csv", "yaml"] {
        apple.forget_requests();
        let ran = machine.run(&format!("servers list --columns name,id -o {format}"));
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stdout.contains("Intune"), "{ran}");
        assert_eq!(requests(&apple).len(), 1, "{:?}", requests(&apple));
    }
    for column in ["default_platforms", "device_count", "error"] {
        apple.forget_requests();
        machine.run(&format!("servers list --columns name,{column}"));
        assert_eq!(requests(&apple).len(), 5, "{column}");
    }
}

/// Makes the private key that of a program which leaves a line in a file each time.
fn behind_a_program(machine: &mut Machine) -> PathBuf {
    let (key, runs) = (machine.path("config/private-key.pem"), machine.path("runs"));
    let script = format!("echo run >> {}; cat {}", runs.display(), key.display());
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let file = format!("private_key = \"file:{}\"", key.display());
    assert!(text.contains(&file), "{text}");
    let program = format!("private_key = \"command:sh -c '{script}'\"");
    write_file(&path, &text.replacen(&file, &program, 1), 0o600);
    machine.set("PATH", "/usr/bin:/bin");
    runs
}

fn lines(path: &PathBuf) -> usize {
    fs::read_to_string(path).unwrap_or_default().lines().count()
}

#[test]
fn with_a_kept_token_the_private_key_is_not_fetched() {
    let (mut machine, apple) = Machine::with_business();
    let runs = behind_a_program(&mut machine);
    for line in [
        "servers list",
        "assign",
        "domains list --no-dns",
        "api GET /v1/mdmServers",
    ] {
        let ran = machine.run(line);
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(lines(&runs), 1, "{line}");
    }
    // Apple refuses the token in the middle: the key is fetched once, for all that were refused.
    apple.organization(abmctl::sandbox::organization::Organization::revoke_access_tokens);
    let ran = machine.run("servers list");
    assert_eq!((ran.code, lines(&runs)), (0, 2), "{ran}");
    machine.clock.advance(Duration::from_secs(3600));
    let ran = machine.run("assign");
    assert_eq!((ran.code, lines(&runs)), (0, 3), "{ran}");
}

#[test]
fn a_key_that_can_not_be_used_is_found_when_it_is_used() {
    let (mut machine, apple) = Machine::with_business();
    let key = machine.path("config/private-key.pem");
    assert_eq!(machine.run("servers list").code, 0);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    for line in ["servers list", "assign", "api GET /v1/mdmServers"] {
        assert_eq!(machine.run(line).code, 0, "{line}");
    }
    // `auth status` looks, whatever is kept.
    let status = machine.run("auth status");
    assert!(status.to_string().contains("0644"), "{status}");
    machine.clock.advance(Duration::from_secs(3600));
    for line in [
        "servers list",
        "assign",
        "domains list --no-dns",
        "api GET /v1/mdmServers",
    ] {
        let ran = machine.run(line);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("its mode is 0644"), "{ran}");
        assert!(ran.stderr.contains("hint: "), "{ran}");
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let runs = behind_a_program(&mut machine);
    fs::remove_file(&key).unwrap();
    apple.forget_requests();
    let ran = machine.run("servers list");
    assert_eq!(
        (ran.code, lines(&runs)),
        (2, 1),
        "once, not for each request: {ran}"
    );
    assert!(requests(&apple).is_empty());
}

#[test]
fn the_roster_key_is_fetched_when_a_token_is_asked_for() {
    let (mut machine, _apple) = Machine::with_school();
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, roster) = text.split_once("[profiles.sandbox.roster]").unwrap();
    let runs = machine.path("runs");
    let mut roster = roster.to_owned();
    let mut found = 0;
    for name in ["private_key", "refresh_token"] {
        let start = format!("{name} = \"file:");
        let Some((_, rest)) = roster.split_once(&start) else {
            continue;
        };
        let (file, _) = rest.split_once('"').unwrap();
        let script = format!("echo {name} >> {}; cat {file}", runs.display());
        let whole = format!("{start}{file}\"");
        let program = format!("{name} = \"command:sh -c '{script}'\"");
        roster = roster.replacen(&whole, &program, 1);
        found += 1;
    }
    assert_eq!(found, 2, "{text}");
    write_file(
        &path,
        &format!("{before}[profiles.sandbox.roster]{roster}"),
        0o600,
    );
    machine.set("PATH", "/usr/bin:/bin");
    let ran = machine.run("domains list --no-dns");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(lines(&runs), 2);
    let ran = machine.run("domains list --no-dns");
    assert_eq!((ran.code, lines(&runs)), (0, 2), "{ran}");
    machine.clock.advance(Duration::from_secs(3600));
    let ran = machine.run("domains list --no-dns");
    assert_eq!((ran.code, lines(&runs)), (0, 4), "{ran}");
}

#[test]
fn servers_that_are_gone_hold_nothing_up() {
    let (machine, _apple) = Machine::with_business();
    assert_eq!(machine.run("servers list").code, 0);
    let file = ids_file(&machine);
    let mut kept: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let list = kept
        .as_object_mut()
        .unwrap()
        .values_mut()
        .find_map(serde_json::Value::as_array_mut)
        .unwrap();
    let one = list[0].clone();
    for number in 0..9 {
        let mut gone = one.clone();
        gone["id"] = format!("GONE{number}").into();
        list.insert(0, gone);
    }
    let text = kept.to_string();
    for line in [
        "assign",
        "servers list",
        "assign --platform apple-tv --server prod",
        "assign --platform mac --clear --yes",
    ] {
        write_file(&file, &text, 0o600);
        let ran = machine.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
}
