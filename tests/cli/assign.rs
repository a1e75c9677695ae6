//! `assign`: the table, and what setting does to Apple's side, to the user's screen and to the exit code.
//!
//! Over 400 lines, since every way in which it can go wrong is a test.

mod idle;
mod late;
mod meanwhile;
mod said;
mod steps;

use abmctl::host::Signal;
use abmctl::sandbox::{Permission, ProductFamily};
use insta::assert_snapshot;
use std::time::Duration;

use crate::support::{Apple, Machine, Ran, requests};

const PROD: &str = "Jamf Pro Production";

/// The requests that changed something.
pub fn patches(apple: &Apple) -> Vec<String> {
    apple
        .requests()
        .into_iter()
        .filter(|request| request.method == "PATCH")
        .map(|request| {
            let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
            let id = body["data"]["id"].as_str().unwrap().to_owned();
            let name = apple.organization(|acme| acme.server(&id).unwrap().name.clone());
            let families = body["data"]["attributes"]["defaultProductFamilies"].to_string();
            format!("{name} {families} {}", request.status.unwrap_or(0))
        })
        .collect()
}

fn holder(apple: &Apple, family: ProductFamily) -> Option<String> {
    apple.organization(|acme| acme.holder(family).map(|server| server.name.clone()))
}

pub fn fault(apple: &Apple, fault: &str) {
    apple.add_fault(fault.parse().unwrap());
}

fn id(apple: &Apple, server: &str) -> String {
    apple.organization(|acme| acme.server(server).unwrap().id.clone())
}

#[test]
fn the_table_has_a_row_for_each_platform() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("assign"));
    assert_eq!(requests(&apple).len(), 6, "a token, the list, four servers");
    apple.forget_requests();
    assert_snapshot!(
        "filtered",
        machine.run("assign --platform vision,macos -o csv")
    );
    assert_eq!(requests(&apple).len(), 5, "the token is kept");
    assert_snapshot!("json", machine.run("assign --platform visionos -o json"));
}

#[test]
fn a_server_that_cannot_be_read_leaves_its_rows_open() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!(
            "GET /v1/mdmServers/{}=403:FORBIDDEN_ERROR",
            id(&apple, "Intune")
        ),
    );
    assert_snapshot!(machine.run("assign"));
    assert_snapshot!(
        "not_read_is_not_none",
        machine.run("assign --platform vision --server prod --dry-run")
    );
    assert_snapshot!("set", machine.run("assign --platform vision --server prod"));
    // Apple's 409 guards what an unread server has.
    assert_eq!(patches(&apple).len(), 1);
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
    // Who holds a platform is known, so another server's silence does not matter.
    assert_snapshot!(
        "not_needed",
        machine.run("assign --platform mac --server 'Jamf Pro Test' --even-if-idle")
    );
}

#[test]
fn moving_takes_then_gives_and_reads_back() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("assign --platform vision --server prod"));
    assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
    insta::assert_debug_snapshot!(
        "requests",
        requests(&apple)
            .iter()
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    );
    insta::assert_debug_snapshot!("patches", patches(&apple));
}

#[test]
fn what_it_says_puts_it_back() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("assign --platform vision,iphone,watch --server prod");
    let undo = ran
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("Put back with: "))
        .unwrap();
    for command in undo.split(" && ") {
        let ran = machine.run(command.strip_prefix("abmctl ").unwrap());
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
    assert_eq!(
        holder(&apple, ProductFamily::Iphone).as_deref(),
        Some("Intune")
    );
    assert_eq!(holder(&apple, ProductFamily::Watch), None);
}

#[test]
fn several_platforms_cost_one_patch_for_each_server() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(
        machine.run(
            "assign --platform mac,iphone --platform ipad,vision --server test --even-if-idle"
        )
    );
    insta::assert_debug_snapshot!("several_patches", patches(&apple));
}

#[test]
fn nothing_to_change_sends_nothing() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("assign --platform mac --server prod"));
    assert_eq!(patches(&apple), Vec::<String>::new());
    let quiet = machine.run("-q assign --platform mac --server prod");
    assert_eq!((quiet.code, &*quiet.stdout), (0, ""), "{quiet}");
    let document = machine.run("-q assign --platform mac --server prod -o csv");
    assert_ne!(document.stdout, "", "{document}");
    // A dry run is made to be read.
    assert_ne!(
        machine
            .run("-q assign --platform mac --server prod -n")
            .stdout,
        ""
    );
}

#[test]
fn clearing_sends_an_empty_list() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("assign --platform mac --clear"));
    assert_eq!(patches(&apple), [format!("{PROD} [] 200")]);
    assert_snapshot!("again", machine.run("assign --platform mac --clear"));
    assert_eq!(patches(&apple).len(), 1);
}

#[test]
fn clearing_asks_on_a_terminal() {
    let (mut machine, apple) = Machine::with_business();
    machine.at_terminal();
    machine.stdin = "no\n".into();
    assert_snapshot!(machine.run("assign --platform mac --clear"));
    assert_eq!(patches(&apple), Vec::<String>::new());
    assert_eq!(machine.run("assign --platform mac --clear --yes").code, 0);
}

#[test]
fn check_and_dry_run_change_nothing() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(
        "check",
        machine.run("assign --platform vision --server prod --check")
    );
    assert_snapshot!(
        "check_in_json",
        machine.run("assign --platform vision --server prod --check -o json")
    );
    let quiet = machine.run("-q assign --platform mac --server prod --check");
    assert_eq!((quiet.code, &*quiet.stdout), (0, ""), "{quiet}");
    let document = machine.run("-q assign --platform mac --server prod --check -o json");
    assert_eq!(document.json()["changes"], serde_json::json!([]));
    assert_snapshot!(
        "check_without_difference",
        machine.run("assign --platform mac --server prod --check")
    );
    assert_snapshot!(
        "dry_run",
        machine.run("assign --platform vision --server prod --dry-run -o json")
    );
    assert_eq!(patches(&apple), Vec::<String>::new());
}

#[test]
fn from_guards_against_somebody_elses_change() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(machine.run("assign --platform vision --server prod --from test"));
    assert_eq!(patches(&apple), Vec::<String>::new());
    let ran = machine.run("assign --platform vision --server prod --from Intune");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn bad_input_is_refused_with_its_own_words() {
    let (machine, apple) = Machine::with_business();
    for (name, line) in [
        ("unknown platform", "assign --platform visio --server prod"),
        ("ambiguous platform", "assign --platform ios --server prod"),
        ("no target", "assign --platform vision --check"),
        ("no platform", "assign --server prod"),
        ("empty server", "assign --platform vision --server ''"),
        (
            "both targets",
            "assign --platform vision --server prod --clear",
        ),
        ("unknown server", "assign --platform vision --server jamf"),
    ] {
        insta::with_settings!({snapshot_suffix => name.replace(' ', "-")}, {
            assert_snapshot!(machine.run(line));
        });
    }
    assert_eq!(patches(&apple), Vec::<String>::new());
}

#[test]
fn school_manager_reads_and_does_not_write() {
    let (machine, apple) = Machine::with_school();
    assert_snapshot!("school_table", machine.run("assign"));
    assert_snapshot!(
        "school_set",
        machine.run("assign --platform vision --server prod")
    );
    assert_snapshot!(
        "school_check",
        machine.run("assign --platform vision --server prod --check")
    );
    assert_snapshot!(
        "school_nothing_to_change",
        machine.run("assign --platform mac --server prod")
    );
    assert_eq!(patches(&apple), Vec::<String>::new());
}

#[test]
fn without_the_permission_nothing_is_changed() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|acme| acme.forbid(Permission::ManageDefaults));
    assert_snapshot!(machine.run("assign --platform vision --server prod"));
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
}

#[test]
fn giving_that_keeps_failing_is_undone() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=503", id(&apple, PROD)),
    );
    let started = abmctl::host::Clock::now(machine.clock.as_ref());
    assert_snapshot!(machine.run("assign --platform vision --server prod --max-wait 10s"));
    let took = abmctl::host::Clock::now(machine.clock.as_ref()).duration_since(started);
    assert!(
        took.as_secs() > 8 * 60,
        "giving has its own patience, and took {took:?}"
    );
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
    assert_snapshot!("afterwards", machine.run("assign --platform vision"));
}

#[test]
fn giving_that_fails_for_a_while_arrives() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=429:45x2", id(&apple, PROD)),
    );
    assert_snapshot!(machine.run("assign --platform vision --server prod --max-wait 10s"));
    assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
}

#[test]
fn a_patch_that_was_acted_on_without_an_answer_is_not_sent_again() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=after-dropx1");
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(patches(&apple).len(), 2);
    assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
}

#[test]
fn a_family_that_a_colleague_gave_away_meanwhile_is_a_conflict() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=409", id(&apple, PROD)),
    );
    assert_snapshot!(machine.run("assign --platform vision --server prod -o json"));
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
}

#[test]
fn what_can_neither_be_given_nor_given_back_is_mended_by_the_next_run() {
    let (machine, apple) = Machine::with_business();
    // The first PATCH goes through, and none after it.
    fault(&apple, "PATCH /v1/mdmServers/*=503@2");
    assert_snapshot!(machine.run("assign --platform vision --server prod"));
    assert_eq!(holder(&apple, ProductFamily::Vision), None);
    apple.clear_faults();
    assert_snapshot!(
        "announced",
        machine.run("assign --platform watch --server prod --check")
    );
    assert_eq!(holder(&apple, ProductFamily::Vision), None);
    assert_snapshot!("mended", machine.run("assign --platform vision"));
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
    assert_snapshot!("mended_once", machine.run("assign --platform vision"));
}

#[test]
fn what_a_colleague_mended_is_left_alone() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "PATCH /v1/mdmServers/*=503@2");
    assert_eq!(
        machine.run("assign --platform vision --server prod").code,
        7
    );
    apple.clear_faults();
    let test = id(&apple, "Jamf Pro Test");
    let now = abmctl::host::Clock::now(machine.clock.as_ref());
    apple.organization(|acme| acme.move_family(ProductFamily::Vision, Some(&test), now));
    assert_snapshot!(machine.run("assign --platform vision"));
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Jamf Pro Test")
    );
}

#[test]
fn families_that_are_not_named_stay() {
    let (machine, apple) = Machine::with_business();
    machine.run("assign --platform vision --server prod");
    for (family, server) in [
        (ProductFamily::Mac, PROD),
        (ProductFamily::Iphone, "Intune"),
        (ProductFamily::Ipad, "Intune"),
    ] {
        assert_eq!(holder(&apple, family).as_deref(), Some(server));
    }
}

/// Waits until Apple acted on a PATCH, then sends the signal.
fn signal_after_the_first_patch(
    machine: &Machine,
    apple: &Apple,
    signals: &[Signal],
    line: &str,
) -> Ran {
    signal_after(1, machine, apple, signals, line)
}

fn signal_after(
    after: usize,
    machine: &Machine,
    apple: &Apple,
    signals: &[Signal],
    line: &str,
) -> Ran {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while patches(apple).len() < after {
                std::thread::sleep(Duration::from_millis(1));
            }
            for signal in signals {
                machine.signals.send(*signal);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        machine.run(line)
    })
}

#[test]
fn a_signal_between_taking_and_giving_puts_back() {
    for (name, signal) in [
        ("hang-up", Signal::HangUp),
        ("interrupt", Signal::Interrupt),
        ("terminate", Signal::Terminate),
    ] {
        let (machine, apple) = Machine::with_business();
        fault(
            &apple,
            &format!("PATCH /v1/mdmServers/{}=429:300", id(&apple, PROD)),
        );
        let mut ran = signal_after(
            2,
            &machine,
            &apple,
            &[signal],
            "-q assign --platform vision --server prod",
        );
        // The tests' clock is ahead by the whole wait if the signal comes once it has begun.
        let lines = ran.stderr.lines();
        let lines = lines.filter(|line| !line.contains("had no default for"));
        ran.stderr = lines.map(|line| format!("{line}\n")).collect();
        insta::with_settings!({snapshot_suffix => name}, { assert_snapshot!(ran) });
        assert_eq!(
            holder(&apple, ProductFamily::Vision).as_deref(),
            Some("Intune")
        );
        // Nothing is left to mend.
        assert_eq!(machine.run("assign --platform vision").stderr, "");
    }
}

#[test]
fn a_second_signal_ends_at_once_and_the_next_run_mends() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=503", id(&apple, PROD)),
    );
    fault(
        &apple,
        &format!("PATCH /v1/mdmServers/{}=503@2", id(&apple, "Intune")),
    );
    let signals = [Signal::Interrupt, Signal::Interrupt];
    let ran = signal_after_the_first_patch(
        &machine,
        &apple,
        &signals,
        "-q assign --platform vision --server prod",
    );
    assert_eq!(ran.code, 130, "{ran}");
    assert_eq!(holder(&apple, ProductFamily::Vision), None);
    apple.clear_faults();
    let ran = machine.run("assign --platform vision");
    // The second signal may come while a request is under way, which then may still be acted on.
    assert!([0, 7].contains(&ran.code), "{ran}");
    assert_eq!(
        holder(&apple, ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
}

#[test]
fn a_signal_before_anything_was_changed_ends_at_once() {
    let (machine, apple) = Machine::with_business();
    fault(&apple, "GET /v1/mdmServers=lost");
    machine.signals.send(Signal::Interrupt);
    assert_snapshot!(machine.run("assign --platform vision --server prod"));
}

#[test]
fn one_assign_at_a_time() {
    let (machine, apple) = Machine::with_business();
    machine.run("assign --platform mac --server prod");
    let lock = std::fs::read_dir(machine.path("state/locks"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let held = std::fs::File::options().write(true).open(lock).unwrap();
    held.lock().unwrap();
    let ran = machine.run("assign --platform vision --server prod --max-wait 3s");
    assert_eq!(ran.code, 6, "{ran}");
    assert!(
        ran.stderr
            .contains("Another `abmctl assign` for this organization is running (process "),
        "{ran}"
    );
    assert_eq!(patches(&apple), Vec::<String>::new());
    // Reading needs no turn.
    assert_eq!(machine.run("assign").code, 0);
    drop(held);
    assert_eq!(
        machine.run("assign --platform vision --server prod").code,
        0
    );
}

#[test]
fn without_a_journal_nothing_is_changed() {
    let (machine, apple) = Machine::with_business();
    std::fs::create_dir_all(machine.path("state/journal.ndjson")).unwrap();
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.is_empty(), "{ran}");
    assert_eq!(patches(&apple), Vec::<String>::new());
}

#[test]
fn an_uncertain_patch_is_read_before_it_is_sent_again() {
    for fault_text in ["drop", "half", "503", "after-503", "after-half", "html502"] {
        let (machine, apple) = Machine::with_business();
        fault(&apple, &format!("PATCH /v1/mdmServers/*={fault_text}x1"));
        let ran = machine.run("-q assign --platform vision --server prod");
        assert_eq!(ran.code, 0, "{fault_text}: {ran}");
        assert_eq!(holder(&apple, ProductFamily::Vision).as_deref(), Some(PROD));
        let refused = apple
            .requests()
            .iter()
            .filter(|request| request.status == Some(400))
            .count();
        assert_eq!(
            refused, 0,
            "{fault_text}: no `[]` to a server that has none"
        );
    }
}

#[test]
fn a_servers_name_never_makes_a_line_of_its_own() {
    let (machine, apple) = Machine::with_business();
    let server = id(&apple, PROD);
    for name in ["Jamf\nerror: Pay $(here)", "Jamf\u{1b}[31m"] {
        let renamed = machine.run(&format!(
            "api PATCH /v1/mdmServers/{server} -F data[type]=mdmServers -F data[id]={server} -F {}",
            shell_words::quote(&format!("data[attributes][serverName]={name}"))
        ));
        assert_eq!(renamed.code, 0, "{renamed}");
        machine.run("assign --platform vision --server Intune");
        let given = machine.run(&format!("assign --platform vision --server {server}"));
        assert_eq!(given.code, 0, "{given}");
        assert!(!given.stderr.contains("\nerror:"), "{given}");
        let taken = machine
            .run("assign --platform vision --server Intune")
            .stderr;
        let back = format!(
            "Put back with: abmctl assign --platform vision --server {server} --from Intune --even-if-idle\n"
        );
        assert!(taken.starts_with(&back), "{taken}");
    }
}
