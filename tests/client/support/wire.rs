//! A server that can do what a well-behaved one can't: drop, stall, stop halfway.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use abmctl::apple::http::{Origin, Request};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use url::Url;

/// What the server does with one request; it closes the connection afterwards.
#[derive(Clone)]
pub enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes and then nothing more, with the connection open.
    Stall(Vec<u8>),
    /// Sends a head, then these many bytes of zeros.
    Endless(usize),
}

/// The connection is closed without an answer.
pub const DROP: Act = Act::Send(Vec::new());

/// A complete answer.
pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Act::Send(bytes)
}

/// A success with that JSON.
pub fn json(body: &str) -> Act {
    answer(200, "Content-Type: application/json\r\n", body)
}

/// An answer of which half arrives.
pub fn half() -> Act {
    Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\": [".to_vec())
}

/// One request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The first line, without the version.
    pub line: String,
    head: String,
}

impl Seen {
    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// A server on loopback that ends with the test.
pub struct Wire {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Wire {
    /// A server that does with its request number 0, 1, 2, … what `act` says.
    pub async fn start(act: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let act = Arc::new(act);
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (act, seen) = (Arc::clone(&act), Arc::clone(&seen));
                    tokio::spawn(async move { serve(stream, &*act, &seen).await });
                }
            }
        });
        Self { address, seen }
    }

    /// The same act each time.
    pub async fn always(act: Act) -> Self {
        Self::start(move |_| act.clone()).await
    }

    /// These acts, the last one for all further requests.
    pub async fn script(acts: Vec<Act>) -> Self {
        Self::start(move |number| acts[number.min(acts.len() - 1)].clone()).await
    }

    pub fn origin(&self) -> Origin {
        Origin::of(&self.url("/")).unwrap()
    }

    pub fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    pub fn get(&self) -> Request {
        Request::new(Method::GET, self.url("/v1/things"))
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

async fn serve(
    mut stream: TcpStream,
    act: &(dyn Fn(usize) -> Act + Sync),
    seen: &Mutex<Vec<Seen>>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        seen.len() - 1
    };
    match act(number) {
        Act::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Act::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Act::Endless(size) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).await;
            let zeros = vec![0; 1024 * 1024];
            let mut left = size;
            while left > 0
                && stream
                    .write_all(&zeros[..left.min(zeros.len())])
                    .await
                    .is_ok()
            {
                left = left.saturating_sub(zeros.len());
            }
        }
    }
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let line = head
        .lines()
        .next()?
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let seen = Seen { line, head };
    let length: usize = seen
        .header("content-length")
        .first()
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(seen)
}

/// An address on loopback where nobody listens. It stays taken, so that no other test gets it meanwhile.
pub struct Nobody {
    pub address: SocketAddr,
    _socket: TcpSocket,
}

impl Nobody {
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self {
            address: socket.local_addr().unwrap(),
            _socket: socket,
        }
    }
}
