//! `sandbox`: an emulator of Apple's services on loopback.

mod demo;
mod emulator;
mod exec;
mod home;
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
use crate::sandbox::{
    self, Activities, Behaviour, Fault, OrganizationKind, Rates, RetryAfterStyle, Running, WebHost,
};

/// An emulator of Apple's services on loopback.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl sandbox demo
  abmctl sandbox exec -- abmctl assign")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run a command or a shell in a new sandbox
    ///
    /// abmctl exits with the exit code of the command. The command gets the sandbox's configuration, and none of the `ABMCTL_`
    /// variables from outside. `SANDBOX_URL` is the address of the emulator, for other clients.
    #[command(after_help = "\
Examples:
  abmctl sandbox exec -- $SHELL
  abmctl sandbox exec -- abmctl assign
  abmctl sandbox exec --school -- abmctl domains list")]
    Exec(exec::Args),
    /// Run the emulator until Ctrl-C
    ///
    /// It prints one line. Paste it into another terminal to use the sandbox there. The emulator creates an organization with
    /// servers, devices, users, domains and server tokens, and a configuration with a profile for it. It also runs the web
    /// servers of the domains, with TLS certificates of its own CA. It listens on 127.0.0.1 only.
    #[command(after_help = "\
Examples:
  abmctl sandbox serve --home sandbox
  abmctl sandbox serve --home sandbox --profile school --school
  abmctl sandbox serve --limits --fault 'GET /v1/mdmServers=503x2'
  abmctl sandbox serve --web-port 8443 --web acme.de=bot-wall")]
    Serve(serve::Args),
    /// Show the main commands, each with its output
    ///
    /// The demo shows the three jobs of abmctl, and finds and fixes a broken domain.
    #[command(after_help = "\
Examples:
  abmctl sandbox demo
  abmctl sandbox demo --school")]
    Demo(demo::Args),
    /// Do in the emulator what an admin does in Apple's portal
    ///
    /// It downloads a server token, or adds, verifies or removes a domain.
    ///
    /// The token is a .p7m file, encrypted for the certificate. As at Apple, a new certificate or a download invalidates
    /// the previous token. In a business, changes to a domain appear in the audit log. In a school, they appear in the list
    /// of the Roster API.
    ///
    /// The command sends requests only to the emulator of the profile.
    #[command(after_help = "\
Examples:
  abmctl sandbox portal --server test --certificate test.pem
  abmctl sandbox portal --server 'Jamf Pro Test' --out token.p7m
  abmctl sandbox portal --add-domain new.example
  abmctl sandbox portal --remove-domain acme.com")]
    Portal(portal::Args),
    /// Show or change the behavior of the emulator's web servers
    ///
    /// A web server answers devices that request /.well-known/com.apple.remotemanagement.
    ///
    /// BEHAVIOR is one of these: ok and redirect work. none finds nothing. forbidden and rejected refuse. The others are
    /// common mistakes: html, octet-stream, lost-query, bot-wall, redirect-loop, wrong-host, empty-servers, login, error,
    /// slow, expired, wrong-certificate, untrusted, certificate-long, certificate-too-long, certificate-without-usage,
    /// certificate-ends-soon, old-tls, handshake-closed, http-base-url, bom, not-json, misplaced, fenced,
    /// malformed-base-url, placeholder.
    ///
    /// The command sends requests only to the emulator of the profile.
    #[command(after_help = "\
Examples:
  abmctl sandbox web
  abmctl sandbox web acme.de=redirect acme.com=bot-wall")]
    Web(web::Args),
}

/// How the emulator is to be.
#[derive(Debug, clap::Args)]
pub(crate) struct Organization {
    /// Emulate Apple School Manager
    #[arg(long)]
    school: bool,
    /// Number of devices
    #[arg(long, value_name = "N", default_value_t = 250)]
    devices: usize,
    /// Number of users
    #[arg(long, value_name = "N", default_value_t = 450)]
    users: usize,
    /// Years of audit log
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    audit_years: u32,
    /// Number of other events
    ///
    /// These audit events are about no domain.
    #[arg(long, value_name = "N", default_value_t = 0)]
    audit_events: usize,
    /// List audit events this much later
    ///
    /// Examples: 2h, 30d.
    #[arg(long, value_name = "DURATION")]
    audit_delay: Option<String>,
    /// Delay long audit log windows
    ///
    /// Example: with 8w=90s, a window of more than 8 weeks takes 90 seconds.
    #[arg(long, value_name = "AGE=WAIT")]
    slow_windows: Option<String>,
    /// Number of servers
    #[arg(long, value_name = "N", default_value_t = 4)]
    servers: usize,
    /// List servers with default platforms
    #[arg(long)]
    defaults_in_list: bool,
    /// No defaults
    ///
    /// It is the answer about a server that is the default for nothing.
    #[arg(long, value_name = "HOW", default_value = "list")]
    empty_defaults: EmptyDefaults,
    /// Unassigned devices
    ///
    /// It is the answer about the server of a device that has none.
    #[arg(long, value_name = "HOW", default_value = "404")]
    unassigned_as: UnassignedAs,
    /// Change how activities go, such as slow=30s,fail=2%
    ///
    /// The words have commas between. slow=30s: an activity ends after 30 seconds. late=20s: readings show its changes 20
    /// seconds after its end. fail=2%: this share of devices fails; fail=SERIAL: this device fails. unknown=refused: an
    /// unknown serial number is refused. end=stopped, end=failed or end=post-processing-failed: the end of each activity,
    /// or with end=stoppedx1 of the next one.
    #[arg(long, value_name = "HOW")]
    activities: Option<Activities>,
    /// Number of server tokens
    ///
    /// If there are more tokens than servers, there will be more servers.
    #[arg(long, value_name = "N", default_value_t = 2)]
    tokens: usize,
    /// Seed of the organization
    ///
    /// Another number makes another organization.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Enforce Apple's limits
    ///
    /// The limits observed at Apple are 20 GET requests a minute and 10 POST requests an hour. RATES shortens them: 20/3s allows
    /// 20 GET requests in 3 seconds, and shortens the hour of POST by the same factor. 20/3s,10/30s gives both.
    #[arg(long, value_name = "RATES", num_args = 0..=1, default_missing_value = "20/1m,10/1h")]
    limits: Option<Rates>,
    /// Retry-After
    ///
    /// It is the form of the header in an answer for a limit.
    #[arg(long, value_name = "HOW", default_value = "seconds")]
    retry_after: RetryAfter,
    /// Delay each answer, such as 50ms
    #[arg(long, value_name = "DURATION")]
    latency: Option<String>,
    /// Inject a fault; --help has the syntax
    ///
    /// The syntax is METHOD PATH=WHAT[xTIMES][@FROM], such as 'PATCH /v1/mdmServers/*=503x2'.
    ///
    /// WHAT is a status (503, 429:30 with Retry-After, 403:FORBIDDEN with a code), or drop, half, empty, empty403,
    /// html, html502, slow:5s, stale:30s, lost, redirect:URL, text:WORDS.
    ///
    /// With `after-` in front, such as after-drop, the emulator acts on the request first. With `late-6s-`, such as
    /// late-6s-504, it acts on the request six seconds later. With stale:30s a GET shows the servers as they were 30
    /// seconds before.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Set the behavior of a web server
    ///
    /// Example: acme.de=lost-query. `abmctl help sandbox web` lists the behaviors. The host can be a new one.
    #[arg(long, value_name = "HOST=BEHAVIOR")]
    web: Vec<WebHost>,
    /// Keep the organization in this file
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
    /// Without the member
    Absent,
    /// With null
    Null,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UnassignedAs {
    /// With 404
    #[value(name = "404")]
    NotFound,
    /// With an empty id
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
                    "--slow-windows {text:?} isn't LENGTH=WAIT, such as 8w=90s."
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
            activities: self.activities.clone().unwrap_or_default(),
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
/// The columns of a command below it.
pub(crate) fn columns(verb: &str, matches: &ArgMatches) -> Option<Vec<Head>> {
    match verb {
        "web" => Some(web::columns(matches)),
        "portal" => Some(portal::columns(matches)),
        _ => None,
    }
}
