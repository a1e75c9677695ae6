//! Whether a host is reached without the proxy, by the rules of `NO_PROXY`. Pure.

use std::net::IpAddr;

/// Whether `host` is in the list of `NO_PROXY`: names with all that is below them, addresses, networks, or `*`.
pub(super) fn is_excepted(list: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    list.split(',').map(str::trim).any(|entry| match address {
        _ if entry == "*" => true,
        Some(address) => is_within(entry, address),
        None => {
            let entry = entry.trim_start_matches("*.").trim_start_matches('.');
            let entry = entry.to_ascii_lowercase();
            !entry.is_empty() && (host == entry || host.ends_with(&format!(".{entry}")))
        }
    })
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
            (".acme.com", "www.acme.com", true),
            ("*.acme.com", "www.acme.com", true),
            ("acme.com", "notacme.com", false),
            ("a.example, acme.com", "acme.com", true),
            ("*", "acme.com", true),
            ("", "acme.com", false),
            (",", "acme.com", false),
            ("127.0.0.0/8", "127.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "11.0.0.1", true),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("::1", "[::1]", true),
            ("2001:db8::/32", "[2001:db8::7]", true),
            ("10.0.0.0/x", "10.0.0.1", false),
            ("10.0.0.0/8", "::1", false),
        ] {
            assert_eq!(is_excepted(list, host), expected, "{list} {host}");
        }
    }
}
