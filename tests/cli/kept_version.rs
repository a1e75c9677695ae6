//! Configuration and state as version 0.1.0 wrote them are still read.
//!
//! `tests/fixtures/version-0.1.0` was written by that version's commands on the emulator, whose origin it has as
//! `http://127.0.0.1:1` and its folder as `/home/me`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use abmctl::apple::oauth::cache::{Cache, Owner};
use abmctl::sandbox::ProductFamily;
use abmctl::state::{domains, pending};
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests, write_file};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/version-0.1.0")
        .join(name)
}

/// Puts a fixture onto the machine, for this emulator.
fn restore(name: &str, machine: &Machine, origin: &str) {
    let from = fixture(name);
    fs::remove_dir_all(machine.path("config")).unwrap();
    let mut open = vec![from.clone()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = fs::read_to_string(&path)
                .unwrap()
                .replace("http://127.0.0.1:1", origin)
                .replace("/home/me", machine.folder.path().to_str().unwrap());
            let below = path.strip_prefix(&from).unwrap().to_str().unwrap();
            write_file(&machine.path(below), &text, 0o600);
        }
    }
}

fn business() -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    restore("business", &machine, apple.origin());
    let key = machine.path("config/secrets/acme/private_key");
    // The emulator makes a key of its own each time.
    write_file(&key, &apple.credentials().private_key, 0o600);
    (machine, apple)
}

/// The only file in a folder of the fixture, as JSON.
fn only_file(folder: &str) -> Value {
    let mut files = fs::read_dir(fixture(folder)).unwrap();
    let text = fs::read_to_string(files.next().unwrap().unwrap().path()).unwrap();
    assert!(files.next().is_none());
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_configuration_is_read() {
    let (machine, _apple) = business();
    let status = machine.run("auth status -o json").json();
    assert_eq!(status["profile"], json!("acme"));
    assert_eq!(
        status["key_id"],
        json!("4cd76bbc-3972-4b66-af7c-3ebdbf91f9b8")
    );
    assert_eq!(status["key_pairs"].as_array().unwrap().len(), 1, "{status}");
    let tokens = machine.run("tokens list --offline -o json").json();
    let states: Vec<_> = tokens
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["state"])
        .collect();
    assert_eq!(states, [&json!("ok"), &json!("ok")]);
    assert_eq!(machine.run("servers get prod").code, 0);
}

#[test]
fn the_configuration_of_the_roster_api_is_read() {
    let (machine, apple) = Machine::with_school();
    restore("school", &machine, apple.origin());
    let key = machine.path("config/private-key.pem");
    write_file(&key, &apple.credentials().private_key, 0o600);
    for token in ["prod", "intune"] {
        let path = machine.path(&format!("config/token-{token}.json"));
        write_file(&path, &apple.credentials().server_tokens[token], 0o600);
    }
    let ran = machine.run("auth status -o json");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        ran.json()["roster"]["organization"],
        json!("Acme School"),
        "{ran}"
    );
}

#[test]
fn the_journal_is_read_and_an_open_change_restored() {
    let (machine, apple) = business();
    // The entry is open: vision was taken from Jamf Pro Production, and neither given to Intune nor given back.
    let families = [
        BTreeSet::from([ProductFamily::Mac]),
        BTreeSet::from([ProductFamily::Ipad, ProductFamily::Iphone]),
    ];
    apple.organization(|acme| {
        for (server, families) in acme.servers.iter_mut().zip(families) {
            server.default_families = families;
        }
    });
    // What that version sent may still be acted on.
    let ran = machine.run("assign");
    assert_eq!(ran.code, 7, "{ran}");
    machine.clock.advance(std::time::Duration::from_secs(1200));
    let ran = machine.run("assign");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
    let holder = apple.organization(|acme| {
        let holder = acme.holder(ProductFamily::Vision);
        holder.map(|server| server.name.clone())
    });
    assert_eq!(holder.as_deref(), Some("Jamf Pro Production"), "{ran}");
    // What was seen of the server's ADDE URL is known without asking.
    assert!(ran.stdout.contains("set 2026-11-22"), "{ran}");
}

#[test]
fn what_is_kept_of_domains_is_read() {
    let stored = only_file("business/state/domains");
    let owner: domains::Owner = serde_json::from_value(stored["owner"].clone()).unwrap();
    let store = domains::DomainStore::new(&fixture("business/state"), owner);
    let kept = store.read().unwrap();
    assert!(kept.log.is_some() && kept.accounts.is_some());
}

/// The only file of kept domains: the version of its log, and its path.
fn kept_domains(machine: &Machine) -> (Value, PathBuf) {
    let mut files: Vec<PathBuf> = fs::read_dir(machine.path("state/domains"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let path = files.pop().unwrap();
    assert!(files.is_empty());
    let stored: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    (stored["log_version"].clone(), path)
}

#[test]
fn an_audit_log_that_an_older_version_read_is_read_again_once() {
    let (machine, apple) = Machine::with_business();
    let asked = |line: &str| {
        let before = requests(&apple).len();
        let ran = machine.run(line);
        let after = requests(&apple);
        let events = after[before..]
            .iter()
            .filter(|it| it.contains("/v1/auditEvents"))
            .count();
        (ran, events)
    };
    let (first, whole) = asked("domains list -o json");
    let known = first.json();
    let (version, path) = kept_domains(&machine);
    assert_eq!(version, json!(1));
    // The same as an older version of abmctl keeps it.
    let text = fs::read_to_string(&path).unwrap();
    let older = text.replacen("\"log_version\":1,", "", 1);
    assert_ne!(older, text);
    write_file(&path, &older, 0o600);
    // If Apple can't be asked, it still counts, and stays older.
    for what in ["403", "html403", "503"] {
        apple.add_fault(format!("GET /v1/auditEvents*={what}").parse().unwrap());
        let (ran, _) = asked("domains list -o json --max-wait 1s");
        assert_eq!((ran.code, &ran.json()), (7, &known), "{ran}");
        assert_eq!(kept_domains(&machine).0, json!(0));
        apple.clear_faults();
    }
    let (ran, events) = asked("domains list -o json");
    assert_eq!((ran.code, &ran.json()), (0, &known), "{ran}");
    assert!(events >= whole.min(3), "{events} of {whole}: {ran}");
    assert_eq!(kept_domains(&machine).0, json!(1));
    // Once: then only what is new is asked for.
    machine.clock.advance(std::time::Duration::from_secs(60));
    let (ran, events) = asked("domains list -o json");
    assert_eq!((ran.code, events), (0, 1), "{ran}");
}

#[test]
fn an_access_token_is_read() {
    for name in ["business", "school"] {
        let stored = only_file(&format!("{name}/state/access-tokens"));
        let owner: Owner = serde_json::from_value(stored.clone()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), owner);
        write_file(&cache.path(), &stored.to_string(), 0o600);
        let token = cache.read().unwrap();
        assert_eq!(token.expires_at.to_string(), "2026-11-22T11:00:00Z");
        let there = fixture(&format!("{name}/state/access-tokens"));
        assert!(there.join(cache.path().file_name().unwrap()).exists());
    }
}

#[test]
fn an_authorization_under_way_is_read() {
    let store = pending::PendingStore::new(&fixture("school/state"));
    let pending = store.read("sandbox").unwrap();
    assert_eq!(pending.client_id, "com.acme.abmctl");
    assert_eq!(pending.store.as_deref(), Some("file"));
}
