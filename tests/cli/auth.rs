//! `auth`: logging in, what is used, logging out.

use abmctl::sandbox::fault::Fault;
use insta::assert_snapshot;

use crate::support::{Apple, KeyringManner, Machine, requests, write_file};

/// A machine that knows where the emulator is, and has no credentials but a downloaded key.
pub fn fresh() -> (Machine, Apple, String) {
    let (machine, apple) = Machine::with_business();
    emptied(machine, apple)
}

fn emptied(machine: Machine, apple: Apple) -> (Machine, Apple, String) {
    let credentials = apple.credentials();
    let config = machine.path("config");
    std::fs::remove_dir_all(&config).unwrap();
    let key = machine.path("downloads/key.pem");
    write_file(&key, &credentials.private_key, 0o600);
    let flags = format!(
        "--client-id {} --key-id {} --private-key-file {}",
        credentials.client_id,
        credentials.key_id,
        key.display()
    );
    (machine, apple, flags)
}

fn fault(apple: &Apple, text: &str) {
    apple.add_fault(text.parse::<Fault>().unwrap());
}

fn config(machine: &Machine) -> String {
    std::fs::read_to_string(machine.path("config/config.toml")).unwrap_or_default()
}

/// Everything below the machine's folder, to look for what should not be there.
fn files(machine: &Machine) -> Vec<String> {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(machine.folder.path(), &mut found);
    let start = machine.folder.path().to_str().unwrap().len();
    let mut found: Vec<String> = found.iter().map(|path| path[start..].to_owned()).collect();
    found.retain(|path| !path.contains(".lock") && !path.starts_with("/downloads"));
    // The emulator's.
    found.retain(|path| path != "/ca.pem");
    found.sort();
    found
}

#[test]
fn login_in_a_script_keeps_the_key_in_the_keyring() {
    let (machine, apple, flags) = fresh();
    assert_snapshot!(machine.run(&format!("auth login {flags}")));
    assert_eq!(machine.keyring.secrets().len(), 1);
    assert!(config(&machine).contains("private_key = \"keyring:\""));
    // The fresh token serves the next command.
    let before = requests(&apple).len();
    assert_eq!(machine.run("auth status --permissions").code, 0);
    assert!(
        requests(&apple)[before..]
            .iter()
            .all(|request| !request.starts_with("POST"))
    );
}

#[test]
fn login_for_cron_keeps_the_key_in_a_file_and_status_proves_it() {
    let (machine, _apple, flags) = fresh();
    assert_snapshot!(machine.run(&format!(
        "auth login {flags} --unattended --profile acme -o json"
    )));
    assert!(machine.keyring.secrets().is_empty());
    assert_snapshot!(machine.run("auth status --unattended"));
    assert_eq!(
        files(&machine)[..2],
        ["/config/config.toml", "/config/secrets/acme/private_key"]
    );
}

#[test]
fn login_asks_on_a_terminal() {
    let (mut machine, apple, _) = fresh();
    machine.at_terminal();
    let credentials = apple.credentials();
    let key = machine.path("downloads/key.pem");
    machine.stdin = format!(
        "acme\n{}\n{}\n/nowhere\n'{}'\nno\nfile\n",
        credentials.client_id,
        credentials.key_id,
        key.display()
    );
    assert_snapshot!(machine.run("auth login"));
    assert!(config(&machine).contains("file:secrets/default/private_key"));
}

#[test]
fn login_asks_before_it_replaces() {
    let (mut machine, apple) = Machine::with_business();
    machine.at_terminal();
    let before = config(&machine);
    machine.stdin = "BUSINESSAPI.other\nno\n".to_owned();
    assert_snapshot!(machine.run("auth login"));
    assert_eq!(config(&machine), before);
    assert_eq!(requests(&apple), Vec::<String>::new());
}

#[test]
fn login_replaces_in_a_script_and_drops_the_old_token() {
    let (machine, apple) = Machine::with_business();
    assert_eq!(machine.run("auth status --permissions").code, 0);
    let credentials = apple.credentials();
    let key = machine.path("key.pem");
    write_file(&key, &credentials.private_key, 0o600);
    let flags = format!(
        "--client-id {} --key-id {} --private-key-file {}",
        credentials.client_id,
        credentials.key_id,
        key.display()
    );
    assert_snapshot!(machine.run(&format!("auth login {flags} --store file")));
    // A key that abmctl did not put there is not abmctl's to remove.
    assert!(machine.path("config/private-key.pem").exists());
}

#[test]
fn refused_credentials_store_nothing() {
    let (machine, apple, flags) = fresh();
    fault(&apple, "POST /auth/oauth2/token=400:invalid_client");
    assert_snapshot!(machine.run(&format!("auth login {flags} --store file")));
    assert_eq!(files(&machine), Vec::<String>::new());
}

#[test]
fn a_token_that_the_api_refuses_stores_nothing() {
    let (machine, apple, flags) = fresh();
    fault(&apple, "GET /v1/*=401");
    let ran = machine.run(&format!("auth login {flags} --store file"));
    assert_eq!(ran.code, 3, "{ran}");
    assert_eq!(files(&machine), Vec::<String>::new());
}

#[test]
fn what_answers_web_pages_is_no_api_of_apple() {
    for (faults, code) in [
        (&["GET /v1/*=html"][..], 1),
        (&["GET /v1/*=html403"], 1),
        (&["GET /v1/*=503"], 6),
        (&["GET /v1/mdmServers*=html403", "GET /v1/*=503"], 7),
    ] {
        let (machine, apple, flags) = fresh();
        for text in faults {
            fault(&apple, text);
        }
        let ran = machine.run(&format!("auth login {flags}"));
        assert_eq!(ran.code, code, "{ran}");
        assert!(ran.stderr.contains("Nothing was stored."), "{ran}");
        assert!(!ran.stdout.contains("accepts"), "{ran}");
        assert_eq!(config(&machine), "");
        // The same for credentials that are there.
        let (machine, apple) = Machine::with_business();
        for text in faults {
            fault(&apple, text);
        }
        let status = machine.run("auth status --permissions");
        assert_eq!(status.code, code, "{status}");
    }
}

#[test]
fn a_dry_run_tries_and_stores_nothing() {
    let (machine, apple, flags) = fresh();
    assert_snapshot!(machine.run(&format!(
        "auth login {flags} --store file --dry-run -o json"
    )));
    assert_eq!(files(&machine), Vec::<String>::new());
    assert!(
        requests(&apple)
            .iter()
            .any(|request| request.starts_with("POST"))
    );
}

#[test]
fn what_is_missing_is_named() {
    let (machine, apple, flags) = fresh();
    assert_snapshot!(machine.run("auth login"));
    assert_snapshot!(machine.run("auth login --client-id BUSINESSAPI.x"));
    assert_snapshot!(machine.run("auth login --client-id ACME.x"));
    assert_snapshot!(machine.run(&format!("auth login {flags} --store keyring --unattended")));
    assert_eq!(requests(&apple), Vec::<String>::new());
}

#[test]
fn a_key_that_can_not_be_used_says_why() {
    let (machine, _apple, flags) = fresh();
    let key = machine.path("downloads/key.pem");
    write_file(
        &key,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        0o600,
    );
    assert_snapshot!(machine.run(&format!("auth login {flags}")));
    write_file(&key, "x", 0o644);
    assert_snapshot!(machine.run(&format!("auth login {flags}")));
}

#[test]
fn a_key_may_be_piped_in_and_never_typed() {
    let (mut machine, apple, _) = fresh();
    let credentials = apple.credentials();
    machine.stdin.clone_from(&credentials.private_key);
    let line = format!(
        "auth login --client-id {} --key-id {} --private-key-file - --store file",
        credentials.client_id, credentials.key_id
    );
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    machine.at_terminal();
    assert_snapshot!(machine.run(&format!("{line} --yes")));
    let all = format!("{ran}");
    let middle = credentials.private_key.lines().nth(1).unwrap();
    assert!(!all.contains(middle));
}

#[test]
fn a_keyring_that_keeps_nothing_names_the_file() {
    for manner in [
        KeyringManner::Locked,
        KeyringManner::Forgets,
        KeyringManner::Absent,
    ] {
        let (mut machine, apple, flags) = fresh();
        machine.keyring(manner);
        let ran = machine.run(&format!("auth login {flags}"));
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("`--store file`"), "{ran}");
        assert_eq!(requests(&apple), Vec::<String>::new());
        assert_eq!(files(&machine), Vec::<String>::new());
    }
}

#[test]
fn the_environment_wins_so_nothing_is_stored_or_removed() {
    let (mut machine, apple, flags) = fresh();
    machine.set("ABMCTL_CLIENT_ID", &apple.credentials().client_id);
    machine.set("ABMCTL_KEY_ID", &apple.credentials().key_id);
    let key = machine.path("downloads/key.pem");
    machine.set("ABMCTL_PRIVATE_KEY_FILE", key.to_str().unwrap());
    assert_snapshot!(machine.run(&format!("auth login {flags}")));
    assert_snapshot!(machine.run("auth logout --yes"));
    assert_snapshot!(machine.run("auth status --unattended"));
}

#[test]
fn what_is_refused_is_said_with_what_is_missing() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "GET /v1/users*=403");
    fault(&apple, "GET /v1/mdmServers*=403");
    fault(&apple, "GET /v1/auditEvents*=503");
    assert_snapshot!(machine.run("auth status --permissions"));
}

#[test]
fn school_manager_has_less() {
    let (machine, apple) = Machine::with_school();
    let (machine, apple, flags) = emptied(machine, apple);
    assert_snapshot!(machine.run(&format!("auth login {flags} --store file")));
    assert!(
        requests(&apple)
            .iter()
            .all(|request| !request.contains("users"))
    );
}

#[test]
fn status_asks_nobody() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("auth status"));
    assert_snapshot!(machine.run("auth status -o json"));
    assert_eq!(requests(&apple), Vec::<String>::new());
}

#[test]
fn status_of_nothing_is_exit_3() {
    assert_snapshot!(Machine::bare().run("auth status"));
    assert_eq!(Machine::bare().run("auth status --unattended").code, 3);
}

#[test]
fn status_says_what_can_not_be_read() {
    let (machine, _apple) = Machine::with_business();
    std::fs::remove_file(machine.path("config/private-key.pem")).unwrap();
    let ran = machine.run("auth status");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("there is no file"), "{ran}");
}

#[test]
fn a_keyring_is_no_proof_for_a_job() {
    let (mut machine, apple, flags) = fresh();
    assert_eq!(
        machine
            .run(&format!("auth login {flags} --store keyring"))
            .code,
        0
    );
    machine.keyring(KeyringManner::Locked);
    let before = requests(&apple).len();
    assert_snapshot!(machine.run("auth status --unattended"));
    assert_eq!(requests(&apple).len(), before);
}

#[test]
fn a_proof_is_not_taken_from_the_cache_and_ends_early() {
    let (machine, apple) = Machine::with_business();
    assert_eq!(machine.run("auth status --permissions").code, 0);
    fault(&apple, "POST /auth/oauth2/token=400:invalid_clientx1");
    let ran = machine.run("auth status --unattended");
    assert_eq!(ran.code, 3, "{ran}");
    fault(&apple, "POST /auth/oauth2/token=503");
    let ran = machine.run("auth status --unattended");
    assert_eq!(ran.code, 6, "{ran}");
}

#[test]
fn logout_removes_what_login_stored() {
    let (machine, _apple, flags) = fresh();
    assert_eq!(
        machine
            .run(&format!("auth login {flags} --store file"))
            .code,
        0
    );
    assert_snapshot!(machine.run("auth logout --dry-run"));
    assert_snapshot!(machine.run("auth logout --yes"));
    assert_eq!(
        files(&machine),
        ["/config/config.toml", "/state/journal.ndjson"]
    );
    assert_snapshot!(machine.run("auth logout --yes"));
}

#[test]
fn logout_leaves_what_is_not_abmctls() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("auth logout --yes -o json"));
    assert!(machine.path("config/private-key.pem").exists());
    let left = config(&machine);
    assert!(
        left.contains("[profiles.sandbox.tokens.prod]") && !left.contains("client_id"),
        "{left}"
    );
}

#[test]
fn logout_with_a_locked_keyring_changes_nothing() {
    let (mut machine, _apple, flags) = fresh();
    assert_eq!(
        machine
            .run(&format!("auth login {flags} --store keyring"))
            .code,
        0
    );
    let before = config(&machine);
    machine.keyring(KeyringManner::Locked);
    assert_snapshot!(machine.run("auth logout --yes"));
    assert_eq!(config(&machine), before);
}

#[test]
fn logout_of_nothing_is_no_failure() {
    assert_eq!(Machine::bare().run("auth logout --yes").code, 0);
    assert_eq!(Machine::bare().run("auth logout --profile acme").code, 4);
}
