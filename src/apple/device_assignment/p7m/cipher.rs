//! The ciphers of the content: AES and 3DES in CBC mode, with padding as in PKCS#7.
#![expect(deprecated, reason = "3DES is for nothing but files that others made")]

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DES_EDE3_FOR_LEGACY_USE_ONLY, DecryptionContext,
    PaddedBlockDecryptingKey, UnboundCipherKey,
};
use rasn::types::{ObjectIdentifier, OctetString};
use rasn_pkix::AlgorithmIdentifier;
use zeroize::Zeroizing;

use super::P7mError;

/// The ciphers that are known here: the object identifier, the cipher, and the bytes of its key.
const CIPHERS: [(&[u32], &Algorithm, usize); 4] = [
    (&[2, 16, 840, 1, 101, 3, 4, 1, 2], &AES_128, 16),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 22], &AES_192, 24),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 42], &AES_256, 32),
    // Apple's files have AES-128 (observed), but tools that were written for them take 3DES too, and so may a portal.
    (
        &[1, 2, 840, 113_549, 3, 7],
        &DES_EDE3_FOR_LEGACY_USE_ONLY,
        24,
    ),
];

/// What else a message may be encrypted with, by name.
const OTHERS: [(&[u32], &str); 15] = [
    (&[1, 2, 840, 113_549, 3, 2], "RC2"),
    (&[1, 2, 840, 113_549, 3, 4], "RC4"),
    (&[1, 3, 14, 3, 2, 7], "DES"),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 6], "AES-128-GCM"),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 26], "AES-192-GCM"),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 46], "AES-256-GCM"),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 7], "AES-128-CCM"),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 27], "AES-192-CCM"),
    (&[2, 16, 840, 1, 101, 3, 4, 1, 47], "AES-256-CCM"),
    (&[1, 2, 392, 200_011, 61, 1, 1, 1, 2], "Camellia-128"),
    (&[1, 2, 392, 200_011, 61, 1, 1, 1, 3], "Camellia-192"),
    (&[1, 2, 392, 200_011, 61, 1, 1, 1, 4], "Camellia-256"),
    (&[1, 2, 410, 200_004, 1, 4], "SEED"),
    (&[1, 2, 840, 113_549, 1, 1, 7], "RSAES-OAEP"),
    (&[1, 2, 840, 113_549, 1, 9, 16, 13, 3], "key encapsulation"),
];

/// The name of an algorithm that is not supported, if it is known, and its object identifier.
pub(super) fn name(id: &ObjectIdentifier) -> String {
    match OTHERS.iter().find(|(other, _)| *other == id.as_ref()) {
        Some((_, name)) => format!("{name} ({id})"),
        None => format!("the algorithm {id}"),
    }
}

/// A cipher and where it begins.
#[derive(Clone)]
pub(super) struct Cipher {
    algorithm: &'static Algorithm,
    key_length: usize,
    initial: Vec<u8>,
}

impl Cipher {
    /// The cipher that a message names; its name where it is not supported.
    pub(super) fn of(named: &AlgorithmIdentifier) -> Result<Result<Self, String>, P7mError> {
        let id = &named.algorithm;
        let Some((_, algorithm, key_length)) =
            CIPHERS.iter().find(|(known, ..)| *known == id.as_ref())
        else {
            return Ok(Err(name(id)));
        };
        let initial = named
            .parameters
            .as_ref()
            .and_then(|parameters| rasn::ber::decode::<OctetString>(parameters.as_bytes()).ok())
            .filter(|initial| initial.len() == algorithm.block_len())
            .ok_or_else(|| {
                P7mError::Damaged(
                    "abmctl can't read the initialization vector of its cipher".into(),
                )
            })?;
        Ok(Ok(Self {
            algorithm,
            key_length: *key_length,
            initial: initial.to_vec(),
        }))
    }

    /// Whether a key has the length that the cipher takes.
    pub(super) fn takes(&self, key: &[u8]) -> bool {
        key.len() == self.key_length
    }

    /// Decrypts a text.
    ///
    /// The key is the right one, for RSA opened it and it has its length: what can't be decrypted is damaged.
    pub(super) fn decrypt(
        &self,
        key: &[u8],
        content: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, P7mError> {
        let damaged = |_| P7mError::Damaged("abmctl can't decrypt all of its content".into());
        let key = UnboundCipherKey::new(self.algorithm, key)
            .and_then(PaddedBlockDecryptingKey::cbc_pkcs7)
            // Of 3DES the library refuses keys that make it plain DES.
            .map_err(|_| P7mError::Unsupported("a key that is too weak".into()))?;
        let mut text = Zeroizing::new(content.to_vec());
        let length = key
            .decrypt(&mut text, self.context().map_err(damaged)?)
            .map_err(damaged)?
            .len();
        text.truncate(length);
        // A server token is a text. A byte that was changed on the way makes noise of a whole block.
        if str::from_utf8(&text).is_err() {
            return Err(P7mError::Damaged("its content isn't text".into()));
        }
        Ok(text)
    }

    fn context(&self) -> Result<DecryptionContext, aws_lc_rs::error::Unspecified> {
        let initial = self.initial.as_slice();
        match initial.len() {
            8 => initial.try_into().map(DecryptionContext::Iv64),
            _ => initial.try_into().map(DecryptionContext::Iv128),
        }
    }
}
