//! `adde-url check`: what a device of each platform finds, and where it would enrol.

mod apple_side;
mod targets;
mod views;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::cli::Lookup;
use crate::commands::platform_argument::platform;
use crate::commands::{AtOnce, Outcome};
use crate::context::Context;
use crate::core::domains::readable;
use crate::core::enrollment::{self, PLATFORMS, SystemVersion, Verdict, Way, asks_apple};
use crate::core::platform::Platform;
use crate::core::service_discovery::{Code, Finding};
use crate::device_view::{Start, Step, View, Walk};
use crate::error::{Error, Kind};
use crate::output::{Document, Format};
use apple_side::{AppleSide, Destination, Url};
use targets::System;

/// How many domains are checked at once.
const AT_ONCE: usize = 16;

const AFTER_HELP: &str = "\
A device asks the domain of the account first. Where that answers with an HTTP
failure status such as 404, and the system is new enough, it asks Apple, which
sends it to the ADDE URL of a server. Without an API account and server tokens
only the first half can be seen. This looks from here: a device elsewhere may
have another resolver, another network and other roots of trust.

Apple's own hosts are only connected to, and never asked.

Exit 0 if every platform enrolls, 9 if one does not or may not, 7 if something
could not be read that would have told.

Examples:
  abmctl adde-url check acme.com
  abmctl adde-url check --user ada@acme.com --platform vision --os-version vision=2.1 -o json";

/// What is checked, and how.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct Args {
    /// The domains, as in the part after the @ of an account [default: all that are known]
    domains: Vec<String>,
    /// Check these platforms [default: mac,iphone,ipad,vision]
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform())]
    platform: Vec<Platform>,
    /// Judge as this version of a platform's system, such as vision=2.1 [default: a recent one]
    #[arg(long, value_name = "PLATFORM=VERSION", value_delimiter = ',')]
    os_version: Vec<System>,
    /// Ask as this user [default: abmctl-check at each domain]
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Ask each enrollment URL whether it wants a bearer token, as a device expects; nobody is enrolled
    #[arg(long)]
    probe_enrollment: bool,
    #[command(flatten)]
    lookup: Lookup,
}

/// Runs `check`.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&views::VIEW)?;
    targets::checked_user(args.user.as_deref())?;
    let platforms = platforms(&args.platform)?;
    let (domains, mut problems) =
        targets::domains(&args.domains, args.user.as_deref(), context).await?;
    let check = Check {
        view: context.device_view(&args.lookup)?,
        platforms,
        systems: args
            .os_version
            .iter()
            .map(|system| (system.platform, system.version))
            .collect(),
        args: &args,
        context,
        apple: OnceCell::new(),
        registered: OncePer::default(),
        probes: OncePer::default(),
    };
    let mut at_once = AtOnce::new(&context.output, &views::VIEW);
    let mut checking = pin!(
        stream::iter(&domains)
            .map(|domain| check.domain(domain))
            .buffered(AT_ONCE)
    );
    let mut rows: Vec<Value> = Vec::new();
    let mut done = 0;
    let mut enrolls = true;
    while let Some(checked) = checking.next().await {
        done += 1;
        context
            .ui
            .progress(&format!("Checked {done} of {} domains", domains.len()));
        let checked = checked?;
        enrolls &= checked.enrolls;
        let goes_on = checked.rows.iter().all(|row| at_once.row(|| row.clone()));
        rows.extend(checked.rows);
        if !goes_on {
            break;
        }
    }
    context.ui.progress("");
    check.hint(&rows);
    if let Some(apple) = check.apple.get() {
        problems.extend(apple.problems(&check.platforms));
    }
    if rows
        .iter()
        .any(|row| row["problem_code"] == Code::ResolverFailed.word())
    {
        problems.push(Error::new(
            Kind::Unavailable,
            "The resolver failed for some names.",
        ));
    }
    let problem = in_part(problems);
    let mut outcome = at_once.outcome(|| rows, problem)?;
    if let Some(Document::Rows(rows, _)) = &mut outcome.document
        && context.output.format == Format::Table
        && context.output.columns.is_none()
    {
        *rows = views::merged(std::mem::take(rows));
    }
    if !enrolls {
        outcome.code = Kind::Differs.exit_code();
    }
    Ok(outcome)
}

/// The platforms that were asked for, each once; exit 2 for one that no device calls itself by.
fn platforms(given: &[Platform]) -> Result<Vec<Platform>, Error> {
    if given.is_empty() {
        return Ok(PLATFORMS.to_vec());
    }
    let mut platforms = given.to_vec();
    platforms.sort_unstable();
    platforms.dedup();
    match platforms.iter().find(|it| it.model_family().is_none()) {
        None => Ok(platforms),
        Some(platform) => Err(Error::usage(format!(
            "Apple names no model family for {platform}, so what such a device finds can't be asked."
        ))),
    }
}

/// Exit 7, where something could not be read.
fn in_part(problems: Vec<Error>) -> Option<Error> {
    let mut messages: Vec<String> = Vec::new();
    let mut hints: Vec<String> = Vec::new();
    for problem in problems {
        if !messages.contains(&problem.message) {
            messages.push(problem.message);
        }
        for hint in problem.hints {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
    }
    if messages.is_empty() {
        return None;
    }
    let mut error = Error::new(Kind::Partial, messages.join(" "));
    error.hints = hints;
    Some(error)
}

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
struct Check<'a> {
    view: View,
    platforms: Vec<Platform>,
    systems: BTreeMap<Platform, SystemVersion>,
    args: &'a Args,
    context: &'a Context,
    /// Read when the first device needs it.
    apple: OnceCell<AppleSide<'a>>,
    /// What the ADDE URLs answer, by URL and platform.
    registered: OncePer<(String, Platform), Walk>,
    /// What the enrollment URLs answer.
    probes: OncePer<String, (Step, Option<Finding>)>,
}

/// A domain that was checked.
struct Checked {
    rows: Vec<Value>,
    enrolls: bool,
}

/// What Apple would do with the devices of a platform.
struct Handed {
    destination: Destination,
    walk: Option<Walk>,
}

impl Check<'_> {
    /// Checks a domain: each platform at the same time.
    async fn domain(&self, domain: &str) -> Result<Checked, Error> {
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
            ways.map(|(platform, walk)| self.row(domain, *platform, walk, differs.as_ref())),
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
        platform: Platform,
        walk: &Walk,
        differs: Option<&Finding>,
    ) -> Result<(Value, bool), Error> {
        let system = self.systems.get(&platform).copied();
        let handed = if asks_apple(platform, system, way(walk)) {
            Some(self.handed(domain, platform).await?)
        } else {
            None
        };
        let mut verdict = verdict(platform, system, walk, handed.as_ref());
        let mut findings: Vec<Value> = walk
            .findings
            .iter()
            .chain(differs)
            .map(|finding| views::finding("domain", finding))
            .collect();
        let mut steps: Vec<Value> = walk
            .steps
            .iter()
            .map(|step| views::step("domain", step))
            .collect();
        if let Some(apple) = self.apple.get().filter(|_| handed.is_some()) {
            findings.extend(
                apple
                    .connection_finding
                    .iter()
                    .map(|it| views::finding("apple", it)),
            );
            steps.push(views::step("apple", &apple.connection));
        }
        if let Some(walk) = handed.as_ref().and_then(|it| it.walk.as_ref()) {
            findings.extend(walk.findings.iter().map(|it| views::finding("apple", it)));
            steps.extend(walk.steps.iter().map(|it| views::step("apple", it)));
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
            steps.push(views::step(at, step));
            if let Some(finding) = finding {
                findings.push(views::finding(at, finding));
                verdict = Verdict::Blocked(finding.clone());
            }
        }
        let destination = handed.as_ref().map(|it| &it.destination);
        let server = destination.and_then(|it| it.server.as_ref());
        let problem = verdict.first_problem();
        let row = json!({
            "domain": domain,
            "platform": platform.word(),
            "model_family": platform.model_family(),
            "os_version": system.map(|it| it.to_string()),
            "user": self.user(domain),
            "verdict": verdict.word(),
            "base_url": verdict.server().map(|it| &it.base_url),
            "version": verdict.server().map(|it| it.version.word()),
            "server_id": server.map(|(id, _)| id),
            "server_name": server.map(|(_, name)| name),
            "adde_url": destination.and_then(|it| match &it.url {
                Url::Is(url) | Url::NotKnown(_, Some(url)) => Some(url),
                _ => None,
            }),
            "problem_code": problem.map(|it| it.code.word()),
            "problem": problem.map(|it| &it.message),
            "remedy": problem.map(|it| it.code.remedy()),
            "missing": match &verdict {
                Verdict::Unknown(missing) => Some(missing),
                _ => None,
            },
            "findings": findings,
            "steps": steps,
        });
        Ok((row, verdict.enrolls()))
    }

    /// What Apple would do with the devices of a platform, and what the URL that it hands out answers them.
    async fn handed(&self, domain: &str, platform: Platform) -> Result<Handed, Error> {
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
        let cell = self.registered.cell((url.clone(), platform));
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
    fn hint(&self, rows: &[Value]) {
        let has = |word: &str| rows.iter().any(|row| row["verdict"] == word);
        let Ok(settings) = self.context.settings() else {
            return;
        };
        if self.apple.get().is_some() {
            let hint = |hint: &str| self.context.ui.hint_afterwards(hint.to_owned());
            if settings.credentials.is_none() {
                hint(
                    "With an API account it would be known which server is the default of each platform: `abmctl auth login`.",
                );
            }
            if settings.tokens.is_empty() {
                hint(
                    "With a server token its ADDE URL would be looked at: `abmctl tokens import FILE`.",
                );
            }
        }
        if has("enrolls_through_apple") {
            self.context.ui.hint_afterwards(
                "Apple answers only for Managed Apple Accounts on verified domains (`abmctl domains list`). That it is the default server's URL which Apple hands out is inferred, not documented.",
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
    platform: Platform,
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
