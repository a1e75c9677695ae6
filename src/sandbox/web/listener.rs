//! The listener with TLS.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Response, header};
use axum::serve::Listener;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS12;
use rustls::{ALL_VERSIONS, CipherSuite, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::authority::{Authority, Leaf, NoCertificate};
use super::{UNASKED_HOSTS, WebBehaviour};
use crate::host::Clock;
use crate::sandbox::exchange::Ending;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::limits::http_date;
use crate::sandbox::server::{BODY_LIMIT, Shared, respond};

/// Handshakes that wait for the server to take them.
const WAITING: usize = 64;

/// How long the listener rests where the system has no more connections to give.
const REST: Duration = Duration::from_millis(50);

/// Chooses the certificate by the name that the client asks for.
struct ByName {
    shared: Arc<Shared>,
    authority: Authority,
}

impl fmt::Debug for ByName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByName")
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name()?.to_ascii_lowercase();
        let leaf = if UNASKED_HOSTS.contains(&host.as_str()) {
            Leaf::Good
        } else {
            // No certificate for a host that is not served: the handshake fails.
            self.shared.world().web.behaviour(&host)?.into()
        };
        self.authority.leaf(&host, leaf, self.shared.clock.now())
    }
}

/// TLS 1.2 without the cipher suites that devices of version 27 want.
const OLD: [CipherSuite; 2] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// TLS with these cipher suites, in the versions that they are of.
fn config(
    provider: CryptoProvider,
    resolver: &Arc<ByName>,
) -> Result<Arc<ServerConfig>, NoCertificate> {
    let versions = if provider.cipher_suites.iter().any(|it| it.tls13().is_some()) {
        ALL_VERSIONS
    } else {
        &[&TLS12]
    };
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .map_err(|_| NoCertificate)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::<ByName>::clone(resolver));
    Ok(Arc::new(config))
}

/// What the hosts speak.
struct Configs {
    shared: Arc<Shared>,
    usual: Arc<ServerConfig>,
    old: Arc<ServerConfig>,
}

impl Configs {
    /// The handshake, as the host does it that the client asks for.
    async fn shake(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let host = start.client_hello().server_name().map(str::to_lowercase);
        let behaviour = host.and_then(|host| self.shared.world().web.behaviour(&host));
        match behaviour {
            Some(WebBehaviour::HandshakeClosed) => Err(io::Error::other("closed on purpose")),
            Some(WebBehaviour::OldTls) => start.into_stream(Arc::clone(&self.old)).await,
            _ => start.into_stream(Arc::clone(&self.usual)).await,
        }
    }
}

/// What serves the web, until the emulator stops.
pub(crate) fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    authority: Authority,
) -> Result<impl Future<Output = io::Result<()>> + Send, NoCertificate> {
    let resolver = ByName {
        shared: Arc::clone(&shared),
        authority,
    };
    let resolver = Arc::new(resolver);
    let mut old = default_provider();
    old.cipher_suites
        .retain(|suite| OLD.contains(&suite.suite()));
    let configs = Configs {
        shared: Arc::clone(&shared),
        usual: config(default_provider(), &resolver)?,
        old: config(old, &resolver)?,
    };
    let address = listener.local_addr().map_err(|_| NoCertificate)?;
    let (sender, streams) = mpsc::channel(WAITING);
    let (stopping, clock) = (Arc::clone(&shared), Arc::clone(&shared.clock));
    let service = Router::new().fallback(handle).with_state(shared);
    Ok(async move {
        let accepting = tokio::spawn(accept(listener, clock, Arc::new(configs), sender));
        let served = axum::serve(Shaken { streams, address }, service)
            .with_graceful_shutdown(async move { stopping.stopped().await })
            .await;
        // With the task its handshakes end, and the port is free.
        accepting.abort();
        served
    })
}

/// Takes connections, each with a task for its handshake, so that a slow one holds up nobody.
async fn accept(
    listener: TcpListener,
    clock: Arc<dyn Clock>,
    configs: Arc<Configs>,
    sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let mut handshakes = JoinSet::new();
    loop {
        while handshakes.try_join_next().is_some() {}
        let Ok((stream, peer)) = listener.accept().await else {
            clock.sleep(REST).await;
            continue;
        };
        // Small answers are not held back; where this can't be set they are only slower.
        let _ = stream.set_nodelay(true);
        let (configs, sender) = (Arc::clone(&configs), sender.clone());
        handshakes.spawn(async move {
            match configs.shake(stream).await {
                // Where nobody takes it any more, the emulator stops.
                Ok(stream) => drop(sender.send((stream, peer)).await),
                Err(error) => tracing::info!(%error, "sandbox web: no handshake"),
            }
        });
    }
}

/// Connections whose handshake is done.
struct Shaken {
    streams: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl Listener for Shaken {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.streams.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// One request: read, answered by the host that it names, and delayed.
async fn handle(
    State(shared): State<Arc<Shared>>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let date = || http_date(shared.clock.now());
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return respond(Answer::empty(413), &date(), false);
    };
    let host = head.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let request = Request {
        method: head.method.as_str().to_owned(),
        origin: format!("https://{host}"),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        now: shared.clock.now(),
    };
    let (answer, ending) = shared.world().web(&request);
    let stopped = || respond(Answer::empty(503), &date(), false);
    if ending == Ending::Lost {
        shared.stopped().await;
        return stopped();
    }
    if !answer.delay.is_zero() {
        tokio::select! {
            () = shared.clock.sleep(answer.delay) => {}
            () = shared.stopped() => return stopped(),
        }
    }
    respond(answer, &date(), false)
}
