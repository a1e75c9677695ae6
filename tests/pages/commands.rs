//! Whether abmctl would take the commands that a page shows.

use std::ffi::OsString;

use clap::error::ErrorKind;

use crate::page::Page;
use crate::shell;

/// Each command that abmctl would refuse, as a sentence with its place.
pub fn wrong_in(page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |line: usize, command: &str, why: &str| {
        wrong.push(format!("{}:{line}: {command}\n    {why}", page.path));
    };
    for block in &page.blocks {
        let scripts: Vec<(usize, String)> = match block.language.as_str() {
            "sh" | "bash" | "console" => {
                let steps = block.steps().into_iter();
                steps.map(|step| (step.line, step.text)).collect()
            }
            "crontab" => block.lines.clone(),
            _ => continue,
        };
        for (line, script) in scripts {
            for words in shell::commands(&script) {
                if let Some(why) = refused(&words) {
                    say(line, &words.join(" "), &why);
                }
            }
        }
    }
    for (line, code) in inline(&page.prose) {
        for words in shell::commands(&code) {
            if let Some(why) = unknown(&words) {
                say(line, &words.join(" "), &why);
            }
        }
    }
    wrong
}

/// What is wrong with a whole command line.
fn refused(words: &[String]) -> Option<String> {
    if words.first()? != "abmctl" {
        return None;
    }
    let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
    let error = abmctl::cli::tree().try_get_matches_from(arguments).err()?;
    let fine = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        // A variable may hold what fits.
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            words.iter().any(|word| word.contains('$'))
        }
        _ => false,
    };
    (!fine).then(|| error.to_string())
}

/// The code in a text, each piece with the line on which its paragraph begins.
fn inline(prose: &[(usize, String)]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for paragraph in prose.split(|(_, text)| text.trim().is_empty()) {
        let Some((line, _)) = paragraph.first() else {
            continue;
        };
        let lines: Vec<&str> = paragraph.iter().map(|(_, text)| text.trim()).collect();
        let text = lines.join(" ");
        let codes = text.split('`').skip(1).step_by(2);
        let codes = codes.filter(|code| code.contains("abmctl "));
        found.extend(codes.map(|code| (*line, code.replace("\\|", "|"))));
    }
    found
}

/// The first word of a command in a text that abmctl doesn't know. Values may be left out, or stand for others.
fn unknown(words: &[String]) -> Option<String> {
    if words.first()? != "abmctl" {
        return None;
    }
    let mut tree = abmctl::cli::tree();
    tree.build();
    let mut command = &tree;
    let mut values_may_follow = false;
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            return None;
        }
        if let Some(option) = word.strip_prefix("--") {
            let (name, value) = option
                .split_once('=')
                .map_or((option, None), |(name, value)| (name, Some(value)));
            let named = |argument: &&clap::Arg| argument.get_long() == Some(name);
            let Some(argument) = command.get_arguments().find(named) else {
                return Some(format!("`{command}` has no option --{name}"));
            };
            if value.is_none() && argument.get_action().takes_values() {
                rest.next();
            }
        } else if let Some(letters) = word.strip_prefix('-').filter(|it| !it.is_empty()) {
            let letter = letters.chars().next();
            let named = |argument: &&clap::Arg| argument.get_short() == letter;
            let Some(argument) = command.get_arguments().find(named) else {
                return Some(format!("`{command}` has no option {word}"));
            };
            if letters.len() == 1 && argument.get_action().takes_values() {
                rest.next();
            }
        } else if let Some(below) = command.find_subcommand(word) {
            command = below;
            values_may_follow = command.get_positionals().next().is_some();
        } else if stands_for_words(word) {
            values_may_follow = true;
        } else if !values_may_follow {
            return Some(format!("`{command}` has no command {word}"));
        }
    }
    None
}

/// Whether a word stands for others: `…`, `COMMAND`, `[NAME]`.
fn stands_for_words(word: &str) -> bool {
    !word.chars().any(|letter| letter.is_ascii_lowercase())
}

#[test]
fn what_abmctl_does_not_know_is_told() {
    let said = |text: &str| {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        (unknown(&words), refused(&words).is_some())
    };
    for fine in [
        "abmctl assign --platform vision -p acme",
        "abmctl domains check acme.com",
    ] {
        assert_eq!(said(fine), (None, false), "{fine}");
    }
    // Values are left out, which a text may do.
    for partly in [
        "abmctl tokens import",
        "abmctl COMMAND --help",
        "abmctl assign --platform P",
    ] {
        assert_eq!(said(partly).0, None, "{partly}");
        assert!(said(partly).1, "{partly}");
    }
    for wrong in [
        "abmctl asign",
        "abmctl assign --plattform vision",
        "abmctl domains lst",
        "abmctl assign -Z",
        "abmctl domains list acme.com",
    ] {
        assert!(said(wrong).0.is_some() && said(wrong).1, "{wrong}");
    }
}
