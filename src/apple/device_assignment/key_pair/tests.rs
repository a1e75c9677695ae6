use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use super::*;

/// A file of tests/fixtures.
fn fixture(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name),
    )
    .unwrap()
}

fn own() -> Certificate {
    Certificate::parse(&fixture("p7m/own.certificate.pem")).unwrap()
}

#[test]
fn a_key_is_read_in_every_form() {
    let pem = String::from_utf8(fixture("p7m/own.pkcs8.pem")).unwrap();
    let certificate = String::from_utf8(fixture("p7m/own.certificate.pem")).unwrap();
    for file in [
        fixture("p7m/own.pkcs8.pem"),
        fixture("p7m/own.pkcs1.pem"),
        fixture("p7m/own.pkcs8.der"),
        fixture("p7m/own.pkcs1.der"),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.replace('\n', "\n   ").into_bytes(),
        pem.replace(" PRIVATE KEY", " RSA PRIVATE KEY").into_bytes(),
        format!("\u{feff}Bag Attributes\n  friendlyName: own\n{pem}").into_bytes(),
        format!("{certificate}{pem}").into_bytes(),
        format!("{pem}{certificate}").into_bytes(),
        // As systems for CI store it.
        pem.replace('\n', "\\n").into_bytes(),
        format!("\"{}\"", pem.replace('\n', "\\r\\n")).into_bytes(),
        STANDARD.encode(&pem).into_bytes(),
    ] {
        let key = DecryptionKey::parse(&file).unwrap();
        assert!(own().belongs_to(&key));
    }
}

#[test]
fn what_is_no_key_says_what_it_is() {
    let half = |name: &str| {
        let file = fixture(name);
        file[..file.len() / 2].to_vec()
    };
    let no_rsa = "it is an EC key; server tokens require an RSA key";
    for (file, expected) in [
        (vec![], "it is empty"),
        (b" \n".to_vec(), "it is empty"),
        (b"hello".to_vec(), "it isn't a private key"),
        (
            fixture("p7m/own.encrypted-pkcs8.pem"),
            "it is encrypted with a passphrase",
        ),
        (
            fixture("p7m/own.encrypted-pkcs8.der"),
            "it is encrypted with a passphrase",
        ),
        (
            fixture("p7m/own.encrypted-pkcs1.pem"),
            "it is encrypted with a passphrase",
        ),
        (
            fixture("p7m/own.p12"),
            "it is a PKCS#12 file, not a private key",
        ),
        (
            fixture("p7m/own.public.pem"),
            "it is a public key, not a private key",
        ),
        (
            fixture("p7m/own.certificate.pem"),
            "it is a certificate, not a private key",
        ),
        (
            fixture("p7m/own.certificate.der"),
            "it is a certificate, not a private key",
        ),
        (
            fixture("p7m/own.request.pem"),
            "it is a certificate signing request, not a private key",
        ),
        (
            fixture("p7m/stream.der"),
            "it is an encrypted or signed message, such as a .p7m file, not a private key",
        ),
        (
            fixture("p7m/small.pem"),
            "it is an RSA key of 1024 bits; the minimum is 2048 bits",
        ),
        (fixture("keys/sec1.pem"), no_rsa),
        (fixture("keys/sec1-with-parameters.pem"), no_rsa),
        (fixture("keys/pkcs8.pem"), no_rsa),
        (fixture("keys/apple.pem"), no_rsa),
        (
            fixture("keys/ed25519.pem"),
            "it is another kind of key; server tokens require an RSA key",
        ),
        (half("p7m/own.pkcs8.pem"), "it is damaged"),
        (half("p7m/own.pkcs1.pem"), "it is damaged"),
        (half("p7m/own.pkcs8.der"), "it is damaged"),
        (half("p7m/own.pkcs1.der"), "it is damaged"),
        (
            b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n".to_vec(),
            "it is damaged",
        ),
    ] {
        let error = DecryptionKey::parse(&file).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_certificate_is_read_in_every_form() {
    let pem = String::from_utf8(fixture("p7m/own.certificate.pem")).unwrap();
    let key = String::from_utf8(fixture("p7m/own.pkcs8.pem")).unwrap();
    let other = String::from_utf8(fixture("p7m/other.certificate.pem")).unwrap();
    let expected = own();
    assert_eq!(expected.common_name.as_deref(), Some("abmctl own"));
    assert_eq!(expected.der, fixture("p7m/own.certificate.der"));
    assert!(expected.not_after.unwrap() > "2100-01-01T00:00:00Z".parse().unwrap());
    for file in [
        fixture("p7m/own.certificate.der"),
        [&fixture("p7m/own.certificate.der")[..], b"\n"].concat(),
        pem.replace('\n', "\r\n").into_bytes(),
        format!("{key}subject=/CN=abmctl own\n{pem}{other}").into_bytes(),
    ] {
        assert_eq!(Certificate::parse(&file).unwrap(), expected);
    }
}

#[test]
fn what_is_no_certificate_says_what_it_is() {
    let pem = fixture("p7m/own.certificate.pem");
    let der = fixture("p7m/own.certificate.der");
    for (file, expected) in [
        (vec![], "it is empty"),
        (b"hello".to_vec(), "it isn't a certificate"),
        (
            fixture("p7m/own.pkcs8.pem"),
            "it is a private key, not a certificate",
        ),
        (
            fixture("p7m/own.public.pem"),
            "it is a public key, not a certificate",
        ),
        (
            fixture("p7m/own.request.pem"),
            "it is a certificate signing request, not a certificate",
        ),
        (
            fixture("p7m/armour.pem"),
            "it is an encrypted or signed message, such as a .p7m file, not a certificate",
        ),
        (pem[..pem.len() / 2].to_vec(), "it is damaged"),
        (der[..der.len() / 2].to_vec(), "it is damaged"),
    ] {
        let error = Certificate::parse(&file).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_certificate_belongs_to_its_key_alone() {
    let own_key = DecryptionKey::parse(&fixture("p7m/own.pkcs1.pem")).unwrap();
    let other_key = DecryptionKey::parse(&fixture("p7m/other.pkcs8.pem")).unwrap();
    let ec = Certificate::parse(&fixture("p7m/ec.certificate.pem")).unwrap();
    assert!(own().belongs_to(&own_key));
    assert!(!own().belongs_to(&other_key));
    assert!(!ec.belongs_to(&own_key));
    assert_eq!(format!("{own_key:?}"), "DecryptionKey(not shown)");
}

#[test]
fn an_id_shows_the_serial_number_and_who_issued_it() {
    let name = |tag: u8, text: &[u8]| {
        let length = u8::try_from(text.len()).unwrap();
        let value = [&[0x06, 3, 0x55, 4, 3, tag, length], text].concat();
        let attribute = [&[0x30, length + 7], &value[..]].concat();
        let set = [&[0x31, length + 9], &attribute[..]].concat();
        [&[0x30, length + 11], &set[..]].concat()
    };
    for (issuer, serial, expected) in [
        (
            name(0x0c, "Größe".as_bytes()),
            &[1, 0xab][..],
            "01AB (issued by Größe)",
        ),
        (
            name(0x13, b"abmctl prod"),
            &[0x7f],
            "7F (issued by abmctl prod)",
        ),
        (name(0x1e, b"\0a\x20\x44"), &[1], "01 (issued by a\u{2044})"),
        (name(0x0c, b"a\x1b[31mb"), &[1], "01 (issued by a[31mb)"),
        (name(0x0c, b" "), &[1], "01"),
        (vec![0x30, 0], &[], "00"),
        (b"no name".to_vec(), &[1], "01"),
    ] {
        let serial = serial.to_vec();
        assert_eq!(CertificateId { issuer, serial }.to_string(), expected);
    }
}

#[test]
fn a_new_pair_fits_together_and_is_like_no_other() {
    let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
    let pair = KeyPair::generate("abmctl prod", now).unwrap();
    let certificate = Certificate::parse(pair.certificate.as_bytes()).unwrap();
    let key = DecryptionKey::parse(pair.private_key.expose_secret().as_bytes()).unwrap();
    assert!(certificate.belongs_to(&key));
    assert_eq!(certificate.common_name.as_deref(), Some("abmctl prod"));
    assert_eq!(certificate.id.serial.len(), 16);
    assert_eq!(certificate.id.serial[0] >> 6, 1, "127 bits, and positive");
    let end = certificate.not_after.unwrap();
    assert_eq!(end, now + SignedDuration::from_hours(24 * 3653));
    let shown = certificate.id.to_string();
    assert!(shown.ends_with(" (issued by abmctl prod)"), "{shown}");

    let read = rasn::der::decode::<rasn_pkix::Certificate>(&certificate.der).unwrap();
    let contents = read.tbs_certificate;
    let rasn_pkix::Time::Utc(start) = contents.validity.not_before else {
        panic!("before 2050 it is a UTCTime");
    };
    assert_eq!(start.timestamp(), now.as_second() - 24 * 60 * 60);
    let usage = contents
        .extensions
        .unwrap()
        .iter()
        .find(|extension| extension.extn_id.as_ref() == [2, 5, 29, 15])
        .map(|extension| extension.extn_value.to_vec());
    // Of a bit string, the bits 0 and 2: digitalSignature and keyEncipherment.
    assert_eq!(usage.unwrap(), [0x03, 0x02, 0x05, 0b1010_0000]);

    let again = KeyPair::generate("abmctl prod", now).unwrap();
    let again = Certificate::parse(again.certificate.as_bytes()).unwrap();
    assert_ne!(again.id, certificate.id);
    assert!(!again.belongs_to(&key));
    assert!(!format!("{pair:?}").contains("BEGIN PRIVATE"));
}

proptest::proptest! {
    #[test]
    fn anything_is_read_without_panic(bytes: Vec<u8>) {
        let _ = DecryptionKey::parse(&bytes);
        let _ = Certificate::parse(&bytes);
    }

    #[test]
    fn a_changed_key_is_refused_or_read_without_panic(at in 0_usize..1192, byte: u8) {
        for name in ["p7m/own.pkcs1.der", "p7m/own.pkcs8.pem", "p7m/own.certificate.der"] {
            let mut file = fixture(name);
            let at = at % file.len();
            file[at] = byte;
            if let Ok(key) = DecryptionKey::parse(&file) {
                let _ = own().belongs_to(&key);
            }
            let _ = Certificate::parse(&file).map(|certificate| certificate.id.to_string());
        }
    }
}
