//! The options `--resolve` and `--resolver`. Pure.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// An address to use for a name, in place of asking a resolver: `HOST[:PORT]:ADDRESS[:PORT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The name, as a lower-case A-label.
    pub host: String,
    /// The port of the URL that it holds for; `None` for every port.
    pub port: Option<u16>,
    pub address: IpAddr,
    /// The port to connect to; `None` for the URL's own.
    pub to_port: Option<u16>,
}

impl Override {
    /// Where to connect for a host and the port of its URL; `None` if this is about another.
    pub fn matches(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let host = host.trim_end_matches('.');
        (self.host.eq_ignore_ascii_case(host) && self.port.is_none_or(|own| own == port))
            .then(|| SocketAddr::new(self.address, self.to_port.unwrap_or(port)))
    }

    /// One of a profile: `HOST[:PORT]=ADDRESS[:PORT]`.
    pub fn with_equals(text: &str) -> Result<Self, String> {
        let form = || {
            format!(
                "\"{text}\" is not of the form HOST=ADDRESS:PORT, such as acme.com=127.0.0.1:8443"
            )
        };
        let (host, address) = text.split_once('=').ok_or_else(form)?;
        let (number, name) = match host.rsplit_once(':') {
            Some((name, number)) => (Some(number), name),
            None => (None, host),
        };
        let plain = match number {
            Some(number) => format!("{}:{}:{}", name.trim(), number.trim(), address.trim()),
            None => format!("{}:{}", name.trim(), address.trim()),
        };
        plain.parse().map_err(|_: String| form())
    }

    /// Several, separated by commas, as `ABMCTL_RESOLVE` has them.
    pub fn list(text: &str) -> Result<Vec<Self>, String> {
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect()
    }
}

/// As in a profile: `HOST[:PORT]=ADDRESS[:PORT]`.
impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match (self.address, self.to_port) {
            (address, Some(port)) => write!(f, "={}", SocketAddr::new(address, port)),
            (IpAddr::V6(address), None) => write!(f, "=[{address}]"),
            (IpAddr::V4(address), None) => write!(f, "={address}"),
        }
    }
}

impl FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || {
            format!(
                "\"{text}\" doesn't look like HOST[:PORT]:ADDRESS[:PORT], such as acme.com:127.0.0.1:8443"
            )
        };
        let (host, rest) = text.trim().split_once(':').ok_or_else(form)?;
        let host = host.trim_end_matches('.');
        let host = idna::domain_to_ascii(host).map_err(|_| form())?;
        if host.is_empty() || host.parse::<IpAddr>().is_ok() {
            return Err(form());
        }
        // A number alone is a port: an address has dots or brackets.
        let (port, rest) = match rest.split_once(':') {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                (Some(port(number, text)?), rest)
            }
            _ => (None, rest),
        };
        let (address, to_port) = address_and_port(rest).ok_or_else(form)?;
        let to_port = to_port.map(|number| self::port(number, text)).transpose()?;
        Ok(Self {
            host,
            port,
            address,
            to_port,
        })
    }
}

/// A resolver to ask in place of the system's: `ADDRESS[:PORT]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolverAddress(pub SocketAddr);

impl FromStr for ResolverAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(SocketAddr::new(address, 53)));
        }
        let form = || {
            format!(
                "\"{text}\" isn't the address of a resolver, such as 1.1.1.1 or [2606:4700:4700::1111]:53"
            )
        };
        let (address, number) = address_and_port(text).ok_or_else(form)?;
        let port = number.map_or(Ok(53), |number| port(number, text))?;
        Ok(Self(SocketAddr::new(address, port)))
    }
}

fn port(number: &str, text: &str) -> Result<u16, String> {
    match number.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!(
            "\"{number}\" in \"{text}\" isn't a port; use a number from 1 to 65535"
        )),
    }
}

/// An IPv4 address, or an IPv6 address in brackets, and the text after the colon that may follow.
fn address_and_port(text: &str) -> Option<(IpAddr, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let address = IpAddr::V6(address.parse::<Ipv6Addr>().ok()?);
        return match rest {
            "" => Some((address, None)),
            _ => Some((address, Some(rest.strip_prefix(':')?))),
        };
    }
    let (address, port) = match text.split_once(':') {
        Some((address, port)) => (address, Some(port)),
        None => (text, None),
    };
    Some((IpAddr::V4(address.parse().ok()?), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_names_a_host_and_an_address() {
        for (text, asked, to) in [
            (
                "acme.com:127.0.0.1",
                ("acme.com", 443),
                Some("127.0.0.1:443"),
            ),
            (
                "acme.com:127.0.0.1:8443",
                ("acme.com", 443),
                Some("127.0.0.1:8443"),
            ),
            (
                "acme.com:443:127.0.0.1:8443",
                ("acme.com", 443),
                Some("127.0.0.1:8443"),
            ),
            ("acme.com:443:127.0.0.1", ("acme.com", 8443), None),
            (
                "acme.com:8443:127.0.0.1",
                ("acme.com", 8443),
                Some("127.0.0.1:8443"),
            ),
            ("ACME.com.:[::1]", ("acme.com", 443), Some("[::1]:443")),
            ("acme.com:[::1]:1", ("acme.com.", 443), Some("[::1]:1")),
            (
                "acme.com:443:[2001:db8::1]:1",
                ("acme.com", 443),
                Some("[2001:db8::1]:1"),
            ),
            ("acme.com:127.0.0.1", ("www.acme.com", 443), None),
            (
                "bücher.example:127.0.0.1",
                ("xn--bcher-kva.example", 443),
                Some("127.0.0.1:443"),
            ),
        ] {
            let found: Override = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
            let to = to.map(|to| to.parse().unwrap());
            assert_eq!(found.matches(asked.0, asked.1), to, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_form() {
        for text in [
            "",
            "acme.com",
            "acme.com:",
            ":127.0.0.1",
            "acme.com:443",
            "acme.com:443:",
            "acme.com:::1",
            "acme.com:[::1",
            "acme.com:[::1]8443",
            "acme.com:[127.0.0.1]",
            "acme.com:www.acme.com",
            "127.0.0.1:127.0.0.2",
            "acme.com:443:127.0.0.1:1:2",
            "acme.com:127.0.0.1:",
        ] {
            assert!(text.parse::<Override>().is_err(), "{text}");
        }
        for (text, part) in [
            ("acme.com:0:127.0.0.1", "\"0\" in"),
            ("acme.com:99999:127.0.0.1", "\"99999\" in"),
            ("acme.com:127.0.0.1:99999", "\"99999\" in"),
        ] {
            let why = text.parse::<Override>().unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }

    #[test]
    fn a_list_is_separated_by_commas() {
        let list = Override::list(" a.example:127.0.0.1 ,, b.example:[::1]:2,").unwrap();
        assert_eq!(list.len(), 2);
        assert!(Override::list("a.example:127.0.0.1,b").is_err());
        assert_eq!(Override::list(""), Ok(Vec::new()));
    }

    #[test]
    fn a_resolver_is_an_address_and_maybe_a_port() {
        for (text, expected) in [
            ("1.1.1.1", "1.1.1.1:53"),
            ("1.1.1.1:5353", "1.1.1.1:5353"),
            ("::1", "[::1]:53"),
            ("[::1]", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"),
        ] {
            let found: ResolverAddress = text.parse().unwrap();
            assert_eq!(found.0, expected.parse().unwrap(), "{text}");
        }
        for text in [
            "",
            "dns.example",
            "1.1.1.1:",
            "1.1.1.1:0",
            "1.1.1",
            "[::1]:x",
        ] {
            assert!(text.parse::<ResolverAddress>().is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Override>();
            let _ = text.parse::<ResolverAddress>();
            let _ = Override::list(&text);
        }
    }
}
