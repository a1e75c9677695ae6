//! Account-driven enrollment: many server tokens, many domains, and opening a token.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use abmctl::apple::device_assignment::key_pair::{Certificate, DecryptionKey, KeyPair};
use abmctl::apple::device_assignment::p7m::Sealed;
use abmctl::apple::device_assignment::server_token::ServerToken;
use abmctl::sandbox::{Options, WebHost};

use crate::emulator::Emulator;
use crate::measure::{LABEL, TIMES, milliseconds, peak_memory, ratio, times};

/// How long an answer waits where the way to Apple and to web servers is imitated.
const LATENCY: Duration = Duration::from_millis(50);
/// Requests to Apple under way at once: `apple/http.rs`.
const AT_ONCE: usize = 4;
/// Devices that look at once: `adde_url/check/mod.rs`, 16 domains with 4 platforms each.
const LOOKING: usize = 64;
/// Server tokens.
const TOKENS: usize = 200;
/// Domains.
const DOMAINS: usize = 100;
const RUNS: usize = 5;

/// Prints what listing the URLs of many tokens takes.
pub fn print_lists(program: &Path) {
    println!(
        "\n{:<LABEL$}{TIMES}      PEAK   REQUESTS   OF THE LEAST",
        "ADDE-URL LIST, 200 tokens, 50 ms away"
    );
    let options = Options {
        servers: TOKENS,
        tokens: TOKENS,
        latency: LATENCY,
        ..Options::default()
    };
    let emulator = Emulator::start(options, program);
    let line = "adde-url list";
    let mut first: Vec<(Duration, usize)> = (0..3)
        .map(|_| {
            emulator.forget_tokens();
            let start = Instant::now();
            let requests = emulator.requests(line).len();
            (start.elapsed(), requests)
        })
        .collect();
    first.sort();
    let (took, requests) = first[1];
    let least = LATENCY * u32::try_from(requests.div_ceil(AT_ONCE)).unwrap();
    println!(
        "{:<LABEL$}{:>10}{:>10}{:>10}{:>10}{requests:>11}   {} of {}",
        "first run (3 runs)",
        milliseconds(first[0].0),
        milliseconds(took),
        "-",
        "-",
        ratio(took, least),
        milliseconds(least)
    );
    for (name, line) in [
        ("daily run", "adde-url list"),
        (
            "daily run, without the join",
            "adde-url list --columns token,url,set_at,state",
        ),
    ] {
        let requests = emulator.requests(line).len();
        let least = LATENCY * u32::try_from(requests.div_ceil(AT_ONCE)).unwrap();
        print(
            &emulator,
            &format!("{name} ({RUNS} runs)"),
            line,
            requests,
            least,
        );
    }
}

/// Prints what checking many domains takes.
pub fn print_checks(program: &Path) {
    println!(
        "\n{:<LABEL$}{TIMES}      PEAK   REQUESTS   OF THE LEAST",
        "ADDE-URL CHECK, 100 domains x 4 platforms"
    );
    let names: Vec<String> = (0..DOMAINS)
        .map(|n| format!("site{n:03}.example"))
        .collect();
    let line = format!("adde-url check {}", names.join(" "));
    for (word, remark) in [("ok", "the document"), ("none", "404, then Apple's side")] {
        let web: Vec<WebHost> = names
            .iter()
            .map(|name| format!("{name}={word}").parse().unwrap())
            .collect();
        let options = Options {
            latency: LATENCY,
            web,
            ..Options::default()
        };
        let emulator = Emulator::start(options, program);
        // Every platform's default has a URL.
        emulator.running.organization(|acme| {
            let url = acme.server_tokens[1].service_discovery.clone();
            acme.server_tokens[0].service_discovery = url;
        });
        emulator.requests(&line);
        // Each run forgets what was asked before it, of Apple and of the web.
        let api = emulator.requests(&line).len();
        let web = emulator.running.web_requests().len();
        // All devices in rounds; then, once for all of them: the servers, each server, and the URL.
        let rounds = (DOMAINS * 4).div_ceil(LOOKING) + if api > 0 { 3 } else { 0 };
        let least = LATENCY * u32::try_from(rounds).unwrap();
        let label = format!("{remark} ({RUNS} runs)");
        print(&emulator, &label, &line, api + web, least);
    }
}

fn print(emulator: &Emulator, label: &str, line: &str, requests: usize, least: Duration) {
    let mut commands = [emulator.command(line)];
    let times = times(RUNS, &mut commands);
    let ours = times[0].as_ref().unwrap();
    println!(
        "{label:<LABEL$}{ours}{:>10}{requests:>11}   {} of {}",
        peak_memory(&commands[0]),
        ratio(ours.median(), least),
        milliseconds(least)
    );
}

/// Prints what opening a server token takes, and making a key pair.
pub fn print_tokens() {
    println!("\n{:<LABEL$}       MIN    MEDIAN", "SERVER TOKENS");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/p7m");
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let key = read("own.pkcs8.pem");
    let certificate = Certificate::parse(&read("own.certificate.pem")).unwrap();
    for (name, file) in [
        ("open a .p7m, AES-128 (200 runs)", "aes128.p7m"),
        ("open a .p7m, 3DES (200 runs)", "des3.p7m"),
    ] {
        let file = read(file);
        let took = repeat(200, || {
            let key = DecryptionKey::parse(&key).unwrap();
            let sealed = Sealed::parse(&file).unwrap();
            let opened = sealed.open(&key, Some(&certificate.id)).unwrap();
            black_box(ServerToken::parse(opened).unwrap());
        });
        println!("{name:<LABEL$}{took}");
    }
    let now = abmctl::system::host().clock.now();
    let took = repeat(20, || {
        black_box(KeyPair::generate("abmctl", now).unwrap());
    });
    println!("{:<LABEL$}{took}", "make a key pair, RSA-2048 (20 runs)");
}

fn repeat(runs: usize, mut work: impl FnMut()) -> String {
    work();
    let mut taken: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    taken.sort();
    let (minimum, median) = (milliseconds(taken[0]), milliseconds(taken[runs / 2]));
    format!("{minimum:>10}{median:>10}")
}
