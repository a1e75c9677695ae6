//! Whether a host is reached without the proxy, by the rules of `NO_PROXY`. Pure.

use std::net::IpAddr;

/// Whether `host` at `port` is on this machine, or in the list of `NO_PROXY`: names with all that is below them, addresses, networks, each
/// of them also with a port, or `*`. Commas or blanks stand between them.
pub(super) fn is_excepted(list: &str, host: &str, port: u16) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let address = address.map(|address| address.to_canonical());
    if is_this_machine(&host, address) {
        return true;
    }
    list.split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let (entry, only) = with_port(entry);
            if only.is_some_and(|only| only != port) {
                return false;
            }
            match address {
                _ if entry == "*" => true,
                Some(address) => is_within(entry, address),
                None => is_below(entry, &host),
            }
        })
}

/// Loopback is never proxied, whatever `NO_PROXY` says.
fn is_this_machine(host: &str, address: Option<IpAddr>) -> bool {
    match address {
        Some(address) => address.is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// An entry, and the port at its end if it has one. An IPv6 address needs brackets for that.
fn with_port(entry: &str) -> (&str, Option<u16>) {
    if let Some((address, after)) = entry.strip_prefix('[').and_then(|it| it.split_once(']')) {
        return match after.strip_prefix(':').map(str::parse) {
            Some(Ok(port)) => (address, Some(port)),
            // A network, such as [2001:db8::]/32, is none that anybody writes.
            _ => (address, None),
        };
    }
    match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn is_below(entry: &str, host: &str) -> bool {
    let entry = entry.strip_prefix('*').unwrap_or(entry);
    let entry = entry.trim_start_matches('.').trim_end_matches('.');
    // A host comes as DNS has it.
    let entry = idna::domain_to_ascii(entry).unwrap_or_else(|_| entry.to_ascii_lowercase());
    !entry.is_empty() && (host == entry || host.ends_with(&format!(".{entry}")))
}

fn is_within(entry: &str, address: IpAddr) -> bool {
    let (network, length) = match entry.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (entry, Some(128)),
    };
    let (Ok(network), Some(length)) = (network.parse::<IpAddr>(), length) else {
        return false;
    };
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - length.min(32)).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - length.min(128)).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_excepted;

    #[test]
    fn names_addresses_and_networks_count() {
        for (list, host, expected) in [
            ("acme.com", "acme.com", true),
            ("acme.com", "www.ACME.com.", true),
            ("acme.com.", "www.acme.com", true),
            (".acme.com", "www.acme.com", true),
            ("*.acme.com", "www.acme.com", true),
            ("*.ACME.com", "a.b.acme.com", true),
            ("*acme.com", "www.acme.com", true),
            ("acme.com", "notacme.com", false),
            ("*.acme.com", "notacme.com", false),
            ("a.example, acme.com", "acme.com", true),
            ("a.example acme.com", "acme.com", true),
            ("m\u{fc}nchen.example", "www.xn--mnchen-3ya.example", true),
            ("*", "acme.com", true),
            ("*", "10.0.0.1", true),
            ("", "acme.com", false),
            (",", "acme.com", false),
            ("*.", "acme.com", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "11.0.0.1", true),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("10.0.0.1", "[::ffff:10.0.0.1]", true),
            ("2001:db8::1", "[2001:db8::1]", true),
            ("[2001:db8::1]", "[2001:db8::1]", true),
            ("2001:db8::/32", "[2001:db8::7]", true),
            ("10.0.0.0/x", "10.0.0.1", false),
            ("10.0.0.0/8", "2001:db8::1", false),
        ] {
            assert_eq!(is_excepted(list, host, 443), expected, "{list} {host}");
        }
    }

    #[test]
    fn an_entry_may_have_a_port() {
        for (list, host, port, expected) in [
            ("acme.com:443", "acme.com", 443, true),
            ("acme.com:443", "www.acme.com", 443, true),
            ("acme.com:443", "acme.com", 8443, false),
            ("*.acme.com:8443", "www.acme.com", 8443, true),
            ("10.0.0.1:443", "10.0.0.1", 443, true),
            ("10.0.0.1:443", "10.0.0.1", 80, false),
            ("[2001:db8::1]:443", "[2001:db8::1]", 443, true),
            ("[2001:db8::1]:443", "[2001:db8::1]", 80, false),
            // The last part of an address is no port.
            ("2001:db8::443", "[2001:db8::443]", 80, true),
            ("acme.com:x", "acme.com", 443, false),
        ] {
            assert_eq!(
                is_excepted(list, host, port),
                expected,
                "{list} {host}:{port}"
            );
        }
    }

    #[test]
    fn this_machine_is_never_proxied() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "127.1.2.3",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            for list in ["", "acme.com", "localhost:1"] {
                assert!(is_excepted(list, host, 443), "{host}");
            }
        }
        assert!(!is_excepted("", "localhost.acme.com", 443));
    }
}
