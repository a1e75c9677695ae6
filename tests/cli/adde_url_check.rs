//! `adde-url check`: what a device finds at domains that behave and misbehave, and where it would enrol.
//!
//! Over 400 lines, since each verdict and each source that it rests on has its case here.

use std::time::Duration;

use abmctl::sandbox::organization::AuditEvent;
use abmctl::sandbox::{Options, WebBehaviour};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests, write_file};
use crate::web::{Web, document};

fn with_web(host: &str, behaviour: WebBehaviour) -> (Machine, Apple) {
    let (machine, apple) = Machine::with_business();
    apple.set_web(host, behaviour);
    (machine, apple)
}

fn rows(machine: &Machine, line: &str) -> Vec<Value> {
    let ran = machine.run(&format!("{line} -o json"));
    ran.json().as_array().unwrap().clone()
}

#[test]
fn each_mistake_of_a_domain_has_its_verdict() {
    let (machine, apple) = Machine::with_business();
    let mut table = String::new();
    for behaviour in WebBehaviour::all() {
        apple.set_web("acme.com", behaviour);
        let ran = machine
            .run("adde-url check acme.com --platform iphone,vision --os-version vision=2.1 --timeout 1s -o json");
        let rows = ran.json();
        for row in rows.as_array().unwrap() {
            let warnings: Vec<&str> = row["findings"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|finding| finding["weight"] == "warns")
                .map(|finding| finding["code"].as_str().unwrap())
                .collect();
            table += &format!(
                "{:<18} {:<7} {:<23} {:<24} {} {}\n",
                behaviour.word(),
                row["platform"].as_str().unwrap(),
                row["verdict"].as_str().unwrap(),
                row["problem_code"].as_str().unwrap_or("-"),
                ran.code,
                warnings.join(","),
            );
        }
    }
    assert_snapshot!(table);
    // Apple's own host is connected to, and never asked.
    assert_eq!(apple.web_violations().len(), 0);
}

#[test]
fn old_tls_fails_for_the_version_that_refuses_it() {
    let (machine, apple) = with_web("acme.com", WebBehaviour::OldTls);
    assert_snapshot!(
        "old_tls",
        machine.run(
            "adde-url check acme.com --platform iphone,ipad,mac --os-version iphone=27,mac=26.4"
        )
    );
    let rows = rows(
        &machine,
        "adde-url check acme.com --platform iphone,ipad --os-version iphone=27",
    );
    let weights = rows.iter().map(|row| &row["findings"][0]["weight"]);
    assert_eq!(weights.collect::<Vec<_>>(), ["fails", "warns"]);
    // The host of BaseURL: the device has a document by then.
    apple.set_web("acme.com", WebBehaviour::Good);
    apple.set_web("mdm.acme.example", WebBehaviour::OldTls);
    assert_snapshot!(
        "old_tls_at_base_url",
        machine.run("adde-url check acme.com --platform iphone,ipad --os-version iphone=27")
    );
    apple.set_web("mdm.acme.example", WebBehaviour::CertificateTooLong);
    assert_snapshot!(
        "too_long_at_base_url",
        machine.run("adde-url check acme.com --platform iphone")
    );
}

#[test]
fn a_table_says_what_to_mend() {
    let (machine, apple) = with_web("acme.com", WebBehaviour::Good);
    assert_snapshot!("through_domain", machine.run("adde-url check acme.com"));
    apple.set_web("acme.com", WebBehaviour::NotFound);
    assert_snapshot!(
        "through_apple",
        machine.run("adde-url check acme.com --platform iphone")
    );
    assert_snapshot!("all_domains", machine.run("adde-url check"));
    assert_snapshot!(
        "csv",
        machine.run("adde-url check acme.de -o csv --columns domain,platform,verdict,problem_code --no-headers")
    );
}

#[test]
fn a_document_has_every_step() {
    let (machine, _apple) = with_web("acme.com", WebBehaviour::Redirect);
    let mut row = rows(
        &machine,
        "adde-url check --user ada@acme.com --platform vision",
    )[0]
    .clone();
    for step in row["steps"].as_array_mut().unwrap() {
        step["took_ms"] = json!(0);
        step["address"] = json!(step["address"].is_string());
    }
    assert_snapshot!(format!("{row:#}"));
}

#[test]
fn the_first_half_needs_neither_token_nor_account() {
    let (mut machine, apple) = with_web("acme.com", WebBehaviour::Good);
    std::fs::remove_file(machine.path("config/config.toml")).unwrap();
    let ran = machine.run("adde-url check acme.com --platform mac");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(requests(&apple), Vec::<String>::new());
    apple.set_web("acme.com", WebBehaviour::NotFound);
    assert_snapshot!(
        "without_anything",
        machine.run("adde-url check acme.com --platform mac")
    );
    assert_snapshot!("nothing_is_known", machine.run("adde-url check"));
    // A token without an account: its URL is looked at, and whether it counts is not known.
    let file = machine.path("lone/token.json");
    write_file(&file, &apple.credentials().server_tokens["intune"], 0o600);
    machine.set("ABMCTL_SERVER_TOKEN_FILE", file.to_str().unwrap());
    assert_snapshot!(
        "with_a_token_alone",
        machine.run("adde-url check acme.com --platform mac")
    );
    let row = &rows(&machine, "adde-url check acme.com --platform mac")[0];
    assert_eq!(row["verdict"], json!("unknown"));
    assert!(row["adde_url"].is_string(), "{row}");
    assert!(
        row["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| step["at"] == "apple")
    );
}

#[test]
fn apple_s_side_has_problems_of_its_own() {
    let (machine, apple) = Machine::with_business();
    let vision = "adde-url check acme.com --platform vision";
    // No default.
    let families = apple.organization(|acme| std::mem::take(&mut acme.servers[1].default_families));
    assert_snapshot!("no_default", machine.run(vision));
    // A default without a token of ours.
    apple.organization(|acme| acme.servers[2].default_families = families.clone());
    assert_snapshot!("no_token_of_the_default", machine.run(vision));
    apple.organization(|acme| {
        acme.servers[2].default_families.clear();
        acme.servers[1].default_families = families;
    });
    // A URL that nobody can use.
    apple.set_web("intune.acme.com", WebBehaviour::Html);
    assert_snapshot!("adde_url_is_html", machine.run(vision));
    apple.set_web("intune.acme.com", WebBehaviour::Good);
    // What can't be read is said, and is no verdict.
    apple.organization(|acme| acme.server_tokens[1].replace());
    assert_snapshot!("token_replaced", machine.run(vision));
    // A token that has no part in it costs nothing.
    let mac = machine.run("adde-url check acme.com --platform mac");
    assert_eq!((mac.code, mac.stderr.as_str()), (9, ""), "{mac}");
    apple.add_fault("GET /v1/mdmServers=403:FORBIDDEN".parse().unwrap());
    assert_snapshot!("servers_refused", machine.run(vision));
}

/// The requests for the audit log and the Roster API.
fn asked_for_domains(apple: &Apple) -> usize {
    let of_domains = |it: &&String| it.contains("/v1/auditEvents") || it.contains("/rosterapi");
    requests(apple).iter().filter(of_domains).count()
}

/// A domain event of today.
fn logged(apple: &Apple, machine: &Machine, event: &str, name: Option<&str>) {
    let now = abmctl::host::Clock::now(machine.clock.as_ref());
    apple.organization(|acme| {
        let event = AuditEvent::domain(now, event, "of a domain", name);
        acme.audit_events.push(event);
    });
}

#[test]
fn what_is_known_of_a_domain_counts_if_it_is_named() {
    let (machine, apple) = with_web("acme.com", WebBehaviour::NotFound);
    let iphone = "adde-url check acme.com --platform iphone";
    // Nothing is kept yet, so it isn't known whether the domain is verified.
    let not_known = machine.run(iphone);
    assert_eq!(not_known.code, 0, "{not_known}");
    let says = "Note: abmctl doesn't know whether acme.com is verified";
    assert!(not_known.stdout.contains(says), "{not_known}");
    let row = rows(&machine, iphone)[0].clone();
    assert_eq!(row["verdict"], "enrolls_through_apple", "{row}");
    let finding = row["findings"].as_array().unwrap().last().unwrap();
    assert_eq!(finding["code"], "domain_not_known", "{row}");
    assert_eq!(finding["at"], "apple");
    assert_eq!(finding["weight"], "warns");
    assert_eq!(machine.run(&format!("{iphone} --strict -q")).code, 9);
    logged(&apple, &machine, "DOMAIN_REMOVED", Some("acme.com"));
    machine.clock.advance(Duration::from_secs(24 * 3600));
    machine.run("domains list -q");
    machine.clock.advance(Duration::from_secs(24 * 3600));
    let before = asked_for_domains(&apple);
    assert_snapshot!("removed", machine.run(iphone));
    let user = "adde-url check --user ada@ACME.com --platform iphone -q";
    assert_eq!(machine.run(user).code, 9);
    // A domain that answers by itself needs no Apple.
    apple.set_web("acme.com", WebBehaviour::Good);
    assert_eq!(machine.run(iphone).code, 0);
    apple.set_web("acme.com", WebBehaviour::NotFound);
    // One that was added and not verified may be verified all the same.
    apple.set_web("acme.org", WebBehaviour::NotFound);
    let acme_org = "adde-url check acme.org --platform iphone";
    assert_snapshot!("pending", machine.run(acme_org));
    let row = rows(&machine, acme_org)[0].clone();
    let pending = &row["findings"][1];
    assert_eq!(pending["code"], "domain_pending", "{row}");
    assert_eq!(pending["at"], "apple");
    assert_eq!(pending["weight"], "warns");
    assert_eq!(asked_for_domains(&apple), before);
    // Nobody named acme.com, so it is not checked; who declared it wants to hear of it.
    let all = "adde-url check --platform iphone -q -o csv --no-headers --columns domain,verdict,problem_code";
    assert_snapshot!("removed_and_not_named", machine.run(all));
    machine.run("domains declare acme.com");
    assert_snapshot!("removed_and_declared", machine.run(all));
    assert_eq!(machine.run("domains check acme.com").code, 9);
    assert_eq!(machine.run("domains check acme.org").code, 9);
}

#[test]
fn a_removal_without_a_name_is_a_warning_until_somebody_looked() {
    let (machine, apple) = with_web("acme.com", WebBehaviour::NotFound);
    logged(&apple, &machine, "DOMAIN_REMOVED", None);
    machine.clock.advance(Duration::from_secs(3600));
    machine.run("domains list -q");
    let iphone = "adde-url check acme.com --platform iphone";
    assert_snapshot!("may_be_removed", machine.run(iphone));
    machine.clock.advance(Duration::from_secs(24 * 3600));
    machine.run("domains declare acme.com");
    let ran = machine.run(&format!("{iphone} -q"));
    assert!(!ran.stdout.contains("Note:"), "{ran}");
}

#[test]
fn what_the_roster_api_said_last_counts_if_a_domain_is_named() {
    let (machine, apple) = Machine::with_school();
    apple.set_web("acme.org", WebBehaviour::NotFound);
    let ipad = "adde-url check acme.org --platform ipad";
    assert_eq!(machine.run(ipad).code, 0);
    machine.run("domains list -q");
    let before = asked_for_domains(&apple);
    assert_snapshot!("not_verified_at_school", machine.run(ipad));
    assert_eq!(asked_for_domains(&apple), before);
}

#[test]
fn a_cache_of_domains_that_is_damaged_says_nothing_and_is_said() {
    let (machine, apple) = with_web("acme.com", WebBehaviour::NotFound);
    logged(&apple, &machine, "DOMAIN_REMOVED", Some("acme.com"));
    machine.clock.advance(Duration::from_secs(3600));
    machine.run("domains list -q");
    let folder = std::fs::read_dir(machine.path("state/domains")).unwrap();
    for file in folder {
        write_file(&file.unwrap().path(), "{", 0o600);
    }
    let ran = machine.run("adde-url check acme.com --platform iphone");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stderr.contains("is damaged, so abmctl doesn't know"),
        "{ran}"
    );
}

#[test]
fn an_enrollment_url_is_probed_on_request_only() {
    let (machine, apple) = with_web("acme.com", WebBehaviour::Good);
    let plain = machine.run("adde-url check acme.com --platform mac,ipad");
    assert_eq!(plain.code, 0, "{plain}");
    let posts = |apple: &Apple| {
        let seen = apple.web_requests();
        seen.iter().filter(|it| it.method == "POST").count()
    };
    assert_eq!(posts(&apple), 0);
    let probed = machine.run("adde-url check acme.com --platform mac,ipad --probe-enrollment");
    assert_eq!(probed.code, 0, "{probed}");
    assert_eq!(posts(&apple), 1);
}

#[test]
fn platforms_that_are_answered_differently_are_told() {
    let (machine, _apple) = with_web("acme.com", WebBehaviour::Good);
    for row in rows(&machine, "adde-url check acme.com") {
        let findings = row["findings"].as_array().unwrap();
        assert_eq!(findings[0]["code"], json!("differs_by_platform"), "{row}");
    }
    let alike = rows(&machine, "adde-url check acme.com --platform iphone,ipad");
    assert_eq!(alike[0]["findings"], json!([]));
}

#[test]
fn a_resolver_that_does_not_answer_is_no_verdict() {
    let (mut machine, _apple) = Machine::with_business();
    machine.unset("ABMCTL_RESOLVE");
    // Nothing listens there.
    let ran = machine.run(
        "adde-url check acme.example --platform mac --resolver 127.0.0.1:9 --timeout 1s -o json",
    );
    assert_eq!(ran.code, 7, "{ran}");
    assert_eq!(ran.json()[0]["verdict"], json!("unknown"));
}

#[test]
fn a_proxy_that_fails_is_no_verdict_on_the_domain() {
    let (mut machine, _apple) = Machine::with_business();
    machine.unset("ABMCTL_RESOLVE");
    // Nothing listens there.
    machine.set("HTTPS_PROXY", "http://ada:s3cret@127.0.0.1:9");
    let ran = machine.run("adde-url check acme.example --platform mac -o json");
    assert_eq!(ran.code, 7, "{ran}");
    assert_eq!(ran.json()[0]["verdict"], json!("unknown"));
    assert!(
        ran.stderr
            .contains("The proxy didn't connect to some hosts."),
        "{ran}"
    );
    assert_snapshot!(
        "proxy_fails",
        machine.run("adde-url check acme.example --platform mac")
    );
    let ran = machine.run("adde-url set https://mdm.acme.org/discovery --server prod");
    assert_eq!(ran.code, 1, "{ran}");
    let why = "Nothing was changed, because abmctl could not check https://mdm.acme.org/discovery. No connection to mdm.acme.org through the proxy http://127.0.0.1:9";
    assert!(ran.stderr.contains(why), "{ran}");
    assert!(!ran.to_string().contains("s3cret"), "{ran}");
}

#[test]
fn a_probe_that_a_proxy_keeps_back_is_no_verdict() {
    let web = Web::start(|_| Some(document("https://mdm.acme.example/enroll")));
    let (mut machine, _apple) = Machine::with_business();
    machine.set("SSL_CERT_FILE", web.roots().to_str().unwrap());
    // The host of BaseURL goes through the proxy, where nothing listens.
    machine.set("ABMCTL_RESOLVE", &format!("acme.com:{}", web.address));
    machine.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let check = "adde-url check acme.com --platform mac";
    assert_eq!(machine.run(check).code, 0);
    let check = format!("{check} --probe-enrollment");
    assert_snapshot!("probe_behind_a_proxy", machine.run(&check));
    let row = &rows(&machine, &check)[0];
    assert_eq!(row["findings"][0]["code"], json!("proxy_failed"), "{row}");
}

#[test]
fn what_is_asked_is_checked_first() {
    let (machine, apple) = Machine::with_business();
    for (name, line) in [
        ("no_domain", "acme"),
        ("address", "10.0.0.1"),
        ("url", "https://acme.com/x"),
        ("user", "--user a@b@c"),
        ("ipod", "acme.com --platform ipod"),
        ("version", "acme.com --os-version vision=two"),
        ("resolve", "acme.com --resolve nonsense"),
        ("column", "acme.com --columns nonsense"),
    ] {
        insta::with_settings!({snapshot_suffix => name}, {
            let ran = machine.run(&format!("adde-url check {line}"));
            assert_eq!(ran.code, 2, "{ran}");
            assert_snapshot!("bad_input", ran);
        });
    }
    assert_eq!(requests(&apple), Vec::<String>::new());
    assert_eq!(apple.web_requests().len(), 0);
}

#[test]
fn a_school_is_checked_in_the_same_way() {
    let (machine, apple) = Machine::with_apple(Options {
        kind: abmctl::sandbox::OrganizationKind::School,
        ..Options::default()
    });
    apple.set_web("acme.com", WebBehaviour::NotFound);
    assert_snapshot!(machine.run("adde-url check --platform ipad"));
}

#[test]
fn a_damaged_certificate_is_skipped_and_logged() {
    let (machine, _apple) = with_web("acme.com", WebBehaviour::Good);
    let roots = machine.path("ca.pem");
    let good = std::fs::read_to_string(&roots).unwrap();
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    write_file(&roots, &format!("{damaged}{good}"), 0o600);
    let ran = machine.run("-v adde-url check acme.com --platform mac");
    assert_eq!(ran.code, 0, "{ran}");
    let logged = "[home]/ca.pem: skipped certificates that can't be used: 1";
    assert!(ran.stderr.contains(logged), "{ran}");
}
