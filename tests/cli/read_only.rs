//! `read_only` in a profile and `ABMCTL_READ_ONLY`: nothing is sent that isn't a read.

use std::fs;

use insta::assert_snapshot;

use crate::assign::{fault, patches};
use crate::support::{Apple, Machine, requests, write_file};

const MOVE_VISION: &str = "assign --platform vision --server prod";

/// Requests that change something at Apple. A POST to a token endpoint opens the way for others.
fn changes(apple: &Apple) -> Vec<String> {
    let is_a_read = |line: &String| line.starts_with("GET ") || line.starts_with("POST /auth/");
    requests(apple)
        .into_iter()
        .filter(|line| !is_a_read(line))
        .collect()
}

/// Makes the profile of the sandbox read-only.
fn forbid(machine: &Machine) {
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let section = "[profiles.sandbox]\n";
    assert!(text.contains(section), "{text}");
    let text = text.replacen(section, &format!("{section}read_only = true\n"), 1);
    write_file(&path, &text, 0o600);
}

const CHANGING: [&str; 7] = [
    MOVE_VISION,
    "assign --platform iphone --clear --yes",
    "adde-url set https://acme.example/.well-known/com.apple.remotemanagement --no-verify --server prod",
    "adde-url clear --server prod --yes",
    "api POST /v1/orgDeviceActivities -F a=1",
    "api PATCH /v1/mdmServers/1 -F a=1",
    "api DELETE /v1/mdmServers/1",
];

#[test]
fn nothing_is_sent_that_changes_something() {
    for by_profile in [true, false] {
        let (mut machine, apple) = Machine::with_business();
        let set = "adde-url set https://acme.example/ --no-verify --server prod";
        assert_eq!(machine.run(set).code, 0);
        let before = changes(&apple);
        if by_profile {
            forbid(&machine);
        } else {
            machine.set("ABMCTL_READ_ONLY", "1");
        }
        for line in CHANGING {
            let ran = machine.run(line);
            assert_eq!(ran.code, 2, "{ran}");
            let why = if by_profile {
                "read_only is set for profile sandbox in"
            } else {
                "ABMCTL_READ_ONLY is set"
            };
            assert!(ran.stderr.contains(why), "{ran}");
        }
        assert_eq!(changes(&apple), before);
        for (line, code) in [
            ("assign", 0),
            ("assign --platform vision --server prod --check", 9),
            ("assign --platform vision --server prod --dry-run", 0),
            ("assign --platform mac --server prod", 0),
            ("adde-url list", 0),
            ("domains list --no-dns", 0),
            ("api GET /v1/mdmServers", 0),
        ] {
            let ran = machine.run(line);
            assert_eq!(ran.code, code, "{ran}");
        }
        let status = machine.run("auth status -o json").json();
        assert_eq!(status["read_only"], true);
        assert_eq!(changes(&apple), before);
    }
}

#[test]
fn it_says_what_was_not_sent() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("ABMCTL_READ_ONLY", "1");
    assert_snapshot!("assign", machine.run(CHANGING[0]));
    assert_snapshot!("adde_url", machine.run(CHANGING[2]));
    assert_snapshot!("api", machine.run(CHANGING[5]));
    machine.set("ABMCTL_READ_ONLY", "maybe");
    assert_snapshot!("neither", machine.run("assign"));
}

#[test]
fn the_variable_does_not_undo_the_profile() {
    let (mut machine, apple) = Machine::with_business();
    forbid(&machine);
    machine.set("ABMCTL_READ_ONLY", "0");
    assert_eq!(machine.run(MOVE_VISION).code, 2);
    assert_eq!(changes(&apple), Vec::<String>::new());
}

#[test]
fn what_is_open_is_shown_and_not_restored() {
    let (mut machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=503@2");
    assert_eq!(machine.run(MOVE_VISION).code, 7);
    apple.clear_faults();
    let before = patches(&apple).len();
    machine.set("ABMCTL_READ_ONLY", "1");
    assert_snapshot!(machine.run("assign"));
    assert_eq!(patches(&apple).len(), before);
    machine.unset("ABMCTL_READ_ONLY");
    assert_eq!(machine.run("assign").code, 0);
    assert_eq!(patches(&apple).len(), before + 1);
}
