//! From the file to the CMS message in it: headers, PEM, base64; and the kind of a file without one.

use std::borrow::Cow;

use super::super::key_pair::form::{Kind, base64, blocks, has};
use super::{LARGEST, P7mError};

const DECRYPTED: &str = "it is a server token that is already decrypted";
const EARLY: &str = "it ends before its content begins";
const TEXT: &str = "it is neither an encrypted message nor JSON";

/// The CMS message in a file, BER.
pub(super) fn unpacked(file: &[u8]) -> Result<Cow<'_, [u8]>, P7mError> {
    if file.len() > LARGEST {
        return Err(P7mError::NotOne("it is larger than 1 MiB"));
    }
    if file.starts_with(b"\xff\xfe") || file.starts_with(b"\xfe\xff") {
        return Err(P7mError::NotOne(
            "it is UTF-16 text, probably saved by a Windows editor",
        ));
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let file = file.trim_ascii_start();
    if file.is_empty() {
        return Err(P7mError::NotOne("it is empty"));
    }
    let (headers, body) = split_headers(file);
    let headers = headers.to_ascii_lowercase();
    let sealed = has(&headers, b"pkcs7");
    if body.is_empty() {
        return Err(if sealed {
            P7mError::Damaged(EARLY.into())
        } else {
            P7mError::NotOne(TEXT)
        });
    }
    if is_ber(body) {
        return message(Cow::Borrowed(body), sealed);
    }
    if has(&headers, b"multipart/") {
        return Err(P7mError::NotOne(
            "it is a whole email: save the attachment instead",
        ));
    }
    if has(body, b"-----BEGIN ") {
        return armoured(body);
    }
    match base64(body) {
        Some(decoded) if sealed || looks_like_base64(body) => message(
            Cow::Owned(decoded.to_vec()),
            sealed || body.starts_with(b"MI"),
        ),
        // "MI" is how a sequence begins in base64.
        _ if sealed || body.starts_with(b"MI") => Err(P7mError::Damaged(
            "it contains characters that aren't base64".into(),
        )),
        _ => Err(P7mError::NotOne(another_text(body))),
    }
}

/// The headers of a message and its body; no headers where it begins with none.
///
/// Headers end at a blank line, or at a line that is no header, for blank lines get lost in copying.
fn split_headers(file: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    for line in file.split_inclusive(|&byte| byte == b'\n') {
        let continued = end > 0 && matches!(line.first(), Some(b' ' | b'\t'));
        if line.trim_ascii().is_empty() || !(continued || is_header(line)) {
            break;
        }
        end += line.len();
    }
    (&file[..end], file[end..].trim_ascii_start())
}

/// Whether a line is a header: a name of letters, digits and hyphens, and a colon.
fn is_header(line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    name.len() < line.len()
        && name.first().is_some_and(u8::is_ascii_alphabetic)
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Whether it begins as a sequence of at least 128 bytes, or of no stated length.
fn is_ber(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, 0x80..=0x84, ..])
}

/// Whether a text that can be decoded is base64, and not a word or two of another kind.
fn looks_like_base64(text: &[u8]) -> bool {
    text.starts_with(b"MI") || text.len() >= 64
}

/// What is in a PEM file.
fn armoured(text: &[u8]) -> Result<Cow<'_, [u8]>, P7mError> {
    let blocks = blocks(text);
    let kinds = || blocks.iter().map(|block| (block, Kind::of_block(block)));
    match kinds().find(|(_, kind)| *kind == Kind::Message) {
        Some((block, _)) => match &block.contents {
            _ if !block.whole => Err(P7mError::Damaged("its last line is missing".into())),
            None => Err(P7mError::Damaged(
                "it contains characters that aren't base64".into(),
            )),
            Some(contents) => message(Cow::Owned(contents.to_vec()), true),
        },
        None => Err(P7mError::NotOne(match kinds().next() {
            Some((block, _)) if block.label == "MESSAGE" => DECRYPTED,
            Some((_, Kind::Other)) | None => "it is another kind of PEM file",
            Some((_, kind)) => kind.words(),
        })),
    }
}

/// The bytes, if they are a CMS message; with `sealed`, something said that they are.
fn message(ber: Cow<'_, [u8]>, sealed: bool) -> Result<Cow<'_, [u8]>, P7mError> {
    match Kind::of_der(&ber) {
        Kind::Message => Ok(ber),
        Kind::Other if ber.trim_ascii_start().starts_with(b"{") => Err(P7mError::NotOne(
            "it is JSON in base64, such as a content token for apps and books",
        )),
        Kind::Other if sealed => Err(P7mError::Damaged("abmctl can't read its structure".into())),
        Kind::Other => Err(P7mError::NotOne("it is another kind of data")),
        kind => Err(P7mError::NotOne(kind.words())),
    }
}

/// What a text is that is no message.
fn another_text(text: &[u8]) -> &'static str {
    let start = text[..text.len().min(1024)].to_ascii_lowercase();
    if has(text, b"\"consumer_key\"") {
        DECRYPTED
    } else if matches!(text.first(), Some(b'{' | b'[')) {
        "it is a JSON document"
    } else if has(&start, b"<html") || has(&start, b"<!doctype html") {
        "it is a web page, perhaps a sign-in page"
    } else if start.starts_with(b"<?xml") || start.starts_with(b"bplist") {
        "it is a property list or another XML document"
    } else if start.starts_with(b"pk\x03\x04") {
        "it is a ZIP archive"
    } else if text.contains(&0) {
        "it is another kind of data"
    } else {
        TEXT
    }
}
