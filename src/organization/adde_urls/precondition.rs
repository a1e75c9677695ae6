//! `--from`: a change is only made where this URL is set, so that a late one undoes nobody else's. Pure.

use crate::apple::device_assignment::discovery::Registered;
use crate::core::adde_url::same;
use crate::error::{Error, Kind};

/// How no URL is written.
pub const NONE: &str = "none";

/// Exit 8 where `now` is not the URL that is `required`.
pub fn is_from(now: Option<&Registered>, required: Option<&str>) -> Result<(), Error> {
    let Some(required) = required else {
        return Ok(());
    };
    let none = required.eq_ignore_ascii_case(NONE);
    let is = match now {
        None => none,
        Some(now) => !none && same(&now.url, required),
    };
    if is {
        return Ok(());
    }
    let now = match now {
        None => "No ADDE URL is set".to_owned(),
        Some(now) => format!("The ADDE URL is {}", now.url),
    };
    let required = if none {
        "--from requires none".to_owned()
    } else {
        format!("--from requires {required}")
    };
    Err(Error::new(
        Kind::Conflict,
        format!("{now}, but {required}. The URL was not changed."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_url_that_is_set_is_the_one_that_is_required() {
        let url = "https://mdm.acme.com/x";
        let registered = Registered {
            url: url.to_owned(),
            last_updated: None,
            last_updated_raw: None,
        };
        for (now, required, is) in [
            (None, None, true),
            (Some(&registered), None, true),
            (None, Some("none"), true),
            (None, Some("NONE"), true),
            (None, Some(url), false),
            (None, Some(""), false),
            (Some(&registered), Some("none"), false),
            (Some(&registered), Some(url), true),
            (Some(&registered), Some("https://MDM.acme.com:443/x"), true),
            (Some(&registered), Some("https://mdm.acme.com/y"), false),
        ] {
            let result = is_from(now, required);
            assert_eq!(result.is_ok(), is, "{required:?}");
            if let Err(error) = result {
                assert_eq!(error.kind, Kind::Conflict);
            }
        }
    }
}
