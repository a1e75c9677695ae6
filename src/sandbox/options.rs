//! What an emulator is started with.

use std::path::PathBuf;
use std::time::Duration;

use super::behaviour::Behaviour;
use super::fault::Fault;
use super::limits::Rates;
use super::organization::OrganizationKind;
use super::web::WebHost;

/// How an emulator is to be: the organization it makes up, its limits and its faults.
#[derive(Debug, Clone)]
pub struct Options {
    /// Apple Business or Apple School Manager.
    pub kind: OrganizationKind,
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// The port of the web on 127.0.0.1; 0 takes any that is free.
    pub web_port: u16,
    /// Hosts of the web that do something else than they would, or that are new.
    pub web: Vec<WebHost>,
    /// How many devices the organization has.
    pub devices: usize,
    /// How many Managed Apple Accounts it has on domains of its own; a few external ones and ones of Apple's reserved
    /// domains come on top.
    pub users: usize,
    /// How many years its audit log goes back; at least one.
    pub audit_years: u32,
    /// How many events of no domain are in it; forty a year at least.
    pub audit_events: usize,
    /// How many device management services it has; the first four have names of their own.
    pub servers: usize,
    /// How many of them have a server token. There are more servers than `servers` says where that takes more.
    pub tokens: usize,
    /// How many GET and POST are allowed; [`Rates::default`] is 20 GET a minute and 10 POST an hour (observed by trial).
    ///
    /// Only the Manager API is limited. Whether Apple counts a PATCH is unconfirmed: here it does not count.
    pub limits: Option<Rates>,
    /// How a 429 says when to come back.
    pub retry_after: RetryAfterStyle,
    /// What every answer waits for, on the emulator's clock.
    pub latency: Duration,
    /// The most items of a page, whatever `limit` asks for; `None` leaves Apple's 1,000.
    pub page_size_cap: Option<usize>,
    /// What goes wrong; more can be added while it runs.
    pub faults: Vec<Fault>,
    /// Where the organization and the API account's key are kept from one start to the next.
    ///
    /// What the file holds wins over `devices`, `users`, `audit_years`, `audit_events`, `servers`, `tokens` and `seed`. The whole file is written after every
    /// request that changes something.
    pub state_file: Option<PathBuf>,
    /// The same seed makes up the same organization, counted back from the clock's present. The key is fresh all the same.
    pub seed: u64,
    /// The choices where Apple's behavior was seen to vary, or is not known.
    pub behaviour: Behaviour,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kind: OrganizationKind::Business,
            port: 0,
            web_port: 0,
            web: Vec::new(),
            devices: 250,
            users: 450,
            audit_years: 1,
            audit_events: 0,
            servers: 4,
            tokens: 2,
            limits: None,
            retry_after: RetryAfterStyle::Seconds,
            latency: Duration::ZERO,
            page_size_cap: None,
            faults: Vec::new(),
            state_file: None,
            seed: 1,
            behaviour: Behaviour::default(),
        }
    }
}

/// How an answer 429 says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfterStyle {
    /// In seconds (observed).
    Seconds,
    /// As an HTTP date (allowed by HTTP; not seen from Apple).
    Date,
    /// Not at all (observed).
    Absent,
}
