//! Service discovery as a device does it: what is wrong with an answer, and whether a device goes on to ask Apple. Pure.
//!
//! The codes are words of the contract: they stand in the documents of `adde-url check`, and each has its heading in
//! docs/guides/troubleshooting.md.

use std::fmt;

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

/// Where a device would enrol: the first server of a discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredServer {
    /// Its `Version`.
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

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The name does not resolve.
    NameNotFound,
    /// The resolver failed: nothing is known of the name.
    ResolverFailed,
    /// No connection.
    NoConnection,
    /// No answer in time.
    TimedOut,
    /// The connection broke before the answer was whole.
    BrokenOff,
    /// The certificate does not lead to a root that is trusted here.
    CertificateUntrusted,
    /// The certificate is for other names.
    CertificateWrongName,
    /// The certificate is expired, or not valid yet.
    CertificateExpired,
    /// Any other failure of TLS.
    TlsFailed,
    /// A redirect leads to plain http.
    RedirectNotHttps,
    /// A redirect that leads nowhere: no `Location`, or none that is a URL.
    RedirectBroken,
    /// The redirects go in a circle, or on for too long.
    RedirectLoop,
    /// A redirect leads on without the two parameters.
    RedirectLostQuery,
    /// A redirect to a page to sign in on, or 401.
    LoginPage,
    /// 404 or 410.
    NotFound,
    /// 403.
    Forbidden,
    /// 403 to us and not to a client that calls itself as a device does, or a challenge for browsers.
    BotWall,
    /// 403 with Apple's own code for "not here" (official).
    Rejected,
    /// Another status of 4xx.
    ClientError,
    /// A status of 5xx.
    ServerError,
    /// Any other status that is not 200.
    UnexpectedStatus,
    /// HTML with status 200.
    Html,
    /// A configuration profile, or the answer of an enrollment URL: the address of the enrollment itself.
    EnrollmentUrl,
    /// Not `application/json`, or several content types.
    ContentType,
    /// No JSON.
    NotJson,
    /// Bytes before the JSON.
    ByteOrderMark,
    /// No `Servers`.
    NoServers,
    /// `Servers` is empty.
    EmptyServers,
    /// More than one server.
    SeveralServers,
    /// A `Version` that Apple does not document, or none.
    UnknownVersion,
    /// A kind of enrollment that the platform or its version does not have.
    VersionNotOnPlatform,
    /// No `BaseURL`.
    NoBaseUrl,
    /// `BaseURL` is no https URL.
    BaseUrlNotHttps,
    /// The host of `BaseURL` does not resolve.
    BaseUrlNameNotFound,
    /// The host of `BaseURL` can't be connected to.
    BaseUrlNoConnection,
    /// The host of `BaseURL` has a certificate that is not accepted.
    BaseUrlTls,
    /// The host of `BaseURL` looks like a slip of the pen.
    BaseUrlSuspicious,
    /// `BaseURL` does not ask for a bearer token, as a device expects.
    ProbeRefused,
    /// The domain answers the platforms differently.
    DiffersByPlatform,
    /// No server is the default of the platform.
    NoDefault,
    /// The default server has no ADDE URL.
    NoAddeUrl,
    /// The organization can't have an ADDE URL.
    AddeUrlNotSupported,
    /// The platform's version is older than the fallback.
    TooOldForFallback,
    /// Apple's host of the fallback can't be reached from here.
    AppleNotReachable,
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
