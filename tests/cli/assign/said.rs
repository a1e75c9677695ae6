//! What is said of a change whose requests or readings failed: as much as is known, and no more.

use abmctl::host::Clock;

use super::late::{BOUND, MOVE_VISION, break_server, expect};
use super::*;

const NOBODY_ELSE: &str = "somebody else is changing it";

#[test]
fn what_came_about_without_an_answer_is_done() {
    for answer in ["after-504x1", "after-dropx1"] {
        for reading in ["404x1@3", "htmlx1@3", "503x1@3"] {
            let (machine, apple) = Machine::with_business();
            break_server(&apple, "PATCH", PROD, answer);
            break_server(&apple, "GET", PROD, reading);
            let ran = machine.run(MOVE_VISION);
            assert_eq!(ran.code, 0, "{answer} {reading}: {ran}");
            assert!(!ran.stderr.contains(NOBODY_ELSE), "{ran}");
            expect(&apple, &[(ProductFamily::Vision, Some(PROD))], &ran);
        }
    }
}

#[test]
fn an_own_request_that_is_not_shown_yet_is_nobody_elses_change() {
    for (server, line) in [
        (PROD, MOVE_VISION),
        ("Intune", "assign --platform iphone --clear --yes"),
    ] {
        for reading in 2..6 {
            let (machine, apple) = Machine::with_business();
            break_server(&apple, "PATCH", server, "after-504x1");
            break_server(&apple, "GET", server, &format!("stale:30sx1@{reading}"));
            let ran = machine.run(line);
            assert!(!ran.stderr.contains(NOBODY_ELSE), "{line} {reading}: {ran}");
        }
    }
}

#[test]
fn no_default_is_said_only_where_it_is_known() {
    // Given, and the reading of the new server fails for good.
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "after-504x1");
    break_server(&apple, "GET", PROD, "403@3");
    let ran = machine.run(MOVE_VISION);
    assert!(!ran.stderr.contains("has no default"), "{ran}");
    expect(&apple, &[(ProductFamily::Vision, Some(PROD))], &ran);

    // Restored, and the reading of the former server fails for good.
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "403");
    break_server(&apple, "PATCH", "Intune", "after-504x1@2");
    break_server(&apple, "GET", "Intune", "403@3");
    let ran = machine.run(MOVE_VISION);
    assert!(!ran.stderr.contains("has no default"), "{ran}");
    expect(&apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);

    // It has none, and the refusal of another change says so, too.
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "403");
    break_server(&apple, "PATCH", "Intune", "403@2");
    let ran = machine.run(MOVE_VISION);
    assert!(
        ran.stderr
            .contains("vision (was Intune) has no default now."),
        "{ran}"
    );
    let ran = machine.run(MOVE_VISION);
    assert_eq!(ran.code, 5, "{ran}");
    assert!(
        ran.stderr
            .contains("vision (was Intune) has no default now."),
        "{ran}"
    );
    assert!(
        ran.stderr.contains("add vision to Jamf Pro Production"),
        "{ran}"
    );
}

#[test]
fn where_it_may_be_leaves_out_what_certainly_does_not_have_it() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "403");
    break_server(&apple, "PATCH", "Intune", "403@2");
    let ran = machine.run(&format!("{MOVE_VISION} -o json"));
    assert_eq!(ran.code, 7, "{ran}");
    let row = &ran.json()["changes"][0];
    assert_eq!(row["from"]["name"], "Intune", "{ran}");
    assert!(row["to"].is_null(), "{ran}");
}

#[test]
fn a_409_that_nobody_caused_is_no_reason_to_give_up() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "403");
    break_server(&apple, "PATCH", "Intune", "409x1@2");
    let ran = machine.run(MOVE_VISION);
    assert_eq!(ran.code, 5, "{ran}");
    assert!(
        ran.stderr
            .contains("abmctl restored the previous defaults."),
        "{ran}"
    );
    expect(&apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);
}

#[test]
fn where_a_platform_has_to_be_now_is_not_known_without_its_server() {
    for (from, code) in [("Intune", 5), ("'Jamf Pro Test'", 8)] {
        let (machine, apple) = Machine::with_business();
        break_server(&apple, "GET", "Intune", "403:FORBIDDEN_ERROR");
        let ran = machine.run(&format!("{MOVE_VISION} --from {from}"));
        assert_eq!(ran.code, code, "{ran}");
        assert!(!ran.stderr.contains("is none"), "{ran}");
        assert_eq!(patches(&apple), Vec::<String>::new());
    }
}

#[test]
fn the_comparison_of_the_day_after_knows_of_servers_that_can_not_be_read() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "504x1");
    assert_eq!(machine.run("assign --platform watch --server prod").code, 0);
    machine.clock.advance(BOUND);
    assert_eq!(machine.run("assign").code, 0);
    break_server(&apple, "GET", "Intune", "403:FORBIDDEN_ERROR");
    let ran = machine.run("assign");
    assert!(!ran.stderr.contains("has no default"), "{ran}");
    apple.clear_faults();
    // The former server has it no more, and another one can't be read.
    apple.organization(|acme| {
        let intune = acme.server("Intune").unwrap().id.clone();
        let mut servers = acme.servers.iter_mut();
        let intune = servers.find(|it| it.id == intune).unwrap();
        intune.default_families.clear();
    });
    break_server(&apple, "GET", "Jamf Pro Test", "403:FORBIDDEN_ERROR");
    let ran = machine.run("assign");
    assert!(
        ran.stderr
            .contains("ipad isn't the default of any server that can be read."),
        "{ran}"
    );
    assert!(
        ran.stderr
            .contains("--platform ipad --server Intune --from none"),
        "{ran}"
    );
}

#[test]
fn what_was_restored_was_changed() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=403@2");
    assert_eq!(machine.run(MOVE_VISION).code, 7);
    apple.clear_faults();
    let ran = machine.run("assign --platform mac --server Intune --from none");
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stderr.contains("vision: restored to Intune."), "{ran}");
    assert!(ran.stderr.contains("Nothing else was changed."), "{ran}");
}

#[test]
fn a_platform_that_is_not_shown_is_no_failure_of_those_that_are() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=403@2");
    assert_eq!(machine.run(MOVE_VISION).code, 7);
    let ran = machine.run("assign --platform mac");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stderr
            .contains("warning: vision (was Intune) has no default now."),
        "{ran}"
    );
    assert_eq!(machine.run("assign --platform vision").code, 7);
}

#[test]
fn what_was_only_seen_was_not_accepted() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "after-504x1");
    break_server(&apple, "GET", PROD, "403@4");
    let ran = machine.run(MOVE_VISION);
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stderr.contains("Apple showed the change, but"), "{ran}");
}

#[test]
fn where_nothing_was_taken_the_patience_is_the_one_that_was_given() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=504");
    let before = machine.clock.now();
    let ran = machine.run("assign --platform watch --server prod --max-wait 2s");
    assert_eq!(ran.code, 7, "{ran}");
    let took = machine.clock.now().duration_since(before);
    assert!(took.as_secs() < 60, "{took}: {ran}");
}

#[test]
fn a_server_that_was_not_named_is_no_named_thing_that_is_missing() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "GET", "Jamf Pro Test", "404");
    let ran = machine.run("assign --platform watch --clear --yes");
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn what_is_open_is_said_where_nothing_may_be_changed() {
    let (mut machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=503@2");
    assert_eq!(machine.run(MOVE_VISION).code, 7);
    apple.clear_faults();
    machine.set("ABMCTL_READ_ONLY", "1");
    let ran = machine.run(MOVE_VISION);
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stderr.contains("ABMCTL_READ_ONLY"), "{ran}");
    assert!(ran.stderr.contains("may still change vision"), "{ran}");
}

/// Each PATCH is acted on, its answer doesn't tell the list, and the server can't be read any more.
fn answers_without_a_list(apple: &Apple, server: &str, body: &str, reading: &str) {
    break_server(apple, "PATCH", server, &format!("after-{body}"));
    break_server(apple, "GET", server, reading);
}

/// 200 from Apple, without `defaultProductFamilies`.
fn without_the_member(apple: &Apple, server: &str) -> String {
    let id = id(apple, server);
    format!(
        r#"text:{{"data":{{"type":"mdmServers","id":"{id}","attributes":{{"serverName":"{server}","serverType":"MDM"}}}}}}"#
    )
}

#[test]
fn a_server_that_cannot_be_read_any_more_ends_the_change() {
    for (line, server) in [
        ("assign --platform iphone --clear --yes", "Intune"),
        ("assign --platform watch --server prod", PROD),
        (MOVE_VISION, PROD),
        (MOVE_VISION, "Intune"),
    ] {
        // What gains is read once more before its request.
        let from = if server == PROD { 3 } else { 2 };
        for reading in ["403", "503", "html"].map(|it| format!("{it}@{from}")) {
            for has_id in [true, false] {
                let (machine, apple) = Machine::with_business();
                let body = if has_id {
                    without_the_member(&apple, server)
                } else {
                    "html".to_owned()
                };
                answers_without_a_list(&apple, server, &body, &reading);
                let began = machine.clock.now();
                let ran = machine.run(&format!("{line} --max-wait 3s --timeout 2s"));
                let told = format!("{line} {server} {reading} {body}: {ran}");
                assert_eq!(ran.code, 7, "{told}");
                // Giving and putting back have at least 10 minutes each.
                let clears = line.contains("--clear");
                let longest = if clears { 10 } else { 25 * 60 };
                let took = machine.clock.now().duration_since(began).as_secs();
                assert!(took <= longest, "{took} s: {told}");
                assert!(patches(&apple).len() <= 6, "{told}");
                assert!(!ran.stderr.contains("waiting: ;"), "{told}");
                assert!(!ran.stderr.contains("whether  was"), "{told}");
                assert!(!ran.stderr.contains("got no answer"), "{told}");
            }
        }
    }
}

#[test]
fn a_signal_ends_the_waiting_for_what_was_to_have_no_default() {
    let (machine, apple) = Machine::with_business();
    answers_without_a_list(&apple, "Intune", "504", "503@2");
    let signals = [Signal::Terminate];
    let line = "assign --platform iphone --clear --yes --max-wait 30m";
    let began = machine.clock.now();
    let ran = signal_after_the_first_patch(&machine, &apple, &signals, line);
    assert_eq!(ran.code, 7, "{ran}");
    let took = machine.clock.now().duration_since(began).as_secs();
    assert!(took < 45 * 60, "{took} s: {ran}");
}

#[test]
fn what_answered_a_request_is_said() {
    for (answer, words) in [
        ("after-dropx1", "got no answer"),
        ("after-504x1", "was answered with 504"),
        ("after-empty204x1", "got an answer that can't be used"),
        ("after-htmlx1", "was answered with 200, but not by Apple"),
        ("after-html403x1", "was answered with 403, but not by Apple"),
    ] {
        let (machine, apple) = Machine::with_business();
        break_server(&apple, "PATCH", PROD, answer);
        let ran = machine.run("assign --platform watch --server prod");
        assert_eq!(ran.code, 0, "{answer}: {ran}");
        let words = format!("A request to {PROD} {words}, and Apple may still act on it.");
        assert!(ran.stderr.contains(&words), "{answer}: {ran}");
    }
}
