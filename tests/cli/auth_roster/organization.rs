//! What `domains list` is told of the organization.

use std::time::Duration;

use insta::assert_snapshot;

use super::{authorized, school};
use crate::support::Machine;

/// What `domains list` is told of the organization, as its document or its error.
fn organization(machine: &Machine) -> String {
    use abmctl::cli::Cli;
    use abmctl::context::Context;
    use abmctl::output::Output;
    use abmctl::ui::{Manner, Ui};
    use clap::Parser;
    let sink = || Box::new(std::io::sink());
    let host = machine.host(sink(), sink());
    let options = Cli::parse_from(["abmctl", "--max-wait", "2s", "domains", "list"]).options;
    let clock = std::sync::Arc::clone(&host.clock);
    let ui = Ui::new(Manner::default(), clock, sink(), Box::new(std::io::empty()));
    let context = Context::new("abmctl".into(), options, host, ui, Output::new(sink()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let read = runtime.block_on(abmctl::commands::roster_organization::read(&context));
    let text = match read {
        Ok(None) => "none".to_owned(),
        Ok(Some(organization)) => format!("{organization:?}"),
        Err(error) => format!(
            "exit {}: {}\n  {}",
            error.kind.exit_code(),
            error.message,
            error.hints.join("\n  ")
        ),
    };
    text.replace(machine.folder.path().to_str().unwrap(), "[home]")
}

#[test]
fn the_organization_or_why_it_can_not_be_read() {
    use serde_json::json;
    use wiremock::ResponseTemplate;
    let (machine, _school, _apple, flags) = school();
    let mut said = vec![("never configured", organization(&machine))];
    assert_eq!(
        machine
            .run(&format!("auth roster {flags} --store file --print-url"))
            .code,
        0
    );
    said.push(("never authorized", organization(&machine)));
    for (what, path, answer) in [
        ("as it should be", "nowhere", ResponseTemplate::new(200)),
        (
            "taken back",
            "/token",
            ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"})),
        ),
        (
            "another key",
            "/token",
            ResponseTemplate::new(400)
                .insert_header("Date", "Sun, 22 Nov 2026 10:00:00 GMT")
                .set_body_json(json!({"error": "invalid_client"})),
        ),
        ("no scope", "/organization", ResponseTemplate::new(403)),
        ("token refused", "/organization", ResponseTemplate::new(401)),
        ("outage", "/organization", ResponseTemplate::new(503)),
        ("outage of the tokens", "/token", ResponseTemplate::new(503)),
    ] {
        let (machine, school, _apple, _) = authorized();
        // The access token that came with the authorization is over.
        machine.clock.advance(Duration::from_secs(3600));
        school.answers(path, answer);
        said.push((what, organization(&machine)));
    }
    let (machine, school, _apple, _) = authorized();
    school.is_organization("9999", "Other School");
    said.push(("another organization", organization(&machine)));
    let (mut machine, _school, _apple, _) = authorized();
    machine.set("ABMCTL_ROSTER_CLIENT_ID", "com.acme.abmctl");
    machine.set("ABMCTL_ROSTER_TEAM_ID", "ABCDE12345");
    machine.set("ABMCTL_ROSTER_KEY_ID", "FGHIJ67890");
    let key = machine
        .path("downloads/key.p8")
        .to_str()
        .unwrap()
        .to_owned();
    machine.set("ABMCTL_ROSTER_PRIVATE_KEY_FILE", &key);
    said.push(("the environment, in part", organization(&machine)));
    machine.set("ABMCTL_ROSTER_REFRESH_TOKEN", "refresh");
    said.push(("the environment", organization(&machine)));
    let said: Vec<String> = said
        .into_iter()
        .map(|(what, said)| format!("# {what}\n{said}\n"))
        .collect();
    assert_snapshot!(said.join("\n"));
}
