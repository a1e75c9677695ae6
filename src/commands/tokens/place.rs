//! Where server tokens and key pairs are kept: the profile that a command writes to, and a store for each secret.

use std::collections::BTreeSet;

use crate::commands::store_choice::choose_store;
use crate::config::names::find;
use crate::config::{File, KeyPair, KeyPairRef, Profile, Settings, Source, TokenRef};
use crate::context::Context;
use crate::error::Error;
use crate::private_files::Lock;
use crate::secret::{SecretLocation, Store};

/// The profile that a command writes to, as it is before.
pub struct Place {
    /// The settings; the profile may be new.
    pub settings: Settings,
    /// The name of the profile.
    pub profile: String,
    /// What stands in it; `None` if it is new.
    pub stored: Option<Profile>,
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
        let organization = context.organization_to_store()?;
        let settings = organization.settings();
        let by_environment = settings.credentials.as_ref().map(|it| &it.client_id.source);
        if let (Some(Source::Environment(variable)), None) = (by_environment, &settings.profile) {
            return Err(Error::usage(format!(
                "{variable} is set, so no profile is used, and what is stored in one would not be."
            ))
            .hint("Name the profile with ABMCTL_PROFILE, here and where it is to be used."));
        }
        let lock = organization
            .only_one(
                &format!("tokens-{}", settings.profile_to_store()),
                "`abmctl tokens` for this profile",
                settings.max_wait.value,
            )
            .await?;
        // What another one wrote until now counts.
        Self::of(context.organization_to_store()?.settings().clone(), lock)
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
        let stored = file.profiles.remove(&profile);
        let empty = Profile::default();
        let there = stored.as_ref().unwrap_or(&empty);
        let source = Source::Profile {
            file: settings.folders.config_file(),
            profile: profile.clone(),
        };
        Ok(Self {
            tokens: TokenRef::from_profile(&profile, there, &source),
            key_pairs: KeyPairRef::from_profile(&profile, there, &source, &settings.folders),
            settings,
            profile,
            stored,
            _lock: lock,
        })
    }

    /// The token kept under this name, spelled so.
    pub fn token(&self, name: &str) -> Option<&TokenRef> {
        self.tokens.iter().find(|token| token.name == name)
    }

    /// The key pair kept under this name, spelled so.
    pub fn key_pair(&self, name: &str) -> Option<&KeyPair> {
        self.stored.as_ref()?.key_pairs.get(name)
    }

    /// The names of its tokens and key pairs, each once: a token and its key pair share their name.
    fn names(&self) -> BTreeSet<&str> {
        let tokens = self.tokens.iter().map(|token| token.name.as_str());
        let pairs = self.key_pairs.iter().map(|pair| pair.name.as_str());
        tokens.chain(pairs).collect()
    }

    /// A name of a token or key pair as it is spelled where there is one; exit 4 if several differ by case alone.
    pub fn spelled<'a>(&'a self, name: &'a str) -> Result<&'a str, Error> {
        Ok(find("server token", name, self.names().into_iter())?.unwrap_or(name))
    }

    /// Whether a token or a key pair has this name, in whatever case.
    pub fn has(&self, name: &str) -> bool {
        let names = self.names();
        names.iter().any(|other| other.eq_ignore_ascii_case(name))
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
            .find_map(|location| secrets.own(location))
            .map(|own| own.store);
        match asked.or(own) {
            Some(store) => Ok(store),
            None => choose_store(None, what, &secrets, context).await,
        }
    }
}
