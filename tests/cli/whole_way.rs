//! From nothing to devices that enrol: key pair, server, token, URL, default, check; and two at once.

use std::fs;

use abmctl::sandbox::WebBehaviour;
use serde_json::json;

use crate::support::{Machine, Ran};

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

#[test]
fn a_new_service_gets_devices_enrolled() {
    let (machine, apple) = Machine::with_business();
    apple.set_web("acme.com", WebBehaviour::NotFound);
    let check = "adde-url check acme.com --platform vision -o json";
    let (pem, file) = (machine.path("new.pem"), machine.path("new.p7m"));
    let (pem, file) = (pem.display(), file.display());
    done(machine.run(&format!(
        "tokens keygen --server 'New MDM' --create --store file --certificate-file {pem}"
    )));
    // The portal hands out a token for the certificate that came over the API.
    done(machine.run(&format!("sandbox portal --server 'New MDM' --out {file}")));
    let imported = done(machine.run(&format!("tokens import {file} -o json"))).json();
    assert_eq!(imported["changes"][0]["token"], json!("new-mdm"));
    assert_eq!(imported["changes"][0]["server_name"], json!("New MDM"));
    // Its default has no URL yet, and then it has one.
    let give = "assign --platform vision --server 'New MDM'";
    assert_eq!(machine.run(give).code, 8, "no MDM connected to it yet");
    done(machine.run(&format!("{give} --even-if-idle")));
    let blocked = machine.run(check);
    assert_eq!(blocked.code, 9, "{blocked}");
    assert_eq!(blocked.json()[0]["problem_code"], json!("no_adde_url"));
    done(machine.run(
        "adde-url set https://mdm.acme.example/.well-known/com.apple.remotemanagement --server new-mdm",
    ));
    let enrolls = &done(machine.run(check)).json()[0];
    assert_eq!(enrolls["verdict"], json!("enrolls_through_apple"));
    assert_eq!(enrolls["server_name"], json!("New MDM"));
    // A second download replaces the first, as at Apple, and is imported with the same key pair.
    done(machine.run(&format!("sandbox portal --server 'New MDM' --out {file}-2")));
    let listed = machine.run("tokens list -o json");
    assert_eq!(listed.code, 7, "{listed}");
    done(machine.run(&format!("tokens import {file}-2")));
    done(machine.run("tokens list"));
}

#[test]
fn a_vendor_s_token_is_made_for_another_certificate() {
    let (machine, _apple) = Machine::with_business();
    let file = machine.path("intune.p7m");
    let file = file.display();
    done(machine.run(&format!("sandbox portal --server Intune --out {file}")));
    let ran = machine.run(&format!("tokens import {file} --store file"));
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.stderr.contains("encrypted for another certificate"),
        "{ran}"
    );
}

#[test]
fn of_two_key_pairs_made_at_once_none_is_lost() {
    let (machine, _apple) = Machine::with_business();
    let line = |file: &str| {
        format!(
            "tokens keygen --server 'New MDM' --yes --store file --certificate-file {}",
            machine.path(file).display()
        )
    };
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| machine.run(&line("one.pem")));
        let other = scope.spawn(|| machine.run(&line("other.pem")));
        (one.join().unwrap(), other.join().unwrap())
    });
    // The other one waits its turn, and finds the name taken; the tests' clock may end its patience before.
    let (file, refused) = match (one.code, other.code) {
        (0, code) => ("one.pem", code),
        (code, 0) => ("other.pem", code),
        _ => panic!("{one}\n{other}"),
    };
    assert!(matches!(refused, 6 | 8), "{one}\n{other}");
    let kept = fs::read_to_string(machine.path("config/certificates/sandbox/new-mdm.pem"));
    assert_eq!(
        fs::read_to_string(machine.path(file)).unwrap(),
        kept.unwrap()
    );
    assert!(!machine.path("one.pem").exists() || !machine.path("other.pem").exists());
}
