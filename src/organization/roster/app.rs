//! The organization's own app, as it is given for an authorization.

use super::profile::RosterProfile;
use super::scope::Scope;
use crate::apple::oauth::key::SigningKey;
use crate::config::{self, Roster};
use crate::error::Error;
use crate::organization::private_key::PrivateKey;
use crate::organization::profile::NewSecret;
use crate::secret::{Field, Secret, SecretLocation, Store};

/// What the Apple Developer account says of an app.
pub struct AppSettings {
    /// The App ID or Services ID.
    pub client_id: String,
    /// The developer team.
    pub team_id: String,
    pub key_id: String,
    /// The return URL, as it is registered.
    pub redirect_uri: String,
}

/// The private key of an app.
pub enum AppKey {
    /// It was given.
    Given(PrivateKey),
    /// It is the profile's own.
    Kept(PrivateKey),
}

/// An app that can sign, and how it is kept.
pub struct SigningApp {
    /// Its settings, as the profile will hold them; without an authorization.
    pub roster: Roster,
    /// Its private key, as it signs.
    pub(super) key: SigningKey,
    /// Its private key, where it is to be stored.
    pub(super) new_key: Option<NewKey>,
    /// Where secrets are to be kept; `None` where none is kept.
    pub(super) store: Option<Store>,
}

/// A private key that is stored.
pub struct NewKey {
    /// As it is stored.
    pub(super) secret: Secret,
    /// The file that it was copied from; `None` where there is none.
    pub copied_from: Option<String>,
}

impl SigningApp {
    /// An app with these settings and this key, whose secrets go to `store`.
    pub fn new(
        settings: AppSettings,
        key: AppKey,
        store: Option<Store>,
        profile: &RosterProfile,
    ) -> Result<Self, Error> {
        let there = profile.own_store();
        // Both secrets go where it was asked for: one that stays in the keyring would be locked at night as before.
        let moves = store.is_some() && there.is_some() && store != there;
        let (is_stored, PrivateKey { secret, key, file }) = match key {
            AppKey::Given(key) => (true, key),
            AppKey::Kept(key) => (moves, key),
        };
        let new_key = is_stored.then_some(NewKey {
            secret,
            copied_from: file,
        });
        let private_key = match (&new_key, profile.before()) {
            (None, Some(before)) => before.private_key.clone(),
            _ => NewSecret::reference(
                &profile.name,
                &Field::RosterPrivateKey,
                store.unwrap_or(Store::Keyring),
            )?,
        };
        Ok(Self {
            roster: Roster {
                client_id: settings.client_id,
                team_id: settings.team_id,
                key_id: settings.key_id,
                private_key,
                redirect_uri: Some(settings.redirect_uri),
                refresh_token: None,
                organization_id: None,
                organization: None,
            },
            key,
            new_key,
            store,
        })
    }
}

impl RosterProfile {
    /// The private key that it has; `None` where it has none, exit 2 where that can't be used.
    pub async fn kept_key(&self) -> Result<Option<PrivateKey>, Error> {
        let Some(location) = self.key_location() else {
            return Ok(None);
        };
        let secret = self.organization.secrets().resolve(&location).await?;
        let from = location.reference.to_string();
        PrivateKey::new(secret, &from, &Field::RosterPrivateKey).map(Some)
    }

    /// The store in which abmctl keeps the private key that it has.
    pub fn own_store(&self) -> Option<Store> {
        let own = self.organization.secrets().own(&self.key_location()?)?;
        Some(own.store)
    }

    /// Where it has its private key.
    fn key_location(&self) -> Option<SecretLocation> {
        Some(SecretLocation {
            reference: self.before()?.private_key.clone(),
            slot: self.slot(Field::RosterPrivateKey),
        })
    }

    /// What can't be written is known before Apple is asked, and before a secret lies about.
    pub fn rehearse(&self, app: &SigningApp, scope: Scope) -> Result<(), Error> {
        if scope == Scope::TestData {
            return Ok(());
        }
        let folders = &self.organization.settings().folders;
        config::rehearse(folders, |edit| edit.set_roster(&self.name, &app.roster))
    }

    /// What storing this app would lose, as a sentence: another app's key must be meant to go.
    pub fn key_loss(&self, app: &SigningApp, scope: Scope) -> Option<String> {
        let before = self.before()?.client_id.trim();
        let new = &app.roster.client_id;
        let is_stored = app.new_key.is_some() && scope != Scope::TestData;
        (is_stored && before != new).then(|| {
            format!(
                "Profile {} has the private key of the app {before}; the private key of {new} would replace it.",
                self.name
            )
        })
    }
}
