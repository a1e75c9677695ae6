//! The nearest of what is there to a word that isn't, if it is near enough to be a typo.

/// From how many letters on the beginning of a word is taken for the word.
const SHORTEST_BEGINNING: usize = 3;

/// The nearest of some words; none if none is near, or if two are equally near.
pub(crate) fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let words: Vec<&str> = words.into_iter().collect();
    let word = folded(word);
    if word.len() >= SHORTEST_BEGINNING {
        let mut longer = words.iter().filter(|it| folded(it).starts_with(&word));
        if let (Some(only), None) = (longer.next(), longer.next()) {
            return Some(only);
        }
    }
    let mut best: Option<(usize, &str)> = None;
    let mut tie = false;
    for candidate in words {
        let Some(distance) = distance(&word, &folded(candidate)) else {
            continue;
        };
        match best {
            Some((least, found)) if least == distance => tie |= found != candidate,
            Some((least, _)) if least < distance => {}
            _ => {
                best = Some((distance, candidate));
                tie = false;
            }
        }
    }
    best.filter(|_| !tie).map(|(_, candidate)| candidate)
}

/// Whether two words are one in singular and plural, or in another case.
pub(crate) fn same_noun(one: &str, other: &str) -> bool {
    let stem = |word: &str| {
        let word = folded(word);
        word.strip_suffix('s').map(str::to_owned).unwrap_or(word)
    };
    stem(one) == stem(other)
}

fn folded(word: &str) -> String {
    word.trim_start_matches('-')
        .to_lowercase()
        .replace('_', "-")
}

/// How many typos lie between two words; none if they have nothing to do with each other.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    let typos = strsim::osa_distance(word, candidate);
    let length = word.chars().count().min(candidate.chars().count());
    let same_letters = || {
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        sorted(word) == sorted(candidate)
    };
    let near = match length {
        0 | 1 => typos == 0,
        // Of short words many differ by a letter.
        2..=4 => {
            typos <= 1
                && word.chars().next() == candidate.chars().next()
                && (word.len() != candidate.len() || same_letters() || length == 4)
        }
        5..=6 => typos <= 2 && (typos < 2 || word.chars().next() == candidate.chars().next()),
        _ => typos <= 2,
    };
    near.then_some(typos)
}

#[cfg(test)]
mod tests {
    use super::{nearest, same_noun};

    const COMMANDS: [&str; 14] = [
        "domains",
        "assign",
        "adde-url",
        "servers",
        "tokens",
        "api",
        "journal",
        "auth",
        "profiles",
        "sandbox",
        "completions",
        "man",
        "help",
        "devices",
    ];

    #[test]
    fn only_a_typo_is_near() {
        for (word, near) in [
            ("asign", Some("assign")),
            ("assing", Some("assign")),
            ("ASSIGN", Some("assign")),
            ("adde_url", Some("adde-url")),
            ("addeurl", Some("adde-url")),
            ("ade-url", Some("adde-url")),
            ("serves", Some("servers")),
            ("tokns", Some("tokens")),
            ("completion", Some("completions")),
            ("profle", Some("profiles")),
            ("jornal", Some("journal")),
            ("aip", Some("api")),
            ("hlep", Some("help")),
            ("dom", Some("domains")),
            ("pro", Some("profiles")),
            ("a", None),
            ("as", None),
            ("", None),
            ("app", None),
            ("map", None),
            ("get", None),
            ("list", None),
            ("login", None),
            ("plan", None),
            ("status", None),
            ("report", None),
            ("users", None),
            ("design", None),
            ("toolkit", None),
            ("version", None),
            ("production", None),
        ] {
            assert_eq!(nearest(word, COMMANDS), near, "{word}");
        }
        // As near to one as to the other.
        assert_eq!(nearest("clar", ["clear", "clair"]), None);
    }

    #[test]
    fn a_noun_is_one_in_singular_and_plural() {
        assert!(same_noun("server", "servers") && same_noun("Servers", "server"));
        assert!(!same_noun("serve", "servers"));
    }
}
