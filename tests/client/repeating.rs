//! Which requests are sent again, when, and when no more. Over 400 lines, since each rule has a test with its own server.

use std::cell::Cell;
use std::time::Duration;

use abmctl::apple::error::{Cause, Failure};
use abmctl::apple::http::{Http, Network, Patience, Request, Response};
use abmctl::apple::retry::Repeat;
use abmctl::host::Clock;
use jiff::Timestamp;
use reqwest::Method;
use tokio::sync::watch;

use super::support::wire::{Act, DROP, Nobody, Wire, answer, half, json};
use super::support::{FakeClock, RealClock, rest, world, world_with};

const EVERY_REPEAT: [Repeat; 3] = [Repeat::Always, Repeat::AfterReading, Repeat::IfNotActedOn];

async fn send(http: &Http, repeat: Repeat, request: &Request) -> Result<Response, Failure> {
    http.repeat(repeat, || async { http.once(request).await?.success() })
        .await
}

fn retry_after(value: &str) -> Act {
    answer(429, &format!("Retry-After: {value}\r\n"), "")
}

#[tokio::test]
async fn what_is_repeated() {
    let status = |status| answer(status, "", "");
    for (act, repeated) in [
        (status(429), [true, true, true]),
        (DROP, [true, false, false]),
        (half(), [true, false, false]),
        (Act::Stall(Vec::new()), [true, false, false]),
        (status(500), [true, false, false]),
        (status(502), [true, false, false]),
        (status(503), [true, false, false]),
        (status(504), [true, false, false]),
        (status(400), [false, false, false]),
        (status(403), [false, false, false]),
        (status(409), [false, false, false]),
        (status(501), [false, false, false]),
        (answer(307, "Location: /x\r\n", ""), [false, false, false]),
    ] {
        for (repeat, repeated) in EVERY_REPEAT.into_iter().zip(repeated) {
            let server = Wire::script(vec![act.clone(), json("{}")]).await;
            let world = world_with(Network::default(), Duration::from_secs(1), FakeClock::new());
            let result = send(&world.http, repeat, &server.get()).await;
            assert_eq!(result.is_ok(), repeated, "{repeat:?} {result:?}");
            assert_eq!(server.count(), if repeated { 2 } else { 1 });
            assert_eq!(world.waits().len(), usize::from(repeated));
        }
    }
}

#[tokio::test]
async fn a_refused_connection_is_always_repeated() {
    let nobody = Nobody::new();
    let url = format!("http://{}/", nobody.address);
    let request = Request::new(Method::POST, url.parse().unwrap());
    for repeat in EVERY_REPEAT {
        let world = world();
        let attempts = Cell::new(0);
        let result: Result<Response, Failure> = world
            .http
            .repeat(repeat, || {
                attempts.set(attempts.get() + 1);
                world.http.once(&request)
            })
            .await;
        let failure = result.unwrap_err();
        assert!(attempts.get() > 5, "{}", attempts.get());
        assert!(failure.again_at.is_some());
    }
}

#[tokio::test]
async fn a_wait_is_announced_with_its_reason() {
    let server = Wire::script(vec![retry_after("7"), json("{}")]).await;
    let world = world();
    send(&world.http, Repeat::Always, &server.get())
        .await
        .unwrap();
    assert_eq!(world.waits(), [7000]);
    assert_eq!(world.last_reason(), "GET /v1/things: 429");
}

#[tokio::test]
async fn what_apple_asks_for_is_honoured_to_the_second() {
    for (value, seconds) in [
        ("1", 1),
        ("37", 37),
        ("900", 900),
        ("Sun, 22 Nov 2026 10:01:30 GMT", 90),
        ("Sunday, 22-Nov-26 10:00:05 GMT", 5),
    ] {
        let server = Wire::script(vec![retry_after(value), json("{}")]).await;
        let world = world();
        send(&world.http, Repeat::IfNotActedOn, &server.get())
            .await
            .unwrap();
        assert_eq!(world.clock.seconds(), seconds, "{value}");
    }
}

#[tokio::test]
async fn without_a_time_the_waits_double_from_a_second_with_jitter() {
    for value in [
        None,
        Some("0"),
        Some("soon"),
        Some("Sun, 22 Nov 2026 09:00:00 GMT"),
    ] {
        let act = value.map_or(answer(429, "", ""), retry_after);
        let mut script = vec![act; 7];
        script.push(json("{}"));
        let server = Wire::script(script).await;
        let world = world();
        send(&world.http, Repeat::Always, &server.get())
            .await
            .unwrap();
        let waits = world.waits();
        assert_eq!(waits.len(), 7);
        for (wait, least) in waits
            .iter()
            .zip([1000, 2000, 4000, 8000, 16000, 30000, 30000])
        {
            assert!((least..2 * least).contains(wait), "{value:?}: {waits:?}");
        }
        assert!(
            waits
                .iter()
                .zip([1000, 2000, 4000])
                .any(|(wait, least)| *wait != least)
        );
    }
}

#[tokio::test]
async fn jitter_comes_from_randomness() {
    let server = Wire::script(vec![
        answer(503, "", ""),
        json("{}"),
        answer(503, "", ""),
        json("{}"),
    ])
    .await;
    let world = world();
    for _ in 0..2 {
        send(&world.http, Repeat::Always, &server.get())
            .await
            .unwrap();
    }
    assert_ne!(world.waits()[0], world.waits()[1]);
}

#[tokio::test]
async fn a_wait_past_the_limit_is_not_begun() {
    let server = Wire::always(retry_after("3600")).await;
    let world = world();
    let failure = send(&world.http, Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(server.count(), 1);
    assert_eq!(world.waits(), [0_u128; 0]);
    assert_eq!(world.clock.seconds(), 0);
    let again: Timestamp = "2026-11-22T11:00:00Z".parse().unwrap();
    assert_eq!(failure.again_at, Some(again));
    assert!(failure.to_string().contains(" with 429 "), "{failure}");
}

#[tokio::test]
async fn the_limit_counts_all_waits_together() {
    let server = Wire::always(retry_after("40")).await;
    let world = world();
    let failure = send(&world.patient(100), Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(server.count(), 3);
    assert_eq!(world.clock.seconds(), 80);
    let again: Timestamp = "2026-11-22T10:02:00Z".parse().unwrap();
    assert_eq!(failure.again_at, Some(again));
}

#[tokio::test]
async fn the_limit_counts_slow_attempts_too() {
    let world = world();
    let clock = world.clock.clone();
    let server = Wire::start(move |_| {
        clock.advance(Duration::from_secs(60));
        answer(503, "Retry-After: 1\r\n", "")
    })
    .await;
    send(&world.patient(100), Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn no_patience_at_all_sends_once() {
    let server = Wire::always(answer(503, "", "")).await;
    send(&world().patient(0), Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_final_failure_has_no_time_to_try_again() {
    let server = Wire::always(answer(400, "Retry-After: 5\r\n", "")).await;
    let failure = send(&world().http, Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(failure.again_at, None);
}

#[tokio::test]
async fn each_success_renews_the_patience() {
    let server = Wire::start(|number| {
        if number % 2 == 0 {
            retry_after("80")
        } else {
            json("{}")
        }
    })
    .await;
    let world = world();
    let http = world.patient(100);
    for _ in 0..5 {
        send(&http, Repeat::Always, &server.get()).await.unwrap();
    }
    assert_eq!(world.clock.seconds(), 400);
}

#[tokio::test]
async fn another_request_s_success_renews_the_patience() {
    let world = world();
    let (limited, fine) = (
        Wire::always(retry_after("80")).await,
        Wire::always(json("{}")).await,
    );
    let http = world.patient(100);
    let attempts = Cell::new(0);
    let result: Result<(), Failure> = http
        .repeat(Repeat::Always, || async {
            attempts.set(attempts.get() + 1);
            if attempts.get() < 5 {
                send(&http, Repeat::Always, &fine.get()).await?;
            }
            http.once(&limited.get()).await?.success().map(|_| ())
        })
        .await;
    result.unwrap_err();
    // Five attempts, of which four began with a success, and one more wait after the last of these.
    assert_eq!(attempts.get(), 5);
    assert_eq!(world.clock.seconds(), 320);
}

#[tokio::test]
async fn requests_that_fail_one_after_another_share_the_patience() {
    let world = world();
    let http = world.patient(100);
    let limited = Wire::always(retry_after("40")).await;
    let other = Wire::always(answer(503, "", "")).await;
    let failed = async |server: &Wire| {
        send(&http, Repeat::Always, &server.get())
            .await
            .unwrap_err();
    };
    failed(&limited).await;
    assert_eq!((limited.count(), world.clock.seconds()), (3, 80));
    for _ in 0..5 {
        failed(&limited).await;
        failed(&other).await;
    }
    // Each is sent, and what little time is left is used by whoever needs less of it.
    assert_eq!(limited.count(), 8);
    assert!(world.clock.seconds() <= 100, "{}", world.clock.seconds());
    // A success by one renews it for all.
    let fine = Wire::always(json("{}")).await;
    send(&http, Repeat::Always, &fine.get()).await.unwrap();
    failed(&limited).await;
    assert_eq!(limited.count(), 11);
}

#[tokio::test]
async fn what_only_opens_the_way_renews_nothing() {
    let world = world();
    let http = world.patient(100);
    let token = Wire::always(json("{}")).await;
    let limited = Wire::always(retry_after("40")).await;
    let attempts = Cell::new(0);
    http.repeat(Repeat::Always, || async {
        attempts.set(attempts.get() + 1);
        assert!(attempts.get() < 10, "it goes on for ever");
        http.once(&token.get().preparatory()).await?.success()?;
        http.once(&limited.get()).await?.success()
    })
    .await
    .unwrap_err();
    assert_eq!(attempts.get(), 3);
}

#[tokio::test]
async fn a_refusal_renews_nothing_either() {
    let world = world();
    let http = world.patient(100);
    let limited = Wire::always(retry_after("80")).await;
    let refused = Wire::always(answer(403, "", "")).await;
    for _ in 0..3 {
        send(&http, Repeat::Always, &limited.get())
            .await
            .unwrap_err();
        send(&http, Repeat::Always, &refused.get())
            .await
            .unwrap_err();
    }
    assert_eq!(world.clock.seconds(), 80);
}

#[tokio::test]
async fn time_before_a_request_does_not_count() {
    let server = Wire::script(vec![json("{}"), retry_after("80"), json("{}")]).await;
    let world = world();
    let http = world.patient(100);
    send(&http, Repeat::Always, &server.get()).await.unwrap();
    world.clock.advance(Duration::from_secs(5000));
    send(&http, Repeat::Always, &server.get()).await.unwrap();
}

#[tokio::test]
async fn patience_can_be_counted_from_an_earlier_time() {
    let server = Wire::always(retry_after("80")).await;
    let world = world();
    let http = world.http.with_patience(Patience {
        limit: Duration::from_secs(100),
        since: Some(world.clock.now()),
        stop: None,
    });
    world.clock.advance(Duration::from_secs(30));
    send(&http, Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(server.count(), 1);
}

fn stoppable(http: &Http) -> (watch::Sender<bool>, Http) {
    let (stop, stopped) = watch::channel(false);
    let http = http.with_patience(Patience {
        limit: Duration::from_secs(600),
        since: None,
        stop: Some(stopped),
    });
    (stop, http)
}

#[tokio::test]
async fn a_stop_ends_a_wait_at_once() {
    let world = world_with(
        Network::default(),
        Duration::from_secs(5),
        FakeClock::stuck(),
    );
    let server = Wire::always(retry_after("300")).await;
    let (stop, http) = stoppable(&world.http);
    let request = server.get();
    let waiting = tokio::spawn(async move { send(&http, Repeat::Always, &request).await });
    while world.waits().is_empty() {
        rest(5).await;
    }
    let before = RealClock.now();
    stop.send(true).unwrap();
    let failure = waiting.await.unwrap().unwrap_err();
    assert!(RealClock.now().duration_since(before).as_secs() < 2);
    assert!(matches!(failure.cause, Cause::Interrupted), "{failure}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn after_a_stop_nothing_is_sent() {
    let server = Wire::always(json("{}")).await;
    let (stop, http) = stoppable(&world().http);
    stop.send(true).unwrap();
    let failure = send(&http, Repeat::Always, &server.get())
        .await
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "Interrupted while waiting for GET /v1/things."
    );
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_wait_goes_on_when_nobody_can_stop_it_any_more() {
    let server = Wire::script(vec![retry_after("300"), json("{}")]).await;
    let world = world();
    let (stop, http) = stoppable(&world.http);
    drop(stop);
    send(&http, Repeat::Always, &server.get()).await.unwrap();
    assert_eq!(world.clock.seconds(), 300);
}
