//! URLs that are mistakes by their form: the URL of another service, or one that works inside a single network. Pure.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::{Code, Finding, Weight};

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

/// What is odd about a URL by the way it is written; an error if no device can use it. `called` begins the sentences, such as "The URL".
pub fn mistakes(called: &str, url: &Url) -> Result<Vec<Finding>, Finding> {
    let mut found = Vec::new();
    let mut say = |code, what: String| found.push(Finding::new(code, format!("{called} {what}.")));
    let path = percent_decode_str(url.path())
        .decode_utf8_lossy()
        .to_ascii_lowercase();
    let path = path.split(';').next().unwrap_or_default();
    if path.trim_end_matches(['/', '.']).ends_with(CONFIGURATOR) {
        say(
            Code::ConfiguratorUrl,
            "leads to /MDMServiceConfig, which is for Apple Configurator, not for devices"
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
            format!("leads to {host}, which can be reached only inside one network"),
        ),
        None => {}
    }
    match found
        .iter()
        .position(|it| it.code.weight() == Weight::Fails)
    {
        Some(first) => Err(found.swap_remove(first)),
        None => Ok(found),
    }
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
        let found = found.unwrap_or_else(|fails| vec![fails]);
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
            ("%4dDMServiceConfig", true),
            ("MDMServiceConfig;jsessionid=1", true),
            ("MDMServiceConfigs", false),
            ("x?y=/MDMServiceConfig", false),
        ] {
            let found = codes(&format!("https://mdm.acme.com/{path}"));
            assert_eq!(found == [Code::ConfiguratorUrl], expected, "{path}");
        }
    }
}
