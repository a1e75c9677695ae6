//! What colleagues, outages and signals do in the middle of an `assign`, and what the next one makes of it.
//!
//! Over 400 lines: a short test for each.

use std::time::Duration;

use abmctl::host::Clock as _;

use super::*;

/// Runs a command line while a colleague acts as soon as `when` is true.
fn meanwhile(
    machine: &Machine,
    apple: &Apple,
    when: impl Fn(&Apple) -> bool + Send + Sync,
    act: impl Fn() + Send + Sync,
    line: &str,
) -> Ran {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !when(apple) {
                std::thread::sleep(Duration::from_millis(1));
            }
            act();
        });
        machine.run(line)
    })
}

fn give(machine: &Machine, apple: &Apple, family: ProductFamily, server: &str) {
    let now = abmctl::host::Clock::now(machine.clock.as_ref());
    let id = id(apple, server);
    apple.organization(|acme| acme.move_family(family, Some(&id), now));
}

/// Waiting for a limit of Apple's is under way.
fn throttled(apple: &Apple) -> bool {
    let requests = apple.requests();
    requests.iter().any(|request| request.status == Some(429))
}

/// Takes platforms from their servers and can neither give them nor give them back.
fn left_open(machine: &Machine, apple: &Apple, platforms: &str) {
    fault(apple, "PATCH /v1/mdmServers/*=503@2");
    let ran = machine.run(&format!("assign --platform {platforms} --server prod"));
    assert_eq!(ran.code, 7, "{ran}");
    apple.clear_faults();
}

#[test]
fn a_server_that_changed_during_a_wait_keeps_what_it_got() {
    for (server, line) in [
        ("Intune", "assign --platform vision --server prod"),
        (PROD, "assign --platform vision --server prod"),
    ] {
        let (machine, apple) = Machine::with_business();
        fault(
            &apple,
            &format!("PATCH /v1/mdmServers/{}=429:45x2", id(&apple, server)),
        );
        let act = || give(&machine, &apple, ProductFamily::Watch, server);
        let ran = meanwhile(&machine, &apple, throttled, act, line);
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
        assert_eq!(
            holder(&apple, ProductFamily::Watch).as_deref(),
            Some(server),
            "an old list would have taken it away again"
        );
    }
}

#[test]
fn a_reading_that_took_its_time_is_made_again_before_anything_is_written() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!(
            "GET /v1/mdmServers/{}=429:45x2",
            id(&apple, "Jamf Pro Test")
        ),
    );
    let act = || give(&machine, &apple, ProductFamily::Watch, "Intune");
    let line = "assign --platform vision --server prod";
    let ran = meanwhile(&machine, &apple, throttled, act, line);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        holder(&apple, ProductFamily::Watch).as_deref(),
        Some("Intune")
    );
}

#[test]
fn nothing_is_sent_again_on_a_list_that_is_not_known() {
    let (machine, apple) = Machine::with_business();
    let intune = id(&apple, "Intune");
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{intune}=after-dropx1"),
    );
    let silent = format!(r#"{{"data":{{"type":"mdmServers","id":"{intune}","attributes":{{}}}}}}"#);
    fault(
        &apple,
        &format!("GET /v1/mdmServers/{intune}=text:{silent}@2"),
    );
    let ran = machine.run("assign --platform vision --server prod");
    // What was taken, perhaps, goes back without a reading.
    let back = patches(&apple);
    assert_eq!(back.len(), 2, "{ran}");
    assert!(back[1].contains("VISION"), "{back:?}");
    assert_snapshot!(ran);
}

#[test]
fn of_two_platforms_the_one_that_a_colleague_gave_away_is_left_and_the_other_put_back() {
    let (machine, apple) = Machine::with_business();
    left_open(&machine, &apple, "iphone,ipad");
    give(&machine, &apple, ProductFamily::Iphone, "Jamf Pro Test");
    assert_snapshot!(machine.run("assign --platform iphone,ipad"));
    // The same within one run: giving fails for good, and the colleague comes while it is waited for.
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=429:400x1", id(&apple, PROD)),
    );
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=403", id(&apple, PROD)),
    );
    let act = || give(&machine, &apple, ProductFamily::Iphone, "Jamf Pro Test");
    let line = "assign --platform iphone,ipad --server prod";
    assert_snapshot!(
        "within_one_run",
        meanwhile(&machine, &apple, throttled, act, line)
    );
    assert_eq!(
        holder(&apple, ProductFamily::Ipad).as_deref(),
        Some("Intune")
    );
}

#[test]
fn a_former_server_that_is_gone_blocks_nothing() {
    let (machine, apple) = Machine::with_business();
    left_open(&machine, &apple, "vision");
    apple.organization(|acme| acme.servers.retain(|server| server.name != "Intune"));
    machine.clock.advance(Duration::from_secs(1200));
    assert_snapshot!(machine.run("assign --platform vision"));
    // It was said, and is not said again.
    let ran = machine.run("-q assign --platform vision --server test --even-if-idle");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.stderr.contains("warning"), "{ran}");
}

#[test]
fn a_server_that_goes_in_the_middle_is_told_apart() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=429:400x1", id(&apple, PROD)),
    );
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=403", id(&apple, PROD)),
    );
    let act = || apple.organization(|acme| acme.servers.retain(|server| server.name != "Intune"));
    let line = "assign --platform vision --server prod";
    assert_snapshot!(meanwhile(&machine, &apple, throttled, act, line));
}

#[test]
fn what_apple_does_not_take_back_can_be_decided_anew() {
    for decision in ["--server test --even-if-idle", "--clear"] {
        let (machine, apple) = Machine::with_business();
        left_open(&machine, &apple, "vision");
        machine.clock.advance(Duration::from_secs(1200));
        fault(
            &apple,
            &format!("PATCH /v1/mdmServers/{}=403", id(&apple, "Intune")),
        );
        if decision == "--clear" {
            // The table is shown all the same, and nothing else can be changed before.
            assert_snapshot!("table", machine.run("assign --platform vision"));
            assert_snapshot!(
                "other",
                machine.run("assign --platform mac --server test --even-if-idle")
            );
        }
        let ran = machine.run(&format!("assign --platform vision {decision}"));
        assert_eq!(ran.code, 0, "{ran}");
        let ran = machine.run("assign --platform vision");
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{decision}");
    }
}

#[test]
fn clearing_several_servers_is_all_or_nothing() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=403", id(&apple, "Intune")),
    );
    assert_snapshot!(machine.run("assign --platform mac,vision --clear -o json"));
    assert_eq!(holder(&apple, ProductFamily::Mac).as_deref(), Some(PROD));
}

#[test]
fn a_clear_that_was_killed_is_not_undone() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=after-lostx1", id(&apple, PROD)),
    );
    let signals = [Signal::Interrupt, Signal::Interrupt];
    let line = "-q assign --platform mac --clear";
    let ran = signal_after_the_first_patch(&machine, &apple, &signals, line);
    assert_eq!(ran.code, 130, "{ran}");
    apple.clear_faults();
    assert_snapshot!(machine.run("assign --platform mac"));
    assert_eq!(holder(&apple, ProductFamily::Mac), None);
}

#[test]
fn a_signal_ends_a_wait_between_taking_and_giving() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("GET /v1/mdmServers/{}=429:300@2", id(&apple, PROD)),
    );
    let ran = meanwhile(
        &machine,
        &apple,
        throttled,
        || {
            machine.signals.send(Signal::Interrupt);
            apple.clear_faults();
        },
        "assign --platform vision --server prod",
    );
    assert_eq!(ran.code, 130, "{ran}");
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
}

#[test]
fn a_signal_that_comes_too_late_says_so() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("GET /v1/mdmServers/{}=slow:5s@3", id(&apple, PROD)),
    );
    // The answer to the change has arrived once it is being read back.
    let read = format!("/v1/mdmServers/{}?", id(&apple, PROD));
    let read_back = |apple: &Apple| {
        let requests = apple.requests();
        let reads = requests
            .iter()
            .filter(|it| it.method == "GET" && it.path.starts_with(&read));
        reads.count() == 3
    };
    let ran = meanwhile(
        &machine,
        &apple,
        read_back,
        || machine.signals.send(Signal::Terminate),
        "-q assign --platform vision --server prod",
    );
    assert_snapshot!(ran);
    assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
}

#[test]
fn an_entry_that_cannot_be_read_is_said() {
    let (machine, apple) = Machine::with_business();
    left_open(&machine, &apple, "vision");
    let journal = machine.path("state/journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replace("\"sent\"", "\"posted\"")).unwrap();
    let ran = machine.run("assign --platform vision");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stderr.contains("can't read"), "{ran}");
    assert!(machine.run("assign").stderr.contains("can't read"));
}

#[test]
fn a_platform_that_is_named_twice_is_moved_once() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("assign --platform vision,vision,visionos --server prod -o json");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(ran.json()["changes"].as_array().unwrap().len(), 1);
    assert_eq!(patches(&apple).len(), 2);
    // Said twice where it is already.
    let ran = machine.run("assign --platform mac,mac --server prod -o json");
    assert_eq!(
        (ran.code, ran.json()["changed"].as_bool()),
        (0, Some(false))
    );
}

#[test]
fn a_change_that_apple_shows_late_is_looked_at_again() {
    for server in [PROD, "Intune"] {
        let (machine, apple) = Machine::with_business();
        machine.clock.advance(Duration::from_secs(600));
        fault(
            &apple,
            &format!("GET /v1/mdmServers/{}=stale:30s@2", id(&apple, server)),
        );
        let ran = machine.run("assign --platform vision --server prod");
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
        // The next run remembers the answers of this one.
        apple.clear_faults();
        fault(
            &apple,
            &format!("GET /v1/mdmServers/{}=stale:30s", id(&apple, server)),
        );
        let ran = machine.run("assign --platform watch --server prod");
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
        assert_eq!(holder(&apple, ProductFamily::Watch).as_deref(), Some(PROD));
    }
}

#[test]
fn a_server_that_turns_deleted_gets_nothing_and_gives_nothing_back() {
    // The one that is to gain, and the one that was taken from.
    for (server, from, expected) in [(PROD, 2, Some("Intune")), ("Intune", 3, None)] {
        let (machine, apple) = Machine::with_business();
        let id_of = id(&apple, server);
        let deleted = format!(
            r#"{{"data":{{"type":"mdmServers","id":"{id_of}","attributes":{{"serverName":"{server}","status":"DELETED"}}}}}}"#
        );
        fault(
            &apple,
            &format!("GET /v1/mdmServers/{id_of}=text:{deleted}@{from}"),
        );
        let other = format!("PATCH /v1/mdmServers/{}=403", id(&apple, PROD));
        fault(&apple, &other);
        if server == "Intune" {
            let gone = format!("GET /v1/mdmServers/{id_of}=text:{deleted}@2");
            apple.clear_faults();
            fault(&apple, &gone);
            fault(&apple, &other);
        }
        let ran = machine.run("assign --platform vision --server prod");
        assert_ne!(ran.code, 0, "{server}: {ran}");
        assert_eq!(
            holder(&apple, ProductFamily::Vision).as_deref(),
            expected,
            "{server}: {ran}"
        );
        if expected.is_none() {
            assert!(ran.stderr.contains("Intune is deleted"), "{ran}");
            // No later run can restore it, so none is held up by it.
            let ran = machine.run("assign --platform watch --server test --even-if-idle");
            assert_eq!(ran.code, 0, "{ran}");
        } else {
            assert!(ran.stderr.contains("is deleted"), "{ran}");
        }
    }
}

#[test]
fn an_answer_counts_for_its_own_request_alone() {
    let (machine, apple) = Machine::with_business();
    left_open(&machine, &apple, "vision");
    // The line of a later request to another server is missing, and that of its answer is there.
    let journal = machine.path("state/journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    let last = text.lines().last().unwrap();
    let start = last.split("\"event\"").next().unwrap();
    let test = id(&apple, "Jamf Pro Test");
    let line = format!(
        r#"{start}"event":{{"answered":{{"server":"{test}","sent":[],"list":["MAC"]}}}}}}"#
    );
    std::fs::write(&journal, format!("{text}{line}\n")).unwrap();
    let ran = machine.run("assign --platform watch --server prod --max-wait 10s");
    assert_eq!(ran.code, 6, "{ran}");
    assert!(!ran.stderr.contains("older state"), "{ran}");
}

#[test]
fn a_damaged_line_is_said_each_time() {
    let (machine, apple) = Machine::with_business();
    left_open(&machine, &apple, "vision");
    let journal = machine.path("state/journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replacen("\"owes\":true", "\"owes\":tru", 1)).unwrap();
    for _ in 0..2 {
        let ran = machine.run("assign");
        assert!(ran.stderr.contains("is damaged"), "{ran}");
    }
}

#[test]
fn a_time_in_the_future_is_a_clock_that_was_wrong() {
    let (machine, apple) = Machine::with_business();
    machine.run("assign --platform vision --server prod");
    let journal = machine.path("state/journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replace("\"2026-", "\"2036-")).unwrap();
    give(&machine, &apple, ProductFamily::Watch, PROD);
    let before = machine.clock.now();
    let ran = machine.run("assign --platform watch");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
    assert_eq!(machine.clock.now(), before, "nothing was waited for");
}

#[test]
fn what_was_owed_is_put_back_to_where_it_belongs() {
    let (machine, apple) = Machine::with_business();
    left_open(&machine, &apple, "vision");
    machine.clock.advance(Duration::from_secs(1200));
    let ran = machine.run("assign --platform vision --server test --even-if-idle");
    assert_eq!(ran.code, 0, "{ran}");
    let back = "--platform vision --server Intune --from 'Jamf Pro Test'";
    assert!(ran.stderr.contains(back), "{ran}");
}

#[test]
fn a_holder_that_cannot_be_read_is_not_called_none() {
    let (machine, apple) = Machine::with_business();
    let silent = format!("GET /v1/mdmServers/{}=404", id(&apple, "Intune"));
    fault(&apple, &silent);
    for how in ["--check", "--dry-run"] {
        let ran = machine.run(&format!("assign --platform vision --server prod {how}"));
        assert_eq!(ran.code, 7, "{ran}");
        assert!(
            ran.stderr.contains("Intune can't be read and may be"),
            "{ran}"
        );
    }
}
