//! Waiting: one patience for each command, and locks that have a limit and name their holder.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use abmctl::host::{Clock, Signal};
use insta::assert_snapshot;

use crate::support::Machine;

/// Runs a command that can't be finished, and returns the seconds that it took by the clock.
pub fn seconds_without_success(machine: &Machine, line: &str) -> i64 {
    let before = machine.clock.now();
    let ran = machine.run(line);
    assert!([6, 7].contains(&ran.code), "{ran}");
    machine.clock.now().duration_since(before).as_secs()
}

#[test]
fn what_fails_one_after_another_uses_up_one_patience() {
    for (line, faults) in [
        ("servers list", &["GET /v1/mdmServers*=503"][..]),
        ("servers list", &["GET /v1/mdmServers/*=503"]),
        ("assign", &["* *=503"]),
        ("adde-url list", &["* *=503"]),
        (
            "adde-url list",
            &["GET /account*=503", "GET /v1/mdmServers*=503"],
        ),
        ("tokens list", &["GET /account*=429"]),
        ("auth status --unattended", &["* *=503"]),
        (
            "domains list --no-dns --accounts",
            &["GET /v1/auditEvents=503", "GET /v1/users*=503"],
        ),
        (
            "api GET /v1/users?limit=100 --paginate",
            &["GET /v1/users=429@2"],
        ),
    ] {
        let (machine, apple) = Machine::with_business();
        for fault in faults {
            apple.add_fault(fault.parse().unwrap());
        }
        let took = seconds_without_success(&machine, &format!("{line} --max-wait 20s"));
        assert!(took <= 20, "{line} {faults:?}: {took}");
    }
}

/// A proxy that answers every CONNECT with this status.
fn proxy(status: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn a_proxy_that_refuses_is_for_somebody_to_correct() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("ABMCTL_TOKEN_URL", "https://apple.invalid/token");
    let mut run = |status, line: &str| {
        let address = proxy(status);
        machine.set("HTTPS_PROXY", &format!("http://me:s3cret@{address}"));
        let before = machine.clock.now();
        let ran = machine.run(line).to_string();
        let took = machine.clock.now().duration_since(before).as_secs();
        assert!(!ran.contains("s3cret"), "{ran}");
        (took, ran.replace(&address.to_string(), "[proxy]"))
    };
    let (took, ran) = run("407 Proxy Authentication Required", "servers list");
    assert_eq!(took, 0);
    assert_snapshot!(ran, @"
    $ abmctl servers list
    exit 2
    --- stderr
    error: The proxy http://[proxy] didn't connect to apple.invalid:443: 407 Proxy Authentication Required. POST /token was not sent.
    hint: Put the user name and password for the proxy into HTTPS_PROXY or ALL_PROXY, such as http://USER:PASSWORD@proxy.acme.com:3128. Percent-encode special characters. abmctl supports only Basic authentication.
    ");
    let (took, ran) = run("403 Forbidden", "servers list");
    assert_eq!(took, 0);
    assert_snapshot!(ran, @"
    $ abmctl servers list
    exit 2
    --- stderr
    error: The proxy http://[proxy] didn't connect to apple.invalid:443: 403 Forbidden. POST /token was not sent.
    hint: Ask whoever runs the proxy to allow CONNECT to apple.invalid:443. If that host can be reached without the proxy, add it to NO_PROXY.
    ");
    let (took, ran) = run("503 Service Unavailable", "-q servers list --max-wait 20s");
    assert!((1..=20).contains(&took), "{took}");
    assert!(ran.contains("exit 6\n"), "{ran}");
    assert!(
        ran.contains("443: 503 Service Unavailable. POST /token was not sent."),
        "{ran}"
    );
}

#[test]
fn both_clients_leave_the_same_hosts_unproxied() {
    let (mut machine, _apple) = Machine::with_business();
    machine.set("ABMCTL_TOKEN_URL", "https://login.apple.invalid/token");
    let address = proxy("403 Forbidden");
    let says = format!("The proxy http://{address} didn't connect to");
    for (name, no_proxy, refused) in [
        ("HTTPS_PROXY", "", true),
        ("https_proxy", "other.invalid", true),
        ("ALL_PROXY", ".invalid:8443", true),
        ("all_proxy", "*.apple.invalid,*.acme.invalid:443", false),
        ("HTTPS_PROXY", ".invalid:443", false),
    ] {
        machine.set(name, &format!("http://{address}"));
        machine.set("NO_PROXY", no_proxy);
        let apple = machine.run("servers list --max-wait 1s").stderr;
        let device = machine
            .run("adde-url check www.acme.invalid --platform mac -o json")
            .stdout;
        for said in [apple, device] {
            assert_eq!(said.contains(&says), refused, "{name} {no_proxy}: {said}");
        }
        machine.set(name, "");
    }
    for bent in [
        "http:/s3cret@proxy:3128",
        "http://me:s3c ret@proxy:3128",
        "socks4://s3cret",
    ] {
        machine.set("ALL_PROXY", bent);
        let ran = machine.run("servers list");
        assert_eq!(ran.code, 2, "{ran}");
        assert!(
            ran.stderr.contains("ALL_PROXY is not the URL of a proxy"),
            "{ran}"
        );
        assert!(!ran.stderr.contains("s3c"), "{ran}");
    }
}

/// Holds a lock as another process would.
fn hold(path: &Path, holder: &str) -> File {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, holder).unwrap();
    let file = File::open(path).unwrap();
    file.lock().unwrap();
    file
}

#[test]
fn the_configuration_is_not_waited_for_without_end() {
    let (machine, _apple) = Machine::with_business();
    let path = machine.path("config/config.lock");
    let held = hold(
        &path,
        "process 4711, `abmctl auth login`, since 2026-11-22T09:00:00Z",
    );
    let before = fs::read(machine.path("config/config.toml")).unwrap();
    assert_snapshot!(machine.run("servers alias other Intune"), @"
    $ abmctl servers alias other Intune
    exit 6
    --- stderr
    error: Another abmctl has held the lock [home]/config/config.lock for 10 seconds (process 4711, `abmctl auth login`, since 2026-11-22T09:00:00Z).
    hint: abmctl holds this lock only for an instant. If that process hangs, end it, and run the command again.
    ");
    assert_eq!(
        fs::read(machine.path("config/config.toml")).unwrap(),
        before
    );
    for (signal, code) in [
        (Signal::HangUp, 129),
        (Signal::Interrupt, 130),
        (Signal::Terminate, 143),
    ] {
        machine.signals.send(signal);
        let ran = machine.run("servers alias other Intune");
        assert_eq!(ran.code, code, "{ran}");
    }
    drop(held);
    assert_eq!(machine.run("servers alias other Intune").code, 0);
    let text = fs::read_to_string(path).unwrap();
    let expected = format!(
        "process {}, `abmctl servers alias`, since 2026-",
        std::process::id()
    );
    assert!(text.starts_with(&expected), "{text}");
}

#[test]
fn who_is_waited_for_is_said_at_the_beginning() {
    let (machine, _apple) = Machine::with_business();
    machine.run("tokens remove nobody --yes");
    let locks = fs::read_dir(machine.path("state/locks")).unwrap();
    let lock = locks.map(|entry| entry.unwrap().path()).next().unwrap();
    let _held = hold(
        &lock,
        "process 4711, `abmctl tokens import`, since 2026-11-22T09:00:00Z",
    );
    assert_snapshot!(machine.run("tokens remove nobody --yes --max-wait 2m"), @"
    $ abmctl tokens remove nobody --yes --max-wait 2m
    exit 6
    --- stderr
    hint: Another `abmctl tokens` for this profile is running (process 4711, `abmctl tokens import`, since 2026-11-22T09:00:00Z). Waiting up to 2 minutes for it to end.
    error: Another `abmctl tokens` for this profile is running (process 4711, `abmctl tokens import`, since 2026-11-22T09:00:00Z). Nothing was changed.
    hint: Try again when that process has ended.
    ");
}
