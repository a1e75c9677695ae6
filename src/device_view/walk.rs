//! Service discovery as a device does it: ask, follow redirects, read the document, and connect to the enrollment URL's host.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use url::Url;

use super::exchange::{Came, Question, host_and_port, is_redirect};
use super::{Connection, Purpose, Step, View, Walk};
use crate::core::device_url::device_url;
use crate::core::service_discovery::{
    Challenge, Code, DiscoveredServer, DiscoveryAnswer, Finding, WELL_KNOWN, Weight,
    asks_to_sign_in, base_url, challenge, judge, mistakes, placeholder, plain,
    redirect_keeps_query, redirect_target,
};
use crate::network::AGENT;

/// What a device calls itself when it asks; the version is made up (inferred).
const DEVICE_AGENT: &str = "DeviceManagementClient/1.0";
/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;
/// What is encoded in a parameter. A device sends the `@` of the user as it is (observed).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

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
    /// The whole URL that the device asks first, and what is odd about it.
    fn url(&self) -> Result<(Url, Vec<Finding>), Finding> {
        let (text, user, family) = match self {
            Self::WellKnown {
                domain,
                user,
                family,
            } => (&format!("https://{domain}{WELL_KNOWN}"), user, family),
            Self::Registered { url, user, family } => (url, user, family),
        };
        if let Some(blank) = placeholder(text).filter(|_| matches!(self, Self::Registered { .. })) {
            let why = format!("The URL still has the placeholder {blank} from a sample.");
            return Err(Finding::new(Code::Placeholder, why));
        }
        let mut url = device_url(text).map_err(|fault| {
            let why = format!("The URL {fault}, so devices can't use it.");
            Finding::new(Code::AddeUrlMalformed, why)
        })?;
        let odd = mistakes("The URL", &url)?;
        url.set_fragment(None);
        let own = url.query().filter(|it| !it.is_empty());
        let own = own.map_or(String::new(), |own| format!("{own}&"));
        let encoded = |text| utf8_percent_encode(text, ENCODED);
        let query = format!(
            "{own}user-identifier={}&model-family={}",
            encoded(user),
            encoded(family)
        );
        url.set_query(Some(&query));
        Ok((url, odd))
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
        let (mut url, odd) = start.url()?;
        walk.findings.extend(odd);
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
            let (next, odd) = redirect_target(&url, came.status, came.location.as_deref())?;
            walk.findings.extend(odd);
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
            let why = "The answer is larger than 1 MiB, so it can't be the document.".to_owned();
            return Err(Finding::new(Code::NotJson, why));
        }
        let judged = judge(&DiscoveryAnswer {
            url: Some(url),
            ..came.answer()
        });
        let finding = match judged.outcome {
            Ok(server) => {
                walk.findings.extend(judged.warnings);
                return Ok(server);
            }
            Err(finding) => finding,
        };
        let finding = match (finding.code, sign_in) {
            (Code::Html | Code::LoginPage | Code::ContentType | Code::NotJson, Some(page)) => {
                let why = format!("A redirect leads to {}, a sign-in page.", plain(&page));
                return Err(Finding::new(Code::LoginPage, why));
            }
            (Code::Forbidden | Code::BotWall, _) => match self.explain(url, finding, walk).await {
                Ok(server) => return Ok(server),
                Err(finding) => finding,
            },
            _ => finding,
        };
        // Some servers answer so for a file that they don't have.
        let may_be_absent = match finding.code {
            Code::NotFound | Code::Forbidden | Code::Html => true,
            Code::ClientError => came.status == 400,
            _ => false,
        };
        if may_be_absent && url.path() == WELL_KNOWN {
            return Err(self.misplaced(url, came.status, finding, walk).await);
        }
        Err(finding)
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
        let judged = judge(&DiscoveryAnswer {
            url: Some(url),
            ..came.answer()
        });
        match judged.outcome {
            Ok(server) => {
                let why = "The server answers abmctl with 403, but sends the document to a client with a device's User-Agent.";
                walk.findings.push(Finding::new(Code::AgentRefused, why));
                walk.findings.extend(judged.warnings);
                Ok(server)
            }
            Err(other) if other.code == finding.code => Err(finding),
            Err(_) => {
                let why = format!(
                    "{} The answer to a client with a device's User-Agent is {}.",
                    finding.message, came.status
                );
                Err(Finding::new(Code::BotWall, why))
            }
        }
    }

    /// Connects to where the device would enroll, and sends nothing.
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
        walk.add(finding.map(at_base_url));
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
            Ok(came) if came.status == 401 => match challenge(&came.challenges) {
                Challenge::Enrollment => None,
                Challenge::WithoutMethod => refused(
                    "The BaseURL answers 401 with a bearer challenge that has no method; a device expects method=\"apple-as-web\" or method=\"apple-oauth2\".".to_owned(),
                ),
                Challenge::OtherMethod(method) => refused(format!(
                    "The BaseURL answers 401 with the method \"{method}\"; a device expects apple-as-web or apple-oauth2."
                )),
                Challenge::WithoutUrl => refused(
                    "The BaseURL answers 401 with the method apple-as-web but without the https URL of the sign-in page.".to_owned(),
                ),
                Challenge::Other => {
                    refused("The BaseURL answers 401 without a bearer challenge.".to_owned())
                }
            },
            Ok(came) => refused(format!(
                "The BaseURL answers {}, but a device expects 401 with a bearer challenge.",
                came.status
            )),
            Err(finding) => Some(at_base_url(finding)),
        };
        (step, finding)
    }

    /// Connects to a host of Apple's by TCP, and sends nothing.
    pub async fn reachable(&self, host: &str, port: u16) -> (Step, Option<Finding>) {
        let connection = self.connect(host, port, false).await;
        let finding = connection.finding.as_ref().map(|finding| {
            Finding::new(
                Code::AppleNotReachable,
                format!("abmctl can't reach Apple's host. {}", finding.message),
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

pub(super) fn discovery<'a>(
    url: &'a Url,
    purpose: Purpose,
    user_agent: &'static str,
) -> Question<'a> {
    Question {
        purpose,
        method: Method::GET,
        url,
        user_agent,
        content_type: None,
    }
}

/// What a connection that failed means at the host of `BaseURL`.
fn at_base_url(finding: Finding) -> Finding {
    let code = match finding.code {
        // Nothing is known of the host, which is no word against it.
        code if code.is_unread() => return finding,
        Code::NameNotFound => Code::BaseUrlNameNotFound,
        Code::NoConnection | Code::TimedOut | Code::BrokenOff => Code::BaseUrlNoConnection,
        _ => Code::BaseUrlTls,
    };
    let why = format!("abmctl can't reach the BaseURL. {}", finding.message);
    Finding::new(code, why)
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
