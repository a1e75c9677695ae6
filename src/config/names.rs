//! Names of profiles, server tokens and key pairs. Pure.
//!
//! Names that differ by case alone are one name, since the files of both are one file on a disk that ignores case.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::secret::{PREVIOUS, check_name};

/// The name of `names` that `wanted` means: spelled so, else the only one that differs by case alone.
///
/// `None` if there is none, exit 4 if there are several; `what` is the thing that is named.
pub fn find<'a>(
    what: &str,
    wanted: &str,
    names: impl Iterator<Item = &'a str>,
) -> Result<Option<&'a str>, Error> {
    let alike: Vec<&str> = names
        .filter(|name| name.eq_ignore_ascii_case(wanted))
        .collect();
    if let Some(exact) = alike.iter().find(|name| **name == wanted) {
        return Ok(Some(exact));
    }
    match alike[..] {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => Err(Error::not_found(format!(
            "The {what} {wanted:?} could be any of {}.",
            alike.join(", ")
        ))
        .hint("Spell the name exactly.")),
    }
}

/// Exit 2 if a name can't be given to something new beside `names`; `what` is the thing that is named.
pub fn check_new<'a>(
    what: &str,
    name: &str,
    mut names: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    check_name(what, name)?;
    if name.to_ascii_lowercase().ends_with(PREVIOUS) {
        return Err(Error::usage(format!(
            "A {what} can't be called {name}: abmctl uses names that end in {PREVIOUS} for replaced secrets."
        )));
    }
    match names.find(|other| other.eq_ignore_ascii_case(name)) {
        Some(other) => Err(Error::usage(format!(
            "A {what} can't be called {name}: {other} already exists, and abmctl ignores case in names."
        ))),
        None => Ok(()),
    }
}

/// The names that differ from another one by case alone.
pub(super) fn twins<V>(named: &BTreeMap<String, V>) -> Vec<&str> {
    let is_twin = |name: &&String| {
        let alike = |other: &&String| other.eq_ignore_ascii_case(name);
        named.keys().filter(alike).count() > 1
    };
    named.keys().filter(is_twin).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(wanted: &str, names: &[&'static str]) -> Result<Option<&'static str>, u8> {
        find("profile", wanted, names.iter().copied()).map_err(|error| error.kind.exit_code())
    }

    #[test]
    fn a_name_is_found_in_any_case_and_exactly_among_twins() {
        assert_eq!(found("ACME", &["acme", "beta"]), Ok(Some("acme")));
        assert_eq!(found("acme", &["beta"]), Ok(None));
        for name in ["Acme", "acme"] {
            assert_eq!(found(name, &["Acme", "acme"]), Ok(Some(name)));
        }
        assert_eq!(found("ACME", &["Acme", "acme"]), Err(4));
    }

    #[test]
    fn a_new_name_is_no_second_spelling_and_no_previous_one() {
        let new = |name| check_new("profile", name, ["acme"].into_iter());
        assert_eq!(new("beta"), Ok(()));
        for name in ["Acme", "acme", "beta.previous", "beta.Previous", "", "a/b"] {
            assert_eq!(new(name).unwrap_err().kind.exit_code(), 2, "{name}");
        }
    }

    #[test]
    fn twins_are_all_told() {
        let mut named = BTreeMap::from(["Acme", "acme", "beta"].map(|it| (it.to_owned(), 1)));
        assert_eq!(twins(&named), ["Acme", "acme"]);
        named.remove("Acme");
        assert!(twins(&named).is_empty());
    }
}
