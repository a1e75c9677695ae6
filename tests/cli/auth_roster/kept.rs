//! Where an authorization is kept, how it is shown, replaced and removed.

use abmctl::sandbox::organization::Roster;
use insta::assert_snapshot;

use super::{agreed, authorized, config, files, hides, plain, school, url_of};

#[test]
fn another_organization_is_a_conflict() {
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
    pinned!(
        machine.run("auth status --unattended --columns roster,unattended"),
        machine
    );
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
    assert_eq!(machine.keyring.secrets().len(), 2);
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
fn another_app_forgets_the_authorization_only_when_told() {
    let (machine, _school, flags) = authorized();
    let before = config(&machine);
    let other = flags.replace("com.acme.abmctl", "com.acme.other");
    pinned!(
        machine.run(&format!("auth roster {other} --print-url")),
        machine
    );
    assert_eq!(config(&machine), before);
    let ran = machine.run(&format!("auth roster {other} --print-url --yes"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!config(&machine).contains("refresh_token"));
    assert_eq!(files(&machine, "state/access-tokens"), []);
    let left: Vec<String> = files(&machine, "config/secrets")
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert!(
        left.iter().all(|path| path.ends_with("roster.private_key")),
        "{left:?}"
    );
}
