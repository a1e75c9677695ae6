//! RSA private keys, in the usual file formats.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use zeroize::Zeroizing;

use super::form::{Kind, blocks, significant, value};
use super::{ENCRYPTED, KeyPairError};
use crate::apple::pem_text::pem_in;

/// The object identifiers of keys, DER without tag and length.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// The bits of the smallest RSA key that is taken.
const SMALLEST: usize = 2048;

/// An RSA private key that opens `.p7m` files. Prints as nothing.
pub struct DecryptionKey {
    key: Pkcs1PrivateDecryptingKey,
    public_key: Vec<u8>,
}

impl DecryptionKey {
    /// Reads a key: PKCS#8 or PKCS#1, PEM or DER, not encrypted. PEM may have its line breaks written out as `\n`, and may be in base64.
    ///
    /// The errors say what a file is that holds none, and repeat nothing of it.
    pub fn parse(file: &[u8]) -> Result<Self, KeyPairError> {
        if file.trim_ascii().is_empty() {
            return Err("it is empty".into());
        }
        let pem = std::str::from_utf8(file).map(pem_in);
        let text = pem.as_ref().map_or(file, |pem| pem.as_bytes());
        let blocks = blocks(text);
        if blocks.is_empty() {
            return Self::from_der(file, Kind::of_der(file));
        }
        let kinds = || blocks.iter().map(|block| (block, Kind::of_block(block)));
        let encrypted = || kinds().find(|(_, kind)| *kind == Kind::EncryptedKey);
        // A key is often kept with its certificate, in either order.
        let found = kinds().find(|(_, kind)| kind.is_private_key());
        match found.or_else(encrypted).or_else(|| kinds().next()) {
            Some((block, kind)) if kind.is_private_key() => match &block.contents {
                Some(der) if block.whole => Self::from_der(der, kind),
                _ => Err("it is damaged".into()),
            },
            Some((_, kind)) => Err(no_private_key(kind)),
            None => Err(no_private_key(Kind::Other)),
        }
    }

    fn from_der(der: &[u8], kind: Kind) -> Result<Self, KeyPairError> {
        let wrapped;
        let pkcs8 = match kind {
            Kind::Pkcs8 => der,
            Kind::Pkcs1 => {
                wrapped = pkcs8_of(der);
                &wrapped
            }
            Kind::Sec1 => return Err(no_rsa("an EC key")),
            other => return Err(no_private_key(other)),
        };
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| refused(pkcs8))?;
        let public_key: PublicKeyX509Der<'_> =
            key.public_key().as_der().map_err(|_| refused(pkcs8))?;
        Ok(Self {
            public_key: public_key.as_ref().to_vec(),
            key: Pkcs1PrivateDecryptingKey::new(key).map_err(|_| refused(pkcs8))?,
        })
    }

    /// Its public key: a `SubjectPublicKeyInfo`, DER.
    pub(super) fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Opens what was encrypted to it by PKCS#1 v1.5; `None` if it was encrypted to another key.
    pub(in super::super) fn unwrap(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if encrypted.len() != self.key.key_size_bytes() {
            return None;
        }
        let mut buffer = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let length = self.key.decrypt(encrypted, &mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptionKey(not shown)")
    }
}

/// The PKCS#8 form of a PKCS#1 key: version, algorithm and the key, for the library takes no other.
fn pkcs8_of(pkcs1: &[u8]) -> Zeroizing<Vec<u8>> {
    const VERSION: &[u8] = &[0x02, 0x01, 0x00];
    const ALGORITHM: &[u8] = &[
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let key = head(0x04, pkcs1.len());
    let length = VERSION.len() + ALGORITHM.len() + key.len() + pkcs1.len();
    let sequence = head(0x30, length);
    // Sized at once: growing would leave copies of the key behind.
    let mut der = Zeroizing::new(Vec::with_capacity(sequence.len() + length));
    for part in [&sequence, VERSION, ALGORITHM, &key, pkcs1] {
        der.extend_from_slice(part);
    }
    der
}

/// The tag and the length of a DER value.
fn head(tag: u8, length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let digits = &bytes[zeros..];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => vec![tag, short],
        _ => {
            let count = u8::try_from(digits.len()).unwrap_or_default();
            [&[tag, 0x80 | count], digits].concat()
        }
    }
}

/// Why the library refused a key.
fn refused(pkcs8: &[u8]) -> KeyPairError {
    let (algorithm, modulus) = look_inside(pkcs8).unwrap_or_default();
    if algorithm == EC {
        return no_rsa("an EC key");
    }
    if algorithm != RSA {
        return match algorithm {
            [] => "it is damaged".into(),
            _ => no_rsa("another kind of key"),
        };
    }
    let digits = significant(modulus);
    match digits.first().map(|byte| byte.leading_zeros() as usize) {
        Some(zeros) if digits.len() * 8 - zeros < SMALLEST => KeyPairError(format!(
            "it is an RSA key of {} bits; the minimum is {SMALLEST} bits",
            digits.len() * 8 - zeros
        )),
        _ => "it is damaged".into(),
    }
}

/// The algorithm of a PKCS#8 key, and of an RSA key the modulus.
fn look_inside(pkcs8: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, contents, _) = value(pkcs8)?;
    let (_, _version, rest) = value(contents)?;
    let (_, algorithm, rest) = value(rest)?;
    let (_, algorithm, _) = value(algorithm)?;
    let modulus = || {
        let (_, key, _) = value(rest)?;
        let (_, numbers, _) = value(key)?;
        let (_, _version, rest) = value(numbers)?;
        value(rest).map(|(_, modulus, _)| modulus)
    };
    Some((algorithm, modulus().unwrap_or_default()))
}

fn no_rsa(what: &str) -> KeyPairError {
    KeyPairError(format!("it is {what}; server tokens require an RSA key"))
}

fn no_private_key(kind: Kind) -> KeyPairError {
    match kind {
        Kind::EncryptedKey => ENCRYPTED.into(),
        Kind::Other => "it isn't a private key".into(),
        kind => KeyPairError(format!("{}, not a private key", kind.words())),
    }
}
