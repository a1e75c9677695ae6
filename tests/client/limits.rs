//! Limits of number, size and time.

use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::Network;
use futures_util::future::join_all;

use super::support::wire::{Act, Wire, answer};
use super::support::{FakeClock, World, rest, world, world_with};

/// A way out with so many milliseconds for an attempt.
fn quick(milliseconds: u64) -> World {
    let timeout = Duration::from_millis(milliseconds);
    world_with(Network::default(), timeout, FakeClock::new())
}

#[tokio::test]
async fn four_requests_at_once_and_no_more() {
    let world = quick(2000);
    let server = Wire::always(Act::Stall(Vec::new())).await;
    let requests = (0..6).map(|_| {
        let (http, request) = (world.http.clone(), server.get());
        async move { http.once(&request).await.unwrap_err() }
    });
    let all = tokio::spawn(join_all(requests));
    while server.count() < 4 {
        rest(5).await;
    }
    rest(300).await;
    assert_eq!(server.count(), 4);
    all.await.unwrap();
    assert_eq!(server.count(), 6);
}

/// Bits in the order of RFC 1951.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, bit: u32) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
        }
        *self.bytes.last_mut().unwrap() |= u8::from(bit == 1) << (self.used % 8);
        self.used += 1;
    }

    /// A Huffman code, its highest bit first.
    fn code(&mut self, code: u32, length: u32) {
        for place in (0..length).rev() {
            self.push(code >> place & 1);
        }
    }
}

fn crc(bytes: impl Iterator<Item = u8>) -> u32 {
    !bytes.fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A gzip file that holds `text` as it is.
fn gzip(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let mut file = GZIP_HEAD.to_vec();
    file.push(1);
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(text.bytes());
    file.extend(crc(text.bytes()).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

/// A gzip file of about `size` zeros; nobody reads as far as its checksum.
fn gzip_of_zeros(size: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(1);
    bits.push(1);
    bits.push(0);
    bits.code(0b0011_0000, 8);
    for _ in 0..size / 258 {
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    bits.code(0, 7);
    let mut file = GZIP_HEAD.to_vec();
    file.extend(bits.bytes);
    file.extend([0; 8]);
    file
}

const GZIPPED: &str = "Content-Encoding: gzip\r\n";

#[tokio::test]
async fn gzip_is_decoded() {
    let server = Wire::always(answer(200, GZIPPED, gzip(r#"{"a":1}"#))).await;
    let response = world().http.once(&server.get()).await.unwrap();
    assert_eq!(response.body, br#"{"a":1}"#);
}

#[tokio::test]
async fn gzip_of_an_error_is_decoded() {
    let body =
        gzip(r#"{"errors":[{"status":"403","code":"FORBIDDEN","title":"T","detail":"No."}]}"#);
    let server = Wire::always(answer(403, GZIPPED, body)).await;
    let failure = world()
        .http
        .once(&server.get())
        .await
        .unwrap()
        .success()
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "Apple answered GET /v1/things with 403 FORBIDDEN: No."
    );
}

#[tokio::test]
async fn damaged_gzip_is_an_answer_that_cannot_be_read() {
    let server = Wire::always(answer(200, GZIPPED, "this is not gzip at all")).await;
    let failure = world().http.once(&server.get()).await.unwrap_err();
    assert!(matches!(failure.cause, Cause::Unreadable(_)), "{failure:?}");
}

#[tokio::test]
async fn half_a_gzip_body_is_a_broken_connection() {
    let Act::Send(mut bytes) = answer(200, GZIPPED, gzip(r#"{"a":1}"#)) else {
        unreachable!()
    };
    bytes.truncate(bytes.len() - 12);
    let server = Wire::always(Act::Send(bytes)).await;
    let failure = world().http.once(&server.get()).await.unwrap_err();
    assert!(matches!(failure.cause, Cause::Broken(_)), "{failure:?}");
}

const LIMIT: usize = 64 * 1024 * 1024;

#[tokio::test]
async fn a_body_above_the_limit_is_refused() {
    let world = quick(60_000);
    let server = Wire::always(Act::Endless(LIMIT + 1)).await;
    let failure = world.http.once(&server.get()).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "The answer to GET /v1/things is larger than 64 MiB, abmctl's limit."
    );
    let server = Wire::always(Act::Endless(LIMIT)).await;
    assert_eq!(
        world.http.once(&server.get()).await.unwrap().body.len(),
        LIMIT
    );
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_large_one_is_refused() {
    let world = quick(60_000);
    let bomb = gzip_of_zeros(LIMIT + 1024 * 1024);
    assert!(bomb.len() < 1024 * 1024);
    let server = Wire::always(answer(200, GZIPPED, bomb)).await;
    let failure = world.http.once(&server.get()).await.unwrap_err();
    assert!(
        matches!(failure.cause, Cause::TooLarge(LIMIT)),
        "{failure:?}"
    );
}

#[tokio::test]
async fn an_attempt_ends_in_time() {
    let world = quick(200);
    for bytes in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
    ] {
        let server = Wire::always(Act::Stall(bytes.to_vec())).await;
        let failure = world.http.once(&server.get()).await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "No answer within 0.2 seconds for GET /v1/things."
        );
        assert!(!failure.not_acted_on());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_never_comes_about_ends_in_time() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody accepts: once the queue is full, Linux ignores those who knock.
    let mut queue = Vec::new();
    loop {
        let knock = tokio::net::TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(200), knock).await {
            Ok(stream) => queue.push(stream.unwrap()),
            Err(_) => break,
        }
    }
    let world = quick(4000);
    let request = abmctl::apple::http::Request::new(
        reqwest::Method::POST,
        format!("http://{address}/v1").parse().unwrap(),
    );
    let failure = world.http.once(&request).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "No connection within 3.6 seconds for POST /v1."
    );
    assert!(failure.not_acted_on());
}
