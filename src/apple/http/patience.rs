//! Retry budget: the time that a command waits and retries, one for all of its requests, counted from the last success.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::{Http, Request, Response, lock};
use crate::apple::error::Failure;
use crate::private_files::Claimant;

/// Retry budget: the time limit and the stop signal.
#[derive(Debug, Clone)]
pub struct Patience {
    /// The longest time without a success.
    pub limit: Duration,
    /// Counted from here rather than from the last success.
    pub since: Option<Timestamp>,
    /// Turns true when waiting should end.
    pub stop: Option<watch::Receiver<bool>>,
}

impl Patience {
    pub(super) fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }
}

/// Since when nothing has succeeded, in one command. All requests share it: what fails again in other words (another server,
/// a smaller window, the next page) gets no extra time.
#[derive(Debug, Default)]
pub struct Progress(Mutex<Moments>);

#[derive(Debug, Default)]
struct Moments {
    last_success: Option<Timestamp>,
    /// The start of the first failure since then. The time before it was not spent on waiting.
    failing_since: Option<Timestamp>,
}

impl Progress {
    fn succeeded(&self, now: Timestamp) {
        *lock(&self.0) = Moments {
            last_success: Some(now),
            failing_since: None,
        };
    }

    /// Notes a failure of what began at `started`.
    fn failed(&self, started: Timestamp) {
        let mut moments = lock(&self.0);
        let since = moments.last_success.map_or(started, |at| at.max(started));
        moments.failing_since.get_or_insert(since);
    }

    fn failing_since(&self) -> Option<Timestamp> {
        lock(&self.0).failing_since
    }
}

impl Http {
    /// The patience that requests have.
    pub fn patience(&self) -> &Patience {
        &self.patience
    }

    /// What is left of the patience.
    pub fn left(&self) -> Duration {
        self.patience.limit.saturating_sub(self.waited())
    }

    /// The start of the first failure since the last success; `None` if nothing has failed since.
    pub fn failing_since(&self) -> Option<Timestamp> {
        self.progress().failing_since()
    }

    /// Notes that something else than a request was waited for in vain since `started`.
    pub fn waited_in_vain(&self, started: Timestamp) {
        self.progress().failed(started);
    }

    /// Who asks for a lock in the name of this command.
    pub fn claimant(&self) -> Claimant<'_> {
        Claimant {
            command: &self.shared.surroundings.command,
            clock: self.clock().as_ref(),
        }
    }

    /// Resolves when the patience is told to stop; otherwise never.
    pub async fn stopped(&self) {
        match self.patience.stop.clone() {
            Some(mut stop) => turned(&mut stop).await,
            None => std::future::pending().await,
        }
    }

    /// Waits, or until the patience is told to stop.
    pub async fn pause(&self, duration: Duration) {
        tokio::select! {
            () = self.clock().sleep(duration) => {}
            () = self.stopped() => {}
        }
    }

    /// The time without a success.
    pub(super) fn waited(&self) -> Duration {
        let since = self.patience.since.or_else(|| self.failing_since());
        let now = self.clock().now();
        since.map_or(Duration::ZERO, |since| {
            Duration::try_from(now.duration_since(since)).unwrap_or_default()
        })
    }

    /// Notes what came of an attempt. Only the success of a request that is wanted for itself is one: a token that opens
    /// nothing would renew the patience forever.
    pub(super) fn note(
        &self,
        request: &Request,
        result: &Result<Response, Failure>,
        started: Timestamp,
    ) {
        match result {
            Ok(response) if response.status.is_success() => {
                if !request.preparatory {
                    self.progress().succeeded(self.clock().now());
                }
            }
            _ => self.progress().failed(started),
        }
    }

    fn progress(&self) -> &Progress {
        &self.shared.surroundings.progress
    }
}

/// Resolves when `stop` turns true; never, when nobody is left who could turn it.
async fn turned(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}
