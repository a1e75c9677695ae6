//! As much of a shell's grammar as the pages need.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether nothing more belongs to this command.
pub fn is_complete(text: &str) -> bool {
    if text.ends_with('\\') {
        return false;
    }
    let mut bash = Command::new("bash")
        .arg("-n")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let said = bash.wait_with_output().unwrap().stderr;
    let said = String::from_utf8_lossy(&said);
    let more = ["unexpected end of file", "unexpected EOF", "here-document"];
    !more.iter().any(|more| said.contains(more))
}

/// The text without a comment at the end of its last line.
pub fn without_comment(text: &str) -> String {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) if open == letter => quote = None,
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if letter == '#' && before.is_whitespace() => {
                return text[..at].trim_end().to_owned();
            }
            _ => {}
        }
        before = letter;
    }
    text.trim_end().to_owned()
}

/// The commands in a script, as words, also those in `$(…)`, after `sh -c` and after `--`. A word that the shell would make something
/// else of has its `$` still.
pub fn commands(script: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    Reader {
        rest: script.chars().collect(),
        at: 0,
    }
    .read(&mut found);
    found.into_iter().flat_map(unwrapped).collect()
}

struct Reader {
    rest: Vec<char>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let letter = self.rest.get(self.at).copied();
        self.at += 1;
        letter
    }

    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn read(&mut self, found: &mut Vec<Vec<String>>) {
        let mut words: Vec<String> = Vec::new();
        let mut word: Option<String> = None;
        // The word after `>` or `<` is a file.
        let mut redirected = false;
        while let Some(letter) = self.next() {
            match letter {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => {
                    let fd = matches!(letter, '<' | '>');
                    if let Some(word) = word.take()
                        && !std::mem::take(&mut redirected)
                        && !(fd && word.chars().all(|it| it.is_ascii_digit()))
                    {
                        words.push(word);
                    }
                    if fd {
                        redirected = true;
                        if self.peek() == Some('&') {
                            self.at += 1;
                        }
                    } else if !matches!(letter, ' ' | '\t') {
                        found.push(std::mem::take(&mut words));
                    }
                }
                '#' if word.is_none() => {
                    while self.peek().is_some_and(|letter| letter != '\n') {
                        self.at += 1;
                    }
                }
                '\\' => match self.next() {
                    Some('\n') | None => {}
                    Some(letter) => word.get_or_insert_default().push(letter),
                },
                '\'' => {
                    let word = word.get_or_insert_default();
                    while let Some(letter) = self.next().filter(|letter| *letter != '\'') {
                        word.push(letter);
                    }
                }
                '"' => {
                    let word = word.get_or_insert_default();
                    while let Some(letter) = self.next().filter(|letter| *letter != '"') {
                        match letter {
                            '\\' => word.extend(self.next()),
                            '$' => self.dollar(word, found),
                            _ => word.push(letter),
                        }
                    }
                }
                '$' => self.dollar(word.get_or_insert_default(), found),
                _ => word.get_or_insert_default().push(letter),
            }
        }
        words.extend(word.filter(|_| !redirected));
        found.push(words);
    }

    /// `$NAME` as it is, or the commands of `$(…)`.
    fn dollar(&mut self, word: &mut String, found: &mut Vec<Vec<String>>) {
        word.push('$');
        if self.peek() != Some('(') {
            return;
        }
        self.at += 1;
        let begin = self.at;
        let mut depth = 1;
        let mut quote = None;
        while depth > 0 {
            let Some(letter) = self.next() else {
                break;
            };
            match (quote, letter) {
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, '\'' | '"') => quote = Some(letter),
                (Some(open), _) if open == letter => quote = None,
                _ => {}
            }
        }
        let end = self.at.saturating_sub(1).clamp(begin, self.rest.len());
        let inner: String = self.rest[begin..end].iter().collect();
        found.extend(commands(&inner));
    }
}

/// The command and those that it runs.
fn unwrapped(words: Vec<String>) -> Vec<Vec<String>> {
    const BEFORE: &[&str] = &[
        "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec", "sudo",
    ];
    let is_before = |word: &String| {
        let name = word.split_once('=').map(|(name, _)| name);
        let assigns = name.is_some_and(|name| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|it| it.is_ascii_alphanumeric() || it == '_')
        });
        assigns || BEFORE.contains(&word.as_str())
    };
    let mut words: Vec<String> = words.into_iter().skip_while(is_before).collect();
    if words.starts_with(&["cargo".to_owned(), "run".to_owned()])
        && let Some(at) = words.iter().position(|word| word == "--")
    {
        words.splice(..=at, ["abmctl".to_owned()]);
    }
    let mut found = Vec::new();
    match words.first().map(String::as_str) {
        Some("sh" | "bash") => {
            if let Some(at) = words.iter().position(|word| word == "-c") {
                found.extend(words.get(at + 1).into_iter().flat_map(|it| commands(it)));
            }
        }
        Some("abmctl") if words.iter().any(|word| word == "exec") => {
            if let Some(at) = words.iter().position(|word| word == "--") {
                found.extend(unwrapped(words[at + 1..].to_vec()));
            }
        }
        _ => {}
    }
    found.push(words);
    found
}

#[test]
fn commands_are_found_in_scripts() {
    let script = "A=1 abmctl -q assign 2>&1 >file # abmctl no\n\
        abmctl sandbox exec --seed 2 -- sh -c 'abmctl a && abmctl b' | sort\n\
        out=$(abmctl c \"x y\") || { echo \"$(abmctl d)\"; }\n\
        for domain in a b; do abmctl e \"$domain\"; done\n\
        cargo run -- sandbox demo";
    let found: Vec<String> = commands(script)
        .iter()
        .filter(|words| words.first().is_some_and(|word| word == "abmctl"))
        .map(|words| words[1..].join(" "))
        .collect();
    let exec = "sandbox exec --seed 2 -- sh -c abmctl a && abmctl b";
    let wanted = [
        "-q assign",
        "a",
        "b",
        exec,
        "c x y",
        "d",
        "e $domain",
        "sandbox demo",
    ];
    assert_eq!(found, wanted);
}
