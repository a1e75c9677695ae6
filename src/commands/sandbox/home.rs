//! The folder that a sandbox writes: a whole configuration with a profile for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::names::check_new;
use crate::config::{File, Folders};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::private_files::{self, Claimant, Lock, Locked};
use crate::sandbox::Running;
use crate::secret::{SecretReference, private_file};

/// The profile that a sandbox writes, unless `--profile` names another.
const PROFILE: &str = "sandbox";
/// How long another change of the configuration is waited for.
const LIMIT: Duration = Duration::from_secs(10);
/// The variables that say which organization it is, and that don't win over a profile.
const OTHERS: [&str; 5] = [
    "ABMCTL_CONFIG_DIR",
    "ABMCTL_STATE_DIR",
    "ABMCTL_PROFILE",
    "ABMCTL_OUTPUT",
    "ABMCTL_READ_ONLY",
];

/// A folder for the emulator's configuration that goes away with the command.
pub(super) fn temporary_home() -> Result<tempfile::TempDir, Error> {
    tempfile::Builder::new()
        .prefix("abmctl-sandbox-")
        .tempdir()
        .map_err(|error| Error::failed(format!("No temporary folder can be made: {error}.")))
}

/// The variables of the environment that would win over the sandbox's profile.
pub(super) fn winners(context: &Context) -> Vec<String> {
    let names = context.host.environment.iter().map(|(name, _)| name);
    names
        .filter(|name| name.starts_with("ABMCTL_") && !OTHERS.contains(name))
        .map(str::to_owned)
        .collect()
}

/// A home, with a profile that no other sandbox serves meanwhile.
pub(super) struct Home {
    folder: PathBuf,
    profile: String,
    _lock: Lock,
}

impl Home {
    /// Takes the profile that `--profile` names in this folder; exit 8 if another sandbox serves it, or if it isn't a sandbox's.
    pub(super) async fn claim(folder: &Path, context: &Context) -> Result<Self, Error> {
        let folder = std::path::absolute(folder).map_err(|error| unwritable(folder, &error))?;
        let profile = profile(&folder, context)?;
        let lock = folder.join(format!("state/sandbox-{}.lock", profile.to_lowercase()));
        let taken = private_files::lock(&lock, claimant(context), Duration::ZERO).await;
        let lock = match taken.map_err(|error| unwritable(&folder, &error))? {
            Locked::Held(lock) => lock,
            Locked::Busy(holder) => {
                return Err(Error::new(
                    Kind::Conflict,
                    format!(
                        "Another sandbox serves profile {profile} of {} ({holder}).",
                        folder.display()
                    ),
                )
                .hint("Stop that one, or serve this one with another profile name: add `--profile NAME`."));
            }
        };
        Ok(Self {
            folder,
            profile,
            _lock: lock,
        })
    }

    /// Writes the profile for an emulator, and returns the variables that point abmctl at both.
    pub(super) async fn write(
        &self,
        running: &Running,
        context: &Context,
    ) -> Result<Vec<(String, String)>, Error> {
        let lock = self.folder.join("config/config.lock");
        let _lock = private_file::lock(&lock, claimant(context), LIMIT).await?;
        // Another process may have written the profile meanwhile.
        profile(&self.folder, context)?;
        running
            .write_profile(&self.folder, &self.profile)
            .map_err(|error| unwritable(&self.folder, &error))
    }

    /// The line that makes another terminal use the profile.
    pub(super) fn line(
        &self,
        variables: &[(String, String)],
        context: &Context,
    ) -> Result<String, Error> {
        let shown = |(name, value)| format!("{name}={}", shell_words::quote(value));
        let mut words = vec!["export".to_owned()];
        words.extend(folders(variables).map(shown));
        let default = load(&self.folder)?.default_profile;
        let environment = &context.host.environment;
        let named = environment.get("ABMCTL_PROFILE").is_some() || !winners(context).is_empty();
        if named || default.is_none_or(|default| default != self.profile) {
            words.push(format!("ABMCTL_PROFILE={}", self.profile));
        }
        Ok(format!("{}\n", words.join(" ")))
    }
}

/// Of the variables, those that name the folders: the profile there has all else.
pub(super) fn folders(variables: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let names = ["ABMCTL_CONFIG_DIR", "ABMCTL_STATE_DIR"];
    variables
        .iter()
        .filter(move |(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The name of the profile in a home, as it is spelled there; exit 8 if the profile isn't a sandbox's.
fn profile(folder: &Path, context: &Context) -> Result<String, Error> {
    let wanted = context.options.profile.as_deref().unwrap_or(PROFILE);
    let file = load(folder)?;
    let Some(found) = file.find(wanted)? else {
        check_new("profile", wanted, file.profiles.keys().map(String::as_str))?;
        return Ok(wanted.to_owned());
    };
    let (name, profile) = file.profile(found)?;
    let own = match name {
        PROFILE => folder.join("config"),
        other => folder.join(format!("config/sandbox-{other}")),
    };
    let key = SecretReference::File(own.join("private-key.pem"));
    if profile.services.is_written_by_sandbox() && profile.private_key.as_ref() == Some(&key) {
        return Ok(name.to_owned());
    }
    Err(Error::new(
        Kind::Conflict,
        format!(
            "Profile {name} of {} isn't a sandbox's, so the sandbox doesn't replace it.",
            folder.join("config/config.toml").display()
        ),
    )
    .hint(hint![
        "Choose another folder, or another profile name: ",
        Command::plain("sandbox serve --home DIR --profile NAME"),
        "."
    ]))
}

fn load(folder: &Path) -> Result<File, Error> {
    File::load(&Folders {
        config: folder.join("config"),
        state: folder.join("state"),
        home: None,
        sudo_user: None,
    })
}

fn claimant(context: &Context) -> Claimant<'_> {
    Claimant {
        command: &context.command,
        clock: context.clock(),
    }
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::AlreadyExists && error.get_ref().is_some() {
        return Error::new(
            Kind::Conflict,
            format!("{error}, so the sandbox doesn't replace it. Nothing was changed."),
        )
        .hint("Choose another folder, or another profile name: add `--profile NAME`.");
    }
    Error::failed(format!(
        "The configuration can't be written to {}: {error}.",
        folder.display()
    ))
}
