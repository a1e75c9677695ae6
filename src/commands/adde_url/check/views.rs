//! Rows of `adde-url check`, and how they are shown.

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::core::domains::readable;
use crate::core::service_discovery::{Code, Finding, Weight};
use crate::device_view::{Purpose, Step};
use crate::output::{Cell, View, column, more};

/// A row for each domain and platform.
pub static VIEW: View = View {
    columns: &[
        column("domain", "DOMAIN", Cell::Of(domain)),
        column("platform", "PLATFORM", Cell::Plain),
        column("verdict", "ENROLS", Cell::Of(verdict)),
        column("problem_code", "FIRST PROBLEM", Cell::Of(problem_code)),
        more("model_family"),
        more("os_version"),
        more("user"),
        more("base_url"),
        more("version"),
        more("server_id"),
        more("server_name"),
        more("adde_url"),
        more("problem"),
        more("remedy"),
        more("missing"),
        more("findings"),
        more("steps"),
    ],
    below: Some(below),
    empty: "No domain is known.",
};

fn text<'a>(row: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

fn domain(row: &Map<String, Value>) -> String {
    text(row, "domain").map(readable).unwrap_or_default()
}

fn verdict(row: &Map<String, Value>) -> String {
    match text(row, "verdict") {
        Some("enrolls_through_domain") => "through domain",
        Some("enrolls_through_apple") => "through Apple",
        Some("may_fall_back") => "may fall back",
        Some("unknown") => "not known",
        other => other.unwrap_or_default(),
    }
    .to_owned()
}

fn problem_code(row: &Map<String, Value>) -> String {
    text(row, "problem_code")
        .unwrap_or_default()
        .replace('_', " ")
}

/// What is wrong and what to do, or what is missing to know; where it would enrol; then what only warns.
fn below(row: &Map<String, Value>) -> Vec<String> {
    let mut lines: Vec<String> = ["problem", "remedy", "missing"]
        .into_iter()
        .filter_map(|key| text(row, key))
        .map(str::to_owned)
        .collect();
    lines.extend(enrollment(row));
    let findings = row.get("findings").and_then(Value::as_array);
    for finding in findings.into_iter().flatten() {
        // That the platforms differ is seen by their rows.
        if finding["weight"] == "warns" && finding["code"] != Code::DiffersByPlatform.word() {
            lines.extend(finding["message"].as_str().map(|it| format!("Note: {it}")));
        }
    }
    lines
}

/// The kind of enrollment, and where.
fn enrollment(row: &Map<String, Value>) -> Option<String> {
    let url = text(row, "base_url")?;
    let kind = match text(row, "version") {
        Some("mdm-byod") => "User Enrollment",
        Some("mdm-adde") => "Device Enrollment",
        _ => "Enrollment",
    };
    let server = text(row, "server_name").map_or(String::new(), |name| format!(" ({name})"));
    let may = match text(row, "verdict") {
        Some("may_fall_back") => "If it falls back: ",
        _ => "",
    };
    Some(format!("{may}{kind} at {url}{server}"))
}

/// Rows of one domain that differ in the platform alone, as one each: for people.
pub fn merged(rows: Vec<Value>) -> Vec<Value> {
    const ALIKE: [&str; 8] = [
        "domain",
        "verdict",
        "problem",
        "missing",
        "base_url",
        "version",
        "server_name",
        "findings",
    ];
    let mut merged: Vec<Value> = Vec::new();
    for row in rows {
        let twin = merged
            .iter_mut()
            .find(|other| ALIKE.iter().all(|key| other[key] == row[key]));
        match twin {
            Some(twin) => {
                let both = [&twin["platform"], &row["platform"]]
                    .map(|it| it.as_str().unwrap_or_default())
                    .join(",");
                twin["platform"] = both.into();
            }
            None => merged.push(row),
        }
    }
    merged
}

/// The rows of one domain in lines.
pub fn in_words(rows: Vec<Value>) -> Vec<String> {
    let mut lines = Vec::new();
    for row in merged(rows) {
        let Value::Object(row) = row else { continue };
        let platforms = text(&row, "platform").unwrap_or_default();
        let problem = match &problem_code(&row)[..] {
            "" => String::new(),
            code => format!(" ({code})"),
        };
        lines.push(format!("{platforms}: {}{problem}", verdict(&row)));
        lines.extend(below(&row).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

/// What was found, and whether it was at the domain or at what Apple hands out.
pub fn finding(at: &str, finding: &Finding, context: &Context) -> Value {
    json!({
        "at": at,
        "code": finding.code.word(),
        "weight": match finding.code.weight() {
            Weight::Fails => "fails",
            Weight::Warns => "warns",
        },
        "message": finding.message,
        "remedy": context.written(&finding.code.remedy()),
    })
}

/// What was sent, and what came back.
pub fn step(at: &str, step: &Step) -> Value {
    json!({
        "at": at,
        "purpose": match step.purpose {
            Purpose::Discovery => "discovery",
            Purpose::Explanation => "explanation",
            Purpose::BaseUrl => "base_url",
            Purpose::Probe => "probe",
            Purpose::AppleHost => "apple_host",
        },
        "method": step.method,
        "url": step.url,
        "user_agent": step.user_agent,
        "address": step.address.map(|it| it.to_string()),
        "status": step.answer.as_ref().map(|it| it.status),
        "content_types": step.answer.as_ref().map(|it| &it.content_types),
        "location": step.answer.as_ref().and_then(|it| it.location.as_ref()),
        "challenge": step.answer.as_ref().and_then(|it| it.challenge.as_ref()),
        "body_start": step.answer.as_ref().map(|it| &it.body_start),
        "body_length": step.answer.as_ref().map(|it| it.body_length),
        "failure": step.failure,
        "took_ms": u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
    })
}
