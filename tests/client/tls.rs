//! TLS: whom it trusts, and what a refused certificate means.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::{Http, Network, Request};
use abmctl::apple::retry::Repeat;
use abmctl::host::Clock;
use rcgen::{Certificate, CertificateParams, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use reqwest::Method;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

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
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
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
