//! `adde-url`: what it asks of Apple, shows, changes and keeps, and what it refuses.
//!
//! Over 400 lines, since each way to ask and each refusal is a test.

use std::fs;

use abmctl::sandbox::organization::Refusal;
use abmctl::sandbox::{Options, TimestampStyle};
use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests, write_file};

const URL: &str = "https://mdm.acme.com/discovery";
const INTUNE: &str = "https://intune.acme.com/.well-known/com.apple.remotemanagement";
const PROFILE: &str = "/account-driven-enrollment/profile";

fn fault(apple: &Apple, fault: &str) {
    apple.add_fault(fault.parse().unwrap());
}

/// What Apple has registered for a token.
fn registered(apple: &Apple, token: &str) -> Option<String> {
    apple.organization(|acme| {
        let token = acme.server_tokens.iter().find(|it| it.name == token);
        let discovery = token.unwrap().service_discovery.as_ref();
        discovery.map(|discovery| discovery.url.clone())
    })
}

/// Turns a token away, or makes it one that was replaced or is over.
fn token(
    apple: &Apple,
    name: &str,
    change: impl Fn(&mut abmctl::sandbox::organization::ServerToken),
) {
    apple.organization(|acme| {
        let token = acme.server_tokens.iter_mut().find(|it| it.name == name);
        change(token.unwrap());
    });
}

/// What was asked since the last time, without its order where several tokens are asked at once.
fn asked(apple: &Apple) -> Vec<String> {
    let mut asked = of_enrollment(apple);
    asked.sort();
    apple.forget_requests();
    asked
}

/// The requests to Device Assignment Services.
fn of_enrollment(apple: &Apple) -> Vec<String> {
    let mut asked = requests(apple);
    asked.retain(|request| !request.contains(" /v1/") && !request.contains(" /auth/"));
    asked
}

fn writes(apple: &Apple) -> usize {
    let all = of_enrollment(apple);
    all.iter()
        .filter(|request| !request.starts_with("GET"))
        .count()
}

/// The lines of the journal, without what differs from run to run.
fn journal(machine: &Machine) -> Vec<Value> {
    let text = fs::read_to_string(machine.path("state/journal.ndjson")).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A machine whose only credential is a token file in the environment.
fn with_lone_token() -> (Machine, Apple) {
    let (mut machine, apple) = Machine::with_business();
    let file = machine.path("lone/token.json");
    write_file(&file, &apple.credentials().server_tokens["intune"], 0o600);
    fs::remove_file(machine.path("config/config.toml")).unwrap();
    machine.set("ABMCTL_SERVER_TOKEN_FILE", file.to_str().unwrap());
    (machine, apple)
}

#[test]
fn help_says_what_each_does() {
    let machine = Machine::bare();
    assert_snapshot!("help", machine.run("adde-url --help"));
    assert_snapshot!("help_of_set", machine.run("adde-url set --help"));
}

#[test]
fn list_shows_each_token() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("adde-url list"));
    assert_eq!(
        asked(&apple),
        [
            "GET /account 200".to_owned(),
            "GET /account 200".to_owned(),
            format!("GET {PROFILE} 200"),
            format!("GET {PROFILE} 404"),
            "GET /session 200".to_owned(),
            "GET /session 200".to_owned(),
        ]
    );
    for format in ["json", "ndjson", "csv", "yaml"] {
        insta::with_settings!({snapshot_suffix => format}, {
            assert_snapshot!("list", machine.run(&format!("discovery-url list -o {format}")));
        });
    }
    let again = asked(&apple);
    assert!(!again.contains(&"GET /account 200".to_owned()), "{again:?}");
    assert_snapshot!(
        "columns",
        machine.run("adde-url list --columns token,state,url")
    );
}

#[test]
fn get_costs_the_session_and_one_request() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("adde-url get --server intune"));
    assert_eq!(
        requests(&apple),
        ["GET /session 200".to_owned(), format!("GET {PROFILE} 200")]
    );
    apple.forget_requests();
    assert_snapshot!(
        "get_in_json",
        machine.run("adde-url get --server 'Jamf pro PRODUCTION' -o json")
    );
    assert_eq!(
        requests(&apple),
        ["GET /session 200".to_owned(), format!("GET {PROFILE} 404")]
    );
    assert_snapshot!(
        "get_of_several",
        machine.run("adde-url get --server prod --server intune")
    );
    let all = machine.run("adde-url get --all -o json").json();
    assert_eq!(all.as_array().unwrap().len(), 2);
}

#[test]
fn a_lone_token_needs_neither_name_nor_api_account() {
    let (machine, apple) = with_lone_token();
    assert_snapshot!(machine.run("adde-url get"));
    assert_eq!(asked(&apple).len(), 2);
    // Nothing is known of its server yet.
    assert_snapshot!("not_known_yet", machine.run("adde-url get --server Intune"));
    assert_eq!(asked(&apple), Vec::<String>::new());
    assert_snapshot!("lone_list", machine.run("adde-url list"));
    assert_eq!(asked(&apple).len(), 3);
    let known = machine.run("adde-url get --server intune -o json").json();
    assert_eq!(known["server_name"], json!("Intune"));
    assert_eq!(asked(&apple).len(), 2);
    assert_snapshot!(
        "lone_set",
        machine.run(&format!("adde-url set --no-verify {URL}"))
    );
    assert_eq!(registered(&apple, "intune").as_deref(), Some(URL));
    assert_eq!(asked(&apple).len(), 4, "session, read, write, read back");
}

#[test]
fn what_is_said_of_another_token_is_forgotten() {
    let (machine, apple) = with_lone_token();
    machine.run("adde-url list");
    let file = machine.path("lone/token.json");
    write_file(&file, &apple.credentials().server_tokens["prod"], 0o600);
    let row = &machine.run("adde-url list -o json").json()[0];
    assert_eq!(row["server_name"], json!("Jamf Pro Production"));
    assert_eq!(row["url"], Value::Null);
}

#[test]
fn set_reads_sends_and_reads_back() {
    let (machine, apple) = Machine::with_business();
    machine.run("adde-url list");
    apple.forget_requests();
    assert_snapshot!(machine.run(&format!("adde-url set --no-verify {URL} --server prod")));
    assert_eq!(
        requests(&apple),
        [
            "GET /session 200".to_owned(),
            format!("GET {PROFILE} 404"),
            format!("POST {PROFILE} 200"),
            format!("GET {PROFILE} 200"),
        ]
    );
    assert_snapshot!(
        "set_over_another",
        machine.run(&format!(
            "adde-url set --no-verify {URL} --server intune -o json"
        ))
    );
    assert_eq!(registered(&apple, "intune").as_deref(), Some(URL));
    let lines = journal(&machine);
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[2]["event"]["begun"]["before"]["url"], json!(INTUNE));
    assert_eq!(lines[2]["event"]["begun"]["changes"]["url"], json!(URL));
    assert_eq!(
        lines[2]["event"]["begun"]["undo"],
        json!(format!(
            "abmctl adde-url set {INTUNE} --server intune --from {URL} --no-verify"
        ))
    );
    assert_eq!(lines[3]["event"]["ended"]["how"], json!("As wished."));
    assert_eq!(lines[2]["id"], lines[3]["id"]);
    assert_ne!(lines[0]["id"], lines[2]["id"]);
    // What was said puts it back.
    let undo = format!("adde-url set {INTUNE} --server intune --from {URL} --no-verify");
    assert_eq!(machine.run(&undo).code, 0);
    assert_eq!(registered(&apple, "intune").as_deref(), Some(INTUNE));
}

#[test]
fn what_is_set_already_is_not_sent() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run(&format!(
        "adde-url set --no-verify '  {INTUNE} ' --server intune"
    )));
    // The same address in another spelling.
    let spelled = INTUNE.replace("https://intune", "HTTPS://INTUNE");
    let again = machine.run(&format!(
        "adde-url set --no-verify {spelled} --server intune --check -o json"
    ));
    assert_eq!((again.code, &again.json()["changed"]), (0, &json!(false)));
    assert_eq!(writes(&apple), 0);
    assert_eq!(journal(&machine), Vec::<Value>::new());
}

#[test]
fn check_and_dry_run_change_nothing() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(
        "check",
        machine.run(&format!("adde-url set --no-verify {URL} --all --check"))
    );
    assert_snapshot!(
        "dry_run",
        machine.run(&format!(
            "adde-url set --no-verify {URL} --server intune -n -o json"
        ))
    );
    assert_snapshot!(
        "check_of_clear",
        machine.run("adde-url clear --server intune --check")
    );
    let quiet = machine.run("-q adde-url clear --server prod --check");
    assert_eq!((quiet.code, &*quiet.stdout), (0, ""), "{quiet}");
    assert_snapshot!(
        "check_of_nothing",
        machine.run("adde-url clear --server prod --check")
    );
    assert_eq!(
        machine
            .run(&format!(
                "adde-url set --no-verify {URL} --server prod --check -n"
            ))
            .code,
        2
    );
    assert_eq!(writes(&apple), 0);
    assert_eq!(journal(&machine), Vec::<Value>::new());
}

#[test]
fn all_needs_consent() {
    let (mut machine, apple) = Machine::with_business();
    assert_snapshot!(
        "all_without_terminal",
        machine.run(&format!("adde-url set --no-verify {URL} --all"))
    );
    assert_snapshot!(
        "clear_all_without_terminal",
        machine.run("adde-url clear --all")
    );
    assert_eq!(requests(&apple), Vec::<String>::new());
    machine.at_terminal();
    machine.stdin = "no\n".into();
    assert_snapshot!(
        "all_refused",
        machine.run(&format!("adde-url set --no-verify {URL} --all"))
    );
    assert_eq!(
        machine
            .run(&format!("adde-url set --no-verify {URL} --all --no-input"))
            .code,
        2
    );
    assert_eq!(writes(&apple), 0);
    machine.stdin = "yes\n".into();
    assert_snapshot!(
        "all_asked",
        machine.run(&format!("adde-url set --no-verify {URL} --all"))
    );
    // Nothing differs, so there is nothing to ask.
    machine.stdin = String::new();
    assert_eq!(
        machine
            .run(&format!("adde-url set --no-verify {URL} --all"))
            .code,
        0
    );
    machine.terminal = abmctl::host::Terminal::default();
    assert_snapshot!("all_cleared", machine.run("adde-url clear --all -y"));
    assert_eq!(
        (registered(&apple, "prod"), registered(&apple, "intune")),
        (None, None)
    );
}

#[test]
fn clear_asks_on_a_terminal_and_goes_ahead_without() {
    let (mut machine, apple) = Machine::with_business();
    machine.at_terminal();
    machine.stdin = "\n".into();
    assert_snapshot!(
        "clear_refused",
        machine.run("adde-url clear --server intune")
    );
    assert_eq!(writes(&apple), 0);
    machine.stdin = String::new();
    assert_eq!(
        machine.run("adde-url clear --server prod").code,
        0,
        "nothing to clear, nothing asked"
    );
    assert_eq!(machine.run("adde-url clear --server intune --yes").code, 0);
    assert_eq!(
        machine
            .run(&format!(
                "adde-url set {INTUNE} --server intune --no-verify"
            ))
            .code,
        0,
        "never asks"
    );
    machine.terminal = abmctl::host::Terminal::default();
    assert_snapshot!("clear", machine.run("adde-url clear --server intune"));
    assert_eq!(registered(&apple, "intune"), None);
    assert_snapshot!(
        "clear_again",
        machine.run("adde-url clear --server intune -o json")
    );
}

#[test]
fn a_time_that_is_not_understood_is_shown_as_it_came() {
    for style in [
        TimestampStyle::Fraction,
        TimestampStyle::Offset,
        TimestampStyle::Words,
        TimestampStyle::Absent,
    ] {
        let mut options = Options::default();
        options.behaviour.timestamps = style;
        let (machine, _apple) = Machine::with_apple(options);
        insta::with_settings!({snapshot_suffix => format!("{style:?}")}, {
            assert_snapshot!("time", machine.run("adde-url list --columns token,set_at,set_at_raw,url"));
            let json = machine.run("adde-url get --server intune -o json --columns set_at,set_at_raw");
            assert_snapshot!("time_in_json", json);
        });
    }
}

#[test]
fn each_refusal_has_its_own_words() {
    for (name, breaks) in [
        (
            "terms",
            (|apple: &Apple| apple.organization(|acme| acme.terms_signed = false)) as fn(&Apple),
        ),
        ("replaced", |apple| {
            token(
                apple,
                "prod",
                abmctl::sandbox::organization::ServerToken::replace,
            );
        }),
        ("not supported", |apple| {
            apple.organization(|acme| acme.enrollment_profiles = false);
        }),
        ("forbidden", |apple| {
            token(apple, "prod", |it| {
                it.refusal = Some(Refusal {
                    status: 403,
                    code: "FORBIDDEN".into(),
                });
            });
        }),
    ] {
        let (machine, apple) = Machine::with_business();
        breaks(&apple);
        insta::with_settings!({snapshot_suffix => name}, {
            assert_snapshot!("refused_get", machine.run("adde-url get --server prod"));
            assert_snapshot!("refused_list", machine.run("adde-url list"));
            assert_snapshot!("refused_set", machine.run(&format!("adde-url set --no-verify {URL} --all -y -o json")));
        });
        assert_eq!(registered(&apple, "prod"), None, "{name}");
    }
}

#[test]
fn an_outage_is_unreachable() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "GET /session=503");
    assert_snapshot!(
        "outage",
        machine.run("adde-url get --server prod --max-wait 1s -q")
    );
    let list = machine.run("adde-url list --max-wait 1s -q -o json");
    assert_eq!(list.code, 6);
    assert_eq!(list.json()[1]["state"], json!("unreachable"));
    apple.clear_faults();
    // An account that can't be read costs its names and no more.
    fault(&apple, "GET /account=503");
    let list = machine.run("adde-url list --max-wait 1s -q -o json");
    assert_eq!(
        (list.code, &list.json()[0]["url"]),
        (0, &json!(INTUNE)),
        "{list}"
    );
    assert!(
        list.stderr
            .contains("warning: abmctl can't read which server the token intune is for"),
        "{list}"
    );
}

#[test]
fn a_school_sets_it_in_the_same_way() {
    let (machine, apple) = Machine::with_school();
    let ran = machine.run(&format!("adde-url set {URL} --server prod --no-verify"));
    assert_snapshot!(ran);
    assert_eq!(registered(&apple, "prod").as_deref(), Some(URL));
}

#[test]
fn a_token_at_its_end_is_told() {
    let (machine, apple) = Machine::with_business();
    // Within 30 days for one; over for both; and over by its own date only.
    machine
        .clock
        .advance((70 * SignedDuration::from_hours(24)).unsigned_abs());
    assert_snapshot!("expiring", machine.run("adde-url list"));
    machine
        .clock
        .advance((200 * SignedDuration::from_hours(24)).unsigned_abs());
    assert_snapshot!("expired", machine.run("adde-url list"));
    assert_snapshot!("expired_get", machine.run("adde-url get --server prod"));
    token(&apple, "prod", |it| {
        it.access_token_expiry = "2030-01-01T00:00:00Z".parse().unwrap();
    });
    assert_snapshot!(
        "expired_by_its_own_date",
        machine.run("adde-url get --server prod")
    );
}

#[test]
fn a_write_whose_outcome_is_not_known_is_read_again() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, &format!("POST {PROFILE}=after-drop"));
    let ran = machine.run(&format!(
        "adde-url set --no-verify {URL} --server prod --max-wait 5s -o json"
    ));
    assert_eq!(
        (ran.code, &ran.json()["changed"]),
        (0, &json!(true)),
        "{ran}"
    );
    assert_eq!(registered(&apple, "prod").as_deref(), Some(URL));
    apple.clear_faults();
    fault(&apple, &format!("POST {PROFILE}=drop"));
    assert_snapshot!(
        "not_acted_on",
        machine.run(&format!(
            "adde-url set --no-verify {URL} --server intune --max-wait 5s"
        ))
    );
    apple.clear_faults();
    fault(&apple, &format!("POST {PROFILE}=after-503"));
    fault(&apple, &format!("GET {PROFILE}=503@2"));
    assert_snapshot!(
        "not_known",
        machine.run(&format!(
            "adde-url set --no-verify {URL} --server intune --max-wait 5s"
        ))
    );
    assert!(
        journal(&machine).last().unwrap()["event"]["begun"].is_object(),
        "it stays open"
    );
}

#[test]
fn a_refused_write_leaves_what_was_there() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("POST {PROFILE}=400:MDM_SERVICE_DISCOVERY_URL_NOT_VALID"),
    );
    assert_snapshot!(machine.run(&format!("adde-url set --no-verify {URL} --server intune")));
    assert_snapshot!(
        "some_fail",
        machine.run(&format!("adde-url set --no-verify {INTUNE} --all -y"))
    );
    assert_eq!(journal(&machine).len(), 4);
}

#[test]
fn a_web_page_in_answer_to_a_change_is_no_acceptance() {
    for (request, line) in [
        (
            "POST",
            format!("adde-url set --no-verify {URL} --server prod"),
        ),
        ("DELETE", "adde-url clear --server intune --yes".to_owned()),
    ] {
        let (machine, apple) = Machine::with_business();
        fault(
            &apple,
            &format!("{request} /account-driven-enrollment/profile=html"),
        );
        let ran = machine.run(&format!("{line} -o json"));
        assert_eq!(ran.code, 7, "{ran}");
        assert_eq!(ran.json()["changed"], true, "{ran}");
        assert!(!ran.stderr.contains("accepted"), "{ran}");
        assert!(
            ran.stderr.contains("can't tell whether Apple made"),
            "{ran}"
        );
    }
}

#[test]
fn a_change_that_is_shown_a_moment_later_is_made() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        "GET /account-driven-enrollment/profile=404:NOT_FOUNDx1@2",
    );
    let ran = machine.run(&format!("adde-url set --no-verify {URL} --server intune"));
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn a_read_back_that_differs_is_a_conflict() {
    let (machine, apple) = Machine::with_business();
    // Accepted and not acted on.
    fault(&apple, &format!("POST {PROFILE}=empty"));
    assert_snapshot!(machine.run(&format!("adde-url set --no-verify {URL} --server intune")));
    fault(&apple, &format!("DELETE {PROFILE}=empty"));
    assert_eq!(machine.run("adde-url clear --server intune").code, 8);
    assert_eq!(registered(&apple, "intune").as_deref(), Some(INTUNE));
    apple.clear_faults();
    fault(&apple, &format!("GET {PROFILE}=html@2"));
    assert_snapshot!(
        "not_read_back",
        machine.run(&format!("adde-url set --no-verify {URL} --server intune"))
    );
}

#[test]
fn a_session_that_ends_is_renewed() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, &format!("GET {PROFILE}=401:UNAUTHORIZEDx1"));
    assert_eq!(machine.run("adde-url get --server intune").code, 0);
    assert_eq!(requests(&apple).len(), 4);
}

#[test]
fn bad_input_is_refused_before_any_request() {
    let (machine, apple) = Machine::with_business();
    for (name, line) in [
        ("http", "set http://mdm.acme.com/x --server prod"),
        ("empty", "set '' --server prod"),
        ("no-scheme", "set mdm.acme.com/x --server prod"),
        (
            "password",
            "set https://me:s3cret@mdm.acme.com --server prod",
        ),
        ("fragment", "set https://mdm.acme.com/#a --server prod"),
        ("template", "set 'https://mdm.acme.com/{server_id}' --all"),
        ("no-url", "set --server prod"),
        ("none-named", "get"),
        ("none-named-to-set", "set https://mdm.acme.com/x"),
        ("unknown", "get --server porduction"),
        ("empty-server", "clear --server ''"),
        ("both", "get --server prod --all"),
        ("column", "list --columns token,uri"),
    ] {
        insta::with_settings!({snapshot_suffix => name}, {
            assert_snapshot!("bad_input", machine.run(&format!("adde-url {line}")));
        });
    }
    assert_eq!(requests(&apple), Vec::<String>::new());
}

#[test]
fn without_a_usable_token_it_says_what_to_do() {
    assert_snapshot!("no_token", Machine::bare().run("adde-url list"));
    let (mut machine, apple) = Machine::with_business();
    let file = machine.path("config/token-prod.json");
    for (name, contents, mode) in [
        ("world-readable", "{}", 0o644),
        ("no-json", "hello", 0o600),
        ("incomplete", r#"{"consumer_key":"CK_1"}"#, 0o600),
        (
            "encrypted",
            "Content-Type: application/pkcs7-mime\n\nMIAGCSqGSIb3DQEHA6CAMIACAQAx",
            0o600,
        ),
    ] {
        write_file(&file, contents, mode);
        insta::with_settings!({snapshot_suffix => name}, {
            assert_snapshot!("unusable", machine.run("adde-url get --server prod"));
        });
    }
    assert_snapshot!("unusable_beside_a_good_one", machine.run("adde-url list"));
    assert_snapshot!(
        "set_beside_a_good_one",
        machine.run(&format!("adde-url set --no-verify {URL} --all --yes"))
    );
    assert_eq!(registered(&apple, "intune").as_deref(), Some(URL));
    machine.set("ABMCTL_SERVER_TOKEN_FILE", "/absent");
    assert_snapshot!("absent", machine.run("adde-url get"));
}

#[test]
fn a_state_folder_that_cannot_be_written_costs_a_warning() {
    let (mut machine, apple) = Machine::with_business();
    let file = machine.path("a file");
    write_file(&file, "", 0o600);
    machine.set("ABMCTL_STATE_DIR", file.to_str().unwrap());
    assert_snapshot!(machine.run(&format!("adde-url set --no-verify {URL} --server prod")));
    assert_eq!(registered(&apple, "prod").as_deref(), Some(URL));
}

#[test]
fn what_was_seen_is_kept_and_written_when_it_changes() {
    let (machine, apple) = Machine::with_business();
    machine.run("adde-url get --server intune");
    let file = || {
        let mut files = fs::read_dir(machine.path("state/server-tokens")).unwrap();
        let path = files.next().unwrap().unwrap().path();
        let facts: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        (fs::metadata(&path).unwrap().modified().unwrap(), facts)
    };
    let (written, facts) = file();
    assert_eq!(facts["url"], json!(INTUNE));
    assert_eq!(facts["account_at"], Value::Null);
    machine.run("adde-url get --server intune");
    assert_eq!(file().0, written, "nothing changed, so nothing is written");
    machine.run("adde-url clear --server intune");
    let (_, facts) = file();
    assert_eq!(
        (&facts["url"], &facts["server_name"]),
        (&Value::Null, &json!("Intune"))
    );
    let text = facts.to_string();
    for secret in ["CK_", "CS_", "AT_", "AS_"] {
        assert!(!text.contains(secret));
    }
    drop(apple);
}

#[test]
fn names_from_apple_do_not_reach_the_terminal_as_they_are() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|acme| {
        for server in &mut acme.servers {
            server.name = format!("{}\u{1b}[31m\u{202e}", server.name);
        }
    });
    let ran = machine.run("adde-url list");
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{ran}");
    let ran = machine.run(&format!("adde-url set --no-verify {URL} --all -y"));
    assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}']), "{ran}");
}
