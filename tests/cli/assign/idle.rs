//! A server that enrolls nothing gets no platform, unless somebody says so.

use abmctl::host::Clock;
use jiff::{SignedDuration, Timestamp};

use super::late::{BOUND, break_server, expect};
use super::*;

const TEST: &str = "Jamf Pro Test";
const GIVE_TEST: &str = "assign --platform mac --server 'Jamf Pro Test'";

/// The server last connected this long ago, by the emulator's word.
fn connected(machine: &Machine, apple: &Apple, server: &str, ago: Option<SignedDuration>) {
    let at: Option<Timestamp> = ago.map(|ago| machine.clock.now() - ago);
    apple.organization(|acme| acme.server_mut(server).unwrap().last_connected_at = at);
}

fn refused(machine: &Machine, apple: &Apple, line: &str) -> Ran {
    let before = patches(apple);
    let ran = machine.run(line);
    assert_eq!(ran.code, 8, "{ran}");
    assert_eq!(ran.stdout, "", "{ran}");
    assert_eq!(patches(apple), before, "{ran}");
    ran
}

#[test]
fn a_server_that_never_connected_is_refused_before_anything_is_sent() {
    let (machine, apple) = Machine::with_business();
    assert_snapshot!(refused(&machine, &apple, GIVE_TEST), @"
    $ abmctl assign --platform mac --server 'Jamf Pro Test'
    exit 8
    --- stderr
    error: Jamf Pro Test has never connected to Apple, so new Macs would find no enrollment there and stay unmanaged. Nothing was changed.
    hint: Give Jamf Pro Test's server token to its MDM and let the MDM sync with Apple. See when it last connected with `abmctl servers list`.
    hint: Add --even-if-idle to go ahead anyway.
    ");
    for how in ["--check", "--dry-run", "--from prod", "-o json"] {
        refused(&machine, &apple, &format!("{GIVE_TEST} {how}"));
    }
    assert!(!machine.path("state/journal.ndjson").exists());
    let several = refused(
        &machine,
        &apple,
        "assign --platform watch,mac --server test",
    );
    assert!(
        several.stderr.contains("new Apple Watches and Macs would"),
        "{several}"
    );

    let ran = machine.run(&format!("{GIVE_TEST} --even-if-idle"));
    assert_eq!(ran.code, 0, "{ran}");
    expect(&apple, &[(ProductFamily::Mac, Some(TEST))], &ran);
    // It is the default already: nothing would change.
    assert_eq!(machine.run(GIVE_TEST).code, 0);
    assert_eq!(machine.run(&format!("{GIVE_TEST} --check")).code, 0);
    // What is there may be taken from it, and cleared.
    let ran = machine.run("assign --platform mac --clear --yes");
    assert_eq!(ran.code, 0, "{ran}");
    // What puts that back isn't held up.
    let back = ran
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("Put back with: abmctl "));
    let ran = machine.run(back.unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    expect(&apple, &[(ProductFamily::Mac, Some(TEST))], &ran);
}

#[test]
fn a_server_that_connected_within_7_days_is_taken() {
    let (machine, apple) = Machine::with_business();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    connected(&machine, &apple, TEST, Some(days(12)));
    assert_snapshot!(refused(&machine, &apple, GIVE_TEST), @"
    $ abmctl assign --platform mac --server 'Jamf Pro Test'
    exit 8
    --- stderr
    error: Jamf Pro Test last connected to Apple on November 10, 2026, so new Macs would find no enrollment there and stay unmanaged until it connects again. Nothing was changed.
    hint: Give Jamf Pro Test's server token to its MDM and let the MDM sync with Apple. See when it last connected with `abmctl servers list`.
    hint: Add --even-if-idle to go ahead anyway.
    ");
    connected(
        &machine,
        &apple,
        TEST,
        Some(days(7) - SignedDuration::from_secs(60)),
    );
    let ran = machine.run(GIVE_TEST);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn what_is_not_known_refuses_nothing() {
    // Apple tells no connection of any server that could be read.
    let (machine, apple) = Machine::with_business();
    for server in [PROD, "Intune"] {
        connected(&machine, &apple, server, None);
    }
    assert_eq!(machine.run(GIVE_TEST).code, 0);
    let (machine, apple) = Machine::with_business();
    connected(&machine, &apple, PROD, None);
    break_server(&apple, "GET", "Intune", "403:FORBIDDEN_ERROR");
    let ran = machine.run(GIVE_TEST);
    assert_eq!(ran.code, 0, "{ran}");
    // Apple's own service doesn't connect.
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("assign --platform mac --server 'Built-in Device Management'");
    assert_eq!(ran.code, 0, "{ran}");
    drop(apple);
}

#[test]
fn what_an_earlier_run_took_goes_back_to_an_idle_server() {
    for line in [
        "assign",
        // Refused itself, it restores all the same.
        "assign --platform iphone --server test",
        "assign --platform vision --server test",
    ] {
        let (machine, apple) = Machine::with_business();
        fault(&apple, "PATCH /v1/mdmServers/*=403@2");
        let ran = machine.run("assign --platform vision --server prod");
        assert_eq!(ran.code, 7, "{ran}");
        apple.clear_faults();
        connected(&machine, &apple, "Intune", None);
        let ran = machine.run(line);
        let expected = if line == "assign" { 0 } else { 8 };
        assert_eq!(ran.code, expected, "{ran}");
        expect(&apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);
    }
}

#[test]
fn what_this_run_took_goes_back_to_an_idle_server() {
    let (machine, apple) = Machine::with_business();
    connected(&machine, &apple, "Intune", None);
    break_server(&apple, "PATCH", PROD, "403");
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 5, "{ran}");
    expect(&apple, &[(ProductFamily::Vision, Some("Intune"))], &ran);
}

#[test]
fn what_may_still_change_counts_more_than_the_refusal() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "504");
    break_server(&apple, "PATCH", "Intune", "504@2");
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 7, "{ran}");
    let ran = machine.run("assign --platform vision --server test --check");
    assert_eq!(ran.code, 7, "{ran}");
    assert!(ran.stderr.contains("never connected"), "{ran}");
    assert!(ran.stderr.contains("may still change vision"), "{ran}");
    apple.clear_faults();
    machine.clock.advance(BOUND);
    let ran = machine.run(GIVE_TEST);
    assert_eq!(ran.code, 8, "{ran}");
    assert!(ran.stderr.contains("vision: restored to Intune."), "{ran}");
}

#[test]
fn a_token_that_fetches_nothing_counts_as_long_as_it_is_the_same() {
    let (machine, apple) = Machine::with_business();
    let give = "assign --platform vision --server prod";
    apple.organization(|acme| acme.server_token_mut("prod").unwrap().replace());
    // Nothing is known of it here, and Apple isn't asked.
    assert_eq!(machine.run(&format!("{give} --check")).code, 9);
    assert_ne!(machine.run("tokens list").code, 0);
    apple.forget_requests();
    assert_snapshot!(refused(&machine, &apple, give), @"
    $ abmctl assign --platform vision --server prod
    exit 8
    --- stderr
    error: The server token prod of Jamf Pro Production was replaced by a newer one or revoked (seen on November 22, 2026). An MDM that uses this token gets no new devices from Apple, so new Apple Vision Pro devices would stay unmanaged. Nothing was changed.
    hint: Jamf Pro Production connected to Apple on November 22, 2026, so its MDM probably has a newer token. Store that one here with `abmctl tokens import FILE`. Don't download another one: it would replace that token, and the MDM's sync with Apple would stop.
    hint: Add --even-if-idle to go ahead anyway.
    ");
    assert!(requests(&apple).iter().all(|it| !it.contains("/session")));
    // The one that Apple has now is stored.
    let token = apple.organization(|acme| acme.server_token_mut("prod").unwrap().to_json());
    let file = machine.path("downloads/token.json");
    crate::support::write_file(&file, &token, 0o600);
    let line = format!(
        "tokens import {} --name prod --yes --store file",
        file.display()
    );
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(machine.run(give).code, 0);
}

#[test]
fn the_token_of_a_server_with_the_same_name_refuses_nothing() {
    let (machine, apple) = Machine::with_business();
    let (prod, test) = (id(&apple, PROD), id(&apple, TEST));
    connected(&machine, &apple, TEST, Some(SignedDuration::from_hours(1)));
    apple.organization(|acme| {
        acme.server_token_mut("prod").unwrap().replace();
        acme.server_mut(&test).unwrap().name = PROD.to_owned();
    });
    assert_ne!(machine.run("tokens list").code, 0);
    refused(
        &machine,
        &apple,
        &format!("assign --platform vision --server {prod}"),
    );
    let ran = machine.run(&format!("assign --platform vision --server {test}"));
    assert_eq!(ran.code, 0, "{ran}");
    // What its token read isn't said of the other one either.
    let ran = machine.run("assign --platform vision -o json");
    assert_eq!(ran.json()[0]["adde_url_state"], "no_token", "{ran}");
}

#[test]
fn terms_that_are_not_accepted_count_until_apple_is_asked_again() {
    let (machine, apple) = Machine::with_business();
    let give = "assign --platform vision --server prod";
    apple.organization(|acme| acme.terms_signed = false);
    machine.run("adde-url list");
    assert_snapshot!(refused(&machine, &apple, give).stderr, @"
    error: Apple refuses the server token prod of Jamf Pro Production until its new terms are accepted (seen on November 22, 2026). An MDM that uses this token gets no new devices from Apple, so new Apple Vision Pro devices would stay unmanaged. Nothing was changed.
    hint: An Administrator has to accept the terms in the portal. Then run `abmctl tokens list`, which asks Apple again.
    hint: Add --even-if-idle to go ahead anyway.
    ");
    apple.organization(|acme| acme.terms_signed = true);
    refused(&machine, &apple, give);
    assert_eq!(machine.run("tokens list").code, 0);
    assert_eq!(machine.run(give).code, 0);
}

#[test]
fn a_token_that_is_over_by_its_own_date_counts_without_being_asked_about() {
    let (machine, apple) = Machine::with_business();
    let give = "assign --platform vision --server prod";
    let path = machine.path("config/token-prod.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let over = apple.organization(|acme| {
        let mut token = acme.server_token_mut("prod").unwrap().clone();
        token.access_token_expiry = "2026-11-01T00:00:00Z".parse().unwrap();
        token.to_json()
    });
    crate::support::write_file(&path, &over, 0o600);
    let ran = refused(&machine, &apple, give);
    assert!(
        ran.stderr
            .contains("prod of Jamf Pro Production expired on November 1, 2026. An MDM"),
        "{ran}"
    );
    // The MDM connected after that, so it has a newer one.
    let newer = "so its MDM probably has a newer token. Store that one here with `abmctl tokens import FILE`.";
    assert!(ran.stderr.contains(newer), "{ran}");
    // It last connected before, and it is the MDM's own that is over.
    connected(
        &machine,
        &apple,
        PROD,
        Some(SignedDuration::from_hours(24 * 5)),
    );
    let late = over.replace("2026-11-01", "2026-11-20");
    crate::support::write_file(&path, &late, 0o600);
    let ran = refused(&machine, &apple, give);
    let renew = "Download a new server token in the portal, give it to the MDM, and store it here";
    assert!(ran.stderr.contains(renew), "{ran}");
    crate::support::write_file(&path, &over, 0o600);
    // Apple accepts it all the same.
    machine.run("adde-url list");
    assert_eq!(machine.run(&format!("{give} --check")).code, 9);
    crate::support::write_file(&path, &good, 0o600);
    assert_eq!(machine.run(give).code, 0);
}

#[test]
fn a_short_time_without_a_default_is_not_said() {
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "429:5x1");
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.stderr.contains("had no default"), "{ran}");
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "429:12x1");
    let ran = machine.run("-q assign --platform vision --server prod");
    let warning = "warning: vision had no default for 12 seconds. Devices that were added in that time have no server and stay unassigned. Assign them in the portal.\n";
    assert!(ran.stderr.contains(warning), "{ran}");
    // The request that gives it was acted on at once, and that is seen only later.
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", PROD, "after-504x1");
    break_server(&apple, "GET", PROD, "503x4@3");
    let ran = machine.run("-q assign --platform vision --server prod");
    assert!(!ran.stderr.contains("vision had no default"), "{ran}");
    let warning = "warning: vision may have had no default for up to ";
    assert!(ran.stderr.contains(warning), "{ran}");
    let rest = "Devices that were added in that time may have no server. Look for unassigned devices in the portal.\n";
    assert!(ran.stderr.contains(rest), "{ran}");
    // Nobody knows whether it was taken.
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", "Intune", "504x1");
    break_server(&apple, "GET", "Intune", "503@2");
    let ran = machine.run("-q assign --platform vision --server prod --max-wait 20s");
    assert!(!ran.stderr.contains("vision had no default"), "{ran}");
    assert!(ran.stderr.contains(warning), "{ran}");
    // It had a default as long as it wasn't taken.
    let (machine, apple) = Machine::with_business();
    break_server(&apple, "PATCH", "Intune", "429:60x1");
    let ran = machine.run("assign --platform vision --server prod");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!ran.stderr.contains("had no default"), "{ran}");
}
