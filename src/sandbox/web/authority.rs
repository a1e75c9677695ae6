//! Certificates: an authority of the emulator's own, and a certificate for each host when it is first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::{CertifiedKey, SigningKey};

use super::WebBehaviour;

/// How long the certificate of a host is valid. Apple's systems refuse more than 825 days (official, Apple's article
/// 103769), and from public authorities more than 398 (official, 102028).
const VALID_DAYS: i32 = 397;
const LONG_DAYS: i32 = 500;
const TOO_LONG_DAYS: i32 = 1100;
/// How many days are left of a certificate that ends soon.
const LEFT_DAYS: i32 = 7;

/// Which certificate a host shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Leaf {
    Good,
    Expired,
    WrongName,
    Untrusted,
    Long,
    TooLong,
    WithoutUsage,
    EndsSoon,
}

impl Leaf {
    fn valid_days(self) -> i32 {
        match self {
            Self::Long => LONG_DAYS,
            Self::TooLong => TOO_LONG_DAYS,
            _ => VALID_DAYS,
        }
    }
}

impl From<WebBehaviour> for Leaf {
    fn from(behaviour: WebBehaviour) -> Self {
        match behaviour {
            WebBehaviour::Expired => Self::Expired,
            WebBehaviour::WrongCertificate => Self::WrongName,
            WebBehaviour::Untrusted => Self::Untrusted,
            WebBehaviour::CertificateLong => Self::Long,
            WebBehaviour::CertificateTooLong => Self::TooLong,
            WebBehaviour::CertificateWithoutUsage => Self::WithoutUsage,
            WebBehaviour::CertificateEndsSoon => Self::EndsSoon,
            _ => Self::Good,
        }
    }
}

/// No certificate can be made.
#[derive(Debug)]
pub(crate) struct NoCertificate;

impl From<rcgen::Error> for NoCertificate {
    fn from(_: rcgen::Error) -> Self {
        Self
    }
}

/// The authority, the key that every host has, and the certificates so far.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
    leaves: Mutex<HashMap<(String, Leaf), Made>>,
}

/// A certificate, and the day on which it was made.
struct Made {
    day: Date,
    certificate: Arc<CertifiedKey>,
}

impl Made {
    /// Whether it is valid for all of `today`, also for a client whose clock is up to a day ahead or behind.
    fn serves(&self, today: Date, leaf: Leaf) -> bool {
        let days = match leaf {
            Leaf::EndsSoon => LEFT_DAYS,
            _ => VALID_DAYS,
        };
        let age = today.duration_since(self.day).as_hours() / 24;
        (0..i64::from(days) - 2).contains(&age)
    }
}

impl Authority {
    /// A new authority, valid for years before and after `now`.
    pub(crate) fn new(now: Timestamp) -> Result<Self, NoCertificate> {
        let key = KeyPair::generate()?;
        let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(|_| NoCertificate)?;
        Ok(Self {
            issuer: issuer("abmctl sandbox", day_of(now))?,
            signing: any_ecdsa_type(&private).map_err(|_| NoCertificate)?,
            key,
            leaves: Mutex::default(),
        })
    }

    /// The authority's own certificate.
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The certificate of `host`; a new one if the last one ends within a day of `now`, or begins after it.
    pub(super) fn leaf(&self, host: &str, leaf: Leaf, now: Timestamp) -> Option<Arc<CertifiedKey>> {
        let today = day_of(now);
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (host.to_owned(), leaf);
        if let Some(made) = leaves.get(&key).filter(|made| made.serves(today, leaf)) {
            return Some(Arc::clone(&made.certificate));
        }
        let certificate = Arc::new(self.make(host, leaf, today).ok()?);
        let made = Made {
            day: today,
            certificate: Arc::clone(&certificate),
        };
        leaves.insert(key, made);
        Some(certificate)
    }

    fn make(&self, host: &str, leaf: Leaf, today: Date) -> Result<CertifiedKey, NoCertificate> {
        let name = match leaf {
            Leaf::WrongName => "www.hosting.example",
            _ => host,
        };
        let yesterday = today.saturating_sub(1.day());
        let from = match leaf {
            Leaf::Expired => yesterday.saturating_sub(2.years()),
            Leaf::EndsSoon => today.saturating_sub((VALID_DAYS - LEFT_DAYS).days()),
            _ => yesterday,
        };
        let params = CertificateParams::new(vec![name.to_owned()])?;
        let mut params = valid(params, from, from.saturating_add(leaf.valid_days().days()));
        params.distinguished_name.push(DnType::CommonName, name);
        if leaf != Leaf::WithoutUsage {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        }
        let stranger;
        let issuer = if leaf == Leaf::Untrusted {
            stranger = issuer("Nobody knows this one", today)?;
            &stranger
        } else {
            &self.issuer
        };
        let signed = params.signed_by(&self.key, issuer)?;
        Ok(CertifiedKey::new(
            vec![signed.into()],
            Arc::clone(&self.signing),
        ))
    }
}

fn issuer(name: &str, today: Date) -> Result<CertifiedIssuer<'static, KeyPair>, NoCertificate> {
    let mut params = valid(
        CertificateParams::default(),
        today.saturating_sub(5.years()),
        today.saturating_add(10.years()),
    );
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// Valid from the first moment of one day to that of another.
fn valid(mut params: CertificateParams, from: Date, until: Date) -> CertificateParams {
    let day = |date: Date| {
        rcgen::date_time_ymd(
            date.year().into(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    };
    params.not_before = day(from);
    params.not_after = day(until);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}

fn day_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}
