//! Apple's requirements for a server's certificate and TLS, beyond those of every client (official, Apple's
//! articles 103769, 102028 and 126655). Pure.

use jiff::{SignedDuration, Timestamp};

use super::{Code, Finding};
use crate::text::prose_date;

/// `id-kp-serverAuth`.
const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
/// Signatures with SHA-1: RSA, the older identifier for RSA, ECDSA, DSA.
const SHA1: [&str; 4] = [
    "1.2.840.113549.1.1.5",
    "1.3.14.3.2.29",
    "1.2.840.10045.4.1",
    "1.2.840.10040.4.3",
];
/// The smallest RSA key, in bits.
const SMALLEST_RSA: u64 = 2048;
/// The longest validity, whoever issued the certificate.
const LONGEST_DAYS: i64 = 825;
/// The longest validity from an authority that devices know from the start.
const LONGEST_PUBLIC_DAYS: i64 = 398;
/// A certificate that ends sooner than this is worth a warning.
const SOON_DAYS: i64 = 14;
/// 2019-07-01 and 2020-09-01: certificates that were issued before have no longest validity, or another one.
const SINCE_825: i64 = 1_561_939_200;
const SINCE_398: i64 = 1_598_918_400;

const DAY: i64 = 86_400;

/// A server's certificate, as far as devices judge it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// The purposes of its extended key usage, as object identifiers; `None` without that extension.
    pub purposes: Option<Vec<String>>,
    /// The size of its RSA key in bits; `None` for a key of another kind.
    pub rsa_bits: Option<u64>,
    /// The algorithm of its signature, as an object identifier.
    pub signature: String,
}

impl Certificate {
    /// That it is expired, or not valid yet.
    pub fn out_of_date(&self, host: &str, now: Timestamp) -> Option<Finding> {
        let why = if now > self.not_after {
            format!("expired on {}", prose_date(self.not_after))
        } else if now < self.not_before {
            format!("is not valid before {}", prose_date(self.not_before))
        } else {
            return None;
        };
        let why = format!("The certificate of {host} {why}.");
        Some(Finding::new(Code::CertificateExpired, why))
    }

    /// Why devices refuse it, the reasons that the issuer can't help first; then what only warns.
    pub fn judge(&self, host: &str, now: Timestamp) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut note = |code, why: String| {
            let why = format!("The certificate of {host} {why}");
            found.push(Finding::new(code, why));
        };
        let validity = self.not_after.duration_since(self.not_before);
        let issued = self.not_before.as_second();
        // Part of a day counts as one (official).
        let days = validity.as_secs().div_euclid(DAY) + i64::from(validity.as_secs() % DAY > 0);
        let longer_than =
            |days: i64, since| issued >= since && validity > SignedDuration::from_secs(days * DAY);
        match &self.purposes {
            Some(purposes) if purposes.iter().any(|it| it == SERVER_AUTH) => {}
            Some(_) => note(
                Code::CertificateNoServerAuth,
                "isn't for servers: its extended key usage lacks serverAuth.".to_owned(),
            ),
            None if issued < SINCE_825 => {}
            None => note(
                Code::CertificateNoServerAuth,
                "has no extended key usage. Devices require one with serverAuth.".to_owned(),
            ),
        }
        if let Some(bits) = self.rsa_bits.filter(|bits| *bits < SMALLEST_RSA) {
            note(
                Code::CertificateWeakKey,
                format!("has an RSA key of {bits} bits. Devices require at least 2048 bits."),
            );
        }
        if SHA1.contains(&self.signature.as_str()) {
            note(
                Code::CertificateSha1,
                "is signed with SHA-1, which devices don't trust.".to_owned(),
            );
        }
        if longer_than(LONGEST_DAYS, SINCE_825) {
            note(
                Code::CertificateTooLong,
                format!(
                    "is valid for {} days. Devices accept at most {LONGEST_DAYS} days.",
                    grouped(days)
                ),
            );
        } else if longer_than(LONGEST_PUBLIC_DAYS, SINCE_398) {
            note(
                Code::CertificateLong,
                format!(
                    "is valid for {days} days. From a public authority, devices accept at most {LONGEST_PUBLIC_DAYS} days."
                ),
            );
        }
        let left = self.not_after.duration_since(now);
        if !left.is_negative() && left <= SignedDuration::from_secs(SOON_DAYS * DAY) {
            note(
                Code::CertificateEndsSoon,
                format!("expires on {}.", prose_date(self.not_after)),
            );
        }
        found
    }
}

/// A number of days as people write it: 1,100.
fn grouped(number: i64) -> String {
    match (number / 1000, number % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

/// What TLS 1.2 of a server lacks, and devices of version 27 want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls12Lacks {
    ExtendedMasterSecret,
    /// AES-GCM with ECDHE.
    AesGcm,
}

impl Tls12Lacks {
    /// That devices of version 27 refuse a host that speaks TLS 1.2 so.
    pub fn finding(self, host: &str) -> Finding {
        let without = match self {
            Self::ExtendedMasterSecret => "extended master secret",
            Self::AesGcm => "a cipher suite with ECDHE and AES-GCM",
        };
        Finding::new(
            Code::TlsVersion27,
            format!(
                "{host} uses TLS 1.2 without {without}. iOS, iPadOS, macOS, and visionOS 27 refuse the connection."
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A certificate that devices take, valid for this long from 2026-01-01.
    fn valid_for(seconds: i64) -> Certificate {
        let not_before = at("2026-01-01T00:00:00Z");
        Certificate {
            not_before,
            not_after: not_before + SignedDuration::from_secs(seconds),
            purposes: Some(vec![SERVER_AUTH.to_owned()]),
            rsa_bits: None,
            signature: "1.2.840.10045.4.3.2".to_owned(),
        }
    }

    fn good() -> Certificate {
        valid_for(90 * DAY)
    }

    fn codes(certificate: &Certificate) -> Vec<Code> {
        let now = certificate.not_before + SignedDuration::from_secs(DAY);
        let found = certificate.judge("acme.com", now);
        found.iter().map(|it| it.code).collect()
    }

    #[test]
    fn a_validity_counts_to_the_second() {
        use Code::{CertificateLong, CertificateTooLong};
        for (seconds, expected) in [
            (398 * DAY - 1, None),
            (398 * DAY, None),
            (398 * DAY + 1, Some(CertificateLong)),
            (825 * DAY, Some(CertificateLong)),
            (825 * DAY + 1, Some(CertificateTooLong)),
            (10_000 * DAY, Some(CertificateTooLong)),
        ] {
            let expected: Vec<Code> = expected.into_iter().collect();
            assert_eq!(codes(&valid_for(seconds)), expected, "{seconds}");
        }
        let message = |seconds| {
            let certificate = valid_for(seconds);
            certificate
                .judge("acme.com", certificate.not_before)
                .remove(0)
                .message
        };
        assert_eq!(
            message(1100 * DAY),
            "The certificate of acme.com is valid for 1,100 days. Devices accept at most 825 days."
        );
        assert!(message(825 * DAY + 1).contains(" 826 days"));
        assert!(message(398 * DAY + 1).contains(" 399 days"));
    }

    #[test]
    fn older_certificates_have_older_rules() {
        let issued = |day: &str| Certificate {
            not_before: at(day),
            not_after: at(day) + SignedDuration::from_secs(3650 * DAY),
            purposes: None,
            ..good()
        };
        assert_eq!(codes(&issued("2019-06-30T23:59:59Z")), []);
        assert_eq!(
            codes(&issued("2019-07-01T00:00:00Z")),
            [Code::CertificateNoServerAuth, Code::CertificateTooLong]
        );
        let two_years = Certificate {
            not_before: at("2020-08-31T23:59:59Z"),
            not_after: at("2022-08-31T23:59:59Z"),
            ..good()
        };
        assert_eq!(codes(&two_years), []);
    }

    #[test]
    fn purposes_keys_and_signatures_are_judged() {
        let with = |purposes: &[&str]| Certificate {
            purposes: Some(purposes.iter().map(|it| (*it).to_owned()).collect()),
            ..good()
        };
        let client = "1.3.6.1.5.5.7.3.2";
        let any = "2.5.29.37.0";
        for (certificate, expected) in [
            (with(&[client, SERVER_AUTH]), None),
            (with(&[client]), Some(Code::CertificateNoServerAuth)),
            (with(&[any]), Some(Code::CertificateNoServerAuth)),
            (with(&[]), Some(Code::CertificateNoServerAuth)),
            (
                Certificate {
                    purposes: None,
                    ..good()
                },
                Some(Code::CertificateNoServerAuth),
            ),
            (
                Certificate {
                    rsa_bits: Some(2048),
                    ..good()
                },
                None,
            ),
            (
                Certificate {
                    rsa_bits: Some(2047),
                    ..good()
                },
                Some(Code::CertificateWeakKey),
            ),
            (
                Certificate {
                    signature: SHA1[0].to_owned(),
                    ..good()
                },
                Some(Code::CertificateSha1),
            ),
            (
                Certificate {
                    signature: SHA1[2].to_owned(),
                    ..good()
                },
                Some(Code::CertificateSha1),
            ),
        ] {
            let expected: Vec<Code> = expected.into_iter().collect();
            assert_eq!(codes(&certificate), expected, "{certificate:?}");
        }
    }

    #[test]
    fn a_certificate_that_ends_within_14_days_warns_until_it_is_expired() {
        let certificate = good();
        let end = certificate.not_after;
        let before = |seconds| end - SignedDuration::from_secs(seconds);
        for (now, expected) in [
            (before(14 * DAY + 1), None),
            (before(14 * DAY), Some("expires on April 1, 2026.")),
            (before(0), Some("expires on April 1, 2026.")),
            (before(-1), None),
        ] {
            let found = certificate.judge("acme.com", now);
            let message = found.first().map(|it| it.message.as_str());
            assert_eq!(
                message,
                expected
                    .map(|it| format!("The certificate of acme.com {it}"))
                    .as_deref()
            );
        }
        let out = |now| certificate.out_of_date("acme.com", now);
        assert_eq!(out(end), None);
        assert!(
            out(before(-1))
                .unwrap()
                .message
                .contains("The certificate of acme.com expired on April 1, 2026.")
        );
        let early = out(at("2025-12-31T23:59:59Z")).unwrap();
        assert_eq!(early.code, Code::CertificateExpired);
        assert!(
            early
                .message
                .contains("is not valid before January 1, 2026.")
        );
    }
}
