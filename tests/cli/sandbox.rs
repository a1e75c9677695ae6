//! `sandbox web` and `sandbox portal`: what is done to an emulator that runs.

use std::time::Duration;

use abmctl::sandbox::WebBehaviour;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use super::support::*;

/// Writes a new certificate, with a key of that kind.
fn certificate(machine: &Machine, name: &str, key: &KeyPair) -> String {
    let path = machine.path(name);
    let certificate = CertificateParams::default().self_signed(key).unwrap();
    std::fs::write(&path, certificate.pem()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn web_shows_and_changes() {
    let (machine, _apple) = Machine::with_business();
    insta::assert_snapshot!(
        "web_change",
        machine.run("sandbox web acme.de=redirect acme.com=bot-wall")
    );
    insta::assert_snapshot!("web", machine.run("sandbox web"));
    let ran = machine.run("sandbox web new.example=ok -o json");
    assert_eq!(ran.json()[0]["was"], serde_json::Value::Null);
    assert!(
        ran.stderr.contains("--resolve new.example:127.0.0.1:"),
        "{ran}"
    );
    insta::assert_snapshot!("web_no_word", machine.run("sandbox web acme.de=well"));
}

#[test]
fn a_token_of_the_portal_replaces_the_one_in_use() {
    let (machine, apple) = Machine::with_business();
    apple.set_web("acme.de", WebBehaviour::Good);
    assert_eq!(machine.run("adde-url get --server prod").code, 0);
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = certificate(&machine, "prod.pem", &key);
    let out = machine.path("prod.p7m");
    let line = format!(
        "sandbox portal --server prod --certificate {certificate} --out {}",
        out.display()
    );
    insta::assert_snapshot!("portal", machine.run(&line));
    let file = std::fs::read_to_string(out).unwrap();
    assert!(
        file.starts_with("Content-Type: application/pkcs7-mime"),
        "{file}"
    );
    // Refused, as at Apple: the token that was imported before is not the newest one.
    assert_eq!(machine.run("adde-url get --server prod").code, 3);
    assert_eq!(machine.run("adde-url get --server intune").code, 0);
}

#[test]
fn what_the_portal_refuses_has_its_own_code() {
    let (machine, _apple) = Machine::with_business();
    let ec = certificate(&machine, "ec.pem", &KeyPair::generate().unwrap());
    for (line, code) in [
        (
            format!("sandbox portal --server prod --certificate {ec}"),
            2,
        ),
        (
            "sandbox portal --server prod --certificate /absent.pem".to_owned(),
            2,
        ),
        ("sandbox portal --server absent".to_owned(), 4),
        (
            "sandbox portal --server 'Built-in Device Management'".to_owned(),
            8,
        ),
        ("sandbox portal".to_owned(), 2),
    ] {
        let ran = machine.run(&line);
        assert_eq!(ran.code, code, "{ran}");
        assert!(!ran.stderr.is_empty());
    }
}

#[test]
fn a_domain_comes_and_goes() {
    let (machine, _apple) = Machine::with_business();
    insta::assert_snapshot!(
        "domain_add",
        machine.run("sandbox portal --add-domain New.Example.")
    );
    insta::assert_snapshot!(
        "domain_verify",
        machine.run("sandbox portal --verify-domain new.example -o json")
    );
    let status = "domains list -q --no-dns -o csv --no-headers --columns domain,status";
    let ran = machine.run(status);
    assert!(ran.stdout.contains("new.example,verified\n"), "{ran}");
    insta::assert_snapshot!(
        "domain_remove",
        machine.run("sandbox portal --remove-domain new.example")
    );
    let ran = machine.run(status);
    assert!(ran.stdout.contains("new.example,removed\n"), "{ran}");
    // One that the log does not name is a row without a name, for as long as no event of it has one.
    let before = machine.run(status).stdout.lines().count();
    for click in ["add", "verify"] {
        let ran = machine.run(&format!(
            "sandbox portal --{click}-domain hidden.example --nameless"
        ));
        assert_eq!(ran.code, 0, "{ran}");
    }
    let ran = machine.run("domains list -q --no-dns -o json");
    let domains = ran.json().as_array().unwrap().clone();
    assert_eq!(domains.len(), before + 1);
    assert!(!ran.stdout.contains("hidden.example"), "{ran}");
}

#[test]
fn a_job_finds_a_domain_that_was_removed_as_soon_as_it_is_listed() {
    let (machine, _apple) = Machine::with_apple(abmctl::sandbox::Options {
        behaviour: abmctl::sandbox::Behaviour {
            audit_delay: Duration::from_secs(2 * 3600),
            ..abmctl::sandbox::Behaviour::default()
        },
        ..abmctl::sandbox::Options::default()
    });
    let ran = machine.run("sandbox portal --verify-domain acme.org");
    assert_eq!(ran.code, 0, "{ran}");
    for domain in ["acme.com", "acme.io", "acme.org", "shop.acme.com"] {
        machine.run(&format!("domains declare {domain}"));
    }
    machine.clock.advance(Duration::from_secs(2 * 3600));
    let check = "domains list --check -q --no-dns";
    let ran = machine.run(check);
    assert_eq!(ran.code, 0, "{ran}");
    machine.run("sandbox portal --remove-domain acme.com");
    assert_eq!(machine.run(check).code, 0);
    machine.clock.advance(Duration::from_secs(2 * 3600));
    insta::assert_snapshot!("domain_late", machine.run(check));
}

#[test]
fn a_school_has_its_domains_in_the_list() {
    let (machine, _apple) = Machine::with_school();
    insta::assert_snapshot!(
        "domain_school",
        machine.run("sandbox portal --verify-domain acme.org")
    );
    machine.run("sandbox portal --add-domain new.example");
    machine.run("sandbox portal --remove-domain acme.com");
    let ran = machine.run("domains list -q --no-dns -o csv --no-headers --columns domain,status");
    // It is declared, so it stays a row.
    assert_eq!(
        ran.stdout,
        "acme.com,unknown\nacme.de,verified\nacme.org,verified\nnew.example,unverified\n",
        "{ran}"
    );
    insta::assert_snapshot!(
        "domain_school_nameless",
        machine.run("sandbox portal --add-domain other.example --nameless")
    );
}

#[test]
fn what_is_not_to_be_done_to_a_domain_has_its_own_code() {
    let (machine, apple) = Machine::with_business();
    let mut text = String::new();
    for (line, code) in [
        ("--add-domain acme.com", 8),
        ("--verify-domain acme.com", 8),
        ("--verify-domain unheard.example", 4),
        ("--remove-domain acme.net", 4),
        ("--add-domain acme", 2),
        ("--remove-domain https://acme.com", 2),
        ("--add-domain a.example --remove-domain acme.com", 2),
        ("--add-domain a.example --server prod", 2),
        ("--add-domain a.example --out token.p7m", 2),
        ("--server prod --nameless", 2),
        ("--nameless", 2),
        ("", 2),
    ] {
        let ran = machine.run(&format!("sandbox portal {line}"));
        assert_eq!(ran.code, code, "{ran}");
        text.push_str(&ran.to_string());
    }
    insta::assert_snapshot!("domain_refused", text);
    let before = apple.organization(|o| o.audit_events.len());
    assert_eq!(
        machine
            .run("sandbox portal --add-domain a.example --columns name")
            .code,
        2
    );
    assert_eq!(apple.organization(|o| o.audit_events.len()), before);
}

#[test]
fn a_delay_of_the_audit_log_may_be_in_days() {
    let machine = Machine::bare();
    for (delay, code) in [
        ("30d", 0),
        ("2w", 0),
        ("2h", 0),
        ("0d", 2),
        ("soon", 2),
        ("30", 2),
    ] {
        let ran = machine.run(&format!("sandbox exec --audit-delay {delay} -- true"));
        assert_eq!(ran.code, code, "{ran}");
    }
    insta::assert_snapshot!(
        "audit_delay",
        machine.run("sandbox exec --audit-delay soon -- true")
    );
}

#[test]
fn only_an_emulator_is_spoken_to() {
    let mut machine = Machine::bare();
    insta::assert_snapshot!("nobody_there", machine.run("sandbox web"));
    machine.set("ABMCTL_API_URL", "https://api-business.apple.com");
    let ran = machine.run("sandbox portal --server prod");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("is not on this machine"), "{ran}");
}

#[test]
fn activities_go_as_the_words_say() {
    let machine = Machine::bare();
    for (how, code) in [
        ("slow=30s,late=20s,fail=2%,unknown=refused,end=stoppedx1", 0),
        ("fail=DXYZ12345678", 0),
        ("slow=soon", 2),
        ("end=never", 2),
    ] {
        let ran = machine.run(&format!("sandbox exec --activities {how} -- true"));
        assert_eq!(ran.code, code, "{ran}");
    }
    insta::assert_snapshot!(
        "activities_refused",
        machine.run("sandbox exec --activities slow=30s,often=1 -- true")
    );
}

#[test]
fn limits_take_a_window() {
    let machine = Machine::bare();
    for (limits, code) in [
        ("--limits", 0),
        ("--limits --school", 0),
        ("--limits 20/3s", 0),
        ("--limits=20/3s,10/30s", 0),
        ("--limits 20", 2),
        ("--limits 0/3s", 2),
        ("--limits 20/3s,soon", 2),
    ] {
        let ran = machine.run(&format!("sandbox exec {limits} -- true"));
        assert_eq!(ran.code, code, "{ran}");
    }
    insta::assert_snapshot!(
        "limits_refused",
        machine.run("sandbox exec --limits 20/soon -- true")
    );
}

#[test]
fn a_device_that_changes_its_server_keeps_its_lock() {
    let (machine, _apple) = Machine::with_business();
    let lock =
        || machine.run("devices get XNDX00000K --lock -o json").json()["activation_lock"].clone();
    let before = lock();
    assert!(before.to_string().contains("MDM"), "{before}");
    let ran = machine.run("devices unassign XNDX00000K");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(lock(), before);
}
