//! References to secrets, as they stand in the configuration.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Says where a secret is kept.
///
/// `Display` and `Debug` leave out the arguments of a command, since people put tokens there; [`Self::to_config`] is
/// the whole text.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretReference {
    /// `keyring:`, the system's keyring; `keyring:previous`, what was replaced there.
    Keyring(Generation),
    /// `file:PATH`; relative paths start at the configuration folder, `~/` at the home folder.
    File(PathBuf),
    /// `credential:NAME`, a file in systemd's `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// `env:NAME`, an environment variable.
    Environment(String),
    /// `command:PROGRAM ARGS…`, what a program prints; never empty.
    Command(Vec<String>),
}

/// Which of the two secrets that abmctl keeps in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The one that was stored last.
    Current,
    /// The one that it replaced.
    Previous,
}

impl Generation {
    /// The name of a secret's place, for this generation of it.
    pub(super) fn name(self, name: &str) -> String {
        match self {
            Self::Current => name.to_owned(),
            Self::Previous => format!("{name}{PREVIOUS}"),
        }
    }
}

/// The end of the name of a secret that was replaced; no profile and no token is called so.
pub const PREVIOUS: &str = ".previous";

/// A text that is no secret reference; it says why and never repeats the text, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidReference(pub &'static str);

const NOT_A_REFERENCE: InvalidReference = InvalidReference(
    "must be a secret reference (keyring:, file:PATH, credential:NAME, env:NAME or command:PROGRAM ARGS), not a secret in plain text",
);

impl SecretReference {
    /// The text that stands for this reference in the configuration.
    pub fn to_config(&self) -> String {
        match self {
            Self::Command(words) => format!("command:{}", shell_words::join(words)),
            other => other.to_string(),
        }
    }

    /// Whether the system's keyring has it.
    pub fn is_keyring(&self) -> bool {
        matches!(self, Self::Keyring(_))
    }

    /// The file that a `file:` reference names.
    pub(crate) fn file_in(path: &Path, config_folder: &Path, home: Option<&Path>) -> PathBuf {
        match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => config_folder.join(path),
        }
    }
}

impl FromStr for SecretReference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let (kind, rest) = text.trim().split_once(':').ok_or(NOT_A_REFERENCE)?;
        let rest = rest.trim();
        match kind {
            "keyring" if rest.is_empty() => Ok(Self::Keyring(Generation::Current)),
            "keyring" if rest == "previous" => Ok(Self::Keyring(Generation::Previous)),
            "keyring" => Err(InvalidReference(
                "must have nothing or `previous` after `keyring:`",
            )),
            "file" if rest.is_empty() => Err(InvalidReference("has no path after `file:`")),
            "file" => Ok(Self::File(PathBuf::from(rest))),
            "credential" if matches!(rest, "" | "." | "..") || rest.contains('/') => Err(
                InvalidReference("needs a name without slashes after `credential:`"),
            ),
            "credential" => Ok(Self::Credential(rest.to_owned())),
            "env" if rest.is_empty() || rest.contains(['=', ' ']) => Err(InvalidReference(
                "needs the name of a variable after `env:`",
            )),
            "env" => Ok(Self::Environment(rest.to_owned())),
            "command" => match shell_words::split(rest) {
                Ok(words) if words.is_empty() => {
                    Err(InvalidReference("has no program after `command:`"))
                }
                Ok(words) => Ok(Self::Command(words)),
                Err(_) => Err(InvalidReference(
                    "has a quotation mark that is not closed after `command:`",
                )),
            },
            _ => Err(NOT_A_REFERENCE),
        }
    }
}

impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring(Generation::Current) => f.write_str("keyring:"),
            Self::Keyring(Generation::Previous) => f.write_str("keyring:previous"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Credential(name) => write!(f, "credential:{name}"),
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::Command(words) => {
                let more = if words.len() > 1 { " …" } else { "" };
                write!(f, "command:{}{more}", words.first().map_or("", |word| word))
            }
        }
    }
}

impl fmt::Debug for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for SecretReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A value of any type is taken first: serde's own complaint about a wrong type repeats the value.
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text.parse().map_err(D::Error::custom),
            _ => Err(D::Error::custom(NOT_A_REFERENCE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_kinds_are_read_and_written_back() {
        for (text, display) in [
            ("keyring:", "keyring:"),
            ("keyring:previous", "keyring:previous"),
            ("file:/etc/abmctl/key.pem", "file:/etc/abmctl/key.pem"),
            ("file:~/key.pem", "file:~/key.pem"),
            ("credential:abm-key", "credential:abm-key"),
            ("env:MY_KEY", "env:MY_KEY"),
            ("command:pass", "command:pass"),
            ("command:op read 'op://a b/key'", "command:op …"),
        ] {
            let reference: SecretReference = text.parse().unwrap();
            assert_eq!(reference.to_config(), text);
            assert_eq!(reference.to_string(), display);
            assert_eq!(format!("{reference:?}"), display);
        }
        assert_eq!(
            "  file: key.pem \n".parse(),
            Ok(SecretReference::File("key.pem".into()))
        );
    }

    #[test]
    fn what_is_no_reference_is_refused_without_being_repeated() {
        for (text, part) in [
            ("-----BEGIN PRIVATE KEY-----", "not a secret in plain text"),
            ("s3cret", "not a secret in plain text"),
            ("s3cret:abc", "not a secret in plain text"),
            ("keyring:s3cret", "nothing or `previous` after"),
            ("file:", "has no path"),
            ("credential:../s3cret", "without slashes"),
            ("credential:..", "without slashes"),
            ("env:", "name of a variable"),
            ("env:a=s3cret", "name of a variable"),
            ("command:", "has no program"),
            ("command:op 's3cret", "not closed"),
        ] {
            let error = text.parse::<SecretReference>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn relative_files_start_at_the_configuration_folder() {
        let file = |path: &str, home: Option<&str>| {
            SecretReference::file_in(Path::new(path), Path::new("/config"), home.map(Path::new))
        };
        assert_eq!(file("key.pem", None), PathBuf::from("/config/key.pem"));
        assert_eq!(file("/key.pem", None), PathBuf::from("/key.pem"));
        assert_eq!(file("~/key.pem", Some("/me")), PathBuf::from("/me/key.pem"));
        assert_eq!(
            file("~x/key.pem", Some("/me")),
            PathBuf::from("/config/~x/key.pem")
        );
    }
}
