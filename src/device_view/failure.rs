//! What it means when a connection or an exchange fails. Pure.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::{ServerName, UnixTime};

use crate::core::service_discovery::{Certificate, Code, Finding, Weight, date};
use crate::network::{tls_error, without_number};
use crate::text::duration;

/// Who is at the other end.
pub(super) struct Peer<'a> {
    pub host: &'a str,
    /// The certificate that it showed, where one was seen.
    pub certificate: Option<Certificate>,
    /// The proxy that the connection goes through, without name and password.
    pub proxy: Option<String>,
    pub now: Timestamp,
}

impl Peer<'_> {
    /// Why no device takes the certificate, by what it says.
    fn reason(&self) -> Option<Finding> {
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
        return closed(host);
    }
    let why = innermost(error);
    if error.is_connect() {
        Finding::new(
            Code::NoConnection,
            format!("{host} can't be connected to: {why}."),
        )
    } else {
        let why = format!("The connection to {host} broke before the answer was whole: {why}.");
        Finding::new(Code::BrokenOff, why)
    }
}

/// Why no TCP connection to a host could be made.
pub(super) fn of_connection(error: &io::Error, host: &str) -> Finding {
    Finding::new(
        Code::NoConnection,
        format!("{host} can't be connected to: {}.", innermost(error)),
    )
}

/// Why the handshake failed on a TCP connection.
pub(super) fn of_handshake(error: &io::Error, peer: &Peer<'_>) -> Finding {
    match tls_error(error) {
        Some(refused) => of_tls(refused, peer),
        None if is_closing(error) => closed(peer.host),
        None => of_connection(error, peer.host),
    }
}

fn closed(host: &str) -> Finding {
    let why = format!("{host} takes the connection and closes it during the TLS handshake.");
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
    ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|_| Finding::new(Code::TlsFailed, format!("{host} is no name for TLS.")))
}

/// No answer in time.
pub(super) fn timed_out(host: &str, timeout: Duration) -> Finding {
    let why = format!("{host} did not answer within {}.", duration(timeout));
    Finding::new(Code::TimedOut, why)
}

/// What rustls refused.
fn of_tls(error: &rustls::Error, peer: &Peer<'_>) -> Finding {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    let host = peer.host;
    let rustls::Error::InvalidCertificate(why) = error else {
        let why = format!("{host} does not speak TLS as expected: {error}.");
        return Finding::new(Code::TlsFailed, why);
    };
    let (code, why) = match why {
        Expired => (Code::CertificateExpired, "is expired".to_owned()),
        ExpiredContext { not_after, .. } => (
            Code::CertificateExpired,
            format!("expired on {}", day(*not_after)),
        ),
        NotValidYet => (Code::CertificateExpired, "is not valid yet".to_owned()),
        NotValidYetContext { not_before, .. } => (
            Code::CertificateExpired,
            format!("is not valid before {}", day(*not_before)),
        ),
        NotValidForName => (Code::CertificateWrongName, "is for another name".to_owned()),
        NotValidForNameContext { presented, .. } => {
            (Code::CertificateWrongName, other_names(presented))
        }
        UnknownIssuer => (Code::CertificateUntrusted, unknown_issuer(peer)),
        other => match peer.reason() {
            // The certificate itself says more than a verifier that doesn't support it.
            Some(finding) => return finding,
            None => unaccepted(other),
        },
    };
    Finding::new(code, format!("The certificate of {host} {why}."))
}

fn unknown_issuer(peer: &Peer<'_>) -> String {
    let mut why = "does not lead to a root that is trusted here".to_owned();
    if let Some(proxy) = &peer.proxy {
        why.push_str(&format!(
            ". It may be one of the proxy {proxy}; if so, name the proxy's root certificate in SSL_CERT_FILE"
        ));
    }
    why
}

/// A refusal in the words of the verifier: the system's on macOS ends them with the number of Apple's `SecBase.h`.
fn unaccepted(why: &CertificateError) -> (Code, String) {
    let why = match why {
        CertificateError::Other(why) => why.to_string(),
        other => other.to_string(),
    };
    if why.ends_with(": -67818") {
        (Code::CertificateExpired, "is expired".to_owned())
    } else if why.ends_with(": -67819") {
        (Code::CertificateExpired, "is not valid yet".to_owned())
    } else {
        (Code::CertificateUntrusted, format!("is not trusted: {why}"))
    }
}

fn other_names(presented: &[String]) -> String {
    const SHOWN: usize = 3;
    // rustls writes `DnsName("www.acme.com")`.
    let names: Vec<&str> = presented
        .iter()
        .map(|name| name.split('"').nth(1).unwrap_or(name))
        .collect();
    match &names[..] {
        [] => "names no host".to_owned(),
        few if few.len() <= SHOWN => format!("is for {}", few.join(", ")),
        many => format!(
            "is for {} and {} more",
            many[..SHOWN].join(", "),
            many.len() - SHOWN
        ),
    }
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(|_| "a time far away".to_owned(), date)
}

/// The last of the reasons behind an error, which says most.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    let text = last.to_string();
    without_number(&text).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::OtherError;

    use super::*;
    use crate::network::tls_words;

    fn peer(certificate: Option<Certificate>) -> Peer<'static> {
        Peer {
            host: "acme.com",
            certificate,
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
                "is not trusted",
            ),
            // The chain is what is wrong first.
            (
                &weak,
                CertificateError::UnknownIssuer,
                Code::CertificateUntrusted,
                "a root that is trusted",
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
