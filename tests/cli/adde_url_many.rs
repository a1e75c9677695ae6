//! `adde-url` for many servers: the join with the Manager API, templates, and what is said of another host's URL.

use std::fs;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests};

fn rows(machine: &Machine) -> Vec<Value> {
    let listed = machine.run("adde-url list -o json");
    listed.json().as_array().unwrap().clone()
}

/// What Apple has registered, by token.
fn registered(apple: &Apple) -> Vec<(String, Option<String>)> {
    apple.organization(|acme| {
        let tokens = acme.server_tokens.iter();
        tokens
            .map(|token| {
                let url = token.service_discovery.as_ref().map(|it| it.url.clone());
                (token.name.clone(), url)
            })
            .collect()
    })
}

#[test]
fn servers_are_joined_by_id_and_else_by_name() {
    let (machine, apple) = Machine::with_business();
    for row in rows(&machine) {
        assert_eq!(row["joined_by"], json!("id"), "{row}");
    }
    // Device Assignment Services may give it an id of their own: nothing says that the two are equal.
    let id = apple.organization(|acme| {
        let server = &mut acme.servers[0];
        let id = server.id.clone();
        server.id = "F".repeat(32);
        id
    });
    let prod = &rows(&machine)[1];
    assert_eq!(prod["token"], json!("prod"));
    assert_eq!(prod["server_id"], json!(id));
    assert_eq!(prod["joined_by"], json!("name"));
    assert_eq!(prod["default_platforms"], json!(["mac"]));
    // A name that two servers have joins nothing.
    apple.organization(|acme| acme.servers[2].name = "JAMF Pro Production".to_owned());
    let prod = &rows(&machine)[1];
    assert_eq!(prod["joined_by"], Value::Null);
    assert_eq!(prod["default_platforms"], Value::Null);
    assert_snapshot!(machine.run("adde-url list"));
}

#[test]
fn without_the_manager_api_everything_but_the_join_is_there() {
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /v1/mdmServers=403:FORBIDDEN".parse().unwrap());
    assert_snapshot!("list_without_defaults", machine.run("adde-url list"));
    apple.clear_faults();
    let id = apple.organization(|acme| acme.servers[1].id.clone());
    apple.add_fault(format!("GET /v1/mdmServers/{id}=500").parse().unwrap());
    assert_snapshot!(
        "list_with_one_default_unknown",
        machine.run("adde-url list --max-wait 1s")
    );
    // Columns that need no join cost no request for it, and no error.
    apple.forget_requests();
    let ran = machine.run("adde-url list --columns token,url");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(requests(&apple).iter().all(|it| !it.contains("/v1/")));
}

#[test]
fn one_token_that_fails_hides_neither_the_others_nor_the_join() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|acme| acme.server_tokens[0].replace());
    assert_snapshot!(machine.run("adde-url list"));
    let ndjson = machine.run("adde-url list -o ndjson");
    assert_eq!((ndjson.code, ndjson.stdout.lines().count()), (7, 2));
    for line in ndjson.stdout.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(row["default_platforms"].is_array(), "{row}");
    }
}

#[test]
fn a_template_gives_each_server_its_own_url() {
    let (machine, apple) = Machine::with_business();
    let set = "adde-url set 'https://mdm.acme.com/{server_id}/discovery?t={token}' --no-verify";
    assert_snapshot!("template", machine.run(&format!("{set} --all -y")));
    let id = |server: usize| apple.organization(|acme| acme.servers[server].id.clone());
    let url = |id: String, token| Some(format!("https://mdm.acme.com/{id}/discovery?t={token}"));
    assert_eq!(
        registered(&apple),
        [
            ("prod".to_owned(), url(id(0), "prod")),
            ("intune".to_owned(), url(id(1), "intune"))
        ]
    );
    // Again: nothing is posted.
    apple.forget_requests();
    let again = machine.run(&format!("{set} --server prod --server intune -o json"));
    assert_eq!((again.code, &again.json()["changed"]), (0, &json!(false)));
    assert!(
        requests(&apple)
            .iter()
            .all(|it| !it.starts_with("POST /acc"))
    );
    assert_snapshot!(
        "template_with_a_slip",
        machine.run("adde-url set 'https://mdm.acme.com/{serverid}/x' --all -y")
    );
}

#[test]
fn a_template_needs_an_id_that_apple_says() {
    let (machine, apple) = Machine::with_business();
    apple.add_fault("GET /account=500".parse().unwrap());
    let config = machine.path("config/config.toml");
    let text = fs::read_to_string(&config).unwrap();
    let without = text.lines().filter(|line| !line.starts_with("server_id"));
    fs::write(&config, without.collect::<Vec<_>>().join("\n")).unwrap();
    assert_snapshot!(machine.run(
        "adde-url set 'https://mdm.acme.com/{server_id}' --server prod --no-verify --max-wait 1s"
    ));
    assert_eq!(registered(&apple)[0], ("prod".to_owned(), None));
}

#[test]
fn another_host_s_url_may_come_back() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(
        machine.run("adde-url set https://mdm.acme.com/discovery --server intune --no-verify")
    );
    // The same host: nothing is said.
    let ran = machine.run("adde-url set https://mdm.acme.com/other --server intune --no-verify -q");
    assert!(!ran.stderr.contains("another host"), "{ran}");
}
