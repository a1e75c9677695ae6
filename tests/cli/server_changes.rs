//! `servers create`, `rename` and `set-certificate`.
//!
//! Over 400 lines: three commands that are refused alike, with the certificates that they share.

use std::time::Duration;

use std::fs;

use abmctl::sandbox::organization::Permission;
use insta::assert_snapshot;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};

use crate::assign::{fault, patches};
use crate::support::{Apple, Machine, requests, write_file};

/// A certificate, PEM, of which the serial number is always the same.
fn certificate(rsa: bool, last_year: i32) -> rcgen::Certificate {
    let key = if rsa {
        KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()
    } else {
        KeyPair::generate().unwrap()
    };
    let mut parameters = CertificateParams::default();
    parameters.not_before = date_time_ymd(2019, 1, 1);
    parameters.not_after = date_time_ymd(last_year, 1, 1);
    parameters.serial_number = Some(vec![0x5e, 0x11].into());
    parameters
        .distinguished_name
        .push(DnType::CommonName, "Munki");
    parameters.self_signed(&key).unwrap()
}

/// A machine with a certificate in `munki.pem`.
fn machine() -> (Machine, Apple, String) {
    let (machine, apple) = Machine::with_business();
    let file = machine.path("munki.pem");
    write_file(&file, &certificate(true, 2030).pem(), 0o644);
    (machine, apple, file.display().to_string())
}

fn posts(apple: &Apple) -> usize {
    let is_post = |line: &&String| line.starts_with("POST /v1");
    requests(apple).iter().filter(is_post).count()
}

fn names(apple: &Apple) -> Vec<String> {
    apple.organization(|acme| acme.servers.iter().map(|it| it.name.clone()).collect())
}

#[test]
fn a_server_is_created_with_a_certificate() {
    let (machine, apple, file) = machine();
    let line = format!("servers create Munki --certificate {file}");
    assert_snapshot!("create_dry_run", machine.run(&format!("{line} -n")));
    assert_eq!((names(&apple).len(), posts(&apple)), (4, 0));
    assert_snapshot!("create", machine.run(&line));
    assert_eq!(names(&apple)[4], "Munki");
    let der = certificate(true, 2030).der().to_vec();
    let path = machine.path("munki.der");
    fs::write(&path, der).unwrap();
    let line = format!(
        "servers create ' Other ' --certificate {} -o json",
        path.display()
    );
    let ran = machine.run(&line);
    let id = apple.organization(|acme| acme.server("Other").unwrap().id.clone());
    assert_eq!(ran.json()["server_id"], id.as_str(), "{ran}");
    assert_snapshot!("create_journal", machine.run("journal list"));
}

#[test]
fn a_key_pair_of_the_profile_gives_its_certificate() {
    let (machine, apple) = Machine::with_business();
    let file = machine.path("out.pem");
    let made = machine.run(&format!(
        "tokens keygen --server Munki --yes --store file --certificate-file {}",
        file.display()
    ));
    assert_eq!(made.code, 0, "{made}");
    let ran = machine.run("servers create Munki --key-pair MUNKI");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stderr.contains("tokens import FILE"), "{ran}");
    // The file that keygen wrote is of the same key pair.
    let line = format!("servers create Other --certificate {}", file.display());
    let ran = machine.run(&line);
    assert!(ran.stderr.contains("tokens import FILE"), "{ran}");
    let certificates = apple.organization(|acme| {
        let new = acme.servers.iter().skip(4);
        new.map(|it| it.certificate.clone()).collect::<Vec<_>>()
    });
    assert_eq!(certificates.len(), 2);
    assert_eq!(certificates[0], certificates[1]);
    let ran = machine.run("servers create Third --key-pair none");
    assert_eq!(ran.code, 4, "{ran}");
    assert!(ran.stderr.contains("tokens keygen"), "{ran}");
}

#[test]
fn a_certificate_that_apple_would_refuse_is_not_sent() {
    let (machine, apple) = Machine::with_business();
    let file = machine.path("bad.pem");
    let key = KeyPair::generate().unwrap().serialize_pem();
    let expired = certificate(true, 2020).pem();
    let half = &expired[..expired.len() / 2];
    for (text, words) in [
        (
            certificate(false, 2030).pem().as_str(),
            "it has an EC key, and Apple accepts only RSA keys.",
        ),
        (&expired, "it expired on January 1, 2020."),
        (half, "it is damaged."),
        ("", "it is empty."),
        ("hello", "it isn't a certificate."),
        (&key, "it is a private key, not a certificate."),
    ] {
        write_file(&file, text, 0o644);
        for line in ["create Munki", "set-certificate 'Jamf Pro Test' -y"] {
            let line = format!("servers {line} --certificate {}", file.display());
            let ran = machine.run(&line);
            assert_eq!(ran.code, 2, "{words}: {ran}");
            assert!(ran.stderr.contains(words), "{words}: {ran}");
        }
    }
    let ran = machine.run("servers create Munki --certificate /nowhere/x.pem");
    assert_eq!(ran.code, 2, "{ran}");
    assert_eq!(machine.run("servers create Munki").code, 2);
    assert!(requests(&apple).is_empty());
}

#[test]
fn a_name_must_be_free_and_mean_one_server() {
    let (machine, apple, file) = machine();
    for (name, code, words) in [
        ("''", 2, "is empty"),
        ("unassigned", 2, "doesn't accept \"unassigned\""),
        ("Reassigned", 2, "doesn't accept"),
        ("INTUNE", 8, "already exists"),
        ("prod", 4, "is an alias of"),
    ] {
        let lines = [
            format!("servers create {name} --certificate {file}"),
            format!("servers rename 'Jamf Pro Test' {name}"),
        ];
        for line in lines {
            let ran = machine.run(&line);
            assert_eq!(ran.code, code, "{ran}");
            assert!(ran.stderr.contains(words), "{ran}");
        }
    }
    let line = format!(
        "tokens keygen --create --store file --server reassigned --certificate-file {file}x"
    );
    assert_eq!(machine.run(&line).code, 2);
    assert_eq!((posts(&apple), patches(&apple).len()), (0, 0));
}

#[test]
fn whether_a_server_may_release_devices_is_read_afterwards() {
    let (machine, apple, file) = machine();
    let line = format!("servers create Munki --certificate {file} --allow-release");
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(apple.organization(|acme| acme.server("Munki").unwrap().may_disown));
    fault(&apple, "GET /v1/mdmServers/*=403:FORBIDDEN_ERROR");
    let ran = machine.run(&line.replace("Munki", "Other"));
    assert_eq!(ran.code, 7, "{ran}");
    assert!(
        ran.stderr.contains("Apple created the server Other, but"),
        "{ran}"
    );
    assert!(ran.stdout.contains("server Other"), "{ran}");
}

#[test]
fn a_creation_without_an_answer_is_looked_for_and_not_repeated() {
    for what in ["after-drop", "after-html", "after-503"] {
        let (machine, apple, file) = machine();
        fault(&apple, &format!("POST /v1/mdmServers={what}"));
        let line = format!("servers create Munki --certificate {file} -o json");
        let ran = machine.run(&line);
        assert_eq!((ran.code, posts(&apple)), (0, 1), "{what}: {ran}");
        let id = apple.organization(|acme| acme.server("Munki").unwrap().id.clone());
        assert_eq!(ran.json()["server_id"], id.as_str(), "{ran}");
    }
    // It was not created, and may still be.
    let (machine, apple, file) = machine();
    fault(&apple, "POST /v1/mdmServers=drop");
    let ran = machine.run(&format!("servers create Munki --certificate {file}"));
    assert_eq!((ran.code, posts(&apple)), (7, 1), "{ran}");
    assert!(
        ran.stderr.contains("Apple doesn't list the server yet"),
        "{ran}"
    );
    assert!(ran.stderr.contains("servers list"), "{ran}");
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[0]["ended"], "open", "{journal}");
    // Apple may still create it, so nothing is sent again.
    apple.clear_faults();
    let line = format!("servers create munki --certificate {file}");
    let ran = machine.run(&line);
    assert_eq!((ran.code, posts(&apple)), (6, 1), "{ran}");
    assert!(ran.stderr.contains("Wait until 10:15:"), "{ran}");
    let ran = machine.run("servers rename Intune Munki");
    assert_eq!((ran.code, patches(&apple).len()), (6, 0), "{ran}");
    machine.clock.advance(Duration::from_secs(16 * 60));
    let ran = machine.run(&line);
    assert_eq!((ran.code, posts(&apple)), (0, 2), "{ran}");
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[1]["ended"], "nothing", "{journal}");
}

#[test]
fn a_creation_that_came_late_is_closed() {
    let (machine, apple, file) = machine();
    let line = format!("servers create Munki --certificate {file}");
    assert_eq!(machine.run(&line).code, 0);
    // As if abmctl had been killed before the answer.
    let path = machine.path("state/journal.ndjson");
    let text = std::fs::read_to_string(&path).unwrap();
    let first = text.lines().find(|line| line.contains("created")).unwrap();
    std::fs::write(&path, format!("{first}\n")).unwrap();
    let ran = machine.run(&line);
    assert_eq!((ran.code, posts(&apple)), (8, 1), "{ran}");
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[0]["ended"], "as_wished", "{journal}");
}

#[test]
fn a_server_that_was_there_before_is_not_taken_for_the_new_one() {
    let (machine, apple, file) = machine();
    // Apple's list comes without it first, as from a replica that is late.
    fault(&apple, "POST /v1/mdmServers=drop");
    apple.organization(|acme| {
        let intune = acme.server_mut("Intune").unwrap();
        intune.status = Some(abmctl::sandbox::organization::ServerStatus::Deleted);
    });
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while posts(&apple) == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            apple.organization(|acme| {
                let intune = acme.server_mut("Intune").unwrap();
                intune.status = Some(abmctl::sandbox::organization::ServerStatus::Active);
            });
        });
        machine.run(&format!("servers create Intune --certificate {file}"))
    });
    assert_eq!((ran.code, posts(&apple)), (7, 1), "{ran}");
}

#[test]
fn apples_refusal_is_passed_on() {
    let (machine, apple, file) = machine();
    apple.organization(|acme| acme.permissions.remove(&Permission::ManageServers));
    for (line, words) in [
        (
            format!("servers create Munki --certificate {file}"),
            "No server was created",
        ),
        ("servers rename Intune Other".to_owned(), "permission"),
        (
            format!(
                "servers set-certificate 'Jamf Pro Test' --certificate {file} --disconnect-mdm"
            ),
            "permission",
        ),
    ] {
        let ran = machine.run(&line);
        assert_eq!(ran.code, 5, "{ran}");
        assert!(ran.stderr.contains(words), "{ran}");
    }
    let journal = machine.run("journal list -o json").json();
    for entry in journal.as_array().unwrap() {
        assert_eq!(entry["ended"], "nothing", "{entry}");
    }
}

#[test]
fn school_manager_has_none_of_it() {
    let (machine, apple) = Machine::with_school();
    let file = machine.path("munki.pem");
    write_file(&file, &certificate(true, 2030).pem(), 0o644);
    let file = file.display();
    for line in [
        format!("servers create Munki --certificate {file}"),
        "servers rename Intune Other".to_owned(),
        format!("servers set-certificate Intune --certificate {file}"),
    ] {
        let ran = machine.run(&line);
        assert_eq!(ran.code, 5, "{ran}");
        assert!(ran.stderr.contains("hint: "), "{ran}");
        assert!(ran.stderr.contains(" in Apple School Manager"), "{ran}");
    }
    assert!(requests(&apple).is_empty());
}

#[test]
fn nothing_is_changed_where_only_reads_are_allowed() {
    let (mut machine, apple, file) = machine();
    machine.set("ABMCTL_READ_ONLY", "1");
    let lines = [
        format!("servers create Munki --certificate {file}"),
        "servers rename Intune Other".to_owned(),
        format!("servers set-certificate 'Jamf Pro Test' --certificate {file} --disconnect-mdm"),
    ];
    for line in lines {
        let ran = machine.run(&line);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("ABMCTL_READ_ONLY is set"), "{ran}");
        let ran = machine.run(&format!("{line} -n"));
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!((posts(&apple), patches(&apple).len()), (0, 0));
}

#[test]
fn a_server_is_renamed_and_the_old_name_put_back() {
    let (machine, apple, _) = machine();
    assert_snapshot!(
        "rename_dry_run",
        machine.run("servers rename Intune 'Intune 2' -n")
    );
    assert_snapshot!(
        "rename",
        machine.run("servers rename Intune 'Intune 2' --note T-1")
    );
    assert_eq!(names(&apple)[1], "Intune 2");
    // It keeps everything else.
    assert!(
        apple.organization(|acme| !acme.server("Intune 2").unwrap().default_families.is_empty())
    );
    let same = machine.run("servers rename 'intune 2' 'Intune 2' -o json");
    assert_eq!((same.code, &same.json()["changed"]), (0, &false.into()));
    let conflict = machine.run("servers rename 'Intune 2' Other --from Intune");
    assert_eq!(conflict.code, 8, "{conflict}");
    let journal = machine.run("journal list -o json").json();
    let put_back = journal[0]["put_back"].as_str().unwrap().to_owned();
    let ran = machine.run(put_back.strip_prefix("abmctl ").unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(names(&apple)[1], "Intune");
    // A late paste undoes nobody else's change.
    let ran = machine.run(put_back.strip_prefix("abmctl ").unwrap());
    assert_eq!(ran.code, 8, "{ran}");
    assert_eq!(machine.run("servers rename Intune INTUNE").code, 0);
}

#[test]
fn what_stands_for_the_old_name_is_said() {
    let (machine, _apple, _) = machine();
    let declare = "adde-url declare https://mdm.acme.com/x --server Intune --seen 2026-11-01";
    assert_eq!(machine.run(declare).code, 0);
    let ran = machine.run("servers rename Intune Other");
    assert!(
        ran.stderr.contains("declared ADDE URL is for the old name"),
        "{ran}"
    );
    let ran = machine.run("servers rename prod Next");
    assert!(
        ran.stderr
            .contains("The alias prod stands for the old name"),
        "{ran}"
    );
    let id = &machine.run("servers get Next -o json").json()["id"];
    let id = id.as_str().unwrap();
    assert!(
        ran.stderr
            .contains(&format!("servers alias prod {id} --yes")),
        "{ran}"
    );
    assert_eq!(
        machine.run(&format!("servers alias prod {id} --yes")).code,
        0
    );
    // An id is still right.
    let ran = machine.run("servers rename prod 'Jamf Pro Production'");
    assert!(!ran.stderr.contains("alias"), "{ran}");
}

#[test]
fn a_renaming_without_an_answer_is_read_back() {
    for what in ["after-drop", "after-html", "after-503"] {
        let (machine, apple, _) = machine();
        fault(&apple, &format!("PATCH /v1/mdmServers/*={what}"));
        let ran = machine.run("servers rename Intune Other");
        assert_eq!((ran.code, patches(&apple).len()), (0, 1), "{what}: {ran}");
        assert_eq!(names(&apple)[1], "Other");
    }
    let (machine, apple, _) = machine();
    fault(&apple, "PATCH /v1/mdmServers/*=drop");
    let ran = machine.run("servers rename Intune Other");
    assert_eq!((ran.code, patches(&apple).len()), (7, 1), "{ran}");
    assert!(
        ran.stderr.contains("can't tell whether Apple renamed"),
        "{ran}"
    );
    assert!(!ran.stderr.contains("Put back with"), "{ran}");
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[0]["ended"], "open", "{journal}");
    // Another name is refused until Apple can't act on it any more; the same one does no harm.
    apple.clear_faults();
    let ran = machine.run("servers rename Intune Third");
    assert_eq!((ran.code, patches(&apple).len()), (6, 1), "{ran}");
    let ran = machine.run("servers rename Intune Other");
    assert_eq!((ran.code, patches(&apple).len()), (0, 2), "{ran}");
    let ran = machine.run("servers rename Other Third");
    assert_eq!((ran.code, patches(&apple).len()), (0, 3), "{ran}");
    let journal = machine.run("journal list -o json").json();
    assert_eq!(journal[2]["ended"], "as_wished", "{journal}");
}

#[test]
fn a_certificate_is_replaced_only_with_consent() {
    let (mut machine, apple, file) = machine();
    let line = format!("servers set-certificate 'Jamf Pro Test' --certificate {file}");
    // It has devices, so an MDM may use it.
    let ran = machine.run(&format!("{line} --yes"));
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stderr.contains("--disconnect-mdm"), "{ran}");
    apple.organization(|acme| {
        let id = acme.server("Jamf Pro Test").unwrap().id.clone();
        acme.devices
            .retain(|it| it.server_id.as_deref() != Some(&id));
    });
    assert_snapshot!("certificate_unasked", machine.run(&line));
    machine.at_terminal();
    machine.stdin = "no\n".to_owned();
    assert_eq!(machine.run(&line).code, 1);
    assert!(patches(&apple).is_empty());
    machine.stdin = "yes\n".to_owned();
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    machine.terminal = abmctl::host::Terminal::default();
    assert_snapshot!("certificate", machine.run(&format!("{line} --yes")));
    assert_eq!(patches(&apple).len(), 2);
}

#[test]
fn the_server_token_here_that_ends_is_named() {
    let (machine, apple, file) = machine();
    let line = format!("servers set-certificate prod --certificate {file}");
    let refused = machine.run(&format!("{line} -y"));
    assert_eq!(refused.code, 8, "{refused}");
    assert!(refused.stderr.contains("its token prod works"), "{refused}");
    let ran = machine.run(&format!("{line} --disconnect-mdm -o json"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stderr
            .contains("The server token prod here stops working."),
        "{ran}"
    );
    assert_eq!(patches(&apple).len(), 1);
    let tokens = machine.run("tokens list -o json").json();
    let prod = tokens
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["token"] == "prod");
    assert_eq!(prod.unwrap()["state"], "replaced", "{tokens}");
}

#[test]
fn a_certificate_without_an_answer_may_have_been_replaced() {
    let (machine, apple, file) = machine();
    fault(&apple, "PATCH /v1/mdmServers/*=after-drop");
    let line = format!("servers set-certificate prod --certificate {file} --disconnect-mdm");
    let ran = machine.run(&line);
    assert_eq!((ran.code, patches(&apple).len()), (7, 1), "{ran}");
    assert!(
        ran.stderr.contains("can't tell whether Apple replaced"),
        "{ran}"
    );
}
