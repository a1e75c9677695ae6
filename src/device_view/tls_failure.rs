//! What it means when TLS fails: by a certificate, or by the handshake. Pure.

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, PeerIncompatible};

use super::failure::Peer;
use crate::core::service_discovery::{Code, Finding};
use crate::text::prose_date;

/// What rustls refused.
pub(super) fn of_tls(error: &rustls::Error, peer: &Peer<'_>) -> Finding {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    let host = peer.host;
    let rustls::Error::InvalidCertificate(why) = error else {
        return if peer.asked_for_certificate {
            wants_certificate(host)
        } else {
            Finding::new(Code::TlsFailed, of_protocol(error, peer))
        };
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
        NotValidForName => (
            Code::CertificateWrongName,
            "is for a different name".to_owned(),
        ),
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
    let mut why = "doesn't lead to a root that this machine trusts".to_owned();
    if let Some(proxy) = &peer.proxy {
        why.push_str(&format!(
            ". The certificate may come from the proxy {proxy}; if so, set SSL_CERT_FILE to the proxy's root certificate"
        ));
    }
    why
}

/// A refusal in the words of the verifier: the system's on macOS ends them with the number of Apple's `SecBase.h`.
fn unaccepted(why: &CertificateError) -> (Code, String) {
    let text = match why {
        CertificateError::Other(why) => why.to_string(),
        _ => String::new(),
    };
    if text.ends_with(": -67818") {
        return (Code::CertificateExpired, "is expired".to_owned());
    }
    if text.ends_with(": -67819") {
        return (Code::CertificateExpired, "is not valid yet".to_owned());
    }
    let words = match why {
        CertificateError::Revoked => "it is revoked",
        CertificateError::BadSignature => "a signature in its chain is invalid",
        CertificateError::BadEncoding => "abmctl can't read it",
        CertificateError::UnhandledCriticalExtension => {
            "it has a critical extension that abmctl doesn't support"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "abmctl doesn't support the algorithm of a signature in its chain"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate, or an authority in its chain, isn't for servers"
        }
        CertificateError::Other(_) => verifier_words(&text),
        _ => "the verifier rejects it",
    };
    (
        Code::CertificateUntrusted,
        format!("is not trusted: {words}"),
    )
}

/// What a verifier that names its errors by a name of Rust means; other words stay as they are.
fn verifier_words(text: &str) -> &str {
    match text {
        "CaUsedAsEndEntity" => "it is an authority's certificate, not a server's",
        "EndEntityUsedAsCa" => "the certificate that signed it isn't an authority's",
        "NameConstraintViolation" => "an authority in its chain can't sign for this name",
        "PathLenConstraintViolated" | "MaximumPathDepthExceeded" => "its chain is too long",
        "UnsupportedCertVersion" => "it isn't X.509 version 3",
        name if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()) => {
            "abmctl doesn't accept its form"
        }
        words => words,
    }
}

/// What came of a handshake in which no certificate is at fault: a sentence.
fn of_protocol(error: &rustls::Error, peer: &Peer<'_>) -> String {
    use AlertDescription::{
        HandshakeFailure, InsufficientSecurity, ProtocolVersion, UnrecognisedName,
    };
    let host = peer.host;
    match error {
        rustls::Error::InvalidMessage(_) => {
            format!("{host} doesn't answer with TLS. The usual cause is plain http on this port.")
        }
        rustls::Error::AlertReceived(HandshakeFailure | InsufficientSecurity)
            if peer.certificate.is_none() =>
        {
            format!(
                "{host} refuses the TLS handshake. abmctl doesn't support the cipher suites of older servers. If {host} has only those, devices with version 27 refuse the connection, and devices with older versions may accept it."
            )
        }
        rustls::Error::AlertReceived(ProtocolVersion)
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => {
            format!("{host} supports neither TLS 1.2 nor TLS 1.3.")
        }
        rustls::Error::AlertReceived(UnrecognisedName) => {
            format!("The server of {host} has no TLS for this name.")
        }
        rustls::Error::AlertReceived(alert) => format!(
            "{host} ends the TLS handshake with the alert {}.",
            snake(&format!("{alert:?}"))
        ),
        other => format!("{host} doesn't follow TLS as expected: {other}."),
    }
}

/// A name of Rust as TLS writes it: `InternalError` is `internal_error`.
fn snake(name: &str) -> String {
    let mut written = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !written.is_empty() {
            written.push('_');
        }
        written.push(letter.to_ascii_lowercase());
    }
    written
}

/// The host ended the connection after it had asked for a client certificate.
pub(super) fn wants_certificate(host: &str) -> Finding {
    let why = format!(
        "{host} requests a client certificate and closes the connection without one. Devices have no certificate at this step."
    );
    Finding::new(Code::TlsFailed, why)
}

fn other_names(presented: &[String]) -> String {
    const SHOWN: usize = 3;
    // rustls writes `DnsName("www.acme.com")`.
    let names: Vec<&str> = presented
        .iter()
        .map(|name| name.split('"').nth(1).unwrap_or(name))
        .collect();
    match &names[..] {
        [] => "has no host name".to_owned(),
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
    Timestamp::from_second(seconds).map_or_else(|_| "an unknown date".to_owned(), prose_date)
}
