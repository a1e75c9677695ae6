//! Odd items and members in Apple's answers: each costs itself, and is said.

use abmctl::sandbox::Running;
use insta::assert_snapshot;

use crate::domains_kept::{DAY, store};
use crate::support::Machine;

const LIST: &str = "domains list --no-dns -q";

/// Apple answers with this, as often as the fault says.
fn answers(apple: &Running, request: &str, body: &str, times: &str) {
    let fault = format!("{request}=text:{body}{times}");
    apple.add_fault(fault.parse().unwrap());
}

fn event(id: &str, members: &str) -> String {
    format!(r#"{{"type":"auditEvents","id":"{id}","attributes":{{{members}}}}}"#)
}

fn list(items: &[String]) -> String {
    format!(r#"{{"data":[{}],"links":{{"self":"x"}}}}"#, items.join(","))
}

/// The usual organization, whose latest audit events are these.
fn with_events(items: &[String]) -> (Machine, crate::support::Apple) {
    let (machine, apple) = Machine::with_business();
    answers(&apple, "GET /v1/auditEvents", &list(items), "x1");
    (machine, apple)
}

fn verified() -> String {
    event(
        "e1",
        r#""eventDateTime":"2026-11-02T10:00:00Z","type":"DOMAIN_VERIFIED","subjectId":"0f8e","subjectName":"acme.example""#,
    )
}

#[test]
fn an_event_of_a_domain_that_can_not_be_understood_costs_its_row_and_is_not_forgotten() {
    for (members, why) in [
        (r#""type":"DOMAIN_ADDED""#, "it has no time"),
        (
            r#""type":"DOMAIN_ADDED","eventDateTime":"2026-11-03T10:00:00""#,
            "its time can't be read, or has no time zone",
        ),
        (
            r#""type":"DOMAIN_ADDED","eventDateTime":1780000000"#,
            "its time can't be read",
        ),
        (
            r#""type":"DOMAIN_REMOVED","eventDateTime":"2026-11-03T10:00:00Z","subjectName":"acme\ud800""#,
            "its subjectName can't be read",
        ),
    ] {
        let (machine, apple) = with_events(&[verified(), event("e2", members)]);
        let ran = machine.run(LIST);
        assert_eq!(ran.code, 7, "{ran}");
        let verified = |name| {
            ran.stdout
                .lines()
                .any(|line| line.starts_with(name) && line.contains("verified"))
        };
        assert!(verified("acme.example ") && verified("acme.com "), "{ran}");
        let said = format!(") can't be understood: {why}.\n");
        assert!(
            ran.stderr
                .contains("warning: Item \"e2\" of GET /v1/auditEvents (DOMAIN_"),
            "{ran}"
        );
        assert!(ran.stderr.contains(&said), "{ran}");
        // The log goes on, and the item is said again.
        machine.clock.advance(DAY);
        let seen = apple.requests().len();
        let again = machine.run(LIST);
        assert_eq!(
            (again.code, again.stdout),
            (7, ran.stdout),
            "{}",
            again.stderr
        );
        assert!(again.stderr.contains(&said), "{}", again.stderr);
        assert_eq!(apple.requests().len() - seen, 2);
        assert!(
            std::fs::read_to_string(store(&machine))
                .unwrap()
                .contains("e2")
        );
        // Until Apple is asked for all of it again.
        let refreshed = machine.run(&format!("{LIST} --refresh"));
        assert_eq!(
            (refreshed.code, &refreshed.stderr[..]),
            (0, ""),
            "{refreshed}"
        );
    }
}

#[test]
fn an_item_that_can_not_be_understood_is_said_with_what_to_do() {
    let (machine, _apple) = with_events(&[
        verified(),
        event("e2", r#""type":"DOMAIN_ADDED","subjectName":"acme.net""#),
        "7".to_owned(),
    ]);
    assert_snapshot!(machine.run(LIST).stderr, @r#"
    warning: Item 3 on page 1 of GET /v1/auditEvents can't be understood: it isn't an object.
    warning: Item "e2" of GET /v1/auditEvents (DOMAIN_ADDED, acme.net) can't be understood: it has no time.
    error: The result is incomplete. It lacks 2 audit events that can't be understood.
    hint: Such an event may have changed a domain's status. Read the audit log again with `abmctl domains list --refresh`. If that changes nothing, look at the domains in the portal.
    "#);
    // Other commands that need the domains say it, too.
    for line in ["domains check acme.com", "adde-url check"] {
        let ran = machine.run(line);
        assert_eq!(ran.code, 7, "{ran}");
        assert!(
            ran.stderr
                .contains("(DOMAIN_ADDED, acme.net) can't be understood"),
            "{ran}"
        );
    }
}

#[test]
fn what_nobody_needs_of_an_event_costs_nothing() {
    let (machine, _apple) = with_events(&[
        verified(),
        event(
            "e2",
            r#""type":"DEVICE_ADDED_TO_ORG","subjectName":["x"],"outcome":7,"eventDateTime":null"#,
        ),
        event(
            "e3",
            r#""type":"ACCOUNT_ADDED","subjectName":"\ud800","actorName":"\udc00","more":1e999"#,
        ),
        event("e4", ""),
        event(
            "e5",
            r#""eventDateTime":"2026-11-04T10:00:00Z","type":"DOMAIN_ADDED","subjectId":7,"subjectName":"acme.net","actorName":{},"more":1e999"#,
        ),
    ]);
    let ran = machine.run(&format!("{LIST} -o csv --columns domain,status,subject_id"));
    assert_eq!((ran.code, &ran.stderr[..]), (0, ""), "{ran}");
    assert!(ran.stdout.contains("acme.net,pending,7\n"), "{ran}");
}

#[test]
fn a_user_that_can_not_be_counted_is_said_and_the_count_is_not_kept() {
    let (machine, apple) = Machine::with_business();
    let users = list(&[
        r#"{"id":"u1","attributes":{"managedAppleAccount":"a@acme.com","lastName":7}}"#.to_owned(),
        r#"{"id":"u2","attributes":{"managedAppleAccount":["b@acme.com"]}}"#.to_owned(),
        r#"{"id":"u3","attributes":{"managedAppleAccount":"c@acme.com","isExternalUser":"no"}}"#
            .to_owned(),
    ]);
    answers(&apple, "GET /v1/users", &users, "");
    let ran = machine.run(&format!(
        "{LIST} --accounts -o csv --columns domain,accounts"
    ));
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stdout.contains("acme.com,1\n"), "{ran}");
    for id in ["u2", "u3"] {
        let said =
            format!("warning: Item \"{id}\" of GET /v1/users can't be understood: attributes.");
        assert!(ran.stderr.contains(&said), "{ran}");
    }
    let later = machine.run(&format!("{LIST} -o csv --columns domain,accounts"));
    assert!(!later.stdout.contains("acme.com,1\n"), "{later}");
    assert_eq!(later.code, 0);
}

#[test]
fn one_odd_domain_of_a_school_costs_its_row() {
    let (machine, apple) = Machine::with_school();
    let organization = r#"{"id":"x","name":["Acme"],"domains":[{"name":"acme.com","isVerified":true},{"name":"acme.de","isVerified":"yes"},7]}"#;
    let id = apple.organization(|organization| organization.id.clone());
    let organization = organization.replace("\"x\"", &format!("\"{id}\""));
    answers(&apple, "GET /rosterapi/v1/organization", &organization, "");
    let ran = machine.run("domains list --no-dns -o csv --columns domain,status");
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stdout.contains("acme.com,verified\n"), "{ran}");
    for which in ["Domain \"acme.de\" of", "Domain 3 of"] {
        let said = format!("warning: {which} GET /rosterapi/v1/organization can't be understood: ");
        assert!(ran.stderr.contains(&said), "{ran}");
    }
}

/// The answer for a server, with odd members that nobody needs.
fn server(id: &str, name: &str, more: &str) -> String {
    format!(
        r#"{{"type":"mdmServers","id":"{id}","attributes":{{"serverName":"{name}","deviceCount":"12","status":"ACTIVE","createdDateTime":7,"more":1e999{more}}}}}"#
    )
}

#[test]
fn odd_members_cost_no_server_and_no_change() {
    let (machine, apple) = Machine::with_business();
    let ids: Vec<(String, String)> = apple.organization(|organization| {
        let servers = organization.servers.iter();
        servers
            .map(|server| (server.id.clone(), server.name.clone()))
            .collect()
    });
    let listed: Vec<String> = ids.iter().map(|(id, name)| server(id, name, "")).collect();
    answers(&apple, "GET /v1/mdmServers", &list(&listed), "");
    let prod = &ids
        .iter()
        .find(|(_, name)| name == "Jamf Pro Production")
        .unwrap()
        .0;
    let families = r#","defaultProductFamilies":["MAC"]"#;
    let one = format!(
        r#"{{"data":{}}}"#,
        server(prod, "Jamf Pro Production", families)
    );
    answers(&apple, &format!("GET /v1/mdmServers/{prod}"), &one, "x2");
    let ran = machine.run("servers list -o csv --columns name,device_count,default_platforms");
    assert_eq!((ran.code, &ran.stderr[..]), (0, ""), "{ran}");
    assert!(ran.stdout.contains("Jamf Pro Production,12,mac\n"), "{ran}");
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn an_odd_server_costs_its_row() {
    let (machine, apple) = Machine::with_business();
    let (id, name) = apple.organization(|organization| {
        let server = &organization.servers[0];
        (server.id.clone(), server.name.clone())
    });
    let items = [
        server(&id, &name, ""),
        r#"{"attributes":{}}"#.to_owned(),
        server("..", "Dots", ""),
    ];
    answers(&apple, "GET /v1/mdmServers", &list(&items), "");
    let ran = machine.run("servers list -o csv --columns id,error");
    assert_eq!(ran.code, 7, "{ran}");
    assert_snapshot!(ran, @r#"
    $ abmctl servers list -o csv --columns id,error
    exit 7
    --- stdout
    id,error
    13A931BBAA615AE55A88921889E84CCE,
    ..,"Apple's answer has an id that abmctl can't use, so GET /v1/mdmServers/.. wasn't sent: "".."" can't be part of a URL."
    --- stderr
    warning: Item 2 on page 1 of GET /v1/mdmServers can't be understood: missing field `id` at line 1 column 17.
    error: abmctl doesn't know the defaults of Dots: Apple's answer has an id that abmctl can't use, so GET /v1/mdmServers/.. wasn't sent: ".." can't be part of a URL.
    "#);
    // A list of nothing else is no empty list.
    let (other, elsewhere) = Machine::with_business();
    answers(&elsewhere, "GET /v1/mdmServers", &list(&items[1..2]), "");
    let nothing = other.run("servers list");
    assert_eq!((nothing.code, &nothing.stdout[..]), (1, ""), "{nothing}");
    // What that item is the default for isn't known, so no platform is said to have none.
    let table = machine.run("assign --platform ipod -o json");
    assert_eq!(table.code, 7, "{table}");
    let error = table.json()[0]["error"].as_str().unwrap().to_owned();
    assert!(
        error.contains("Item 2 on page 1 of GET /v1/mdmServers"),
        "{error}"
    );
    let found = machine.run(&format!("servers get {id} -q"));
    assert_eq!(found.code, 0, "{found}");
    assert!(
        found.stderr.contains("warning: Item 2 on page 1"),
        "{found}"
    );
}

#[test]
fn an_item_that_is_no_value_costs_itself_in_api_too() {
    let (machine, apple) = Machine::with_business();
    let items = [
        r#"{"id":"a"}"#.to_owned(),
        r#"{"id":"b","n":1e999}"#.to_owned(),
        r#"{"id":"c\ud800"}"#.to_owned(),
    ];
    answers(&apple, "GET /v1/users", &list(&items), "");
    for format in ["json", "ndjson"] {
        let ran = machine.run(&format!("api GET /v1/users --paginate -o {format}"));
        assert_eq!(ran.code, 7, "{ran}");
        assert!(ran.stdout.contains("c\u{fffd}"), "{ran}");
        assert!(
            ran.stderr
                .contains("Item \\\"b\\\" of GET /v1/users can't be understood"),
            "{ran}"
        );
    }
}

#[test]
fn a_bad_token_or_id_of_apple_is_no_fault_of_the_configuration() {
    for token in [r#""""#, r#""a\nb""#, "7", "null"] {
        let (machine, apple) = Machine::with_business();
        let body = format!(r#"{{"access_token":{token},"token_type":"Bearer"}}"#);
        answers(&apple, "POST /auth/oauth2/token", &body, "");
        let ran = machine.run("servers list");
        assert_eq!(ran.code, 1, "{ran}");
    }
    let (machine, apple) = Machine::with_business();
    answers(
        &apple,
        "GET /v1/mdmServers",
        &list(&[server("..", "Dots", "")]),
        "",
    );
    let ran = machine.run("servers get Dots -q");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stderr
            .contains("Apple's answer has an id that abmctl can't use"),
        "{ran}"
    );
}
