//! Any file that may be handed to `abmctl tokens import`: as a server token, sealed or open, as a key, as a certificate.
#![no_main]

use std::sync::LazyLock;

use abmctl::apple::device_assignment::key_pair::{Certificate, DecryptionKey};
use abmctl::apple::device_assignment::p7m::Sealed;
use abmctl::apple::device_assignment::server_token::ServerToken;
use libfuzzer_sys::fuzz_target;

/// The key that the seeds are encrypted to.
static KEY: LazyLock<DecryptionKey> = LazyLock::new(|| {
    DecryptionKey::parse(include_bytes!("../seeds/own.pkcs8.pem")).expect("the key of the seeds")
});
static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    Certificate::parse(include_bytes!("../seeds/own.certificate.pem"))
        .expect("the certificate of the seeds")
});

fuzz_target!(|file: &[u8]| {
    if let Ok(sealed) = Sealed::parse(file) {
        let _ = sealed.recipients().iter().map(ToString::to_string).count();
        let _ = sealed.open(&KEY, Some(&CERTIFICATE.id));
        if let Ok(opened) = sealed.open(&KEY, None) {
            let _ = ServerToken::parse(opened);
        }
    }
    let _ = ServerToken::parse(file);
    if let Ok(certificate) = Certificate::parse(file) {
        let _ = certificate.id.to_string();
        let _ = certificate.belongs_to(&KEY);
    }
    if let Ok(key) = DecryptionKey::parse(file) {
        let _ = CERTIFICATE.belongs_to(&key);
    }
});
