//! What can be found, and what each means and asks for: one table.
//!
//! Over 400 lines, since each code has its words here.

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
const VERSION_27: &str = "Let the web server, or the proxy or load balancer before it, speak TLS 1.3, or TLS 1.2 with extended master secret and cipher suites of ECDHE and AES-GCM.";

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
                "Give the domain itself (the part after the @) an address record, A or AAAA, that leads to the web server with the document.",
            ),
            Self::ResolverFailed => facts(
                "resolver_failed",
                Fails,
                Disputed,
                "Try again, or ask another resolver with `--resolver 1.1.1.1`. If it goes on, fix the name servers of the domain.",
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
                "Check HTTPS_PROXY or ALL_PROXY, and ask whoever runs the proxy to allow connections to this host. If the host can be reached without the proxy, add it to NO_PROXY.",
            ),
            Self::NoConnection => facts(
                "no_connection",
                Fails,
                Disputed,
                "Let the web server listen on port 443 and be reached from the internet; devices use no other port unless the URL names one.",
            ),
            Self::TimedOut => facts(
                "timed_out",
                Fails,
                Disputed,
                "Find out why the web server does not answer; if it is only slow, give it longer with `--timeout 90s`.",
            ),
            Self::BrokenOff => facts(
                "broken_off",
                Fails,
                Disputed,
                "Look into the log of the web server or of the proxy before it: it ended the connection while it answered.",
            ),
            Self::CertificateUntrusted => facts(
                "certificate_untrusted",
                Fails,
                Disputed,
                "Use a certificate of a public authority and send its intermediate certificates too. Devices that are not enrolled yet trust no root of your own.",
            ),
            Self::CertificateWrongName => facts(
                "certificate_wrong_name",
                Fails,
                Disputed,
                "Get a certificate that holds this exact name; one for the www name does not cover the domain itself.",
            ),
            Self::CertificateExpired => facts(
                "certificate_expired",
                Fails,
                Disputed,
                "Renew the certificate, and let the web server load the new one.",
            ),
            Self::CertificateNoServerAuth => facts(
                "certificate_no_server_auth",
                Fails,
                Disputed,
                "Get a certificate for a server: its extended key usage has to contain serverAuth.",
            ),
            Self::CertificateWeakKey => facts(
                "certificate_weak_key",
                Fails,
                Disputed,
                "Get a certificate for a new key: RSA with 2048 bits or more, or an elliptic curve such as P-256.",
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
                "Get a certificate that is valid for at most 825 days, or at most 398 from a public authority. It makes no difference that you added its root to the devices.",
            ),
            Self::CertificateLong => facts(
                "certificate_long",
                Warns,
                Disputed,
                "If it is from your own root and the devices trust that root, all is well. Else get a certificate that is valid for at most 398 days.",
            ),
            Self::CertificateEndsSoon => facts(
                "certificate_ends_soon",
                Warns,
                Disputed,
                "Renew the certificate before that day, and let the web server load the new one.",
            ),
            Self::TlsFailed => facts(
                "tls_failed",
                Fails,
                Disputed,
                "Let the web server speak TLS 1.3, or TLS 1.2 with cipher suites of ECDHE and AES-GCM, on this port and for this name, and ask for no client certificate. If it does, look for a firewall or a filter that closes the connection.",
            ),
            Self::TlsVersion27 => facts("tls_version_27", Warns, Disputed, VERSION_27),
            Self::RedirectNotHttps => facts(
                "redirect_not_https",
                Fails,
                Disputed,
                "Let the redirect lead to an https URL; a device does not go on over plain http.",
            ),
            Self::RedirectBroken => facts(
                "redirect_broken",
                Fails,
                Disputed,
                "Let the redirecting server send a `Location` with the whole https URL of the document.",
            ),
            Self::RedirectLoop => facts(
                "redirect_loop",
                Fails,
                Disputed,
                "Let the first redirect lead straight to the document, and leave /.well-known/com.apple.remotemanagement out of every other rule.",
            ),
            Self::RedirectLostQuery => facts(
                "redirect_lost_query",
                Warns,
                Disputed,
                "Let the redirecting server repeat the query, since a device does not: in nginx, end the target with `$is_args$args`.",
            ),
            Self::LoginPage => facts(
                "login_page",
                Fails,
                Disputed,
                "Leave the path of the document out of what needs a sign-in: a device asks for it before anybody has signed in.",
            ),
            Self::Unauthorized => facts(
                "unauthorized",
                Fails,
                Runs,
                "Let the web server answer without a password: a device has none yet when it asks for the document.",
            ),
            Self::NotFound => facts(
                "not_found",
                Fails,
                Runs,
                "Put the document at exactly this path, without an extension. Where a domain can't have it, devices may ask Apple for the ADDE URL of their default server.",
            ),
            Self::DocumentMisplaced => facts(
                "document_misplaced",
                Fails,
                Runs,
                "Serve the document at exactly the path of the well-known resource, without an extension and without a dot at its end.",
            ),
            Self::Forbidden => facts(
                "forbidden",
                Fails,
                Runs,
                "Allow GET for exactly this path; rules that keep hidden folders such as /.well-known shut are the usual cause.",
            ),
            Self::BotWall => facts(
                "bot_wall",
                Fails,
                Disputed,
                "Leave the path of the document out of the protection against bots: a device can't solve a challenge.",
            ),
            Self::AgentRefused => facts(
                "agent_refused",
                Warns,
                Disputed,
                "If only devices are to read the document, all is well. Else allow other clients on exactly this path.",
            ),
            Self::Rejected => facts(
                "rejected",
                Fails,
                Disputed,
                "If this user or kind of device is to be turned away here, all is well. Else look into why the server rejects it.",
            ),
            Self::ClientError => facts(
                "client_error",
                Fails,
                Runs,
                "Look into the log of the web server: it has to answer GET with both parameters with status 200.",
            ),
            Self::ServerError => facts(
                "server_error",
                Fails,
                Disputed,
                "Look into the log of the web server, or of the proxy before it, and fix what fails there.",
            ),
            Self::UnexpectedStatus => facts(
                "unexpected_status",
                Fails,
                Disputed,
                "Let the web server answer with status 200; a device takes no other.",
            ),
            Self::Html => facts(
                "html",
                Fails,
                Disputed,
                "Serve the JSON document at this path, or let the server answer 404 if it has none. A page with status 200 may keep devices from asking Apple.",
            ),
            Self::EnrollmentUrl => facts(
                "enrollment_url",
                Fails,
                Disputed,
                "Use the address of the JSON document that names this URL as its `BaseURL`, not the enrollment URL itself.",
            ),
            Self::ContentType => facts(
                "content_type",
                Fails,
                Disputed,
                "Serve the document with exactly one header `Content-Type: application/json`; without an extension, most servers need a rule for it.",
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
                "Give the document the member `Servers`, spelt exactly so, with a list of one server.",
            ),
            Self::EmptyServers => facts(
                "empty_servers",
                Fails,
                Disputed,
                "Give the document one server. To turn devices away on purpose, answer 403 with the code com.apple.well-known.failed instead.",
            ),
            Self::SeveralServers => facts(
                "several_servers",
                Warns,
                Never,
                "Leave only the server that devices are to enroll with.",
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
                "Offer this platform a kind of enrollment that it has, by the parameter model-family, or update the devices.",
            ),
            Self::NoBaseUrl => facts(
                "no_base_url",
                Fails,
                Never,
                "Give the server in the document its `BaseURL`, the https address of the enrollment.",
            ),
            Self::BaseUrlNotHttps => facts(
                "base_url_not_https",
                Fails,
                Never,
                "Write `BaseURL` as a whole https URL.",
            ),
            Self::BaseUrlMalformed => facts(
                "base_url_malformed",
                Fails,
                Never,
                "Write `BaseURL` as your MDM names it, without anything that a browser would correct: https, two slashes, the host, no white space.",
            ),
            Self::Placeholder => facts(
                "placeholder",
                Fails,
                Never,
                "Fill in the value that your MDM names in its place.",
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
                "Use the name by which devices reach the server from the internet, unless all of them enroll inside of that network.",
            ),
            Self::ConfiguratorUrl => facts(
                "configurator_url",
                Fails,
                Never,
                "Use the address that your MDM names for account-driven enrollment; /MDMServiceConfig is for Apple Configurator.",
            ),
            Self::DocumentUrl => facts(
                "document_url",
                Fails,
                Never,
                "Set `BaseURL` to the enrollment URL that your MDM names, not to the address of the document.",
            ),
            Self::BaseUrlNameNotFound => facts(
                "base_url_name_not_found",
                Fails,
                Never,
                "Look for a typo in `BaseURL`; else give its host an address record.",
            ),
            Self::BaseUrlNoConnection => facts(
                "base_url_no_connection",
                Fails,
                Never,
                "Let the host of `BaseURL` be reached from wherever devices enroll, not only from inside of your network.",
            ),
            Self::BaseUrlTls => facts(
                "base_url_tls",
                Fails,
                Never,
                "Let the host of `BaseURL` speak TLS 1.2 or 1.3, with a valid certificate of a public authority for its name and with the intermediate certificates. It must not ask for a client certificate.",
            ),
            Self::BaseUrlTlsVersion27 => facts("base_url_tls_version_27", Warns, Never, VERSION_27),
            Self::BaseUrlSuspicious => facts(
                "base_url_suspicious",
                Warns,
                Never,
                "Compare the host of `BaseURL` with the one that your service names; whoever owns it gets every enrollment.",
            ),
            Self::ProbeRefused => facts(
                "probe_refused",
                Fails,
                Never,
                "Let the service answer POST at `BaseURL` with 401 and `WWW-Authenticate: Bearer method=\"apple-as-web\", url=\"https://…\"`, or with the method apple-oauth2; ask its vendor if it is not yours.",
            ),
            Self::DiffersByPlatform => facts(
                "differs_by_platform",
                Warns,
                Never,
                "If that is meant, all is well. Else look for a rule or a cache that goes by model-family.",
            ),
            Self::DomainNotVerified => facts(
                "domain_not_verified",
                Fails,
                Never,
                hint![
                    "Verify it in the portal, or serve the document on the domain itself: ",
                    Command::new("domains check DOMAIN"),
                    " has the steps."
                ],
            ),
            Self::DomainPending => facts(
                "domain_pending",
                Warns,
                Never,
                hint![
                    "See in the portal whether it is verified: ",
                    Command::new("domains check DOMAIN"),
                    " has the steps."
                ],
            ),
            Self::DomainMayBeRemoved => facts(
                "domain_may_be_removed",
                Warns,
                Never,
                hint![
                    "Look for the domain in the portal. If it is there, record that: ",
                    Command::storing("domains declare DOMAIN"),
                    "."
                ],
            ),
            Self::DomainNotKnown => facts(
                "domain_not_known",
                Warns,
                Never,
                hint![
                    "See in the portal whether it is verified. If it is, record that: ",
                    Command::storing("domains declare DOMAIN"),
                    "."
                ],
            ),
            Self::NoDefault => facts(
                "no_default",
                Fails,
                Never,
                hint![
                    "Choose one: ",
                    Command::new("assign --platform PLATFORM --server SERVER"),
                    "."
                ],
            ),
            Self::NoAddeUrl => facts(
                "no_adde_url",
                Fails,
                Never,
                hint![
                    "Set one with its server token: ",
                    Command::new("adde-url set URL --server SERVER"),
                    ". If a vendor holds the token, ask the vendor to set one."
                ],
            ),
            Self::AddeUrlMalformed => facts(
                "adde_url_malformed",
                Fails,
                Never,
                hint![
                    "Set it again, as a device can read it: ",
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
                "Open TCP port 443 to Apple's hosts in the firewall, without inspecting TLS.",
            ),
        }
    }
}
