//! Creates a key pair.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyUsagePurpose, PKCS_RSA_SHA256, PublicKeyData,
    RsaKeySize, SerialNumber, date_time_ymd,
};
use secrecy::SecretString;
use zeroize::{Zeroize, Zeroizing};

use super::KeyPairError;

/// How far a clock may be behind that reads the certificate.
const DAY: u64 = 24 * 60 * 60;
/// How long a certificate is valid, in seconds. Nobody has to renew it: the portal looks at the key.
const TEN_YEARS: u64 = 3653 * DAY;

/// A new key pair.
#[derive(Debug)]
pub struct KeyPair {
    /// The private key, PKCS#8 in PEM.
    pub private_key: SecretString,
    /// The self-signed certificate, PEM.
    pub certificate: String,
}

impl KeyPair {
    /// Makes an RSA key of 2048 bits and a self-signed certificate of this common name, valid from `now` for ten years.
    pub fn generate(common_name: &str, now: Timestamp) -> Result<Self, KeyPairError> {
        let failed = |_| KeyPairError::from("the system can't create a new key");
        let mut key = rcgen::KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
            .map_err(failed)?;
        let certificate = certificate(&key, common_name, now).map_err(failed);
        let private_key = Zeroizing::new(key.serialize_pem());
        key.zeroize();
        Ok(Self {
            private_key: SecretString::from(private_key.as_str()),
            certificate: certificate?,
        })
    }
}

fn certificate(
    key: &rcgen::KeyPair,
    common_name: &str,
    now: Timestamp,
) -> Result<String, rcgen::Error> {
    let now = u64::try_from(now.as_second()).unwrap_or_default();
    let second = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    parameters
        .distinguished_name
        .push(DnType::CommonName, common_name);
    parameters.not_before = second(now.saturating_sub(DAY));
    parameters.not_after = second(now.saturating_add(TEN_YEARS));
    parameters.serial_number = Some(serial_number(key));
    parameters.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    Ok(parameters.self_signed(key)?.pem())
}

/// A positive number of 127 bits, as random as the key that it is made of.
///
/// Issuers of the same name must not repeat one: by it a `.p7m` names its certificate.
fn serial_number(key: &rcgen::KeyPair) -> SerialNumber {
    let mut number = digest(&SHA256, key.der_bytes()).as_ref()[..16].to_vec();
    // Never negative, and always of the same length.
    number[0] = number[0] & 0x7f | 0x40;
    number.into()
}
