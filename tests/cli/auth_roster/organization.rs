//! What `domains list` is told of the organization.

use std::time::Duration;

use abmctl::sandbox::organization::Roster;
use insta::assert_snapshot;

use super::{School, authorized, school};
use crate::support::{Machine, write_file};

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
    let read = runtime.block_on(async { context.organization()?.roster_organization().await });
    let text = match read {
        Ok(None) => "none".to_owned(),
        Ok(Some(organization)) => format!("{organization:?}"),
        Err(error) => {
            let reach = context.ui.reach();
            let hints: Vec<String> = error.hints.iter().map(|it| it.written(&reach)).collect();
            format!(
                "exit {}: {}\n  {}",
                error.kind.exit_code(),
                error.message,
                hints.join("\n  ")
            )
        }
    };
    let text = text.replace(machine.folder.path().to_str().unwrap(), "[home]");
    let id = regex::Regex::new("request [0-9a-f-]{36}").unwrap();
    id.replace_all(&text, "request ID").into_owned()
}

type Happens = fn(&School);

/// Keeps these lines of the configuration alone.
fn by_hand(machine: &Machine, keep: impl Fn(&str) -> bool) {
    let path = machine.path("config/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| keep(line)).collect();
    write_file(&path, &kept.join("\n"), 0o600);
}

#[test]
fn the_organization_or_why_it_can_not_be_read() {
    let (machine, _school, flags) = school();
    let mut said = vec![("never configured", organization(&machine))];
    let begun = machine.run(&format!("auth roster {flags} --store file --print-url"));
    assert_eq!(begun.code, 0, "{begun}");
    said.push(("not gone on with", organization(&machine)));
    let (machine, _school, _) = authorized();
    by_hand(&machine, |line| !line.starts_with("refresh_token"));
    said.push(("never authorized", organization(&machine)));
    let (machine, _school, _) = authorized();
    by_hand(&machine, |line| !line.starts_with("team_id"));
    let path = machine.path("config/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(
        "[profiles.sandbox.roster]",
        "[profiles.sandbox.roster]\nteam_id = \"ABC\"",
    );
    write_file(&path, &text, 0o600);
    said.push(("a team id that is none", organization(&machine)));
    let cases: [(&str, Happens); 8] = [
        ("as it should be", |_| {}),
        ("taken back", |school| school.roster(Roster::take_back)),
        ("another key", |school| {
            school.roster(|roster| "ZYXWV98765".clone_into(&mut roster.app.key_id));
        }),
        ("a clock that is wrong", |school| {
            school.0.organization(|organization| {
                organization.behaviour.clock_skew = jiff::SignedDuration::from_hours(-1);
            });
        }),
        ("no scope", |school| {
            school.roster(|roster| roster.scope = false);
        }),
        ("token refused", |school| {
            school.fails("GET /rosterapi/*=401");
        }),
        ("outage", |school| school.fails("GET /rosterapi/*=503")),
        ("outage of the tokens", |school| {
            school.fails("POST /appleid/*=503");
        }),
    ];
    for (what, happens) in cases {
        let (machine, school, _) = authorized();
        // The access token that came with the authorization is over.
        machine.clock.advance(Duration::from_secs(3600));
        happens(&school);
        said.push((what, organization(&machine)));
    }
    let (machine, school, _) = authorized();
    school.is_organization("9999", "Other School");
    said.push(("another organization", organization(&machine)));
    let (mut machine, school, _) = authorized();
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
    machine.set("ABMCTL_ROSTER_REFRESH_TOKEN", &school.lasting_secrets()[0]);
    said.push(("the environment", organization(&machine)));
    let said: Vec<String> = said
        .into_iter()
        .map(|(what, said)| format!("# {what}\n{said}\n"))
        .collect();
    assert_snapshot!(said.join("\n"));
}
