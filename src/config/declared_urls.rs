//! The ADDE URLs that the operator declared, as they stand in a profile.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::file::Profile;
use crate::core::adde_url::checked;
use crate::core::declared_urls::DeclaredUrl;
use crate::error::Error;

/// What stands in `[profiles.NAME.declared_adde_urls]` for a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredAddeUrl {
    #[serde(deserialize_with = "url")]
    pub url: String,
    /// The day on which somebody saw that it is set.
    #[serde(deserialize_with = "date")]
    pub seen: Date,
}

/// The declared URLs of a profile.
pub fn of(profile: &Profile) -> Vec<DeclaredUrl> {
    let declared = profile.declared_adde_urls.iter();
    declared
        .map(|(server, declared)| DeclaredUrl {
            server: server.clone(),
            url: declared.url.clone(),
            seen: declared.seen,
        })
        .collect()
}

/// Exit 2 if a URL is declared for a server without a name.
pub(super) fn check_names(name: &str, profile: &Profile) -> Result<(), Error> {
    let mut servers = profile.declared_adde_urls.keys();
    if servers.any(|server| server.trim().is_empty()) {
        return Err(Error::usage(format!(
            "profiles.{name}.declared_adde_urls has a server with an empty name."
        )));
    }
    Ok(())
}

/// A date of TOML, or a text such as those of `domains.seen`.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text,
        _ => String::new(),
    };
    Date::strptime("%Y-%m-%d", text.trim())
        .map_err(|_| D::Error::custom("not a date; use YYYY-MM-DD"))
}

fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    // The message never repeats the text.
    checked(&text).map_err(|error| D::Error::custom(error.message))
}
