//! The CMS message: the recipients of its content key, and the encryption of its content (RFC 5652, section 6).

use rasn::error::DecodeErrorKind;
use rasn::types::ObjectIdentifier;
use rasn_cms::{
    ContentInfo, EnvelopedData, IssuerAndSerialNumber, KeyAgreeRecipientIdentifier,
    RecipientIdentifier, RecipientInfo,
};

use super::super::key_pair::CertificateId;
use super::cipher::{Cipher, name};
use super::{P7mError, Sealed, WrappedKey};

const ENVELOPED_DATA: &[u32] = &[1, 2, 840, 113_549, 1, 7, 3];
const RSA_ENCRYPTION: &[u32] = &[1, 2, 840, 113_549, 1, 1, 1];

/// The most recipients that are read. Each costs an operation with the private key; Apple's files have one (observed).
const MOST_RECIPIENTS: usize = 64;

/// Reads a CMS message of the type `EnvelopedData`.
pub(super) fn read(ber: &[u8]) -> Result<Sealed, P7mError> {
    let (message, rest) =
        rasn::ber::decode_with_remainder::<ContentInfo>(ber).map_err(|error| damaged(&error))?;
    if message.content_type.as_ref() != ENVELOPED_DATA {
        return Err(another_type(&message.content_type));
    }
    // Editors add line ends, and some transports zeros.
    if !rest
        .iter()
        .all(|byte| *byte == 0 || byte.is_ascii_whitespace())
    {
        return Err(P7mError::Damaged(
            "there is extra data after its end".into(),
        ));
    }
    let envelope = rasn::ber::decode::<EnvelopedData>(message.content.as_bytes())
        .map_err(|error| damaged(&error))?;
    if envelope.recipient_infos.len() > MOST_RECIPIENTS {
        return Err(P7mError::Damaged(format!(
            "it has more than {MOST_RECIPIENTS} recipients"
        )));
    }
    let mut keys = Vec::new();
    for recipient in envelope.recipient_infos.to_vec() {
        keys.extend(wrapped_keys(recipient)?);
    }
    if keys.is_empty() {
        return Err(P7mError::Damaged("it has no recipient".into()));
    }
    let content = envelope.encrypted_content_info;
    Ok(Sealed {
        recipients: keys
            .iter()
            .filter_map(|key| key.recipient.clone())
            .collect(),
        keys,
        cipher: Cipher::of(&content.content_encryption_algorithm)?,
        content: content
            .encrypted_content
            .ok_or_else(|| P7mError::Damaged("its content is missing".into()))?
            .to_vec(),
    })
}

/// The key of the content as one recipient has it; for key agreement, one recipient may be several certificates.
fn wrapped_keys(recipient: &RecipientInfo) -> Result<Vec<WrappedKey>, P7mError> {
    let not_rsa = |recipient, name: &str| WrappedKey {
        recipient,
        encrypted: Err(name.to_owned()),
    };
    Ok(match recipient {
        RecipientInfo::KeyTransRecipientInfo(info) => {
            let algorithm = &info.key_encryption_algorithm.algorithm;
            vec![WrappedKey {
                recipient: match &info.rid {
                    RecipientIdentifier::IssuerAndSerialNumber(id) => Some(certificate_id(id)?),
                    // It names the key by a hash that only the certificate has: whoever opens it tries.
                    RecipientIdentifier::SubjectKeyIdentifier(_) => None,
                },
                encrypted: if algorithm.as_ref() == RSA_ENCRYPTION {
                    Ok(info.encrypted_key.to_vec())
                } else {
                    Err(name(algorithm))
                },
            }]
        }
        RecipientInfo::KeyAgreeRecipientInfo(info) => {
            let keys = &info.recipient_encrypted_keys;
            let ids = keys
                .iter()
                .map(|key| match &key.key_agree_recipient_identifier {
                    KeyAgreeRecipientIdentifier::IssuerAndSerialNumber(id) => {
                        certificate_id(id).map(Some)
                    }
                    KeyAgreeRecipientIdentifier::RecipientKeyIdentifier(_) => Ok(None),
                });
            ids.map(|id| Ok(not_rsa(id?, "key agreement, as for EC keys")))
                .collect::<Result<_, P7mError>>()?
        }
        RecipientInfo::KekRecipientInfo(_) => vec![not_rsa(None, "a pre-shared key")],
        RecipientInfo::PasswordRecipientInfo(_) => vec![not_rsa(None, "a password")],
        RecipientInfo::OtherRecipientInfo(info) => vec![not_rsa(None, &name(&info.ori_type))],
    })
}

fn certificate_id(id: &IssuerAndSerialNumber) -> Result<CertificateId, P7mError> {
    CertificateId::new(&id.issuer, &id.serial_number)
        .ok_or_else(|| P7mError::Damaged("abmctl can't read the name of a recipient".into()))
}

/// What a message is that is not encrypted to recipients.
fn another_type(id: &ObjectIdentifier) -> P7mError {
    P7mError::NotOne(match id.as_ref() {
        [1, 2, 840, 113_549, 1, 7, 1] => "it is a message that isn't encrypted",
        [1, 2, 840, 113_549, 1, 7, 2] => "it is a signed message or a list of certificates",
        [1, 2, 840, 113_549, 1, 7, 5] => "it is a digest",
        [1, 2, 840, 113_549, 1, 7, 6] => "it isn't encrypted for a certificate",
        [1, 2, 840, 113_549, 1, 9, 16, 1, 9] => "it is a compressed message",
        [1, 2, 840, 113_549, 1, 9, 16, 1, 23] => {
            return P7mError::Unsupported(format!("authenticated encryption ({id})"));
        }
        _ => "it is another type of message",
    })
}

/// Half a message and a broken one are two different mistakes.
fn damaged(error: &rasn::error::DecodeError) -> P7mError {
    let mut kind = error.kind.as_ref();
    while let DecodeErrorKind::FieldError { nested, .. } = kind {
        kind = nested.kind.as_ref();
    }
    P7mError::Damaged(match kind {
        DecodeErrorKind::Incomplete { .. } => "it ends too early".into(),
        _ => "abmctl can't read its structure".into(),
    })
}
