//! The one way out: every request to Apple goes through here.
//!
//! Origin check, limits of time, size and number, repeating, tracing, redaction. Redirects are never followed, since a
//! credential would go with them.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT,
};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, watch};
use url::Url;

use super::error::{Answer, Cause, Failure};
use super::retry::{Repeat, Verdict, Wait, verdict, wait};
use crate::host::{Clock, Random};

/// What this program calls itself; Device Assignment Services refuse some other clients' names (observed).
pub const AGENT: &str = concat!("abmctl/", env!("CARGO_PKG_VERSION"));

/// Requests under way at once. Apple drops HTTP/2 streams above about four (observed).
const AT_ONCE: usize = 4;
/// The longest that making a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);
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

/// Scheme, host and port of a service: where a credential belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// The origin of `url`: https, or http on loopback only.
    pub fn of(url: &Url) -> Result<Self, Cause> {
        let loopback = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let ok = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        if !ok || url.host().is_none() {
            return Err(Cause::OffOrigin(url.to_string()));
        }
        let mut origin = url.clone();
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self(origin))
    }

    /// A URL below this origin, from path segments and query pairs, each encoded.
    ///
    /// A segment that is empty, `.` or `..` would change the path's shape and is refused.
    pub fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Url, Cause> {
        let mut url = self.0.clone();
        for segment in segments {
            if segment.is_empty() || *segment == "." || *segment == ".." {
                return Err(Cause::Local(format!(
                    "\"{segment}\" can't be a part of an address"
                )));
            }
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// A link that Apple sent, if it stays on this origin.
    pub fn follow(&self, link: &str) -> Result<Url, Cause> {
        let url = self
            .0
            .join(link)
            .map_err(|_| Cause::Unexpected(format!("the link \"{link}\" is not an address")))?;
        if url.origin() == self.0.origin() && url.username().is_empty() && url.password().is_none()
        {
            Ok(url)
        } else {
            Err(Cause::OffOrigin(url.to_string()))
        }
    }

    /// The origin as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

/// A header that opens a service, and the origin that it belongs to.
#[derive(Clone)]
pub struct Credential {
    origin: Origin,
    name: HeaderName,
    value: HeaderValue,
}

impl Credential {
    /// `name: value`, for requests to `origin` alone.
    pub fn new(origin: &Origin, name: HeaderName, value: &str) -> Result<Self, Cause> {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            Cause::Local("The credential has characters that no header takes".into())
        })?;
        value.set_sensitive(true);
        Ok(Self {
            origin: origin.clone(),
            name,
            value,
        })
    }

    /// `Authorization: Bearer TOKEN`, for requests to `origin` alone.
    pub fn bearer(origin: &Origin, token: &str) -> Result<Self, Cause> {
        Self::new(origin, AUTHORIZATION, &format!("Bearer {token}"))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({}, for {})", self.name, self.origin.as_str())
    }
}

/// One request, as it is sent in one attempt.
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    credential: Option<Credential>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request without a body and without a credential.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            credential: None,
            body: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds the credential; refused in [`Http::once`] where the request leads elsewhere.
    #[must_use]
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credential = Some(credential);
        self
    }

    /// Adds a body of that content type.
    #[must_use]
    pub fn body(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Some(body);
        self
    }

    /// Method and path, for messages.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.url.path())
    }
}

/// A complete answer of any status.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Vec<u8>,
    /// Method and path of the request, for messages.
    pub request: String,
    received_at: Timestamp,
}

/// Without the body, which may hold a token.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Response {
    /// The same, if the status is a success.
    pub fn success(self) -> Result<Self, Failure> {
        if self.status.is_success() {
            return Ok(self);
        }
        let cause = match self.headers.get(LOCATION) {
            Some(to) if self.status.is_redirection() => {
                Cause::Redirect(String::from_utf8_lossy(to.as_bytes()).into_owned())
            }
            _ => Cause::Answer(Box::new(self.answer())),
        };
        Err(Failure::new(self.request, cause))
    }

    /// What Apple says in an answer that is not a success.
    pub fn answer(&self) -> Answer {
        Answer::read(
            self.status.as_u16(),
            &self.headers,
            &self.body,
            self.received_at,
        )
    }

    /// The body as JSON; an error names the member that is not as expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let unreadable = |why: String| Failure::new(self.request.clone(), Cause::Unreadable(why));
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            if error.path().iter().next().is_none()
                && self.body.trim_ascii_start().first() != Some(&b'{')
            {
                return unreadable("it is not a JSON document".into());
            }
            unreadable(format!("{}: {}", error.path(), error.inner()))
        })?;
        reader
            .end()
            .map_err(|_| unreadable("something follows the JSON document".into()))?;
        Ok(value)
    }
}

/// Where a proxy and further roots of trust come from.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// `HTTPS_PROXY`.
    pub proxy: Option<String>,
    /// `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// `SSL_CERT_FILE`, added to the system's roots.
    pub certificates: Option<PathBuf>,
}

/// How long repeating may go on, and what ends it early.
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
    fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }
}

/// A wait that is about to begin.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What came of the last attempt, in short.
    pub why: String,
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
}

/// The way out. Cheap to clone; clones share connections and limits.
#[derive(Clone)]
pub struct Http {
    shared: Arc<Shared>,
    patience: Patience,
}

struct Shared {
    client: OnceLock<Result<reqwest::Client, String>>,
    network: Network,
    timeout: Duration,
    surroundings: Surroundings,
    permits: Semaphore,
    last_success: Mutex<Option<Timestamp>>,
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
                client: OnceLock::new(),
                network,
                timeout,
                surroundings,
                permits: Semaphore::new(AT_ONCE),
                last_success: Mutex::new(None),
            }),
            patience: Patience {
                limit: max_wait,
                since: None,
                stop: None,
            },
        }
    }

    /// The same way out with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            patience,
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

    /// The longest time that waiting may take without a success.
    pub fn max_wait(&self) -> Duration {
        self.patience.limit
    }

    /// Runs `attempt` until it succeeds, can't be repeated, or the patience is over.
    ///
    /// Each attempt makes its request anew, so that what must be unique (nonce, `jti`) is.
    pub async fn repeat<T, F, A>(&self, repeat: Repeat, mut attempt: F) -> Result<T, Failure>
    where
        F: FnMut() -> A,
        A: Future<Output = Result<T, Failure>>,
    {
        let clock = Arc::clone(self.clock());
        let started = clock.now();
        let mut seed = [0; 8];
        self.random().fill(&mut seed);
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_BACKOFF)
            .with_max_delay(LONGEST_BACKOFF)
            .with_factor(2.0)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(u64::from_le_bytes(seed));
        let again_at = Cell::new(None);
        let stop = self.patience.stop.clone();
        let stopped = || self.patience.stopped();
        let result = (|| attempt())
            .retry(backoff)
            .sleep(move |duration| rest(clock.sleep(duration), stop.clone()))
            .when(|failure: &Failure| {
                !stopped() && verdict(repeat, failure.outcome()) == Verdict::Repeat
            })
            .adjust(|failure: &Failure, backoff| {
                let now = self.clock().now();
                let asked = failure.answer().and_then(|answer| answer.retry_after);
                let backoff = backoff.unwrap_or(LONGEST_BACKOFF);
                match wait(
                    asked,
                    backoff,
                    self.waited(started, now),
                    self.patience.limit,
                ) {
                    Wait::For(wait) => {
                        (self.shared.surroundings.waiting)(&Waiting {
                            why: failure.brief(),
                            wait,
                        });
                        Some(wait)
                    }
                    Wait::TooLong(wait) => {
                        let wait = jiff::SignedDuration::try_from(wait).unwrap_or_default();
                        again_at.set(now.checked_add(wait).ok());
                        None
                    }
                }
            })
            .await;
        match result {
            Ok(value) => {
                *lock(&self.shared.last_success) = Some(self.clock().now());
                Ok(value)
            }
            Err(failure) => Err(Failure {
                again_at: again_at.get().or(failure.again_at),
                ..failure
            }),
        }
    }

    /// The time without a success, for requests that began to be tried at `started`.
    fn waited(&self, started: Timestamp, now: Timestamp) -> Duration {
        let since = self
            .patience
            .since
            .or_else(|| *lock(&self.shared.last_success))
            .unwrap_or(started);
        // Another request's success counts, as does the start of this one where nothing succeeded yet.
        let since = if self.patience.since.is_none() {
            since.max(started)
        } else {
            since
        };
        Duration::try_from(now.duration_since(since)).unwrap_or_default()
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
        let client = self.client().map_err(|why| fail(Cause::Local(why)))?;
        let Ok(_permit) = self.shared.permits.acquire().await else {
            return Err(fail(Cause::Interrupted));
        };
        let started = self.clock().now();
        let result = self.exchange(&client, request).await;
        self.trace(request, &result, started);
        result
    }

    async fn exchange(
        &self,
        client: &reqwest::Client,
        request: &Request,
    ) -> Result<Response, Failure> {
        let fail = |cause| Failure::new(request.name(), cause);
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
        let mut answer = builder
            .send()
            .await
            .map_err(|error| fail(transport(&error, timeout)))?;
        let status = answer.status();
        let mut headers = answer.headers().clone();
        for (name, value) in &mut headers {
            if SECRET_HEADERS.contains(&name.as_str()) {
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
                Err(error) => return Err(fail(transport(&error, timeout))),
            }
        }
        Ok(Response {
            status,
            headers,
            body,
            request: request.name(),
            received_at: self.clock().now(),
        })
    }

    fn client(&self) -> Result<reqwest::Client, String> {
        self.shared
            .client
            .get_or_init(|| build(&self.shared.network, self.shared.timeout))
            .clone()
    }

    fn trace(&self, request: &Request, result: &Result<Response, Failure>, started: Timestamp) {
        let took = self.clock().now().duration_since(started).as_millis();
        let outcome = match result {
            Ok(response) => response.status.as_u16().to_string(),
            Err(failure) => failure.to_string(),
        };
        tracing::info!(target: "abmctl::http", "{} {outcome} {took} ms", request.name());
        if tracing::enabled!(target: "abmctl::http", tracing::Level::DEBUG) {
            let query = request.url.query().unwrap_or_default();
            tracing::debug!(target: "abmctl::http", "> {} {} query: {query}", request.method, request.url.origin().ascii_serialization());
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

async fn rest(sleep: crate::host::Boxed<()>, stop: Option<watch::Receiver<bool>>) {
    match stop {
        Some(mut stop) => {
            tokio::select! {
                () = sleep => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
        None => sleep.await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn build(network: &Network, timeout: Duration) -> Result<reqwest::Client, String> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let mut builder = reqwest::Client::builder()
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECTING.min(timeout))
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

/// What a failed exchange means.
fn transport(error: &reqwest::Error, timeout: Duration) -> Cause {
    let mut why = error.to_string();
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    let mut tls = false;
    while let Some(inner) = source {
        why = inner.to_string();
        // rustls' error comes inside of an io::Error, which hides it from `source`.
        if inner.is::<rustls::Error>()
            || inner
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref)
                .is_some_and(|inner| inner.is::<rustls::Error>())
        {
            tls = true;
        }
        source = inner.source();
    }
    if tls {
        Cause::Tls(why)
    } else if error.is_timeout() {
        Cause::TimedOut {
            after: if error.is_connect() {
                CONNECTING.min(timeout)
            } else {
                timeout
            },
            connecting: error.is_connect(),
        }
    } else if error.is_connect() {
        Cause::NotSent(why)
    } else {
        Cause::Broken(why)
    }
}
