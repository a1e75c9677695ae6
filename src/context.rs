//! What every command is given: settings, ways to speak and write, clock and environment; clients made on first use.

mod interrupts;
mod roster;
mod settings;

use std::cell::{Cell, OnceCell};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::apple::api::Api;
use crate::apple::device_assignment::server_token::ServerToken;
use crate::apple::device_assignment::session::DeviceAssignment;
use crate::apple::http::{Http, Origin, Progress, Surroundings, Waiting};
use crate::apple::manager::Manager;
use crate::apple::oauth::cache::{Cache, Owner};
use crate::apple::oauth::key::SigningKey;
use crate::apple::oauth::token::{ClientCredentials, TokenSource};
use crate::config::{CredentialRefs, Folders, OrganizationKind, Settings, TokenRef, named_reach};
use crate::core::printed::Hint;
use crate::device_view::dns::Dns;
use crate::device_view::{self, Override, ResolverAddress, View};
use crate::error::Error;
use crate::host::{Clock, Host};
use crate::network::Network;
use crate::options::{Lookup, Options};
use crate::output::Output;
use crate::private_files::Claimant;
use crate::secret::Secret;
use crate::state::facts;
use crate::state::journal::Journal;
use crate::ui::Ui;

pub use interrupts::{Holding, Interrupts, Reaction};
pub use roster::{refuse_business, roster_cache, roster_key};

/// Waits shorter than this are not worth a word.
const WORTH_SAYING: Duration = Duration::from_secs(3);

/// What every command is given.
pub struct Context {
    /// The name that the program was called by.
    pub program: OsString,
    /// The options that every command has.
    pub options: Options,
    /// Clock, environment, randomness, keyring. Its streams are `ui` and `output`.
    pub host: Host,
    /// Standard error and the terminal.
    pub ui: Ui,
    /// Standard output.
    pub output: Output,
    /// Signals, and whether they are held off.
    pub interrupts: Interrupts,
    /// The command that runs, such as `abmctl assign`, for whoever waits for its locks.
    pub command: String,
    progress: Arc<Progress>,
    settings: OnceCell<Settings>,
    /// The warnings of the settings were given.
    warned: Cell<bool>,
    http: OnceCell<Http>,
    manager: OnceCell<Manager>,
}

impl Context {
    /// Takes what comes from outside; opens nothing.
    pub fn new(program: OsString, options: Options, host: Host, ui: Ui, output: Output) -> Self {
        // Until the settings are known, a message can only go by what was named.
        ui.set_reach(named_reach(options.profile.as_ref(), &host.environment));
        Self {
            program,
            command: "abmctl".to_owned(),
            progress: Arc::default(),
            options,
            host,
            ui,
            output,
            interrupts: Interrupts::new(),
            settings: OnceCell::new(),
            warned: Cell::new(false),
            http: OnceCell::new(),
            manager: OnceCell::new(),
        }
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.host.clock.as_ref()
    }

    /// Who asks for a lock in the name of this command.
    pub fn claimant(&self) -> Claimant<'_> {
        Claimant {
            command: &self.command,
            clock: self.clock(),
        }
    }

    /// The way out to Apple.
    pub fn http(&self) -> Result<&Http, Error> {
        let settings = self.settings()?;
        Ok(self.http.get_or_init(|| self.new_http(settings)))
    }

    /// A way out with other settings than those in force.
    pub fn new_http(&self, settings: &Settings) -> Http {
        let ui = self.ui.clone();
        Http::new(
            network(settings),
            settings.timeout.value,
            settings.max_wait.value,
            Surroundings {
                clock: Arc::clone(&self.host.clock),
                random: Arc::clone(&self.host.random),
                progress: Arc::clone(&self.progress),
                read_only: settings.why_read_only(),
                command: self.command.clone(),
                waiting: Arc::new(move |waiting: &Waiting| {
                    if waiting.wait >= WORTH_SAYING {
                        let seconds = waiting.wait.as_secs();
                        let expected = format!("waiting {seconds} s");
                        ui.waiting(
                            &format!("{}; trying again in {seconds} s.", waiting.why),
                            waiting.limited.then_some(&expected[..]),
                        );
                    }
                }),
            },
        )
    }

    /// An HTTP and DNS client that behaves like a device; exit 2 if `ABMCTL_RESOLVE` or `SSL_CERT_FILE` can't be used.
    pub fn device_view(&self, lookup: &Lookup) -> Result<View, Error> {
        let settings = self.settings()?;
        // What was given on the command line comes first, and so counts.
        let mut overrides = lookup.resolve.clone();
        if let Some(list) = self.host.environment.get("ABMCTL_RESOLVE") {
            let list = Override::list(list)
                .map_err(|why| Error::usage(format!("ABMCTL_RESOLVE can't be used: {why}.")))?;
            overrides.extend(list);
        }
        let resolver = self.resolver(lookup.resolver)?;
        View::new(device_view::Settings {
            network: network(settings),
            timeout: settings.timeout.value,
            overrides,
            resolver,
            clock: Arc::clone(&self.host.clock),
        })
        .map_err(|why| Error::usage(format!("{why}.")))
    }

    /// DNS, by the resolver that was named, else by `ABMCTL_RESOLVER`, else by the system's.
    pub fn dns(&self, named: Option<ResolverAddress>) -> Result<Dns, Error> {
        let timeout = self.settings()?.timeout.value;
        Ok(Dns::new(self.resolver(named)?, timeout))
    }

    fn resolver(&self, named: Option<ResolverAddress>) -> Result<Option<ResolverAddress>, Error> {
        if named.is_some() {
            return Ok(named);
        }
        self.host
            .environment
            .get("ABMCTL_RESOLVER")
            .map(str::parse)
            .transpose()
            .map_err(|why: String| Error::usage(format!("ABMCTL_RESOLVER can't be used: {why}.")))
    }

    /// The client of the Manager API; exit 3 where no API account is configured.
    pub async fn manager(&self) -> Result<&Manager, Error> {
        if let Some(manager) = self.manager.get() {
            return Ok(manager);
        }
        let settings = self.settings()?;
        let credentials = settings.required_credentials()?;
        let secret = self
            .secrets(settings)
            .resolve(&credentials.private_key.value)
            .await?;
        let key = signing_key(&secret, &credentials.private_key.value.reference)?;
        let manager = self.new_manager(settings, credentials, key, self.http()?, true)?;
        Ok(self.manager.get_or_init(|| manager))
    }

    /// A client for these credentials; with `cached`, its access token is kept on disk.
    pub fn new_manager(
        &self,
        settings: &Settings,
        credentials: &CredentialRefs,
        key: SigningKey,
        http: &Http,
        cached: bool,
    ) -> Result<Manager, Error> {
        let services = &settings.services;
        let origin = origin(&services.api.value)?;
        let cache = cached.then(|| token_cache(settings, credentials));
        let ui = self.ui.clone();
        let tokens = TokenSource::new(
            ClientCredentials {
                client_id: credentials.client_id.value.clone(),
                key_id: credentials.key_id.as_ref().map(|id| id.value.clone()),
                key,
                scope: credentials.kind.scope(),
                token_url: services.token.value.clone(),
            },
            http.clone(),
            cache,
            Arc::new(move |complaint| ui.warn(&complaint)),
        );
        Ok(Manager::new(Api::new(http.clone(), origin, tokens)))
    }

    /// The client of Device Assignment Services for one server token, and the token.
    pub async fn enrollment(&self, token: &TokenRef) -> Result<DeviceAssignment, Error> {
        let settings = self.settings()?;
        let secret = self.secrets(settings).resolve(&token.token.value).await?;
        let server_token = ServerToken::parse(secret.expose()).map_err(|error| {
            Error::usage(format!(
                "The server token {} from {} can't be used: {error}.",
                token.name, token.token.value.reference
            ))
        })?;
        new_enrollment(settings, self.http()?, server_token)
    }

    /// What is known of server tokens.
    pub fn facts(&self) -> Result<facts::Store, Error> {
        Ok(facts::Store::new(&self.settings()?.folders.state))
    }

    /// The journal of changes.
    pub fn journal(&self) -> Result<Journal, Error> {
        Ok(Journal::new(&self.settings()?.folders.state))
    }

    /// The name that documents and tables give to where the credentials come from.
    pub fn profile(&self) -> Result<String, Error> {
        let settings = self.settings()?;
        Ok(settings
            .profile
            .as_ref()
            .map_or_else(|| "environment".to_owned(), |profile| profile.value.clone()))
    }

    /// The first line above the table of a change: which profile, which kind of organization, whether a sandbox.
    pub fn headline(&self) -> Result<String, Error> {
        let settings = self.settings()?;
        let kind = settings.credentials.as_ref().map(|it| it.kind);
        let sandbox = settings.services.is_sandbox();
        Ok(headline(&self.profile()?, kind, sandbox))
    }

    /// A sentence for a document, with its commands as they have to be run.
    pub fn written(&self, hint: &Hint) -> String {
        hint.written(&self.ui.reach())
    }
}

/// How to reach the network.
fn network(settings: &Settings) -> Network {
    let network = &settings.network;
    Network {
        proxy: network
            .proxy
            .as_ref()
            .map(|proxy| proxy.value.url().to_string()),
        no_proxy: network.no_proxy.as_ref().map(|names| names.value.clone()),
        certificates: network.certificates.as_ref().map(|file| file.value.clone()),
    }
}

/// A client of Device Assignment Services for a server token, by these settings.
pub fn new_enrollment(
    settings: &Settings,
    http: &Http,
    token: ServerToken,
) -> Result<DeviceAssignment, Error> {
    let origin = origin(&settings.services.enrollment.value)?;
    Ok(DeviceAssignment::new(http.clone(), origin, token))
}

/// The first line above a change: the profile, the kind of its organization where there is one, and whether a sandbox.
pub fn headline(profile: &str, kind: Option<OrganizationKind>, sandbox: bool) -> String {
    let kind = kind.map(OrganizationKind::name);
    let notes: Vec<&str> = kind
        .into_iter()
        .chain(sandbox.then_some("sandbox"))
        .collect();
    if notes.is_empty() {
        format!("Profile {profile}")
    } else {
        format!("Profile {profile} ({})", notes.join(", "))
    }
}

/// The private key in `secret`, which came `from` there; exit 2 where it is none that can be used.
pub fn signing_key(secret: &Secret, from: impl std::fmt::Display) -> Result<SigningKey, Error> {
    SigningKey::from_pem(secret.expose()).map_err(|error| {
        Error::usage(format!("The private key from {from} can't be used: {error}."))
            .hint("Use the file that Apple's portal handed out with the API account; it is neither encrypted nor converted.")
    })
}

/// The folder of access tokens.
pub fn token_folder(folders: &Folders) -> PathBuf {
    folders.state.join("access-tokens")
}

/// The place of an API account's access token.
pub fn token_cache(settings: &Settings, credentials: &CredentialRefs) -> Cache {
    let services = &settings.services;
    Cache::new(
        token_folder(&settings.folders),
        Owner {
            client_id: credentials.client_id.value.clone(),
            key_id: credentials.key_id.as_ref().map(|id| id.value.clone()),
            scope: credentials.kind.scope().to_owned(),
            token_url: services.token.value.to_string(),
            api_origin: services.api.value.to_string(),
            authorization: None,
        },
    )
}

fn origin(url: &url::Url) -> Result<Origin, Error> {
    Origin::of(url).map_err(|_| {
        Error::usage(format!(
            "{url} is neither https nor on loopback, so no credential is sent there."
        ))
    })
}
