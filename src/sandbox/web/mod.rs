//! The web that a device meets on its way to an MDM: the organization's domains and the MDMs, over TLS.
//!
//! One listener for every host: the name in the handshake decides the certificate, the name in the request the answer.

mod authority;
mod behaviour;
mod listener;
pub(super) mod names;
mod site;

use std::collections::{BTreeMap, VecDeque};

pub(super) use behaviour::is_name;
pub use behaviour::{WebBehaviour, WebError, WebHost};

pub(super) use authority::Authority;
pub(super) use listener::serve;

use super::exchange::{Answer, Ending, REMEMBERED, Request};

/// The MDM of the organization; everything good leads here.
pub const MDM_HOST: &str = "mdm.acme.example";

/// The MDM of the URL that the token `intune` has set.
const OTHER_MDM_HOST: &str = "intune.acme.com";

/// The host of `wrong-host`: what became of `acme.jamfcloud.com` in a real file (observed). Nobody serves it.
pub const MISSPELT_HOST: &str = "acme.jamfcloud.com.com";

/// Apple's hosts that devices ask and nobody else should: reachable here, and every request is a mistake.
pub const UNASKED_HOSTS: [&str; 2] = ["axm-servicediscovery.apple.com", "axm-adm-enroll.apple.com"];

/// What the hosts do where nothing else is asked for. acme.de is the one that is broken.
const HOSTS: [(&str, WebBehaviour); 8] = [
    (MDM_HOST, WebBehaviour::Good),
    (OTHER_MDM_HOST, WebBehaviour::Good),
    ("acme.com", WebBehaviour::NotFound),
    ("acme.de", WebBehaviour::Html),
    ("acme.io", WebBehaviour::NotFound),
    ("acme.net", WebBehaviour::NotFound),
    ("acme.org", WebBehaviour::NotFound),
    ("shop.acme.com", WebBehaviour::NotFound),
];

/// A request that the web saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebRequestSeen {
    /// The method, in capitals.
    pub method: String,
    /// The host, in lower case and without a port.
    pub host: String,
    /// The path, and the query where there was one.
    pub path: String,
    /// The User-Agent; empty where there was none.
    pub user_agent: String,
    /// The status of the answer; `None` where none was sent.
    pub status: Option<u16>,
}

/// The hosts, and the requests that came for them.
pub(super) struct Web {
    hosts: BTreeMap<String, WebBehaviour>,
    pub seen: VecDeque<WebRequestSeen>,
}

impl Web {
    pub(super) fn new(options: &[WebHost]) -> Self {
        let own = HOSTS.map(|(host, behaviour)| (host.to_owned(), behaviour));
        let more = options
            .iter()
            .map(|host| (host.host.clone(), host.behaviour));
        Self {
            hosts: own.into_iter().chain(more).collect(),
            seen: VecDeque::new(),
        }
    }

    /// What a host does; `None` for one that is not served.
    pub(super) fn behaviour(&self, host: &str) -> Option<WebBehaviour> {
        self.hosts.get(host).copied()
    }

    /// Every host that is served, with what it does.
    pub(super) fn hosts(&self) -> impl Iterator<Item = (&str, WebBehaviour)> {
        self.hosts
            .iter()
            .map(|(host, behaviour)| (host.as_str(), *behaviour))
    }

    /// Whether a host is one of the web's.
    pub(super) fn serves(&self, host: &str) -> bool {
        self.hosts.contains_key(host)
    }

    /// Makes a host do something else from now on; returns what it did before.
    pub(super) fn set(&mut self, host: WebHost) -> Option<WebBehaviour> {
        self.hosts.insert(host.host, host.behaviour)
    }

    /// `ABMCTL_RESOLVE`: where each host is, for a listener on `port`.
    pub(super) fn resolve(&self, port: u16) -> String {
        let here = self
            .hosts
            .keys()
            .map(String::as_str)
            .chain(UNASKED_HOSTS)
            .map(|host| format!("{host}:127.0.0.1:{port}"));
        // Where nothing listens, so that nothing goes astray to a stranger who has that name.
        let nowhere = format!("{MISSPELT_HOST}:127.0.0.1:9");
        here.chain([nowhere]).collect::<Vec<_>>().join(",")
    }

    /// Answers a request, and remembers it.
    pub(super) fn handle(&mut self, request: &Request) -> (Answer, Ending) {
        let host = host(&request.origin);
        let (answer, ending) = if UNASKED_HOSTS.contains(&host.as_str()) {
            let answer = Answer::empty(500).because("Nobody but a device may ask this host.");
            (answer, Ending::Sent)
        } else {
            match self.behaviour(&host) {
                Some(behaviour) => site::answer(request, &host, behaviour),
                None => (Answer::empty(421), Ending::Sent),
            }
        };
        let seen = WebRequestSeen {
            method: request.method.clone(),
            host,
            path: request.target(),
            user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
            status: (ending == Ending::Sent).then_some(answer.status),
        };
        tracing::info!(
            method = seen.method,
            host = seen.host,
            path = seen.path,
            status = seen.status,
            "sandbox web"
        );
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
        (answer, ending)
    }
}

/// The host of `https://HOST[:PORT]`, in lower case.
fn host(origin: &str) -> String {
    let host = origin.strip_prefix("https://").unwrap_or(origin);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    host.trim_end_matches('.').to_ascii_lowercase()
}
