//! An emulator of Apple's services on loopback.
//!
//! One process, one made-up organization, two ports on 127.0.0.1. The first: the token endpoint, the Apple Business and
//! Apple School Manager API, School Manager's Roster API, Device Assignment Services, and what an administrator clicks in
//! Apple's portal. The second, with TLS: the web that a device meets, which is the organization's domains and its MDMs. It
//! behaves as Apple was observed to; each belief says in its comment whether it is official, observed, inferred or
//! unconfirmed. It shares no code with the clients in `apple`, or the two would err together.
//!
//! [`start`] gives a [`Running`] one, which tests look into and tamper with. [`Fault`] has the words for what goes wrong.

mod activity;
mod behaviour;
mod control;
mod derive;
mod device_assignment;
mod envelope;
mod exchange;
pub mod fault;
mod history;
mod home;
mod jws;
mod key;
mod limits;
mod manager;
mod oauth1;
mod options;
pub mod organization;
mod portal;
mod roster;
mod server;
mod state;
#[cfg(test)]
mod tests;
mod token;
pub mod web;
mod world;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use activity::{Activities, ActivitiesError, End};
pub use behaviour::{
    Behaviour, CodeStyle, EmptyDefaults, LongWindows, NextLinks, SilentSuccess, TimestampStyle,
    Unassigned,
};
pub use device_assignment::SESSION_SECONDS;
pub use fault::{Fault, FaultError};
pub use home::Credentials;
pub use limits::{Rate, Rates, RatesError};
pub use options::{Options, RetryAfterStyle};
pub use organization::{Organization, OrganizationKind, Permission, ProductFamily};
pub use token::{AUDIENCE, TOKEN_SECONDS};
pub use web::{WebBehaviour, WebHost, WebRequestSeen};
pub use world::RequestSeen;

use crate::host::Clock;
use key::Key;
use organization::Roster;
use server::Shared;
use web::Authority;
use world::World;

/// How long a stop waits for connections to end.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// Why an emulator could not start: a sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or not allowed.
    #[error("The sandbox can't listen on 127.0.0.1:{port}: {source}.")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// No key pair could be made.
    #[error("The sandbox can't make a key pair.")]
    Key,
    /// The state file can't be used.
    #[error("The state file {} can't be used: {why}.", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Starts an emulator on 127.0.0.1, within the runtime of the caller.
///
/// Everything that it knows of time comes from `clock`: validity, limits, dates, and the waiting of latency and slow
/// answers. It runs until [`Running::stop`], or until the [`Running`] is dropped.
pub async fn start(options: Options, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    let (listener, address) = listen(options.port).await?;
    let (web_listener, web_address) = listen(options.web_port).await?;
    let origin = format!("http://{address}");

    let (private_key, organization) = organization(&options, clock.as_ref())?;
    let credentials = Credentials {
        client_id: organization.api_account.client_id.clone(),
        key_id: organization.api_account.key_id.clone(),
        private_key: private_key.clone(),
        server_tokens: organization
            .server_tokens
            .iter()
            .map(|token| (token.name.clone(), token.to_json()))
            .collect(),
    };
    let state_file = options.state_file.clone();
    let world = World::new(options, organization, private_key, web_address.port());
    world.save().map_err(|error| StartError::State {
        path: state_file.unwrap_or_default(),
        why: error.to_string(),
    })?;

    let any = |source| StartError::Listen { port: 0, source };
    let names = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(any)?;
    let names_port = names.local_addr().map_err(any)?.port();
    let (stop, stopped) = watch::channel(false);
    let shared = Arc::new(Shared {
        world: Mutex::new(world),
        clock,
        origin: origin.clone(),
        stop: stopped,
    });
    let authority = Authority::new(shared.clock.now()).map_err(|_| StartError::Key)?;
    let ca_pem = authority.pem();
    let web =
        web::serve(web_listener, Arc::clone(&shared), authority).map_err(|_| StartError::Key)?;
    tokio::spawn(web::names::serve(
        names,
        Arc::clone(&shared),
        shared.stop.clone(),
    ));
    let server = server::serve(listener, Arc::clone(&shared));
    let task = tokio::spawn(async { tokio::try_join!(server, web).map(|_| ()) });
    Ok(Running {
        origin,
        web_port: web_address.port(),
        names_port,
        ca_pem,
        credentials,
        shared,
        stop,
        task,
    })
}

/// A listener on 127.0.0.1, and where it is.
async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let fail = |source| StartError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    Ok((listener, address))
}

/// The API account's private key and the organization: those of the state file, or new ones.
fn organization(
    options: &Options,
    clock: &dyn Clock,
) -> Result<(String, Organization), StartError> {
    if let Some(path) = &options.state_file
        && let Some((private_key, mut organization)) = state::read(path)?
    {
        if organization.kind != options.kind {
            return Err(StartError::State {
                path: path.clone(),
                why: format!(
                    "its organization is a {:?} one, not a {:?} one",
                    organization.kind, options.kind
                ),
            });
        }
        organization.behaviour = options.behaviour.clone();
        organization.connect_mdms(clock.now());
        return Ok((private_key, organization));
    }
    let key = Key::generate(key::API_ACCOUNT)?;
    let mut organization = Organization::seeded(options, key.public, clock.now());
    if options.kind == OrganizationKind::School {
        organization.roster = Some(Roster::seeded(Key::generate(key::APP)?));
    }
    Ok((key.pem, organization))
}

/// An emulator that runs.
pub struct Running {
    origin: String,
    web_port: u16,
    names_port: u16,
    ca_pem: String,
    credentials: Credentials,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The port of the web on 127.0.0.1, with TLS.
    pub fn web_port(&self) -> u16 {
        self.web_port
    }

    /// The certificate that the web's certificates are signed with, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// `ABMCTL_RESOLVE`: where each host of the web is, `HOST:127.0.0.1:PORT` with commas between.
    pub fn resolve(&self) -> String {
        self.shared.world().web.resolve(self.web_port)
    }

    /// Makes the web server of a host do this from now on; it may be a new host.
    ///
    /// A connection that is open keeps the certificate that it was opened with.
    pub fn set_web(&self, host: &str, behaviour: WebBehaviour) {
        let host = host.to_ascii_lowercase();
        self.shared.world().web.set(WebHost { host, behaviour });
    }

    /// The requests to the web so far, oldest first; at most the last 10,000.
    pub fn web_requests(&self) -> Vec<WebRequestSeen> {
        self.shared.world().web.seen.iter().cloned().collect()
    }

    /// The requests to hosts of Apple's that only devices ask: each is a mistake.
    pub fn web_violations(&self) -> Vec<WebRequestSeen> {
        let unasked = |seen: &WebRequestSeen| web::UNASKED_HOSTS.contains(&seen.host.as_str());
        let mut seen = self.web_requests();
        seen.retain(unasked);
        seen
    }

    /// The requests so far, oldest first; at most the last 10,000.
    pub fn requests(&self) -> Vec<RequestSeen> {
        self.shared.world().seen.iter().cloned().collect()
    }

    /// Forgets the requests so far, those to the web too.
    pub fn forget_requests(&self) {
        let mut world = self.shared.world();
        world.seen.clear();
        world.web.seen.clear();
    }

    /// Looks at the organization, or changes it, between two requests; late requests that are due were acted on.
    pub fn organization<R>(&self, look: impl FnOnce(&mut Organization) -> R) -> R {
        let now = self.shared.clock.now();
        let mut world = self.shared.world();
        world.catch_up(now);
        let result = look(&mut world.organization);
        world.note(now);
        result
    }

    /// Adds something that goes wrong from now on.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.world().faults.push(fault);
    }

    /// Makes everything go right from now on.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// Ends every session of Device Assignment Services: the next request in one gets 401.
    pub fn end_sessions(&self) {
        self.shared.world().sessions.end_all();
    }

    /// What it accepts, as it was at the start.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Writes a configuration folder with the profile `sandbox`, its secrets in files of mode 0600, and a state folder,
    /// both below `folder`.
    ///
    /// Returns the variables that point abmctl at them and at this emulator.
    pub fn write_home(&self, folder: &Path) -> io::Result<Vec<(String, String)>> {
        self.write_profile(folder, "sandbox")
    }

    /// The same with a profile of another name. If the profile is there, its credentials and addresses become this
    /// emulator's, and the rest of it stays.
    pub fn write_profile(&self, folder: &Path, profile: &str) -> io::Result<Vec<(String, String)>> {
        let world = self.shared.world();
        home::write(
            folder,
            profile,
            &home::Emulator {
                origin: &self.origin,
                credentials: &self.credentials,
                organization: &world.organization,
                ca_pem: &self.ca_pem,
                resolve: &world.web.resolve(self.web_port),
                resolver: &format!("127.0.0.1:{}", self.names_port),
                activity_limit: &world.activity_limit(),
            },
        )
    }

    /// Resolves when it has ended by itself, which it only does when the system takes its port away.
    pub async fn ended(&mut self) {
        let _ = (&mut self.task).await;
    }

    /// Stops: connections that wait for something are cut, the state file is written, the port is free.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        if tokio::time::timeout(STOP_PATIENCE, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
        let mut world = self.shared.world();
        world.catch_up(self.shared.clock.now());
        if let Err(error) = world.save() {
            tracing::warn!(%error, "the state file could not be written");
        }
    }
}
