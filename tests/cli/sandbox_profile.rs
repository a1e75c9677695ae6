//! A sandbox by its profile alone: nothing but the two folders is set.

use abmctl::sandbox::Options;

use super::support::*;

/// A machine that has the emulator's profile, and no variable of a service.
fn by_profile() -> (Machine, Apple) {
    let (mut machine, apple) = Machine::with_apple(Options::default());
    machine.configured_by_profile(&apple);
    (machine, apple)
}

fn config(machine: &Machine) -> String {
    std::fs::read_to_string(machine.path("config/config.toml")).unwrap()
}

fn change_config(machine: &Machine, change: impl FnOnce(String) -> String) {
    let text = change(config(machine));
    write_file(&machine.path("config/config.toml"), &text, 0o600);
}

/// The configuration without the sandbox's resolver.
fn without_resolver(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("resolver ="));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_profile_is_enough() {
    let (machine, apple) = by_profile();
    for line in [
        "assign --platform vision --server prod",
        "domains list",
        "adde-url list",
        "adde-url set https://mdm.acme.example/.well-known/com.apple.remotemanagement --server prod",
        "sandbox web acme.de=redirect",
        "adde-url check acme.de --platform mac",
        "sandbox portal --add-domain new.example",
    ] {
        let ran = machine.run(line);
        assert_eq!(ran.code, 0, "{ran}");
    }
    let status = machine.run("auth status -o json").json();
    assert_eq!(status["sandbox"], true);
    assert_eq!(status["services"][0]["url"], format!("{}/", apple.origin()));
    for source in [
        &status["services"][0]["source"],
        &status["certificates"][0]["source"],
        &status["resolver_source"],
        &status["resolve"][0]["source"],
    ] {
        let source = source.as_str().unwrap();
        assert!(source.starts_with("profile sandbox in "), "{source}");
    }
    let removed = machine.run("profiles remove sandbox --yes -o json");
    assert_eq!(removed.json()["sandbox"], true, "{removed}");
}

#[test]
fn a_new_host_is_reached_by_the_profile() {
    let (machine, _apple) = by_profile();
    let ran = machine.run("sandbox web fresh.example=ok");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
    let ran = machine.run("adde-url check fresh.example --platform mac -o json");
    assert!(
        ran.stdout.contains("\"enrolls\": \"yes\"") || ran.code == 0,
        "{ran}"
    );
    assert!(config(&machine).contains("fresh.example=127.0.0.1:"));
}

#[test]
fn nothing_leaves_the_sandbox() {
    let (machine, apple) = by_profile();
    // The sandbox's resolver answers for a stranger's domain: there is none.
    let ran = machine.run("adde-url check example.org --platform mac");
    assert!(ran.stdout.contains("doesn't exist in the sandbox"), "{ran}");
    let ran = machine.run("adde-url set https://strangers.org/x --server prod");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("doesn't exist in the sandbox"), "{ran}");
    // An address that is no name is not connected to.
    let ran = machine.run("adde-url set https://192.0.2.1/x --server prod");
    assert!(
        ran.stderr.contains("connects to this machine only"),
        "{ran}"
    );
    for options in ["--resolver 192.0.2.53", "--resolve example.org:192.0.2.1"] {
        let ran = machine.run(&format!("adde-url check example.org {options}"));
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("is not on this machine"), "{ran}");
    }
    let ran = machine.run("domains list --resolver 192.0.2.53");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(apple.web_violations().is_empty());
}

#[test]
fn a_sandbox_without_a_resolver_asks_nobody() {
    let (mut machine, _apple) = by_profile();
    change_config(&machine, |text| without_resolver(&text));
    let ran = machine.run("adde-url check example.org --platform mac");
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stdout.contains("can't be looked up"), "{ran}");
    assert!(
        ran.stdout.contains("abmctl sandbox serve --home DIR"),
        "{ran}"
    );
    let ran = machine.run("domains list");
    assert!(
        ran.stderr.contains("is a sandbox's without a resolver"),
        "{ran}"
    );
    // A proxy would ask for it.
    machine.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let ran = machine.run("adde-url check example.org --platform mac");
    assert!(ran.stdout.contains("can't be looked up"), "{ran}");
}

#[test]
fn what_is_wrong_with_services_is_told_with_its_member() {
    let (machine, apple) = by_profile();
    let before = config(&machine);
    let origin = apple.origin().to_owned();
    let from = |text: &str| before.replacen(&format!("api = \"{origin}\""), text, 1);
    for (text, part) in [
        (
            from("api = \"http://gateway.example\""),
            "services.api of profile sandbox in [home]/config/config.toml must be https",
        ),
        (
            from("apii = \"https://gateway.example\""),
            "Did you mean `api`?",
        ),
    ] {
        change_config(&machine, |_| text);
        let ran = machine.run("assign");
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(part), "{ran}");
    }
    for (content, part) in [
        ("", "contains no usable certificate"),
        ("no certificate", "contains no usable certificate"),
    ] {
        change_config(&machine, |_| before.clone());
        std::fs::write(machine.path("ca.pem"), content).unwrap();
        let ran = machine.run("adde-url check acme.com --platform mac");
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(part), "{ran}");
        assert!(
            ran.stderr
                .contains("services.certificates of profile sandbox"),
            "{ran}"
        );
    }
}

#[test]
fn a_profile_beside_credentials_gives_services() {
    let (mut machine, apple) = by_profile();
    let account = apple.credentials().clone();
    let key = machine.path("account.pem");
    write_file(&key, &account.private_key, 0o600);
    machine.set("ABMCTL_CLIENT_ID", &account.client_id);
    machine.set("ABMCTL_KEY_ID", &account.key_id);
    machine.set("ABMCTL_PRIVATE_KEY_FILE", key.to_str().unwrap());
    machine.set("ABMCTL_PROFILE", "sandbox");
    let ran = machine.run("servers list");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(machine.run("auth status -o json").json()["sandbox"], true);
}

#[test]
fn a_home_is_served_again_and_keeps_what_the_user_added() {
    let (machine, apple) = by_profile();
    let ran = machine.run("servers alias mine Intune");
    assert_eq!(ran.code, 0, "{ran}");
    machine.run("domains declare acme.io");
    change_config(&machine, |text| {
        text.replacen(
            "resolve = [",
            "resolve = [\n  \"own.example=127.0.0.1:99\",\n  \"gone.example=127.0.0.1:98\",",
            1,
        )
        .replacen("[profiles.sandbox]", "# mine\n[profiles.sandbox]", 1)
            + "\n[profiles.acme]\nclient_id = \"BUSINESSAPI.0\"\n"
    });
    let old_web = format!("127.0.0.1:{}", apple.web_port());
    change_config(&machine, |text| text.replace("127.0.0.1:98", &old_web));
    let other = Apple::start(Options::default(), std::sync::Arc::clone(&machine.clock));
    other.write_home(machine.folder.path()).unwrap();
    let text = config(&machine);
    for part in [
        "# mine",
        "mine = \"96D1",
        "acme.io",
        "BUSINESSAPI.0",
        "own.example=127.0.0.1:99",
        other.origin(),
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        !text.contains(apple.origin()) && !text.contains("gone.example"),
        "{text}"
    );
    assert_eq!(machine.run("servers list -p sandbox").code, 0);
    // A second profile in the same home.
    apple
        .write_profile(machine.folder.path(), "second")
        .unwrap();
    for profile in ["sandbox", "second"] {
        let ran = machine.run(&format!("adde-url list -p {profile}"));
        assert_eq!(ran.code, 0, "{ran}");
    }
}

#[test]
fn a_profile_that_is_not_a_sandboxs_is_not_served() {
    let machine = Machine::bare();
    let home = machine.path("home");
    std::fs::create_dir_all(home.join("config")).unwrap();
    let mine = "[profiles.acme]\nclient_id = \"BUSINESSAPI.0\"\n";
    write_file(&home.join("config/config.toml"), mine, 0o600);
    let line = format!("sandbox serve --home {} -p ACME", home.display());
    let ran = machine.run(&line);
    assert_eq!(ran.code, 8, "{ran}");
    assert!(
        ran.stderr
            .contains("Profile acme of [home]/home/config/config.toml isn't a sandbox's"),
        "{ran}"
    );
    assert_eq!(
        std::fs::read_to_string(home.join("config/config.toml")).unwrap(),
        mine
    );
}

#[test]
fn serve_replaces_no_file_of_another_profile() {
    for (name, owner) in [
        (
            "config/private-key.pem",
            "private_key = \"file:private-key.pem\"",
        ),
        (
            "config/token-prod.json",
            "tokens.prod.token = \"file:token-prod.json\"",
        ),
        ("ca.pem", "services.certificates = \"../ca.pem\""),
    ] {
        let home = tempfile::TempDir::new().unwrap();
        let (_machine, apple) = Machine::with_business();
        let config = home.path().join("config");
        std::fs::create_dir(&config).unwrap();
        let toml = format!("# mine\n[profiles.acme]\n{owner}\n");
        write_file(&config.join("config.toml"), &toml, 0o600);
        write_file(&home.path().join(name), "mine", 0o600);
        let error = apple.write_home(home.path()).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
        assert_eq!(read(name), "mine");
        assert_eq!(read("config/config.toml"), toml);
    }
}
