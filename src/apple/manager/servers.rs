//! Device management services: `/v1/mdmServers`.

use std::rc::Rc;

use futures_util::{Stream, StreamExt, stream};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Manager;
use super::ahead::Ahead;
use crate::apple::error::{Cause, Failure, RequestName};
use crate::apple::family::Family;
use crate::apple::http::Response;
use crate::apple::lenient;
use crate::apple::page::Items;
use crate::apple::retry::Repeat;

/// Where the servers are (official).
pub const SERVERS: [&str; 2] = ["v1", "mdmServers"];
/// Single servers read at once; the way out allows no more.
pub const AT_ONCE: usize = 4;

/// A device management service, in Apple's words. Every attribute may be missing (official: members come and go).
#[derive(Debug, Clone, Deserialize)]
pub struct MdmServer {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Its attributes. An odd one costs itself alone.
    #[serde(default, deserialize_with = "lenient::object")]
    pub attributes: Attributes,
}

/// The attributes of a server that are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attributes {
    #[serde(deserialize_with = "lenient::text")]
    pub server_name: Option<String>,
    /// `MDM`, `APPLE_CONFIGURATOR`, `APPLE_MDM`, or what Apple adds.
    #[serde(deserialize_with = "lenient::text")]
    pub server_type: Option<String>,
    /// `ACTIVE`, `INACTIVE`, `DELETED`, or what Apple adds.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// Devices assigned to it.
    #[serde(deserialize_with = "lenient::count")]
    pub device_count: Option<u64>,
    /// Whether it may release devices.
    #[serde(deserialize_with = "lenient::if_readable")]
    pub enable_mdm_disown_flag: Option<bool>,
    /// What it is the default for. Absent is not empty: the list never carries it (observed), the single one does, where
    /// something odd is a failure.
    #[serde(deserialize_with = "lenient::if_readable")]
    pub default_product_families: Option<Vec<Family>>,
    /// When it last connected.
    #[serde(deserialize_with = "lenient::text")]
    pub last_connected_date_time: Option<String>,
    /// From where it last connected.
    #[serde(deserialize_with = "lenient::text")]
    pub last_connected_ip: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "lenient::text")]
    pub created_date_time: Option<String>,
    /// When it was last changed.
    #[serde(deserialize_with = "lenient::text")]
    pub updated_date_time: Option<String>,
}

/// The attributes that are asked for, all that Apple lists for reading.
const FIELDS: (&str, &str) = (
    "fields[mdmServers]",
    "serverName,serverType,status,deviceCount,enableMdmDisownFlag,defaultProductFamilies,\
     lastConnectedDateTime,lastConnectedIp,createdDateTime,updatedDateTime",
);

#[derive(Deserialize)]
pub(super) struct One {
    pub(super) data: MdmServer,
}

/// The families of a single answer. Changes are computed from them, so what can't be read is a failure, and never none.
#[derive(Deserialize)]
struct Families {
    data: FamiliesData,
}

#[derive(Deserialize)]
struct FamiliesData {
    attributes: Option<FamiliesAttributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FamiliesAttributes {
    default_product_families: Option<Vec<Family>>,
}

#[derive(Serialize)]
struct Update<'a> {
    data: UpdateData<'a>,
}

#[derive(Serialize)]
struct UpdateData<'a> {
    r#type: &'static str,
    id: &'a str,
    attributes: UpdateAttributes<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateAttributes<'a> {
    // Never left out and never null: `[]` is what clears (observed).
    default_product_families: &'a [Family],
}

/// A server and what became of reading it alone.
#[derive(Debug, Clone)]
pub struct ServerReading {
    /// What the list says, made whole by the single read.
    pub server: MdmServer,
    /// Why the single read failed, if it did.
    pub failure: Option<Failure>,
    /// The list alone was enough, so it isn't known what the server is the default for.
    pub is_partial: bool,
}

/// Where a server is (official).
pub fn segments(id: &str) -> [&str; 3] {
    let [version, servers] = SERVERS;
    [version, servers, id]
}

impl MdmServer {
    /// Whether Apple lists it as deleted.
    pub fn is_deleted(&self) -> bool {
        self.attributes.status.as_deref() == Some("DELETED")
    }
}

impl Manager {
    /// All servers, as the list has them: without what they are the default for.
    pub async fn servers(&self) -> Result<Items<MdmServer>, Failure> {
        self.api.pages(&SERVERS, &[FIELDS])?.all().await
    }

    /// One server, with what it is the default for.
    pub async fn server(&self, id: &str) -> Result<MdmServer, Failure> {
        let url = self.api.url(&Method::GET, &segments(id), &[FIELDS])?;
        let name = RequestName::new(&Method::GET, &url);
        let answer = self
            .api
            .send(Method::GET, url, None, Repeat::Always)
            .await?;
        complete(single(&answer)?, id, name)
    }

    /// Makes the servers of the list whole: one request each, four at once, in the order of the list.
    ///
    /// A server whose families the list carries, or that is deleted, costs no request: fit to be shown, not to compute a
    /// change from.
    pub fn complete(&self, servers: Vec<MdmServer>) -> impl Stream<Item = ServerReading> {
        self.complete_those(servers, Ahead::default(), |_| true)
    }

    /// The same of those that `needs` more than the list says; what was read `ahead` is not read again.
    pub fn complete_those(
        &self,
        servers: Vec<MdmServer>,
        ahead: Ahead,
        needs: impl Fn(&MdmServer) -> bool,
    ) -> impl Stream<Item = ServerReading> {
        let ahead = Rc::new(ahead);
        stream::iter(servers)
            .map(move |listed| {
                let is_whole =
                    listed.attributes.default_product_families.is_some() || listed.is_deleted();
                let is_partial = !is_whole && !needs(&listed);
                let ahead = Rc::clone(&ahead);
                async move {
                    if is_whole || is_partial {
                        return ServerReading {
                            server: listed,
                            failure: None,
                            is_partial,
                        };
                    }
                    let read = match ahead.take(&listed.id, self.api().http().clock().now()) {
                        Some((read, _)) => read,
                        None => self.server(&listed.id).await,
                    };
                    let (server, failure) = match read {
                        Ok(server) => (server, None),
                        Err(failure) => (listed, Some(failure)),
                    };
                    ServerReading {
                        server,
                        failure,
                        is_partial,
                    }
                }
            })
            .buffered(AT_ONCE)
    }

    /// Sets what a server is the default for: the whole list, `[]` for nothing.
    ///
    /// Apple replaces the list as a whole (inferred and observed) and answers 409 for a family that another server
    /// holds, 400 for `[]` if there is none (observed). It is sent once: before it is sent again, the list has to be
    /// read again, since somebody else may have changed it meanwhile.
    ///
    /// Gives the list that Apple answers; `None` if Apple acted on it and the answer has no list.
    pub async fn set_default_families(
        &self,
        id: &str,
        families: &[Family],
    ) -> Result<Option<Vec<Family>>, Failure> {
        let url = self.api.url(&Method::PATCH, &segments(id), &[])?;
        let update = Update {
            data: UpdateData {
                r#type: "mdmServers",
                id,
                attributes: UpdateAttributes {
                    default_product_families: families,
                },
            },
        };
        let body =
            serde_json::to_vec(&update).map_err(|error| local(&Method::PATCH, &url, &error))?;
        let name = RequestName::new(&Method::PATCH, &url);
        let answer = self
            .api
            .send(Method::PATCH, url, Some(body), Repeat::Never)
            .await?;
        let server = single(&answer)?;
        let answered = server.attributes.default_product_families.clone();
        // Without the member only an empty list was surely set.
        let server = complete(server, id, name)?;
        Ok(if families.is_empty() {
            server.attributes.default_product_families
        } else {
            answered
        })
    }
}

/// A single answer, whose families are never guessed: odd ones make it unreadable.
fn single(answer: &Response) -> Result<MdmServer, Failure> {
    let One { data: mut server } = answer.json()?;
    let strict: Families = answer.json()?;
    server.attributes.default_product_families = strict
        .data
        .attributes
        .and_then(|attributes| attributes.default_product_families);
    Ok(server)
}

/// A single answer about the server `id`. If it is complete, absent or null families mean none (Apple's example of a server that
/// is the default for nothing: official; every other client reads it so).
pub(super) fn complete(
    mut server: MdmServer,
    id: &str,
    name: RequestName,
) -> Result<MdmServer, Failure> {
    if !server.id.eq_ignore_ascii_case(id) {
        let other = format!("it is for the server {}", server.id);
        return Err(Failure::new(name, Cause::Unexpected(other)));
    }
    let attributes = &mut server.attributes;
    let is_complete = attributes.server_name.is_some() || attributes.server_type.is_some();
    if is_complete && attributes.default_product_families.is_none() {
        attributes.default_product_families = Some(Vec::new());
    }
    Ok(server)
}

/// The failure of a document that can't be written.
pub(super) fn local(method: &Method, url: &Url, error: &serde_json::Error) -> Failure {
    let name = RequestName::new(method, url);
    Failure::new(name, Cause::Local(error.to_string()))
}
