//! `domains declare`: what the operator saw in the portal.

use std::fs;

use insta::assert_snapshot;

use crate::support::{Machine, write_file};

fn config(machine: &Machine) -> String {
    fs::read_to_string(machine.path("config/config.toml")).unwrap()
}

#[test]
fn a_domain_is_declared_seen_again_and_taken_away() {
    let machine = Machine::bare();
    assert_snapshot!(
        "declare_dry_run",
        machine.run("domains declare acme.com -n")
    );
    assert!(!machine.path("config/config.toml").exists());
    assert_snapshot!("declare", machine.run("domains declare ACME.com."));
    assert_snapshot!("declare_again", machine.run("domains declare acme.com"));
    assert_snapshot!(
        "declare_on_a_day",
        machine.run("domains declare acme.com --seen 2026-09-02 -o json")
    );
    machine.run("domains declare bücher.example --seen 2026-01-31");
    assert_snapshot!("declared_config", config(&machine));
    assert_snapshot!(
        "declare_remove",
        machine.run("domains declare acme.com --remove")
    );
    assert_snapshot!(
        "declare_remove_again",
        machine.run("domains declare acme.com --remove")
    );
}

#[test]
fn what_was_written_by_hand_stays() {
    let machine = Machine::bare();
    let text = "[profiles.acme.domains]\n# From the portal.\ndeclared = [\n    \"Acme.COM\", # the old one\n    \"acme.de\",\n]\n";
    write_file(&machine.path("config/config.toml"), text, 0o600);
    machine.run("domains declare acme.com --seen 2026-09-02");
    machine.run("domains declare acme.org --seen 2026-09-02");
    assert_snapshot!(config(&machine));
}

#[test]
fn another_spelling_in_the_file_is_the_same_domain() {
    let machine = Machine::bare();
    let text = "[profiles.acme.domains]\ndeclared = [\"büro.example\", \"Acme.de.\"]\nseen.\"Büro.example\" = \"2026-10-01\"\nseen.\"ACME.de\" = \"2026-10-02\"\n";
    write_file(&machine.path("config/config.toml"), text, 0o600);
    let ran = machine.run("domains declare acme.de --seen 2026-09-01 -o json");
    assert_eq!(ran.json()["changes"][0]["from"], "2026-10-02", "{ran}");
    let ran = machine.run("domains declare acme.de --seen 2026-09-01 -o json");
    assert_eq!(ran.json()["changed"], false, "{ran}");
    let ran = machine.run("domains declare BÜRO.example --remove");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        !config(&machine).to_lowercase().contains("ro.example"),
        "{}",
        config(&machine)
    );
    assert_eq!(machine.run("domains declare büro.example --remove").code, 4);
}

#[test]
fn a_list_says_when_it_was_seen_and_asks_to_look_again() {
    let (machine, _apple) = Machine::with_school();
    machine.forget_roster();
    machine.run("domains declare acme.com --seen 2026-09-02");
    machine.run("domains declare acme.de --seen 2026-01-31");
    assert_snapshot!("declared_list", machine.run("domains list"));
    let evidence = &machine.run("domains list -o json").json()[0]["evidence"][0];
    assert_eq!(evidence["says"], "seen in the portal by you on 2026-09-02");
    assert_eq!(evidence["at"], "2026-09-02T00:00:00Z");
}

#[test]
fn what_nobody_would_read_is_not_kept() {
    let (mut machine, _apple) = Machine::with_business();
    let config = config(&machine);
    let value = |name: &str| {
        let line = config.lines().find(|line| line.starts_with(name)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let (client_id, key_id) = (value("client_id"), value("key_id"));
    let private_key = value("private_key").replace("file:", "");
    let private_key = machine.path("config").join(private_key);
    machine.set("ABMCTL_CLIENT_ID", &client_id);
    machine.set("ABMCTL_KEY_ID", &key_id);
    machine.set("ABMCTL_PRIVATE_KEY_FILE", private_key.to_str().unwrap());
    assert_snapshot!("declare_nowhere", machine.run("domains declare acme.com"));
    machine.set("ABMCTL_PROFILE", "sandbox");
    assert_eq!(machine.run("domains declare acme.com").code, 0);
    let ran = machine.run("domains list --check -q -o csv --no-headers --columns domain");
    assert_eq!(ran.stdout, "acme.io\nshop.acme.com\n", "{ran}");
}

#[test]
fn a_terminal_shows_a_long_name_whole_above_the_rest_of_its_row() {
    let (mut machine, _apple) = Machine::with_business();
    machine.at_terminal();
    machine.run("domains declare students.northfield-school.org");
    assert_snapshot!(
        "declared_at_terminal",
        machine.run("domains list --quiet --color never")
    );
}

#[test]
fn what_is_no_domain_or_no_day_is_refused() {
    let machine = Machine::bare();
    let said: Vec<String> = [
        "https://www.acme.com/x",
        "ada@acme.com",
        "acme.com --seen yesterday",
        "acme.com --seen 2026-11-24",
        "lab.appleid.com",
    ]
    .iter()
    .map(|line| machine.run(&format!("domains declare {line}")).to_string())
    .collect();
    assert_snapshot!("declare_bad_input", said.join("\n"));
    // Somewhere it is tomorrow already.
    let ran = machine.run("domains declare acme.com --seen 2026-11-23 -n");
    assert_eq!(ran.code, 0, "{ran}");
    for line in [
        "acme",
        "acme.com --seen 2027-01-01",
        "acme.com --seen 2026-01-01 --remove",
    ] {
        let ran = machine.run(&format!("domains declare {line}"));
        assert_eq!(ran.code, 2, "{ran}");
    }
    let text = "[profiles.acme.domains.seen]\n\"acme.com\" = \"soon\"\n";
    write_file(&machine.path("config/config.toml"), text, 0o600);
    assert_snapshot!("no_date", machine.run("domains list"));
}
