//! Connections: proxy, roots of trust, limits of time, and what it means when one fails.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, USER_AGENT};

use super::{AGENT, AT_ONCE};
use crate::apple::error::Cause;

/// The longest that making a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);

/// Where a proxy and further roots of trust come from. Prints without the proxy, whose address may have a password.
#[derive(Clone, Default)]
pub struct Network {
    /// `HTTPS_PROXY`.
    pub proxy: Option<String>,
    /// `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// `SSL_CERT_FILE`, added to the system's roots.
    pub certificates: Option<PathBuf>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("no_proxy", &self.no_proxy)
            .field("certificates", &self.certificates)
            .finish_non_exhaustive()
    }
}

/// The client behind the way out, which follows no redirects and repeats nothing of its own accord.
pub(super) fn build(network: &Network, timeout: Duration) -> Result<reqwest::Client, String> {
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
    if let Some(proxy) = &network.proxy {
        // Loopback is never proxied, whatever NO_PROXY says.
        let except = match &network.no_proxy {
            Some(names) => format!("localhost,127.0.0.0/8,::1,{names}"),
            None => "localhost,127.0.0.0/8,::1".to_owned(),
        };
        let proxy = reqwest::Proxy::https(proxy)
            .map_err(|_| "HTTPS_PROXY is not the address of a proxy".to_owned())?
            .no_proxy(reqwest::NoProxy::from_string(&except));
        builder = builder.proxy(proxy);
    }
    if let Some(file) = &network.certificates {
        let certificates = certificates_in(file);
        if certificates.is_empty() {
            return Err(format!(
                "SSL_CERT_FILE names {}, which has no certificate in it that can be read",
                file.display()
            ));
        }
        builder = with_roots(builder, certificates);
    }
    builder
        .build()
        .map_err(|error| format!("The HTTPS client can't be made: {error}"))
}

fn certificates_in(file: &Path) -> Vec<reqwest::Certificate> {
    rustls_native_certs::load_certs_from_paths(Some(file), None)
        .certs
        .iter()
        .filter_map(|certificate| reqwest::Certificate::from_der(certificate).ok())
        .collect()
}

/// With the Keychain's verifier, certificates are added to its own.
#[cfg(target_os = "macos")]
fn with_roots(
    builder: reqwest::ClientBuilder,
    certificates: Vec<reqwest::Certificate>,
) -> reqwest::ClientBuilder {
    builder.tls_certs_merge(certificates)
}

/// Elsewhere the verifier would itself read `SSL_CERT_FILE` in place of the system's roots, so all are given.
#[cfg(not(target_os = "macos"))]
fn with_roots(
    builder: reqwest::ClientBuilder,
    mut certificates: Vec<reqwest::Certificate>,
) -> reqwest::ClientBuilder {
    let bundle = openssl_probe::candidate_cert_dirs()
        .flat_map(|folder| BUNDLES.map(|bundle| folder.join(bundle)))
        .find(|bundle| bundle.is_file());
    if let Some(bundle) = bundle {
        certificates.extend(certificates_in(&bundle));
    }
    builder.tls_certs_only(certificates)
}

/// Where the distributions keep the bundle of roots, seen from their folder of certificates.
#[cfg(not(target_os = "macos"))]
const BUNDLES: [&str; 4] = [
    "ca-certificates.crt",
    "ca-bundle.crt",
    "../cert.pem",
    "../ca-bundle.pem",
];

/// The time to connect: shorter than that of the whole attempt, or the two end at the same moment and nobody can tell
/// that nothing was sent.
fn connecting(timeout: Duration) -> Duration {
    CONNECTING.min(timeout.mul_f32(0.9))
}

/// Whether rustls refused something. Its error comes inside of an `io::Error` inside of another, and `source` shows
/// neither.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let inside = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inside.is_some_and(|inside| is_tls(inside))
}

/// What a failed exchange means.
pub(super) fn transport(error: &reqwest::Error, timeout: Duration) -> Cause {
    use std::io::ErrorKind::{InvalidData, InvalidInput};
    let mut why = error.to_string();
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    let mut tls = false;
    let mut damaged = false;
    while let Some(inner) = source {
        why = inner.to_string();
        // What was there to decode is no gzip; an end that comes too early has another kind.
        damaged |= inner
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| matches!(error.kind(), InvalidData | InvalidInput));
        tls |= is_tls(inner);
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
