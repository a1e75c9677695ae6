//! What an authorization comes to: whose it is, and what is stored of it.

use secrecy::ExposeSecret;

use super::app::NewKey;
use super::profile::{RosterProfile, words};
use super::{place, roster_cache};
use crate::apple::oauth::cache::Cache;
use crate::apple::oauth::grant::{Granted, fingerprint};
use crate::apple::roster::Organization;
use crate::config::Roster;
use crate::core::names;
use crate::error::Error;
use crate::organization::access_tokens::CredentialsChange;
use crate::organization::profile::{Change, NewSecret, Plan};
use crate::organization::record::{Record, Recorded};
use crate::secret::{Field, Secret, SecretLocation, Secrets, Slot, Store};

/// What Apple gave, and what goes with it.
pub struct Authorization {
    /// The app's settings.
    pub(super) roster: Roster,
    /// The private key, where it is to be stored.
    pub new_key: Option<NewKey>,
    /// Where secrets are to be kept.
    pub(super) store: Option<Store>,
    /// The tokens.
    pub(super) granted: Granted,
    /// Whose authorization it is.
    pub organization: Organization,
    /// It was given for Apple's test data, so that it is not kept.
    pub is_test: bool,
}

/// An authorization on its way into a profile.
pub struct NewAuthorization<'a> {
    profile: &'a RosterProfile,
    authorization: &'a Authorization,
    /// The settings as they will be in force.
    pub roster: Roster,
}

impl RosterProfile {
    /// Takes the authorization that is to be stored, and warns where server tokens beside it are another organization's.
    pub fn keeping<'a>(
        &'a self,
        authorization: &'a Authorization,
    ) -> Result<NewAuthorization<'a>, Error> {
        self.warn_of_tokens(&authorization.organization);
        let store = authorization.store.unwrap_or(Store::Keyring);
        let reference = NewSecret::reference(&self.name, &Field::RosterRefreshToken, store)?;
        Ok(NewAuthorization {
            profile: self,
            authorization,
            roster: Roster {
                refresh_token: Some(reference),
                organization_id: Some(authorization.organization.id.clone()),
                organization: Some(authorization.organization.name.clone()),
                ..authorization.roster.clone()
            },
        })
    }

    /// Another organization's server tokens beside it are most likely a mistake.
    fn warn_of_tokens(&self, authorized: &Organization) {
        let others = self.organization.settings().tokens.iter();
        let others = others.filter_map(|token| {
            let whose = token.organization.as_deref()?.trim();
            (!names::same(whose, authorized.name.trim())).then_some((&token.name, whose))
        });
        for (token, whose) in others {
            self.organization.warn(&format!(
                "The server token {token} belongs to {whose}, but this authorization belongs to {}.",
                authorized.name
            ));
        }
    }
}

impl NewAuthorization<'_> {
    /// What storing it would lose, as a sentence: another organization's authorization must be meant to go.
    pub fn loss(&self) -> Option<String> {
        let organization = &self.authorization.organization;
        let before = self.profile.before()?;
        let kept = before.organization_id.as_ref();
        if before.refresh_token.is_none() || kept == Some(&organization.id) {
            return None;
        }
        let name = before.organization.as_deref();
        Some(format!(
            "Profile {} was authorized for {}{}; this authorization for {} (id {}) would replace that.",
            self.profile.name,
            name.unwrap_or("an unknown organization"),
            kept.map_or_else(String::new, |id| format!(" (id {id})")),
            organization.name,
            organization.id,
        ))
    }

    /// The change that stores it: the refresh token, and the private key if it is a new one. The errors of [`Plan::new`].
    pub async fn plan<'a>(
        &'a self,
        dry_run: bool,
        secrets: &'a Secrets,
    ) -> Result<Plan<'a>, Error> {
        let Self {
            profile,
            authorization,
            roster,
        } = self;
        let store = authorization.store.unwrap_or(Store::Keyring);
        let key = authorization.new_key.as_ref().map(|key| NewSecret {
            field: Field::RosterPrivateKey,
            secret: key.secret.clone(),
            store,
        });
        let refresh_token = NewSecret {
            field: Field::RosterRefreshToken,
            secret: Secret::new(authorization.granted.refresh_token.expose_secret()),
            store,
        };
        let record = Record::of([Recorded::new(
            "access to the Roster API",
            profile.before().map(words),
            Some(words(roster)),
        )]);
        let change = Change {
            store: key.into_iter().chain([refresh_token]).collect(),
            ..Change::of(&profile.name, profile.stored(), record, |edit| {
                edit.set_roster(&profile.name, roster)
            })
        };
        profile
            .organization
            .plan_change(change, secrets, dry_run)
            .await
    }

    /// Stores it by this plan, and its access token for the next command.
    pub async fn store(&self, plan: Plan<'_>) -> Result<CredentialsChange, Error> {
        let dry_run = plan.is_rehearsal();
        let organization = &self.profile.organization;
        let before = self.profile.before().map(|before| &before.client_id);
        let change = organization.change_credentials(plan, before).await?;
        if !dry_run {
            // The next command needs a token, and this one is fresh. Without it that command asks for one.
            let _ = self.cache().write(&self.authorization.granted.access);
        }
        Ok(change)
    }

    /// The place of its access token.
    fn cache(&self) -> Cache {
        let Self {
            profile,
            authorization,
            roster,
        } = self;
        let slot = Slot::of_profile(&profile.name, Field::RosterRefreshToken);
        let location = roster
            .refresh_token
            .clone()
            .map(|reference| SecretLocation { reference, slot });
        let place = location.and_then(|it| place(&it, roster.organization_id.as_deref()));
        let authorization = place
            .unwrap_or_else(|| fingerprint(authorization.granted.refresh_token.expose_secret()));
        let app = (&roster.client_id[..], &roster.key_id[..]);
        roster_cache(profile.organization.settings(), app, authorization)
    }
}
