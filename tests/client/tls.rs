//! TLS: whom it trusts, and what a refused certificate means.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::{Http, Network, Request};
use abmctl::apple::retry::Repeat;
use abmctl::host::Clock;
use rcgen::{Certificate, CertificateParams, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use reqwest::Method;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

use super::support::socks::{Manner, Socks};
use super::support::{FakeClock, RealClock, world, world_with};

/// A server on this machine with a certificate that nobody trusts; it ends with the tests.
struct Server {
    address: SocketAddr,
    certificate: Certificate,
}

impl Server {
    fn start() -> Self {
        Self::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    }

    fn answering(answer: &'static str) -> Self {
        let (config, certificate) = tls();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
                let mut request = [0; 4096];
                if stream.read(&mut request).is_ok() {
                    let _ = stream.write_all(answer.as_bytes());
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        Self {
            address,
            certificate,
        }
    }
}

/// TLS for 127.0.0.1 and apple.invalid.
fn tls() -> (rustls::ServerConfig, Certificate) {
    let mut params =
        CertificateParams::new(vec!["127.0.0.1".to_owned(), "apple.invalid".to_owned()]).unwrap();
    // macOS refuses more than 825 days, and a certificate without this usage. The client has the machine's clock.
    let day = Duration::from_secs(24 * 60 * 60);
    let now = Duration::from_secs(RealClock.now().as_second().unsigned_abs());
    params.not_before = date_time_ymd(1970, 1, 1) + now.saturating_sub(day);
    params.not_after = params.not_before + 397 * day;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();

    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::from(key))
        .unwrap();
    (config, certificate)
}

async fn get(http: &Http, address: SocketAddr) -> Result<(), Cause> {
    let request = Request::new(
        Method::GET,
        format!("https://{address}/v1").parse().unwrap(),
    );
    let result = http.repeat(Repeat::Always, || http.once(&request)).await;
    result.map(|_| ()).map_err(|failure| failure.cause)
}

fn trusting(file: PathBuf) -> Http {
    let network = Network {
        certificates: Some(file),
        ..Network::default()
    };
    world_with(network, Duration::from_secs(5), FakeClock::new()).http
}

/// The file for `SSL_CERT_FILE`.
struct Roots(TempDir);

impl Roots {
    fn new(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("roots.pem"), text).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("roots.pem")
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_final() {
    let world = world();
    let server = Server::start();
    let cause = get(&world.http, server.address).await.unwrap_err();
    assert!(
        matches!(&cause, Cause::Tls(why) if why.contains("certificate")),
        "{cause:?}"
    );
    assert!(world.waits().is_empty());
}

#[tokio::test]
async fn a_certificate_in_the_file_is_trusted() {
    let server = Server::start();
    let roots = Roots::new(&server.certificate.pem());
    get(&trusting(roots.file()), server.address).await.unwrap();
}

#[tokio::test]
async fn a_proxy_behind_tls_is_asked_for_its_status_too() {
    let server = Server::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let roots = Roots::new(&server.certificate.pem());
    let proxy = format!("https://{}", server.address);
    let network = Network {
        proxy: Some(proxy.replace("//", "//me:s3cret@")),
        certificates: Some(roots.file()),
        ..Network::default()
    };
    let http = world_with(network, Duration::from_secs(5), FakeClock::new()).http;
    let request = Request::new(Method::GET, "https://apple.invalid/".parse().unwrap());
    let failure = http.once(&request).await.unwrap_err();
    let Cause::Proxy(refusal) = failure.cause else {
        panic!("{failure:?}");
    };
    assert_eq!((refusal.proxy, refusal.status), (proxy, 403));
}

#[tokio::test]
async fn a_proxy_that_speaks_socks_is_gone_through() {
    let server = Server::start();
    let roots = Roots::new(&server.certificate.pem());
    let proxy = Socks::new(Manner::Connects(server.address));
    let get = async |scheme: &str, no_proxy: Option<&str>, host: &str| {
        let network = Network {
            proxy: Some(format!("{scheme}://me:s3cret%21@{}", proxy.address)),
            no_proxy: no_proxy.map(str::to_owned),
            certificates: Some(roots.file()),
            profile_certificates: None,
        };
        let http = world_with(network, Duration::from_secs(5), FakeClock::new()).http;
        let url = format!("https://{host}:{}/v1", server.address.port());
        let request = Request::new(Method::GET, url.parse().unwrap());
        http.once(&request).await
    };
    // The proxy looks the name up.
    get("socks5h", None, "apple.invalid").await.unwrap();
    let asked = format!("apple.invalid:{}", server.address.port());
    assert_eq!(proxy.asked(), ["me:s3cret!".to_owned(), asked]);
    // Or this machine does, which has no such name.
    let failure = get("socks5", None, "apple.invalid").await.unwrap_err();
    assert!(failure.not_acted_on(), "{failure:?}");
    // Neither loopback nor what is excepted goes there.
    get("socks5h", None, "127.0.0.1").await.unwrap();
    get("socks5h", Some("*.invalid"), "apple.invalid")
        .await
        .unwrap_err();
    assert_eq!(proxy.asked().len(), 2);
}

#[tokio::test]
async fn a_proxy_that_speaks_socks_says_why_it_refuses() {
    for (manner, named, words, status) in [
        (
            Manner::Authenticates,
            true,
            "it doesn't accept the user name and password",
            407,
        ),
        (
            Manner::Authenticates,
            false,
            "it requires a user name and password",
            407,
        ),
        (
            Manner::Refuses(2),
            false,
            "it doesn't allow the connection",
            403,
        ),
        (Manner::Refuses(4), false, "it can't reach the host", 502),
        (
            Manner::Refuses(5),
            true,
            "the host refused the connection",
            502,
        ),
        (
            Manner::Refuses(8),
            false,
            "it doesn't support this kind of connection",
            501,
        ),
        (Manner::Babbles, false, "its answer isn't valid SOCKS5", 502),
    ] {
        let proxy = Socks::new(manner).address;
        let name = if named { "me:s3cret@" } else { "" };
        let network = Network {
            proxy: Some(format!("socks5h://{name}{proxy}")),
            ..Network::default()
        };
        let http = world_with(network, Duration::from_secs(5), FakeClock::new()).http;
        let request = Request::new(Method::GET, "https://apple.invalid/".parse().unwrap());
        let failure = http.once(&request).await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!(
                "The proxy socks5h://{proxy} didn't connect to apple.invalid:443: {words}. GET / was not sent."
            )
        );
        assert!(failure.not_acted_on() && !format!("{failure:?}").contains("s3cret"));
        let Cause::Proxy(refusal) = failure.cause else {
            panic!("{words}");
        };
        assert_eq!(refusal.status, status);
    }
}

/// A server that speaks HTTP/2 and breaks each stream; over HTTP/1.1 it answers. Tells which was spoken on each connection, and each
/// stream that it broke.
fn breaking_streams() -> (SocketAddr, Certificate, Arc<Mutex<Vec<&'static str>>>) {
    let (mut config, certificate) = tls();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (config, tell) = (Arc::clone(&config), Arc::clone(&tell));
            std::thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).unwrap();
                let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
                let mut start = [0; 24];
                if stream.read_exact(&mut start).is_err() {
                    return;
                }
                if !start.starts_with(b"PRI * HTTP/2.0") {
                    tell.lock().unwrap().push("http/1.1");
                    let _ = stream.read(&mut [0; 4096]);
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                    let _ = stream.flush();
                    return;
                }
                // Empty settings.
                let _ = stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
                let mut head = [0; 9];
                while stream.read_exact(&mut head).is_ok() {
                    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
                    let mut body = vec![0; usize::try_from(length).unwrap()];
                    if stream.read_exact(&mut body).is_err() {
                        return;
                    }
                    // Headers of a request: the stream is reset for an "unspecific protocol error".
                    if head[3] == 1 {
                        tell.lock().unwrap().push("h2");
                        let id = &head[5..];
                        let reset = [&[0, 0, 4, 3, 0], id, &[0, 0, 0, 1]].concat();
                        let _ = stream.write_all(&reset);
                        let _ = stream.flush();
                    }
                }
            });
        }
    });
    (address, certificate, told)
}

#[tokio::test]
async fn after_a_second_broken_stream_it_goes_on_over_http_1() {
    let (address, certificate, told) = breaking_streams();
    let roots = Roots::new(&certificate.pem());
    let network = Network {
        certificates: Some(roots.file()),
        ..Network::default()
    };
    let world = world_with(network, Duration::from_secs(5), FakeClock::new());
    get(&world.http, address).await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["h2", "h2", "http/1.1"]);
    assert_eq!(world.waits().len(), 2);
    // For the rest of the run, and for other requests too.
    get(&world.http, address).await.unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told[3..], ["http/1.1"]);
}

#[tokio::test]
async fn a_write_whose_stream_broke_is_not_sent_again() {
    let (address, certificate, told) = breaking_streams();
    let roots = Roots::new(&certificate.pem());
    let http = trusting(roots.file());
    let request = Request::new(
        Method::PATCH,
        format!("https://{address}/v1").parse().unwrap(),
    );
    for _ in 0..2 {
        let sent = http.repeat(Repeat::AfterReading, || http.once(&request));
        let failure = sent.await.unwrap_err();
        assert!(matches!(failure.cause, Cause::Broken(_)), "{failure:?}");
        assert!(!failure.not_acted_on());
    }
    assert_eq!(*told.lock().unwrap(), ["h2", "h2"]);
    http.once(&request).await.unwrap();
    assert_eq!(told.lock().unwrap().last(), Some(&"http/1.1"));
}

/// Valid base64 that isn't a certificate, a truncated certificate, and text that isn't base64.
fn unreadable(good: &Certificate) -> String {
    let block =
        |text: &str| format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    let cut = pem::Pem::new("CERTIFICATE", &good.der()[..good.der().len() / 2]);
    [block("AAAA"), pem::encode(&cut), block("!")].concat()
}

#[tokio::test]
async fn certificates_that_cannot_be_read_cost_no_others() {
    let server = Server::start();
    let good = server.certificate.pem();
    let bad = unreadable(&server.certificate);
    let roots = Roots::new(&format!("{bad}{good}{bad}"));
    get(&trusting(roots.file()), server.address).await.unwrap();
    // The client that looks as a device does reads the same file.
    let network = Network {
        certificates: Some(roots.file()),
        ..Network::default()
    };
    assert_eq!(
        network.further_roots().unwrap(),
        [server.certificate.der().clone()]
    );
}

#[tokio::test]
async fn a_file_without_certificates_is_named() {
    let server = Server::start();
    let roots = Roots::new(&unreadable(&server.certificate));
    for file in [roots.file(), roots.file().with_file_name("missing.pem")] {
        let cause = get(&trusting(file.clone()), server.address)
            .await
            .unwrap_err();
        assert!(
            matches!(&cause, Cause::Local(why) if why.contains(file.to_str().unwrap())),
            "{cause:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_not_trusted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.read(&mut [0; 4096]);
        }
    });
    let cause = get(&world().http, address).await.unwrap_err();
    assert!(matches!(cause, Cause::Tls(_)), "{cause:?}");
}
