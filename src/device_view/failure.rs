//! What it means when a connection or an exchange fails. Pure.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use crate::core::service_discovery::{Code, Finding};
use crate::network::{tls_error, without_number};
use crate::text::duration;

/// Why an exchange with a host failed.
pub(super) fn of_exchange(error: &reqwest::Error, host: &str, timeout: Duration) -> Finding {
    if error.is_connect()
        && let Some(refused) = tls_error(error)
    {
        return of_tls(refused, host);
    }
    if error.is_timeout() {
        return timed_out(host, timeout);
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

/// Why a connection to a host failed, in TCP or TLS.
pub(super) fn of_connection(error: &std::io::Error, host: &str) -> Finding {
    match tls_error(error) {
        Some(refused) => of_tls(refused, host),
        None => Finding::new(
            Code::NoConnection,
            format!("{host} can't be connected to: {}.", innermost(error)),
        ),
    }
}

/// No answer in time.
pub(super) fn timed_out(host: &str, timeout: Duration) -> Finding {
    let why = format!("{host} did not answer within {}.", duration(timeout));
    Finding::new(Code::TimedOut, why)
}

/// What rustls refused.
fn of_tls(error: &rustls::Error, host: &str) -> Finding {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    let rustls::Error::InvalidCertificate(why) = error else {
        let why = format!("{host} does not speak TLS as expected: {error}.");
        return Finding::new(Code::TlsFailed, why);
    };
    let (code, why) = match why {
        Expired => (Code::CertificateExpired, "is expired".to_owned()),
        ExpiredContext { not_after, .. } => (
            Code::CertificateExpired,
            format!("is expired since {}", day(*not_after)),
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
        UnknownIssuer => (
            Code::CertificateUntrusted,
            "does not lead to a root that is trusted here".to_owned(),
        ),
        // The words of the system's verifier on macOS, with the number of Apple's `SecBase.h` at their end.
        CertificateError::Other(why) => match why.to_string() {
            why if why.ends_with(": -67818") => (Code::CertificateExpired, "is expired".to_owned()),
            why if why.ends_with(": -67819") => {
                (Code::CertificateExpired, "is not valid yet".to_owned())
            }
            why => (Code::CertificateUntrusted, format!("is not trusted: {why}")),
        },
        other => (
            Code::CertificateUntrusted,
            format!("is not trusted: {other}"),
        ),
    };
    Finding::new(code, format!("The certificate of {host} {why}."))
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
    Timestamp::from_second(seconds).map_or_else(
        |_| "a time far away".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
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
            let finding = of_tls(&error, "acme.com");
            assert_eq!(finding.code, code);
            assert_eq!(
                finding.message,
                format!("The certificate of acme.com {says}.")
            );
        }
    }
}
