//! The configuration file, as it is read.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::values::{duration, nearest};
use super::{Folders, KeyPair};
use crate::error::Error;
use crate::secret::{SecretReference, check_name};

/// What stands in `config.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// The profile that is used where none is named.
    #[serde(deserialize_with = "trimmed")]
    pub default_profile: Option<String>,
    /// The profiles by name.
    pub profiles: BTreeMap<String, Profile>,
}

/// What stands in `[profiles.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// The client id of the API account.
    #[serde(deserialize_with = "trimmed")]
    pub client_id: Option<String>,
    /// The id of its key.
    #[serde(deserialize_with = "trimmed")]
    pub key_id: Option<String>,
    /// Where its private key is kept.
    pub private_key: Option<SecretReference>,
    /// The time limit of one attempt.
    #[serde(deserialize_with = "optional_duration")]
    pub timeout: Option<Duration>,
    /// The time limit of all waiting.
    #[serde(deserialize_with = "optional_duration")]
    pub max_wait: Option<Duration>,
    /// Names for servers: id or name of each.
    pub aliases: BTreeMap<String, String>,
    /// The server tokens by name.
    pub tokens: BTreeMap<String, Token>,
    /// The key pairs by name.
    pub key_pairs: BTreeMap<String, KeyPair>,
    /// The access to the Roster API.
    pub roster: Option<Roster>,
    /// What the operator says of domains.
    pub domains: Domains,
}

/// What stands in `[profiles.NAME.tokens.TOKEN]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Where the server token is kept.
    pub token: SecretReference,
    /// The id of its server, kept from what Apple said.
    #[serde(default)]
    pub server_id: Option<String>,
    /// The name of its server, kept from what Apple said.
    #[serde(default)]
    pub server_name: Option<String>,
    /// Its organization, kept from what Apple said.
    #[serde(default)]
    pub organization: Option<String>,
}

/// What stands in `[profiles.NAME.roster]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The App ID or Services ID.
    pub client_id: String,
    /// The developer team.
    pub team_id: String,
    /// The id of the key.
    pub key_id: String,
    /// Where the private key is kept.
    pub private_key: SecretReference,
    /// Where Apple sends the browser after it was asked.
    #[serde(default, deserialize_with = "trimmed")]
    pub redirect_uri: Option<String>,
    /// Where the refresh token is kept, once there is one.
    #[serde(default)]
    pub refresh_token: Option<SecretReference>,
    /// The id of the organization that authorized it, kept from what Apple said.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// The name of that organization, kept from what Apple said.
    #[serde(default)]
    pub organization: Option<String>,
}

/// What stands in `[profiles.NAME.domains]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Domains {
    /// The domains that the operator saw in the portal.
    pub declared: Vec<String>,
    /// The day on which each was last seen there, where it was said.
    #[serde(deserialize_with = "dates")]
    pub seen: BTreeMap<String, Date>,
}

impl File {
    /// Reads the configuration; an absent file is an empty one. Exit 2 where it can't be read or used.
    pub fn load(folders: &Folders) -> Result<Self, Error> {
        let path = folders.config_file();
        match read(&path)? {
            Some(text) => Self::parse(&path, &text),
            None => Ok(Self::default()),
        }
    }

    /// The profile of this name; exit 4 with the nearest names where there is none.
    pub fn profile(&self, name: &str) -> Result<&Profile, Error> {
        self.profiles
            .get(name)
            .ok_or_else(|| absent(name, self.profiles.keys().map(String::as_str)))
    }

    /// Reads the configuration `text` of the file at `path`; exit 2 with line, column and member. Values are not
    /// repeated, since a secret may stand where it should not.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let deserializer =
            toml::Deserializer::parse(text).map_err(|error| mistake(path, text, "", &error))?;
        let file: Self = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let member = error.path().to_string();
            mistake(path, text, &member, error.inner())
        })?;
        for (name, profile) in &file.profiles {
            check_name("profile", name).map_err(|error| error.context(path.display()))?;
            let tokens = profile.tokens.keys().map(|name| ("server token", name));
            let pairs = profile.key_pairs.keys().map(|name| ("key pair", name));
            for (what, name) in tokens.chain(pairs) {
                check_name(what, name).map_err(|error| error.context(path.display()))?;
            }
        }
        Ok(file)
    }
}

/// The error of a profile that is none of `names`.
pub(super) fn absent<'a>(profile: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::not_found(format!("There is no profile {profile:?}."));
    let near = nearest(profile, names);
    if near.is_empty() {
        error.hint("`abmctl profiles list` shows the profiles.")
    } else {
        error.hint(format!("Did you mean {}?", near.join(" or ")))
    }
}

/// The text of the file at `path`, `None` where there is none; exit 2 where it can't be read.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let why = match error.kind() {
                io::ErrorKind::InvalidData => "it is not text (not UTF-8)".to_owned(),
                io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
                _ => error.to_string(),
            };
            Err(Error::usage(format!(
                "The configuration {} can't be read: {why}.",
                path.display()
            )))
        }
    }
}

/// The error of a file that can't be used: where, which member, and what is wrong.
fn mistake(path: &Path, text: &str, member: &str, error: &toml::de::Error) -> Error {
    let place = match error.span() {
        Some(span) => {
            let (line, column) = position(text, span.start);
            format!("{}, line {line}, column {column}", path.display())
        }
        None => path.display().to_string(),
    };
    // The path of the deserializer is `.` at the top.
    let member = match member {
        "" | "." => String::new(),
        member => format!(", {member}"),
    };
    let message = without_values(error.message());
    let words = match message {
        // TOML has tables, where serde has maps and structs.
        "expected a map" => "expected a table",
        other if other.starts_with("expected struct ") => "expected a table",
        other => other,
    };
    let reported = Error::usage(format!("{place}{member}: {words}."));
    if message.contains("in clear") {
        return reported.hint(
            "`abmctl auth login` stores a private key, `abmctl tokens import FILE` a server token, `abmctl auth roster` what opens the Roster API, and each writes the reference; or put the secret into a file, `chmod 600` it, and write \"file:PATH\".",
        );
    }
    match unknown_and_known(message) {
        Some((unknown, known)) => match nearest(unknown, known).first() {
            Some(near) => reported.hint(format!("Did you mean `{near}`?")),
            None => reported,
        },
        None => reported,
    }
}

/// Line and column, counted from 1, of a byte of `text`.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    (line, column)
}

/// serde's complaint about a type or value without the value, which comes before the last `, expected `.
fn without_values(message: &str) -> &str {
    let message = message.trim().trim_end_matches('.');
    if !message.starts_with("invalid ") {
        return message;
    }
    match message.rfind(", expected ") {
        Some(at) => message.get(at + 2..).unwrap_or_default(),
        None => "a value is of the wrong kind",
    }
}

/// The first and the other names in serde's "unknown field `a`, expected one of `b`, `c`".
fn unknown_and_known(message: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let mut names = rest.split('`').step_by(2);
    Some((names.next()?, names))
}

fn trimmed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn optional_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration(&text)
        .map(Some)
        .map_err(|reason| D::Error::custom(format!("the value {reason}")))
}

fn dates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Date>, D::Error> {
    BTreeMap::<String, String>::deserialize(deserializer)?
        .into_iter()
        .map(|(domain, text)| match text.trim().parse() {
            Ok(date) => Ok((domain, date)),
            Err(_) => Err(D::Error::custom("the value is no date such as 2026-01-31")),
        })
        .collect()
}

#[cfg(test)]
mod tests;
