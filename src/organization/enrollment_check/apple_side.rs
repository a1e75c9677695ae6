//! Apple's side of a check: which server is the default of a platform, and which ADDE URL it has.

use futures_util::future::join;

use super::AddeUrl;
use crate::core::adde_url::same;
use crate::core::declared_urls::{Counts, DeclaredUrls, counts};
use crate::core::defaults::{Holder, holder};
use crate::core::enrollment::{Cause, Missing};
use crate::core::names::Named;
use crate::core::platform::Family;
use crate::core::printed::{Command, hint};
use crate::core::service_discovery::{Code, Finding};
use crate::device_view::{Step, View};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::adde_urls::declared::{Servers, remove};
use crate::organization::adde_urls::default_for::Defaults;
use crate::organization::server_tokens::reading::{RegisteredUrl, TokenReader, TokenReading};
use crate::organization::server_tokens::state::State;
use crate::text::prose_day;

/// Where devices ask Apple (observed of iOS; not documented): only ever connected to.
const HOST: &str = "axm-servicediscovery.apple.com";

/// What could be read of the organization.
pub(super) struct AppleSide<'a> {
    /// The servers; `None` without an API account, or where they can't be read.
    defaults: Option<Defaults>,
    /// Every server token.
    readings: Vec<TokenReading<'a>>,
    /// The URLs that are declared, by the id of a server of `defaults`, or else of `supposed`.
    declared: DeclaredUrls,
    /// Without `defaults`, the servers that tokens and declarations are of.
    supposed: Vec<Named>,
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
    Is(AddeUrl),
    /// It is certain that there is none.
    None(Finding),
    /// It is not known, since this is missing. The URL that it may be is there for what it is worth.
    NotKnown(Missing, Option<AddeUrl>),
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
        let readings = readings?;
        let (declared, supposed) = match &defaults {
            Some(defaults) => {
                let extent = match unread {
                    None => Servers::All,
                    Some(_) => Servers::Some,
                };
                let declared = organization.declared_urls(defaults.named(), extent);
                (declared, Vec::new())
            }
            None => organization.declared_urls_alone(readings.iter().map(named).collect()),
        };
        let side = Self {
            defaults,
            readings,
            declared,
            supposed,
            unread,
            connection: connection.0,
            connection_finding: connection.1,
        };
        side.warn_of_differences(organization);
        Ok(side)
    }

    /// Says which declared URLs differ from what a token reads.
    fn warn_of_differences(&self, organization: &Organization) {
        for (id, declared) in self.declared.iter() {
            let Some(reading) = self.reading_of(id) else {
                continue;
            };
            let read = match &reading.outcome {
                Ok(Some(registered)) if same(&registered.url, &declared.url) => continue,
                Ok(Some(registered)) => format!("is {}", registered.url),
                Ok(None) => "is not set".to_owned(),
                Err(_) => continue,
            };
            organization.warn(&hint![
                format!(
                    "The ADDE URL of {} {read} according to its server token, not {} as declared on {}. abmctl uses the token's URL. Remove the declaration with ",
                    reading.called(),
                    declared.url,
                    prose_day(declared.seen)
                ),
                remove(&declared.server),
                "."
            ]);
        }
    }

    /// The token of a server of `defaults`, or else of `supposed`: one that Apple answered, if there is one.
    fn reading_of(&self, id: &str) -> Option<&TokenReading<'a>> {
        let is_of = |reading: &&TokenReading<'a>| match &self.defaults {
            Some(defaults) => defaults
                .find(&reading.server)
                .is_some_and(|(server, _)| server.id == id),
            None => named(reading).id == id,
        };
        let own = || self.readings.iter().filter(is_of);
        own().find(|it| it.outcome.is_ok()).or_else(|| own().next())
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
                Missing::new(
                    Cause::NotRead,
                    format!("abmctl couldn't read the default for {}.", platform.word()),
                ),
                None,
            )),
            Holder::Several(_) => nowhere(Url::NotKnown(
                Missing::new(
                    Cause::NotRead,
                    format!(
                        "Apple shows several servers as the default for {}.",
                        platform.word()
                    ),
                ),
                None,
            )),
            Holder::Server(id) => {
                let name = servers
                    .iter()
                    .find(|server| server.id == id)
                    .map_or_else(|| id.clone(), |server| server.name.clone());
                let url = self.url_of(&id, &name);
                Destination {
                    server: Some((id, name)),
                    url,
                }
            }
        }
    }

    /// The URL that a server has registered: as its token reads, or else as it is declared.
    fn url_of(&self, id: &str, name: &str) -> Url {
        let read = match self.reading_of(id) {
            Some(reading) => url_read(reading, name),
            None => Err(Missing::new(
                Cause::NoToken,
                hint![
                    format!(
                        "{name} is the default, but abmctl doesn't know its ADDE URL: no server token of {name} is configured. If a vendor holds the token, record the URL that the vendor's MDM has set: "
                    ),
                    Command::storing("adde-url declare URL").option("--server", name),
                    ". Otherwise import the token: ",
                    Command::storing("tokens import FILE"),
                    "."
                ],
            )),
        };
        match counts(read, self.declared.of_server(id)) {
            Counts::Read(url) => url,
            Counts::Declared(declared) => Url::Is(AddeUrl::from(declared)),
            Counts::NotKnown(missing) => Url::NotKnown(missing, None),
        }
    }

    fn without_defaults(&self, platform: &Family, organization: &Organization) -> Destination {
        let platform = platform.word();
        let (cause, reads, without) = if organization.settings().credentials.is_some() {
            (Cause::NotRead, "couldn't read", "")
        } else {
            (Cause::NoAccount, "doesn't know", " without an API account")
        };
        match &self.supposed[..] {
            // A lone token or declaration is probably that of the only service there is, and its URL is worth a look.
            [only] => {
                let reading = self.reading_of(&only.id);
                let server =
                    reading.and_then(|it| it.server.id.clone().zip(it.server.name.clone()));
                let called = reading.map_or(only.name.as_str(), TokenReading::called);
                let missing = Missing::new(
                    cause,
                    format!(
                        "abmctl {reads} whether {called} is the default for {platform}{without}."
                    ),
                );
                let url = match self.url_of(&only.id, called) {
                    Url::Is(url) => Url::NotKnown(missing, Some(url)),
                    _ => Url::NotKnown(missing, None),
                };
                Destination { server, url }
            }
            _ => Destination {
                server: None,
                url: Url::NotKnown(
                    Missing::new(
                        cause,
                        format!("abmctl {reads} the default for {platform}{without}."),
                    ),
                    None,
                ),
            },
        }
    }
}

/// The server of a token, as far as naming it goes without the Manager API.
fn named(reading: &TokenReading<'_>) -> Named {
    let server = &reading.server;
    let token = &reading.token.name;
    Named {
        id: server.id.as_ref().unwrap_or(token).clone(),
        name: server.name.as_ref().unwrap_or(token).clone(),
        deleted: false,
    }
}

/// What a token tells of the URL, or why it tells nothing.
fn url_read(reading: &TokenReading<'_>, name: &str) -> Result<Url, Missing> {
    match &reading.outcome {
        Ok(Some(registered)) => Ok(Url::Is(AddeUrl {
            url: registered.url.clone(),
            declared: None,
        })),
        Ok(None) => Ok(Url::None(Finding::new(
            Code::NoAddeUrl,
            format!("{name} has no ADDE URL, so Apple has nowhere to send devices."),
        ))),
        Err(problem) if problem.state == State::NotSupported => Ok(Url::None(Finding::new(
            Code::AddeUrlNotSupported,
            format!("The organization of {name} can't have an ADDE URL."),
        ))),
        Err(problem) => Err(Missing::new(
            Cause::NotRead,
            format!(
                "The ADDE URL of {name} can't be read: {}",
                problem.error.message
            ),
        )),
    }
}
