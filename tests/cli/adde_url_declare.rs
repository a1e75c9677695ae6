//! `adde-url declare`: the URL that a vendor's MDM has set, and what `check` and `assign` make of it.

use std::fs;

use abmctl::sandbox::WebBehaviour;
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Apple, Machine, requests, write_file};

const DOCUMENT: &str = "https://intune.acme.com/.well-known/com.apple.remotemanagement";
const VISION: &str = "adde-url check acme.com --platform vision";

fn config(machine: &Machine) -> String {
    fs::read_to_string(machine.path("config/config.toml")).unwrap()
}

/// "Jamf Pro Test" is the default for vision, and a vendor holds its token. acme.com has no document.
fn with_vendor() -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    apple.set_web("acme.com", WebBehaviour::NotFound);
    apple.organization(|acme| {
        acme.servers[2].default_families = std::mem::take(&mut acme.servers[1].default_families);
    });
    (machine, apple)
}

/// Nothing is configured, and the web of the emulator can be reached.
fn without_account() -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    apple.set_web("acme.com", WebBehaviour::NotFound);
    fs::remove_file(machine.path("config/config.toml")).unwrap();
    (machine, apple)
}

#[test]
fn a_url_is_declared_seen_again_and_taken_away_without_an_account() {
    let (machine, apple) = without_account();
    let declare = format!("adde-url declare {DOCUMENT} --server Intune");
    assert_snapshot!("dry_run", machine.run(&format!("{declare} -n")));
    assert!(!machine.path("config/config.toml").exists());
    assert_snapshot!("declare", machine.run(&declare));
    assert_snapshot!("again", machine.run(&declare));
    assert_snapshot!(
        "on_a_day",
        machine.run(&format!("{declare} --seen 2026-11-01 -o json"))
    );
    assert_snapshot!("config", config(&machine));
    // Another spelling of it takes its place.
    assert_snapshot!(
        "another_spelling",
        machine.run("adde-url declare https://mdm.acme.example/x --server INTUNE")
    );
    assert_snapshot!(
        "remove_another",
        machine.run("adde-url declare --remove --server Munki")
    );
    assert_snapshot!(
        "remove",
        machine.run("adde-url declare --remove --server intune")
    );
    assert!(!config(&machine).contains("declared_adde_urls"));
    assert_snapshot!(
        "remove_again",
        machine.run("adde-url declare --remove --server intune")
    );
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn what_can_not_be_declared_is_refused() {
    let machine = Machine::bare();
    let said: Vec<String> = [
        "",
        "https://mdm.acme.com/x",
        "https://mdm.acme.com/x --server Intune --remove",
        "https://mdm.acme.com/x --server ' '",
        "http://mdm.acme.com/x --server Intune",
        "'https://mdm.acme.com/{server_id}' --server Intune",
        "https://mdm.acme.com/x --server Intune --seen yesterday",
        "https://mdm.acme.com/x --server Intune --seen 2027-01-01",
        "--server Intune --remove --seen 2026-01-01",
    ]
    .iter()
    .map(|line| {
        let ran = machine.run(&format!("adde-url declare {line}"));
        assert_eq!(ran.code, 2, "{ran}");
        ran.to_string()
    })
    .collect();
    assert_snapshot!("bad_input", said.join("\n"));
    assert!(!machine.path("config/config.toml").exists());
    let ran =
        machine.run("adde-url declare 'https://mdm.acme.com/x?token=s3cret' --server Intune -q");
    assert!(ran.stderr.contains("looks like a secret"), "{ran}");
    for (text, part) in [
        (
            "{ url = \"mdm.acme.com\", seen = 2026-11-25 }",
            "line 2, column 18, profiles.acme.declared_adde_urls.Intune.url: The URL doesn't begin with https://",
        ),
        (
            "{ url = \"https://mdm.acme.com\", seen = \"soon\" }",
            "declared_adde_urls.Intune.seen: not a date; use YYYY-MM-DD",
        ),
    ] {
        let text = format!("[profiles.acme.declared_adde_urls]\nIntune = {text}\n");
        write_file(&machine.path("config/config.toml"), &text, 0o600);
        let ran = machine.run("adde-url check acme.com");
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(part), "{ran}");
    }
}

#[test]
fn what_nobody_would_read_is_not_kept() {
    let (mut machine, apple) = Machine::with_business();
    let account = apple.credentials();
    machine.set("ABMCTL_CLIENT_ID", &account.client_id);
    machine.set("ABMCTL_PRIVATE_KEY", &account.private_key);
    let declare = format!("adde-url declare {DOCUMENT} --server Intune");
    assert_snapshot!("nowhere", machine.run(&declare));
    machine.set("ABMCTL_PROFILE", "sandbox");
    assert_eq!(machine.run(&declare).code, 0);
    assert!(config(&machine).contains("[profiles.sandbox.declared_adde_urls]"));
}

#[test]
fn with_an_account_the_server_must_exist() {
    let (machine, apple) = with_vendor();
    machine.run("servers alias vendor 'Jamf Pro Test'");
    let declare = |server: &str| {
        machine.run(&format!(
            "adde-url declare {DOCUMENT} --server '{server}' -q"
        ))
    };
    assert_snapshot!("no_such_server", declare("Jamf Pro Tset"));
    let id = apple.organization(|acme| acme.servers[2].id.clone());
    // It is kept as it was typed, once.
    for typed in ["Jamf Pro Test", "vendor", &id, "jamf pro test"] {
        assert_eq!(declare(typed).code, 0);
        let config = config(&machine);
        let (_, declared) = config.split_once("declared_adde_urls]\n").unwrap();
        let line = declared.lines().next().unwrap();
        assert!(line.trim_matches(['"', '\'']).starts_with(typed), "{line}");
        assert_eq!(declared.matches("url = ").count(), 1, "{declared}");
        let ran = machine.run(&format!("{VISION} -q"));
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stdout.contains("declared on 2026-11-22"), "{ran}");
    }
    // It can be taken away by another name of the same server.
    let ran = machine.run("adde-url declare --remove --server vendor");
    assert_eq!(ran.code, 0, "{ran}");
    // Without the API the name is kept, and somebody is told.
    apple.add_fault("GET /v1/mdmServers=403:FORBIDDEN".parse().unwrap());
    assert_snapshot!("not_checked", declare("Jamf Pro Tset"));
}

#[test]
fn what_is_not_known_for_lack_of_a_token_is_no_alarm() {
    let (machine, apple) = with_vendor();
    assert_snapshot!("no_token", machine.run(VISION));
    assert_eq!(machine.run(&format!("{VISION} --strict -q")).code, 9);
    let declare = format!("adde-url declare {DOCUMENT} --server 'Jamf Pro Test' -q");
    machine.run(&format!("{declare} --seen 2026-11-01"));
    assert_snapshot!("declared", machine.run(VISION));
    // Apple redirects only verified domains.
    assert_eq!(machine.run(&format!("{VISION} --strict -q")).code, 9);
    machine.run("domains declare acme.com -q");
    assert_eq!(machine.run(&format!("{VISION} --strict -q")).code, 0);
    let row = &machine.run(&format!("{VISION} -q -o json")).json()[0];
    assert_eq!(row["verdict"], "enrolls_through_apple");
    assert_eq!(row["adde_url"], DOCUMENT);
    assert_eq!(row["adde_url_declared_at"], "2026-11-01");
    let devices = &machine.run("domains check acme.com -q -o json").json()[0]["devices"];
    assert_eq!(devices[3]["platform"], "vision");
    assert_eq!(devices[3]["adde_url_declared_at"], "2026-11-01");
    assert_eq!(devices[3]["verdict"], "enrolls_through_apple");
    // A declared URL that devices can't use blocks them as one that was read does.
    apple.set_web("intune.acme.com", WebBehaviour::Html);
    assert_snapshot!("declared_html", machine.run(VISION));
    // A domain that fails by itself is an alarm, whatever Apple would do.
    apple.set_web("acme.com", WebBehaviour::Html);
    machine.run("adde-url declare --remove --server 'Jamf Pro Test'");
    assert_eq!(machine.run(VISION).code, 9);
}

#[test]
fn assign_shows_what_is_declared_where_no_token_reads_it() {
    let (machine, _apple) = with_vendor();
    let declare = |server: &str| {
        machine.run(&format!(
            "adde-url declare {DOCUMENT} --server '{server}' --seen 2026-11-01 -q"
        ))
    };
    assert_eq!(declare("JAMF pro test").code, 0);
    assert_eq!(declare("Jamf Pro Production").code, 0);
    // The token of Jamf Pro Production was never asked, so that the declaration counts; then what it reads counts.
    assert_snapshot!("assign", machine.run("assign --platform mac,vision"));
    machine.run("adde-url list");
    let ran = machine.run("assign --platform mac,vision -o json");
    assert_eq!(ran.json()[0]["adde_url_state"], "none", "{ran}");
    assert_eq!(ran.json()[1]["adde_url_state"], "declared");
    assert_eq!(ran.json()[1]["adde_url_set_at"], json!(null));
    assert_eq!(ran.json()[1]["adde_url_declared_at"], "2026-11-01");
    let ran = machine.run("assign --platform mac --server 'Jamf Pro Test' --even-if-idle");
    let said = format!("has the ADDE URL {DOCUMENT}, as declared on November 1, 2026");
    assert!(ran.stderr.contains(&said), "{ran}");
}

#[test]
fn what_a_token_reads_wins() {
    let (machine, apple) = Machine::with_business();
    apple.set_web("acme.com", WebBehaviour::NotFound);
    machine.run("adde-url declare https://mdm.acme.example/x --server Intune -q");
    assert_snapshot!(
        "token_wins",
        machine.run("adde-url check acme.com acme.io --platform iphone,vision")
    );
    let row = &machine.run(&format!("{VISION} -q -o json")).json()[0];
    assert_eq!(row["adde_url_declared_at"], json!(null));
    // The same address is no difference, however it is written.
    machine.run(&format!(
        "adde-url declare {} --server Intune -q",
        DOCUMENT.replace("https://intune", "https://INTUNE")
    ));
    assert_eq!(machine.run(&format!("{VISION} -q")).stderr, "");
    // A token that can't be read is an error, and the declared URL is looked at.
    apple.organization(|acme| acme.server_tokens[1].replace());
    assert_snapshot!("token_can_not_read", machine.run(VISION));
}

#[test]
fn a_declaration_that_is_of_no_server_or_of_one_twice_is_said_once() {
    let (machine, apple) = with_vendor();
    machine.run(&format!(
        "adde-url declare {DOCUMENT} --server 'Jamf Pro Test' -q"
    ));
    apple.organization(|acme| acme.servers[2].name = "Jamf Pro Lab".to_owned());
    assert_snapshot!(
        "renamed",
        machine.run("adde-url check acme.com acme.io --platform vision")
    );
    assert_snapshot!("renamed_assign", machine.run("assign --platform vision"));
    // By hand, one server can be there twice.
    let mut text = config(&machine);
    text += "\"jamf pro lab\" = { url = \"https://mdm.acme.example/x\", seen = 2026-01-31 }\n";
    text = text.replace("\"Jamf Pro Test\" = ", "\"Jamf Pro Lab\" = ");
    write_file(&machine.path("config/config.toml"), &text, 0o600);
    assert_snapshot!("twice", machine.run(VISION));
    // The command that is printed takes the one away that it names.
    machine.run("adde-url declare --remove --server 'jamf pro lab'");
    assert!(config(&machine).contains("\"Jamf Pro Lab\" = "));
    assert_eq!(machine.run(&format!("{VISION} -q")).stderr, "");
}

#[test]
fn an_old_declaration_asks_to_look_again() {
    let (machine, _apple) = with_vendor();
    machine.run(&format!(
        "adde-url declare {DOCUMENT} --server 'Jamf Pro Test' --seen 2026-01-31 -q"
    ));
    assert_snapshot!("old", machine.run(VISION));
}

#[test]
fn a_lone_declaration_is_looked_at_without_an_account() {
    let (machine, apple) = without_account();
    let mac = "adde-url check acme.com --platform mac";
    assert_snapshot!("nothing_configured", machine.run(mac));
    assert_eq!(machine.run(&format!("{mac} --strict")).code, 9);
    machine.run(&format!("adde-url declare {DOCUMENT} --server Intune -q"));
    assert_snapshot!("lone", machine.run(mac));
    // A URL that no device could use is an alarm, whether it counts or not.
    apple.set_web("intune.acme.com", WebBehaviour::Html);
    assert_eq!(machine.run(mac).code, 9);
    apple.set_web("intune.acme.com", WebBehaviour::Good);
    // Of two servers nothing tells which one counts.
    machine.run("adde-url declare https://mdm.acme.example/x --server Munki -q");
    let ran = machine.run(&format!("{mac} -o json"));
    assert_eq!((ran.code, &ran.json()[0]["adde_url"]), (0, &json!(null)));
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn a_lone_token_and_its_declaration_are_one() {
    let (mut machine, apple) = without_account();
    let file = machine.path("lone/token.json");
    write_file(&file, &apple.credentials().server_tokens["intune"], 0o600);
    machine.set("ABMCTL_SERVER_TOKEN_FILE", file.to_str().unwrap());
    machine.run("adde-url list");
    machine.run("adde-url declare https://mdm.acme.example/x --server intune -q");
    assert_snapshot!(
        "lone_token",
        machine.run("adde-url check acme.com --platform mac")
    );
}

#[test]
fn the_journal_has_what_was_declared_and_what_puts_it_back() {
    let (machine, _apple) = without_account();
    let back = |machine: &Machine| {
        let entries = machine.run("journal list -o json").json();
        let newest = &entries[0];
        assert_eq!(newest["command"], json!("adde-url declare"), "{newest}");
        assert_eq!(newest["ended"], json!("as_wished"), "{newest}");
        newest["put_back"].as_str().unwrap_or_default().to_owned()
    };
    machine.run(&format!(
        "adde-url declare {DOCUMENT} --server 'Jamf Pro Test' --seen 2026-11-01"
    ));
    let first = config(&machine);
    let to_nothing = back(&machine);
    machine.run("adde-url declare https://mdm.acme.example/x --server 'Jamf Pro Test'");
    let to_first = back(&machine);
    let pasted = |line: &str| machine.run(line.strip_prefix("abmctl ").unwrap());
    assert_eq!(pasted(&to_first).code, 0);
    assert_eq!(config(&machine), first);
    assert_eq!(pasted(&to_nothing).code, 0);
    assert!(!config(&machine).contains("Jamf Pro Test"), "{first}");
}
