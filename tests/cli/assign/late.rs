//! Requests that Apple acts on late or without an answer, and readings that fail or are old: nothing is lost, and nothing is
//! said that isn't so.
//!
//! Each test looks at what Apple has in the end, and at the exit code.

use abmctl::sandbox::{Behaviour, EmptyDefaults, Options};

use super::*;

/// Longer than any request without an answer may still be acted on.
pub const BOUND: Duration = Duration::from_secs(20 * 60);

const GIVE_WATCH: &str = "assign --platform watch --server prod";
pub const MOVE_VISION: &str = "assign --platform vision --server prod";

/// Breaks requests for one server.
pub fn break_server(apple: &Apple, method: &str, server: &str, what: &str) {
    let id = id(apple, server);
    fault(apple, &format!("{method} /v1/mdmServers/{id}={what}"));
}

pub fn expect(apple: &Apple, expected: &[(ProductFamily, Option<&str>)], ran: &Ran) {
    for (family, server) in expected {
        assert_eq!(
            holder(apple, *family).as_deref(),
            *server,
            "{family:?}: {ran}"
        );
    }
}

/// What the organization has at the start, but for Vision and Watch, which the tests name.
const UNNAMED: [(ProductFamily, Option<&str>); 3] = [
    (ProductFamily::Mac, Some(PROD)),
    (ProductFamily::Ipad, Some("Intune")),
    (ProductFamily::Iphone, Some("Intune")),
];

/// Runs `first` with a PATCH to `unsettled` that gets 504 and is acted on 6 s later, while its repeat gets 200. `second` needs
/// another list on that server: it refuses, or it waits until nothing can happen any more.
fn another_list_on_an_unsettled_server(
    first: &str,
    unsettled: &str,
    second: &str,
    before: (ProductFamily, Option<&str>),
    after: (ProductFamily, Option<&str>),
) {
    for (patience, code, expected) in [("", 6, before), (" --max-wait 30m", 0, after)] {
        let (machine, apple) = Machine::with_business();
        break_server(&apple, "PATCH", unsettled, "late-6s-504x1");
        let ran = machine.run(first);
        assert_eq!(ran.code, 0, "{ran}");
        let ran = machine.run(&format!("{second}{patience}"));
        assert_eq!(ran.code, code, "{ran}");
        machine.clock.advance(BOUND);
        expect(&apple, &[expected], &ran);
        expect(&apple, &UNNAMED, &ran);
        if code == 6 {
            // Once nothing can happen any more, the same goes through at once.
            let ran = machine.run(second);
            assert_eq!(ran.code, 0, "{ran}");
            machine.clock.advance(BOUND);
            expect(&apple, &[after], &ran);
        }
    }
}

#[test]
fn a_give_then_another_give_to_that_server() {
    another_list_on_an_unsettled_server(
        GIVE_WATCH,
        PROD,
        "assign --platform ipod --server prod",
        (ProductFamily::Ipod, None),
        (ProductFamily::Ipod, Some(PROD)),
    );
}

#[test]
fn a_move_then_its_undo() {
    for unsettled in ["Intune", PROD] {
        another_list_on_an_unsettled_server(
            MOVE_VISION,
            unsettled,
            "assign --platform vision --server Intune --from prod",
            (ProductFamily::Vision, Some(PROD)),
            (ProductFamily::Vision, Some("Intune")),
        );
    }
}

#[test]
fn a_give_then_a_clear_there() {
    another_list_on_an_unsettled_server(
        GIVE_WATCH,
        PROD,
        "assign --platform watch --clear --yes",
        (ProductFamily::Watch, Some(PROD)),
        (ProductFamily::Watch, None),
    );
}

/// `families-absent.json`, with each way to say that a server is the default for nothing.
#[test]
fn a_server_without_families_is_the_default_for_nothing() {
    for (empty_defaults, lists_carry_defaults) in [
        (EmptyDefaults::Absent, true),
        (EmptyDefaults::Absent, false),
        (EmptyDefaults::Null, true),
        (EmptyDefaults::Null, false),
    ] {
        let (machine, apple) = Machine::with_apple(Options {
            behaviour: Behaviour {
                lists_carry_defaults,
                empty_defaults,
                ..Behaviour::default()
            },
            ..Options::default()
        });
        for (line, server) in [
            ("assign", Some(PROD)),
            (
                "assign --platform mac --server test --even-if-idle",
                Some("Jamf Pro Test"),
            ),
            ("assign --platform mac --server prod", Some(PROD)),
            ("assign --platform mac --clear --yes", None),
            ("assign --platform mac --server prod", Some(PROD)),
        ] {
            let ran = machine.run(line);
            assert_eq!(ran.code, 0, "{empty_defaults:?}: {ran}");
            expect(&apple, &[(ProductFamily::Mac, server)], &ran);
        }
    }
}

/// `readback-refused.json`, with each way in which a reading fails, at each reading that there is.
#[test]
fn a_change_whose_read_back_fails_was_made_all_the_same() {
    for (line, family, before) in [
        (
            "-q assign --platform vision --server prod",
            ProductFamily::Vision,
            Some("Intune"),
        ),
        (
            "-q assign --platform watch --server prod",
            ProductFamily::Watch,
            None,
        ),
        (
            "-q assign --platform iphone --clear --yes",
            ProductFamily::Iphone,
            Some("Intune"),
        ),
    ] {
        for word in ["403:FORBIDDEN", "404", "text:oops", "html", "503", "drop"] {
            let mut not_confirmed = 0;
            // The first four are the inventory.
            for reading in 5..=10 {
                let (machine, apple) = Machine::with_business();
                fault(&apple, &format!("GET /v1/mdmServers/*={word}@{reading}"));
                let ran = machine.run(&format!("{line} -o json"));
                let made = holder(&apple, family).as_deref() != before;
                let document = serde_json::from_str::<serde_json::Value>(&ran.stdout);
                let changed = document.is_ok_and(|document| document["changed"] == true);
                assert_eq!(changed, made, "{word}@{reading}: {ran}");
                assert!(made || ran.code != 0, "{word}@{reading}: {ran}");
                assert!(
                    !made || matches!(ran.code, 0 | 7),
                    "{word}@{reading}: {ran}"
                );
                assert!(!made || !ran.stderr.contains("was put back"), "{ran}");
                not_confirmed += usize::from(made && ran.code == 7);
            }
            assert!(not_confirmed > 0, "{word}: {line}");
        }
    }
}

#[test]
fn a_reading_that_fails_never_empties_a_server() {
    for server in [PROD, "Intune"] {
        for what in ["404x1@2", "403x1@2", "404@2", "htmlx1@2", "404x1@3"] {
            let (machine, apple) = Machine::with_business();
            break_server(&apple, "GET", server, what);
            let ran = machine.run(MOVE_VISION);
            expect(&apple, &UNNAMED, &ran);
            let moved = holder(&apple, ProductFamily::Vision).as_deref() == Some(PROD);
            assert!(moved || ran.code != 0, "{server} {what}: {ran}");
            apple.clear_faults();
            let ran = machine.run("assign");
            assert_eq!(ran.code, 0, "{server} {what}: {ran}");
            assert!(holder(&apple, ProductFamily::Vision).is_some(), "{ran}");
        }
    }
}

/// After a run that ended while the taking was under way: the next one says so, and what is lost later is restored.
fn taken_after_the_end(machine: &Machine, apple: &Apple, late: Duration) {
    apple.clear_faults();
    let at_risk = machine.run("assign --platform vision");
    assert_eq!(at_risk.code, 7, "{at_risk}");
    machine.clock.advance(late);
    expect(apple, &[(ProductFamily::Vision, None)], &at_risk);
    machine.run("assign");
    machine.clock.advance(BOUND);
    let ran = machine.run("assign");
    assert_eq!(ran.code, 0, "{ran}");
    expect(apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);
    expect(apple, &UNNAMED, &ran);
}

#[test]
fn a_taking_that_is_acted_on_after_two_signals_is_restored() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", "Intune", "late-10m-lost");
    let signals = [Signal::Interrupt, Signal::Interrupt];
    let ran = signal_after_the_first_patch(&machine, &apple, &signals, MOVE_VISION);
    assert!(matches!(ran.code, 7 | 130), "{ran}");
    taken_after_the_end(&machine, &apple, Duration::from_secs(10 * 60));
}

#[test]
fn a_taking_that_is_acted_on_after_the_time_limit_is_restored() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", "Intune", "late-14m-lost");
    let ran = machine.run(&format!("{MOVE_VISION} --timeout 5s --max-wait 10s"));
    assert_eq!(ran.code, 7, "{ran}");
    taken_after_the_end(&machine, &apple, Duration::from_secs(14 * 60));
}

#[test]
fn a_web_page_in_answer_to_a_patch_is_nobodys_change() {
    for (what, code, server) in [
        ("htmlx1", Some(0), PROD),
        ("after-htmlx1", Some(0), PROD),
        ("after-html", None, PROD),
        ("html", None, "Intune"),
    ] {
        let (machine, apple) = Machine::with_business();
        break_server(&apple, "PATCH", PROD, what);
        let ran = machine.run(MOVE_VISION);
        assert!(code.is_none_or(|code| ran.code == code), "{what}: {ran}");
        assert_ne!(ran.code, 8, "{what}: {ran}");
        expect(&apple, &[(ProductFamily::Vision, Some(server))], &ran);
        expect(&apple, &UNNAMED, &ran);
    }
}

#[test]
fn a_service_that_never_answers_alone_blocks_nothing() {
    for what in ["404", "403:FORBIDDEN"] {
        let (machine, apple) = Machine::with_business();
        break_server(&apple, "GET", "Built-in Device Management", what);
        let ran = machine.run(MOVE_VISION);
        assert_eq!(ran.code, 0, "{ran}");
        expect(&apple, &[(ProductFamily::Vision, Some(PROD))], &ran);
        // It may hold what nobody else does, and then a giving is refused: nothing is lost.
        let now = abmctl::host::Clock::now(machine.clock.as_ref());
        let built_in = id(&apple, "Built-in Device Management");
        apple.organization(|acme| acme.move_family(ProductFamily::Watch, Some(&built_in), now));
        let ran = machine.run(GIVE_WATCH);
        assert_eq!(ran.code, 8, "{ran}");
        expect(&apple, &UNNAMED, &ran);
    }
}

#[test]
fn two_holders_of_one_platform_are_two_moments() {
    for (stale, code, server) in [("stale:1hx1", 0, "Intune"), ("stale:1h", 8, PROD)] {
        let (machine, apple) = Machine::with_business();
        machine.clock.advance(Duration::from_secs(1));
        let now = abmctl::host::Clock::now(machine.clock.as_ref());
        apple.organization(|acme| acme.move_family(ProductFamily::Vision, Some(PROD), now));
        break_server(&apple, "GET", "Intune", stale);
        let ran = machine.run("assign --platform vision --server Intune");
        assert_eq!(ran.code, code, "{ran}");
        expect(&apple, &[(ProductFamily::Vision, Some(server))], &ran);
        expect(&apple, &UNNAMED, &ran);
    }
}

#[test]
fn a_clear_that_somebody_else_undoes_is_a_conflict() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "GET", "Intune", "stale:1h@2");
    let ran = machine.run("assign --platform iphone --clear --yes");
    assert_eq!(ran.code, 8, "{ran}");
    expect(&apple, &[(ProductFamily::Iphone, None)], &ran);
}

#[test]
fn a_clear_whose_answer_got_lost_is_never_called_a_loss() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", "Intune", "after-504x1");
    let ran = machine.run("assign --platform iphone --clear --yes");
    assert_eq!(ran.code, 0, "{ran}");
    machine.clock.advance(BOUND);
    for _ in 0..2 {
        let ran = machine.run("assign");
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
    }
}

#[test]
fn a_409_for_what_nobody_holds_leaves_it_owed() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "403");
    break_server(&apple, "PATCH", "Intune", "409@2");
    let ran = machine.run(MOVE_VISION);
    assert_eq!(ran.code, 7, "{ran}");
    machine.clock.advance(BOUND);
    let ran = machine.run("assign");
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stderr.contains("has no default now"), "{ran}");
    apple.clear_faults();
    let ran = machine.run("assign");
    assert_eq!(ran.code, 0, "{ran}");
    expect(&apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);
}

#[test]
fn a_404_of_the_token_endpoint_is_no_server_that_is_gone() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=503@2");
    assert_eq!(machine.run(MOVE_VISION).code, 7);
    apple.clear_faults();
    // The access token ends in the middle of the restoring, and there is no other one.
    break_server(&apple, "GET", "Intune", "401@2");
    break_server(&apple, "PATCH", "Intune", "401");
    fault(&apple, "POST /auth/*=404");
    let ran = machine.run("assign");
    assert!(!ran.stderr.contains("not there any more"), "{ran}");
    apple.clear_faults();
    machine.clock.advance(BOUND);
    let ran = machine.run("assign");
    assert_eq!(ran.code, 0, "{ran}");
    expect(&apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);
    expect(&apple, &UNNAMED, &ran);
}
