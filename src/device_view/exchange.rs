//! One request and one connection, and their results.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT, WWW_AUTHENTICATE,
};
use reqwest::{Client, Method};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use super::failure::{Peer, of_connection, of_exchange, of_handshake, timed_out, tls_name};
use super::{Connection, Purpose, Seen, Step, View, lock};
use crate::core::service_discovery::{Code, DiscoveryAnswer, Finding};
use crate::text::printable;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How much of a body is kept to be shown, in characters.
const SHOWN: usize = 2000;
/// The longest that making a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);

/// How long to wait for a server to refuse a client that has no certificate.
const REFUSING: Duration = Duration::from_secs(2);

/// What to ask.
pub(super) struct Question<'a> {
    pub purpose: Purpose,
    pub method: Method,
    pub url: &'a Url,
    pub user_agent: &'static str,
    /// The `Content-Type` of an empty body, if one is sent.
    pub content_type: Option<&'static str>,
}

/// A whole answer.
pub(super) struct Came {
    pub status: u16,
    pub content_types: Vec<String>,
    pub location: Option<String>,
    pub challenges: Vec<String>,
    pub mitigated: Option<String>,
    pub body: Vec<u8>,
    /// There was more than is read.
    pub cut: bool,
}

impl Came {
    pub(super) fn answer(&self) -> DiscoveryAnswer<'_> {
        DiscoveryAnswer {
            status: self.status,
            content_types: &self.content_types,
            challenges: &self.challenges,
            mitigated: self.mitigated.as_deref(),
            body: &self.body,
            url: None,
        }
    }

    fn seen(&self) -> Seen {
        let body = String::from_utf8_lossy(&self.body);
        // A cut in the middle of a letter is no letter.
        let start: String = body.chars().take(SHOWN).collect();
        Seen {
            status: self.status,
            content_types: self.content_types.clone(),
            location: self.location.clone(),
            challenge: (!self.challenges.is_empty()).then(|| self.challenges.join(", ")),
            body_start: printable(&start).into_owned(),
            body_length: self.body.len(),
        }
    }
}

impl View {
    /// Asks once, and keeps the step.
    pub(super) async fn ask(&self, question: &Question<'_>) -> (Step, Result<Came, Finding>) {
        let started = self.clock.now();
        let mut address = None;
        // In a box, or every future around it is as large as a whole exchange.
        let result = Box::pin(self.exchange(question, &mut address)).await;
        let took = self.since(started);
        let outcome = match &result {
            Ok(came) => came.status.to_string(),
            Err(finding) => finding.to_string(),
        };
        tracing::info!(
            target: "abmctl::http",
            "{} {} {outcome} {} ms", question.method, question.url, took.as_millis()
        );
        let step = Step {
            purpose: question.purpose,
            method: Some(if question.method == Method::POST {
                "POST"
            } else {
                "GET"
            }),
            url: question.url.to_string(),
            user_agent: Some(question.user_agent),
            address,
            answer: result.as_ref().ok().map(Came::seen),
            failure: result.as_ref().err().map(|finding| finding.message.clone()),
            took,
        };
        (step, result)
    }

    async fn exchange(
        &self,
        question: &Question<'_>,
        address: &mut Option<SocketAddr>,
    ) -> Result<Came, Finding> {
        let (host, port) = host_and_port(question.url)?;
        let proxied = self.is_proxied(&host, port);
        let addresses = if proxied {
            Vec::new()
        } else {
            self.addresses.of(&host, port).await?
        };
        *address = addresses.first().copied();
        let client = self.client(&host, port, proxied, &addresses)?;
        let mut url = question.url.clone();
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(question.user_agent));
        if let (Some(own), Some(first)) = (url.port(), addresses.first())
            && own != first.port()
        {
            // The client would insist on the port that stands in the URL.
            if let Ok(name) = HeaderValue::from_str(&format!("{host}:{own}")) {
                headers.insert(HOST, name);
            }
            let _ = url.set_port(Some(first.port()));
        }
        let mut request = client
            .request(question.method.clone(), url)
            .headers(headers);
        if let Some(content_type) = question.content_type {
            request = request.header(CONTENT_TYPE, content_type).body(Vec::new());
        }
        let failed = |error: reqwest::Error| {
            of_exchange(&error, &self.peer(&host, port, proxied), self.timeout)
        };
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let limit = self.connecting();
                let refusal = self.network.proxy_refusal(&error, question.url, limit);
                return Err(match Box::pin(refusal).await {
                    Some(refusal) => Finding::new(Code::ProxyFailed, format!("{refusal}.")),
                    None => failed(error),
                });
            }
        };
        *address = response.remote_addr().filter(|_| !proxied).or(*address);
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        let mut cut = false;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // A redirect says in its head where it leads.
                Err(_) if is_redirect(status) => break,
                Err(error) => return Err(failed(error)),
            }
            if body.len() > LARGEST_BODY {
                body.truncate(LARGEST_BODY);
                cut = true;
                break;
            }
        }
        Ok(Came {
            status,
            content_types: texts(&headers, &CONTENT_TYPE),
            location: texts(&headers, &LOCATION).into_iter().next(),
            challenges: texts(&headers, &WWW_AUTHENTICATE),
            mitigated: texts(&headers, &HeaderName::from_static("cf-mitigated"))
                .into_iter()
                .next(),
            body,
            cut,
        })
    }

    /// The client for one host and port; it connects to these addresses and to no others.
    fn client(
        &self,
        host: &str,
        port: u16,
        proxied: bool,
        addresses: &[SocketAddr],
    ) -> Result<Client, Finding> {
        let mut clients = lock(&self.clients);
        if let Some(client) = clients.get(&(host.to_owned(), port)) {
            return Ok(client.clone());
        }
        let failed = |why: String| {
            Finding::new(
                Code::NoConnection,
                format!("abmctl can't send a request to {host}: {why}."),
            )
        };
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connecting())
            .timeout(self.timeout)
            .tls_backend_preconfigured(self.host_tls(host, port).config.clone())
            .no_proxy();
        if proxied {
            if let Some(proxy) = self.network.https_proxy().map_err(failed)? {
                builder = builder.proxy(proxy);
            }
        } else {
            builder = builder.resolve_to_addrs(host, addresses);
        }
        let client = builder.build().map_err(|error| failed(error.to_string()))?;
        clients.insert((host.to_owned(), port), client.clone());
        Ok(client)
    }

    /// Connects to a host, with TLS where asked for, and sends nothing; once for each host, port and way.
    pub(super) async fn connect(&self, host: &str, port: u16, tls: bool) -> Connection {
        // A port that only TCP was tried on is another entry.
        let name = if tls {
            host.to_owned()
        } else {
            format!("{host} (tcp)")
        };
        let cell = Arc::clone(lock(&self.connections).entry((name, port)).or_default());
        cell.get_or_init(|| Box::pin(self.connect_now(host, port, tls)))
            .await
            .clone()
    }

    async fn connect_now(&self, host: &str, port: u16, tls: bool) -> Connection {
        let started = self.clock.now();
        let mut connection = Connection {
            address: None,
            finding: None,
            skipped: None,
            took: Duration::ZERO,
        };
        if self.is_proxied(host, port) {
            connection.skipped = Some(format!(
                "abmctl didn't try the connection to {host}, because a proxy is in between."
            ));
            return connection;
        }
        connection.finding = self
            .handshake(host, port, tls, &mut connection.address)
            .await
            .err();
        connection.took = self.since(started);
        let outcome = connection
            .finding
            .as_ref()
            .map_or("ok", |finding| &finding.message);
        tracing::info!(
            target: "abmctl::http",
            "CONNECT {host}:{port} {outcome} {} ms", connection.took.as_millis()
        );
        connection
    }

    async fn handshake(
        &self,
        host: &str,
        port: u16,
        tls: bool,
        address: &mut Option<SocketAddr>,
    ) -> Result<(), Finding> {
        let addresses = self.addresses.of(host, port).await?;
        *address = addresses.first().copied();
        let limit = self.connecting();
        let failed = |error| of_handshake(&error, &self.peer(host, port, false));
        let work = async {
            let stream = TcpStream::connect(&addresses[..])
                .await
                .map_err(|error| of_connection(&error, host))?;
            *address = stream.peer_addr().ok().or(*address);
            if tls {
                let config = self.host_tls(host, port).config.clone();
                let connector = TlsConnector::from(Arc::new(config));
                let made = connector.connect(tls_name(host)?, stream).await;
                return made.map(Some).map_err(failed);
            }
            Ok(None)
        };
        let made = match tokio::time::timeout(limit, work).await {
            Ok(result) => result?,
            Err(_) => return Err(timed_out(host, limit)),
        };
        // With TLS 1.3, a server refuses a client without a certificate after the client's handshake.
        if let Some(mut stream) = made
            && self.host_tls(host, port).asked_for_certificate()
            && let Ok(Err(error)) = tokio::time::timeout(REFUSING, stream.read_u8()).await
        {
            return Err(failed(error));
        }
        Ok(())
    }

    /// The other end of a connection that failed, by what was seen of it.
    fn peer<'a>(&self, host: &'a str, port: u16, proxied: bool) -> Peer<'a> {
        let tls = self.host_tls(host, port);
        Peer {
            host,
            certificate: tls.certificate(),
            asked_for_certificate: tls.asked_for_certificate(),
            proxy: self.network.shown_proxy().filter(|_| proxied),
            now: self.clock.now(),
        }
    }

    /// Whether requests to a host go through the proxy. Who gave an address for it wants it to be used.
    pub(super) fn is_proxied(&self, host: &str, port: u16) -> bool {
        !self.addresses.is_confined()
            && self.addresses.given(host, port).is_none()
            && self.network.is_proxied(host, port)
    }

    /// The time to connect: shorter than that of the whole exchange, so that the two can be told apart.
    pub(super) fn connecting(&self) -> Duration {
        CONNECTING.min(self.timeout.mul_f32(0.9))
    }

    fn since(&self, started: Timestamp) -> Duration {
        Duration::try_from(self.clock.now().duration_since(started)).unwrap_or_default()
    }
}

/// Whether a device follows the answer elsewhere.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The host of an https URL, and its port.
pub(super) fn host_and_port(url: &Url) -> Result<(String, u16), Finding> {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => Ok((host.to_owned(), port)),
        _ => Err(Finding::new(
            Code::NameNotFound,
            format!("{url} has no host."),
        )),
    }
}

/// Every value of a header, without control characters.
fn texts(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| printable(&String::from_utf8_lossy(value.as_bytes())).into_owned())
        .collect()
}
