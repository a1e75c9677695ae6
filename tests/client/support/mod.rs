//! A clock, randomness and a way out for tests.

pub mod apple;
pub mod roster;
pub mod socks;
pub mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use abmctl::apple::http::{Http, Network, Patience, Surroundings, Waiting};
use abmctl::host::{Boxed, Clock, Random};
use jiff::{SignedDuration, Timestamp};

/// The time at which every test begins.
pub const START: &str = "2026-11-22T10:00:00Z";

/// A clock that moves only when somebody sleeps, and then at once.
#[derive(Clone)]
pub struct FakeClock(Arc<ClockState>);

struct ClockState {
    now: Mutex<Timestamp>,
    /// Sleeping never ends.
    stuck: bool,
}

impl FakeClock {
    pub fn new() -> Self {
        Self::with(false)
    }

    /// A clock on which sleeping never ends.
    pub fn stuck() -> Self {
        Self::with(true)
    }

    fn with(stuck: bool) -> Self {
        Self(Arc::new(ClockState {
            now: Mutex::new(START.parse().unwrap()),
            stuck,
        }))
    }

    pub fn advance(&self, duration: Duration) {
        *self.0.now.lock().unwrap() += SignedDuration::try_from(duration).unwrap();
    }

    /// Whole seconds since the test began.
    pub fn seconds(&self) -> i64 {
        let start: Timestamp = START.parse().unwrap();
        self.now().duration_since(start).as_secs()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.now.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Boxed<()> {
        let clock = self.clone();
        Box::pin(async move {
            if clock.0.stuck {
                std::future::pending::<()>().await;
            }
            clock.advance(duration);
            tokio::task::yield_now().await;
        })
    }
}

/// The time of the machine, for what happens between threads.
pub struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is where waiting comes from"
    )]
    fn sleep(&self, duration: Duration) -> Boxed<()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Waits on the machine's clock.
pub async fn rest(milliseconds: u64) {
    RealClock.sleep(Duration::from_millis(milliseconds)).await;
}

/// The same bytes in each run, never the same twice in one.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Random for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for part in buffer.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            let bytes = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            part.copy_from_slice(&bytes[..part.len()]);
        }
    }
}

/// A way out, its clock, and the waits that it announced.
pub struct World {
    pub clock: FakeClock,
    pub http: Http,
    waits: Arc<Mutex<Vec<Waiting>>>,
}

/// A way out with 15 minutes of patience and 5 seconds for an attempt.
pub fn world() -> World {
    world_with(Network::default(), Duration::from_secs(5), FakeClock::new())
}

pub fn world_with(network: Network, timeout: Duration, clock: FakeClock) -> World {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let surroundings = Surroundings {
        clock: Arc::new(clock.clone()),
        random: Arc::new(Counter::default()),
        progress: Arc::default(),
        clients: Arc::default(),
        read_only: None,
        command: "abmctl assign".to_owned(),
        waiting: {
            let waits = Arc::clone(&waits);
            Arc::new(move |waiting| waits.lock().unwrap().push(waiting.clone()))
        },
    };
    World {
        clock,
        http: Http::new(network, timeout, Duration::from_secs(900), surroundings),
        waits,
    }
}

impl World {
    /// The waits so far, in milliseconds.
    pub fn waits(&self) -> Vec<u128> {
        let waits = self.waits.lock().unwrap();
        waits.iter().map(|wait| wait.wait.as_millis()).collect()
    }

    /// What was said before the last wait.
    pub fn last_reason(&self) -> String {
        self.waits.lock().unwrap().last().unwrap().why.clone()
    }

    /// The same way out with another limit.
    pub fn patient(&self, seconds: u64) -> Http {
        self.http.with_patience(Patience {
            limit: Duration::from_secs(seconds),
            since: None,
            stop: None,
        })
    }
}
