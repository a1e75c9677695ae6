//! An HTTP and DNS client that behaves like a device: it reads the well-known resource, follows redirects, and finds where to enroll.
//!
//! It has its own client, which follows redirects, records every step, and never sends
//! a credential.

mod addresses;
mod beside;
pub mod dns;
mod exchange;
mod failure;
mod tls;
mod tls_failure;
mod version_27;
mod walk;

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::UnixTime;
use tokio::sync::OnceCell;

use crate::core::service_discovery::{Code, DiscoveredServer, Fallback, Finding, Weight};
use crate::host::Clock;
use crate::network::{self, Network};
use addresses::Addresses;
use tls::HostTls;

pub use crate::core::lookup::{Override, ResolverAddress};
pub use walk::Start;

/// Where names are looked up, by what was said for one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// Addresses to use for names; the first that matches counts.
    pub resolve: Vec<Override>,
    /// The resolver to ask in place of the system's.
    pub resolver: Option<ResolverAddress>,
}

/// What a view needs from outside.
#[derive(Clone)]
pub struct Settings {
    /// Proxy and further roots of trust.
    pub network: Network,
    /// For one request or connection.
    pub timeout: Duration,
    /// Addresses to use for names; the first that matches counts.
    pub overrides: Vec<Override>,
    /// The resolver to ask in place of the system's.
    pub resolver: Option<ResolverAddress>,
    /// Never leave this machine: ask a resolver on loopback alone, and connect to loopback alone.
    pub confined: bool,
    /// The clock that certificates are judged by.
    pub clock: Arc<dyn Clock>,
}

/// An HTTP and DNS client that behaves like a device. One for a run: names and connections that were tried are not tried again.
pub struct View {
    network: Network,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    verifier: Arc<dyn ServerCertVerifier>,
    tls: rustls::ClientConfig,
    host_tls: Mutex<HashMap<Place, Arc<HostTls>>>,
    addresses: Addresses,
    clients: Mutex<HashMap<Place, reqwest::Client>>,
    connections: Mutex<HashMap<Place, Once<Connection>>>,
    /// What was found beside the place of a document, by host.
    beside: Mutex<HashMap<String, Once<beside::Beside>>>,
}

/// A host and a port.
type Place = (String, u16);

/// What is found out once, also where several ask at the same time.
type Once<T> = Arc<OnceCell<T>>;

/// What came of a connection that was only made.
#[derive(Debug, Clone)]
struct Connection {
    address: Option<SocketAddr>,
    finding: Option<Finding>,
    /// Why it was not made at all.
    skipped: Option<String>,
    took: Duration,
}

impl View {
    /// Reads the roots of trust, which takes milliseconds; an error if `SSL_CERT_FILE` can't be used.
    pub fn new(settings: Settings) -> Result<Self, String> {
        network::generator::start();
        let time = Arc::new(Time(Arc::clone(&settings.clock)));
        let verifier = settings.network.verifier()?;
        let mut tls = network::tls(network::provider(), time, Arc::clone(&verifier))?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            addresses: Addresses::new(
                settings.overrides,
                settings.resolver,
                settings.timeout,
                settings.confined,
            ),
            network: settings.network,
            timeout: settings.timeout,
            clock: settings.clock,
            verifier,
            tls,
            host_tls: Mutex::default(),
            clients: Mutex::default(),
            connections: Mutex::default(),
            beside: Mutex::default(),
        })
    }
}

/// The injected clock, as rustls asks for it.
struct Time(Arc<dyn Clock>);

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

impl rustls::time_provider::TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// The value, also where a thread panicked with it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Asks where to enroll.
    Discovery,
    /// Asks the same again by another name, to explain a refusal.
    Explanation,
    /// Connects to where the device would enroll; sends nothing.
    BaseUrl,
    /// Asks the enrollment URL whether it wants a bearer token: `--probe-enrollment`.
    Probe,
    /// Connects to Apple's host of the fallback; sends nothing.
    AppleHost,
}

/// One request or connection, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is for.
    pub purpose: Purpose,
    /// `GET`, `POST`; `None` if only a connection was made.
    pub method: Option<&'static str>,
    /// The whole URL that was asked.
    pub url: String,
    /// What it called itself.
    pub user_agent: Option<&'static str>,
    /// The address that was connected to, if one was.
    pub address: Option<SocketAddr>,
    /// What came back; `None` if no answer did, or none was asked for.
    pub answer: Option<Seen>,
    /// Why there is none: a sentence.
    pub failure: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// What of an answer is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub status: u16,
    /// Every `Content-Type`.
    pub content_types: Vec<String>,
    /// `Location`, as it came.
    pub location: Option<String>,
    /// `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The start of the body, as text without control characters, at most 2,000 characters.
    pub body_start: String,
    /// The length of the body in bytes.
    pub body_length: usize,
}

/// The whole way of one device from one URL, and what was found on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Each step, in its order.
    pub steps: Vec<Step>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// Where the device would enroll; `None` if it got no document that it can use.
    pub server: Option<DiscoveredServer>,
}

impl Walk {
    /// What keeps the device from enrolling on this way; `None` if it would enroll.
    pub fn failure(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.code.weight() == Weight::Fails)
    }

    /// Whether a device whose domain answered so goes on to ask Apple; `Never` if it would enroll.
    pub fn fallback(&self) -> Fallback {
        self.failure()
            .map_or(Fallback::Never, |finding| finding.code.fallback())
    }

    /// Adds findings, each once.
    fn add(&mut self, found: impl IntoIterator<Item = Finding>) {
        for finding in found {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }

    /// Puts the worst first.
    fn sort(&mut self) {
        // A lost query explains why what follows it went wrong, if that depends on the query.
        let depends = |it: &Finding| it.code.may_come_of_lost_query();
        let lost_first = self.server.is_none() && self.failure().is_none_or(depends);
        self.findings.sort_by_key(|finding| match finding.code {
            Code::RedirectLostQuery if lost_first => 0,
            code if code.weight() == Weight::Fails => 1,
            _ => 2,
        });
    }
}
