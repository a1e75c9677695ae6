//! `sandbox web` and `sandbox portal`: what is done to an emulator that runs.

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
fn only_an_emulator_is_spoken_to() {
    let mut machine = Machine::bare();
    insta::assert_snapshot!("nobody_there", machine.run("sandbox web"));
    machine.set("ABMCTL_API_URL", "https://api-business.apple.com");
    let ran = machine.run("sandbox portal --server prod");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("is not on this machine"), "{ran}");
}
