//! What it means when a connection or an exchange fails. Pure.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::ServerName;

use super::tls_failure::{of_tls, wants_certificate};
use crate::core::service_discovery::{Certificate, Code, Finding, Weight};
use crate::network::{tls_error, without_number};
use crate::text::duration;

/// Who is at the other end.
pub(super) struct Peer<'a> {
    pub host: &'a str,
    /// The certificate that it showed, if one was seen.
    pub certificate: Option<Certificate>,
    /// Whether it asked for a client certificate.
    pub asked_for_certificate: bool,
    /// The proxy that the connection goes through, without name and password.
    pub proxy: Option<String>,
    pub now: Timestamp,
}

impl Peer<'_> {
    /// Why no device takes the certificate, by what it says.
    pub(super) fn reason(&self) -> Option<Finding> {
        let certificate = self.certificate.as_ref()?;
        let mut judged = certificate.judge(self.host, self.now).into_iter();
        let fails = |it: &Finding| it.code.weight() == Weight::Fails;
        certificate
            .out_of_date(self.host, self.now)
            .or_else(|| judged.find(fails))
    }

    /// The proxy, if a connection failed for something that is its own, or may be: what lies behind it is not known then.
    fn failing_proxy(&self, error: &reqwest::Error) -> Option<&str> {
        let proxy = self.proxy.as_deref().filter(|_| error.is_connect())?;
        // A proxy behind TLS has a certificate of its own.
        let own_tls = proxy.starts_with("https:") && self.certificate.is_none();
        (own_tls || tls_error(error).is_none()).then_some(proxy)
    }
}

/// Why an exchange with a host failed.
pub(super) fn of_exchange(error: &reqwest::Error, peer: &Peer<'_>, timeout: Duration) -> Finding {
    let host = peer.host;
    if let Some(proxy) = peer.failing_proxy(error) {
        let why = innermost(error);
        let why = format!("No connection to {host} through the proxy {proxy}: {why}.");
        return Finding::new(Code::ProxyFailed, why);
    }
    if error.is_connect()
        && let Some(refused) = tls_error(error)
    {
        return of_tls(refused, peer);
    }
    if error.is_timeout() {
        return timed_out(host, timeout);
    }
    if error.is_connect() && is_closed(error) {
        return closed(peer);
    }
    // With TLS 1.3, the refusal comes in the place of an answer.
    if peer.asked_for_certificate && error.is_request() && !error.is_connect() {
        return wants_certificate(host);
    }
    let why = innermost(error);
    if error.is_connect() {
        Finding::new(
            Code::NoConnection,
            format!("abmctl can't connect to {host}: {why}."),
        )
    } else {
        let why = format!("The connection to {host} broke before the answer was complete: {why}.");
        Finding::new(Code::BrokenOff, why)
    }
}

/// Why no TCP connection to a host could be made.
pub(super) fn of_connection(error: &io::Error, host: &str) -> Finding {
    Finding::new(
        Code::NoConnection,
        format!("abmctl can't connect to {host}: {}.", innermost(error)),
    )
}

/// Why the handshake failed on a TCP connection.
pub(super) fn of_handshake(error: &io::Error, peer: &Peer<'_>) -> Finding {
    match tls_error(error) {
        Some(refused) => of_tls(refused, peer),
        None if is_closing(error) => closed(peer),
        None => of_connection(error, peer.host),
    }
}

fn closed(peer: &Peer<'_>) -> Finding {
    let host = peer.host;
    if peer.asked_for_certificate {
        return wants_certificate(host);
    }
    let why = format!("{host} accepts the connection and closes it during the TLS handshake.");
    Finding::new(Code::TlsFailed, why)
}

/// Whether the other end closed the connection, or reset it. A connection that it refuses isn't one.
pub(super) fn is_closing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}

/// Whether a closed connection is behind an error. It comes inside of an `io::Error` inside of another, which `source`
/// doesn't show.
fn is_closed(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref::<io::Error>() {
        Some(error) => is_closing(error) || error.get_ref().is_some_and(|inner| is_closed(inner)),
        None => error.source().is_some_and(is_closed),
    }
}

/// A host's name as TLS asks for it.
pub(super) fn tls_name(host: &str) -> Result<ServerName<'static>, Finding> {
    ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| {
        Finding::new(
            Code::TlsFailed,
            format!("{host} isn't a valid name for TLS."),
        )
    })
}

/// No answer in time.
pub(super) fn timed_out(host: &str, timeout: Duration) -> Finding {
    let why = format!("{host} didn't answer within {}.", duration(timeout));
    Finding::new(Code::TimedOut, why)
}

/// The last of the reasons behind an error, which says most.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    let closed = |it: &io::Error| it.kind() == ErrorKind::UnexpectedEof;
    if last.downcast_ref::<io::Error>().is_some_and(closed) {
        return "the other end closed it".to_owned();
    }
    let text = last.to_string();
    without_number(&text).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{CertificateError, OtherError};

    use super::*;
    use crate::network::tls_words;

    fn peer(certificate: Option<Certificate>) -> Peer<'static> {
        Peer {
            host: "acme.com",
            certificate,
            asked_for_certificate: false,
            proxy: None,
            now: "2026-09-02T00:00:00Z".parse().unwrap(),
        }
    }

    fn certificate(not_before: &str, not_after: &str) -> Certificate {
        Certificate {
            not_before: not_before.parse().unwrap(),
            not_after: not_after.parse().unwrap(),
            purposes: Some(vec!["1.3.6.1.5.5.7.3.1".to_owned()]),
            rsa_bits: Some(2048),
            signature: "1.2.840.113549.1.1.11".to_owned(),
        }
    }

    #[test]
    fn a_verifier_without_a_reason_is_told_it_by_the_certificate() {
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z");
        let good = certificate(early, late);
        let expired = certificate(early, "2026-08-01T00:00:00Z");
        let not_yet = certificate("2026-10-01T00:00:00Z", late);
        let too_long = certificate("2020-01-01T00:00:00Z", late);
        let weak = Certificate {
            rsa_bits: Some(1024),
            ..good.clone()
        };
        let other = CertificateError::Other(OtherError(Arc::from(Box::from("no: -67901"))));
        for (shown, why, code, says) in [
            (
                &good,
                other.clone(),
                Code::CertificateUntrusted,
                "no: -67901",
            ),
            (
                &expired,
                other.clone(),
                Code::CertificateExpired,
                "expired on August 1, 2026",
            ),
            (
                &not_yet,
                other.clone(),
                Code::CertificateExpired,
                "is not valid before October 1, 2026",
            ),
            (&too_long, other, Code::CertificateTooLong, "days"),
            (
                &weak,
                CertificateError::BadSignature,
                Code::CertificateWeakKey,
                "1024 bits",
            ),
            (
                &good,
                CertificateError::BadSignature,
                Code::CertificateUntrusted,
                "is not trusted: a signature in its chain is invalid.",
            ),
            (
                &good,
                CertificateError::Other(OtherError(Arc::from(Box::from("CaUsedAsEndEntity")))),
                Code::CertificateUntrusted,
                "it is an authority's certificate, not a server's.",
            ),
            (
                &good,
                CertificateError::Other(OtherError(Arc::from(Box::from("EmptyEkuExtension")))),
                Code::CertificateUntrusted,
                "abmctl doesn't accept its form.",
            ),
            // The chain is what is wrong first.
            (
                &weak,
                CertificateError::UnknownIssuer,
                Code::CertificateUntrusted,
                "a root that this machine trusts",
            ),
        ] {
            let error = rustls::Error::InvalidCertificate(why);
            let finding = of_tls(&error, &peer(Some(shown.clone())));
            assert_eq!(finding.code, code, "{finding:?}");
            assert!(finding.message.contains(says), "{finding:?}");
        }
    }

    #[test]
    fn a_connection_that_is_closed_is_none_that_is_refused() {
        for (kind, code) in [
            (ErrorKind::UnexpectedEof, Code::TlsFailed),
            (ErrorKind::ConnectionReset, Code::TlsFailed),
            (ErrorKind::ConnectionRefused, Code::NoConnection),
            (ErrorKind::HostUnreachable, Code::NoConnection),
        ] {
            let error = io::Error::from(kind);
            assert_eq!(of_handshake(&error, &peer(None)).code, code, "{kind:?}");
        }
    }

    #[test]
    fn the_words_of_the_verifier_of_macos_are_kept_or_understood() {
        for (words, code, says) in [
            (
                "“acme.com” certificate is not standards compliant: -67901",
                Code::CertificateUntrusted,
                "is not trusted: “acme.com” certificate is not standards compliant: -67901",
            ),
            (
                "“acme.com” certificate is expired: -67818",
                Code::CertificateExpired,
                "is expired",
            ),
            (
                "“acme.com” certificate is not valid yet: -67819",
                Code::CertificateExpired,
                "is not valid yet",
            ),
        ] {
            let other = CertificateError::Other(OtherError(Arc::from(Box::from(words))));
            let error = rustls::Error::InvalidCertificate(other);
            assert_eq!(
                tls_words(&error),
                format!("invalid peer certificate: {words}")
            );
            let finding = of_tls(&error, &peer(None));
            assert_eq!(finding.code, code);
            assert_eq!(
                finding.message,
                format!("The certificate of acme.com {says}.")
            );
        }
    }
}
