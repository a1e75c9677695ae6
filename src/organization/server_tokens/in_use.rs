//! Before a server's certificate or token is replaced: what is known of the server, and whether that may go ahead.

use super::choice::TokenServer;
use super::locked_profile::LockedProfile;
use super::reading::{TokenReader, Validity};
use super::state::State;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::{Attributes, MdmServer};
use crate::config::{OrganizationKind, TokenRef};
use crate::core::names::{self, NameError, Named, resolve};
use crate::core::printed::{Command, hint};
use crate::core::server_use::{Connection, KnownUse, UseFacts, Verdict, verdict};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::servers::{self, not_found};
use crate::state::facts::place;

/// A server whose certificate or token is about to be replaced, or that is about to be made.
pub struct Target {
    /// Its id, where it exists and is known.
    pub id: Option<String>,
    pub name: String,
    /// The kind of its organization, where an API account tells it.
    pub kind: Option<OrganizationKind>,
    pub known: KnownUse,
    /// The kept token that is for it.
    pub token: Option<String>,
}

impl Target {
    /// It does not exist yet.
    pub fn is_new(&self) -> bool {
        self.known == KnownUse::New
    }
}

/// How much somebody agreed to beforehand.
#[derive(Clone, Copy)]
pub struct Agreed {
    /// That an MDM loses its connection.
    pub disconnect: bool,
    /// What would be asked otherwise.
    pub yes: bool,
}

/// Finds the server that `wanted` means, by id, alias or name, or by the name of a kept token.
///
/// With `create` it must not exist: exit 8 where it does, and the errors of reading the servers are errors. Without, an
/// organization that can't be read leaves a target of which nothing is known.
pub async fn find(
    wanted: &str,
    create: bool,
    profile: &LockedProfile,
) -> Result<TargetFound, Error> {
    if wanted.trim().is_empty() {
        return Err(not_found(NameError::Empty));
    }
    let settings = profile.settings();
    if create {
        let credentials = settings.required_credentials()?;
        if credentials.kind == OrganizationKind::School {
            return Err(Error::new(
                Kind::Refused,
                "Apple School Manager's API can't create servers.",
            )
            .hint("Drop `--create`, and add the server in the portal with the certificate."));
        }
    }
    let Some(credentials) = &settings.credentials else {
        let why =
            "No API account is configured, so abmctl knows nothing about the server.".to_owned();
        return Ok(TargetFound::One(unread(wanted, None, why, profile).await));
    };
    let kind = Some(credentials.kind);
    let servers = match list(profile).await {
        Ok((manager, servers)) => (manager, servers),
        Err(error) if create => return Err(error),
        Err(error) => {
            let why = format!("The servers can't be read: {}", error.message);
            return Ok(TargetFound::One(unread(wanted, kind, why, profile).await));
        }
    };
    let (manager, servers) = servers;
    let named = servers::named(&servers);
    let id = match which(wanted, &named, profile) {
        Ok(id) => id,
        Err(error @ NameError::NotFound { .. }) => {
            if create {
                let organization = &profile.organization;
                organization.new_server_name(wanted, None, &servers)?;
            }
            return Ok(TargetFound::None {
                target: Target {
                    id: None,
                    name: wanted.trim().to_owned(),
                    kind,
                    known: KnownUse::New,
                    token: None,
                },
                error: not_found(error),
            });
        }
        Err(error) => return Err(not_found(error)),
    };
    let Some(listed) = servers.into_iter().find(|server| server.id == id) else {
        return Err(Error::not_found(format!(
            "Apple no longer lists the server {id}."
        )));
    };
    if create {
        return Err(Error::new(
            Kind::Conflict,
            format!(
                "A server {} already exists ({id}).",
                servers::name(&listed)
            ),
        )
        .hint("To make a key pair for that server, drop `--create`. To create a server, give another name."));
    }
    Ok(TargetFound::One(
        existing(listed, &named, kind, manager, profile).await,
    ))
}

/// What looking for a server came to.
pub enum TargetFound {
    /// It exists, or nothing is known.
    One(Target),
    /// No server is called that: it would be a new one.
    None {
        /// The server that is to be.
        target: Target,
        /// What it is where no new one is meant; exit 4.
        error: Error,
    },
}

async fn list(profile: &LockedProfile) -> Result<(&Manager, Vec<MdmServer>), Error> {
    let organization = &profile.organization;
    let manager = organization.manager()?;
    organization.progress("Looking at the server");
    let servers = organization.listed_servers().await;
    organization.progress("");
    Ok((manager, servers?))
}

/// The id of the server that is meant.
fn which(wanted: &str, servers: &[Named], profile: &LockedProfile) -> Result<String, NameError> {
    let aliases = profile.settings().alias_map();
    let found = resolve(wanted, &aliases, servers);
    let token = profile.spelled(wanted).ok();
    let by_token = token.and_then(|name| profile.token(name)?.server_id.as_deref());
    match (found, by_token) {
        (Err(NameError::NotFound { .. }), Some(id)) => resolve(id, &aliases, servers),
        (found, _) => found,
    }
    .map(|server| server.id.clone())
}

/// A server that Apple lists.
async fn existing(
    listed: MdmServer,
    servers: &[Named],
    kind: Option<OrganizationKind>,
    manager: &Manager,
    profile: &LockedProfile,
) -> Target {
    let name = servers::name(&listed);
    let own = tokens_of(&listed.id, servers, &profile.tokens, &profile.organization);
    let (id, token) = (
        listed.id.clone(),
        own.first().map(|token| token.name.clone()),
    );
    Target {
        known: known_use(listed, &own, manager, &profile.organization).await,
        id: Some(id),
        name,
        kind,
        token,
    }
}

/// What is known of the use of a server that Apple lists; `own` are the tokens that are, or may be, for it.
async fn known_use(
    listed: MdmServer,
    own: &[&TokenRef],
    manager: &Manager,
    organization: &Organization,
) -> KnownUse {
    let (server, why) = match manager.server(&listed.id).await {
        Ok(server) => (server, None),
        Err(failure) => (listed, Some(format!("The server can't be read: {failure}"))),
    };
    let facts = UseFacts {
        working_token: working(own, organization).await,
        ..facts(&server.attributes)
    };
    match why {
        None => KnownUse::Read(facts),
        Some(why) => KnownUse::Unread(why, facts),
    }
}

impl Organization {
    /// The names of the server tokens here that are, or may be, for the server of this id; `servers` has it and those it could be
    /// confused with.
    pub(in crate::organization) fn tokens_for(&self, id: &str, servers: &[Named]) -> Vec<String> {
        let own = tokens_of(id, servers, &self.settings().tokens, self);
        own.into_iter().map(|token| token.name.clone()).collect()
    }

    /// What is known of the use of a server that Apple lists, and the names of the server tokens here that are, or may be, for it.
    pub(in crate::organization) async fn use_of(
        &self,
        listed: MdmServer,
        servers: &[Named],
    ) -> Result<(KnownUse, Vec<String>), Error> {
        let own = tokens_of(&listed.id, servers, &self.settings().tokens, self);
        let names = own.iter().map(|token| token.name.clone()).collect();
        Ok((known_use(listed, &own, self.manager()?, self).await, names))
    }
}

/// A server that could not be read: what is kept is all that is known.
async fn unread(
    wanted: &str,
    kind: Option<OrganizationKind>,
    why: String,
    profile: &LockedProfile,
) -> Target {
    let wanted = wanted.trim();
    let alias = profile.settings().aliases.get(wanted);
    let name = alias.map_or(wanted, |server| server.value.as_str());
    let typed = Named {
        id: name.to_owned(),
        name: name.to_owned(),
        deleted: false,
    };
    let mut own = tokens_of(name, &[typed], &profile.tokens, &profile.organization);
    let named = profile.spelled(wanted).ok();
    let named = named.and_then(|name| profile.token(name));
    own.extend(named.filter(|named| !own.iter().any(|it| it.name == named.name)));
    let server = own.first();
    let facts = UseFacts {
        working_token: working(&own, &profile.organization).await,
        ..UseFacts::default()
    };
    Target {
        id: server.and_then(|token| token.server_id.clone()),
        name: server
            .and_then(|token| token.server_name.clone())
            .unwrap_or_else(|| name.to_owned()),
        kind,
        known: KnownUse::Unread(why, facts),
        token: server.map(|token| token.name.clone()),
    }
}

fn facts(attributes: &Attributes) -> UseFacts {
    let last = attributes.last_connected_date_time.as_ref();
    UseFacts {
        devices: attributes.device_count,
        default_for: attributes.default_product_families.clone(),
        connected: last.map(|words| match words.parse() {
            Ok(at) => Connection::At(at),
            Err(_) => Connection::Unreadable(words.clone()),
        }),
        working_token: None,
    }
}

/// The kept tokens that are, or may be, for a server, by what Apple said of them. `servers` has it and those it could be confused with.
fn tokens_of<'a>(
    id: &str,
    servers: &[Named],
    tokens: &'a [TokenRef],
    organization: &Organization,
) -> Vec<&'a TokenRef> {
    let store = organization.facts();
    let mut tokens: Vec<&TokenRef> = tokens.iter().collect();
    tokens.retain(|token| {
        let server = TokenServer::known(&store.read(&place(token)), token);
        may_be(&server, id, servers)
    });
    tokens
}

/// Whether a token may be for the server `id`: it is, or has the name of several and this is one of them.
fn may_be(token: &TokenServer, id: &str, servers: &[Named]) -> bool {
    if let Some((server, _)) = token.among(servers) {
        return server.id == id;
    }
    let server = servers.iter().find(|it| it.id == id);
    let names = server.zip(token.name.as_deref());
    names.is_some_and(|(server, name)| names::same(&server.name, name))
}

/// The first of these tokens that works, or that may: no answer is no sign that it does not.
async fn working(tokens: &[&TokenRef], organization: &Organization) -> Option<String> {
    let reader = TokenReader::of(organization);
    for token in tokens {
        let reading = reader.read_one(token, Validity::ByApple).await;
        let works = match reading.state() {
            State::Ok | State::Expiring | State::TermsNotSigned => true,
            State::Unreachable | State::Failed => {
                reading.expires_at.is_none_or(|end| end > reading.now)
            }
            State::Expired
            | State::Replaced
            | State::Refused
            | State::NotSupported
            | State::Unusable => false,
        };
        if works {
            return Some(token.name.clone());
        }
    }
    None
}

/// What stops, where a certificate or token is replaced, and the way back.
pub const STOPS: &str = "If an MDM uses a server, another certificate cuts the MDM off. Once you upload the certificate in the portal, the MDM's sync with Apple stops: no new devices, no automated enrollment. To reconnect the MDM, give it the token that you download afterwards. If you upload the MDM's own certificate again, the MDM needs a new download too.";

/// Whether a certificate or token may be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MayReplace {
    /// Nothing uses the server, or somebody agreed.
    Yes,
    /// Whether anything uses it can't be told: a sentence. Somebody has to be asked.
    Ask(String),
}

impl Target {
    /// Decides whether its certificate or token may be replaced; `command` is the one that would do it.
    ///
    /// Exit 8 where something uses the server and nobody agreed to cutting it off.
    pub fn may_replace(
        &self,
        agreed: Agreed,
        command: &Command,
        organization: &Organization,
    ) -> Result<MayReplace, Error> {
        let name = &self.name;
        match verdict(&self.known, organization.clock().now()) {
            Verdict::Free => Ok(MayReplace::Yes),
            Verdict::InUse(reasons) => {
                let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                let used = format!("The server {name} is in use: {}.", reasons.join(", "));
                if agreed.disconnect {
                    organization.warn(&format!("{used} {STOPS}"));
                    return Ok(MayReplace::Yes);
                }
                Err(Error::new(
                    Kind::Conflict,
                    format!("{used} A new certificate would cut its MDM off."),
                )
                .hint(STOPS)
                .hint(hint!["If you have the MDM's token as JSON, or the MDM's private key, import the MDM's token instead: ", Command::storing("tokens import FILE"), ". Several programs may use the same token."])
                .hint(hint![
                    "To cut the MDM off anyway, run ",
                    command.clone().word("--disconnect-mdm"),
                    "."
                ]))
            }
            Verdict::NotKnown(_) if agreed.disconnect || agreed.yes => Ok(MayReplace::Yes),
            Verdict::NotKnown(why) => Ok(MayReplace::Ask(format!(
                "abmctl can't tell whether an MDM uses the server {name}. {why}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests;
