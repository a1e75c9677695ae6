//! What a device would see: the well-known resource, its redirects, and where it would enrol.
//!
//! It behaves as a device does, so it has a client of its own, which follows redirects, keeps every step, and never sends
//! a credential.

use std::net::SocketAddr;
use std::time::Duration;

use crate::core::service_discovery::{DiscoveredServer, Finding};

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Asks where to enrol.
    Discovery,
    /// Asks the same again by another name, to explain a refusal.
    Explanation,
    /// Connects to where the device would enrol; sends nothing.
    BaseUrl,
    /// Asks the enrollment URL whether it wants a bearer token: `--probe-enrollment`.
    Probe,
    /// Connects to Apple's host of the fallback; sends nothing.
    AppleHost,
}

/// One request or connection, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is for.
    pub purpose: Purpose,
    /// `GET`, `POST`; `None` where only a connection was made.
    pub method: Option<&'static str>,
    /// The whole URL that was asked.
    pub url: String,
    /// What it called itself.
    pub user_agent: Option<&'static str>,
    /// The address that was connected to, where one was.
    pub address: Option<SocketAddr>,
    /// What came back; `None` where no answer did, or none was asked for.
    pub answer: Option<Seen>,
    /// Why there is none: a sentence.
    pub failure: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// What of an answer is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Every `Content-Type`.
    pub content_types: Vec<String>,
    /// `Location`, as it came.
    pub location: Option<String>,
    /// `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The start of the body, as text without control characters, at most 2,000 characters.
    pub body_start: String,
    /// The length of the body in bytes.
    pub body_length: usize,
}

/// The whole way of one device from one URL, and what was found on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Each step, in its order.
    pub steps: Vec<Step>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// Where the device would enrol; `None` where it got no document that it can use.
    pub server: Option<DiscoveredServer>,
}
