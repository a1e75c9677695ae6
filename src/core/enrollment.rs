//! Where a device of a platform would enroll: what it meets at its domain and at Apple → a verdict. Pure.
//!
//! A device asks its domain first. If the domain answers with an HTTP failure status, and the system is new enough, the device asks
//! Apple, which sends it to the ADDE URL of a server (official). We infer that this server is the default for the
//! platform.

use std::fmt;
use std::str::FromStr;

use super::platform::Family;
use super::printed::{Hint, hint};
use super::service_discovery::{
    Code, DiscoveredServer, Fallback, Finding, Place, Side, Version, Weight,
};

#[cfg(test)]
mod tests;

/// The platforms whose account-driven enrollment Apple documents (official).
pub const PLATFORMS: [Family; 4] = [Family::Mac, Family::Iphone, Family::Ipad, Family::Vision];

/// The version of a platform's system, such as 18.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemVersion {
    major: u32,
    minor: u32,
}

impl SystemVersion {
    /// A version.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for SystemVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for SystemVersion {
    type Err = ();

    /// Takes `18`, `18.2` and `18.2.1`, of which the last number does not count.
    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |part: &str| {
            // A sign is no digit.
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u32>().ok().filter(|_| digits).ok_or(())
        };
        let numbers = text
            .split('.')
            .map(number)
            .collect::<Result<Vec<_>, ()>>()?;
        match numbers[..] {
            [major] => Ok(Self::new(major, 0)),
            [major, minor] | [major, minor, _] => Ok(Self::new(major, minor)),
            _ => Err(()),
        }
    }
}

/// The first system that asks Apple where the domain does not answer (official); `None` if Apple names none.
pub fn fallback_since(platform: &Family) -> Option<SystemVersion> {
    match platform {
        Family::Iphone | Family::Ipad => Some(SystemVersion::new(18, 2)),
        Family::Mac => Some(SystemVersion::new(15, 2)),
        Family::Vision => Some(SystemVersion::new(2, 2)),
        Family::AppleTv | Family::Watch | Family::Ipod | Family::Other(_) => None,
    }
}

/// The first system that has this kind of account-driven enrollment (official, for developers); `None` if Apple names
/// none.
fn offered_since(platform: &Family, version: &Version) -> Option<SystemVersion> {
    match (platform, version) {
        (Family::Iphone | Family::Ipad, Version::UserEnrollment) => Some(SystemVersion::new(15, 0)),
        (Family::Iphone | Family::Ipad, Version::DeviceEnrollment) => {
            Some(SystemVersion::new(16, 0))
        }
        (Family::Mac, Version::UserEnrollment | Version::DeviceEnrollment) => {
            Some(SystemVersion::new(14, 0))
        }
        (Family::Vision, Version::UserEnrollment | Version::DeviceEnrollment) => {
            Some(SystemVersion::new(1, 1))
        }
        _ => None,
    }
}

/// The first system that refuses some servers of TLS 1.2, of each of these platforms (official).
const STRICTER_TLS: SystemVersion = SystemVersion::new(27, 0);

/// What a finding means for a device of this platform and system; without `system`, for one that is not of version 27.
pub fn weight(code: Code, platform: &Family, system: Option<SystemVersion>) -> Weight {
    match (code, system) {
        (Code::TlsVersion27 | Code::BaseUrlTlsVersion27, Some(system))
            if system >= STRICTER_TLS && PLATFORMS.contains(platform) =>
        {
            Weight::Fails
        }
        _ => code.weight(),
    }
}

/// What a device meets that asks one URL where to enroll.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// The server that it was told, if it was.
    pub server: Option<&'a DiscoveredServer>,
    /// What was found, the worst first.
    pub findings: &'a [Finding],
}

impl<'a> Way<'a> {
    /// The server that a device of this platform would enroll at, or what keeps it from that.
    fn end(
        &self,
        platform: &Family,
        system: Option<SystemVersion>,
    ) -> Result<&'a DiscoveredServer, Finding> {
        let mut failing = self
            .findings
            .iter()
            .filter(|finding| weight(finding.code, platform, system) == Weight::Fails);
        // It stands among what warns, and a device meets it before any answer.
        let handshake = failing
            .clone()
            .find(|finding| finding.code == Code::TlsVersion27);
        if let Some(finding) = handshake.or_else(|| failing.next()) {
            let lost = self.findings.iter().find(|it| {
                it.code == Code::RedirectLostQuery && finding.code.may_come_of_lost_query()
            });
            return Err(lost.unwrap_or(finding).clone());
        }
        let Some(server) = self.server else {
            // Nothing was found and nothing is there: not a way that was gone to its end.
            return Err(Finding::new(
                Code::ResolverFailed,
                "abmctl couldn't complete the check.",
            ));
        };
        match (system, offered_since(platform, &server.version)) {
            (Some(system), Some(since)) if system < since => Err(Finding::new(
                Code::VersionNotOnPlatform,
                format!(
                    "The document offers {}, but {} {system} doesn't support it; version {since} or later does.",
                    server.version.word(),
                    platform.word()
                ),
            )),
            _ => Ok(server),
        }
    }
}

/// What is known of Apple's side for a platform.
#[derive(Debug, Clone)]
pub enum AppleSide<'a> {
    /// The default server has this way registered.
    Registered(Way<'a>),
    /// What is known for certain keeps Apple from sending devices anywhere.
    Nowhere(Finding),
    /// It isn't known.
    Unknown(Missing),
}

/// Why something isn't known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Sentences: what is missing, and the way to know it.
    pub says: Hint,
    pub cause: Cause,
}

/// What keeps something from being known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// No API account is configured.
    NoAccount,
    /// No token of the server is configured, and no URL is declared for it.
    NoToken,
    /// Whether the URL counts isn't known, and devices couldn't use it.
    Broken,
    /// It could not be read, or the answer doesn't tell.
    NotRead,
}

impl Missing {
    pub fn new(cause: Cause, says: impl Into<Hint>) -> Self {
        Self {
            says: says.into(),
            cause,
        }
    }

    /// Whether nothing failed: nobody configured what could tell.
    pub fn is_not_configured(&self) -> bool {
        match self.cause {
            Cause::NoAccount | Cause::NoToken => true,
            Cause::Broken | Cause::NotRead => false,
        }
    }
}

/// What would become of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It enrolls through its domain.
    ThroughDomain(DiscoveredServer),
    /// It enrolls through Apple.
    ThroughApple(DiscoveredServer),
    /// The domain fails in a way on which the documents disagree: it may ask Apple, and then enroll there, where that is
    /// known.
    MayFallBack(Finding, Option<DiscoveredServer>),
    /// It does not enroll; the first thing to correct, and where it was found.
    Blocked(Side, Finding),
    /// It isn't known.
    Unknown(Missing),
}

impl Verdict {
    /// The word in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ThroughDomain(_) => "enrolls_through_domain",
            Self::ThroughApple(_) => "enrolls_through_apple",
            Self::MayFallBack(..) => "may_fall_back",
            Self::Blocked(..) => "blocked",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Where the device would enroll, or may.
    pub fn server(&self) -> Option<&DiscoveredServer> {
        match self {
            Self::ThroughDomain(server) | Self::ThroughApple(server) => Some(server),
            Self::MayFallBack(_, server) => server.as_ref(),
            Self::Blocked(..) | Self::Unknown(_) => None,
        }
    }

    /// The first thing to correct, and where it was found.
    pub fn first_problem(&self) -> Option<(Side, &Finding)> {
        match self {
            Self::MayFallBack(finding, _) => Some((Side::Domain, finding)),
            Self::Blocked(side, finding) => Some((*side, finding)),
            Self::ThroughDomain(_) | Self::ThroughApple(_) | Self::Unknown(_) => None,
        }
    }

    /// Whether somebody has to look: the device doesn't enroll, or may not. If nobody configured what could tell, that counts only if
    /// `strict`.
    pub fn alarms(&self, strict: bool) -> bool {
        match self {
            Self::ThroughDomain(_) | Self::ThroughApple(_) => false,
            Self::Unknown(missing) if missing.is_not_configured() => strict,
            Self::Unknown(_) | Self::MayFallBack(..) | Self::Blocked(..) => true,
        }
    }
}

/// Whether a device of this platform and system that meets `domain` goes on to ask Apple, so that Apple's side matters.
pub fn asks_apple(platform: &Family, system: Option<SystemVersion>, domain: Way<'_>) -> bool {
    match domain.end(platform, system) {
        Ok(_) => false,
        Err(finding) => {
            finding.code.fallback() != Fallback::Never && too_old(platform, system).is_none()
        }
    }
}

/// What would become of a device of this platform. Without `system`, a recent one.
pub fn verdict(
    platform: &Family,
    system: Option<SystemVersion>,
    domain: Way<'_>,
    apple: &AppleSide<'_>,
) -> Verdict {
    let problem = match domain.end(platform, system) {
        Ok(server) => return Verdict::ThroughDomain(server.clone()),
        Err(problem) => problem,
    };
    if problem.code.is_unread() {
        return unread(&problem, Side::Domain);
    }
    if problem.code.fallback() == Fallback::Never {
        return Verdict::Blocked(Side::Domain, problem);
    }
    let clean = problem.code.fallback() == Fallback::Runs;
    // Whoever put the document beside its place meant devices to find it.
    let absent = clean && problem.code != Code::DocumentMisplaced;
    if let Some(finding) = too_old(platform, system) {
        let first = if absent { finding } else { problem };
        return Verdict::Blocked(Side::Domain, first);
    }
    let through_apple = match apple {
        AppleSide::Registered(way) => way.end(platform, system).cloned(),
        AppleSide::Nowhere(finding) => Err(finding.clone()),
        AppleSide::Unknown(missing) if absent => return Verdict::Unknown(missing.clone()),
        AppleSide::Unknown(_) => return Verdict::MayFallBack(problem, None),
    };
    match through_apple {
        Ok(server) if clean => Verdict::ThroughApple(server),
        Ok(server) => Verdict::MayFallBack(problem, Some(server)),
        // If Apple's side is broken as well, a domain that answers cleanly is not what needs correction.
        Err(finding) if finding.code.is_unread() => unread(&finding, Side::Apple),
        Err(finding) if absent => Verdict::Blocked(Side::Apple, finding),
        Err(_) => Verdict::Blocked(Side::Domain, problem),
    }
}

/// What was asked on the way failed, so nothing is known.
pub fn unread(finding: &Finding, side: Side) -> Verdict {
    let place = Place {
        side,
        platform: None,
        server: None,
    };
    let remedy = finding.code.remedy(place);
    let says = hint![finding.message.clone(), " ", remedy];
    Verdict::Unknown(Missing::new(Cause::NotRead, says))
}

/// What is wrong with a system that does not ask Apple.
fn too_old(platform: &Family, system: Option<SystemVersion>) -> Option<Finding> {
    let since = fallback_since(platform);
    match (system, since) {
        (Some(system), Some(since)) if system < since => Some(Finding::new(
            Code::TooOldForFallback,
            format!(
                "{} {system} doesn't ask Apple; version {since} or later does.",
                platform.word()
            ),
        )),
        (_, None) => Some(Finding::new(
            Code::TooOldForFallback,
            format!(
                "Apple documents no version of {} that asks Apple.",
                platform.word()
            ),
        )),
        _ => None,
    }
}
