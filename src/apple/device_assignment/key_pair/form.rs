//! The forms that keys, certificates and encrypted messages come in: PEM and DER, and what a file of them is.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// Base64 as files hold it: padded or not, and forgiving about the bits that padding leaves over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes base64 with lines of any length; `None` if a character does not belong there.
///
/// A last group that is cut off is dropped, for what is in it tells more about half a file than its base64 does.
pub(crate) fn base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    LENIENT.decode(digits.as_slice()).ok().map(Zeroizing::new)
}

/// A block of a PEM file.
///
/// The `pem` crate leaves copies of what it decodes in memory; here it may be a private key.
pub(crate) struct Block<'a> {
    /// What stands after `BEGIN`.
    pub label: &'a str,
    /// Whether its headers say that it is encrypted with a passphrase.
    pub encrypted: bool,
    /// Its contents; `None` if they are no base64.
    pub contents: Option<Zeroizing<Vec<u8>>>,
    /// Whether its end is there.
    pub whole: bool,
}

/// The PEM blocks in a text, with anything around them.
pub(crate) fn blocks(text: &[u8]) -> Vec<Block<'_>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = position(rest, BEGIN) {
        rest = &rest[start + BEGIN.len()..];
        let Some(end) = position(rest, b"-----") else {
            break;
        };
        let label = str::from_utf8(&rest[..end]).unwrap_or_default();
        rest = &rest[end + 5..];
        let close = position(rest, b"-----");
        let (inside, after) = rest.split_at(close.unwrap_or(rest.len()));
        rest = after;
        let (headers, body) = inside
            .split(|&byte| byte == b'\n')
            .partition::<Vec<_>, _>(|line| line.contains(&b':'));
        let body = Zeroizing::new(body.concat());
        blocks.push(Block {
            label,
            encrypted: headers.iter().any(|line| has(line, b"ENCRYPTED")),
            contents: base64(&body),
            whole: after.starts_with(b"-----END "),
        });
    }
    blocks
}

/// Where `part` begins in `bytes`.
pub(crate) fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Whether `part` is in `bytes`.
pub(crate) fn has(bytes: &[u8], part: &[u8]) -> bool {
    position(bytes, part).is_some()
}

/// The tag of the first value of a DER text, its contents, and what follows it.
///
/// It only looks: contents that are cut off, or of no stated length, go on to the end.
pub(crate) fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x80 => (rest.len(), rest),
        _ => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = length.iter().try_fold(0_usize, |sum, &byte| {
                Some(sum.checked_mul(256)? | usize::from(byte))
            });
            (length?, rest)
        }
    };
    let (contents, rest) = rest.split_at(length.min(rest.len()));
    Some((tag, contents, rest))
}

/// A number without the zeros that DER puts before it.
pub(crate) fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    &number[zeros..]
}

/// What a DER text or a PEM block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A private key of any algorithm (PKCS#8).
    Pkcs8,
    /// An RSA private key (PKCS#1).
    Pkcs1,
    /// An EC private key (SEC1).
    Sec1,
    /// A private key that is encrypted with a passphrase.
    EncryptedKey,
    PublicKey,
    Certificate,
    /// A request for a certificate.
    Request,
    /// A key and a certificate in one (PKCS#12).
    Pkcs12,
    /// A message: encrypted, signed or both (CMS).
    Message,
    /// None of these.
    Other,
}

impl Kind {
    /// What a DER text is, by the first values in it.
    pub(crate) fn of_der(der: &[u8]) -> Self {
        const INTEGER: u8 = 0x02;
        const BIT_STRING: u8 = 0x03;
        const OCTET_STRING: u8 = 0x04;
        const OBJECT_IDENTIFIER: u8 = 0x06;
        const SEQUENCE: u8 = 0x30;
        const VERSION: u8 = 0xa0;
        let Some((SEQUENCE, contents, _)) = value(der) else {
            return Self::Other;
        };
        let Some((tag, first, rest)) = value(contents) else {
            return Self::Other;
        };
        let next = rest.first().copied();
        match (tag, first, next) {
            (OBJECT_IDENTIFIER, ..) => Self::Message,
            (INTEGER, [0 | 1], Some(SEQUENCE)) => Self::Pkcs8,
            (INTEGER, [0 | 1], Some(INTEGER)) => Self::Pkcs1,
            (INTEGER, [1], Some(OCTET_STRING)) => Self::Sec1,
            (INTEGER, [3], Some(SEQUENCE)) => Self::Pkcs12,
            (SEQUENCE, [OBJECT_IDENTIFIER, ..], Some(BIT_STRING)) => Self::PublicKey,
            (SEQUENCE, [OBJECT_IDENTIFIER, ..], Some(OCTET_STRING)) => Self::EncryptedKey,
            (SEQUENCE, [INTEGER, 1, 0, ..], _) => Self::Request,
            (SEQUENCE, [VERSION | INTEGER, ..], _) => Self::Certificate,
            _ => Self::Other,
        }
    }

    /// What a PEM block is: by its contents, and where they say nothing by its label.
    pub(crate) fn of_block(block: &Block<'_>) -> Self {
        if block.encrypted {
            return Self::EncryptedKey;
        }
        let contents = block.contents.as_ref();
        match contents.map_or(Self::Other, |der| Self::of_der(der)) {
            Self::Other => match block.label {
                "ENCRYPTED PRIVATE KEY" => Self::EncryptedKey,
                label if label.ends_with("PRIVATE KEY") => Self::Pkcs8,
                label if label.ends_with("PUBLIC KEY") => Self::PublicKey,
                label if label.ends_with("CERTIFICATE") => Self::Certificate,
                label if label.ends_with("REQUEST") => Self::Request,
                "PKCS7" | "CMS" => Self::Message,
                _ => Self::Other,
            },
            kind => kind,
        }
    }

    /// What it is, in words that end a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Pkcs8 | Self::Pkcs1 | Self::Sec1 => "it is a private key",
            Self::EncryptedKey => "it is a private key, encrypted with a passphrase",
            Self::PublicKey => "it is a public key",
            Self::Certificate => "it is a certificate",
            Self::Request => "it is a certificate signing request",
            Self::Pkcs12 => "it is a PKCS#12 file",
            Self::Message => "it is an encrypted or signed message, such as a .p7m file",
            Self::Other => "it is something else",
        }
    }

    /// Whether it is a private key that is not encrypted.
    pub(crate) fn is_private_key(self) -> bool {
        matches!(self, Self::Pkcs8 | Self::Pkcs1 | Self::Sec1)
    }
}
