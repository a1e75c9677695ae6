//! `sandbox`: an emulator of Apple's services on loopback.

mod demo;
mod emulator;
mod exec;
mod portal;
mod serve;
mod web;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgMatches, Subcommand, ValueEnum};

use jiff::SignedDuration;

use crate::commands::outcome::Outcome;
use crate::config::parse_duration;
use crate::context::Context;
use crate::error::Error;
use crate::output::Head;
use crate::sandbox::{self, Behaviour, Fault, OrganizationKind, RetryAfterStyle, Running, WebHost};

/// An emulator of Apple's services on loopback.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the emulator until Ctrl-C, and print the environment that points abmctl at it
    ///
    /// It makes up an organization with servers, devices, users, domains and server tokens,
    /// and a configuration for it. The web servers of the domains are there too, with TLS and
    /// certificates of its own. It listens on 127.0.0.1 only.
    #[command(
        after_long_help = "Examples:\n  abmctl sandbox serve\n  abmctl sandbox serve --port 8080 --limits --fault 'GET /v1/mdmServers=503x2'\n  abmctl sandbox serve --web-port 8443 --web acme.com=ok --web acme.de=bot-wall"
    )]
    Serve(serve::Args),
    /// Run a command against an emulator of its own, and end with its exit code
    #[command(
        after_long_help = "Examples:\n  abmctl sandbox exec -- abmctl assign\n  abmctl sandbox exec --school -- sh -c 'abmctl assign && abmctl domains list'"
    )]
    Exec(exec::Args),
    /// Show the three jobs, and a broken domain found and fixed, each command with what it prints
    #[command(after_long_help = "Examples:\n  abmctl sandbox demo\n  abmctl sandbox demo --school")]
    Demo(demo::Args),
    /// Do in the emulator what is done in Apple's portal: get a server token, add, verify or remove a domain
    ///
    /// The token is a .p7m for the holder of the certificate's key. As at Apple, a certificate or
    /// a download ends the token that the server had before. What is done to a domain is logged
    /// in the audit log of a business; a school's Roster API has it in its list.
    #[command(
        after_long_help = "It talks to the emulator that ABMCTL_API_URL names, and to nothing else.\n\nExamples:\n  abmctl sandbox portal --server test --certificate test.pem\n  abmctl sandbox portal --server 'Jamf Pro Test' --out token.p7m\n  abmctl sandbox portal --add-domain new.example\n  abmctl sandbox portal --remove-domain acme.com"
    )]
    Portal(portal::Args),
    /// Show what the emulator's web servers do, or make them do something else
    ///
    /// A web server answers a device that looks for its MDM at
    /// /.well-known/com.apple.remotemanagement. It does it well (ok, redirect), has nothing
    /// there (none), says no (forbidden, rejected), or makes a mistake: html, octet-stream,
    /// lost-query, bot-wall, redirect-loop, wrong-host, empty-servers, login, error, slow,
    /// expired, wrong-certificate, untrusted, certificate-long, certificate-too-long, certificate-without-usage,
    /// certificate-ends-soon, old-tls, handshake-closed, http-base-url, bom, not-json.
    #[command(
        after_long_help = "It talks to the emulator that ABMCTL_API_URL names, and to nothing else.\n\nExamples:\n  abmctl sandbox web\n  abmctl sandbox web acme.de=redirect acme.com=bot-wall"
    )]
    Web(web::Args),
}

/// How the emulator is to be.
#[derive(Debug, clap::Args)]
pub(crate) struct Organization {
    /// Make up a school, for Apple School Manager's API
    #[arg(long)]
    school: bool,
    /// Give it this many devices
    #[arg(long, value_name = "N", default_value_t = 250)]
    devices: usize,
    /// Give it this many users
    #[arg(long, value_name = "N", default_value_t = 450)]
    users: usize,
    /// Have its audit log go back this many years
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    audit_years: u32,
    /// Have this many events of no domain in it
    #[arg(long, value_name = "N", default_value_t = 0)]
    audit_events: usize,
    /// List audit events this much later than they happened, such as 2h or 30d
    #[arg(long, value_name = "DURATION")]
    audit_delay: Option<String>,
    /// Answer windows of the audit log that are longer than this only after a wait, such as 8w=90s
    #[arg(long, value_name = "LENGTH=WAIT")]
    slow_windows: Option<String>,
    /// Give it this many device management services
    #[arg(long, value_name = "N", default_value_t = 4)]
    servers: usize,
    /// Show what each is the default for in the list of them, too
    #[arg(long)]
    defaults_in_list: bool,
    /// How the answer about a service that is the default for nothing says so
    #[arg(long, value_name = "HOW", default_value = "list")]
    empty_defaults: EmptyDefaults,
    /// How the linkage of a device without a device management service is answered
    #[arg(long, value_name = "HOW", default_value = "404")]
    unassigned_as: UnassignedAs,
    /// Give this many of them a server token, and have as many of them as that takes
    #[arg(long, value_name = "N", default_value_t = 2)]
    tokens: usize,
    /// Make up another organization for another number
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Refuse more than 20 GET a minute and 10 POST an hour, as seen at Apple
    #[arg(long)]
    limits: bool,
    /// How a refusal for the limit says when to come back
    #[arg(long, value_name = "HOW", default_value = "seconds")]
    retry_after: RetryAfter,
    /// Wait before each answer, such as 50ms
    #[arg(long, value_name = "DURATION")]
    latency: Option<String>,
    /// Go wrong: METHOD PATH=WHAT[xTIMES][@FROM], such as 'PATCH /v1/mdmServers/*=503x2'
    ///
    /// WHAT is a status (503, 429:30 with Retry-After, 403:FORBIDDEN with a code), or drop, half, empty, empty403,
    /// html, html502, slow:5s, stale:30s, lost, redirect:URL, text:WORDS. With `after-` before it, such as
    /// after-drop, the request is acted on first; with `late-6s-`, such as late-6s-504, it is acted on six
    /// seconds later, on what is there by then. With stale:30s a GET shows the servers as they were 30
    /// seconds before.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// What the web server of a host does: HOST=BEHAVIOUR, such as acme.de=lost-query
    ///
    /// BEHAVIOUR is one of the words of `abmctl sandbox web --help`. The host may be a new one.
    #[arg(long, value_name = "HOST=BEHAVIOUR")]
    web: Vec<WebHost>,
    /// Keep the organization in this file from one start to the next
    #[arg(long, value_name = "FILE")]
    state_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RetryAfter {
    /// In seconds
    Seconds,
    /// As a date
    Date,
    /// Not at all
    Absent,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EmptyDefaults {
    /// With an empty list
    List,
    /// By leaving the member out
    Absent,
    /// With null
    Null,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UnassignedAs {
    /// With 404
    #[value(name = "404")]
    NotFound,
    /// With a linkage whose id is empty
    EmptyId,
    /// With null
    Null,
}

/// Where the emulator listens; 0 takes a free port.
#[derive(Debug, Clone, Copy, Default)]
struct Ports {
    services: u16,
    web: u16,
}

impl Organization {
    fn behaviour(&self) -> Result<Behaviour, Error> {
        let delay = self
            .audit_delay
            .as_ref()
            .map(|text| parse_duration("--audit-delay", text));
        let slow = self.slow_windows.as_ref().map(|text| {
            let (length, wait) = text.split_once('=').ok_or_else(|| {
                Error::usage(format!(
                    "--slow-windows {text:?} is not LENGTH=WAIT, as in 8w=90s."
                ))
            })?;
            let length = parse_duration("--slow-windows", length)?;
            let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
            Ok::<_, Error>((length, parse_duration("--slow-windows", wait)?))
        });
        Ok(Behaviour {
            lists_carry_defaults: self.defaults_in_list,
            empty_defaults: match self.empty_defaults {
                EmptyDefaults::List => sandbox::EmptyDefaults::List,
                EmptyDefaults::Absent => sandbox::EmptyDefaults::Absent,
                EmptyDefaults::Null => sandbox::EmptyDefaults::Null,
            },
            unassigned: match self.unassigned_as {
                UnassignedAs::NotFound => sandbox::Unassigned::NotFound,
                UnassignedAs::EmptyId => sandbox::Unassigned::EmptyId,
                UnassignedAs::Null => sandbox::Unassigned::Null,
            },
            audit_delay: delay.transpose()?.unwrap_or_default(),
            slow_audit_windows: slow.transpose()?,
            ..Behaviour::default()
        })
    }

    /// Starts an emulator with this organization.
    async fn start(&self, ports: Ports, context: &Context) -> Result<Running, Error> {
        let latency = self
            .latency
            .as_ref()
            .map(|text| parse_duration("--latency", text))
            .transpose()?;
        let options = sandbox::Options {
            kind: if self.school {
                OrganizationKind::School
            } else {
                OrganizationKind::Business
            },
            port: ports.services,
            web_port: ports.web,
            web: self.web.clone(),
            devices: self.devices,
            users: self.users,
            audit_years: self.audit_years,
            audit_events: self.audit_events,
            behaviour: self.behaviour()?,
            servers: self.servers,
            tokens: self.tokens,
            seed: self.seed,
            limits: self.limits,
            retry_after: match self.retry_after {
                RetryAfter::Seconds => RetryAfterStyle::Seconds,
                RetryAfter::Date => RetryAfterStyle::Date,
                RetryAfter::Absent => RetryAfterStyle::Absent,
            },
            latency: latency.unwrap_or_default(),
            faults: self.fault.clone(),
            state_file: self.state_file.clone(),
            ..sandbox::Options::default()
        };
        sandbox::start(options, Arc::clone(&context.host.clock))
            .await
            .map_err(|error| Error::failed(error.to_string()))
    }
}

/// Runs `sandbox`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::Serve(args) => serve::run(&args, context).await,
        Verb::Exec(args) => exec::run(&args, context).await,
        Verb::Demo(args) => demo::run(&args, context).await,
        Verb::Portal(args) => portal::run(&args, context).await,
        Verb::Web(args) => web::run(&args, context).await,
    }
}

/// A folder for the emulator's configuration that goes away with the command.
fn temporary_home() -> Result<tempfile::TempDir, Error> {
    tempfile::Builder::new()
        .prefix("abmctl-sandbox-")
        .tempdir()
        .map_err(|error| Error::failed(format!("No temporary folder can be made: {error}.")))
}

fn home(running: &Running, folder: &std::path::Path) -> Result<Vec<(String, String)>, Error> {
    running.write_home(folder).map_err(|error| {
        Error::failed(format!(
            "The configuration can't be written to {}: {error}.",
            folder.display()
        ))
    })
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "web" => Some(web::columns(matches)),
        "portal" => Some(portal::columns(matches)),
        _ => None,
    }
}
