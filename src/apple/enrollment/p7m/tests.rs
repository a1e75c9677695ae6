use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rasn::types::{Any, ObjectIdentifier, OctetString};
use rasn_cms::{
    ContentInfo, EncryptedContentInfo, EnvelopedData, IssuerAndSerialNumber, KeyTransRecipientInfo,
    RecipientIdentifier, RecipientInfo,
};
use rasn_pkix::AlgorithmIdentifier;
use secrecy::ExposeSecret;

use super::super::key_pair::{Certificate, KeyPair};
use super::super::server_token::ServerToken;
use super::super::testing::TOKEN;
use super::*;

/// A file of tests/fixtures/p7m, which make-p7m.sh makes.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/p7m");
    fs::read(folder.join(name)).unwrap()
}

/// Read once: the library proves each key that it is given, which takes its time.
static OWN_KEY: LazyLock<DecryptionKey> =
    LazyLock::new(|| DecryptionKey::parse(&fixture("own.pkcs8.pem")).unwrap());

fn own_key() -> &'static DecryptionKey {
    &OWN_KEY
}

static OTHER_KEY: LazyLock<DecryptionKey> =
    LazyLock::new(|| DecryptionKey::parse(&fixture("other.pkcs8.pem")).unwrap());

fn other_key() -> &'static DecryptionKey {
    &OTHER_KEY
}

fn own_id() -> CertificateId {
    let certificate = Certificate::parse(&fixture("own.certificate.pem"));
    certificate.unwrap().id
}

fn other_id() -> CertificateId {
    let certificate = Certificate::parse(&fixture("other.certificate.pem"));
    certificate.unwrap().id
}

/// The whole way of a file, without a certificate.
fn token(file: &[u8]) -> Result<ServerToken, String> {
    let sealed = Sealed::parse(file).map_err(|error| error.to_string())?;
    let opened = sealed
        .open(own_key(), None)
        .map_err(|error| error.to_string())?;
    ServerToken::parse(opened).map_err(|error| error.to_string())
}

fn assert_opens(file: &[u8], what: &str) {
    let token = token(file).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(token.fingerprint(), "826f14fc8e7b7a8e", "{what}");
    assert_eq!(token.expiry_raw(), "2027-01-17T11:02:21Z", "{what}");
}

/// Every file that is for the own key.
const FILES: [&str; 11] = [
    "portal.p7m",
    "aes128.p7m",
    "aes192.p7m",
    "aes256.p7m",
    "des3.p7m",
    "chunks.p7m",
    "definite.der",
    "stream.der",
    "armour.pem",
    "several.p7m",
    "key-id.p7m",
];

#[test]
fn every_cipher_and_form_is_opened() {
    for name in FILES {
        let file = fixture(name);
        assert_opens(&file, name);
        let sealed = Sealed::parse(&file).unwrap();
        sealed.open(own_key(), Some(&own_id())).unwrap();
        let named = sealed.recipients();
        assert_eq!(named.contains(&own_id()), name != "key-id.p7m", "{name}");
        assert_eq!(named.contains(&other_id()), name == "several.p7m", "{name}");
    }
}

/// The message of `stream.der` in base64, in lines of this length.
fn lines(length: usize, end: &str) -> String {
    let text = STANDARD.encode(fixture("stream.der"));
    let lines = text.as_bytes().chunks(length);
    lines
        .map(|line| String::from_utf8_lossy(line).into_owned() + end)
        .collect()
}

#[test]
fn the_frame_may_be_anything_that_mail_and_editors_make_of_it() {
    let portal = String::from_utf8(fixture("portal.p7m")).unwrap();
    let (headers, body) = portal.split_once("\n\n").unwrap();
    let binary = |headers: &str| {
        let binary = headers.replace("base64", "binary");
        [binary.as_bytes(), b"\r\n\r\n", &fixture("stream.der")].concat()
    };
    let pem = |label: &str| {
        let body = lines(64, "\r\n");
        format!("Bag: 1\n\n-----BEGIN {label}-----\r\n{body}-----END {label}-----\r\n")
    };
    for (what, file) in [
        ("CRLF", portal.replace('\n', "\r\n").into_bytes()),
        ("CRCRLF", portal.replace('\n', "\r\r\n").into_bytes()),
        ("headers in CRLF, body in LF", {
            let headers = headers.replace('\n', "\r\n");
            format!("{headers}\r\n\r\n{body}").into_bytes()
        }),
        (
            "a byte order mark",
            format!("\u{feff}{portal}").into_bytes(),
        ),
        (
            "blank lines before",
            format!("\n \r\n{portal}").into_bytes(),
        ),
        ("no blank line", portal.replace("\n\n", "\n").into_bytes()),
        ("blanks around", {
            let indented = body.replace('\n', " \n  ");
            format!("{headers}\n \t\n  {indented}").into_bytes()
        }),
        (
            "MIME-Version",
            format!("MIME-Version: 1.0\n{portal}").into_bytes(),
        ),
        (
            "headers folded by a tab",
            portal.replace("; ", ";\n\t").into_bytes(),
        ),
        (
            "the media type of old",
            portal.replace("/pkcs7-", "/x-pkcs7-").into_bytes(),
        ),
        ("another letter case", {
            let headers = headers.to_ascii_uppercase();
            format!("{headers}\n\n{body}").into_bytes()
        }),
        ("no headers", body.as_bytes().to_vec()),
        ("lines of 76", lines(76, "\n").into_bytes()),
        ("lines of one", lines(1, "\r\n").into_bytes()),
        ("one line", lines(10_000, "").into_bytes()),
        ("no padding", lines(64, "\n").replace('=', "").into_bytes()),
        ("binary", binary(headers)),
        ("binary without line ends after it", {
            [&fixture("stream.der")[..], b"\r\n"].concat()
        }),
        (
            "zeros after it",
            [&fixture("definite.der")[..], &[0; 9]].concat(),
        ),
        ("PKCS7", pem("PKCS7").into_bytes()),
        ("CMS", pem("CMS").into_bytes()),
        (
            "headers and PEM",
            format!("{headers}\n\n{}", pem("PKCS7")).into_bytes(),
        ),
    ] {
        assert_opens(&file, what);
    }
}

#[test]
fn what_is_no_such_file_is_named() {
    let keys = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys");
        fs::read(folder.join(name)).unwrap()
    };
    let framed =
        b"Content-Type: text/plain\r\n\r\n-----BEGIN MESSAGE-----\n{}\n-----END MESSAGE-----\n";
    let headed = format!("Content-Type: text/plain;\n charset=UTF-8\n\n{TOKEN}");
    for (file, expected) in [
        (vec![], "it is empty"),
        (b"\xef\xbb\xbf \r\n\t".to_vec(), "it is empty"),
        (vec![b'M'; LARGEST + 1], "it is larger than 1 MiB"),
        (
            b"\xff\xfeM\0I\0".to_vec(),
            "it is a text in UTF-16, as a Windows editor saves it",
        ),
        (
            TOKEN.as_bytes().to_vec(),
            "it is a server token that is decrypted already",
        ),
        (
            headed.into_bytes(),
            "it is a server token that is decrypted already",
        ),
        (
            framed.to_vec(),
            "it is a server token that is decrypted already",
        ),
        (b"{\"a\": 1}".to_vec(), "it is a JSON document"),
        (
            b"\n<!DOCTYPE html><html><title>Sign in</title>".to_vec(),
            "it is a web page, perhaps the one that asks to sign in",
        ),
        (
            b"<?xml version=\"1.0\"?><plist/>".to_vec(),
            "it is a property list or another XML document",
        ),
        (b"PK\x03\x04 and so on".to_vec(), "it is a ZIP archive"),
        (
            STANDARD
                .encode("{\"token\":\"of apps and books, which is longer than a word\"}")
                .into_bytes(),
            "it is JSON in base64, as a content token for apps and books is",
        ),
        (
            b"From: a@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--x\n".to_vec(),
            "it is a whole e-mail: save the attachment that is in it",
        ),
        (b"hello".to_vec(), "it is another text"),
        (b"note: hello".to_vec(), "it is another text"),
        (vec![0x30, 0, 1, 2], "it is data of another kind"),
        (fixture("own.pkcs8.pem"), "it is a private key"),
        (fixture("own.pkcs1.pem"), "it is a private key"),
        (fixture("own.pkcs1.der"), "it is a private key"),
        (fixture("own.pkcs8.der"), "it is a private key"),
        (keys("sec1.pem"), "it is a private key"),
        (
            keys("sec1-with-parameters.pem"),
            "it is a PEM file of another kind",
        ),
        (
            fixture("own.encrypted-pkcs8.pem"),
            "it is a private key, encrypted with a passphrase",
        ),
        (
            fixture("own.encrypted-pkcs8.der"),
            "it is a private key, encrypted with a passphrase",
        ),
        (
            fixture("own.encrypted-pkcs1.pem"),
            "it is a private key, encrypted with a passphrase",
        ),
        (fixture("own.certificate.pem"), "it is a certificate"),
        (fixture("own.certificate.der"), "it is a certificate"),
        (
            STANDARD.encode(fixture("own.certificate.der")).into_bytes(),
            "it is a certificate",
        ),
        (
            fixture("own.request.pem"),
            "it is a certificate signing request",
        ),
        (fixture("own.public.pem"), "it is a public key"),
        (fixture("own.p12"), "it is a PKCS#12 file"),
        (
            fixture("signed.p7m"),
            "it is a signed message or a list of certificates",
        ),
    ] {
        let error = Sealed::parse(&file).unwrap_err();
        let shown = String::from_utf8_lossy(&file[..file.len().min(40)]).into_owned();
        assert_eq!(error, P7mError::NotOne(expected), "{shown}");
    }
}

#[test]
fn another_certificate_and_a_wrong_key_are_two_mistakes() {
    use P7mError::{OtherCertificate, WrongKey};
    let (own, other) = (own_id(), other_id());
    for (name, key, certificate, expected) in [
        (
            "aes128.p7m",
            own_key(),
            Some(&other),
            Some(OtherCertificate),
        ),
        (
            "aes128.p7m",
            other_key(),
            Some(&other),
            Some(OtherCertificate),
        ),
        ("aes128.p7m", other_key(), Some(&own), Some(WrongKey)),
        ("aes128.p7m", other_key(), None, Some(WrongKey)),
        ("des3.p7m", other_key(), None, Some(WrongKey)),
        (
            "for-other.p7m",
            own_key(),
            Some(&own),
            Some(OtherCertificate),
        ),
        ("for-other.p7m", own_key(), None, Some(WrongKey)),
        ("for-other.p7m", other_key(), None, None),
        ("several.p7m", other_key(), Some(&other), None),
        ("several.p7m", other_key(), Some(&own), Some(WrongKey)),
        ("several.p7m", other_key(), None, None),
        // It names its recipient by a hash: whether the certificate is meant shows when the key opens it.
        ("key-id.p7m", own_key(), Some(&own), None),
        (
            "key-id.p7m",
            other_key(),
            Some(&other),
            Some(OtherCertificate),
        ),
        ("key-id.p7m", other_key(), None, Some(WrongKey)),
        // Whom it is for comes before how it is encrypted.
        (
            "camellia.p7m",
            own_key(),
            Some(&other),
            Some(OtherCertificate),
        ),
        ("oaep.p7m", own_key(), Some(&other), Some(OtherCertificate)),
    ] {
        let sealed = Sealed::parse(&fixture(name)).unwrap();
        let error = sealed.open(key, certificate).err();
        assert_eq!(error, expected, "{name}");
    }
}

#[test]
fn what_is_not_supported_is_named() {
    for (name, expected) in [
        ("oaep.p7m", "RSAES-OAEP (1.2.840.113549.1.1.7)"),
        (
            "gcm.p7m",
            "authenticated encryption (1.2.840.113549.1.9.16.1.23)",
        ),
        ("camellia.p7m", "Camellia-128 (1.2.392.200011.61.1.1.1.2)"),
        ("password.p7m", "a password"),
        ("key-agreement.p7m", "key agreement, as for EC keys"),
    ] {
        let opened = Sealed::parse(&fixture(name)).and_then(|file| file.open(own_key(), None));
        let expected = P7mError::Unsupported(expected.into());
        assert_eq!(opened.unwrap_err(), expected, "{name}");
    }
    let rc5 = changed(
        "stream.der",
        &AES_128_CBC,
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x09, 0x01],
    );
    let opened = Sealed::parse(&rc5).unwrap().open(own_key(), None);
    let expected = P7mError::Unsupported("the algorithm 1.2.840.113549.3.9.1".into());
    assert_eq!(opened.unwrap_err(), expected);
}

/// The object identifier of AES-128-CBC, DER.
const AES_128_CBC: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02];

/// A file in which something is replaced by something of the same length.
fn changed(name: &str, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut file = fixture(name);
    let at = file
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    file[at..at + from.len()].copy_from_slice(to);
    file
}

#[test]
fn a_damaged_file_says_where() {
    let portal = String::from_utf8(fixture("portal.p7m")).unwrap();
    let (headers, body) = portal.split_once("\n\n").unwrap();
    let stream = fixture("stream.der");
    let definite = fixture("definite.der");
    let last = definite.len() - 1;
    for (file, expected) in [
        (
            headers.as_bytes().to_vec(),
            "it ends before its content begins",
        ),
        (portal[..portal.len() / 2].into(), "it ends too early"),
        (body[..body.len() / 2].into(), "it ends too early"),
        (stream[..stream.len() / 2].into(), "it ends too early"),
        (definite[..last].into(), "it ends too early"),
        (
            portal.replace("MIAG", "MIAG!").into(),
            "there are characters in it that are no base64",
        ),
        (
            String::from_utf8(fixture("armour.pem"))
                .unwrap()
                .replace("-----END CMS-----", "")
                .into(),
            "its last line is missing",
        ),
        (
            format!("{headers}\n\nhello").into(),
            "its structure can't be read",
        ),
        (
            [&stream[..], b"and more"].concat(),
            "something follows its end",
        ),
        // Another key length in the same place.
        (
            changed("stream.der", &[0x04, 0x10], &[0x04, 0x0f]),
            "its structure can't be read",
        ),
        (
            [&definite[..last], &[definite[last] ^ 1]].concat(),
            "its content can't be decrypted to its end",
        ),
        (
            [
                &definite[..last - 40],
                &[definite[last - 40] ^ 1],
                &definite[last - 39..],
            ]
            .concat(),
            "its content is no text",
        ),
    ] {
        let opened = Sealed::parse(&file).and_then(|file| file.open(own_key(), None));
        assert_eq!(opened.unwrap_err(), P7mError::Damaged(expected.into()));
    }
}

/// What a file gives is nothing, or the token that is in it.
fn assert_same_or_nothing(file: &[u8], what: &str) -> bool {
    let Ok(sealed) = Sealed::parse(file) else {
        return false;
    };
    let Ok(opened) = sealed.open(own_key(), None) else {
        return false;
    };
    let Ok(token) = ServerToken::parse(opened) else {
        return false;
    };
    let expected = ServerToken::parse(TOKEN).unwrap();
    for (found, expected) in [
        (&token.consumer_key, &expected.consumer_key),
        (&token.consumer_secret, &expected.consumer_secret),
        (&token.access_token, &expected.access_token),
        (&token.access_secret, &expected.access_secret),
    ] {
        assert_eq!(found.expose_secret(), expected.expose_secret(), "{what}");
    }
    assert_eq!(token.expiry_raw(), expected.expiry_raw(), "{what}");
    true
}

#[test]
fn half_a_file_gives_nothing_or_the_same() {
    for name in [
        "portal.p7m",
        "armour.pem",
        "stream.der",
        "definite.der",
        "des3.p7m",
    ] {
        let file = fixture(name);
        for length in 0..file.len() {
            let found = assert_same_or_nothing(&file[..length], &format!("{name} to {length}"));
            // Only line ends, padding, and of PEM the end of its last line can be missing.
            let missing = if name == "armour.pem" { 9 } else { 3 };
            assert!(
                !found || length + missing >= file.len(),
                "{name} to {length}"
            );
        }
    }
}

#[test]
fn a_changed_byte_gives_nothing_or_the_same() {
    // A step of one for DER; base64 has more characters, and the same in them.
    for (name, step) in [
        ("stream.der", 1),
        ("definite.der", 1),
        ("aes256.p7m", 3),
        ("des3.p7m", 3),
    ] {
        let file = fixture(name);
        for at in (0..file.len()).step_by(step) {
            let mut file = file.clone();
            file[at] ^= if at % 2 == 0 { 0x01 } else { 0x80 };
            assert_same_or_nothing(&file, &format!("{name} at {at}"));
        }
    }
}

#[test]
fn neither_depth_nor_number_nor_length_is_a_danger() {
    let most = LARGEST - 200;
    let frame = [
        0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03,
    ];
    let many = |part: &[u8]| part.repeat(most / part.len());
    for file in [
        many(&[0x30, 0x80]),
        [&frame[..], &[0xa0, 0x80], &many(&[0x30, 0x80])].concat(),
        [
            &frame[..],
            &[0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0x31, 0x80],
            &many(&[0x30, 0x00]),
        ]
        .concat(),
        [
            &frame[..],
            &[0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0xa0, 0x80],
            &many(&[0x30, 0x80]),
        ]
        .concat(),
        [&frame[..], &[0xa0, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30]].concat(),
        // The content, in strings within strings.
        {
            let stream = fixture("stream.der");
            let at = stream
                .windows(3)
                .position(|part| part == [0xa0, 0x80, 0x04])
                .unwrap();
            [&stream[..at + 2], &many(&[0x24, 0x80])].concat()
        },
    ] {
        let error = Sealed::parse(&file).unwrap_err();
        assert!(
            matches!(error, P7mError::Damaged(_) | P7mError::NotOne(_)),
            "{error}"
        );
    }
}

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
            P7mError::Damaged("its content can't be decrypted to its end".into()),
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

#[test]
fn nothing_of_it_is_printed() {
    let sealed = Sealed::parse(&fixture("aes128.p7m")).unwrap();
    let shown = format!("{sealed:?}");
    assert!(shown.starts_with("Sealed { recipients: ["), "{shown}");
    assert!(shown.ends_with("], .. }"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn anything_is_read_without_panic(bytes: Vec<u8>) {
        let _ = Sealed::parse(&bytes);
    }

    #[test]
    fn a_file_that_is_cut_and_joined_gives_nothing_or_the_same(
        text: bool,
        from in 0_usize..1200,
        to in 0_usize..1200,
        between in proptest::collection::vec(proptest::num::u8::ANY, 0..8),
    ) {
        let file = fixture(if text { "portal.p7m" } else { "stream.der" });
        let (from, to) = (from.min(file.len()), to.min(file.len()));
        let joined = [&file[..from], &between, &file[to..]].concat();
        assert_same_or_nothing(&joined, &format!("{from}, {between:?}, {to}"));
    }
}
