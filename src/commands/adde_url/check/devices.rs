//! The devices of a domain: what each platform finds, and where it would enrol.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use tokio::sync::OnceCell;

use super::apple_side::{AppleSide, Destination, Url};
use super::views::{self, Found};
use super::{Args, targets};
use crate::context::Context;
use crate::core::domains::readable;
use crate::core::enrollment::{self, SystemVersion, Verdict, Way, asks_apple};
use crate::core::platform::Family;
use crate::core::printed::{Command, Hint, hint};
use crate::core::service_discovery::{Code, Finding};
use crate::device_view::{Start, Step, View, Walk};
use crate::error::Error;

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
    platforms: Vec<Family>,
    systems: BTreeMap<Family, SystemVersion>,
    /// Domains for which Apple answers no device.
    unverified: BTreeSet<String>,
    args: &'a Args,
    context: &'a Context,
    /// Read when the first device needs it.
    apple: OnceCell<AppleSide<'a>>,
    /// What the ADDE URLs answer, by URL and platform.
    registered: OncePer<(String, Family), Walk>,
    /// What the enrollment URLs answer.
    probes: OncePer<String, (Step, Option<Finding>)>,
}

/// A domain that was checked.
pub struct Checked {
    /// A row for each platform.
    pub rows: Vec<Found>,
    /// Whether every platform enrols.
    pub enrolls: bool,
}

/// What Apple would do with the devices of a platform.
struct Handed {
    destination: Destination,
    walk: Option<Walk>,
}

impl<'a> Check<'a> {
    /// A run for these platforms; nothing was looked at yet.
    pub fn new(
        platforms: Vec<Family>,
        unverified: BTreeSet<String>,
        args: &'a Args,
        context: &'a Context,
    ) -> Result<Self, Error> {
        Ok(Self {
            view: context
                .organization()?
                .device_view(&(&args.lookup).into())?,
            platforms,
            systems: args
                .os_version
                .iter()
                .map(|system| (system.platform.clone(), system.version))
                .collect(),
            unverified,
            args,
            context,
            apple: OnceCell::new(),
            registered: OncePer::default(),
            probes: OncePer::default(),
        })
    }

    /// What of Apple's side could not be read, where a device would have needed it.
    pub fn problems(&self) -> Vec<Error> {
        let apple = self.apple.get();
        apple.map_or_else(Vec::new, |apple| apple.problems(&self.platforms))
    }

    /// Checks a domain: each platform at the same time.
    pub async fn domain(&self, domain: &str) -> Result<Checked, Error> {
        let walks = join_all(self.platforms.iter().map(|platform| async move {
            let start = Start::WellKnown {
                domain: domain.to_owned(),
                user: self.user(domain),
                family: platform.model_family().unwrap_or_default().to_owned(),
            };
            self.view.walk(&start).await
        }))
        .await;
        let differs = differs(&walks, domain);
        let mut checked = Checked {
            rows: Vec::new(),
            enrolls: true,
        };
        let ways = self.platforms.iter().zip(&walks);
        for (row, enrolls) in join_all(
            ways.map(|(platform, walk)| self.row(domain, platform, walk, differs.as_ref())),
        )
        .await
        .into_iter()
        .collect::<Result<Vec<_>, Error>>()?
        {
            checked.rows.push(row);
            checked.enrolls &= enrolls;
        }
        Ok(checked)
    }

    fn user(&self, domain: &str) -> String {
        targets::identifier(self.args.user.as_deref(), domain)
    }

    async fn row(
        &self,
        domain: &str,
        platform: &Family,
        walk: &Walk,
        differs: Option<&Finding>,
    ) -> Result<(Found, bool), Error> {
        let system = self.systems.get(platform).copied();
        let handed = if asks_apple(platform, system, way(walk)) {
            Some(self.handed(domain, platform).await?)
        } else {
            None
        };
        let mut verdict = verdict(platform, system, walk, handed.as_ref());
        let mut findings: Vec<views::Finding> = walk
            .findings
            .iter()
            .chain(differs)
            .map(|finding| views::Finding::new("domain", finding, self.context))
            .collect();
        let mut steps: Vec<views::Step> = walk
            .steps
            .iter()
            .map(|step| views::Step::new("domain", step))
            .collect();
        if let Some(apple) = self.apple.get().filter(|_| handed.is_some()) {
            findings.extend(
                apple
                    .connection_finding
                    .iter()
                    .map(|it| views::Finding::new("apple", it, self.context)),
            );
            steps.push(views::Step::new("apple", &apple.connection));
        }
        if let Some(walk) = handed.as_ref().and_then(|it| it.walk.as_ref()) {
            findings.extend(
                walk.findings
                    .iter()
                    .map(|it| views::Finding::new("apple", it, self.context)),
            );
            steps.extend(walk.steps.iter().map(|it| views::Step::new("apple", it)));
        }
        if let (true, Some(base)) = (
            self.args.probe_enrollment,
            verdict.server().map(|it| it.base_url.clone()),
        ) {
            let at = match &verdict {
                Verdict::ThroughDomain(_) => "domain",
                _ => "apple",
            };
            let cell = self.probes.cell(base.clone());
            let (step, finding) = cell.get_or_init(|| self.view.probe(&base)).await;
            steps.push(views::Step::new(at, step));
            if let Some(finding) = finding {
                findings.push(views::Finding::new(at, finding, self.context));
                verdict = Verdict::Blocked(finding.clone());
            }
        }
        let destination = handed.as_ref().map(|it| &it.destination);
        let server = destination.and_then(|it| it.server.as_ref());
        let problem = verdict.first_problem();
        let row = Found {
            domain: domain.to_owned(),
            platform: platform.word().to_owned(),
            model_family: platform.model_family(),
            os_version: system.map(|it| it.to_string()),
            user: self.user(domain),
            verdict: verdict.word(),
            base_url: verdict.server().map(|it| it.base_url.clone()),
            version: verdict.server().map(|it| it.version.word().to_owned()),
            server_id: server.map(|(id, _)| id.clone()),
            server_name: server.map(|(_, name)| name.clone()),
            adde_url: destination.and_then(|it| match &it.url {
                Url::Is(url) | Url::NotKnown(_, Some(url)) => Some(url.clone()),
                _ => None,
            }),
            problem_code: problem.map(|it| it.code.word()),
            problem: problem.map(|it| it.message.clone()),
            remedy: problem.map(|it| self.context.written(&it.code.remedy())),
            missing: match &verdict {
                Verdict::Unknown(missing) => Some(missing.clone()),
                _ => None,
            },
            findings,
            steps,
        };
        Ok((row, verdict.enrolls()))
    }

    /// What Apple would do with the devices of a platform, and what the URL that it hands out answers them.
    async fn handed(&self, domain: &str, platform: &Family) -> Result<Handed, Error> {
        if self.unverified.contains(domain) {
            let finding = Finding::new(
                Code::DomainNotVerified,
                format!(
                    "By what is known {} is not verified in the organization, and then Apple answers none of its devices.",
                    readable(domain)
                ),
            );
            return Ok(Handed {
                destination: Destination {
                    server: None,
                    url: Url::None(finding),
                },
                walk: None,
            });
        }
        let apple = self
            .apple
            .get_or_try_init(|| AppleSide::read(&self.view, self.context))
            .await?;
        let destination = apple.destination(platform, self.context);
        let url = match &destination.url {
            Url::Is(url) | Url::NotKnown(_, Some(url)) => url.clone(),
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
            user: self.user(domain),
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

    /// What more could be known, and what is taken for granted.
    pub fn hint(&self, rows: &[Found]) {
        let has = |word: &str| rows.iter().any(|row| row.verdict == word);
        let Ok(settings) = self.context.settings() else {
            return;
        };
        if self.apple.get().is_some() {
            let hint = |hint: Hint| self.context.ui.hint_afterwards(hint);
            if settings.credentials.is_none() {
                hint(hint![
                    "With an API account it would be known which server is the default of each platform: ",
                    Command::storing("auth login"),
                    "."
                ]);
            }
            if settings.tokens.is_empty() {
                hint(hint![
                    "With a server token its ADDE URL would be looked at: ",
                    Command::storing("tokens import FILE"),
                    "."
                ]);
            }
        }
        if has("enrolls_through_apple") {
            self.context.ui.hint_afterwards(
                hint!["Apple answers only for Managed Apple Accounts on verified domains (", Command::new("domains list"), "). Apple doesn't document whose URL it hands out; abmctl assumes the default server's."],
            );
        }
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
        None => enrollment::AppleSide::Unknown(String::new()),
        Some(Handed { destination, walk }) => match (&destination.url, walk) {
            (Url::Is(_), Some(walk)) => enrollment::AppleSide::Registered(way(walk)),
            (Url::None(finding), _) => enrollment::AppleSide::Nowhere(finding.clone()),
            (Url::NotKnown(missing, _), walk) => {
                let more = walk.as_ref().and_then(leads_to).unwrap_or_default();
                enrollment::AppleSide::Unknown(format!("{missing}{more}"))
            }
            (Url::Is(url), None) => enrollment::AppleSide::Unknown(format!("{url} was not asked.")),
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
            format!("{} answers the platforms differently.", readable(domain)),
        )
    })
}
