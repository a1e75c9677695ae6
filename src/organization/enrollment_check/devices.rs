//! The devices of a domain: what each platform finds, and where it would enrol.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use tokio::sync::OnceCell;

use super::apple_side::{AppleSide, Destination, Url};
use super::asked::{self, checked_user, identifier};
use super::{AddeUrl, CheckWish, Device};
use crate::core::domains::readable;
use crate::core::enrollment::{
    self, Cause, Missing, PLATFORMS, SystemVersion, Verdict, Way, asks_apple,
};
use crate::core::platform::Family;
use crate::core::printed::Hint;
use crate::core::service_discovery::{Code, Finding, Side, Weight};
use crate::device_view::{Start, Step, View, Walk};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::domains::known::KnownDomains;

/// Something that is done once for each key, however often it is asked for at the same time.
struct OncePer<K, T>(Mutex<BTreeMap<K, Arc<OnceCell<T>>>>);

impl<K, T> Default for OncePer<K, T> {
    fn default() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

impl<K: Ord, T> OncePer<K, T> {
    fn cell(&self, key: K) -> Arc<OnceCell<T>> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(key).or_default())
    }
}

/// One run of the check.
pub struct Check<'a> {
    view: View,
    wanted: CheckWish,
    platforms: Vec<Family>,
    organization: &'a Organization,
    /// Read when the first device needs it.
    apple: OnceCell<AppleSide<'a>>,
    /// What the ADDE URLs answer, by URL and platform.
    registered: OncePer<(String, Family), Walk>,
    /// What the enrollment URLs answer.
    probes: OncePer<String, (Step, Option<Finding>)>,
}

/// What Apple would do with the devices of a platform.
struct Handed {
    destination: Destination,
    walk: Option<Walk>,
}

impl<'a> Check<'a> {
    /// A run; nothing was looked at yet. Exit 2 for a user that no device would take, and for a platform that no device calls
    /// itself by.
    pub fn new(wanted: CheckWish, organization: &'a Organization) -> Result<Self, Error> {
        checked_user(wanted.user.as_deref())?;
        Ok(Self {
            view: organization.device_view(&wanted.lookup)?,
            platforms: platforms(&wanted.platforms)?,
            wanted,
            organization,
            apple: OnceCell::new(),
            registered: OncePer::default(),
            probes: OncePer::default(),
        })
    }

    /// The domains to check, as A-labels: those that are given, else that of the user, else all that are known. What is known of
    /// them counts. Beside them is what could not be read on the way to them; exit 2 where there is none.
    pub async fn domains(&mut self, given: &[String]) -> Result<(Vec<String>, Vec<Error>), Error> {
        let user = self.wanted.user.as_deref();
        let KnownDomains {
            names,
            standings,
            problems,
        } = asked::domains(given, user, self.organization).await?;
        self.wanted.standings.extend(standings);
        Ok((names, problems))
    }

    /// Whether a device needed Apple's side, so that it was read.
    pub fn asked_apple(&self) -> bool {
        self.apple.get().is_some()
    }

    /// What could not be read and would have told, after these were found.
    pub fn problems(&self, found: &[Device]) -> Vec<Error> {
        let apple = self.apple.get();
        let mut problems = apple.map_or_else(Vec::new, |apple| apple.problems(&self.platforms));
        for (code, kind, says) in [
            (
                Code::ResolverFailed,
                Kind::Unavailable,
                "The resolver didn't answer for some names.",
            ),
            (
                Code::OutsideSandbox,
                Kind::Usage,
                "Some hosts are outside the sandbox of this profile, so abmctl didn't look at them.",
            ),
            (
                Code::ProxyFailed,
                Kind::Unavailable,
                "The proxy didn't connect to some hosts.",
            ),
        ] {
            if found.iter().any(|device| device.found(code)) {
                problems.push(Error::new(kind, says));
            }
        }
        problems
    }

    /// Checks a domain: each platform at the same time.
    pub async fn domain(&self, domain: &str) -> Result<Vec<Device>, Error> {
        let walks = join_all(self.platforms.iter().map(|platform| async move {
            let start = Start::WellKnown {
                domain: domain.to_owned(),
                user: self.identifier(domain),
                family: platform.model_family().unwrap_or_default().to_owned(),
            };
            self.view.walk(&start).await
        }))
        .await;
        let differs = differs(&walks, domain);
        let ways = self.platforms.iter().zip(&walks);
        let devices =
            ways.map(|(platform, walk)| self.device(domain, platform, walk, differs.as_ref()));
        join_all(devices).await.into_iter().collect()
    }

    fn identifier(&self, domain: &str) -> String {
        identifier(self.wanted.user.as_deref(), domain)
    }

    async fn device(
        &self,
        domain: &str,
        platform: &Family,
        walk: &Walk,
        differs: Option<&Finding>,
    ) -> Result<Device, Error> {
        let system = self.wanted.system(platform);
        let handed = if asks_apple(platform, system, way(walk)) {
            Some(self.handed(domain, platform).await?)
        } else {
            None
        };
        let mut verdict = verdict(platform, system, walk, handed.as_ref());
        let at_domain = |finding: &Finding| (Side::Domain, finding.clone());
        let mut findings: Vec<_> = walk.findings.iter().chain(differs).map(at_domain).collect();
        let mut steps: Vec<_> = walk
            .steps
            .iter()
            .map(|step| (Side::Domain, step.clone()))
            .collect();
        if let Some(apple) = self.apple.get().filter(|_| handed.is_some()) {
            let finding = apple.connection_finding.iter();
            findings.extend(finding.map(|it| (Side::Apple, it.clone())));
            steps.push((Side::Apple, apple.connection.clone()));
        }
        // One that fails is the verdict.
        let standing = self.wanted.standings.get(domain);
        let warns = |it: &&Finding| handed.is_some() && it.code.weight() == Weight::Warns;
        findings.extend(standing.filter(warns).map(|it| (Side::Apple, it.clone())));
        if let Some(walk) = handed.as_ref().and_then(|it| it.walk.as_ref()) {
            let found = walk.findings.iter();
            findings.extend(found.map(|it| (Side::Apple, it.clone())));
            steps.extend(walk.steps.iter().map(|it| (Side::Apple, it.clone())));
        }
        if let (true, Some(base)) = (
            self.wanted.probe_enrollment,
            verdict.server().map(|it| it.base_url.clone()),
        ) {
            let at = match &verdict {
                Verdict::ThroughDomain(_) => Side::Domain,
                _ => Side::Apple,
            };
            let cell = self.probes.cell(base.clone());
            let (step, finding) = cell.get_or_init(|| self.view.probe(&base)).await;
            steps.push((at, step.clone()));
            if let Some(finding) = finding {
                findings.push((at, finding.clone()));
                verdict = if finding.code.is_unread() {
                    enrollment::unread(finding, at)
                } else {
                    Verdict::Blocked(at, finding.clone())
                };
            }
        }
        let destination = handed.map(|it| it.destination);
        let adde_url = destination.as_ref().and_then(|it| match &it.url {
            Url::Is(url) | Url::NotKnown(_, Some(url)) => Some(url.clone()),
            _ => None,
        });
        Ok(Device {
            domain: domain.to_owned(),
            platform: platform.clone(),
            system,
            user: self.identifier(domain),
            verdict,
            server: destination.and_then(|it| it.server),
            adde_url,
            findings,
            steps,
        })
    }

    /// What Apple would do with the devices of a platform, and what the URL that it hands out answers them.
    async fn handed(&self, domain: &str, platform: &Family) -> Result<Handed, Error> {
        let standing = self.wanted.standings.get(domain);
        if let Some(finding) = standing.filter(|it| it.code.weight() == Weight::Fails) {
            return Ok(Handed {
                destination: Destination {
                    server: None,
                    url: Url::None(finding.clone()),
                },
                walk: None,
            });
        }
        let apple = self
            .apple
            .get_or_try_init(|| AppleSide::read(&self.view, self.organization))
            .await?;
        let destination = apple.destination(platform, self.organization);
        let url = match &destination.url {
            Url::Is(it) | Url::NotKnown(_, Some(it)) => it.url.clone(),
            _ => {
                return Ok(Handed {
                    destination,
                    walk: None,
                });
            }
        };
        // Whether Apple tells it the user is not known, so what it answers one user stands for all.
        let cell = self.registered.cell((url.clone(), platform.clone()));
        let start = Start::Registered {
            url,
            user: self.identifier(domain),
            family: platform.model_family().unwrap_or_default().to_owned(),
        };
        let mut walk = cell.get_or_init(|| self.view.walk(&start)).await.clone();
        let of = destination
            .server
            .as_ref()
            .map_or(String::new(), |(_, name)| format!(" of {name}"));
        for finding in &mut walk.findings {
            finding.message = format!("At the ADDE URL{of}: {}", finding.message);
        }
        Ok(Handed {
            destination,
            walk: Some(walk),
        })
    }
}

/// The platforms that were asked for, each once; exit 2 for one that no device calls itself by.
fn platforms(given: &[Family]) -> Result<Vec<Family>, Error> {
    if given.is_empty() {
        return Ok(PLATFORMS.to_vec());
    }
    let mut platforms = given.to_vec();
    platforms.sort_unstable();
    platforms.dedup();
    match platforms.iter().find(|it| it.model_family().is_none()) {
        None => Ok(platforms),
        Some(platform) => Err(Error::usage(format!(
            "Apple names no model family for {}, so abmctl can't check what such a device finds.",
            platform.word()
        ))),
    }
}

fn way(walk: &Walk) -> Way<'_> {
    Way {
        server: walk.server.as_ref(),
        findings: &walk.findings,
    }
}

fn verdict(
    platform: &Family,
    system: Option<SystemVersion>,
    walk: &Walk,
    handed: Option<&Handed>,
) -> Verdict {
    let apple = match handed {
        None => enrollment::AppleSide::Unknown(Missing::new(Cause::NotRead, "")),
        Some(Handed { destination, walk }) => match (&destination.url, walk) {
            (Url::Is(_), Some(walk)) => enrollment::AppleSide::Registered(way(walk)),
            (Url::None(finding), _) => enrollment::AppleSide::Nowhere(finding.clone()),
            (Url::NotKnown(missing, _), walk) => {
                let more = walk.as_ref().and_then(leads_to).unwrap_or_default();
                let says = Hint::joined([missing.says.clone(), more.into()]);
                let cause = match walk.as_ref().and_then(Walk::failure) {
                    Some(_) => Cause::Broken,
                    None => missing.cause,
                };
                enrollment::AppleSide::Unknown(Missing::new(cause, says))
            }
            (Url::Is(AddeUrl { url, .. }), None) => enrollment::AppleSide::Unknown(Missing::new(
                Cause::NotRead,
                format!("abmctl didn't request {url}."),
            )),
        },
    };
    enrollment::verdict(platform, system, way(walk), &apple)
}

/// Where an ADDE URL leads that may not count, as a further sentence.
fn leads_to(walk: &Walk) -> Option<String> {
    if let Some(finding) = walk.failure() {
        return Some(format!(" {}", finding.message));
    }
    let server = walk.server.as_ref()?;
    Some(format!(" Its ADDE URL leads to {}.", server.base_url))
}

/// That a domain tells the platforms different things, where it does.
fn differs(walks: &[Walk], domain: &str) -> Option<Finding> {
    let first = walks.first()?;
    let alike = walks.iter().all(|walk| {
        walk.server == first.server
            && walk.failure().map(|it| it.code) == first.failure().map(|it| it.code)
    });
    (!alike).then(|| {
        Finding::new(
            Code::DiffersByPlatform,
            format!(
                "{} gives the platforms different answers.",
                readable(domain)
            ),
        )
    })
}
