//! A server token's file as Apple's portal hands it out: the token, encrypted for the holder of a certificate's key.
//!
//! The form is that of a real file (observed): MIME around CMS in BER of indefinite length, the content in pieces, one
//! recipient by issuer and serial number, RSA PKCS#1 v1.5, AES-128-CBC.

use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// Context tag 0, constructed.
const TAG_0: u8 = 0xa0;

/// 1.2.840.113549.1.1.1.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.113549.1.7.1.
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// 1.2.840.113549.1.7.3.
const ENVELOPED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];
/// 2.16.840.1.101.3.4.1.2.
const AES_128_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02];

/// Bytes in one piece of the content: small, so that there are several.
const PIECE: usize = 256;

/// Characters in a line of base64 (observed).
const LINE: usize = 76;

/// What a file is made for: a certificate with an RSA key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The whole of it.
    pub der: Vec<u8>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
    public_key: Vec<u8>,
}

impl Certificate {
    /// Reads PEM or DER; `None` for anything but a certificate with an RSA key.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let der = match pem::parse(bytes) {
            Ok(block) if block.tag() == "CERTIFICATE" => block.into_contents(),
            Ok(_) => return None,
            Err(_) => bytes.to_vec(),
        };
        let (certificate, rest) = element(&der)?;
        if certificate.tag != SEQUENCE || !rest.is_empty() {
            return None;
        }
        let (signed, _) = element(certificate.content)?;
        let (first, after) = element(signed.content)?;
        // The version may be left out.
        let (serial, after) = if first.tag == TAG_0 {
            element(after)?
        } else {
            (first, after)
        };
        let (_algorithm, after) = element(after)?;
        let (issuer, after) = element(after)?;
        let (_validity, after) = element(after)?;
        let (_subject, after) = element(after)?;
        let (public_key, _) = element(after)?;
        let (algorithm, _) = element(public_key.content)?;
        let (algorithm, _) = element(algorithm.content)?;
        let is_rsa = algorithm.tag == OBJECT_ID && algorithm.content == RSA;
        if serial.tag != INTEGER || issuer.tag != SEQUENCE || !is_rsa {
            return None;
        }
        let (issuer, serial) = (issuer.whole.to_vec(), serial.whole.to_vec());
        let public_key = public_key.whole.to_vec();
        PublicEncryptingKey::from_der(&public_key).ok()?;
        Some(Self {
            der,
            issuer,
            serial,
            public_key,
        })
    }
}

/// What the content is encrypted with.
pub(super) struct ContentKey {
    pub key: [u8; 16],
    pub iv: [u8; 16],
}

/// The `.p7m` of a token for the holder of the certificate's key; `None` where the key takes no message.
pub(super) fn seal(
    token: &str,
    certificate: &Certificate,
    content_key: &ContentKey,
) -> Option<String> {
    let inner = format!(
        "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\
         -----BEGIN MESSAGE-----\n{token}\n-----END MESSAGE-----\n"
    );
    let message = enveloped(inner.as_bytes(), certificate, content_key)?;
    let base64 = STANDARD.encode(message);
    let lines: Vec<&str> = (0..base64.len())
        .step_by(LINE)
        .map(|at| &base64[at..base64.len().min(at + LINE)])
        .collect();
    Some(format!(
        "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data\n\
         Content-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; filename=\"smime.p7m\"\n\
         Content-Description: S/MIME Encrypted Message\n\n{}\n",
        lines.join("\n")
    ))
}

fn enveloped(
    content: &[u8],
    certificate: &Certificate,
    content_key: &ContentKey,
) -> Option<Vec<u8>> {
    let public = PublicEncryptingKey::from_der(&certificate.public_key).ok()?;
    let public = Pkcs1PublicEncryptingKey::new(public).ok()?;
    let mut wrapped = vec![0; public.ciphertext_size()];
    let wrapped = public.encrypt(&content_key.key, &mut wrapped).ok()?;

    let key = UnboundCipherKey::new(&AES_128, &content_key.key).ok()?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).ok()?;
    let mut encrypted = content.to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(&content_key.iv));
    key.less_safe_encrypt(&mut encrypted, context).ok()?;

    let version = || definite(INTEGER, &[&[0]]);
    let recipient = definite(
        SEQUENCE,
        &[
            &version(),
            &definite(SEQUENCE, &[&certificate.issuer, &certificate.serial]),
            // The parameters of RSA are NULL.
            &definite(SEQUENCE, &[&definite(OBJECT_ID, &[RSA]), &[0x05, 0x00]]),
            &definite(OCTET_STRING, &[wrapped]),
        ],
    );
    let pieces: Vec<u8> = encrypted
        .chunks(PIECE)
        .flat_map(|piece| definite(OCTET_STRING, &[piece]))
        .collect();
    let algorithm = definite(
        SEQUENCE,
        &[
            &definite(OBJECT_ID, &[AES_128_CBC]),
            &definite(OCTET_STRING, &[&content_key.iv]),
        ],
    );
    let encrypted = indefinite(
        SEQUENCE,
        &[
            &definite(OBJECT_ID, &[DATA]),
            &algorithm,
            &indefinite(TAG_0, &[&pieces]),
        ],
    );
    let data = indefinite(
        SEQUENCE,
        &[&version(), &definite(SET, &[&recipient]), &encrypted],
    );
    Some(indefinite(
        SEQUENCE,
        &[
            &definite(OBJECT_ID, &[ENVELOPED_DATA]),
            &indefinite(TAG_0, &[&data]),
        ],
    ))
}

/// An element whose length comes first.
fn definite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut element = vec![tag];
    let digits: Vec<u8> = content
        .len()
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    match digits[..] {
        [] => element.push(0),
        [short] if short < 0x80 => element.push(short),
        _ => {
            // A length has eight bytes at most.
            element.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
            element.extend(digits);
        }
    }
    element.extend(content);
    element
}

/// An element that ends with a mark.
fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat()
}

/// An element of DER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

/// The first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, &first) = (bytes.first()?, bytes.get(1)?);
    let (start, length) = if first < 0x80 {
        (2, usize::from(first))
    } else {
        let count = usize::from(first & 0x7f);
        // Nothing here is longer than what two bytes count.
        if !(1..=2).contains(&count) {
            return None;
        }
        let digits = bytes.get(2..2 + count)?;
        let length = digits
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        (2 + count, length)
    };
    let end = start + length;
    let element = Element {
        tag,
        content: bytes.get(start..end)?,
        whole: bytes.get(..end)?,
    };
    Some((element, &bytes[end..]))
}
