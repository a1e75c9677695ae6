//! Files that are something else.

use super::*;

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
            "it is UTF-16 text, probably saved by a Windows editor",
        ),
        (
            TOKEN.as_bytes().to_vec(),
            "it is a server token that is already decrypted",
        ),
        (
            headed.into_bytes(),
            "it is a server token that is already decrypted",
        ),
        (
            framed.to_vec(),
            "it is a server token that is already decrypted",
        ),
        (b"{\"a\": 1}".to_vec(), "it is a JSON document"),
        (
            b"\n<!DOCTYPE html><html><title>Sign in</title>".to_vec(),
            "it is a web page, perhaps a sign-in page",
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
            "it is JSON in base64, such as a content token for apps and books",
        ),
        (
            b"From: a@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--x\n".to_vec(),
            "it is a whole email: save the attachment instead",
        ),
        (
            b"hello".to_vec(),
            "it is neither an encrypted message nor JSON",
        ),
        (
            b"note: hello".to_vec(),
            "it is neither an encrypted message nor JSON",
        ),
        (vec![0x30, 0, 1, 2], "it is another kind of data"),
        (fixture("own.pkcs8.pem"), "it is a private key"),
        (fixture("own.pkcs1.pem"), "it is a private key"),
        (fixture("own.pkcs1.der"), "it is a private key"),
        (fixture("own.pkcs8.der"), "it is a private key"),
        (keys("sec1.pem"), "it is a private key"),
        (
            keys("sec1-with-parameters.pem"),
            "it is another kind of PEM file",
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
