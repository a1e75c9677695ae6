//! `domains list`.

use std::time::Duration;

use abmctl::sandbox::organization::{AuditEvent, Roster};
use abmctl::sandbox::{Options, OrganizationKind, Permission, Running};
use insta::assert_snapshot;
use jiff::Timestamp;

use crate::support::{Machine, Ran, federate, requests, write_file};

fn fails(apple: &Running, faults: &[&str]) {
    for fault in faults {
        apple.add_fault(fault.parse().unwrap());
    }
}

/// How many requests there were to a path.
fn count(apple: &Running, path: &str) -> usize {
    let asked = format!("GET {path} ");
    requests(apple)
        .iter()
        .filter(|request| request.starts_with(&asked))
        .count()
}

/// A School whose Roster API was never authorized.
fn unauthorized() -> (Machine, crate::support::Apple) {
    let (machine, apple) = Machine::with_school();
    machine.forget_roster();
    (machine, apple)
}

/// The operator declared nothing.
fn undeclared(machine: &Machine) {
    let path = machine.path("config/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (kept, _) = text.split_once("[profiles.sandbox.domains]").unwrap();
    write_file(&path, kept, 0o600);
}

fn roster<R>(apple: &Running, look: impl FnOnce(&mut Roster) -> R) -> R {
    apple.organization(|organization| look(organization.roster.as_mut().unwrap()))
}

#[test]
fn every_domain_is_listed_with_how_it_is_known() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("domains list --accounts");
    assert_snapshot!(ran);
    for (name, text) in [
        ("README.md", include_str!("../../README.md")),
        ("domains.md", include_str!("../../docs/guides/domains.md")),
    ] {
        let shown = format!("$ abmctl domains list --accounts\n{}", ran.stdout);
        assert!(text.contains(&shown), "{name} shows something else");
    }
    assert_eq!(count(&apple, "/v1/users"), 1);
    // What was counted is kept.
    let before = apple.requests().len();
    assert_snapshot!("accounts_are_kept", machine.run("domains list"));
    machine.clock.advance(Duration::from_secs(36 * 3600));
    assert_snapshot!("accounts_are_dated", machine.run("domains list"));
    assert_eq!(count(&apple, "/v1/users"), 1);
    // Nothing was new at first; on the second day there is one question, and a token for it.
    assert_eq!(apple.requests().len() - before, 2);
}

#[test]
fn a_document_has_the_evidence() {
    let (machine, apple) = Machine::with_business();
    federate(&apple, "acme.com");
    assert_snapshot!(machine.run("domains list --accounts -o json --quiet"));
}

#[test]
fn verified_names_alone_for_a_script() {
    let (machine, _apple) = Machine::with_business();
    let line = "domains list --status verified --columns domain --no-headers -o csv -q";
    assert_snapshot!(machine.run(line));
}

#[test]
fn statuses_repeat_and_take_commas() {
    let (machine, _apple) = Machine::with_business();
    let line = "domains list --status pending,removed --status unknown -q -o ndjson --columns domain,status,dns_token";
    assert_snapshot!(machine.run(line));
}

#[test]
fn names_are_letters_in_the_table_and_a_labels_elsewhere() {
    let (machine, apple) = Machine::with_business();
    let at: Timestamp = "2026-10-01T09:14:00Z".parse().unwrap();
    apple.organization(|organization| {
        organization.users.clear();
        organization.audit_events = vec![
            AuditEvent::domain(at, "DOMAIN_VERIFIED", "7F", Some("Bücher.example")),
            AuditEvent::domain(at, "DOMAIN_ADDED", "8F", Some("evil\u{1b}[31m.example")),
        ];
    });
    assert_snapshot!(machine.run("domains list -q --status verified,pending"));
    let csv = machine.run("domains list -q --status verified -o csv --columns domain,subject_id");
    assert_eq!(csv.stdout, "domain,subject_id\nxn--bcher-kva.example,7F\n");
}

#[test]
fn what_was_verified_before_since_is_unknown() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("domains list --since 2026-11-01 --accounts"));
    assert_eq!(count(&apple, "/v1/auditEvents"), 1);
    // It limits what is asked for, and not what is known.
    machine.run("domains list");
    let names = "domains list -q --status verified -o csv --no-headers --columns domain";
    let all = machine.run(names);
    let limited = machine.run(&format!("{names} --since 2026-11-01"));
    assert_eq!(limited.stdout, all.stdout);
    assert!(all.stdout.contains("acme.com\n"), "{all}");
}

#[test]
fn accounts_are_counted_over_all_pages() {
    let (machine, apple) = Machine::with_apple(Options {
        page_size_cap: Some(100),
        ..Options::default()
    });
    let ran = machine.run(
        "domains list --accounts -q -o csv --columns domain,accounts --status unknown,verified",
    );
    assert!(ran.stdout.contains("acme.com,412\n"), "{ran}");
    assert_eq!(count(&apple, "/v1/users"), 5);
}

#[test]
fn progress_is_shown_on_a_terminal() {
    let (mut machine, _apple) = Machine::with_business();
    machine.at_terminal();
    let ran = machine.run("domains list --accounts");
    assert_eq!(ran.code, 0);
    for words in [
        "\rAudit log back to ",
        "\rCounting the users (464)",
        "\rLooking the domains up in the DNS",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran}");
    }
    let quiet = machine.run("domains list --quiet");
    assert_eq!(quiet.stderr, "");
}

#[test]
fn without_the_audit_log_the_accounts_are_listed() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|organization| organization.forbid(Permission::ViewAudit));
    assert_snapshot!("no_audit_log_no_list", machine.run("domains list"));
    assert_snapshot!(machine.run("domains list --accounts"));
    // They were kept, and go on being evidence.
    assert_eq!(machine.run("domains list").code, 7);
}

#[test]
fn without_the_users_the_rest_is_listed() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|organization| organization.forbid(Permission::ViewPeople));
    assert_snapshot!(machine.run("domains list --accounts"));
    assert_eq!(machine.run("domains list").code, 0);
}

#[test]
fn without_either_source_there_is_no_list() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|organization| {
        organization.forbid(Permission::ViewAudit);
        organization.forbid(Permission::ViewPeople);
    });
    assert_snapshot!(machine.run("domains list --accounts"));
}

#[test]
fn an_outage_of_one_source_is_partial_too() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["GET /v1/users*=503"]);
    assert_snapshot!(machine.run("domains list --accounts --max-wait 5s --status removed"));
}

#[test]
fn verified_without_the_audit_log_is_refused() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|organization| organization.forbid(Permission::ViewAudit));
    assert_snapshot!(machine.run("domains list --status verified -o json"));
}

#[test]
fn verified_during_an_outage_is_an_outage() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["GET /v1/auditEvents*=503"]);
    assert_eq!(
        machine
            .run("domains list --status verified --max-wait 5s")
            .code,
        6
    );
}

#[test]
fn apple_business_never_says_unverified() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("domains list --status unverified"));
}

#[test]
fn credentials_that_are_refused_end_it() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["POST /auth/oauth2/token=400:invalid_client"]);
    assert_snapshot!(machine.run("domains list"));
}

#[test]
fn a_school_has_apples_own_word() {
    let (machine, apple) = Machine::with_school();
    assert_snapshot!(machine.run("domains list"));
    assert_eq!(apple.requests().len(), 2);
    assert_snapshot!(
        "roster_document",
        machine.run("domains list -q -o json --no-dns --status unverified")
    );
    let names = "domains list --status verified -q -o csv --no-headers --columns domain";
    assert_eq!(machine.run(names).stdout, "acme.com\nacme.de\n");
    assert_snapshot!("roster_check", machine.run("domains list --check --no-dns"));
    // Never said of a School: no audit log is there.
    assert_snapshot!(
        "roster_pending",
        machine.run("domains list --status pending")
    );
    assert_snapshot!("roster_accounts", machine.run("domains list --accounts"));
    assert_eq!(machine.run("domains list --refresh").code, 5);
}

#[test]
fn a_school_has_it_without_an_api_account_too() {
    let (machine, _apple) = Machine::with_school();
    let path = machine.path("config/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = regex::Regex::new(
        "(?m)^(client_id = \"SCHOOL|key_id = \"[0-9a-f]{8}-|private_key = .*private-key.pem).*\n",
    )
    .unwrap()
    .replace_all(&text, "");
    write_file(&path, &text, 0o600);
    let ran = machine.run("domains list -q --no-dns");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("Roster API"), "{ran}");
}

#[test]
fn a_domain_that_apple_does_not_list_is_a_difference() {
    let (machine, apple) = Machine::with_school();
    roster(&apple, |roster| {
        roster.domains.retain(|domain| domain.name != "acme.de");
        roster.domains[0].is_verified = None;
    });
    assert_snapshot!("not_listed", machine.run("domains list --check --no-dns"));
    assert_snapshot!(
        "listed",
        machine.run("domains list --no-dns -o json -q --columns domain,status,evidence")
    );
    let ran = machine.run("domains check acme.com acme.de -q");
    assert_eq!(ran.code, 9, "{ran}");
    assert!(
        ran.stdout
            .contains("Apple lists the domain but doesn't say"),
        "{ran}"
    );
    assert!(ran.stdout.contains("doesn't include it"), "{ran}");
}

#[test]
fn a_roster_api_that_can_not_be_read_leaves_what_was_declared() {
    let (machine, apple) = Machine::with_school();
    roster(&apple, Roster::take_back);
    assert_snapshot!("roster_taken_back", machine.run("domains list --no-dns"));
    assert_snapshot!(
        "roster_taken_back_verified",
        machine.run("domains list --status verified")
    );
    undeclared(&machine);
    assert_snapshot!("roster_taken_back_alone", machine.run("domains list"));
    for (happens, code) in [
        ("GET /rosterapi/*=503", 6),
        ("GET /rosterapi/*=403", 3),
        ("GET /rosterapi/*=401", 3),
    ] {
        let (machine, apple) = Machine::with_school();
        undeclared(&machine);
        fails(&apple, &[happens]);
        let ran = machine.run("domains list --max-wait 2s");
        assert_eq!((ran.code, &ran.stdout[..]), (code, ""), "{happens}: {ran}");
    }
    let (machine, apple) = Machine::with_school();
    undeclared(&machine);
    apple.organization(|organization| "9999".clone_into(&mut organization.id));
    assert_snapshot!("roster_of_another", machine.run("domains list"));
}

#[test]
fn a_school_that_did_not_authorize_has_what_was_declared() {
    let (machine, apple) = unauthorized();
    assert_snapshot!(
        "a_school_has_what_was_declared",
        machine.run("domains list")
    );
    assert_eq!(requests(&apple), [""; 0]);
    assert_snapshot!(
        "a_school_says_nothing_of_verified",
        machine.run("domains list --status verified")
    );
    assert_eq!(machine.run("domains list --check").code, 3);
    undeclared(&machine);
    assert_snapshot!(
        "a_school_without_declared_domains_has_no_list",
        machine.run("domains list")
    );
}

#[test]
fn limits_are_waited_for() {
    let (machine, apple) = Machine::with_apple(Options {
        kind: OrganizationKind::Business,
        limits: Some(abmctl::sandbox::Rates::default()),
        page_size_cap: Some(20),
        ..Options::default()
    });
    let ran = machine.run("domains list --accounts --columns domain,status");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        requests(&apple)
            .iter()
            .any(|request| request.ends_with("429"))
    );
    assert!(ran.stdout.contains("acme.com"), "{ran}");
}

#[test]
fn bad_input_is_refused_before_any_request() {
    let (machine, apple) = Machine::with_business();
    let lines = [
        "domains list --since soon",
        "domains list --since 2026-12-01",
        "domains list --since 20y",
        "domains list --status good",
        "domains list --columns name",
    ];
    let ran: Vec<Ran> = lines.iter().map(|line| machine.run(line)).collect();
    let text: Vec<String> = ran.iter().map(Ran::to_string).collect();
    assert_snapshot!(text.join("\n"));
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn without_an_account_there_is_nothing_to_ask_with() {
    let mut machine = Machine::bare();
    machine.unset("ABMCTL_API_URL");
    assert_snapshot!(machine.run("domains list"));
}

#[test]
fn help_says_what_it_costs() {
    assert_snapshot!(Machine::bare().run("domains list --help"));
}

#[test]
fn the_dns_is_looked_at_unless_told_not_to() {
    let (mut machine, _apple) = Machine::with_business();
    let tokens = |machine: &Machine, options: &str| -> Vec<String> {
        let rows = machine
            .run(&format!("domains list -o json {options}"))
            .json();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| format!("{} {}", row["domain"], row["dns_token"]))
            .collect()
    };
    assert_eq!(
        tokens(&machine, "")[..2],
        ["\"acme.com\" \"present\"", "\"acme.de\" \"absent\""]
    );
    assert!(
        tokens(&machine, "--no-dns")
            .iter()
            .all(|it| it.ends_with("null"))
    );
    // No answer is not "absent". Nothing listens there, and abmctl waits for a resolver in real time.
    machine.set("ABMCTL_RESOLVER", "127.0.0.1:9");
    let silent = tokens(&machine, "--timeout 1s");
    assert!(silent.iter().all(|it| it.ends_with("null")));
    assert_snapshot!(
        "resolver_silent",
        machine.run("domains list --status verified --timeout 1s")
    );
    machine.set("ABMCTL_RESOLVER", "nonsense");
    assert_eq!(machine.run("domains list").code, 2);
}
