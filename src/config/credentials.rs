//! Credentials as references: each set from one source, never mixed.

use std::path::Path;

use super::file::{Profile, Roster};
use super::names::check_new;
use super::values::pairs;
use super::{Folders, Source, Sourced};
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::host::Environment;
use crate::secret::{Field, SecretLocation, SecretReference, Slot};

const CLIENT_ID: &str = "ABMCTL_CLIENT_ID";
const KEY_ID: &str = "ABMCTL_KEY_ID";
const PRIVATE_KEY: &str = "ABMCTL_PRIVATE_KEY";
const PRIVATE_KEY_FILE: &str = "ABMCTL_PRIVATE_KEY_FILE";
const SERVER_TOKEN_FILE: &str = "ABMCTL_SERVER_TOKEN_FILE";

/// Apple Business or Apple School Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganizationKind {
    /// Apple Business.
    Business,
    /// Apple School Manager.
    School,
}

impl OrganizationKind {
    /// The kind that a client id tells by its prefix, `BUSINESSAPI.` (official) or `SCHOOLAPI.` (observed); exit 2
    /// where it has neither.
    pub fn of_client_id(client_id: &Sourced<String>) -> Result<Self, Error> {
        for (prefix, kind) in [
            ("BUSINESSAPI.", Self::Business),
            ("SCHOOLAPI.", Self::School),
        ] {
            // A prefix alone is no client id.
            if client_id
                .value
                .strip_prefix(prefix)
                .is_some_and(|rest| !rest.is_empty())
            {
                return Ok(kind);
            }
        }
        Err(Error::usage(format!(
            "The client id from {} doesn't look like BUSINESSAPI.00000000-0000-0000-0000-000000000000 or SCHOOLAPI.00000000-0000-0000-0000-000000000000.",
            client_id.source
        ))
        .hint("Copy it from the API account in Apple Business or Apple School Manager."))
    }

    /// What Apple calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Business => "Apple Business",
            Self::School => "Apple School Manager",
        }
    }

    /// The word for it in documents.
    pub fn key(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::School => "school",
        }
    }

    /// The OAuth scope of the Manager API (official).
    pub fn scope(self) -> &'static str {
        match self {
            Self::Business => "business.api",
            Self::School => "school.api",
        }
    }

    /// The origin of the Manager API (official).
    pub fn api_origin(self) -> &'static str {
        match self {
            Self::Business => "https://api-business.apple.com",
            Self::School => "https://api-school.apple.com",
        }
    }
}

/// The credentials of an API account, all from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRefs {
    pub client_id: Sourced<String>,
    /// The id of the key, where one is configured.
    pub key_id: Option<Sourced<String>>,
    /// Where the private key is kept.
    pub private_key: Sourced<SecretLocation>,
    /// What kind of organization the client id belongs to.
    pub kind: OrganizationKind,
}

/// A server token and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRef {
    /// Its name in the configuration; `default` for a lone path in `ABMCTL_SERVER_TOKEN_FILE`.
    pub name: String,
    /// Where it is kept.
    pub token: Sourced<SecretLocation>,
    /// The id of its server, as Apple said when it was stored.
    pub server_id: Option<String>,
    /// The name of its server, as Apple said when it was stored.
    pub server_name: Option<String>,
    /// Its organization, as Apple said when it was stored.
    pub organization: Option<String>,
}

/// The access to the Roster API, all from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRefs {
    /// The App ID or Services ID.
    pub client_id: Sourced<String>,
    /// The developer team.
    pub team_id: Sourced<String>,
    pub key_id: Sourced<String>,
    /// Where the private key is kept.
    pub private_key: Sourced<SecretLocation>,
    /// Where Apple sends the browser after it was asked; needed to authorize only.
    pub redirect_uri: Option<Sourced<String>>,
    /// Where the refresh token is kept; absent before the API was authorized.
    pub refresh_token: Option<Sourced<SecretLocation>>,
    /// The id of the organization that authorized it, as Apple said when it was stored.
    pub organization_id: Option<String>,
    /// The name of that organization, as Apple said when it was stored.
    pub organization: Option<String>,
}

/// The value of a variable, trimmed; `None` where nothing is left.
fn variable(environment: &Environment, name: &'static str) -> Option<Sourced<String>> {
    let value = environment.get(name)?.trim();
    (!value.is_empty()).then(|| Sourced::new(value.to_owned(), Source::Environment(name)))
}

/// A secret in the file that the environment names; a relative path starts at the working folder, as in a shell.
fn file_of_environment(
    path: &Sourced<String>,
    folders: &Folders,
    field: Field,
) -> Sourced<SecretLocation> {
    let file = folders.expand(&path.value);
    let file = std::path::absolute(&file).unwrap_or(file);
    Sourced::new(
        SecretLocation {
            reference: SecretReference::File(file),
            slot: Slot::of_environment(field),
        },
        path.source.clone(),
    )
}

/// A secret that is the value of a variable.
fn value_of_environment(name: &'static str, field: Field) -> Sourced<SecretLocation> {
    Sourced::new(
        SecretLocation {
            reference: SecretReference::Environment(name.to_owned()),
            slot: Slot::of_environment(field),
        },
        Source::Environment(name),
    )
}

fn of_profile(
    reference: &SecretReference,
    source: &Source,
    profile: &str,
    field: Field,
) -> Sourced<SecretLocation> {
    Sourced::new(
        SecretLocation {
            reference: reference.clone(),
            slot: Slot::of_profile(profile, field),
        },
        source.clone(),
    )
}

/// The variable that says that credentials come from the environment.
pub(super) fn environment_has_credentials(environment: &Environment) -> Option<&'static str> {
    [CLIENT_ID, KEY_ID, PRIVATE_KEY, PRIVATE_KEY_FILE]
        .into_iter()
        .find(|name| variable(environment, name).is_some())
}

impl CredentialRefs {
    /// The credentials of the environment, `None` where it has none of them; exit 2 where one is missing or too many.
    pub(super) fn from_environment(
        environment: &Environment,
        folders: &Folders,
    ) -> Result<Option<Self>, Error> {
        let Some(present) = environment_has_credentials(environment) else {
            return Ok(None);
        };
        let private_key = match (
            variable(environment, PRIVATE_KEY),
            variable(environment, PRIVATE_KEY_FILE),
        ) {
            (Some(_), Some(_)) => {
                return Err(Error::usage(format!(
                    "Both {PRIVATE_KEY} and {PRIVATE_KEY_FILE} are set."
                ))
                .hint("Unset one of them."));
            }
            (Some(_), None) => Some(value_of_environment(PRIVATE_KEY, Field::PrivateKey)),
            (None, Some(path)) => Some(file_of_environment(&path, folders, Field::PrivateKey)),
            (None, None) => None,
        };
        let client_id = variable(environment, CLIENT_ID);
        let (Some(client_id), Some(private_key)) = (&client_id, private_key) else {
            let missing = if client_id.is_some() {
                format!("{PRIVATE_KEY_FILE} (or {PRIVATE_KEY})")
            } else {
                CLIENT_ID.to_owned()
            };
            return Err(Error::usage(format!(
                "{present} is set, so all credentials come from the environment, but {missing} is missing."
            ))
            .hint(format!("Set {missing}, or unset {present} to use a profile.")));
        };
        Ok(Some(Self {
            kind: OrganizationKind::of_client_id(client_id)?,
            client_id: client_id.clone(),
            key_id: variable(environment, KEY_ID),
            private_key,
        }))
    }

    /// The credentials of a profile, `None` where it has none; exit 2 where one is missing.
    pub(super) fn from_profile(
        name: &str,
        profile: &Profile,
        source: &Source,
    ) -> Result<Option<Self>, Error> {
        let missing = match (&profile.client_id, &profile.private_key) {
            (Some(client_id), Some(private_key)) => {
                let sourced = |text: &String| Sourced::new(text.clone(), source.clone());
                let client_id = sourced(client_id);
                return Ok(Some(Self {
                    kind: OrganizationKind::of_client_id(&client_id)?,
                    client_id,
                    key_id: profile.key_id.as_ref().map(sourced),
                    private_key: of_profile(private_key, source, name, Field::PrivateKey),
                }));
            }
            (None, None) if profile.key_id.is_none() => return Ok(None),
            (None, _) => "client_id",
            (Some(_), None) => "private_key",
        };
        Err(
            Error::usage(format!("The API account of {source} has no {missing}.")).hint(hint![
                "Run ",
                Command::storing("auth login").of_profile(name),
                "."
            ]),
        )
    }
}

impl TokenRef {
    /// The server tokens of `ABMCTL_SERVER_TOKEN_FILE`, `None` where it is not set; exit 2 where it can't be read.
    pub(super) fn from_environment(
        environment: &Environment,
        folders: &Folders,
    ) -> Result<Option<Vec<Self>>, Error> {
        let Some(text) = variable(environment, SERVER_TOKEN_FILE) else {
            return Ok(None);
        };
        let parts = pairs(SERVER_TOKEN_FILE, &text.value)?;
        for (index, (name, _)) in parts.iter().enumerate() {
            let others = parts[..index].iter().filter_map(|(other, _)| *other);
            if let Some(name) = name {
                check_new("server token", name, others)
                    .map_err(|error| error.context(SERVER_TOKEN_FILE))?;
            }
        }
        if parts.len() > 1 && parts.iter().any(|(name, _)| name.is_none()) {
            return Err(Error::usage(format!(
                "{SERVER_TOKEN_FILE} has several paths, so each needs a name: NAME=PATH,NAME=PATH."
            )));
        }
        let token = |(name, path): (Option<&str>, &str)| {
            let name = name.unwrap_or("default");
            let path = Sourced::new(path.to_owned(), text.source.clone());
            Self {
                name: name.to_owned(),
                token: file_of_environment(&path, folders, Field::Token(name.to_owned())),
                server_id: None,
                server_name: None,
                organization: None,
            }
        };
        Ok(Some(parts.into_iter().map(token).collect()))
    }

    /// The server tokens of a profile, by name.
    pub fn from_profile(name: &str, profile: &Profile, source: &Source) -> Vec<Self> {
        let token = |(token_name, token): (&String, &super::Token)| Self {
            name: token_name.clone(),
            token: of_profile(&token.token, source, name, Field::Token(token_name.clone())),
            server_id: token.server_id.clone(),
            server_name: token.server_name.clone(),
            organization: token.organization.clone(),
        };
        profile.tokens.iter().map(token).collect()
    }
}

impl RosterRefs {
    /// The Roster API's access of the environment, `None` where it has none of it; exit 2 where a part is missing.
    pub(super) fn from_environment(
        environment: &Environment,
        folders: &Folders,
    ) -> Result<Option<Self>, Error> {
        let names = [
            "ABMCTL_ROSTER_CLIENT_ID",
            "ABMCTL_ROSTER_TEAM_ID",
            "ABMCTL_ROSTER_KEY_ID",
            "ABMCTL_ROSTER_PRIVATE_KEY_FILE",
            "ABMCTL_ROSTER_REDIRECT_URI",
            "ABMCTL_ROSTER_REFRESH_TOKEN",
        ];
        let values = names.map(|name| variable(environment, name));
        let Some(present) = values.iter().flatten().next() else {
            return Ok(None);
        };
        let needed = |value: &Option<Sourced<String>>, name: &str| {
            value.clone().ok_or_else(|| {
                Error::usage(format!(
                    "{} is set, so all Roster API credentials come from the environment, but {name} is missing.",
                    present.source
                ))
            })
        };
        let [
            client_id,
            team_id,
            key_id,
            private_key,
            redirect_uri,
            refresh_token,
        ] = &values;
        let private_key = needed(private_key, names[3])?;
        needed(refresh_token, names[5])?;
        Ok(Some(Self {
            client_id: needed(client_id, names[0])?,
            team_id: needed(team_id, names[1])?,
            key_id: needed(key_id, names[2])?,
            private_key: file_of_environment(&private_key, folders, Field::RosterPrivateKey),
            redirect_uri: redirect_uri.clone(),
            refresh_token: Some(value_of_environment(names[5], Field::RosterRefreshToken)),
            organization_id: None,
            organization: None,
        }))
    }

    /// The Roster API's access of a profile.
    pub(super) fn from_profile(name: &str, roster: &Roster, source: &Source) -> Self {
        let sourced = |text: &String| Sourced::new(text.trim().to_owned(), source.clone());
        Self {
            client_id: sourced(&roster.client_id),
            team_id: sourced(&roster.team_id),
            key_id: sourced(&roster.key_id),
            private_key: of_profile(&roster.private_key, source, name, Field::RosterPrivateKey),
            redirect_uri: roster.redirect_uri.as_ref().map(sourced),
            refresh_token: roster
                .refresh_token
                .as_ref()
                .map(|token| of_profile(token, source, name, Field::RosterRefreshToken)),
            organization_id: roster.organization_id.clone(),
            organization: roster.organization.clone(),
        }
    }
}

/// The source of a profile's values.
pub(super) fn source_of(path: &Path, profile: &str) -> Source {
    Source::Profile {
        file: path.to_owned(),
        profile: profile.to_owned(),
    }
}
