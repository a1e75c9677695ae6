//! The settings in force, and the secrets that they refer to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Context;
use crate::config::{Flags, Folders, Settings};
use crate::error::Error;
use crate::secret::Secrets;

impl Context {
    /// The settings in force.
    pub fn settings(&self) -> Result<&Settings, Error> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let settings = self.settings_with(false)?;
        Ok(self.settings.get_or_init(|| settings))
    }

    /// The settings for a command that stores credentials: the profile may be new.
    pub fn settings_for_storing(&self) -> Result<Settings, Error> {
        self.settings_with(true)
    }

    fn settings_with(&self, storing: bool) -> Result<Settings, Error> {
        let settings = self.resolve(storing)?;
        if !self.warned.replace(true) {
            for warning in &settings.warnings {
                self.ui.warn(warning);
            }
        }
        Ok(settings)
    }

    fn resolve(&self, storing: bool) -> Result<Settings, Error> {
        let flags = Flags {
            profile: self.options.profile.clone(),
            timeout: self.options.timeout.clone(),
            max_wait: self.options.max_wait.clone(),
            storing,
        };
        let settings = Settings::resolve(&flags, &self.host.environment, self.host.terminal)?;
        self.ui.set_reach(settings.reach());
        Ok(settings)
    }

    /// Where secrets are kept.
    pub fn secrets(&self, settings: &Settings) -> Secrets {
        self.secrets_in(&settings.folders, &settings.secret_variables)
    }

    /// Where secrets are kept, by folders and by the variables that `env:` references name.
    pub fn secrets_in(&self, folders: &Folders, variables: &BTreeSet<String>) -> Secrets {
        let ui = self.ui.clone();
        Secrets::new(
            &self.host,
            &folders.config,
            folders.home.as_deref(),
            variables,
            Arc::new(move |text| ui.say(text)),
        )
    }
}
