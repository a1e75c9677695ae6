//! A server that is created.
//!
//! A POST without an answer may have been acted on. Apple's list decides then, and nothing is sent again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use super::super::Organization;
use super::super::record::{Record, Recorded};
use super::super::servers::{MdmServer, name};
use super::{Extent, ServerCertificate, ServerChanged};
use crate::apple::error::Failure;
use crate::apple::manager::server_changes::NewServer;
use crate::apple::manager::servers::SERVERS;
use crate::core::names;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::state::journal::How;

/// Before each look for a server whose creation got no answer.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// How far Apple's clock and this machine's may be apart.
const APART: SignedDuration = SignedDuration::from_mins(5);

/// What is to be created.
pub struct Creation<'a> {
    pub name: &'a str,
    pub certificate: &'a ServerCertificate,
    /// It may release devices.
    pub may_release: bool,
}

/// Why no server was created, or may not have been.
#[derive(Debug)]
pub struct NotCreated {
    pub error: Error,
    /// Certainly nothing was created.
    pub certain: bool,
}

/// What looking for a server came to whose creation got no answer.
enum Looked {
    /// It was certainly not created.
    NeedNot,
    /// Its id.
    Found(String),
    NotListed,
    NotRead,
}

impl Organization {
    /// Creates a server.
    ///
    /// Exit 5 for School Manager, 2, 4 or 8 for a name that can't be used, 7 if it isn't known whether Apple created it, or if it
    /// was created without what was wished.
    pub async fn create_server(
        &self,
        wish: &Creation<'_>,
        extent: Extent,
    ) -> Result<ServerChanged, Error> {
        self.may_change_servers("create servers", "Add the server", extent)?;
        let servers = self.listed_servers().await?;
        if extent == Extent::Made {
            self.settle_open(wish.name.trim(), None, &servers)?;
        }
        let name = self.new_server_name(wish.name, None, &servers)?;
        let mut changed = ServerChanged {
            changes: vec![
                created(&name),
                Recorded::new(
                    format!("certificate of server {name}"),
                    None,
                    Some(wish.certificate.id()),
                ),
            ],
            name: name.clone(),
            ..ServerChanged::default()
        };
        if wish.may_release {
            changed.changes.push(Recorded::new(
                format!("release of devices by server {name}"),
                None,
                Some("allowed".to_owned()),
            ));
        }
        if extent == Extent::DryRun {
            return Ok(changed);
        }
        let new = NewServer {
            name: &name,
            certificate: wish.certificate.as_sent(),
            may_release: wish.may_release.then_some(true),
        };
        let sent = self.send_new_server(new, changed.changes.clone()).await;
        let id = sent.map_err(|it| it.error)?;
        if wish.may_release {
            changed.problem = self.release_not_allowed(&id, &name).await;
        }
        changed.id = Some(id);
        Ok(changed)
    }

    /// Sends a server that is to be created, whose name no server had when the list was read; gives its id. The journal says `changes`.
    pub async fn send_new_server(
        &self,
        new: NewServer<'_>,
        changes: Vec<Recorded>,
    ) -> Result<String, NotCreated> {
        let certainly = |error| NotCreated {
            error,
            certain: true,
        };
        let manager = self.manager().map_err(certainly)?;
        let owner = self.api_account().map_err(certainly)?;
        self.settle_open(new.name, None, &[]).map_err(certainly)?;
        self.progress("Creating the server");
        let since = self.clock().now();
        let records = self.records();
        let started = records.begin_of(&owner, self.profile(), &Record::of(changes));
        let answer = manager.create_server(new).await;
        let found = match answer {
            Ok(server) => Ok(server.id),
            Err(failure) if failure.not_acted_on() => Err((failure, Looked::NeedNot)),
            Err(failure) => match self.look_for_new(new.name, since).await {
                Looked::Found(id) => Ok(id),
                looked => Err((failure, looked)),
            },
        };
        self.progress("");
        match found {
            Ok(id) => {
                started.end(How::AsWished, format!("Its id is {id}."));
                Ok(id)
            }
            Err((failure, Looked::NeedNot)) => {
                started.end(How::Nothing, failure.to_string());
                Err(certainly(self.refused(failure, new.name)))
            }
            // The journal keeps it open.
            Err((failure, looked)) => Err(NotCreated {
                error: unknown(failure, new.name, &looked),
                certain: false,
            }),
        }
    }

    /// The id of a server of this name that Apple created since then, looked for several times.
    async fn look_for_new(&self, wanted: &str, since: Timestamp) -> Looked {
        self.progress("Looking whether Apple created the server");
        let mut looked = Looked::NotRead;
        let Ok(manager) = self.manager() else {
            return looked;
        };
        for pause in LOOKS {
            if !pause.is_zero() {
                self.http().pause(pause).await;
            }
            // A list that can't be read tells nothing, and neither does one without the server: Apple may be late.
            let Ok(servers) = manager.servers().await else {
                continue;
            };
            let mut new = servers
                .understood
                .iter()
                .filter(|server| is_new(server, wanted, since));
            if let (Some(server), None) = (new.next(), new.next()) {
                return Looked::Found(server.id.clone());
            }
            looked = Looked::NotListed;
        }
        looked
    }

    /// Whether Apple allows a new server to release devices: an error if not, or if that isn't known. The answer to the creation
    /// doesn't tell (observed).
    async fn release_not_allowed(&self, id: &str, name: &str) -> Option<Error> {
        let read = match self.manager() {
            Ok(manager) => manager.server(id).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        let error = match read {
            Ok(server) => match server.attributes.enable_mdm_disown_flag {
                Some(true) => return None,
                Some(false) => Error::failed(format!(
                    "Apple created the server {name}, but doesn't allow it to release devices."
                )),
                None => Error::failed(format!(
                    "Apple created the server {name}, but doesn't show whether it may release devices."
                )),
            },
            Err(error) => error.context(format!(
                "Apple created the server {name}, but abmctl can't read whether it may release devices"
            )),
        };
        Some(
            error
                .hint("Look at the server's settings in the portal.")
                .of_kind(Kind::Partial),
        )
    }

    /// Why Apple created no server.
    fn refused(&self, failure: Failure, name: &str) -> Error {
        let status = self.manager().ok().and_then(|manager| {
            failure.status_of(&manager.api().request_name(&Method::POST, &SERVERS))
        });
        let error = Error::from(failure).hint("No server was created.");
        match status {
            Some(409) => error.hint(format!(
                "Choose another name. {name} may be taken, perhaps by a server that this API account can't see."
            )),
            Some(400 | 422) => error.hint(
                "Apple accepts a certificate with an RSA key, and a name that the portal would accept too. An organization can have at most 250 certificates.",
            ),
            _ => error,
        }
    }
}

/// What the journal and documents say of a new server.
fn created(name: &str) -> Recorded {
    Recorded::new(format!("server {name}"), None, Some("created".to_owned()))
}

/// Whether a server has this name and was created since then.
pub(super) fn is_new(server: &MdmServer, wanted: &str, since: Timestamp) -> bool {
    let created = server.attributes.created_date_time.as_deref();
    let created = created.and_then(|at| at.parse::<Timestamp>().ok());
    !server.is_deleted()
        && names::same(&name(server), wanted)
        && created.is_none_or(|at| at.saturating_add(APART).is_ok_and(|at| at >= since))
}

/// What to say if nothing shows whether Apple created it.
fn unknown(failure: Failure, name: &str, looked: &Looked) -> Error {
    let error = Error::from(failure).context(format!(
        "abmctl can't tell whether Apple created the server {name}"
    ));
    match looked {
        Looked::NotListed => error.and("Apple doesn't list the server yet."),
        _ => error,
    }
    .hint(hint![
        "Wait 15 minutes, and look with ",
        Command::new("servers list --columns name,id,created_at"),
        ". If the server isn't there, create it again. abmctl refuses that before."
    ])
    .of_kind(Kind::Partial)
}
