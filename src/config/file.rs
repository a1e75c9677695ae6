//! The configuration file, as it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::declared_urls::{self, DeclaredAddeUrl};
use super::names::{self, find};
use super::values::{duration, nearest};
use super::{Folders, KeyPair, ProfileServices, trust};
use crate::core::devices::activity_limit::ConfiguredLimit;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::secret::{Field, SecretLocation, SecretReference, Slot, check_name};

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
    /// How many activities of devices may be sent in a time.
    pub activity_limit: Option<ConfiguredLimit>,
    /// Nothing is sent that isn't a read.
    pub read_only: bool,
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
    /// Other addresses than Apple's.
    pub services: ProfileServices,
    /// The ADDE URLs that the operator declared, by server.
    pub declared_adde_urls: BTreeMap<String, DeclaredAddeUrl>,
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
        match read(folders)? {
            Some(text) => Self::parse(&folders.config_file(), &text),
            None => Ok(Self::default()),
        }
    }

    /// The profile of this name, as it is spelled, if there is one; exit 4 if several differ from it by case alone.
    pub fn find(&self, name: &str) -> Result<Option<&str>, Error> {
        find("profile", name, self.profiles.keys().map(String::as_str))
    }

    /// The profile of this name, as it is spelled; exit 4 with the nearest names where there is none.
    pub fn profile(&self, name: &str) -> Result<(&str, &Profile), Error> {
        self.find(name)?
            .and_then(|name| {
                let (name, profile) = self.profiles.get_key_value(name)?;
                Some((name.as_str(), profile))
            })
            .ok_or_else(|| absent(name, self.profiles.keys().map(String::as_str)))
    }

    /// The variables that `env:` references of any profile name.
    pub fn secret_variables(&self) -> BTreeSet<String> {
        let secrets = self.profiles.iter();
        secrets
            .flat_map(|(name, profile)| profile.secrets(name))
            .filter_map(|location| match location.reference {
                SecretReference::Environment(name) => Some(name),
                _ => None,
            })
            .collect()
    }

    /// A warning for each group of names that differ by case alone, which only an older version wrote.
    pub fn warnings(&self) -> Vec<String> {
        let warning = |what: &str, names: Vec<&str>| {
            format!(
                "The {what} {} differ only by case. On a disk that ignores case they share their files. Rename all but one in the configuration.",
                names.join(" and ")
            )
        };
        let profiles = ("profiles".to_owned(), names::twins(&self.profiles));
        let tokens = self.profiles.iter().flat_map(|(name, profile)| {
            let tokens = names::twins(&profile.tokens);
            let pairs = names::twins(&profile.key_pairs);
            [
                (format!("server tokens of profile {name},"), tokens),
                (format!("key pairs of profile {name},"), pairs),
            ]
        });
        std::iter::once(profiles)
            .chain(tokens)
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| warning(&what, names))
            .collect()
    }

    /// Reads the configuration `text` of the file at `path`; exit 2 with line, column and member. Values are not
    /// repeated, since a secret may stand where it should not.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let deserializer =
            toml::Deserializer::parse(text).map_err(|error| mistake(path, text, "", &error))?;
        let mut file: Self = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let member = error.path().to_string();
            mistake(path, text, &member, error.inner())
        })?;
        if let Some(default) = &file.default_profile {
            let spelled = file
                .find(default)
                .map_err(|error| error.context(path.display()))?;
            file.default_profile = spelled.or(Some(default)).map(str::to_owned);
        }
        for (name, profile) in &file.profiles {
            check_name("profile", name).map_err(|error| error.context(path.display()))?;
            let tokens = profile.tokens.keys().map(|name| ("server token", name));
            let pairs = profile.key_pairs.keys().map(|name| ("key pair", name));
            for (what, name) in tokens.chain(pairs) {
                check_name(what, name).map_err(|error| error.context(path.display()))?;
            }
            declared_urls::check_names(name, profile)
                .map_err(|error| error.context(path.display()))?;
        }
        Ok(file)
    }
}

impl Profile {
    /// Where this secret is kept, if the profile has it.
    pub fn reference(&self, field: &Field) -> Option<&SecretReference> {
        let roster = self.roster.as_ref();
        match field {
            Field::PrivateKey => self.private_key.as_ref(),
            Field::Token(name) => self.tokens.get(name).map(|token| &token.token),
            Field::KeyPair(name) => self.key_pairs.get(name).map(|pair| &pair.private_key),
            Field::RosterPrivateKey => roster.map(|roster| &roster.private_key),
            Field::RosterRefreshToken => roster?.refresh_token.as_ref(),
        }
    }

    /// Every secret that the profile, called `name`, refers to.
    pub fn secrets(&self, name: &str) -> Vec<SecretLocation> {
        let tokens = self.tokens.keys().cloned().map(Field::Token);
        let pairs = self.key_pairs.keys().cloned().map(Field::KeyPair);
        let roster = [Field::RosterPrivateKey, Field::RosterRefreshToken];
        std::iter::once(Field::PrivateKey)
            .chain(tokens)
            .chain(pairs)
            .chain(roster)
            .filter_map(|field| {
                Some(SecretLocation {
                    reference: self.reference(&field)?.clone(),
                    slot: Slot::of_profile(name, field),
                })
            })
            .collect()
    }
}

/// The error of a profile that is none of `names`.
pub(super) fn absent<'a>(profile: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::not_found(format!("Profile {profile:?} doesn't exist."));
    let near = nearest(profile, names);
    if near.is_empty() {
        error.hint(hint![
            Command::plain("profiles list"),
            " shows the profiles."
        ])
    } else {
        error.hint(format!("Did you mean {}?", near.join(" or ")))
    }
}

/// The text of the configuration, `None` where there is none; exit 2 if it can't be read, or somebody else may have written
/// it.
pub(super) fn read(folders: &Folders) -> Result<Option<String>, Error> {
    let path = folders.config_file();
    let unreadable = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::InvalidData => "it isn't UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        Error::usage(format!(
            "The configuration {} can't be read: {why}.",
            path.display()
        ))
    };
    // A pipe that nobody writes to doesn't block, and is refused.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(&path);
    let mut file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    // The open file is judged, not the path, which could name another file by then.
    let found = file.metadata().map_err(unreadable)?;
    trust::check_file(&path, &found, folders)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
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
    if message.contains("in plain text") {
        return reported.hint(hint![
            Command::storing("auth login"),
            " stores a private key, ",
            Command::storing("tokens import FILE"),
            " a server token, ",
            Command::storing("auth roster"),
            " the secrets of the Roster API, and each writes the reference. Or put the secret into a file, run `chmod 600` on the file, and write \"file:PATH\".",
        ]);
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
            Err(_) => Err(D::Error::custom("the value isn't a date; use YYYY-MM-DD")),
        })
        .collect()
}

#[cfg(test)]
mod tests;
