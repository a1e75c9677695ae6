//! Real signals: every wait ends, what was taken goes back, and what runs in `sandbox exec` is told.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use abmctl::sandbox::{Options, ProductFamily};

use super::{Apple, ends, output, program, run_by, signal, start_quietly, waits};

const SIGNALS: [(&str, i32); 3] = [("HUP", 129), ("INT", 130), ("TERM", 143)];

/// Has a move wait between taking and giving.
pub fn half_way(apple: &Apple, fault: &str) {
    let prod = apple
        .running
        .organization(|acme| acme.server("prod").unwrap().id.clone());
    apple.fault(&format!("PATCH /v1/mdmServers/{prod}={fault}"));
}

pub const MOVE: [&str; 5] = ["assign", "--platform", "vision", "--server", "prod"];

pub fn holder(apple: &Apple) -> Option<String> {
    apple.holder(ProductFamily::Vision)
}

#[test]
fn a_hang_up_that_is_ignored_from_the_start_stays_so() {
    let apple = Apple::start();
    half_way(&apple, "429:2x1");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    let mut command = run_by(shell, &apple.command(&MOVE));
    let mut child = start_quietly(command.stdin(Stdio::null()));
    apple.wait_for_patches(2);
    signal(&child, "HUP");
    assert_eq!(ends(&mut child, "it goes on"), Some(0));
    assert_eq!(holder(&apple).as_deref(), Some("Jamf Pro Production"));
}

#[test]
fn ctrl_c_twice_ends_what_would_be_put_back_for_long() {
    let apple = Apple::start();
    half_way(&apple, "503");
    let intune = apple
        .running
        .organization(|acme| acme.holder(ProductFamily::Vision).unwrap().id.clone());
    apple.fault(&format!("PATCH /v1/mdmServers/{intune}=503@2"));
    let mut child = start_quietly(&mut apple.command(&MOVE));
    apple.wait_for_patches(2);
    signal(&child, "INT");
    waits(&mut child, "to put back");
    signal(&child, "INT");
    assert_eq!(ends(&mut child, "nobody waits any more"), Some(130));
}

/// Commands that wait for another process, with the beginning of the lock's path.
const LOCKED: [(&str, &[&str]); 5] = [
    ("config/config.lock", &["servers", "alias", "x", "Intune"]),
    ("state/locks/assign-", &MOVE),
    ("state/locks/domains-", &["domains", "list", "--no-dns"]),
    (
        "state/locks/tokens-",
        &["tokens", "remove", "nobody", "--yes"],
    ),
    ("state/access-tokens/", &["servers", "list"]),
];

/// The lock file that a command leaves, by its folder and the beginning of its name.
fn lock_of(apple: &Apple, path: &str) -> Option<PathBuf> {
    let (folder, beginning) = path.rsplit_once('/')?;
    let files = std::fs::read_dir(apple.home.path().join(folder)).ok()?;
    files.map(|file| file.unwrap().path()).find(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with(beginning) && path.extension().is_some_and(|it| it == "lock")
    })
}

#[test]
fn waiting_for_another_process_ends_with_a_signal() {
    let apple = Apple::start();
    for (path, arguments) in LOCKED {
        let lock = if path.starts_with("config") {
            let lock = apple.home.path().join(path);
            std::fs::write(&lock, "").unwrap();
            lock
        } else {
            output(&mut apple.command(arguments));
            lock_of(&apple, path).unwrap_or_else(|| panic!("{path}"))
        };
        let held = File::open(&lock).unwrap();
        held.lock().unwrap();
        if path.starts_with("state/access-tokens") {
            // Without a token that is kept, one is asked for, in turn.
            std::fs::remove_file(lock.with_extension("json")).unwrap();
        }
        let children = SIGNALS.map(|(name, code)| {
            let mut command = apple.command(arguments);
            // What waits for the configuration gives up by itself after 10 seconds.
            (name, code, start_quietly(&mut command))
        });
        for (number, (name, code, mut child)) in children.into_iter().enumerate() {
            if number == 0 {
                waits(&mut child, path);
            }
            signal(&child, name);
            let since = Instant::now();
            assert_eq!(ends(&mut child, path), Some(code), "{path} {name}");
            assert!(since.elapsed() < Duration::from_secs(4), "{path} {name}");
        }
    }
}

#[test]
fn waiting_for_apple_ends_with_a_signal() {
    for (fault, arguments) in [
        ("GET /v1/mdmServers=429:300", &["servers", "list"][..]),
        ("GET /v1/mdmServers=lost", &["servers", "list"]),
        ("POST /auth/oauth2/token=lost", &["servers", "list"]),
        (
            "GET /v1/auditEvents=503:200",
            &["domains", "list", "--no-dns"],
        ),
    ] {
        let apple = Apple::start();
        apple.fault(fault);
        let mut child = start_quietly(&mut apple.command(arguments));
        waits(&mut child, fault);
        signal(&child, "INT");
        assert_eq!(ends(&mut child, fault), Some(130));
    }
}

#[test]
fn ctrl_c_twice_ends_what_writes_to_nobody() {
    let apple = Apple::start();
    let mut child = apple
        .command(&["api", "GET", "/v1/users", "--paginate", "-o", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The pipe is open, and full.
    waits(&mut child, "for a reader");
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "INT");
    assert_eq!(ends(&mut child, "nobody reads"), Some(130));
}

#[test]
fn an_attempt_without_an_answer_is_the_last_one_after_the_patience() {
    for fault in [
        "GET /v1/auditEvents=lost",
        "GET /v1/auditEvents?*filter%5Btype%5D*=lost",
        "GET /v1/auditEvents?*filter%5Btype%5D*=drop",
    ] {
        let apple = Apple::of(Options {
            audit_events: 20_000,
            ..Options::default()
        });
        apple.fault(fault);
        let since = Instant::now();
        let options = ["--timeout", "1s", "--max-wait", "4s"];
        let command = ["domains", "list", "--no-dns"];
        let (code, _, stderr) = output(&mut apple.command(&[&command[..], &options].concat()));
        let took = since.elapsed();
        assert!([6, 7].contains(&code), "{stderr}");
        assert!(took < Duration::from_secs(10), "{fault}: {took:?} {stderr}");
    }
}

/// `sandbox exec` with this script of a shell.
pub fn exec(script: &str) -> Command {
    let mut command = program(&["sandbox", "exec", "--", "/bin/sh", "-c", script]);
    command.env("PATH", "/usr/bin:/bin");
    command
}

#[test]
fn exec_passes_signals_on_and_the_command_decides() {
    for (name, code) in SIGNALS {
        let script = format!("trap 'exit 7' {name}; echo ready; while :; do sleep 0.1; done");
        let mut child = exec(&script)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        ready(&mut child);
        signal(&child, name);
        assert_eq!(ends(&mut child, name), Some(7));
        let mut child = exec("echo ready; exec sleep 60")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        ready(&mut child);
        signal(&child, name);
        assert_eq!(ends(&mut child, name), Some(code));
    }
}

/// Waits for a line.
fn ready(child: &mut Child) {
    use std::io::Read;
    let mut line = [0; 6];
    let stdout = child.stdout.as_mut().unwrap();
    stdout.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"ready\n");
}
