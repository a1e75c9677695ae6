//! No command shows a secret, at any level of `-v`, in any format, whether it works or fails.

use crate::support::{Apple, Machine, Ran, write_file};

/// Every command that reads or sends a secret; those that change something come twice, since the first one changes it.
const COMMANDS: [&str; 27] = [
    "assign",
    "assign --platform vision --server prod",
    "assign --platform vision --clear",
    "assign --platform vision --server prod --check",
    "servers list",
    "servers get prod",
    "servers alias production prod",
    "adde-url list",
    "adde-url get --server prod",
    "adde-url set --no-verify https://mdm.acme.com/discovery --server prod",
    "adde-url set --no-verify https://mdm.acme.com/discovery --all --yes",
    "adde-url clear --server prod",
    "adde-url clear --server prod --dry-run",
    "adde-url check acme.com --platform iphone --probe-enrollment",
    "tokens list",
    "tokens remove prod --dry-run",
    "domains list",
    "api GET /v1/mdmServers",
    "api GET /v1/orgDevices --paginate",
    "api PATCH /v1/mdmServers/x -F data[id]=x",
    "api POST /v1/orgDeviceActivities -F data[type]=x --dry-run",
    "auth status",
    "auth status --permissions",
    "auth status --unattended",
    "profiles list",
    "profiles use sandbox",
    "auth logout --yes",
];

/// Ways in which Apple's side goes wrong.
const FAULTS: [&str; 7] = [
    "* *=401x3",
    "* *=403x3",
    "* *=503x3",
    "* *=halfx3",
    "* *=htmlx3",
    "* *=text:{\"access_token\":7}x3",
    "* *=redirect:https://example.com/x3",
];

/// What must not be seen: the lines of the key, the members of the server tokens, the access tokens.
fn secrets(machine: &Machine, apple: &Apple) -> Vec<String> {
    let mut secrets: Vec<String> = apple
        .credentials()
        .private_key
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .map(str::to_owned)
        .collect();
    for name in ["prod", "intune"] {
        let Ok(text) = std::fs::read_to_string(machine.path(&format!("config/token-{name}.json")))
        else {
            continue;
        };
        let token: serde_json::Value = serde_json::from_str(&text).unwrap();
        for member in [
            "consumer_key",
            "consumer_secret",
            "access_token",
            "access_secret",
        ] {
            secrets.push(token[member].as_str().unwrap().to_owned());
        }
    }
    apple.organization(|acme| {
        secrets.extend(acme.access_tokens.iter().map(|token| token.token.clone()));
    });
    secrets
}

fn none_in(ran: &Ran, machine: &Machine, apple: &Apple) {
    let journal = std::fs::read_to_string(machine.path("state/journal.ndjson")).unwrap_or_default();
    for text in [&ran.stdout, &ran.stderr, &journal] {
        for secret in secrets(machine, apple) {
            assert!(!text.contains(&secret), "{secret} shows: {ran}\n{journal}");
        }
    }
    // Assertions and sessions are made up anew each time, so they are looked for by their shape and their header.
    assert!(!ran.stderr.contains("eyJ"), "{ran}");
    for line in ran.stderr.lines() {
        let lower = line.to_lowercase();
        if lower.contains("authorization:") || lower.contains("x-adm-auth-session:") {
            assert!(line.contains("(not shown)"), "{ran}");
        }
    }
}

#[test]
fn no_command_shows_one() {
    for log_format in ["text", "json"] {
        let (machine, apple) = Machine::with_business();
        let mut seen = String::new();
        for line in COMMANDS {
            let ran = machine.run(&format!("-vvv --log-format {log_format} {line}"));
            none_in(&ran, &machine, &apple);
            seen += &ran.stderr;
        }
        assert!(
            secrets(&machine, &apple).len() > 6,
            "there is something to look for"
        );
        assert!(seen.contains("authorization: (not shown)"), "{seen}");
        assert!(seen.contains("x-adm-auth-session: (not shown)"), "{seen}");
    }
}

#[test]
fn no_failure_shows_one() {
    for fault in FAULTS {
        let (machine, apple) = Machine::with_business();
        for line in COMMANDS {
            apple.clear_faults();
            apple.add_fault(fault.parse().unwrap());
            let ran = machine.run(&format!("-vvv -o json --max-wait 0s {line}"));
            // `api` has no table and `-o json` is fine for all; the exit code does not matter here.
            none_in(&ran, &machine, &apple);
        }
    }
}

#[test]
fn what_can_not_be_used_is_not_repeated() {
    let (mut machine, apple) = Machine::with_business();
    let key = apple.credentials().private_key.clone();
    let broken = key.replace("MI", "M!");
    write_file(&machine.path("config/private-key.pem"), &broken, 0o600);
    none_in(&machine.run("-vvv assign"), &machine, &apple);
    let token = machine.path("config/token-prod.json");
    let text = std::fs::read_to_string(&token).unwrap();
    for damaged in [
        text.replace(':', ";"),
        text.replace("\"consumer_key\"", "\"x\""),
    ] {
        let before = secrets(&machine, &apple);
        write_file(&token, &damaged, 0o600);
        let ran = machine.run("-vvv adde-url list");
        for secret in before {
            assert!(!ran.to_string().contains(&secret), "{ran}");
        }
        write_file(&token, &text, 0o600);
    }
    // In the environment, where a key is pasted with its line breaks lost.
    machine.set("ABMCTL_CLIENT_ID", &apple.credentials().client_id);
    machine.set("ABMCTL_PRIVATE_KEY", &key.replace('\n', " "));
    none_in(&machine.run("-vvv assign"), &machine, &apple);
    machine.set(
        "HTTPS_PROXY",
        "http://user:pass%20word-of-the-proxy@proxy.example:1",
    );
    let ran = machine.run("-vvv auth status");
    assert!(!ran.to_string().contains("word-of-the-proxy"), "{ran}");
}

#[test]
fn no_new_key_or_token_is_shown() {
    let (machine, _apple) = Machine::with_business();
    let file = machine.path("new.p7m").display().to_string();
    let pem = machine.path("new.pem").display().to_string();
    let ran = [
        format!("tokens keygen --server 'New MDM' --create --store file --certificate-file {pem}"),
        format!("sandbox portal --server 'New MDM' --out {file}"),
        format!("tokens import {file} --dry-run"),
        format!("tokens import {file}"),
        format!("tokens import {file}"),
        "tokens list".to_owned(),
        "adde-url list".to_owned(),
        "tokens remove new-mdm --key-pair --dry-run".to_owned(),
    ]
    .map(|line| machine.run(&format!("-vvv -o json {line}")));
    let folder = machine.path("config/secrets/sandbox");
    let mut secrets = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(token) => {
                for member in [
                    "consumer_key",
                    "consumer_secret",
                    "access_token",
                    "access_secret",
                ] {
                    secrets.push(token[member].as_str().unwrap().to_owned());
                }
            }
            Err(_) => secrets.extend(
                text.lines()
                    .filter(|line| !line.starts_with("-----"))
                    .map(str::to_owned),
            ),
        }
    }
    assert!(secrets.len() > 20, "{secrets:?}");
    for ran in ran {
        assert_eq!(ran.code, 0, "{ran}");
        for secret in &secrets {
            let shown = ran.stdout.contains(secret) || ran.stderr.contains(secret);
            assert!(!shown, "{secret} shows: {ran}");
        }
    }
}

#[test]
fn the_address_of_a_log_is_not_shown() {
    for log_format in ["text", "json"] {
        for fault in [
            "",
            "GET /downloads/*=redirect:https://logs.example.com/log.csv?Signature=moved",
            "GET /downloads/*=redirect:/log.csv?Signature=moved",
            "GET /downloads/*=drop",
            "GET /downloads/*=half",
            "GET /downloads/*=html403",
        ] {
            let (machine, apple) = Machine::with_business();
            let serial = apple.organization(|acme| {
                let free = acme.devices.iter().find(|it| it.server_id.is_none());
                free.unwrap().serial_number.clone()
            });
            if !fault.is_empty() {
                apple.add_fault(fault.parse().unwrap());
            }
            let line = format!("devices assign {serial} --server intune --yes --max-wait 30s");
            let ran = machine.run(&format!("-vvv --log-format {log_format} {line}"));
            assert!(ran.stderr.contains("/downloads/"), "{ran}");
            assert!(ran.stderr.contains("(query not shown)"), "{ran}");
            for secret in ["Signature", "Expires", "moved"] {
                assert!(!ran.to_string().contains(secret), "{secret} shows: {ran}");
            }
            if fault.contains("logs.example.com") {
                let text = ran.stderr.clone();
                assert!(
                    text.contains("redirects to https://logs.example.com."),
                    "{text}"
                );
            }
        }
    }
}
