//! What an API account may do, as far as it can be tried without changing anything.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Organization;
use crate::apple::error::{Failure, RequestName};
use crate::apple::manager::Manager;
use crate::apple::manager::audit_events::EVENTS;
use crate::apple::manager::servers::{SERVERS, segments};
use crate::apple::manager::users::USERS;
use crate::config::OrganizationKind;
use crate::error::{Error, Kind};

/// The permissions of an API account by the portal's full names, with the full stop that they have there. One is for reading servers and
/// for managing defaults (official, the user guide).
macro_rules! permission {
    ($name:literal) => {
        concat!("the permission \"", $name, "\"")
    };
}
/// To read device management services, and to set what they are the default for (official, the user guide).
pub const SERVERS_AND_DEFAULTS: &str = permission!(
    "View device management services, manage default platform assignment, and add devices with Apple Configurator."
);
/// To change which service devices are assigned to (observed: quoted from the user guide).
pub const ASSIGN_DEVICES: &str = permission!("Assign devices to device management services.");
/// To read the audit log (observed: quoted from the user guide).
pub const AUDIT_LOG: &str = permission!("Access audit events using the Admin API.");
/// Any role but Staff includes reading all users and groups (official, the user guide).
const ANY_ROLE_BUT_STAFF: &str = "any role but Staff (all others include reading users)";

/// What opens this to an API account, by the portal's names; `None` where no source says.
pub fn needed(method: &str, path: &str) -> Option<&'static str> {
    let resource = path.strip_prefix("/v1/")?.split('/').next()?;
    match (method, resource) {
        ("GET" | "PATCH", "mdmServers") => Some(SERVERS_AND_DEFAULTS),
        ("POST", "orgDeviceActivities") => Some(ASSIGN_DEVICES),
        ("GET", "auditEvents") => Some(AUDIT_LOG),
        ("GET", "users" | "userGroups") => Some(ANY_ROLE_BUT_STAFF),
        _ => None,
    }
}

/// How far back audit events are asked for: a short window, since a long one hangs (observed).
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// What can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Listing device management services.
    Servers,
    /// Reading what they are the default for.
    Defaults,
    /// Setting what they are the default for.
    SetDefaults,
    /// Reading users.
    Users,
    /// Reading audit events.
    AuditEvents,
}

impl Area {
    /// What opens it, by the portal's names.
    pub fn needs(self) -> &'static str {
        match self {
            Self::Servers | Self::Defaults | Self::SetDefaults => SERVERS_AND_DEFAULTS,
            Self::Users => ANY_ROLE_BUT_STAFF,
            Self::AuditEvents => AUDIT_LOG,
        }
    }
}

/// Whether an API account may do one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// What it is about.
    pub area: Area,
    /// `None` where it can't be told.
    pub allowed: Option<bool>,
    /// What it lacks or may lack, in the portal's words.
    pub needs: Option<&'static str>,
    /// Why it is not allowed, or can't be told; the end of a sentence.
    pub reason: Option<String>,
    /// The result of the request that tells it; `None` if there was none.
    pub asked: Option<Result<(), Error>>,
}

impl Permission {
    fn allowed(area: Area) -> Self {
        Self {
            area,
            allowed: Some(true),
            needs: None,
            reason: None,
            asked: Some(Ok(())),
        }
    }

    fn not_tried(area: Area, reason: &str) -> Self {
        Self {
            area,
            allowed: None,
            needs: Some(area.needs()),
            reason: Some(reason.to_owned()),
            asked: None,
        }
    }

    fn not_in_school_manager(area: Area) -> Self {
        Self {
            area,
            allowed: Some(false),
            needs: None,
            reason: Some("not in School Manager's API".to_owned()),
            asked: None,
        }
    }

    /// By the result of `request`, which needs it.
    fn of(area: Area, request: &RequestName, result: Result<(), &Failure>) -> Self {
        let Err(failure) = result else {
            return Self::allowed(area);
        };
        let refused = failure.status_of(request) == Some(403);
        Self {
            area,
            allowed: refused.then_some(false),
            needs: refused.then(|| area.needs()),
            reason: Some(failure.to_string().trim_end_matches('.').to_owned()),
            asked: Some(if refused {
                Ok(())
            } else {
                Err(failure.clone().into())
            }),
        }
    }
}

/// Whether every request failed, so that nothing shows Apple's API to be what answers.
pub fn nothing_told(permissions: &[Permission]) -> bool {
    let mut asked = permissions.iter().filter_map(|it| it.asked.as_ref());
    asked.all(Result::is_err)
}

/// The failures of asking: if nothing could be told and all failed alike, the first of them, else exit 7.
pub fn problem(permissions: &[Permission]) -> Option<Error> {
    let asked = permissions.iter().filter_map(|it| it.asked.as_ref());
    let mut failures = asked.filter_map(|asked| asked.as_ref().err());
    let first = failures.next()?;
    let alike = failures.all(|failure| failure.kind == first.kind);
    if alike && nothing_told(permissions) {
        return Some(first.clone());
    }
    let what = "abmctl couldn't check every permission.";
    Some(first.clone().after(what).of_kind(Kind::Partial))
}

impl Organization {
    /// Asks Apple what its API account may do; the errors of its credentials, and of [`probe`].
    pub async fn permissions(&self) -> Result<Vec<Permission>, Error> {
        let credentials = self.settings().required_credentials()?;
        let key = self.account_key(credentials).await?;
        let http = self.brief_http();
        let manager = self.new_manager(credentials, key, &http, true)?;
        manager.api().tokens().token().await?;
        Ok(probe(&manager, credentials.kind, self.clock().now()).await?)
    }
}

/// Tries what the API account may do, with at most four requests that change nothing.
///
/// Fails where Apple does not accept the access token at all; what else goes wrong is a permission that can't be told.
pub async fn probe(
    manager: &Manager,
    kind: OrganizationKind,
    now: Timestamp,
) -> Result<Vec<Permission>, Failure> {
    let business = kind == OrganizationKind::Business;
    let users = async {
        if business {
            let name = manager.api().request_name(&Method::GET, &USERS);
            tried(Area::Users, &name, first(manager, &USERS, &[]).await)
        } else {
            Ok(Permission::not_in_school_manager(Area::Users))
        }
    };
    let events = async {
        if business {
            let name = manager.api().request_name(&Method::GET, &EVENTS);
            tried(Area::AuditEvents, &name, first_event(manager, now).await)
        } else {
            Ok(Permission::not_in_school_manager(Area::AuditEvents))
        }
    };
    let (servers, users, events) = tokio::join!(servers(manager), users, events);
    let (servers, defaults) = servers?;
    let set_defaults = if business {
        Permission::not_tried(Area::SetDefaults, "a test would change something")
    } else {
        Permission::not_in_school_manager(Area::SetDefaults)
    };
    Ok(vec![servers, defaults, set_defaults, users?, events?])
}

/// The permission, unless the access token itself was refused.
fn tried<T>(
    area: Area,
    request: &RequestName,
    result: Result<T, Failure>,
) -> Result<Permission, Failure> {
    match result {
        Err(failure) if failure.status_of(request) == Some(401) => Err(failure),
        other => Ok(Permission::of(area, request, other.as_ref().map(|_| ()))),
    }
}

/// Lists a server, and reads it alone: only that answer has what it is the default for (observed).
async fn servers(manager: &Manager) -> Result<(Permission, Permission), Failure> {
    let name = |segments: &[&str]| manager.api().request_name(&Method::GET, segments);
    let list = first(manager, &SERVERS, &[]).await;
    let defaults = match &list {
        Ok(Some(Item { id: None })) => Permission::not_tried(
            Area::Defaults,
            "the first server in Apple's list has no readable id",
        ),
        Ok(Some(Item { id: Some(id) })) => match manager.server(id).await {
            Ok(server) if server.attributes.default_product_families.is_none() => Ok(
                Permission::not_tried(Area::Defaults, "Apple's answer doesn't have them"),
            ),
            other => tried(Area::Defaults, &name(&segments(id)), other),
        }?,
        Ok(None) => Permission::not_tried(Area::Defaults, "there is no server yet"),
        Err(_) => Permission::not_tried(Area::Defaults, "the servers can't be listed"),
    };
    Ok((tried(Area::Servers, &name(&SERVERS), list)?, defaults))
}

#[derive(Deserialize)]
struct List {
    data: Vec<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
struct Item {
    id: Option<String>,
}

/// The first item of a list, with its id if that can be read; `None` where the list is empty.
async fn first(
    manager: &Manager,
    resource: &[&str],
    query: &[(&str, &str)],
) -> Result<Option<Item>, Failure> {
    let mut query = query.to_vec();
    query.push(("limit", "1"));
    let list: List = manager
        .api()
        .read(manager.api().url(&Method::GET, resource, &query)?)
        .await?;
    let first = list.data.first();
    Ok(first.map(|item| serde_json::from_str(item.get()).unwrap_or_default()))
}

/// Apple requires both ends of the window (official).
async fn first_event(manager: &Manager, now: Timestamp) -> Result<Option<Item>, Failure> {
    let from = now.checked_sub(WINDOW).unwrap_or(now);
    let window = [
        ("filter[startTimestamp]", format!("{from:.0}")),
        ("filter[endTimestamp]", format!("{now:.0}")),
    ];
    let query: Vec<(&str, &str)> = window
        .iter()
        .map(|(name, time)| (*name, time.as_str()))
        .collect();
    first(manager, &EVENTS, &query).await
}

#[cfg(test)]
mod tests;
