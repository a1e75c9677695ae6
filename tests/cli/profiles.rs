//! `profiles`: list, use, remove.

use insta::assert_snapshot;

use crate::support::{KeyringManner, Machine, write_file};

const CONFIG: &str = r#"# kept
default_profile = "acme"

[profiles.acme]
client_id = "BUSINESSAPI.00000000-0000-0000-0000-000000000001"
key_id = "k"
private_key = "keyring:"

[profiles.acme.aliases]
prod = "Jamf Pro Production"

[profiles.acme.tokens.prod]
token = "file:secrets/acme/tokens.prod.token"

[profiles.acme.tokens.test]
token = "file:/elsewhere/token.json"

[profiles.school]
client_id = "SCHOOLAPI.00000000-0000-0000-0000-000000000002"
private_key = "command:op read op://secret"
"#;

fn machine() -> Machine {
    let machine = Machine::bare();
    write_file(&machine.path("config/config.toml"), CONFIG, 0o600);
    write_file(
        &machine.path("config/secrets/acme/tokens.prod.token"),
        "{}",
        0o600,
    );
    machine
}

fn config(machine: &Machine) -> String {
    std::fs::read_to_string(machine.path("config/config.toml")).unwrap()
}

#[test]
fn they_are_listed() {
    assert_snapshot!(machine().run("profiles list"));
    assert_snapshot!(machine().run("profiles list -o json"));
    assert_snapshot!(Machine::bare().run("profiles list"));
}

#[test]
fn one_is_chosen() {
    let machine = machine();
    assert_snapshot!(machine.run("profiles use school --dry-run -o json"));
    assert_eq!(config(&machine), CONFIG);
    assert_snapshot!(machine.run("profiles use school"));
    assert!(config(&machine).starts_with("# kept\ndefault_profile = \"school\"\n"));
    assert_snapshot!(machine.run("profiles use school"));
    assert_snapshot!(machine.run("profiles use acne"));
}

#[test]
fn removing_needs_a_yes() {
    let mut machine = machine();
    assert_snapshot!(machine.run("profiles remove acme"));
    machine.at_terminal();
    machine.stdin = "no\n".to_owned();
    assert_snapshot!(machine.run("profiles remove acme"));
    assert_eq!(config(&machine), CONFIG);
    machine.stdin = "yes\n".to_owned();
    assert_eq!(machine.run("profiles remove acme").code, 0);
}

#[test]
fn one_is_removed_with_its_secrets() {
    let machine = machine();
    assert_snapshot!(machine.run("profiles remove acme --yes --dry-run"));
    assert_eq!(config(&machine), CONFIG);
    assert_snapshot!(machine.run("profiles remove acme --yes -o json"));
    assert!(
        !machine
            .path("config/secrets/acme/tokens.prod.token")
            .exists()
    );
    let left = config(&machine);
    assert!(
        !left.contains("acme") && left.contains("[profiles.school]"),
        "{left}"
    );
    assert_eq!(machine.run("profiles remove acme --yes").code, 4);
}

#[test]
fn a_locked_keyring_keeps_the_profile() {
    let mut machine = machine();
    machine.keyring(KeyringManner::Locked);
    assert_snapshot!(machine.run("profiles remove acme --yes"));
    assert_eq!(config(&machine), CONFIG);
}
