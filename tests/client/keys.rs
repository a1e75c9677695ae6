//! Private keys in every shape that people have them in.

use abmctl::apple::oauth::key::{KeyError, SigningKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::support::apple::{key_text, public_key};

fn signs(text: &str) {
    let key = SigningKey::from_pem(text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    let signature = key.sign(b"message").unwrap();
    assert_eq!(signature.len(), 64);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key())
        .verify(b"message", &signature)
        .unwrap();
}

#[test]
fn every_shape_of_the_key_signs() {
    for name in [
        "apple.pem",
        "pkcs8.pem",
        "sec1.pem",
        "sec1-with-parameters.pem",
        "sec1-labelled-pkcs8.pem",
    ] {
        let text = key_text(name);
        signs(&text);
        signs(&text.replace('\n', "\r\n"));
        signs(&text.replace('\n', " \t \n"));
        signs(&text.replace('\n', "\n    "));
        signs(&text.replace('\n', "\n\n"));
        signs(&format!("\n \r\n\n{text}"));
        signs(&format!("\u{feff}{text}"));
        signs(&format!(
            "Bag Attributes\n    friendlyName: key\n{text}\ntrailing words\n"
        ));
        signs(text.trim_end());
    }
    let both = format!("{}{}", key_text("certificate.pem"), key_text("pkcs8.pem"));
    signs(&both);
}

#[test]
fn a_key_as_ci_stores_it_signs() {
    for name in ["apple.pem", "sec1-with-parameters.pem", "pkcs8.pem"] {
        let text = key_text(name);
        let lines = text.trim_end();
        for one_line in [
            text.replace('\n', "\\n"),
            lines.replace('\n', "\\n"),
            lines.replace('\n', "\\r\\n"),
            lines.replace('\n', "\\\\n"),
            lines.replace('\n', " "),
            format!("\"{}\"", text.replace('\n', "\\n")),
            format!("'{}'", lines.replace('\n', "\\n")),
            format!("\"{text}\""),
            format!("\\\"{}\\\"", lines.replace('\n', "\\n")),
            // A variable that was continued over several lines.
            text.replace('\n', "\\n\n"),
            text.replace('\n', "\\\n"),
        ] {
            signs(&one_line);
        }
        let base64 = STANDARD.encode(&text);
        let wrapped: String = base64
            .as_bytes()
            .chunks(76)
            .map(|line| format!("{}\n", str::from_utf8(line).unwrap()))
            .collect();
        for stored in [
            base64.clone(),
            format!("{base64}\n"),
            wrapped.clone(),
            wrapped.replace('\n', "\\n"),
            wrapped.replace('\n', "\r\n"),
            format!("\"{base64}\""),
            base64.trim_end_matches('=').to_owned(),
            STANDARD.encode(lines.replace('\n', "\\n")),
            STANDARD.encode(text.replace('\n', "\r\n")),
        ] {
            signs(&stored);
        }
    }
    for (stored, error) in [
        (
            key_text("encrypted-pkcs8.pem").replace('\n', "\\n"),
            KeyError::Encrypted,
        ),
        (
            STANDARD.encode(key_text("encrypted-sec1.pem")),
            KeyError::Encrypted,
        ),
        (
            key_text("rsa-pkcs8.pem").replace('\n', "\\n"),
            KeyError::Rsa,
        ),
        (
            STANDARD.encode(key_text("public.pem")),
            KeyError::NotPrivate,
        ),
        (STANDARD.encode("no key"), KeyError::NotPem),
        (
            key_text("sec1.pem")
                .replace("MHc", "M*c")
                .replace('\n', "\\n"),
            KeyError::Damaged,
        ),
    ] {
        assert_eq!(SigningKey::from_pem(&stored).err(), Some(error), "{stored}");
    }
}

#[test]
fn what_can_t_be_used_is_named() {
    let short = key_text("sec1.pem");
    let mut lines: Vec<&str> = short.lines().collect();
    lines.remove(1);
    for (text, error) in [
        (key_text("p384-sec1.pem"), KeyError::WrongCurve),
        (key_text("p384-pkcs8.pem"), KeyError::WrongCurve),
        (key_text("ed25519.pem"), KeyError::WrongCurve),
        (key_text("rsa-pkcs1.pem"), KeyError::Rsa),
        (key_text("rsa-pkcs8.pem"), KeyError::Rsa),
        (key_text("encrypted-pkcs8.pem"), KeyError::Encrypted),
        (key_text("encrypted-sec1.pem"), KeyError::Encrypted),
        (
            key_text("encrypted-sec1.pem").replace('\n', "\r\n"),
            KeyError::Encrypted,
        ),
        (key_text("certificate.pem"), KeyError::NotPrivate),
        (key_text("public.pem"), KeyError::NotPrivate),
        (String::new(), KeyError::NotPem),
        (" \n\n".into(), KeyError::NotPem),
        ("garbage".into(), KeyError::NotPem),
        ("\0\u{1}\u{fffd}".into(), KeyError::NotPem),
        (lines.join("\n"), KeyError::Damaged),
        (short[..short.len() / 2].into(), KeyError::Damaged),
        (short.replace("MHc", "M*c"), KeyError::Damaged),
        (
            "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----".into(),
            KeyError::Damaged,
        ),
    ] {
        assert_eq!(SigningKey::from_pem(&text).err(), Some(error), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text: String, inside: Vec<u8>) {
        use base64::Engine;
        let _ = SigningKey::from_pem(&text);
        let inside = base64::engine::general_purpose::STANDARD.encode(inside);
        let _ = SigningKey::from_pem(&format!("-----BEGIN PRIVATE KEY-----\n{inside}\n-----END PRIVATE KEY-----"));
    }
}
