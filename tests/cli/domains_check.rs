//! `domains check`, and `domains list --check`.

use abmctl::sandbox::organization::AuditEvent;
use insta::assert_snapshot;

use crate::support::{Machine, federate, requests};

#[test]
fn everything_about_a_domain_is_shown() {
    let (machine, apple) = Machine::with_business();
    federate(&apple, "acme.com");
    machine.run("domains list -q --accounts");
    assert_snapshot!("check_verified", machine.run("domains check acme.com"));
    assert_snapshot!(
        "check_several",
        machine.run("domains check ACME.org. acme.net acme.de unheard.example acme.org")
    );
    assert_snapshot!(
        "check_document",
        machine.run("domains check acme.org -q -o json --columns domain,status,evidence,timeline,missing,next")
    );
    let devices = &machine.run("domains check acme.com -o json").json()[0]["devices"];
    assert_eq!(devices.as_array().unwrap().len(), 4);
    assert_eq!(devices[0]["platform"], "mac");
}

#[test]
fn all_is_well_where_it_is_verified_and_every_platform_enrolls() {
    let (machine, _apple) = Machine::with_business();
    machine.run("adde-url set https://mdm.acme.example/.well-known/com.apple.remotemanagement --all -y --no-verify");
    let ran = machine.run("domains check acme.com");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(machine.run("domains check acme.org").code, 9);
}

#[test]
fn what_can_not_be_read_is_not_taken_for_an_answer() {
    let (mut machine, apple) = Machine::with_business();
    apple.organization(|organization| {
        organization.forbid(abmctl::sandbox::Permission::ViewAudit);
    });
    assert_snapshot!("check_without_audit", machine.run("domains check acme.com"));
    machine.set("ABMCTL_RESOLVER", "127.0.0.1:9");
    // abmctl waits for a resolver in real time.
    let ran = machine.run("domains check acme.com --timeout 1s");
    assert_eq!(ran.code, 7, "{ran}");
}

#[test]
fn without_an_account_the_domain_itself_is_looked_at() {
    let (mut machine, apple) = Machine::with_business();
    std::fs::remove_file(machine.path("config/config.toml")).unwrap();
    machine.unset("ABMCTL_API_URL");
    assert_snapshot!(
        "check_without_account",
        machine.run("domains check acme.com")
    );
    assert_eq!(requests(&apple), [""; 0]);
    // Nothing that could tell is configured: no alarm, unless somebody asks for it.
    apple.set_web("acme.com", abmctl::sandbox::WebBehaviour::Good);
    assert_eq!(machine.run("domains check acme.com").code, 0);
    assert_eq!(machine.run("domains check acme.com --strict").code, 9);
}

#[test]
fn a_school_without_the_roster_api_is_not_known() {
    let (machine, apple) = Machine::with_school();
    apple.set_web("acme.com", abmctl::sandbox::WebBehaviour::Good);
    machine.forget_roster();
    for (flag, code) in [("", 0), (" --strict", 9)] {
        let ran = machine.run(&format!("domains check acme.com{flag}"));
        assert_eq!(ran.code, code, "{ran}");
    }
}

#[test]
fn bad_names_are_refused_before_any_request() {
    let (machine, apple) = Machine::with_business();
    let lines = [
        "domains check",
        "domains check ada@acme.com",
        "domains check acme.appleid.com",
        "domains check acme.com --columns name",
        "domains list --check --status verified",
    ];
    let text: Vec<String> = lines
        .iter()
        .map(|line| machine.run(line).to_string())
        .collect();
    assert_snapshot!("check_bad_input", text.join("\n"));
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn what_differs_from_what_is_declared_is_listed() {
    let (machine, _apple) = Machine::with_business();
    machine.run("domains declare acme.net");
    assert_snapshot!("differs", machine.run("domains list --check"));
    assert_snapshot!(
        "differs_document",
        machine
            .run("domains list --check -q --no-dns -o ndjson --columns domain,status,difference")
    );
    for domain in ["acme.com", "acme.org", "shop.acme.com", "acme.io"] {
        machine.run(&format!("domains declare {domain}"));
    }
    machine.run("domains declare acme.net --remove");
    // A verification that was begun is not yet what was declared.
    let ran =
        machine.run("domains list --check -q -o csv --no-headers --columns domain,difference");
    assert_eq!(
        (ran.code, &ran.stdout[..]),
        (9, "acme.org,pending\n"),
        "{ran}"
    );
    machine.run("domains declare acme.org --remove");
    machine.run("domains declare new.example");
    // Without it, it is nobody's; nor is a domain that nothing tells of a difference.
    assert_snapshot!("differs_nowhere", machine.run("domains list --check"));
}

#[test]
fn no_difference_is_claimed_of_what_was_not_read() {
    let (machine, apple) = Machine::with_business();
    for domain in ["acme.com", "shop.acme.com", "acme.io"] {
        machine.run(&format!("domains declare {domain}"));
    }
    assert_eq!(machine.run("domains list --check").code, 0);
    machine
        .clock
        .advance(std::time::Duration::from_secs(24 * 3600));
    apple.add_fault("GET /v1/auditEvents*=503".parse().unwrap());
    assert_snapshot!(
        "differs_in_part",
        machine.run("domains list --check --max-wait 5s")
    );
}

#[test]
fn a_removal_that_names_no_domain_is_a_difference_until_somebody_looked() {
    let (machine, apple) = Machine::with_business();
    for domain in ["acme.com", "shop.acme.com", "acme.io"] {
        machine.run(&format!("domains declare {domain}"));
    }
    let now: jiff::Timestamp = crate::support::BEGINNING.parse().unwrap();
    apple.organization(|organization| {
        let removal = AuditEvent::domain(now, "DOMAIN_REMOVED", "of nobody known", None);
        organization.audit_events.push(removal);
    });
    let ran =
        machine.run("domains list --check -q -o csv --no-headers --columns domain,difference");
    let all = "acme.com,may_be_removed\nacme.io,may_be_removed\nshop.acme.com,may_be_removed\n";
    assert_eq!((ran.code, &ran.stdout[..]), (9, all), "{ran}");
    machine
        .clock
        .advance(std::time::Duration::from_secs(24 * 3600));
    for domain in ["acme.com", "shop.acme.com"] {
        machine.run(&format!("domains declare {domain}"));
    }
    assert_snapshot!("may_be_removed", machine.run("domains list --check"));
}

#[test]
fn a_resolver_that_fails_is_no_absence_in_the_advice() {
    let (machine, _apple) = Machine::with_business();
    let ran = machine.run(
        "domains check acme.org --resolver 127.0.0.1:1 --timeout 1s -q -o json --columns status,dns_token,missing,next",
    );
    assert_snapshot!("check_without_dns", ran);
}

#[test]
fn nothing_to_compare_with_is_no_agreement() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|organization| {
        organization.forbid(abmctl::sandbox::Permission::ViewAudit);
    });
    assert_snapshot!("differs_unread", machine.run("domains list --check"));
}
