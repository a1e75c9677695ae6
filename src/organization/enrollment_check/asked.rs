//! Which domains are checked, as whom, and on which systems.

use std::str::FromStr;

use crate::core::enrollment::SystemVersion;
use crate::core::platform::Family;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::domains::each_named;
use crate::organization::domains::known::{self, KnownDomains, known};

/// The local part of the user where none is given; no such user needs to exist.
const USER: &str = "abmctl-check";

/// `PLATFORM=VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    pub platform: Family,
    pub version: SystemVersion,
}

impl FromStr for System {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((platform, version)) = text.split_once('=') else {
            return Err("not PLATFORM=VERSION, such as vision=2.1".to_owned());
        };
        Ok(Self {
            platform: Family::of_word(platform).map_err(|error| error.to_string())?,
            version: version
                .parse()
                .map_err(|()| format!("\"{version}\" isn't a version such as 18.2"))?,
        })
    }
}

/// The domains to check, and what could not be read on the way to them; exit 2 where there is none.
pub(super) async fn domains(
    given: &[String],
    user: Option<&str>,
    organization: &Organization,
) -> Result<KnownDomains, Error> {
    let mut given = given.to_vec();
    if let (true, Some((_, domain))) = (given.is_empty(), user.and_then(|it| it.split_once('@'))) {
        given.push(domain.to_owned());
    }
    if given.is_empty() {
        let known = known(organization).await?;
        if known.names.is_empty() {
            return Err(known.problems.into_iter().next().unwrap_or_else(|| {
                Error::usage("No domain given, and abmctl knows of none.").hint(hint![
                    "Add a domain, such as ",
                    Command::new("adde-url check acme.com"),
                    ", or declare your own with ",
                    Command::storing("domains declare acme.com"),
                    "."
                ])
            }));
        }
        return Ok(known);
    }
    Ok(known::named(each_named(&given)?, organization))
}

/// Checks `--user`; exit 2 where no device would take it.
pub(super) fn checked_user(user: Option<&str>) -> Result<(), Error> {
    let Some(user) = user else { return Ok(()) };
    let bad = user.trim().is_empty()
        || user.chars().any(|c| c.is_whitespace() || c.is_control())
        || user.matches('@').count() > 1
        || user.starts_with('@')
        || user.ends_with('@');
    if bad {
        return Err(Error::usage(format!(
            "{user:?} isn't a user. Give the name that a person signs in with, such as ada@acme.com."
        )));
    }
    Ok(())
}

/// The identifier that a device sends for a user on a domain.
pub(super) fn identifier(user: Option<&str>, domain: &str) -> String {
    match user {
        Some(user) if user.contains('@') => user.to_owned(),
        user => format!("{}@{domain}", user.unwrap_or(USER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_a_platform_and_a_version() {
        let system: System = "visionos=2.1".parse().unwrap();
        assert_eq!(system.platform, Family::Vision);
        assert_eq!(system.version, SystemVersion::new(2, 1));
        for text in ["vision", "vision=", "vision=two", "ios=18.2", "=18"] {
            assert!(text.parse::<System>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_user_is_what_a_person_types() {
        for (user, identifier_at_acme) in [
            (None, "abmctl-check@acme.com"),
            (Some("ada"), "ada@acme.com"),
            (Some("ada@acme.de"), "ada@acme.de"),
        ] {
            checked_user(user).unwrap();
            assert_eq!(identifier(user, "acme.com"), identifier_at_acme);
        }
        for user in ["", " ", "a b", "a@b@c", "@acme.com", "ada@", "a\u{1b}"] {
            let error = checked_user(Some(user)).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{user}");
        }
    }
}
