//! Real terminals: one that goes away, and Ctrl-C on one.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::signals::{MOVE, exec, half_way, holder};
use super::{Apple, ends, run_by, waits};

/// A terminal: the end that a person has, and the one that programs have.
fn terminal() -> (OwnedFd, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    (master, slave)
}

/// The same command as the first one of a session on a terminal.
fn on_terminal(command: &Command, slave: &File) -> Command {
    let mut session = Command::new("/usr/bin/setsid");
    session.arg("--ctty");
    let mut session = run_by(session, command);
    session
        .stdin(slave.try_clone().unwrap())
        .stdout(slave.try_clone().unwrap())
        .stderr(slave.try_clone().unwrap());
    session
}

#[test]
fn closing_the_terminal_puts_back() {
    let apple = Apple::start();
    half_way(&apple, "429:300");
    let (master, slave) = terminal();
    let mut child = on_terminal(&apple.command(&MOVE), &slave).spawn().unwrap();
    drop(slave);
    apple.wait_for_patches(2);
    drop(master);
    assert_eq!(ends(&mut child, "its terminal is gone"), Some(129));
    assert_eq!(holder(&apple).as_deref(), Some("Intune"));
}

/// A terminal that is gone without a signal, as for a program that was left behind.
#[test]
fn what_can_not_be_said_any_more_stops_nothing() {
    let apple = Apple::start();
    half_way(&apple, "429:2x1");
    let (master, slave) = terminal();
    let mut child = apple
        .command(&MOVE)
        .stdout(slave.try_clone().unwrap())
        .stderr(slave)
        .spawn()
        .unwrap();
    apple.wait_for_patches(2);
    drop(master);
    assert_eq!(ends(&mut child, "its terminal is gone"), Some(0));
    assert_eq!(holder(&apple).as_deref(), Some("Jamf Pro Production"));
}

#[test]
fn ctrl_c_belongs_to_what_exec_runs_on_a_terminal() {
    let (master, slave) = terminal();
    let script =
        "n=0; trap 'n=$((n+1))' INT; echo ready; while [ $n -lt 3 ]; do sleep 0.1; done; exit 42";
    let mut child = on_terminal(&exec(script), &slave).spawn().unwrap();
    let mut keyboard = File::from(master);
    let mut shown = String::new();
    while !shown.contains("ready") {
        let mut bytes = [0; 64];
        let read = keyboard.read(&mut bytes).unwrap();
        shown.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    for _ in 0..3 {
        waits(&mut child, "for Ctrl-C");
        keyboard.write_all(b"\x03").unwrap();
    }
    assert_eq!(ends(&mut child, "three times"), Some(42));
}

#[test]
fn ctrl_c_at_a_question_leaves_its_line() {
    let apple = Apple::start();
    let (master, slave) = terminal();
    let command = apple.command(&["assign", "--platform", "vision", "--clear"]);
    let mut child = on_terminal(&command, &slave).spawn().unwrap();
    drop(slave);
    let mut keyboard = File::from(master);
    let mut shown = String::new();
    let mut bytes = [0; 256];
    while !shown.contains("[no]: ") {
        let read = keyboard.read(&mut bytes).unwrap();
        shown.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    keyboard.write_all(b"\x03").unwrap();
    assert_eq!(ends(&mut child, "of Ctrl-C"), Some(130));
    while let Ok(read @ 1..) = keyboard.read(&mut bytes) {
        shown.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    let after = shown.split_once("[no]: ").unwrap().1;
    let after = after.trim_start_matches("^C").trim_start_matches('\r');
    assert!(after.starts_with("\nInterrupted."), "{shown:?}");
    assert!(shown.ends_with("\r\n"), "{shown:?}");
}
