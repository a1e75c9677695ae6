//! Apple's side of a check: which server is the default of a platform, and which ADDE URL it has.

use futures_util::future::join;

use crate::commands::adde_url::Which;
use crate::commands::adde_url::reading::{Reader, Reading};
use crate::commands::adde_url::state::State;
use crate::commands::servers::inventory::Inventory;
use crate::context::Context;
use crate::core::defaults::{Holder, Server, holder};
use crate::core::names::{Named, join as join_server};
use crate::core::platform::Platform;
use crate::core::service_discovery::{Code, Finding};
use crate::device_view::{Step, View};
use crate::error::Error;

/// Where devices ask Apple (observed of iOS; not documented): only ever connected to.
const HOST: &str = "axm-servicediscovery.apple.com";

/// What could be read of the organization.
pub struct AppleSide<'a> {
    /// The servers; `None` without an API account, or where they can't be read.
    servers: Option<Vec<Server>>,
    /// Every server token.
    readings: Vec<Reading<'a>>,
    /// What could not be read.
    pub problems: Vec<Error>,
    /// The connection to Apple's host.
    pub connection: Step,
    /// What is wrong with it.
    pub connection_finding: Option<Finding>,
}

/// Where Apple would send the devices of a platform.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The server, where it is known.
    pub server: Option<(String, String)>,
    /// What is known of its URL.
    pub url: Url,
}

/// What is known of the URL that Apple hands out.
#[derive(Debug, Clone)]
pub enum Url {
    /// It is this.
    Is(String),
    /// It is certain that there is none.
    None(Finding),
    /// It is not known, since this is missing: a sentence. The URL that it may be is there for what it is worth.
    NotKnown(String, Option<String>),
}

impl<'a> AppleSide<'a> {
    /// Reads all of it at the same time.
    pub async fn read(view: &View, context: &'a Context) -> Result<Self, Error> {
        let settings = context.settings()?;
        let servers = async {
            if settings.credentials.is_some() {
                Some(Inventory::read(context).await)
            } else {
                None
            }
        };
        let reader = if settings.tokens.is_empty() {
            None
        } else {
            Some(Reader::new(context)?)
        };
        let readings = async {
            match &reader {
                None => Ok::<_, Error>(Vec::new()),
                Some(reader) => {
                    let every = Which {
                        server: Vec::new(),
                        all: true,
                    };
                    Ok(reader.read(reader.chosen(&every)?, true).await)
                }
            }
        };
        let (connection, (servers, readings)) =
            join(view.reachable(HOST, 443), join(servers, readings)).await;
        let readings: Vec<Reading<'a>> = readings?;
        let mut problems = Vec::new();
        let servers = match servers {
            None => None,
            Some(Ok(inventory)) => {
                problems.extend(inventory.problem());
                Some(inventory.servers())
            }
            Some(Err(error)) => {
                problems.push(error.context("Which server is the default can't be read"));
                None
            }
        };
        for reading in &readings {
            if let Err(problem) = &reading.outcome
                && problem.state != State::NotSupported
            {
                problems.push(reading.named(&problem.error));
            }
        }
        Ok(Self {
            servers,
            readings,
            problems,
            connection: connection.0,
            connection_finding: connection.1,
        })
    }

    /// Where Apple would send the devices of a platform: to the ADDE URL of the server that is the default for it
    /// (inferred: Apple does not say which of several servers counts).
    pub fn destination(&self, platform: Platform, context: &Context) -> Destination {
        let Some(servers) = &self.servers else {
            return self.without_defaults(platform, context);
        };
        let nowhere = |url| Destination { server: None, url };
        match holder(servers, &platform.family()) {
            Holder::Nobody => nowhere(Url::None(Finding::new(
                Code::NoDefault,
                format!(
                    "No server is the default for {platform}, so Apple sends no device anywhere."
                ),
            ))),
            Holder::Unknown { .. } => nowhere(Url::NotKnown(
                format!("Which server is the default for {platform} could not be read."),
                None,
            )),
            Holder::Several(_) => nowhere(Url::NotKnown(
                format!("Apple shows several servers as the default for {platform}."),
                None,
            )),
            Holder::Server(id) => {
                let name = servers
                    .iter()
                    .find(|server| server.id == id)
                    .map_or_else(|| id.clone(), |server| server.name.clone());
                let url = self.url_of(&id, &name, servers);
                Destination {
                    server: Some((id, name)),
                    url,
                }
            }
        }
    }

    /// The URL that a server has registered.
    fn url_of(&self, id: &str, name: &str, servers: &[Server]) -> Url {
        let named: Vec<Named> = servers
            .iter()
            .map(|server| Named {
                id: server.id.clone(),
                name: server.name.clone(),
                deleted: false,
            })
            .collect();
        let reading = self.readings.iter().find(|reading| {
            let Reading { server, .. } = reading;
            join_server(server.id.as_deref(), server.name.as_deref(), &named)
                .is_some_and(|(joined, _)| joined.id == id)
        });
        match reading {
            None => Url::NotKnown(
                format!(
                    "{name} is the default, and there is no server token of it to read its ADDE URL with."
                ),
                None,
            ),
            Some(reading) => url_read(reading, name),
        }
    }

    fn without_defaults(&self, platform: Platform, context: &Context) -> Destination {
        let has_account = context
            .settings()
            .is_ok_and(|settings| settings.credentials.is_some());
        let why = if has_account {
            "could not be read"
        } else {
            "is not known without an API account"
        };
        match &self.readings[..] {
            // A lone token is probably that of the only service there is, and its URL is worth a look.
            [reading] => {
                let called = reading.called();
                let server = reading.server.id.clone().zip(reading.server.name.clone());
                let missing = format!("Whether {called} is the default for {platform} {why}.");
                let url = match url_read(reading, called) {
                    Url::Is(url) => Url::NotKnown(missing, Some(url)),
                    _ => Url::NotKnown(missing, None),
                };
                Destination { server, url }
            }
            _ => Destination {
                server: None,
                url: Url::NotKnown(
                    format!("Which server is the default for {platform} {why}."),
                    None,
                ),
            },
        }
    }
}

fn url_read(reading: &Reading<'_>, name: &str) -> Url {
    match &reading.outcome {
        Ok(Some(registered)) => Url::Is(registered.url.clone()),
        Ok(None) => Url::None(Finding::new(
            Code::NoAddeUrl,
            format!("{name} has no ADDE URL, so Apple has nowhere to send devices."),
        )),
        Err(problem) if problem.state == State::NotSupported => Url::None(Finding::new(
            Code::AddeUrlNotSupported,
            format!("The organization of {name} can't have an ADDE URL."),
        )),
        Err(problem) => Url::NotKnown(
            format!(
                "The ADDE URL of {name} can't be read: {}",
                problem.error.message
            ),
            None,
        ),
    }
}
