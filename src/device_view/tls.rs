//! The TLS of a host: its certificate, even if it is refused, and whether it supports TLS 1.2.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rasn::types::{Any, SequenceOf};
use rasn_pkix::{ExtKeyUsageSyntax, Time};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, DistinguishedName, SignatureScheme};
use tokio::sync::OnceCell;

use super::{View, lock};
use crate::core::service_discovery::{Certificate, Finding, Tls12Lacks};

/// The extension `extKeyUsage`.
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
/// Keys for RSA, and for RSA-PSS alone.
const RSA: [&str; 2] = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"];
/// Sessions that are kept for a host.
const SESSIONS: usize = 4;

/// TLS at one host and port, for whatever connects there.
#[derive(Debug)]
pub(super) struct HostTls {
    pub config: ClientConfig,
    verifier: Arc<KeepingVerifier>,
    request: Arc<CertificateRequest>,
    /// Found out once, where TLS 1.2 is spoken.
    lacks: OnceCell<Option<Tls12Lacks>>,
}

impl HostTls {
    /// Whether the host asked for a client certificate.
    pub(super) fn asked_for_certificate(&self) -> bool {
        self.request.was_made()
    }

    pub(super) fn certificate(&self) -> Option<Certificate> {
        let shown = lock(&self.verifier.shown);
        let certificate = read(shown.certificate.as_ref()?);
        if certificate.is_none() {
            let host = &self.verifier.host;
            tracing::info!(target: "abmctl::http", "the certificate of {host} can't be read");
        }
        certificate
    }
}

/// Remembers that a server asked for a client certificate; as a device, it has none.
#[derive(Debug, Default)]
pub(super) struct CertificateRequest(AtomicBool);

impl CertificateRequest {
    pub(super) fn was_made(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for CertificateRequest {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// A verifier that keeps what it is asked about, and leaves the judgment to another one.
#[derive(Debug)]
struct KeepingVerifier {
    verifier: Arc<dyn ServerCertVerifier>,
    host: String,
    shown: Mutex<Shown>,
}

#[derive(Debug, Default)]
struct Shown {
    certificate: Option<CertificateDer<'static>>,
    speaks_tls12: bool,
}

impl KeepingVerifier {
    /// Whether a certificate is the host's: a proxy may have shown another one before.
    fn is_shown(&self, certificate: &CertificateDer<'_>) -> bool {
        let shown = lock(&self.shown);
        shown.certificate.as_deref() == Some(certificate.as_ref())
    }
}

impl ServerCertVerifier for KeepingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *server_name.to_str() == *plain(&self.host) {
            lock(&self.shown).certificate = Some(end_entity.clone().into_owned());
        }
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.is_shown(cert) {
            lock(&self.shown).speaks_tls12 = true;
        }
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.verifier.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.verifier.root_hint_subjects()
    }
}

/// A host without brackets and without the dot at its end.
fn plain(host: &str) -> &str {
    host.trim_matches(['[', ']']).trim_end_matches('.')
}

impl View {
    /// TLS for everything that connects to this host and port.
    pub(super) fn host_tls(&self, host: &str, port: u16) -> Arc<HostTls> {
        let mut known = lock(&self.host_tls);
        let there = known.entry((host.to_owned(), port)).or_insert_with(|| {
            let verifier = Arc::new(KeepingVerifier {
                verifier: Arc::clone(&self.verifier),
                host: host.to_owned(),
                shown: Mutex::default(),
            });
            let request = Arc::<CertificateRequest>::default();
            let mut config = self.tls.clone();
            config.client_auth_cert_resolver = Arc::<CertificateRequest>::clone(&request);
            // A session of another port would show no certificate.
            config.resumption = Resumption::in_memory_sessions(SESSIONS);
            config
                .dangerous()
                .set_certificate_verifier(Arc::<KeepingVerifier>::clone(&verifier));
            Arc::new(HostTls {
                config,
                verifier,
                request,
                lacks: OnceCell::new(),
            })
        });
        Arc::clone(there)
    }

    /// What devices find wrong with certificate and TLS of a host that was connected to, beyond what every client does.
    /// Nothing is said of a host behind a proxy, which may have put a certificate in the place of the host's.
    pub(super) async fn judged(&self, host: &str, port: u16) -> Vec<Finding> {
        if self.is_proxied(host, port) {
            return Vec::new();
        }
        let there = self.host_tls(host, port);
        let now = self.clock.now();
        let certificate = there.certificate();
        let mut found = certificate.map_or_else(Vec::new, |it| it.judge(host, now));
        let speaks_tls12 = lock(&there.verifier.shown).speaks_tls12;
        if speaks_tls12 {
            let look = || Box::pin(self.tls12_lacks(host, port));
            let lacks = there.lacks.get_or_init(look).await;
            found.extend(lacks.map(|lacks| lacks.finding(host)));
        }
        found
    }
}

/// Reads a certificate; `None` if it has another form.
fn read(der: &[u8]) -> Option<Certificate> {
    let whole = rasn::ber::decode::<rasn_pkix::Certificate>(der).ok()?;
    let contents = whole.tbs_certificate;
    let mut extensions = contents.extensions.iter().flat_map(|it| it.iter());
    let usage = extensions.find(|it| it.extn_id.to_string() == EXTENDED_KEY_USAGE);
    let purposes = match usage {
        Some(usage) => {
            let read = rasn::ber::decode::<ExtKeyUsageSyntax>(&usage.extn_value).ok()?;
            Some(read.iter().map(ToString::to_string).collect())
        }
        None => None,
    };
    let key = &contents.subject_public_key_info;
    let rsa_bits = if RSA.contains(&key.algorithm.algorithm.to_string().as_str()) {
        Some(modulus_bits(key.subject_public_key.as_raw_slice())?)
    } else {
        None
    };
    Some(Certificate {
        not_before: timestamp(contents.validity.not_before)?,
        not_after: timestamp(contents.validity.not_after)?,
        purposes,
        rsa_bits,
        signature: whole.signature_algorithm.algorithm.to_string(),
    })
}

/// The size of an RSA key, whose first number is the modulus.
fn modulus_bits(key: &[u8]) -> Option<u64> {
    let numbers = rasn::ber::decode::<SequenceOf<Any>>(key).ok()?;
    // Tag and length stand before the digits; from 128 bytes on, the length has a length.
    let digits = match numbers.first()?.as_bytes() {
        [_, length, rest @ ..] if *length > 0x80 => rest.get(usize::from(length & 0x7f)..)?,
        [_, _, digits @ ..] => digits,
        _ => return None,
    };
    let first = digits.iter().position(|byte| *byte != 0)?;
    let unused = u64::from(digits[first].leading_zeros());
    Some(u64::try_from(8 * (digits.len() - first)).ok()? - unused)
}

fn timestamp(time: Time) -> Option<Timestamp> {
    let seconds = match time {
        Time::Utc(time) => time.timestamp(),
        Time::General(time) => time.timestamp(),
    };
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By openssl: a root of its own with SHA-1 and an RSA key of 1024 bits, for servers and clients.
    const WEAK: &str = "-----BEGIN CERTIFICATE-----
MIICKTCCAZKgAwIBAgIUb3w+ABS0TC8hzSZSGmXXBS9daaMwDQYJKoZIhvcNAQEF
BQAwFzEVMBMGA1UEAwwMYWNtZS5leGFtcGxlMB4XDTI2MTEyNjA1NTIzM1oXDTI3
MDIyNDA1NTIzM1owFzEVMBMGA1UEAwwMYWNtZS5leGFtcGxlMIGfMA0GCSqGSIb3
DQEBAQUAA4GNADCBiQKBgQC/Bi7aamL6BGfw7QDMb0Hu/hFGbNgVhYYrV6exq5uJ
JO7vOaZmm+U004U6xuHR5bIxCJepmgJxHrUPqt2We3PSx+gxwwFvITL5vwoR9ty1
/89kenAsXlEOdZ2+4LYRyHfNNjWeWIMwFzDYt+XFp5EetP/op01ncW8JLgnQ0Rth
swIDAQABo3IwcDAdBgNVHQ4EFgQU2Q8OplVRgXp6fwOeqNM7vq7bE6MwHwYDVR0j
BBgwFoAU2Q8OplVRgXp6fwOeqNM7vq7bE6MwDwYDVR0TAQH/BAUwAwEB/zAdBgNV
HSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIwDQYJKoZIhvcNAQEFBQADgYEAtLcW
+pm1Rsb0hZ7U4lxmgkGWnpgNuheIiJn39Ua/MmIDzc1SS+4DNiBMuFyoBArxChOj
a/AyR9MFDvSpsZQ9mDNc6sGzBIb6+DbXZvr0M/GPDP+jTqyaLbc7BeT3Ar1aYBTq
KISGnJP/vi/NNYaRXEeH+dNz9MVB6G/uujqBl1Q=
-----END CERTIFICATE-----";

    #[test]
    fn a_certificate_is_read_for_what_devices_judge() {
        let der = pem::parse(WEAK).unwrap().into_contents();
        let read = read(&der).unwrap();
        assert_eq!(read.not_before.to_string(), "2026-11-26T05:52:33Z");
        assert_eq!(read.not_after.to_string(), "2027-02-24T05:52:33Z");
        let purposes = read.purposes.unwrap();
        assert_eq!(purposes, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
        assert_eq!(read.rsa_bits, Some(1024));
        assert_eq!(read.signature, "1.2.840.113549.1.1.5");
        for end in [0, 1, 100, der.len() - 1] {
            assert_eq!(super::read(&der[..end]), None);
        }
        let own = rcgen::generate_simple_self_signed(["acme.com".to_owned()]).unwrap();
        let read = super::read(own.cert.der()).unwrap();
        assert_eq!((read.purposes, read.rsa_bits), (None, None));
        assert_eq!(read.signature, "1.2.840.10045.4.3.2");
    }

    #[test]
    fn a_key_is_measured_to_the_bit() {
        for (key, bits) in [
            (&b"\x30\x06\x02\x01\x7f\x02\x01\x03"[..], Some(7)),
            (b"\x30\x07\x02\x02\x00\x80\x02\x01\x03", Some(8)),
            (b"\x30\x07\x02\x02\x01\x00\x02\x01\x03", Some(9)),
            (b"\x30\x06\x02\x01\x00\x02\x01\x03", None),
            (b"\x30\x00", None),
            (b"", None),
        ] {
            assert_eq!(modulus_bits(key), bits, "{key:?}");
        }
    }
}
