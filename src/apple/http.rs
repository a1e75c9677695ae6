//! The one way out: every request to Apple goes through here.
//!
//! Origin check, limits of time, size, and number, retries, tracing, redaction. Redirects are never followed, because a
//! credential would go with them.

mod connection;
mod message;
mod origin;
mod patience;
mod turn;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use tokio::sync::Semaphore;

pub use connection::Clients;
use connection::{connecting, transport};
pub use message::{Request, Response};
pub use origin::{Credential, Origin};
pub use patience::{Patience, Progress};
pub use turn::Turn;

use super::error::{Cause, Failure};
use super::retry::{Outcome, Repeat, Verdict, Wait, verdict, wait};
use crate::host::{Clock, Random};
pub use crate::network::Network;

/// Requests under way at once. Apple drops HTTP/2 streams above about four (observed).
const AT_ONCE: usize = 4;
/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// Jitter may double it.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// Headers whose values are never shown.
const SECRET_HEADERS: [&str; 4] = [
    "authorization",
    "x-adm-auth-session",
    "set-cookie",
    "proxy-authorization",
];
/// Headers with addresses, which aren't shown where that of the request is secret.
const ADDRESS_HEADERS: [&str; 4] = ["location", "content-location", "link", "refresh"];

/// A wait that is about to begin.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What came of the last attempt, in short.
    pub why: String,
    /// It is for Apple's limit, and so nothing is wrong.
    pub limited: bool,
    /// How long.
    pub wait: Duration,
}

/// What the way out needs from its surroundings.
#[derive(Clone)]
pub struct Surroundings {
    /// The clock that waits are counted on.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub random: Arc<dyn Random>,
    /// Told before each wait.
    pub waiting: Arc<dyn Fn(&Waiting) + Send + Sync>,
    /// The last success of the command, which all of its clients share.
    pub progress: Arc<Progress>,
    /// Why nothing may be sent that isn't a read, if it may not, as a part of a sentence.
    pub read_only: Option<String>,
    /// The command that runs, such as `abmctl assign`, for whoever waits for its locks.
    pub command: String,
    /// The connections, which other ways out may share.
    pub clients: Arc<Clients>,
}

/// The way out. Cheap to clone; clones share connections and limits.
#[derive(Clone)]
pub struct Http {
    shared: Arc<Shared>,
    patience: Patience,
    turn: Turn,
}

struct Shared {
    network: Network,
    timeout: Duration,
    surroundings: Surroundings,
    permits: Semaphore,
}

impl Http {
    /// A way out with `timeout` for one attempt and `max_wait` for all waiting since the last success.
    ///
    /// The client behind it is built on first use, since that takes milliseconds.
    pub fn new(
        network: Network,
        timeout: Duration,
        max_wait: Duration,
        surroundings: Surroundings,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                network,
                timeout,
                surroundings,
                permits: Semaphore::new(AT_ONCE),
            }),
            patience: Patience {
                limit: max_wait,
                since: None,
                stop: None,
            },
            turn: Turn::default(),
        }
    }

    /// The same way out with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self {
            patience,
            ..self.clone()
        }
    }

    /// The clock that waits are counted on.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.surroundings.clock
    }

    /// Where random bytes come from.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.shared.surroundings.random
    }

    /// Runs `attempt` until it succeeds, can't be repeated, or the patience is over.
    ///
    /// Each attempt builds a new request, so that what must be unique (nonce, `jti`) is.
    pub async fn repeat<T, F, A>(&self, repeat: Repeat, mut attempt: F) -> Result<T, Failure>
    where
        F: FnMut() -> A,
        A: Future<Output = Result<T, Failure>>,
    {
        let mut seed = [0; 8];
        self.random().fill(&mut seed);
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_BACKOFF)
            .with_max_delay(LONGEST_BACKOFF)
            .with_factor(2.0)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(u64::from_le_bytes(seed));
        let again_at = Mutex::new(None);
        // Apple may have acted on an earlier attempt, whatever comes of a later one.
        let mut earlier: Option<Failure> = None;
        let sleeper = self.clone();
        let stopped = || self.patience.stopped();
        let result = (|| attempt())
            .retry(backoff)
            .sleep(move |duration| {
                let http = sleeper.clone();
                async move { http.pause(duration).await }
            })
            .when(|failure: &Failure| {
                let again = !stopped() && verdict(repeat, failure.outcome()) == Verdict::Repeat;
                if again && !failure.not_acted_on() {
                    earlier = Some(failure.clone());
                }
                again
            })
            .adjust(|failure: &Failure, backoff| {
                let now = self.clock().now();
                let asked = failure.answer().and_then(|answer| answer.retry_after);
                let backoff = backoff.unwrap_or(LONGEST_BACKOFF);
                match wait(asked, backoff, self.waited(), self.patience.limit) {
                    Wait::For(wait) => {
                        (self.shared.surroundings.waiting)(&Waiting {
                            why: failure.brief(),
                            limited: failure.outcome() == Outcome::Status(429),
                            wait,
                        });
                        Some(wait)
                    }
                    Wait::TooLong(wait) => {
                        let wait = jiff::SignedDuration::try_from(wait).unwrap_or_default();
                        *lock(&again_at) = now.checked_add(wait).ok();
                        None
                    }
                }
            })
            .await;
        result.map_err(|failure| {
            let failure = Failure {
                again_at: lock(&again_at).or(failure.again_at),
                ..failure
            };
            match earlier {
                Some(earlier) => failure.after(&earlier),
                None => failure,
            }
        })
    }

    /// Waits before a request is sent again that failed like this for the `attempt`th time, for as long as the answer asks to;
    /// false, without a wait, if that is longer than `left`, and if the patience is told to stop.
    pub async fn wait_to_retry(
        &self,
        failure: Option<&Failure>,
        attempt: u32,
        left: Duration,
    ) -> bool {
        let answer = failure.and_then(Failure::answer);
        let asked = answer.and_then(|answer| answer.retry_after);
        let backoff = FIRST_BACKOFF.saturating_mul(1 << attempt.saturating_sub(1).min(5));
        let backoff = backoff.min(LONGEST_BACKOFF);
        let mut jitter = [0; 2];
        self.random().fill(&mut jitter);
        let jitter = f64::from(u16::from_le_bytes(jitter)) / f64::from(u16::MAX);
        let backoff = backoff.mul_f64(1.0 + jitter);
        let Wait::For(duration) = wait(asked, backoff, Duration::ZERO, left) else {
            return false;
        };
        (self.shared.surroundings.waiting)(&Waiting {
            why: failure.map_or_else(String::new, Failure::brief),
            limited: answer.is_some_and(|answer| answer.status == 429),
            wait: duration,
        });
        self.pause(duration).await;
        !self.patience.stopped()
    }

    /// Sends a request once, whatever comes of it; any complete answer is a success here.
    pub async fn once(&self, request: &Request) -> Result<Response, Failure> {
        let fail = |cause| Failure::new(request.name(), cause);
        if self.patience.stopped() {
            return Err(fail(Cause::Interrupted));
        }
        let target = Origin::of(&request.url).map_err(fail)?;
        if let Some(credential) = &request.credential
            && credential.origin != target
        {
            return Err(fail(Cause::OffOrigin(request.url.to_string())));
        }
        if let (Some(why), false) = (&self.shared.surroundings.read_only, request.is_a_read()) {
            let why = format!("{} was not sent, because {why}", request.name());
            return Err(fail(Cause::Local(why)));
        }
        let client = self.client().map_err(|why| fail(Cause::Local(why)))?;
        let _permit = match self.turn {
            Turn::Beside => None,
            Turn::InTurn => match self.shared.permits.acquire().await {
                Ok(permit) => Some(permit),
                Err(_) => return Err(fail(Cause::Interrupted)),
            },
        };
        let started = self.clock().now();
        let result = self.exchange(&client, request).await;
        self.note(request, &result, started);
        self.trace(request, &result, started);
        result
    }

    async fn exchange(
        &self,
        client: &reqwest::Client,
        request: &Request,
    ) -> Result<Response, Failure> {
        let fail = |cause| Failure::new(request.name(), cause);
        let started = self.clock().now();
        let mut builder = client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone());
        if !request.headers.contains_key(ACCEPT) {
            builder = builder.header(ACCEPT, "application/json");
        }
        if let Some(credential) = &request.credential {
            builder = builder.header(credential.name.clone(), credential.value.clone());
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let timeout = self.shared.timeout;
        let mut answer = match builder.send().await {
            Ok(answer) => answer,
            Err(error) => {
                self.shared.surroundings.clients.failed(&error, None);
                let network = &self.shared.network;
                let limit = connecting(timeout);
                return Err(fail(
                    match Box::pin(network.proxy_refusal(&error, &request.url, limit)).await {
                        Some(refusal) => Cause::Proxy(refusal),
                        None => match transport(&error, timeout) {
                            Cause::NotSent(why) => {
                                Cause::NotSent(network.with_proxy(why, &request.url))
                            }
                            cause => cause,
                        },
                    },
                ));
            }
        };
        let status = answer.status();
        let mut headers = answer.headers().clone();
        for (name, value) in &mut headers {
            let is_secret = SECRET_HEADERS.contains(&name.as_str())
                || (request.secret_address && ADDRESS_HEADERS.contains(&name.as_str()));
            if is_secret {
                value.set_sensitive(true);
            }
        }
        let mut body = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST_BODY => {
                    return Err(fail(Cause::TooLarge(LARGEST_BODY)));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => {
                    let clients = &self.shared.surroundings.clients;
                    clients.failed(&error, Some(answer.version()));
                    return Err(fail(transport(&error, timeout)));
                }
            }
        }
        if !status.is_success() {
            body = request.without_secrets(body);
        }
        let received_at = self.clock().now();
        Ok(Response {
            status,
            headers,
            body,
            request: request.name(),
            took: Duration::try_from(received_at.duration_since(started)).unwrap_or_default(),
            received_at,
        })
    }

    fn client(&self) -> Result<reqwest::Client, String> {
        let Shared {
            network,
            timeout,
            surroundings,
            ..
        } = &*self.shared;
        surroundings.clients.client(network, *timeout)
    }

    fn trace(&self, request: &Request, result: &Result<Response, Failure>, started: Timestamp) {
        let took = self.clock().now().duration_since(started).as_millis();
        let outcome = match result {
            Ok(response) => response.status.as_u16().to_string(),
            Err(failure) => failure.to_string(),
        };
        tracing::info!(target: "abmctl::http", "{} {outcome} {took} ms", request.name());
        if tracing::enabled!(target: "abmctl::http", tracing::Level::DEBUG) {
            tracing::debug!(target: "abmctl::http", "> {} {}", request.method, request.shown_url());
            for (name, value) in &request.headers {
                tracing::debug!(target: "abmctl::http", "> {}", shown(name, value));
            }
            if let Some(credential) = &request.credential {
                tracing::debug!(target: "abmctl::http", "> {}: (not shown)", credential.name);
            }
            if let Ok(response) = result {
                for (name, value) in &response.headers {
                    tracing::debug!(target: "abmctl::http", "< {}", shown(name, value));
                }
            }
        }
    }
}

/// A header line without a secret in it.
fn shown(name: &HeaderName, value: &HeaderValue) -> String {
    if value.is_sensitive() || SECRET_HEADERS.contains(&name.as_str()) {
        format!("{name}: (not shown)")
    } else {
        format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
    }
}

/// The value, also where a thread panicked with it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
