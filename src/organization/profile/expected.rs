//! What a change of a profile expects to find there: what `--from` names, and what was compared before it was written.

use crate::error::{Error, Kind};

/// Exit 8 unless `--from` names what is there now; `none` stands for nothing. Without `--from` anything may be there.
pub fn only_from(
    from: Option<&str>,
    now: Option<&str>,
    what: &str,
    same: impl Fn(&str, &str) -> bool,
) -> Result<(), Error> {
    let Some(from) = from.map(str::trim) else {
        return Ok(());
    };
    let is_so = match now {
        None => from.eq_ignore_ascii_case("none"),
        Some(now) => same(from, now),
    };
    if is_so {
        return Ok(());
    }
    let has = now.map_or("isn't set".to_owned(), |now| format!("is {now} now"));
    Err(Error::new(
        Kind::Conflict,
        format!("{what} {has}, not {from} as --from says, so abmctl changed nothing."),
    ))
}

/// Exit 8 if the profile has something else now than when it was compared.
pub fn still(is_so: bool, what: &str) -> Result<(), Error> {
    if is_so {
        return Ok(());
    }
    Err(Error::new(
        Kind::Conflict,
        format!(
            "{what} was changed by another process at the same time, so abmctl changed nothing."
        ),
    ))
}
