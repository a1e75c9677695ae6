//! Where server tokens and key pairs are kept: the profile that a command writes to, and a store for each secret.

use crate::commands::auth::questions::choose_store;
use crate::commands::only_one::only_one;
use crate::config::{File, KeyPairRef, Profile, Settings, Source, TokenRef};
use crate::context::Context;
use crate::error::Error;
use crate::private_files::Lock;
use crate::secret::{SecretLocation, SecretReference, Store};

/// The profile that a command writes to, as it is before.
pub struct Place {
    /// The settings; the profile may be new.
    pub settings: Settings,
    /// The name of the profile.
    pub profile: String,
    /// What stands in it.
    pub stored: Profile,
    /// Its server tokens.
    pub tokens: Vec<TokenRef>,
    /// Its key pairs.
    pub key_pairs: Vec<KeyPairRef>,
    /// Nobody else stores or removes tokens and key pairs of this profile meanwhile: two key pairs that are made at once
    /// under one name would leave a certificate without its key.
    _lock: Lock,
}

impl Place {
    /// The profile to write to; exit 2 where the environment says what is used, so that what is written would not be.
    pub async fn to_store(context: &Context) -> Result<Self, Error> {
        let settings = context.settings_for_storing()?;
        let by_environment = settings.credentials.as_ref().map(|it| &it.client_id.source);
        if let (Some(Source::Environment(variable)), None) = (by_environment, &settings.profile) {
            return Err(Error::usage(format!(
                "{variable} is set, so no profile is used, and what is stored in one would not be."
            ))
            .hint("Name the profile with ABMCTL_PROFILE, here and where it is to be used."));
        }
        let lock = only_one(
            &format!("tokens-{}", settings.profile_to_store()),
            "`abmctl tokens` for this profile",
            settings.max_wait.value,
            &settings.folders.state,
            context,
        )
        .await?;
        // What another one wrote until now counts.
        Self::of(context.settings_for_storing()?, lock)
    }

    /// The same for a command that stores or removes tokens, which must not come from the environment.
    pub async fn for_tokens(context: &Context) -> Result<Self, Error> {
        let place = Self::to_store(context).await?;
        let mut sources = place.settings.tokens.iter().map(|it| &it.token.source);
        match sources.next() {
            Some(Source::Environment(variable)) => Err(Error::usage(format!(
                "{variable} is set, so server tokens come from the environment and not from a profile."
            ))
            .hint(format!("Unset {variable} to store or remove tokens."))),
            _ => Ok(place),
        }
    }

    fn of(settings: Settings, lock: Lock) -> Result<Self, Error> {
        let profile = settings.profile_to_store().to_owned();
        let mut file = File::load(&settings.folders)?;
        let stored = file.profiles.remove(&profile).unwrap_or_default();
        let source = Source::Profile {
            file: settings.folders.config_file(),
            profile: profile.clone(),
        };
        Ok(Self {
            tokens: TokenRef::from_profile(&profile, &stored, &source),
            key_pairs: KeyPairRef::from_profile(&profile, &stored, &source, &settings.folders),
            settings,
            profile,
            stored,
            _lock: lock,
        })
    }

    /// The token kept under this name.
    pub fn token(&self, name: &str) -> Option<&TokenRef> {
        self.tokens.iter().find(|token| token.name == name)
    }

    /// The store for a secret, `what`: what was asked for, else where one of `others` is kept by abmctl, else as
    /// somebody says, or the keyring.
    pub async fn store(
        &self,
        asked: Option<Store>,
        others: &[Option<&SecretLocation>],
        what: &str,
        context: &Context,
    ) -> Result<Store, Error> {
        let secrets = context.secrets(&self.settings);
        let own = others
            .iter()
            .flatten()
            .find(|location| secrets.is_own(location))
            .map(|location| match location.reference {
                SecretReference::Keyring => Store::Keyring,
                _ => Store::File,
            });
        match asked.or(own) {
            Some(store) => Ok(store),
            None => choose_store(None, what, &secrets, context).await,
        }
    }

    /// Removes a secret from where it was before, if it is kept elsewhere now. What is abmctl's own there goes, the rest is
    /// said; neither is a reason to fail.
    pub async fn leave(&self, before: &SecretLocation, now: &SecretReference, context: &Context) {
        let full = |reference: &SecretReference| match reference {
            SecretReference::File(path) => {
                SecretReference::File(self.settings.folders.config.join(path))
            }
            other => other.clone(),
        };
        if full(&before.reference) == full(now) {
            return;
        }
        match context.secrets(&self.settings).remove(before).await {
            Ok(true) => {}
            Ok(false) => context.ui.say(&format!(
                "The older one in {} was not put there by abmctl, and stays.",
                before.reference
            )),
            Err(error) => context.ui.warn(&error.message),
        }
    }
}
