//! URLs that are known to be mistakes by the way they are written: of another service, of one network, or of a sample that
//! nobody filled in. Pure.
//!
//! Over 400 lines, since each kind of mistake has its words and its tables of examples here.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::base_url::VENDORS;
use super::{Code, Finding};

/// Where a domain keeps its document (official).
pub const WELL_KNOWN: &str = "/.well-known/com.apple.remotemanagement";

/// Where Apple Configurator begins an enrollment; it has nothing to do with account-driven enrollment (observed as a confusion).
const CONFIGURATOR: &str = "/mdmserviceconfig";

/// Ends of names that no public DNS server has (RFC 6762, RFC 8375, ICANN's `.internal`, and customs of companies).
const PRIVATE_ENDS: [&str; 8] = [
    "local",
    "internal",
    "home.arpa",
    "lan",
    "intranet",
    "corp",
    "home",
    "localdomain",
];

/// Hosts of samples: reserved (RFC 2606), and Microsoft's.
const SAMPLE_HOSTS: [&str; 5] = [
    "example.com",
    "example.org",
    "example.net",
    "contoso.com",
    "fabrikam.com",
];

/// What follows "your" in a sample, and what stands in capitals there.
const BLANKS: [&str; 33] = [
    "account",
    "cluster",
    "company",
    "customer",
    "domain",
    "enrollment",
    "environment",
    "fqdn",
    "guid",
    "host",
    "id",
    "identifier",
    "instance",
    "jamf",
    "key",
    "mdm",
    "name",
    "pro",
    "prod",
    "org",
    "organisation",
    "organization",
    "region",
    "secret",
    "server",
    "site",
    "subdomain",
    "team",
    "tenant",
    "tenantid",
    "token",
    "url",
    "uuid",
];

/// What is wrong with a URL by the way it is written. `called` begins the sentences, such as "The URL".
pub fn mistakes(called: &str, url: &Url) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |code, what: String| found.push(Finding::new(code, format!("{called} {what}.")));
    if url
        .path()
        .to_ascii_lowercase()
        .trim_end_matches('/')
        .ends_with(CONFIGURATOR)
    {
        say(
            Code::ConfiguratorUrl,
            "leads to /MDMServiceConfig, which is for Apple Configurator and not for devices"
                .to_owned(),
        );
    }
    match network(url) {
        Some(Network::Loopback(host)) => say(
            Code::LoopbackAddress,
            format!("leads to {host}, which is the device itself"),
        ),
        Some(Network::Private(host)) => say(
            Code::PrivateAddress,
            format!("leads to {host}, which can be reached inside of one network only"),
        ),
        None => {}
    }
    found
}

/// The part of a URL that stands in a vendor's sample for something to fill in, as it is written; the text need not be a URL.
pub fn placeholder(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8_lossy();
    let (_, after_scheme) = text.split_once("://").unwrap_or(("", &text));
    let host = after_scheme
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let name = host
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut samples = SAMPLE_HOSTS.into_iter();
    if let Some(sample) = samples.find(|it| name == *it || name.ends_with(&format!(".{it}"))) {
        return Some(sample.to_owned());
    }
    // An IPv6 address has brackets of its own.
    let brackets = if host.starts_with('[') {
        after_scheme.get(host.len()..).unwrap_or_default()
    } else {
        after_scheme
    };
    if let Some(blank) = in_brackets(brackets) {
        return Some(blank);
    }
    // A parameter whose value is its own name.
    let repeated = after_scheme.split(['?', '&']).skip(1).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (value.eq_ignore_ascii_case(name) && is_noun(value)).then_some(value)
    });
    let after_host = after_scheme.get(host.len()..).unwrap_or_default();
    let mut parts = after_host.split(['/', '?', '&', ';', ',', '.', ':', '#', '=']);
    let in_host = || {
        // A label of somebody's own domain can be a real name; one before a vendor's can't.
        let of_a_vendor = VENDORS
            .iter()
            .any(|vendor| name.ends_with(&format!(".{vendor}")));
        let mut labels = host.split(['.', ':']);
        labels.find(|label| is_name_of_a_variable(label) || (of_a_vendor && is_blank(label)))
    };
    repeated
        .or_else(in_host)
        .or_else(|| parts.find(|part| is_blank(part)))
        .map(str::to_owned)
}

/// The label of a host that looks like a blank of a sample, though it may be somebody's own name.
pub(super) fn blank_label(host: &str) -> Option<&str> {
    host.split('.').find(|label| is_blank(label))
}

/// `{tenant}`, `<tenant>`, `[tenant]`, `${TENANT}`.
fn in_brackets(text: &str) -> Option<String> {
    [('{', '}'), ('<', '>'), ('[', ']')]
        .iter()
        .find_map(|(opens, closes)| {
            let from = text.find(*opens)?;
            let length = text[from..].find(*closes)?;
            Some(text[from..=from + length].to_owned())
        })
}

/// Whether a part of a URL is a blank of a sample.
fn is_blank(part: &str) -> bool {
    let plain: String = part
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '+'))
        .collect::<String>()
        .to_ascii_lowercase();
    let whole = [
        "changeme",
        "replaceme",
        "todo",
        "fixme",
        "placeholder",
        "xxx",
    ];
    if whole.contains(&plain.as_str()) || (plain.starts_with("insert") && plain.ends_with("here")) {
        return true;
    }
    if plain
        .strip_prefix("your")
        .is_some_and(|rest| !rest.is_empty() && is_made_of_nouns(rest))
    {
        return true;
    }
    let all = |wanted: char| plain.len() >= 4 && plain.chars().all(|c| c == wanted);
    let is_uuid = part.len() == 36 && part.matches('-').count() == 4;
    if all('x') || (is_uuid && all('0')) {
        return true;
    }
    is_name_of_a_variable(part)
}

/// A shell's variable, or a name in capitals: `JAMF_PRO_URL`.
fn is_name_of_a_variable(part: &str) -> bool {
    if part.starts_with('$') && part.len() > 1 {
        return true;
    }
    let capitals = part
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    capitals && part.contains('_') && part.split('_').any(is_noun)
}

/// Whether a text is nouns of samples, one after the other: "tenantid", "jamfserverurl".
fn is_made_of_nouns(text: &str) -> bool {
    text.is_empty() || {
        let mut nouns = BLANKS.iter();
        nouns.any(|noun| text.strip_prefix(noun).is_some_and(is_made_of_nouns))
    }
}

/// Whether a word is a noun that samples leave to be filled in.
fn is_noun(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    BLANKS
        .iter()
        .any(|blank| word == *blank || word.ends_with("tenantid"))
}

enum Network {
    Loopback(String),
    Private(String),
}

fn network(url: &Url) -> Option<Network> {
    match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let below = |end: &&str| name.ends_with(&format!(".{end}"));
            if name == "localhost" || name.ends_with(".localhost") {
                Some(Network::Loopback(name))
            } else if !name.contains('.') || PRIVATE_ENDS.iter().any(below) {
                Some(Network::Private(name))
            } else {
                None
            }
        }
        Host::Ipv4(address) => of_address(address.into()),
        Host::Ipv6(address) => of_address(address.to_canonical()),
    }
}

fn of_address(address: IpAddr) -> Option<Network> {
    let (loopback, private) = match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            // Addresses that providers share among their customers (RFC 6598).
            let shared = first == 100 && (64..128).contains(&second);
            (
                address.is_loopback() || first == 0,
                address.is_private() || address.is_link_local() || shared,
            )
        }
        IpAddr::V6(address) => (
            address.is_loopback() || address.is_unspecified(),
            address.is_unique_local() || address.is_unicast_link_local(),
        ),
    };
    if loopback {
        Some(Network::Loopback(address.to_string()))
    } else if private {
        Some(Network::Private(address.to_string()))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<Code> {
        let found = mistakes("The BaseURL", &Url::parse(text).unwrap());
        found.iter().map(|it| it.code).collect()
    }

    #[test]
    fn addresses_that_devices_elsewhere_do_not_reach_are_named() {
        for (host, expected) in [
            ("localhost", Some(Code::LoopbackAddress)),
            ("mdm.localhost", Some(Code::LoopbackAddress)),
            ("127.0.0.1", Some(Code::LoopbackAddress)),
            ("127.9.9.9:8443", Some(Code::LoopbackAddress)),
            ("0.0.0.0", Some(Code::LoopbackAddress)),
            ("[::1]", Some(Code::LoopbackAddress)),
            ("[::ffff:127.0.0.1]", Some(Code::LoopbackAddress)),
            ("10.1.2.3", Some(Code::PrivateAddress)),
            ("172.31.0.1", Some(Code::PrivateAddress)),
            ("192.168.1.10:8443", Some(Code::PrivateAddress)),
            ("169.254.0.1", Some(Code::PrivateAddress)),
            ("100.64.0.1", Some(Code::PrivateAddress)),
            ("[fd00::1]", Some(Code::PrivateAddress)),
            ("[fe80::1]", Some(Code::PrivateAddress)),
            ("[::ffff:10.0.0.1]", Some(Code::PrivateAddress)),
            ("mdm", Some(Code::PrivateAddress)),
            ("mdm.acme.local", Some(Code::PrivateAddress)),
            ("mdm.corp.internal", Some(Code::PrivateAddress)),
            ("172.32.0.1", None),
            ("100.128.0.1", None),
            ("11.0.0.1", None),
            ("[2001:db8::1]", None),
            ("local.acme.com", None),
            ("mylocal.acme.com", None),
            ("acme.locale", None),
        ] {
            let found = codes(&format!("https://{host}/enroll"));
            assert_eq!(found, Vec::from_iter(expected), "{host}");
        }
    }

    #[test]
    fn the_place_of_apple_configurator_is_named() {
        for (path, expected) in [
            ("MDMServiceConfig", true),
            ("MDMServiceConfig?id=1&tenant=2", true),
            ("a/b/mdmserviceconfig/", true),
            ("MDMServiceConfigs", false),
            ("x?y=/MDMServiceConfig", false),
        ] {
            let found = codes(&format!("https://mdm.acme.com/{path}"));
            assert_eq!(found == [Code::ConfiguratorUrl], expected, "{path}");
        }
    }

    #[test]
    fn blanks_of_samples_are_known() {
        for (text, blank) in [
            (
                "https://m.vendor.example/Report?tenantId=YourTenantID",
                "YourTenantID",
            ),
            (
                "https://m.vendor.example/x?aadTenantId=<your tenant id>",
                "<your tenant id>",
            ),
            (
                "https://m.vendor.example/x?aadTenantId=%3Ctenant%3E",
                "<tenant>",
            ),
            ("https://m.vendor.example/x?t={tenant}", "{tenant}"),
            ("https://m.vendor.example/x?t={{tenant}}", "{{tenant}"),
            ("https://m.vendor.example/x?t=${TENANT}", "{TENANT}"),
            ("https://m.vendor.example/x?t=[tenant]", "[tenant]"),
            (
                "https://JAMF_PRO_URL/servicediscoveryenrollment/v1/userenroll",
                "JAMF_PRO_URL",
            ),
            ("https://m.vendor.example/$TENANT", "$TENANT"),
            (
                "https://m.vendor.example/x?t=YourJamfServerURL",
                "YourJamfServerURL",
            ),
            (
                "https://m.vendor.example/your_organization/x",
                "your_organization",
            ),
            ("https://your-domain.jamfcloud.com/x", "your-domain"),
            ("https://yourinstance.jamfcloud.com/x", "yourinstance"),
            ("https://YOUR_SERVER.acme.com/x", "YOUR_SERVER"),
            ("https://m.vendor.example/x?t=TENANT_ID", "TENANT_ID"),
            ("https://m.vendor.example/x?tenantId=tenantId", "tenantId"),
            (
                "https://m.vendor.example/x?aadTenantId=aadTenantID",
                "aadTenantID",
            ),
            (
                "https://m.vendor.example/x?t=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
                "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            ),
            (
                "https://m.vendor.example/x?t=00000000-0000-0000-0000-000000000000",
                "00000000-0000-0000-0000-000000000000",
            ),
            ("https://m.vendor.example/x?t=CHANGE_ME", "CHANGE_ME"),
            (
                "https://m.vendor.example/x?t=insert-token-here",
                "insert-token-here",
            ),
            ("https://mdm.example.com/x", "example.com"),
            ("https://mdm.contoso.com/x", "contoso.com"),
        ] {
            assert_eq!(placeholder(text).as_deref(), Some(blank), "{text}");
        }
        for text in [
            "https://mdm.acme.com/enroll?tenant=acme&id=7",
            "https://manage.microsoft.com/EnrollmentServer/PostReportDeviceInfoForUEV2?aadTenantId=01234567-89ab-cdef-0123-456789abcdef",
            "https://acme.jamfcloud.com/servicediscoveryenrollment/v1/userenroll",
            "https://[2001:db8::1]/x",
            "https://yourway.example/x",
            "https://dedi12.your-server.de/enroll",
            "https://yourhosting.nl/x",
            "https://mdm.yourideas.com/x",
            "https://mdm.acme.com/yourideas/x?host=yourhosting",
            "https://mdm.acme.com/API_V2/x",
            "https://mdm.acme.com/id/id7?token=t0ken",
            "https://mdm.acme.com/00000000/x",
            "https://fleet.acme.com/mdm/apple/account_driven_enroll/AB_CD",
        ] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text: String) {
            let _ = placeholder(&text);
            let _ = placeholder(&format!("https://{text}"));
        }
    }
}
