//! Resolves names to addresses: from the user's options first, then with a resolver, once for each name.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::{Once, lock};
use crate::core::lookup::{Override, ResolverAddress};
use crate::core::service_discovery::{Code, Finding};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

/// The longest that one question to a resolver may take, of which there may be several.
const ASKING: Duration = Duration::from_secs(4);
/// The longest that looking a name up may take.
const LOOKING_UP: Duration = Duration::from_secs(10);

/// Where the system keeps its name servers, too.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Why a confined one asks nobody.
const WITHOUT_RESOLVER: &str = "a sandbox's profile asks the sandbox's resolver only, and has none";

type Looked = Result<Vec<IpAddr>, Finding>;

/// Where names are looked up. Names that were looked up are kept.
pub(super) struct Addresses {
    overrides: Vec<Override>,
    server: Option<ResolverAddress>,
    timeout: Duration,
    confined: bool,
    resolver: OnceLock<Result<TokioResolver, String>>,
    found: Mutex<HashMap<String, Once<Looked>>>,
}

impl Addresses {
    /// Asks nobody yet. If it is `confined`, it asks a resolver on loopback alone, and gives addresses on loopback alone.
    pub(super) fn new(
        overrides: Vec<Override>,
        server: Option<ResolverAddress>,
        timeout: Duration,
        confined: bool,
    ) -> Self {
        Self {
            overrides,
            server,
            timeout,
            confined,
            resolver: OnceLock::new(),
            found: Mutex::default(),
        }
    }

    /// Whether nothing leaves this machine.
    pub(super) fn is_confined(&self) -> bool {
        self.confined
    }

    /// The address that the user gave for a host and the port of its URL.
    pub(super) fn given(&self, host: &str, port: u16) -> Option<SocketAddr> {
        self.overrides.iter().find_map(|it| it.matches(host, port))
    }

    /// Where to connect for a host and the port of its URL; at least one.
    pub(super) async fn of(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Finding> {
        let found = self.anywhere(host, port).await?;
        match found.iter().find(|it| !it.ip().is_loopback()) {
            Some(outside) if self.confined => Err(Finding::new(
                Code::OutsideSandbox,
                format!(
                    "{host} is at {}, and a sandbox's profile connects to this machine only.",
                    outside.ip()
                ),
            )),
            _ => Ok(found),
        }
    }

    async fn anywhere(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Finding> {
        if let Some(given) = self.given(host, port) {
            return Ok(vec![given]);
        }
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let cell = Arc::clone(lock(&self.found).entry(host.to_owned()).or_default());
        let found = cell.get_or_init(|| self.look_up(host)).await.clone()?;
        Ok(found
            .into_iter()
            .map(|address| SocketAddr::new(address, port))
            .collect())
    }

    async fn look_up(&self, host: &str) -> Looked {
        if self.is_without_resolver() {
            return Err(Finding::new(
                Code::OutsideSandbox,
                format!("The name {host} can't be looked up: {WITHOUT_RESOLVER}."),
            ));
        }
        let failed = |why: String| {
            Finding::new(
                Code::ResolverFailed,
                format!("abmctl can't look up the name {host}: {why}."),
            )
        };
        let resolver = self
            .resolver
            .get_or_init(|| self.resolver())
            .as_ref()
            .map_err(|why| failed(why.clone()))?;
        // With the dot at its end no search domain is tried.
        let Ok(name) = Name::from_ascii(format!("{}.", host.trim_end_matches('.'))) else {
            return Err(Finding::new(
                Code::NameNotFound,
                format!("{host} isn't a valid host name."),
            ));
        };
        let limit = LOOKING_UP.min(self.timeout);
        let Ok(found) = tokio::time::timeout(limit, resolver.lookup_ip(name)).await else {
            return Err(failed("the resolver doesn't answer".to_owned()));
        };
        match found {
            Ok(found) => {
                let found: Vec<IpAddr> = found.iter().collect();
                if found.is_empty() {
                    Err(without_address(host))
                } else {
                    Ok(found)
                }
            }
            Err(NetError::Dns(DnsError::NoRecordsFound(NoRecords { response_code, .. }))) => {
                Err(match response_code {
                    ResponseCode::NXDomain => Finding::new(
                        Code::NameNotFound,
                        format!(
                            "The name {host} doesn't exist{}.",
                            if self.confined { " in the sandbox" } else { "" }
                        ),
                    ),
                    ResponseCode::NoError => without_address(host),
                    other => failed(other.to_string()),
                })
            }
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Whether a name has an address; `None` if the resolver does not say.
    pub(super) async fn resolves(&self, name: &str) -> Option<bool> {
        match self.look_up(name).await {
            Ok(_) => Some(true),
            // One of the two questions may have failed, which an answer without an address does not show.
            Err(finding) if finding.code == Code::NameNotFound => {
                let (four, six) = tokio::join!(
                    self.records(name, RecordType::A),
                    self.records(name, RecordType::AAAA)
                );
                let is_address = |record: &RData| matches!(record, RData::A(_) | RData::AAAA(_));
                let has = |records: &Option<Vec<RData>>| {
                    records
                        .as_ref()
                        .map(|records| records.iter().any(is_address))
                };
                match (has(&four), has(&six)) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                }
            }
            Err(_) => None,
        }
    }

    /// The TXT records of a name, none where it has none or does not exist; `None` if the resolver does not say.
    pub(super) async fn texts(&self, name: &str) -> Option<Vec<String>> {
        let records = self.records(name, RecordType::TXT).await?;
        let text = |record: RData| match record {
            RData::TXT(text) => Some(text.to_string()),
            _ => None,
        };
        Some(records.into_iter().filter_map(text).collect())
    }

    /// The records of a name, of this type and of those on the way to it; `None` if the resolver does not say.
    async fn records(&self, name: &str, record_type: RecordType) -> Option<Vec<RData>> {
        let resolver = self
            .resolver
            .get_or_init(|| self.resolver())
            .as_ref()
            .ok()?;
        let name = format!("{}.", name.trim_end_matches('.'));
        let limit = LOOKING_UP.min(self.timeout);
        let asked = resolver.lookup(name, record_type);
        match tokio::time::timeout(limit, asked).await.ok()? {
            Ok(found) => Some(
                found
                    .answers()
                    .iter()
                    .map(|record| record.data.clone())
                    .collect(),
            ),
            Err(NetError::Dns(DnsError::NoRecordsFound(NoRecords {
                response_code: ResponseCode::NXDomain | ResponseCode::NoError,
                ..
            }))) => Some(Vec::new()),
            Err(_) => None,
        }
    }

    /// Whether it may ask nobody: the system's resolver is not on loopback, or asks others.
    fn is_without_resolver(&self) -> bool {
        self.confined && self.server.is_none_or(|it| !it.0.ip().is_loopback())
    }

    fn resolver(&self) -> Result<TokioResolver, String> {
        if self.is_without_resolver() {
            return Err(WITHOUT_RESOLVER.to_owned());
        }
        let mut builder = match self.server {
            Some(ResolverAddress(address)) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                let config = ResolverConfig::from_name_servers(vec![server]);
                let provider = TokioRuntimeProvider::default();
                let mut builder = TokioResolver::builder_with_config(config, provider);
                // Who names a resolver wants to know what it says.
                builder.options_mut().use_hosts_file = ResolveHosts::Never;
                builder
            }
            None => match TokioResolver::builder_tokio() {
                Ok(builder) => builder,
                // On macOS one name server that can't be parsed ends the reading of all.
                Err(error) => {
                    let text = std::fs::read_to_string(RESOLV_CONF).unwrap_or_default();
                    let servers = name_servers(&text);
                    if servers.is_empty() {
                        return Err(error.to_string());
                    }
                    tracing::info!(
                        target: "abmctl::http",
                        "abmctl can't read the system's name servers ({error}), so it uses {RESOLV_CONF}"
                    );
                    let servers = servers.into_iter().map(NameServerConfig::udp_and_tcp);
                    let config = ResolverConfig::from_name_servers(servers.collect());
                    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
                }
            },
        };
        let options = builder.options_mut();
        options.timeout = ASKING.min(self.timeout);
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        builder.build().map_err(|error| error.to_string())
    }
}

/// The name servers in the text of `/etc/resolv.conf`, in their order. An address with a zone, such as `fe80::1%en0`, can't be
/// asked and is skipped, as is whatever is no address.
fn name_servers(text: &str) -> Vec<IpAddr> {
    let mut servers = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if words.next() == Some("nameserver")
            && let Some(Ok(address)) = words.next().map(str::parse)
            && !servers.contains(&address)
        {
            servers.push(address);
        }
    }
    servers
}

fn without_address(host: &str) -> Finding {
    Finding::new(
        Code::NameNotFound,
        format!("The name {host} has no address."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_server_that_cannot_be_asked_costs_no_others() {
        let addresses = |text: &[&str]| -> Vec<IpAddr> {
            text.iter()
                .map(|address| address.parse().unwrap())
                .collect()
        };
        for (text, expected) in [
            (
                "# macOS\nsearch lan acme..example\nnameserver fe80::1%en0\nnameserver 192.168.1.1\n",
                &["192.168.1.1"][..],
            ),
            (
                "nameserver\t2001:db8::53   # ours\r\n  nameserver 1.1.1.1\nnameserver 1.1.1.1",
                &["2001:db8::53", "1.1.1.1"],
            ),
            (
                "#nameserver 1.1.1.1\n;nameserver 1.1.1.1\nnameserver\nnameserver one\nnameservers 1.1.1.1",
                &[],
            ),
            ("", &[]),
        ] {
            assert_eq!(name_servers(text), addresses(expected), "{text}");
        }
    }
}
