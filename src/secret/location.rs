//! Which secret it is, and where it is kept.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Generation, Own, SecretReference, Store};
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;

/// Which of a profile's secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The private key of the API account.
    PrivateKey,
    /// The server token of this name.
    Token(String),
    /// The private key of the key pair of this name, which opens the files of server tokens.
    KeyPair(String),
    /// The private key of the Roster API.
    RosterPrivateKey,
    /// The refresh token of the Roster API.
    RosterRefreshToken,
}

impl Field {
    /// The name of this field in a profile, in the keyring and among the files of secrets.
    pub fn name(&self) -> String {
        match self {
            Self::PrivateKey => "private_key".to_owned(),
            Self::Token(name) => format!("tokens.{name}.token"),
            Self::KeyPair(name) => format!("key_pairs.{name}.private_key"),
            Self::RosterPrivateKey => "roster.private_key".to_owned(),
            Self::RosterRefreshToken => "roster.refresh_token".to_owned(),
        }
    }

    /// The command that stores this secret, where there is one.
    fn command(&self) -> Option<Command> {
        match self {
            Self::PrivateKey => Some(Command::storing("auth login")),
            Self::Token(name) => {
                Some(Command::storing("tokens import FILE").option("--name", name))
            }
            Self::RosterPrivateKey | Self::RosterRefreshToken => {
                Some(Command::storing("auth roster"))
            }
            // A new key pair would be another one, so no command puts a lost one back.
            Self::KeyPair(_) => None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateKey => f.write_str("private key"),
            Self::Token(name) => write!(f, "server token {name}"),
            Self::KeyPair(name) => write!(f, "private key of the key pair {name}"),
            Self::RosterPrivateKey => f.write_str("private key of the Roster API"),
            Self::RosterRefreshToken => f.write_str("refresh token of the Roster API"),
        }
    }
}

/// Which secret: a field of a profile, or one that the environment gives without any profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The profile; `None` where the environment gives the secret.
    pub profile: Option<String>,
    /// Which secret of it.
    pub field: Field,
}

impl Slot {
    /// The slot of a profile's secret.
    pub fn of_profile(profile: impl Into<String>, field: Field) -> Self {
        Self {
            profile: Some(profile.into()),
            field,
        }
    }

    /// The slot of a secret that the environment gives.
    pub fn of_environment(field: Field) -> Self {
        Self {
            profile: None,
            field,
        }
    }

    /// The user `PROFILE/field` in the keyring, where there is a profile.
    pub fn keyring_user(&self, generation: Generation) -> Option<String> {
        let profile = self.profile.as_ref()?;
        let name = generation.name(&self.field.name());
        Some(format!("{profile}/{name}"))
    }

    /// The file of abmctl's own for this secret, relative to the configuration folder; exit 2 where a name does not do.
    pub(super) fn file(&self, generation: Generation) -> Result<PathBuf, Error> {
        let profile = self.profile.as_deref().unwrap_or_default();
        check_name("profile", profile)?;
        match &self.field {
            Field::Token(name) => check_name("server token", name)?,
            Field::KeyPair(name) => check_name("key pair", name)?,
            Field::PrivateKey | Field::RosterPrivateKey | Field::RosterRefreshToken => {}
        }
        let name = generation.name(&self.field.name());
        Ok(Path::new("secrets").join(profile).join(name))
    }

    /// The reference to this secret where abmctl keeps it; exit 2 if a name does not do.
    pub fn reference(&self, own: Own) -> Result<SecretReference, Error> {
        // The rules for files hold for the keyring too: whoever changes the store later keeps the names.
        let file = self.file(own.generation)?;
        Ok(match own.store {
            Store::Keyring => SecretReference::Keyring(own.generation),
            Store::File => SecretReference::File(file),
        })
    }

    /// Where abmctl keeps it, in a message.
    pub(super) fn named(&self, own: Own) -> String {
        self.reference(own)
            .map_or_else(|_| own.store.name().to_owned(), |it| it.to_string())
    }

    /// How to keep this secret in a file: a command, or what to write into the configuration.
    pub(crate) fn in_a_file(&self) -> Hint {
        match self.command() {
            Some(command) => hint![command.word("--store file")],
            None => "`file:PATH` in the configuration".into(),
        }
    }

    /// The command that stores this secret, with `--profile`; `None` where no command does.
    pub(crate) fn command(&self) -> Option<Command> {
        let command = self.field.command()?;
        Some(match &self.profile {
            Some(profile) => command.of_profile(profile),
            None => command,
        })
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        match &self.profile {
            Some(profile) => write!(f, " of profile {profile}"),
            None => Ok(()),
        }
    }
}

/// Which secret, and where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretLocation {
    /// Where it is kept.
    pub reference: SecretReference,
    /// Which one it is.
    pub slot: Slot,
}

/// Checks the name of a profile or server token, which becomes part of file names and keyring entries; exit 2.
///
/// `what` is the thing that is named, as in "The name of a `what`".
pub fn check_name(what: &str, name: &str) -> Result<(), Error> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    // A leading dot would hide the file, or leave the folder; a leading dash would read as an option.
    if (1..=64).contains(&name.len()) && name.chars().all(good) && !name.starts_with(['.', '-']) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "{name:?} isn't a valid name for a {what}. Use 1 to 64 of the characters A-Z, a-z, 0-9, `.`, `_` and `-`, and don't begin with `.` or `-`."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_has_a_keyring_user_and_a_file_of_its_own() {
        for (field, user) in [
            (Field::PrivateKey, "acme/private_key"),
            (Field::Token("prod".into()), "acme/tokens.prod.token"),
            (
                Field::KeyPair("prod".into()),
                "acme/key_pairs.prod.private_key",
            ),
            (Field::RosterPrivateKey, "acme/roster.private_key"),
            (Field::RosterRefreshToken, "acme/roster.refresh_token"),
        ] {
            let slot = Slot::of_profile("acme", field);
            for (generation, user) in [
                (Generation::Current, user.to_owned()),
                (Generation::Previous, format!("{user}.previous")),
            ] {
                assert_eq!(slot.keyring_user(generation).unwrap(), user);
                let file = slot.file(generation).unwrap();
                assert_eq!(file, Path::new("secrets").join(user));
            }
        }
        let slot = Slot::of_environment(Field::PrivateKey);
        assert_eq!(slot.keyring_user(Generation::Current), None);
    }

    #[test]
    fn names_that_would_leave_the_folder_are_refused() {
        for name in ["acme", "a.b-c_D9", "a"] {
            check_name("profile", name).unwrap();
        }
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            ".hidden",
            "-p",
            "a b",
            "ä",
            "a\nb",
            &"x".repeat(65),
        ] {
            let error = check_name("profile", name).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{name}");
            assert!(!error.message.contains('\n'));
        }
        let slot = Slot::of_profile("acme", Field::Token("../../x".into()));
        assert!(slot.file(Generation::Current).is_err());
    }
}
