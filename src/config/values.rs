//! Values that several settings share: durations, lists of names, near misses.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::core::durations;
use crate::error::Error;

/// A limit of time such as `30s`, `5m` or `1h30m`; exit 2 with the name of the `setting`.
pub fn parse_duration(setting: &str, text: &str) -> Result<Duration, Error> {
    duration(text).map_err(|reason| refused(setting, text, &reason))
}

/// A time ahead of `now` by the calendar, such as `30d`, `2w` or `1y`; exit 2 with the name of the `setting`.
pub fn parse_ahead(setting: &str, text: &str, now: Timestamp) -> Result<SignedDuration, Error> {
    durations::ahead(text, now).ok_or_else(|| {
        refused(
            setting,
            text,
            &format!("is not a duration: {}", durations::GRAMMAR),
        )
    })
}

/// A limit of time, or what is wrong with the text, as the end of a sentence.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    durations::limit(text)
        .ok_or_else(|| format!("is not a duration: {}", durations::GRAMMAR_OF_LIMITS))
}

fn refused(setting: &str, text: &str, reason: &str) -> Error {
    Error::usage(format!("{setting} is {:?}, which {reason}.", text.trim()))
}

/// The names of `names` that are most like `name`, the nearest first, at most three.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = names
        .into_iter()
        .map(|other| (strsim::jaro_winkler(&name, &other.to_lowercase()), other))
        .filter(|(likeness, _)| *likeness > 0.7)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The `NAME=VALUE` pairs of a variable, separated by commas, each trimmed; a lone value has no name.
///
/// Exit 2 where a part lacks its name or its value, or a name comes twice. The parts themselves are not repeated.
pub(super) fn pairs<'a>(
    variable: &str,
    text: &'a str,
) -> Result<Vec<(Option<&'a str>, &'a str)>, Error> {
    let mut pairs: Vec<(Option<&str>, &str)> = Vec::new();
    for (index, part) in text.split(',').map(str::trim).enumerate() {
        let number = index + 1;
        let (name, value) = match part.split_once('=') {
            // A slash before the sign: the sign belongs to a path.
            Some((name, value)) if !name.contains('/') => (Some(name.trim()), value.trim()),
            _ => (None, part),
        };
        if value.is_empty() || name.is_some_and(str::is_empty) {
            return Err(Error::usage(format!(
                "Part {number} of {variable} has no name or no value. Use NAME=VALUE, with commas between several."
            )));
        }
        if let Some(name) = name
            && pairs.iter().any(|(other, _)| *other == Some(name))
        {
            return Err(Error::usage(format!("{variable} has {name} twice.")));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_duration_gets_the_grammar() {
        let now = Timestamp::UNIX_EPOCH;
        for text in ["30", "", "soon", "-5s", "0s"] {
            let errors = [
                parse_duration("--timeout", text).unwrap_err(),
                parse_ahead("--timeout", text, now).unwrap_err(),
            ];
            for error in errors {
                assert_eq!(error.kind.exit_code(), 2, "{text}");
                assert!(error.message.starts_with("--timeout is "), "{error}");
                assert!(error.message.contains("1h30m"), "{error}");
            }
        }
        let error = parse_duration("--timeout", "1mo").unwrap_err();
        assert!(error.message.contains("no months or years"), "{error}");
    }

    #[test]
    fn near_names_are_found() {
        let names = ["acme", "acme-school", "beta"];
        assert_eq!(nearest("acme-scool", names), ["acme-school", "acme"]);
        assert_eq!(nearest("BETA", names), ["beta"]);
        assert!(nearest("zzz", names).is_empty());
    }

    #[test]
    fn pairs_are_told_from_paths() {
        assert_eq!(
            pairs("V", "a=1, b = 2").unwrap(),
            [(Some("a"), "1"), (Some("b"), "2")]
        );
        assert_eq!(pairs("V", "/x/a=b").unwrap(), [(None, "/x/a=b")]);
        assert_eq!(pairs("V", "a=b=c").unwrap(), [(Some("a"), "b=c")]);
        for text in ["a=", "=b", "a=1,", "a=1,a=2", " "] {
            assert_eq!(pairs("V", text).unwrap_err().kind.exit_code(), 2, "{text}");
        }
    }
}
