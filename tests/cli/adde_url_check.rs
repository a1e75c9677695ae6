//! `adde-url check`: what a device finds at domains that behave and misbehave, and where it would enrol.

use abmctl::sandbox::{Options, WebBehaviour};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests, write_file};

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
