//! Apple's side of a check: which server is the default of a platform, and which ADDE URL it has.

use futures_util::future::join;

use crate::core::defaults::{Holder, holder};
use crate::core::platform::Family;
use crate::core::service_discovery::{Code, Finding};
use crate::device_view::{Step, View};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::adde_urls::default_for::Defaults;
use crate::organization::server_tokens::reading::{RegisteredUrl, TokenReader, TokenReading};
use crate::organization::server_tokens::state::State;

/// Where devices ask Apple (observed of iOS; not documented): only ever connected to.
const HOST: &str = "axm-servicediscovery.apple.com";

/// What could be read of the organization.
pub(super) struct AppleSide<'a> {
    /// The servers; `None` without an API account, or where they can't be read.
    defaults: Option<Defaults>,
    /// Every server token.
    readings: Vec<TokenReading<'a>>,
    /// Why not all is known of the servers.
    unread: Option<Error>,
    /// The connection to Apple's host.
    pub connection: Step,
    /// What is wrong with it.
    pub connection_finding: Option<Finding>,
}

/// Where Apple would send the devices of a platform.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    /// The server, where it is known.
    pub server: Option<(String, String)>,
    /// What is known of its URL.
    pub url: Url,
}

/// What is known of the URL that Apple hands out.
#[derive(Debug, Clone)]
pub(super) enum Url {
    /// It is this.
    Is(String),
    /// It is certain that there is none.
    None(Finding),
    /// It is not known, since this is missing: a sentence. The URL that it may be is there for what it is worth.
    NotKnown(String, Option<String>),
}

impl<'a> AppleSide<'a> {
    /// Reads all of it at the same time.
    pub(super) async fn read(view: &View, organization: &'a Organization) -> Result<Self, Error> {
        let settings = organization.settings();
        let reader = if settings.tokens.is_empty() {
            None
        } else {
            Some(TokenReader::new(organization)?)
        };
        let readings = async {
            match &reader {
                None => Ok::<_, Error>(Vec::new()),
                Some(reader) => Ok(reader.read(reader.all(), RegisteredUrl::WithServer).await),
            }
        };
        let (connection, ((defaults, unread), readings)) = join(
            view.reachable(HOST, 443),
            join(Defaults::read(organization), readings),
        )
        .await;
        Ok(Self {
            defaults,
            readings: readings?,
            unread,
            connection: connection.0,
            connection_finding: connection.1,
        })
    }

    /// What could not be read and would have told where devices of these platforms enrol. A token whose server is the
    /// default of none of them does not matter.
    pub(super) fn problems(&self, platforms: &[Family]) -> Vec<Error> {
        let matters = |reading: &TokenReading<'_>| {
            let defaults = self.defaults.as_ref();
            let server = defaults.and_then(|defaults| defaults.find(&reading.server));
            server.is_none_or(|(server, _)| platforms.iter().any(|platform| server.holds(platform)))
        };
        let unread = self.readings.iter().filter_map(|reading| {
            let problem = reading.outcome.as_ref().err()?;
            let known = problem.state == State::NotSupported;
            (!known && matters(reading)).then(|| reading.named(&problem.error))
        });
        self.unread.iter().cloned().chain(unread).collect()
    }

    /// Where Apple would send the devices of a platform: to the ADDE URL of the server that is the default for it
    /// (inferred: Apple does not say which of several servers counts).
    pub(super) fn destination(
        &self,
        platform: &Family,
        organization: &Organization,
    ) -> Destination {
        let Some(defaults) = &self.defaults else {
            return self.without_defaults(platform, organization);
        };
        let servers = defaults.servers();
        let nowhere = |url| Destination { server: None, url };
        match holder(servers, platform) {
            Holder::Nobody => nowhere(Url::None(Finding::new(
                Code::NoDefault,
                format!(
                    "No server is the default for {}, so Apple sends no device anywhere.",
                    platform.word()
                ),
            ))),
            Holder::Unknown { .. } => nowhere(Url::NotKnown(
                format!(
                    "Which server is the default for {} could not be read.",
                    platform.word()
                ),
                None,
            )),
            Holder::Several(_) => nowhere(Url::NotKnown(
                format!(
                    "Apple shows several servers as the default for {}.",
                    platform.word()
                ),
                None,
            )),
            Holder::Server(id) => {
                let name = servers
                    .iter()
                    .find(|server| server.id == id)
                    .map_or_else(|| id.clone(), |server| server.name.clone());
                let url = self.url_of(&id, &name, defaults);
                Destination {
                    server: Some((id, name)),
                    url,
                }
            }
        }
    }

    /// The URL that a server has registered.
    fn url_of(&self, id: &str, name: &str, defaults: &Defaults) -> Url {
        let reading = self.readings.iter().find(|reading| {
            defaults
                .find(&reading.server)
                .is_some_and(|(server, _)| server.id == id)
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

    fn without_defaults(&self, platform: &Family, organization: &Organization) -> Destination {
        let has_account = organization.settings().credentials.is_some();
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
                let missing = format!(
                    "Whether {called} is the default for {} {why}.",
                    platform.word()
                );
                let url = match url_read(reading, called) {
                    Url::Is(url) => Url::NotKnown(missing, Some(url)),
                    _ => Url::NotKnown(missing, None),
                };
                Destination { server, url }
            }
            _ => Destination {
                server: None,
                url: Url::NotKnown(
                    format!("Which server is the default for {} {why}.", platform.word()),
                    None,
                ),
            },
        }
    }
}

fn url_read(reading: &TokenReading<'_>, name: &str) -> Url {
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
