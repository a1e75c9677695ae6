//! `adde-url set` looks first: each usual mistake, and what is right in its place.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Apple, Machine, Ran, requests};
use crate::web::{Answer, Asked, Web, answer, document, redirect};

const URL: &str = "https://mdm.acme.com/discovery";
const BASE: &str = "https://enroll.acme.com/byod";
const NAMES: [&str; 6] = [
    "mdm.acme.com",
    "enroll.acme.com",
    "www.acme.com",
    "login.acme.com",
    "expired.acme.com",
    "untrusted.acme.com",
];

/// A machine that finds these names at the web's address.
fn machine(web: &Web) -> (Machine, Apple) {
    let (mut machine, apple) = Machine::with_business();
    let names = NAMES.map(|name| format!("{name}:{}", web.address));
    machine.set("ABMCTL_RESOLVE", &names.join(","));
    machine.set("SSL_CERT_FILE", web.roots().to_str().unwrap());
    (machine, apple)
}

/// Whether anything was sent to Apple that changes something.
fn wrote(apple: &Apple) -> bool {
    requests(apple).iter().any(|it| !it.starts_with("GET"))
}

/// Sets the URL where this is answered at it.
fn set(answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Ran {
    let web = Web::start(move |asked| Some(answers(asked)));
    let (machine, apple) = machine(&web);
    let ran = machine.run(&format!("adde-url set {URL} --server prod"));
    assert_eq!(wrote(&apple), ran.code == 0, "{ran}");
    ran
}

#[test]
fn a_url_that_answers_well_is_asked_for_by_each_platform_and_set() {
    let web = Web::start(|_| Some(document(BASE)));
    let (machine, apple) = machine(&web);
    let line = format!("adde-url set {URL} --server prod");
    assert_eq!(machine.run(&format!("{line} --check")).code, 9);
    assert!(!wrote(&apple));
    assert_snapshot!(machine.run(&line));
    let mut asked = web.asked();
    asked.sort();
    asked.dedup();
    let families = ["Mac", "RealityDevice", "iPad", "iPhone"];
    let expected = families.map(|family| {
        format!("GET mdm.acme.com/discovery?user-identifier=abmctl-check@mdm.acme.com&model-family={family}")
    });
    assert_eq!(asked, expected);
    // What is set already is not looked at again.
    let before = web.asked().len();
    assert_eq!(machine.run(&line).code, 0);
    assert_eq!(web.asked().len(), before);
}

#[test]
fn each_usual_mistake_is_refused_with_what_is_right() {
    type Answers = fn(&Asked) -> Answer;
    let mistakes: [(&str, Answers); 15] = [
        ("absent", |_| answer(404, "text/html", "<html>")),
        ("page", |_| answer(200, "text/html", "<!doctype html>")),
        ("enrollment", |_| {
            answer(401, "", "").with("WWW-Authenticate", "Bearer method=\"apple-as-web\"")
        }),
        ("enrollment profile", |_| {
            answer(
                200,
                "application/x-apple-aspen-config",
                "<?xml version=\"1.0\"?><plist>",
            )
        }),
        ("octet-stream", |_| {
            let body =
                format!("{{\"Servers\":[{{\"Version\":\"mdm-byod\",\"BaseURL\":\"{BASE}\"}}]}}");
            answer(200, "application/octet-stream", body)
        }),
        ("not json", |_| {
            answer(200, "application/json", "{\"Servers\":[],}")
        }),
        ("empty", |_| {
            answer(200, "application/json", "{\"Servers\":[]}")
        }),
        ("lost query", |asked| match asked.host.as_str() {
            "mdm.acme.com" => redirect(301, "https://www.acme.com/discovery"),
            _ => document(BASE),
        }),
        ("sign-in", |asked| match asked.host.as_str() {
            "mdm.acme.com" => redirect(302, &format!("https://login.acme.com/?{}", asked.query)),
            _ => answer(200, "text/html", "<html>"),
        }),
        ("loop", |asked| {
            redirect(
                302,
                &format!("https://mdm.acme.com/discovery?{}", asked.query),
            )
        }),
        ("bot wall", |_| {
            answer(403, "text/html", "<html>").with("cf-mitigated", "challenge")
        }),
        ("http", |_| document("http://enroll.acme.com/byod")),
        ("base url expired", |_| {
            document("https://expired.acme.com/byod")
        }),
        ("base url untrusted", |_| {
            document("https://untrusted.acme.com/byod")
        }),
        ("vision only", |asked| {
            if asked.query.ends_with("RealityDevice") {
                answer(500, "", "")
            } else {
                document(BASE)
            }
        }),
    ];
    for (name, answers) in mistakes {
        let ran = set(answers);
        assert_eq!(ran.code, 1, "{name}: {ran}");
        // On macOS the system judges certificates, and doesn't say when one ended.
        let ran = ran
            .to_string()
            .replace("expired on January 31, 2026", "is expired");
        insta::with_settings!({snapshot_suffix => name}, {
            assert_snapshot!("mistake", ran);
        });
    }
}

#[test]
fn what_is_only_likely_to_be_wrong_is_a_warning() {
    let several = set(|_| {
        let server = format!("{{\"Version\":\"mdm-byod\",\"BaseURL\":\"{BASE}\"}}");
        answer(
            200,
            "application/json",
            format!("{{\"Servers\":[{server},{server}]}}"),
        )
    });
    assert_eq!(several.code, 0);
    assert_snapshot!("several", several);
    // A server may turn one kind of device away on purpose.
    let rejected = set(|asked| {
        if asked.query.ends_with("Mac") {
            answer(
                403,
                "application/json",
                r#"{"code":"com.apple.well-known.failed"}"#,
            )
        } else {
            document(BASE)
        }
    });
    assert_snapshot!("rejected_for_mac", rejected);
}

#[test]
fn nothing_is_looked_at_with_no_verify_and_nothing_sent_with_check() {
    let web = Web::start(|_| None);
    let (machine, apple) = machine(&web);
    for flag in ["--check", "--dry-run"] {
        let ran = machine.run(&format!("adde-url set {URL} --server prod {flag}"));
        assert_eq!(ran.code, 1, "{ran}");
    }
    let ran = machine.run(&format!("adde-url set {URL} --server prod -o json"));
    let document: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(document["error"]["code"], json!("not_found"));
    assert!(!wrote(&apple));
    let asked = web.asked().len();
    let ran = machine.run(&format!("adde-url set {URL} --server prod --no-verify"));
    assert_eq!((ran.code, web.asked().len()), (0, asked), "{ran}");
}

#[test]
fn a_secret_in_the_query_is_a_warning() {
    let web = Web::start(|_| Some(document(BASE)));
    let (machine, _apple) = machine(&web);
    let url = "https://mdm.acme.com/discovery?token=s3cret";
    assert_snapshot!(machine.run(&format!("adde-url set '{url}' --server prod --check")));
}

#[test]
fn the_flag_wins_over_the_variable() {
    let web = Web::start(|_| Some(document(BASE)));
    let (mut machine, _apple) = machine(&web);
    let line = format!("adde-url set {URL} --server prod --check");
    let closed = machine.run(&format!("{line} --resolve mdm.acme.com:127.0.0.1:9"));
    assert_snapshot!("closed", closed);
    machine.set("ABMCTL_RESOLVE", "mdm.acme.com:127.0.0.1:9");
    let flags = NAMES.map(|name| format!(" --resolve {name}:{}", web.address));
    let ran = machine.run(&format!("{line}{}", flags.concat()));
    assert_eq!(ran.code, 9, "{ran}");
    machine.set("ABMCTL_RESOLVE", "mdm.acme.com");
    assert_snapshot!("bad_variable", machine.run(&line));
    assert_snapshot!(
        "bad_flag",
        machine.run(&format!("{line} --resolve mdm.acme.com:x"))
    );
    assert_snapshot!(
        "bad_resolver",
        machine.run(&format!("{line} --resolver dns.example"))
    );
}
