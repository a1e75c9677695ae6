//! TLS: whom it trusts, and what a refused certificate means.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::{Http, Network, Request};
use abmctl::apple::retry::Repeat;
use reqwest::Method;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::support::{FakeClock, world, world_with};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/tls")
        .join(name)
}

/// A server with the certificate of the fixtures; it ends with the tests.
fn serve() -> SocketAddr {
    let certificate = CertificateDer::from(std::fs::read(fixture("certificate.der")).unwrap());
    let key = PrivateKeyDer::try_from(std::fs::read(fixture("key.der")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
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
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    address
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

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_final() {
    let world = world();
    let cause = get(&world.http, serve()).await.unwrap_err();
    assert!(
        matches!(&cause, Cause::Tls(why) if why.contains("certificate")),
        "{cause:?}"
    );
    assert!(world.waits().is_empty());
}

#[tokio::test]
async fn a_certificate_in_the_file_is_trusted() {
    get(&trusting(fixture("certificate.pem")), serve())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_without_certificates_is_named() {
    for name in ["key.der", "missing.pem"] {
        let cause = get(&trusting(fixture(name)), serve()).await.unwrap_err();
        assert!(
            matches!(&cause, Cause::Local(why) if why.contains(name)),
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
