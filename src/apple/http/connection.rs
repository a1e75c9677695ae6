//! Connections: proxy, roots of trust, time limits, and failures.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Version;
use reqwest::header::{HeaderMap, HeaderValue, USER_AGENT};
use rustls::pki_types::CertificateDer;

use super::{AT_ONCE, lock};
use crate::apple::error::Cause;
use crate::network::{AGENT, Network, tls_error, tls_words};

/// The longest that making a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);

/// After this many broken streams of HTTP/2 the rest of a run uses HTTP/1.1: Apple now and then sends a header that breaks each stream of a
/// connection (observed).
const BROKEN_STREAMS: u32 = 2;

/// The version of HTTP that a client may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// HTTP/2 if the other side can.
    Negotiated,
    Http1,
}

/// The connections of one run: ways out with the same proxy, roots and time limit have one client behind them, and share what it
/// keeps open. What they may do at once, and how long they wait, is each one's own.
#[derive(Default)]
pub struct Clients {
    kept: Mutex<Vec<KeptClient>>,
    broken_streams: AtomicU32,
}

struct KeptClient {
    network: Network,
    timeout: Duration,
    protocol: Protocol,
    client: Result<reqwest::Client, String>,
}

impl Clients {
    /// The client for these settings. It is built on first use, since that takes milliseconds.
    pub(super) fn client(
        &self,
        network: &Network,
        timeout: Duration,
    ) -> Result<reqwest::Client, String> {
        let protocol = self.protocol();
        let mut kept = lock(&self.kept);
        let same = |it: &&KeptClient| {
            it.network == *network && it.timeout == timeout && it.protocol == protocol
        };
        if let Some(known) = kept.iter().find(same) {
            return known.client.clone();
        }
        let client = build(network, timeout, protocol);
        kept.push(KeptClient {
            network: network.clone(),
            timeout,
            protocol,
            client: client.clone(),
        });
        client
    }

    /// Notes how a request failed whose answer, if there was one, began in this version.
    pub(super) fn failed(&self, error: &reqwest::Error, version: Option<Version>) {
        if version == Some(Version::HTTP_2) || is_of_http2(error) {
            let before = self.broken_streams.fetch_add(1, Ordering::Relaxed);
            if before + 1 == BROKEN_STREAMS {
                tracing::info!(
                    target: "abmctl::http",
                    "{BROKEN_STREAMS} HTTP/2 streams broke. abmctl uses HTTP/1.1 for the rest of this run."
                );
            }
        }
    }

    fn protocol(&self) -> Protocol {
        if self.broken_streams.load(Ordering::Relaxed) < BROKEN_STREAMS {
            Protocol::Negotiated
        } else {
            Protocol::Http1
        }
    }
}

/// Whether it is HTTP/2 that failed. The type of the error behind it can't be named from here.
fn is_of_http2(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.to_string().starts_with("http2 error") {
            return true;
        }
        source = inner.source();
    }
    false
}

/// The client behind the way out, which follows no redirects and repeats nothing of its own accord.
fn build(
    network: &Network,
    timeout: Duration,
    protocol: Protocol,
) -> Result<reqwest::Client, String> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let mut builder = reqwest::Client::builder()
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(connecting(timeout))
        .timeout(timeout)
        .pool_max_idle_per_host(AT_ONCE)
        .no_proxy();
    if protocol == Protocol::Http1 {
        builder = builder.http1_only();
    }
    if let Some(proxy) = network.https_proxy()? {
        builder = builder.proxy(proxy);
    }
    with_roots(builder, network)?
        .build()
        .map_err(|error| format!("abmctl can't create the HTTPS client: {error}"))
}

/// The Keychain's roots, and the further ones.
#[cfg(target_os = "macos")]
fn with_roots(
    builder: reqwest::ClientBuilder,
    network: &Network,
) -> Result<reqwest::ClientBuilder, String> {
    Ok(builder.tls_certs_merge(as_roots(network.further_roots()?)))
}

/// The distribution's roots, and the further ones. All are given: else the verifier would itself read `SSL_CERT_FILE` and
/// `SSL_CERT_DIR`, in place of the system's roots and even if they are empty.
#[cfg(not(target_os = "macos"))]
fn with_roots(
    builder: reqwest::ClientBuilder,
    network: &Network,
) -> Result<reqwest::ClientBuilder, String> {
    Ok(builder.tls_certs_only(as_roots(network.roots()?)))
}

fn as_roots(certificates: Vec<CertificateDer<'static>>) -> Vec<reqwest::Certificate> {
    certificates
        .into_iter()
        .filter_map(|certificate| reqwest::Certificate::from_der(&certificate).ok())
        .collect()
}

/// The time to connect: shorter than that of the whole attempt, or the two end at the same moment and nobody can tell
/// that nothing was sent.
pub(super) fn connecting(timeout: Duration) -> Duration {
    CONNECTING.min(timeout.mul_f32(0.9))
}

/// The kind of a failure without a cause behind it.
fn words(error: &reqwest::Error) -> String {
    let what = if error.is_builder() {
        "the request can't be built"
    } else if error.is_body() {
        "the body broke off"
    } else if error.is_decode() {
        "the body can't be decoded"
    } else {
        "the request failed"
    };
    what.to_owned()
}

/// What a failed exchange means.
pub(super) fn transport(error: &reqwest::Error, timeout: Duration) -> Cause {
    use std::io::ErrorKind::{InvalidData, InvalidInput};
    // Its own words have the address, which may be secret. The causes behind it say more.
    let mut why = words(error);
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    let mut tls = false;
    let mut damaged = false;
    while let Some(inner) = source {
        why = tls_error(inner).map_or_else(|| inner.to_string(), tls_words);
        // What was there to decode is no gzip; an end that comes too early has another kind.
        damaged |= inner
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| matches!(error.kind(), InvalidData | InvalidInput));
        tls |= tls_error(inner).is_some();
        source = inner.source();
    }
    // After the handshake it is a connection that broke, and the request may have been acted on.
    if tls && error.is_connect() {
        Cause::Tls(why)
    } else if error.is_timeout() {
        Cause::TimedOut {
            after: if error.is_connect() {
                connecting(timeout)
            } else {
                timeout
            },
            connecting: error.is_connect(),
        }
    } else if error.is_connect() {
        Cause::NotSent(why)
    } else if damaged && !tls {
        Cause::Unreadable(format!("its encoding is damaged: {why}"))
    } else {
        Cause::Broken(why)
    }
}
