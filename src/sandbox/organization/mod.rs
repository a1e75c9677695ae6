//! The organization that the emulator holds: what is in it, and what a colleague in the portal could do to it.

mod audit;
mod devices;
mod domains;
mod models;
mod people;
mod roster;
mod seed;
mod server;
mod token;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use audit::{AuditEvent, OtherEvents, Outcome};
pub use devices::Devices;
pub use domains::{DomainChange, DomainClick, DomainRefusal, DomainState};
pub use models::Model;
pub(in crate::sandbox) use models::model_of;
pub use people::{Unit, User, UserGroup};
pub use roster::{App, Code, RefreshToken, Roster, RosterDomain, RosterToken};
pub use server::{
    Activity, Device, DeviceFamily, DeviceProfile, EnrollmentProfile, Migration, Order,
    ProductFamily, Server, ServerStatus, ServerType, Unseen,
};
pub use token::{AccessToken, Refusal, ServerToken, ServiceDiscovery};

use super::behaviour::Behaviour;

/// Which of Apple's two services the organization uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrganizationKind {
    /// Apple Business.
    Business,
    /// Apple School Manager.
    School,
}

impl OrganizationKind {
    /// The OAuth scope (official).
    pub fn scope(self) -> &'static str {
        match self {
            Self::Business => "business.api",
            Self::School => "school.api",
        }
    }

    /// What a client id begins with (official for Business, observed for School).
    pub fn client_id_prefix(self) -> &'static str {
        match self {
            Self::Business => "BUSINESSAPI.",
            Self::School => "SCHOOLAPI.",
        }
    }
}

/// What the API account may do; Apple's guide names some in words only, so these names are the emulator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Permission {
    /// View device management services.
    ViewServers,
    /// Create, rename and delete device management services.
    ManageServers,
    /// Manage the default platform assignment.
    ManageDefaults,
    ViewDevices,
    /// Assign, unassign and release devices.
    ManageDevices,
    /// View users, groups and organizational units.
    ViewPeople,
    /// View audit events.
    ViewAudit,
    /// View apps and packages.
    ViewApps,
    /// View devices, configurations and Blueprints of the built-in device management.
    ViewBuiltIn,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 9] = [
        Self::ViewServers,
        Self::ManageServers,
        Self::ManageDefaults,
        Self::ViewDevices,
        Self::ManageDevices,
        Self::ViewPeople,
        Self::ViewAudit,
        Self::ViewApps,
        Self::ViewBuiltIn,
    ];
}

/// The API account, as the token endpoint knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiAccount {
    pub client_id: String,
    pub key_id: String,
    /// The uncompressed point of the P-256 public key, in hexadecimal digits.
    pub public_key: String,
}

/// An organization, all of it; tests look at it and change it as a colleague would.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Organization {
    /// Apple Business or Apple School Manager.
    pub kind: OrganizationKind,
    pub name: String,
    /// The customer id, digits.
    pub id: String,
    pub api_account: ApiAccount,
    /// What the API account may do.
    pub permissions: BTreeSet<Permission>,
    /// Access tokens that were handed out.
    pub access_tokens: Vec<AccessToken>,
    /// Device management services.
    pub servers: Vec<Server>,
    pub devices: Devices,
    /// Devices that left the organization: asked for one by one they still answer (official).
    #[serde(default)]
    pub released: Vec<Device>,
    /// Enrollment profiles that the device management services defined.
    #[serde(default)]
    pub device_profiles: Vec<EnrollmentProfile>,
    /// What was asked for devices.
    pub activities: Vec<Activity>,
    /// What activities did and no reading shows yet, oldest first.
    #[serde(default)]
    pub unseen: Vec<Unseen>,
    pub users: Vec<User>,
    pub groups: Vec<UserGroup>,
    /// Organizational units.
    pub units: Vec<Unit>,
    /// Audit events, in any order.
    pub audit_events: Vec<AuditEvent>,
    /// More audit events, of no domain.
    #[serde(default)]
    pub other_events: OtherEvents,
    /// The Roster API, which School Manager alone has.
    #[serde(default)]
    pub roster: Option<Roster>,
    /// Server tokens, with what Device Assignment Services hold for each.
    pub server_tokens: Vec<ServerToken>,
    /// Apple's terms are accepted; otherwise Device Assignment Services refuse with `T_C_NOT_SIGNED` (official).
    pub terms_signed: bool,
    /// Account-driven enrollment profiles are to be had; otherwise `ORG_NOT_SUPPORTED` (official).
    pub enrollment_profiles: bool,
    /// How the services behave; starts as the options say, and is not kept in a state file.
    #[serde(skip)]
    pub behaviour: Behaviour,
}

impl Organization {
    /// The server with this id, name or (for those with a token) token name.
    pub fn server(&self, name: &str) -> Option<&Server> {
        let index = self.server_index(name)?;
        self.servers.get(index)
    }

    /// As [`Self::server`], to change it.
    pub fn server_mut(&mut self, name: &str) -> Option<&mut Server> {
        let index = self.server_index(name)?;
        self.servers.get_mut(index)
    }

    fn server_index(&self, name: &str) -> Option<usize> {
        let by_token = self
            .server_tokens
            .iter()
            .find(|token| token.name == name)
            .map(|token| token.server_id.as_str());
        self.servers
            .iter()
            .position(|server| server.id == name)
            .or_else(|| self.servers.iter().position(|server| server.name == name))
            .or_else(|| {
                self.servers
                    .iter()
                    .position(|server| Some(server.id.as_str()) == by_token)
            })
    }

    /// The server that is the default for `family`.
    pub fn holder(&self, family: ProductFamily) -> Option<&Server> {
        self.servers
            .iter()
            .find(|server| server.default_families.contains(&family))
    }

    /// A colleague makes `server` (an id or a name; `None` for no server) the default for `family` in the portal.
    ///
    /// A name that no server has leaves the family without a default.
    pub fn move_family(&mut self, family: ProductFamily, server: Option<&str>, now: Timestamp) {
        for holder in &mut self.servers {
            if holder.default_families.remove(&family) {
                holder.updated_at = now;
            }
        }
        if let Some(server) = server.and_then(|name| self.server_mut(name)) {
            server.default_families.insert(family);
            server.updated_at = now;
        }
    }

    /// Makes every access token invalid at once: the next request gets 401.
    pub fn revoke_access_tokens(&mut self) {
        self.access_tokens.clear();
    }

    /// Gives a server another certificate: its token is rejected from now on, until a new one is downloaded (official).
    ///
    /// Returns the consumer key of that token.
    pub fn certify(&mut self, server_id: &str, certificate: &[u8]) -> Option<String> {
        let server = self
            .servers
            .iter_mut()
            .find(|server| server.id == server_id)?;
        server.certificate = Some(STANDARD.encode(certificate));
        let token = self
            .server_tokens
            .iter_mut()
            .find(|token| token.server_id == server_id)?;
        token.replace();
        Some(token.consumer_key.clone())
    }

    /// The server token with this name.
    pub fn server_token_mut(&mut self, name: &str) -> Option<&mut ServerToken> {
        self.server_tokens
            .iter_mut()
            .find(|token| token.name == name)
    }

    /// Takes away a permission of the API account.
    pub fn forbid(&mut self, permission: Permission) {
        self.permissions.remove(&permission);
    }

    /// The MDMs of the servers that ever connected go on doing so while the emulator is off.
    pub(super) fn connect_mdms(&mut self, now: Timestamp) {
        let lately = now
            .saturating_sub(SignedDuration::from_hours(1))
            .unwrap_or(now);
        for server in &mut self.servers {
            if let Some(last) = &mut server.last_connected_at {
                *last = lately.max(*last);
            }
        }
    }

    /// How many devices `server_id` has.
    pub fn device_count(&self, server_id: &str) -> usize {
        self.devices.count_of(server_id)
    }
}
