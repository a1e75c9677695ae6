//! Servers that are created, changed and deleted: what they are the default for is in `servers.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde::Serialize;

use super::Manager;
use super::servers::{MdmServer, One, SERVERS, complete, local, segments};
use crate::apple::error::{Failure, RequestName};
use crate::apple::http::Response;
use crate::apple::retry::Repeat;

/// Apple's word for the type of a server.
const TYPE: &str = "mdmServers";

/// A certificate for a server: X.509 with an RSA key (official; another key is 400: observed).
#[derive(Debug, Clone, Copy)]
pub struct NewCertificate<'a> {
    /// The name of its file in the portal.
    pub name: &'a str,
    /// DER.
    pub der: &'a [u8],
}

/// A server that is to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewServer<'a> {
    pub name: &'a str,
    pub certificate: NewCertificate<'a>,
    /// Whether it may release devices; `None` leaves that to Apple.
    pub may_release: Option<bool>,
}

/// One attribute of a server that is to have another value. Those that aren't sent stay (official).
#[derive(Debug, Clone, Copy)]
pub enum ServerUpdate<'a> {
    Name(&'a str),
    Certificate(NewCertificate<'a>),
}

#[derive(Serialize)]
struct Document<'a> {
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    attributes: Sent<'a>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_certificate: Option<ServerCertificate<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_mdm_disown_flag: Option<bool>,
}

#[derive(Serialize)]
struct ServerCertificate<'a> {
    name: &'a str,
    data: String,
}

impl<'a> From<NewCertificate<'a>> for ServerCertificate<'a> {
    fn from(certificate: NewCertificate<'a>) -> Self {
        Self {
            name: certificate.name,
            data: STANDARD.encode(certificate.der),
        }
    }
}

impl Manager {
    /// Creates a server, and gives it as Apple answers: with its id.
    ///
    /// Only Apple Business has this (official), and a name that is taken is refused (official). It is sent again only if it was
    /// certainly not acted on. The answer shows that it may not release devices, whatever was sent (observed).
    pub async fn create_server(&self, new: NewServer<'_>) -> Result<MdmServer, Failure> {
        let sent = Sent {
            server_name: Some(new.name),
            server_certificate: Some(new.certificate.into()),
            enable_mdm_disown_flag: new.may_release,
        };
        let answer = self.change_server(None, sent, Repeat::IfNotActedOn).await?;
        Ok(answer.json::<One>()?.data)
    }

    /// Changes one attribute of a server. It is sent again only if it was certainly not acted on.
    pub async fn update_server(
        &self,
        id: &str,
        update: ServerUpdate<'_>,
    ) -> Result<MdmServer, Failure> {
        let sent = match update {
            ServerUpdate::Name(name) => Sent {
                server_name: Some(name),
                ..Sent::default()
            },
            ServerUpdate::Certificate(certificate) => Sent {
                server_certificate: Some(certificate.into()),
                ..Sent::default()
            },
        };
        let answer = self
            .change_server(Some(id), sent, Repeat::AfterReading)
            .await?;
        let url = self.api.url(&Method::PATCH, &segments(id), &[])?;
        let name = RequestName::new(&Method::PATCH, &url);
        complete(answer.json::<One>()?.data, id, name)
    }

    /// Deletes a server. Apple answers 409 if it has devices or is a default (official, and observed). It is sent again only if it
    /// was certainly not acted on.
    pub async fn delete_server(&self, id: &str) -> Result<(), Failure> {
        let url = self.api.url(&Method::DELETE, &segments(id), &[])?;
        self.api
            .send(Method::DELETE, url, None, Repeat::AfterReading)
            .await?;
        Ok(())
    }

    async fn change_server(
        &self,
        id: Option<&str>,
        attributes: Sent<'_>,
        repeat: Repeat,
    ) -> Result<Response, Failure> {
        let (method, url) = match id {
            None => (Method::POST, self.api.url(&Method::POST, &SERVERS, &[])?),
            Some(id) => {
                let url = self.api.url(&Method::PATCH, &segments(id), &[])?;
                (Method::PATCH, url)
            }
        };
        let document = Document {
            data: Data {
                r#type: TYPE,
                id,
                attributes,
            },
        };
        let body = serde_json::to_vec(&document).map_err(|error| local(&method, &url, &error))?;
        self.api.send(method, url, Some(body), repeat).await
    }
}
