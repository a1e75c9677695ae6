//! The folders of configuration and state.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::host::Environment;

/// Where abmctl keeps its files. Nothing is created before something is written, then with mode 0700.
///
/// Computed here and not by `etcetera`, which asks the operating system for the environment itself: the rules are few,
/// and the environment comes in through the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The folder of `config.toml`.
    pub config: PathBuf,
    /// The folder of what may be lost: cached tokens, the journal, locks.
    pub state: PathBuf,
    /// The home folder, where there is one.
    pub home: Option<PathBuf>,
    /// The user that called `sudo`, if one did: the configuration may belong to them.
    pub sudo_user: Option<u32>,
}

impl Folders {
    /// The folders by `ABMCTL_CONFIG_DIR` and `ABMCTL_STATE_DIR`, else by the XDG variables, else below `HOME`; on macOS
    /// too. Exit 2 where none of them is set.
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        let path = |name: &str| environment.get(name).map(PathBuf::from);
        let home = path("HOME");
        let folder = |own: &str, xdg: &str, below_home: &str| {
            environment
                .get(own)
                .map(|path| expand(path, home.as_deref()))
                // The XDG Base Directory Specification has relative paths ignored.
                .or_else(|| {
                    path(xdg)
                        .filter(|path| path.is_absolute())
                        .map(|path| path.join("abmctl"))
                })
                .or_else(|| Some(home.as_ref()?.join(below_home).join("abmctl")))
                .ok_or_else(|| {
                    Error::usage(format!("Neither {own} nor {xdg} nor HOME is set, so abmctl has no folder for its files."))
                        .hint("Set ABMCTL_CONFIG_DIR and ABMCTL_STATE_DIR; in a unit of systemd, `Environment=ABMCTL_CONFIG_DIR=/etc/abmctl ABMCTL_STATE_DIR=%S/abmctl`.")
                })
        };
        Ok(Self {
            config: folder("ABMCTL_CONFIG_DIR", "XDG_CONFIG_HOME", ".config")?,
            state: folder("ABMCTL_STATE_DIR", "XDG_STATE_HOME", ".local/state")?,
            home,
            sudo_user: environment.get("SUDO_UID").and_then(|id| id.parse().ok()),
        })
    }

    /// The configuration file, which may not exist.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// A path of the environment, `~/` being the home folder: cron and systemd do not expand it as a shell does.
    pub fn expand(&self, path: &str) -> PathBuf {
        expand(path, self.home.as_deref())
    }
}

fn expand(path: &str, home: Option<&Path>) -> PathBuf {
    let path = Path::new(path);
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(variables: &[(&str, &str)]) -> Result<(String, String), Error> {
        let variables = variables.iter().copied();
        let folders = Folders::from_environment(&Environment::new(variables))?;
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        Ok((text(folders.config), text(folders.state)))
    }

    #[test]
    fn the_nearest_variable_decides() {
        for (variables, config, state) in [
            (
                &[("HOME", "/me")][..],
                "/me/.config/abmctl",
                "/me/.local/state/abmctl",
            ),
            (
                &[
                    ("HOME", "/me"),
                    ("XDG_CONFIG_HOME", "/c"),
                    ("XDG_STATE_HOME", "/s"),
                ],
                "/c/abmctl",
                "/s/abmctl",
            ),
            (
                &[("HOME", "/me"), ("XDG_CONFIG_HOME", "relative")],
                "/me/.config/abmctl",
                "/me/.local/state/abmctl",
            ),
            (
                &[
                    ("XDG_CONFIG_HOME", "/c"),
                    ("ABMCTL_CONFIG_DIR", "here"),
                    ("ABMCTL_STATE_DIR", "/there"),
                ],
                "here",
                "/there",
            ),
            (
                &[("HOME", "/me"), ("ABMCTL_CONFIG_DIR", "~/abm")],
                "/me/abm",
                "/me/.local/state/abmctl",
            ),
        ] {
            assert_eq!(folders(variables), Ok((config.into(), state.into())));
        }
        let error = folders(&[("ABMCTL_CONFIG_DIR", "/c")]).unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        assert!(error.message.contains("ABMCTL_STATE_DIR"), "{error}");
    }
}
