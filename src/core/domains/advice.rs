//! What is missing for a domain to be known as verified, and what to do about it.
//!
//! Without deadlines: Apple gives 14 days from the portal's Verify on (official), and the log does not tell when that was.

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

/// What to do about `domain`, which is called `name`; nothing where it is verified.
pub fn advice(domain: &Domain, name: &str, known: &Situation) -> Advice {
    let mut advice = match domain.status {
        Status::Verified => return Advice::default(),
        Status::Pending | Status::Unverified => unverified(domain, name, known.failed),
        Status::Removed => Advice {
            missing: vec!["It was removed from the organization.".into()],
            steps: vec![hint![format!(
                "If it is still yours, add {} again in the portal's view of domains, and verify it again. {}",
                readable(name),
                record(name)
            )]],
        },
        Status::Unknown => unknown(domain, name, known),
    };
    for near in domain.near_misses.iter().rev() {
        advice.missing.push(format!("There is {near}.").into());
        let at = match domain.status {
            // It may be verified in the portal as it is.
            Status::Unknown => advice.steps.len(),
            _ => 0,
        };
        advice.steps.insert(at, repair(near, name).into());
    }
    if domain.dns_token.is_none() {
        advice.missing.push(
            "The resolver did not answer, so abmctl can't tell whether its TXT record is in the DNS."
                .into(),
        );
    }
    advice
}

/// Where the record goes.
fn record(name: &str) -> String {
    format!(
        "Put the TXT record that the portal shows, apple-domain-verification=…, at exactly {name} in the DNS, and not at a name below it (some DNS hosts write @ for the domain itself)."
    )
}

/// How something that comes close to the record becomes it.
fn repair(near: &NearMiss, name: &str) -> String {
    match near {
        NearMiss::Text { .. } => format!(
            "Change this TXT record of {name} to exactly apple-domain-verification=…, as the portal shows it, without quotes or blanks."
        ),
        NearMiss::Elsewhere(at) => format!(
            "Move the TXT record from {at} to {name}: many DNS hosts add the zone to each name, and write @ for the zone itself."
        ),
    }
}

fn unverified(domain: &Domain, name: &str, failed: bool) -> Advice {
    let mut missing: Vec<Hint> = vec![match (domain.status, failed) {
        (Status::Unverified, _) => {
            "Apple says that it is not verified; it refreshes what it says once a day.".into()
        }
        (_, true) => "Apple logged a verification that failed, and none since.".into(),
        (_, false) => "No verification was logged. A domain that an identity provider brought along may be verified all the same (inferred).".into(),
    }];
    let check = format!(
        "In the portal's view of domains, have Apple verify {}.",
        readable(name)
    );
    let first = match domain.dns_token {
        Some(DnsToken::Absent) => {
            missing.push(
                "There is no apple-domain-verification TXT record at that name in the DNS.".into(),
            );
            record(name)
        }
        Some(DnsToken::Present) => {
            missing.push(
                "A token of Apple's is in the DNS; whether it is this organization's, only the portal tells."
                    .into(),
            );
            format!("Compare the TXT record of {name} with the one that the portal shows.")
        }
        None => format!("{} It may be there already.", record(name)),
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
        "Look for it in the portal's view of domains. If it is verified there, keep that: ",
        Command::storing("domains declare").arg(name),
        "."
    ];
    let add = |when: &str| {
        hint![format!(
            "If it is {when}, add {} in the portal's view of domains, and verify it. {}",
            readable(name),
            record(name)
        )]
    };
    let (missing, steps) = match known.asked {
        Asked::AuditLog => (
            if nobody {
                "Nothing that could be read knows this domain by its name."
            } else {
                "The audit log has no word on its verification in the time that was read, under its name."
            },
            vec![look, add("not there")],
        ),
        Asked::NoAuditLog => (
            "The audit log, which would say it, could not be read.",
            vec![look],
        ),
        Asked::Roster if is_listed_without_a_word(domain) => (
            "Apple lists it, and does not say whether it is verified.",
            vec![look],
        ),
        Asked::Roster => (
            "Apple's list of the organization's domains is without it; Apple refreshes that list once a day.",
            vec![add("to be the organization's")],
        ),
        Asked::NoRoster => (
            "Only the Roster API shows this, and it isn't authorized yet.",
            vec![
                hint!["Authorize it once: ", Command::storing("auth roster"), "."],
                look,
            ],
        ),
        Asked::SilentRoster => (
            "The Roster API, which would say it, could not be read.",
            vec![look],
        ),
        Asked::Nothing => (
            "There is no API account to ask Apple with.",
            vec![
                hint!["Store one: ", Command::storing("auth login"), "."],
                look,
            ],
        ),
    };
    let mut missing = vec![Hint::from(missing)];
    if known.asked == Asked::AuditLog && known.nameless > 0 {
        missing.push(hint![
            format!(
                "Apple logged without a name: {}. It may be among them; ",
                known.nameless
            ),
            Command::new("domains list"),
            " has their subject ids."
        ]);
    }
    Advice { missing, steps }
}
