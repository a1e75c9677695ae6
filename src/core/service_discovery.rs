//! Service discovery as a device does it: what is wrong with an answer, and whether a device goes on to ask Apple. Pure.
//!
//! The codes are words of the contract: they stand in the documents of `adde-url check`, and each has its heading in
//! docs/guides/troubleshooting.md.

use std::fmt;

mod answer;
mod base_url;
mod certificate;
mod challenge;
mod code;
mod mistakes;
mod placeholder;
mod redirect;
mod remedy;
#[cfg(test)]
mod tests;
mod unwrapped;

pub use answer::{DiscoveryAnswer, Judged, judge};
pub use base_url::{BaseUrl, base_url};
pub use certificate::{Certificate, Tls12Lacks};
pub use challenge::{Challenge, challenge};
pub use code::Code;
pub use mistakes::{WELL_KNOWN, mistakes};
pub(in crate::core) use placeholder::is_blank;
pub use placeholder::placeholder;
pub use redirect::{asks_to_sign_in, plain, redirect_keeps_query, redirect_target};
pub use remedy::Place;

/// The kind of enrollment that a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// `mdm-byod`: User Enrollment (official).
    UserEnrollment,
    /// `mdm-adde`: Device Enrollment (official).
    DeviceEnrollment,
    /// Anything else.
    Other(String),
}

impl Version {
    /// As it stands in a document.
    pub fn word(&self) -> &str {
        match self {
            Self::UserEnrollment => "mdm-byod",
            Self::DeviceEnrollment => "mdm-adde",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for Version {
    /// Only the exact words count, as in Apple's documents.
    fn from(word: &str) -> Self {
        match word {
            "mdm-byod" => Self::UserEnrollment,
            "mdm-adde" => Self::DeviceEnrollment,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Where a device would enroll: the first server of a discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredServer {
    pub version: Version,
    /// Its `BaseURL`, as it stands in the document.
    pub base_url: String,
}

/// What a finding means for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The device can't use this answer.
    Fails,
    /// The device can, and yet something is likely to be wrong.
    Warns,
}

/// Whether a device that meets a finding at its domain goes on to ask Apple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// It does: the domain answers with an HTTP failure status (official).
    Runs,
    /// Apple's documents and what iOS was seen to do disagree.
    Disputed,
    /// It does not: the device has a document, and what is wrong lies behind it.
    Never,
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Domain,
    /// At the URL that Apple hands out, or on the way to Apple.
    Apple,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// A sentence with what was seen.
    pub message: String,
}

impl Finding {
    /// A finding.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
