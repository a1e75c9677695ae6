//! The codes of findings in one table: the word, the weight, the fallback, and the remedy of each.
//!
//! Over 400 lines, because each code has its words here.

use super::{Fallback, Weight};
use crate::core::printed::{Command, Hint, hint};

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The name does not resolve.
    NameNotFound,
    /// The resolver failed: nothing is known of the name.
    ResolverFailed,
    /// It is outside of the sandbox whose profile is used: nothing is known of it.
    OutsideSandbox,
    /// The proxy opened no tunnel: nothing is known of the host.
    ProxyFailed,
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
    /// The certificate is not for servers, which every client but a device may overlook.
    CertificateNoServerAuth,
    /// The certificate has an RSA key of less than 2048 bits.
    CertificateWeakKey,
    /// The certificate is signed with SHA-1.
    CertificateSha1,
    /// The certificate is valid for longer than devices accept from anybody.
    CertificateTooLong,
    /// The certificate is valid for longer than devices accept from a public authority.
    CertificateLong,
    /// The certificate ends within days.
    CertificateEndsSoon,
    /// Any other failure of TLS.
    TlsFailed,
    /// TLS 1.2 in a way that devices of version 27 refuse.
    TlsVersion27,
    /// A redirect leads to plain http.
    RedirectNotHttps,
    /// A redirect that leads nowhere: no `Location`, or none that is a URL.
    RedirectBroken,
    /// The redirects go in a circle, or on for too long.
    RedirectLoop,
    /// A redirect leads on without the two parameters.
    RedirectLostQuery,
    /// A page to sign in on, often after a redirect.
    LoginPage,
    /// 401 without a bearer challenge.
    Unauthorized,
    /// 404 or 410.
    NotFound,
    /// 404, 410, 403 or 400, and the document is beside its place, under a usual wrong name.
    DocumentMisplaced,
    /// 403.
    Forbidden,
    /// A challenge for browsers, or 403 to us and another answer to a client that calls itself as a device does.
    BotWall,
    /// 403 to us, and the document to a client that calls itself as a device does.
    AgentRefused,
    /// 403 with Apple's own code for "not here" (official); whether a device asks Apple after it is not documented.
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
    /// `application/json` in other letter case, which devices may not take for the same (observed of iOS).
    ContentTypeCase,
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
    /// `BaseURL` is a URL only after a browser has corrected it.
    BaseUrlMalformed,
    /// The URL still has a placeholder of a sample in it.
    Placeholder,
    /// The URL leads to the device itself.
    LoopbackAddress,
    /// The URL leads to an address or a name of one network.
    PrivateAddress,
    /// The URL is where Apple Configurator begins.
    ConfiguratorUrl,
    /// `BaseURL` is the address of the document itself.
    DocumentUrl,
    /// The host of `BaseURL` does not resolve.
    BaseUrlNameNotFound,
    /// The host of `BaseURL` can't be connected to.
    BaseUrlNoConnection,
    /// The host of `BaseURL` has a certificate that is not accepted.
    BaseUrlTls,
    /// The host of `BaseURL` speaks TLS 1.2 in a way that devices of version 27 refuse.
    BaseUrlTlsVersion27,
    /// The host of `BaseURL` looks like a typo.
    BaseUrlSuspicious,
    /// `BaseURL` does not ask for a bearer token, as a device expects.
    ProbeRefused,
    /// The domain answers the platforms differently.
    DiffersByPlatform,
    /// The domain is not verified in the organization, so Apple does not answer for it (official).
    DomainNotVerified,
    /// The domain was added, and no verification was logged; it may be verified through an identity provider.
    DomainPending,
    /// A removal was logged that names no domain, and may be the domain's.
    DomainMayBeRemoved,
    /// Nothing that is known says whether the domain is verified.
    DomainNotKnown,
    /// No server is the default of the platform.
    NoDefault,
    /// The default server has no ADDE URL.
    NoAddeUrl,
    /// The ADDE URL is a URL only after a browser has corrected it.
    AddeUrlMalformed,
    /// The organization can't have an ADDE URL.
    AddeUrlNotSupported,
    /// The platform's version is older than the fallback.
    TooOldForFallback,
    /// Apple's host of the fallback can't be reached from here.
    AppleNotReachable,
}

/// What is known of a code.
struct CodeFacts {
    word: &'static str,
    weight: Weight,
    fallback: Fallback,
    remedy: Hint,
}

fn facts(
    word: &'static str,
    weight: Weight,
    fallback: Fallback,
    remedy: impl Into<Hint>,
) -> CodeFacts {
    CodeFacts {
        word,
        weight,
        fallback,
        remedy: remedy.into(),
    }
}

/// What to do about TLS that devices of version 27 refuse, wherever it is.
const VERSION_27: &str = "Enable TLS 1.3 on the web server, or on the proxy or load balancer in front of it. Or keep TLS 1.2, and enable extended master secret and cipher suites with ECDHE and AES-GCM.";

impl Code {
    /// All of them, in the order in which a device could meet them.
    pub const ALL: [Self; 69] = [
        Self::NameNotFound,
        Self::ResolverFailed,
        Self::OutsideSandbox,
        Self::ProxyFailed,
        Self::NoConnection,
        Self::TimedOut,
        Self::BrokenOff,
        Self::CertificateUntrusted,
        Self::CertificateWrongName,
        Self::CertificateExpired,
        Self::CertificateNoServerAuth,
        Self::CertificateWeakKey,
        Self::CertificateSha1,
        Self::CertificateTooLong,
        Self::CertificateLong,
        Self::CertificateEndsSoon,
        Self::TlsFailed,
        Self::TlsVersion27,
        Self::RedirectNotHttps,
        Self::RedirectBroken,
        Self::RedirectLoop,
        Self::RedirectLostQuery,
        Self::LoginPage,
        Self::Unauthorized,
        Self::NotFound,
        Self::DocumentMisplaced,
        Self::Forbidden,
        Self::BotWall,
        Self::AgentRefused,
        Self::Rejected,
        Self::ClientError,
        Self::ServerError,
        Self::UnexpectedStatus,
        Self::Html,
        Self::EnrollmentUrl,
        Self::ContentType,
        Self::ContentTypeCase,
        Self::NotJson,
        Self::ByteOrderMark,
        Self::NoServers,
        Self::EmptyServers,
        Self::SeveralServers,
        Self::UnknownVersion,
        Self::VersionNotOnPlatform,
        Self::NoBaseUrl,
        Self::BaseUrlNotHttps,
        Self::BaseUrlMalformed,
        Self::Placeholder,
        Self::LoopbackAddress,
        Self::PrivateAddress,
        Self::ConfiguratorUrl,
        Self::DocumentUrl,
        Self::BaseUrlNameNotFound,
        Self::BaseUrlNoConnection,
        Self::BaseUrlTls,
        Self::BaseUrlTlsVersion27,
        Self::BaseUrlSuspicious,
        Self::ProbeRefused,
        Self::DiffersByPlatform,
        Self::DomainNotVerified,
        Self::DomainPending,
        Self::DomainMayBeRemoved,
        Self::DomainNotKnown,
        Self::NoDefault,
        Self::NoAddeUrl,
        Self::AddeUrlMalformed,
        Self::AddeUrlNotSupported,
        Self::TooOldForFallback,
        Self::AppleNotReachable,
    ];

    /// Its word in documents, and in headings of the guide to troubles.
    pub fn word(self) -> &'static str {
        self.facts().word
    }

    /// What it means for a device.
    pub fn weight(self) -> Weight {
        self.facts().weight
    }

    /// Whether a device that meets it at its domain goes on to ask Apple.
    ///
    /// An HTTP failure status makes it do so (official), and a malformed document ends the enrollment (official); iOS was
    /// seen to go on after any error until it has a document (observed).
    pub fn fallback(self) -> Fallback {
        self.facts().fallback
    }

    /// Whether it lies in the connection, before any answer.
    pub fn is_of_connection(self) -> bool {
        self <= Self::TlsVersion27
    }

    /// Whether a server may answer so since it was asked without the parameters.
    pub fn may_come_of_lost_query(self) -> bool {
        let depends_on_place = matches!(
            self,
            Self::LoginPage | Self::Unauthorized | Self::BotWall | Self::EnrollmentUrl
        );
        !self.is_of_connection() && !depends_on_place
    }

    /// Whether it says nothing of the host, since what was asked on the way failed.
    pub fn is_unread(self) -> bool {
        matches!(
            self,
            Self::ResolverFailed | Self::OutsideSandbox | Self::ProxyFailed
        )
    }

    /// What to do about it wherever it is found; [`Self::remedy`] knows more of some places.
    pub(super) fn general_remedy(self) -> Hint {
        self.facts().remedy
    }

    fn facts(self) -> CodeFacts {
        use Fallback::{Disputed, Never, Runs};
        use Weight::{Fails, Warns};
        match self {
            Self::NameNotFound => facts(
                "name_not_found",
                Fails,
                Disputed,
                "Add an address record (A or AAAA) for the domain itself, the part after the @. The record has to point to the web server with the document.",
            ),
            Self::ResolverFailed => facts(
                "resolver_failed",
                Fails,
                Disputed,
                "Try again, or ask another resolver with `--resolver 1.1.1.1`. If the failure persists, fix the name servers of the domain.",
            ),
            Self::OutsideSandbox => facts(
                "outside_sandbox",
                Fails,
                Disputed,
                hint![
                    "To look at a domain on the internet, use the profile of your organization with `--profile NAME`. If the sandbox has the domain, serve it again, which writes its addresses into the profile: ",
                    Command::plain("sandbox serve --home DIR"),
                    "."
                ],
            ),
            Self::ProxyFailed => facts(
                "proxy_failed",
                Fails,
                Disputed,
                "Check HTTPS_PROXY or ALL_PROXY, and ask the proxy's admin to allow connections to this host. If the host can be reached without the proxy, add the host to NO_PROXY.",
            ),
            Self::NoConnection => facts(
                "no_connection",
                Fails,
                Disputed,
                "Make the web server reachable from the internet on port 443. Devices use no other port unless the URL names one.",
            ),
            Self::TimedOut => facts(
                "timed_out",
                Fails,
                Disputed,
                "Find out why the web server doesn't answer. If the server is only slow, allow more time with `--timeout 90s`.",
            ),
            Self::BrokenOff => facts(
                "broken_off",
                Fails,
                Disputed,
                "Check the log of the web server, or of the proxy in front of it: the connection ended in the middle of the answer.",
            ),
            Self::CertificateUntrusted => facts(
                "certificate_untrusted",
                Fails,
                Disputed,
                "Use a certificate from a public authority, and send its intermediate certificates too. Devices that aren't enrolled yet don't trust your own root.",
            ),
            Self::CertificateWrongName => facts(
                "certificate_wrong_name",
                Fails,
                Disputed,
                "Get a certificate for this exact name. A certificate for the www name doesn't cover the domain itself.",
            ),
            Self::CertificateExpired => facts(
                "certificate_expired",
                Fails,
                Disputed,
                "Renew the certificate, and make sure that the web server loads the new one.",
            ),
            Self::CertificateNoServerAuth => facts(
                "certificate_no_server_auth",
                Fails,
                Disputed,
                "Get a server certificate: its extended key usage has to include serverAuth.",
            ),
            Self::CertificateWeakKey => facts(
                "certificate_weak_key",
                Fails,
                Disputed,
                "Get a certificate for a new key: RSA with at least 2048 bits, or an elliptic curve such as P-256.",
            ),
            Self::CertificateSha1 => facts(
                "certificate_sha1",
                Fails,
                Disputed,
                "Get a certificate that is signed with SHA-256 or better.",
            ),
            Self::CertificateTooLong => facts(
                "certificate_too_long",
                Fails,
                Disputed,
                "Get a certificate that is valid for at most 825 days, or at most 398 from a public authority. The limit applies even if you added its root to the devices.",
            ),
            Self::CertificateLong => facts(
                "certificate_long",
                Warns,
                Disputed,
                "If the certificate is from your own root and the devices trust that root, ignore this warning. Otherwise, get a certificate that is valid for at most 398 days.",
            ),
            Self::CertificateEndsSoon => facts(
                "certificate_ends_soon",
                Warns,
                Disputed,
                "Renew the certificate before that day, and make sure that the web server loads the new one.",
            ),
            Self::TlsFailed => facts(
                "tls_failed",
                Fails,
                Disputed,
                "On this port and for this name, enable TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM cipher suites, and don't request a client certificate. If the web server does so already, look for a firewall or a filter that closes the connection.",
            ),
            Self::TlsVersion27 => facts("tls_version_27", Warns, Disputed, VERSION_27),
            Self::RedirectNotHttps => facts(
                "redirect_not_https",
                Fails,
                Disputed,
                "Redirect to an https URL. A device doesn't follow a redirect to plain http.",
            ),
            Self::RedirectBroken => facts(
                "redirect_broken",
                Fails,
                Disputed,
                "Configure the redirecting server to send a `Location` with the full https URL of the document.",
            ),
            Self::RedirectLoop => facts(
                "redirect_loop",
                Fails,
                Disputed,
                "Redirect straight to the document, and exclude /.well-known/com.apple.remotemanagement from every other rule.",
            ),
            Self::RedirectLostQuery => facts(
                "redirect_lost_query",
                Warns,
                Disputed,
                "Configure the redirecting server to repeat the query, because a device doesn't. In nginx, end the target with `$is_args$args`.",
            ),
            Self::LoginPage => facts(
                "login_page",
                Fails,
                Disputed,
                "Exclude the path of the document from sign-in: a device requests the document before anyone has signed in.",
            ),
            Self::Unauthorized => facts(
                "unauthorized",
                Fails,
                Runs,
                "Serve the document without a password: a device has no password yet when it requests the document.",
            ),
            Self::NotFound => facts(
                "not_found",
                Fails,
                Runs,
                "Put the document at exactly this path, without an extension. If the domain can't serve the document, devices may ask Apple for the ADDE URL of their default server.",
            ),
            Self::DocumentMisplaced => facts(
                "document_misplaced",
                Fails,
                Runs,
                "Serve the document at exactly the path of the well-known resource, without an extension and without a dot at the end.",
            ),
            Self::Forbidden => facts(
                "forbidden",
                Fails,
                Runs,
                "Allow GET for exactly this path. The usual cause is a rule that blocks hidden folders such as /.well-known.",
            ),
            Self::BotWall => facts(
                "bot_wall",
                Fails,
                Disputed,
                "Exclude the path of the document from bot protection: a device can't solve a challenge.",
            ),
            Self::AgentRefused => facts(
                "agent_refused",
                Warns,
                Disputed,
                "If only devices should read the document, ignore this warning. Otherwise, allow other clients on exactly this path.",
            ),
            Self::Rejected => facts(
                "rejected",
                Fails,
                Disputed,
                "If the server should turn away this user or kind of device, no change is needed. Otherwise, find out why the server rejects the request.",
            ),
            Self::ClientError => facts(
                "client_error",
                Fails,
                Runs,
                "Check the log of the web server. The server has to answer a GET with both parameters with status 200.",
            ),
            Self::ServerError => facts(
                "server_error",
                Fails,
                Disputed,
                "Check the log of the web server, or of the proxy in front of it, and fix the failure.",
            ),
            Self::UnexpectedStatus => facts(
                "unexpected_status",
                Fails,
                Disputed,
                "Configure the web server to answer with status 200. A device accepts no other status.",
            ),
            Self::Html => facts(
                "html",
                Fails,
                Disputed,
                "Serve the JSON document at this path. If the server has no document, configure it to answer 404: a page with status 200 may keep devices from asking Apple.",
            ),
            Self::EnrollmentUrl => facts(
                "enrollment_url",
                Fails,
                Disputed,
                "Use the URL of the JSON document whose `BaseURL` is this URL, not the enrollment URL itself.",
            ),
            Self::ContentType => facts(
                "content_type",
                Fails,
                Disputed,
                "Serve the document with exactly one header `Content-Type: application/json`. Most servers need a rule for it, because the path has no extension.",
            ),
            Self::ContentTypeCase => facts(
                "content_type_case",
                Warns,
                Disputed,
                "Write the type in lower case: `Content-Type: application/json`.",
            ),
            Self::NotJson => facts(
                "not_json",
                Fails,
                Disputed,
                "The document has to be one JSON object such as {\"Servers\":[{\"Version\":\"mdm-byod\",\"BaseURL\":\"https://…\"}]}.",
            ),
            Self::ByteOrderMark => facts(
                "byte_order_mark",
                Warns,
                Disputed,
                "Save the document as UTF-8 without a byte order mark.",
            ),
            Self::NoServers => facts(
                "no_servers",
                Fails,
                Disputed,
                "Add the member `Servers`, spelled exactly like that, to the document. Its value is a list of one server.",
            ),
            Self::EmptyServers => facts(
                "empty_servers",
                Fails,
                Disputed,
                "List one server in the document. To turn devices away on purpose, answer 403 with the code com.apple.well-known.failed instead.",
            ),
            Self::SeveralServers => facts(
                "several_servers",
                Warns,
                Never,
                "Keep only the server that devices should enroll with.",
            ),
            Self::UnknownVersion => facts(
                "unknown_version",
                Fails,
                Never,
                "Set `Version` to mdm-byod for User Enrollment or to mdm-adde for Device Enrollment.",
            ),
            Self::VersionNotOnPlatform => facts(
                "version_not_on_platform",
                Fails,
                Never,
                "Offer this platform a kind of enrollment that it supports (the parameter model-family tells the platform), or update the devices.",
            ),
            Self::NoBaseUrl => facts(
                "no_base_url",
                Fails,
                Never,
                "Add `BaseURL`, the https URL of the enrollment, to the server in the document.",
            ),
            Self::BaseUrlNotHttps => facts(
                "base_url_not_https",
                Fails,
                Never,
                "Write `BaseURL` as a full https URL.",
            ),
            Self::BaseUrlMalformed => facts(
                "base_url_malformed",
                Fails,
                Never,
                "Copy `BaseURL` from your MDM, without anything that a browser would correct: https, two slashes, the host, no white space.",
            ),
            Self::Placeholder => facts(
                "placeholder",
                Fails,
                Never,
                "Replace the placeholder with the value that your MDM shows.",
            ),
            Self::LoopbackAddress => facts(
                "loopback_address",
                Fails,
                Never,
                "Use the name by which devices reach the server from the internet.",
            ),
            Self::PrivateAddress => facts(
                "private_address",
                Warns,
                Never,
                "Use the name by which devices reach the server from the internet, unless all of them enroll inside that network.",
            ),
            Self::ConfiguratorUrl => facts(
                "configurator_url",
                Fails,
                Never,
                "Use the URL that your MDM shows for account-driven enrollment. /MDMServiceConfig is for Apple Configurator.",
            ),
            Self::DocumentUrl => facts(
                "document_url",
                Fails,
                Never,
                "Set `BaseURL` to the enrollment URL that your MDM shows, not to the URL of the document.",
            ),
            Self::BaseUrlNameNotFound => facts(
                "base_url_name_not_found",
                Fails,
                Never,
                "Check `BaseURL` for a typo. If it is right, add an address record for its host.",
            ),
            Self::BaseUrlNoConnection => facts(
                "base_url_no_connection",
                Fails,
                Never,
                "Make the host of `BaseURL` reachable from every place where devices enroll, not only from inside your network.",
            ),
            Self::BaseUrlTls => facts(
                "base_url_tls",
                Fails,
                Never,
                "On the host of `BaseURL`, enable TLS 1.2 or 1.3. Use a valid certificate for its name from a public authority, with the intermediate certificates. Don't request a client certificate.",
            ),
            Self::BaseUrlTlsVersion27 => facts("base_url_tls_version_27", Warns, Never, VERSION_27),
            Self::BaseUrlSuspicious => facts(
                "base_url_suspicious",
                Warns,
                Never,
                "Compare the host of `BaseURL` with the one that your MDM shows. The owner of the host gets every enrollment.",
            ),
            Self::ProbeRefused => facts(
                "probe_refused",
                Fails,
                Never,
                "Configure the service to answer a POST to `BaseURL` with 401 and `WWW-Authenticate: Bearer method=\"apple-as-web\", url=\"https://…\"`, or with the method apple-oauth2. If the service isn't yours, ask its vendor.",
            ),
            Self::DiffersByPlatform => facts(
                "differs_by_platform",
                Warns,
                Never,
                "If this is intended, ignore this warning. Otherwise, look for a rule or a cache that depends on model-family.",
            ),
            Self::DomainNotVerified => facts(
                "domain_not_verified",
                Fails,
                Never,
                hint![
                    "Verify the domain in the portal, or serve the document on the domain itself. For the steps, run ",
                    Command::new("domains check DOMAIN"),
                    "."
                ],
            ),
            Self::DomainPending => facts(
                "domain_pending",
                Warns,
                Never,
                hint![
                    "Check in the portal if the domain is verified. For the steps, run ",
                    Command::new("domains check DOMAIN"),
                    "."
                ],
            ),
            Self::DomainMayBeRemoved => facts(
                "domain_may_be_removed",
                Warns,
                Never,
                hint![
                    "Look for the domain in the portal. If it is listed, record that: ",
                    Command::storing("domains declare DOMAIN"),
                    "."
                ],
            ),
            Self::DomainNotKnown => facts(
                "domain_not_known",
                Warns,
                Never,
                hint![
                    "Check in the portal if the domain is verified. If it is, record that: ",
                    Command::storing("domains declare DOMAIN"),
                    "."
                ],
            ),
            Self::NoDefault => facts(
                "no_default",
                Fails,
                Never,
                hint![
                    "Set a default: ",
                    Command::new("assign --platform PLATFORM --server SERVER"),
                    "."
                ],
            ),
            Self::NoAddeUrl => facts(
                "no_adde_url",
                Fails,
                Never,
                hint![
                    "Set an ADDE URL with the server token: ",
                    Command::new("adde-url set URL --server SERVER"),
                    ". If a vendor holds the token, ask the vendor to set one."
                ],
            ),
            Self::AddeUrlMalformed => facts(
                "adde_url_malformed",
                Fails,
                Never,
                hint![
                    "Set a URL that devices can read: ",
                    Command::new("adde-url set URL --server SERVER"),
                    "."
                ],
            ),
            Self::AddeUrlNotSupported => facts(
                "adde_url_not_supported",
                Fails,
                Never,
                "Serve the document on the domain itself.",
            ),
            Self::TooOldForFallback => facts(
                "too_old_for_fallback",
                Fails,
                Never,
                "Serve the document on the domain itself.",
            ),
            Self::AppleNotReachable => facts(
                "apple_not_reachable",
                Warns,
                Never,
                "Open TCP port 443 to Apple's hosts in the firewall, without TLS inspection.",
            ),
        }
    }
}
