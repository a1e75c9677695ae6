//! The paths that a file names, read from its tokens: so macro bodies count, and no spelling hides one.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that a file names, from the crate's root or from another crate's name.
pub type Named = Vec<String>;

/// Every path in the code of a file, macro bodies and braces included; `below` is its place under src/.
pub fn named(below: &str, text: &str) -> Vec<Named> {
    let tokens: TokenStream = syn::parse_str(text).unwrap();
    let module = below.trim_end_matches(".rs");
    let mut module: Vec<String> = module.split('/').map(str::to_owned).collect();
    if module
        .last()
        .is_some_and(|it| it == "mod" || it == "lib" || it == "main")
    {
        module.pop();
    }
    let mut found = Vec::new();
    walk(tokens, &module, &mut found);
    found
}

fn walk(tokens: TokenStream, module: &[String], found: &mut Vec<Named>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(ident) if ident == "mod" => {
                // A module within the file has a `super` of its own.
                if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                    (tokens.get(at + 1), tokens.get(at + 2))
                {
                    let inner: Vec<String> =
                        module.iter().cloned().chain([name.to_string()]).collect();
                    walk(body.stream(), &inner, found);
                    at += 3;
                    continue;
                }
                at += 1;
            }
            // The place in `pub(crate)` and `pub(in …)` names nothing.
            TokenTree::Ident(ident) if ident == "pub" => {
                let place = matches!(tokens.get(at + 1), Some(TokenTree::Group(it)) if it.delimiter() == Delimiter::Parenthesis);
                at += if place { 2 } else { 1 };
            }
            TokenTree::Ident(_) => at = path(&tokens, at, &[], module, found),
            TokenTree::Group(group) => {
                walk(group.stream(), module, found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads the path that begins at a token, with everything that its braces hold, and returns where it ends.
fn path(
    tokens: &[TokenTree],
    mut at: usize,
    before: &[String],
    module: &[String],
    found: &mut Vec<Named>,
) -> usize {
    let mut segments = before.to_vec();
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => {
                segments.push(ident.to_string().trim_start_matches("r#").to_owned());
                at += 1;
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == '*' && !segments.is_empty() => {
                segments.push("*".to_owned());
                at += 1;
                break;
            }
            Some(TokenTree::Group(group)) if !segments.is_empty() => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|token| is_punct(Some(token), ',')) {
                    path(part, 0, &segments, module, found);
                }
                return at + 1;
            }
            _ => break,
        }
        let colons = is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':');
        if !colons {
            break;
        }
        at += 2;
    }
    found.extend(resolved(segments, module));
    at
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// The path from the crate's root, marked so by `crate` at its beginning; one that begins with another crate's name as it is;
/// nothing for a single word, which names nothing of another file.
fn resolved(segments: Vec<String>, module: &[String]) -> Option<Named> {
    let mut rest = segments.iter();
    let first = rest.next()?;
    let mut base = match first.as_str() {
        "crate" | "abmctl" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module.split_last()?.1.to_vec(),
        _ if segments.len() > 1 => return Some(segments),
        _ => return None,
    };
    if segments.len() == 1 && matches!(first.as_str(), "self" | "super") {
        return None;
    }
    for segment in rest {
        if segment == "super" {
            base.pop();
        } else if segment != "self" {
            base.push(segment.clone());
        }
    }
    Some([vec!["crate".to_owned()], base].concat())
}
