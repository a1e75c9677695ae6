//! Proxy and certificates, as plain values: whoever builds the client uses them.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::{Folders, ProfileServices, Source, Sourced};
use crate::error::Error;
use crate::host::Environment;

/// How to reach the network. The same on Linux and macOS; loopback is never proxied, which whoever uses this sees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The proxy for https, from `HTTPS_PROXY`, or else from `ALL_PROXY`, or these in lower case.
    pub proxy: Option<Sourced<Proxy>>,
    /// The hosts that are reached without it, from `NO_PROXY` or `no_proxy`, as it stands.
    pub no_proxy: Option<Sourced<String>>,
    /// A file of certificates (PEM) that are trusted beside the system's, from `SSL_CERT_FILE`.
    pub certificates: Option<Sourced<PathBuf>>,
    /// A file of certificates (PEM) that are trusted too, from the profile's `services.certificates`.
    pub profile_certificates: Option<Sourced<PathBuf>>,
}

/// The URL of a proxy. `Display` and `Debug` leave out the name and password that it may carry.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

impl Proxy {
    /// The whole URL, with name and password.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}",
            self.0.scheme(),
            self.0.authority().rsplit('@').next().unwrap_or_default()
        )
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Network {
    /// Reads the variables; the upper-case names win. Exit 2 where the proxy is none.
    pub(super) fn resolve(
        environment: &Environment,
        folders: &Folders,
        profile: &ProfileServices,
        source: &Source,
    ) -> Result<Self, Error> {
        let first = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| {
                let value = environment.get(name)?.trim();
                (!value.is_empty()).then(|| Sourced::new(value, Source::Environment(name)))
            })
        };
        let named = first(["HTTPS_PROXY", "https_proxy"]);
        let proxy = match named.or_else(|| first(["ALL_PROXY", "all_proxy"])) {
            Some(text) => Some(Sourced::new(proxy(&text)?, text.source)),
            None => None,
        };
        Ok(Self {
            proxy,
            no_proxy: first(["NO_PROXY", "no_proxy"]).map(|text| text.map(str::to_owned)),
            certificates: environment.get("SSL_CERT_FILE").map(|path| {
                Sourced::new(folders.expand(path), Source::Environment("SSL_CERT_FILE"))
            }),
            profile_certificates: profile.certificates.as_deref().map(|path| {
                let path = folders.config.join(folders.expand(path.trim()));
                Sourced::new(path, source.clone())
            }),
        })
    }
}

/// The kinds of proxies: with socks5 the host is looked up here, with socks5h by the proxy.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

fn proxy(text: &Sourced<&str>) -> Result<Proxy, Error> {
    let url = Some(text.value)
        .filter(|text| !is_bent(text))
        .and_then(|text| {
            // A proxy is often written without its scheme, and then speaks http.
            if text.contains("://") {
                Url::parse(text).ok()
            } else {
                Url::parse(&format!("http://{text}")).ok()
            }
        });
    match url {
        Some(url) if SCHEMES.contains(&url.scheme()) && url.has_host() => Ok(Proxy(url)),
        // The text may hold a password, and is not repeated.
        _ => Err(Error::usage(format!(
            "{} is not the URL of a proxy (http, https, socks5 or socks5h), such as http://proxy.acme.com:3128.",
            text.source
        ))),
    }
}

/// Whether there is something in it that a browser would put right silently: another client may take it for another host.
fn is_bent(text: &str) -> bool {
    let odd =
        |character: char| character.is_whitespace() || character.is_control() || character == '\\';
    let slashes = match text.split_once("://") {
        Some((scheme, rest)) => scheme.contains(['/', '?', '#', '@']) || rest.starts_with('/'),
        None => text.starts_with('/') || text.contains(":/"),
    };
    text.contains(odd) || slashes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(variables: &[(&str, &str)]) -> Result<Network, Error> {
        let variables = variables.iter().copied();
        let environment = Environment::new(variables);
        let folders = Folders {
            config: "/config".into(),
            state: "/state".into(),
            home: None,
            sudo_user: None,
        };
        Network::resolve(
            &environment,
            &folders,
            &ProfileServices::default(),
            &Source::Default,
        )
    }

    #[test]
    fn a_proxy_hides_its_password() {
        for (text, shown) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("proxy:3128", "http://proxy:3128"),
            ("https://me:s3cret@proxy", "https://proxy"),
            ("me:s3cret@proxy:1", "http://proxy:1"),
            (" http://proxy:3128/ ", "http://proxy:3128"),
            ("SOCKS5H://me:s3cret@proxy:1080", "socks5h://proxy:1080"),
            ("socks5://proxy", "socks5://proxy"),
            (
                "http://me:s3%5Ccret@[2001:db8::1]:3128",
                "http://[2001:db8::1]:3128",
            ),
        ] {
            let network = network(&[("https_proxy", text)]).unwrap();
            assert!(!format!("{network:?}").contains("s3cret"));
            let proxy = network.proxy.unwrap();
            assert_eq!(proxy.value.to_string(), shown);
            assert_eq!(proxy.source.to_string(), "https_proxy");
        }
        for text in [
            "ftp://s3cret",
            "socks://s3cret",
            "socks4://s3cret",
            "http://",
            "http://s3cret:99999",
            "http://s3cret proxy:3128",
            "http://s3c\tret:3128",
            "http://s3c\nret:3128",
            "http://s3cret\u{0}:3128",
            "http://s3cret\u{a0}:3128",
            "http:/s3cret:3128",
            "http:///s3cret:3128",
            "http:////s3cret:3128",
            "//s3cret:3128",
            "/s3cret:3128",
            "http:\\\\s3cret:3128",
            "http://s3cret\\@proxy:3128",
            "s3cret\\proxy:3128",
            "http:s3cret:3128",
            "me:s3cret@://proxy",
        ] {
            let error = network(&[("HTTPS_PROXY", text)]).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2);
            assert!(error.message.starts_with("HTTPS_PROXY is not"));
            assert!(!error.message.contains("s3cret"));
        }
    }

    #[test]
    fn the_proxy_for_https_comes_before_the_one_for_all() {
        for (variables, source, shown) in [
            (
                &[("ALL_PROXY", "socks5h://a:1"), ("HTTPS_PROXY", "http://b")][..],
                "HTTPS_PROXY",
                "http://b",
            ),
            (
                &[("ALL_PROXY", "socks5h://a:1"), ("https_proxy", "http://b")],
                "https_proxy",
                "http://b",
            ),
            (
                &[("ALL_PROXY", "socks5h://a:1"), ("HTTPS_PROXY", "")],
                "ALL_PROXY",
                "socks5h://a:1",
            ),
            (&[("all_proxy", "socks5://a")], "all_proxy", "socks5://a"),
            (
                &[("all_proxy", "socks5://a"), ("ALL_PROXY", "b")],
                "ALL_PROXY",
                "http://b",
            ),
        ] {
            let proxy = network(variables).unwrap().proxy.unwrap();
            assert_eq!(proxy.source.to_string(), source);
            assert_eq!(proxy.value.to_string(), shown);
        }
        let empty = network(&[("SSL_CERT_FILE", ""), ("ALL_PROXY", " ")]).unwrap();
        assert!(empty.certificates.is_none() && empty.proxy.is_none());
        let error = network(&[("ALL_PROXY", "socks4://s3cret")]).unwrap_err();
        assert!(error.message.starts_with("ALL_PROXY is not"), "{error}");
    }

    #[test]
    fn upper_case_wins() {
        let network = network(&[
            ("HTTPS_PROXY", "http://a"),
            ("https_proxy", "http://b"),
            ("NO_PROXY", "x"),
            ("no_proxy", "y"),
            ("SSL_CERT_FILE", "/roots.pem"),
        ])
        .unwrap();
        assert_eq!(network.proxy.unwrap().value.to_string(), "http://a");
        assert_eq!(network.no_proxy.unwrap().value, "x");
        assert_eq!(
            network.certificates.unwrap().value,
            PathBuf::from("/roots.pem")
        );
    }
}
