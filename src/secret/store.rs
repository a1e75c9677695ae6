//! Which store a secret is put into.

use super::{Secrets, Unusable};
use crate::error::Error;

/// Where abmctl keeps secrets that it is given: `--store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// The system's keyring.
    Keyring,
    /// Files of mode 0600 in the configuration folder.
    File,
}

impl Store {
    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// Which store to use, or what to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// This one.
    Use(Store),
    /// Ask on the terminal. The keyring was tried: what it lacks is said where it can't be used.
    Ask {
        /// Whether the keyring keeps things; otherwise why not (exit 2 as an error).
        keyring: Result<(), Error>,
    },
}

impl Secrets {
    /// Which store to use: what was asked for, else to be asked, else the keyring if it keeps things.
    ///
    /// `may_ask` is whether there is a terminal and no `--no-input`. Exit 2 where nobody can be asked and the keyring
    /// keeps nothing, naming `--store file`.
    pub async fn choose_store(
        &self,
        asked: Option<Store>,
        may_ask: bool,
    ) -> Result<StoreChoice, Error> {
        if let Some(store) = asked {
            return Ok(StoreChoice::Use(store));
        }
        let keyring = self.probe().await;
        if may_ask {
            return Ok(StoreChoice::Ask { keyring });
        }
        keyring.map(|()| StoreChoice::Use(Store::Keyring))
    }

    /// Proves that the keyring keeps things, within 3 seconds; exit 2 with the reason where it does not.
    pub async fn probe(&self) -> Result<(), Error> {
        // The value differs each time, so that one that was left behind proves nothing.
        let (user, value) = (self.random_word(), self.random_word());
        self.keyring
            .probe(format!("probe/{user}"), value)
            .await
            .map_err(|unusable| unusable_store("Secrets can't be stored in the keyring", unusable))
    }

    /// 32 random hexadecimal digits.
    fn random_word(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}

pub(super) fn unusable_store(what: &str, unusable: Unusable) -> Error {
    Error::usage(format!("{what}: {}.", unusable.reason))
        .hints(unusable.hints)
        .hint("To store secrets in files that only you can read, add `--store file`. This also works unattended.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::{BadKeyring, FixedClock, MemoryKeyring, block_on, secrets};
    use super::*;

    #[test]
    fn the_store_is_what_was_asked_for_or_what_works() {
        let folder = tempfile::tempdir().unwrap();
        let choose = |bad: Option<BadKeyring>, asked, may_ask| {
            let clock = match bad {
                Some(BadKeyring::Locked) => FixedClock::Racing,
                _ => FixedClock::Still,
            };
            let secrets = match bad {
                Some(bad) => secrets(folder.path(), &[], clock, Arc::new(bad)),
                None => secrets(folder.path(), &[], clock, Arc::<MemoryKeyring>::default()),
            };
            block_on(secrets.choose_store(asked, may_ask))
        };
        let file = Some(Store::File);
        assert_eq!(
            choose(Some(BadKeyring::Absent), file, false),
            Ok(StoreChoice::Use(Store::File))
        );
        assert_eq!(
            choose(None, None, false),
            Ok(StoreChoice::Use(Store::Keyring))
        );
        assert_eq!(
            choose(None, None, true),
            Ok(StoreChoice::Ask { keyring: Ok(()) })
        );
        for (bad, part) in [
            (BadKeyring::Locked, "didn't answer"),
            (BadKeyring::Forgetting, "doesn't store"),
            (BadKeyring::Absent, "the keyring refused: no such service."),
        ] {
            let error = choose(Some(bad), None, false).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2);
            assert!(error.message.contains(part), "{error}");
            assert!(
                error
                    .hints
                    .iter()
                    .any(|hint| hint.plain().contains("`--store file`"))
            );
        }
        let asked = choose(Some(BadKeyring::Forgetting), None, true);
        assert!(matches!(asked, Ok(StoreChoice::Ask { keyring: Err(_) })));
    }

    #[test]
    fn a_probe_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = secrets(folder.path(), &[], FixedClock::Still, keyring.clone());
        block_on(secrets.probe()).unwrap();
        assert!(keyring.0.lock().unwrap().is_empty());
    }
}
