//! `journal`: the trail of what was changed from here, for every command that changes something.
//!
//! Over 400 lines: each command and each end is told of in one place.

use std::fs;

use abmctl::sandbox::Options;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Apple, KeyringManner, Machine, Ran, write_file};

const JOURNAL: &str = "state/journal.ndjson";

fn list(machine: &Machine) -> Vec<Value> {
    let ran = machine.run("journal list -o json");
    assert_eq!(ran.code, 0, "{ran}");
    ran.json().as_array().unwrap().clone()
}

fn text(machine: &Machine) -> String {
    fs::read_to_string(machine.path(JOURNAL)).unwrap_or_default()
}

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn id(apple: &Apple, server: &str) -> String {
    apple.organization(|acme| acme.server(server).unwrap().id.clone())
}

fn fault(apple: &Apple, fault: &str) {
    apple.add_fault(fault.parse().unwrap());
}

#[test]
fn it_needs_nothing_but_the_state_folder() {
    let machine = Machine::bare();
    assert_snapshot!(machine.run("journal list"), @"
    $ abmctl journal list
    exit 0
    --- stdout
    The journal has no changes yet.
    ");
    assert_eq!(machine.run("journal list -o json").json(), json!([]));
    assert_eq!(machine.run("journal list -o ndjson").stdout, "");
    let ran = machine.run("journal list -o csv");
    assert_eq!(
        ran.stdout, "id,at,profile,command,note,changes,ended,put_back\n",
        "{ran}"
    );
    assert!(!machine.path("state").exists(), "looking makes no folder");
    // A configuration that can't be used is no reason not to look.
    write_file(&machine.path("config/config.toml"), "[profiles", 0o600);
    done(machine.run("journal list"));
    let ran = machine.run("journal show 12");
    assert_eq!(ran.code, 4, "{ran}");
}

#[test]
fn changes_at_apple_are_listed_newest_first() {
    let (machine, apple) = Machine::with_business();
    done(machine.run("assign --platform vision,watch --server prod --note 'CHG-1: headsets'"));
    machine.clock.advance(std::time::Duration::from_secs(90));
    done(
        machine.run(
            "adde-url set https://mdm.acme.com/discovery --no-verify --server prod --note CHG-2",
        ),
    );
    done(machine.run("adde-url clear --server prod --yes"));
    let server = id(&apple, "Jamf Pro Test");
    done(machine.run(&format!(
        "api PATCH /v1/mdmServers/{server} -F data[type]=mdmServers -F data[id]={server} -F data[attributes][serverName]=Secret --note rename"
    )));
    assert_snapshot!(machine.run("journal list"));
    assert_snapshot!("json", machine.run("journal list -o json"));
    assert_snapshot!(
        "csv",
        machine.run("journal list -o csv --columns at,command,note,ended,put_back")
    );
    assert!(!text(&machine).contains("Secret"), "no body of a request");
    // Put back by what it says.
    let back = list(&machine).last().unwrap()["put_back"]
        .as_str()
        .unwrap()
        .to_owned();
    for command in back.split(" && ") {
        done(machine.run(command.strip_prefix("abmctl ").unwrap()));
    }
    let last = list(&machine);
    assert_eq!(last[0]["changes"][0]["to"], Value::Null);
    assert_eq!(last[1]["changes"][0]["to"]["name"], json!("Intune"));
}

#[test]
fn one_change_is_shown_with_its_requests() {
    let (machine, _apple) = Machine::with_business();
    done(machine.run("assign --platform vision --server prod --note CHG-1"));
    let id = list(&machine)[0]["id"].as_str().unwrap().to_owned();
    assert_snapshot!(machine.run(&format!("journal show {id} -o json")));
    let (start, _) = id.split_at(15);
    assert_snapshot!(
        "table",
        machine.run(&format!("journal show {}", start.to_uppercase()))
    );
    done(machine.run("assign --platform mac --clear --yes"));
    assert_snapshot!("ambiguous", machine.run("journal show 0000"));
    assert_snapshot!("none", machine.run("journal show f00"));
    assert_eq!(machine.run("journal show ''").code, 2);
}

#[test]
fn each_end_has_its_word() {
    // Nothing, and no line at all where nothing was sent.
    let (machine, apple) = Machine::with_business();
    for line in [
        "assign --platform vision --server prod --dry-run --note x",
        "assign --platform vision --server prod --check --note x",
        "assign --platform mac --server prod --note x",
        "assign --platform vision --server test",
    ] {
        machine.run(line);
        assert_eq!(text(&machine), "", "{line}");
    }
    fault(
        &apple,
        &format!(
            "PATCH /v1/mdmServers/{}=403:FORBIDDEN_ERROR",
            id(&apple, "Intune")
        ),
    );
    assert_eq!(
        machine.run("assign --platform vision --server prod").code,
        5
    );
    let last = &list(&machine)[0];
    assert_eq!(
        (&last["ended"], &last["put_back"]),
        (&json!("nothing"), &Value::Null)
    );
    // Put back.
    apple.clear_faults();
    fault(
        &apple,
        &format!(
            "PATCH /v1/mdmServers/{}=403:FORBIDDEN_ERROR",
            id(&apple, "Jamf Pro Production")
        ),
    );
    assert_eq!(
        machine.run("assign --platform vision --server prod").code,
        5
    );
    let last = &list(&machine)[0];
    assert_eq!(
        (&last["ended"], &last["put_back"]),
        (&json!("put_back"), &Value::Null)
    );
    // Open, until the next run restored it.
    apple.clear_faults();
    fault(&apple, "PATCH /v1/mdmServers/*=503@2");
    assert_eq!(
        machine
            .run("assign --platform vision --server prod --note late")
            .code,
        7
    );
    assert_eq!(list(&machine)[0]["ended"], json!("open"));
    assert_snapshot!(
        "open",
        machine.run("journal list --columns ended,command,note")
    );
    let ran = machine.run("journal list");
    assert!(
        ran.stdout.contains(
            "This change isn't finished. The next `abmctl assign --profile sandbox` checks it again."
        ),
        "{ran}"
    );
    apple.clear_faults();
    machine.clock.advance(std::time::Duration::from_secs(1200));
    done(machine.run("assign"));
    let after = list(&machine);
    let words: Vec<_> = after
        .iter()
        .map(|it| it["ended"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["as_wished", "failed", "put_back", "nothing"]);
    // What was restored stands in the entry of the run that restored it.
    assert_eq!(after[0]["changes"][0]["platform"], json!("vision"));
    assert_eq!(after[0]["changes"][0]["to"]["name"], json!("Intune"));
    assert_eq!(after[0]["put_back"], Value::Null);
    let restored = machine.run("assign");
    assert_eq!((restored.code, list(&machine).len()), (0, 4));
}

#[test]
fn a_killed_change_is_open_and_settled_servers_are_not() {
    let (machine, _apple) = Machine::with_business();
    done(machine.run("assign --platform vision --server prod"));
    let whole = text(&machine);
    let lines: Vec<&str> = whole.lines().collect();
    // Killed before each of its lines was written.
    for (kept, word) in [
        (1, "nothing"),
        (2, "open"),
        (3, "open"),
        (4, "open"),
        (5, "as_wished"),
        (6, "as_wished"),
    ] {
        fs::write(machine.path(JOURNAL), lines[..kept].join("\n") + "\n").unwrap();
        let found = list(&machine);
        assert_eq!(
            found[0]["ended"],
            json!(word),
            "{kept} lines: {}",
            lines[kept - 1]
        );
    }
    assert!(lines.len() >= 6, "{whole}");
}

#[test]
fn what_is_kept_here_is_in_it_without_a_secret() {
    let (mut machine, apple) = Machine::with_business();
    let credentials = apple.credentials();
    let key = machine.path("downloads/key.pem");
    write_file(&key, &credentials.private_key, 0o600);
    let token = apple.organization(|acme| acme.server_token_mut("prod").unwrap().to_json());
    let token_file = machine.path("downloads/token.json");
    write_file(&token_file, &token, 0o600);
    let server = id(&apple, "Jamf Pro Production");
    let login = format!(
        "auth login -p second --client-id {} --key-id {} --private-key-file {} --store file",
        credentials.client_id,
        credentials.key_id,
        key.display()
    );
    let import = format!(
        "tokens import {} --name extra --store file",
        token_file.display()
    );
    let pem = machine.path("new.pem");
    let keygen = format!(
        "tokens keygen --create --server Discovery --store file --certificate-file {}",
        pem.display()
    );
    for (line, entries) in [
        ("servers alias jamf 'Jamf Pro Production'", 1),
        ("servers alias jamf Intune --yes", 1),
        // Nothing to change writes nothing.
        ("servers alias jamf Intune", 0),
        ("servers alias jamf --remove", 1),
        ("domains declare acme.io --seen 2026-09-02", 1),
        (
            "domains declare acme.io --seen 2026-10-02 --note 'seen again'",
            1,
        ),
        ("domains declare acme.io --remove", 1),
        (import.as_str(), 1),
        (import.trim_end_matches(" --store file"), 0),
        ("tokens remove extra --yes", 1),
        // A key pair, and the server at Apple.
        (keygen.as_str(), 2),
        ("tokens remove discovery --key-pair --yes", 1),
        (login.as_str(), 1),
        ("profiles use second", 1),
        ("profiles use second", 0),
        ("profiles use sandbox", 1),
        ("auth logout -p second --yes", 1),
        ("profiles remove second --yes", 1),
    ] {
        let before = list(&machine).len();
        done(machine.run(&format!("{line} --dry-run")));
        assert_eq!(list(&machine).len(), before, "{line} --dry-run");
        done(machine.run(line));
        assert_eq!(list(&machine).len(), before + entries, "{line}");
    }
    let all = list(&machine);
    assert!(all.iter().all(|it| it["ended"] == json!("as_wished")));
    // A certificate is another one each time.
    let shown = machine.run("journal list").stdout;
    let certificate = regex::Regex::new("certificate [0-9A-F]{32}").unwrap();
    assert_snapshot!(
        "kept_here",
        certificate.replace_all(&shown, "certificate ID")
    );
    let journal = text(&machine);
    let secret = |part: &str| serde_json::from_str::<Value>(&token).unwrap()[part].clone();
    for member in [
        "consumer_secret",
        "access_token",
        "access_secret",
        "consumer_key",
    ] {
        assert!(
            !journal.contains(secret(member).as_str().unwrap()),
            "{member}"
        );
    }
    assert!(!journal.contains("PRIVATE KEY"));
    assert!(journal.contains(&server));
    // What puts one back is a command that does so.
    machine.at_terminal();
    machine.stdin = String::new();
    done(machine.run("servers alias jamf 'Jamf Pro Production'"));
    let back = list(&machine)[0]["put_back"].as_str().unwrap().to_owned();
    assert!(back.starts_with("abmctl servers alias jamf --remove --from "));
    done(machine.run(back.strip_prefix("abmctl ").unwrap()));
}

#[test]
fn what_puts_back_a_setting_undoes_no_later_change() {
    const DECLARED: &str = "adde-url declare https://mdm.acme.com";
    // What there is before, the change, and what somebody does later.
    let cases = [
        ["", "servers alias x Intune", "servers alias x prod --yes"],
        [
            "servers alias x Intune",
            "servers alias x prod --yes",
            "servers alias x --remove",
        ],
        [
            "servers alias x Intune",
            "servers alias x --remove",
            "servers alias x prod",
        ],
        [
            "",
            "domains declare a.io",
            "domains declare a.io --seen 2026-01-02",
        ],
        [
            "domains declare a.io --seen 2026-01-01",
            "domains declare a.io --seen 2026-01-02",
            "domains declare a.io --remove",
        ],
        [
            "domains declare a.io",
            "domains declare a.io --remove",
            "domains declare a.io --seen 2026-01-03",
        ],
        ["", "{}/a --server Intune", "{}/b --server intune"],
        [
            "{}/a --server Intune",
            "{}/b --server Intune",
            "{} --server Intune",
        ],
        [
            "{}/a --server Intune",
            "{}/b --server Intune",
            "adde-url declare --remove --server intune",
        ],
        [
            "{}/a --server Intune",
            "adde-url declare --remove --server Intune",
            "{}/b --server Intune",
        ],
        // The same URL, declared by somebody else.
        [
            "",
            "{}/a --server Intune --seen 2026-10-01",
            "{}/a --server Intune",
        ],
        // Another spelling in the file, and an alias that looks like an option.
        [
            "domains declare büro.example",
            "domains declare BÜRO.example. --seen 2026-01-01",
            "domains declare büro.example",
        ],
        [
            "servers alias --yes -- -x Intune",
            "servers alias --yes -- -x prod",
            "servers alias --yes --remove -- -x",
        ],
    ]
    .map(|lines| lines.map(|line| line.replace("{}", DECLARED)));
    for [before, change, later] in cases {
        let (machine, _apple) = Machine::with_business();
        if !before.is_empty() {
            done(machine.run(&before));
        }
        let config = || fs::read_to_string(machine.path("config/config.toml")).unwrap();
        let was = config();
        done(machine.run(&change));
        let changed = config();
        assert_ne!(was, changed, "{change}");
        let back = list(&machine)[0]["put_back"].as_str().unwrap().to_owned();
        let back = back.strip_prefix("abmctl ").unwrap();
        assert!(back.contains("--from"), "{back}");
        done(machine.run(&later));
        let now = config();
        assert_ne!(now, changed, "{later}");
        let late = machine.run(back);
        assert_eq!((late.code, config()), (8, now), "{back}\n{late}");
        // At once it does what it says.
        write_file(&machine.path("config/config.toml"), &changed, 0o600);
        done(machine.run(back));
        let list = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.retain(|line| !line.is_empty() && !line.starts_with('['));
            lines.sort();
            lines
        };
        let (mut is, mut was) = (list(&config()), list(&was));
        for lines in [&mut is, &mut was] {
            lines.retain(|line| line != "declared = []");
        }
        assert_eq!(is, was, "{back}");
    }
}

#[test]
fn a_late_paste_leaves_a_later_default_profile() {
    let machine = Machine::bare();
    // White space around the name in the file is no change by somebody else.
    let text = "default_profile = \" a \"\n[profiles.a]\n[profiles.b]\n[profiles.c]\n";
    write_file(&machine.path("config/config.toml"), text, 0o600);
    done(machine.run("profiles use b"));
    let back = list(&machine)[0]["put_back"].as_str().unwrap().to_owned();
    assert_eq!(back, "abmctl profiles use a --from b");
    done(machine.run("profiles use c"));
    let back = back.strip_prefix("abmctl ").unwrap();
    assert_eq!(machine.run(back).code, 8);
    done(machine.run("profiles use b"));
    done(machine.run(back));
}

#[test]
fn what_can_not_be_changed_is_not_in_it() {
    let (machine, _apple) = Machine::with_business();
    assert_eq!(machine.run("servers alias ' Prod' Intune").code, 2);
    assert_eq!(list(&machine), [Value::Null; 0]);
}

#[test]
fn the_roster_api_is_in_it() {
    let (machine, _apple) = Machine::with_school();
    done(machine.run("auth roster --remove --yes --note 'old app'"));
    assert_snapshot!("roster", machine.run("journal list"));
}

#[test]
fn a_request_of_api_ends_by_its_answer() {
    let (mut machine, apple) = Machine::with_business();
    let path = format!("/v1/mdmServers/{}", id(&apple, "Intune"));
    let patch = format!("api PATCH {path} -f data[type]=mdmServers");
    for (what, ended, status) in [
        ("403:FORBIDDEN_ERROR", "nothing", json!(403)),
        ("after-504", "open", Value::Null),
        ("drop", "open", Value::Null),
    ] {
        fault(&apple, &format!("PATCH {path}={what}"));
        assert_ne!(machine.run(&patch).code, 0, "{what}");
        let last = &list(&machine)[0];
        assert_eq!(last["ended"], json!(ended), "{what}: {last}");
        let status_told = last["changes"][0]
            .get("status")
            .cloned()
            .unwrap_or_default();
        assert_eq!(status_told, status, "{what}: {last}");
        assert_eq!(last["changes"][0]["what"], json!(format!("PATCH {path}")));
        apple.clear_faults();
    }
    let before = text(&machine);
    done(machine.run(&format!("api GET {path}")));
    machine.run(&format!("{patch} --dry-run"));
    machine.set("ABMCTL_READ_ONLY", "1");
    assert_eq!(machine.run(&patch).code, 2);
    assert_eq!(text(&machine), before);
    let ran = machine.run(&format!("api GET {path} --note x"));
    assert_eq!(ran.code, 2, "{ran}");
}

#[test]
fn a_note_is_one_printable_line() {
    let (machine, _apple) = Machine::with_business();
    let long = "x".repeat(501);
    for note in [
        "",
        "  ",
        "two\nlines",
        "a\tb",
        "\u{1b}[31m",
        "\u{202e}x",
        &long,
    ] {
        let line = format!(
            "servers alias jamf Intune --note {}",
            shell_words::quote(note)
        );
        let ran = machine.run(&line);
        assert_eq!(ran.code, 2, "{note:?}: {ran}");
    }
    assert_eq!(text(&machine), "");
    let note = "ä".repeat(500);
    done(machine.run(&format!("servers alias jamf Intune --note '{note}'")));
    assert_eq!(list(&machine)[0]["note"], json!(note));
    // A table of defaults changes nothing that a note could go with.
    assert_eq!(machine.run("assign --note x").code, 2);
}

#[test]
fn a_chosen_profile_lists_its_own_changes() {
    let (mut machine, _apple) = Machine::with_business();
    done(machine.run("servers alias jamf Intune"));
    let path = machine.path("config/config.toml");
    let config = fs::read_to_string(&path).unwrap();
    let other = config.replace("[profiles.sandbox", "[profiles.Second");
    let other = other.replace("default_profile = \"sandbox\"", "");
    write_file(&path, &format!("{config}\n{other}"), 0o600);
    done(machine.run("servers alias mdm Intune -p second"));
    let profiles = |ran: Ran| -> Vec<String> {
        let rows = done(ran).json();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|it| it["profile"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        profiles(machine.run("journal list -o json")),
        ["Second", "sandbox"]
    );
    assert_eq!(
        profiles(machine.run("journal list -o json -p SECOND")),
        ["Second"]
    );
    machine.set("ABMCTL_PROFILE", "sandbox");
    assert_eq!(profiles(machine.run("journal list -o json")), ["sandbox"]);
    let ran = machine.run("journal list -p gone");
    assert!(
        ran.stderr
            .contains("This list has only the changes of profile gone"),
        "{ran}"
    );
}

#[test]
fn a_line_that_can_not_be_read_costs_itself() {
    let (machine, _apple) = Machine::with_business();
    for alias in ["a", "b", "c"] {
        done(machine.run(&format!("servers alias {alias} Intune")));
    }
    let whole = text(&machine);
    let lines: Vec<&str> = whole.lines().collect();
    let half = &lines[5][..60];
    let damaged = [
        lines[0],
        lines[1],
        "{\"at\":1}",
        lines[2],
        lines[3],
        lines[4],
        half,
    ]
    .join("\n");
    fs::write(machine.path(JOURNAL), damaged).unwrap();
    let ran = machine.run("journal list --columns command,ended");
    assert_snapshot!(ran);
    let newer = whole.replace("\"ended\":{", "\"finished\":{");
    fs::write(machine.path(JOURNAL), newer).unwrap();
    let ran = machine.run("journal list -o json");
    assert_eq!(ran.code, 7, "{ran}");
    assert!(
        ran.stderr.contains("lines from another version of abmctl"),
        "{ran}"
    );
    // What isn't a file can't be read at all.
    fs::remove_file(machine.path(JOURNAL)).unwrap();
    fs::create_dir(machine.path(JOURNAL)).unwrap();
    let ran = machine.run("journal list");
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn a_journal_that_can_not_be_written_costs_a_warning() {
    let (machine, _apple) = Machine::with_business();
    fs::create_dir_all(machine.path(JOURNAL)).unwrap();
    let ran = done(machine.run("servers alias jamf Intune"));
    assert!(
        ran.stderr
            .contains("warning: The change isn't in the journal, because abmctl can't write to"),
        "{ran}"
    );
    assert_eq!(ran.stderr.matches("warning").count(), 1, "{ran}");
}

#[test]
fn a_change_that_fails_says_so() {
    let (mut machine, apple) = Machine::with_apple(Options::default());
    let token = apple.organization(|acme| acme.server_token_mut("prod").unwrap().to_json());
    let file = machine.path("downloads/token.json");
    write_file(&file, &token, 0o600);
    done(machine.run(&format!(
        "tokens import {} --name extra --store keyring",
        file.display()
    )));
    machine.keyring(KeyringManner::Locked);
    assert_ne!(machine.run("tokens remove extra --yes").code, 0);
    let last = &list(&machine)[0];
    assert_eq!(
        (&last["command"], &last["ended"]),
        (&json!("tokens remove"), &json!("failed"))
    );
}

#[test]
fn entries_of_version_0_1_0_are_told() {
    let machine = Machine::bare();
    let fixture = "tests/fixtures/version-0.1.0/business/state/journal.ndjson";
    let older = fs::read_to_string(format!("{}/{fixture}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    write_file(&machine.path(JOURNAL), &older, 0o600);
    assert_snapshot!(machine.run("journal list"));
}
