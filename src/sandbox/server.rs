//! The network around the emulator: loopback only, and connections that can be cut on purpose.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::serve::{IncomingStream, Listener};
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::exchange::Ending;
use super::exchange::{Answer, Request};
use super::limits::http_date;
use super::world::World;
use crate::host::Clock;

/// The largest body of a request, in bytes.
pub(super) const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// What every request is handled with.
pub(super) struct Shared {
    pub world: Mutex<World>,
    pub clock: Arc<dyn Clock>,
    pub origin: String,
    pub stop: watch::Receiver<bool>,
}

impl Shared {
    /// The world; a panic of another holder, which only a test's closure can bring about, does not poison it.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves when the emulator stops.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that the one who could stop it is gone: that is a stop too.
        let _ = stop.wait_for(|stopped| *stopped).await;
    }
}

/// Serves until it is stopped.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) -> io::Result<()> {
    let stopping = Arc::clone(&shared);
    let service = Router::new()
        .fallback(handle)
        .with_state(shared)
        .into_make_service_with_connect_info::<Line>();
    axum::serve(Gate(listener), service)
        .with_graceful_shutdown(async move { stopping.stopped().await })
        .await
}

/// One request: read, answered by the world, delayed, and ended as it says.
async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return line.cut();
    };
    let host = head.headers.get(header::HOST);
    let origin = host.and_then(|host| host.to_str().ok()).map_or_else(
        || shared.origin.clone(),
        // The client's own spelling, which it signed and which links have to be on.
        |host| format!("http://{host}"),
    );
    let now = shared.clock.now();
    let request = Request {
        method: head.method.as_str().to_owned(),
        origin,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        now,
    };
    let (answer, ending) = shared.world().handle(&request);
    if ending == Ending::Lost {
        shared.stopped().await;
        return line.cut();
    }
    if !answer.delay.is_zero() {
        tokio::select! {
            () = shared.clock.sleep(answer.delay) => {}
            () = shared.stopped() => return line.cut(),
        }
    }
    if ending == Ending::Dropped {
        return line.cut();
    }
    let skew = shared.world().organization.behaviour.clock_skew;
    let now = shared.clock.now();
    let date = http_date(now.saturating_add(skew).unwrap_or(now));
    respond(answer, &date, ending == Ending::Halved)
}

/// The HTTP response; with `halved`, a body that ends before its `Content-Length`.
pub(super) fn respond(answer: Answer, date: &str, halved: bool) -> Response<Body> {
    let length = answer.body.len();
    let body = if halved {
        let half = Bytes::copy_from_slice(&answer.body[..length / 2]);
        let end = stream::once(async {
            // What came before is sent while the end is waited for.
            tokio::task::yield_now().await;
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        });
        Body::from_stream(stream::iter([Ok(half)]).chain(end))
    } else {
        Body::from(answer.body)
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    if let Ok(date) = HeaderValue::try_from(date) {
        headers.insert(header::DATE, date);
    }
    if halved {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// A listener whose connections can be cut.
struct Gate(TcpListener);

impl Listener for Gate {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers are not held back; where this can't be set they are only slower.
        let _ = stream.set_nodelay(true);
        let connection = Connection {
            stream,
            line: Line(Arc::default()),
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// The handle on a connection that a request came over.
#[derive(Clone)]
struct Line(Arc<AtomicBool>);

impl Line {
    /// Cuts the connection: the response that is returned can't be written, so the connection ends without it.
    fn cut(&self) -> Response<Body> {
        self.0.store(true, Ordering::Release);
        Response::new(Body::empty())
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Acquire) {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, Gate>> for Line {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        stream.io().line.clone()
    }
}

/// A connection that fails to write once it is cut.
struct Connection {
    stream: TcpStream,
    line: Line,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.check()?;
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
