//! Where an authorization is kept, how it is shown, replaced and removed.

use abmctl::sandbox::organization::Roster;
use insta::assert_snapshot;

use super::{agreed, authorized, config, files, hides, plain, school, url_of};
use crate::support::Machine;

#[test]
fn another_organization_needs_consent() {
    let (machine, school, _) = authorized();
    let before = config(&machine);
    school.is_organization("9999", "Other School");
    let again = |more: &str| {
        let url = machine.run("auth roster --print-url");
        let landed = agreed(&url_of(&url, &machine));
        machine.run(&format!("auth roster --redirected-to '{landed}'{more}"))
    };
    pinned!(again(""), machine);
    assert_eq!(config(&machine), before);
    let ran = again(" --yes");
    pinned!(ran, machine);
    assert!(config(&machine).contains("Other School"));
}

#[test]
fn both_secrets_may_be_in_the_keyring() {
    let (machine, school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --print-url"));
    assert_eq!(url.code, 0, "{url}");
    let landed = agreed(&url_of(&url, &machine));
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    assert_eq!(ran.code, 0, "{ran}");
    let kept = machine.keyring.secrets();
    let users: Vec<&str> = kept.keys().map(String::as_str).collect();
    assert_eq!(
        users,
        ["sandbox/roster.private_key", "sandbox/roster.refresh_token"]
    );
    assert!(
        school
            .lasting_secrets()
            .contains(&kept["sandbox/roster.refresh_token"])
    );
    let ran = machine.run("auth status --unattended --columns roster,unattended");
    // The tests' clock moves on while a keyring is asked, unless that answers at once.
    let time = regex::Regex::new(r"good until 2026-11-22T11:00:\d\dZ").unwrap();
    let shown = plain(&ran, &machine);
    assert_snapshot!(time.replace(&shown, "good until TIME"));
    // Into files, with what the profile knows.
    let url = machine.run("auth roster --print-url");
    let landed = agreed(&url_of(&url, &machine));
    let ran = machine.run(&format!(
        "auth roster --redirected-to '{landed}' --store file"
    ));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(machine.keyring.secrets().is_empty());
    let ran = machine.run("auth status --unattended");
    assert_eq!(ran.code, 0, "{ran}");
    // And back.
    let url = machine.run("auth roster --print-url");
    let landed = agreed(&url_of(&url, &machine));
    let ran = machine.run(&format!(
        "auth roster --redirected-to '{landed}' --store keyring"
    ));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(files(&machine, "config/secrets"), []);
    // The third is the refresh token that was replaced.
    assert_eq!(machine.keyring.secrets().len(), 3);
    assert_eq!(machine.run("auth roster --remove").code, 0);
    assert!(machine.keyring.secrets().is_empty());
}

#[test]
fn it_is_removed_again_and_logout_leaves_it_alone() {
    let (machine, _school, _) = authorized();
    let rehearsed = machine.run("auth roster --remove --dry-run");
    assert_eq!(rehearsed.code, 0, "{rehearsed}");
    assert!(config(&machine).contains("roster"));
    pinned!(machine.run("auth logout --dry-run"), machine);
    pinned!(machine.run("auth roster --remove"), machine);
    assert!(!config(&machine).contains("roster"));
    let left: Vec<_> = files(&machine, "config/secrets");
    assert_eq!(left, []);
    pinned!(machine.run("auth roster --remove"), machine);
}

#[test]
fn removing_the_profile_removes_its_secrets() {
    let (machine, _school, _) = authorized();
    pinned!(machine.run("profiles remove sandbox --yes"), machine);
    assert_eq!(files(&machine, "config/secrets"), []);
}

#[test]
fn it_works_unattended_or_says_why_not() {
    let (machine, school, _) = authorized();
    let ran = machine.run("auth status --unattended");
    pinned!(ran, machine);
    hides(&ran, &school);
    school.roster(Roster::take_back);
    let ran = machine.run("auth status --unattended --columns unattended");
    pinned!(ran, machine);
}

#[test]
fn an_app_that_works_is_replaced_by_one_that_works_only() {
    let (machine, school, flags) = authorized();
    let before = (config(&machine), files(&machine, "config/secrets"));
    let unchanged = |machine: &Machine| {
        assert_eq!((config(machine), files(machine, "config/secrets")), before);
        let listed = machine.run("domains list -q --no-dns --status verified");
        assert_eq!(listed.code, 0, "{listed}");
    };
    // Another app, and another key of the same one, which Apple does not know.
    let other = flags.replace("FGHIJ67890", "ZYXWV98765");
    let url = machine.run(&format!("auth roster {other} --print-url"));
    pinned!(url, machine);
    unchanged(&machine);
    let landed = agreed(&url_of(&url, &machine));
    let refused = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    pinned!(refused, machine);
    unchanged(&machine);
    // The code was not used, so it may be gone on with once Apple knows the key, or with the one that it knows.
    let flag = "--key-id FGHIJ67890";
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}' {flag}"));
    assert_eq!(ran.code, 0, "{ran}");
    // Another app takes its place with all that belongs to it.
    school.roster(|roster| "com.acme.other".clone_into(&mut roster.app.client_id));
    let other = flags.replace("com.acme.abmctl", "com.acme.other");
    let url = machine.run(&format!("auth roster {other} --print-url"));
    let landed = agreed(&url_of(&url, &machine));
    for more in [
        "--client-id com.acme.abmctl",
        "--redirect-uri https://acme.example/",
    ] {
        let ran = machine.run(&format!("auth roster --redirected-to '{landed}' {more}"));
        assert_eq!(ran.code, 2, "{ran}");
    }
    pinned!(
        machine.run(&format!("auth roster --redirected-to '{landed}' --yes")),
        machine
    );
}

#[test]
fn a_key_file_that_went_between_the_runs_is_named() {
    let (machine, _school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    let landed = agreed(&url_of(&url, &machine));
    let key = machine.path("downloads/key.p8");
    let elsewhere = machine.path("downloads/other.p8");
    std::fs::rename(&key, &elsewhere).unwrap();
    let line = format!("auth roster --redirected-to '{landed}'");
    pinned!(machine.run(&line), machine);
    let line = format!("{line} --private-key-file {}", elsewhere.display());
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn what_is_not_there_can_not_be_removed() {
    let (machine, _school, _) = authorized();
    let ran = machine.run("auth roster --profile other --remove");
    assert_eq!(ran.code, 4, "{ran}");
    // One that is under way goes with its profile.
    assert_eq!(machine.run("auth roster --print-url").code, 0);
    assert_eq!(files(&machine, "state/authorizations").len(), 1);
    assert_eq!(machine.run("profiles remove sandbox --yes").code, 0);
    assert_eq!(files(&machine, "state/authorizations"), []);
}
