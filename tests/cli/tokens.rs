//! `tokens`: what is imported, listed, removed and made, and what is refused.
//!
//! Over 400 lines, since each kind of file, each refusal and each guard is a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use abmctl::sandbox::organization::{Refusal, ServerToken};
use abmctl::sandbox::{Permission, Running};
use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Apple, KeyringManner, Machine, Ran, requests, write_file};

/// What is in the fixtures, which openssl made.
const SECRETS: [&str; 3] = ["CS_example", "AT_O1Oexample", "AS_example"];

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/p7m")
        .join(name)
}

fn fault(apple: &Apple, text: &str) {
    apple.add_fault(text.parse().unwrap());
}

fn config(machine: &Machine) -> String {
    fs::read_to_string(machine.path("config/config.toml")).unwrap_or_default()
}

/// The configuration without the machine's folder.
fn shown_config(machine: &Machine) -> String {
    let folder = machine.folder.path().to_str().unwrap();
    config(machine).replace(folder, "[home]")
}

/// Copies a fixture onto the machine.
fn download(machine: &Machine, name: &str, mode: u32) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = machine.path("downloads").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(fixture(name), &path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A JSON token of the emulator's, in a file of its own.
fn json_file(machine: &Machine, apple: &Apple, token: &str) -> String {
    let path = machine.path("downloads").join(format!("{token}.json"));
    write_file(&path, &apple.credentials().server_tokens[token], 0o600);
    path.to_str().unwrap().to_owned()
}

/// Makes the emulator accept what is in the fixtures, as the token of the server Intune.
fn accept_fixtures(apple: &Running) {
    apple.organization(|acme| {
        let token = acme.server_tokens.iter_mut().find(|it| it.name == "intune");
        let token = token.unwrap();
        token.consumer_key = "CK_example".into();
        token.consumer_secret = "CS_example".into();
        token.access_token = "AT_O1Oexample+/=O1".into();
        token.access_secret = "AS_example".into();
        token.access_token_expiry = "2027-01-17T11:02:21Z".parse().unwrap();
    });
}

/// A machine without configuration, and an emulator that accepts the fixtures.
fn fresh() -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    accept_fixtures(&apple);
    fs::remove_dir_all(machine.path("config")).unwrap();
    (machine, apple)
}

/// Keeps a fixture's key pair under this name in profile `default`.
fn keep_pair(machine: &Machine, name: &str, fixture_name: &str) {
    let key = fs::read_to_string(fixture(&format!("{fixture_name}.pkcs8.pem"))).unwrap();
    let certificate =
        fs::read_to_string(fixture(&format!("{fixture_name}.certificate.pem"))).unwrap();
    let place = |below: String| machine.path("config").join(below);
    let secret = format!("secrets/default/key_pairs.{name}.private_key");
    let file = format!("certificates/default/{name}.pem");
    write_file(&place(secret.clone()), &key, 0o600);
    write_file(&place(file.clone()), &certificate, 0o600);
    let text = config(machine);
    let text = format!(
        "{text}\n[profiles.default.key_pairs.{name}]\nprivate_key = \"file:{secret}\"\ncertificate = \"{file}\"\n"
    );
    write_file(&machine.path("config/config.toml"), &text, 0o600);
}

/// What a command printed, which holds no secret; ids of certificates made by chance are left out.
fn ran(machine: &Machine, line: &str) -> Ran {
    let mut ran = machine.run(line);
    let id = regex::Regex::new(r#""certificate_id": "[^"]*""#).unwrap();
    ran.stdout = id
        .replace_all(&ran.stdout, r#""certificate_id": "ID""#)
        .into_owned();
    let fixtures = fixture("").to_str().unwrap().to_owned();
    for text in [&mut ran.stdout, &mut ran.stderr] {
        *text = text.replace(&fixtures, "[fixtures]/");
        for secret in SECRETS
            .iter()
            .chain(&["PRIVATE KEY", "\"consumer_secret\""])
        {
            assert!(!text.contains(secret), "{text}");
        }
    }
    ran
}

fn token(apple: &Apple, name: &str, change: impl Fn(&mut ServerToken)) {
    apple.organization(|acme| {
        let token = acme.server_tokens.iter_mut().find(|it| it.name == name);
        change(token.unwrap());
    });
}

#[test]
fn help_says_what_each_does() {
    let machine = Machine::bare();
    for verb in ["", "list", "import", "keygen", "remove"] {
        insta::with_settings!({snapshot_suffix => verb}, {
            assert_snapshot!("help", machine.run(&format!("tokens {verb} --help")));
        });
    }
}

#[test]
fn the_json_of_an_mdm_is_imported() {
    let (machine, apple) = fresh();
    let file = json_file(&machine, &apple, "prod");
    let ran = ran(&machine, &format!("tokens import {file} --store file"));
    assert_snapshot!(ran);
    assert_snapshot!("config_after_json", shown_config(&machine));
    assert_eq!(
        requests(&apple),
        ["GET /session 200", "GET /account 200"],
        "nothing else is asked"
    );
    // It is used from now on, and nothing has to be asked again.
    apple.forget_requests();
    assert_eq!(machine.run("adde-url list").code, 0);
    assert!(!requests(&apple).contains(&"GET /account 200".to_owned()));
    // Once more changes nothing.
    let again = machine.run(&format!("tokens import {file} -o json")).json();
    assert_eq!(again["changed"], json!(false));
    assert_eq!(again["changes"], json!([]));
    let facts = || fs::read_dir(machine.path("state/server-tokens")).unwrap();
    assert_eq!(facts().count(), 1);
    let moved = format!("tokens import {file} --store keyring");
    assert_eq!(machine.run(&moved).code, 0);
    assert_eq!(facts().count(), 1);
}

#[test]
fn a_token_goes_into_the_keyring_or_a_file() {
    let (machine, apple) = fresh();
    let file = json_file(&machine, &apple, "prod");
    assert_snapshot!(
        "in_the_keyring",
        ran(&machine, &format!("tokens import {file} -o json"))
    );
    let kept: Vec<String> = machine.keyring.secrets().into_keys().collect();
    assert_eq!(kept, ["default/tokens.jamf-pro-production.token"]);
    // It moves with --store, and stays where it is without.
    let moved = format!("tokens import {file} --store file");
    assert_eq!(machine.run(&moved).code, 0);
    assert!(machine.keyring.secrets().is_empty());
    assert!(config(&machine).contains("file:secrets/default/tokens.jamf-pro-production.token"));

    let (mut machine, apple) = fresh();
    machine.keyring(KeyringManner::Absent);
    let file = json_file(&machine, &apple, "prod");
    assert_snapshot!(
        "without_a_keyring",
        ran(&machine, &format!("tokens import {file}"))
    );
    assert_eq!(config(&machine), "");
    // Somebody at a terminal is asked.
    machine.keyring(KeyringManner::Keeps);
    machine.at_terminal();
    machine.stdin = "file\n".into();
    assert_snapshot!("asked", ran(&machine, &format!("tokens import {file}")));
}

#[test]
fn a_p7m_is_opened_with_a_kept_key_pair() {
    let (machine, _apple) = fresh();
    keep_pair(&machine, "other", "other");
    keep_pair(&machine, "discovery", "own");
    let file = download(&machine, "portal.p7m", 0o644);
    assert_snapshot!(ran(&machine, &format!("tokens import {file} -o json")));
    assert_snapshot!("config_after_p7m", shown_config(&machine));
    // The key pair's store is the token's.
    assert!(
        machine
            .path("config/secrets/default/tokens.discovery.token")
            .exists()
    );
    assert_snapshot!(
        "imported_table",
        ran(&machine, &format!("tokens import {file} --store keyring"))
    );
}

#[test]
fn every_form_of_p7m_is_opened() {
    let (machine, _apple) = fresh();
    keep_pair(&machine, "own", "own");
    for name in [
        "portal.p7m",
        "aes128.p7m",
        "aes192.p7m",
        "aes256.p7m",
        "des3.p7m",
        "chunks.p7m",
        "definite.der",
        "stream.der",
        "armour.pem",
        "several.p7m",
        "key-id.p7m",
    ] {
        let file = download(&machine, name, 0o644);
        let ran = ran(&machine, &format!("tokens import {file} --dry-run -o json"));
        assert_eq!(ran.code, 0, "{name}\n{ran}");
        assert_eq!(ran.json()["changes"][0]["server_name"], json!("Intune"));
    }
    assert!(!config(&machine).contains("tokens"));
}

#[test]
fn a_p7m_is_opened_with_a_key_that_is_named() {
    let (machine, _apple) = fresh();
    let file = download(&machine, "portal.p7m", 0o644);
    for key in [
        "own.pkcs8.pem",
        "own.pkcs1.pem",
        "own.pkcs8.der",
        "own.pkcs1.der",
    ] {
        let key = download(&machine, key, 0o600);
        let line = format!("tokens import {file} --key {key} --dry-run --store file");
        assert_eq!(ran(&machine, &line).code, 0, "{key}");
    }
    let key = download(&machine, "own.pkcs1.pem", 0o644);
    let certificate = download(&machine, "own.certificate.der", 0o644);
    let line = format!("tokens import {file} --key {key} --certificate {certificate} --store file");
    assert_snapshot!("key_too_open", ran(&machine, &line));
    let key = download(&machine, "own.pkcs1.pem", 0o600);
    let line = format!("tokens import {file} --key {key} --certificate {certificate} --store file");
    assert_snapshot!("named_key", ran(&machine, &line));
}

#[test]
fn four_errors_are_told_apart() {
    let (machine, apple) = fresh();
    keep_pair(&machine, "discovery", "own");
    // Made for another certificate.
    let other = download(&machine, "for-other.p7m", 0o644);
    assert_snapshot!(
        "other_certificate",
        ran(&machine, &format!("tokens import {other}"))
    );
    let key = download(&machine, "own.pkcs8.pem", 0o600);
    let certificate = download(&machine, "own.certificate.pem", 0o644);
    assert_snapshot!(
        "other_certificate_named",
        ran(
            &machine,
            &format!("tokens import {other} --key {key} --certificate {certificate}")
        )
    );
    // The wrong key.
    assert_snapshot!(
        "wrong_key_named",
        ran(&machine, &format!("tokens import {other} --key {key}"))
    );
    let own = download(&machine, "portal.p7m", 0o644);
    let foreign = download(&machine, "other.certificate.pem", 0o644);
    assert_snapshot!(
        "certificate_of_another_key",
        ran(
            &machine,
            &format!("tokens import {own} --key {key} --certificate {foreign}")
        )
    );
    let secret = machine.path("config/secrets/default/key_pairs.discovery.private_key");
    let right = fs::read_to_string(&secret).unwrap();
    write_file(
        &secret,
        &fs::read_to_string(fixture("other.pkcs8.pem")).unwrap(),
        0o600,
    );
    assert_snapshot!(
        "wrong_key_kept",
        ran(&machine, &format!("tokens import {own}"))
    );
    write_file(&secret, &right, 0o600);
    // Damaged.
    let half = machine.path("downloads/half.p7m");
    let text = fs::read_to_string(&own).unwrap();
    write_file(&half, &text[..text.len() / 2], 0o644);
    assert_snapshot!(
        "damaged",
        ran(&machine, &format!("tokens import {}", half.display()))
    );
    // No server token.
    let content_token = machine.path("downloads/vpp.json");
    write_file(
        &content_token,
        r#"{"token":"s3cret","orgName":"Acme"}"#,
        0o600,
    );
    let nothing = machine.path("downloads/nothing.txt");
    write_file(&nothing, "hello", 0o600);
    for (name, file) in [
        ("no_token_json", content_token.to_str().unwrap()),
        ("no_token_key", &key),
        ("no_token_text", nothing.to_str().unwrap()),
        ("no_token_signed", &download(&machine, "signed.p7m", 0o644)),
        ("no_token_absent", "/nowhere/token.p7m"),
    ] {
        assert_snapshot!(name, ran(&machine, &format!("tokens import {file}")));
    }
    assert!(requests(&apple).is_empty());
    assert!(!config(&machine).contains("tokens"));
    assert!(machine.keyring.secrets().is_empty());
}

#[test]
fn without_any_key_it_is_said_which_one_is_needed() {
    let (machine, _apple) = fresh();
    let file = download(&machine, "portal.p7m", 0o644);
    assert_snapshot!(ran(&machine, &format!("tokens import {file} --offline")));
    keep_pair(&machine, "own", "own");
    fs::remove_file(machine.path("config/certificates/default/own.pem")).unwrap();
    // A key whose certificate is lost is tried all the same.
    assert_snapshot!(
        "lost_certificate",
        ran(&machine, &format!("tokens import {file} --offline"))
    );
}

#[test]
fn a_token_comes_through_a_pipe() {
    let (mut machine, apple) = fresh();
    machine.stdin = apple.credentials().server_tokens["prod"].clone();
    assert_snapshot!(ran(&machine, "tokens import - --name prod --store file"));
    machine.at_terminal();
    assert_snapshot!(
        "from_a_terminal",
        ran(&machine, "tokens import - --name prod --store file")
    );
}

#[test]
fn a_json_file_that_others_can_read_is_refused() {
    let (machine, apple) = fresh();
    let path = machine.path("downloads/token.json");
    write_file(&path, &apple.credentials().server_tokens["prod"], 0o644);
    assert_snapshot!(ran(&machine, &format!("tokens import {}", path.display())));
    assert!(requests(&apple).is_empty());
}

#[test]
fn a_refused_token_is_stored_only_offline() {
    let (machine, apple) = fresh();
    let file = json_file(&machine, &apple, "prod");
    token(&apple, "prod", ServerToken::replace);
    assert_snapshot!(ran(&machine, &format!("tokens import {file} --store file")));
    fault(&apple, "GET /session=drop");
    assert_snapshot!(
        "unreachable",
        ran(
            &machine,
            &format!("tokens import {file} --store file --max-wait 1s")
        )
    );
    assert_eq!(config(&machine), "");
    apple.forget_requests();
    assert_snapshot!(
        "offline",
        ran(
            &machine,
            &format!("tokens import {file} --store file --offline")
        )
    );
    assert!(requests(&apple).is_empty());
    assert_snapshot!("config_after_offline", shown_config(&machine));
    // Asked later, it becomes known.
    apple.clear_faults();
    let kept = &apple.credentials().server_tokens["prod"];
    let kept: Value = serde_json::from_str(kept).unwrap();
    token(&apple, "prod", |token| {
        token.access_token = kept["access_token"].as_str().unwrap().to_owned();
    });
    let again = ran(&machine, &format!("tokens import {file} -o json"));
    assert_eq!(again.json()["changes"][0]["token"], json!("default"));
    assert_eq!(
        again.json()["changes"][0]["server_name"],
        json!("Jamf Pro Production")
    );
}

#[test]
fn a_token_that_is_over_is_said_to_be() {
    let (machine, apple) = fresh();
    let file = json_file(&machine, &apple, "prod");
    machine
        .clock
        .advance(std::time::Duration::from_secs(300 * 86_400));
    assert_snapshot!(ran(&machine, &format!("tokens import {file} --store file")));
    assert_snapshot!(
        "over_offline",
        ran(
            &machine,
            &format!("tokens import {file} --store file --offline -o json")
        )
    );
    let odd = machine.path("downloads/odd.json");
    let text = apple.credentials().server_tokens["prod"].replace("2027-06-22T10:00:00Z", "June");
    write_file(&odd, &text, 0o600);
    assert_snapshot!(
        "odd_end",
        ran(
            &machine,
            &format!(
                "tokens import {} --offline --force --name odd --store file",
                odd.display()
            )
        )
    );
}

#[test]
fn another_token_replaces_none_without_consent() {
    let (machine, apple) = fresh();
    let prod = json_file(&machine, &apple, "prod");
    let intune = json_file(&machine, &apple, "intune");
    accept_intune_again(&apple);
    assert_eq!(
        machine
            .run(&format!("tokens import {prod} --name mdm --store file"))
            .code,
        0
    );
    let before = config(&machine);
    assert_snapshot!(ran(&machine, &format!("tokens import {intune} --name mdm")));
    assert_snapshot!(
        "another_offline",
        ran(
            &machine,
            &format!("tokens import {intune} --name mdm --offline")
        )
    );
    assert_eq!(config(&machine), before);
    assert_snapshot!(
        "forced",
        ran(
            &machine,
            &format!("tokens import {intune} --name mdm --yes -o json")
        )
    );
    assert!(config(&machine).contains("server_name = \"Intune\""));
    let kept = fs::read_to_string(machine.path("config/secrets/default/tokens.mdm.token.previous"));
    let prod_token: Value = serde_json::from_str(&fs::read_to_string(&prod).unwrap()).unwrap();
    let kept: Value = serde_json::from_str(&kept.unwrap()).unwrap();
    assert_eq!(kept["consumer_key"], prod_token["consumer_key"]);
    // The flag's name in older scripts.
    let forced = machine.run(&format!("tokens import {prod} --name mdm --force -n"));
    assert_eq!(forced.code, 0, "{forced}");
    // A kept one that can't be read can't be compared.
    fs::remove_file(machine.path("config/secrets/default/tokens.mdm.token")).unwrap();
    fs::remove_dir_all(machine.path("state/server-tokens")).unwrap();
    assert_snapshot!(
        "not_comparable",
        ran(
            &machine,
            &format!("tokens import {prod} --name mdm --offline")
        )
    );
}

/// Undoes what [`fresh`] made of the token `intune`.
fn accept_intune_again(apple: &Apple) {
    let kept: Value = serde_json::from_str(&apple.credentials().server_tokens["intune"]).unwrap();
    let text = |name: &str| kept[name].as_str().unwrap().to_owned();
    token(apple, "intune", |token| {
        token.consumer_key = text("consumer_key");
        token.consumer_secret = text("consumer_secret");
        token.access_token = text("access_token");
        token.access_secret = text("access_secret");
        token.access_token_expiry = text("access_token_expiry").parse().unwrap();
    });
}

#[test]
fn a_renewed_token_takes_the_place_of_the_old_one() {
    let (machine, apple) = Machine::with_business();
    token(&apple, "prod", |token| {
        token.replace();
        token.access_token_expiry += SignedDuration::from_hours(24 * 100);
    });
    let path = machine.path("downloads/new.json");
    let json = apple.organization(|acme| acme.server_tokens[0].to_json());
    write_file(&path, &json, 0o600);
    assert_snapshot!(ran(
        &machine,
        &format!("tokens import {} --store keyring", path.display())
    ));
    assert_eq!(machine.keyring.secrets().len(), 1);
    // What abmctl did not put there stays.
    assert!(machine.path("config/token-prod.json").exists());
    assert_snapshot!(
        "config_after_renewal",
        shown_config(&machine).split_once("aliases]").unwrap().1
    );
}

#[test]
fn a_dry_run_stores_nothing() {
    let (machine, apple) = fresh();
    let file = json_file(&machine, &apple, "prod");
    assert_snapshot!(ran(
        &machine,
        &format!("tokens import {file} --store file -n")
    ));
    assert!(!machine.path("config").exists());
    assert!(!machine.path("state/server-tokens").exists());
}

#[test]
fn nothing_is_stored_that_would_not_be_used() {
    let (mut machine, apple) = fresh();
    let file = json_file(&machine, &apple, "prod");
    machine.set("ABMCTL_SERVER_TOKEN_FILE", &file);
    assert_snapshot!(
        "tokens_of_the_environment",
        ran(&machine, &format!("tokens import {file}"))
    );
    assert_eq!(ran(&machine, "tokens remove default --yes").code, 2);
    machine.unset("ABMCTL_SERVER_TOKEN_FILE");
    let credentials = apple.credentials();
    machine.set("ABMCTL_CLIENT_ID", &credentials.client_id);
    machine.set("ABMCTL_PRIVATE_KEY", &credentials.private_key);
    assert_snapshot!(
        "no_profile",
        ran(&machine, &format!("tokens import {file}"))
    );
    machine.set("ABMCTL_PROFILE", "acme");
    assert_eq!(
        ran(&machine, &format!("tokens import {file} --store file")).code,
        0
    );
    assert!(config(&machine).contains("[profiles.acme.tokens.jamf-pro-production]"));
}

#[test]
fn list_shows_each_token_and_its_state() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(ran(&machine, "tokens list"));
    for format in ["json", "csv"] {
        insta::with_settings!({snapshot_suffix => format}, {
            assert_snapshot!("list", ran(&machine, &format!("tokens list -o {format}")));
        });
    }
    let offline = requests(&apple).len();
    assert_snapshot!("list_offline", ran(&machine, "tokens list --offline"));
    assert_eq!(requests(&apple).len(), offline);
    assert_snapshot!("none", ran(&Machine::bare(), "tokens list"));
}

#[test]
fn one_token_s_error_hides_no_other() {
    let (machine, apple) = Machine::with_business();
    token(&apple, "prod", ServerToken::replace);
    assert_snapshot!(ran(&machine, "tokens list"));
    let rows = ran(&machine, "tokens list -o json").json();
    assert_eq!(rows[0]["state"], json!("ok"));
    assert_eq!(rows[1]["state"], json!("replaced"));
    for (refusal, state) in [
        (("403", "T_C_NOT_SIGNED"), "terms_not_signed"),
        (("403", "FORBIDDEN"), "refused"),
        (("403", "token_expired"), "expired"),
    ] {
        token(&apple, "prod", |token| {
            token.access_token = token.access_token.trim_end_matches('N').to_owned();
            token.refusal = Some(Refusal {
                status: refusal.0.parse().unwrap(),
                code: refusal.1.to_owned(),
            });
        });
        let ran = ran(&machine, "tokens list -o json");
        assert_eq!(ran.json()[1]["state"], json!(state));
        assert_eq!(ran.code, 7);
    }
    fs::remove_file(machine.path("config/token-prod.json")).unwrap();
    assert_snapshot!("unusable", ran(&machine, "tokens list"));
    fault(&apple, "GET /session=503");
    assert_snapshot!("none_works", ran(&machine, "tokens list --max-wait 1s"));
}

#[test]
fn cron_is_told_when_a_token_ends() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!("not_due", ran(&machine, "tokens list --fail-within 30d -q"));
    assert_snapshot!(
        "due",
        ran(&machine, "tokens list --fail-within 100d -o csv")
    );
    // It goes on working, and ends soon.
    machine
        .clock
        .advance(std::time::Duration::from_secs(90 * 86_400));
    assert_snapshot!("expiring", ran(&machine, "tokens list --fail-within 1w"));
    // Being over is what was asked about; anything else is an error.
    machine
        .clock
        .advance(std::time::Duration::from_secs(10 * 86_400));
    assert_snapshot!("expired", ran(&machine, "tokens list"));
    assert_snapshot!("expired_due", ran(&machine, "tokens list --fail-within 1w"));
    assert_eq!(
        ran(&machine, "tokens list --offline --fail-within 1w").code,
        9
    );
    assert_eq!(ran(&machine, "tokens list --offline").code, 7);
    token(&apple, "prod", ServerToken::replace);
    assert_eq!(ran(&machine, "tokens list --fail-within 1w").code, 7);
    assert_snapshot!("no_duration", ran(&machine, "tokens list --fail-within 30"));
}

#[test]
fn a_token_is_removed_with_consent() {
    let (mut machine, apple) = fresh();
    keep_pair(&machine, "discovery", "own");
    let file = download(&machine, "portal.p7m", 0o644);
    assert_eq!(machine.run(&format!("tokens import {file}")).code, 0);
    let before = config(&machine);
    assert_snapshot!("needs_yes", ran(&machine, "tokens remove discovery"));
    assert_snapshot!(
        "remove_dry_run",
        ran(&machine, "tokens remove discovery -n --key-pair -o json")
    );
    machine.at_terminal();
    machine.stdin = "no\n".into();
    assert_snapshot!("asked_no", ran(&machine, "tokens remove discovery"));
    assert_eq!(config(&machine), before);
    machine.stdin = "yes\n".into();
    apple.forget_requests();
    assert_snapshot!("asked_yes", ran(&machine, "tokens remove discovery"));
    assert!(requests(&apple).is_empty());
    assert_eq!(
        fs::read_dir(machine.path("state/server-tokens"))
            .unwrap()
            .count(),
        0
    );
    assert!(
        !machine
            .path("config/secrets/default/tokens.discovery.token")
            .exists()
    );
    assert_snapshot!("config_after_remove", shown_config(&machine));
    machine.terminal = abmctl::host::Terminal::default();
    assert_snapshot!("absent", ran(&machine, "tokens remove discovery"));
    assert_snapshot!("pair_waits", ran(&machine, "tokens list"));
    assert_snapshot!(
        "pair_removed",
        ran(&machine, "tokens remove discovery --key-pair --yes")
    );
    assert!(
        !machine
            .path("config/secrets/default/key_pairs.discovery.private_key")
            .exists()
    );
    assert!(
        !machine
            .path("config/certificates/default/discovery.pem")
            .exists()
    );
    assert!(!config(&machine).contains("discovery"));
    assert_eq!(machine.run("tokens list").code, 3, "the profile is left");
}

#[test]
fn what_abmctl_did_not_store_stays() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(ran(&machine, "tokens remove prod --yes"));
    assert!(machine.path("config/token-prod.json").exists());
    assert_snapshot!("unknown", ran(&machine, "tokens remove prod --yes"));
}

/// Makes the server at this place in Apple's list one that nothing uses.
fn idle(apple: &Apple, index: usize) -> String {
    apple.organization(|acme| {
        let id = acme.servers[index].id.clone();
        acme.servers[index].default_families = BTreeSet::new();
        acme.servers[index].last_connected_at = None;
        for device in &mut acme.devices {
            if device.server_id.as_ref() == Some(&id) {
                device.server_id = None;
            }
        }
        acme.servers[index].name.clone()
    })
}

#[test]
fn keygen_makes_a_pair_and_says_what_is_left_to_do() {
    let (machine, apple) = Machine::with_business();
    let server = idle(&apple, 2);
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --server '{server}' --store file --certificate-file {}",
        out.display()
    );
    assert_snapshot!("keygen_dry_run", ran(&machine, &format!("{line} -n")));
    assert!(!out.exists() && !config(&machine).contains("key_pairs"));
    assert_snapshot!(ran(&machine, &line));
    let pem = fs::read_to_string(&out).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(config(&machine).contains("[profiles.sandbox.key_pairs.test]\n"));
    let key = machine.path("config/secrets/sandbox/key_pairs.test.private_key");
    assert!(fs::read_to_string(&key).unwrap().contains("PRIVATE KEY"));
    assert_eq!(
        fs::read_to_string(machine.path("config/certificates/sandbox/test.pem")).unwrap(),
        pem
    );
    // A pair of that name, and a file of that name, are not written over.
    assert_snapshot!("file_exists", ran(&machine, &line));
    fs::remove_file(&out).unwrap();
    assert_snapshot!("pair_exists", ran(&machine, &line));
    let first = fs::read_to_string(&key).unwrap();
    assert_snapshot!(
        "keygen_forced",
        ran(&machine, &format!("{line} --force -o json"))
    );
    let older = machine.path("config/secrets/sandbox/key_pairs.test-old.private_key");
    assert_eq!(fs::read_to_string(older).unwrap(), first);
    assert_eq!(
        fs::read_to_string(machine.path("config/certificates/sandbox/test-old.pem")).unwrap(),
        pem
    );
    assert_ne!(fs::read_to_string(&key).unwrap(), first);
    let keys = shown_config(&machine);
    assert_snapshot!(
        "config_after_keygen",
        keys.split_once("declared").unwrap().1
    );
    let status = ran(&machine, "auth status -o json").json();
    assert_snapshot!("status", format!("{:#}", status["key_pairs"]));
    let shown = ran(&machine, "profiles remove sandbox --yes -n");
    assert_snapshot!("profile_removed", shown);
    assert_eq!(machine.run("profiles remove sandbox --yes").code, 0);
    assert!(!key.exists());
    assert!(
        !machine
            .path("config/certificates/sandbox/test.pem")
            .exists()
    );
}

#[test]
fn keygen_keeps_the_key_in_the_keyring() {
    let (machine, apple) = Machine::with_business();
    idle(&apple, 2);
    let line = |name: &str| {
        let out = machine.path(name);
        format!(
            "tokens keygen --server test --certificate-file {} --force",
            out.display()
        )
    };
    assert_eq!(ran(&machine, &line("one.pem")).code, 0);
    let first = machine.keyring.secrets();
    assert_eq!(ran(&machine, &line("two.pem")).code, 0);
    let now = machine.keyring.secrets();
    assert_eq!(
        now["sandbox/key_pairs.test-old.private_key"],
        first["sandbox/key_pairs.test.private_key"]
    );
    assert_ne!(
        now["sandbox/key_pairs.test.private_key"],
        first["sandbox/key_pairs.test.private_key"]
    );
    assert_eq!(ran(&machine, &line("three.pem")).code, 0);
    assert_eq!(machine.keyring.secrets().len(), 3);
}

#[test]
fn keygen_writes_over_no_file_that_it_can_not_read() {
    let (machine, apple) = Machine::with_business();
    idle(&apple, 2);
    let file = machine.path("certificate.pem");
    std::os::unix::fs::symlink(machine.path("key-on-a-disk-that-is-away.pem"), &file).unwrap();
    let line = format!(
        "tokens keygen --server test --store file --force --certificate-file {}",
        file.display()
    );
    let ran = ran(&machine, &line);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.stderr
            .contains("the file there can't be read (entity not found)."),
        "{ran}"
    );
    assert!(std::fs::symlink_metadata(&file).unwrap().is_symlink());
}

#[test]
fn keygen_cuts_no_mdm_off() {
    let (machine, apple) = Machine::with_business();
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --store file --certificate-file {} --server",
        out.display()
    );
    // Devices, defaults, connected lately, and a token that works.
    assert_snapshot!("in_use", ran(&machine, &format!("{line} prod")));
    assert_eq!(ran(&machine, &format!("{line} prod --yes --force")).code, 8);
    assert!(!out.exists() && !config(&machine).contains("key_pairs"));
    // One sign is enough.
    let server = idle(&apple, 0);
    assert_snapshot!("has_a_token", ran(&machine, &format!("{line} '{server}'")));
    token(&apple, "prod", ServerToken::replace);
    assert_eq!(ran(&machine, &format!("{line} '{server}' -n")).code, 0);
    let connected = |days: i64| {
        apple.organization(|acme| {
            let now: jiff::Timestamp = crate::support::BEGINNING.parse().unwrap();
            acme.servers[0].last_connected_at = Some(now - SignedDuration::from_hours(24 * days));
        });
        ran(&machine, &format!("{line} '{server}' -n")).code
    };
    assert_eq!((connected(30), connected(31)), (8, 0));
    assert_snapshot!(
        "disconnected",
        ran(&machine, &format!("{line} intune --disconnect-mdm"))
    );
}

#[test]
fn keygen_asks_where_nothing_is_known() {
    let (mut machine, apple) = fresh();
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --server 'New MDM' --store file --certificate-file {}",
        out.display()
    );
    assert_snapshot!("nothing_known", ran(&machine, &line));
    assert_snapshot!(
        "nothing_known_dry_run",
        ran(&machine, &format!("{line} -n"))
    );
    machine.at_terminal();
    machine.stdin = "no\n".into();
    assert_snapshot!("asked_keygen", ran(&machine, &line));
    machine.stdin = "yes\n".into();
    assert_eq!(ran(&machine, &line).code, 0);
    assert_snapshot!("config_of_a_new_profile", shown_config(&machine));
    machine.terminal = abmctl::host::Terminal::default();
    // A token that works tells what the API account can't.
    accept_intune_again(&apple);
    let file = json_file(&machine, &apple, "intune");
    assert_eq!(
        machine
            .run(&format!("tokens import {file} --store file"))
            .code,
        0
    );
    let line = line
        .replace("'New MDM'", "Intune")
        .replace("out.pem", "other.pem");
    assert_snapshot!("token_known", ran(&machine, &format!("{line} --yes")));
}

#[test]
fn keygen_asks_where_the_server_can_not_be_read() {
    let (machine, apple) = Machine::with_business();
    idle(&apple, 2);
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --server test --store file --max-wait 1s --certificate-file {}",
        out.display()
    );
    fault(&apple, "GET /v1/mdmServers/*=500");
    assert_snapshot!("one_unread", ran(&machine, &line));
    apple.clear_faults();
    apple.organization(|acme| acme.permissions.remove(&Permission::ViewServers));
    assert_snapshot!("all_unread", ran(&machine, &line));
    assert_eq!(ran(&machine, &format!("{line} --yes")).code, 0);
}

#[test]
fn keygen_for_a_name_that_no_server_has() {
    let (mut machine, _apple) = Machine::with_business();
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --server 'Jamf Pro Producton' --store file --certificate-file {}",
        out.display()
    );
    assert_snapshot!("no_such_server", ran(&machine, &line));
    assert_snapshot!(
        "new_in_the_portal",
        ran(&machine, &format!("{line} --yes --name new"))
    );
    machine.at_terminal();
    machine.stdin = "no\n".into();
    assert_snapshot!("new_asked", ran(&machine, &line));
    assert_eq!(ran(&machine, "tokens keygen --server ''").code, 2);
}

#[test]
fn keygen_makes_the_server_too() {
    let (machine, apple) = Machine::with_business();
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --create --store file --certificate-file {} --server",
        out.display()
    );
    assert_snapshot!(
        "create_dry_run",
        ran(&machine, &format!("{line} Discovery -n"))
    );
    assert_eq!(apple.organization(|acme| acme.servers.len()), 4);
    assert_snapshot!("created", ran(&machine, &format!("{line} Discovery")));
    assert_eq!(
        apple.organization(|acme| acme.servers[4].name.clone()),
        "Discovery"
    );
    // It exists, or Apple says no.
    fs::remove_file(&out).unwrap();
    assert_snapshot!(
        "server_exists",
        ran(&machine, &format!("{line} discovery --name other"))
    );
    assert_snapshot!("name_refused", ran(&machine, &format!("{line} Unassigned")));
    apple.organization(|acme| acme.permissions.remove(&Permission::ManageServers));
    assert_snapshot!("not_permitted", ran(&machine, &format!("{line} Another")));
    let kept = config(&machine);
    assert!(
        !kept.contains("unassigned") && !kept.contains("another"),
        "{kept}"
    );
    assert!(
        !machine
            .path("config/secrets/sandbox/key_pairs.another.private_key")
            .exists()
    );
    assert!(!out.exists());
}

#[test]
fn a_server_that_may_have_been_made_is_not_made_twice() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "POST /v1/mdmServers=after-drop");
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --create --store file --certificate-file {} --server Discovery",
        out.display()
    );
    apple.forget_requests();
    assert_snapshot!(ran(&machine, &line));
    assert_eq!(apple.organization(|acme| acme.servers.len()), 5);
    let posts = requests(&apple);
    assert_eq!(posts.iter().filter(|it| it.contains("POST /v1")).count(), 1);
    assert!(config(&machine).contains("key_pairs.discovery"));
}

#[test]
fn a_server_whose_making_has_an_unreadable_answer_is_not_made_twice() {
    for what in ["after-html", "after-half", "after-empty"] {
        let (machine, apple) = Machine::with_business();
        fault(&apple, &format!("POST /v1/mdmServers={what}"));
        let out = machine.path("out.pem");
        let line = format!(
            "tokens keygen --create --store file --certificate-file {} --server Discovery",
            out.display()
        );
        let ran = machine.run(&line);
        // Apple's list has it.
        assert_eq!(ran.code, 0, "{what}: {ran}");
        let posts = requests(&apple);
        assert_eq!(posts.iter().filter(|it| it.contains("POST /v1")).count(), 1);
        // The key is kept: the server may have its certificate.
        assert!(config(&machine).contains("key_pairs.discovery"), "{what}");
    }
}

#[test]
fn the_key_of_a_server_that_may_still_be_made_is_kept() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "POST /v1/mdmServers=drop");
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --create --store file --certificate-file {} --server Discovery",
        out.display()
    );
    let ran = machine.run(&line);
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stderr.contains("its key pair is stored"), "{ran}");
    assert!(config(&machine).contains("key_pairs.discovery"));
}

#[test]
fn school_manager_makes_no_servers() {
    let (machine, apple) = Machine::with_school();
    let out = machine.path("out.pem");
    let line = format!(
        "tokens keygen --store file --certificate-file {} --server",
        out.display()
    );
    assert_snapshot!(
        "school_create",
        ran(&machine, &format!("{line} Discovery --create"))
    );
    assert_eq!(requests(&apple), Vec::<String>::new());
    assert_snapshot!(
        "school_new",
        ran(&machine, &format!("{line} Discovery --yes"))
    );
    let line = line.replace("out.pem", "other.pem");
    assert_snapshot!(
        "school_new_unsaid",
        ran(&machine, &format!("{line} Another"))
    );
    assert_snapshot!(
        "create_without_account",
        ran(&Machine::bare(), "tokens keygen --create --server X")
    );
}

#[test]
fn a_token_that_does_not_say_when_it_ends_is_taken() {
    let (machine, apple) = Machine::with_business();
    let token = |expiry: Option<Value>| {
        let mut document: Value =
            serde_json::from_str(&apple.credentials().server_tokens["prod"]).unwrap();
        let members = document.as_object_mut().unwrap();
        members.remove("access_token_expiry");
        members.extend(expiry.map(|expiry| ("access_token_expiry".to_owned(), expiry)));
        document.to_string()
    };
    for (expiry, ends) in [
        (None, Value::Null),
        (Some(json!(null)), Value::Null),
        (Some(json!("")), Value::Null),
        (Some(json!("next year")), Value::Null),
        (Some(json!(1_822_384_950)), json!("2027-10-01T10:02:30Z")),
        (Some(json!("1822384950")), json!("2027-10-01T10:02:30Z")),
    ] {
        let file = machine.path("token.json");
        write_file(&file, &token(expiry.clone()), 0o600);
        let line = format!("tokens import {} --name prod", file.display());
        let imported = machine.run(&line);
        assert_eq!(imported.code, 0, "{expiry:?}: {imported}");
        let unknown = imported
            .stderr
            .contains("doesn't know when the server token expires");
        assert_eq!(unknown, ends.is_null(), "{imported}");
        // It is kept, and read again.
        let listed = machine.run("tokens list --fail-within 30d -o json");
        assert_eq!(listed.code, 0, "{listed}");
        assert_eq!(
            listed.stderr.contains("doesn't watch it"),
            ends.is_null(),
            "{listed}"
        );
        let rows = listed.json();
        let row = rows
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["token"] == "prod");
        let row = row.unwrap();
        assert_eq!(row["expires_at"], ends, "{listed}");
        assert_eq!(row["state"], "ok", "{listed}");
        assert_eq!(machine.run("adde-url get --server prod").code, 0);
    }
    write_file(&machine.path("token.json"), &token(None), 0o600);
    let line = format!(
        "tokens import {} --name prod",
        machine.path("token.json").display()
    );
    machine.run(&line);
    assert_snapshot!("no_expiry", machine.run("tokens list --fail-within 30d"));
}
