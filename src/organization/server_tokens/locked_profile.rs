//! The profile that server tokens and key pairs are written to.

use std::collections::BTreeSet;

use crate::config::names::find;
use crate::config::{Edit, File, KeyPair, KeyPairRef, Profile, Settings, Source, TokenRef};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::profile::Change;
use crate::organization::record::Record;
use crate::private_files::Lock;
use crate::secret::{SecretLocation, Store};

/// The profile that a command writes to, as it is before. It may be new.
pub struct LockedProfile {
    pub organization: Organization,
    pub name: String,
    /// What stands in it; `None` if it is new.
    pub stored: Option<Profile>,
    /// Its server tokens.
    pub tokens: Vec<TokenRef>,
    pub key_pairs: Vec<KeyPairRef>,
    /// Nobody else stores or removes tokens and key pairs of this profile meanwhile: two key pairs that are made at once
    /// under one name would leave a certificate without its key.
    _lock: Lock,
}

impl LockedProfile {
    /// Takes the lock and reads the profile; exit 2 where the environment says what is used, so that what is written would not be.
    ///
    /// `organization` is asked for before the lock is waited for, and again afterwards: what another one wrote until then counts.
    pub async fn new(
        organization: impl Fn() -> Result<Organization, Error>,
    ) -> Result<Self, Error> {
        let before = organization()?;
        let settings = before.settings();
        let by_environment = settings.credentials.as_ref().map(|it| &it.client_id.source);
        if let (Some(Source::Environment(variable)), None) = (by_environment, &settings.profile) {
            return Err(Error::usage(format!(
                "{variable} is set, so abmctl uses no profile and wouldn't use a secret stored in one."
            ))
            .hint("Set ABMCTL_PROFILE to the profile, here and wherever you use the secret."));
        }
        let lock = before
            .lock(
                &format!("tokens-{}", settings.profile_to_store()),
                "`abmctl tokens` for this profile",
                settings.max_wait.value,
            )
            .await?;
        let organization = organization()?;
        let mut profile = Self {
            name: organization.settings().profile_to_store().to_owned(),
            organization,
            stored: None,
            tokens: Vec::new(),
            key_pairs: Vec::new(),
            _lock: lock,
        };
        profile.read()?;
        Ok(profile)
    }

    /// The same where server tokens are stored or removed, which must not come from the environment.
    pub async fn for_tokens(
        organization: impl Fn() -> Result<Organization, Error>,
    ) -> Result<Self, Error> {
        let profile = Self::new(organization).await?;
        let tokens = profile.settings().tokens.iter();
        match tokens.map(|it| &it.token.source).next() {
            Some(Source::Environment(variable)) => Err(Error::usage(format!(
                "{variable} is set, so server tokens come from the environment, not from a profile."
            ))
            .hint(format!("Unset {variable} to store or remove tokens."))),
            _ => Ok(profile),
        }
    }

    /// Reads what stands in it now.
    pub fn read(&mut self) -> Result<(), Error> {
        let Settings { folders, .. } = self.organization.settings();
        let stored = File::load(folders)?.profiles.remove(&self.name);
        let empty = Profile::default();
        let there = stored.as_ref().unwrap_or(&empty);
        let source = Source::Profile {
            file: folders.config_file(),
            profile: self.name.clone(),
        };
        self.tokens = TokenRef::from_profile(&self.name, there, &source);
        self.key_pairs = KeyPairRef::from_profile(&self.name, there, &source, folders);
        self.stored = stored;
        Ok(())
    }

    pub fn settings(&self) -> &Settings {
        self.organization.settings()
    }

    /// A change of the configuration alone.
    pub fn change<'a>(
        &'a self,
        record: Record,
        write: impl Fn(&mut Edit) -> Result<(), Error> + 'a,
    ) -> Change<'a> {
        Change::of(&self.name, self.stored.as_ref(), record, write)
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

    /// The store in which one of these secrets is kept by abmctl.
    pub fn own_store(&self, secrets: &[Option<&SecretLocation>]) -> Option<Store> {
        let kept = self.organization.secrets();
        let own = secrets.iter().flatten().find_map(|it| kept.own(it))?;
        Some(own.store)
    }
}
