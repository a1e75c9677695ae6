//! The certificates of the emulated web, checked by a client that has the test's clock.

use rasn_pkix::{Certificate, Time};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::*;

impl TimeProvider for Still {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = self.now().as_second().unsigned_abs();
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// TLS that trusts the emulator's authority and takes the time from the test's clock.
pub(super) fn tls(running: &Running, clock: &Still) -> ClientConfig {
    let authority = CertificateDer::from_pem_slice(running.ca_pem().as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority).unwrap();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ClientConfig::builder_with_details(provider.into(), Arc::new(clock.clone()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    // A resumed session shows no certificate.
    config.resumption = Resumption::disabled();
    config
}

/// The validity of the certificate that acme.com shows.
async fn validity(running: &Running, clock: &Still) -> (Timestamp, Timestamp) {
    let connector = TlsConnector::from(Arc::new(tls(running, clock)));
    let here = (Ipv4Addr::LOCALHOST, running.web_port());
    let stream = TcpStream::connect(here).await.unwrap();
    let name = ServerName::try_from("acme.com").unwrap();
    let stream = connector.connect(name, stream).await.unwrap();
    let shown = stream.get_ref().1.peer_certificates().unwrap();
    let certificate: Certificate = rasn::der::decode(&shown[0]).unwrap();
    let validity = certificate.tbs_certificate.validity;
    let time = |time: Time| match time {
        Time::Utc(time) => Timestamp::from_second(time.timestamp()).unwrap(),
        Time::General(time) => Timestamp::from_second(time.timestamp()).unwrap(),
    };
    (time(validity.not_before), time(validity.not_after))
}

#[tokio::test]
async fn certificates_are_valid_for_397_days_and_replaced_in_time() {
    const DAY: i64 = 24 * 60 * 60;
    let clock = Still::new();
    let running = start(Options::default(), Arc::new(clock.clone()))
        .await
        .unwrap();
    let mut shown = Vec::new();
    // The client checks the dates in each handshake.
    for days in [0, 1, 393, 1, 1000, -1394] {
        clock.advance(days * DAY);
        let (from, until) = validity(&running, &clock).await;
        assert_eq!(until.duration_since(from).as_hours(), 397 * 24);
        assert!((from..until).contains(&clock.now()), "{from} {until}");
        shown.push(from);
    }
    // Days 1 and 394 show the certificate of day 0; day 395 has a new one, a day before the old one ends.
    assert!(shown[..3].iter().all(|from| *from == shown[0]), "{shown:?}");
    shown.dedup();
    assert_eq!(shown.len(), 4, "{shown:?}");
}
