//! Turns private keys in the form that CI systems store back into PEM.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The PEM in `text`: line breaks that are written out (`\n`), quotes around it, lines that were joined by spaces, and base64 of the whole
/// are undone. Any other text comes back as it is.
pub(super) fn pem_in(text: &str) -> Zeroizing<String> {
    if let Some(pem) = lines_of(text) {
        return pem;
    }
    decoded(text)
        .and_then(|decoded| lines_of(&decoded))
        .unwrap_or_else(|| Zeroizing::new(text.to_owned()))
}

/// The text with real line breaks; `None` if it has no PEM block.
fn lines_of(text: &str) -> Option<Zeroizing<String>> {
    if !text.contains(BEGIN) {
        return None;
    }
    let text = with_line_breaks(text);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Some(if lines.count() > 2 {
        text
    } else {
        spaced(&text)
    })
}

/// Line breaks that are written out become real ones, however often the backslash was escaped. Neither PEM nor its headers have a
/// backslash of their own.
fn with_line_breaks(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next_if(|next| matches!(next, 'n' | 'r' | 't')) {
            Some('n' | 'r') => out.push('\n'),
            Some(_) => out.push(' '),
            // A backslash before another one, a real line break, or a quotation mark.
            None => {}
        }
    }
    out
}

/// A block on one line, whose line breaks became spaces or went, gets those around its labels back.
fn spaced(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() + 64));
    let mut rest = text;
    while let Some(start) = rest.find("-----") {
        let (before, label) = rest.split_at(start);
        let Some(end) = label[5..].find("-----") else {
            break;
        };
        let (label, after) = label.split_at(5 + end + 5);
        if !(label.starts_with(BEGIN) || label.starts_with("-----END ")) || label.contains('\n') {
            break;
        }
        body(&mut out, before);
        out.push('\n');
        out.push_str(label);
        out.push('\n');
        rest = after;
    }
    body(&mut out, rest);
    out
}

/// What stands between two labels. Only a line with spaces and no line break in it was one of several.
fn body(out: &mut String, text: &str) {
    let text = text.trim_matches(['"', '\'', ' ']);
    if text.contains('\n') || text.contains(':') {
        out.push_str(text);
        return;
    }
    for word in text.split_whitespace() {
        out.push('\n');
        out.push_str(word);
    }
}

/// The text that `text` is base64 of; `None` if it is none.
fn decoded(text: &str) -> Option<Zeroizing<String>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let text = text.trim_matches(['"', '\'']);
    let plain = with_line_breaks(text);
    let mut digits = Zeroizing::new(String::with_capacity(plain.len()));
    digits.extend(plain.chars().filter(|character| !character.is_whitespace()));
    let bytes = Zeroizing::new(BASE64.decode(digits.as_bytes()).ok()?);
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pem_comes_back_as_it_is() {
        for text in ["", "garbage", "aGVsbG8=", "a\\nb", "{\"a\": \"b\"}"] {
            assert_eq!(*pem_in(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String, inside: String) {
            pem_in(&text);
            pem_in(&format!("-----BEGIN {inside}-----{text}"));
            pem_in(&format!("-----BEGIN PRIVATE KEY-----\\n{inside}-----END PRIVATE KEY-----"));
        }
    }
}
