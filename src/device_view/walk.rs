//! The way of a device: it asks, follows redirects, reads the document, and looks where it would enrol.

use reqwest::Method;
use url::Url;

use super::exchange::{Came, Question, host_and_port, is_redirect};
use super::{Connection, Purpose, Step, View, Walk};
use crate::core::service_discovery::{
    Code, DiscoveredServer, Finding, Weight, asks_to_sign_in, base_url, is_enrollment_challenge,
    judge, redirect_keeps_query,
};
use crate::network::AGENT;

/// What a device calls itself when it asks; the version is made up (inferred).
const DEVICE_AGENT: &str = "DeviceManagementClient/1.0";
/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;
/// Where a domain keeps its document (official).
const WELL_KNOWN: &str = "/.well-known/com.apple.remotemanagement";

/// Where a device begins, and what it says of itself there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The well-known resource of a domain.
    WellKnown {
        /// The domain, as an A-label.
        domain: String,
        /// The `user-identifier`.
        user: String,
        /// The `model-family`.
        family: String,
    },
    /// The URL that Apple hands to devices.
    Registered {
        /// The URL; whether Apple adds the parameters to its query is not known, and here they are.
        url: String,
        /// The `user-identifier`.
        user: String,
        /// The `model-family`.
        family: String,
    },
}

impl Start {
    /// The whole URL that the device asks first.
    fn url(&self) -> Result<Url, Finding> {
        let (text, user, family) = match self {
            Self::WellKnown {
                domain,
                user,
                family,
            } => (format!("https://{domain}{WELL_KNOWN}"), user, family),
            Self::Registered { url, user, family } => (url.clone(), user, family),
        };
        let broken = |why: String| {
            Finding::new(
                Code::RedirectBroken,
                format!("The URL {text} can't be used: {why}."),
            )
        };
        let mut url = Url::parse(&text).map_err(|error| broken(error.to_string()))?;
        if url.scheme() != "https" || url.host_str().is_none() {
            return Err(broken("it is not https".to_owned()));
        }
        url.set_fragment(None);
        url.query_pairs_mut()
            .append_pair("user-identifier", user)
            .append_pair("model-family", family);
        Ok(url)
    }
}

impl View {
    /// Goes the whole way of one device, and keeps each step. Asks each thing once; whoever calls says how many walk at once.
    pub async fn walk(&self, start: &Start) -> Walk {
        let mut walk = Walk {
            steps: Vec::new(),
            findings: Vec::new(),
            server: None,
        };
        match Box::pin(self.discover(start, &mut walk)).await {
            Ok(server) => {
                self.enter(&server, &mut walk).await;
                walk.server = Some(server);
            }
            Err(finding) => walk.add([finding]),
        }
        walk.sort();
        walk
    }

    /// Follows the redirects to the document, and reads it.
    async fn discover(&self, start: &Start, walk: &mut Walk) -> Result<DiscoveredServer, Finding> {
        let mut url = start.url()?;
        let mut been = vec![url.clone()];
        let mut sign_in = None;
        loop {
            let (step, came) = self.ask(&discovery(&url, Purpose::Discovery, AGENT)).await;
            walk.steps.push(step);
            // In the order in which a device meets them.
            walk.add(came.as_ref().err().cloned());
            if let Ok((host, port)) = host_and_port(&url) {
                walk.add(self.judged(&host, port).await);
            }
            let came = came?;
            if !is_redirect(came.status) {
                return self.read(&url, &came, sign_in, walk).await;
            }
            let next = target(&url, &came)?;
            if !redirect_keeps_query(&url, &next) {
                let why = format!(
                    "The redirect from {} to {} drops the parameters user-identifier and model-family.",
                    plain(&url),
                    plain(&next)
                );
                walk.findings
                    .push(Finding::new(Code::RedirectLostQuery, why));
            }
            if asks_to_sign_in(&next) {
                sign_in = Some(next.clone());
            }
            if been.contains(&next) {
                let why = format!("The redirects go in a circle, back to {}.", plain(&next));
                return Err(Finding::new(Code::RedirectLoop, why));
            }
            if been.len() > MOST_REDIRECTS {
                let why = format!(
                    "There are more than {MOST_REDIRECTS} redirects, the last to {}.",
                    plain(&next)
                );
                return Err(Finding::new(Code::RedirectLoop, why));
            }
            been.push(next.clone());
            url = next;
        }
    }

    /// Judges what is at the end of the redirects.
    async fn read(
        &self,
        url: &Url,
        came: &Came,
        sign_in: Option<Url>,
        walk: &mut Walk,
    ) -> Result<DiscoveredServer, Finding> {
        if came.cut {
            let why = "The answer is larger than 1 MiB, and no document is.".to_owned();
            return Err(Finding::new(Code::NotJson, why));
        }
        let judged = judge(&came.answer());
        let finding = match judged.outcome {
            Ok(server) => {
                walk.findings.extend(judged.warnings);
                return Ok(server);
            }
            Err(finding) => finding,
        };
        match (finding.code, sign_in) {
            (Code::Html | Code::LoginPage | Code::ContentType | Code::NotJson, Some(page)) => {
                let why = format!(
                    "A redirect leads to {}, a page to sign in on.",
                    plain(&page)
                );
                Err(Finding::new(Code::LoginPage, why))
            }
            (Code::Forbidden | Code::BotWall, _) => self.explain(url, finding, walk).await,
            _ => Err(finding),
        }
    }

    /// Asks again as a device would call itself: what refuses an unknown client may serve a device.
    async fn explain(
        &self,
        url: &Url,
        finding: Finding,
        walk: &mut Walk,
    ) -> Result<DiscoveredServer, Finding> {
        let question = discovery(url, Purpose::Explanation, DEVICE_AGENT);
        let (step, came) = self.ask(&question).await;
        walk.steps.push(step);
        let Ok(came) = came else {
            return Err(finding);
        };
        let judged = judge(&came.answer());
        match judged.outcome {
            Ok(server) => {
                let why = "The answer is 403 to abmctl, and the document to a client that calls itself as a device does.";
                walk.findings.push(Finding::new(Code::AgentRefused, why));
                walk.findings.extend(judged.warnings);
                Ok(server)
            }
            Err(other) if other.code == finding.code => Err(finding),
            Err(_) => {
                let why = format!(
                    "{} To a client that calls itself as a device does, it is {}.",
                    finding.message, came.status
                );
                Err(Finding::new(Code::BotWall, why))
            }
        }
    }

    /// Connects to where the device would enrol, and sends nothing.
    async fn enter(&self, server: &DiscoveredServer, walk: &mut Walk) {
        // It was judged with the document, so it is one.
        let Ok(base) = base_url(&server.base_url) else {
            return;
        };
        let Ok((host, port)) = host_and_port(&base.url) else {
            return;
        };
        let connection = self.connect(&host, port, true).await;
        let finding = connection.finding.clone();
        walk.steps.push(connected(
            Purpose::BaseUrl,
            base.url.to_string(),
            connection,
        ));
        let mut judged = self.judged(&host, port).await;
        // One host may serve the document too.
        judged.retain(|it| !walk.findings.contains(it) && finding.as_ref() != Some(it));
        walk.add(finding.map(|finding| {
            let code = match finding.code {
                Code::NameNotFound => Code::BaseUrlNameNotFound,
                // Nothing is known of the name, which is no word against it.
                Code::ResolverFailed => return finding,
                Code::NoConnection | Code::TimedOut | Code::BrokenOff => Code::BaseUrlNoConnection,
                _ => Code::BaseUrlTls,
            };
            let why = format!("The BaseURL can't be reached. {}", finding.message);
            Finding::new(code, why)
        }));
        walk.add(judged.into_iter().map(|finding| {
            let code = match finding.code {
                Code::TlsVersion27 => Code::BaseUrlTlsVersion27,
                code if code.weight() == Weight::Fails => Code::BaseUrlTls,
                code => code,
            };
            let why = format!("The BaseURL leads to {host}. {}", finding.message);
            Finding::new(code, why)
        }));
    }

    /// Asks an enrollment URL whether it wants a bearer token, as it has to (official); unsigned, so nobody is enrolled.
    pub async fn probe(&self, base: &str) -> (Step, Option<Finding>) {
        let url = match base_url(base) {
            Ok(base) => base.url,
            Err(finding) => {
                let step = Step {
                    purpose: Purpose::Probe,
                    method: Some("POST"),
                    url: base.to_owned(),
                    user_agent: None,
                    address: None,
                    answer: None,
                    failure: Some(finding.message.clone()),
                    took: std::time::Duration::ZERO,
                };
                return (step, Some(finding));
            }
        };
        let question = Question {
            purpose: Purpose::Probe,
            method: Method::POST,
            url: &url,
            user_agent: AGENT,
            content_type: Some("application/pkcs7-signature"),
        };
        let (step, came) = self.ask(&question).await;
        let refused = |why: String| Some(Finding::new(Code::ProbeRefused, why));
        let finding = match came {
            Ok(came) if is_enrollment_challenge(&came.answer()) => None,
            Ok(came) if came.status == 401 => {
                refused("The BaseURL answers 401 without a bearer challenge.".to_owned())
            }
            Ok(came) => refused(format!(
                "The BaseURL answers {}, and a device expects 401 with a bearer challenge.",
                came.status
            )),
            Err(finding) => refused(format!("The BaseURL can't be asked. {}", finding.message)),
        };
        (step, finding)
    }

    /// Connects to a host of Apple's by TCP, and sends nothing.
    pub async fn reachable(&self, host: &str, port: u16) -> (Step, Option<Finding>) {
        let connection = self.connect(host, port, false).await;
        let finding = connection.finding.as_ref().map(|finding| {
            Finding::new(
                Code::AppleNotReachable,
                format!(
                    "Apple's host can't be reached from here. {}",
                    finding.message
                ),
            )
        });
        let step = connected(
            Purpose::AppleHost,
            format!("https://{host}:{port}"),
            connection,
        );
        (step, finding)
    }
}

fn discovery<'a>(url: &'a Url, purpose: Purpose, user_agent: &'static str) -> Question<'a> {
    Question {
        purpose,
        method: Method::GET,
        url,
        user_agent,
        content_type: None,
    }
}

/// Where a redirect leads.
fn target(from: &Url, came: &Came) -> Result<Url, Finding> {
    let broken = |why: String| Err(Finding::new(Code::RedirectBroken, why));
    let Some(location) = came.location.as_deref().filter(|it| !it.trim().is_empty()) else {
        return broken(format!(
            "The answer of {} is {}, a redirect without a Location.",
            plain(from),
            came.status
        ));
    };
    let Ok(mut next) = from.join(location.trim()) else {
        return broken(format!(
            "The redirect from {} leads to \"{location}\", which is no URL.",
            plain(from)
        ));
    };
    next.set_fragment(None);
    match next.scheme() {
        "https" if next.host_str().is_some() => Ok(next),
        "http" => Err(Finding::new(
            Code::RedirectNotHttps,
            format!(
                "The redirect from {} leads to {}, which is not https.",
                plain(from),
                plain(&next)
            ),
        )),
        _ => broken(format!(
            "The redirect from {} leads to \"{location}\", which is no https URL.",
            plain(from)
        )),
    }
}

/// A URL without its query, to be named in a sentence.
fn plain(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

fn connected(purpose: Purpose, url: String, connection: Connection) -> Step {
    let failure = connection.finding.map(|finding| finding.message);
    Step {
        purpose,
        method: None,
        url,
        user_agent: None,
        address: connection.address,
        answer: None,
        failure: failure.or(connection.skipped),
        took: connection.took,
    }
}
