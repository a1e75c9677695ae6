//! The TXT record by which Apple verifies a domain: whether one is there, and what comes close to it. Pure.

use std::fmt;

use super::DnsToken;
use crate::core::service_discovery::is_blank as is_blank_of_a_sample;

/// Its text up to the token (official).
const START: &str = "apple-domain-verification=";
const KEY: &str = "apple-domain-verification";
/// How many letters of the key may be wrong.
const SLIPS: usize = 3;
/// The most of a text that is shown, in characters.
const SHOWN: usize = 100;

/// A record that somebody meant to be Apple's, and that Apple doesn't take for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearMiss {
    /// A record at the domain with another text.
    Text {
        text: String,
        /// What is wrong with the text.
        why: &'static str,
    },
    /// The record, at another name.
    Elsewhere(String),
}

impl fmt::Display for NearMiss {
    /// What is there, to follow "There is".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text, why } => {
                let mut shown: String = text.chars().take(SHOWN).collect();
                if shown.len() < text.len() {
                    shown.push('…');
                }
                write!(f, "a TXT record {shown:?}: {why}")
            }
            Self::Elsewhere(name) => write!(f, "the TXT record at {name}, not at the domain"),
        }
    }
}

/// Whether one of a name's TXT records is Apple's; else those that come close.
pub fn verification_record(texts: &[String]) -> (DnsToken, Vec<NearMiss>) {
    if texts.iter().any(|text| is_record(text)) {
        return (DnsToken::Present, Vec::new());
    }
    let near = texts.iter().filter_map(|text| {
        Some(NearMiss::Text {
            text: text.clone(),
            why: slip(text)?,
        })
    });
    (DnsToken::Absent, near.collect())
}

/// The names at which the record of a domain ends up by a slip: hosts of DNS append the zone to a whole name (the zone is the
/// domain or one above it), and some people put the record below the domain.
pub fn misplaced(domain: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut zone = Some(domain);
    while let Some(name) = zone.filter(|name| name.contains('.')) {
        names.push(format!("{domain}.{name}"));
        zone = name.split_once('.').map(|(_, above)| above);
    }
    names.push(format!("_{KEY}.{domain}"));
    names.push(format!("{KEY}.{domain}"));
    names.push(format!("www.{domain}"));
    // A DNS name has at most 253 characters.
    names.retain(|name| name.len() <= 253);
    names
}

/// Whether a text is exactly what Apple wants.
fn is_record(text: &str) -> bool {
    let token = text.strip_prefix(START);
    token.is_some_and(|token| {
        !token.is_empty() && token.chars().all(is_of_token) && !is_sample(token)
    })
}

/// Whether a token stands in a sample for the one that Apple gives, or is no token at all.
fn is_sample(token: &str) -> bool {
    let plain = token.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let lower = plain.to_ascii_lowercase();
    let words = [
        "token",
        "random",
        "randomlettersandnumbers",
        "value",
        "code",
        "string",
    ];
    words.contains(&lower.as_str())
        || is_blank_of_a_sample(plain)
        || is_blank_of_a_sample(token)
        || lower.contains("http:")
        || lower.contains("https:")
        || lower.contains(KEY)
        || token.starts_with('=')
        || token.ends_with([';', ',', '.'])
}

fn is_of_token(c: char) -> bool {
    // In brackets stands what somebody has to replace.
    c.is_ascii_graphic() && !is_quote(c) && !matches!(c, '<' | '>' | '{' | '}' | '[' | ']')
}

fn is_quote(c: char) -> bool {
    // Straight, typographic in several languages, and the backslash that often stands before one.
    matches!(
        c,
        '"' | '\''
            | '`'
            | '\\'
            | '´'
            | '“'
            | '”'
            | '„'
            | '‟'
            | '‘'
            | '’'
            | '‚'
            | '«'
            | '»'
            | '‹'
            | '›'
    )
}

fn is_blank(c: char) -> bool {
    // Among the others those without a width.
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// What keeps a text from being Apple's record; `None` if it is something else altogether.
fn slip(text: &str) -> Option<&'static str> {
    let bare: String = text
        .chars()
        .filter(|c| !is_quote(*c) && !is_blank(*c))
        .collect();
    let lower = bare.to_lowercase();
    if !lower.contains(KEY) {
        return misspelt(&lower);
    }
    Some(
        if text.contains('\\') && !text.contains(|c| is_quote(c) && c != '\\') {
            "it has an extra backslash"
        } else if text.contains(is_quote) {
            "its text includes the quotes"
        } else if !lower.starts_with(KEY) {
            "it has other text before apple-domain-verification"
        } else if text.contains(is_blank) {
            "it has an extra space"
        } else if !bare.starts_with(KEY) {
            "apple-domain-verification has to be in lowercase"
        } else if !bare.starts_with(START) {
            "apple-domain-verification has to be followed by = and the token"
        } else if bare == START {
            "the token after the = is missing"
        } else if bare.ends_with([';', ',', '.']) {
            "it has a punctuation mark after the token"
        } else if bare.strip_prefix(START).is_some_and(is_sample) {
            "the text after the = is from a sample, not the token from the portal"
        } else {
            "the text after the = isn't a token"
        },
    )
}

/// Whether the part before the `=` is the key but for some letters.
fn misspelt(text: &str) -> Option<&'static str> {
    let (key, _) = text.split_once(['=', ':'])?;
    (strsim::levenshtein(key, KEY) <= SLIPS).then_some("apple-domain-verification is misspelled")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_text_is_the_record() {
        let present = |text: &str| verification_record(&[text.to_owned()]).0 == DnsToken::Present;
        assert!(present("apple-domain-verification=0RaNdOm1"));
        assert!(present("apple-domain-verification=a_B-9/x+y=="));
        let several = ["v=spf1 -all", "apple-domain-verification=0RaNdOm1"];
        let several = several.map(str::to_owned);
        assert_eq!(
            verification_record(&several),
            (DnsToken::Present, Vec::new())
        );
        for other in [
            "",
            "v=spf1 include:_spf.example -all",
            "google-site-verification=0RaNdOm1",
            "facebook-domain-verification=0RaNdOm1",
            "apple-domain=0RaNdOm1",
            "0RaNdOm1",
        ] {
            let found = verification_record(&[other.to_owned()]);
            assert_eq!(found, (DnsToken::Absent, Vec::new()), "{other}");
        }
    }

    #[test]
    fn what_comes_close_is_named() {
        for (text, says) in [
            ("apple-domain-verification=", "is missing"),
            ("apple-domain-verification=YOUR_TOKEN", "sample"),
            ("apple-domain-verification=your-token", "sample"),
            ("apple-domain-verification=RANDOM", "sample"),
            (
                "apple-domain-verification=RaNdOmLeTtErSaNdNuMbErS",
                "sample",
            ),
            ("apple-domain-verification=$TOKEN", "sample"),
            ("apple-domain-verification=xxxxxxxx", "sample"),
            ("apple-domain-verification=https://x", "sample"),
            (
                "apple-domain-verification=apple-domain-verification=0Ra",
                "sample",
            ),
            ("apple-domain-verification==0RaNdOm1", "sample"),
            ("apple-domain-verification=0RaNdOm1;", "punctuation"),
            ("apple-domain-verification=0RaNdOm1.", "punctuation"),
            ("apple-domain-verification\\=0RaNdOm1", "backslash"),
            ("\"apple-domain-verification=0RaNdOm1\"", "quotes"),
            ("apple-domain-verification=\"0RaNdOm1\"", "quotes"),
            ("“apple-domain-verification=0RaNdOm1”", "quotes"),
            ("'apple-domain-verification=0RaNdOm1'", "quotes"),
            ("\\\"apple-domain-verification=0RaNdOm1\\\"", "quotes"),
            ("apple-domain-verification = 0RaNdOm1", "space"),
            ("apple-domain-verification= 0RaNdOm1", "space"),
            (" apple-domain-verification=0RaNdOm1", "space"),
            ("apple-domain-verification=0RaNdOm1 ", "space"),
            ("apple-domain-verification=0Ra NdOm1", "space"),
            ("apple-domain-verification=\u{200b}0RaNdOm1", "space"),
            ("\u{a0}apple-domain-verification=0RaNdOm1", "space"),
            ("apple-domain-verification= ", "space"),
            ("Apple-Domain-Verification=0RaNdOm1", "lowercase"),
            ("apple-domain-verification:0RaNdOm1", "followed by ="),
            ("apple-domain-verification", "followed by ="),
            ("apple-domain-verification=<token>", "sample"),
            ("apple-domain-verification=…", "isn't a token"),
            ("TXT=apple-domain-verification=0RaNdOm1", "other text"),
            (
                "acme.example. TXT apple-domain-verification=0RaNdOm1",
                "other text",
            ),
            ("apple-domain-verificaton=0RaNdOm1", "misspelled"),
            ("apple_domain_verification=0RaNdOm1", "misspelled"),
            ("apple–domain–verification=0RaNdOm1", "misspelled"),
        ] {
            let (token, near) = verification_record(&[text.to_owned()]);
            assert_eq!(token, DnsToken::Absent, "{text}");
            let [near] = &near[..] else {
                panic!("{text}: {near:?}");
            };
            assert!(near.to_string().contains(says), "{near}");
        }
        let (_, near) =
            verification_record(&[format!("apple-domain-verification= {}", "x".repeat(300))]);
        assert!(near[0].to_string().len() < 200, "{near:?}");
    }

    #[test]
    fn a_record_is_looked_for_where_it_ends_up_by_a_slip() {
        assert_eq!(
            misplaced("acme.example"),
            [
                "acme.example.acme.example",
                "_apple-domain-verification.acme.example",
                "apple-domain-verification.acme.example",
                "www.acme.example",
            ]
        );
        assert_eq!(
            misplaced("shop.acme.example")[..2],
            [
                "shop.acme.example.shop.acme.example",
                "shop.acme.example.acme.example"
            ]
        );
        assert!(misplaced(&"a.".repeat(120)).iter().all(|it| it.len() < 254));
    }
}
