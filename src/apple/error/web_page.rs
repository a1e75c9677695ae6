//! A web page instead of an API's answer.

use crate::text::printable;

/// Whether it is markup: nothing that Apple's APIs say begins with `<`.
pub(super) fn is_page(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '[']) {
        return false;
    }
    let start: String = text.chars().take(200).collect::<String>().to_lowercase();
    start.starts_with('<') || start.contains("<html") || start.contains("<head")
}

/// The title of a page, or else its first headline, as one line of plain text.
pub(super) fn title(html: &str) -> Option<String> {
    ["title", "h1", "h2"]
        .into_iter()
        .find_map(|tag| element(html, tag))
}

/// The text of the first element of that name; `None` if there is none, or nothing in it.
fn element(html: &str, tag: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let open = format!("<{tag}");
    let mut from = 0;
    let start = loop {
        let after = from + lower[from..].find(&open)? + open.len();
        from = after;
        // `<titles>` is another element, and `<title lang="en">` is this one.
        if lower[after..].starts_with(|next: char| next == '>' || next.is_whitespace()) {
            break after + lower[after..].find('>')? + 1;
        }
    };
    let end = start + lower[start..].find(&format!("</{tag}"))?;
    let text = plain(html.get(start..end)?);
    (!text.is_empty()).then(|| text.chars().take(100).collect())
}

/// Markup without its tags, the usual entities and what a terminal would act on.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in markup.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            other => text.push(other),
        }
    }
    // The ampersand comes last, or `&amp;lt;` would become another thing than it says.
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&#160;", " "),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&ndash;", "-"),
        ("&mdash;", "-"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    let text = printable(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_page_is_plain_text() {
        for (page, expected) in [
            (
                "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD>",
                Some("Access Denied"),
            ),
            (
                "<title lang=\"en\">\n  A &amp; B &#8211;\t&lt;C&gt;&nbsp;</title>",
                Some("A & B &#8211; <C>"),
            ),
            ("<titles>x</titles><title>y</title >", Some("y")),
            (
                "<title></title><h1>403 <b>Forbidden</b></h1>",
                Some("403 Forbidden"),
            ),
            (
                "<title>\u{1b}[31mred\u{202e}</title>",
                Some("\u{fffd}[31mred\u{fffd}"),
            ),
            ("<title>never ends", None),
            ("<p>nothing</p>", None),
            ("<?xml version=\"1.0\"?><html><title>X</title>", Some("X")),
        ] {
            assert!(is_page(page), "{page}");
            assert_eq!(title(page).as_deref(), expected, "{page}");
        }
        let long = format!("<title>{}</title>", "x".repeat(1000));
        assert_eq!(title(&long).unwrap().len(), 100);
        for text in [r#"{"name":"<html>"}"#, "Forbidden", "", "a < b"] {
            assert!(!is_page(text), "{text}");
        }
        for text in ["\u{feff}<p>", "\n<!-- -->", "oops: <html>"] {
            assert!(is_page(text), "{text}");
        }
    }
}
