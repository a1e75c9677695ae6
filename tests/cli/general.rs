//! What holds for every command.

use insta::assert_snapshot;

use crate::support::{Machine, requests, write_file};

#[test]
fn help_lists_what_there_is() {
    assert_snapshot!(Machine::bare().run("-h"));
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    assert_snapshot!(Machine::bare().run("asign"));
}

#[test]
fn an_error_is_a_document_where_documents_were_asked_for() {
    assert_snapshot!(Machine::bare().run("-o json asign"));
}

#[test]
fn a_proxy_s_page_is_no_refusal_by_apple() {
    for (fault, line) in [
        ("GET /v1/mdmServers=html403", "servers list"),
        ("GET /v1/mdmServers=html401", "servers list"),
        ("GET /v1/mdmServers=html404", "assign"),
        ("GET /v1/auditEvents=html403", "domains list"),
        ("POST /auth/oauth2/token=html403", "servers list"),
        ("POST /auth/oauth2/token=404", "servers list"),
        ("GET /session=html403", "adde-url get --server prod"),
        ("GET /session=html401", "adde-url get --server prod"),
        ("GET /session=404", "adde-url get --server prod"),
        ("GET /session=empty403", "adde-url get --server prod"),
        (
            "GET /account-driven-enrollment/profile=empty404",
            "adde-url get --server prod",
        ),
        (
            "GET /account-driven-enrollment/profile=html404",
            "adde-url get --server prod",
        ),
        ("GET /v1/mdmServers=empty403", "servers list"),
        ("GET /v1/mdmServers=html407", "servers list"),
        ("GET /v1/mdmServers=html451", "servers list"),
        ("GET /v1/mdmServers=html405", "servers list"),
        ("GET /v1/mdmServers=html", "servers list"),
    ] {
        let (machine, apple) = Machine::with_business();
        apple.add_fault(fault.parse().unwrap());
        let ran = machine.run(line);
        assert_eq!(ran.code, 1, "{fault}: {ran}");
        for hint in ["permission", "tokens import", "auth login"] {
            assert!(!ran.stderr.contains(hint), "{fault}: {ran}");
        }
    }
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /session=html403".parse().unwrap());
    assert_snapshot!(machine.run("adde-url get --server prod").stderr, @r#"
    error: Server token prod (Jamf Pro Production, Acme): A proxy or gateway in between answered GET /session with 403, not Apple.
    hint: Check HTTPS_PROXY and ALL_PROXY, and ask whoever runs this network to let this machine reach Apple's hosts. For a sign-in page, sign in first.
    "#);
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /session=empty403".parse().unwrap());
    assert_snapshot!(machine.run("adde-url get --server prod").stderr, @"
    error: Server token prod (Jamf Pro Production, Acme): GET /session was answered with 403 and an empty body. Nothing shows that the answer came from Apple.
    hint: A proxy or gateway between this machine and Apple may have sent this answer. Check HTTPS_PROXY and ALL_PROXY, and whether this network allows Apple's hosts.
    ");
    // An outage passes, whoever has it.
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /v1/mdmServers=html502x2".parse().unwrap());
    assert_eq!(machine.run("servers list").code, 0);
}

#[test]
fn a_command_line_that_is_not_understood_is_told_in_sentences() {
    let machine = Machine::bare();
    for (name, line) in [
        ("argument", "assign extra"),
        ("dash", "adde-url set -x"),
        ("choice", "assign -o yam"),
        ("missing", "servers get"),
        ("twice", "assign -p a -p b"),
        ("no-value", "assign --columns"),
    ] {
        insta::with_settings!({snapshot_suffix => name}, { assert_snapshot!(machine.run(line)) });
    }
    let logged = machine.run("--log-format json assign extra").stderr;
    for line in logged.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["message"].is_string(), "{line}");
    }
}

#[test]
fn the_format_comes_from_the_option_else_from_the_environment() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("ABMCTL_OUTPUT", "json");
    let ran = machine.run("servers get prod");
    assert_eq!(ran.json()["name"], "Jamf Pro Production", "{ran}");
    let ran = machine.run("servers get prod -o csv --columns name");
    assert_eq!(ran.stdout, "name\nJamf Pro Production\n", "{ran}");
    machine.set("ABMCTL_OUTPUT", "jason");
    let ran = machine.run("servers get prod");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
    assert!(ran.stderr.contains("ABMCTL_OUTPUT is \"jason\""), "{ran}");
}

#[test]
fn roots_that_cannot_be_used_are_a_mistake_in_the_environment() {
    let (mut machine, apple) = Machine::with_business();
    let run = |machine: &Machine| {
        // One command for each client: to Apple, and as a device.
        let lines = ["assign", "adde-url check acme.com"];
        lines.map(|line| machine.run(line).to_string()).concat()
    };
    machine.set(
        "SSL_CERT_FILE",
        machine.path("missing.pem").to_str().unwrap(),
    );
    assert_snapshot!(run(&machine), @"
    $ abmctl assign
    exit 2
    --- stderr
    error: abmctl can't read [home]/missing.pem from SSL_CERT_FILE: No such file or directory.
    $ abmctl adde-url check acme.com
    exit 2
    --- stderr
    error: abmctl can't read [home]/missing.pem from SSL_CERT_FILE: No such file or directory.
    ");
    let empty = machine.path("empty.pem");
    write_file(&empty, "no certificate", 0o644);
    machine.set("SSL_CERT_FILE", empty.to_str().unwrap());
    assert_snapshot!(run(&machine), @"
    $ abmctl assign
    exit 2
    --- stderr
    error: [home]/empty.pem from SSL_CERT_FILE contains no usable certificate.
    $ abmctl adde-url check acme.com
    exit 2
    --- stderr
    error: [home]/empty.pem from SSL_CERT_FILE contains no usable certificate.
    ");
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn a_terminal_has_no_line_that_is_wider() {
    let (mut machine, apple) = crate::servers_delete::machine();
    machine.at_terminal();
    let serial = apple.organization(|acme| {
        let capable = |it: &&abmctl::sandbox::organization::Device| it.server_id.is_some();
        let device = acme.devices.iter().find(capable);
        device.unwrap().serial_number.clone()
    });
    for line in [
        "devices list --where foo=1".to_owned(),
        "servers delete prod --move-devices-to Intune -n".to_owned(),
        format!(
            "tokens keygen --server Munki --yes --store file --certificate-file {}",
            machine.path("munki.pem").display()
        ),
        format!(
            "devices migrate {serial} --server 'Jamf Pro Production' --deadline 2026-12-01T17:00:00+01:00 --even-if-idle -n"
        ),
        "servers create Munki --key-pair munki --allow-release".to_owned(),
        "devices list --with-server --columns serial_number,model,server_name,order_number,color,device_capacity,added_at".to_owned(),
    ] {
        let ran = machine.run(&format!("-q --color never {line}"));
        let lines = || ran.stdout.lines().chain(ran.stderr.lines());
        // A command stays whole.
        let wide = lines().filter(|it| it.chars().count() > 80 && !it.contains('`'));
        assert_eq!(wide.collect::<Vec<_>>(), [""; 0], "{ran}");
        // So does the first column.
        assert!(lines().count() > 1, "{ran}");
        let alone = |it: &&str| it.starts_with(serial.as_str()) && !it.contains(' ');
        assert_eq!(lines().find(alone), None, "{ran}");
        if line.contains("--columns") {
            assert!(ran.stdout.contains("\nSERIAL NUMBER  "), "{ran}");
        }
    }
}
