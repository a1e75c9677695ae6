//! Devices: `/v1/orgDevices`, and which of them a server has.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Manager;
use super::servers;
use crate::apple::error::{Cause, Failure, RequestName};
use crate::apple::lenient;
use crate::apple::page::{Items, Pages};
use crate::apple::retry::Repeat;

/// Where the devices are (official).
pub const DEVICES: [&str; 2] = ["v1", "orgDevices"];

/// A device, with all that Apple says of it, in Apple's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrgDevice {
    /// The serial number.
    pub id: String,
    /// Every attribute may be missing, and new ones may come (official).
    #[serde(default, deserialize_with = "lenient::members")]
    pub attributes: Vec<(String, Value)>,
}

/// That a device is on a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Linkage {
    /// The serial number.
    pub id: String,
}

/// The server that a device is assigned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignedServer {
    /// The id of the server.
    Server(String),
    /// It is on no server.
    None,
    /// Apple answered 404: the device is on no server (observed), or the organization lacks the device.
    NotFound,
}

/// Whether a device is locked by Activation Lock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ActivationLock {
    #[serde(deserialize_with = "lenient::if_readable")]
    pub is_locked: Option<bool>,
    /// `MDM`, `USER`, `NONE`, or what Apple adds.
    #[serde(deserialize_with = "lenient::text")]
    pub lock_type: Option<String>,
}

/// A coverage of a device, in Apple's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Coverage {
    #[serde(default, deserialize_with = "lenient::object")]
    pub attributes: Map<String, Value>,
}

#[derive(Deserialize)]
struct One {
    data: OrgDevice,
}

#[derive(Deserialize)]
struct OneLinkage {
    #[serde(default, deserialize_with = "lenient::object")]
    data: LinkedServer,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LinkedServer {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
}

#[derive(Deserialize)]
struct OneLock {
    data: LockData,
}

#[derive(Deserialize)]
struct LockData {
    #[serde(default, deserialize_with = "lenient::object")]
    attributes: ActivationLock,
}

impl Manager {
    /// All devices with all attributes, a page at a time. There is no filter on Apple's side (official by absence).
    pub fn devices(&self) -> Result<Pages<'_>, Failure> {
        self.api.pages(&DEVICES, &[])
    }

    /// All devices with these attributes, in Apple's words, a page at a time.
    pub fn devices_with(&self, fields: &str) -> Result<Pages<'_>, Failure> {
        self.api.pages(&DEVICES, &[("fields[orgDevices]", fields)])
    }

    /// One device. It answers for one that was released too, with the time of that (official).
    pub async fn device(&self, serial_number: &str) -> Result<OrgDevice, Failure> {
        let [version, devices] = DEVICES;
        let segments = [version, devices, serial_number];
        let url = self.api.url(&Method::GET, &segments, &[])?;
        let name = RequestName::new(&Method::GET, &url);
        let One { data } = self.api.read(url).await?;
        if !data.id.eq_ignore_ascii_case(serial_number) {
            let other = format!("it is for the device {}", data.id);
            return Err(Failure::new(name, Cause::Unexpected(other)));
        }
        Ok(data)
    }

    /// The server of one device. Apple answers 404 for none (observed), an empty id (observed), or null (unconfirmed).
    pub async fn assigned_server(&self, serial_number: &str) -> Result<AssignedServer, Failure> {
        let [version, devices] = DEVICES;
        let segments = [
            version,
            devices,
            serial_number,
            "relationships",
            "assignedServer",
        ];
        let url = self.api.url(&Method::GET, &segments, &[])?;
        let name = RequestName::new(&Method::GET, &url);
        let answer = self.api.send(Method::GET, url, None, Repeat::Always).await;
        match answer {
            Ok(answer) => {
                let OneLinkage { data } = answer.json()?;
                Ok(match data.id.filter(|id| !id.is_empty()) {
                    Some(id) => AssignedServer::Server(id),
                    None => AssignedServer::None,
                })
            }
            // A gateway's 404, or that of the token endpoint, says nothing of the device.
            Err(failure) if failure.status_of(&name) == Some(404) => Ok(AssignedServer::NotFound),
            Err(failure) => Err(failure),
        }
    }

    /// The serial numbers of the devices that a server has, a page at a time.
    pub fn devices_of(&self, server_id: &str) -> Result<Pages<'_>, Failure> {
        let [version, servers, id] = servers::segments(server_id);
        let segments = [version, servers, id, "relationships", "devices"];
        self.api.pages(&segments, &[])
    }

    /// What covers one device: several rows are possible.
    pub async fn coverage(&self, serial_number: &str) -> Result<Items<Coverage>, Failure> {
        let [version, devices] = DEVICES;
        let segments = [version, devices, serial_number, "appleCareCoverage"];
        self.api.pages(&segments, &[])?.all().await
    }

    /// Whether one device is locked. Apple may answer with a server error for states that it keeps internal (official).
    pub async fn activation_lock(&self, serial_number: &str) -> Result<ActivationLock, Failure> {
        let [version, devices] = DEVICES;
        let segments = [version, devices, serial_number, "activationLockStatus"];
        let url = self.api.url(&Method::GET, &segments, &[])?;
        let OneLock { data } = self.api.read(url).await?;
        Ok(data.attributes)
    }
}
