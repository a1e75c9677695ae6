//! Phrases that no person should have to read twice, wherever abmctl or its documentation says something: in the texts of the
//! source, in docs/ (which holds `--help` as the reference of commands), in the README and in the changelog.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;

/// A phrase, and what to write instead.
const PHRASES: [(&str, &str); 46] = [
    ("anew", "again"),
    ("mend", "fix, repair, or finish"),
    ("mends", "fixes, repairs, or finishes"),
    ("mended", "fixed, repaired, or finished"),
    ("mending", "fixing, repairing, or finishing"),
    ("thereof", "of it, with the noun"),
    ("gone on with", "resumed"),
    ("is not said", "who doesn't say it, or \"No … given.\""),
    ("for want of", "without, or because … is missing"),
    ("should get is not", "\"No … given. Add --… .\""),
    ("is being put back", "\"Restoring …\""),
    (
        "once more ends at once",
        "\"Press Ctrl-C again to quit now.\"",
    ),
    ("can't be told", "\"Not tested: …\", or who doesn't know it"),
    ("lets others than", "\"other users can …\""),
    ("which --profile names", "\"Profile \"…\" doesn't exist.\""),
    ("there is no profile \"", "\"Profile \"…\" doesn't exist.\""),
    ("has not the form", "\"doesn't look like …\""),
    ("is no day", "\"not a date; use YYYY-MM-DD\""),
    (
        "no terminal to ask",
        "\"… is required when there is no terminal\"",
    ),
    ("brought back from here", "\"… can't be undone.\""),
    ("say so beforehand", "\"Confirm with --yes.\""),
    ("and its like", "\"and the other …\""),
    ("by what is known", "the fact alone"),
    (
        "answers none of its devices",
        "\"won't redirect its devices\"",
    ),
    ("says it in", "\"Only … shows this\""),
    ("further back is read", "\"To look further back, use …\""),
    ("before that is unknown", "\"… then show as unknown\""),
    ("where nothing else shows", "\"… or don't appear\""),
    (
        "nothing that could be read",
        "\"Couldn't compare: …\", or who couldn't read what",
    ),
    ("what they are called", "their names"),
    ("that it is the default server's", "\"abmctl assumes …\""),
    (
        "hands out is inferred",
        "\"Apple doesn't document …; abmctl assumes …\"",
    ),
    ("keep that you saw", "\"Record that …\""),
    ("goes on to exist", "\"still exists\""),
    ("shall enforce", "\"To enforce …\""),
    ("for ever", "\"keep overwriting each other\", or forever"),
    ("meant?", "\"Did you mean …?\""),
    ("in clear", "in plain text"),
    ("slip of the pen", "typo"),
    ("repeat this long", "\"Give up after …\""),
    ("on its ground", "\"Re-read before writing if …\""),
    ("repeating may go on", "\"Retry budget: …\""),
    ("the person before it", "the user"),
    ("eyes of a device", "\"… that behaves like a device\""),
    ("is said beside", "\"Warnings and hints for …\""),
    (
        "and what ends it early",
        "\"the time limit and the stop signal\"",
    ),
];

/// The phrases as patterns: in any case, by word boundary, and across the ends of lines.
fn patterns() -> Vec<Regex> {
    let pattern = |(phrase, _): &(&str, &str)| {
        let words: Vec<String> = phrase.split(' ').map(regex::escape).collect();
        // What isn't a letter at the end of a phrase is its own boundary.
        let end = if phrase.ends_with(char::is_alphabetic) {
            r"\b"
        } else {
            ""
        };
        Regex::new(&format!(r"(?i-u:\b{}{end})", words.join(r"\s+"))).unwrap()
    };
    PHRASES.iter().map(pattern).collect()
}

/// Where the phrases are in a text: the line's number from 0, and the index of the phrase.
fn phrases_in(text: &str, patterns: &[Regex]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        found.extend(pattern.find_iter(text).map(|it| {
            let before = &text[..it.start()];
            (before.matches('\n').count(), index)
        }));
    }
    found.sort_unstable();
    found
}

/// The texts in the code of a file, each with the line that it begins on; comments are none.
fn texts(code: &str) -> Vec<(usize, String)> {
    let tokens: TokenStream = syn::parse_str(code).unwrap();
    let mut literals = Vec::new();
    walk(tokens, &mut literals);
    let mut at = 0;
    let mut found = Vec::new();
    for written in literals {
        // They come in the order in which they are written, and as they are written.
        let start = at + code[at..].find(&written).unwrap();
        at = start + written.len();
        if let Ok(text) = syn::parse_str::<syn::LitStr>(&written) {
            let line = code[..start].matches('\n').count() + 1;
            found.push((line, text.value()));
        }
    }
    found
}

fn walk(tokens: TokenStream, literals: &mut Vec<String>) {
    let mut attribute = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                // A comment that is kept for documentation reads as an attribute.
                let first = group.stream().into_iter().next();
                let comment = matches!(first, Some(TokenTree::Ident(it)) if it == "doc");
                if !(attribute && comment) {
                    walk(group.stream(), literals);
                }
                attribute = false;
            }
            TokenTree::Literal(literal) => literals.push(literal.to_string()),
            TokenTree::Punct(punct) => attribute |= punct.as_char() == '#',
            TokenTree::Ident(_) => attribute = false,
        }
    }
}

fn files(below: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn complaint(path: &Path, line: usize, phrase: usize) -> String {
    let path = path.strip_prefix(root()).unwrap().display();
    let (phrase, instead) = PHRASES[phrase];
    format!("{path}:{line}: \"{phrase}\"; instead: {instead}")
}

/// Fails with one line for each complaint, so that those of one room can be picked out: `cargo test --test words | grep src/core`.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn no_text_of_the_source_has_to_be_read_twice() {
    let (patterns, mut complaints) = (patterns(), Vec::new());
    for path in files(&root().join("src"), "rs") {
        let code = fs::read_to_string(&path).unwrap();
        for (line, text) in texts(&code) {
            let found = phrases_in(&text, &patterns).into_iter();
            complaints.extend(found.map(|(_, phrase)| complaint(&path, line, phrase)));
        }
    }
    none(&complaints);
}

#[test]
fn no_sentence_of_the_documentation_has_to_be_read_twice() {
    let mut pages = files(&root().join("docs"), "md");
    pages.extend(["README.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)));
    let (patterns, mut complaints) = (patterns(), Vec::new());
    for path in pages {
        let found = phrases_in(&fs::read_to_string(&path).unwrap(), &patterns).into_iter();
        complaints.extend(found.map(|(line, phrase)| complaint(&path, line + 1, phrase)));
    }
    none(&complaints);
}

#[test]
fn a_phrase_is_found_as_words_only() {
    let patterns = patterns();
    let found = |text: &str| -> Vec<(usize, &str)> {
        let found = phrases_in(text, &patterns).into_iter();
        found
            .map(|(line, index)| (line, PHRASES[index].0))
            .collect()
    };
    assert_eq!(
        found("Mend it.\nIt is\n  not said."),
        [(0, "mend"), (1, "is not said")]
    );
    assert_eq!(found("Is acme.com meant?"), [(0, "meant?")]);
    assert_eq!(
        found("There is no profile \"x\"."),
        [(0, "there is no profile \"")]
    );
    assert_eq!(
        found("An amendment, recommended and commenced. Renew it; unclear."),
        []
    );
    for (index, (phrase, instead)) in PHRASES.iter().enumerate() {
        let sentence = format!("Then {}, ", phrase.to_uppercase());
        assert!(
            phrases_in(&sentence, &patterns)
                .iter()
                .any(|it| it.1 == index),
            "{phrase}"
        );
        assert_eq!(phrases_in(instead, &patterns), [], "{instead}");
    }
}

#[test]
fn every_text_is_read_and_no_comment() {
    let code = r##"
/// mend
const A: &str = "one \
    two";
#[error("three {0}")]
// mend
fn b() { println!("four\n", r#"five "six" five"#); c::<'a'>(b"seven", "one two"); }
#[doc(hidden)]
#[command(about = "eight", value = 9)]
"##;
    let lines: Vec<(usize, String)> = texts(code);
    let lines: Vec<(usize, &str)> = lines.iter().map(|(line, text)| (*line, &**text)).collect();
    assert_eq!(
        lines,
        [
            (3, "one two"),
            (5, "three {0}"),
            (7, "four\n"),
            (7, "five \"six\" five"),
            (7, "one two"),
            (9, "eight"),
        ]
    );
}
