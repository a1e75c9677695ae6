use std::fs;
use std::path::Path;

use super::super::key_pair::Certificate;
use super::super::server_token::ServerToken;
use super::*;

/// A file of tests/fixtures/p7m, which make-p7m.sh makes.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/p7m");
    fs::read(folder.join(name)).unwrap()
}

fn own_key() -> DecryptionKey {
    DecryptionKey::parse(&fixture("own.pkcs8.pem")).unwrap()
}

fn other_key() -> DecryptionKey {
    DecryptionKey::parse(&fixture("other.pkcs8.pem")).unwrap()
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
        .open(&own_key(), None)
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
        sealed.open(&own_key(), Some(&own_id())).unwrap();
        let named = sealed.recipients();
        assert_eq!(named.contains(&own_id()), name != "key-id.p7m", "{name}");
        assert_eq!(named.contains(&other_id()), name == "several.p7m", "{name}");
    }
}
