//! The portal: certificates up, server tokens down.

use std::process::{Command, Stdio};

use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::engine::general_purpose::STANDARD;
use rasn::types::OctetString;
use rasn_cms::{ContentInfo, EnvelopedData, RecipientInfo};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use super::*;

/// A key pair and its certificate, in PEM.
pub(super) fn key_pair() -> (KeyPair, String) {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap();
    (key, certificate.pem())
}

async fn click(bench: &Bench, path: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
    let url = format!("{}/portal/servers/{path}", bench.running.origin());
    let answer = bench.http.post(url).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The message in a file, opened with a reader of BER that is not the emulator's.
fn open(file: &str, key: &KeyPair) -> String {
    let base64: String = file.split_once("\n\n").unwrap().1.lines().collect();
    let ber = STANDARD.decode(base64).unwrap();
    assert_eq!(ber[..2], [0x30, 0x80]);
    let content: ContentInfo = rasn::ber::decode(&ber).unwrap();
    let enveloped: EnvelopedData = rasn::ber::decode(content.content.as_bytes()).unwrap();
    let recipients = enveloped.recipient_infos.to_vec();
    let [RecipientInfo::KeyTransRecipientInfo(recipient)] = recipients[..] else {
        panic!("{recipients:?}");
    };
    let private = PrivateDecryptingKey::from_pkcs8(key.serialized_der()).unwrap();
    let private = Pkcs1PrivateDecryptingKey::new(private).unwrap();
    let mut secret = vec![0; private.min_output_size()];
    let secret = private
        .decrypt(&recipient.encrypted_key, &mut secret)
        .unwrap();
    let info = enveloped.encrypted_content_info;
    let iv = info.content_encryption_algorithm.parameters.unwrap();
    let iv: OctetString = rasn::der::decode(iv.as_bytes()).unwrap();
    let iv: [u8; 16] = iv.as_ref().try_into().unwrap();
    let cipher = UnboundCipherKey::new(&AES_128, secret).unwrap();
    let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(cipher).unwrap();
    let mut content = info.encrypted_content.unwrap().to_vec();
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let content = cipher.decrypt(&mut content, context).unwrap();
    String::from_utf8(content.to_vec()).unwrap()
}

fn token(message: &str) -> Value {
    serde_json::from_str(message.lines().nth(4).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_is_made_for_the_certificate_that_was_uploaded() {
    let bench = Bench::standard().await;
    let (key, pem) = key_pair();
    let (status, answer) = click(&bench, "prod/certificate", pem).await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["server_name"], "Jamf Pro Production");
    assert_eq!(answer["token_replaced"], true);
    let known = bench.running.credentials().server_tokens["prod"].clone();
    let known: Value = serde_json::from_str(&known).unwrap();
    let in_use = |bench: &Bench| {
        bench
            .running
            .organization(|o| o.server_token_mut("prod").unwrap().access_token.clone())
    };
    assert_ne!(known["access_token"], in_use(&bench));

    let (status, file) = click(&bench, "prod/token", "").await;
    assert_eq!(status, 200, "{file}");
    assert!(file.starts_with("Content-Type: application/pkcs7-mime; name=\"smime.p7m\";"));
    assert!(
        file.lines()
            .all(|line| line.len() <= 76 || line.contains(": "))
    );
    let message = open(&file, &key);
    assert!(message.starts_with(
        "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n-----BEGIN MESSAGE-----\n{"
    ));
    assert!(message.ends_with("}\n-----END MESSAGE-----\n"));
    let first = token(&message);
    // The server keeps its consumer key, and gets a year more.
    assert_eq!(first["consumer_key"], known["consumer_key"]);
    assert_eq!(first["access_token"], in_use(&bench));
    assert_eq!(first["access_token_expiry"], "2027-11-22T09:14:00Z");
    // Another download, another token.
    let second = token(&open(&click(&bench, "prod/token", "").await.1, &key));
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(second["access_token"], in_use(&bench));
}

#[tokio::test]
async fn openssl_opens_it() {
    let bench = Bench::standard().await;
    let (key, pem) = key_pair();
    click(&bench, "intune/certificate", pem).await;
    let (_, file) = click(&bench, "intune/token", "").await;
    let folder = tempfile::tempdir().unwrap();
    let (message, private) = (folder.path().join("a.p7m"), folder.path().join("key.pem"));
    std::fs::write(&message, file).unwrap();
    std::fs::write(&private, key.serialize_pem()).unwrap();
    let opened = Command::new("openssl")
        .args(["cms", "-decrypt", "-in"])
        .arg(message)
        .arg("-inkey")
        .arg(private)
        .stderr(Stdio::inherit())
        .output();
    // Not every machine has it, and the test before reads the same.
    let Ok(opened) = opened else { return };
    assert!(opened.status.success());
    assert!(String::from_utf8_lossy(&opened.stdout).contains("\"consumer_key\":\"CK_"));
}

#[tokio::test]
async fn what_is_not_there_or_not_right_is_refused() {
    let bench = Bench::standard().await;
    let ec = KeyPair::generate().unwrap();
    let ec = CertificateParams::default().self_signed(&ec).unwrap().pem();
    let (key, pem) = key_pair();
    let der = pem::parse(&pem).unwrap().into_contents();
    for (path, body, status) in [
        ("prod/certificate", ec.into_bytes(), 400),
        ("prod/certificate", key.serialize_pem().into_bytes(), 400),
        ("prod/certificate", der[..der.len() - 1].to_vec(), 400),
        ("prod/certificate", Vec::new(), 400),
        ("absent/certificate", der.clone(), 404),
        ("absent/token", Vec::new(), 404),
        ("prod/key", Vec::new(), 404),
        ("Built-in%20Device%20Management/token", Vec::new(), 409),
        ("jamf%20pro%20test/certificate", der, 200),
    ] {
        assert_eq!(click(&bench, path, body).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn a_vendors_token_is_for_the_vendor_alone() {
    let bench = Bench::standard().await;
    let (status, file) = click(&bench, "intune/token", "").await;
    assert_eq!(status, 200, "{file}");
    let base64: String = file.split_once("\n\n").unwrap().1.lines().collect();
    let ber = STANDARD.decode(base64).unwrap();
    let vendor = b"Intune (vendor)";
    assert!(ber.windows(vendor.len()).any(|bytes| bytes == vendor));
}

#[tokio::test]
async fn a_server_that_was_made_with_a_certificate_has_it() {
    let bench = Bench::standard().await;
    let (key, pem) = key_pair();
    let data = STANDARD.encode(pem::parse(pem).unwrap().contents());
    let body = json!({"data": {"type": "mdmServers", "attributes": {
        "serverName": "Own MDM", "serverCertificate": {"name": "a.pem", "data": data},
    }}});
    let answer = bench.send("POST", "/v1/mdmServers", Some(&body)).await;
    assert_eq!(document(answer.unwrap()).await.0, 201);
    let (status, file) = click(&bench, "Own%20MDM/token", "").await;
    assert_eq!(status, 200, "{file}");
    let token = token(&open(&file, &key));
    let known = bench
        .running
        .organization(|o| o.server_token_mut("own-mdm").unwrap().consumer_key.clone());
    assert_eq!(token["consumer_key"], known);
}
