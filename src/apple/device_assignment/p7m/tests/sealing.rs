//! Files that are sealed here, for what openssl does not make: new key pairs, keys of odd lengths, many recipients.

use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use rasn::types::{Any, ObjectIdentifier, OctetString};
use rasn_cms::{
    ContentInfo, EncryptedContentInfo, EnvelopedData, IssuerAndSerialNumber, KeyTransRecipientInfo,
    RecipientIdentifier, RecipientInfo,
};
use rasn_pkix::AlgorithmIdentifier;
use secrecy::ExposeSecret;

use super::super::super::key_pair::KeyPair;
use super::*;

/// A message for a certificate, as `openssl cms -encrypt -aes128` makes it, with any key of the content.
fn seal(certificate: &Certificate, content_key: &[u8], text: &[u8], recipients: usize) -> Vec<u8> {
    let read = rasn::der::decode::<rasn_pkix::Certificate>(&certificate.der).unwrap();
    let contents = read.tbs_certificate;
    let public_key = rasn::der::encode(&contents.subject_public_key_info).unwrap();
    let public_key = PublicEncryptingKey::from_der(&public_key).unwrap();
    let public_key = Pkcs1PublicEncryptingKey::new(public_key).unwrap();
    let mut encrypted_key = vec![0; public_key.ciphertext_size()];
    public_key.encrypt(content_key, &mut encrypted_key).unwrap();

    let cipher = UnboundCipherKey::new(&AES_128, &[7; 16]).unwrap();
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher).unwrap();
    let mut encrypted = text.to_vec();
    let DecryptionContext::Iv128(initial) = cipher.encrypt(&mut encrypted).unwrap() else {
        panic!("CBC begins with a vector");
    };
    let initial: OctetString = initial.as_ref().to_vec().into();
    let algorithm = |id: &'static [u32], parameters| AlgorithmIdentifier {
        algorithm: ObjectIdentifier::new_unchecked(id.into()),
        parameters: Some(Any::new(parameters)),
    };
    let recipient = RecipientInfo::KeyTransRecipientInfo(KeyTransRecipientInfo {
        version: 0.into(),
        rid: RecipientIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: contents.issuer,
            serial_number: contents.serial_number,
        }),
        key_encryption_algorithm: algorithm(&[1, 2, 840, 113_549, 1, 1, 1], vec![5, 0]),
        encrypted_key: encrypted_key.into(),
    });
    let envelope = EnvelopedData {
        version: 0.into(),
        originator_info: None,
        recipient_infos: vec![recipient; recipients].into(),
        encrypted_content_info: EncryptedContentInfo {
            content_type: ObjectIdentifier::new_unchecked((&[1, 2, 840, 113_549, 1, 7, 1]).into()),
            content_encryption_algorithm: algorithm(
                &[2, 16, 840, 1, 101, 3, 4, 1, 2],
                rasn::der::encode(&initial).unwrap(),
            ),
            encrypted_content: Some(encrypted.into()),
        },
        unprotected_attrs: None,
    };
    let message = ContentInfo {
        content_type: ObjectIdentifier::new_unchecked((&[1, 2, 840, 113_549, 1, 7, 3]).into()),
        content: Any::new(rasn::der::encode(&envelope).unwrap()),
    };
    rasn::der::encode(&message).unwrap()
}

#[test]
fn what_is_sealed_for_a_new_key_pair_is_opened_by_it() {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let pair = KeyPair::generate("abmctl prod", now).unwrap();
    let certificate = Certificate::parse(pair.certificate.as_bytes()).unwrap();
    let key = DecryptionKey::parse(pair.private_key.expose_secret().as_bytes()).unwrap();
    let file = seal(&certificate, &[7; 16], TOKEN.as_bytes(), 1);
    let sealed = Sealed::parse(&file).unwrap();
    assert_eq!(sealed.recipients(), std::slice::from_ref(&certificate.id));
    let opened = sealed.open(&key, Some(&certificate.id)).unwrap();
    assert_eq!(opened.as_slice(), TOKEN.as_bytes());
    assert_eq!(
        sealed.open(own_key(), None).unwrap_err(),
        P7mError::WrongKey
    );
}

#[test]
fn a_key_of_another_length_is_no_key() {
    let certificate = Certificate::parse(&fixture("own.certificate.pem")).unwrap();
    for (content_key, expected) in [
        (&[7; 15][..], P7mError::WrongKey),
        (&[7; 24], P7mError::WrongKey),
        (&[], P7mError::WrongKey),
        (
            &[8; 16],
            P7mError::Damaged("abmctl can't decrypt all of its content".into()),
        ),
    ] {
        let file = seal(&certificate, content_key, TOKEN.as_bytes(), 1);
        let opened = Sealed::parse(&file).unwrap().open(own_key(), None);
        assert_eq!(opened.unwrap_err(), expected);
    }
    let many = seal(&certificate, &[7; 16], TOKEN.as_bytes(), 65);
    let expected = P7mError::Damaged("it has more than 64 recipients".into());
    assert_eq!(Sealed::parse(&many).unwrap_err(), expected);
}
