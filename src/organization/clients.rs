//! The clients of Apple's services and of the web, made from the settings of an organization.

use std::fmt::Display;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::Organization;
use super::access_tokens::token_cache;
use crate::apple::api::Api;
use crate::apple::device_assignment::server_token::ServerToken;
use crate::apple::device_assignment::session::DeviceAssignment;
use crate::apple::http::{self, Http, Origin, Patience, Waiting};
use crate::apple::manager::Manager;
use crate::apple::oauth::key::{KeyError, SigningKey};
use crate::apple::oauth::token::{ClientCredentials, Fetch, TokenSource};
use crate::config::{CredentialRefs, Source, TokenRef};
use crate::core::printed::{Command, Hint, hint, quoted};
use crate::device_view::dns::Dns;
use crate::device_view::{self, Lookup, ResolverAddress, View};
use crate::error::Error;
use crate::network::{Network, generator};
use crate::secret::{Secret, SecretLocation, SecretReference};
use crate::text::duration;

/// Waits shorter than this are not worth a word.
const WORTH_SAYING: Duration = Duration::from_secs(3);
/// Whoever tries credentials waits no longer than this for an outage to end.
const TRYING: Duration = Duration::from_secs(30);

impl Organization {
    /// The way out to Apple.
    pub fn http(&self) -> &Http {
        self.http.get_or_init(|| self.new_http())
    }

    /// A way out that gives up early, for whoever tries credentials, unless somebody said how long to wait.
    pub fn brief_http(&self) -> Http {
        let asked = &self.settings.max_wait;
        if asked.source != Source::Default {
            return self.http().clone();
        }
        self.http().with_patience(Patience {
            limit: asked.value.min(TRYING),
            since: None,
            stop: None,
        })
    }

    fn new_http(&self) -> Http {
        let notices = Arc::clone(&self.surroundings.notices);
        let settings = &self.settings;
        Http::new(
            self.network(),
            settings.timeout.value,
            settings.max_wait.value,
            http::Surroundings {
                clock: Arc::clone(&self.surroundings.outside.clock),
                random: Arc::clone(&self.surroundings.outside.random),
                progress: Arc::clone(&self.progress),
                clients: Arc::clone(&self.surroundings.clients),
                read_only: settings.why_read_only(),
                command: self.surroundings.command.clone(),
                waiting: Arc::new(move |waiting: &Waiting| {
                    if waiting.wait >= WORTH_SAYING {
                        let wait = duration(Duration::from_secs(waiting.wait.as_secs()));
                        let expected = format!("waiting {wait}");
                        notices.waiting(
                            &format!("{}; trying again in {wait}.", waiting.why),
                            waiting.limited.then_some(&expected[..]),
                        );
                    }
                }),
            },
        )
    }

    /// The client of the Manager API; exit 3 where no API account is configured.
    pub fn manager(&self) -> Result<&Manager, Error> {
        if let Some(manager) = self.manager.get() {
            return Ok(manager);
        }
        let credentials = self.settings.required_credentials()?;
        let services = &self.settings.services;
        let origin = origin(&services.api.value)?;
        let tokens = TokenSource::fetching(
            self.late_credentials(credentials),
            services.token.value.clone(),
            self.http().clone(),
            Some(token_cache(&self.settings, credentials)),
            self.complaints(),
        );
        let manager = Manager::new(Api::new(self.http().clone(), origin, tokens));
        Ok(self.manager.get_or_init(|| manager))
    }

    /// Reads the private key of an API account when a token has to be asked for: with one that is kept, no program runs and no
    /// keyring is asked.
    fn late_credentials(&self, credentials: &CredentialRefs) -> Fetch {
        let secrets = Arc::new(self.secrets());
        let location = credentials.private_key.value.clone();
        let file = self.file_of(&location);
        let credentials = credentials.clone();
        let token_url = self.settings.services.token.value.clone();
        Box::new(move || {
            let (secrets, credentials) = (Arc::clone(&secrets), credentials.clone());
            let (location, file) = (location.clone(), file.clone());
            let token_url = token_url.clone();
            Box::pin(async move {
                let secret = secrets.resolve(&location).await?;
                let key = signing_key(&secret, &location.reference, file.as_deref())?;
                Ok(client_credentials(&credentials, key, token_url).into())
            })
        })
    }

    /// The private key of an API account, read from where it is kept; exit 2 if it can't be used, and the errors of its store.
    pub async fn account_key(&self, credentials: &CredentialRefs) -> Result<SigningKey, Error> {
        let location = &credentials.private_key.value;
        let secret = self.secrets().resolve(location).await?;
        signing_key(
            &secret,
            &location.reference,
            self.file_of(location).as_deref(),
        )
    }

    /// The file that a secret is in, if a reference names it.
    pub(super) fn file_of(&self, location: &SecretLocation) -> Option<PathBuf> {
        let SecretReference::File(path) = &location.reference else {
            return None;
        };
        let folders = &self.settings.folders;
        Some(SecretReference::file_in(
            path,
            &folders.config,
            folders.home.as_deref(),
        ))
    }

    /// A client for these credentials; with `cached`, its access token is kept on disk.
    pub fn new_manager(
        &self,
        credentials: &CredentialRefs,
        key: SigningKey,
        http: &Http,
        cached: bool,
    ) -> Result<Manager, Error> {
        let services = &self.settings.services;
        let origin = origin(&services.api.value)?;
        let cache = cached.then(|| token_cache(&self.settings, credentials));
        let tokens = TokenSource::new(
            client_credentials(credentials, key, services.token.value.clone()),
            http.clone(),
            cache,
            self.complaints(),
        );
        Ok(Manager::new(Api::new(http.clone(), origin, tokens)))
    }

    /// Where the keeping of access tokens warns.
    pub(super) fn complaints(&self) -> Arc<dyn Fn(String) + Send + Sync> {
        let notices = Arc::clone(&self.surroundings.notices);
        Arc::new(move |complaint: String| notices.warn(&complaint.into()))
    }

    /// Opens a server token; exit 2 if it can't be used.
    pub async fn server_token(&self, token: &TokenRef) -> Result<ServerToken, Error> {
        let secret = self.secrets().resolve(&token.token.value).await?;
        ServerToken::parse(secret.expose()).map_err(|error| {
            Error::usage(format!(
                "The server token {} from {} can't be used: {error}.",
                token.name, token.token.value.reference
            ))
        })
    }

    /// The client of Device Assignment Services for a server token that is open.
    pub fn device_assignment_of(
        &self,
        token: ServerToken,
        http: &Http,
    ) -> Result<DeviceAssignment, Error> {
        let origin = origin(&self.settings.services.enrollment.value)?;
        Ok(DeviceAssignment::new(http.clone(), origin, token))
    }

    /// An HTTP and DNS client that behaves like a device; exit 2 if the certificates can't be used, or if an address leads
    /// out of the sandbox.
    pub fn device_view(&self, lookup: &Lookup) -> Result<View, Error> {
        // What was given on the command line comes first, and so counts.
        let mut overrides = lookup.resolve.clone();
        let configured = self.settings.lookup.resolve.iter();
        overrides.extend(configured.map(|it| it.value.clone()));
        for given in &overrides {
            self.check_confined(given.address, given)?;
        }
        let resolver = self.resolver(lookup.resolver)?;
        View::new(device_view::Settings {
            network: self.network(),
            timeout: self.settings.timeout.value,
            overrides,
            resolver,
            confined: self.settings.lookup.is_confined,
            clock: Arc::clone(&self.surroundings.outside.clock),
        })
        .map_err(|why| Error::usage(format!("{why}.")))
    }

    /// DNS, by the resolver that was named, else by the configured one, else by the system's; exit 2 if it is outside of the
    /// sandbox.
    pub fn dns(&self, named: Option<ResolverAddress>) -> Result<Dns, Error> {
        Ok(Dns::new(
            self.resolver(named)?,
            self.settings.timeout.value,
            self.settings.lookup.is_confined,
        ))
    }

    fn resolver(&self, named: Option<ResolverAddress>) -> Result<Option<ResolverAddress>, Error> {
        let configured = self.settings.lookup.resolver.as_ref();
        let resolver = named.or(configured.map(|it| it.value));
        if let Some(resolver) = resolver {
            self.check_confined(resolver.0.ip(), &resolver.0)?;
        }
        Ok(resolver)
    }

    /// Exit 2 if the profile is a sandbox's and an address is not on this machine.
    fn check_confined(&self, address: IpAddr, shown: &dyn Display) -> Result<(), Error> {
        if !self.settings.lookup.is_confined || address.is_loopback() {
            return Ok(());
        }
        Err(Error::usage(format!(
            "Profile {} is a sandbox's, so names are looked up on this machine only: {shown} is not on this machine.",
            self.profile()
        ))
        .hint("Leave the address out, or use the profile of another organization with `--profile NAME`."))
    }

    /// Why names could not be looked up: `unanswered`, unless the profile is a sandbox's without a resolver.
    pub fn not_looked_up(&self, unanswered: impl Into<Hint>) -> Hint {
        let lookup = &self.settings.lookup;
        if lookup.is_confined && lookup.resolver.is_none() {
            return hint![
                format!(
                    "Profile {} is a sandbox's without a resolver, so abmctl looked up no names. ",
                    self.profile()
                ),
                "To write its resolver into the profile, serve the sandbox again: ",
                Command::plain("sandbox serve --home DIR"),
                "."
            ];
        }
        unanswered.into()
    }

    /// How to reach the network.
    fn network(&self) -> Network {
        let network = &self.settings.network;
        Network {
            proxy: network
                .proxy
                .as_ref()
                .map(|proxy| proxy.value.url().to_string()),
            no_proxy: network.no_proxy.as_ref().map(|names| names.value.clone()),
            certificates: network.certificates.as_ref().map(|file| file.value.clone()),
            profile_certificates: network.profile_certificates.as_ref().map(|file| {
                let name = format!("services.certificates of {}", file.source);
                (file.value.clone(), name)
            }),
        }
    }
}

fn client_credentials(
    credentials: &CredentialRefs,
    key: SigningKey,
    token_url: Url,
) -> ClientCredentials {
    ClientCredentials {
        client_id: credentials.client_id.value.clone(),
        key_id: credentials.key_id.as_ref().map(|id| id.value.clone()),
        key,
        scope: credentials.kind.scope(),
        token_url,
    }
}

/// The private key in `secret`, which came `from` there, out of this `file` if it is one; exit 2 if it is none that can be used.
pub(super) fn signing_key(
    secret: &Secret,
    from: impl Display,
    file: Option<&Path>,
) -> Result<SigningKey, Error> {
    SigningKey::from_pem(secret.expose()).map_err(|why| {
        let error = Error::usage(format!("The private key from {from} can't be used: {why}."));
        error.hint(match why {
            KeyError::Encrypted => decrypting(file),
            _ => "Use the private key file as you downloaded it from Apple's portal: not encrypted and not converted.".into(),
        })
    })
}

/// How to decrypt a private key that is encrypted, in this `file` if it is known.
pub(super) fn decrypting(file: Option<&Path>) -> Hint {
    let file = file.map_or_else(|| "KEY.pem".into(), |file| file.to_string_lossy());
    format!(
        "Decrypt it: `(umask 077; openssl pkey -in {} -out key-decrypted.pem)`. Then give key-decrypted.pem.",
        quoted(&file)
    )
    .into()
}

/// The origin of a service of Apple's that is about to be used.
pub(super) fn origin(url: &Url) -> Result<Origin, Error> {
    if url.scheme() == "https" {
        generator::start();
    }
    Origin::of(url).map_err(|_| {
        Error::usage(format!(
            "{url} is neither https nor on loopback, so abmctl sends no credential there."
        ))
    })
}
