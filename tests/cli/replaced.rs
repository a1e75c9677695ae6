//! Secrets that are replaced or removed: who is asked, what is kept, and which names are one.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use insta::assert_snapshot;

use crate::support::{Apple, Machine, Ran, requests, write_file};

const OTHER: &str = "BUSINESSAPI.11111111-1111-1111-1111-111111111111";

/// Profile `acme` with a key in this store, for an account that is not the emulator's; and the flags of the emulator's.
fn with_another_account(store: &str) -> (Machine, Apple, String) {
    let (machine, apple) = Machine::with_business();
    let reference = match store {
        "keyring" => "keyring:",
        _ => "file:secrets/acme/private_key",
    };
    fs::remove_dir_all(machine.path("config")).unwrap();
    write_file(
        &machine.path("config/config.toml"),
        &format!("[profiles.acme]\nclient_id = \"{OTHER}\"\nprivate_key = \"{reference}\"\n"),
        0o600,
    );
    match store {
        "keyring" => machine.keyring.put("acme/private_key", "the only copy"),
        _ => write_file(
            &machine.path("config/secrets/acme/private_key"),
            "the only copy",
            0o600,
        ),
    }
    let credentials = apple.credentials();
    let key = machine.path("downloads/key.pem");
    write_file(&key, &credentials.private_key, 0o600);
    let flags = format!(
        "--client-id {} --key-id {} --private-key-file {} --store {store}",
        credentials.client_id,
        credentials.key_id,
        key.display()
    );
    (machine, apple, flags)
}

fn config(machine: &Machine) -> String {
    fs::read_to_string(machine.path("config/config.toml")).unwrap()
}

fn ok(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn another_account_needs_consent_and_one_generation_is_kept() {
    let (machine, apple, flags) = with_another_account("file");
    let before = config(&machine);
    let key = machine.path("config/secrets/acme/private_key");
    assert_snapshot!(machine.run(&format!("auth login {flags}")), @r#"
    $ abmctl auth login --client-id BUSINESSAPI.e2871a10-fc9c-4dbf-abe8-cee4c107aa50 --key-id 4cd76bbc-3972-4b66-af7c-3ebdbf91f9b8 --private-key-file [home]/downloads/key.pem --store file
    exit 2
    --- stderr
    Profile acme has the API account BUSINESSAPI.11111111-1111-1111-1111-111111111111; its private key is in file:secrets/acme/private_key.
    error: Profile acme has the private key of BUSINESSAPI.11111111-1111-1111-1111-111111111111; the private key of BUSINESSAPI.e2871a10-fc9c-4dbf-abe8-cee4c107aa50 would replace it. Confirm with --yes.
    hint: To keep both, store the new one in a separate profile: add `--profile NEW`.
    "#);
    assert_eq!(requests(&apple), Vec::<String>::new());
    assert_eq!(config(&machine), before);
    assert_eq!(fs::read_to_string(&key).unwrap(), "the only copy");
    let ran = machine.run(&format!("auth login {flags} --yes"));
    ok(&ran);
    let kept = "The previous private key of profile acme is stored in file:secrets/acme/private_key.previous.";
    assert!(ran.stderr.contains(kept), "{ran}");
    let previous = machine.path("config/secrets/acme/private_key.previous");
    assert_eq!(fs::read_to_string(&previous).unwrap(), "the only copy");
    let mode = fs::metadata(&previous).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(config(&machine).contains("\"file:secrets/acme/private_key\""));
    // The same key once more replaces nothing.
    let again = machine.run(&format!("auth login {flags}"));
    ok(&again);
    assert!(!again.stderr.contains("previous"), "{again}");
    assert_eq!(fs::read_to_string(&previous).unwrap(), "the only copy");
    // Removing asks, and keeps nothing.
    let refused = machine.run("auth logout");
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("Confirm with --yes."), "{refused}");
    assert!(key.exists());
    ok(&machine.run("auth logout --yes"));
    assert!(!key.exists() && !previous.exists());
}

#[test]
fn the_keyring_keeps_a_generation_too() {
    let (machine, _apple, flags) = with_another_account("keyring");
    let refused = machine.run(&format!("auth login {flags}"));
    assert_eq!(refused.code, 2, "{refused}");
    assert_eq!(machine.keyring.secrets().len(), 1);
    let ran = machine.run(&format!("auth login {flags} --yes"));
    ok(&ran);
    assert!(
        ran.stderr.contains("is stored in keyring:previous."),
        "{ran}"
    );
    let secrets = machine.keyring.secrets();
    assert_eq!(secrets["acme/private_key.previous"], "the only copy");
    ok(&machine.run("auth logout --yes"));
    assert!(machine.keyring.secrets().is_empty());
}

#[test]
fn a_key_that_no_configuration_refers_to_needs_consent() {
    let (machine, apple, flags) = with_another_account("file");
    fs::remove_file(machine.path("config/config.toml")).unwrap();
    let refused = machine.run(&format!("auth login {flags} --profile acme"));
    assert_snapshot!(refused, @r#"
    $ abmctl auth login --client-id BUSINESSAPI.e2871a10-fc9c-4dbf-abe8-cee4c107aa50 --key-id 4cd76bbc-3972-4b66-af7c-3ebdbf91f9b8 --private-key-file [home]/downloads/key.pem --store file --profile acme
    exit 2
    --- stderr
    error: There is already another private key of profile acme in file:secrets/acme/private_key, and the configuration doesn't refer to it. Confirm with --yes.
    hint: To keep both, store the new one in a separate profile: add `--profile NEW`.
    "#);
    assert_eq!(requests(&apple), Vec::<String>::new());
    ok(&machine.run(&format!("auth login {flags} --profile acme --yes")));
    let previous = machine.path("config/secrets/acme/private_key.previous");
    assert_eq!(fs::read_to_string(previous).unwrap(), "the only copy");
}

#[test]
fn refused_credentials_replace_nothing() {
    let (machine, apple, flags) = with_another_account("file");
    let before = config(&machine);
    apple.add_fault(
        "POST /auth/oauth2/token=400:invalid_client"
            .parse()
            .unwrap(),
    );
    let ran = machine.run(&format!("auth login {flags} --yes"));
    assert_eq!(ran.code, 3, "{ran}");
    assert_eq!(config(&machine), before);
    let key = machine.path("config/secrets/acme/private_key");
    assert_eq!(fs::read_to_string(key).unwrap(), "the only copy");
    assert!(
        !machine
            .path("config/secrets/acme/private_key.previous")
            .exists()
    );
}

#[test]
fn names_that_differ_by_case_alone_are_one() {
    let (machine, apple, flags) = with_another_account("file");
    ok(&machine.run(&format!("auth login {flags} --yes -p ACME")));
    let text = config(&machine);
    assert!(
        text.contains("[profiles.acme]") && !text.contains("ACME"),
        "{text}"
    );
    let status = machine.run("auth status -p Acme -o json").json();
    assert_eq!(status["profile"], "acme");
    let token = machine.path("downloads/prod.json");
    write_file(&token, &apple.credentials().server_tokens["prod"], 0o600);
    let token = token.display();
    ok(&machine.run(&format!("tokens import {token} --name prod --store file")));
    let again = machine.run(&format!("tokens import {token} --name PROD -o json"));
    assert_eq!(again.json()["changed"], false, "{again}");
    ok(&machine.run("adde-url get --server PROD"));
    ok(&machine.run("profiles use ACME"));
    ok(&machine.run("tokens remove Prod --yes"));
    ok(&machine.run("profiles remove ACME --yes"));
    assert!(!config(&machine).contains("acme"));
}

#[test]
fn twins_of_an_older_version_go_on_by_exact_spelling() {
    let machine = Machine::bare();
    write_file(
        &machine.path("config/config.toml"),
        &format!(
            "[profiles.Acme]\nclient_id = \"{OTHER}\"\nprivate_key = \"env:A\"\n[profiles.acme]\nclient_id = \"SCHOOLAPI.x\"\nprivate_key = \"env:B\"\n"
        ),
        0o600,
    );
    for (name, kind) in [("Acme", "business"), ("acme", "school")] {
        let ran = machine.run(&format!("auth status -p {name} -o json"));
        assert_eq!(ran.json()["kind"], kind, "{ran}");
        let warning = "warning: The profiles Acme and acme differ only by case.";
        assert_eq!(ran.stderr.matches(warning).count(), 1, "{ran}");
    }
    let ran = machine.run("auth status -p ACME");
    assert_eq!(ran.code, 4, "{ran}");
    assert!(ran.stderr.contains("any of Acme, acme"), "{ran}");
}

#[test]
fn names_of_replaced_secrets_are_taken() {
    let (mut machine, apple, flags) = with_another_account("file");
    let ran = machine.run(&format!("auth login {flags} -p beta.previous"));
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("names that end in .previous"), "{ran}");
    let token = machine.path("downloads/prod.json");
    write_file(&token, &apple.credentials().server_tokens["prod"], 0o600);
    let token = token.display().to_string();
    let line = format!("tokens import {token} --store file --name mdm.previous");
    let ran = machine.run(&line);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(!config(&machine).contains("mdm"));
    machine.set(
        "ABMCTL_SERVER_TOKEN_FILE",
        &format!("prod={token},PROD={token}"),
    );
    let ran = machine.run("tokens list --offline");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("abmctl ignores case in names"), "{ran}");
}

#[test]
fn a_configuration_that_others_can_change_is_not_followed() {
    let (machine, apple) = Machine::with_business();
    let folder = machine.path("config");
    let file = folder.join("config.toml");
    let text = config(&machine);
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let refused = |cure: &str| {
        for line in ["assign", "profiles list", "servers alias x y"] {
            let ran = machine.run(line);
            assert_eq!(ran.code, 2, "{ran}");
            assert!(ran.stderr.contains(cure), "{cure}: {ran}");
        }
    };
    mode(&file, 0o666);
    assert_snapshot!(machine.run("assign"), @r#"
    $ abmctl assign
    exit 2
    --- stderr
    error: The configuration [home]/config/config.toml can be changed by other users (mode 0666), who could have abmctl run any program.
    hint: If its contents are yours, run `chmod go-w [home]/config/config.toml`.
    "#);
    mode(&file, 0o600);
    mode(&folder, 0o757);
    refused("chmod go-w ");
    mode(&folder, 0o700);
    // A link is followed, and its target and that one's folder are judged.
    let elsewhere = machine.path("dotfiles/abmctl.toml");
    write_file(&elsewhere, &text, 0o600);
    fs::remove_file(&file).unwrap();
    symlink(&elsewhere, &file).unwrap();
    ok(&machine.run("assign"));
    mode(&elsewhere, 0o602);
    refused("chmod go-w ");
    mode(&elsewhere, 0o644);
    ok(&machine.run("assign"));
    mode(elsewhere.parent().unwrap(), 0o777);
    refused("chmod go-w ");
    mode(elsewhere.parent().unwrap(), 0o755);
    ok(&machine.run("servers alias web prod"));
    assert!(file.is_symlink(), "the link stays");
    apple.forget_requests();
    fs::remove_file(&file).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&file).status();
    assert!(made.unwrap().success());
    refused("isn't a regular file");
    assert_eq!(requests(&apple), Vec::<String>::new());
}

#[test]
fn a_cached_token_that_others_can_read_is_not_used() {
    let (machine, apple) = Machine::with_business();
    ok(&machine.run("assign"));
    let tokens = machine.path("state/access-tokens");
    let file = fs::read_dir(tokens)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "json"))
        .unwrap();
    let asked = || {
        apple.forget_requests();
        ok(&machine.run("assign"));
        let asked = requests(&apple);
        asked.iter().any(|request| request.starts_with("POST"))
    };
    assert!(!asked());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(asked());
    // The new one is private.
    assert!(!asked());
}

#[test]
fn a_program_does_not_get_what_an_env_reference_of_any_profile_names() {
    let (mut machine, _apple) = Machine::with_business();
    let key = machine.path("config/private-key.pem");
    let seen = machine.path("seen");
    let script = format!("env > {}; cat {}", seen.display(), key.display());
    let text = config(&machine);
    let reference = format!("private_key = \"file:{}\"", key.display());
    assert!(text.contains(&reference), "{text}");
    let text = text.replace(
        &reference,
        &format!("private_key = \"command:sh -c '{script}'\""),
    );
    let text = format!(
        "{text}\n[profiles.other]\nclient_id = \"{OTHER}\"\nprivate_key = \"env:OTHER_KEY\"\n"
    );
    write_file(&machine.path("config/config.toml"), &text, 0o600);
    machine.set("PATH", "/usr/bin:/bin");
    machine.set("OTHER_KEY", "s3cret");
    machine.set("HARMLESS", "value");
    ok(&machine.run("assign"));
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("HARMLESS=value"), "{seen}");
    assert!(
        !seen.contains("OTHER_KEY") && !seen.contains("s3cret"),
        "{seen}"
    );
}

#[test]
fn a_certificate_is_not_written_over_a_key() {
    let (machine, _apple) = Machine::with_business();
    let key = machine.path("key.pem");
    write_file(&key, "the only copy", 0o600);
    let ran = machine.run(&format!(
        "tokens keygen --server 'New MDM' --yes --force --store file --certificate-file {}",
        key.display()
    ));
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("isn't a certificate"), "{ran}");
    assert_eq!(fs::read_to_string(key).unwrap(), "the only copy");
}
