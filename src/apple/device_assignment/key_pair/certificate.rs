//! Certificates, as far as they matter to server tokens, and the names by which a `.p7m` knows them.

use std::fmt;

use jiff::Timestamp;
use rasn::types::Integer;
use rasn_pkix::{AttributeTypeAndValue, Name, SubjectPublicKeyInfo, Time};

use super::form::{Kind, blocks, significant, value};
use super::{DecryptionKey, KeyPairError};

/// The algorithm identifiers of RSA and EC keys.
const RSA: &[u32] = &[1, 2, 840, 113_549, 1, 1, 1];
const EC: &[u32] = &[1, 2, 840, 10045, 2, 1];
/// The attribute `commonName`.
const COMMON_NAME: &[u32] = &[2, 5, 4, 3];

/// Which certificate: its issuer and serial number, by which a `.p7m` names whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateId {
    /// The issuer's name, DER.
    pub issuer: Vec<u8>,
    /// The serial number: big-endian, without leading zeros.
    pub serial: Vec<u8>,
}

impl CertificateId {
    /// Names a certificate; `None` if issuer or serial number have no DER.
    pub(in super::super) fn new(issuer: &Name, serial: &Integer) -> Option<Self> {
        let serial = rasn::der::encode(serial).ok()?;
        let (_, serial, _) = value(&serial)?;
        Some(Self {
            issuer: rasn::der::encode(issuer).ok()?,
            serial: significant(serial).to_vec(),
        })
    }
}

impl fmt::Display for CertificateId {
    /// The serial number in hexadecimal digits, and the issuer's common name if it has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.serial.is_empty() {
            f.write_str("00")?;
        }
        for byte in &self.serial {
            write!(f, "{byte:02X}")?;
        }
        let issuer = rasn::ber::decode::<Name>(&self.issuer).ok();
        match issuer.as_ref().and_then(common_name) {
            Some(name) => write!(f, " (issued by {name})"),
            None => Ok(()),
        }
    }
}

/// The algorithm of a certificate's public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    Rsa,
    Ec,
    Other,
}

/// A certificate (X.509), as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its issuer and serial number.
    pub id: CertificateId,
    /// The common name of its subject, if it has one.
    pub common_name: Option<String>,
    /// When it ends.
    pub not_after: Option<Timestamp>,
    pub key_algorithm: KeyAlgorithm,
    /// The whole certificate, DER.
    pub der: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate, PEM or DER; of several in PEM the first.
    pub fn parse(file: &[u8]) -> Result<Self, KeyPairError> {
        if file.trim_ascii().is_empty() {
            return Err("it is empty".into());
        }
        let blocks = blocks(file);
        if blocks.is_empty() {
            return Self::from_der(file);
        }
        let kinds = || blocks.iter().map(|block| (block, Kind::of_block(block)));
        let found = kinds().find(|(_, kind)| *kind == Kind::Certificate);
        match found.or_else(|| kinds().next()) {
            Some((block, Kind::Certificate)) => match &block.contents {
                Some(der) if block.whole => Self::from_der(der),
                _ => Err("it is damaged".into()),
            },
            Some((_, kind)) => Err(no_certificate(kind)),
            None => Err(no_certificate(Kind::Other)),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyPairError> {
        match Kind::of_der(der) {
            Kind::Certificate => Self::read(der).ok_or_else(|| "it is damaged".into()),
            kind => Err(no_certificate(kind)),
        }
    }

    fn read(der: &[u8]) -> Option<Self> {
        let (certificate, rest) =
            rasn::ber::decode_with_remainder::<rasn_pkix::Certificate>(der).ok()?;
        let contents = &certificate.tbs_certificate;
        let seconds = match contents.validity.not_after {
            Time::Utc(time) => time.timestamp(),
            Time::General(time) => time.timestamp(),
        };
        Some(Self {
            id: CertificateId::new(&contents.issuer, &contents.serial_number)?,
            common_name: common_name(&contents.subject),
            not_after: Timestamp::from_second(seconds).ok(),
            key_algorithm: match &contents.subject_public_key_info.algorithm.algorithm[..] {
                RSA => KeyAlgorithm::Rsa,
                EC => KeyAlgorithm::Ec,
                _ => KeyAlgorithm::Other,
            },
            der: der[..der.len() - rest.len()].to_vec(),
        })
    }

    /// Whether its public key is that of this private key.
    pub fn belongs_to(&self, key: &DecryptionKey) -> bool {
        let own = rasn::ber::decode::<rasn_pkix::Certificate>(&self.der)
            .map(|certificate| certificate.tbs_certificate.subject_public_key_info);
        let other = rasn::der::decode::<SubjectPublicKeyInfo>(key.public_key());
        match (own, other) {
            // Of the algorithm only the identifier: its parameters may be left out or be nothing.
            (Ok(own), Ok(other)) => {
                own.algorithm.algorithm == other.algorithm.algorithm
                    && own.subject_public_key == other.subject_public_key
            }
            _ => false,
        }
    }
}

/// The common name in a name, the last one if there are several, without characters that steer a terminal.
fn common_name(name: &Name) -> Option<String> {
    let Name::RdnSequence(parts) = name;
    let mut names = parts.iter().rev().flat_map(|part| part.to_vec());
    let attribute = names.find(|attribute| attribute.r#type.as_ref() == COMMON_NAME)?;
    let text: String = text(attribute)?
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    (!text.trim().is_empty()).then_some(text)
}

/// The text of an attribute: UTF-8, one of ASCII's relatives, or UTF-16.
fn text(attribute: &AttributeTypeAndValue) -> Option<String> {
    const BMP_STRING: u8 = 0x1e;
    let (tag, contents, _) = value(attribute.value.as_bytes())?;
    if tag == BMP_STRING {
        let units: Vec<u16> = contents
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        return Some(String::from_utf16_lossy(&units));
    }
    Some(String::from_utf8_lossy(contents).into_owned())
}

fn no_certificate(kind: Kind) -> KeyPairError {
    match kind {
        Kind::Other => "it isn't a certificate".into(),
        kind => KeyPairError(format!("{}, not a certificate", kind.words())),
    }
}
