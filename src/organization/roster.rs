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

use secrecy::SecretString;
use url::Url;

use super::Organization;
use super::access_tokens::token_folder;
use super::clients::{decrypting, origin};
use crate::apple::api::Api;
use crate::apple::http::Http;
use crate::apple::oauth::cache::{AccessToken, Cache, Owner};
use crate::apple::oauth::grant::{App, Authorized, SCOPE, fingerprint};
use crate::apple::oauth::key::{KeyError, SigningKey};
use crate::apple::oauth::token::TokenSource;
use crate::apple::roster::Roster;
use crate::config::{OrganizationKind, RosterRefs, Settings};
use crate::core::authorization::{client_id, ten_characters};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::secret::Secret;

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
        let authorized = self.authorized(refs).await?;
        let cache = roster_cache(settings, &authorized);
        self.new_roster(authorized, self.http(), Some(cache), None)
            .map(Some)
    }

    /// The app with its authorization, out of where they are kept; exit 3 where there is none yet.
    pub async fn authorized(&self, refs: &RosterRefs) -> Result<Authorized, Error> {
        let settings = self.settings();
        let Some(refresh_token) = &refs.refresh_token else {
            return Err(never_authorized(settings));
        };
        usable(refs)?;
        let secrets = self.secrets();
        let private_key = &refs.private_key.value;
        let secret = secrets.resolve(private_key).await?;
        let key = roster_key(
            &secret,
            &private_key.reference,
            self.file_of(private_key).as_deref(),
        )?;
        let refresh_token = secrets.resolve(&refresh_token.value).await?;
        Ok(Authorized {
            app: App {
                client_id: refs.client_id.value.clone(),
                team_id: refs.team_id.value.clone(),
                key_id: refs.key_id.value.clone(),
                key,
                token_url: settings.services.roster_token.value.clone(),
            },
            refresh_token: SecretString::from(refresh_token.expose()),
        })
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

/// The place of the access token that an authorization gives.
pub fn roster_cache(settings: &Settings, authorized: &Authorized) -> Cache {
    use secrecy::ExposeSecret;
    let app = &authorized.app;
    let api: &Url = &settings.services.roster.value;
    Cache::new(
        token_folder(&settings.folders),
        Owner {
            client_id: app.client_id.clone(),
            key_id: Some(app.key_id.clone()),
            scope: SCOPE.to_owned(),
            token_url: app.token_url.to_string(),
            api_origin: api.to_string(),
            authorization: Some(fingerprint(authorized.refresh_token.expose_secret())),
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
