//! The Roster API: its client, made from what is configured, and the authorization that it needs.

pub mod app;
pub mod authorization;
pub mod authorize;
pub mod organization;
mod pending;
pub mod profile;
pub mod removal;
pub mod scope;

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::Organization;
use super::access_tokens::token_folder;
use super::clients::{decrypting, origin};
use super::configured::is_cheap;
use crate::apple::api::Api;
use crate::apple::http::Http;
use crate::apple::oauth::cache::{AccessToken, Cache, Owner};
use crate::apple::oauth::grant::{App, Authorized, SCOPE, fingerprint};
use crate::apple::oauth::key::{KeyError, SigningKey};
use crate::apple::oauth::token::{Fetch, TokenSource};
use crate::apple::roster::Roster;
use crate::config::{OrganizationKind, RosterRefs, Settings};
use crate::core::authorization::{client_id, ten_characters};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::secret::{Secret, SecretLocation, Secrets};

impl Organization {
    /// The client of the Roster API; `None` where it is not configured.
    ///
    /// Exit 3 where it was never authorized, exit 5 where the organization's kind does not have it.
    pub async fn roster(&self) -> Result<Option<Roster>, Error> {
        let settings = self.settings();
        let Some(refs) = &settings.roster else {
            return Ok(None);
        };
        refuse_business(settings).map_err(|error| {
            let command = settings.storing("auth roster --remove");
            error.hint(hint!["Or remove it with ", command, "."])
        })?;
        let refresh_token = self.refresh_token(refs)?;
        let authorization = match place(refresh_token, refs.organization_id.as_deref()) {
            Some(place) => place,
            None => {
                let token = self.secrets().resolve(refresh_token).await?;
                fingerprint(token.expose())
            }
        };
        let app = (&refs.client_id.value[..], &refs.key_id.value[..]);
        let tokens = TokenSource::fetching(
            self.late_authorization(refs, refresh_token),
            settings.services.roster_token.value.clone(),
            self.http().clone(),
            Some(roster_cache(settings, app, authorization)),
            self.complaints(),
        );
        let origin = origin(&settings.services.roster.value)?;
        Ok(Some(Roster::new(Api::new(
            self.http().clone(),
            origin,
            tokens,
        ))))
    }

    /// Where the refresh token is; exit 3 where the API was never authorized, exit 2 where the settings can't be those of an app.
    fn refresh_token<'a>(&self, refs: &'a RosterRefs) -> Result<&'a SecretLocation, Error> {
        let Some(refresh_token) = &refs.refresh_token else {
            return Err(never_authorized(self.settings()));
        };
        usable(refs)?;
        Ok(&refresh_token.value)
    }

    /// Reads the app's private key and the refresh token when an access token has to be asked for.
    fn late_authorization(&self, refs: &RosterRefs, refresh_token: &SecretLocation) -> Fetch {
        let secrets = Arc::new(self.secrets());
        let refs = refs.clone();
        let refresh_token = refresh_token.clone();
        let file = self.file_of(&refs.private_key.value);
        let token_url = self.settings().services.roster_token.value.clone();
        Box::new(move || {
            let secrets = Arc::clone(&secrets);
            let (refs, refresh_token) = (refs.clone(), refresh_token.clone());
            let (file, token_url) = (file.clone(), token_url.clone());
            Box::pin(async move {
                let file = file.as_deref();
                let read = read(&secrets, &refs, &refresh_token, file, token_url);
                Ok(read.await?.into())
            })
        })
    }

    /// The app with its authorization, out of where they are kept; exit 3 where there is none yet.
    pub async fn authorized(&self, refs: &RosterRefs) -> Result<Authorized, Error> {
        let settings = self.settings();
        let refresh_token = self.refresh_token(refs)?;
        let file = self.file_of(&refs.private_key.value);
        let token_url = settings.services.roster_token.value.clone();
        read(
            &self.secrets(),
            refs,
            refresh_token,
            file.as_deref(),
            token_url,
        )
        .await
    }

    /// A client for this authorization, whose first token may be `held` already.
    pub fn new_roster(
        &self,
        authorized: Authorized,
        http: &Http,
        cache: Option<Cache>,
        held: Option<AccessToken>,
    ) -> Result<Roster, Error> {
        let origin = origin(&self.settings().services.roster.value)?;
        let mut tokens = TokenSource::new(authorized, http.clone(), cache, self.complaints());
        if let Some(held) = held {
            tokens = tokens.holding(held);
        }
        Ok(Roster::new(Api::new(http.clone(), origin, tokens)))
    }
}

/// Exit 5 where the API account is of Apple Business, which has no Roster API.
pub fn refuse_business(settings: &Settings) -> Result<(), Error> {
    match &settings.credentials {
        Some(credentials) if credentials.kind == OrganizationKind::Business => {
            let whose = match &settings.profile {
                Some(profile) => format!("the API account of profile {}", profile.value),
                None => "the API account".to_owned(),
            };
            Err(Error::new(
                Kind::Refused,
                format!("Only Apple School Manager has the Roster API, but {whose} belongs to Apple Business."),
            )
            .hint(hint![
                "For a School Manager organization, use a separate profile: ",
                Command::plain("auth roster --profile NAME"),
                "."
            ]))
        }
        _ => Ok(()),
    }
}

/// The app and its authorization, whose private key is in this `file` if it is in one.
async fn read(
    secrets: &Secrets,
    refs: &RosterRefs,
    refresh_token: &SecretLocation,
    file: Option<&Path>,
    token_url: Url,
) -> Result<Authorized, Error> {
    let private_key = &refs.private_key.value;
    let secret = secrets.resolve(private_key).await?;
    let key = roster_key(&secret, &private_key.reference, file)?;
    let refresh_token = secrets.resolve(refresh_token).await?;
    Ok(Authorized {
        app: App {
            client_id: refs.client_id.value.clone(),
            team_id: refs.team_id.value.clone(),
            key_id: refs.key_id.value.clone(),
            key,
            token_url,
        },
        refresh_token: SecretString::from(refresh_token.expose()),
    })
}

/// What tells the authorization from others without reading its refresh token, if reading that may take a person or seconds: where
/// it is, and the organization that gave it. Each answer is compared with that organization. `None` if it is read for that.
pub(super) fn place(
    refresh_token: &SecretLocation,
    organization_id: Option<&str>,
) -> Option<String> {
    let SecretLocation { reference, slot } = refresh_token;
    if is_cheap(reference) {
        return None;
    }
    let profile = slot.profile.as_deref().unwrap_or_default();
    let place = [profile, &reference.to_config(), organization_id?];
    Some(fingerprint(&place.join("\n")))
}

/// The place of the access token that an authorization gives to an app, by its client id and key id.
pub fn roster_cache(
    settings: &Settings,
    (client_id, key_id): (&str, &str),
    authorization: String,
) -> Cache {
    let services = &settings.services;
    Cache::new(
        token_folder(&settings.folders),
        Owner {
            client_id: client_id.to_owned(),
            key_id: Some(key_id.to_owned()),
            scope: SCOPE.to_owned(),
            token_url: services.roster_token.value.to_string(),
            api_origin: services.roster.value.to_string(),
            authorization: Some(authorization),
        },
    )
}

/// The app's private key in `secret`, which came `from` there, out of this `file` if it is one; exit 2 if it is none that can be used.
pub fn roster_key(
    secret: &Secret,
    from: impl std::fmt::Display,
    file: Option<&Path>,
) -> Result<SigningKey, Error> {
    SigningKey::from_pem(secret.expose()).map_err(|why| {
        let error = Error::usage(format!(
            "The private key of the Roster API from {from} can't be used: {why}."
        ));
        error.hint(match why {
            KeyError::Encrypted => decrypting(file),
            _ => "Use the .p8 file as you downloaded it from the Apple Developer account: not encrypted and not converted.".into(),
        })
    })
}

/// Exit 2 where the settings of the app can't be those of any, as they may be where they were written by hand.
fn usable(refs: &RosterRefs) -> Result<(), Error> {
    type Check = fn(&str) -> Result<String, &'static str>;
    let settings: [(&str, _, Check); 3] = [
        ("client id", &refs.client_id, client_id),
        ("team id", &refs.team_id, ten_characters),
        ("key id", &refs.key_id, ten_characters),
    ];
    for (name, setting, check) in settings {
        check(&setting.value).map_err(|why| {
            Error::usage(format!(
                "The {name} of the Roster API from {} isn't valid: a {name} {why}.",
                setting.source
            ))
        })?;
    }
    Ok(())
}

fn never_authorized(settings: &Settings) -> Error {
    Error::new(
        Kind::NotAuthenticated,
        "The Roster API is configured but not authorized yet: there is no refresh token.",
    )
    .hint(hint!["Run ", settings.storing("auth roster"), "."])
}
