//! Why a domain isn't known to be verified, and the steps to take.
//!
//! Without deadlines: Apple gives 14 days from Verify in the portal (official), and the log doesn't show when that was.

use super::evidence::is_listed_without_a_word;
use super::{DnsToken, Domain, NearMiss, Source, Status, readable};
use crate::core::printed::{Command, Hint, hint};

#[cfg(test)]
mod tests;

/// What could be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Apple Business, and its audit log was read.
    AuditLog,
    /// Apple Business, and its audit log could not be read.
    NoAuditLog,
    /// School Manager, and its Roster API was asked.
    Roster,
    /// School Manager, and its Roster API is not authorized.
    NoRoster,
    /// School Manager, and its Roster API could not be read.
    SilentRoster,
    /// No API account at all.
    Nothing,
}

/// Whether somebody has to look at a domain: it isn't verified, or may not be. If nobody configured what could tell, that counts
/// only if `strict`.
pub fn alarms(domain: &Domain, asked: Asked, strict: bool) -> bool {
    match (domain.verified, asked) {
        (Some(verified), _) => !verified,
        (None, Asked::Nothing | Asked::NoRoster) => strict,
        (None, _) => true,
    }
}

/// What is missing, and the steps to take, in their order; whole sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// What is not there, or not known.
    pub missing: Vec<Hint>,
    /// What to do.
    pub steps: Vec<Hint>,
}

/// What is known beside the domain itself.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    /// What could be asked.
    pub asked: Asked,
    /// A verification was logged as failed, and nothing of it since.
    pub failed: bool,
    /// How many domains were logged without a name.
    pub nameless: usize,
}

/// What to do about `domain`, which is called `name`; nothing if it is verified.
pub fn advice(domain: &Domain, name: &str, known: &Situation) -> Advice {
    let mut advice = match domain.status {
        Status::Verified => return Advice::default(),
        Status::Pending | Status::Unverified => unverified(domain, name, known.failed),
        Status::Removed => Advice {
            missing: vec!["The domain was removed from the organization.".into()],
            steps: vec![hint![format!(
                "If the domain is still yours, add {} again in the portal's list of domains, and verify it. {}",
                readable(name),
                record(name)
            )]],
        },
        Status::Unknown => unknown(domain, name, known),
    };
    for near in domain.near_misses.iter().rev() {
        advice.missing.push(format!("Found {near}.").into());
        let at = match domain.status {
            // It may be verified in the portal as it is.
            Status::Unknown => advice.steps.len(),
            _ => 0,
        };
        advice.steps.insert(at, repair(near, name).into());
    }
    if domain.dns_token.is_none() {
        advice.missing.push(
            "The resolver didn't answer, so abmctl can't tell whether the domain's TXT record is in the DNS."
                .into(),
        );
    }
    advice
}

/// Where the record goes.
fn record(name: &str) -> String {
    format!(
        "In the DNS, add the TXT record that the portal shows, apple-domain-verification=…, at exactly {name}, not at a name below it. Some DNS providers write @ for the domain itself."
    )
}

/// How something that comes close to the record becomes it.
fn repair(near: &NearMiss, name: &str) -> String {
    match near {
        NearMiss::Text { .. } => format!(
            "Change this TXT record of {name} to exactly apple-domain-verification=…, as shown in the portal, without quotes or spaces."
        ),
        NearMiss::Elsewhere(at) => format!(
            "Move the TXT record from {at} to {name}. Many DNS providers add the zone to each name, and write @ for the zone itself."
        ),
    }
}

fn unverified(domain: &Domain, name: &str, failed: bool) -> Advice {
    let mut missing: Vec<Hint> = vec![match (domain.status, failed) {
        (Status::Unverified, _) => {
            "Apple says that the domain isn't verified. Apple refreshes this once a day.".into()
        }
        (_, true) => "Apple logged a failed verification, and no verification since.".into(),
        (_, false) => "Apple logged no verification. A domain that was added through an identity provider may be verified even so (inferred).".into(),
    }];
    let check = format!(
        "In the portal's list of domains, have Apple verify {}.",
        readable(name)
    );
    let first = match domain.dns_token {
        Some(DnsToken::Absent) => {
            missing
                .push("The DNS has no apple-domain-verification TXT record for the domain.".into());
            record(name)
        }
        Some(DnsToken::Present) => {
            missing.push(
                "The DNS has an Apple verification token. Only the portal shows whether the token is this organization's."
                    .into(),
            );
            format!("Compare the TXT record of {name} with the record that the portal shows.")
        }
        None => format!("{} The record may be there already.", record(name)),
    };
    Advice {
        missing,
        steps: vec![first.into(), check.into()],
    }
}

fn unknown(domain: &Domain, name: &str, known: &Situation) -> Advice {
    let organization = |found: &super::Evidence| found.source != Source::Dns;
    let nobody = !domain.evidence.iter().any(organization);
    let look = hint![
        "Look for the domain in the portal's list of domains. If it is verified there, record that: ",
        Command::storing("domains declare").arg(name),
        "."
    ];
    let add = |when: &str| {
        hint![format!(
            "If {when}, add {} in the portal's list of domains, and verify it. {}",
            readable(name),
            record(name)
        )]
    };
    let (missing, steps) = match known.asked {
        Asked::AuditLog => (
            if nobody {
                "No source that abmctl could read lists this domain by name."
            } else {
                "For the time that abmctl read, the audit log has no verification under the domain's name."
            },
            vec![look, add("it isn't there")],
        ),
        Asked::NoAuditLog => (
            "The audit log would show this, but abmctl couldn't read it.",
            vec![look],
        ),
        Asked::Roster if is_listed_without_a_word(domain) => (
            "Apple lists the domain but doesn't say whether it is verified.",
            vec![look],
        ),
        Asked::Roster => (
            "Apple's list of the organization's domains doesn't include it. Apple refreshes the list once a day.",
            vec![add("it should be the organization's")],
        ),
        Asked::NoRoster => (
            "Only the Roster API shows this, and it isn't authorized yet.",
            vec![
                hint![
                    "Authorize the Roster API once: ",
                    Command::storing("auth roster"),
                    "."
                ],
                look,
            ],
        ),
        Asked::SilentRoster => (
            "The Roster API would show this, but abmctl couldn't read it.",
            vec![look],
        ),
        Asked::Nothing => (
            "No API account is configured, so abmctl can't ask Apple.",
            vec![
                hint![
                    "Store an API account: ",
                    Command::storing("auth login"),
                    "."
                ],
                look,
            ],
        ),
    };
    let mut missing = vec![Hint::from(missing)];
    if known.asked == Asked::AuditLog && known.nameless > 0 {
        missing.push(hint![
            format!(
                "Apple logged domains without a name: {}. This domain may be one of them. For the subject ids, run ",
                known.nameless
            ),
            Command::new("domains list"),
            "."
        ]);
    }
    Advice { missing, steps }
}
