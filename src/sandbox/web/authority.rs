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

/// Which certificate a host shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Leaf {
    Good,
    Expired,
    WrongName,
    Untrusted,
}

impl From<WebBehaviour> for Leaf {
    fn from(behaviour: WebBehaviour) -> Self {
        match behaviour {
            WebBehaviour::Expired => Self::Expired,
            WebBehaviour::WrongCertificate => Self::WrongName,
            WebBehaviour::Untrusted => Self::Untrusted,
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
    today: Date,
    leaves: Mutex<HashMap<(String, Leaf), Arc<CertifiedKey>>>,
}

impl Authority {
    /// A new authority.
    ///
    /// It is valid for years before and after `now`: that is the emulator's clock, and a client looks at its machine's.
    pub fn new(now: Timestamp) -> Result<Self, NoCertificate> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let key = KeyPair::generate()?;
        let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(|_| NoCertificate)?;
        Ok(Self {
            issuer: issuer("abmctl sandbox", today)?,
            signing: any_ecdsa_type(&private).map_err(|_| NoCertificate)?,
            key,
            today,
            leaves: Mutex::default(),
        })
    }

    /// The authority's own certificate.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The certificate of `host`.
    pub(super) fn leaf(&self, host: &str, leaf: Leaf) -> Option<Arc<CertifiedKey>> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (host.to_owned(), leaf);
        if let Some(made) = leaves.get(&key) {
            return Some(Arc::clone(made));
        }
        let made = Arc::new(self.make(host, leaf).ok()?);
        leaves.insert(key, Arc::clone(&made));
        Some(made)
    }

    fn make(&self, host: &str, leaf: Leaf) -> Result<CertifiedKey, NoCertificate> {
        let name = match leaf {
            Leaf::WrongName => "www.hosting.example",
            Leaf::Good | Leaf::Expired | Leaf::Untrusted => host,
        };
        let until = match leaf {
            Leaf::Expired => self.today.saturating_sub(1.year()),
            Leaf::Good | Leaf::WrongName | Leaf::Untrusted => in_ten_years(self.today),
        };
        let params = CertificateParams::new(vec![name.to_owned()])?;
        let mut params = valid(params, self.today, until);
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let stranger;
        let issuer = if leaf == Leaf::Untrusted {
            stranger = issuer("Nobody knows this one", self.today)?;
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
    let mut params = valid(CertificateParams::default(), today, in_ten_years(today));
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// Valid from five years ago until `until`.
fn valid(mut params: CertificateParams, today: Date, until: Date) -> CertificateParams {
    // The first moment of that day.
    let day = |date: Date| {
        rcgen::date_time_ymd(
            date.year().into(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    };
    params.not_before = day(today.saturating_sub(5.years()));
    params.not_after = day(until);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}

fn in_ten_years(today: Date) -> Date {
    today.saturating_add(10.years())
}
