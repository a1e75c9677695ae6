//! Completions, as the stubs of the shells ask for them. `tests/real/70-shells.sh` asks in the shells themselves.

use crate::support::{KeyringManner, Machine, write_file};

const CONFIGURATION: &str = r#"default_profile = "acme"
[profiles.acme]
client_id = "BUSINESSAPI.00000000-0000-0000-0000-000000000000"
private_key = "keyring:"
[profiles.acme.aliases]
prod = "Jamf Pro Production"
[profiles.acme.tokens.main]
token = "keyring:"
server_name = "Jamf Pro Production"
[profiles.acme.declared_adde_urls]
"Intune" = { url = "https://mdm.example/x", seen = 2026-11-25 }
[profiles.globex]
client_id = "SCHOOLAPI.00000000-0000-0000-0000-000000000000"
private_key = "keyring:"
[profiles.globex.aliases]
classroom = "Classroom"
"#;

/// A machine with two profiles, and a keyring that nobody may ask.
fn machine() -> Machine {
    let mut machine = Machine::bare();
    machine.keyring(KeyringManner::Locked);
    std::fs::create_dir(machine.path("config")).unwrap();
    write_file(&machine.path("config/config.toml"), CONFIGURATION, 0o600);
    machine
}

/// What `shell` is offered for the words of a line, the last of which is not finished.
fn offered(machine: &mut Machine, shell: &str, line: &[&str]) -> String {
    machine.set("COMPLETE", shell);
    let ran = machine.run(&format!("-- {}", shell_words::join(line)));
    machine.unset("COMPLETE");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
    ran.stdout
}

#[test]
fn names_come_from_the_configuration() {
    let mut machine = machine();
    for (line, names) in [
        (&["abmctl", "-p", ""][..], "acme\nglobex\n"),
        (&["abmctl", "profiles", "remove", ""], "acme\nglobex\n"),
        (
            &["abmctl", "assign", "--server", ""],
            "Intune\nJamf Pro Production\nprod\n",
        ),
        (&["abmctl", "assign", "--server=p"], "--server=prod\n"),
        (
            &["abmctl", "assign", "--server", "'Jamf P"],
            "Jamf Pro Production\n",
        ),
        (
            &["abmctl", "assign", "--server", r"Jamf\ P"],
            "Jamf Pro Production\n",
        ),
        (
            &["abmctl", "-p", "globex", "servers", "get", ""],
            "classroom\n",
        ),
        (
            &["abmctl", "--profile=globex", "assign", "--from", ""],
            "classroom\nnone\n",
        ),
        (&["abmctl", "adde-url", "get", "--server", "m"], "main\n"),
        (&["abmctl", "tokens", "remove", ""], "main\n"),
        (&["abmctl", "servers", "alias", ""], "prod\n"),
        (
            &["abmctl", "assign", "--platform", "mac,vi"],
            "mac,vision\n",
        ),
        (
            &["abmctl", "domains", "list", "--columns", "domain,st"],
            "domain,status\n",
        ),
        (
            &["abmctl", "assign", "--clear", "--columns", "f"],
            "from\nfrom_known\n",
        ),
        (&["abmctl", "-o", "j"], "json\n"),
        // Nobody knows these here, and they are no files.
        (&["abmctl", "domains", "check", "c"], ""),
        (&["abmctl", "api", "GET", "s"], ""),
        (&["abmctl", "assign", "--note", "s"], ""),
        (&["abmctl", "gener"], ""),
    ] {
        assert_eq!(offered(&mut machine, "bash", line), names, "{line:?}");
    }
    let told = offered(&mut machine, "fish", &["abmctl", "assign", "--server", "p"]);
    assert_eq!(told, "prod\tJamf Pro Production\n");
    assert!(!machine.path("state").exists(), "something was written");
}

#[test]
fn variables_count_as_they_do_for_the_command() {
    let mut machine = machine();
    machine.set("ABMCTL_PROFILE", "globex");
    machine.set("ABMCTL_ALIASES", "main=ID");
    let line = ["abmctl", "assign", "--server", ""];
    assert_eq!(
        offered(&mut machine, "zsh", &line),
        "classroom\tClassroom\nmain\tID\n"
    );
}

#[test]
fn what_cannot_be_used_has_no_names() {
    let mut machine = machine();
    for (text, mode) in [("profiles = 1", 0o600), (CONFIGURATION, 0o666)] {
        write_file(&machine.path("config/config.toml"), text, mode);
        for line in [
            &["abmctl", "-p", ""][..],
            &["abmctl", "assign", "--server", ""],
        ] {
            assert_eq!(offered(&mut machine, "bash", line), "", "{line:?}");
        }
    }
}

#[test]
fn the_variable_alone_completes_nothing() {
    let mut machine = machine();
    machine.set("COMPLETE", "bash");
    let ran = machine.run("profiles list --columns profile --no-headers");
    assert_eq!(ran.stdout, "acme\nglobex\n", "{ran}");
    machine.set("COMPLETE", "yes");
    let ran = machine.run("-- abmctl -p ''");
    assert_eq!(ran.code, 2, "{ran}");
}
