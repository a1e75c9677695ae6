mod damage;
mod names;
mod sealing;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::key_pair::Certificate;
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
    assert_eq!(
        token.expiry_raw().as_deref(),
        Some("2027-01-17T11:02:21Z"),
        "{what}"
    );
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
}
