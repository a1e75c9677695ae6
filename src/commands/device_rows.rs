//! What devices find at domains, as rows of `adde-url check` and within those of `domains check`.

use serde::Serialize;

use crate::context::Context;
use crate::core::domains::readable;
use crate::core::enrollment::{self, Verdict};
use crate::core::printed::{Command, Hint, hint};
use crate::core::service_discovery::{self, Code, Side, Weight};
use crate::device_view::{self, Purpose};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::enrollment_check::{Check, Device};
use crate::output::{Column, Row, Shown, column, more};

/// What the devices of a platform find at a domain.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeviceRow {
    /// The domain, an A-label.
    pub domain: String,
    /// The platform; several, with commas, where they find the same.
    pub platform: String,
    /// The model family that such a device sends.
    pub model_family: Option<&'static str>,
    /// The version of the system that was asked for.
    pub os_version: Option<String>,
    /// The user that was asked as.
    pub user: String,
    /// Whether and how it would enrol.
    pub verdict: &'static str,
    /// Where it would enrol.
    pub base_url: Option<String>,
    /// As what.
    pub version: Option<String>,
    /// The default server of the platform.
    pub server_id: Option<String>,
    pub server_name: Option<String>,
    pub adde_url: Option<String>,
    /// The day on which somebody declared that URL; none where it was read.
    pub adde_url_declared_at: Option<String>,
    /// The first problem.
    pub problem_code: Option<&'static str>,
    /// The same, in a sentence.
    pub problem: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// What would have to be known to tell.
    pub missing: Option<String>,
    /// All that was found.
    pub findings: Vec<Finding>,
    /// Each request, and its answer.
    pub steps: Vec<Step>,
}

impl DeviceRow {
    /// The row of a device.
    pub(crate) fn new(device: &Device, organization: &Organization) -> Self {
        let Device {
            platform, verdict, ..
        } = device;
        let server = device.server.as_ref();
        let problem = verdict.first_problem();
        let declared = device.adde_url.as_ref().and_then(|it| it.declared.as_ref());
        Self {
            domain: device.domain.clone(),
            platform: platform.word().to_owned(),
            model_family: platform.model_family(),
            os_version: device.system.map(|it| it.to_string()),
            user: device.user.clone(),
            verdict: verdict.word(),
            base_url: verdict.server().map(|it| it.base_url.clone()),
            version: verdict.server().map(|it| it.version.word().to_owned()),
            server_id: server.map(|(id, _)| id.clone()),
            server_name: server.map(|(_, name)| name.clone()),
            adde_url: device.adde_url.as_ref().map(|it| it.url.clone()),
            adde_url_declared_at: declared.map(|it| it.seen.to_string()),
            problem_code: problem.map(|(_, it)| it.code.word()),
            problem: problem.map(|(_, it)| it.message.clone()),
            remedy: problem
                .map(|(side, it)| organization.written(&it.code.remedy(device.place(side)))),
            missing: match verdict {
                Verdict::Unknown(missing) => Some(organization.written(&missing.says)),
                _ => None,
            },
            findings: device
                .findings
                .iter()
                .map(|(at, it)| Finding::new(*at, it, device, organization))
                .collect(),
            steps: device
                .steps
                .iter()
                .map(|(at, it)| Step::new(*at, it))
                .collect(),
        }
    }
}

impl Row for DeviceRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| readable(&it.domain)),
        column("platform", "PLATFORM", |it| it.platform.shown()),
        column("verdict", "ENROLLS", |it| it.verdict().to_owned()),
        column("problem_code", "FIRST PROBLEM", Self::problem_code),
        more("model_family", |it| it.model_family.shown()),
        more("os_version", |it| it.os_version.shown()),
        more("user", |it| it.user.shown()),
        more("base_url", |it| it.base_url.shown()),
        more("version", |it| it.version.shown()),
        more("server_id", |it| it.server_id.shown()),
        more("server_name", |it| it.server_name.shown()),
        more("adde_url", |it| it.adde_url.shown()),
        more("adde_url_declared_at", |it| it.adde_url_declared_at.shown()),
        more("problem", |it| it.problem.shown()),
        more("remedy", |it| it.remedy.shown()),
        more("missing", |it| it.missing.shown()),
        more("findings", |it| {
            let codes = it.findings.iter().map(|it| it.code);
            codes.collect::<Vec<_>>().shown()
        }),
        more("steps", |it| {
            let urls = it.steps.iter().map(|it| it.url.as_str());
            urls.collect::<Vec<_>>().shown()
        }),
    ];
    const EMPTY: &'static str = "abmctl knows of no domain.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(Self::below);
}

impl DeviceRow {
    fn verdict(&self) -> &str {
        match self.verdict {
            "enrolls_through_domain" => "through domain",
            "enrolls_through_apple" => "through Apple",
            "may_fall_back" => "may fall back",
            "unknown" => "not known",
            other => other,
        }
    }

    fn problem_code(&self) -> String {
        self.problem_code.unwrap_or_default().replace('_', " ")
    }

    /// What is wrong and what to do, or what is missing to know; where it would enrol; then what only warns.
    fn below(&self) -> Vec<String> {
        let first = [&self.problem, &self.remedy, &self.missing];
        let mut lines: Vec<String> = first.into_iter().flatten().cloned().collect();
        lines.extend(self.enrollment());
        lines.extend(self.declaration());
        // That the platforms differ is seen by their rows.
        let differs = Code::DiffersByPlatform.word();
        let notes = self.findings.iter();
        // What fails at the domain is said too where devices go on to Apple for it, unless nothing is there.
        let goes_on = matches!(self.verdict, "enrolls_through_apple" | "unknown");
        let notes = notes.filter(|it| {
            let fails = goes_on && it.at == side(Side::Domain) && it.code != Code::NotFound.word();
            (it.weight == "warns" || fails) && it.code != differs && !self.is_missing(it)
        });
        lines.extend(notes.map(|it| format!("Note: {}", it.message)));
        lines
    }

    /// Whether this is what keeps the rest from being known, and so is said already.
    fn is_missing(&self, finding: &Finding) -> bool {
        let missing = self.missing.as_deref().unwrap_or_default();
        missing.starts_with(&finding.message)
    }

    /// The kind of enrollment, and where.
    fn enrollment(&self) -> Option<String> {
        let url = self.base_url.as_ref()?;
        let kind = match self.version.as_deref() {
            Some("mdm-byod") => "User Enrollment",
            Some("mdm-adde") => "Device Enrollment",
            _ => "Enrollment",
        };
        let name = self.server_name.as_ref();
        let server = name.map_or(String::new(), |name| format!(" ({name})"));
        let may = match self.verdict {
            "may_fall_back" => "If it falls back: ",
            _ => "",
        };
        Some(format!("{may}{kind} at {url}{server}"))
    }

    /// That the ADDE URL was declared, and not read.
    fn declaration(&self) -> Option<String> {
        let (url, on) = (self.adde_url.as_ref()?, self.adde_url_declared_at.as_ref()?);
        Some(format!("ADDE URL as declared on {on}: {url}"))
    }

    /// Whether both differ in nothing that a table shows but the platform.
    fn is_like(&self, other: &Self) -> bool {
        let shown = |it: &Self| {
            let texts = [&it.problem, &it.missing, &it.base_url, &it.server_name];
            let texts = texts.map(Clone::clone);
            (it.verdict, it.version.clone(), texts, it.declaration())
        };
        self.domain == other.domain
            && shown(self) == shown(other)
            && self.findings == other.findings
    }
}

/// Rows of one domain that differ in the platform alone, as one each: for people.
pub(crate) fn merged(rows: Vec<DeviceRow>) -> Vec<DeviceRow> {
    let mut merged: Vec<DeviceRow> = Vec::new();
    for row in rows {
        match merged.iter_mut().find(|other| other.is_like(&row)) {
            Some(twin) => twin.platform = format!("{},{}", twin.platform, row.platform),
            None => merged.push(row),
        }
    }
    merged
}

/// The rows of one domain in lines.
pub(crate) fn in_words(rows: Vec<DeviceRow>) -> Vec<String> {
    let mut lines = Vec::new();
    for row in merged(rows) {
        let problem = match &row.problem_code()[..] {
            "" => String::new(),
            code => format!(" ({code})"),
        };
        lines.push(format!("{}: {}{problem}", row.platform, row.verdict()));
        lines.extend(row.below().into_iter().map(|line| format!("  {line}")));
    }
    lines
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Domain => "domain",
        Side::Apple => "apple",
    }
}

/// What was found, and whether it was at the domain or at what Apple hands out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    at: &'static str,
    pub code: &'static str,
    weight: &'static str,
    message: String,
    remedy: String,
}

impl Finding {
    /// What was found `at` the domain or what Apple hands out.
    fn new(
        at: Side,
        finding: &service_discovery::Finding,
        device: &Device,
        organization: &Organization,
    ) -> Self {
        Self {
            at: side(at),
            code: finding.code.word(),
            weight: match enrollment::weight(finding.code, &device.platform, device.system) {
                Weight::Fails => "fails",
                Weight::Warns => "warns",
            },
            message: finding.message.clone(),
            remedy: organization.written(&finding.code.remedy(device.place(at))),
        }
    }
}

/// What was sent, and what came back.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step {
    at: &'static str,
    purpose: &'static str,
    method: Option<&'static str>,
    url: String,
    user_agent: Option<&'static str>,
    address: Option<String>,
    status: Option<u16>,
    content_types: Option<Vec<String>>,
    location: Option<String>,
    challenge: Option<String>,
    body_start: Option<String>,
    body_length: Option<usize>,
    failure: Option<String>,
    took_ms: u64,
}

impl Step {
    /// What was sent to the domain or to what Apple hands out, and what came back.
    fn new(at: Side, step: &device_view::Step) -> Self {
        let answer = step.answer.as_ref();
        Self {
            at: side(at),
            purpose: match step.purpose {
                Purpose::Discovery => "discovery",
                Purpose::Explanation => "explanation",
                Purpose::BaseUrl => "base_url",
                Purpose::Probe => "probe",
                Purpose::AppleHost => "apple_host",
            },
            method: step.method,
            url: step.url.clone(),
            user_agent: step.user_agent,
            address: step.address.map(|it| it.to_string()),
            status: answer.map(|it| it.status),
            content_types: answer.map(|it| it.content_types.clone()),
            location: answer.and_then(|it| it.location.clone()),
            challenge: answer.and_then(|it| it.challenge.clone()),
            body_start: answer.map(|it| it.body_start.clone()),
            body_length: answer.map(|it| it.body_length),
            failure: step.failure.clone(),
            took_ms: u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Says what more could be known or, if every platform enrolls, what else can keep a person from it: one hint.
pub(crate) fn advise(check: &Check<'_>, found: &[Device], context: &Context) -> Result<(), Error> {
    let settings = context.settings()?;
    let through_apple = |it: &Device| matches!(it.verdict, Verdict::ThroughApple(_));
    if check.asked_apple() && settings.credentials.is_none() {
        let account = hint![
            "To see which server is the default for each platform, add an API account: ",
            Command::storing("auth login"),
            "."
        ];
        let url = hint![
            " To look at a server's ADDE URL, import its token: ",
            Command::storing("tokens import FILE"),
            ". If a vendor holds the token, record the URL that the vendor's MDM has set: ",
            Command::storing("adde-url declare URL --server NAME"),
            "."
        ];
        let has_url = !settings.tokens.is_empty() || !settings.declared_adde_urls.is_empty();
        context.ui.hint_afterwards(if has_url {
            account
        } else {
            Hint::joined([account, url])
        });
    } else if !found.is_empty() && !found.iter().any(|it| it.verdict.alarms(true)) {
        // The other reasons lie outside of what a device asks for.
        let verified = if found.iter().any(through_apple) {
            hint![
                "that the domain is verified (",
                Command::new("domains list"),
                "), "
            ]
        } else {
            hint![""]
        };
        context.ui.hint_afterwards(hint![
            "If a person still can't sign in, check ",
            verified,
            "\"Allow Managed Apple Account on\" in the portal, that the account is a Managed Apple Account of this domain, and that the MDM knows the person."
        ]);
    }
    Ok(())
}
