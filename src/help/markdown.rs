//! Markdown of the reference, as text for a terminal: paragraphs, lists, tables and blocks of code.

use textwrap::Options;

use super::WIDTH;

/// What stands before the first section, without the title and the note on how the page is made.
pub(super) fn introduction(page: &str) -> String {
    let lines = page
        .lines()
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| !line.starts_with("# ") && !line.starts_with("This page is generated"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The section of a heading, without the heading.
pub(super) fn section(page: &str, heading: &str) -> String {
    let heading = format!("## {heading}");
    let lines = page
        .lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with("## "));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A part of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(String),
    Item(String),
    /// The first cell of each row, and what the others say of it.
    Row(String, Vec<String>),
    Code(Vec<String>),
}

/// The parts of a page.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().peekable();
    let mut open = false;
    let mut headings: Vec<String> = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push(Block::Code(code.map(str::to_owned).collect()));
            open = false;
        } else if line.trim().is_empty() {
            open = false;
            headings.clear();
        } else if let Some(cells) = cells(line) {
            if headings.is_empty() {
                headings = cells;
            } else if !cells.iter().all(|cell| cell.trim_matches('-').is_empty()) {
                blocks.push(row(&cells, &headings));
            }
            open = false;
        } else if let Some(item) = line.strip_prefix("* ").or(line.strip_prefix("- ")) {
            blocks.push(Block::Item(plain(item)));
            open = true;
        } else {
            match blocks.last_mut() {
                Some(Block::Paragraph(text) | Block::Item(text)) if open => {
                    text.push(' ');
                    text.push_str(&plain(line.trim()));
                }
                _ => blocks.push(Block::Paragraph(plain(line))),
            }
            open = true;
        }
    }
    blocks
}

/// The cells of a line of a table.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.strip_prefix('|')?.trim_end().strip_suffix('|')?;
    Some(inner.split('|').map(|cell| plain(cell.trim())).collect())
}

/// A row: the default of something is marked as such, and the kind of an exit code stands at the end.
fn row(cells: &[String], headings: &[String]) -> Block {
    let mut cells = cells.iter().zip(headings);
    let first = cells.next().map(|(cell, _)| cell.clone());
    let mut more = Vec::new();
    let mut kind = None;
    for (cell, heading) in cells.filter(|(cell, _)| !cell.is_empty() && *cell != "-") {
        match heading.as_str() {
            "kind" => kind = Some(format!(" (kind: {cell})")),
            "default" => more.push(format!("Default: {cell}")),
            _ => more.push(cell.clone()),
        }
    }
    if let (Some(last), Some(kind)) = (more.last_mut(), kind) {
        last.push_str(&kind);
    }
    Block::Row(first.unwrap_or_default(), more)
}

/// Text without marks: a link is its words.
fn plain(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, link)) = rest.split_once('[') {
        let found = link.split_once("](").and_then(|(words, after)| {
            let (_, after) = after.split_once(')')?;
            (!words.contains('[')).then_some((words, after))
        });
        plain.push_str(before);
        match found {
            Some((words, after)) => {
                plain.push_str(words);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = link;
            }
        }
    }
    plain.push_str(rest);
    plain.replace("**", "").replace('`', "")
}

/// A page as text for a terminal.
pub(super) fn rendered(markdown: &str) -> String {
    let mut text = String::new();
    let mut before: Option<Block> = None;
    for block in blocks(markdown) {
        let together = matches!(
            (&before, &block),
            (Some(Block::Row(..)), Block::Row(..)) | (Some(Block::Item(_)), Block::Item(_))
        );
        if before.is_some() && !together {
            text.push('\n');
        }
        text.push_str(&block.lines().join("\n"));
        text.push('\n');
        before = Some(block);
    }
    text
}

impl Block {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Paragraph(words) => wrapped(words, "", ""),
            Self::Item(words) => wrapped(words, "  ", "    "),
            Self::Code(lines) => lines
                .iter()
                .flat_map(|it| wrapped(it, "  ", "  "))
                .collect(),
            // A code or a short word stands beside what it means.
            Self::Row(name, about) if name.len() < 5 => {
                wrapped(&format!("{name:<5}{}", about.join(" ")), "  ", "       ")
            }
            Self::Row(name, about) => {
                let mut lines = wrapped(name, "  ", "  ");
                lines.extend(about.iter().flat_map(|it| wrapped(it, "      ", "      ")));
                lines
            }
        }
    }
}

fn wrapped(text: &str, first: &str, next: &str) -> Vec<String> {
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(next)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(true);
    let lines = textwrap::wrap(text, options);
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{introduction, plain, rendered, section};

    const PAGE: &str = "# Title\n\nFirst `line`\nand **second** ([guide](../x.md#y)).\n\n| code | kind | meaning |\n|---|---|---|\n| 0 | - | done |\n| 9 | `differs` | differs |\n\nThis page is generated.\n\n## Part\n\n| variable | what | default |\n|---|---|---|\n| `A_LONG_NAME` | a thing | `x` |\n\n```json\n{\"a\": 1}\n```\n\n* one\n  more\n* two\n\n## Next\n";

    #[test]
    fn a_page_is_text() {
        assert_eq!(
            rendered(&introduction(PAGE)),
            "First line and second (guide).\n\n  0    done\n  9    differs (kind: differs)\n"
        );
        assert_eq!(
            rendered(&section(PAGE, "Part")),
            "  A_LONG_NAME\n      a thing\n      Default: x\n\n  {\"a\": 1}\n\n  one more\n  two\n"
        );
    }

    #[test]
    fn brackets_without_a_link_stay() {
        for (text, said) in [
            ("HOST[:PORT]:ADDRESS", "HOST[:PORT]:ADDRESS"),
            ("a [b](c) [d", "a b [d"),
            ("[x] [y](z)", "[x] y"),
        ] {
            assert_eq!(plain(text), said);
        }
    }
}
