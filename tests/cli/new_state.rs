//! A state folder that may be thrown away: what is lost with it is said once, and to nobody who sits at a terminal.

use insta::assert_snapshot;

use crate::support::{Machine, Ran};

const CHANGE: &str = "assign --platform vision --server prod";
const BACK: &str = "assign --platform vision --server Intune";

/// A mount of a kind of file system above everything.
fn root(kind: &str) -> String {
    format!("29 1 254:0 / / rw,relatime - {kind} {kind} rw\n")
}

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn tells(ran: &Ran) -> bool {
    ran.stderr.contains("before this run, and")
}

#[test]
fn a_change_in_ci_says_what_is_lost_once() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("CI", "true");
    // What an earlier command of the same job leaves is no journal.
    assert!(!tells(&machine.run(&format!("{CHANGE} --check"))));
    assert!(machine.path("state").exists());
    assert_snapshot!(machine.run(&format!("-q {CHANGE}")));
    assert!(!tells(&done(machine.run(BACK))), "it was said");
    // A folder that is thrown away is empty each time.
    std::fs::remove_dir_all(machine.path("state")).unwrap();
    assert!(tells(&done(machine.run(CHANGE))));
}

#[test]
fn each_change_that_the_journal_has_says_so() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("TF_BUILD", "True");
    for line in [
        "adde-url set https://mdm.acme.com/discovery --no-verify --server prod",
        "servers alias vpp Intune",
        "domains declare acme.com",
    ] {
        let _ = std::fs::remove_dir_all(machine.path("state"));
        let ran = done(machine.run(line));
        assert!(ran.stderr.contains("TF_BUILD is set"), "{ran}");
    }
}

#[test]
fn the_audit_log_that_every_run_would_read_is_a_hint() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("CI", "1");
    let ran = done(machine.run("domains list --no-dns"));
    assert_snapshot!(ran.stderr, @"hint: The state folder [home]/state had nothing of the audit log before this run, and CI is set, so the folder may not be kept. Without it, each run reads the whole audit log. Keep the folder, or set ABMCTL_STATE_DIR to a folder that is kept.");
    std::fs::remove_dir_all(machine.path("state")).unwrap();
    let ran = done(machine.run("-q domains list --no-dns"));
    assert!(!tells(&ran), "{ran}");
    let (mut machine, _apple) = Machine::with_school();
    machine.set("CI", "1");
    let ran = machine.run("domains list --no-dns");
    assert!(!tells(&ran), "{ran}");
}

#[test]
fn the_file_system_tells_it_too() {
    for (kind, says) in [
        ("overlay", Some("it is in the container's own file system")),
        ("tmpfs", Some("it is in memory")),
        ("ext4", None),
    ] {
        let (mut machine, _apple) = Machine::with_business();
        machine.mounts = Some(root(kind));
        let ran = done(machine.run(CHANGE));
        assert_eq!(tells(&ran), says.is_some(), "{kind}: {ran}");
        assert!(ran.stderr.contains(says.unwrap_or_default()), "{ran}");
    }
}

#[test]
fn an_ordinary_first_run_says_nothing() {
    // On a terminal, wherever.
    let (mut machine, _apple) = Machine::with_business();
    machine.set("CI", "true");
    machine.mounts = Some(root("overlay"));
    machine.at_terminal();
    assert_snapshot!(machine.run(CHANGE));
    // From cron.
    let (machine, _apple) = Machine::with_business();
    assert!(!tells(&done(machine.run(CHANGE))));
    let (mut machine, _apple) = Machine::with_business();
    for no in ["", "0", "false"] {
        machine.set("CI", no);
        let _ = std::fs::remove_dir_all(machine.path("state"));
        assert!(!tells(&done(machine.run("servers alias vpp Intune"))));
    }
    // Nothing is lost with a sandbox.
    let (mut machine, apple) = Machine::with_business();
    machine.configured_by_profile(&apple);
    machine.set("CI", "true");
    assert!(!tells(&done(machine.run(CHANGE))));
}
