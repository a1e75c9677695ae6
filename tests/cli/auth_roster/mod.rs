//! `auth roster`: the whole way on a terminal, in two runs without one, and everything that can go wrong on it.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use insta::assert_snapshot;
use regex::Regex;
use url::Url;

use crate::consent::landed;
use crate::support::{Machine, Ran, requests};

macro_rules! pinned {
    ($ran:expr, $machine:expr) => {
        assert_snapshot!(plain(&$ran, &$machine))
    };
}

mod kept;
mod organization;
mod outages;
mod school;

use school::{School, school};

const APP: &str = "--client-id com.acme.abmctl --team-id ABCDE12345 --key-id FGHIJ67890 --redirect-uri https://acme.example/abmctl";

/// An administrator agrees.
fn agreed(authorize: &str) -> String {
    landed(authorize, "allow=1")
}

/// What was said, without what differs from run to run.
fn plain(ran: &Ran, machine: &Machine) -> String {
    let mut text = ran.to_string();
    let origin = machine.environment["ABMCTL_ROSTER_URL"].clone();
    // A snapshot's file has no return before the end of a line.
    text = text
        .replace(&origin, "http://[apple]")
        .replace("\r\n", "\n");
    let code = Regex::new(r"code=[^&'\s]+").unwrap();
    code.replace_all(&text, "code=CODE").into_owned()
}

fn config(machine: &Machine) -> String {
    std::fs::read_to_string(machine.path("config/config.toml")).unwrap_or_default()
}

/// Every file below the machine's folder, with its text.
fn files(machine: &Machine, below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![machine.path(below)];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.to_str().unwrap().to_owned(), text));
            }
        }
    }
    found
}

/// Nothing secret was printed.
fn hides(ran: &Ran, school: &School) {
    let text = format!("{}{}", ran.stdout, ran.stderr);
    for secret in school.roster(|roster| roster.secrets()) {
        assert!(!text.contains(&secret), "{secret} shows in {text}");
    }
    // The beginning of a client secret.
    assert!(!text.contains("eyJ"), "{text}");
}

/// Authorized on files, in two runs.
fn authorized() -> (Machine, School, String) {
    let (machine, school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    assert_eq!(url.code, 0, "{url}");
    let landed = agreed(url_of(&url, &machine).as_str());
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    assert_eq!(ran.code, 0, "{ran}");
    (machine, school, flags)
}

/// The address that `--print-url` printed.
fn url_of(ran: &Ran, machine: &Machine) -> String {
    // The support hides the emulator's origin.
    let api = machine.environment["ABMCTL_API_URL"].clone();
    ran.stdout.trim().replace("http://[apple]", &api)
}

#[test]
fn the_whole_way_on_a_terminal() {
    let (mut machine, school, flags) = school();
    machine.at_terminal();
    machine.stdin = "file\nyes\n".to_owned();
    machine.browse(|url| {
        let landed = agreed(url);
        let other = landed.replace("state=", "state=f");
        Ok(format!("code-1\n{other}\n{landed}\n"))
    });
    let ran = machine.run(&format!("auth roster {flags} -vvv"));
    hides(&ran, &school);
    let ran = machine.run(&format!("auth roster {flags}"));
    pinned!(ran, machine);
    hides(&ran, &school);
    assert!(
        config(&machine).contains("refresh_token = \"file:secrets/sandbox/roster.refresh_token\"")
    );
    for (path, text) in files(&machine, "state") {
        for secret in school.lasting_secrets() {
            assert!(!text.contains(&secret), "{path}");
        }
    }
    pinned!(machine.run("auth status"), machine);
}

#[test]
fn the_app_is_asked_for_and_a_browser_that_does_not_open_is_no_end() {
    let (mut machine, _school, _) = school();
    machine.at_terminal();
    let key = machine.path("downloads/key.p8");
    machine.stdin = format!(
        "com.acme.abmctl\nABC\nABCDE12345\nFGHIJ67890\nhttps://127.0.0.1/\nhttps://acme.example/abmctl\n{}\nkeyring\nyes\nhttps://acme.example/abmctl?error=access_denied&state=000\n",
        key.display()
    );
    pinned!(machine.run("auth roster"), machine);
    assert!(!config(&machine).contains("roster"));
}

#[test]
fn two_runs_without_a_terminal() {
    let (machine, school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    pinned!(url, machine);
    let kept = files(&machine, "state/authorizations");
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].1.contains("PRIVATE"));
    let mode = std::fs::metadata(&kept[0].0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let landed = agreed(&url_of(&url, &machine));
    let other = landed.replace("state=", "state=f");
    pinned!(
        machine.run(&format!("auth roster --redirected-to '{other}'")),
        machine
    );
    pinned!(machine.run("auth roster --redirected-to code-1"), machine);
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}' -o json"));
    pinned!(ran, machine);
    hides(&ran, &school);
    // Used once.
    pinned!(
        machine.run(&format!("auth roster --redirected-to '{landed}'")),
        machine
    );
    assert_eq!(files(&machine, "state/authorizations"), []);
}

#[test]
fn the_address_as_a_document_and_the_other_one_from_standard_input() {
    let (mut machine, _school, flags) = school();
    let url = machine.run(&format!(
        "auth roster {flags} --store file --print-url -o json -q"
    ));
    pinned!(url, machine);
    let address = url.json()["authorize_url"].as_str().unwrap().to_owned();
    let api = machine.environment["ABMCTL_API_URL"].clone();
    machine.stdin = agreed(&address.replace("http://[apple]", &api));
    let ran = machine.run("auth roster --redirected-to -");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn an_authorization_that_was_begun_ends_after_an_hour() {
    let (machine, _school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    let landed = agreed(&url_of(&url, &machine));
    machine.clock.advance(Duration::from_secs(3600));
    pinned!(
        machine.run(&format!("auth roster --redirected-to '{landed}'")),
        machine
    );
    assert_eq!(files(&machine, "state/authorizations"), []);
}

#[test]
fn consent_that_is_not_given() {
    let (machine, _school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    let address = url_of(&url, &machine);
    let state = Url::parse(&address).unwrap();
    let state = state
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let landed = format!("https://acme.example/abmctl?error=access_denied&state={state}");
    pinned!(
        machine.run(&format!("auth roster --redirected-to '{landed}'")),
        machine
    );
}

#[test]
fn a_code_that_apple_does_not_take() {
    let (machine, school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    let landed = agreed(&url_of(&url, &machine));
    school.use_codes();
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    pinned!(ran, machine);
    hides(&ran, &school);
    // A wrong address is not quoted either, at any level of the log.
    let url = machine.run(&format!(
        "auth roster {flags} --store file --print-url -vvv"
    ));
    let landed = agreed(&url_of(&url, &machine)).replace("state=", "state=f");
    hides(
        &machine.run(&format!("auth roster --redirected-to '{landed}' -vvv")),
        &school,
    );
    let landed = landed.replace("state=f", "state=");
    hides(
        &machine.run(&format!(
            "auth roster --redirected-to '{landed}' -vvv -o json"
        )),
        &school,
    );
    hides(
        &machine.run("auth status --unattended -vvv -o json"),
        &school,
    );
    hides(&machine.run("auth roster --remove -vvv"), &school);
}

#[test]
fn the_test_scope_stores_nothing() {
    let (mut machine, school, flags) = school();
    machine.at_terminal();
    machine.stdin = "yes\n".to_owned();
    machine.browse(|url| Ok(format!("{}\n", agreed(url))));
    let before = config(&machine);
    let ran = machine.run(&format!("auth roster {flags} --test-scope"));
    pinned!(ran, machine);
    hides(&ran, &school);
    assert_eq!(config(&machine), before);
    assert!(machine.keyring.secrets().is_empty());
}

#[test]
fn the_test_scope_in_two_runs_stores_nothing_either() {
    let (machine, _school, flags) = school();
    let before = config(&machine);
    let url = machine.run(&format!("auth roster {flags} --test-scope --print-url"));
    assert_eq!(url.code, 0, "{url}");
    let landed = agreed(&url_of(&url, &machine));
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stdout.contains("mytestschool.org: not verified"),
        "{ran}"
    );
    assert!(ran.stdout.contains("Nothing was stored"), "{ran}");
    assert_eq!(config(&machine), before);
    assert_eq!(files(&machine, "state/access-tokens"), []);
}

#[test]
fn a_dry_run_goes_the_way_and_stores_nothing() {
    let (mut machine, _school, flags) = school();
    machine.at_terminal();
    machine.stdin = "yes\n".to_owned();
    machine.browse(|url| Ok(format!("{}\n", agreed(url))));
    let before = config(&machine);
    pinned!(
        machine.run(&format!(
            "auth roster {flags} --store file --dry-run -o json"
        )),
        machine
    );
    assert_eq!(config(&machine), before);
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let (mut machine, school, flags) = school();
    let mut lines = vec!["auth roster".to_owned()];
    for more in [
        "--print-url",
        "--print-url --client-id com.acme.abmctl",
        "--print-url --client-id com.acme.abmctl --team-id ABC",
        "--print-url --client-id com.acme.abmctl --team-id ABCDE12345 --key-id FGHIJ67890 --redirect-uri http://acme.com",
        "--print-url --client-id com.acme.abmctl --team-id ABCDE12345 --key-id FGHIJ67890 --redirect-uri https://localhost/",
        "--redirected-to https://acme.example/abmctl?code=1",
    ] {
        lines.push(format!("auth roster {more}"));
    }
    lines.push(format!("auth roster {flags} --print-url --redirected-to x"));
    lines.push(format!(
        "auth roster {APP} --private-key-file - --print-url"
    ));
    let said: Vec<String> = lines
        .iter()
        .map(|line| plain(&machine.run(line), &machine))
        .collect();
    assert_snapshot!(said.join("\n"));
    machine.set("ABMCTL_ROSTER_CLIENT_ID", "com.acme.abmctl");
    machine.set("ABMCTL_ROSTER_TEAM_ID", "ABCDE12345");
    machine.set("ABMCTL_ROSTER_KEY_ID", "FGHIJ67890");
    machine.set("ABMCTL_ROSTER_PRIVATE_KEY_FILE", "key.p8");
    pinned!(machine.run("auth roster --print-url"), machine);
    assert_eq!(requests(&school.0), Vec::<String>::new());
}

#[test]
fn apple_business_has_none() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run(&format!("auth roster {APP} --print-url")));
}
