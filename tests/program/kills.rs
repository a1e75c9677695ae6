//! `assign` is killed at any moment of a move, and nothing is lost.

#![allow(clippy::print_stdout, reason = "shown with --nocapture")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::signals::MOVE;
use super::*;

/// How long each answer takes: kills come between any two requests, and while they are under way.
const LATENCY: Duration = Duration::from_millis(20);
/// When a request is acted on that is acted on late.
const LATE: Duration = Duration::from_millis(400);
/// Kills at once: they wait more than they work.
const AT_ONCE: usize = 8;

/// The default of each family.
fn table(apple: &Apple) -> Vec<(ProductFamily, Option<String>)> {
    let row = |family| (family, apple.holder(family));
    ProductFamily::ALL.map(row).to_vec()
}

fn start(late: Option<&str>) -> Apple {
    let apple = Apple::of(Options {
        latency: LATENCY,
        ..Options::default()
    });
    if let Some(server) = late {
        let id = apple
            .running
            .organization(|acme| acme.server(server).unwrap().id.clone());
        apple.fault(&format!("PATCH /v1/mdmServers/{id}=late-400ms-lostx1"));
    }
    apple
}

/// Kills a move so long after Apple got so many requests; answers how many of them changed something.
fn killed(apple: &Apple, requests: usize, after: Duration) -> usize {
    let mut child = start_quietly(&mut apple.command(&MOVE));
    apple.wait_for("", "/", requests);
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    apple.count("PATCH", "/v1/mdmServers/")
}

/// Looks with `assign`, which restores: what it shows without an error is so and stays so, and 7 means a row with one.
fn look(apple: &Apple) {
    let (code, stdout, stderr) = output(&mut apple.command(&["assign", "-o", "json"]));
    let rows: serde_json::Value =
        serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
    let rows = rows.as_array().unwrap();
    let in_doubt = rows.iter().any(|row| !row["error"].is_null());
    assert_eq!(code, if in_doubt { 7 } else { 0 }, "{stdout}{stderr}");
    for wait in [Duration::ZERO, LATE] {
        std::thread::sleep(wait);
        for (family, server) in table(apple) {
            let own = |row: &&serde_json::Value| row["product_family"] == family.as_str();
            let row = rows.iter().find(own).unwrap();
            let so = row["server_name"].as_str() == server.as_deref();
            assert!(
                so || !row["error"].is_null(),
                "{family:?}: {stdout}{stderr}"
            );
        }
    }
}

/// The kill of this number: a moment of the move, with all requests acted on in time or one acted on late.
fn kill(number: usize) -> (usize, Apple) {
    let late = [None, Some("Intune"), Some("prod")][number % 3];
    // A token, the list, four servers; then the taking, a reading, the giving, a reading. A late one is the last.
    let last = match late {
        None => 10,
        Some("Intune") => 7,
        Some(_) => 9,
    };
    let requests = (5 + number / 3 % 6).min(last);
    let quarters = u32::try_from(number / 18 % 8).unwrap();
    let apple = start(late);
    let patches = killed(&apple, requests, LATENCY / 4 * quarters);
    (patches, apple)
}

/// Kills as many moves, and asserts that no family lost its default.
#[allow(clippy::print_stdout, reason = "a number for the documents")]
fn kills(count: usize) {
    let before = table(&start(None));
    let next = AtomicUsize::new(0);
    let reached = Mutex::new([0; 3]);
    let lost = Mutex::new(Vec::new());
    let kill = |number: usize| {
        let (patches, apple) = kill(number);
        reached.lock().unwrap()[patches.min(2)] += 1;
        look(&apple);
        look(&apple);
        for ((family, server), (_, was)) in table(&apple).into_iter().zip(&before) {
            let given =
                family == ProductFamily::Vision && server.as_deref() == Some("Jamf Pro Production");
            if server != *was && !given {
                lost.lock().unwrap().push((number, family, server));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|it| *it < count)
                {
                    kill(number);
                }
            });
        }
    });
    let lost = lost.into_inner().unwrap();
    let [none, one, two] = reached.into_inner().unwrap();
    println!(
        "{count} kills ({none} before the taking was sent, {one} after it, {two} after the giving was sent), {} families lost",
        lost.len()
    );
    assert!(lost.is_empty(), "{lost:?}");
    assert!(one > 0 && two > 0, "the kills come at all moments");
}

#[test]
fn a_move_that_is_killed_at_any_moment_loses_nothing() {
    kills(20);
}

/// Two hundred of them, in about a minute: `cargo test --test program two_hundred -- --ignored --nocapture`.
#[test]
#[ignore = "it takes a minute"]
fn two_hundred_moves_that_are_killed_lose_nothing() {
    kills(200);
}
