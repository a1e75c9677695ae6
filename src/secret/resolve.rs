//! References become secrets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::file::{self, Mode};
use super::keyring::{self, LimitedKeyring};
use super::{
    Generation, Secret, SecretLocation, SecretReference, Slot, Unusable, command, secret_from,
};
use crate::core::printed::hint;
use crate::error::Error;
use crate::host::{Clock, Environment, Outside, Random};

/// Where secrets are kept, as far as this process can reach.
pub struct Secrets {
    pub(super) environment: Arc<Environment>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) keyring: LimitedKeyring,
    pub(super) config_folder: PathBuf,
    pub(super) home: Option<PathBuf>,
    /// Variables with secrets, which no program is given.
    hidden: BTreeSet<String>,
}

/// Told what is waited for, as a sentence.
pub type Waits = Arc<dyn Fn(&str) + Send + Sync>;

/// The variables of abmctl's own that are secrets.
const SECRET_VARIABLES: [&str; 2] = ["ABMCTL_PRIVATE_KEY", "ABMCTL_ROSTER_REFRESH_TOKEN"];

impl Secrets {
    /// Takes what it needs of `outside`; relative files start at `config_folder`, `~/` at `home`.
    ///
    /// `variables` are those that `env:` references name: no program of a `command:` reference is given them, whichever
    /// profile it is for. `waits` is told if a person may have to answer the keyring.
    pub fn new(
        outside: &Outside,
        config_folder: &Path,
        home: Option<&Path>,
        variables: &BTreeSet<String>,
        waits: Waits,
    ) -> Self {
        let own = SECRET_VARIABLES.map(str::to_owned);
        Self {
            environment: Arc::clone(&outside.environment),
            clock: Arc::clone(&outside.clock),
            random: Arc::clone(&outside.random),
            keyring: LimitedKeyring::new(
                Arc::clone(&outside.keyring),
                Arc::clone(&outside.clock),
                keyring::limit(cfg!(target_os = "macos"), outside.terminal),
                waits,
            ),
            config_folder: config_folder.to_owned(),
            home: home.map(Path::to_owned),
            hidden: variables.iter().cloned().chain(own).collect(),
        }
    }

    /// The secret at `location`, trimmed and never empty; exit 2 where the reference can't be used.
    ///
    /// Never waits longer than 3 seconds for the keyring (a minute on macOS with a terminal) and 30 for a command.
    pub async fn resolve(&self, location: &SecretLocation) -> Result<Secret, Error> {
        let SecretLocation { reference, slot } = location;
        self.read(reference, slot).await.map_err(|unusable| {
            let place = if reference.is_keyring() {
                "the keyring".to_owned()
            } else {
                reference.to_string()
            };
            let what = format!("The {slot} can't be read from {place}");
            let error = Error::usage(format!("{what}: {}.", unusable.reason)).hints(unusable.hints);
            if !reference.is_keyring() {
                return error;
            }
            error.hint(hint![
                "To work unattended, store it in a file: ",
                slot.in_a_file(),
                "."
            ])
        })
    }

    async fn read(&self, reference: &SecretReference, slot: &Slot) -> Result<Secret, Unusable> {
        match reference {
            SecretReference::Keyring(generation) => self.read_keyring(slot, *generation).await,
            SecretReference::File(path) => {
                let path = self.path(path);
                // A unit may also name the file of a credential by its path, as `%d/NAME`.
                let credentials = self.environment.get("CREDENTIALS_DIRECTORY").map(Path::new);
                let is_credential = credentials.is_some() && path.parent() == credentials;
                let mode = if is_credential {
                    Mode::Any
                } else {
                    Mode::OwnerOnly
                };
                read_file(path, mode).await
            }
            SecretReference::Credential(name) => self.read_credential(name).await,
            SecretReference::Environment(name) => match self.environment.get(name) {
                Some(value) => secret_from(value.as_bytes()),
                None => Err(Unusable::new("the variable is not set")),
            },
            SecretReference::Command(words) => {
                command::run(words, &self.environment, &self.hidden, &*self.clock).await
            }
        }
    }

    async fn read_keyring(&self, slot: &Slot, generation: Generation) -> Result<Secret, Unusable> {
        let Some(user) = slot.keyring_user(generation) else {
            return Err(Unusable::new("only a profile's secrets are in the keyring"));
        };
        let asked = user.clone();
        let found = self
            .keyring
            .ask(move |keyring| Ok(keyring.read(&asked)?.map(Zeroizing::new)))
            .await?;
        match found {
            Some(text) => secret_from(text.as_bytes()),
            None => {
                let missing = Unusable::new(format!("the keyring has no entry {user}"));
                Err(match slot.command() {
                    Some(command) => missing.hint(hint!["Store it with ", command, "."]),
                    None => missing,
                })
            }
        }
    }

    /// systemd closes the folder and makes the files 0400 or, with an access list, 0440: their mode says nothing.
    async fn read_credential(&self, name: &str) -> Result<Secret, Unusable> {
        let Some(folder) = self.environment.get("CREDENTIALS_DIRECTORY") else {
            return Err(Unusable::new("CREDENTIALS_DIRECTORY is not set").hint(format!(
                "systemd sets this variable only for a service. Add `LoadCredential={name}:PATH` to the service's unit."
            )));
        };
        read_file(Path::new(folder).join(name), Mode::Any).await
    }
}

/// On a thread of its own: a pipe that nobody writes to, or a share that is gone, must not keep Ctrl-C from working.
async fn read_file(path: PathBuf, mode: Mode) -> Result<Secret, Unusable> {
    tokio::task::spawn_blocking(move || file::read(&path, mode))
        .await
        .unwrap_or_else(|_| Err(Unusable::new("it can't be read")))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::super::Field;
    use super::super::testing::{
        BadKeyring, FixedClock, MemoryKeyring, block_on, secrets, secrets_of,
    };
    use super::*;
    use crate::core::printed::Reach;
    use crate::host::Keyring;

    fn location(reference: &str) -> SecretLocation {
        SecretLocation {
            reference: reference.parse().unwrap(),
            slot: Slot::of_profile("acme", Field::PrivateKey),
        }
    }

    fn resolve(secrets: &Secrets, reference: &str) -> Result<String, Error> {
        let secret = block_on(secrets.resolve(&location(reference)))?;
        Ok(secret.expose().to_owned())
    }

    #[test]
    fn each_kind_gives_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "from file\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let credential = folder.path().join("credential");
        fs::write(&credential, "from systemd\n").unwrap();
        fs::set_permissions(&credential, fs::Permissions::from_mode(0o440)).unwrap();
        let keyring = MemoryKeyring::default();
        keyring.write("acme/private_key", "from keyring").unwrap();
        let secrets = secrets(
            folder.path(),
            &[
                ("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap()),
                ("MY_KEY", " from environment "),
                ("OTHER", "for anybody"),
                ("PATH", "/usr/bin:/bin"),
            ],
            FixedClock::Still,
            Arc::new(keyring),
        );
        let cat = format!("command:cat '{}'", path.display());
        let by_path = format!("file:{}", credential.display());
        for (reference, secret) in [
            ("file:key", "from file"),
            ("credential:credential", "from systemd"),
            (by_path.as_str(), "from systemd"),
            ("env:MY_KEY", "from environment"),
            ("keyring:", "from keyring"),
            (cat.as_str(), "from file"),
            ("command:printenv OTHER", "for anybody"),
        ] {
            assert_eq!(resolve(&secrets, reference).unwrap(), secret, "{reference}");
        }
    }

    #[test]
    fn a_program_gets_the_environment_without_secrets() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt;
        let folder = tempfile::tempdir().unwrap();
        let raw = OsString::from_vec(b"\xff".to_vec());
        let text = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
        let variables = [
            text("PATH", "/usr/bin:/bin"),
            text("ABMCTL_PRIVATE_KEY", "s3cret"),
            text("ABMCTL_ROSTER_REFRESH_TOKEN", "s3cret"),
            text("MY_KEY", "s3cret"),
            text("ABMCTL_PROFILE", "acme"),
            text("EMPTY", ""),
            (OsString::from("RAW"), raw),
        ];
        let secrets = secrets_of(
            folder.path(),
            Environment::new(variables),
            FixedClock::Still,
            Arc::<MemoryKeyring>::default(),
        );
        let seen = resolve(&secrets, "command:sh -c 'env | cut -d= -f1 | sort'").unwrap();
        for name in ["ABMCTL_PROFILE", "EMPTY", "PATH", "RAW"] {
            assert!(seen.lines().any(|line| line == name), "{name}: {seen}");
        }
        for name in [
            "ABMCTL_PRIVATE_KEY",
            "ABMCTL_ROSTER_REFRESH_TOKEN",
            "MY_KEY",
        ] {
            assert!(!seen.contains(name), "{name}: {seen}");
        }
    }

    #[test]
    fn each_failure_is_exit_2_and_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = secrets(
            folder.path(),
            &[("PATH", "/usr/bin:/bin")],
            FixedClock::Still,
            Arc::new(MemoryKeyring::default()),
        );
        let cat = folder.path().join("absent");
        let cat = format!("command:cat '{}' s3cret", cat.display());
        for (reference, part) in [
            ("file:absent", "there is no file"),
            ("env:ABSENT", "the variable is not set"),
            ("credential:key", "CREDENTIALS_DIRECTORY is not set"),
            ("keyring:", "the keyring has no entry acme/private_key"),
            ("command:true", "it is empty"),
            ("command:false", "ended with status 1."),
            ("command:/absent/program", "can't be started"),
            ("command:head -c 2000000 /dev/zero", "larger than 1 MiB"),
            (
                &cat,
                "status 1 and said: cat: s3cret: No such file or directory.",
            ),
        ] {
            let error = resolve(&secrets, reference).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{reference}");
            assert!(error.message.contains(part), "{}", error.message);
            assert!(error.message.ends_with('.') && !error.message.contains('\n'));
            assert!(
                error
                    .message
                    .starts_with("The private key of profile acme can't be read from ")
            );
        }
    }

    #[test]
    fn a_program_that_does_not_end_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [("PATH", "/usr/bin:/bin")];
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &variables, FixedClock::Racing, keyring);
        let error = resolve(&secrets, "command:sleep 600").unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        assert_eq!(
            error.message,
            "The private key of profile acme can't be read from command:sleep …: the program did not end within 30 seconds."
        );
    }

    #[test]
    fn a_locked_keyring_is_given_up_and_not_asked_twice() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(BadKeyring::Locked);
        let secrets = secrets(folder.path(), &[], FixedClock::Racing, keyring);
        for _ in 0..2 {
            let error = resolve(&secrets, "keyring:").unwrap_err();
            assert_eq!(error.kind.exit_code(), 2);
            assert!(error.message.contains("didn't answer within 3 seconds"));
            let hints = error.hints.iter();
            let hints: Vec<String> = hints.map(|it| it.written(&Reach::default())).collect();
            let hints = hints.join(" ");
            assert!(hints.contains("Unlock it"), "{hints}");
            let command = "`abmctl auth login --profile acme --store file`";
            assert!(hints.contains(command), "{hints}");
        }
    }

    #[test]
    fn a_secret_prints_as_nothing() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret Secret");
        assert_eq!(secret.clone().expose(), "s3cret");
    }

    /// Needs the system: run with `--ignored` in a desktop session, or under `dbus-run-session` to see it refuse.
    #[test]
    #[ignore = "asks the keyring of this machine"]
    fn the_keyring_of_this_machine_keeps_things_or_says_why_not() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(super::super::keyring::SystemKeyring);
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring);
        if let Err(error) = block_on(secrets.probe()) {
            assert_eq!(error.kind.exit_code(), 2);
            assert!(
                error
                    .message
                    .starts_with("Secrets can't be stored in the keyring: "),
                "{error}"
            );
            assert!(!error.message.contains('\n'));
        }
    }
}
