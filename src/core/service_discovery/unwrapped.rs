//! A document that would be JSON without the comments or the code fence that it was copied with. Pure.

use serde_json::Value;

/// Why a text is no JSON although it holds a JSON object: a sentence. `None` if it holds none.
pub(super) fn around_json(body: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_object = |text: &str| {
        let parsed = serde_json::from_str::<Value>(text);
        parsed.is_ok_and(|value| value.is_object())
    };
    if is_object(text) {
        return None;
    }
    if ["```", "~~~"].iter().any(|fence| text.starts_with(fence)) {
        let inside = text.split_once('\n').map_or("", |(_, inside)| inside);
        let inside = inside.trim_end_matches(['`', '~']).trim_end();
        return is_object(inside).then_some(
            "The document still has the code fence (```) of the page that it was copied from.",
        );
    }
    if is_object(&without_comments(text)) {
        return Some("The document has comments, which JSON doesn't allow.");
    }
    if is_object(&text.replace(['“', '”', '„'], "\"")) {
        return Some("The document has curly quotes instead of straight ones.");
    }
    None
}

/// A text without `//`, `/* */`, `#` and `<!-- -->` outside of its strings.
fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    let (mut quoted, mut escaped) = (false, false);
    while let Some(character) = rest.chars().next() {
        let comment = [("//", "\n"), ("#", "\n"), ("/*", "*/"), ("<!--", "-->")]
            .into_iter()
            .find(|(opens, _)| !quoted && rest.starts_with(opens));
        if let Some((opens, closes)) = comment {
            let inside = &rest[opens.len()..];
            rest = inside
                .find(closes)
                .map_or("", |at| &inside[at + closes.len()..]);
            continue;
        }
        if character == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && character == '\\' && !escaped;
        kept.push(character);
        rest = &rest[character.len_utf8()..];
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"Servers":[{"Version":"mdm-byod","BaseURL":"https://mdm.acme.com/#a"}]}"#;

    #[test]
    fn what_was_copied_with_a_document_is_named() {
        for (body, part) in [
            (format!("```json\n{GOOD}\n```\n"), "fence"),
            (format!("```\n{GOOD}\n```"), "fence"),
            (format!("~~~\n{GOOD}\n~~~"), "fence"),
            (format!("// our MDM\n{GOOD}"), "comments"),
            (format!("{GOOD} // our MDM"), "comments"),
            (format!("/* our\nMDM */{GOOD}"), "comments"),
            (format!("# our MDM\n{GOOD}\n# end"), "comments"),
            (format!("<!-- our MDM -->\n{GOOD}"), "comments"),
            (GOOD.replace("[{", "[ /* the only one */ {"), "comments"),
            (GOOD.replace('"', "”"), "curly"),
        ] {
            let found = around_json(body.as_bytes());
            assert!(
                found.is_some_and(|it| it.contains(part)),
                "{body}: {found:?}"
            );
        }
        for body in [
            "",
            GOOD,
            "{",
            "```",
            "// x",
            "<!-- x --><html>",
            "[] // x",
            "\"//\"",
        ] {
            assert_eq!(around_json(body.as_bytes()), None, "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(body: Vec<u8>, text: String) {
            let _ = around_json(&body);
            let _ = around_json(text.as_bytes());
        }
    }
}
