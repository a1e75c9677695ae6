//! `servers`.

use std::fs;

use insta::assert_snapshot;

use crate::support::{Machine, requests, write_file};

#[test]
fn list_shows_what_each_is_the_default_for() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("servers list"));
    let seen = requests(&apple);
    let single = seen
        .iter()
        .filter(|line| line.starts_with("GET /v1/mdmServers/"))
        .count();
    assert_eq!(
        (seen.len(), single),
        (6, 4),
        "a token, the list, one for each: {seen:?}"
    );
}

#[test]
fn list_has_every_format() {
    let (machine, _apple) = Machine::with_business();
    for format in ["json", "ndjson", "csv", "yaml"] {
        insta::with_settings!({snapshot_suffix => format}, {
            assert_snapshot!(machine.run(&format!("servers list -o {format}")));
        });
    }
}

#[test]
fn columns_are_chosen_in_every_format() {
    let (machine, _apple) = Machine::with_business();
    for format in ["table", "json", "csv"] {
        insta::with_settings!({snapshot_suffix => format}, {
            assert_snapshot!(machine.run(&format!("servers list --columns name,id --no-headers -o {format}")));
        });
    }
}

#[test]
fn an_unknown_column_is_refused_before_any_request() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("servers list --columns name,nome"));
    assert!(requests(&apple).is_empty());
}

#[test]
fn a_list_that_carries_the_defaults_costs_no_more_requests() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|acme| acme.behaviour.lists_carry_defaults = true);
    let ran = machine.run("servers list --columns name,default_platforms");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(requests(&apple).len(), 2, "a token and the list");
}

#[test]
fn a_server_that_cannot_be_read_is_not_shown_as_the_default_for_nothing() {
    let (machine, apple) = Machine::with_business();
    let id = apple.organization(|acme| acme.server("Intune").unwrap().id.clone());
    apple.add_fault(
        format!("GET /v1/mdmServers/{id}=403:FORBIDDEN_ERROR")
            .parse()
            .unwrap(),
    );
    assert_snapshot!(machine.run("servers list"));
}

#[test]
fn get_takes_an_id_an_alias_or_a_name() {
    let (machine, apple) = Machine::with_business();
    let id = apple.organization(|acme| acme.server("prod").unwrap().id.clone());
    for named in ["prod", "'jamf pro production'", &id, &id.to_lowercase()] {
        let ran = machine.run(&format!("servers get {named} -o json"));
        assert_eq!(ran.json()["id"], id.as_str(), "{ran}");
    }
    assert_snapshot!(machine.run("servers get prod"));
}

#[test]
fn a_name_that_is_not_there_brings_the_nearest() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("servers get 'Jamf Pro Prodution'"));
}

#[test]
fn a_name_that_two_servers_have_is_ambiguous() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|acme| acme.server_mut("Intune").unwrap().name = "jamf pro TEST".into());
    assert_snapshot!(machine.run("servers get 'Jamf Pro Test'"));
}

#[test]
fn alias_is_kept_in_the_profile_and_removed() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!("dry_run", machine.run("servers alias tune Intune -n"));
    assert_eq!(machine.run("servers get tune").code, 4);
    assert_snapshot!("set", machine.run("servers alias tune Intune"));
    assert_eq!(machine.run("servers get tune").code, 0);
    assert_snapshot!("set_again", machine.run("servers alias tune Intune"));
    assert_snapshot!("remove", machine.run("servers alias tune --remove"));
    assert_snapshot!("remove_again", machine.run("servers alias tune --remove"));
}

#[test]
fn an_alias_that_is_another_servers_name_is_refused() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("servers alias intune 'Jamf Pro Test'"));
}

#[test]
fn lines_of_ndjson_come_as_soon_as_they_are_known() {
    let (machine, apple) = Machine::with_business();
    let last = apple.organization(|acme| acme.servers.last().unwrap().id.clone());
    apple.add_fault(format!("GET /v1/mdmServers/{last}=lost").parse().unwrap());
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while apple.requests().len() < 6 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            std::thread::sleep(std::time::Duration::from_millis(300));
            machine.signals.send(abmctl::host::Signal::Interrupt);
        });
        machine.run("servers list -o ndjson --columns name,default_platforms")
    });
    assert_eq!(ran.code, 130, "{ran}");
    assert_eq!(ran.stdout.lines().count(), 3, "{ran}");
}

#[test]
fn a_name_is_found_in_either_form_of_unicode() {
    let (machine, apple) = Machine::with_business();
    for (called, wanted) in [
        ("Caf\u{e9}", "Cafe\u{301}"),
        ("Cafe\u{301}", "caf\u{e9}"),
        ("\u{c9}COLE", "\u{e9}cole"),
    ] {
        apple.organization(|acme| acme.servers[0].name = called.to_owned());
        let ran = machine.run(&format!("servers get {wanted} -o json"));
        assert_eq!(ran.json()["name"], called, "{ran}");
    }
}

#[test]
fn aliases_are_listed_without_a_request() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("servers alias -o csv --columns alias,server");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.starts_with("alias,server\n"), "{ran}");
    assert!(ran.stdout.contains("prod,"), "{ran}");
    assert!(requests(&apple).is_empty());
}

#[test]
fn an_alias_that_another_process_sets_meanwhile_is_not_moved() {
    let (machine, apple) = Machine::with_business();
    let config = machine.path("config/config.toml");
    apple.add_fault("GET /v1/mdmServers=lostx1".parse().unwrap());
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !requests(&apple)
                .iter()
                .any(|it| it.starts_with("GET /v1/mdmServers"))
            {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            let text = fs::read_to_string(&config).unwrap();
            let mine = "aliases]\nweb = \"ANOTHER\"";
            write_file(&config, &text.replace("aliases]", mine), 0o600);
        });
        machine.run("servers alias web Intune --timeout 1s")
    });
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stderr.contains("another process"), "{ran}");
    assert!(fs::read_to_string(&config).unwrap().contains("ANOTHER"));
}

#[test]
fn an_alias_of_the_environment_is_not_the_profiles() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("ABMCTL_ALIASES", "web=Intune");
    let ran = machine.run("servers alias web --remove");
    assert_eq!(ran.code, 4, "{ran}");
}

#[test]
fn an_alias_of_another_server_is_moved_only_with_consent() {
    let (mut machine, _apple) = Machine::with_business();
    assert_eq!(machine.run("servers alias web prod").code, 0);
    let refused = machine.run("servers alias web Intune");
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("--yes"), "{refused}");
    // The same server is no move.
    assert_eq!(machine.run("servers alias web prod").code, 0);
    machine.at_terminal();
    machine.stdin = "no\n".to_owned();
    assert_eq!(machine.run("servers alias web Intune").code, 1);
    machine.stdin = "yes\n".to_owned();
    assert_eq!(machine.run("servers alias web Intune").code, 0);
    machine.terminal = abmctl::host::Terminal::default();
    assert_eq!(machine.run("servers alias web prod -y").code, 0);
}
