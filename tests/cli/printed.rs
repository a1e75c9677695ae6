//! Commands that are printed: what a shell makes of them, which organization they reach, and that a late one changes nothing.

use std::fs;
use std::process::Command;

use abmctl::sandbox::organization::ProductFamily;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, Ran, write_file};

const URL: &str = "https://mdm.acme.com/discovery";
const INTUNE: &str = "https://intune.acme.com/.well-known/com.apple.remotemanagement";

/// The command after "Put back with:", or with these words in its place.
fn put_back(ran: &Ran, words: &str) -> String {
    let line = ran.stderr.lines().find_map(|line| line.strip_prefix(words));
    line.unwrap_or_else(|| panic!("{ran}")).to_owned()
}

/// Runs a command line as somebody who pastes it into a shell.
fn paste(machine: &Machine, line: &str) -> Ran {
    let script = format!("abmctl() {{ printf '%s\\0' \"$@\"; }}; {line}");
    let shell = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(shell.status.success(), "{line}: {shell:?}");
    let words = String::from_utf8(shell.stdout).unwrap();
    let words: Vec<&str> = words.split_terminator('\0').collect();
    machine.run(&shell_words::join(words))
}

/// What Apple has registered for a token.
fn registered(apple: &Apple, token: &str) -> Option<String> {
    apple.organization(|acme| {
        let token = acme.server_tokens.iter().find(|it| it.name == token);
        let discovery = token.unwrap().service_discovery.as_ref();
        discovery.map(|discovery| discovery.url.clone())
    })
}

fn register(apple: &Apple, token: &str, url: &str) {
    apple.organization(|acme| {
        let mut tokens = acme.server_tokens.iter_mut();
        let token = tokens.find(|it| it.name == token).unwrap();
        url.clone_into(&mut token.service_discovery.as_mut().unwrap().url);
    });
}

fn holder(apple: &Apple, family: ProductFamily) -> Option<String> {
    apple.organization(|acme| {
        let mut servers = acme.servers.iter();
        let server = servers.find(|it| it.default_families.contains(&family));
        server.map(|it| it.id.clone())
    })
}

/// Adds a profile with the same credentials as `sandbox`.
fn another_profile(machine: &Machine, name: &str) {
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (_, profile) = text.split_once("[profiles.sandbox]").unwrap();
    let profile = profile.replace("[profiles.sandbox", &format!("[profiles.{name}"));
    let text = format!("{text}\n[profiles.{name}]{profile}");
    write_file(&path, &text, 0o600);
}

#[test]
fn the_put_back_of_an_odd_url_works_when_it_is_pasted() {
    let (machine, apple) = Machine::with_business();
    for odd in [
        "https://mdm.acme.com/a b  c",
        "https://mdm.acme.com/it's \"quoted\" `id` $HOME $(id) \\ !x ~ * # & ;",
        "https://mdm.bücher.example/ü?日本=🍏",
        "https://mdm.acme.com/line\u{2028}separator\u{a0}\u{202e}\u{200b}",
        "https://mdm.acme.com/tab\tbell\u{7}escape\u{1b}[31m\u{9b}100%s%",
        "https://mdm.acme.com/{server_id}/{token}",
        "  https://mdm.acme.com/blanks  ",
        "HTTPS://me:secret@mdm.acme.com/#fragment",
        "https://mdm.acme.com/--from",
    ] {
        register(&apple, "intune", odd);
        let set = machine.run(&format!("adde-url set {URL} --server intune --no-verify"));
        assert_eq!(set.code, 0, "{set}");
        let line = put_back(&set, "Put back with: ");
        assert!(!line.contains(char::is_control), "{line:?}");
        let back = paste(&machine, &line);
        assert_eq!(back.code, 0, "{line}\n{back}");
        assert_eq!(registered(&apple, "intune").as_deref(), Some(odd), "{line}");
        // And the other way: the odd one is what has to be there.
        let cleared = machine.run("adde-url clear --server intune");
        let line = put_back(&cleared, "Put back with: ");
        assert_eq!(paste(&machine, &line).code, 0, "{line}");
        assert_eq!(registered(&apple, "intune").as_deref(), Some(odd), "{line}");
        let again = put_back(&paste(&machine, &line.replace("none", URL)), "error: ");
        assert!(again.contains("The URL was not changed."), "{again}");
    }
}

#[test]
fn the_put_back_of_a_server_with_an_odd_name_works_when_it_is_pasted() {
    for odd in [
        "it's \"Prod\" $HOME",
        "-prod",
        "--clear",
        "none",
        "Bücher\u{2028}日本",
        "a\u{1b}[31m\nb",
        "Jamf\u{202e}orP",
        "prod,test",
        "=x;y",
    ] {
        let (machine, apple) = Machine::with_business();
        let family = ProductFamily::Vision;
        apple.organization(|acme| {
            let mut servers = acme.servers.iter_mut();
            let server = servers.find(|it| it.default_families.contains(&family));
            odd.clone_into(&mut server.unwrap().name);
        });
        let before = holder(&apple, family);
        let given = machine.run("assign --platform vision --server prod");
        assert_eq!(given.code, 0, "{odd:?}: {given}");
        assert_ne!(holder(&apple, family), before);
        let line = put_back(&given, "Put back with: ");
        let back = paste(&machine, &line);
        assert_eq!(back.code, 0, "{odd:?}: {line}\n{back}");
        assert_eq!(holder(&apple, family), before);
        // This one names the odd server in `--from`.
        let line = put_back(&back, "Put back with: ");
        assert_eq!(paste(&machine, &line).code, 0, "{odd:?}: {line}");
        assert_ne!(holder(&apple, family), before);
    }
}

#[test]
fn a_printed_command_names_the_profile_where_it_could_reach_another_one() {
    let set = format!("adde-url set {URL} --server intune --no-verify");
    let assign = "assign --platform vision --server prod";
    // One profile, which nobody named.
    let (machine, _apple) = Machine::with_business();
    for line in [&set[..], assign] {
        let ran = machine.run(line);
        assert!(!ran.stderr.contains("--profile"), "{ran}");
    }
    for (variable, flag, several) in [
        (Some("sandbox"), "", false),
        (None, " --profile sandbox", false),
        (None, "", true),
        (Some("acme"), " -p sandbox", true),
    ] {
        let (mut machine, _apple) = Machine::with_business();
        if several {
            another_profile(&machine, "acme");
        }
        if let Some(name) = variable {
            machine.set("ABMCTL_PROFILE", name);
        }
        for line in [&set[..], assign] {
            let ran = machine.run(&format!("{line}{flag}"));
            assert_eq!(ran.code, 0, "{ran}");
            let line = put_back(&ran, "Put back with: ");
            assert!(line.contains(" --profile sandbox "), "{line}");
            let journal = fs::read_to_string(machine.path("state/journal.ndjson")).unwrap();
            let mut begun = journal
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap())
                .filter_map(|line| Some(line["event"]["begun"]["undo"].as_str()?.to_owned()));
            assert_eq!(begun.next_back(), Some(line));
        }
        // Also where a command fails before it asks for its settings.
        let ran = machine.run(&format!("assign --server prod{flag}"));
        let hint = "`abmctl assign --platform vision --server prod --profile sandbox`";
        assert!(ran.stderr.contains(hint), "{ran}");
        let ran = machine.run(&format!("assign --server prod{flag} -o json"));
        let error: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert!(error["error"]["hint"].as_str().unwrap().contains(hint));
        // What is about no profile names none.
        let ran = machine.run("assign --nothing");
        assert!(ran.stderr.contains("`abmctl help assign`"), "{ran}");
    }
}

#[test]
fn a_put_back_goes_to_the_profile_that_it_was_printed_for() {
    let (mut machine, apple) = Machine::with_business();
    another_profile(&machine, "acme");
    machine.set("ABMCTL_PROFILE", "acme");
    let ran = machine.run("assign --platform vision --clear");
    let line = put_back(&ran, "Put back with: ");
    machine.unset("ABMCTL_PROFILE");
    // The default profile is another one, and can't reach Apple at all.
    let path = machine.path("config/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, after) = text.split_once("[profiles.sandbox]").unwrap();
    let after = after.replacen("BUSINESSAPI.", "BUSINESSAPI.0", 1);
    write_file(&path, &format!("{before}[profiles.sandbox]{after}"), 0o600);
    assert_eq!(machine.run("assign").code, 3);
    let back = paste(&machine, &line);
    assert_eq!(back.code, 0, "{line}\n{back}");
    assert!(holder(&apple, ProductFamily::Vision).is_some());
}

#[test]
fn beside_credentials_from_variables_no_profile_can_be_named() {
    let (mut machine, apple) = Machine::with_business();
    another_profile(&machine, "acme");
    let credentials = apple.credentials();
    let key = machine.path("key.pem");
    write_file(&key, &credentials.private_key, 0o600);
    machine.set("ABMCTL_CLIENT_ID", &credentials.client_id);
    machine.set("ABMCTL_KEY_ID", &credentials.key_id);
    machine.set("ABMCTL_PRIVATE_KEY_FILE", key.to_str().unwrap());
    // The profile gives the rest.
    for profile in [None, Some("sandbox")] {
        if let Some(profile) = profile {
            machine.set("ABMCTL_PROFILE", profile);
        }
        let ran = machine.run("assign --platform mac --clear");
        assert_eq!(ran.code, 0, "{ran}");
        let line = put_back(&ran, "Put back with the same credential variables: ");
        assert!(!line.contains("--profile"), "{line}");
        assert_eq!(paste(&machine, &line).code, 0, "{line}");
        let ran = machine.run("assign --server prod");
        let hint =
            "`abmctl assign --platform vision --server prod` (with the same credential variables)";
        assert!(ran.stderr.contains(hint), "{ran}");
    }
}

#[test]
fn an_adde_url_is_only_changed_where_the_required_one_is_set() {
    let (machine, apple) = Machine::with_business();
    let other = "https://mdm.acme.com/other";
    for (line, code) in [
        (format!("set {URL} --server intune --from {URL}"), 8),
        (format!("set {URL} --server intune --from none"), 8),
        (format!("set {URL} --server intune --from ''"), 8),
        (format!("set {URL} --server prod --from {INTUNE}"), 8),
        (format!("clear --server intune --from {URL}"), 8),
        ("clear --server intune --from none".to_owned(), 8),
        (format!("set {INTUNE} --server intune --from none"), 8),
        (format!("set {URL} --server intune --from none --check"), 8),
        (
            format!("set {URL} --server intune --from {INTUNE} --check"),
            9,
        ),
        (format!("clear --server intune --from {URL} --dry-run"), 8),
    ] {
        let verify = if line.starts_with("set") {
            " --no-verify"
        } else {
            ""
        };
        let ran = machine.run(&format!("adde-url {line}{verify} -o json"));
        assert_eq!(ran.code, code, "{ran}");
        assert_eq!(registered(&apple, "intune").as_deref(), Some(INTUNE));
        assert_eq!(registered(&apple, "prod"), None);
        let document = ran.json();
        assert_eq!(document["changed"], json!(code == 9), "{ran}");
        if code == 8 {
            let change = &document["changes"][0];
            assert_eq!(change["from"], change["to"], "{ran}");
            assert!(!ran.stderr.contains("Put back"), "{ran}");
        }
    }
    for line in [
        format!(
            "set {URL} --server intune --no-verify --from HTTPS://Intune.acme.com:443{}",
            &INTUNE[23..]
        ),
        format!("clear --server intune --from {URL}"),
        format!("set {other} --server intune --no-verify --from none"),
    ] {
        let ran = machine.run(&format!("adde-url {line}"));
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!(registered(&apple, "intune").as_deref(), Some(other));
    // Several servers, each for itself.
    let ran = machine.run(&format!(
        "adde-url set {URL} --all -y --no-verify --from none"
    ));
    assert_eq!(ran.code, 7, "{ran}");
    assert_eq!(registered(&apple, "intune").as_deref(), Some(other));
    assert_eq!(registered(&apple, "prod").as_deref(), Some(URL));
}

#[test]
fn a_late_put_back_undoes_nobody_elses_change() {
    let (machine, apple) = Machine::with_business();
    let other = "https://mdm.acme.com/other";
    let ran = machine.run(&format!("adde-url set {URL} --server intune --no-verify"));
    let line = put_back(&ran, "Put back with: ");
    register(&apple, "intune", other);
    let late = paste(&machine, &line);
    assert_eq!(late.code, 8, "{late}");
    assert_eq!(registered(&apple, "intune").as_deref(), Some(other));
    let ran = machine.run("adde-url clear --server intune");
    let line = put_back(&ran, "Put back with: ");
    machine.run(&format!("adde-url set {URL} --server intune --no-verify"));
    let late = paste(&machine, &line);
    assert_eq!(late.code, 8, "{late}");
    assert_eq!(registered(&apple, "intune").as_deref(), Some(URL));
}

#[test]
fn only_an_unverified_url_is_sent_as_it_is() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("adde-url set 'http://mdm.acme.com' --server intune --as-is");
    assert_eq!(ran.code, 2, "{ran}");
    // Apple has the last word.
    let ran = machine.run("adde-url set 'http://mdm.acme.com' --server intune --no-verify --as-is");
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(registered(&apple, "intune").as_deref(), Some(INTUNE));
}
