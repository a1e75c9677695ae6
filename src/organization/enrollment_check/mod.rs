//! What a device of each platform finds at a domain, and where it would enrol.

mod apple_side;
mod asked;
mod devices;

use std::collections::BTreeMap;

use crate::core::declared_urls::DeclaredUrl;
use crate::core::enrollment::{SystemVersion, Verdict};
use crate::core::platform::Family;
use crate::core::printed::Hint;
use crate::core::service_discovery::{Code, Finding, Place, Side};
use crate::device_view::{Lookup, Step};
use crate::error::{Error, Kind};

pub use asked::System;
pub use devices::Check;

/// How many domains are checked at once.
pub const AT_ONCE: usize = 16;

#[derive(Debug, Clone, Default)]
pub struct CheckWish {
    /// The platforms; the usual ones if there are none.
    pub platforms: Vec<Family>,
    /// The versions of their systems that are judged by; else a recent one.
    pub systems: Vec<System>,
    /// Who signs in: an account, or its part before the domain.
    pub user: Option<String>,
    /// Whether the enrollment URLs are asked for a challenge.
    pub probe_enrollment: bool,
    /// Where names are looked up.
    pub lookup: Lookup,
    /// What keeps Apple from redirecting the devices of a domain, or may, by A-label.
    pub standings: BTreeMap<String, Finding>,
}

impl CheckWish {
    /// The version of a platform's system that is judged by; the last one that was named counts.
    fn system(&self, platform: &Family) -> Option<SystemVersion> {
        let named = self.systems.iter().rev();
        let mut named = named.filter(|system| system.platform == *platform);
        named.next().map(|system| system.version)
    }
}

/// The URL of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddeUrl {
    pub url: String,
    /// Somebody declared it; `None` for one that a server token read.
    pub declared: Option<DeclaredUrl>,
}

impl From<&DeclaredUrl> for AddeUrl {
    fn from(declared: &DeclaredUrl) -> Self {
        Self {
            url: declared.url.clone(),
            declared: Some(declared.clone()),
        }
    }
}

/// What a device of a platform finds at a domain.
#[derive(Debug, Clone)]
pub struct Device {
    /// The domain, an A-label.
    pub domain: String,
    pub platform: Family,
    /// The version of its system that was judged by.
    pub system: Option<SystemVersion>,
    /// The identifier of the user that was asked as.
    pub user: String,
    /// What would become of it.
    pub verdict: Verdict,
    /// Id and name of the default server of the platform, where Apple was asked.
    pub server: Option<(String, String)>,
    /// Its ADDE URL, or the one that may be it.
    pub adde_url: Option<AddeUrl>,
    /// All that was found.
    pub findings: Vec<(Side, Finding)>,
    /// Each request, and its answer.
    pub steps: Vec<(Side, Step)>,
}

impl Device {
    /// Where something was found.
    pub fn place(&self, side: Side) -> Place<'_> {
        Place {
            side,
            platform: Some(&self.platform),
            server: self.server.as_ref().map(|(_, name)| name.as_str()),
        }
    }

    /// Whether somebody has to look; what nobody configured a source for counts only if `strict`.
    pub fn alarms(&self, strict: bool) -> bool {
        let may_not_be_sent =
            matches!(self.verdict, Verdict::ThroughApple(_)) && self.found(Code::DomainNotKnown);
        self.verdict.alarms(strict) || (strict && may_not_be_sent)
    }

    /// Whether this was found on its way.
    fn found(&self, code: Code) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|(_, finding)| finding.code == code)
    }
}

/// Exit 7, where something could not be read.
pub fn in_part(problems: Vec<Error>) -> Option<Error> {
    let mut messages: Vec<String> = Vec::new();
    let mut hints: Vec<Hint> = Vec::new();
    for problem in problems {
        if !messages.contains(&problem.message) {
            messages.push(problem.message);
        }
        for hint in problem.hints {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
    }
    if messages.is_empty() {
        return None;
    }
    Some(Error::new(Kind::Partial, messages.join(" ")).hints(hints))
}
